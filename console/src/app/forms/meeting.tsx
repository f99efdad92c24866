/** A meeting: proposed, or countered, with the zone that its time is stated in. */

import type {JSX} from 'preact';
import {ask, halves} from '../api';
import {draftOf, type Draft} from '../drafts';
import {t, word} from '../i18n';
import {exercise} from '../preferences';
import {groups, meetings, status} from '../store';
import {Code, Said, Time, Window} from '../text';
import {select} from '../view';
import {ChangedMeanwhile} from './changed';
import {Checks, Field, Form} from './fields';

const MEANS = ['video', 'in-person', 'other'] as const;

export interface MeetingDraft {
  title: string;
  start: string;
  end: string;
  zone: string;
  parties: string[];
  means: (typeof MEANS)[number];
  place: string;
  agenda: string;
  /** In a counter-proposal: the one that it counters. */
  replaces: string;
}

const empty = (): MeetingDraft => ({
  title: '', start: '', end: '', zone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC', parties: [], means: 'video', place: '', agenda: '', replaces: '',
});

const bodyOf = (now: MeetingDraft) => ({
  title: now.title, start: now.start.trim(), end: now.end.trim(), zone: now.zone.trim(), means: now.means, place: now.place,
  agenda: now.agenda.split('\n').map((each) => each.trim()).filter(Boolean).map((item) => ({item})),
});

function MeetingFields({draft, parties}: {draft: Draft<MeetingDraft>; parties: [string, string][]}): JSX.Element {
  const now = draft.value.value;
  const set = (part: Partial<MeetingDraft>): void => draft.set(part);
  return <>
    <Field name="title" label={t('title')} value={now.title} onInput={(title) => set({title})} />
    <Field name="start" label={t('starts')} kind="code" value={now.start} onInput={(start) => set({start})} hint={t('time-hint')} />
    <Field name="end" label={t('ends')} kind="code" value={now.end} onInput={(end) => set({end})} hint={t('time-hint')} />
    <Field name="zone" label={t('zone')} kind="code" value={now.zone} onInput={(value) => set({zone: value})} />
    {parties.length ? <Checks field="parties" label={t('parties')} names={parties} chosen={now.parties} onChange={(chosen) => set({parties: chosen})} /> : null}
    <Field name="means" label={t('means')} kind="select" options={MEANS.map((each): [string, string] => [each, word('means', each)])} value={now.means} onInput={(means) => set({means: means as MeetingDraft['means']})} />
    <Field name="place" label={t('place')} value={now.place} onInput={(value) => set({place: value})} />
    <Field name="agenda" label={t('agenda')} kind="area" value={now.agenda} onInput={(agenda) => set({agenda})} hint={t('one-a-line')} />
  </>;
}

/** `about`: `group ID` for a meeting of a working group. */
export function MeetingForm({about}: {about?: string}): JSX.Element {
  const group = about?.startsWith('group ') ? about.slice(6) : null;
  const draft = draftOf<MeetingDraft>(`meeting${about === undefined ? '' : ` ${about}`}`, empty());
  const found = groups.value?.find((each) => each.group === group);
  const peers = (status.value?.peers ?? []).filter((each) => !each.removed_at && (group === null || found?.members.includes(each.party)));
  const submit = async (): Promise<string> => {
    const now = draft.value.peek();
    await ask('POST /v1/meetings', {query: {exercise: exercise.value}, body: {...bodyOf(now), parties: now.parties, group}});
    await meetings.refresh();
    return t('meeting-proposed');
  };
  return (
    <Form title={t('do-meeting')} draft={draft} submit={submit} action={t('propose')}>
      {group === null ? null : <p class="hint">{t('of-group')} <Said>{found?.name ?? group}</Said></p>}
      <MeetingFields draft={draft} parties={peers.map((each): [string, string] => [each.party, each.name])} />
    </Form>
  );
}

export function CounterForm({about = ''}: {about?: string}): JSX.Element {
  const meeting = meetings.value?.find((each) => each.meeting === about);
  const stands = meeting?.proposals.find((each) => each.digest === meeting.current) ?? meeting?.proposals.at(-1);
  const before: MeetingDraft = stands === undefined ? empty() : {
    ...empty(), title: stands.title, start: stands.start, end: stands.end, zone: 'UTC', means: stands.means as MeetingDraft['means'], place: stands.place,
    agenda: stands.agenda.map((each) => each.item).join('\n'), replaces: stands.digest,
  };
  const draft = draftOf<MeetingDraft>(`counter ${about}`, before);
  const now = draft.value.value;
  const changed = stands !== undefined && now.replaces !== '' && now.replaces !== stands.digest;
  const submit = async (): Promise<string> => {
    await ask('POST /v1/meetings/{owner}/{number}/counter', {path: halves(about, 'owner'), query: {exercise: exercise.value}, body: {...bodyOf(now), replaces: now.replaces || null}});
    await meetings.refresh();
    queueMicrotask(() => select({kind: 'meeting', id: about}));
    return t('countered');
  };
  return (
    <Form title={t('counter')} draft={draft} submit={submit} action={t('propose')} disabled={changed}>
      <ChangedMeanwhile changed={changed} who={<><Said>{stands?.author ?? ''}</Said> <Said>{stands?.operator ?? ''}</Said> <Time at={stands?.at} /></>} onTheirs={() => draft.set(before)} onMine={() => draft.set({replaces: stands?.digest ?? ''})}>
        <p><Said>{stands?.title ?? ''}</Said> <Window from={stands?.start} until={stands?.end} /> <Code>{stands?.digest.slice(0, 12)}</Code></p>
      </ChangedMeanwhile>
      <p class="hint">{t('counter-words')}</p>
      <MeetingFields draft={draft} parties={[]} />
    </Form>
  );
}
