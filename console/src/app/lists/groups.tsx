/** A working group: on what terms, who is in and by whose word, what was said, filed and undertaken. */

import type {ComponentChildren, JSX} from 'preact';
import type {AdmissionTold, DocumentTold, GroupTold, PostTold, TaskTold, TaskVersionTold} from '../api_types';
import {ask, halves} from '../api';
import {bytesOf, offer, sha256} from '../files';
import {t, word} from '../i18n';
import {PartyName, partyName} from '../parties';
import {exercise} from '../preferences';
import {mayDo} from '../session';
import {groups, meetings, status} from '../store';
import {Age, Chip, Code, Facts, Said, short, Time} from '../text';
import {Act, Actions} from '../forms/act';
import {GroupPost} from '../forms/group';
import {openForm, select} from '../view';
import {AsOfAsked, useAsked} from './asked';

interface Shared {
  group: GroupTold;
  again: () => Promise<unknown>;
}

export function GroupDetail({id}: {id: string}): JSX.Element {
  const path = halves(id, 'owner');
  const query = {exercise: exercise.value};
  const asked = useAsked('GET /v1/groups/{owner}/{number}', path, query, ['group.', 'meeting.']);
  const group = asked.value;
  const again = (): Promise<unknown> => Promise.all([asked.again(), groups.refresh()]);
  if (group === null) return <article><h2><Code>{id}</Code></h2><AsOfAsked of={asked} /></article>;
  const member = group.standing === 'member';
  return (
    <article class="group">
      <h2><Said>{group.name ?? id}</Said> <Chip kind="group" value={group.standing} />{group.contested ? <Chip kind="group" value="contested" /> : null}</h2>
      <AsOfAsked of={asked} />
      {group.contested ? <p class="warning">{t('contested')}</p> : null}
      {group.unmatched ? <p class="warning">{t('unmatched', {n: group.unmatched})}</p> : null}
      <h3>{t('terms')}</h3>
      <blockquote>{group.terms === null ? t('unknown') : <Said>{group.terms}</Said>}</blockquote>
      <Facts rows={[
        [t('kind'), group.type ? word('grouptype', group.type) : t('unknown')], [t('legal-basis'), <Said>{group.legal_basis ?? t('unknown')}</Said>],
        [t('owner'), group.owner ? <PartyName of={group.owner} /> : t('unknown')], [t('labels'), <Said>{group.labels.join(', ')}</Said>], [t('id'), <Code>{id}</Code>],
      ]} />
      <Actions>
        {group.standing === 'invited' && mayDo('group.manage') ? <>
          <Act action="acknowledge" primary confirm={t('accept-group-sure')} done={t('accepted')} run={() => ask('POST /v1/groups/{owner}/{number}/accept', {path, query}).then(again)}>{t('accept')}</Act>
          <Act action="decline" ask={t('reason')} done={t('declined')} run={(reason) => ask('POST /v1/groups/{owner}/{number}/decline', {path, query, body: {reason: reason ?? ''}}).then(again)}>{t('decline')}</Act>
        </> : null}
        {member ? <>
          {mayDo('group.manage') ? <button onClick={() => openForm('group-invite', id)}>{t('ask-in')}</button> : null}
          {mayDo('group.work') ? <button onClick={() => openForm('group-document', id)}>{t('give-document')}</button> : null}
          {mayDo('group.work') ? <button onClick={() => openForm('group-task', id)}>{t('set-task')}</button> : null}
          <button onClick={() => openForm('meeting', `group ${id}`)}>{t('do-meeting')}</button>
          {mayDo('group.manage') ? <Act action="leave-group" ask={t('reason')} done={t('group-left-now')} run={(reason) => ask('POST /v1/groups/{owner}/{number}/leave', {path, query, body: {reason: reason ?? ''}}).then(again)}>{t('leave-group')}</Act> : null}
        </> : null}
      </Actions>
      <Members group={group} again={again} />
      <Matters group={group} again={again} />
      <Tasks group={group} again={again} />
      <Documents group={group} again={again} />
      <h3>{t('meetings')}</h3>
      {group.meetings.length === 0 ? <p class="none">{t('none-known')}</p> : <ul>{group.meetings.map((each) => <li key={each}><button class="small" onClick={() => select({kind: 'meeting', id: each})}><Said>{titleOf(each)}</Said></button></li>)}</ul>}
      <Admissions of={group.admissions} />
    </article>
  );
}

function titleOf(meeting: string): string {
  const found = meetings.value?.find((each) => each.meeting === meeting);
  return found?.proposals.find((each) => each.digest === found.current)?.title ?? found?.proposals.at(-1)?.title ?? meeting;
}

