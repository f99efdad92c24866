/** What was observed: a place becomes the cell that holds it, and nothing goes to anybody before it is released. */

import type {JSX} from 'preact';
import {useEffect} from 'preact/hooks';
import type {ObservationTold, ObservationWritten} from '../api_types';
import {ask, halves} from '../api';
import {draftOf} from '../drafts';
import {t, word} from '../i18n';
import {partyWords} from '../parties';
import {exercise} from '../preferences';
import {observations, sites} from '../store';
import {Word} from '../original';
import {Code, Said, short, Time, Window} from '../text';
import {mapChosen, select} from '../view';
import {useAsked} from '../lists/asked';
import {ChangedMeanwhile} from './changed';
import {Checks, Field, Form} from './fields';
import {PlaceField, readPlace} from './place';

// docs/spec/observation.md: the closed list of kinds and what each may say more closely
export const NATURES: Record<string, string[]> = {
  'hazard-to-flight': ['obstacle', 'falling-debris', 'smoke-or-ash', 'navigation-interference', 'communication-loss', 'uncrewed-aircraft', 'weather', 'other'],
  'hazard-to-movement': ['blocked-route', 'unexploded-ordnance', 'falling-debris', 'fire', 'flood', 'other'],
  'airspace-event': ['unidentified-aircraft', 'entry', 'near-approach', 'aircraft-in-distress', 'other'],
  'site-damage': ['structure', 'water', 'power', 'fire', 'vehicle', 'other'],
  'site-access-blocked': ['road', 'bridge', 'entrance', 'other'],
};
const SOURCES = ['person', 'crew', 'sensor', 'imagery', 'document', 'open-source', 'partner', 'unknown'] as const;
const RELATIONS = ['derived-from', 'reported-by', 'same-origin'] as const;

interface ObservationDraft {
  kind: string;
  nature: string;
  begins: string;
  ends: string;
  position: string;
  within: string;
  subject: string;
  subjectDigest: string;
  words: string;
  below: string;
  sourceKind: string;
  sourceName: string;
  reliability: string;
  credibility: string;
  rests: {relation: string; record: string}[];
  labels: string[];
  basis: string;
  consent: string;
  base: string;
}

const EMPTY: ObservationDraft = {
  kind: 'hazard-to-flight', nature: 'obstacle', begins: '', ends: '', position: '', within: '2 km', subject: '', subjectDigest: '', words: '', below: '', sourceKind: 'unknown',
  sourceName: '', reliability: 'F', credibility: '6', rests: [], labels: [], basis: 'flight-safety', consent: '', base: '',
};

const onSite = (kind: string): boolean => kind.startsWith('site-');
const subjectKind = (kind: string): string | null => (onSite(kind) ? 'site' : kind === 'hazard-to-movement' ? 'movement' : null);

/** One that stands, as a form. Its position is stated anew: only the cell was kept. */
const formOf = (of: ObservationTold): ObservationDraft => ({
  ...EMPTY, kind: of.kind, nature: of.nature, begins: of.begins, ends: of.ends, subject: of.subject?.id ?? '', subjectDigest: of.subject?.digest ?? '', words: of.words,
  below: of.words_below ?? '', sourceKind: of.source?.kind ?? 'unknown', sourceName: of.source?.name ?? '', reliability: of.source?.reliability ?? 'F', credibility: String(of.credibility),
  rests: of.provenance.map((each) => ({relation: each.relation, record: each.record})), labels: of.labels, basis: of.legal_basis, base: of.record,
});

function written(now: ObservationDraft): ObservationWritten {
  const subject = subjectKind(now.kind);
  return {
    kind: now.kind, nature: now.nature, begins: now.begins.trim(), ends: now.ends.trim(), position: onSite(now.kind) ? null : now.position, within: now.within.trim(),
    subject: subject === null ? null : {kind: subject, id: now.subject.trim(), digest: now.subjectDigest.trim()},
    words: now.words, words_below: now.below, source: {kind: now.sourceKind, reliability: now.reliability, name: now.sourceName}, credibility: Number(now.credibility),
    provenance: now.rests.filter((each) => each.record !== ''), labels: now.labels, legal_basis: now.basis, consent: now.consent.trim() || null,
  };
}

