/** What the node tells beside tracks: flights, notices, areas, sites, alerts; asked again and again, drawn as told. */

/// <reference types="geojson" />

import {mercatorX, mercatorY} from './geodesy';
import {shownName} from './labels';
import type {MapRef} from './types';

export interface DrawnPart {
  rings: number[][][];
  start_ms: number | null;
  end_ms: number | null;
  lower: string | null;
  upper: string | null;
}

export interface Drawn {
  kind: 'intent' | 'notice' | 'area' | 'site';
  id: string;
  name: string;
  word: string;
  parts: DrawnPart[];
  /** null: of a past moment that is not on record. */
  deconflicted: boolean | null;
  own: boolean;
  precision_m: number | null;
  error_m: number | null;
  why: string[];
  unbounded: number;
}

export interface Told {
  at: string;
  exercise: boolean;
  things: Drawn[];
  left_out: Record<string, number>;
  missing: string[];
  borders: {name: string; version: string; digest: string; view: string; error_m: number} | null;
}

export interface AlertLine {
  alert: string;
  net: string;
  severity: string;
  subjects: string[];
  acknowledged: boolean;
}

/** How something is drawn; the word is the node's, this only chooses ink. */
export function toneOf(thing: Drawn): string {
  if (thing.kind === 'area') {
    const word = thing.word.split(' ')[0]!;
    if (word === 'agreed-area') return thing.word.endsWith('suspended') ? 'suspended' : 'agreed';
    return ['prohibited', 'restricted', 'danger'].includes(word) ? word : 'other';
  }
  if (thing.kind !== 'intent') return thing.word;
  const word = thing.word.split(' ')[0]!;
  if (word === 'announced') return 'announced';
  if (word === 'nonconforming' || word === 'contingent') return 'off';
  if (word === 'refused' || word === 'contested' || word === 'unanswered') return 'refused';
  if (thing.deconflicted === null && (word === 'accepted' || word === 'activated')) return 'accepted';
  return thing.deconflicted ? 'agreed' : 'open';
}

/**
 * Rings as polygons that are filled by the even-odd rule: the greatest ring that another lies in is its shell.
 * Rings of one part do not cross (the node made them from one outline).
 */
export function polygonsOf(rings: number[][][]): GeoJSON.MultiPolygon {
  if (rings.length === 1) return {type: 'MultiPolygon', coordinates: [[rings[0]!]]};
  const bySize = rings.map((ring) => ({ring, size: Math.abs(area(ring))})).sort((a, b) => b.size - a.size);
  const shells: {ring: number[][]; holes: number[][][]}[] = [];
  bySize.forEach(({ring}, index) => {
    const depth = bySize.slice(0, index).filter((other) => inside(ring[0]!, other.ring)).length;
    if (depth % 2 === 0) shells.push({ring, holes: []});
    else [...shells].reverse().find((shell) => inside(ring[0]!, shell.ring))?.holes.push(ring);
  });
  return {type: 'MultiPolygon', coordinates: shells.map(({ring, holes}) => [ring, ...holes])};
}

function area(ring: number[][]): number {
  let sum = 0;
  for (let k = 1; k < ring.length; k++) sum += ring[k - 1]![0]! * ring[k]![1]! - ring[k]![0]! * ring[k - 1]![1]!;
  return sum / 2;
}

function inside([x, y]: number[], ring: number[][]): boolean {
  let within = false;
  for (let k = 0, before = ring.length - 1; k < ring.length; before = k++) {
    const [ax, ay] = ring[k]!;
    const [bx, by] = ring[before]!;
    if ((ay! > y!) !== (by! > y!) && x! < ((bx! - ax!) * (y! - ay!)) / (by! - ay!) + ax!) within = !within;
  }
  return within;
}

/** Whether a part counts at an instant; no times: always. */
export function countsAt(part: DrawnPart, atMs: number): boolean {
  return (part.start_ms === null || part.start_ms <= atMs) && (part.end_ms === null || atMs <= part.end_ms);
}

export interface Feature extends GeoJSON.Feature {
  properties: {kind: MapRef['kind']; id: string; index: number; tone: string; now: boolean; exact: boolean};
}

/**
 * Features of one kind at an instant. Flights, areas and sites are drawn while they count; a notice that is still to come
 * is drawn as such. `things` is the index that picking goes by.
 */
export function featuresOf(things: Drawn[], kind: Drawn['kind'], atMs: number): Feature[] {
  const features: Feature[] = [];
  things.forEach((thing, index) => {
    if (thing.kind !== kind) return;
    for (const part of thing.parts) {
      const now = countsAt(part, atMs);
      const later = kind === 'notice' && part.start_ms !== null && part.start_ms > atMs;
      if (!now && !later) continue;
      features.push({
        type: 'Feature',
        geometry: polygonsOf(part.rings),
        properties: {kind: thing.kind, id: thing.id, index, tone: toneOf(thing), now, exact: thing.precision_m === 0},
      });
    }
  });
  return features;
}

/** The name of each thing in the middle of what counts of it, the nearest first. */
export function namesOf(things: Drawn[], atMs: number): {x: number; y: number; text: string; population: number}[] {
  const names = [];
  for (const thing of things) {
    const part = thing.parts.find((each) => countsAt(each, atMs));
    const ring = part?.rings[0];
    if (!ring?.length) continue;
    let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const [lon, lat] of ring) {
      west = Math.min(west, lon!);
      east = Math.max(east, lon!);
      south = Math.min(south, lat!);
      north = Math.max(north, lat!);
    }
    names.push({x: mercatorX((west + east) / 2), y: mercatorY((south + north) / 2), text: shownName(thing.name), population: 0});
  }
  return names;
}

/** The words of a thing, as the list beside the map and its label say them. */
export function wordsOf(thing: Drawn, notDeconflicted: string): string {
  const bands = [...new Set(thing.parts.map((part) => [part.lower, part.upper].filter(Boolean).join(' – ')))].filter(Boolean).slice(0, 2);
  const words = [thing.name, thing.word];
  if (thing.kind === 'intent' && thing.deconflicted === false) words.push(notDeconflicted);
  if (thing.precision_m) words.push(`± ${(thing.precision_m / 1000).toFixed(1)} km`);
  return [...words, ...bands].join(', ');
}
