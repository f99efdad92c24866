/** Who still holds an own site, and requests to erase copies, made and got. What is not answered is not known. */

import type {JSX} from 'preact';
import type {CopyTold, ErasureTold, PackHoldingTold} from '../api_types';
import {ask, halves} from '../api';
import {t} from '../i18n';
import {PartyName} from '../parties';
import {exercise} from '../preferences';
import {mayDo} from '../session';
import {erasures, sites, status} from '../store';
import {Age, Chip, Code, Said, Time} from '../text';
import {Act, Actions} from '../forms/act';
import {select} from '../view';
import {AsOfAsked, useAsked} from './asked';

const LISTED_MAX = 20; // under the list's head; a site's page has all of its own

/** Whether a person here has to answer it. */
export const isWaiting = (of: ErasureTold): boolean => of.state === 'not-answered' && of.owner !== status.value?.party;

const again = (): Promise<unknown> => Promise.all([erasures.refresh(), sites.refresh()]);

/** The state of one request in a line: an answer is its holder's word, and no answer says nothing. */
function Standing({of}: {of: ErasureTold}): JSX.Element {
  const open = of.state === 'not-answered';
  return <>
    <Chip kind="erasure" value={of.state} />
    {open && of.removed_at === null && of.overdue ? <> <b class="bad-words">{t('overdue')}</b></> : null}
    {open && of.removed_at === null ? <> <small>{t('erasure-due')} <Time at={of.due_by} /></small></> : null}
    {open && of.stored !== null && of.removed_at === null ? <> <small>{t(of.stored ? 'stored' : 'no-receipt')}</small></> : null}
    {open && of.removed_at !== null ? <> <b class="bad-words">{t('peer-no-more')}</b> <Time at={of.removed_at} /></> : null}
    {open ? null : <> <small><Said>{of.by}</Said> <Time at={of.since} /></small> <Said>{of.answer_words}</Said></>}
  </>;
}

function Request({of}: {of: ErasureTold}): JSX.Element {
  const own = of.owner === status.value?.party;
  const path = {digest: of.request};
  const query = {exercise: exercise.value};
  const answer = (word: 'erased' | 'refused') => (words?: string): Promise<unknown> =>
    ask('POST /v1/sites/erasures/{digest}/answer', {path, query, body: {answer: word, words: words ?? ''}}).then(again);
  return (
    <li class={`card erasure-card${isWaiting(of) ? ' owed' : ''}`}>
      <span class="line">{t(own ? 'erasure-asked-of' : 'erasure-asked-by')} <b><PartyName of={own ? of.holder : of.owner} /></b> <small><Said>{of.asked_by}</Said> <Time at={of.asked_at} /></small> <Age at={of.asked_at} /></span>
      <span class="line"><Said>{of.words}</Said></span>
      <span class="line">{of.sites.map((each) => <button key={each} class="small" onClick={() => select({kind: 'site', id: each})}><Code>{each}</Code></button>)}</span>
      <span class="line"><Standing of={of} /></span>
      {isWaiting(of) && mayDo('site.erase') ? (
        <Actions>
          <Act action="erase-copy" ask={t('erase-ask')} done={t('erased-now')} run={answer('erased')}>{t('do-erase')}</Act>
          <Act action="refuse-erasure" ask={t('refuse-erasure-ask')} done={t('erasure-refused-now')} run={answer('refused')}>{t('refuse')}</Act>
        </Actions>
      ) : null}
    </li>
  );
}

/** Requests: of one site, or, without one, those that wait here and the latest others. */
export function Requests({site}: {site?: string}): JSX.Element | null {
  const told = (erasures.value ?? []).filter((each) => site === undefined || each.sites.includes(site));
  if (told.length === 0) return null;
  const sorted = [...told].sort((a, b) => Number(isWaiting(b)) - Number(isWaiting(a)));
  const most = Math.max(LISTED_MAX, told.filter(isWaiting).length);
  const shown = site === undefined ? sorted.slice(0, most) : sorted;
  return (
    <section class="erasures" aria-label={t('erasure-requests')}>
      {site === undefined ? <h2>{t('erasure-requests')}</h2> : <h3>{t('erasure-requests')}</h3>}
      <ul>{shown.map((each) => <Request key={each.request} of={each} />)}</ul>
      {shown.length < told.length ? <p class="none">{t('more-rows', {n: told.length - shown.length})}</p> : null}
    </section>
  );
}

