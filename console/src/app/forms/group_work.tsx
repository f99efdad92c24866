/** What people of a group do there: ask a party in, give a document, set a task. */

import type {JSX} from 'preact';
import {useEffect} from 'preact/hooks';
import type {TaskVersionTold} from '../api_types';
import {ask, halves} from '../api';
import {draftOf} from '../drafts';
import {t} from '../i18n';
import {exercise} from '../preferences';
import {groups, status} from '../store';
import {Facts, Said, Time} from '../text';
import {select} from '../view';
import {useAsked} from '../lists/asked';
import {ChangedMeanwhile} from './changed';
import {Field, Form, refusal} from './fields';
import {FileDrop, KEPT_BYTES_MAX, NO_FILE, type TakenFile} from './file_drop';

/** Back to the group once it is done. */
async function back(group: string): Promise<void> {
  await groups.refresh();
  queueMicrotask(() => select({kind: 'group', id: group}));
}

export function GroupInviteForm({about = ''}: {about?: string}): JSX.Element {
  const draft = draftOf<{party: string; words: string}>(`group-invite ${about}`, {party: '', words: ''});
  const now = draft.value.value;
  const inside = groups.value?.find((each) => each.group === about)?.members ?? [];
  const peers = (status.value?.peers ?? []).filter((each) => !each.removed_at && !inside.includes(each.party));
  const submit = async (): Promise<string> => {
    await ask('POST /v1/groups/{owner}/{number}/invite', {path: halves(about, 'owner'), query: {exercise: exercise.value}, body: {party: now.party, words: now.words}});
    await back(about);
    return t('asked-in');
  };
  return (
    <Form title={t('ask-in')} draft={draft} submit={submit} action={t('ask-in')}>
      <p class="hint">{t('ask-in-words')}</p>
      <Field name="party" label={t('party')} kind="select" options={[['', '–'], ...peers.map((each): [string, string] => [each.party, `${each.name} (${each.party})`])]} value={now.party} onInput={(party) => draft.set({party})} />
      <Field name="words" label={t('words')} kind="area" value={now.words} onInput={(words) => draft.set({words})} />
    </Form>
  );
}

interface DocumentDraft {
  name: string;
  file: TakenFile;
}

export function GroupDocumentForm({about = ''}: {about?: string}): JSX.Element {
  const draft = draftOf<DocumentDraft>(`group-document ${about}`, {name: '', file: NO_FILE});
  const now = draft.value.value;
  const size = now.file.size;
  const lack = now.file.content !== '' ? null : t(size > KEPT_BYTES_MAX ? 'document-too-large' : 'choose-file', {size});
  const submit = async (): Promise<string> => {
    if (lack !== null) throw refusal('content', lack);
    await ask('POST /v1/groups/{owner}/{number}/documents', {path: halves(about, 'owner'), query: {exercise: exercise.value}, body: {name: now.name, content_base64: now.file.content}});
    await back(about);
    return t('document-given');
  };
  return (
    <Form title={t('give-document')} draft={draft} submit={submit} action={t('give-document')}>
      <FileDrop label={t('file')} hint={t('document-words')} taken={now.file} onTake={(file) => draft.set({file, name: file.name})} onDrop={() => draft.set({file: NO_FILE})} />
      <Field name="name" label={t('name')} value={now.name} onInput={(name) => draft.set({name})} />
      <Field name="content" label={t('document-bytes')} value={lack ?? t('document-chosen', {size})} onInput={() => undefined} reads />
    </Form>
  );
}

interface TaskDraft {
  title: string;
  owner: string;
  person: string;
  due: string;
  state: 'open' | 'done' | 'cancelled';
  /** Versions that stood when this draft was begun, or that its writer has seen since. */
  seen: string[] | null;
}

const NEW_TASK: TaskDraft = {title: '', owner: '', person: '', due: '', state: 'open', seen: null};

const draftFrom = (version: TaskVersionTold): Partial<TaskDraft> => ({
  title: version.title, owner: version.owner, person: version.person ?? '', due: version.due, state: version.state as TaskDraft['state'],
});

export function GroupTaskForm({about = ''}: {about?: string}): JSX.Element {
  const [group = '', task] = about.split(' ');
  const asked = useAsked('GET /v1/groups/{owner}/{number}', halves(group, 'owner'), {exercise: exercise.value}, ['group.']);
  const draft = draftOf<TaskDraft>(`group-task ${about}`, NEW_TASK);
  const now = draft.value.value;
  const versions = asked.value?.tasks.find((each) => each.task === task)?.versions ?? [];
  useEffect(() => {
    if (versions.length === 0) return;
    draft.begin((before) => (before.seen !== null ? null : {...(before.title === '' ? draftFrom(versions[0]!) : {}), seen: versions.map((each) => each.digest)}));
  }, [asked.at]);
  const unseen = now.seen === null ? [] : versions.filter((each) => !now.seen!.includes(each.digest));
  const members = asked.value?.parties.filter((each) => each.standing === 'member').map((each) => each.party) ?? [];
  const names = new Map([[status.value?.party ?? '', status.value?.name ?? ''], ...(status.value?.peers ?? []).map((each): [string, string] => [each.party, each.name])]);
  const submit = async (): Promise<string> => {
    await ask('POST /v1/groups/{owner}/{number}/tasks', {
      path: halves(group, 'owner'), query: {exercise: exercise.value},
      body: {title: now.title, owner: now.owner, person: now.person.trim() || null, due: now.due.trim(), state: now.state, task: task ?? null, base: task === undefined ? null : now.seen},
    });
    await back(group);
    return t('task-set');
  };
  return (
    <Form title={t(task === undefined ? 'set-task' : 'change-task')} draft={draft} submit={submit} action={t(task === undefined ? 'set-task' : 'change-task')} disabled={unseen.length > 0}>
      <ChangedMeanwhile changed={unseen.length > 0} who={<><Said>{unseen[0]?.author ?? ''}</Said> <Said>{unseen[0]?.operator ?? ''}</Said> <Time at={unseen[0]?.at} /></>}
        onTheirs={() => draft.set({...draftFrom(unseen[0]!), seen: versions.map((each) => each.digest)})} onMine={() => draft.set({seen: versions.map((each) => each.digest)})}>
        {unseen.map((each) => <Facts key={each.digest} rows={[[t('title'), <Said>{each.title}</Said>], [t('owner'), <Said>{names.get(each.owner) ?? each.owner}</Said>], [t('due'), <Time at={each.due} />], [t('state'), t(`task-${each.state}`)]]} />)}
      </ChangedMeanwhile>
      <Field name="title" label={t('title')} value={now.title} onInput={(title) => draft.set({title})} />
      <Field name="owner" label={t('owner')} kind="select" options={[['', '–'], ...members.map((each): [string, string] => [each, names.get(each) || each])]} value={now.owner} onInput={(owner) => draft.set({owner})} />
      <Field name="person" label={t('person')} value={now.person} onInput={(person) => draft.set({person})} hint={t('may-be-empty')} />
      <Field name="due" label={t('due')} kind="code" value={now.due} onInput={(due) => draft.set({due})} hint={t('time-hint')} />
      {task === undefined ? null : <Field name="state" label={t('state')} kind="select" options={(['open', 'done', 'cancelled'] as const).map((each): [string, string] => [each, t(`task-${each}`)])} value={now.state} onInput={(state) => draft.set({state: state as TaskDraft['state']})} />}
    </Form>
  );
}
