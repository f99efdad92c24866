/** The watch: who has it, taking it, leaving it, handing it over. */

import type {JSX} from 'preact';
import {ask} from '../api';
import {draftOf} from '../drafts';
import {t} from '../i18n';
import {Party} from '../parties';
import {exercise} from '../preferences';
import {session} from '../session';
import {lineStatus, status} from '../store';
import {Age, AsOf, Said, Time} from '../text';
import {Act} from './act';
import {Field, Form} from './fields';

interface WatchDraft {
  echelon: string;
  reach: string;
  to: string;
}

export function WatchForm(): JSX.Element {
  const mine = status.value?.party ?? '';
  const ladder = (lineStatus.value?.ladder ?? []).filter((each) => each.party === mine).map((each) => each.echelon);
  const draft = draftOf<WatchDraft>('watch', {echelon: ladder[0] ?? 'officer on watch', reach: '', to: ''});
  const now = draft.value.value;
  const query = {exercise: exercise.value};
  const here = (lineStatus.value?.watch ?? []).filter((each) => each.party === mine && each.officer === session.value.operator);
  const take = async (): Promise<string> => {
    await ask('POST /v1/watch/take', {query, body: {echelon: now.echelon, reach: now.reach}});
    await lineStatus.refresh();
    return t('watch-taken');
  };
  return (
    <section aria-label={t('watch')}>
      <AsOf of={lineStatus} />
      <ul>{(lineStatus.value?.watch ?? []).map((each) => <li key={each.party + each.echelon} class="card"><b><Party of={each.party} /></b> <Said>{each.echelon}</Said>: <Said>{each.officer}</Said> <Time at={each.since} /> <Age at={each.since} /> <Said>{each.reach}</Said></li>)}</ul>
      {lineStatus.value?.watch.length === 0 ? <p class="none">{t('nobody-on-watch')}</p> : null}
      {here.map((each) => <Act key={each.echelon} action="leave-watch" confirm={t('leave-sure')} done={t('watch-left')} run={() => ask('POST /v1/watch/leave', {query, body: {echelon: each.echelon}}).then(() => lineStatus.refresh())}>{t('leave-watch')} <Said>{each.echelon}</Said></Act>)}
      {here.map((each) => <Act key={`over ${each.echelon}`} action="hand-over" ask={t('hand-over-to')} done={t('watch-offered')} run={(to) => ask('POST /v1/watch/handover', {query, body: {echelon: each.echelon, to: to ?? ''}})}>{t('hand-over')} <Said>{each.echelon}</Said></Act>)}
      <Act action="accept-watch" ask={t('handover-id')} done={t('watch-taken')} run={(handover) => ask('POST /v1/watch/accept', {query, body: {handover: handover ?? ''}}).then(() => lineStatus.refresh())}>{t('accept-watch')}</Act>
      <Form title={t('take-watch')} draft={draft} submit={take} action={t('take-watch')} stays>
        <Field name="echelon" label={t('echelon')} value={now.echelon} onInput={(echelon) => draft.set({echelon})} />
        <Field name="reach" label={t('reach-me')} value={now.reach} onInput={(reach) => draft.set({reach})} />
      </Form>
    </section>
  );
}
