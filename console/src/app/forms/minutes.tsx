/** After a meeting: who of this side was there, minutes or this side's version of them; and a meeting out of a calendar file. */

import type {JSX} from 'preact';
import {useEffect} from 'preact/hooks';
import {ask, halves} from '../api';
import {draftOf} from '../drafts';
import {t} from '../i18n';
import {exercise} from '../preferences';
import {meetings, status} from '../store';
import {Code, Said, short, Time} from '../text';
import {select} from '../view';
import {ChangedMeanwhile} from './changed';
import {PickFile} from './file_drop';
import {Checks, Field, Form, refusal} from './fields';

export {CounterForm} from './meeting';

const lines = (text: string): string[] => text.split('\n').map((each) => each.trim()).filter(Boolean);

interface TaskRow {
  title: string;
  owner: string;
  due: string;
  person: string;
}

interface MinutesDraft {
  lines: string;
  decisions: string;
  tasks: TaskRow[];
  /** Versions that stood when this draft was begun, or that its writer has seen since; null before they are known. */
  seen: string[] | null;
}

async function back(meeting: string): Promise<void> {
  await meetings.refresh();
  queueMicrotask(() => select({kind: 'meeting', id: meeting}));
}

export function MinutesForm({about = ''}: {about?: string}): JSX.Element {
  const [id = '', disputed] = about.split(' ');
  const meeting = meetings.value?.find((each) => each.meeting === id);
  const draft = draftOf<MinutesDraft>(`minutes ${about}`, {lines: '', decisions: '', tasks: [], seen: null});
  const now = draft.value.value;
  const versions = meeting?.minutes ?? [];
  const known = versions.map((each) => each.digest);
  const theirs = versions.find((each) => each.digest === disputed);
  useEffect(() => {
    if (meeting === undefined) return;
    draft.begin((before) => {
      if (before.seen !== null) return null;
      // one's own version begins as the other side's: what differs is what was changed in it
      const begun = theirs !== undefined && before.lines === '' && before.decisions === '' ? {
        lines: theirs.lines.join('\n'), decisions: theirs.decisions.join('\n'),
        tasks: theirs.tasks.map((each) => ({title: each.title, owner: each.owner, due: each.due, person: each.person ?? ''})),
      } : {};
      return {...begun, seen: known};
    });
  }, [meeting === undefined]);
  const unseen = now.seen === null ? [] : versions.filter((each) => !now.seen!.includes(each.digest));
  const set = (index: number, part: Partial<TaskRow>): void => draft.set({tasks: now.tasks.map((each, at) => (at === index ? {...each, ...part} : each))});
  const names = new Map([[status.value?.party ?? '', status.value?.name ?? ''], ...(status.value?.peers ?? []).map((each): [string, string] => [each.party, each.name])]);
  const owners = (meeting?.parties ?? []).map((each): [string, string] => [each, names.get(each) || each]);
  const submit = async (): Promise<string> => {
    await ask('POST /v1/meetings/{owner}/{number}/minutes', {
      path: halves(id, 'owner'), query: {exercise: exercise.value},
      body: {lines: lines(now.lines), decisions: lines(now.decisions), tasks: now.tasks.map((each) => ({...each, due: each.due.trim(), person: each.person.trim() || null})), disputes: disputed ?? null},
    });
    await back(id);
    return t('minutes-proposed');
  };
  return (
    <Form title={t(disputed === undefined ? 'propose-minutes' : 'own-version')} draft={draft} submit={submit} action={t('propose')} disabled={unseen.length > 0}>
      <ChangedMeanwhile changed={unseen.length > 0} who={<><Said>{unseen[0]?.author ?? ''}</Said> <Said>{unseen[0]?.operator ?? ''}</Said> <Time at={unseen[0]?.at} /> <Code>{short(unseen[0]?.digest ?? '')}</Code></>}
        onTheirs={() => { void draft.discard(); select({kind: 'meeting', id}); }} onMine={() => draft.set({seen: known})}>
        <ol>{unseen[0]?.lines.map((each, index) => <li key={index}><Said>{each}</Said></li>)}</ol>
      </ChangedMeanwhile>
      {disputed === undefined ? null : <p class="warning">{t('own-version-words')} <Code>{short(disputed)}</Code></p>}
      <Field name="lines" label={t('what-was-said')} kind="area" value={now.lines} onInput={(value) => draft.set({lines: value})} hint={t('one-a-line')} />
      <Field name="decisions" label={t('decisions')} kind="area" value={now.decisions} onInput={(decisions) => draft.set({decisions})} hint={t('one-a-line')} />
      {now.tasks.map((each, index) => (
        <fieldset key={index}><legend>{t('task')} {index + 1}</legend>
          <Field name={`tasks[${index}].title`} label={t('title')} value={each.title} onInput={(title) => set(index, {title})} />
          <Field name={`tasks[${index}].owner`} label={t('owner')} kind="select" options={[['', '–'], ...owners]} value={each.owner} onInput={(owner) => set(index, {owner})} />
          <Field name={`tasks[${index}].person`} label={t('person')} value={each.person} onInput={(person) => set(index, {person})} hint={t('may-be-empty')} />
          <Field name={`tasks[${index}].due`} label={t('due')} kind="code" value={each.due} onInput={(due) => set(index, {due})} hint={t('time-hint')} />
          <button type="button" class="small" onClick={() => draft.set({tasks: now.tasks.filter((_, at) => at !== index)})}>{t('remove')}</button>
        </fieldset>
      ))}
      <p><button type="button" onClick={() => draft.set({tasks: [...now.tasks, {title: '', owner: '', due: '', person: ''}]})}>{t('add-task')}</button></p>
    </Form>
  );
}

