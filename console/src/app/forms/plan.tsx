/** A flight: a corridor from waypoints, or a file of any format that the node reads. Checked by the node before it is declared. */

import {useState} from 'preact/hooks';
import type {JSX} from 'preact';
import type {DeclaredTold, IntentTold} from '../api_types';
import {ask, halves, Refusal} from '../api';
import {draftOf} from '../drafts';
import {t, word} from '../i18n';
import {exercise} from '../preferences';
import {intents} from '../store';
import {Refused} from '../original';
import {Original} from '../original';
import {Party} from '../parties';
import {RefusalAdds, Why} from '../lists/plan_words';
import {Chip, Code, Said, short, Time} from '../text';
import {drawOnMap} from '../view';
import {ChangedMeanwhile} from './changed';
import {PickFile} from './file_drop';
import {Field, Form, refusal} from './fields';
import {readPlace} from './place';

interface PlanDraft {
  callsign: string;
  flightClass: string;
  priority: string;
  waypoints: string;
  halfWidth: string;
  halfWidthUnit: string;
  lower: string;
  upper: string;
  start: string;
  end: string;
  decideBy: string;
  file: string;
  fileName: string;
  base: string;
}

const EMPTY: PlanDraft = {
  callsign: '', flightClass: '', priority: 'general', waypoints: '', halfWidth: '2', halfWidthUnit: 'NM', lower: '', upper: '', start: '', end: '',
  decideBy: '', file: '', fileName: '', base: '',
};
const FILE_BYTES_MAX = 32 * 1024 * 1024; // docs/howto/flight-plan-formats.md

/** `3000 ft EGM2008` as a plan file has it; a flight level, or what cannot be read, goes as it is and the node judges it. */
function altitude(text: string): unknown {
  const found = /^(-?\d+(?:\.\d+)?) ?(\S+) (\S+)$/.exec(text.trim());
  return found === null ? text.trim() : {value: Number(found[1]), unit: found[2], datum: found[3]};
}

async function planOf(now: PlanDraft): Promise<string> {
  if (now.file) return now.file;
  const lines = now.waypoints.split('\n').map((each) => each.trim()).filter(Boolean);
  if (lines.length === 0) throw refusal('plan.waypoints', t('waypoints-hint'));
  const waypoints = [];
  for (const [index, each] of lines.entries()) {
    const told = await readPlace(each, 'plan.waypoints').catch((error: Error) => {
      throw error instanceof Refusal ? refusal('plan.waypoints', `${index + 1}: ${error.problem.why ?? ''}`, error.problem.reason) : error;
    });
    waypoints.push({latitude_deg: told.latitude_deg, longitude_deg: told.longitude_deg});
  }
  return JSON.stringify({
    type: 'Corridor', callsign: now.callsign.trim(), flight_class: now.flightClass.trim(), priority: now.priority.trim() || 'general', waypoints,
    half_width: {value: Number(now.halfWidth), unit: now.halfWidthUnit}, edge: 'geodesic',
    lower: altitude(now.lower), upper: altitude(now.upper), start: now.start.trim(), end: now.end.trim(),
  });
}

const newest = (intent: IntentTold | undefined): string => (intent?.change ?? intent?.current)?.digest ?? '';

export function Outcome({told}: {told: DeclaredTold[]}): JSX.Element {
  return (
    <div role="status" class="outcome">{told.map((each) => (
      <div key={each.callsign}>
        <p><b><Said>{each.callsign}</Said></b> <Chip kind="outcome" value={each.outcome} /> {each.reason ? <Why why={each.reason} /> : null} {each.detail ? <RefusalAdds of={each.detail} /> : null}</p>
        {each.required?.length ? <p>{t('required')}: <Said>{each.required.join(', ')}</Said></p> : null}
        <ul>{(each.met ?? []).map((one) => <li key={one.proposal}><Said>{one.intent}</Said> (<Party of={one.owner} />) <Chip kind="verdict" value={one.verdict.verdict} /> <Time at={one.verdict.first_time} /> {one.verdict.least_horizontal_m == null ? null : <Code>{one.verdict.least_horizontal_m.toFixed(0)} m / {one.verdict.least_vertical_m?.toFixed(0) ?? '?'} m</Code>} <Original>{one.verdict.reason}</Original></li>)}</ul>
        {(each.flags ?? []).map((one) => <p key={one} class="warning"><Original>{one}</Original></p>)}
      </div>
    ))}</div>
  );
}

/** Read a file that was dropped or chosen: its text, within the node's limit. */
async function take(file: File | null | undefined, set: (part: Partial<PlanDraft>) => void, wrong: (why: string) => void): Promise<void> {
  if (!file) return;
  if (file.size > FILE_BYTES_MAX) return wrong(t('file-too-large', {name: file.name}));
  try {
    set({file: new TextDecoder('utf-8', {fatal: true}).decode(await file.arrayBuffer()), fileName: file.name});
    wrong('');
  } catch {
    wrong(t('file-not-text', {name: file.name}));
  }
}

