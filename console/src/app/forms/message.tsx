/** A message in words or by number, and a request to stop. */

import {useEffect, useState} from 'preact/hooks';
import type {JSX} from 'preact';
import type {PhrasebookTold, ReferenceAsked, RenderedPhraseTold, SpokenTold} from '../api_types';
import {ask, Refusal} from '../api';
import {draftOf} from '../drafts';
import {t, word} from '../i18n';
import {Original} from '../original';
import {exercise, language} from '../preferences';
import {items, line, lineStatus, status} from '../store';
import {Code, Said} from '../text';
import {Checks, Field, Form} from './fields';
import {NOTHING_STATED, particularsOf, ParticularsFields, type Stated} from './particulars';
import {useAfter} from './place';

const PRECEDENCES = ['flash', 'immediate', 'priority', 'routine'] as const;
type Precedence = (typeof PRECEDENCES)[number];

interface MessageDraft extends Stated {
  precedence: Precedence;
  to: string[];
  subject: string;
  language: string;
  text: string;
  phrase: string;
  slots: Record<string, string>;
  closes: boolean;
  radius: string;
  until: string;
}

const empty = (): MessageDraft => ({
  ...NOTHING_STATED, precedence: 'routine', to: [], subject: '', language: language.peek(), text: '', phrase: '', slots: {}, closes: false, radius: '', until: '',
});

/** `matter ID`, `alert ID`, `intent ID DIGEST`, `notice ID DIGEST`: what it is about. */
function aboutOf(about: string | undefined): {matter: string | null; references: ReferenceAsked[]} {
  const [kind, id, digest] = (about ?? '').split(' ');
  if (kind === 'matter' && id) return {matter: id, references: []};
  if (kind === 'alert' && id) return {matter: null, references: [{kind: 'alert', id}]};
  if ((kind === 'intent' || kind === 'notice') && digest) return {matter: null, references: [{kind, digest}]};
  return {matter: null, references: []};
}

function spoken(told: SpokenTold): string {
  void Promise.all([items.refresh(), line.refresh(), lineStatus.refresh()]);
  return t(told.state === 'sent' ? 'message-sent' : 'message-held-back');
}

function Address({draft, matter}: {draft: ReturnType<typeof draftOf<MessageDraft>>; matter: string | null}): JSX.Element {
  const now = draft.value.value;
  const peers = (status.value?.peers ?? []).filter((each) => !each.removed_at).map((each): [string, string] => [each.party, each.name]);
  if (matter !== null) return <p>{t('in-matter')} <Said>{line.value?.matters.find((each) => each.matter === matter)?.subject ?? matter}</Said></p>;
  return <>
    <Checks label={t('to')} names={peers} chosen={now.to} onChange={(to) => draft.set({to})} />
    <Field name="subject" label={t('subject')} value={now.subject} onInput={(subject) => draft.set({subject})} />
  </>;
}

function addressed(now: MessageDraft, matter: string | null): {to: string[]; matter?: string; subject?: string} {
  if (matter !== null) return {to: [], matter};
  const only = (status.told.peek()?.value.peers ?? []).filter((each) => !each.removed_at);
  return {to: now.to.length === 0 && only.length === 1 ? [only[0]!.party] : now.to, subject: now.subject};
}

let book: PhrasebookTold | null = null;

/** What is to be filled into a phrase, by its name in the language chosen. */
const withSlots = (phrase: string): string => phrase.replace(/\{(\w+)\}/g, (_, name: string) => `[${word('slot', name)}]`);

/** `slots.NAME: why` of the node, which slot in the language chosen. */
function SlotLacks({told}: {told: string}): JSX.Element {
  const [, slot, why = told] = /^slots\.(\w+): ([^]*)$/.exec(told) ?? [];
  return <>{slot === undefined ? null : `${word('slot', slot)}: `}<Original>{why}</Original></>;
}

