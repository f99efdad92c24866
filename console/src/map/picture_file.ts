/// <reference types="geojson" />
/** The map as a file: a PNG of what is seen, or an SVG of what is drawn; both say what it is and as of when. */

import type {TrackStore} from './frames';
import {FLAG, severityOf} from './frames';
import {mercatorX, mercatorY} from './geodesy';
import {labelLines, type Sight} from './overlay';
import {countsAt, toneOf, type Drawn} from './scene';
import {PALETTES, type Theme} from './style';
import type {TracksLayer} from './tracks_layer';

export interface Caption {
  lines: string[];
  exercise: string | null;
}

const FOOT_PX = 18;

export async function png(canvases: HTMLCanvasElement[], width: number, height: number, ratio: number, theme: Theme, caption: Caption): Promise<Blob> {
  const foot = FOOT_PX * caption.lines.length + 8;
  const head = caption.exercise ? 28 : 0;
  const page = document.createElement('canvas');
  page.width = Math.round(width * ratio);
  page.height = Math.round((height + foot + head) * ratio);
  const ink = page.getContext('2d')!;
  ink.scale(ratio, ratio);
  const palette = PALETTES[theme];
  ink.fillStyle = palette.sea;
  ink.fillRect(0, 0, width, height + foot + head);
  for (const each of canvases) ink.drawImage(each, 0, head, width, height);
  ink.font = '13px ui-monospace, monospace';
  ink.fillStyle = palette.text;
  caption.lines.forEach((line, k) => ink.fillText(line, 6, head + height + FOOT_PX * (k + 1)));
  if (caption.exercise) {
    ink.fillStyle = '#6b4a00';
    ink.fillRect(0, 0, width, head);
    ink.fillStyle = '#fff';
    ink.textAlign = 'center';
    ink.fillText(caption.exercise, width / 2, 19);
  }
  return new Promise((done, failed) => page.toBlob((blob) => (blob ? done(blob) : failed(new Error('no picture'))), 'image/png'));
}

/** Text as XML has it; what XML cannot hold is left out. */
export function escaped(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '').replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

export function svg(
  sight: Sight, theme: Theme, things: Drawn[], atMs: number, store: TrackStore, layer: TracksLayer, tracks: boolean,
  lines: GeoJSON.FeatureCollection | null, caption: Caption,
): Blob {
  const palette = PALETTES[theme];
  const out: string[] = [];
  const foot = FOOT_PX * caption.lines.length + 8;
  const {width, height} = sight;
  out.push(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + foot}" viewBox="0 0 ${width} ${height + foot}" font-family="monospace" font-size="12">`,
    `<title>${escaped(caption.lines[0] ?? '')}</title><rect width="100%" height="100%" fill="${palette.sea}"/>`,
    `<clipPath id="m"><rect width="${width}" height="${height}"/></clipPath><g clip-path="url(#m)">`,
  );
  const path = (points: ArrayLike<number>[], close: boolean): string => {
    let d = '';
    let pen = false;
    let [lx, ly] = [0, 0];
    let any = false;
    for (let k = 0; k < points.length; k++) {
      const seen = sight.project(mercatorX(points[k]![0]!), mercatorY(points[k]![1]!));
      const [x, y] = [Math.round(sight.px * 10) / 10, Math.round(sight.py * 10) / 10];
      any ||= seen;
      if (pen && !close && Math.abs(x - lx) > width) pen = false; // over the far side of the world
      if (pen && Math.abs(x - lx) + Math.abs(y - ly) < 0.5) continue;
      d += `${pen ? 'L' : 'M'}${x} ${y}`;
      pen = true;
      [lx, ly] = [x, y];
    }
    return any || close ? d + (close ? 'Z' : '') : '';
  };
  for (const feature of lines?.features ?? []) {
    const border = feature.properties?.['kind'] === 'border';
    const d = (feature.geometry as GeoJSON.MultiLineString).coordinates.map((line) => path(line, false)).join('');
    if (d) out.push(`<path d="${d}" fill="none" stroke="${border ? palette.border : palette.coast}" stroke-width="${border ? 1.2 : 0.8}"${border ? ' stroke-dasharray="4 2"' : ''}/>`);
  }
  for (const thing of things) {
    for (const part of thing.parts) {
      if (!countsAt(part, atMs)) continue;
      const tone = toneOf(thing);
      const colour = (palette as unknown as Record<string, string>)[thing.kind === 'notice' ? 'notice' : thing.kind === 'site' ? 'site' : tone] ?? palette.border;
      const d = part.rings.map((ring) => path(ring, true)).join('');
      const dash = tone === 'agreed' || (thing.kind === 'area' && tone !== 'danger') ? '' : ' stroke-dasharray="4 2"';
      out.push(`<path d="${d}" fill="${colour}" fill-opacity="0.12" fill-rule="evenodd" stroke="${colour}" stroke-width="1.6"${dash}><title>${escaped(`${thing.name}, ${thing.word}`)}</title></path>`);
    }
  }
  if (tracks) {
    for (let slot = 0; slot < store.top; slot++) {
      if (!store.held[slot] || !sight.project(layer.placeX(slot), layer.placeY(slot))) continue;
      const flags = store.flags[slot]!;
      const severity = severityOf(flags);
      const colour = flags & FLAG.stale || layer.look.stale ? '#8a8a8a' : severity === 3 ? palette.off : severity === 2 ? palette.open : palette.text;
      const turn = ((store.direction[slot]! * 360) / 65_536).toFixed(0);
      const shape = flags & FLAG.radarOnly ? `<circle r="4" fill="none" stroke="${colour}" stroke-width="2"/>` : `<path d="M0-7L4 6L0 3L-4 6Z" fill="${colour}" transform="rotate(${turn})"/>`;
      out.push(`<g transform="translate(${sight.px.toFixed(1)} ${sight.py.toFixed(1)})">${shape}${sight.zoom >= 6 ? `<text x="9" y="-3" fill="${colour}">${escaped(labelLines(store, slot, false)[0]!)}</text>` : ''}</g>`);
    }
  }
  out.push('</g>');
  caption.lines.forEach((line, k) => out.push(`<text x="6" y="${height + FOOT_PX * (k + 1)}" fill="${palette.text}">${escaped(line)}</text>`));
  if (caption.exercise) out.push(`<rect width="${width}" height="26" fill="#6b4a00"/><text x="${width / 2}" y="18" fill="#fff" text-anchor="middle">${escaped(caption.exercise)}</text>`);
  out.push('</svg>');
  return new Blob([out.join('\n')], {type: 'image/svg+xml'});
}
