/** A further version of an incident's task: whoever is second sees what the first made of it. */

import type {JSX} from 'preact';
import {useEffect} from 'preact/hooks';
import type {TaskOfTold} from '../api_types';
import {ask, halves} from '../api';
import {draftOf} from '../drafts';
import {t} from '../i18n';
import {Party} from '../parties';
import {exercise} from '../preferences';
import {incidents} from '../store';
import {Facts, Said, Time} from '../text';
import {select} from '../view';
import {useAsked} from '../lists/asked';
import {ChangedMeanwhile} from './changed';
import {Field, Form} from './fields';

interface TaskDraft {
  title: string;
  owner: string;
  due: string;
  state: 'open' | 'done' | 'cancelled';
  words: string;
  /** The version that was read; null: none yet. */
  base: number | null;
}

const STATES = ['open', 'done', 'cancelled'] as const;

const draftFrom = (of: TaskOfTold): TaskDraft => ({title: of.title, owner: of.owner, due: of.due, state: of.state as TaskDraft['state'], words: of.words, base: of.version});

export function IncidentTaskForm({about = ''}: {about?: string}): JSX.Element {
  const [incident = '', task = ''] = about.split(' ');
  const asked = useAsked('GET /v1/incidents/{party}/{number}', halves(incident, 'party'), {exercise: exercise.value}, ['incident.']);
  const draft = draftOf<TaskDraft>(`incident-task ${about}`, {title: '', owner: '', due: '', state: 'open', words: '', base: null});
  const now = draft.value.value;
  const stands = asked.value?.tasks.find((each) => each.task === task);
  useEffect(() => {
    if (stands !== undefined) draft.begin((before) => (before.base === null ? draftFrom(stands) : null));
  }, [asked.at]);
  const changed = stands !== undefined && now.base !== null && stands.version !== now.base;
  const submit = async (): Promise<string> => {
    await ask('POST /v1/incidents/{party}/{number}/tasks', {path: halves(incident, 'party'), query: {exercise: exercise.value}, body: {
      task, title: now.title, owner: now.owner, due: now.due.trim(), state: now.state, words: now.words, base: now.base,
    }});
    await incidents.refresh();
    queueMicrotask(() => select({kind: 'incident', id: incident}));
    return t('task-set');
  };
  return (
    <Form title={t('change-task')} draft={draft} submit={submit} action={t('change-task')} disabled={changed || now.base === null}>
      <ChangedMeanwhile changed={changed} who={<Said>{stands?.set_by ?? ''}</Said>} onTheirs={() => draft.set(draftFrom(stands!))} onMine={() => draft.set({base: stands!.version})}>
        {stands === undefined ? null : <Facts rows={[[t('title'), <Said>{stands.title}</Said>], [t('owner'), <Party of={stands.owner} />], [t('due'), <Time at={stands.due} />], [t('state'), t(`task-${stands.state}`)]]} />}
      </ChangedMeanwhile>
      <Field name="title" label={t('title')} value={now.title} onInput={(title) => draft.set({title})} />
      <Field name="owner" label={t('owner')} value={now.owner} onInput={(owner) => draft.set({owner})} />
      <Field name="due" label={t('due')} kind="code" value={now.due} onInput={(due) => draft.set({due})} hint={t('time-hint')} />
      <Field name="state" label={t('state')} kind="select" options={STATES.map((each): [string, string] => [each, t(`task-${each}`)])} value={now.state} onInput={(state) => draft.set({state: state as TaskDraft['state']})} />
      <Field name="words" label={t('description')} value={now.words} onInput={(words) => draft.set({words})} hint={t('may-be-empty')} />
    </Form>
  );
}
