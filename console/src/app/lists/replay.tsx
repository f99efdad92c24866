/** Replay: any past period on a time bar, as known then or as known now; rival accounts side by side. */

import type {JSX} from 'preact';
import {Original, Refused} from '../original';
import {useState} from 'preact/hooks';
import type {ChangeTold, HeldTold, MapThenTold, StretchTold, TrackThenTold} from '../api_types';
import {ask} from '../api';
import {useAsked} from '../asked';
import {nodeNow, utc} from '../clock';
import {draftOf} from '../drafts';
import {t, word} from '../i18n';
import {
  alertBeside, CHANGES_MAX, drawn, endReplay, estimateOf, goTo, iso, known, moment, named, nameOf, playing, raised, raisedInOrder, rivals, showsAt, span, speed, SPEEDS, startReplay, state, undrawn, wrong, type Estimate,
} from '../past';
import {Party} from '../parties';
import {Code, Said, Time, Window} from '../text';
import {Act} from '../forms/act';
import {Field, Form, refusal} from '../forms/fields';
import {exercise} from '../preferences';
import {saveAs} from '../save';
import {session} from '../session';
import {select} from '../view';
import {BasisFacts} from './basis';
import {Picture} from './knew';

const DAY_MS = 86_400_000;
const ROWS_MAX = 300;
const AROUND_MS = 600_000;
const TABLE_ROWS = 24;
const MISSING_MAX = 8;
const LATE_MS = 5_000;

interface PeriodDraft {
  from: string;
  to: string;
}

function instant(text: string, field: string): number {
  const ms = Date.parse(text.trim());
  if (Number.isNaN(ms) || !/(Z|[+-]\d\d:\d\d)$/i.test(text.trim())) throw refusal(field, t('time-hint'));
  return ms;
}

export function Replay(): JSX.Element {
  const stretches = useAsked(`stretches ${session.value.state}`, () => ask('GET /v1/history/plots'));
  const now = Math.floor(nodeNow() / 60_000) * 60_000;
  const draft = draftOf<PeriodDraft>('replay', {from: iso(now - DAY_MS), to: iso(now)});
  const filled = draft.value.value;
  const begin = (): Promise<string> => {
    const [from, to] = [instant(filled.from, 'since'), instant(filled.to, 'until')];
    if (to <= from) return Promise.reject(refusal('until', t('until-after')));
    if (from > nodeNow()) return Promise.reject(refusal('since', t('not-past')));
    startReplay(from, to);
    return Promise.resolve(t('replay-begun'));
  };
  return (
    <section class="rows replay" aria-label={t('pane-replay')}>
      <p>{t('replay-words')}</p>
      {moment.value === null ? (
        <Form title={t('period')} draft={{discard: () => Promise.resolve(), restored: draft.restored}} submit={begin} action={t('replay-begin')} stays inside>
          <Field name="since" label={t('from-time')} kind="code" value={filled.from} onInput={(from) => draft.set({from})} hint={t('time-hint')} />
          <Field name="until" label={t('to-time')} kind="code" value={filled.to} onInput={(to) => draft.set({to})} hint={t('time-hint')} />
        </Form>
      ) : <Running />}
      <h2>{t('plots-kept')}</h2>
      <Stretches told={stretches.told} />
      {stretches.wrong === null ? null : <p class="bad-words"><Refused>{stretches.wrong}</Refused></p>}
    </section>
  );
}

function Stretches({told}: {told: StretchTold[] | null}): JSX.Element {
  if (told === null) return <p>{t('unknown')}</p>;
  if (told.length === 0) return <p class="none">{t('no-plots')}</p>;
  return <ul>{told.slice(-12).reverse().map((each) => <li key={each.starts}><button class="small" onClick={() => startReplay(Date.parse(each.starts), Date.parse(each.ends))}><Window from={each.starts} until={each.ends} /></button></li>)}</ul>;
}

