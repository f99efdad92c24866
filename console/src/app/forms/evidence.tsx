/** Export of evidence: one person asks for it, another approves the list, and only then are the bytes handed out. */

import type {JSX} from 'preact';
import type {ExportedTold} from '../api_types';
import {ask} from '../api';
import {draftOf} from '../drafts';
import {bytesOf, offer, sha256} from '../files';
import {t} from '../i18n';
import {exercise} from '../preferences';
import {incidents} from '../store';
import {say} from '../view';
import {Field, Form} from './fields';

interface ExportDraft {
  title: string;
  incident: string;
  records: string;
  kinds: string;
  since: string;
  until: string;
  about: string;
}

const words = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean);

/** Keep the bundle; its digest is counted here once more. */
export async function keepBundle(told: ExportedTold): Promise<void> {
  const bytes = bytesOf(told.content_base64);
  const digest = await sha256(bytes);
  if (digest !== null && digest !== told.sha256) throw new Error(t('digest-differs', {found: digest}));
  offer(told.name, bytes);
  const left = told.without_checkpoint.length + told.missing.length + told.digest_only.length;
  say(t('evidence-kept', {n: told.shown, files: told.files, left}));
}

export function EvidenceForm({about = ''}: {about?: string}): JSX.Element {
  const draft = draftOf<ExportDraft>(`evidence${about ? ` ${about}` : ''}`, {title: '', incident: about, records: '', kinds: '', since: '', until: '', about: ''});
  const now = draft.value.value;
  const own = incidents.value?.incidents ?? [];
  const submit = async (): Promise<string> => {
    const told = await ask('POST /v1/evidence/exports', {query: {exercise: exercise.value}, body: {
      title: now.title, incident: now.incident || null, records: words(now.records), kinds: words(now.kinds),
      since: now.since.trim() || null, until: now.until.trim() || null, about: now.about.trim() || null,
    }});
    await keepBundle(told);
    return t('evidence-made');
  };
  return (
    <Form title={t('do-evidence')} draft={draft} submit={submit} action={t('do-evidence')}>
      <p class="hint">{t('evidence-words')}</p>
      <Field name="title" label={t('title')} value={now.title} onInput={(title) => draft.set({title})} hint={t('evidence-title-hint')} />
      <Field name="incident" label={t('kind-incident')} kind="select" options={[['', '–'], ...own.map((each): [string, string] => [each.incident, `${each.title} · ${each.incident}`])]} value={now.incident} onInput={(incident) => draft.set({incident})} />
      <Field name="records" label={t('evidence-records')} kind="area" value={now.records} onInput={(records) => draft.set({records})} hint={t('digest-hint')} />
      <Field name="kinds" label={t('evidence-kinds')} kind="code" value={now.kinds} onInput={(kinds) => draft.set({kinds})} hint={t('evidence-kinds-hint')} />
      <Field name="since" label={t('from-time')} kind="code" value={now.since} onInput={(since) => draft.set({since})} hint={t('time-hint')} />
      <Field name="until" label={t('to-time')} kind="code" value={now.until} onInput={(until) => draft.set({until})} hint={t('time-hint')} />
      <Field name="about" label={t('about')} kind="code" value={now.about} onInput={(named) => draft.set({about: named})} hint={t('evidence-about-hint')} />
    </Form>
  );
}
