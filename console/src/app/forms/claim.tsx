/** A claim: statements with time, zone and place as stated, each figure with its unit, each clause named. */

import {useEffect} from 'preact/hooks';
import type {JSX} from 'preact';
import {ask, halves} from '../api';
import {draftOf} from '../drafts';
import {t, word} from '../i18n';
import {exercise} from '../preferences';
import {incidents, status} from '../store';
import {select} from '../view';
import {Field, Form, refusal} from './fields';
import {KINDS} from './incident';

interface StatementDraft {
  name: string;
  topic: string;
  kind: string;
  says: string;
  words: string;
  starts: string;
  startsZone: string;
  ends: string;
  endsZone: string;
  placeWords: string;
  position: string;
  document: string;
  clause: string;
  clauseVersion: string;
  figures: string;
  /** What else the statement had that this form has no field for: kept as it was. */
  rest: Record<string, unknown>;
}

interface ClaimDraft {
  claimant: string;
  title: string;
  publishedAs: string;
  source: string;
  reference: string;
  origin: string;
  statements: StatementDraft[];
  /** The document that is amended; null: a new one. */
  amended: Record<string, unknown> | null;
}

const STATEMENTS_MAX = 200;
const SOURCE_KINDS = ['own', 'reported', 'recording', 'witness', 'third-party'] as const;
const EMPTY: StatementDraft = {name: 'statement-1', topic: '', kind: 'other', says: 'yes', words: '', starts: '', startsZone: '', ends: '', endsZone: '', placeWords: '', position: '', document: '', clause: '', clauseVersion: '', figures: '', rest: {}};
const FIGURES = new Set(['length', 'depth', 'duration', 'speed', 'climb_rate', 'turned', 'turn_rate', 'separation', 'minimum', 'height', 'height_end', 'border_of', 'aircraft']);

type Table = Record<string, unknown>;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const table = (value: unknown): Table => (typeof value === 'object' && value !== null ? (value as Table) : {});

function statementDraft(of: Table): StatementDraft {
  const {name, topic, kind, says, words, starts, ends, place, clause, ...others} = of;
  const figures = Object.entries(others).filter(([field]) => FIGURES.has(field));
  return {
    ...EMPTY, name: text(name), topic: text(topic), kind: text(kind), says: text(says), words: text(words),
    starts: text(table(starts)['stated']), startsZone: text(table(starts)['zone']), ends: text(table(ends)['stated']), endsZone: text(table(ends)['zone']),
    placeWords: text(table(place)['words']), position: text(table(place)['position']),
    document: text(table(clause)['document']), clause: text(table(clause)['clause']), clauseVersion: text(table(clause)['version']),
    figures: figures.map(([field, value]) => `${field}: ${text(value)}`).join('\n'),
    rest: Object.fromEntries(Object.entries(others).filter(([field]) => !FIGURES.has(field))),
  };
}

const filled = (of: Record<string, string>): Record<string, string> | undefined => {
  const kept = Object.entries(of).map(([name, value]) => [name, value.trim()] as const).filter(([, value]) => value !== '');
  return kept.length ? Object.fromEntries(kept) : undefined;
};

function figuresOf(of: StatementDraft, index: number): Table {
  const found: Table = {};
  for (const line of of.figures.split('\n').map((each) => each.trim()).filter(Boolean)) {
    const cut = line.indexOf(':');
    const name = line.slice(0, Math.max(cut, 0)).trim();
    if (!FIGURES.has(name)) throw refusal(`statements[${index}].figures`, `${line.slice(0, 60)}: ${[...FIGURES].join(', ')}`);
    found[name] = line.slice(cut + 1).trim();
  }
  return found;
}

function statementOf(of: StatementDraft, index: number): Table {
  return {
    ...of.rest, name: of.name.trim(), topic: of.topic.trim(), kind: of.kind, says: of.says, words: of.words, ...figuresOf(of, index),
    starts: filled({stated: of.starts, zone: of.startsZone}), ends: filled({stated: of.ends, zone: of.endsZone}),
    place: filled({words: of.placeWords, position: of.position}), clause: filled({document: of.document, clause: of.clause, version: of.clauseVersion}),
  };
}

function documentOf(now: ClaimDraft): Table {
  const source = filled({reference: now.reference, origin: now.origin});
  const statements = now.statements.map(statementOf);
  if (now.amended !== null) return {...now.amended, claimant: now.claimant, title: now.title, statements};
  const named = source === undefined ? {} : {sources: [{name: 'source-1', kind: now.source, ...source}]};
  return {format: 'comity-claim/1', claimant: now.claimant, title: now.title, ...named, statements: statements.map((each) => (source === undefined ? each : {...each, sources: ['source-1']}))};
}

