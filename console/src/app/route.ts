/**
 * The address of what is open: which list, what is selected, which form, the map in the place of the lists, a replay.
 *
 * Each thing opened is one step of the browser's history, so that back closes them in their order, on the phone as on the desk. The
 * address stands behind the `#`, which no server sees. Drafts do not depend on it. A link opens what it names; a form only a reload opens
 * again, for a link from elsewhere is no wish of this person to write anything.
 */

import {batch, computed, effect} from '@preact/signals';
import {exercise} from './preferences';
import {known, moment, playing, resumeReplay, endReplay, span} from './past';
import {session} from './session';
import {nodeIsAway} from './store';
import {form, FORM_NAMES, help, KINDS, map, mapOpen, palette, pane, PANES, selected, type FormName, type Kind, type OpenForm, type Pane, type Ref} from './view';

const ID_LENGTH_MAX = 300;
const REPLACED_EVERY_MS = 500; // browsers refuse more than some hundred changes within half a minute

interface Entry {
  /** What is open, as the address tells it without the moment of a replay. */
  place: string;
  /** The same of the entry before it. */
  before: string | null;
}

interface Wish {
  pane: Pane;
  open: Ref | null;
  form: OpenForm | null;
  map: boolean;
  over: 'palette' | 'help' | null;
  exercise: boolean;
  replay: {from: number; to: number; at: number; known: 'then' | 'now'} | null;
}

/** What is open now: steps of the history, and what only changes within one. */
function here(): {place: string; within: string} {
  const place = new URLSearchParams();
  place.set('list', pane.value);
  if (exercise.value) place.set('book', 'exercise');
  if (selected.value !== null) place.set('open', `${selected.value.kind}:${selected.value.id}`);
  if (form.value !== null) place.set('form', form.value.about === undefined ? form.value.name : `${form.value.name}:${form.value.about}`);
  if (mapOpen.value) place.set('map', '1');
  if (palette.value) place.set('over', 'palette');
  else if (help.value) place.set('over', 'help');
  const within = new URLSearchParams();
  if (span.value !== null) {
    place.set('replay', `${new Date(span.value.from).toISOString()}/${new Date(span.value.to).toISOString()}`);
    within.set('known', known.value);
    if (moment.value !== null) within.set('at', new Date(moment.value).toISOString());
  }
  return {place: spelt(place), within: spelt(within)};
}

/** As it is read best in an address: what needs no escape there is not escaped. */
function spelt(of: URLSearchParams): string {
  return of.toString().replace(/%3A/gi, ':').replace(/%2F/gi, '/').replace(/\+/g, '%20');
}

function cut(text: string): [string, string | undefined] {
  const at = text.indexOf(':');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1).slice(0, ID_LENGTH_MAX)];
}

const among = <T extends string>(all: readonly T[], text: string | null | undefined): T | null => all.find((each) => each === text) ?? null;

/** What an address asks for; what it does not say, or says wrongly, is left at its beginning. */
function wished(hash: string): Wish {
  const told = new URLSearchParams(hash.replace(/^#/, ''));
  const [kind, id] = cut(told.get('open') ?? '');
  const known = among<Kind>(KINDS, kind);
  const [name, about] = cut(told.get('form') ?? '');
  const named = among<FormName>(FORM_NAMES, name);
  const [from = Number.NaN, to = Number.NaN] = (told.get('replay') ?? '').split('/').map((each) => Date.parse(each));
  const at = Date.parse(told.get('at') ?? '');
  return {
    pane: among<Pane>(PANES, told.get('list')) ?? 'alerts',
    open: known === null || !id ? null : {kind: known, id},
    form: named === null ? null : about === undefined ? {name: named} : {name: named, about},
    map: told.get('map') === '1',
    over: among(['palette', 'help'] as const, told.get('over')),
    exercise: told.get('book') === 'exercise',
    replay: !(from < to) ? null : {from, to, at: at >= from && at <= to ? at : from, known: told.get('known') === 'now' ? 'now' : 'then'},
  };
}

/** Set the screen so. Going back never changes the book: what belongs to the other one stays closed. */
function set(wish: Wish, ways: {book: boolean; forms: boolean}): void {
  if (ways.book) exercise.value = wish.exercise;
  const same = wish.exercise === exercise.peek();
  if (mapOpen.peek() && !wish.map) map.peek()?.stopDrawing();
  batch(() => {
    pane.value = wish.pane;
    selected.value = same ? wish.open : null;
    form.value = same && ways.forms ? wish.form : null;
    mapOpen.value = wish.map;
    palette.value = wish.over === 'palette';
    help.value = wish.over === 'help';
  });
  if (wish.replay === null) {
    if (moment.peek() !== null) endReplay();
  } else if (span.peek()?.from !== wish.replay.from || span.peek()?.to !== wish.replay.to) {
    playing.value = false;
    resumeReplay(wish.replay.from, wish.replay.to, wish.replay.at, wish.replay.known);
  }
}

const entry = (): Entry | null => (history.state as Entry | null)?.place === undefined ? null : history.state as Entry;

let shown = ''; // what the address was last made of
let going = false; // back to the entry before, which the browser does in its own time
let waiting = false;
let later = 0;

function write(): void {
  const {place, within} = here();
  const address = `#${place}${within ? `&${within}` : ''}`;
  const now = entry();
  if (going) return;
  if (place === now?.place || place === shown) {
    if (location.hash !== address && !later) later = window.setTimeout(() => { later = 0; replace(); }, REPLACED_EVERY_MS);
    return;
  }
  shown = place;
  if (now !== null && now.before === place) { // closed by its own button: as if gone back
    going = true;
    history.back();
  } else if (now === null || now.place.includes('&over=')) { // what lies over the screen for a choice is no step to come back to
    history.replaceState({place, before: now?.before ?? null} satisfies Entry, '', address);
  } else {
    history.pushState({place, before: now.place} satisfies Entry, '', address);
  }
}

/** What changes within one step: the moment of a replay. */
function replace(): void {
  const {place, within} = here();
  const now = entry();
  if (going || now === null || now.place !== place) return;
  history.replaceState(now, '', `#${place}${within ? `&${within}` : ''}`);
}

function onGone(): void {
  if (going) { // by ourselves: the screen is so already, unless it went on meanwhile
    going = false;
    shown = entry()?.place ?? '';
    write();
    return;
  }
  const now = entry();
  set(wished(location.hash), {book: now === null, forms: now !== null});
  shown = here().place;
  if (now === null || now.place !== shown) history.replaceState({place: shown, before: now?.before ?? null} satisfies Entry, '');
}

/** What an address names is asked of the node, so nothing of it opens before somebody is let in; of a node that is away, what was kept. */
export function startRoute(): void {
  const letIn = computed(() => session.value.state === 'in' || nodeIsAway.value);
  if (location.hash.length <= 1 || letIn.peek()) return begin();
  const stop = effect(() => {
    if (letIn.value) queueMicrotask(() => { stop(); begin(); });
  });
}

function begin(): void {
  const now = entry();
  if (location.hash.length > 1) set(wished(location.hash), {book: true, forms: now !== null});
  const {place, within} = here();
  shown = place;
  history.replaceState({place, before: now?.before ?? null} satisfies Entry, '', location.hash.length > 1 || within ? `#${place}${within ? `&${within}` : ''}` : '');
  addEventListener('popstate', onGone);
  effect(() => {
    here();
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => { waiting = false; write(); }); // one step for what is opened at once
  });
}
