/** A meeting: proposed with the zone that its time is stated in. */

import type {JSX} from 'preact';
import {ask} from '../api';
import {draftOf} from '../drafts';
import {t, word} from '../i18n';
import {exercise} from '../preferences';
import {meetings, status} from '../store';
import {Checks, Field, Form} from './fields';

const MEANS = ['video', 'in-person', 'other'] as const;

interface MeetingDraft {
  title: string;
  start: string;
  end: string;
  zone: string;
  parties: string[];
  means: (typeof MEANS)[number];
  place: string;
  agenda: string;
}

export function MeetingForm(): JSX.Element {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  const draft = draftOf<MeetingDraft>('meeting', {title: '', start: '', end: '', zone, parties: [], means: 'video', place: '', agenda: ''});
  const now = draft.value.value;
  const set = (part: Partial<MeetingDraft>): void => draft.set(part);
  const peers = (status.value?.peers ?? []).map((each): [string, string] => [each.party, each.name]);
  const submit = async (): Promise<string> => {
    const agenda = now.agenda.split('\n').map((each) => each.trim()).filter(Boolean).map((item) => ({item}));
    await ask('POST /v1/meetings', {query: {exercise: exercise.value}, body: {title: now.title, start: now.start.trim(), end: now.end.trim(), zone: now.zone.trim(), parties: now.parties, means: now.means, place: now.place, agenda}});
    await meetings.refresh();
    return t('meeting-proposed');
  };
  return (
    <Form title={t('do-meeting')} draft={draft} submit={submit} action={t('propose')}>
      <Field name="title" label={t('title')} value={now.title} onInput={(title) => set({title})} />
      <Field name="start" label={t('starts')} kind="code" value={now.start} onInput={(start) => set({start})} hint={t('time-hint')} />
      <Field name="end" label={t('ends')} kind="code" value={now.end} onInput={(end) => set({end})} hint={t('time-hint')} />
      <Field name="zone" label={t('zone')} kind="code" value={now.zone} onInput={(value) => set({zone: value})} />
      <Checks label={t('parties')} names={peers} chosen={now.parties} onChange={(parties) => set({parties})} />
      <Field name="means" label={t('means')} kind="select" options={MEANS.map((each): [string, string] => [each, word('means', each)])} value={now.means} onInput={(means) => set({means: means as MeetingDraft['means']})} />
      <Field name="place" label={t('place')} value={now.place} onInput={(value) => set({place: value})} />
      <Field name="agenda" label={t('agenda')} kind="area" value={now.agenda} onInput={(agenda) => set({agenda})} hint={t('one-a-line')} />
    </Form>
  );
}
