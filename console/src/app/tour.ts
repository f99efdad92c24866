/**
 * The guided tour of a demonstration: five minutes over what is on the screen. It opens lists and details as a person would,
 * and changes nothing at the node. Where it was left is kept in this browser.
 */

import {effect, signal} from '@preact/signals';
import {openPane} from './commands';
import {agreements, alerts, incidents, intents, items, notices, sites, status} from './store';
import {form, select, selected, type Pane, type Ref} from './view';

export interface Stop {
  /** Its words: `tour-ID` and `tour-ID-words`. */
  id: string;
  /** What it points at, by selector; the first that is on the screen. */
  at: string[];
  /** Open what it speaks of; false where this node has nothing of it now. */
  show?: () => boolean;
}

const STORED = 'comity-tour';
const OPEN = ['.panes > .open', '#list'];

function open(which: Pane, ref: Ref | null): boolean {
  if (ref === null) {
    select(null);
    openPane(which);
    return false;
  }
  select(ref);
  return true;
}

const refOf = (kind: Ref['kind'], id: string | undefined): Ref | null => (id === undefined ? null : {kind, id});

function alertOf(net: string): Ref | null {
  return refOf('alert', alerts.peek().find((each) => each.net === net)?.alert);
}

/** A flight that stands in conflict: refused or contested, with the reasons; else any that has reasons. */
function planInConflict(): Ref | null {
  const all = intents.told.peek()?.value.intents ?? [];
  const found = all.find((each) => each.current.answers.some((one) => one.answer === 'refusal'))
    ?? all.find((each) => ['refused', 'contested', 'withdrawn'].includes(each.current.state))
    ?? all.find((each) => each.current.why_not.length > 0);
  return refOf('intent', found?.intent);
}

function readBack(): Ref | null {
  const all = items.told.peek()?.value.items ?? [];
  const found = all.find((each) => each.answers.some((one) => one.read_backs.length > 0)) ?? all.find((each) => each.precedence === 'flash');
  return refOf('item', found?.digest);
}

function lateNotice(): Ref | null {
  const all = notices.told.peek()?.value.notices ?? [];
  const found = all.find((each) => each.checked.findings.some((one) => one.code === 'late')) ?? all[0];
  return refOf('notice', found?.record);
}

export const STOPS: Stop[] = [
  {id: 'welcome', at: ['.demonstration']},
  {id: 'bar', at: ['.lights']},
  {id: 'map', at: ['.map'], show: () => { select(null); return true; }},
  {id: 'alerts', at: ['#list'], show: () => { select(null); openPane('alerts'); return alerts.peek().length > 0; }},
  {id: 'border', at: OPEN, show: () => open('alerts', alertOf('area-proximity') ?? alertOf('pair-conflict') ?? alertOf('conformance'))},
  {id: 'plan', at: OPEN, show: () => open('plans', planInConflict())},
  {id: 'message', at: OPEN, show: () => open('messages', readBack())},
  {id: 'notice', at: OPEN, show: () => open('notices', lateNotice())},
  {id: 'site', at: OPEN, show: () => open('sites', refOf('site', sites.told.peek()?.value.sites[0]?.site))},
  {id: 'incident', at: OPEN, show: () => open('incidents', refOf('incident', incidents.told.peek()?.value.incidents[0]?.incident))},
  {id: 'agreement', at: OPEN, show: () => open('agreements', refOf('agreement', agreements.told.peek()?.value.agreements[0]?.digest))},
  {id: 'end', at: ['.tools'], show: () => { select(null); return true; }},
];

/** Which stop is shown; null: the tour is not open. */
export const tour = signal<number | null>(null);
/** Whether this node has something of what the stop speaks of. */
export const tourHas = signal(true);
/** Where it was left; 0: at its beginning. */
export const tourLeftAt = signal(kept());

function kept(): number {
  try {
    const at = Number(localStorage.getItem(STORED) ?? 0);
    return Number.isInteger(at) && at > 0 && at < STOPS.length ? at : 0;
  } catch {
    return 0;
  }
}

/** Only a node of a demonstration has a tour: on a watch nothing may lie over the screen that is not so. */
export function tourIsOffered(): boolean {
  return status.value?.demonstration === true;
}

export function goTo(stop: number): void {
  const at = Math.min(Math.max(stop, 0), STOPS.length - 1);
  form.value = null;
  tour.value = at;
  tourLeftAt.value = at;
  tourHas.value = STOPS[at]!.show?.() ?? true;
}

/** Begin it, take it up again, or go on to the next stop. */
export function onward(): void {
  if (!tourIsOffered()) return;
  if (tour.value === null) goTo(tourLeftAt.value);
  else if (tour.value === STOPS.length - 1) finish();
  else goTo(tour.value + 1);
}

export function leave(): void {
  tour.value = null;
}

export function finish(): void {
  tour.value = null;
  tourLeftAt.value = 0;
  selected.value = null;
}

effect(() => {
  try {
    localStorage.setItem(STORED, String(tourLeftAt.value));
  } catch {
    // it begins from its beginning then
  }
});