/** What another officer made of it meanwhile. */
function Theirs({of}: {of: ObservationTold}): JSX.Element {
  return <><blockquote><Said>{of.words}</Said></blockquote><p><Window from={of.begins} until={of.ends} /> <Word kind="nature" value={of.nature} /> <Said>{of.labels.join(', ')}</Said></p></>;
}

/** A site or a movement, out of those that are known here, or the site chosen on the map; its digest goes with it. */
function SubjectField({kind, now, set}: {kind: string; now: ObservationDraft; set: (part: Partial<ObservationDraft>) => void}): JSX.Element {
  const movements = useAsked('GET /v1/movements', {}, {exercise: exercise.value}, ['movement.', 'site.']);
  const known: [string, string, string][] = kind === 'site'
    ? (sites.value?.sites ?? []).filter((each) => each.record).map((each) => [each.site, `${each.names?.[0]?.text ?? word('sitekind', each.kind)} · ${each.site}`, each.record!])
    : (movements.value ?? []).filter((each) => each.record).map((each) => [each.movement, `${word('movementkind', each.kind)} · ${each.begins ?? ''} · ${each.movement}`, each.record!]);
  const choose = (id: string): void => set({subject: id, subjectDigest: known.find(([each]) => each === id)?.[2] ?? ''});
  const chosen = known.find(([each]) => each === now.subject);
  const newer = chosen !== undefined && now.subjectDigest !== '' && chosen[2] !== now.subjectDigest;
  const onMap = mapChosen.value;
  return <>
    <Field name="subject.id" label={t(`subject-${kind}`)} kind="select" options={[['', '–'], ...known.map(([id, words]): [string, string] => [id, words]), ...(now.subject !== '' && chosen === undefined ? [[now.subject, now.subject] as [string, string]] : [])]} value={now.subject} onInput={choose} />
    {kind === 'site' && onMap !== null && known.some(([id]) => id === onMap) && onMap !== now.subject ? <button type="button" class="small" onClick={() => choose(onMap)}>{t('take-site-from-map')}</button> : null}
    {now.subjectDigest === '' ? <p class="hint">{t('subject-digest')}: {t('subject-none')}</p> : null}
    {newer ? <p class="warning" role="status">{t('subject-newer')} <button type="button" class="small" onClick={() => choose(now.subject)}>{t('subject-take-newer')}</button></p> : null}
    <Field name="subject.digest" label={t('subject-digest')} kind="code" value={now.subjectDigest} onInput={(subjectDigest) => set({subjectDigest})} hint={t('subject-digest-hint')} />
  </>;
}

