/** What the node rings for: what goes on until it is answered, and what has happened and was not yet noted here. */

import {computed, effect, signal} from '@preact/signals';
import type {AlarmTold} from './api_types';
import {status} from './store';

const STORED = 'comity-alarms-noted';
const NOTED_MAX = 500; // the oldest are forgotten first; the node keeps fewer

export const alarmId = (of: AlarmTold): string => `${of.at} ${of.code} ${of.party ?? ''} ${of.digest ?? ''}`;

function stored(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORED) ?? '[]');
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'string') : [];
  } catch {
    return [];
  }
}

/** Ids of what has happened that a person at this browser has taken note of. What goes on cannot be noted away. */
export const noted = signal<string[]>(stored());

effect(() => {
  try {
    localStorage.setItem(STORED, JSON.stringify(noted.value));
  } catch {
    // then it is shown again after a reload
  }
});

export function note(alarms: AlarmTold[]): void {
  noted.value = [...new Set([...noted.peek(), ...alarms.map(alarmId)])].slice(-NOTED_MAX);
}

/** Of what the nodes of several parties say alike of one thing, the last: every party takes the steps of a ladder by itself, and a further step has the one before in it. */
function once(told: AlarmTold[]): AlarmTold[] {
  const seen = new Set<string>();
  return [...told].reverse().filter((each) => {
    if (each.about === null) return true;
    const values = Object.entries(each.values).filter(([name]) => each.code !== 'escalation' || name === 'party').sort();
    const alike = JSON.stringify([each.says, each.about, each.exercise, values]);
    const first = !seen.has(alike);
    seen.add(alike);
    return first;
  });
}

/** Where people may be in danger now, and where something that they rely on has gone; all else after them. */
const GRAVEST = new Set(['flash', 'stop-requested', 'emergency', 'no-longer-deconflicted', 'notice-touches']);
const GRAVE = new Set(['escalation', 'call-failed', 'line-degraded', 'frozen', 'not-kept', 'objection', 'quarantine', 'lost-together']);
const gravity = (of: AlarmTold): number => (GRAVEST.has(of.code) ? 0 : GRAVE.has(of.code) ? 1 : 2);

/** What goes on before what has happened; of these the graver first, then the newest: on a small screen the first is all that is seen. */
export const alarms = computed<AlarmTold[]>(() =>
  [...once(status.value?.alarms ?? [])].sort((a, b) => Number(b.goes_on === true) - Number(a.goes_on === true) || gravity(a) - gravity(b) || b.at.localeCompare(a.at)));

/** Those that the top bar has. */
export const standing = computed<AlarmTold[]>(() => {
  const seen = new Set(noted.value);
  return alarms.value.filter((each) => each.goes_on === true || !seen.has(alarmId(each)));
});
