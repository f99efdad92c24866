/** Opening an incident, and what is added to one: links by digest, tasks, tellings, and claims given. */

import {useState} from 'preact/hooks';
import type {JSX} from 'preact';
import type {IncidentMessagesLinkWritten as LinkWritten, OpenIncident, TellingTold} from '../api_types';
import {ask, halves} from '../api';
import {draftOf} from '../drafts';
import {t, word} from '../i18n';
import {Parties} from '../parties';
import {exercise} from '../preferences';
import {session} from '../session';
import {incidents, status} from '../store';
import {Chip, Code, Said, short} from '../text';
import {select} from '../view';
import {Checks, Field, Form} from './fields';

export const KINDS = ['border-violation', 'loss-of-separation', 'unsafe-conduct', 'late-or-missing-notice', 'harm-to-protected-site', 'harm-to-civilians', 'interference', 'other'] as const;
const LINKED = ['track', 'file', 'agreement', 'intent', 'alert', 'message', 'notice', 'site', 'observation', 'claim', 'telling', 'record'] as const;
const SOURCES = ['alert', 'message', 'claim', 'telling'] as const;

interface OpenDraft {
  kind: (typeof KINDS)[number];
  title: string;
  words: string;
  starts: string;
  startsZone: string;
  ends: string;
  endsZone: string;
}

const timeOf = (stated: string, zone: string): {stated: string; zone: string} | null => (stated.trim() === '' ? null : {stated: stated.trim(), zone: zone.trim()});

/** What opened it, out of `alert ID`, `message DIGEST`, `claim DIGEST`, `telling DIGEST`. */
function becauseOf(about: string | undefined): OpenIncident['because'] {
  const cut = about?.indexOf(' ') ?? -1;
  if (about === undefined || cut < 0) return null;
  const source = SOURCES.find((each) => each === about.slice(0, cut));
  return source === undefined ? null : {source, record: about.slice(cut + 1)};
}

export function IncidentForm({about}: {about?: string}): JSX.Element {
  const draft = draftOf<OpenDraft>(about === undefined ? 'incident' : `incident ${about}`, {kind: 'other', title: '', words: '', starts: '', startsZone: '', ends: '', endsZone: ''});
  const now = draft.value.value;
  const because = becauseOf(about);
  const submit = async (): Promise<string> => {
    const told = await ask('POST /v1/incidents', {query: {exercise: exercise.value}, body: {
      kind: now.kind, title: now.title, words: now.words, because, begins: timeOf(now.starts, now.startsZone), ends: timeOf(now.ends, now.endsZone),
    }});
    await incidents.refresh();
    select({kind: 'incident', id: told.incident});
    return t('incident-opened');
  };
  return (
    <Form title={t('do-incident')} draft={draft} submit={submit} action={t('open-incident')}>
      <p class="hint">{t('incident-words')}</p>
      {because ? <p>{t('because')}: <Chip kind="because" value={because.source} /> <Code>{short(because.record)}</Code></p> : <p>{t('because')}: {t('because-person')}</p>}
      <Field name="kind" label={t('kind')} kind="select" options={KINDS.map((each): [string, string] => [each, word('incidentkind', each)])} value={now.kind} onInput={(kind) => draft.set({kind: kind as OpenDraft['kind']})} />
      <Field name="title" label={t('title')} value={now.title} onInput={(title) => draft.set({title})} />
      <Field name="words" label={t('description')} kind="area" value={now.words} onInput={(words) => draft.set({words})} />
      <Field name="begins.stated" label={t('begins')} kind="code" value={now.starts} onInput={(starts) => draft.set({starts})} hint={t('stated-time-hint')} />
      <Field name="begins.zone" label={t('zone')} kind="code" value={now.startsZone} onInput={(startsZone) => draft.set({startsZone})} hint={t('zone-hint')} />
      <Field name="ends.stated" label={t('ended')} kind="code" value={now.ends} onInput={(ends) => draft.set({ends})} hint={t('may-be-empty')} />
      <Field name="ends.zone" label={t('zone')} kind="code" value={now.endsZone} onInput={(endsZone) => draft.set({endsZone})} hint={t('may-be-empty')} />
    </Form>
  );
}

interface Part {
  id: string;
  done: () => Promise<unknown>;
}

