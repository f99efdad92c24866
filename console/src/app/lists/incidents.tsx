/** Incidents, and what parties claim of them: rival claims side by side, never made one. */

import type {JSX} from 'preact';
import type {ClaimTold, IncidentTold, LinkOfTold, IncidentMessagesTimeTold as TimeTold, TaskOfTold, TellingTold, ToldIncidentTold} from '../api_types';
import {Refused} from '../original';
import {ask, halves} from '../api';
import {useAsked} from '../asked';
import {Original} from '../original';
import {t, word} from '../i18n';
import {Parties, Party} from '../parties';
import {exercise} from '../preferences';
import {mayDo} from '../session';
import {incidents, status} from '../store';
import {Chip, Code, Facts, Said, short, Time} from '../text';
import {Act, Actions} from '../forms/act';
import {AssessmentOf} from '../forms/assessment';
import {GiveClaim, LinkForm, TaskForm, TellForm} from '../forms/incident';
import {FileForm, FileRow} from '../forms/incident_file';
import {openForm, select} from '../view';
import {Rows, type Row} from './rows';

export function IncidentList(): JSX.Element {
  const told = incidents.value;
  const rows: Row[] = (told?.incidents ?? []).map((each): Row => ({
    ref: {kind: 'incident', id: each.incident},
    look: each.tasks_overdue ? 'owed' : '',
    words: `${each.title} ${each.kind} ${each.state} ${each.incident}`,
    body: <>
      <span class="line"><b><Said>{each.title}</Said></b> <Chip kind="incident" value={each.state} /></span>
      <span class="line"><small>{word('incidentkind', each.kind)} · <Time at={each.opened_at} /> · {t('claims')} {each.claims} · {t('claimed-evidenced', {claimed: each.claimed, evidenced: each.evidenced - each.by_person_alone})}{each.by_person_alone ? `, ${t('claimed-evidenced-alone', {n: each.by_person_alone})}` : ''}{each.dissented ? ` · ${t('dissents')} ${each.dissented}` : ''}</small></span>
      {each.tasks_open ? <span class="line"><small>{t('tasks')} {each.tasks_open}</small>{each.tasks_overdue ? <b class="bad-words"> {t('overdue-tasks', {n: each.tasks_overdue})}</b> : null}</span> : null}
    </>,
  }));
  for (const each of told?.told ?? []) {
    rows.push({
      ref: {kind: 'told-incident', id: each.incident}, words: `${each.last?.title ?? ''} ${each.author}`,
      body: <><span class="line"><b><Said>{each.last?.title ?? each.incident}</Said></b> <span class="chip">{t('told-by')} <Party of={each.author} /></span></span><span class="line"><small>{each.last ? <Time at={each.last.at} /> : t('unknown')} · {t('claims-nothing-of-ours')}</small></span></>,
    });
  }
  for (const each of told?.unfiled_claims ?? []) {
    rows.push({
      ref: {kind: 'claim', id: each.claim}, look: 'owed', words: `${each.title} ${each.claimant}`,
      body: <><span class="line"><b><Said>{each.title}</Said></b> <span class="chip">{t('claim-unfiled')}</span></span><span class="line"><small><Said>{each.claimant}</Said> · <Time at={each.received_at} /></small></span></>,
    });
  }
  return <Rows label={t('pane-incidents')} of={incidents} rows={rows} none={t('no-incidents')}><button onClick={() => openForm('incident')}>{t('do-incident')}</button></Rows>;
}

export function Stated({of}: {of: TimeTold | null}): JSX.Element {
  return of === null ? <span>{t('not-stated')}</span> : <><Code>{of.stated}</Code> {of.zone === 'Z' && of.stated.endsWith('Z') ? null : <><Said>{of.zone || t('zone-not-stated')}</Said> </>}(<Time at={of.at} />)</>;
}

const MOVES: Record<string, ('review' | 'resume' | 'close' | 'reopen' | 'void')[]> = {
  open: ['review', 'close', 'void'], 'under-review': ['resume', 'close', 'void'], closed: ['reopen'], void: [],
};

