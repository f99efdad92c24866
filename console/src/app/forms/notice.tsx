/** A notice: what is wrong with it, and where it is held to be, before it is sent. */

import {useState} from 'preact/hooks';
import type {JSX} from 'preact';
import type {AreaWritten, NoticeCheckedTold, NoticeTold, NoticeWritten} from '../api_types';
import {ask, Refusal} from '../api';
import {draftOf} from '../drafts';
import {t} from '../i18n';
import {exercise} from '../preferences';
import {notices, status} from '../store';
import {Code, Said, short, Time} from '../text';
import {drawOnMap} from '../view';
import {asStated, Findings} from '../lists/notices';
import {ChangedMeanwhile} from './changed';
import {Checks, Field, Form} from './fields';
import {useAfter} from './place';
import {NoticeTouches} from './touches';

interface NoticeDraft {
  activity: string;
  shape: 'none' | 'circle' | 'polygon' | 'corridor';
  positions: string;
  radius: string;
  lower: string;
  upper: string;
  starts: string;
  ends: string;
  place: string;
  description: string;
  contact: string;
  to: string[];
  base: string;
}

const EMPTY: NoticeDraft = {activity: '', shape: 'none', positions: '', radius: '', lower: '', upper: '', starts: '', ends: '', place: '', description: '', contact: '', to: [], base: ''};

const lines = (text: string): string[] => text.split('\n').map((each) => each.trim()).filter(Boolean);

function areaOf(now: NoticeDraft): AreaWritten[] {
  if (now.shape === 'none') return [];
  const limits = {lower: lines(now.lower), upper: lines(now.upper)};
  const positions = lines(now.positions);
  if (now.shape === 'circle') return [{circle: {centre: positions[0] ?? '', radius: now.radius.trim()}, ...limits}];
  if (now.shape === 'corridor') return [{corridor: {line: positions, half_width: now.radius.trim()}, ...limits}];
  return [{polygon: positions, ...limits}];
}

const writtenOf = (now: NoticeDraft): NoticeWritten => ({
  activity: now.activity.trim(), areas: areaOf(now), starts: lines(now.starts), ends: lines(now.ends), place: now.place, description: now.description, contact: now.contact,
});

/** A time as it was stated, out of the node's words for it. */

/** A notice that stands, as a form; its area stays to be stated anew, for a record keeps shapes and not words. */
const formOf = (notice: NoticeTold | undefined): NoticeDraft => notice === undefined ? EMPTY : {
  ...EMPTY, activity: notice.checked.activity, starts: notice.starts.map(asStated).join('\n'), ends: notice.ends.map(asStated).join('\n'), place: notice.place,
  description: notice.description, contact: notice.contact, base: notice.record,
};

function Preview({checked}: {checked: NoticeCheckedTold}): JSX.Element {
  return <>
    <Findings findings={checked.findings} />
    <p>{t('lead')}: {checked.lead_s === null ? t('unknown') : <Code>{checked.lead_s} s / {checked.agreed_lead_s ?? '?'} s</Code>}</p>
    <ul>{checked.areas.map((each, index) => <li key={index}><Code>{each.grid}</Code> <Said>{each.whereabouts.join('; ')}</Said> <Said>{each.lower}</Said> – <Said>{each.upper}</Said></li>)}</ul>
    {(checked.assumed ?? []).map((each) => <p key={each} class="warning">{t('assumed')} <Said>{each}</Said></p>)}
  </>;
}

