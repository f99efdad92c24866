/** What stands around observations: a second person's check, the policy of release, and consents of owners. */

import type {JSX} from 'preact';
import {useEffect} from 'preact/hooks';
import {ask, halves} from '../api';
import {diffLines} from '../diff';
import {draftOf} from '../drafts';
import {t, word} from '../i18n';
import {Parties, Party, partyWords} from '../parties';
import {exercise} from '../preferences';
import {observations, status} from '../store';
import {Code, Said, short, Time} from '../text';
import {select} from '../view';
import {Diff} from '../lists/agreements';
import {AsOfAsked, useAsked} from '../lists/asked';
import {Act} from './act';
import {ChangedMeanwhile} from './changed';
import {Checks, Field, Form, refusal} from './fields';
import {NATURES} from './observation';

export function ObservationCheckForm({about = ''}: {about?: string}): JSX.Element {
  const asked = useAsked('GET /v1/observations/{party}/{number}', halves(about, 'party'), {exercise: exercise.value}, ['observation.']);
  const draft = draftOf<{beside: string[]; words: string; record: string}>(`observation-check ${about}`, {beside: [], words: '', record: ''});
  const now = draft.value.value;
  const near = asked.value?.beside ?? [];
  const others = (observations.value?.observations ?? []).filter((each) => each.observation !== about);
  const sorted = [...others].sort((a, b) => Number(near.includes(b.record)) - Number(near.includes(a.record)));
  useEffect(() => {
    const found = asked.value;
    if (found !== null) draft.begin((before) => (before.record === '' ? {record: found.record} : null));
  }, [asked.at]);
  const changed = asked.value !== null && now.record !== '' && asked.value.record !== now.record;
  const submit = async (): Promise<string> => {
    await ask('POST /v1/observations/{party}/{number}/verify', {path: halves(about, 'party'), query: {exercise: exercise.value}, body: {beside: [...now.beside].sort(), words: now.words, record: now.record || null}});
    await observations.refresh();
    queueMicrotask(() => select({kind: 'observation', id: about}));
    return t('check-recorded');
  };
  return (
    <Form title={t('verify')} draft={draft} submit={submit} action={t('verify')} disabled={changed}>
      <ChangedMeanwhile changed={changed} who={<><Said>{asked.value?.operator ?? ''}</Said> <Time at={asked.value?.made_at} /></>} onTheirs={() => { void draft.discard(); select({kind: 'observation', id: about}); }} onMine={() => draft.set({record: asked.value?.record ?? ''})}>
        <blockquote><Said>{asked.value?.words ?? ''}</Said></blockquote>
      </ChangedMeanwhile>
      <p class="hint">{t('verify-words')}</p>
      <blockquote><Said>{asked.value?.words ?? ''}</Said></blockquote>
      <Checks field="beside" label={t('beside-which')} names={sorted.map((each): [string, string] => [each.record, `${near.includes(each.record) ? '≈ ' : ''}${each.own ? t('own') : partyWords(each.author)} · ${word('seen', each.kind)} · ${each.words.slice(0, 60)} · ${short(each.record)}`])} chosen={now.beside} onChange={(beside) => draft.set({beside})} />
      <Field name="words" label={t('what-was-checked')} kind="area" value={now.words} onInput={(words) => draft.set({words})} />
    </Form>
  );
}

export function ObservationPolicyForm(): JSX.Element {
  const asked = useAsked('GET /v1/observation-policy', {}, {exercise: exercise.value}, ['observation.policy']);
  const draft = draftOf<{text: string; base: string | null}>('observation-policy', {text: '', base: null});
  const now = draft.value.value;
  const told = asked.value;
  const stands = told?.policy ? JSON.stringify(told.policy, null, 2) : '';
  useEffect(() => {
    if (told !== null) draft.begin((before) => (before.base !== null ? null : {base: told.record ?? '', ...(before.text === '' ? {text: stands} : {})}));
  }, [asked.at]);
  const changed = told !== null && now.base !== null && (told.record ?? '') !== now.base;
  const submit = async (): Promise<string> => {
    try {
      JSON.parse(now.text);
    } catch (error) {
      throw refusal('policy', (error as Error).message, 'input-refused');
    }
    await ask('POST /v1/observation-policy', {raw: now.text, query: {exercise: exercise.value}});
    await asked.again();
    return t('policy-set');
  };
  return (
    <Form title={t('do-observation-policy')} draft={draft} submit={submit} action={t('set-policy')} disabled={changed}>
      <AsOfAsked of={asked} />
      <ChangedMeanwhile changed={changed} who={<Code>{short(told?.record ?? '')}</Code>} onTheirs={() => draft.set({text: stands, base: told?.record ?? ''})} onMine={() => draft.set({base: told?.record ?? ''})} />
      <p class="hint">{t('policy-words')}</p>
      {told !== null && told.policy === null ? <p class="warning">{t('no-policy')}</p> : null}
      <Field name="policy" label={t('policy')} kind="area" value={now.text} onInput={(text) => draft.set({text})} hint={<Code>{'{"labels": {"open": {"recipients": ["…"], "kinds": ["hazard-to-flight"], "marking": "tlp:amber", "level_max": 12, "time_step_s": 600, "words": "below-tear-line", "source": "reliability", "two_persons": true, "onward": []}}}'}</Code>} />
      {stands !== '' && now.text !== stands ? <><h3>{t('diff')}</h3><Diff lines={diffLines(stands, now.text)} /></> : null}
    </Form>
  );
}