const finely = (metres: number): string => metres === 0 ? t('as-entered') : t('to-metres', {m: Math.round(metres)});

function Copy({of, site, done}: {of: CopyTold; site: string; done: () => Promise<unknown>}): JSX.Element {
  const query = {exercise: exercise.value};
  const peer = status.value?.peers.some((each) => each.party === of.viewer) ?? false;
  const asked = of.erasure?.state === 'not-answered' ? of.erasure : null;
  const gone = of.erasure?.state === 'erased' && !of.told_since;
  const askIt = (words?: string): Promise<unknown> =>
    ask('POST /v1/sites/erasures', {query, body: {recipient: of.viewer, sites: asked?.sites ?? [site], words: words ?? ''}}).then(done); // again: the very same
  const takeBack = (words?: string): Promise<unknown> =>
    ask('POST /v1/sites/consents/withdraw', {query, body: {recipient: of.viewer, sites: [site], words: words ?? ''}}).then(done);
  return (
    <li class="card copy-card">
      <span class="line"><b>{peer ? <PartyName of={of.viewer} /> : <Said>{of.viewer}</Said>}</b> {finely(of.finest_m)} · <Time at={of.last_at} /></span>
      <span class="line">{t(of.withdrawal === null ? 'not-taken-back' : 'taken-back')}{of.withdrawal_stored === null ? null : <> <small>{t(of.withdrawal_stored ? 'stored' : 'no-receipt')}</small></>}</span>
      {of.removed_at !== null ? <span class="line"><b class="bad-words">{t('peer-no-more')}</b> <Time at={of.removed_at} /></span> : null}
      {of.erasure ? <span class="line"><Standing of={of.erasure} /></span> : null}
      {of.told_since ? <span class="line"><b class="bad-words">{t('told-again-since')}</b></span> : null}
      {peer && of.removed_at === null ? (
        <Actions>
          {of.withdrawal === null && mayDo('site.consent') ? <Act action="take-site-back" ask={t('reason')} done={t('site-taken-back-now')} run={takeBack}>{t('take-back')}</Act> : null}
          {of.withdrawal !== null && (asked === null || asked.overdue) && !gone && mayDo('site.erase') ? <Act action="ask-erasure" ask={t('ask-erasure-why')} done={t('erasure-asked-now')} run={askIt}>{t('do-ask-erasure')}</Act> : null}
        </Actions>
      ) : null}
    </li>
  );
}

function Pack({of}: {of: PackHoldingTold}): JSX.Element {
  return (
    <li class="card">
      <span class="line"><b class="bad-words">{t('still-in-pack')}</b> <Code>{of.pack}</Code> <Said>{of.holder}</Said> · {finely(of.finest_m)}</span>
      <span class="line"><small>{t('made')} <Said>{of.by}</Said> <PartyName of={of.maker} /> <Time at={of.made_at} /> · {t(of.expired ? 'site-expired' : 'until')} <Time at={of.expires_at} /></small> {(of.forms ?? []).map((each) => <Said key={each}>{each}</Said>)}</span>
    </li>
  );
}

/** Who may still hold an own site: copies however they were given, and packs; and what each was asked and says. */
export function Holders({site}: {site: string}): JSX.Element {
  const query = {exercise: exercise.value};
  const asked = useAsked('GET /v1/sites/{party}/{number}/copies', halves(site, 'party'), query, ['site.', 'pack', 'peer.', 'receipt']);
  const told = asked.value;
  const done = (): Promise<unknown> => Promise.all([asked.again(), again()]);
  return (
    <section aria-label={t('still-holds')}>
      <h3>{t('still-holds')}</h3>
      <AsOfAsked of={asked} />
      <p class="hint">{t('still-holds-words')}</p>
      {told === null ? <p class="none">{t('unknown')}</p> : <ul>
        {told.copies.map((each) => <Copy key={each.viewer} of={each} site={site} done={done} />)}
        {(told.packs ?? []).map((each) => <Pack key={each.pack + each.recipient} of={each} />)}
      </ul>}
      {told !== null && told.copies.length === 0 ? <p class="none">{t('no-copies-known')}</p> : null}
    </section>
  );
}
