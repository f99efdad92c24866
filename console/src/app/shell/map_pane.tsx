/** The map beside the lists. It is a module of its own, loaded after the lists can be used. */

import {useEffect, useRef} from 'preact/hooks';
import {effect, useSignal} from '@preact/signals';
import type {JSX} from 'preact';
import type {MapHandle, MapRef} from '../../map';
import {ask} from '../api';
import {Original} from '../original';
import {rtl, t} from '../i18n';
import {exercise, language, theme} from '../preferences';
import {read} from '../reading';
import {headers, session} from '../session';
import {notices} from '../store';
import {past} from '../past';
import {form, map, mapChosen, mapHealth, mapOpen, mapWays, phone, place, select} from '../view';
import {mapWords, MapTools, sayWord} from './map_tools';

/** What the map names by its own id, the lists know by the record they show. */
function onSelect(ref: MapRef): void {
  if (ref.kind === 'site' && form.peek()?.name === 'observation') { // the form stays: it offers to take it
    mapChosen.value = ref.id;
    return;
  }
  if (ref.kind === 'notice') {
    const found = notices.told.peek()?.value.notices.find((each) => each.notice === ref.id || each.record === ref.id);
    select({kind: 'notice', id: found?.record ?? ref.id});
  } else select(ref);
}

const FRAMED_TRACKS = 500;
const FRAMED_SHARE = 0.1; // of the tracks on each side that a first look may leave out
const FRAMED_DEG_MAX = 60; // a picture as wide as that is looked at as the whole Earth

/** At first the map looks at where most of the traffic is, unless a person has moved it meanwhile. */
async function frameTraffic(handle: MapHandle, untouched: () => boolean): Promise<void> {
  const {rows} = await ask('GET /v1/air/tracks', {query: {limit: FRAMED_TRACKS}});
  if (rows.length === 0 || !untouched()) return;
  const between = (values: number[]): [number, number] => {
    const sorted = [...values].sort((a, b) => a - b);
    const cut = Math.floor(sorted.length * FRAMED_SHARE);
    return [sorted[cut]!, sorted[sorted.length - 1 - cut]!];
  };
  const [south, north] = between(rows.map((each) => each.latitude_deg));
  const [west, east] = between(rows.map((each) => each.longitude_deg));
  if (east - west < FRAMED_DEG_MAX) handle.flyTo([west, south, east, north]);
}

export function MapPane(): JSX.Element {
  const at = useRef<HTMLDivElement>(null);
  const fault = useSignal<string | null>(null);
  useEffect(() => {
    let gone = false;
    const ends: (() => void)[] = [];
    void import('../../map').then(({createMap}) => {
      if (gone) return;
      const handle = createMap(at.current!, {
        theme: theme.peek(), language: language.peek(), rtl: rtl.peek(), apiBase: '', headers, read: (what, told) => read(what, told, true),
        onSelect, onPlace: (position) => { place.value = position; }, onHealth: (state) => { mapHealth.value = state; },
        words: mapWords(), sayWord, onWays: (ways) => { mapWays.value = ways; },
      });
      map.value = handle;
      ends.push(effect(() => handle.setTheme(theme.value)), effect(() => handle.setLanguage(language.value, rtl.value)), effect(() => handle.setWords(mapWords())));
      ends.push(effect(() => handle.setExercise(exercise.value)));
      ends.push(effect(() => handle.setPast(past.value)));
      ends.push(() => handle.destroy());
      let untouched = true;
      const touched = (): void => { untouched = false; };
      for (const kind of ['pointerdown', 'wheel', 'keydown'] as const) at.current!.addEventListener(kind, touched, {passive: true});
      let framed = false;
      ends.push(effect(() => {
        if (framed || !(mapHealth.value?.count ?? 0)) return;
        framed = true;
        void frameTraffic(handle, () => untouched && !gone).catch(() => undefined);
      }));
    }).catch((error: unknown) => {
      at.current?.replaceChildren(); // what had been begun of it
      fault.value = error instanceof Error ? error.message : String(error);
    });
    return () => {
      gone = true;
      map.value = null;
      for (const each of ends) each();
    };
  }, [session.value.state === 'in']);
  return (
    <section id="map" class="map" role={phone.value && mapOpen.value ? 'main' : undefined} aria-label={t('map')}>
      {fault.value === null ? null : <p class="map-fault" role="status">{t('map-not-drawn')} <Original>{fault.value}</Original></p>}
      <button class="from-map" onClick={() => {
        mapOpen.value = false;
        requestAnimationFrame(() => [...document.querySelectorAll<HTMLElement>('.to-map')].find((each) => each.getClientRects().length > 0)?.focus());
      }}>{t('map-back')}</button>
      <MapTools />
      <div class="map-drawn" ref={at} />
    </section>
  );
}
