/** What is open on the screen: which list, what is selected, which form. The map and the lists follow it. */

import {computed, effect, signal} from '@preact/signals';
import {nodeNow} from './clock';
import type {MapHandle, MapRef} from '../map';
import {exercise} from './preferences';
import {notices} from './store';

export type Pane = 'alerts' | 'messages' | 'plans' | 'notices' | 'matters' | 'health' | 'sites' | 'together' | 'agreements'
  | 'approvals' | 'observations' | 'incidents' | 'replay' | 'alarms';
export const PANES: Pane[] = ['alerts', 'messages', 'plans', 'notices', 'matters', 'health', 'sites', 'together', 'agreements',
  'approvals', 'observations', 'incidents', 'replay', 'alarms',
];

export const KINDS = ['alert', 'item', 'matter', 'intent', 'notice', 'site', 'meeting', 'group', 'agreement', 'track', 'area',
  'proposal', 'observation', 'incident', 'told-incident', 'claim', 'knew'] as const;
export type Kind = typeof KINDS[number];
export interface Ref {
  kind: Kind;
  id: string;
}

export const FORM_NAMES = ['message', 'stop', 'plan', 'notice', 'site', 'agreement', 'group', 'meeting', 'watch',
  'group-invite', 'group-document', 'group-task', 'minutes', 'attendance', 'counter', 'calendar',
  'observation', 'observation-check', 'observation-policy', 'observation-consent', 'incident', 'claim', 'evidence', 'key', 'incident-task'] as const;
export type FormName = typeof FORM_NAMES[number];
export interface OpenForm {
  name: FormName;
  /** What it is about: a matter, an intent to change, a notice to revise. */
  about?: string;
}

export const pane = signal<Pane>('alerts');
export const selected = signal<Ref | null>(null);
export const form = signal<OpenForm | null>(null);
export const palette = signal(false);
export const help = signal(false);
/** The map in the place of the lists, on a screen that has no room for both. */
export const mapOpen = signal(false);
export const map = signal<MapHandle | null>(null);
export const mapHealth = signal<{tracks: 'live' | 'stale' | 'down'; ageS: number | null; count: number} | null>(null);
/** How the map is looked at: layers and ways, as the map tells them. */
export const mapWays = signal<Record<string, boolean>>({});
/** The place clicked on the map last, for a form that wants one. */
export const place = signal<{latDeg: number; lonDeg: number} | null>(null);
/** The site clicked on the map last, while a form is open that may want it. */
export const mapChosen = signal<string | null>(null);
/** One line for who reads and who listens: what was just done. */
export const said = signal<{words: string; at: number} | null>(null);

export function say(words: string): void {
  said.value = {words, at: nodeNow()};
}

const ON_MAP: Partial<Record<Kind, MapRef['kind']>> = {
  alert: 'alert', intent: 'intent', notice: 'notice', site: 'site', track: 'track', area: 'area',
};
const PANE_OF: Partial<Record<Kind, Pane>> = {
  alert: 'alerts', item: 'messages', matter: 'matters', intent: 'plans', notice: 'notices', site: 'sites',
  meeting: 'together', group: 'together', agreement: 'agreements',
  proposal: 'approvals', observation: 'observations',
  incident: 'incidents', 'told-incident': 'incidents', claim: 'incidents',
};

export function select(ref: Ref | null): void {
  form.value = null;
  mapOpen.value = false;
  selected.value = ref;
  if (ref !== null && PANE_OF[ref.kind] !== undefined) pane.value = PANE_OF[ref.kind]!;
}

export function openForm(name: FormName, about?: string): void {
  mapOpen.value = false;
  form.value = about === undefined ? {name} : {name, about};
}

/** Close what lies on top: palette, help, form, then the selection. */
export function closeTop(): void {
  if (palette.value) palette.value = false;
  else if (help.value) help.value = false;
  else if (mapOpen.value) mapOpen.value = false;
  else if (form.value !== null) form.value = null;
  else selected.value = null;
}

/** Show the map in the place of the lists where it is not beside them. */
export function openMap(): void {
  if (!document.getElementById('map')?.getClientRects().length) mapOpen.value = true;
}

/** What the lists know by its record, the map names by its own id; null: it is not on the map. */
function onTheMap(ref: Ref): MapRef | null {
  const kind = ON_MAP[ref.kind];
  if (kind === undefined) return null;
  const notice = ref.kind === 'notice' ? notices.told.peek()?.value.notices.find((each) => each.record === ref.id)?.notice : undefined;
  return {kind, id: notice ?? ref.id};
}

const PHONE = matchMedia('(max-width: 760px)');
/** One thing at a time is on the screen, as on a phone: lists, or what is open, or the map. */
export const phone = signal(PHONE.matches);
PHONE.addEventListener('change', () => { phone.value = PHONE.matches; });

/** Show a list: on a phone what is open lies over it, and is closed; what was written in a form stays as a draft. */
export function showList(which: Pane): void {
  pane.value = which;
  if (!phone.value) return;
  form.value = null;
  selected.value = null;
  mapOpen.value = false;
}

/** Show the map where what is selected is. */
export function showOnMap(): void {
  openMap();
  const ref = selected.value;
  if (ref === null || form.value !== null) return;
  const there = onTheMap(ref);
  // the map has its size only once it was drawn
  if (there !== null) requestAnimationFrame(() => requestAnimationFrame(() => { map.value?.lookAt(there); }));
}

/** Draw on the map, which is shown meanwhile where there is no room for it beside the form. */
export async function drawOnMap(kind: 'polygon' | 'corridor' | 'point'): Promise<GeoJSON.Geometry | null> {
  const before = mapOpen.value;
  openMap();
  try {
    return (await map.value?.startDrawing(kind)) ?? null;
  } finally {
    mapOpen.value = before;
  }
}

/** Whether the map has something of what is selected. */
export const onMap = computed(() => selected.value !== null && ON_MAP[selected.value.kind] !== undefined);

/** The map shows what the list has selected. */
effect(() => {
  const ref = selected.value;
  map.value?.select(ref === null ? null : onTheMap(ref));
});

/** The other book has other things in it. */
effect(() => {
  void exercise.value;
  selected.value = null;
  form.value = null;
});