export function IncidentDetail({id}: {id: string}): JSX.Element {
  const path = halves(id, 'party');
  const query = {exercise: exercise.value};
  const stamp = String(incidents.told.value?.at ?? ''); // asked anew with the list: what changed may not stand in its row
  const {told, wrong, again} = useAsked(id, () => ask('GET /v1/incidents/{party}/{number}', {path, query}), stamp);
  if (told === null) return <><p class="none">{wrong === null ? t('unknown') : <Refused>{wrong}</Refused>} <Code>{id}</Code></p></>;
  const done = (): Promise<unknown> => Promise.all([again(), incidents.refresh()]);
  const open = told.state !== 'closed' && told.state !== 'void';
  return (
    <article class="incident">
      <h2><Said>{told.title}</Said> <Chip kind="incident" value={told.state} /></h2>
      {told.exercise ? <p class="exercise">{t('exercise')}</p> : null}
      <p>{word('incidentkind', told.kind)}</p>
      {told.words ? <blockquote><Said>{told.words}</Said></blockquote> : null}
      <Facts rows={[
        [t('begins'), <Stated of={told.begins} />], [t('ended'), <Stated of={told.ends} />],
        [t('opened-by'), <><Said>{told.opened_by}</Said> <Time at={told.opened_at} /></>],
        [t('because'), <>{word('because', told.because)} {told.because_record ? <Code>{short(told.because_record)}</Code> : null}</>],
        [t('labels'), told.labels.length ? <Said>{told.labels.join(', ')}</Said> : null],
        [t('id'), <Code>{told.incident}</Code>],
      ]} />
      <Actions>
        <button disabled={!open} onClick={() => openForm('claim', id)}>{t('do-claim')}</button>
        {mayDo('evidence.export') ? <button onClick={() => openForm('evidence', id)}>{t('do-evidence')}</button> : null}
        {(MOVES[told.state] ?? []).map((event) => (
          <Act key={event} action={event} ask={t('reason')} done={t(`moved-${event}`)} run={(reason) => ask('POST /v1/incidents/{party}/{number}/state', {path, query, body: {event, reason: reason ?? ''}}).then(done)}>{t(`move-${event}`)}</Act>
        ))}
      </Actions>
      <h3>{t('claims')}</h3>
      <Claims told={told} />
      {told.claims.some((each) => each.withdrawn_because === null) ? <AssessmentOf incident={told} done={done} /> : null}
      <p class="hint"><Original>{told.caveat}</Original></p>
      <h3>{t('tasks')}</h3>
      <ul>{told.tasks.map((each) => <Task key={each.task} each={each} path={path} done={done} />)}</ul>
      {told.tasks.length === 0 ? <p class="none">{t('no-tasks')}</p> : null}
      {open ? <TaskForm id={id} done={done} /> : null}
      <h3>{t('files')}</h3>
      <ul class="files">{told.files.map((each) => <FileRow key={each.sha256} id={id} each={each} done={done} />)}</ul>
      {told.files.length === 0 ? <p class="none">{t('no-files')}</p> : null}
      {open ? <FileForm id={id} done={done} /> : null}
      <h3>{t('belongs')}</h3>
      <ul>{told.links.map((each) => <Link key={`${each.what}${each.digest}${each.part ?? ''}`} each={each} path={path} done={done} />)}</ul>
      {told.unlinked.length ? <p><small>{t('unlinked')}: <Said>{told.unlinked.join('; ')}</Said></small></p> : null}
      {open ? <LinkForm id={id} done={done} /> : null}
      <h3>{t('told')}</h3>
      {told.told.length ? <ul>{told.told.map((each) => <li key={each.version} class="card"><Telling of={each} /></li>)}</ul> : <p class="none">{t('told-nobody')}</p>}
      <TellForm id={id} done={done} />
      {told.side_by_side.length ? <><h3>{t('theirs-beside')}</h3><div class="beside"><section><h4>{t('own')}</h4><p><Said>{told.title}</Said></p><p><Stated of={told.begins} /></p></section>{told.side_by_side.map((each) => <section key={each.incident}><h4><Party of={each.author} /></h4><Beside of={each} /></section>)}</div></> : null}
      <h3>{t('history')}</h3>
      <ul>{told.moves.map((each) => <li key={each.record}><Time at={each.at} /> {t(`moved-${each.event}`)} <Said>{each.operator}</Said>: <Said>{each.reason}</Said></li>)}</ul>
    </article>
  );
}

