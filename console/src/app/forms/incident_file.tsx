/** Files of an incident: put in by their bytes or their digest, kept from here, given to parties. */

import type {JSX} from 'preact';
import type {FileOfTold} from '../api_types';
import {ask, halves} from '../api';
import {draftOf} from '../drafts';
import {bytesOf, offer, sha256} from '../files';
import {t} from '../i18n';
import {exercise} from '../preferences';
import {status} from '../store';
import {Code, Facts, Said, Time} from '../text';
import {Act} from './act';
import {Checks, Field, Form, refusal} from './fields';
import {FileDrop, NO_FILE, type TakenFile} from './file_drop';

interface FileDraft {
  file: TakenFile;
  name: string;
  origin: string;
  description: string;
  obtainedAt: string;
}

interface Part {
  id: string;
  done: () => Promise<unknown>;
}

/** What the node is asked of a file: its bytes where they are kept, else its digest and size. */
export function fileBody(file: TakenFile, name: string, origin: string, description: string, obtainedAt: string | null): {
  name: string; origin: string; description: string; obtained_at: string | null; content_base64: string | null; sha256: string | null; size_bytes: number | null;
} {
  const whole = file.content !== '';
  return {
    name, origin, description, obtained_at: obtainedAt, content_base64: whole ? file.content : null, sha256: file.sha256 || null, size_bytes: whole ? null : file.size,
  };
}

export function FileForm({id, done}: Part): JSX.Element {
  const draft = draftOf<FileDraft>(`file ${id}`, {file: NO_FILE, name: '', origin: '', description: '', obtainedAt: ''});
  const now = draft.value.value;
  const submit = async (): Promise<string> => {
    if (now.file.name === '') throw refusal('content', t('choose-file'));
    const body = fileBody(now.file, now.name, now.origin, now.description, now.obtainedAt.trim() || null);
    await ask('POST /v1/incidents/{party}/{number}/files', {path: halves(id, 'party'), query: {exercise: exercise.value}, body});
    await done();
    return t('file-added');
  };
  return (
    <details><summary>{t('add-file')}</summary>
      <Form title={t('add-file')} draft={draft} submit={submit} action={t('add-file')} stays inside>
        <FileDrop label={t('file')} hint={t('file-words')} taken={now.file} onTake={(file) => draft.set({file, name: file.name})} onDrop={() => draft.set({file: NO_FILE})} />
        <Field name="content" label={t('document-bytes')} value={now.file.name ? t('document-chosen', {size: now.file.size}) : t('choose-file')} onInput={() => undefined} reads />
        <Field name="name" label={t('name')} value={now.name} onInput={(name) => draft.set({name})} />
        <Field name="origin" label={t('origin')} value={now.origin} onInput={(origin) => draft.set({origin})} hint={t('file-origin-hint')} />
        <Field name="description" label={t('description')} value={now.description} onInput={(description) => draft.set({description})} hint={t('may-be-empty')} />
        <Field name="obtained_at" label={t('obtained-at')} kind="code" value={now.obtainedAt} onInput={(obtainedAt) => draft.set({obtainedAt})} hint={<>{t('may-be-empty')}. {t('time-hint')}</>} />
      </Form>
    </details>
  );
}

/** Keep a file of the incident; its digest is compared with the one on record before. */
async function keepFile(id: string, each: FileOfTold): Promise<void> {
  const papers = await ask('GET /v1/incidents/{party}/{number}/papers', {path: halves(id, 'party'), query: {exercise: exercise.value}});
  const found = papers.files.find((one) => one.sha256 === each.sha256);
  if (found === undefined) throw new Error(t('file-not-here'));
  const bytes = bytesOf(found.content_base64);
  const digest = await sha256(bytes);
  if (digest !== null && digest !== each.sha256) throw new Error(t('digest-differs', {found: digest}));
  offer(each.name, bytes);
}

export function FileRow({id, each, done}: Part & {each: FileOfTold}): JSX.Element {
  return (
    <li class="card file">
      <span class="line"><b><Said>{each.name}</Said></b> <Code>{each.size_bytes} B</Code> {each.media_type ? <Code>{each.media_type}</Code> : null} {each.stored ? null : <b class="doubt-words">{t('file-digest-alone')}</b>}</span>
      <Facts rows={[
        [t('digest'), <Code>{each.sha256}</Code>], [t('origin'), <Said>{each.origin}</Said>], [t('description'), each.description ? <Said>{each.description}</Said> : null],
        [t('obtained-at'), each.obtained_at ? <Time at={each.obtained_at} /> : null], [t('given-to'), each.given_to.length ? <Said>{each.given_to.join(', ')}</Said> : t('nobody')],
      ]} />
      <div class="actions">
        {each.stored ? <Act action="keep-file" done={t('file-kept')} run={() => keepFile(id, each)}>{t('keep-file')}</Act> : null}
      </div>
      <GiveFile id={id} each={each} done={done} />
    </li>
  );
}

function GiveFile({id, each, done}: Part & {each: FileOfTold}): JSX.Element {
  const draft = draftOf<{to: string[]}>(`give-file ${id} ${each.sha256}`, {to: []});
  const now = draft.value.value;
  const peers = (status.value?.peers ?? []).map((one): [string, string] => [one.party, one.name]);
  const submit = async (): Promise<string> => {
    await ask('POST /v1/incidents/{party}/{number}/files/{sha256}/give', {path: {...halves(id, 'party'), sha256: each.sha256}, query: {exercise: exercise.value}, body: {to: now.to}});
    await done();
    return t('file-given');
  };
  return (
    <details><summary>{t('give-file')}</summary>
      <Form title={t('give-file')} draft={draft} submit={submit} action={t('give-file')} disabled={now.to.length === 0} stays inside>
        <Checks field="to" label={t('to')} names={peers} chosen={now.to} onChange={(to) => draft.set({to})} />
      </Form>
    </details>
  );
}
