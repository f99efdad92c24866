/** What is said on the line, by precedence; and the matters it belongs to. */

import type {JSX} from 'preact';
import type {AnswersTold, ItemTold} from '../api_types';
import {ask} from '../api';
import {t, word} from '../i18n';
import {Original} from '../original';
import {Parties, Party} from '../parties';
import {exercise} from '../preferences';
import {items, line, lineStatus, status} from '../store';
import {Age, Chip, Code, Facts, Said, short, Time, Window} from '../text';
import {Act, Actions} from '../forms/act';
import {ReadBack} from '../forms/read_back';
import {openForm, select} from '../view';
import {Rows, type Row} from './rows';

/** Whether a person of this side still owes an acknowledgement. */
export function owed(item: ItemTold, mine: string | undefined): boolean {
  return !item.own && item.answers.some((each) => each.party === mine && each.acknowledged === null);
}

function firstWords(item: ItemTold): JSX.Element {
  return <>
    <span class="line"><Chip kind="precedence" value={item.precedence} />{item.stop ? <Chip kind="line" value="stop" /> : null}{item.denial ? <Chip kind="line" value="denial" /> : null} <b><Parties of={item.own ? item.recipients : [item.author]} /></b> {item.own ? <small>{t('sent')}</small> : null} <Age at={item.made_at} /></span>
    <span class="line"><Said className="said clamp">{item.text}</Said></span>
  </>;
}

export function MessageList(): JSX.Element {
  const mine = status.value?.party;
  const rows = (items.value?.items ?? []).map((each): Row => ({
    ref: {kind: 'item', id: each.digest},
    look: `precedence-${each.precedence}${owed(each, mine) ? ' owed' : ''}`,
    words: [each.text, each.subject ?? '', each.author, each.precedence].join(' '),
    body: <>{firstWords(each)}<span class="line"><small><Said>{each.subject ?? ''}</Said> {owed(each, mine) ? <b class="bad-words">{t('not-acknowledged-here')}</b> : each.own ? each.answers.map((one) => <span key={one.party}>{standing(one)} </span>) : null}</small></span></>,
  }));
  const held = line.value?.held_back_count ?? 0;
  return (
    <Rows label={t('pane-messages')} of={items} rows={rows} none={t('no-messages')}>
      {held ? <p class="warning">{t('held-back', {n: held})}</p> : null}
    </Rows>
  );
}

function standing(answers: AnswersTold): string {
  if (answers.acknowledged !== null) return t('acknowledged');
  return answers.receipt === 'stored' ? t('stored-only') : t('no-receipt');
}

export function MatterList(): JSX.Element {
  const rows = (line.value?.matters ?? []).map((each): Row => ({
    ref: {kind: 'matter', id: each.matter},
    look: each.waiting ? 'owed' : '',
    words: [each.subject ?? '', each.matter, ...each.parties].join(' '),
    body: <>
      <span class="line"><b><Said>{each.subject ?? each.matter}</Said></b> <Age at={each.last_at} /></span>
      <span class="line"><small><Parties of={each.parties} /> · {t('said-count', {n: each.item_count})}{each.waiting ? <b class="bad-words"> {t('waiting-count', {n: each.waiting})}</b> : null}</small></span>
    </>,
  }));
  return <Rows label={t('pane-matters')} of={line} rows={rows} none={t('no-matters')} />;
}

export function MatterDetail({id}: {id: string}): JSX.Element {
  const matter = line.value?.matters.find((each) => each.matter === id);
  const told = (items.value?.items ?? []).filter((each) => each.matter === id).sort((a, b) => a.received_at.localeCompare(b.received_at));
  return (
    <article>
      <h2><Said>{matter?.subject ?? id}</Said></h2>
      <p><Parties of={matter?.parties ?? []} /> <Code>{id}</Code></p>
      <Actions><button class="primary" onClick={() => openForm('message', `matter ${id}`)}>{t('answer-in-matter')}</button></Actions>
      <ol class="thread">{told.map((each) => <li key={each.digest}><button class="row" onClick={() => select({kind: 'item', id: each.digest})}>{firstWords(each)}</button></li>)}</ol>
    </article>
  );
}

