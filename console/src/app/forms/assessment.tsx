/** The node's assessment of an incident, with its arithmetic; grades that persons sign; dissents. Nothing is decided here. */

import type {JSX} from 'preact';
import type {GradeTold, IncidentTold} from '../api_types';
import {Original, Refused, Word} from '../original';
import {ask, halves} from '../api';
import {useAsked} from '../asked';
import {draftOf} from '../drafts';
import {has, t, word} from '../i18n';
import {exercise} from '../preferences';
import {session} from '../session';
import {Chip, Code, Facts, Said, short, Time} from '../text';
import {Field, Form} from './fields';

const GRADES = ['confirmed', 'fair', 'weak', 'contested', 'discounted'] as const;
type Grade = (typeof GRADES)[number];

interface Finding {
  rule: string;
  outcome: string;
  field: string | null;
  words: string;
  reading: string | null;
  assumes: string | null;
  figures: Record<string, unknown>;
}

interface AssessedStatement {
  statement: string;
  topic: string;
  findings: Finding[];
  grade: Grade;
  grade_rule: string;
  reasons: string[];
}

interface Side {
  claimant: string;
  statement: string;
}

interface Assessment {
  claims: {claimant: string; title: string; claimed: number; evidenced: number; statements: AssessedStatement[]}[];
  comparisons: {topic: string; field: string; relation: string; left: Side; right: Side | null; words: string}[];
  claimed: number;
  evidenced: number;
  caveat: string;
}

interface Properties {
  incident: IncidentTold;
  done: () => Promise<unknown>;
}

/** `says`, or a figure of the statement by its name. */
function ComparedField({name}: {name: string}): JSX.Element {
  return <Word kind={has(`comparedfield-${name}`) ? 'comparedfield' : 'figure'} value={name} />;
}

export function AssessmentOf({incident, done}: Properties): JSX.Element {
  const path = halves(incident.incident, 'party');
  const stamp = [...incident.claims, ...incident.files, ...incident.grades].map((each) => each.record).join(' ');
  const {told, wrong} = useAsked(incident.incident, async () => (await ask('GET /v1/incidents/{party}/{number}/assessment', {path, query: {exercise: exercise.value}})) as unknown as Assessment, stamp);
  const standing = incident.claims.filter((each) => each.withdrawn_because === null);
  return (
    <section aria-label={t('assessment')}>
      <h3>{t('assessment')}</h3>
      {wrong === null ? null : <p role="alert" class="bad-words"><Refused>{wrong}</Refused></p>}
      {told === null ? <p>{t('unknown')}</p> : <>
        <p>{t('claimed-evidenced', {claimed: told.claimed, evidenced: told.evidenced})}</p>
        {told.claims.map((claim, index) => claim.statements.map((each) => (
          <Assessed key={`${index}${each.statement}`} each={each} claimant={claim.claimant} claim={standing[index]?.claim ?? ''} incident={incident} done={done} />
        )))}
        <h4>{t('comparisons')}</h4>
        {told.comparisons.length ? <ul>{told.comparisons.map((each, index) => (
          <li key={index} class={`card relation-${each.relation.replace(/[^a-z]+/g, '-')}`}>
            <span class="line"><span class="chip">{word('relation', each.relation)}</span> <Said>{each.topic}</Said> · <ComparedField name={each.field} /></span>
            <span class="line"><small><Said>{each.left.claimant}</Said>: <Said>{each.left.statement}</Said>{each.right === null ? null : <> ↔ <Said>{each.right.claimant}</Said>: <Said>{each.right.statement}</Said></>}</small></span>
            <span class="line"><Original>{each.words}</Original></span>
          </li>
        ))}</ul> : <p class="none">{t('nothing-to-compare')}</p>}
        <p class="warning"><Original>{told.caveat}</Original></p>
      </>}
    </section>
  );
}

const UNITS: [RegExp, string][] = [[/_mps2$/, 'm/s²'], [/_mps(_m(in|ax))?$/, 'm/s'], [/_m(_m(in|ax))?$/, 'm'], [/_s(_m(in|ax))?$/, 's']];
const DIGITS = 4;

/** A figure of the arithmetic with the unit that its name has. */
function figure(name: string, value: number): string {
  if (name.endsWith('_rad_per_s')) return `${((value * 180) / Math.PI).toPrecision(3)}°/s`;
  const unit = UNITS.find(([end]) => end.test(name))?.[1];
  const told = String(Number(value.toPrecision(DIGITS)));
  return unit === undefined ? told : `${told} ${unit}`;
}