export function LinkForm({id, done}: Part): JSX.Element {
  const draft = draftOf<{what: LinkWritten['what']; digest: string; part: string; words: string}>(`link ${id}`, {what: 'record', digest: '', part: '', words: ''});
  const now = draft.value.value;
  const submit = async (): Promise<string> => {
    await ask('POST /v1/incidents/{party}/{number}/link', {path: halves(id, 'party'), query: {exercise: exercise.value}, body: {links: [{what: now.what, digest: now.digest.trim(), part: now.part.trim() || null, words: now.words}]}});
    await done();
    return t('linked');
  };
  return (
    <details><summary>{t('add-link')}</summary>
      <Form title={t('add-link')} draft={draft} submit={submit} action={t('link')} stays inside>
        <Field name="links[0].what" label={t('what')} kind="select" options={LINKED.map((each): [string, string] => [each, word('linked', each)])} value={now.what} onInput={(what) => draft.set({what: what as LinkWritten['what']})} />
        <Field name="links[0].digest" label={t('digest')} kind="code" value={now.digest} onInput={(digest) => draft.set({digest})} hint={t('digest-hint')} />
        <Field name="links[0].part" label={t('clause-or-part')} value={now.part} onInput={(part) => draft.set({part})} hint={t('may-be-empty')} />
        <Field name="links[0].words" label={t('description')} value={now.words} onInput={(words) => draft.set({words})} />
      </Form>
    </details>
  );
}

export function TaskForm({id, done}: Part): JSX.Element {
  const draft = draftOf<{title: string; owner: string; due: string; words: string}>(`task ${id}`, {title: '', owner: session.peek().operator, due: '', words: ''});
  const now = draft.value.value;
  const submit = async (): Promise<string> => {
    await ask('POST /v1/incidents/{party}/{number}/tasks', {path: halves(id, 'party'), query: {exercise: exercise.value}, body: {title: now.title, owner: now.owner, due: now.due.trim(), words: now.words}});
    await done();
    return t('task-set');
  };
  return (
    <details><summary>{t('set-task')}</summary>
      <Form title={t('set-task')} draft={draft} submit={submit} action={t('set-task')} stays inside>
        <Field name="title" label={t('title')} value={now.title} onInput={(title) => draft.set({title})} />
        <Field name="owner" label={t('owner')} value={now.owner} onInput={(owner) => draft.set({owner})} />
        <Field name="due" label={t('due')} kind="code" value={now.due} onInput={(due) => draft.set({due})} hint={t('time-hint')} />
      </Form>
    </details>
  );
}

export function TellForm({id, done}: Part): JSX.Element {
  const draft = draftOf<{to: string[]; words: string}>(`tell ${id}`, {to: [], words: ''});
  const now = draft.value.value;
  const [shown, setShown] = useState<{of: string; telling: TellingTold} | null>(null);
  const peers = (status.value?.peers ?? []).map((each): [string, string] => [each.party, each.name]);
  const stamp = JSON.stringify(now);
  const tell = (preview: boolean): Promise<TellingTold> =>
    ask('POST /v1/incidents/{party}/{number}/tell', {path: halves(id, 'party'), query: {exercise: exercise.value}, body: {to: now.to, words: now.words, preview}}).then((told) => told.telling);
  const ready = shown !== null && shown.of === stamp;
  const submit = async (): Promise<string> => {
    if (!ready) { // nothing goes out that was not looked at
      setShown({of: stamp, telling: await tell(true)});
      throw new Error(t('tell-look-first'));
    }
    await tell(false);
    setShown(null);
    await done();
    return t('told-done');
  };
  return (
    <details><summary>{t('tell')}</summary>
      <Form title={t('tell')} draft={draft} submit={submit} action={t(ready ? 'tell' : 'tell-preview')} stays inside>
        <Checks label={t('to')} names={peers} chosen={now.to} onChange={(to) => draft.set({to})} />
        <Field name="words" label={t('description')} kind="area" value={now.words} onInput={(words) => draft.set({words})} />
        {ready ? (
          <section class="preview" role="status" aria-label={t('would-go-out')}>
            <h4>{t('would-go-out')}</h4>
            <p>{t('to-whom')} <Parties of={shown.telling.to} /> · <b><Said>{shown.telling.title}</Said></b></p>
            <ul>{shown.telling.links.map((each) => <li key={each.what + each.digest}>{word('linked', each.what)} <Code>{short(each.digest)}</Code> <Said>{each.words}</Said></li>)}</ul>
            {shown.telling.withheld.map((each) => <p key={each.what + each.reason} class="warning">{t('withheld')} <Code>{each.count}</Code> <Said>{each.what}</Said>: <Said>{each.reason}</Said></p>)}
          </section>
        ) : null}
      </Form>
    </details>
  );
}

export function GiveClaim({id, done}: Part): JSX.Element {
  const draft = draftOf<{to: string[]}>(`give ${id}`, {to: []});
  const now = draft.value.value;
  const peers = (status.value?.peers ?? []).map((each): [string, string] => [each.party, each.name]);
  const submit = async (): Promise<string> => {
    await ask('POST /v1/claims/{party}/{number}/give', {path: halves(id, 'party'), query: {exercise: exercise.value}, body: {to: now.to}});
    await done();
    return t('claim-given');
  };
  return (
    <Form title={t('give-claim')} draft={draft} submit={submit} action={t('give-claim')} disabled={now.to.length === 0} stays inside>
      <Checks label={t('to')} names={peers} chosen={now.to} onChange={(to) => draft.set({to})} />
    </Form>
  );
}