interface Present {
  name: string;
  role: string;
  since: string;
  until: string;
}

const NOBODY: Present = {name: '', role: '', since: '', until: ''};

export function AttendanceForm({about = ''}: {about?: string}): JSX.Element {
  const meeting = meetings.value?.find((each) => each.meeting === about);
  const current = meeting?.proposals.find((each) => each.digest === meeting.current);
  const first: Present = {...NOBODY, since: current?.start ?? '', until: current?.end ?? ''};
  const draft = draftOf<{persons: Present[]}>(`attendance ${about}`, {persons: [first]});
  const now = draft.value.value;
  const set = (index: number, part: Partial<Present>): void => draft.set({persons: now.persons.map((each, at) => (at === index ? {...each, ...part} : each))});
  const submit = async (): Promise<string> => {
    const persons = now.persons.map((each) => ({name: each.name, role: each.role, since: each.since.trim(), until: each.until.trim() || null}));
    await ask('POST /v1/meetings/{owner}/{number}/attendance', {path: halves(about, 'owner'), query: {exercise: exercise.value}, body: {persons}});
    await back(about);
    return t('attendance-stated');
  };
  return (
    <Form title={t('who-was-there')} draft={draft} submit={submit} action={t('enter')}>
      <p class="hint">{t('attendance-words')}</p>
      {now.persons.map((each, index) => (
        <fieldset key={index}><legend>{t('person')} {index + 1}</legend>
          <Field name={`persons[${index}].name`} label={t('name')} value={each.name} onInput={(name) => set(index, {name})} />
          <Field name={`persons[${index}].role`} label={t('role')} value={each.role} onInput={(role) => set(index, {role})} hint={t('may-be-empty')} />
          <Field name={`persons[${index}].since`} label={t('starts')} kind="code" value={each.since} onInput={(since) => set(index, {since})} hint={t('time-hint')} />
          <Field name={`persons[${index}].until`} label={t('ends')} kind="code" value={each.until} onInput={(until) => set(index, {until})} hint={t('may-be-empty')} />
          {now.persons.length > 1 ? <button type="button" class="small" onClick={() => draft.set({persons: now.persons.filter((_, at) => at !== index)})}>{t('remove')}</button> : null}
        </fieldset>
      ))}
      <p><button type="button" onClick={() => draft.set({persons: [...now.persons, first]})}>{t('add-person')}</button></p>
    </Form>
  );
}

const CALENDAR_BYTES_MAX = 64 * 1024;

export function CalendarForm(): JSX.Element {
  const draft = draftOf<{calendar: string; name: string; parties: string[]}>('calendar', {calendar: '', name: '', parties: []});
  const now = draft.value.value;
  const peers = (status.value?.peers ?? []).filter((each) => !each.removed_at).map((each): [string, string] => [each.party, each.name]);
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    draft.set({name: file.name, calendar: file.size > CALENDAR_BYTES_MAX ? '' : await file.text()});
  };
  const submit = async (): Promise<string> => {
    if (now.calendar === '') throw refusal('calendar', t('choose-calendar'));
    await ask('POST /v1/meetings/import', {query: {exercise: exercise.value}, body: {calendar: now.calendar, parties: now.parties}});
    await meetings.refresh();
    return t('meeting-proposed');
  };
  return (
    <Form title={t('do-calendar')} draft={draft} submit={submit} action={t('propose')}>
      <div class="drop"><PickFile label={t('file')} accept=".ics,text/calendar" onPick={(files) => void take(files?.[0])} /></div>
      <p>{now.name ? <Said>{now.name}</Said> : null}</p>
      <Field name="calendar" label={t('calendar-file')} kind="area" value={now.calendar} onInput={(calendar) => draft.set({calendar})} hint={t('choose-calendar')} />
      <Checks field="parties" label={t('parties')} names={peers} chosen={now.parties} onChange={(parties) => draft.set({parties})} />
    </Form>
  );
}