export function PlanForm({about}: {about?: string}): JSX.Element {
  const intent = intents.value?.intents.find((each) => each.intent === about);
  const draft = draftOf<PlanDraft>(`plan ${about ?? ''}`, {...EMPTY, callsign: intent?.callsign ?? '', flightClass: intent?.current.flight_class ?? '', priority: intent?.current.priority ?? 'general', start: intent?.current.start ?? '', end: intent?.current.end ?? '', base: newest(intent)});
  const [checked, setChecked] = useState<DeclaredTold[] | null>(null);
  const [wrong, setWrong] = useState('');
  const now = draft.value.value;
  const query = {exercise: exercise.value};
  const changed = about !== undefined && now.base !== '' && newest(intent) !== '' && newest(intent) !== now.base;
  const set = (part: Partial<PlanDraft>): void => draft.set(part);
  const submit = async (): Promise<string> => {
    const raw = await planOf(now);
    const more = {...query, decide_by: now.decideBy};
    let told: DeclaredTold[];
    if (about !== undefined) told = [await ask('POST /v1/intents/{party}/{number}/change', {path: halves(about, 'party'), query: {...more, base: now.base}, raw})];
    else told = await ask('POST /v1/intents/batch', {query: more, raw});
    await intents.refresh();
    const refused = told.filter((each) => each.outcome === 'not-possible');
    setChecked(told);
    if (refused.length) throw new Error(`${t('not-possible')}: ${refused.map((each) => `${each.callsign} ${each.reason ? word('intentwhy', each.reason) : ''}`).join('; ')}`);
    return t('proposed-count', {n: told.length});
  };
  const check = async (): Promise<void> => {
    try {
      setChecked(await ask('POST /v1/intents/check', {query, raw: await planOf(now)}));
      setWrong('');
    } catch (error) {
      setWrong((error as Error).message);
    }
  };
  const draw = async (): Promise<void> => {
    const drawn = await drawOnMap('corridor');
    if (drawn?.type === 'LineString') set({waypoints: drawn.coordinates.map(([lon, lat]) => `${lat!.toFixed(6)}, ${lon!.toFixed(6)} WGS84`).join('\n')});
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    void take(event.dataTransfer?.files[0], set, setWrong);
  };
  return (
    <div onDrop={drop} onDragOver={(event) => event.preventDefault()}>
      <Form title={about === undefined ? t('do-plan') : `${t('change')} ${about}`} draft={draft} submit={submit} action={t('declare')} disabled={changed}
        extra={<button type="button" onClick={() => void check()}>{t('check')}</button>}>
        <ChangedMeanwhile changed={changed} who={<><Time at={(intent?.change ?? intent?.current)?.made_at} /> <Code>{short(newest(intent))}</Code></>}
          onTheirs={() => set({...EMPTY, callsign: intent?.callsign ?? '', flightClass: intent?.current.flight_class ?? '', base: newest(intent)})} onMine={() => set({base: newest(intent)})} />
        <p role="alert" class="field-error">{wrong ? <Refused>{wrong}</Refused> : ''}</p>
        <div class="drop">
          <PickFile label={t('plan-file')} onPick={(files) => void take(files?.[0], set, setWrong)} />
          {now.file ? <p><Said>{now.fileName}</Said> <Code>{now.file.length}</Code> <button type="button" class="small" onClick={() => set({file: '', fileName: ''})}>{t('remove')}</button></p> : <p class="hint">{t('drop-hint')}</p>}
        </div>
        {now.file ? null : <>
          <Field name="plan.callsign" label={t('callsign')} kind="code" value={now.callsign} onInput={(callsign) => set({callsign})} />
          <Field name="plan.flight_class" label={t('flight-class')} kind="code" value={now.flightClass} onInput={(flightClass) => set({flightClass})} />
          <Field name="plan.priority" label={t('priority')} kind="code" value={now.priority} onInput={(priority) => set({priority})} />
          <Field name="plan.waypoints" label={t('waypoints')} kind="area" value={now.waypoints} onInput={(waypoints) => set({waypoints})} hint={t('waypoints-hint')} />
          <button type="button" class="small" onClick={() => void draw()}>{t('draw')}</button>
          <Field name="plan.half_width" label={t('half-width')} kind="number" value={now.halfWidth} onInput={(halfWidth) => set({halfWidth})} />
          <Field name="plan.half_width.unit" label={t('unit')} kind="select" options={[['NM', 'NM'], ['km', 'km'], ['m', 'm'], ['ft', 'ft']]} value={now.halfWidthUnit} onInput={(halfWidthUnit) => set({halfWidthUnit})} />
          <Field name="plan.lower" label={t('lower')} kind="code" value={now.lower} onInput={(lower) => set({lower})} hint={t('altitude-hint')} />
          <Field name="plan.upper" label={t('upper')} kind="code" value={now.upper} onInput={(upper) => set({upper})} hint={t('altitude-hint')} />
          <Field name="plan.start" label={t('starts')} kind="code" value={now.start} onInput={(start) => set({start})} hint={t('time-hint')} />
          <Field name="plan.end" label={t('ends')} kind="code" value={now.end} onInput={(end) => set({end})} hint={t('time-hint')} />
        </>}
        <Field name="decide_by" label={t('decide-by')} kind="code" value={now.decideBy} onInput={(decideBy) => set({decideBy})} hint={t('may-be-empty')} />
        {checked === null ? null : <Outcome told={checked} />}
      </Form>
    </div>
  );
}

