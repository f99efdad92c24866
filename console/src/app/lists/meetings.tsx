/** A meeting: what is proposed and by whom answered, who was there, and each side's version of the minutes beside the other. */

import type {JSX} from 'preact';
import type {MeetingTold, MinutesTold} from '../api_types';
import {ask, halves} from '../api';
import {diffLines} from '../diff';
import {offer} from '../files';
import {t, word} from '../i18n';
import {Party, PartyName, partyWords} from '../parties';
import {exercise} from '../preferences';
import {mayDo} from '../session';
import {meetings, status} from '../store';
import {Chip, Code, Facts, Said, short, Time, Window} from '../text';
import {Act, Actions} from '../forms/act';
import {openForm, select} from '../view';
import {Diff} from './agreements';

export function MeetingDetail({id}: {id: string}): JSX.Element {
  const meeting = meetings.value?.find((each) => each.meeting === id);
  if (meeting === undefined) return <p class="none">{t('not-known-here')} <Code>{id}</Code></p>;
  const now = meeting.proposals.find((one) => one.digest === meeting.current) ?? meeting.proposals.at(-1);
  const path = halves(id, 'owner');
  const query = {exercise: exercise.value};
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || null;
  const answer: Answer = (reply, proposal) => (words) =>
    ask('POST /v1/meetings/{owner}/{number}/answer', {path, query, body: {reply, zone, proposal: proposal ?? null, ...(words ? {words} : {})}}).then(() => meetings.refresh());
  const call = `/console/meeting.html#${new URLSearchParams({meeting: id, ...(exercise.value ? {exercise: 'true'} : {})}).toString()}`;
  const calendar = async (): Promise<void> => {
    const told = await ask('GET /v1/meetings/{owner}/{number}/calendar', {path, query});
    offer(told.name, new TextEncoder().encode(told.calendar));
  };
  return (
    <article>
      <h2><Said>{now?.title ?? id}</Said> <Chip kind="meeting" value={meeting.state} /></h2>
      <Actions>
        {meeting.answer_owed ? <>
          <Act action="acknowledge" primary done={t('accepted')} run={answer('accept')}>{t('accept')}</Act>
          <Act action="decline" ask={t('reason')} done={t('declined')} run={answer('decline')}>{t('decline')}</Act>
        </> : null}
        <a class="button" href={call} target="_blank" rel="noopener">{t('open-call')}</a>
        {mayDo('meeting.arrange') ? <>
          <button onClick={() => openForm('counter', id)}>{t('counter')}</button>
          <button onClick={() => openForm('attendance', id)}>{t('who-was-there')}</button>
          <button onClick={() => openForm('minutes', id)}>{t('propose-minutes')}</button>
        </> : null}
        <Act action="calendar" done={t('calendar-kept')} run={calendar}>{t('calendar-file')}</Act>
        <Act action="cancel" ask={t('reason')} done={t('cancelled')} run={(reason) => ask('POST /v1/meetings/{owner}/{number}/cancel', {path, query, body: {reason: reason ?? ''}}).then(() => meetings.refresh())}>{t('call-off')}</Act>
      </Actions>
      {meeting.cancelled_by.length ? <p class="warning">{t('called-off-by')} <Said>{meeting.cancelled_by.join(', ')}</Said></p> : null}
      <Facts rows={[
        [t('window'), <Window from={now?.start} until={now?.end} />],
        [t('stated'), now ? <><Said>{now.stated}</Said> <Code>{now.zone}</Code></> : null],
        [t('by-zone'), <>{meeting.times.map((each) => <div key={each.party}><PartyName of={each.party} />: <Code>{each.start ?? '?'} {each.zone ?? ''}</Code></div>)}</>],
        [t('means'), now ? word('means', now.means) : null], [t('place'), now?.place ? <Said>{now.place}</Said> : null],
        [t('group'), meeting.group ? <button class="small" onClick={() => select({kind: 'group', id: meeting.group!})}><Code>{meeting.group}</Code></button> : null],
        [t('in-call'), String(meeting.in_call)], [t('id'), <Code>{id}</Code>],
      ]} />
      {now?.agenda.length ? <><h3>{t('agenda')}</h3><ol>{now.agenda.map((each) => <li key={each.item}><Said>{each.item}</Said>{each.matter ? <> <button class="small" onClick={() => select({kind: 'matter', id: each.matter!})}>{t('show-matter')}</button></> : null}</li>)}</ol></> : null}
      <Proposals of={meeting} answer={answer} />
      <h3>{t('attendance')}</h3>
      {meeting.attendance.length === 0 ? <p class="none">{t('attendance-unknown')}</p> : <ul>{meeting.attendance.map((each, index) => <li key={index}><Said>{each.name}</Said> <Said>{each.role}</Said> – <PartyName of={each.party} /> <Window from={each.since} until={each.until} /></li>)}</ul>}
      <Minutes of={meeting} />
    </article>
  );
}

function PartyNames({of}: {of: string[]}): JSX.Element {
  return of.length === 0 ? <>{t('nobody')}</> : <>{of.map((each) => <div key={each}><PartyName of={each} /></div>)}</>;
}

type Answer = (reply: 'accept' | 'decline', proposal?: string) => (words?: string) => Promise<unknown>;

