/** Lines, peers, feeds and nets: how far each can be trusted now. */

import type {JSX} from 'preact';
import {ask} from '../api';
import {stream} from '../events';
import {has, t, word} from '../i18n';
import {mayDo} from '../session';
import {air, lineStatus, status} from '../store';
import {Age, AsOf, Chip, Code, Said, Time} from '../text';
import {Original, Reason} from '../original';
import {Party} from '../parties';
import {Act} from '../forms/act';
import {NetWhy} from './net_why';

export function Health(): JSX.Element {
  const told = lineStatus.value;
  const node = status.value;
  return (
    <section class="rows health" aria-label={t('pane-health')}>
      <h2>{t('line')}</h2>
      <AsOf of={lineStatus} />
      <p>{t('legal-status')}: <b>{told === null ? t('unknown') : word('legal', told.legal_status)}</b></p>
      <ul>{told?.lines.map((each) => (
        <li key={each.party} class={`card line-${each.state}`}>
          <span class="line"><b><Party of={each.party} /></b> <Chip kind="line" value={each.state} /> <Chip kind="reach" value={each.reach} /> {each.reach_since ? <Age at={each.reach_since} /> : null}</span>
          <span class="line">{each.why ? word('linewhy', each.why) : null}</span>
          <span class="line"><small>{t('heard-last')} <Time at={each.last_heard_at} /> {each.last_heard_at ? <Age at={each.last_heard_at} /> : null}</small></span>
          {each.person_asked_at ? <span class="line bad-words">{t('person-asked')} <Time at={each.person_asked_at} /> <Age at={each.person_asked_at} />: {t('no-answer-yet')}</span> : null}
          {each.waits_for_person ? <span class="line bad-words">{t('person-wanted')}</span> : null}
          <Act action="check-line" done={t('asked')} run={() => ask('POST /v1/line/checks/{peer}', {path: {peer: each.party}, body: {}}).then(() => lineStatus.refresh())}>{t('check-line')}</Act>
          {each.waits_for_person ? <Act action="answer-check" primary done={t('answered')} run={() => ask('POST /v1/line/checks/{peer}/answer', {path: {peer: each.party}}).then(() => lineStatus.refresh())}>{t('answer-check')}</Act> : null}
        </li>
      ))}</ul>
      {told?.lines.length === 0 ? <p class="none">{t('no-peers')}</p> : null}
      <h2>{t('links')}</h2>
      <AsOf of={status} />
      <ul>{node?.peers.map((each) => (
        <li key={each.party} class={`card reach-${each.reach}`}>
          <span class="line"><b><Said>{each.name}</Said></b> <Chip kind="reach" value={each.reach} /> {each.since ? <Age at={each.since} /> : null}</span>
          <span class="line"><small>{t('round-trip')} <Code>{each.round_trip_s === null ? '?' : `${(each.round_trip_s * 1000).toFixed(0)} ms`}</Code> · {t('clock-difference')} <Code>{each.clock_difference_s === null ? '?' : `${(Math.round(each.clock_difference_s * 10) / 10 + 0).toFixed(1)} s`}</Code> · {t('owed')} <Code>{each.owed}</Code></small></span>
          {each.reason ? <span class="line"><Reason kind="linkwhy">{each.reason}</Reason></span> : null}
          {each.frozen ? <span class="line bad-words">{t('frozen')} {has(`frozenwhy-${each.frozen}`) ? t(`frozenwhy-${each.frozen}`) : <Original>{each.frozen}</Original>}</span> : null}
          {each.frozen && mayDo('peer.unfreeze') ? <Act action="unfreeze" ask={t('unfreeze-reason')} done={t('unfrozen')} run={(reason) => ask('POST /v1/peers/{peer}/unfreeze', {path: {peer: each.party}, body: {reason: reason ?? ''}}).then(() => status.refresh())}>{t('unfreeze')}</Act> : null}
        </li>
      ))}</ul>
      <p class="line">{t('stream')}: <Chip kind="stream" value={stream.value.state} /> <Age at={stream.value.since} /></p>
      <h2>{t('nets')}</h2>
      <AsOf of={air} />
      <ul>{air.value?.nets.map((each) => <li key={each.net} class={`card net-${each.health}`}><span class="line"><b>{word('net', each.net)}</b> <Chip kind="net" value={each.health} /> <Age at={each.since} /></span>{each.why.length ? <span class="line"><NetWhy of={each.why} /></span> : null}</li>)}</ul>
      <h2>{t('feeds')}</h2>
      <ul>{air.value?.feeds.map((each) => (
        <li key={each.feed} class={`card feed-${each.phase}`}>
          <span class="line"><b><Said>{each.feed}</Said></b> <Chip kind="feed" value={each.phase} /> <Said>{each.format}</Said></span>
          <span class="line"><small>{t('heard-last')} {each.heard_at ? <><Time at={each.heard_at} /> <Age at={each.heard_at} /></> : t('never')} · {t('drops')} <Code>{each.drops ?? 0}</Code></small></span>
          {each.reason ? <span class="line"><Original>{each.reason}</Original></span> : null}
        </li>
      ))}</ul>
      {air.value?.feeds.length === 0 ? <p class="none">{t('no-feeds')}</p> : null}
    </section>
  );
}
