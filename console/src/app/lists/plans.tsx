/** Flights: those that await an answer first, with every reason the node gives. */

import type {JSX} from 'preact';
import type {IntentTold, VersionTold} from '../api_types';
import {ask, halves} from '../api';
import {t, word} from '../i18n';
import {exercise} from '../preferences';
import {intents, status} from '../store';
import {Word} from '../original';
import {Party} from '../parties';
import {Age, Chip, Code, Facts, Said, short, Time, Window} from '../text';
import {Act, Actions} from '../forms/act';
import {openForm} from '../view';
import {RefusalAdds, Why, WhyNot} from './plan_words';
import {Rows, type Row} from './rows';
import {TrackNow} from './track';

const AWAITING = new Set(['proposed', 'pending', 'held', 'contested', 'unanswered']);

const pending = (intent: IntentTold): VersionTold => intent.change ?? intent.current;

/** Order on the screen only: what waits for us, what waits for others, the rest; each by its decide-by. */
function urgency(intent: IntentTold, mine: string | undefined): number {
  const version = pending(intent);
  if (!AWAITING.has(version.state)) return 2;
  return version.answers.some((each) => each.party === mine && each.answer === 'unknown') ? 0 : 1;
}

export function PlanList(): JSX.Element {
  const mine = status.value?.party;
  const told = intents.value;
  const sorted = [...(told?.intents ?? [])].sort((a, b) => urgency(a, mine) - urgency(b, mine) || pending(a).decide_by.localeCompare(pending(b).decide_by));
  const rows = sorted.map((each): Row => {
    const version = pending(each);
    return {
      ref: {kind: 'intent', id: each.intent},
      look: `state-${version.state}${each.stop_requested?.length ? ' stopped' : ''}`,
      words: [each.callsign ?? '', each.intent, version.state, version.priority].join(' '),
      body: <>
        <span class="line"><b><Said>{each.callsign ?? t('no-callsign')}</Said></b> <Chip kind="state" value={version.state} /> {each.own ? <small>{t('own')}</small> : <small><Party of={each.owner} /></small>}</span>
        <span class="line"><Window from={version.start} until={version.end} /></span>
        {urgency(each, mine) < 2 ? <span class="line">{t('decide-by')} <Time at={version.decide_by} />{version.overdue ? <b class="bad-words"> {t('overdue')}</b> : null} · {version.answers.map((one) => <span key={one.party}><Party of={one.party} />: {word('answer', one.answer)} </span>)}</span> : null}
        {version.why_not.length ? <span class="line"><small>{version.why_not.map((why, index) => <span key={why}>{index ? '; ' : ''}<WhyNot why={why} /></span>)}</small></span> : null}
        {each.stop_requested?.length ? <span class="line bad-words">{t('stop-requested')}</span> : null}
      </>,
    };
  });
  return (
    <Rows label={t('pane-plans')} of={intents} rows={rows} none={t('no-plans')}>
      {told?.announcements.map((each) => (
        <p key={each.digest} class="warning"><b>{t('announced')}</b> <Said>{each.callsign ?? each.intent}</Said> <Word kind="label" value={each.label} /> <Window from={each.start} until={each.end} /> <Said>{each.remark}</Said></p>
      ))}
    </Rows>
  );
}

