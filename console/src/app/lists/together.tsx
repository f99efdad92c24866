/** Meetings and working groups. */

import type {JSX} from 'preact';
import {ask, halves} from '../api';
import {t, word} from '../i18n';
import {exercise} from '../preferences';
import {groups, meetings, status} from '../store';
import {Chip, Code, Facts, Said, Time} from '../text';
import {Act, Actions} from '../forms/act';
import {openForm} from '../view';
import {GroupPost} from '../forms/group';
import {Rows, type Row} from './rows';

export function Together(): JSX.Element {
  const meetingRows = (meetings.value ?? []).map((each): Row => {
    const now = each.proposals.find((one) => one.digest === each.current) ?? each.proposals.at(-1);
    return {
      ref: {kind: 'meeting', id: each.meeting},
      look: each.answer_owed ? 'owed' : '',
      words: [now?.title ?? '', each.state, ...each.parties].join(' '),
      body: <>
        <span class="line"><b><Said>{now?.title ?? each.meeting}</Said></b> <Chip kind="meeting" value={each.state} />{each.in_call ? <Chip kind="meeting" value="in-call" /> : null}</span>
        <span class="line"><Time at={now?.start} /> <small><Said>{each.parties.join(', ')}</Said></small>{each.answer_owed ? <b class="bad-words"> {t('answer-owed')}</b> : null}</span>
      </>,
    };
  });
  const groupRows = (groups.value ?? []).map((each): Row => ({
    ref: {kind: 'group', id: each.group},
    look: each.contested || each.undecided.length ? 'owed' : '',
    words: [each.name ?? '', ...each.members].join(' '),
    body: <>
      <span class="line"><b><Said>{each.name ?? each.group}</Said></b> <Chip kind="group" value={each.standing} />{each.contested ? <Chip kind="group" value="contested" /> : null}</span>
      <span class="line"><small><Said>{each.members.join(', ')}</Said>{each.overdue_tasks ? <b class="bad-words"> {t('overdue-tasks', {n: each.overdue_tasks})}</b> : null}</small></span>
    </>,
  }));
  return <>
    <h2>{t('meetings')} <button onClick={() => openForm('meeting')}>{t('new')}</button></h2>
    <Rows label={t('meetings')} of={meetings} rows={meetingRows} none={t('none-known')} />
    <h2>{t('groups')} <button onClick={() => openForm('group')}>{t('new')}</button></h2>
    <Rows label={t('groups')} of={groups} rows={groupRows} none={t('none-known')} />
  </>;
}

export function MeetingDetail({id}: {id: string}): JSX.Element {
  const meeting = meetings.value?.find((each) => each.meeting === id);
  if (meeting === undefined) return <p class="none">{t('not-known-here')} <Code>{id}</Code></p>;
  const now = meeting.proposals.find((one) => one.digest === meeting.current) ?? meeting.proposals.at(-1);
  const path = halves(id, 'owner');
  const query = {exercise: exercise.value};
  const answer = (reply: 'accept' | 'decline') => (words?: string): Promise<unknown> =>
    ask('POST /v1/meetings/{owner}/{number}/answer', {path, query, body: {reply, ...(words ? {words} : {})}}).then(() => meetings.refresh());
  const call = `/console/meeting.html#${new URLSearchParams({meeting: id, ...(exercise.value ? {exercise: 'true'} : {})}).toString()}`;
  return (
    <article>
      <h2><Said>{now?.title ?? id}</Said> <Chip kind="meeting" value={meeting.state} /></h2>
      <Actions>
        {meeting.answer_owed ? <>
          <Act action="acknowledge" primary done={t('accepted')} run={answer('accept')}>{t('accept')}</Act>
          <Act action="decline" ask={t('reason')} done={t('declined')} run={answer('decline')}>{t('decline')}</Act>
        </> : null}
        <a class="button" href={call} target="_blank" rel="noopener">{t('open-call')}</a>
        <Act action="cancel" ask={t('reason')} done={t('cancelled')} run={(reason) => ask('POST /v1/meetings/{owner}/{number}/cancel', {path, query, body: {reason: reason ?? ''}}).then(() => meetings.refresh())}>{t('call-off')}</Act>
      </Actions>
      <Facts rows={[
        [t('window'), <><Time at={now?.start} /> – <Time at={now?.end} /></>],
        [t('stated'), now ? <><Said>{now.stated}</Said> <Code>{now.zone}</Code></> : null],
        [t('by-zone'), <>{meeting.times.map((each) => <span key={each.party}><Said>{each.party}</Said>: <Code>{each.start ?? '?'} {each.zone ?? ''}</Code> </span>)}</>],
        [t('means'), now ? word('means', now.means) : null], [t('place'), now?.place ? <Said>{now.place}</Said> : null],
        [t('in-call'), String(meeting.in_call)], [t('id'), <Code>{id}</Code>],
      ]} />
      {now?.agenda.length ? <><h3>{t('agenda')}</h3><ol>{now.agenda.map((each) => <li key={each.item}><Said>{each.item}</Said></li>)}</ol></> : null}
      <h3>{t('answers')}</h3>
      <ul>{meeting.parties.map((each) => <li key={each}><Said>{each}</Said>: {now?.waiting_for.includes(each) ? t('unknown') : <Said>{JSON.stringify(now?.replies[each] ?? null)}</Said>}</li>)}</ul>
      {meeting.minutes.map((each) => <p key={each.digest}>{t('minutes')} <Chip kind="minutes" value={each.state} /> <Said>{each.author}</Said> <Time at={each.at} /></p>)}
    </article>
  );
}

export function GroupDetail({id}: {id: string}): JSX.Element {
  const group = groups.value?.find((each) => each.group === id);
  if (group === undefined) return <p class="none">{t('not-known-here')} <Code>{id}</Code></p>;
  const path = halves(id, 'owner');
  const query = {exercise: exercise.value};
  const mine = status.value?.party ?? '';
  return (
    <article>
      <h2><Said>{group.name ?? id}</Said> <Chip kind="group" value={group.standing} /></h2>
      <Actions>
        {group.standing === 'invited' ? <>
          <Act action="acknowledge" primary done={t('accepted')} run={() => ask('POST /v1/groups/{owner}/{number}/accept', {path, query}).then(() => groups.refresh())}>{t('accept')}</Act>
          <Act action="decline" ask={t('reason')} done={t('declined')} run={(reason) => ask('POST /v1/groups/{owner}/{number}/decline', {path, query, body: {reason: reason ?? ''}}).then(() => groups.refresh())}>{t('decline')}</Act>
        </> : null}
      </Actions>
      {group.contested ? <p class="warning">{t('contested')}</p> : null}
      <Facts rows={[[t('kind'), group.type ? word('grouptype', group.type) : t('unknown')], [t('members'), <Said>{group.members.join(', ')}</Said>], [t('undecided'), group.undecided.length ? <Said>{group.undecided.join(', ')}</Said> : null], [t('id'), <Code>{id}</Code>]]} />
      {group.members.includes(mine) ? <GroupPost id={id} /> : null}
    </article>
  );
}
