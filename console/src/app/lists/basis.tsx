/** What an alert stands on, in units that people read; a measure that this page does not know is told as the node said it. */

import type {JSX} from 'preact';
import type {AlertTold} from '../api_types';
import {t, word} from '../i18n';
import {Code, Facts, Said, Time} from '../text';

type Basis = Record<string, unknown>;

const MM_PER_M = 1_000;
const M_PER_KM = 1_000;
const M_PER_NM = 1_852;
const M_PER_FT = 0.3048;
const KMH_PER_MPS = 3.6;
const KT_PER_MPS = 1.943844;
const E7 = 1e7;
const URAD_PER_RAD = 1e6;
const DEG_PER_RAD = 180 / Math.PI;
const MS_PER_S = 1_000;
const S_PER_MIN = 60;
const MINUTES_FROM_S = 180; // shorter spans are read in seconds

/** Heights are said in metres and feet, all other lengths in kilometres and nautical miles. */
const HEIGHTS = /^(vertical|altitude|height|climbed)/;
const MOMENTS = new Set(['at_ms', 'since_ms']);
/** Values that are words of the node: where the console has words for them. */
const WORDS: Record<string, string> = {
  state: 'state', why: 'conformance', containment: 'containment', area_kind: 'area-kind',
};

function length(mm: number): string {
  const m = mm / MM_PER_M;
  if (Math.abs(m) < M_PER_KM) return `${Math.round(m)} m`;
  return `${(m / M_PER_KM).toFixed(1)} km (${(m / M_PER_NM).toFixed(1)} NM)`;
}

const height = (mm: number): string => `${Math.round(mm / MM_PER_M)} m (${Math.round(mm / MM_PER_M / M_PER_FT)} ft)`;

function speed(mmps: number): string {
  const mps = mmps / MM_PER_M;
  return `${Math.round(mps * KT_PER_MPS)} kt (${Math.round(mps * KMH_PER_MPS)} km/h)`;
}

export function span(ms: number): string {
  const s = ms / MS_PER_S;
  return Math.abs(s) < MINUTES_FROM_S ? t('span-seconds', {n: Math.round(s)}) : t('span-minutes', {n: Math.round(s / S_PER_MIN)});
}

const turn = (uradps: number): string => `${((uradps / URAD_PER_RAD) * DEG_PER_RAD).toFixed(1)}°/s`;

function measure(name: string, value: number): string {
  if (name.endsWith('_mmps')) return speed(value);
  if (name.endsWith('_uradps')) return turn(value);
  if (name.endsWith('_mm')) return HEIGHTS.test(name) ? height(value) : length(value);
  if (name.endsWith('_ms')) return span(value);
  return String(value);
}

function told(name: string, value: unknown): JSX.Element | string {
  if (value === null || value === undefined) return t('unknown');
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value === 'number') return MOMENTS.has(name) ? <Time at={value} /> : <Code>{measure(name, value)}</Code>;
  const said = String(value);
  const kind = WORDS[name];
  if (kind === undefined) return name === 'area_name' ? <Said>{said}</Said> : <Code>{said}</Code>;
  const known = word(kind, said);
  return known === said ? <Said>{said}</Said> : known;
}

const ENTRY = ['entry_latitude_e7', 'entry_longitude_e7'] as const;

/** The whole of it, in the order in which the net gave it. */
export function BasisFacts({of, aspect}: {of: Basis; aspect: string}): JSX.Element {
  const [latitude, longitude] = ENTRY.map((name) => of[name]);
  const rows = Object.entries(of).flatMap(([name, value]): [string, JSX.Element | string][] => {
    if (name === ENTRY[1]) return [];
    if (name === 'reason') return [[t('basis-reason'), word('integrity', aspect) === aspect ? <Said>{String(value)}</Said> : word('integrity', aspect)]];
    if (name !== ENTRY[0]) return [[word('basis', name), told(name, value)]];
    const known = typeof latitude === 'number' && typeof longitude === 'number';
    return [[t('basis-entry'), known ? <Code>{`${(latitude / E7).toFixed(5)}, ${(longitude / E7).toFixed(5)}`}</Code> : t('unknown')]];
  });
  return <Facts rows={rows} />;
}

/** The one line that a person on watch reads first: how soon, how near, how far off. */
export function Gist({of}: {of: AlertTold}): JSX.Element | null {
  const now = of.basis_now ?? of.basis;
  const number = (name: string): number | null => (typeof now[name] === 'number' ? now[name] : null);
  const part = (id: string, name: string): string | null => {
    const value = number(name);
    return value === null ? null : t(id, {measure: measure(name, value)});
  };
  const parts: (string | null)[] = [];
  if (of.net === 'pair-conflict') {
    parts.push(number('time_to_loss_ms') === 0 ? t('gist-lost') : part('gist-loss', 'time_to_loss_ms'));
    parts.push(part('gist-closest', 'distance_cpa_mm'), part('gist-vertical', 'vertical_now_mm'));
    if (!of.determined) parts.push(t('gist-heights'));
  } else if (of.net === 'area-proximity') {
    const inside = now.inside === true;
    parts.push(inside ? t('gist-inside') : part('gist-entry', 'time_in_ms'), part('gist-edge', 'edge_distance_mm'));
  } else if (of.net === 'conformance') {
    parts.push(typeof now.why === 'string' ? word('conformance', now.why) : null);
    if (number('lateral_mm')) parts.push(part('gist-lateral', 'lateral_mm'));
    if (number('vertical_mm')) parts.push(part('gist-height', 'vertical_mm'));
  } else if (of.net === 'integrity') {
    parts.push(word('integrity', of.aspect));
  }
  const said = parts.filter((each) => each !== null);
  return said.length === 0 ? null : <span class="line gist"><bdi>{said.join(' · ')}</bdi></span>;
}