interface ConsentDraft {
  subjectKind: string;
  subject: string;
  observer: string;
  to: string[];
  kinds: string[];
  until: string;
}

export function ObservationConsentForm(): JSX.Element {
  const query = {exercise: exercise.value};
  const asked = useAsked('GET /v1/observation-consents', {}, query, ['observation.consent']);
  const draft = draftOf<ConsentDraft>('observation-consent', {subjectKind: 'site', subject: '', observer: '', to: [], kinds: [], until: ''});
  const now = draft.value.value;
  const peers = (status.value?.peers ?? []).filter((each) => !each.removed_at).map((each): [string, string] => [each.party, each.name]);
  const everyone: [string, string][] = [[status.value?.party ?? '', status.value?.name ?? ''], ...peers];
  const kinds = Object.keys(NATURES).filter((each) => (now.subjectKind === 'site' ? each.startsWith('site-') : each === 'hazard-to-movement'));
  const submit = async (): Promise<string> => {
    await ask('POST /v1/observation-consents', {query, body: {subject_kind: now.subjectKind, subject: now.subject.trim(), observer: now.observer, to: now.to, kinds: now.kinds, until: now.until.trim()}});
    await asked.again();
    return t('consent-given');
  };
  return (
    <section aria-label={t('do-observation-consent')}>
      <AsOfAsked of={asked} />
      <h3>{t('consents')}</h3>
      <ul>{(asked.value ?? []).map((each) => (
        <li key={each.consent} class="card"><Code>{each.subject}</Code> <Party of={each.owner} /> → <Party of={each.observer} />: {each.kinds.map((one) => word('seen', one)).join(', ')} → <Parties of={each.to} /> {t('until')} <Time at={each.until} /> <Code>{short(each.consent)}</Code> {each.withdrawn_at ? <>{t('taken-back')} <Time at={each.withdrawn_at} /></> : t(each.stands ? 'consent-stands' : 'consent-over')}
          {each.stands && each.owner === status.value?.party ? <Act action="withdraw-consent" ask={t('reason')} done={t('taken-back')} run={(reason) => ask('POST /v1/observation-consents/withdraw', {query, body: {consent: each.consent, reason: reason ?? ''}}).then(asked.again)}>{t('take-back')}</Act> : null}
        </li>
      ))}{asked.value?.length === 0 ? <li class="none">{t('none-known')}</li> : null}</ul>
      <Form title={t('do-observation-consent')} draft={draft} submit={submit} action={t('give-consent')} stays>
        <p class="hint">{t('consent-words')}</p>
        <Field name="subject_kind" label={t('kind')} kind="select" options={[['site', t('subject-site')], ['movement', t('subject-movement')]]} value={now.subjectKind} onInput={(subjectKind) => draft.set({subjectKind, kinds: []})} />
        <Field name="subject" label={t('id')} kind="code" value={now.subject} onInput={(subject) => draft.set({subject})} />
        <Field name="observer" label={t('observer')} kind="select" options={[['', '–'], ...everyone]} value={now.observer} onInput={(observer) => draft.set({observer})} />
        <Checks field="to" label={t('may-tell')} names={everyone} chosen={now.to} onChange={(to) => draft.set({to})} />
        <Checks field="kinds" label={t('kinds-of-observation')} names={kinds.map((each): [string, string] => [each, word('seen', each)])} chosen={now.kinds} onChange={(chosen) => draft.set({kinds: chosen})} />
        <Field name="until" label={t('until')} kind="code" value={now.until} onInput={(until) => draft.set({until})} hint={t('time-hint')} />
      </Form>
    </section>
  );
}