function Assessed({each, claimant, claim, incident, done}: {each: AssessedStatement; claimant: string; claim: string} & Properties): JSX.Element {
  const grades = incident.grades.filter((one) => one.claim === claim && one.statement === each.statement);
  return (
    <article class="card assessed">
      <h4><Said>{claimant}</Said>: <Said>{each.statement}</Said> <small>{t('grade-by-rule')} <Chip kind="grade" value={each.grade} /> <Code>{each.grade_rule}</Code></small></h4>
      <ul>{each.reasons.map((one) => <li key={one}><Original>{one}</Original></li>)}</ul>
      <details open={each.findings.some((one) => one.outcome === 'contradictory' || one.outcome === 'strained')}>
        <summary>{t('arithmetic')} ({each.findings.length})</summary>
        <ul>{each.findings.map((one, index) => (
          <li key={index}>
            <Chip kind="outcome-of" value={one.outcome} /> <Code>{one.rule}</Code> <span><Original>{one.words}</Original>{one.assumes ? <> <i><Original>{one.assumes}</Original></i></> : null}</span>
            {Object.keys(one.figures).length ? <Facts rows={Object.entries(one.figures).map(([name, value]): [string, JSX.Element] => [word('assessed', name), <Code>{typeof value === 'number' ? figure(name, value) : typeof value === 'object' ? JSON.stringify(value) : String(value)}</Code>])} /> : null}
          </li>
        ))}</ul>
      </details>
      {grades.map((one) => <Signed key={one.record} grade={one} incident={incident} done={done} />)}
      {claim === '' ? null : <GradeForm incident={incident} claim={claim} each={each} done={done} />}
    </article>
  );
}

function Signed({grade, incident, done}: {grade: GradeTold} & Properties): JSX.Element {
  return (
    <div class={`signed${grade.last ? '' : ' overtaken'}`}>
      <p><b>{t('signed')}</b> <Chip kind="grade" value={grade.grade} /> <Said>{grade.operator}</Said> <Time at={grade.at} /> <Said>{grade.words}</Said>{grade.grade === grade.by_rule ? null : <> · {t('grade-by-rule')} <Chip kind="grade" value={grade.by_rule} /></>}{grade.last ? null : <small> {t('grade-history')}</small>}</p>
      {grade.since.length ? <p class="warning">{t('since-then')} <Said>{grade.since.join('; ')}</Said></p> : null}
      {grade.dissents.map((each) => <p key={each.record} class="warning dissent"><b>{t('dissent')}</b> <Chip kind="grade" value={each.would_be} /> <Said>{each.operator}</Said> <Time at={each.at} /> <Said>{each.words}</Said></p>)}
      {grade.last && grade.operator !== session.value.operator ? <DissentForm incident={incident} grade={grade} done={done} /> : null}
    </div>
  );
}

function GradeForm({incident, claim, each, done}: {claim: string; each: AssessedStatement} & Properties): JSX.Element {
  const draft = draftOf<{grade: string; words: string}>(`grade ${incident.incident} ${claim} ${each.statement}`, {grade: '', words: ''});
  const now = draft.value.value;
  const submit = async (): Promise<string> => {
    await ask('POST /v1/incidents/{party}/{number}/grades', {path: halves(incident.incident, 'party'), query: {exercise: exercise.value}, body: {claim, statement: each.statement, grade: (now.grade || null) as Grade | null, words: now.words}});
    await done();
    return t('grade-signed');
  };
  const options: [string, string][] = [['', `${t('as-rule')}: ${word('grade', each.grade)}`], ...GRADES.map((one): [string, string] => [one, word('grade', one)])];
  return (
    <details><summary>{t('sign-grade')}</summary>
      <Form title={t('sign-grade')} draft={draft} submit={submit} action={t('sign-grade')} stays inside>
        <p class="hint">{t('grade-hint')}</p>
        <Field name="grade" label={t('grade')} kind="select" options={options} value={now.grade} onInput={(grade) => draft.set({grade})} />
        <Field name="words" label={t('reason')} kind="area" value={now.words} onInput={(words) => draft.set({words})} />
      </Form>
    </details>
  );
}

function DissentForm({incident, grade, done}: {grade: GradeTold} & Properties): JSX.Element {
  const draft = draftOf<{grade: Grade; words: string}>(`dissent ${grade.record}`, {grade: 'contested', words: ''});
  const now = draft.value.value;
  const submit = async (): Promise<string> => {
    await ask('POST /v1/incidents/{party}/{number}/dissents', {path: halves(incident.incident, 'party'), query: {exercise: exercise.value}, body: {grade: grade.record, would_be: now.grade, words: now.words}});
    await done();
    return t('dissent-signed');
  };
  return (
    <details><summary>{t('do-dissent')}</summary>
      <Form title={t('do-dissent')} draft={draft} submit={submit} action={t('do-dissent')} stays inside>
        <Field name="would_be" label={t('would-be')} kind="select" options={GRADES.map((one): [string, string] => [one, word('grade', one)])} value={now.grade} onInput={(would) => draft.set({grade: would as Grade})} />
        <Field name="words" label={t('reason')} kind="area" value={now.words} onInput={(words) => draft.set({words})} />
        <p><small>{t('record')} <Code>{short(grade.record)}</Code></small></p>
      </Form>
    </details>
  );
}
