/** Notices of activities: what stands, what is wrong with it, and who has it. */

import type {JSX} from 'preact';
import type {FindingTold, NoticeTold} from '../api_types';
import {ask, halves} from '../api';
import {t, word} from '../i18n';
import {exercise} from '../preferences';
import {notices, status} from '../store';
import {Original, Word} from '../original';
import {Party} from '../parties';
import {Chip, Code, Facts, lengthWords, Said, short, Time, Window} from '../text';
import {Act, Actions} from '../forms/act';
import {openForm} from '../view';
import {Echelons} from './echelons';
import {Rows, type Row} from './rows';

/** A time as its author wrote it, out of the node's words for it. */
export const asStated = (told: string): string => /\(stated as (.+)\)$/.exec(told)?.[1] ?? told;

/** `areas[1].shape` is about the second area. */
function NoticeField({name}: {name: string}): JSX.Element {
  const [, field = name, index] = /^(\w+)(?:\[(\d+)\])?/.exec(name) ?? [];
  return <><Word kind="noticefield" value={field} />{index === undefined ? null : ` ${Number(index) + 1}`}</>;
}

export function Findings({findings}: {findings: FindingTold[]}): JSX.Element {
  if (findings.length === 0) return <p>{t('no-findings')}</p>;
  return <ul class="findings">{findings.map((each) => <li key={`${each.rule}${each.field}${each.words}`}><Chip kind="finding" value={each.code} /> <Code>{each.rule}</Code> <NoticeField name={each.field} />: <Original>{each.words}</Original></li>)}</ul>;
}

/** How long before its beginning it came here, beside what was agreed; a part of a minute given away is none gained. */
function leadWords(leadS: number | null, agreedS: number | null | undefined): string {
  if (leadS === null) return t('unknown');
  const lead = leadS < 0 ? t('lead-after', {after: lengthWords(Math.ceil(-leadS))}) : lengthWords(Math.floor(leadS));
  return agreedS == null ? t('lead-alone', {lead}) : t('lead-of', {lead, agreed: lengthWords(agreedS)});
}

function owed(notice: NoticeTold, mine: string | undefined): boolean {
  return !notice.own && notice.recipients.some((each) => each.party === mine && each.acknowledged.length === 0);
}

export function NoticeList(): JSX.Element {
  const mine = status.value?.party;
  const rows = (notices.value?.notices ?? []).map((each): Row => ({
    ref: {kind: 'notice', id: each.record},
    look: `notice-${each.state}${owed(each, mine) ? ' owed' : ''}`,
    words: [each.place, each.description, each.author, each.checked.activity, word('flightclass', each.checked.activity)].join(' '),
    body: <>
      <span class="line"><b><Word kind="flightclass" value={each.checked.activity} /></b> <Chip kind="notice" value={each.state} /> <small><Party of={each.author} /></small></span>
      <span class="line"><Said className="said clamp">{each.place || each.description}</Said></span>
      <span class="line"><Window from={each.checked.effective_from} until={each.checked.effective_until} /> {each.checked.findings.map((one) => <Chip key={one.rule + one.field} kind="finding" value={one.code} />)} {owed(each, mine) ? <b class="bad-words">{t('not-acknowledged-here')}</b> : null}</span>
    </>,
  }));
  return <Rows label={t('pane-notices')} of={notices} rows={rows} none={t('nothing-notified')} />;
}

export function NoticeDetail({id}: {id: string}): JSX.Element {
  const notice = notices.value?.notices.find((each) => each.record === id || each.notice === id);
  if (notice === undefined) return <p class="none">{t('not-known-here')} <Code>{short(id)}</Code></p>;
  const mine = status.value?.party;
  const path = halves(notice.notice, 'party');
  const query = {exercise: exercise.value};
  const acknowledge = (): Promise<unknown> =>
    ask('POST /v1/notices/{party}/{number}/acknowledge', {path, query: {...query, record: notice.record}}).then(() => notices.refresh());
  const cancel = (reason?: string): Promise<unknown> =>
    ask('POST /v1/notices/{party}/{number}/cancel', {path, query, body: {reason: reason ?? ''}}).then(() => notices.refresh());
  return (
    <article>
      <h2><Word kind="flightclass" value={notice.checked.activity} /> <Chip kind="notice" value={notice.state} /></h2>
      <p><b><Party of={notice.author} /></b> (<Said>{notice.operator}</Said>) · <Time at={notice.made_at} /></p>
      <p class="big"><Said>{notice.place}</Said></p>
      <p><Said>{notice.description}</Said></p>
      {notice.stop_requested?.length ? <p class="warning">{t('stop-requested')}</p> : null}
      {notice.rivals.length ? <p class="warning">{t('rivals')} {notice.rivals.map((each) => <Code key={each}>{short(each)} </Code>)}</p> : null}
      <Actions>
        {notice.own ? null : <Act action="acknowledge" primary done={t('acknowledged')} disabled={!owed(notice, mine)} run={acknowledge}>{t('acknowledge')} <kbd>a</kbd></Act>}
        {notice.own ? <button onClick={() => openForm('notice', notice.notice)}>{t('revise')}</button> : null}
        {notice.own ? <Act action="cancel" ask={t('reason')} done={t('cancelled')} run={cancel}>{t('take-back')}</Act> : null}
        <button onClick={() => openForm('stop', `notice ${notice.notice} ${notice.record}`)}>{t('do-stop')}</button>
      </Actions>
      <Facts rows={[
        [t('window'), <Window from={notice.checked.effective_from} until={notice.checked.effective_until} />],
        [t('stated'), <>{[...notice.starts, '–', ...notice.ends].map((each, index) => <span key={index} class="whole"><Code>{asStated(each)}</Code> </span>)}</>],
        [t('lead'), leadWords(notice.checked.lead_s, notice.checked.agreed_lead_s)],
        [t('contact'), <Said>{notice.contact}</Said>],
        [t('revision'), String(notice.revision)], [t('id'), <Code>{notice.notice}</Code>],
      ]} />
      <h3>{t('checks')}</h3>
      <Findings findings={notice.checked.findings} />
      <h3>{t('held-areas')}</h3>
      <ul>{notice.checked.areas.map((each, index) => <li key={index}><Code>{each.grid}</Code> <Original>{each.whereabouts.join('; ')}</Original> <Code>{each.lower} – {each.upper}</Code></li>)}{notice.checked.areas.length === 0 ? <li>{t('no-area')}</li> : null}</ul>
      <h3>{t('recipients')}</h3>
      <ul>{notice.recipients.map((each) => <li key={each.party}><Party of={each.party} />: {word('answer', each.word)} {each.acknowledged.map((one) => <span key={one.operator}><Said>{one.operator}</Said> <Time at={one.made_at} /> </span>)}</li>)}</ul>
      <Echelons record={notice.record} />
    </article>
  );
}
