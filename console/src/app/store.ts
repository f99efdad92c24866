/** Answers of the node as the screen shows them: each with its age, and with a mark once it may no longer hold. */

import {computed, effect, signal, type ReadonlySignal, type Signal} from '@preact/signals';
import {ask, Away, type Query} from './api';
import type {Answers} from './api_types';
import {heard, nodeNow, skewMs, tick} from './clock';
import {forgetAll, keep, kept} from './keep';
import {exercise} from './preferences';
import {forgetUnread, read, unread, Unreadable, type Unread} from './reading';
import {session} from './session';

export interface Told<T> {
  value: T;
  /** When the node was asked, by its own clock, in ms. */
  at: number;
}

/** `none`: never told. `stale`: shown, and grey: it may have changed since. */
export type Standing = 'none' | 'live' | 'stale';

interface Settings {
  everyS: number;
  /** Beginnings of kinds of event that change it. */
  changedBy: string[];
  query?: () => Query;
  /** The same in the exercise and outside it: the air knows no exercise. */
  always?: boolean;
}

/** The answers missed in a row after which the node counts as away. */
const MISSED_MAX = 2;

/** Whether the node answers: requests in a row that nobody answered. */
export const missed = signal(0);
export const nodeIsAway = computed(() => missed.value >= MISSED_MAX);

export class Resource<K extends keyof Answers> {
  readonly told: Signal<Told<Answers[K]> | null> = signal(null);
  readonly standing: ReadonlySignal<Standing>;
  readonly refusal = signal<string | null>(null);
  /** What of the newest answer cannot be read: it is not in `told`. */
  readonly unread: ReadonlySignal<readonly Unread[]>;
  private asking = false;
  private again = false;
  private due = 0;

  constructor(readonly what: K, readonly settings: Settings) {
    this.unread = computed(() => unread.value.get(what) ?? []);
    this.standing = computed(() => {
      const told = this.told.value;
      if (told === null) return 'none';
      const age = tick.value - (skewMs.value ?? 0) - told.at;
      if (this.unread.value.some((each) => each.whole)) return 'stale';
      return nodeIsAway.value || session.value.state !== 'in' || age > this.settings.everyS * 3_000 ? 'stale' : 'live';
    });
  }

  get value(): Answers[K] | null {
    return this.told.value?.value ?? null;
  }

  private get key(): string {
    return `${this.what}${exercise.peek() && !this.settings.always ? ' exercise' : ''}`;
  }

  /** Show what was told last, before the node is asked. */
  async recall(): Promise<void> {
    const before = await kept<Told<Answers[K]>>('state', this.key);
    if (before === undefined || this.told.peek() !== null) return;
    this.told.value = {value: read(this.what, before.value) as Answers[K], at: before.at}; // kept by another version, it may be of another shape
  }

  /** Forget it on the screen: the other book was opened. */
  clear(): void {
    if (this.settings.always) return;
    this.told.value = null;
    this.due = 0;
  }

  changed(kind: string): boolean {
    return this.settings.changedBy.some((each) => kind.startsWith(each));
  }

  isDue(now: number): boolean {
    return now >= this.due;
  }

  async refresh(): Promise<void> {
    if (session.peek().state !== 'in') return;
    if (this.asking) {
      this.again = true; // something changed while the answer was under way
      return;
    }
    this.asking = true;
    this.due = Date.now() + this.settings.everyS * 1_000;
    const key = this.key;
    const sent = Date.now();
    try {
      const book: Query = this.settings.always ? {} : {exercise: exercise.peek()};
      const value = await ask(this.what, {query: {...book, ...this.settings.query?.()}, inLists: true});
      missed.value = 0;
      if (session.peek().state === 'out') return; // whoever asked has gone
      if (key !== this.key) return; // the other book was opened meanwhile
      if (this.what === 'GET /v1/status') heard((value as Answers['GET /v1/status']).at, sent, Date.now());
      this.told.value = {value, at: nodeNow()};
      this.refusal.value = null;
      void keep('state', key, this.told.peek()).catch(() => undefined);
    } catch (error) {
      if (error instanceof Away) missed.value += 1;
      else this.refusal.value = error instanceof Unreadable ? null : (error as Error).message; // that is told as unread
    } finally {
      this.asking = false;
      if (this.again || key !== this.key) {
        this.again = false;
        void this.refresh();
      }
    }
  }
}