export function NoticeForm({about}: {about?: string}): JSX.Element {
  const stands = notices.value?.notices.find((each) => each.notice === about);
  const draft = draftOf<NoticeDraft>(`notice ${about ?? ''}`, formOf(stands));
  const [checked, setChecked] = useState<NoticeCheckedTold | string | null>(null);
  const now = draft.value.value;
  const set = (part: Partial<NoticeDraft>): void => draft.set(part);
  const written = writtenOf(now);
  const changed = about !== undefined && now.base !== '' && stands !== undefined && stands.record !== now.base;
  useAfter(JSON.stringify(written), (_, signal) => {
    if (written.activity === '') return setChecked(null);
    ask('POST /v1/notices/check', {body: written, signal}).then(setChecked, (error: Error) => {
      if (!signal.aborted) setChecked(error instanceof Refusal ? `${error.problem.field ?? ''}: ${error.problem.why ?? ''}` : null);
    });
  });
  const submit = async (): Promise<string> => {
    await ask('POST /v1/notices', {
      query: {exercise: exercise.value},
      body: {notice: written, ...(about === undefined ? {to: now.to.length ? now.to : null} : {revises: about, base: now.base || null})},
    });
    await notices.refresh();
    return t('notice-sent');
  };
  const draw = async (): Promise<void> => {
    if (now.shape === 'none') return;
    const drawn = await drawOnMap(now.shape === 'circle' ? 'point' : now.shape);
    const points = drawn?.type === 'Point' ? [drawn.coordinates] : drawn?.type === 'LineString' ? drawn.coordinates : drawn?.type === 'Polygon' ? drawn.coordinates[0]!.slice(0, -1) : [];
    if (points.length) set({positions: points.map(([lon, lat]) => `${lat!.toFixed(6)}, ${lon!.toFixed(6)} WGS84`).join('\n')});
  };
  const peers = (status.value?.peers ?? []).map((each): [string, string] => [each.party, each.name]);
  const area = now.shape === 'circle' ? 'notice.areas[0].circle.centre' : `notice.areas[0].${now.shape}`;
  return (
    <Form title={about === undefined ? t('do-notice') : `${t('revise')} ${about}`} draft={draft} submit={submit} action={t('send-notice')} disabled={changed}>
      <ChangedMeanwhile changed={changed} who={<><Said>{stands?.operator ?? ''}</Said> <Time at={stands?.made_at} /> <Code>{short(stands?.record ?? '')}</Code></>}
        onTheirs={() => set(formOf(stands))} onMine={() => set({base: stands?.record ?? ''})}>
        <dl class="facts"><div><dt>{t('place')}</dt><dd><Said>{stands?.place ?? ''}</Said></dd></div><div><dt>{t('description')}</dt><dd><Said>{stands?.description ?? ''}</Said></dd></div><div><dt>{t('window')}</dt><dd><Said>{[...(stands?.starts ?? []), '–', ...(stands?.ends ?? [])].join(' ')}</Said></dd></div></dl>
      </ChangedMeanwhile>
      {about === undefined ? <Checks label={t('to-or-all')} names={peers} chosen={now.to} onChange={(to) => set({to})} /> : null}
      <Field name="notice.activity" label={t('activity')} kind="code" value={now.activity} onInput={(activity) => set({activity})} hint={t('activity-hint')} />
      <Field name="notice.place" label={t('place-in-words')} value={now.place} onInput={(place) => set({place})} />
      <Field name="notice.starts" label={t('starts')} kind="area" value={now.starts} onInput={(starts) => set({starts})} hint={t('time-hint')} />
      <Field name="notice.ends" label={t('ends')} kind="area" value={now.ends} onInput={(ends) => set({ends})} hint={t('time-hint')} />
      <Field name="notice.areas" label={t('shape')} kind="select" options={(['none', 'circle', 'polygon', 'corridor'] as const).map((each): [string, string] => [each, t(`shape-${each}`)])} value={now.shape} onInput={(shape) => set({shape: shape as NoticeDraft['shape']})} />
      {now.shape === 'none' ? null : <>
        <Field name={area} label={t('positions')} kind="area" value={now.positions} onInput={(positions) => set({positions})} hint={t('waypoints-hint')} />
        <button type="button" class="small" onClick={() => void draw()}>{t('draw')}</button>
        {now.shape === 'polygon' ? null : <Field name={now.shape === 'circle' ? 'notice.areas[0].circle.radius' : 'notice.areas[0].corridor.half_width'} label={t(now.shape === 'circle' ? 'radius' : 'half-width')} kind="code" value={now.radius} onInput={(radius) => set({radius})} hint={t('length-hint')} />}
        <Field name="notice.areas[0].lower" label={t('lower')} kind="area" value={now.lower} onInput={(lower) => set({lower})} hint={t('altitude-hint')} />
        <Field name="notice.areas[0].upper" label={t('upper')} kind="area" value={now.upper} onInput={(upper) => set({upper})} hint={t('altitude-hint')} />
      </>}
      <Field name="notice.description" label={t('description')} kind="area" value={now.description} onInput={(description) => set({description})} />
      <Field name="notice.contact" label={t('contact')} value={now.contact} onInput={(contact) => set({contact})} />
      <section aria-label={t('checks')} class="preview" role="status">
        <h3>{t('checks')}</h3>
        {checked === null ? <p>{t('not-checked')}</p> : typeof checked === 'string' ? <p class="bad-words"><Said>{checked}</Said></p> : <Preview checked={checked} />}
        <NoticeTouches written={written} />
      </section>
    </Form>
  );
}
