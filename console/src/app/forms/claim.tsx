/** A claim: statements with time, zone and place as stated, each figure with its unit, each clause named. */

import {useEffect} from 'preact/hooks';
import type {JSX} from 'preact';
import {ask, halves, Refusal} from '../api';
import {draftOf} from '../drafts';
import {t, word} from '../i18n';
import {exercise} from '../preferences';
import {incidents, status} from '../store';
import {select} from '../view';
import {Code} from '../text';
import {Checks, Field, Form, refusal} from './fields';
import {FileDrop, NO_FILE, type TakenFile} from './file_drop';
import {fileBody} from './incident_file';
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
  /** Names of the material that it rests on. */
  material: string[];
  /** What else the statement had that this form has no field for: kept as it was. */
  rest: Record<string, unknown>;
}

/** Something offered with the claim: named, described, and with a file where there is one. */
interface MaterialDraft {
  name: string;
  description: string;
  origin: string;
  file: TakenFile;
  /** The digest that an earlier version stated. */
  sha256: string;
}

interface ClaimDraft {
  claimant: string;
  title: string;
  publishedAs: string;
  source: string;
  reference: string;
  origin: string;
  material: MaterialDraft[];
  statements: StatementDraft[];
  /** The document that is amended; null: a new one. */
  amended: Record<string, unknown> | null;
}

const STATEMENTS_MAX = 200;
const SOURCE_KINDS = ['own', 'reported', 'recording', 'witness', 'third-party'] as const;
const EMPTY: StatementDraft = {name: 'statement-1', topic: '', kind: 'other', says: 'yes', words: '', starts: '', startsZone: '', ends: '', endsZone: '', placeWords: '', position: '', document: '', clause: '', clauseVersion: '', figures: '', material: [], rest: {}};
const MATERIAL_MAX = 20; // pieces of one claim written here; docs/spec/claim.md takes 200
const FIGURES = new Set(['length', 'depth', 'duration', 'speed', 'climb_rate', 'turned', 'turn_rate', 'separation', 'minimum', 'height', 'height_end', 'border_of', 'aircraft']);

type Table = Record<string, unknown>;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const table = (value: unknown): Table => (typeof value === 'object' && value !== null ? (value as Table) : {});

function statementDraft(of: Table): StatementDraft {
  const {name, topic, kind, says, words, starts, ends, place, clause, material, ...others} = of;
  const figures = Object.entries(others).filter(([field]) => FIGURES.has(field));
  return {
    ...EMPTY, name: text(name), topic: text(topic), kind: text(kind), says: text(says), words: text(words),
    starts: text(table(starts)['stated']), startsZone: text(table(starts)['zone']), ends: text(table(ends)['stated']), endsZone: text(table(ends)['zone']),
    placeWords: text(table(place)['words']), position: text(table(place)['position']),
    document: text(table(clause)['document']), clause: text(table(clause)['clause']), clauseVersion: text(table(clause)['version']),
    figures: figures.map(([field, value]) => `${field}: ${text(value)}`).join('\n'),
    material: Array.isArray(material) ? material.map(text) : [],
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
    ...of.rest, ...(of.material.length ? {material: of.material} : {}), name: of.name.trim(), topic: of.topic.trim(), kind: of.kind, says: of.says, words: of.words, ...figuresOf(of, index),
    starts: filled({stated: of.starts, zone: of.startsZone}), ends: filled({stated: of.ends, zone: of.endsZone}),
    place: filled({words: of.placeWords, position: of.position}), clause: filled({document: of.document, clause: of.clause, version: of.clauseVersion}),
  };
}

const materialOf = (of: MaterialDraft, before: Table[]): Table => {
  const digest = of.file.sha256 || of.sha256;
  const stated = before.find((each) => each['name'] === of.name) ?? {};
  return {...stated, name: of.name.trim(), description: of.description, origin: of.origin, ...(digest ? {sha256: digest} : {})};
};

function documentOf(now: ClaimDraft): Table {
  const named = new Set(now.material.map((each) => each.name));
  const offered = now.material.map((each) => materialOf(each, (now.amended?.['material'] as Table[] | undefined) ?? []));
  const more = offered.length ? {material: offered} : {};
  const tree = writtenOf({...now, statements: now.statements.map((each) => ({...each, material: each.material.filter((name) => named.has(name))}))});
  delete tree['material'];
  return {...tree, ...more};
}

function writtenOf(now: ClaimDraft): Table {
  const source = filled({reference: now.reference, origin: now.origin});
  const statements = now.statements.map(statementOf);
  if (now.amended !== null) return {...now.amended, claimant: now.claimant, title: now.title, statements};
  const sources = source === undefined ? {} : {sources: [{name: 'source-1', kind: now.source, ...source}]};
  return {format: 'comity-claim/1', claimant: now.claimant, title: now.title, ...sources, statements: statements.map((each) => (source === undefined ? each : {...each, sources: ['source-1']}))};
}