function Position({item}: {item: ItemTold}): JSX.Element | null {
  const {position, height, time, number} = item.particulars;
  if (!position && !height && !time && !number) return null;
  return <Facts rows={[
    [t('position'), position ? <><Code>{position.latitude_deg.toFixed(5)} {position.longitude_deg.toFixed(5)} {position.datum}</Code> <Code>{position.grid ?? ''}</Code> <Original>{position.place}</Original> <Said>{position.note}</Said></> : null],
    [t('height'), height ? <Code>{`${height.height_m} m ${height.datum}`}</Code> : null],
    [t('time'), time ? <><Time at={time.at} /> <small><Said>{time.as_stated}</Said></small></> : null],
    [t('number'), number ? <><Code>{number.value}</Code> <Said>{number.of}</Said></> : null],
  ]} />;
}

function AnswersOf({answers}: {answers: AnswersTold}): JSX.Element {
  return (
    <li>
      <b><Party of={answers.party} /></b>
      <Facts rows={[
        [t('receipt'), answers.receipt === 'stored' ? t('stored') : t('unknown')],
        [t('acknowledged'), answers.acknowledged ? <><Said>{answers.acknowledged.operator}</Said> <Time at={answers.acknowledged.made_at} /></> : t('unknown')],
        [t('read-back'), <Chip kind="read-back" value={answers.read_back} />],
        [t('concurrence'), answers.concurrence ? <>{word('concur', answers.concurrence.answer)} <Said>{answers.concurrence.remark}</Said></> : t('unknown')],
        [t('ladder-step'), answers.escalation_step ? String(answers.escalation_step) : null],
      ]} />
      {answers.read_backs.map((each) => <p key={each.by.digest} class={each.matched ? 'good-words' : 'bad-words'}>{t(each.matched ? 'read-back-match' : 'read-back-mismatch')} <Said>{each.by.operator}</Said> <Time at={each.by.made_at} /> <Original>{each.fields.filter((one) => one.why).map((one) => `${one.name}: ${one.why}`).join('; ')}</Original></p>)}
    </li>
  );
}

