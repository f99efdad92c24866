/** A working group, and what is said in it. */

import type {JSX} from 'preact';
import {ask, halves} from '../api';
import {draftOf} from '../drafts';
import {t, word} from '../i18n';
import {exercise, language} from '../preferences';
import {groups, status} from '../store';
import {Checks, Field, Form} from './fields';

const TYPES = ['border-incidents', 'flight-safety', 'humanitarian-access', 'technical', 'free'] as const;

interface GroupDraft {
  type: (typeof TYPES)[number];
  name: string;
  terms: string;
  basis: string;
  members: string[];
}

export function GroupForm(): JSX.Element {
  const draft = draftOf<GroupDraft>('group', {type: 'flight-safety', name: '', terms: '', basis: '', members: []});
  const now = draft.value.value;
  const peers = (status.value?.peers ?? []).map((each): [string, string] => [each.party, each.name]);
  const submit = async (): Promise<string> => {
    await ask('POST /v1/groups', {query: {exercise: exercise.value}, body: {type: now.type, name: now.name, terms: now.terms, legal_basis: now.basis, members: now.members}});
    await groups.refresh();
    return t('group-made');
  };
  return (
    <Form title={t('do-group')} draft={draft} submit={submit} action={t('create')}>
      <Field name="type" label={t('kind')} kind="select" options={TYPES.map((each): [string, string] => [each, word('grouptype', each)])} value={now.type} onInput={(type) => draft.set({type: type as GroupDraft['type']})} />
      <Field name="name" label={t('name')} value={now.name} onInput={(name) => draft.set({name})} />
      <Field name="terms" label={t('terms')} kind="area" value={now.terms} onInput={(terms) => draft.set({terms})} />
      <Field name="legal_basis" label={t('legal-basis')} value={now.basis} onInput={(basis) => draft.set({basis})} />
      <Checks field="members" label={t('members')} names={peers} chosen={now.members} onChange={(members) => draft.set({members})} />
    </Form>
  );
}

/** Words in a matter of a group; without one they open a new matter, which takes a subject. */
export function GroupPost({id, matter}: {id: string; matter?: string}): JSX.Element {
  const draft = draftOf<{subject: string; text: string}>(`post ${id}${matter === undefined ? '' : ` ${matter}`}`, {subject: '', text: ''});
  const now = draft.value.value;
  const submit = async (): Promise<string> => {
    await ask('POST /v1/groups/{owner}/{number}/posts', {path: halves(id, 'owner'), query: {exercise: exercise.value}, body: {text: now.text, subject: matter === undefined ? now.subject || null : null, matter: matter ?? null, language: language.peek()}});
    await groups.refresh();
    return t('group-said');
  };
  return (
    <Form title={t(matter === undefined ? 'new-matter' : 'answer-in-matter')} draft={draft} submit={submit} action={t('send')} stays inside>
      {matter === undefined ? <Field name="subject" label={t('subject')} value={now.subject} onInput={(subject) => draft.set({subject})} /> : null}
      <Field name="text" label={t('text')} kind="area" value={now.text} onInput={(text) => draft.set({text})} />
    </Form>
  );
}
