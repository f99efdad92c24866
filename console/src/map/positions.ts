/** Positions as people write them, and as the cursor tells them. A name of a place is asked of the node. */

import {mgrsOf, mgrsRead} from './mgrs';
import {normalLon} from './geodesy';

export interface Read {
  latDeg: number;
  lonDeg: number;
  /** As what it was read. */
  as: 'degrees' | 'minutes' | 'seconds' | 'mgrs';
}

const PART = /^([NSEW])?\s*([+-]?\d{1,3}(?:[.,]\d+)?)(?:\s*[°dº ]\s*(\d{1,2}(?:[.,]\d+)?)(?:\s*['′m ]\s*(\d{1,2}(?:[.,]\d+)?)\s*(?:["″s])?)?\s*['′]?)?\s*[°º]?\s*([NSEW])?$/i;

function number(text: string | undefined): number {
  return text === undefined ? 0 : Number(text.replace(',', '.'));
}

function part(text: string): {value: number; axis: string; as: Read['as']} | null {
  const found = PART.exec(text.trim());
  if (!found) return null;
  const [, before, degrees, minutes, seconds, after] = found;
  if (before && after) return null;
  const [d, m, s] = [number(degrees), number(minutes), number(seconds)];
  if (m >= 60 || s >= 60 || (minutes !== undefined && !Number.isInteger(d)) || (seconds !== undefined && !Number.isInteger(m))) return null;
  const axis = (before ?? after ?? '').toUpperCase();
  const negative = degrees!.startsWith('-');
  if (axis && /^[+-]/.test(degrees!)) return null; // a sign and a letter say it twice
  const size = Math.abs(d) + m / 60 + s / 3600;
  const value = negative || axis === 'S' || axis === 'W' ? -size : size;
  return {value, axis, as: seconds !== undefined ? 'seconds' : minutes !== undefined ? 'minutes' : 'degrees'};
}

/** A position; null where it is none, or could mean two. Latitude first unless letters say otherwise. */
export function readPosition(text: string): Read | null {
  const trimmed = text.trim().slice(0, 80);
  const grid = mgrsRead(trimmed);
  if (grid) return {latDeg: grid.latDeg, lonDeg: grid.lonDeg, as: 'mgrs'};
  for (const halves of splits(trimmed)) {
    const [first, second] = halves.map(part);
    if (!first || !second) continue;
    const axes = [first.axis, second.axis].map((axis) => axis === '' ? '' : 'NS'.includes(axis) ? 'lat' : 'lon');
    if (axes[0] && axes[0] === axes[1]) continue;
    const swapped = axes[0] === 'lon' || axes[1] === 'lat';
    const [lat, lon] = swapped ? [second.value, first.value] : [first.value, second.value];
    if (Math.abs(lat) > 90 || Math.abs(lon) > 180) continue;
    return {latDeg: lat, lonDeg: lon, as: first.as};
  }
  return null;
}

function* splits(text: string): Generator<[string, string]> {
  const lettered = /^(.*?[NSEW])[\s,;]*(.+)$/i.exec(text);
  for (const separator of [';', ', ', ' ', ',']) {
    const parts = text.split(separator);
    if (parts.length === 2) yield [parts[0]!, parts[1]!];
    if (separator === ' ' && parts.length % 2 === 0) {
      const half = parts.length / 2;
      yield [parts.slice(0, half).join(' '), parts.slice(half).join(' ')];
    }
  }
  if (lettered) yield [lettered[1]!, lettered[2]!];
}

function sexagesimal(value: number, letters: string, width: number): string {
  const tenths = Math.round(Math.abs(value) * 36_000);
  const [d, m, s] = [Math.floor(tenths / 36_000), Math.floor(tenths / 600) % 60, (tenths % 600) / 10];
  return `${String(d).padStart(width, '0')}°${String(m).padStart(2, '0')}′${s.toFixed(1).padStart(4, '0')}″${letters[value < 0 ? 1 : 0]}`;
}

/** Both ways of saying a place, WGS 84; each is text. */
export function sayPosition(latDeg: number, lonDeg: number): {degrees: string; seconds: string; mgrs: string} {
  const lon = normalLon(lonDeg);
  const degrees = `${latDeg.toFixed(5)}, ${lon.toFixed(5)}`;
  return {degrees, seconds: `${sexagesimal(latDeg, 'NS', 2)} ${sexagesimal(lon, 'EW', 3)}`, mgrs: mgrsOf(latDeg, lon)};
}