const yesNo = (value: boolean): string => t(value ? 'yes' : 'no');

/** A table that may be wider than its place: it is scrolled, by keys too. */
export function Grid({label, heads, children}: {label: string; heads: string[]; children: ComponentChildren}): JSX.Element {
  return (
    <div class="scrolled" role="region" aria-label={label} tabIndex={0}>
      <table class="grid"><thead><tr>{heads.map((each) => <th key={each} scope="col">{each}</th>)}</tr></thead><tbody>{children}</tbody></table>
    </div>
  );
}

function Members({group, again}: Shared): JSX.Element {
  const path = halves(group.group, 'owner');
  const query = {exercise: exercise.value};
  const mine = status.value?.party;
  const member = group.standing === 'member' && mayDo('group.manage');
  const undecided = groups.value?.find((each) => each.group === group.group)?.undecided ?? [];
  return <>
    <h3>{t('members')}</h3>
    <Grid label={t('members')} heads={[t('party'), t('state'), t('we-share'), t('shares-with-us'), t('waiting-for')]}>
      {group.parties.map((each) => (
        <tr key={each.party}>
          <th scope="row"><PartyName of={each.party} /></th>
          <td><Chip kind="group" value={each.standing} /></td>
          <td>{each.party === mine ? '–' : yesNo(each.we_share)}</td><td>{each.party === mine ? '–' : yesNo(each.shares_with_us)}</td>
          <td>{each.waiting_for.map((one) => <span key={one}><PartyName of={one} /> </span>)}</td>
        </tr>
      ))}
    </Grid>
    {member ? group.parties.filter((each) => each.party !== mine && (each.standing === 'member' || each.standing === 'invited')).map((each) => (
      <div key={each.party} class="member-acts"><PartyName of={each.party} />
        <Actions>
          {undecided.includes(each.party) ? <>
            <Act action="consent" primary done={t('consented')} run={() => ask('POST /v1/groups/{owner}/{number}/consent', {path, query, body: {party: each.party, consent: 'yes'}}).then(again)}>{t('share-with')}</Act>
            <Act action="consent-no" confirm={t('no-stands')} done={t('not-consented')} run={() => ask('POST /v1/groups/{owner}/{number}/consent', {path, query, body: {party: each.party, consent: 'no'}}).then(again)}>{t('do-not-share')}</Act>
          </> : null}
          <Act action="open-earlier" confirm={t('open-earlier-words')} done={t('opened-earlier')} run={() => ask('POST /v1/groups/{owner}/{number}/open', {path, query, body: {party: each.party}}).then(again)}>{t('open-earlier')}</Act>
          <Act action="remove" ask={t('reason')} done={t('removed-now')} run={(reason) => ask('POST /v1/groups/{owner}/{number}/remove', {path, query, body: {party: each.party, reason: reason ?? ''}}).then(again)}>{t(group.owner === mine ? 'remove-party' : 'share-no-more')}</Act>
        </Actions>
      </div>
    )) : null}
  </>;
}

function Admissions({of}: {of: AdmissionTold[]}): JSX.Element {
  return (
    <details><summary>{t('admissions')}</summary>
      <ul>{of.map((each) => (
        <li key={`${each.admission} ${each.party}`}>
          <PartyName of={each.party} /> <Chip kind="group" value={each.standing} /> {t('by-word-of')} <PartyName of={each.by} /> <Code>{short(each.admission)}</Code>
          <ul>
            {Object.entries(each.consents).map(([party, said]) => <li key={party}><PartyName of={party} />: {word('consent', said)}</li>)}
            {each.ended_by.map((one) => <li key={one}>{t('ended-by')} <Code>{short(one)}</Code></li>)}
            {Object.entries(each.effects).map(([party, record]) => <li key={party}>{t('nothing-goes-since')} <PartyName of={party} />: <Code>{short(record)}</Code>{each.effect_index !== null && party === status.value?.party ? <> {t('place-in-log')} <Code>{each.effect_index}</Code></> : null}</li>)}
            {each.opened_by.length ? <li>{t('earlier-opened-by')} <Said>{each.opened_by.map(partyName).join(', ')}</Said></li> : null}
          </ul>
        </li>
      ))}</ul>
    </details>
  );
}

/** Who said it, and how its author stands now, where that is no member. */
function By({of}: {of: {author: string; author_standing: string; operator: string; at: string; earlier: boolean}}): JSX.Element {
  return <small><Time at={of.at} /> <Said>{partyName(of.author)}</Said> (<Said>{of.operator}</Said>){of.author_standing === 'member' ? null : <Chip kind="group" value={of.author_standing} />}{of.earlier ? ` ${t('said-earlier')}` : ''} <Age at={of.at} /></small>;
}

