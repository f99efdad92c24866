/** A replay: one moment of the past, as this node knew it then or knows it now, on the lists and on the map. */

import {batch, effect, signal} from '@preact/signals';
import type {Past} from '../map';
import type {MapThenTold, MomentTold, RivalsTold, TrackThenTold} from './api_types';
import {ask, Away} from './api';
import {nodeNow} from './clock';
import {t} from './i18n';
import {exercise} from './preferences';

export const SPEEDS = [1, 10, 60, 600] as const;
const STEP_MS = 1_000;
const PAGE = 500;
const PAGES_MAX = 4; // of items of one moment; what is beyond them is counted
const TRACKS_MAX = 5_000;

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
  if (at === null) return null;
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
  span.value = {from, to};
  rivals.value = null;
  moment.value = from;
}

export function endReplay(): void {
  playing.value = false;
  moment.value = null;
  span.value = state.value = drawn.value = rivals.value = wrong.value = null;
}

effect(() => {
  void [moment.value, known.value, exercise.value];
  void look();
});

effect(() => {
  const told = state.value;
  past.value = moment.value === null || told === null ? null : {
    at: told.at,
    words: `${t('replay-loud')} · ${t(told.known_by === null ? 'known-now' : 'known-then')}`,
    things: (drawn.value?.things ?? []) as Past['things'],
    today: told.known_by === null,
    alerts: (drawn.value?.lines ?? []).map((each) => ({severity: each.severity, acknowledged: each.acknowledged, line: each.line as [number, number][]})),
    tracks: told.tracks.map((each) => ({id: `${each.feed} ${each.identity}`, name: each.callsign ?? each.identity, latDeg: each.latitude_deg, lonDeg: each.longitude_deg, directionDeg: each.track_true_deg, stale: each.stale})),
    lines: rivals.value === null ? [] : [rivals.value.first, rivals.value.second].map((each) => each.longitude_latitude_deg as [number, number][]),
  };
});

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