/** Time bar, speed, and which knowledge. */
function Running(): JSX.Element {
  const over = span.value!;
  const at = moment.value!;
  const told = state.value;
  const step = (by: number): void => { moment.value = Math.min(Math.max(at + by, over.from), over.to); };
  return <>
    <div class="time-bar" role="group" aria-label={t('time-bar')}>
      <p class="big"><b>{t('replay-loud')}</b> <Time at={at} /></p>
      <input type="range" name="moment" dir="ltr" aria-label={t('time-bar')} aria-valuetext={utc(at)} min={over.from} max={over.to} step={1_000} value={at} onInput={(event) => { playing.value = false; moment.value = Number(event.currentTarget.value); }} />
      <p class="ends"><Time at={over.from} /> <Time at={over.to} /></p>
      <div class="actions">
        <button aria-label={t('step-back')} onClick={() => step(-60_000)}>−{t('span-minutes', {n: 1})}</button>
        <button class="primary" data-action="play" aria-pressed={playing.value} onClick={() => { playing.value = !playing.value; }}>{t(playing.value ? 'pause' : 'play')}</button>
        <button aria-label={t('step-on')} onClick={() => step(60_000)}>+{t('span-minutes', {n: 1})}</button>
        <label>{t('speed')} <select name="speed" value={String(speed.value)} onChange={(event) => { speed.value = Number(event.currentTarget.value); }}>{SPEEDS.map((each) => <option key={each} value={String(each)}>×{each}</option>)}</select></label>
        <button data-action="end-replay" onClick={endReplay}>{t('replay-end')}</button>
      </div>
      <fieldset><legend>{t('known')}</legend>
        {(['then', 'now'] as const).map((each) => <label key={each} class="check"><input type="radio" name="known" value={each} checked={known.value === each} onChange={() => { known.value = each; }} />{t(`known-${each}`)}</label>)}
      </fieldset>
    </div>
    <Alerts />
    {wrong.value === null ? null : <p role="alert" class="bad-words"><Refused>{wrong.value}</Refused></p>}
    {told === null ? <p>{t('unknown')}</p> : <Moment />}
  </>;
}

function Moment(): JSX.Element {
  const told = state.value!;
  const later = Object.entries(told.later);
  return <>
    <p data-known={told.known_by === null ? 'now' : 'then'}>{t('stood-at')} <Time at={told.at} />, {told.known_by === null ? t('known-now') : t('known-then')}</p>
    {later.length ? <p class="warning later">{t('later')} {later.map(([family, n]) => <span key={family}>{word('family', family)}: <Code>{n}</Code> </span>)}</p> : null}
    {told.plots_kept ? <p>{t('tracks')}: <Code>{told.tracks.length}{told.tracks_left_out ? `+${told.tracks_left_out}` : ''}</Code>{told.plots_dropped ? <b class="bad-words"> {t('plots-dropped', {n: told.plots_dropped})}</b> : null}</p> : <p class="warning">{t('plots-unknown')}</p>}
    <OnMap />
    {told.tracks.length > 1 ? <Rivals key={told.tracks.length > 1 ? 'rivals' : ''} tracks={told.tracks} at={Date.parse(told.at)} /> : null}
    <ul>{told.items.slice(0, ROWS_MAX).map((each) => <li key={`${each.stands.family} ${each.stands.key}`}><Held each={each} /><Estimates each={each} at={Date.parse(told.at)} /></li>)}</ul>
    {told.items.length === 0 ? <p class="none">{t('nothing-stood')}</p> : null}
    {told.more !== null || told.items.length > ROWS_MAX ? <p class="warning">{t('more-items')}</p> : null}
  </>;
}

/** What of the moment the map draws, and what it cannot. */
function OnMap(): JSX.Element | null {
  const told = drawn.value;
  if (told === null) return null;
  const count = (kind: string): number => told.things.filter((each) => each.kind === kind).length;
  const lacking = undrawn(told);
  const flights = new Set(told.things.filter((each) => each.kind === 'intent').map((each) => each.id)).size;
  return <>
    <p data-drawn={told.things.length}>{t('on-map')} <b>{t('on-map-counts', {flights, areas: count('area'), notices: count('notice'), sites: count('site'), lines: told.lines.length})}</b>
      {told.flights_not_now ? <> {t('on-map-not-now', {n: told.flights_not_now})}</> : null}
      {lacking ? <b class="doubt-words"> {t('on-map-undrawn', {n: lacking})}</b> : null}
      {told.lines_unknown ? <b class="doubt-words"> {t('on-map-lines-unknown', {n: told.lines_unknown})}</b> : null}
      {flights ? <> <small>{t('on-map-label')}</small></> : null}
    </p>
    {told.missing.length ? <ul class="missing">{told.missing.slice(0, MISSING_MAX).map((each) => <li key={each}><Original>{each}</Original></li>)}</ul> : null}
    <Agreed told={told} />
  </>;
}

