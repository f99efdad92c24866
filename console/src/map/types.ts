/// <reference types="geojson" />
/** What the rest of the console and the map say to each other. */

import type {Drawn} from './scene';

export interface MapRef {
  kind: 'track' | 'intent' | 'area' | 'site' | 'notice' | 'alert';
  id: string;
}

export interface TracksHealth {
  tracks: 'live' | 'stale' | 'down';
  ageS: number | null;
  count: number;
  /** No stream of its own: as many other maps of this browser have one as may. */
  elsewhere?: boolean;
}

export interface MapOptions {
  theme: 'night' | 'day';
  language: string;
  rtl: boolean;
  /** Where the node's API is, without a slash at the end; empty: where the page came from. */
  apiBase: string;
  headers(): Record<string, string>;
  /** Hold an answer to its shape; throws what cannot be read. Left out: taken as it comes. */
  read?(what: string, told: unknown): unknown;
  onSelect(ref: MapRef): void;
  onPlace(position: {latDeg: number; lonDeg: number}): void;
  onHealth(state: TracksHealth): void;
  /** Address of maplibre's worker; left out: the one of the build. */
  workerUrl?: string;
  /** Words of the map by name; what is left out is in English. */
  words?: Partial<MapWords>;
  /** A word of the node, as `accepted` of an `intent`, in the language of the screen; left out: as the node says it. */
  sayWord?(kind: string, word: string): string;
  /** How the map is looked at, whenever that changed. */
  onWays?(ways: Record<string, boolean>): void;
}

/** What is drawn of a past moment: plots as they were kept, what stood by its records, and lines beside each other. */
export interface Past {
  at: string;
  /** Said loudly over the map as long as it is drawn. */
  words: string;
  exercise: boolean;
  /** What stands under a picture of it: where it comes from and what is not drawn. */
  notes: string[];
  /** Flights, notices, sites and areas as the records of the past have them. */
  things: Drawn[];
  /** Alerts between two aircraft whose plots are known. */
  alerts: {severity: string; acknowledged: boolean; line: [lonDeg: number, latDeg: number][]}[];
  tracks: {id: string; name: string; latDeg: number; lonDeg: number; directionDeg: number | null; stale: boolean}[];
  lines: [lonDeg: number, latDeg: number][][];
  /** What a net estimated, not measured: drawn unlike everything else, with its age and what it is unsure of. */
  estimates: {latDeg: number; lonDeg: number; text: string}[];
}

export interface MapWords {
  chart: string;
  inView: string;
  tracks: string;
  stale: string;
  down: string;
  elsewhere: string;
  noClear: string;
  exercise: string;
  exerciseLive: string;
  notDeconflicted: string;
  planned: string;
  measure: string;
  borders: string;
  missing: string;
  antipodal: string;
  advisory: string;
  caution: string;
  warning: string;
  staleTrack: string;
  radarOnly: string;
  heightUnknown: string;
  speedUnknown: string;
  scale: string;
}

export type Box = [west: number, south: number, east: number, north: number];
export type Where = Box | {latDeg: number; lonDeg: number; zoom?: number};

export interface MapHandle {
  select(ref: MapRef | null): void;
  flyTo(where: Where): void;
  /** Look at where something is, as far as the map knows; whether it does. */
  lookAt(ref: MapRef): boolean;
  /** An instant as RFC 3339, or now. Live tracks are drawn only now. */
  setTime(instant: string | 'now'): void;
  /** `tracks`, `labels`, `trails`, `vectors`, `intents`, `areas`, `notices`, `sites`, `alerts`, `borders`,
   * `graticule`, `places`; and `globe`, `trackUp`, `measure`, which are ways to look. */
  setLayers(layers: Record<string, boolean>): void;
  setTheme(theme: 'night' | 'day'): void;
  setWords(words: Partial<MapWords>): void;
  /** Draw a past moment in the place of what is live; null: back to now. */
  setPast(past: Past | null): void;
  /** Draw flights, notices and sites of the exercise's book, or of the real one. Tracks and alerts stay live, and it says so. */
  setExercise(on: boolean): void;
  setLanguage(language: string, rtl: boolean): void;
  startDrawing(kind: 'polygon' | 'corridor' | 'point'): Promise<GeoJSON.Geometry | null>;
  /** Leave off drawing: who waits for it is given nothing. */
  stopDrawing(): void;
  setDraft(draft: GeoJSON.GeoJSON | null): void;
  exportPng(): Promise<Blob>;
  exportSvg(): Promise<Blob>;
  exportPdf(): Promise<Blob>;
  destroy(): void;
}

export const WORDS: MapWords = {
  chart: 'Chart',
  inView: 'In view',
  tracks: 'tracks',
  stale: 'TRACKS STALE',
  down: 'NO TRACKS come from the node',
  elsewhere: 'NO LIVE TRACKS HERE: three other maps of this browser have them. Close or hide one.',
  noClear: 'An empty map is not a clear sky: it shows what feeds and parties told.',
  exercise: 'EXERCISE EXERCISE EXERCISE',
  exerciseLive: 'tracks and alerts are LIVE',
  notDeconflicted: 'not deconflicted',
  planned: 'PLANNED, live tracks hidden',
  measure: 'Measured along the geodesic',
  borders: 'Borders',
  missing: 'Not drawn',
  antipodal: 'nearly antipodal: not measured',
  advisory: 'advisory',
  caution: 'caution',
  warning: 'WARNING',
  staleTrack: 'stale',
  radarOnly: 'radar only',
  heightUnknown: 'height ?',
  speedUnknown: 'speed ?',
  scale: 'Scale at the middle',
};
