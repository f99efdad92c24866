/** A page with nothing but the map, and its pure parts for tests in a browser. */

import {createMap} from './index';
import {FrameError, TrackStore} from './frames';
import {TrackStream} from './stream';
import {TracksLayer} from './tracks_layer';
import {direct, inverse} from './geodesy';
import {CollisionGrid, shownName} from './labels';
import {mgrsOf, mgrsRead} from './mgrs';
import {readPosition, sayPosition} from './positions';
import {unwrap} from './topology';
import {featuresOf, polygonsOf} from './scene';
import {escaped} from './picture_file';
import {Drawing} from './drawing';
import type {MapHandle, MapOptions} from './types';

const HEADER = 88;

interface Policies { createPolicy(name: string, rules: {createScriptURL(url: string): string}): unknown }
(globalThis as {trustedTypes?: Policies}).trustedTypes?.createPolicy('default', {createScriptURL: (url) => {
  if (new URL(url, location.href).origin !== location.origin) throw new TypeError('no script of this page');
  return url;
}});

/** What a reader holds after a stream, or the reason it was refused for. */
function follow(content: Uint8Array, exercise: boolean): unknown {
  const store = new TrackStore(exercise);
  try {
    for (let at = 0; at < content.length;) {
      const size = content.length - at >= 8 ? new DataView(content.buffer, content.byteOffset + at).getUint32(4, true) : 0;
      if (size < HEADER) throw new FrameError('frame-malformed', `says ${size} bytes`);
      store.apply(content.slice(at, at + size).buffer as ArrayBuffer);
      at += size;
    }
  } catch (error) {
    return {reason: error instanceof FrameError ? error.reason : String(error)};
  }
  const tracks: Record<string, unknown> = {};
  const atMs = store.header?.asOfMs ?? 0;
  for (let slot = 0; slot < store.top; slot++) {
    if (!store.held[slot]) continue;
    const longitude = Math.floor(store.longitudeAt(slot, atMs) + 0.5);
    tracks[slot] = {
      key: store.keys[slot], callsign: store.callsigns[slot] || null, flight: store.flights[slot] || null,
      latitude: Math.floor(store.latitudeAt(slot, atMs) + 0.5),
      longitude: longitude - 360e6 * Math.floor((longitude + 180e6) / 360e6), flags: store.flags[slot],
    };
  }
  return {frames: store.header?.sequence, tracks};
}

Object.assign(globalThis, {
  parts: {follow, direct, inverse, CollisionGrid, shownName, mgrsOf, mgrsRead, readPosition, sayPosition, unwrap, featuresOf, polygonsOf, escaped, Drawing, TrackStore, TrackStream, TracksLayer},
  asked: {selected: [] as unknown[], placed: [] as unknown[], health: [] as unknown[], violations: [] as string[]},
  makeMap(options: Partial<MapOptions> & {token: string}): MapHandle {
    const told = (globalThis as unknown as {asked: Record<string, unknown[]>}).asked;
    const handle = createMap(document.getElementById('map')!, {
      theme: 'night', language: 'en', rtl: false, apiBase: '', headers: () => ({authorization: `Bearer ${options.token}`}),
      onSelect: (ref) => told['selected']!.push(ref), onPlace: (place) => told['placed']!.push(place), onHealth: (state) => told['health']!.push(state),
      workerUrl: new URL('./worker.js', import.meta.url).href, ...options,
    });
    Object.assign(globalThis, {handle});
    return handle;
  },
});
document.addEventListener('securitypolicyviolation', (event) => {
  (globalThis as unknown as {asked: {violations: string[]}}).asked.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