export const status = new Resource('GET /v1/status', {everyS: 5, changedBy: ['link', 'peer.', 'net', 'agreement.'], always: true});
export const air = new Resource('GET /v1/air', {everyS: 5, changedBy: ['feed.', 'net', 'alert.'], always: true});
export const intents = new Resource('GET /v1/intents', {everyS: 20, changedBy: ['intent.', 'line.stop'], query: () => ({limit: 1000})});
export const line = new Resource('GET /v1/line', {everyS: 20, changedBy: ['line.']});
export const items = new Resource('GET /v1/line/items', {everyS: 20, changedBy: ['line.'], query: () => ({limit: 300})});
export const lineStatus = new Resource('GET /v1/line/status', {everyS: 10, changedBy: ['line.', 'link']});
export const notices = new Resource('GET /v1/notices', {everyS: 20, changedBy: ['notice.', 'line.stop'], query: () => ({limit: 200})});
export const sites = new Resource('GET /v1/sites', {everyS: 30, changedBy: ['site.'], query: () => ({limit: 500})});
export const erasures = new Resource('GET /v1/sites/erasures', {everyS: 60, changedBy: ['site.', 'peer.']});
export const meetings = new Resource('GET /v1/meetings', {everyS: 30, changedBy: ['meeting.']});
export const groups = new Resource('GET /v1/groups', {everyS: 30, changedBy: ['group.']});
export const incidents = new Resource('GET /v1/incidents', {everyS: 30, changedBy: ['incident.', 'claim.']});
export const agreements = new Resource('GET /v1/agreements', {everyS: 60, changedBy: ['agreement.'], always: true});
export const proposals = new Resource('GET /v1/proposals', {everyS: 15, changedBy: ['operator.', 'agreement.', 'peer.', 'evidence.'], always: true});
export const observations = new Resource('GET /v1/observations', {everyS: 30, changedBy: ['observation.'], query: () => ({limit: 500})});

export const RESOURCES = [
  status, air, lineStatus, items, line, intents, notices, sites, meetings, groups, agreements,
  proposals, observations, incidents, erasures,
] as const;

/** Open alerts as the air tells them. */
export const alerts = computed(() => air.value?.alerts ?? []);

const LOOKS_EVERY_MS = 500;
const KNOCKS_EVERY_MS = 2_000;

/** Whether the node is there at all, while nobody is signed in: without its own page nothing can be asked. */
async function knock(): Promise<void> {
  if (session.peek().state === 'in') return;
  try {
    await fetch('/console/', {method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(KNOCKS_EVERY_MS * 2)});
    missed.value = 0;
  } catch {
    missed.value += 1;
  }
}

/** Recall the last state, then ask for all of it and go on asking. */
export async function startStore(): Promise<void> {
  await Promise.all(RESOURCES.map((each) => each.recall().catch(() => undefined)));
  effect(() => {
    void exercise.value;
    for (const each of RESOURCES) each.clear();
    forgetUnread();
    for (const each of RESOURCES) void each.recall().catch(() => undefined);
  });
  let before = session.peek().state;
  effect(() => {
    const {state} = session.value;
    // whoever comes next to this browser is not shown what the one before saw; an end that nobody asked for keeps it
    if (state === 'out' && before !== 'out') {
      for (const each of RESOURCES) each.told.value = null;
      forgetUnread(); // it shows the beginnings of records
      void forgetAll('state').catch(() => undefined);
    }
    before = state;
  });
  effect(() => {
    if (session.value.state === 'in') for (const each of RESOURCES) void each.refresh();
  });
  void knock();
  setInterval(() => void knock(), KNOCKS_EVERY_MS);
  setInterval(() => {
    const now = Date.now();
    for (const each of RESOURCES) if (each.isDue(now)) void each.refresh();
  }, LOOKS_EVERY_MS);
}