/** The terms of the moment, and whether the borders drawn are those that they name. */
function Agreed({told}: {told: MapThenTold}): JSX.Element {
  const {agreement} = told;
  const borders = useAsked(`borders ${session.value.state}`, () => ask('GET /v1/map', {query: {exercise: false}})).told?.borders;
  if (agreement === null) return <p data-agreement="none">{t('past-no-agreement')}</p>;
  const other = agreement.border_sha256 !== null && borders !== undefined && borders !== null && borders.digest !== agreement.border_sha256;
  return (
    <p data-agreement={agreement.state}>{t('past-agreement')} <Said>{agreement.title}</Said> <Code>v{agreement.version}</Code> <b class={agreement.state === 'suspended' ? 'bad-words' : ''}>{word('legal', agreement.state)}</b>{agreement.by.length ? <> (<Said>{agreement.by.join(', ')}</Said>)</> : null}.{' '}
      {agreement.border === null ? t('past-border-none') : other ? <b class="bad-words">{t('past-border-other')} <Said>{agreement.border}</Said></b> : <>{t('past-border')} <Said>{agreement.border}</Said></>}</p>
  );
}

/** Alerts of the period, each with a way to its moment. */
function Alerts(): JSX.Element {
  const told = raised.value;
  const [before, after] = [alertBeside(-1), alertBeside(1)];
  return (
    <div class="raised">
      <div class="actions">
        <button data-action="alert-before" disabled={before === null} onClick={() => { if (before !== null) goTo(before); }}>{t('past-alert-before')}</button>
        <button data-action="alert-after" disabled={after === null} onClick={() => { if (after !== null) goTo(after); }}>{t('past-alert-after')}</button>
      </div>
      <details>
        <summary>{t('past-alerts')}: <Code>{told === null ? '?' : told.alerts.length}</Code></summary>
        {told === null ? <p>{t('unknown')}</p> : told.alerts.length === 0 ? <p class="none">{t('past-alerts-none')}</p> : (
          <ul>{raisedInOrder().slice(0, ROWS_MAX).map((each) => <li key={each.digest}><button class="row" aria-current={showsAt(each) === moment.value ? 'true' : undefined} onClick={() => goTo(each)}><span class="line"><Time at={each.at} /> <b>{statusWords('alerts', each.status)}</b></span><span class="line"><Said className="said clamp">{named(each.words)}</Said></span><Late of={each} /></button></li>)}</ul>
        )}
        {told?.more ? <p class="warning">{t('past-alerts-more', {n: CHANGES_MAX})}</p> : null}
      </details>
    </div>
  );
}

/** When something became known here, where that was much later than it was. */
function Late({of}: {of: ChangeTold}): JSX.Element | null {
  return Date.parse(of.known_at) - Date.parse(of.at) < LATE_MS ? null : <span class="line"><small><b class="bad-words">{t('known-here')} <Time at={of.known_at} /></b></small></span>;
}

/** What the net had estimated, kept apart from whatever was measured. */
function Estimated({of}: {of: Estimate}): JSX.Element {
  return (
    <details class="estimate">
      <summary>{t('past-estimate')}{of.ageS === null ? null : <> <b>{of.ageS < 0 ? t('past-estimate-ahead', {n: -of.ageS}) : t('past-estimate-age', {n: of.ageS})}</b></>}</summary>
      <BasisFacts of={of.figures} aspect="" />
    </details>
  );
}

/** A status is words of the node's, one behind the other; each has its own in this language. */
function statusWords(family: string, status: string): string {
  const parts = status.split(' ');
  if (family === 'alerts') return parts.map((each, index) => word(index ? 'severity' : 'net', each)).join(' · ');
  if (family === 'messages') return parts.map((each, index) => word(index ? 'precedence' : 'line', each)).join(' · ');
  if (family === 'lines') return word('line', parts.at(-1) ?? '');
  const version = /^version (\d+) proposed$/.exec(status);
  return version === null ? word('then', status) : t('then-version', {n: version[1]!});
}

