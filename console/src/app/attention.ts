/** What somebody must look at now, and the tone that goes with it. What sounds is always also on the screen. */

import {computed, effect, signal} from '@preact/signals';
import {word} from './i18n';
import {namesOf} from './names';
import {soundOn} from './preferences';
import {alerts, lineStatus, status} from './store';
import type {Ref} from './view';

export interface Call {
  ref: Ref;
  kind: 'flash' | 'warning' | 'stop';
  words: string;
  /** Of a person's own words: the language that they are stated to be in. */
  language?: string;
  since: string;
}

/** FLASH of others that nobody here has taken, and warnings that nobody has acknowledged; the oldest first. */
export const calls = computed<Call[]>(() => {
  const mine = status.value?.party;
  const flashes = (lineStatus.value?.untaken ?? [])
    .filter((each) => !each.own && each.answers.some((one) => one.party === mine && one.acknowledged === null))
    .map((each): Call => ({
      ref: {kind: 'item', id: each.digest}, kind: each.stop === null ? 'flash' : 'stop', words: each.text, language: each.language, since: each.received_at,
    }));
  const warnings = alerts.value
    .filter((each) => each.severity === 'warning' && each.phase === 'raised')
    .map((each): Call => ({ref: {kind: 'alert', id: each.alert}, kind: 'warning', words: `${word('net', each.net)}: ${namesOf(each).join(' × ')}`, since: each.raised_at}));
  return [...flashes, ...warnings].sort((a, b) => a.since.localeCompare(b.since));
});

/** Whether the browser lets this page sound: it wants a click or a key first. */
export const mayBeHeard = signal(false);

const EVERY_MS = 4_000;
let context: AudioContext | null = null;

export function allowSound(): void {
  if (mayBeHeard.value) return;
  context ??= newContext();
  void context.resume().catch(() => undefined); // what became of it is told by its state
}

/** Its state is followed for as long as the page stands: a device may be taken away, and the bar must say so. */
function newContext(): AudioContext {
  const made = new AudioContext();
  const follow = (): void => {
    mayBeHeard.value = made.state === 'running';
  };
  made.addEventListener('statechange', follow);
  follow();
  return made;
}

function tone(at: number, hertz: number): void {
  if (context === null) return;
  const wave = context.createOscillator();
  const level = context.createGain();
  wave.frequency.value = hertz;
  level.gain.setValueAtTime(0.0001, at);
  level.gain.exponentialRampToValueAtTime(0.3, at + 0.02);
  level.gain.exponentialRampToValueAtTime(0.0001, at + 0.22);
  wave.connect(level).connect(context.destination);
  wave.start(at);
  wave.stop(at + 0.25);
}

function sound(kind: Call['kind']): void {
  if (context === null || context.state !== 'running') return;
  const now = context.currentTime;
  const notes = kind === 'warning' ? [880, 660, 880, 660] : [660, 990, 660];
  notes.forEach((hertz, index) => tone(now + index * 0.28, hertz));
  performance.mark('comity-sound', {detail: {kind}});
}

export function startAttention(): void {
  for (const each of ['pointerdown', 'keydown']) addEventListener(each, allowSound, {once: false, passive: true});
  let timer: ReturnType<typeof setInterval> | null = null;
  effect(() => {
    const first = calls.value[0];
    if (timer !== null) clearInterval(timer);
    timer = null;
    if (first === undefined || !soundOn.value || !mayBeHeard.value) return;
    sound(first.kind);
    timer = setInterval(() => sound(first.kind), EVERY_MS);
  });
}