type Path = Record<'party' | 'number', string>;

function Task({each, path, done}: {each: TaskOfTold; path: Path; done: () => Promise<unknown>}): JSX.Element {
  const set = (state: 'done' | 'cancelled'): Promise<unknown> =>
    ask('POST /v1/incidents/{party}/{number}/tasks', {path, query: {exercise: exercise.value}, body: {task: each.task, state, base: each.version}}).then(done);
  return (
    <li class={`card${each.overdue ? ' owed' : ''}`}>
      <span class="line"><b><Said>{each.title}</Said></b> <Chip kind="task" value={each.state} />{each.overdue ? <b class="bad-words"> {t('overdue')}</b> : null}</span>
      <span class="line"><small><Party of={each.owner} /> · <Party of={each.party} /> · {t('due')} <Time at={each.due} /></small></span>
      {each.state === 'open' ? <Actions><button onClick={() => openForm('incident-task', `${path.party}/${path.number} ${each.task}`)}>{t('change')}</button><Act action="task-done" done={t('task-done')} run={() => set('done')}>{t('mark-done')}</Act><Act action="task-cancelled" done={t('task-cancelled')} run={() => set('cancelled')}>{t('drop-task')}</Act></Actions> : null}
    </li>
  );
}

function Link({each, path, done}: {each: LinkOfTold; path: Path; done: () => Promise<unknown>}): JSX.Element {
  const unlink = (reason?: string): Promise<unknown> =>
    ask('POST /v1/incidents/{party}/{number}/unlink', {path, query: {exercise: exercise.value}, body: {what: each.what as 'record', digest: each.digest, part: each.part, reason: reason ?? ''}}).then(done);
  return (
    <li class="card">
      <span class="line">{word('linked', each.what)} <Code>{short(each.digest)}</Code> <Said>{each.part}</Said> {each.here ? null : <b class="doubt-words">{t('not-held-here')}</b>}</span>
      {each.words ? <span class="line"><Said>{each.words}</Said></span> : null}
      <Act action="unlink" ask={t('reason')} done={t('link-gone')} run={unlink}>{t('unlink')}</Act>
    </li>
  );
}

function Telling({of}: {of: TellingTold}): JSX.Element {
  return <>
    <span class="line"><b>{t('version')} {of.version}</b> <Time at={of.at} /> {t('to-whom')} <Parties of={of.to} /></span>
    <span class="line"><small>{t('receipt')}: {of.receipted.length ? <Said>{of.receipted.join(', ')}</Said> : t('unknown')} · {t('belongs')}: {of.links.length} · {of.withheld.map((each) => <span key={each.reason}>{t('withheld')} <Code>{each.count}</Code> <Said>{each.what}</Said>: <Said>{each.reason}</Said> </span>)}</small></span>
    {of.words ? <span class="line"><Said>{of.words}</Said></span> : null}
  </>;
}

function Beside({of}: {of: ToldIncidentTold}): JSX.Element {
  if (of.last === null) return <p>{t('unknown')}</p>;
  return <><p><b><Said>{of.last.title}</Said></b> {word('incidentkind', of.last.kind)}</p><p><Said>{of.last.words}</Said></p><p><Stated of={of.last.begins} /></p><p><Telling of={of.last} /></p></>;
}