export function ClaimForm({about = ''}: {about?: string}): JSX.Element {
  const [incident = '', amends] = about.split(' ');
  const draft = draftOf<ClaimDraft>(`claim ${about}`, {claimant: status.value?.name ?? '', title: '', publishedAs: '', source: 'own', reference: '', origin: '', material: [], statements: [EMPTY], amended: null});
  const now = draft.value.value;
  useEffect(() => {
    if (amends === undefined || now.amended !== null) return;
    void ask('GET /v1/claims/{party}/{number}', {path: halves(amends, 'party'), query: {exercise: exercise.peek()}}).then((told) => {
      const document = told.document ?? {};
      draft.set({claimant: text(document['claimant']), title: text(document['title']), amended: document, material: ((document['material'] as Table[] | undefined) ?? []).map((each) => ({name: text(each['name']), description: text(each['description']), origin: text(each['origin']), file: NO_FILE, sha256: text(each['sha256'])})), statements: ((document['statements'] as Table[] | undefined) ?? []).map(statementDraft)});
    }, () => undefined);
  }, [amends]);
  const submit = async (): Promise<string> => {
    const document = documentOf(now);
    await fileMaterial(incident, now.material);
    const told = await ask('POST /v1/incidents/{party}/{number}/claims', {path: halves(incident, 'party'), query: {exercise: exercise.value}, body: {
      document, published_as: now.publishedAs.trim() || null, claim: amends ?? null,
    }});
    await incidents.refresh();
    select({kind: 'incident', id: incident});
    return `${t('claim-made')} ${told.claim}`;
  };
  const offer = (index: number, part: Partial<MaterialDraft>): void => draft.set({material: now.material.map((each, at) => (at === index ? {...each, ...part} : each))});
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
      <fieldset class="material"><legend>{t('material')}</legend>
        <p class="hint">{t('material-words')}</p>
        {now.material.map((each, index) => (
          <fieldset key={index}><legend><Code>{each.name}</Code></legend>
            <FileDrop label={t('file')} taken={each.file} onTake={(file) => offer(index, {file, description: each.description || file.name})} onDrop={() => offer(index, {file: NO_FILE})} />
            {each.file.name === '' ? <p class="hint">{each.sha256 ? <>{t('digest')} <Code>{each.sha256}</Code></> : t('material-named-alone')}</p> : null}
            <Field name={`material[${index}].name`} label={t('short-name')} kind="code" value={each.name} onInput={(name) => offer(index, {name})} />
            <Field name={`material[${index}].description`} label={t('description')} value={each.description} onInput={(description) => offer(index, {description})} />
            <Field name={`material[${index}].origin`} label={t('origin')} value={each.origin} onInput={(origin) => offer(index, {origin})} hint={t('file-origin-hint')} />
            <button type="button" class="small" onClick={() => draft.set({material: now.material.filter((_, at) => at !== index)})}>{t('remove')}</button>
          </fieldset>
        ))}
        {now.material.length >= MATERIAL_MAX ? null : <FileDrop label={t('material-add')} hint={t('material-drop')} onTake={(file) => draft.set({material: [...now.material, {name: freeName(now.material), description: file.name, origin: now.claimant, file, sha256: ''}]})} />}
      </fieldset>
      {now.statements.map((each, index) => <Statement key={index} index={index} now={each} set={set(index)} offered={now.material.map((one) => one.name)} />)}
      <div class="actions">
        <button type="button" disabled={now.statements.length >= STATEMENTS_MAX} onClick={() => draft.set({statements: [...now.statements, {...EMPTY, name: `statement-${now.statements.length + 1}`}]})}>{t('add-statement')}</button>
        {now.statements.length > 1 ? <button type="button" onClick={() => draft.set({statements: now.statements.slice(0, -1)})}>{t('drop-statement')}</button> : null}
      </div>
    </Form>
  );
}

function freeName(taken: MaterialDraft[]): string {
  const names = new Set(taken.map((each) => each.name));
  let number = taken.length + 1;
  while (names.has(`material-${number}`)) number += 1;
  return `material-${number}`;
}

/** Put the files into the incident first, so that whoever weighs the claim has their bytes; one that is filed already stays. */
async function fileMaterial(incident: string, offered: MaterialDraft[]): Promise<void> {
  const {files} = await ask('GET /v1/incidents/{party}/{number}', {path: halves(incident, 'party'), query: {exercise: exercise.peek()}});
  const filed = new Set(files.map((each) => each.sha256));
  for (const [index, each] of offered.entries()) {
    if (each.file.name === '' || filed.has(each.file.sha256)) continue;
    try {
      await ask('POST /v1/incidents/{party}/{number}/files', {path: halves(incident, 'party'), query: {exercise: exercise.peek()}, body: fileBody(each.file, each.file.name, each.origin, each.description, null)});
    } catch (error) {
      if (error instanceof Refusal) throw refusal(`material[${index}].${error.problem.field === 'origin' ? 'origin' : 'name'}`, `${error.problem.field ?? ''}: ${error.problem.why ?? ''}`, error.problem.reason);
      throw error;
    }
    filed.add(each.file.sha256);
  }
}

function Statement({index, now, set, offered}: {index: number; now: StatementDraft; set: (part: Partial<StatementDraft>) => void; offered: string[]}): JSX.Element {
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
      {offered.length ? <Checks field={name('material')} label={t('material-of')} names={offered.map((each): [string, string] => [each, each])} chosen={now.material} onChange={(material) => set({material})} /> : null}
    </fieldset>
  );
}
