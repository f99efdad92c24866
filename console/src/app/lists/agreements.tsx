/** Agreements: the text, what changed in it, who signed. */

import {useEffect, useState} from 'preact/hooks';
import type {JSX} from 'preact';
import type {AgreementTold} from '../api_types';
import {ask} from '../api';
import {t} from '../i18n';
import {Parties, Party} from '../parties';
import {agreements, status} from '../store';
import {Chip, Code, Facts, Said, short, Time, Window} from '../text';
import {Act, Actions} from '../forms/act';
import {openForm} from '../view';
import {diffLines, type DiffLine} from '../diff';
import {Rows, type Row} from './rows';

export function AgreementList(): JSX.Element {
  const mine = status.value?.party ?? '';
  const rows = (agreements.value?.agreements ?? []).map((each): Row => ({
    ref: {kind: 'agreement', id: each.digest},
    look: each.waiting_for.includes(mine) ? 'owed' : each.in_force ? 'in-force' : '',
    words: `${each.title} ${each.state}`,
    body: <>
      <span class="line"><b><Said>{each.title}</Said></b> <Chip kind="agreement" value={each.state} /></span>
      <span class="line"><small>{t('version')} {each.version} · <Window from={each.valid_from} until={each.valid_until} /></small>{each.waiting_for.includes(mine) ? <b class="bad-words"> {t('signature-owed')}</b> : null}</span>
    </>,
  }));
  return <Rows label={t('pane-agreements')} of={agreements} rows={rows} none={t('no-agreements')}><button onClick={() => openForm('agreement')}>{t('do-agreement')}</button></Rows>;
}

export function Diff({lines}: {lines: DiffLine[]}): JSX.Element {
  return <pre class="diff" tabIndex={0} aria-label={t('diff')}>{lines.map((each, index) => {
    if (each.mark === ' ') return <span key={index}>{`  ${each.text}\n`}</span>;
    return each.mark === '+' ? <ins key={index}>{`+ ${each.text}\n`}</ins> : <del key={index}>{`- ${each.text}\n`}</del>;
  })}</pre>;
}

async function textOf(digest: string): Promise<string> {
  return (await ask('GET /v1/agreements/{digest}', {path: {digest}})).text ?? '';
}

export function AgreementDetail({id}: {id: string}): JSX.Element {
  const found = agreements.value?.agreements.find((each) => each.digest === id);
  const [text, setText] = useState<string | null>(null);
  const [before, setBefore] = useState<string | null>(null);
  const amends = found?.amends ?? null;
  useEffect(() => {
    setText(null);
    setBefore(null);
    void textOf(id).then(setText, () => undefined);
    if (amends !== null) void textOf(amends).then(setBefore, () => undefined);
  }, [id, amends]);
  if (found === undefined) return <p class="none">{t('not-known-here')} <Code>{short(id)}</Code></p>;
  return (
    <article>
      <h2><Said>{found.title}</Said> <Chip kind="agreement" value={found.state} /></h2>
      <Terms of={found} />
      <Actions>
        <Act action="sign" primary confirm={t('sign-sure')} done={t('signed')} disabled={text === null || !found.waiting_for.includes(status.value?.party ?? '')}
          run={() => ask('POST /v1/agreements/{digest}/sign', {path: {digest: id}}).then(() => agreements.refresh())}>{t('sign')}</Act>
        <button onClick={() => openForm('agreement', id)}>{t('amend')}</button>
      </Actions>
      {before !== null && text !== null ? <><h3>{t('diff')}</h3><Diff lines={diffLines(before, text)} /></> : null}
      <h3>{t('text')}</h3>
      {text === null ? <p>{t('unknown')}</p> : <pre class="agreement" tabIndex={0} aria-label={t('text')}><Said className="whole">{text}</Said></pre>}
      <h3>{t('history')}</h3>
      <ul>{agreements.value?.history.filter((each) => each.agreement === id).map((each) => <li key={each.record}><Time at={each.made_at} /> <Party of={each.party} /> (<Said>{each.operator}</Said>) <Said>{each.words}</Said></li>)}</ul>
    </article>
  );
}

function Terms({of}: {of: AgreementTold}): JSX.Element {
  return <Facts rows={[
    [t('parties'), <Parties of={of.parties} />],
    [t('window'), <Window from={of.valid_from} until={of.valid_until} />],
    [t('in-force'), t(of.in_force ? 'yes' : 'no')], [t('accepts-new'), t(of.accepts_new ? 'yes' : 'no')],
    [t('waiting-for'), of.waiting_for.length ? <Said>{of.waiting_for.join(', ')}</Said> : t('nobody')],
    [t('undefined'), of.undefined.length ? <Said>{of.undefined.join(', ')}</Said> : null],
    [t('unilateral'), of.unilateral ? <Said>{of.by.join(', ')}</Said> : null],
    [t('id'), <Code>{of.digest}</Code>],
  ]} />;
}