export function ClaimForm({about = ''}: {about?: string}): JSX.Element {
  const [incident = '', amends] = about.split(' ');
  const draft = draftOf<ClaimDraft>(`claim ${about}`, {claimant: status.value?.name ?? '', title: '', publishedAs: '', source: 'own', reference: '', origin: '', statements: [EMPTY], amended: null});
  const now = draft.value.value;
  useEffect(() => {
    if (amends === undefined || now.amended !== null) return;
    void ask('GET /v1/claims/{party}/{number}', {path: halves(amends, 'party'), query: {exercise: exercise.peek()}}).then((told) => {
      const document = told.document ?? {};
      draft.set({claimant: text(document['claimant']), title: text(document['title']), amended: document, statements: ((document['statements'] as Table[] | undefined) ?? []).map(statementDraft)});
    }, () => undefined);
  }, [amends]);
  const submit = async (): Promise<string> => {
    const told = await ask('POST /v1/incidents/{party}/{number}/claims', {path: halves(incident, 'party'), query: {exercise: exercise.value}, body: {
      document: documentOf(now), published_as: now.publishedAs.trim() || null, claim: amends ?? null,
    }});
    await incidents.refresh();
    select({kind: 'incident', id: incident});
    return `${t('claim-made')} ${told.claim}`;
  };
  const set = (index: number) => (part: Partial<StatementDraft>): void =>
    draft.set({statements: now.statements.map((each, at) => (at === index ? {...each, ...part} : each))});
  return (
    <Form title={amends === undefined ? t('do-claim') : t('amend-claim')} draft={draft} submit={submit} action={t('make-claim')} disabled={amends !== undefined && now.amended === null}>
      <p class="hint">{t('claim-words')}</p>
      <Field name="claimant" label={t('claimant')} value={now.claimant} onInput={(claimant) => draft.set({claimant})} />
      <Field name="title" label={t('title')} value={now.title} onInput={(title) => draft.set({title})} />
      {amends === undefined ? <>
        <Field name="published_as" label={t('published-as')} value={now.publishedAs} onInput={(publishedAs) => draft.set({publishedAs})} hint={t('published-hint')} />
        <Field name="sources[0].kind" label={t('source-kind')} kind="select" options={SOURCE_KINDS.map((each): [string, string] => [each, word('sourcekind', each)])} value={now.source} onInput={(source) => draft.set({source})} />
        <Field name="sources[0].reference" label={t('source-reference')} value={now.reference} onInput={(reference) => draft.set({reference})} hint={t('source-hint')} />
        <Field name="sources[0].origin" label={t('source-origin')} value={now.origin} onInput={(origin) => draft.set({origin})} />
      </> : null}
      {now.statements.map((each, index) => <Statement key={index} index={index} now={each} set={set(index)} />)}
      <div class="actions">
        <button type="button" disabled={now.statements.length >= STATEMENTS_MAX} onClick={() => draft.set({statements: [...now.statements, {...EMPTY, name: `statement-${now.statements.length + 1}`}]})}>{t('add-statement')}</button>
        {now.statements.length > 1 ? <button type="button" onClick={() => draft.set({statements: now.statements.slice(0, -1)})}>{t('drop-statement')}</button> : null}
      </div>
    </Form>
  );
}

function Statement({index, now, set}: {index: number; now: StatementDraft; set: (part: Partial<StatementDraft>) => void}): JSX.Element {
  const name = (field: string): string => `statements[${index}].${field}`;
  return (
    <fieldset><legend>{t('statement')} {index + 1}</legend>
      <Field name={name('name')} label={t('short-name')} kind="code" value={now.name} onInput={(value) => set({name: value})} />
      <Field name={name('topic')} label={t('topic')} kind="code" value={now.topic} onInput={(topic) => set({topic})} hint={t('topic-hint')} />
      <Field name={name('kind')} label={t('kind')} kind="select" options={KINDS.map((each): [string, string] => [each, word('incidentkind', each)])} value={now.kind} onInput={(kind) => set({kind})} />
      <Field name={name('says')} label={t('says')} kind="select" options={['yes', 'no', 'unknown'].map((each): [string, string] => [each, word('says', each)])} value={now.says} onInput={(says) => set({says})} />
      <Field name={name('words')} label={t('words-as-stated')} kind="area" value={now.words} onInput={(words) => set({words})} />
      <Field name={name('starts')} label={t('begins')} kind="code" value={now.starts} onInput={(starts) => set({starts})} hint={t('stated-time-hint')} />
      <Field name={name('starts.zone')} label={t('zone')} kind="code" value={now.startsZone} onInput={(startsZone) => set({startsZone})} hint={t('zone-hint')} />
      <Field name={name('ends')} label={t('ended')} kind="code" value={now.ends} onInput={(ends) => set({ends})} hint={t('may-be-empty')} />
      <Field name={name('ends.zone')} label={t('zone')} kind="code" value={now.endsZone} onInput={(endsZone) => set({endsZone})} hint={t('may-be-empty')} />
      <Field name={name('place')} label={t('place-in-words')} value={now.placeWords} onInput={(placeWords) => set({placeWords})} />
      <Field name={name('place.position')} label={t('position')} kind="code" value={now.position} onInput={(position) => set({position})} hint={t('place-hint')} />
      <Field name={name('clause.document')} label={t('clause-document')} value={now.document} onInput={(document) => set({document})} hint={t('may-be-empty')} />
      <Field name={name('clause')} label={t('clause')} value={now.clause} onInput={(clause) => set({clause})} hint={t('may-be-empty')} />
      <Field name={name('clause.version')} label={t('version')} value={now.clauseVersion} onInput={(clauseVersion) => set({clauseVersion})} hint={t('may-be-empty')} />
      <Field name={name('figures')} label={t('figures')} kind="area" value={now.figures} onInput={(figures) => set({figures})} hint={t('figures-hint')} />
    </fieldset>
  );
}