/** All that is claimed, one column a claim, as it was stated. */
function Claims({told}: {told: IncidentTold}): JSX.Element {
  const stamp = told.claims.map((each) => each.record).join(' ');
  const documents = useAsked(told.incident, () => Promise.all(told.claims.map((each) => ask('GET /v1/claims/{party}/{number}', {path: halves(each.claim, 'party'), query: {exercise: exercise.value}}))), stamp);
  if (told.claims.length === 0) return <p class="none">{t('no-claims')}</p>;
  const claims = documents.told ?? told.claims;
  return <SideBySide claims={claims} />;
}

interface StatementDocument {
  name?: string;
  place?: {words?: string; position?: string; error?: string};
  starts?: {stated?: string; zone?: string};
  ends?: {stated?: string; zone?: string};
  clause?: {document?: string; clause?: string; version?: string};
  [field: string]: unknown;
}

const FIGURES = ['length', 'depth', 'duration', 'speed', 'climb_rate', 'turned', 'turn_rate', 'separation', 'minimum', 'height', 'height_end', 'border_of', 'aircraft'];

const statementsOf = (claim: ClaimTold): StatementDocument[] => (claim.document?.['statements'] as StatementDocument[] | undefined) ?? [];

export function SideBySide({claims}: {claims: ClaimTold[]}): JSX.Element {
  const topics = [...new Set(claims.flatMap((each) => each.statements.map((one) => one.topic)))];
  return (
    <div class="wide" tabIndex={0} role="region" aria-label={t('side-by-side')}>
      <table class="side-by-side">
        <caption>{t('side-by-side')}</caption>
        <thead><tr><td />{claims.map((each) => (
          <th key={each.claim} scope="col"><button class="row" onClick={() => select({kind: 'claim', id: each.claim})}><Said>{each.claimant}</Said></button><small>{word('standing', each.standing)}{each.published_as ? <> <Said>{each.published_as}</Said></> : null}{each.withdrawn_because === null ? null : <b class="bad-words"> {t('withdrawn-because')}: <Said>{each.withdrawn_because}</Said></b>}</small></th>
        ))}</tr></thead>
        <tbody>{topics.map((topic) => (
          <tr key={topic}><th scope="row"><Said>{topic}</Said></th>{claims.map((claim) => <td key={claim.claim}>{claim.statements.filter((each) => each.topic === topic).map((each) => <StatementOf key={each.statement} each={each} of={statementsOf(claim).find((one) => one.name === each.statement)} />)}{claim.statements.some((each) => each.topic === topic) ? null : <span class="none">{t('says-nothing')}</span>}</td>)}</tr>
        ))}</tbody>
      </table>
    </div>
  );
}

function StatementOf({each, of}: {each: ClaimTold['statements'][number]; of: StatementDocument | undefined}): JSX.Element {
  const time = (stated: {stated?: string; zone?: string} | undefined): JSX.Element | null => stated?.stated === undefined ? null : <><Code>{stated.stated}</Code> <Said>{stated.zone || t('zone-not-stated')}</Said></>;
  const place = of?.place;
  return (
    <div class="statement">
      <p><b>{word('says', each.says)}</b> <Said>{each.words}</Said></p>
      <Facts rows={[
        [t('time-stated'), time(of?.starts) ?? t('not-stated')], [t('until'), time(of?.ends)],
        [t('place-stated'), place === undefined ? t('not-stated') : <><Said>{place.words}</Said> <Code>{place.position ?? ''}</Code></>],
        [t('clause'), of?.clause === undefined ? t('not-stated') : <><Said>{of.clause.document}</Said> <Said>{of.clause.clause}</Said> <Said>{of.clause.version}</Said></>],
        ...FIGURES.filter((name) => of?.[name] !== undefined).map((name): [string, JSX.Element] => [word('figure', name), <Code>{String(of![name])}</Code>]),
      ]} />
    </div>
  );
}

