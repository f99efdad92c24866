/** One event stream for all the consoles of one person in this browser: a browser opens six connections to a node and no more.
 *
 * The tab that holds the lock reads the stream and hands every event on; when it goes, the next one has the lock.
 */

import type {NodeEvent, StreamState} from './events';

type Said = {event: NodeEvent} | {state: StreamState; tries: number} | {alive: true} | {who: true};

const SILENT_MS = 15_000; // three of the node's signs of life
const LOOKS_EVERY_MS = 2_500;

export interface Hears {
  event(event: NodeEvent): void;
  stands(state: StreamState, tries: number): void;
}

/** What the tab that reads has to say to the others. */
export interface Tells extends Hears {
  alive(): void;
}

/**
 * Follow the stream of one person until `ended`: read it where no other tab of this browser does, else hear the one that does.
 *
 * @param read reads until `ended` and tells what it reads; may be asked again after it was ended.
 */
export async function share(person: string, ended: AbortSignal, hears: Hears, read: (tells: Tells, ended: AbortSignal) => Promise<void>): Promise<void> {
  const name = `comity-events ${person}`;
  if (!('locks' in navigator) || !('BroadcastChannel' in globalThis)) {
    await read({...hears, alive: () => undefined}, ended);
    return;
  }
  const channel = new BroadcastChannel(name);
  let heardAt = Date.now();
  let reads = false;
  let last: Said = {state: 'connecting', tries: 0};
  const say = (said: Said): void => channel.postMessage(said);
  channel.onmessage = ({data}: MessageEvent<Said>) => {
    if ('who' in data) {
      if (reads) say(last);
      return;
    }
    if (reads) return;
    heardAt = Date.now();
    if ('event' in data) hears.event(data.event);
    else if ('state' in data) hears.stands(data.state, data.tries);
  };
  const tells: Tells = {
    event: (event) => { say({event}); hears.event(event); },
    stands: (state, tries) => { last = {state, tries}; say(last); hears.stands(state, tries); },
    alive: () => say({alive: true}),
  };
  const held = async (mine: AbortSignal): Promise<void> => {
    reads = true;
    try {
      await read(tells, mine);
    } finally {
      reads = false;
    }
  };
  try {
    while (!ended.aborted) {
      const waits = new AbortController();
      const lost = new AbortController(); // another tab took the lock: this one was silent
      const stop = (): void => { waits.abort(); lost.abort(); };
      ended.addEventListener('abort', stop, {once: true});
      heardAt = Date.now();
      say({who: true});
      let steal = false;
      const looks = setInterval(() => {
        if (reads || Date.now() - heardAt < SILENT_MS) return;
        steal = true; // whoever reads is stopped, frozen or cut off
        waits.abort();
      }, LOOKS_EVERY_MS);
      try {
        await navigator.locks.request(name, {signal: waits.signal}, () => held(lost.signal));
      } catch {
        lost.abort();
        if (steal && !ended.aborted) {
          const mine = new AbortController();
          ended.addEventListener('abort', () => mine.abort(), {once: true});
          await navigator.locks.request(name, {steal: true}, () => held(mine.signal)).catch(() => mine.abort());
        }
      } finally {
        clearInterval(looks);
        ended.removeEventListener('abort', stop);
      }
    }
  } finally {
    channel.close();
  }
}