function Version({version}: {version: VersionTold}): JSX.Element {
  return <>
    <p><Chip kind="state" value={version.state} /> {version.label === 'none' ? null : <Word kind="label" value={version.label} />}</p>
    <Facts rows={[
      [t('window'), <Window from={version.start} until={version.end} />],
      [t('decide-by'), <><Time at={version.decide_by} />{version.overdue ? <b class="bad-words"> {t('overdue')}</b> : null}</>],
      [t('priority'), <Word kind="priority" value={version.priority} />], [t('flight-class'), <Word kind="flightclass" value={version.flight_class} />],
      [t('version'), String(version.version)], [t('made'), <Time at={version.made_at} />], [t('id'), <Code>{short(version.digest)}</Code>],
      [t('put-off'), version.put_off ? <Why why={version.put_off} /> : null],
      [t('withdrawn-because'), version.withdrawn_because ? <Why why={version.withdrawn_because} /> : null],
    ]} />
    {version.why_not.length ? <><h4>{t('why-not')}</h4><ul>{version.why_not.map((each) => <li key={each}><WhyNot why={each} /></li>)}</ul></> : null}
    <h4>{t('answers')}</h4>
    <ul>{version.answers.map((each) => (
      <li key={each.party}><Party of={each.party} />: <b>{word('answer', each.answer)}</b> {each.reason ? <Why why={each.reason} /> : null}{each.detail ? <RefusalAdds of={each.detail} /> : null} {each.receipted === false ? t('not-receipted') : null}</li>
    ))}{version.answers.length === 0 ? <li>{t('nobody-asked')}</li> : null}</ul>
    {Object.entries(version.flags).map(([name, why]) => <p key={name} class="warning"><Word kind="whynot" value={String(why)} /> <Code>{short(name)}</Code></p>)}
  </>;
}

const FLYING: ReadonlySet<string> = new Set(['activated', 'nonconforming', 'contingent']);

export function PlanDetail({id}: {id: string}): JSX.Element {
  const intent = intents.value?.intents.find((each) => each.intent === id);
  if (intent === undefined) return <p class="none">{t('not-known-here')} <Code>{id}</Code></p>;
  const mine = status.value?.party;
  const version = pending(intent);
  const query = {exercise: exercise.value};
  const owed = version.answers.some((each) => each.party === mine && each.answer === 'unknown');
  const answer = (given: 'assent' | 'refuse') => (): Promise<unknown> =>
    ask('POST /v1/intents/proposals/{digest}/answer', {path: {digest: version.digest}, query, body: {answer: given}}).then(() => intents.refresh());
  const path = halves(id, 'party');
  const withdraw = (): Promise<unknown> =>
    ask('POST /v1/intents/{party}/{number}/withdraw', {path, query, body: {change_only: intent.change !== null}}).then(() => intents.refresh());
  const state = (to: 'activated' | 'ended' | 'contingent') => (): Promise<unknown> =>
    ask('POST /v1/intents/{party}/{number}/state', {path, query, body: {state: to}}).then(() => intents.refresh());
  return (
    <article>
      <h2><Said>{intent.callsign ?? t('no-callsign')}</Said> <small><Code>{id}</Code></small></h2>
      {intent.stop_requested?.length ? <p class="warning">{t('stop-requested')} {intent.stop_requested.map((each) => <Code key={each}>{short(each)} </Code>)}</p> : null}
      <Actions>
        {owed && !intent.own ? <>
          <Act action="acknowledge" primary done={t('assented')} run={answer('assent')}>{t('assent')} <kbd>a</kbd></Act>
          <Act action="refuse" done={t('refused')} run={answer('refuse')}>{t('refuse')}</Act>
        </> : null}
        {intent.own ? <>
          <button onClick={() => openForm('plan', id)}>{t('change')}</button>
          <Act action="activate" done={t('state-activated')} run={state('activated')} disabled={intent.current.state !== 'accepted'}>{t('activate')}</Act>
          <Act action="end" done={t('state-ended')} run={state('ended')}>{t('end')}</Act>
          <Act action="withdraw" confirm={t('withdraw-sure')} done={t('withdrawn')} run={withdraw}>{t(intent.change ? 'withdraw-change' : 'withdraw')}</Act>
        </> : null}
        <button onClick={() => openForm('stop', `intent ${id} ${intent.current.digest}`)}>{t('do-stop')}</button>
        <button onClick={() => openForm('message', `intent ${id} ${intent.current.digest}`)}>{t('message-about')}</button>
      </Actions>
      {intent.change ? <><h3>{t('change-under-way')}</h3><Version version={intent.change} /><h3>{t('stands-meanwhile')}</h3></> : null}
      <Version version={intent.current} />
      <p><Age at={version.made_at} /></p>
      {FLYING.has(intent.current.state) && !exercise.value ? <TrackNow key={id} id={id} /> : null}
    </article>
  );
}
