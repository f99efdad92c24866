/** A replay: one moment of the past, as this node knew it then or knows it now, on the lists and on the map. */

import {batch, effect, signal} from '@preact/signals';
import type {Past} from '../map';
import type {ChangeTold, HeldTold, MapThenTold, MomentTold, RivalsTold, TrackThenTold} from './api_types';
import {ask, Away} from './api';
import {nodeNow} from './clock';
import {t, word} from './i18n';
import {exercise} from './preferences';
import {session} from './session';
import {status} from './store';

export const SPEEDS = [1, 10, 60, 600] as const;
const STEP_MS = 1_000;
const PAGE = 500;
const PAGES_MAX = 4; // of items of one moment; what is beyond them is counted
const TRACKS_MAX = 5_000;
const AGAIN_MS = 4_000;
const CHANGES_PAGE = 1_000;
export const CHANGES_PAGES_MAX = 4;
export const CHANGES_MAX = CHANGES_PAGE * CHANGES_PAGES_MAX;
const CHANGES_MS_MAX = 31 * 86_400_000; // as the node tells at once

/** The moment shown, in ms; null: no replay. */
export const moment = signal<number | null>(null);
export const known = signal<'then' | 'now'>('then');
export const speed = signal<number>(10);
export const playing = signal(false);
export const span = signal<{from: number; to: number} | null>(null);
export const state = signal<MomentTold | null>(null);
/** Its notices, sites and lines of alerts, of the same moment; null: not told. */
export const drawn = signal<MapThenTold | null>(null);
export const wrong = signal<string | null>(null);
/** Two accounts beside each other. */
export const rivals = signal<RivalsTold | null>(null);
/** What the map draws of it. */
export const past = signal<Past | null>(null);

export const iso = (ms: number): string => new Date(ms).toISOString();
export const nameOf = (track: TrackThenTold): string => `${track.callsign ?? track.identity} · ${track.feed}`;

let asking = false;

/** Ask for the moment, one question at a time; the newest wish is asked last. */
async function look(): Promise<void> {
  if (asking) return;
  asking = true;
  try {
    for (;;) {
      const wish = wished();
      if (wish === null) return;
      await once(wish);
      if (wished()?.key === wish.key) return;
    }
  } finally {
    asking = false;
  }
}

interface Wish {
  key: string;
  at: string;
  known: 'then' | 'now';
  exercise: boolean;
}

function wished(): Wish | null {
  const at = moment.peek();
  if (at === null || session.peek().state !== 'in') return null;
  const wish = {at: iso(at), known: known.peek(), exercise: exercise.peek()};
  return {...wish, key: JSON.stringify(wish)};
}

async function once(wish: Wish): Promise<void> {
  try {
    const query = {at: wish.at, known: wish.known, exercise: wish.exercise, limit: PAGE, tracks: TRACKS_MAX};
    const [first, map] = await Promise.all([
      ask('GET /v1/history/state', {query}),
      ask('GET /v1/history/map', {query: {at: wish.at, known: wish.known, exercise: wish.exercise}}),
    ]);
    let more = first.more;
    for (let page = 1; more !== null && page < PAGES_MAX; page++) {
      const next = await ask('GET /v1/history/state', {query: {...query, tracks: 0, after: more}});
      first.items.push(...next.items);
      more = next.more;
    }
    if (exercise.peek() !== wish.exercise || moment.peek() === null) return; // it is of the other book, or nobody's any more
    batch(() => {
      drawn.value = map;
      state.value = {...first, more};
    });
    wrong.value = null;
  } catch (error) {
    playing.value = false;
    wrong.value = error instanceof Away ? t('away-unknown') : (error as Error).message;
  }
}

export function startReplay(from: number, to: number): void {
  resumeReplay(from, to, from, known.peek());
}

/** Take up a replay where an address says that it was. */
export function resumeReplay(from: number, to: number, at: number, how: 'then' | 'now'): void {
  batch(() => {
    span.value = {from, to};
    rivals.value = null;
    known.value = how;
    moment.value = at;
  });
}

export function endReplay(): void {
  batch(() => {
    playing.value = false;
    moment.value = null;
    span.value = state.value = drawn.value = rivals.value = wrong.value = null;
  });
}

effect(() => {
  void [moment.value, known.value, exercise.value, session.value.state === 'in']; // asked in vain before somebody was let in
  void look();
});

/** The other book has another past. */
effect(() => {
  void exercise.value;
  batch(() => { state.value = drawn.value = rivals.value = null; });
});

