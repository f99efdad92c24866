/** What one person wants recorded and waits for another: exactly that, to approve or to refuse. */

import {computed} from '@preact/signals';
import type {JSX} from 'preact';
import type {AccessMessagesProposalTold as ProposalTold} from '../api_types';
import {ask} from '../api';
import {t, word} from '../i18n';
import {Parties} from '../parties';
import {mayDo, session} from '../session';
import {agreements, proposals, status} from '../store';
import {Age, Chip, Code, Facts, Said, short, Time} from '../text';
import {Act, Actions} from '../forms/act';
import {keepBundle} from '../forms/evidence';
import {openForm, select, showList} from '../view';
import {Rows, type Row} from './rows';

const waits = (each: ProposalTold): boolean => each.state === 'waiting';

/** How many wait for the person at this console. */
export const approvable = computed(() => (proposals.value?.proposals ?? []).filter((each) => each.may_approve).length);
/** How many wait for anybody. */
export const waitingProposals = computed(() => (proposals.value?.proposals ?? []).filter(waits).length);

const actName = (kind: string): string => word('act', kind.replaceAll('.', '-'));

/** What it is about, in a few words. */
function subject(each: ProposalTold): string {
  const named = each.body['agreement'];
  const agreement = agreements.value?.agreements.find((one) => one.digest === named);
  if (agreement !== undefined) return agreement.title;
  const stated = ['title', 'peer', 'party', 'reason', 'key'].map((name) => each.body[name]).find((one) => typeof one === 'string');
  return typeof stated === 'string' ? stated : '';
}

export function ApprovalList(): JSX.Element {
  const all = proposals.value?.proposals ?? [];
  const frozen = (status.value?.peers ?? []).filter((each) => each.frozen);
  const rows = [...all].sort((a, b) => Number(waits(b)) - Number(waits(a))).map((each): Row => ({
    ref: {kind: 'proposal', id: each.proposal},
    look: each.may_approve ? 'owed' : '',
    words: [each.kind, each.state, each.proposed_by, subject(each)].join(' '),
    body: <>
      <span class="line"><b>{actName(each.kind)}</b> <Chip kind="proposal" value={each.state} /></span>
      <span class="line"><Said>{subject(each)}</Said></span>
      <span class="line"><small>{t('proposed-by')} <Said>{each.proposed_by}</Said> <Time at={each.made_at} /></small> <Age at={each.made_at} />{each.may_approve ? <b class="bad-words"> {t('approval-owed')}</b> : null}</span>
    </>,
  }));
  return <Rows label={t('pane-approvals')} of={proposals} rows={rows} none={t('no-approvals')}>
    <p class="hint">{t('approvals-words')}</p>
    <div class="actions">
      {mayDo('evidence.export') ? <button onClick={() => openForm('evidence')}>{t('do-evidence')}</button> : null}
      {mayDo('key.rotate') ? <button onClick={() => openForm('key')}>{t('do-key')}</button> : null}
      {frozen.length && mayDo('peer.unfreeze') ? <button onClick={() => showList('health')}>{t('unfreeze')}: <Said>{frozen.map((each) => each.name).join(', ')}</Said></button> : null}
    </div>
  </Rows>;
}

/** A value of the body, as it stands in the record. */
const spelled = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 1));

export function ApprovalDetail({id}: {id: string}): JSX.Element {
  const found = proposals.value?.proposals.find((each) => each.proposal === id);
  if (found === undefined) return <p class="none">{t('not-known-here')} <Code>{short(id)}</Code></p>;
  const path = {proposal: id};
  const again = (): Promise<unknown> => Promise.all([proposals.refresh(), agreements.refresh(), status.refresh()]);
  const mine = found.proposed_by === session.value.operator;
  const agreement = found.kind === 'agreement.signature' ? found.body['agreement'] : undefined;
  return (
    <article>
      <h2>{actName(found.kind)} <Chip kind="proposal" value={found.state} /></h2>
      {waits(found) && mine ? <p class="warning">{t('approval-own')}</p> : null}
      {waits(found) && !mine && !found.may_approve ? <p class="warning">{t('approval-not-yours')}</p> : null}
      {typeof agreement === 'string' ? <p><button onClick={() => select({kind: 'agreement', id: agreement})}>{t('read-whole-text')}</button></p> : null}
      <Facts rows={[
        [t('proposed-by'), <Said>{found.proposed_by}</Said>], [t('made'), <><Time at={found.made_at} /> <Age at={found.made_at} /></>],
        [t('ends'), <Time at={found.expires_at} />], [t('recipients'), found.recipients.length ? <Parties of={found.recipients} /> : t('all-parties')],
        [t('approved-by'), found.approved_by ? <Said>{found.approved_by}</Said> : null], [t('refused-because'), found.refused ? <Said>{found.refused}</Said> : null],
        [t('record'), found.record ? <Code>{found.record}</Code> : null],
      ]} />
      <h3>{t('exactly-this')}</h3>
      <p class="hint">{t('exactly-words')}</p>
      <dl class="facts exact">
        <div><dt>{t('kind')}</dt><dd><Code>{found.kind}</Code></dd></div>
        {Object.entries(found.body).map(([name, value]) => <div key={name}><dt><Code>{name}</Code></dt><dd>{typeof value === 'string' ? <Said>{value}</Said> : <Code>{spelled(value)}</Code>}</dd></div>)}
        <div><dt>{t('digest-approved')}</dt><dd><Code>{found.what}</Code></dd></div>
      </dl>
      {found.state === 'approved' ? <p class="warning">{t('key-approved')}</p> : null}
      {found.state === 'done' && found.kind === 'evidence.bundle' && mayDo('evidence.export') ? <Actions><Act action="keep-bundle" primary done={t('evidence-made')} run={() => ask('GET /v1/evidence/exports/{proposal}', {path}).then(keepBundle)}>{t('keep-bundle')}</Act></Actions> : null}
      {waits(found) ? (
        <Actions>
          {found.may_approve ? <Act action="approve" primary confirm={t('approve-sure')} done={t('approved')} run={() => ask('POST /v1/proposals/{proposal}/approve', {path, body: {what: found.what}}).then(again)}>{t('approve')}</Act> : null}
          {found.may_approve || (mine && waits(found)) ? <Act action="refuse" ask={t('reason')} done={t(mine ? 'taken-back' : 'refused')} run={(reason) => ask('POST /v1/proposals/{proposal}/refuse', {path, body: {reason: reason ?? ''}}).then(again)}>{t(mine ? 'take-back' : 'refuse')}</Act> : null}
        </Actions>
      ) : null}
    </article>
  );
}