function Phrase({draft}: {draft: ReturnType<typeof draftOf<MessageDraft>>}): JSX.Element {
  const [told, setTold] = useState(book);
  const [shown, setShown] = useState<RenderedPhraseTold | string | null>(null);
  const now = draft.value.value;
  useEffect(() => {
    if (told === null) void ask('GET /v1/phrasebook').then((found) => { book = found; setTold(found); }, () => undefined);
  }, []);
  const phrase = told?.phrases.find((each) => String(each.number) === now.phrase);
  useAfter(JSON.stringify([now.phrase, now.slots]), (_, signal) => {
    if (phrase === undefined) return setShown(null);
    ask('POST /v1/phrasebook/render', {body: {number: phrase.number, slots: chosenSlots(now, Object.keys(phrase.slots))}, signal})
      .then(setShown, (error: Error) => setShown(error instanceof Refusal ? `${error.problem.field ?? ''}: ${error.problem.why ?? ''}` : null));
  });
  const lang = language.value;
  const options: [string, string][] = [['', t('free-text')], ...(told?.phrases ?? []).map((each): [string, string] => [String(each.number), `${each.number} · ${withSlots(each.phrases[lang]?.text ?? each.meaning)}`])];
  return <>
    <Field name="phrase.number" label={t('phrase')} kind="select" options={options} value={now.phrase} onInput={(number) => draft.set({phrase: number, slots: {}})} />
    {phrase === undefined ? null : Object.entries(phrase.slots).map(([name, kind]) => (
      <Field key={name} name={`slots.${name}`} label={word('slot', name) + (kind === name || kind === 'name' ? '' : ` (${word('slot', kind)})`)} kind="code" value={now.slots[name] ?? ''} onInput={(value) => draft.set({slots: {...now.slots, [name]: value}})} />
    ))}
    {typeof shown === 'string' ? <p class="hint"><SlotLacks told={shown} /></p> : null}
    {shown !== null && typeof shown !== 'string' ? <ul class="rendered">{shown.rendered.map((each) => <li key={each.language} lang={each.language} dir={each.right_to_left ? 'rtl' : 'ltr'}><Code>{each.language}</Code> {each.display}</li>)}</ul> : null}
  </>;
}

const chosenSlots = (now: MessageDraft, names: string[]): Record<string, string> =>
  Object.fromEntries(names.filter((each) => now.slots[each]?.trim()).map((each) => [each, now.slots[each]!]));

export function MessageForm({about}: {about?: string}): JSX.Element {
  const {matter, references} = aboutOf(about);
  const draft = draftOf<MessageDraft>(`message ${about ?? ''}`, empty());
  const now = draft.value.value;
  const submit = async (): Promise<string> => {
    const particulars = now.phrase ? null : await particularsOf(now);
    const phrase = now.phrase ? {number: Number(now.phrase), slots: Object.fromEntries(Object.entries(now.slots).filter(([, each]) => each.trim()))} : null;
    return spoken(await ask('POST /v1/line/messages', {
      query: {exercise: exercise.value},
      body: {...addressed(now, matter), precedence: now.precedence, language: now.language, text: now.phrase ? '' : now.text, closes: now.closes, references, particulars, phrase},
    }));
  };
  return (
    <Form title={t('do-message')} draft={draft} submit={submit} action={now.precedence === 'flash' ? t('send-flash') : t('send')}>
      <Address draft={draft} matter={matter} />
      <fieldset class="precedences"><legend>{t('precedence')}</legend>
        {PRECEDENCES.map((each) => <label key={each} class={`check precedence-${each}`}><input type="radio" name="precedence" value={each} checked={now.precedence === each} onChange={() => draft.set({precedence: each})} />{word('precedence', each)}</label>)}
      </fieldset>
      <Phrase draft={draft} />
      <Field name="language" label={t('language-of-text')} kind="code" value={now.language} onInput={(value) => draft.set({language: value})} />
      {now.phrase ? null : <>
        <Field name="text" label={t('text')} kind="area" lang={now.language} value={now.text} onInput={(text) => draft.set({text})} />
        <ParticularsFields stated={now} set={draft.set} />
      </>}
      <label class="check"><input type="checkbox" checked={now.closes} onChange={(event) => draft.set({closes: event.currentTarget.checked})} />{t('closes-matter')}</label>
    </Form>
  );
}

export function StopForm({about}: {about?: string}): JSX.Element {
  const {matter, references} = aboutOf(about);
  const draft = draftOf<MessageDraft>(`stop ${about ?? ''}`, empty());
  const now = draft.value.value;
  const submit = async (): Promise<string> => spoken(await ask('POST /v1/line/stops', {
    query: {exercise: exercise.value},
    body: {
      ...addressed(now, matter), language: now.language, text: now.text, references, particulars: await particularsOf(now),
      radius_m: now.radius.trim() ? Number(now.radius) : null, until: now.until.trim() || null,
    },
  }));
  return (
    <Form title={t('do-stop')} draft={draft} submit={submit} action={t('ask-to-stop')}>
      <p class="warning">{t('commands-nobody')}</p>
      {references.length ? <p>{t('about')}: {references.map((each) => <Code key={each.digest}>{each.kind} {(each.digest ?? each.id ?? '').slice(0, 12)}</Code>)}</p> : null}
      <Address draft={draft} matter={matter} />
      <Field name="language" label={t('language-of-text')} kind="code" value={now.language} onInput={(value) => draft.set({language: value})} />
      <Field name="text" label={t('text')} kind="area" lang={now.language} value={now.text} onInput={(text) => draft.set({text})} />
      <ParticularsFields stated={now} set={draft.set} only={['position']} />
      <Field name="radius_m" label={t('radius-m')} kind="number" value={now.radius} onInput={(radius) => draft.set({radius})} />
      <Field name="until" label={t('until')} kind="code" value={now.until} onInput={(until) => draft.set({until})} hint={t('time-hint')} />
    </Form>
  );
}