/** A node that was away, or a person not yet let in, is asked again. */
effect(() => {
  if (moment.value === null || wrong.value === null) return;
  const timer = setInterval(() => void look(), AGAIN_MS);
  return () => clearInterval(timer);
});

/** An alert that stood, with what its net had estimated when it raised it. */
export interface Estimate {
  alert: string;
  net: string;
  figures: Record<string, string | number | boolean | null>;
  /** How old it was at the moment shown, in s; negative: of later; null: not stated. */
  ageS: number | null;
}

/** Estimates are said beside plots and never in their place. */
export function estimateOf({stands}: HeldTold, atMs: number): Estimate | null {
  const errorLast = (name: string): string => name.replace('_error_mm', '_mm_error');
  const figures = Object.fromEntries(Object.entries(stands.estimate ?? {}).sort(([a], [b]) => (errorLast(a) < errorLast(b) ? -1 : 1)));
  if (stands.family !== 'alerts' || Object.keys(figures).length === 0) return null;
  const of = figures['at_ms'];
  return {alert: stands.key, net: stands.status.split(' ')[0]!, figures, ageS: typeof of === 'number' ? Math.round((atMs - of) / 1_000) : null};
}

/** Where an estimate can be drawn: the entry that it foretold, or the middle of the line between both aircraft. */
function placed(of: Estimate, lines: MapThenTold['lines']): Past['estimates'][number] | null {
  const {entry_latitude_e7: lat, entry_longitude_e7: lon, distance_cpa_mm: apart, distance_cpa_error_mm: error, time_in_ms: inMs} = of.figures;
  const said = (measure: string): string => t('past-estimate-mark', {measure, n: of.ageS ?? '?'});
  if (typeof lat === 'number' && typeof lon === 'number') {
    const soon = typeof inMs === 'number' ? ` ${Math.round(inMs / 1_000)} s` : '';
    return {latDeg: lat / 1e7, lonDeg: lon / 1e7, text: said(`${word('net', of.net)}${soon}`)};
  }
  const line = lines.find((each) => each.alert === of.alert)?.line as [number, number][] | undefined;
  if (line === undefined || typeof apart !== 'number') return null;
  const [[oneLon, oneLat], [otherLon, otherLat]] = [line[0]!, line[1]!];
  const across = ((otherLon - oneLon + 540) % 360) - 180;
  const km = (mm: number): string => (mm / 1e6).toFixed(1);
  return {latDeg: (oneLat + otherLat) / 2, lonDeg: oneLon + across / 2, text: said(`${km(apart)} km ± ${typeof error === 'number' ? km(error) : '?'}`)};
}

/** What a picture says of where it comes from, and of what it lacks. */
function notes(told: MomentTold, map: MapThenTold | null): string[] {
  const party = status.value?.party ?? t('unknown');
  const found = [
    `${t('past-source-records')} ${t(told.known_by === null ? 'past-of-now' : 'past-of', {party})}; ${t(told.plots_kept ? 'past-source-plots' : 'past-source-none')}.`,
  ];
  if (map === null) return [...found, `${t('on-map')} ${t('unknown')}`];
  if (map.agreement !== null) found.push(`${t('past-agreement')} ${map.agreement.title} v${map.agreement.version}, ${word('legal', map.agreement.state)}.`, ...(map.agreement.border === null ? [t('past-border-none')] : [`${t('past-border')} ${map.agreement.border}.`]));
  else found.push(t('past-no-agreement'));
  const lacking = undrawn(map);
  if (lacking) found.push(t('on-map-undrawn', {n: lacking}));
  if (map.lines_unknown) found.push(t('on-map-lines-unknown', {n: map.lines_unknown}));
  if (rivals.value !== null) found.push(`${t('past-source-lines')} ${[rivals.value.first, rivals.value.second].map((each) => `${each.identity} · ${each.feed}`).join(' | ')}.`);
  return found;
}

/** How many things of the moment are not on the map, though they stood. */
export function undrawn(map: MapThenTold): number {
  return map.missing.length + map.things.filter((each) => each.unbounded).length + Object.values(map.left_out).reduce((sum, n) => sum + n, 0);
}

