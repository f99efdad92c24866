/** Time as the node has it. The browser's clock is only what ticks between the node's answers. */

import {computed, signal} from '@preact/signals';

/** A difference above this is told loudly. */
export const SKEW_LOUD_MS = 2_000;

/** Changes once a second. */
export const tick = signal(Date.now());

/** This browser's clock minus the node's; null before the node has told its time. */
export const skewMs = signal<number | null>(null);

export const skewIsLoud = computed(() => skewMs.value !== null && Math.abs(skewMs.value) > SKEW_LOUD_MS);

/** Take the node's time out of an answer that was asked for at `sent` and came at `came`, both by this browser. */
export function heard(at: string, sent: number, came: number): void {
  const node = Date.parse(at);
  if (!Number.isFinite(node)) return;
  const found = (sent + came) / 2 - node;
  // within the way there and back, nothing is known better than before
  if (skewMs.value === null || Math.abs(found - skewMs.value) > (came - sent) / 2 + 50) skewMs.value = found;
}

/** The node's time now, in ms of the epoch. */
export function nodeNow(): number {
  return Date.now() - (skewMs.peek() ?? 0);
}

/** How long ago, by the node's clock; null for what is no time. Reading it in a view makes the view tick. */
export function ageS(at: string | number | null | undefined): number | null {
  if (at === null || at === undefined) return null;
  const instant = typeof at === 'number' ? at : Date.parse(at);
  if (!Number.isFinite(instant)) return null;
  return (tick.value - (skewMs.value ?? 0) - instant) / 1000;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `21:40:07Z` of an instant, whatever its day. */
export function clockOf(at: string | number): string {
  const then = new Date(at);
  return Number.isNaN(then.getTime()) ? String(at) : `${two(then.getUTCHours())}:${two(then.getUTCMinutes())}:${two(then.getUTCSeconds())}Z`;
}

/** `21:40:07Z`, with the date before it where it is another day than now. */
export function utc(at: string | number): string {
  const then = new Date(at);
  if (Number.isNaN(then.getTime())) return String(at);
  const time = clockOf(at);
  const day = then.toISOString().slice(0, 10);
  return day === new Date(nodeNow()).toISOString().slice(0, 10) ? time : `${day} ${time}`;
}

/** The same instant by this browser's zone, with its offset. */
export function local(at: number): string {
  const then = new Date(at);
  const offset = -then.getTimezoneOffset();
  const sign = offset < 0 ? '−' : '+';
  const most = Math.abs(offset);
  return `${two(then.getHours())}:${two(then.getMinutes())} ${sign}${two(Math.floor(most / 60))}:${two(most % 60)}`;
}

export function startClock(): void {
  const next = (): void => {
    tick.value = Date.now();
    setTimeout(next, 1_000 - (Date.now() % 1_000));
  };
  next();
}
