/** The small parts that everything is told with. Text from outside is only ever text, set apart in its own direction. */

import type {ComponentChildren, JSX} from 'preact';
import {ageS, clockOf, utc} from './clock';
import {t, word} from './i18n';
import type {Answers} from './api_types';
import type {Resource} from './store';

const LONG = 4_000; // characters of one text shown at once

/** Words of a person or another node. */
export function Said({children, className}: {children: string | null | undefined; className?: string}): JSX.Element {
  const text = children ?? '';
  return <bdi dir="auto" class={className ?? 'said'}>{text.length > LONG ? `${text.slice(0, LONG)}…` : text}</bdi>;
}

/** Ids, numbers and codes: always left to right. */
export function Code({children}: {children: ComponentChildren}): JSX.Element {
  return <bdi dir="ltr" class="code">{children}</bdi>;
}

export const short = (digest: string): string => digest.slice(0, 12);

export function Time({at}: {at: string | number | null | undefined}): JSX.Element {
  if (at === null || at === undefined || at === '') return <span>{t('unknown')}</span>;
  return <time dir="ltr" dateTime={typeof at === 'number' ? new Date(at).toISOString() : at}>{utc(at)}</time>;
}

/** From when until when; the day is said once where both ends lie on it. */
export function Window({from, until}: {from: string | null | undefined; until: string | null | undefined}): JSX.Element {
  const sameDay = typeof from === 'string' && typeof until === 'string' && from.slice(0, 10) === until.slice(0, 10);
  if (!sameDay) return <><Time at={from} /> – <Time at={until} /></>;
  return <><Time at={from} /> – <time dir="ltr" dateTime={until}>{clockOf(until)}</time></>;
}

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

export function ageWords(seconds: number | null): string {
  if (seconds === null) return t('unknown');
  const past = Math.max(0, seconds);
  if (past < MINUTE_S) return t('age-seconds', {n: Math.floor(past)});
  if (past < HOUR_S) return t('age-minutes', {n: Math.floor(past / MINUTE_S)});
  if (past < 2 * DAY_S) return t('age-hours', {n: Math.floor(past / HOUR_S)});
  return t('age-days', {n: Math.floor(past / DAY_S)});
}

/** A length of time, whole seconds; minutes and hours as people say them. */
export function lengthWords(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < MINUTE_S) return t('length-s', {s: whole});
  const s = whole % MINUTE_S;
  const minutes = Math.floor(whole / MINUTE_S);
  if (whole < HOUR_S) return s === 0 ? t('length-min', {m: minutes}) : t('length-min-s', {m: minutes, s});
  const m = Math.floor((whole % HOUR_S) / MINUTE_S);
  return m === 0 ? t('length-h', {h: Math.floor(whole / HOUR_S)}) : t('length-h-min', {h: Math.floor(whole / HOUR_S), m});
}

export function Age({at}: {at: string | number | null | undefined}): JSX.Element {
  return <span class="age">{ageWords(ageS(at))}</span>;
}

/** As of when something is shown; grey and dated once it may no longer hold. */
export function AsOf({of}: {of: Resource<keyof Answers>}): JSX.Element {
  const told = of.told.value;
  const standing = of.standing.value;
  if (told === null) return <p class="as-of stale" data-standing="none">{t('never-told')}</p>;
  return (
    <p class={`as-of ${standing}`} data-standing={standing}>
      {standing === 'stale' ? <strong>{t('stale')} </strong> : null}
      {t('as-of')} <Time at={told.at} /> <Age at={told.at} />
      {of.unread.value.some((each) => each.whole) ? <span class="refused"> {t('refused-answer-unreadable')}</span> : null}
      {of.refusal.value === null ? null : <span class="refused"> <Said>{of.refusal.value}</Said></span>}
    </p>
  );
}

export function Chip({kind, value}: {kind: string; value: string}): JSX.Element {
  return <span class={`chip ${kind} ${kind}-${String(value).replace(/[^a-z-]/g, '')}`}>{word(kind, value)}</span>;
}

export function Facts({rows}: {rows: [string, ComponentChildren][]}): JSX.Element {
  return <dl class="facts">{rows.filter(([, each]) => each !== null && each !== undefined && each !== '').map(([name, each]) => <div key={name}><dt>{name}</dt><dd>{each}</dd></div>)}</dl>;
}