/** Every proposal; one that counters another waits for an answer of its own, and the other stands meanwhile. */
function Proposals({of, answer}: {of: MeetingTold; answer: Answer}): JSX.Element {
  const mine = status.value?.party ?? '';
  const open = (each: MeetingTold['proposals'][number]): boolean => of.cancelled_by.length === 0 && each.digest !== of.answer_owed && each.waiting_for.includes(mine);
  return <>
    <h3>{t('answers')}</h3>
    {of.proposals.map((each) => (
      <div key={each.digest} class="card">
        <p><b><Said>{each.title}</Said></b> <Window from={each.start} until={each.end} />{each.digest === of.current ? <Chip kind="proposal" value="current" /> : null} <small><Party of={each.author} /> (<Said>{each.operator}</Said>) <Code>{short(each.digest)}</Code></small></p>
        <ul>{of.parties.map((party) => <li key={party}><PartyName of={party} />: {each.waiting_for.includes(party) ? t('unknown') : word('reply', each.replies[party] ?? 'unknown')}</li>)}</ul>
        {open(each) ? (
          <Actions>
            <Act action="accept-counter" primary done={t('accepted')} run={answer('accept', each.digest)}>{t('accept')}</Act>
            <Act action="decline-counter" ask={t('reason')} done={t('declined')} run={answer('decline', each.digest)}>{t('decline')}</Act>
          </Actions>
        ) : null}
      </div>
    ))}
  </>;
}

/** A version as text, for what differs between two. */
function written(of: MinutesTold): string {
  return [
    ...of.lines, `— ${t('decisions')}`, ...of.decisions, `— ${t('tasks')}`,
    ...of.tasks.map((each) => `${each.title} | ${each.owner} | ${each.person ?? ''} | ${each.due}`),
  ].join('\n');
}

function Minutes({of}: {of: MeetingTold}): JSX.Element {
  const mine = status.value?.party;
  const query = {exercise: exercise.value};
  const path = halves(of.meeting, 'owner');
  const sign = (minutes: string) => (): Promise<unknown> => ask('POST /v1/meetings/{owner}/{number}/sign', {path, query, body: {minutes}}).then(() => meetings.refresh());
  return <>
    <h3>{t('minutes')}</h3>
    {of.minutes.length === 0 ? <p class="none">{t('no-minutes')}</p> : null}
    {of.minutes.length > 1 ? <p class="hint">{t('versions-beside', {n: of.minutes.length})}</p> : null}
    <div class="beside" role="group" aria-label={t('minutes')}>
      {of.minutes.map((each) => (
        <section key={each.digest} class={`version minutes-${each.state}`} aria-label={`${t('minutes')} ${partyWords(each.author)}`}>
          <h4><PartyName of={each.author} /> <Chip kind="minutes" value={each.state} /></h4>
          <p><small><Said>{each.operator}</Said> <Time at={each.at} /> <Code>{short(each.digest)}</Code></small></p>
          {each.disputes ? <p class="warning">{t('disputes-version')} <Code>{short(each.disputes)}</Code></p> : null}
          {each.disputed_by.length ? <p class="warning">{t('disputed-by')} <Said>{each.disputed_by.map((one) => of.minutes.find((other) => other.digest === one)?.author ?? one).join(', ')}</Said></p> : null}
          <ol>{each.lines.map((one, index) => <li key={index}><Said>{one}</Said></li>)}</ol>
          <h5>{t('decisions')}</h5>
          {each.decisions.length ? <ol>{each.decisions.map((one, index) => <li key={index}><Said>{one}</Said></li>)}</ol> : <p class="none">{t('none-stated')}</p>}
          <h5>{t('tasks')}</h5>
          {each.tasks.length ? <ul>{each.tasks.map((one, index) => <li key={index}><Said>{one.title}</Said> – <PartyName of={one.owner} />{one.person ? <> <Said>{one.person}</Said></> : null}, {t('due')} <Time at={one.due} />{one.overdue ? <b class="bad-words"> {t('overdue')}</b> : null}</li>)}</ul> : <p class="none">{t('none-stated')}</p>}
          <Facts rows={[[t('signed-by'), <PartyNames of={each.signed_by} />], [t('waiting-for'), <PartyNames of={each.waiting_for} />]]} />
          <Actions>
            {of.unsigned.includes(each.digest) && mayDo('meeting.sign') ? <Act action="sign-minutes" primary confirm={t('sign-sure')} done={t('signed')} run={sign(each.digest)}>{t('sign')}</Act> : null}
            {each.author !== mine && mayDo('meeting.arrange') ? <button onClick={() => openForm('minutes', `${of.meeting} ${each.digest}`)}>{t('own-version')}</button> : null}
          </Actions>
        </section>
      ))}
    </div>
    {of.minutes.filter((each) => each.disputes !== null).map((each) => {
      const other = of.minutes.find((one) => one.digest === each.disputes);
      return other === undefined ? null : <div key={each.digest}><h4>{t('what-differs')}: <PartyName of={other.author} /> / <PartyName of={each.author} /></h4><Diff lines={diffLines(written(other), written(each))} /></div>;
    })}
  </>;
}