export function ItemDetail({id}: {id: string}): JSX.Element {
  const item = items.value?.items.find((each) => each.digest === id) ?? lineStatus.value?.untaken.find((each) => each.digest === id);
  if (item === undefined) return <p class="none">{t('not-known-here')} <Code>{short(id)}</Code></p>;
  const mine = status.value?.party;
  const query = {exercise: exercise.value};
  const path = {digest: id};
  const again = (): Promise<unknown> => Promise.all([items.refresh(), lineStatus.refresh(), line.refresh()]);
  const answer = item.answers.find((each) => each.party === mine);
  const toReadBack = Object.values(item.particulars).some((each) => each !== null);
  const concur = (given: 'concur' | 'do-not-concur') => (): Promise<unknown> =>
    ask('POST /v1/line/items/{digest}/concur', {path, query, body: {answer: given}}).then(again);
  return (
    <article>
      <h2><Chip kind="precedence" value={item.precedence} /> {item.stop ? t('asks-to-stop') : item.denial ? t('denial') : <Said>{item.subject ?? t('message')}</Said>}</h2>
      <p>{t('from')} <b><Party of={item.author} /></b> (<Said>{item.operator}</Said>) {t('to-whom')} <Parties of={item.recipients} /> · <Time at={item.made_at} /> <Age at={item.made_at} /></p>
      {item.exercise ? <p class="exercise">{t('exercise')}</p> : null}
      <blockquote lang={item.language} class="big"><Said>{item.text}</Said></blockquote>
      {item.by_number ? <p><Chip kind="line" value="phrase" /> <Code>{item.by_number.number}</Code> {item.by_number.rendered.map((each) => <span key={each.language} lang={each.language} dir={each.right_to_left ? 'rtl' : 'ltr'} class="phrase"><Said>{each.display}</Said></span>)}{item.by_number.text_agrees === false ? <b class="bad-words"> {t('text-disagrees')}</b> : null}</p> : null}
      {item.translations.map((each) => <p key={each.by.digest} lang={each.language}><small>{each.language} · {each.made_by === 'person' ? <Said>{each.by.operator}</Said> : <>{t('machine')} <Said>{each.engine ?? ''}</Said></>}</small> <Said>{each.text}</Said></p>)}
      <Position item={item} />
      {item.denial ? <p class="warning"><Said>{item.denial.words}</Said>: <Said>{item.denial.scope}</Said> <Window from={item.denial.begins} until={item.denial.ends} /></p> : null}
      {item.stop ? <p class="warning"><Chip kind="stop" value={item.stop.state} /> <Said>{item.stop.intents.join(', ')}</Said> {item.stop.radius_m === null ? null : <Code>{item.stop.radius_m} m</Code>} {t('commands-nobody')}</p> : null}
      <Actions>
        {item.own ? null : <>
          <Act action="acknowledge" primary done={t('acknowledged')} disabled={answer === undefined || answer.acknowledged !== null} run={() => ask('POST /v1/line/items/{digest}/acknowledge', {path, query, body: {}}).then(again)}>{t('acknowledge')} <kbd>a</kbd></Act>
          <Act action="concur" done={t('concurred')} disabled={answer === undefined || answer.concurrence !== null} run={concur('concur')}>{t('concur')} <kbd>c</kbd></Act>
          <Act action="do-not-concur" done={t('not-concurred')} disabled={answer === undefined || answer.concurrence !== null} run={concur('do-not-concur')}>{t('do-not-concur')}</Act>
        </>}
        {item.own && item.stop && item.stop.released === null ? <Act action="release" ask={t('reason')} done={t('released')} run={(reason) => ask('POST /v1/line/items/{digest}/release', {path, query, body: {reason: reason ?? ''}}).then(again)}>{t('release-stop')}</Act> : null}
        <button onClick={() => openForm('message', `matter ${item.matter}`)}>{t('answer-in-matter')}</button>
        <button onClick={() => select({kind: 'matter', id: item.matter})}>{t('show-matter')}</button>
        <button onClick={() => openForm('incident', `message ${item.digest}`)}>{t('do-incident')}</button>
      </Actions>
      {!item.own && toReadBack && answer !== undefined && answer.read_back !== 'match' ? <ReadBack item={item} done={again} /> : null}
      {item.references.length ? <p>{t('about')}: {item.references.map((each) => <span key={`${each.kind}${each.id}${each.digest}`}>{each.kind} <Said>{each.id ?? short(each.digest ?? '')}</Said> </span>)}</p> : null}
      {item.attachments.map((each) => <p key={each.sha256}>{t('attachment')} <Said>{each.name}</Said> <Code>{each.media_type} {each.size_bytes} B</Code></p>)}
      <h3>{t('answers')}</h3>
      <ul class="answers">{item.answers.map((each) => <AnswersOf key={each.party} answers={each} />)}</ul>
      {item.escalations.map((each) => <p key={`${each.party}${each.by}${each.step}`}>{t('ladder-step')} {each.step} <Party of={each.party} />: <Said>{each.echelon}</Said> <small>{t('by-node-of')} <Party of={each.by} /></small> <Time at={each.made_at} />{each.calls === null ? null : <> {t('called-by')} <Said>{each.channel}</Said>: {each.calls.length === 0 ? t('call-under-way') : <Original>{each.calls.join('; ')}</Original>}</>}</p>)}
      <p><small>{t('id')} <Code>{item.digest}</Code></small></p>
    </article>
  );
}