/** What a claim offers as material: by its digest, or named alone. */
function Material({of}: {of: ClaimTold}): JSX.Element | null {
  const offered = (of.document?.['material'] as Record<string, unknown>[] | undefined) ?? [];
  if (offered.length === 0) return null;
  return <>
    <h3>{t('material')}</h3>
    <ul class="files">{offered.map((each) => (
      <li key={String(each['name'])} class="card">
        <span class="line"><Code>{String(each['name'])}</Code> <Said>{String(each['description'] ?? '')}</Said></span>
        <span class="line"><small>{t('origin')} <Said>{String(each['origin'] ?? '')}</Said> · {each['sha256'] === undefined ? t('material-named-alone') : <Code>{String(each['sha256'])}</Code>}{each['synthetic'] === true ? ` · ${t('material-synthetic')}` : ''}</small></span>
      </li>
    ))}</ul>
  </>;
}

export function ClaimDetail({id}: {id: string}): JSX.Element {
  const path = halves(id, 'party');
  const query = {exercise: exercise.value};
  const {told, wrong, again} = useAsked(id, () => ask('GET /v1/claims/{party}/{number}', {path, query}));
  if (told === null) return <p class="none">{wrong === null ? t('unknown') : <Refused>{wrong}</Refused>} <Code>{id}</Code></p>;
  const done = (): Promise<unknown> => Promise.all([again(), incidents.refresh()]);
  const mine = told.author === status.value?.party;
  return (
    <article>
      <h2><Said>{told.title}</Said> <span class="chip">{word('standing', told.standing)}</span></h2>
      <Facts rows={[
        [t('claimant'), <Said>{told.claimant}</Said>], [t('from'), <><Party of={told.author} /> (<Said>{told.operator}</Said>)</>],
        [t('version'), String(told.version)], [t('published-as'), told.published_as ? <Said>{told.published_as}</Said> : null],
        [t('made-to'), told.made_to.length ? <Said>{told.made_to.join(', ')}</Said> : t('nobody')],
        [t('in-incidents'), told.in_incidents.length ? told.in_incidents.map((each) => <button key={each} class="small" onClick={() => select({kind: 'incident', id: each})}><Code>{each}</Code></button>) : t('claim-unfiled')],
        [t('withdrawn-because'), told.withdrawn_because ? <Said>{told.withdrawn_because}</Said> : null],
        [t('record'), <Code>{told.record}</Code>],
      ]} />
      {told.doubts.map((each) => <p key={each} class="warning"><Said>{each}</Said></p>)}
      <Actions>
        {mine && told.withdrawn_because === null ? <>
          <button onClick={() => openForm('claim', `${told.incident} ${told.claim}`)}>{t('amend')}</button>
          <Act action="withdraw-claim" ask={t('reason')} done={t('withdrawn')} run={(reason) => ask('POST /v1/claims/{party}/{number}/withdraw', {path, query, body: {reason: reason ?? ''}}).then(done)}>{t('take-back')}</Act>
        </> : null}
        {told.in_incidents.length === 0 ? <button onClick={() => openForm('incident', `claim ${told.record}`)}>{t('do-incident')}</button> : null}
      </Actions>
      <SideBySide claims={[told]} />
      <Material of={told} />
      {mine && told.withdrawn_because === null ? <GiveClaim id={told.claim} done={done} /> : null}
    </article>
  );
}

export function ToldIncidentDetail({id}: {id: string}): JSX.Element {
  const told = incidents.value?.told.find((each) => each.incident === id);
  if (told === undefined) return <p class="none">{t('not-known-here')} <Code>{id}</Code></p>;
  return (
    <article>
      <h2>{t('told-by')} <Party of={told.author} /></h2>
      <p class="warning">{t('claims-nothing-of-ours')}</p>
      <Beside of={told} />
      {told.last?.record ? <Actions><button onClick={() => openForm('incident', `telling ${told.last!.record!}`)}>{t('do-incident')}</button></Actions> : null}
      <p><small>{t('id')} <Code>{told.incident}</Code></small></p>
    </article>
  );
}
