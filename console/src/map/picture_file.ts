/// <reference types="geojson" />
/** The map as a file: a PNG of what is seen, or an SVG of what is drawn; both say what it is and as of when. */

import type {TrackStore} from './frames';
import {FLAG, severityOf} from './frames';
import {mercatorX, mercatorY} from './geodesy';
import {shownName} from './labels';
import {labelLines, type Sight} from './overlay';
import {countsAt, toneOf, type Drawn} from './scene';
import {PALETTES, type Theme} from './style';
import type {TracksLayer} from './tracks_layer';
import type {Past} from './types';

export interface Caption {
  lines: string[];
  exercise: string | null;
}

const FOOT_PX = 18;
const CHARACTER_PX = 8; // of 13 px and narrower, monospace
const PDF_WIDTH_PT = 842; // A4, across

export function png(canvases: HTMLCanvasElement[], width: number, height: number, ratio: number, theme: Theme, caption: Caption): Promise<Blob> {
  return blobOf(page(canvases, width, height, ratio, theme, caption), 'image/png');
}

function blobOf(canvas: HTMLCanvasElement, type: string): Promise<Blob> {
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('no picture'))), type, 0.92));
}

/** One page of PDF 1.4 with the picture on it, as wide as A4 is high. */
export async function pdf(canvases: HTMLCanvasElement[], width: number, height: number, ratio: number, theme: Theme, caption: Caption): Promise<Blob> {
  const drawn = page(canvases, width, height, ratio, theme, caption);
  const image = new Uint8Array(await (await blobOf(drawn, 'image/jpeg')).arrayBuffer());
  const [w, h] = [PDF_WIDTH_PT, Math.round((PDF_WIDTH_PT * drawn.height) / drawn.width)];
  const shown = `q ${w} 0 0 ${h} 0 0 cm /P Do Q`;
  const objects: (string | Uint8Array)[][] = [
    ['<</Type/Catalog/Pages 2 0 R>>'],
    ['<</Type/Pages/Kids[3 0 R]/Count 1>>'],
    [`<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${w} ${h}]/Resources<</XObject<</P 5 0 R>>>>/Contents 4 0 R>>`],
    [`<</Length ${shown.length}>>stream\n${shown}\nendstream`],
    [`<</Type/XObject/Subtype/Image/Width ${drawn.width}/Height ${drawn.height}/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode/Length ${image.length}>>stream\n`, image, '\nendstream'],
  ];
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  const starts: number[] = [];
  let size = 0;
  const put = (part: string | Uint8Array): void => {
    const bytes = typeof part === 'string' ? encoder.encode(part) : part;
    parts.push(bytes);
    size += bytes.length;
  };
  put('%PDF-1.4\n');
  objects.forEach((object, index) => {
    starts.push(size);
    put(`${index + 1} 0 obj`);
    for (const part of object) put(part);
    put('endobj\n');
  });
  const table = starts.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  put(`xref\n0 ${starts.length + 1}\n0000000000 65535 f \n${table}trailer<</Size ${starts.length + 1}/Root 1 0 R>>\nstartxref\n${size}\n%%EOF\n`);
  return new Blob(parts as BlobPart[], {type: 'application/pdf'});
}

/** Words under a picture in as many lines as its width asks for: nothing of where it comes from is cut off. */
function fitted(lines: string[], width: number): string[] {
  const most = Math.max(20, Math.floor((width - 12) / CHARACTER_PX));
  return lines.flatMap((line) => {
    const rows = [''];
    for (const word of line.split(' ')) {
      for (let rest = word; rest !== ''; rest = rest.slice(most)) {
        const part = rest.slice(0, most);
        const row = rows.at(-1)!;
        if (row !== '' && row.length + 1 + part.length > most) rows.push(part);
        else rows[rows.length - 1] = row === '' ? part : `${row} ${part}`;
      }
    }
    return rows;
  });
}