function Held({each: {stands, answers}}: {each: HeldTold}): JSX.Element {
  const late = Date.parse(stands.known_at) - Date.parse(stands.at) > 60_000;
  return (
    <button class="row" onClick={() => select({kind: 'knew', id: stands.digest})}>
      <span class="line"><b>{word('family', stands.family)}</b> <span class="chip">{statusWords(stands.family, stands.status)}</span> <small><Party of={stands.author} /></small></span>
      <span class="line">{stands.family === 'lines' ? word('linewhy', stands.words) : stands.family === 'sites' ? word('sitekind', stands.words) : stands.family === 'movements' ? word('movementkind', stands.words) : <Said className="said clamp">{stands.family === 'alerts' ? named(stands.words) : stands.words}</Said>}</span>
      <span class="line"><small><Time at={stands.at} />{late ? <b class="bad-words"> {t('known-here')} <Time at={stands.known_at} /></b> : null}{answers.length ? ` · ${t('answers')} ${answers.length}` : ''}</small></span>
    </button>
  );
}

function Estimates({each, at}: {each: HeldTold; at: number}): JSX.Element | null {
  const of = estimateOf(each, at);
  return of === null ? null : <Estimated of={of} />;
}

/** Two accounts of one aircraft, and how the distance between them grows. */
function Rivals({tracks, at}: {tracks: TrackThenTold[]; at: number}): JSX.Element {
  const [one, setOne] = useState('0');
  const [other, setOther] = useState('1');
  const told = rivals.value;
  const choice = tracks.map((each, index): [string, string] => [String(index), nameOf(each)]);
  const compare = async (): Promise<void> => {
    const [first, second] = [tracks[Number(one)], tracks[Number(other)]];
    if (first === undefined || second === undefined) return;
    rivals.value = await ask('GET /v1/history/rivals', {query: {
      since: iso(at - AROUND_MS), until: iso(at + AROUND_MS), first_feed: first.feed, first: first.identity, second_feed: second.feed, second: second.identity,
    }});
  };
  const every = Math.max(1, Math.ceil((told?.rows.length ?? 0) / TABLE_ROWS));
  return (
    <details class="rivals">
      <summary>{t('rivals-side-by-side')}</summary>
      <div class="actions">
        <label>{t('account-first')} <select name="first" value={one} onChange={(event) => setOne(event.currentTarget.value)}>{choice.map(([id, words]) => <option key={id} value={id}>{words}</option>)}</select></label>
        <label>{t('account-second')} <select name="second" value={other} onChange={(event) => setOther(event.currentTarget.value)}>{choice.map(([id, words]) => <option key={id} value={id}>{words}</option>)}</select></label>
        <Act action="compare" primary done={t('compared')} disabled={one === other} run={compare}>{t('compare')}</Act>
      </div>
      {told === null ? null : <>
        <p><Said>{told.words}</Said></p>
        <div class="wide" tabIndex={0} role="region" aria-label={t('rivals-side-by-side')}>
          <table>
            <thead><tr><th scope="col">{t('time')}</th><th scope="col">{t('apart')}</th><th scope="col">{t('apart-least-greatest')}</th></tr></thead>
            <tbody>{told.rows.filter((_, index) => index % every === 0).map((row) => <tr key={row.at}><td><Time at={row.at} /></td><td><Code>{Math.round(row.apart_m)} m</Code></td><td><Code>{Math.round(row.apart_m_min)} – {Math.round(row.apart_m_max)} m</Code></td></tr>)}</tbody>
          </table>
        </div>
        <dl class="facts">{[told.first, told.second].map((each, index) => <div key={index}><dt>{t(index ? 'account-second' : 'account-first')}</dt><dd><Said>{each.words}</Said> <Window from={each.starts} until={each.ends} /></dd></div>)}</dl>
        <Picture svg={told.svg} alt={told.words} name="comity-distance.svg" />
        <button onClick={() => saveAs(new Blob([JSON.stringify(told, null, 1)], {type: 'application/json'}), 'comity-rivals.json')}>JSON</button>
      </>}
    </details>
  );
}

/** Over every screen as long as something past is shown. */
export function ReplayBanner(): JSX.Element | null {
  if (moment.value === null) return null;
  return <p class="replay-banner" role="status"><b>{t('replay-loud')}</b> · <Time at={moment.value} /> · {t(`known-${known.value}`)}{exercise.value ? ` · ${t('exercise')}` : ''} <button class="small" onClick={endReplay}>{t('replay-end')}</button></p>;
}
