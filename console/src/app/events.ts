/** The node's event stream. An event says only that something changed; what it is now, the node is asked. */

import {signal} from '@preact/signals';
import {nodeNow} from './clock';
import {share, type Tells} from './one_stream';
import {headers, refused, session} from './session';
import {missed, RESOURCES} from './store';

export interface NodeEvent {
  kind: string;
  at: string;
  author: string;
  number?: number;
  digest?: string;
  operator?: string;
  intent?: string;
  matter?: string;
  message?: string;
  alert?: string;
  severity?: string;
  precedence?: string;
  text?: string;
  exercise?: boolean;
}

export type StreamState = 'off' | 'connecting' | 'live' | 'lost';

export const stream = signal<{state: StreamState; since: number; tries: number}>({state: 'off', since: Date.now(), tries: 0});
/** The last batch, for whoever has to do something of its own about it. */
export const batch = signal<NodeEvent[]>([]);

const BATCH_MS = 200; // one redraw for what comes together
const SILENT_MS = 15_000; // three of the node's signs of life
const BACK_OFF_MS = [250, 500, 1_000, 2_000, 4_000];

let waiting: NodeEvent[] = [];
let timer: ReturnType<typeof setTimeout> | null = null;

function take(event: NodeEvent): void {
  waiting.push(event);
  timer ??= setTimeout(flush, BATCH_MS);
}

function flush(): void {
  timer = null;
  const began = performance.now();
  const events = waiting;
  waiting = [];
  for (const each of RESOURCES) {
    if (events.some((event) => each.changed(event.kind))) void each.refresh();
  }
  batch.value = events;
  performance.measure('comity-events', {start: began, end: performance.now(), detail: {count: events.length}});
}

function isEvent(told: unknown): told is NodeEvent {
  if (typeof told !== 'object' || told === null) return false;
  const {kind, ...more} = told as Record<string, unknown>;
  return typeof kind === 'string' && Object.values(more).every((each) => each === null || ['string', 'number', 'boolean'].includes(typeof each));
}

/** One event out of its lines (WHATWG HTML 9.2.5); null for a comment. */
export function eventOf(block: string): NodeEvent | null {
  const data = block.split('\n').filter((each) => each.startsWith('data:')).map((each) => each.slice(5).trimStart());
  if (data.length === 0) return null;
  try {
    const told: unknown = JSON.parse(data.join('\n'));
    return isEvent(told) ? told : null; // what it would have told is asked for all the same, in turn
  } catch {
    return null;
  }
}

function stands(state: StreamState, tries: number): void {
  stream.value = {state, since: nodeNow(), tries};
}

/** Whatever the node sends, a sign of life included, is a word to the other tabs; a stream without any is given up. */
async function read(answer: Response, tells: Tells, giveUp: () => void): Promise<void> {
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let silent = setTimeout(giveUp, SILENT_MS);
  try {
    for (;;) {
      const {value, done} = await reader.read();
      if (done) return;
      clearTimeout(silent);
      silent = setTimeout(giveUp, SILENT_MS);
      tells.alive();
      const blocks = (rest + value).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = eventOf(block);
        if (event !== null) tells.event(event);
      }
    }
  } finally {
    clearTimeout(silent);
  }
}

/** Read the stream until told to end; come back after whatever cut it. */
async function readOn(tells: Tells, ended: AbortSignal): Promise<void> {
  for (let tries = 0; !ended.aborted; tries += 1) {
    tells.stands('connecting', tries);
    const cut = new AbortController();
    const end = (): void => cut.abort();
    ended.addEventListener('abort', end);
    try {
      const answer = await fetch('/v1/events', {headers: headers(), cache: 'no-store', credentials: 'same-origin', signal: cut.signal});
      if (answer.status === 401) refused();
      if (answer.ok) {
        tries = 0;
        tells.stands('live', 0);
        await read(answer, tells, end);
      }
    } catch {
      // cut, or nobody there: told below
    } finally {
      ended.removeEventListener('abort', end);
      cut.abort();
    }
    if (ended.aborted) return;
    tells.stands('lost', tries);
    await new Promise((done) => setTimeout(done, BACK_OFF_MS[Math.min(tries, BACK_OFF_MS.length - 1)]));
  }
}

function heard(state: StreamState, tries: number): void {
  stands(state, tries);
  if (state !== 'live') return;
  missed.value = 0;
  for (const each of RESOURCES) void each.refresh(); // what happened while nobody watched
}

/** Watch for as long as somebody is signed in. */
export async function startEvents(): Promise<never> {
  for (;;) {
    if (session.peek().state !== 'in') {
      if (stream.peek().state !== 'off') stands('off', 0);
      await signedIn();
    }
    const {operator} = session.peek();
    const ended = new AbortController();
    const left = session.subscribe((now) => {
      if (now.state !== 'in' || now.operator !== operator) ended.abort();
    });
    await share(operator, ended.signal, {event: take, stands: heard}, readOn);
    left();
  }
}

function signedIn(): Promise<void> {
  return new Promise((done) => {
    const stop = session.subscribe((now) => {
      if (now.state !== 'in') return;
      queueMicrotask(() => stop());
      done();
    });
  });
}