function page(canvases: HTMLCanvasElement[], width: number, height: number, ratio: number, theme: Theme, caption: Caption): HTMLCanvasElement {
  const said = fitted(caption.lines, width);
  const foot = FOOT_PX * said.length + 8;
  const head = caption.exercise ? 28 : 0;
  const sheet = document.createElement('canvas');
  sheet.width = Math.round(width * ratio);
  sheet.height = Math.round((height + foot + head) * ratio);
  const ink = sheet.getContext('2d')!;
  ink.scale(ratio, ratio);
  const palette = PALETTES[theme];
  ink.fillStyle = palette.sea;
  ink.fillRect(0, 0, width, height + foot + head);
  for (const each of canvases) ink.drawImage(each, 0, head, width, height);
  ink.font = '13px ui-monospace, monospace';
  ink.fillStyle = palette.text;
  said.forEach((line, k) => ink.fillText(line, 6, head + height + FOOT_PX * (k + 1)));
  if (caption.exercise) {
    ink.fillStyle = '#6b4a00';
    ink.fillRect(0, 0, width, head);
    ink.fillStyle = '#fff';
    ink.textAlign = 'center';
    ink.fillText(caption.exercise, width / 2, 19);
  }
  return sheet;
}

/** Text as XML has it; what XML cannot hold is left out. */
export function escaped(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '').replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

export function svg(
  sight: Sight, theme: Theme, things: Drawn[], atMs: number, store: TrackStore, layer: TracksLayer, tracks: boolean,
  lines: GeoJSON.FeatureCollection | null, caption: Caption, past: Past | null = null,
): Blob {
  const palette = PALETTES[theme];
  const out: string[] = [];
  const {width, height} = sight;
  const said = fitted(caption.lines, width);
  const foot = FOOT_PX * said.length + 8;
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
      const tone = thing.kind === 'area' && toneOf(thing) === 'agreed' ? 'border' : toneOf(thing) === 'suspended' ? 'off' : toneOf(thing) === 'accepted' ? 'agreed' : toneOf(thing);
      const colour = (palette as unknown as Record<string, string>)[thing.kind === 'notice' ? 'notice' : thing.kind === 'site' ? 'site' : tone] ?? palette.border;
      const d = part.rings.map((ring) => path(ring, true)).join('');
      const dash = toneOf(thing) === 'accepted' ? ' stroke-dasharray="9 3"' : tone === 'agreed' || (thing.kind === 'area' && tone !== 'danger') ? '' : ' stroke-dasharray="4 2"';
      out.push(`<path d="${d}" fill="${colour}" fill-opacity="${thing.word.startsWith('agreed-area') ? 0 : 0.12}" fill-rule="evenodd" stroke="${colour}" stroke-width="1.6"${dash}><title>${escaped(`${thing.name}, ${thing.word}`)}</title></path>`);
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
  past?.lines.forEach((line, index) => out.push(`<path d="${path(line, false)}" fill="none" stroke="${index % 2 ? palette.open : palette.site}" stroke-width="2"${index % 2 ? ' stroke-dasharray="6 3"' : ''}/>`));
  for (const each of past?.alerts ?? []) out.push(`<path d="${path(each.line, false)}" fill="none" stroke="${each.severity === 'warning' ? palette.off : palette.open}" stroke-width="2"${each.acknowledged ? ' stroke-dasharray="3 3"' : ''}/>`);
  for (const each of past?.estimates ?? []) {
    if (!sight.project(mercatorX(each.lonDeg), mercatorY(each.latDeg))) continue;
    out.push(`<g transform="translate(${sight.px.toFixed(1)} ${sight.py.toFixed(1)})"><path d="M0-8L8 0L0 8L-8 0Z" fill="none" stroke="${palette.draft}" stroke-dasharray="2 2"/><text x="12" y="14" fill="${palette.draft}">${escaped(each.text)}</text></g>`);
  }
  for (const track of past?.tracks ?? []) {
    if (!sight.project(mercatorX(track.lonDeg), mercatorY(track.latDeg))) continue;
    out.push(`<g transform="translate(${sight.px.toFixed(1)} ${sight.py.toFixed(1)})"><circle r="3" fill="${track.stale ? '#8a8a8a' : palette.text}"/><text x="9" y="-3" fill="${palette.text}">${escaped(shownName(track.name))}</text></g>`);
  }
  out.push('</g>');
  said.forEach((line, k) => out.push(`<text x="6" y="${height + FOOT_PX * (k + 1)}" fill="${palette.text}">${escaped(line)}</text>`));
  if (caption.exercise) out.push(`<rect width="${width}" height="26" fill="#6b4a00"/><text x="${width / 2}" y="18" fill="#fff" text-anchor="middle">${escaped(caption.exercise)}</text>`);
  out.push('</svg>');
  return new Blob([out.join('\n')], {type: 'image/svg+xml'});
}