effect(() => {
  const told = state.value;
  if (moment.value === null) {
    past.value = null;
    return;
  }
  if (told === null || told.exercise !== exercise.value) { // nothing of now and nothing of the other book in its place
    past.value = {
      at: iso(moment.value), words: `${exercise.value ? `${t('map-exercise')} · ` : ''}${t('replay-loud')} · ${t('unknown')}`, exercise: exercise.value,
      notes: [t('unknown')], things: [], alerts: [], tracks: [], lines: [], estimates: [],
    };
    return;
  }
  const atMs = Date.parse(told.at);
  past.value = {
    at: told.at,
    words: `${told.exercise ? `${t('map-exercise')} · ` : ''}${t('replay-loud')} · ${t(told.known_by === null ? 'known-now' : 'known-then')}`,
    exercise: told.exercise,
    notes: notes(told, drawn.value),
    things: (drawn.value?.things ?? []) as Past['things'],
    alerts: (drawn.value?.lines ?? []).map((each) => ({severity: each.severity, acknowledged: each.acknowledged, line: each.line as [number, number][]})),
    tracks: told.tracks.map((each) => ({id: `${each.feed} ${each.identity}`, name: each.callsign ?? each.identity, latDeg: each.latitude_deg, lonDeg: each.longitude_deg, directionDeg: each.track_true_deg, stale: each.stale})),
    lines: rivals.value === null ? [] : [rivals.value.first, rivals.value.second].map((each) => each.longitude_latitude_deg as [number, number][]),
    estimates: told.items.flatMap((each) => {
      const estimate = estimateOf(each, atMs);
      const there = estimate === null ? null : placed(estimate, drawn.value?.lines ?? []);
      return there === null ? [] : [there];
    }),
  };
});

/** Alerts raised within the period, in their order; null: not told. */
export const raised = signal<{alerts: ChangeTold[]; more: boolean} | null>(null);

async function askRaised(over: {from: number; to: number}): Promise<void> {
  const found: ChangeTold[] = [];
  let skip = 0;
  for (let page = 0; page < CHANGES_PAGES_MAX; page++) {
    const told = await ask('GET /v1/history/changes', {query: {since: iso(over.from), until: iso(Math.min(over.to, over.from + CHANGES_MS_MAX)), skip, limit: CHANGES_PAGE}});
    found.push(...told.changes.filter((each) => each.family === 'alerts' && !each.ends && !each.answer));
    if (told.more === null) break;
    skip = Number(told.more);
    if (page === CHANGES_PAGES_MAX - 1) skip = -1;
  }
  if (span.peek() !== over) return;
  raised.value = {alerts: found, more: skip < 0 || over.to - over.from > CHANGES_MS_MAX};
}

effect(() => {
  const over = span.value;
  raised.value = null;
  if (over === null || session.value.state !== 'in') return;
  let timer = 0;
  const ask = (): void => { askRaised(over).catch(() => { timer = window.setTimeout(ask, AGAIN_MS); }); }; // the moment itself says what is wrong
  ask();
  return () => clearTimeout(timer);
});

/** When a change shows in the replay: as known then, not before it was known here. */
export function showsAt(each: ChangeTold): number {
  return Math.max(Date.parse(each.at), known.value === 'then' ? Date.parse(each.known_at) : 0);
}

/** Alerts of the period in the order in which they show. */
export function raisedInOrder(): ChangeTold[] {
  return [...raised.value?.alerts ?? []].sort((a, b) => showsAt(a) - showsAt(b));
}

/** The alert of the period before or after the moment shown; null: none that is known. */
export function alertBeside(way: 1 | -1): ChangeTold | null {
  const at = moment.value;
  if (at === null) return null;
  const all = raisedInOrder();
  return (way > 0 ? all.find((each) => showsAt(each) > at) : all.reverse().find((each) => showsAt(each) < at)) ?? null;
}

/** Show the first moment in which this stood. */
export function goTo(each: ChangeTold): void {
  playing.value = false;
  const over = span.peek();
  if (over !== null) moment.value = Math.min(Math.max(showsAt(each), over.from), over.to);
}

/** Whom an alert is about, by the callsigns of the moment shown as far as its plots and flights have them. */
export function named(subjects: string): string {
  const told = state.value;
  return subjects.split(' ').map((each) => {
    const identity = each.slice(each.indexOf('/') + 1);
    const callsign = told?.tracks.find((track) => track.identity === identity)?.callsign ?? told?.items.find(({stands}) => stands.family === 'flights' && stands.key === each)?.stands.words;
    return callsign ? `${callsign} (${identity})` : each;
  }).join(' · ');
}

effect(() => {
  if (!playing.value) return;
  const timer = setInterval(() => {
    const [now, over] = [moment.peek(), span.peek()];
    if (now === null || over === null) return;
    if (state.peek() !== null && Date.parse(state.peek()!.at) !== now && wrong.peek() === null) return; // the node is slower than the replay
    const next = Math.min(now + STEP_MS * speed.peek(), over.to, nodeNow());
    if (next <= now) playing.value = false;
    else moment.value = next;
  }, STEP_MS);
  return () => clearInterval(timer);
});
