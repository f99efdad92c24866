/** Alerts: the worst first, then the oldest, as the node orders them. */

import type {JSX} from 'preact';
import type {AlertTold} from '../api_types';
import {ask} from '../api';
import {t, word} from '../i18n';
import {namesOf} from '../names';
import {air, alerts} from '../store';
import {Age, Chip, Code, Facts, Said, Time} from '../text';
import {Act, Actions} from '../forms/act';
import {openForm} from '../view';
import {BasisFacts, Gist} from './basis';
import {HeldWhy, NetWhy} from './net_why';
import {Rows, type Row} from './rows';
import {isTrack, TrackNow} from './track';

/** The node's own key is the title. */
const subjects = (alert: AlertTold): JSX.Element[] =>
  namesOf(alert).map((each, place) => <span key={alert.subjects[place]} title={alert.subjects[place]}><Said>{each}</Said> </span>);

export function AlertList(): JSX.Element {
  const rows = alerts.value.map((each): Row => ({
    ref: {kind: 'alert', id: each.alert},
    look: `severity-${each.severity} phase-${each.phase}`,
    words: [each.net, each.severity, each.phase, ...each.subjects, ...namesOf(each)].join(' '),
    body: <>
      <span class="line"><Chip kind="severity" value={each.severity} /> <b>{word('net', each.net)}</b> <Age at={each.raised_at} /></span>
      <span class="line">{subjects(each)}</span>
      <Gist of={each} />
      <span class="line"><Chip kind="phase" value={each.phase} />{each.determined ? null : <Chip kind="net" value="undetermined" />}{each.held ? <small><HeldWhy of={each.held} /></small> : null}</span>
    </>,
  }));
  return (
    <Rows label={t('pane-alerts')} of={air} rows={rows} none={t('no-alerts')}>
      {air.value?.nets.filter((each) => each.health !== 'working').map((each) => (
        <p key={each.net} class="warning">{word('net', each.net)}: <Chip kind="net" value={each.health} /> <NetWhy of={each.why} /></p>
      ))}
    </Rows>
  );
}

export function AlertDetail({id}: {id: string}): JSX.Element {
  const alert = alerts.value.find((each) => each.alert === id);
  if (alert === undefined) return <p class="none">{t('not-open-any-more')} <Code>{id}</Code></p>;
  const acknowledge = (): Promise<unknown> =>
    ask('POST /v1/alerts/{alert}/acknowledge', {path: {alert: id}, body: {revision: alert.revision}}).then(() => air.refresh());
  return (
    <article>
      <h2><Chip kind="severity" value={alert.severity} /> {word('net', alert.net)}</h2>
      <p class="big">{subjects(alert)}</p>
      <p><Gist of={alert} /></p>
      <Actions>
        <Act action="acknowledge" primary done={t('acknowledged')} disabled={alert.phase !== 'raised'} run={acknowledge}>{t('acknowledge')} <kbd>a</kbd></Act>
        <button onClick={() => openForm('message', `alert ${id}`)}>{t('message-about')}</button>
        <button onClick={() => openForm('incident', `alert ${id}`)}>{t('do-incident')}</button>
      </Actions>
      <p class="hint">{t('alert-stays')}</p>
      <Facts rows={[
        [t('state'), <Chip kind="phase" value={alert.phase} />],
        [t('raised'), <><Time at={alert.raised_at} /> <Age at={alert.raised_at} /></>],
        [t('seen-last'), <><Time at={alert.seen_at} /> <Age at={alert.seen_at} /></>],
        [t('revision'), String(alert.revision)],
        [t('severity-now'), alert.severity_now ? word('severity', alert.severity_now) : t('unknown')],
        [t('determined'), alert.determined ? t('yes') : t('undetermined-words')],
        [t('held-open'), alert.held ? <HeldWhy of={alert.held} /> : null],
        [t('acknowledged-by'), alert.acknowledged_by ? <><Said>{alert.acknowledged_by}</Said> <Time at={alert.acknowledged_at} /></> : t('nobody')],
        [t('id'), <Code>{alert.alert}</Code>],
      ]} />
      {alert.subjects.filter(isTrack).map((each) => <TrackNow key={each} id={each} />)}
      <h3>{t('basis-now')}</h3>
      {alert.basis_now ? <BasisFacts of={alert.basis_now} aspect={alert.aspect} /> : <p>{t('unknown')}</p>}
      <h3>{t('basis-raised')}</h3>
      <BasisFacts of={alert.basis} aspect={alert.aspect} />
    </article>
  );
}