function Matters({group}: Shared): JSX.Element {
  const matters = new Map<string, PostTold[]>();
  for (const each of group.posts) matters.set(each.matter, [...(matters.get(each.matter) ?? []), each]);
  const member = group.standing === 'member' && mayDo('group.work');
  return <>
    <h3>{t('matters')}</h3>
    {matters.size === 0 ? <p class="none">{t('none-known')}</p> : null}
    {[...matters].map(([matter, posts]) => (
      <section key={matter} class="group-matter" aria-labelledby={`matter-${matter}`}>
        <h4 id={`matter-${matter}`}><Said>{posts.find((each) => each.subject !== null)?.subject ?? matter}</Said></h4>
        <ol class="thread">{posts.map((each) => <li key={each.digest}><By of={each} /><blockquote lang={each.language}><Said>{each.text}</Said></blockquote></li>)}</ol>
        {member ? <details><summary>{t('answer-in-matter')}</summary><GroupPost id={group.group} matter={matter} /></details> : null}
      </section>
    ))}
    {member ? <details open={matters.size === 0}><summary>{t('new-matter')}</summary><GroupPost id={group.group} /></details> : null}
  </>;
}

function Tasks({group, again}: Shared): JSX.Element {
  const path = halves(group.group, 'owner');
  const member = group.standing === 'member' && mayDo('group.work');
  const set = (task: TaskTold, from: TaskVersionTold, state: 'done' | 'cancelled') => (): Promise<unknown> =>
    ask('POST /v1/groups/{owner}/{number}/tasks', {path, query: {exercise: exercise.value}, body: {task: task.task, title: from.title, owner: from.owner, person: from.person, due: from.due, state}}).then(again);
  return <>
    <h3>{t('tasks')}</h3>
    {group.tasks.length === 0 ? <p class="none">{t('none-known')}</p> : null}
    {group.tasks.map((each) => (
      <div key={each.task} class="card">
        {each.rival ? <p class="warning">{t('rival-versions')}</p> : null}
        <div class="beside">
          {each.versions.map((one) => (
            <div key={one.digest}>
              <b><Said>{one.title}</Said></b> <Chip kind="task" value={one.state} />{one.overdue ? <b class="bad-words"> {t('overdue')}</b> : null}
              <Facts rows={[
                [t('owner'), <><PartyName of={one.owner} />{one.person ? <> · <Said>{one.person}</Said></> : null}</>], [t('due'), <Time at={one.due} />],
                [t('stated'), <><Time at={one.at} /> <Said>{partyName(one.author)}</Said> (<Said>{one.operator}</Said>)</>],
              ]} />
            </div>
          ))}
        </div>
        {member ? (
          <Actions>
            {each.versions.length === 1 && each.versions[0]!.state === 'open' ? <>
              <Act action="task-done" done={t('task-done-now')} run={set(each, each.versions[0]!, 'done')}>{t('mark-done')}</Act>
              <Act action="task-cancelled" confirm={t('are-you-sure')} done={t('task-cancelled-now')} run={set(each, each.versions[0]!, 'cancelled')}>{t('call-off')}</Act>
            </> : null}
            <button onClick={() => openForm('group-task', `${group.group} ${each.task}`)}>{t('change')}</button>
          </Actions>
        ) : null}
      </div>
    ))}
  </>;
}

/** Bring a document from the node and check its bytes once more here before they are offered. */
async function keepDocument(group: string, of: DocumentTold): Promise<void> {
  const told = await ask('GET /v1/groups/{owner}/{number}/documents/{digest}', {path: {...halves(group, 'owner'), digest: of.digest}, query: {exercise: exercise.peek()}});
  const bytes = bytesOf(told.content_base64 ?? '');
  const found = await sha256(bytes);
  if (found !== null && found !== of.sha256) throw new Error(t('digest-differs', {found: short(found)}));
  offer(of.name, bytes);
}

function Documents({group}: Shared): JSX.Element {
  return <>
    <h3>{t('documents')}</h3>
    {group.documents.length === 0 ? <p class="none">{t('none-known')}</p> : (
      <Grid label={t('documents')} heads={[t('name'), t('kind'), t('made'), 'SHA-256', t('file')]}>
        {group.documents.map((each) => (
          <tr key={each.digest}>
            <th scope="row"><Said>{each.name}</Said></th><td><Code>{each.media_type} {each.size_bytes} B</Code></td><td><By of={each} /></td>
            <td><Code>{each.sha256}</Code></td>
            <td><Act action="keep-document" done={t('document-kept')} run={() => keepDocument(group.group, each)}>{t('keep-file')}</Act></td>
          </tr>
        ))}
      </Grid>
    )}
  </>;
}