export function ObservationForm({about}: {about?: string}): JSX.Element {
  const stands = observations.value?.observations.find((each) => each.observation === about);
  const policy = useAsked('GET /v1/observation-policy', {}, {exercise: exercise.value}, ['observation.policy']);
  const draft = draftOf<ObservationDraft>(`observation${about === undefined ? '' : ` ${about}`}`, EMPTY);
  const now = draft.value.value;
  const set = (part: Partial<ObservationDraft>): void => draft.set(part);
  useEffect(() => {
    if (about === undefined) return;
    // the list has it without what is told only where it is asked for by itself
    void ask('GET /v1/observations/{party}/{number}', {path: halves(about, 'party'), query: {exercise: exercise.peek()}}).then((found) => draft.begin((before) => (before.base === '' ? formOf(found) : null)), () => undefined);
  }, [about]);
  const labels = Object.keys((policy.value?.policy?.['labels'] as Record<string, unknown> | undefined) ?? {});
  const changed = about !== undefined && now.base !== '' && stands !== undefined && stands.record !== now.base;
  const subject = subjectKind(now.kind);
  const submit = async (): Promise<string> => {
    if (!onSite(now.kind)) await readPlace(now.position, 'position');
    const told = await ask('POST /v1/observations', {query: {exercise: exercise.value}, body: {observation: written(now), revises: about ?? null}});
    await observations.refresh();
    queueMicrotask(() => select({kind: 'observation', id: told.observation}));
    return t('observation-entered');
  };
  const rest = (index: number, part: Partial<{relation: string; record: string}>): void => set({rests: now.rests.map((each, at) => (at === index ? {...each, ...part} : each))});
  const known = (observations.value?.observations ?? []).filter((each) => each.observation !== about);
  const choices = (among: readonly string[], prefix: string): [string, string][] => among.map((each) => [each, word(prefix, each)]);
  return (
    <Form title={about === undefined ? t('do-observation') : `${t('revise')} ${about}`} draft={draft} submit={submit} action={t('enter')} disabled={changed}>
      <ChangedMeanwhile changed={changed} who={<><Said>{stands?.operator ?? ''}</Said> <Time at={stands?.made_at} /> <Code>{short(stands?.record ?? '')}</Code></>}
        onTheirs={() => { if (stands !== undefined) set({...formOf(stands), position: now.position}); }} onMine={() => set({base: stands?.record ?? ''})}>
        {stands === undefined ? null : <Theirs of={stands} />}
      </ChangedMeanwhile>
      <p class="hint">{t('observation-words')}</p>
      <Field name="kind" label={t('kind')} kind="select" options={choices(Object.keys(NATURES), 'seen')} value={now.kind} onInput={(kind) => set({kind, nature: NATURES[kind]![0]!})} />
      <Field name="nature" label={t('nature')} kind="select" options={choices(NATURES[now.kind] ?? [], 'nature')} value={now.nature} onInput={(nature) => set({nature})} />
      <Field name="begins" label={t('starts')} kind="code" value={now.begins} onInput={(begins) => set({begins})} hint={t('time-hint')} />
      <Field name="ends" label={t('ends')} kind="code" value={now.ends} onInput={(ends) => set({ends})} hint={t('time-hint')} />
      {onSite(now.kind) ? null : <>
        <PlaceField name="position" label={t('position')} value={now.position} onInput={(position) => set({position})} />
        <Field name="within" label={t('within')} kind="code" value={now.within} onInput={(within) => set({within})} hint={t('within-hint')} />
      </>}
      {subject === null ? null : <>
        <SubjectField kind={subject} now={now} set={set} />
      </>}
      <Field name="words" label={t('words')} kind="area" value={now.words} onInput={(words) => set({words})} hint={t('no-figures')} />
      <Field name="words_below" label={t('below-tear-line')} kind="area" value={now.below} onInput={(below) => set({below})} hint={t('below-hint')} />
      <Field name="source.kind" label={t('source')} kind="select" options={choices(SOURCES, 'source')} value={now.sourceKind} onInput={(sourceKind) => set({sourceKind})} />
      <Field name="source.name" label={t('source-name')} value={now.sourceName} onInput={(sourceName) => set({sourceName})} hint={t('source-name-hint')} />
      <Field name="source.reliability" label={t('reliability')} kind="select" options={[...'ABCDEF'].map((each): [string, string] => [each, `${each} – ${t(`reliability-${each.toLowerCase()}`)}`])} value={now.reliability} onInput={(reliability) => set({reliability})} />
      <Field name="credibility" label={t('credibility')} kind="select" options={[...'123456'].map((each): [string, string] => [each, `${each} – ${t(`credibility-${each}`)}`])} value={now.credibility} onInput={(credibility) => set({credibility})} />
      {now.rests.map((each, index) => (
        <fieldset key={index}><legend>{t('rests-on')} {index + 1}</legend>
          <Field name={`provenance[${index}].relation`} label={t('relation')} kind="select" options={choices(RELATIONS, 'relation')} value={each.relation} onInput={(relation) => rest(index, {relation})} />
          <Field name={`provenance[${index}].record`} label={t('observation')} kind="select" options={[['', '–'], ...known.map((one): [string, string] => [one.record, `${one.own ? t('own') : partyWords(one.author)} · ${word('seen', one.kind)} · ${one.words.slice(0, 50)} · ${short(one.record)}`])]} value={each.record} onInput={(record) => rest(index, {record})} />
          <button type="button" class="small" onClick={() => set({rests: now.rests.filter((_, at) => at !== index)})}>{t('remove')}</button>
        </fieldset>
      ))}
      <p><button type="button" onClick={() => set({rests: [...now.rests, {relation: 'derived-from', record: ''}]})}>{t('add-rests-on')}</button></p>
      {labels.length ? <Checks field="labels" label={t('labels')} names={labels.map((each): [string, string] => [each, each])} chosen={now.labels} onChange={(chosen) => set({labels: chosen})} /> : <p class="warning">{t('no-policy')}</p>}
      <Field name="legal_basis" label={t('legal-basis')} kind="code" value={now.basis} onInput={(basis) => set({basis})} />
      {subject === null ? null : <Field name="consent" label={t('consent-digest')} kind="code" value={now.consent} onInput={(consent) => set({consent})} hint={t('may-be-empty')} />}
    </Form>
  );
}
