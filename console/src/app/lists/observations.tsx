/** Observations: what was seen, how many origins bear it, what it rests on, and to the byte what each other party would be told. */

import type {JSX} from 'preact';
import {useState} from 'preact/hooks';
import type {FormTold, ObservationTold, SupportTold} from '../api_types';
import {ask, halves} from '../api';
import {t, word} from '../i18n';
import {Party, PartyName} from '../parties';
import {exercise} from '../preferences';
import {mayDo} from '../session';
import {observations} from '../store';
import {Word} from '../original';
import {Age, Chip, Code, Facts, Said, short, Time, Window} from '../text';
import {Act, Actions} from '../forms/act';
import {openForm, select} from '../view';
import {AsOfAsked, useAsked} from './asked';
import {Rows, type Row} from './rows';

const where = (of: ObservationTold): string => of.area?.whereabouts ?? of.subject?.id ?? '';

export function ObservationList(): JSX.Element {
  const rows = (observations.value?.observations ?? []).map((each): Row => ({
    ref: {kind: 'observation', id: each.observation},
    look: `observation-${each.state}${each.circular || each.in_question.length ? ' owed' : ''}`,
    words: [each.kind, each.nature, word('nature', each.nature), each.state, each.author, where(each), each.words].join(' '),
    body: <>
      <span class="line"><b>{word('seen', each.kind)}</b> <Word kind="nature" value={each.nature} /> <Chip kind="observation" value={each.state} />{each.circular ? <Chip kind="observation" value="circular" /> : null}{each.in_question.length ? <Chip kind="observation" value="in-question" /> : null}</span>
      <span class="line"><small><Said>{where(each)}</Said></small></span>
      <span class="line"><small><Window from={each.begins} until={each.ends} /> · {each.own ? t('own') : <Party of={each.author} />}</small> <Age at={each.received_at} /></span>
    </>,
  }));
  return (
    <Rows label={t('pane-observations')} of={observations} rows={rows} none={t('no-observations')}>
      <p class="hint">{t('observations-words')}</p>
      <button onClick={() => openForm('observation')}>{t('do-observation')}</button>{' '}
      {mayDo('observation.policy') ? <button onClick={() => openForm('observation-policy')}>{t('do-observation-policy')}</button> : null}{' '}
      {mayDo('observation.consent') ? <button onClick={() => openForm('observation-consent')}>{t('do-observation-consent')}</button> : null}
    </Rows>
  );
}

export function ObservationDetail({id}: {id: string}): JSX.Element {
  const path = halves(id, 'party');
  const query = {exercise: exercise.value};
  const asked = useAsked('GET /v1/observations/{party}/{number}', path, query, ['observation.']);
  const support = useAsked('GET /v1/observations/{party}/{number}/support', path, query, ['observation.']);
  const found = asked.value;
  const again = (): Promise<unknown> => Promise.all([asked.again(), support.again(), observations.refresh()]);
  if (found === null) return <article><h2><Code>{id}</Code></h2><AsOfAsked of={asked} /></article>;
  const stands = found.state === 'unverified' || found.state === 'verified';
  return (
    <article class="observation">
      <h2>{word('seen', found.kind)} <small><Word kind="nature" value={found.nature} /></small> <Chip kind="observation" value={found.state} /></h2>
      <AsOfAsked of={asked} />
      {found.circular ? <p class="warning">{t('circular-words')}</p> : null}
      {found.in_question.length ? <p class="warning">{t('in-question-words')} {found.in_question.map((each) => <Code key={each}>{short(each)} </Code>)}</p> : null}
      {found.withdrawn_because !== null ? <p class="warning">{t('withdrawn-because')}: <Said>{found.withdrawn_because}</Said></p> : null}
      <blockquote><Said>{found.words}</Said></blockquote>
      {found.words_below ? <><p class="hint">{t('below-tear-line')}</p><blockquote><Said>{found.words_below}</Said></blockquote></> : null}
      <Actions>
        {found.own && stands && mayDo('observation.enter') ? <button onClick={() => openForm('observation', id)}>{t('revise')}</button> : null}
        {stands && mayDo('observation.check') ? <button onClick={() => openForm('observation-check', id)}>{t('verify')}</button> : null}
        {found.own && stands && mayDo('observation.release') ? <Act action="withdraw" ask={t('reason')} done={t('observation-withdrawn-now')} run={(reason) => ask('POST /v1/observations/{party}/{number}/withdraw', {path, query, body: {reason: reason ?? ''}}).then(again)}>{t('take-back')}</Act> : null}
      </Actions>
      <Support of={support.value} />
      <Particulars of={found} />
      {found.own && stands ? <Release id={id} of={found} again={again} /> : null}
      <h3>{t('rests-on')}</h3>
      <Origins of={found} />
      <Sent of={found} />
    </article>
  );
}

function Particulars({of}: {of: ObservationTold}): JSX.Element {
  const area = of.area;
  return <Facts rows={[
    [t('window'), <Window from={of.begins} until={of.ends} />],
    [t('somewhere-in'), area ? <><Said>{area.whereabouts}</Said> <Code>± {Math.round(area.radius_m)} m, k = {area.k}</Code></> : null],
    [t('about'), of.subject ? <><Said>{of.subject.kind}</Said> <Code>{of.subject.id}</Code></> : null],
    [t('source'), of.source ? <>{of.source.kind ? word('source', of.source.kind) : t('unknown')}{of.source.name ? <> <Said>{of.source.name}</Said></> : null}</> : t('unknown')],
    [t('grading'), <Code>{of.source?.reliability ?? 'F'}{of.credibility}</Code>],
    [t('from'), <><PartyName of={of.author} /> (<Said>{of.operator}</Said>)</>],
    [t('approved-by'), of.approved_by ? <Said>{of.approved_by}</Said> : null],
    [t('labels'), of.labels.length ? <Said>{of.labels.join(', ')}</Said> : t('no-label-goes-nowhere')],
    [t('onward'), of.own ? null : of.onward.length ? <Said>{of.onward.join(', ')}</Said> : t('nobody')],
    [t('legal-basis'), <Said>{of.legal_basis}</Said>], [t('consent'), word('consented', of.consent)],
    [t('revision'), of.revision === null ? null : String(of.revision)], [t('made'), <Time at={of.made_at} />], [t('record'), <Code>{of.record}</Code>], [t('id'), <Code>{of.observation}</Code>],
  ]} />;
}

/** How many origins, in the node's words and in numbers: channels are no origins. */
function Support({of}: {of: SupportTold | null}): JSX.Element {
  if (of === null) return <p>{t('corroboration')}: {t('unknown')}</p>;
  return (
    <section aria-label={t('corroboration')} class="preview">
      <h3>{t('corroboration')}</h3>
      <p class="big"><Said>{of.words}</Said></p>
      <p>{t('support-counts', {reports: of.reports, channels: of.channels, counted: of.counted})}</p>
      <ul>
        {of.classes.map((each, index) => <li key={index}>{t('origin')} {index + 1}: {each.map((one) => <RecordLink key={one} record={one} />)}</li>)}
        {of.unknown.length ? <li>{t('origin-not-known')}: {of.unknown.map((one) => <RecordLink key={one} record={one} />)}</li> : null}
        {of.circular.length ? <li>{t('came-back')}: {of.circular.map((one) => <RecordLink key={one} record={one} />)}</li> : null}
        {of.left_out.length ? <li>{t('left-out')}: {of.left_out.map((one) => <RecordLink key={one} record={one} />)}</li> : null}
      </ul>
    </section>
  );
}

const DIGEST = /^[0-9a-f]{64}$/;

const held = (record: string): ObservationTold | undefined => observations.value?.observations.find((each) => each.record === record);

function RecordLink({record}: {record: string}): JSX.Element {
  const found = held(record);
  if (found === undefined) return <span><Code>{DIGEST.test(record) ? short(record) : record}</Code> </span>;
  return <span><button class="small" onClick={() => select({kind: 'observation', id: found.observation})}>{found.own ? t('own') : <Party of={found.author} />} <Code>{short(record)}</Code></button> </span>;
}

const DEPTH_MAX = 12;

/** What it rests on, and what that rests on; each once. */
function Branches({of, seen, depth}: {of: ObservationTold; seen: string[]; depth: number}): JSX.Element | null {
  if (of.provenance.length === 0) return null;
  if (depth > DEPTH_MAX) return <p>…</p>;
  return (
    <ul class="tree">
      {of.provenance.map((each) => {
        const found = held(each.record);
        const again = seen.includes(each.record);
        return (
          <li key={`${each.relation} ${each.record}`}>
            {word('relation', each.relation)} {found ? <><RecordLink record={each.record} /> <Said>{found.words.slice(0, 80)}</Said></> : <><Code>{each.observation} {short(each.record)}</Code> {t(each.here ? 'not-in-list' : 'not-here')}</>}
            {again ? ` ${t('stands-above')}` : found ? <Branches of={found} seen={[...seen, each.record]} depth={depth + 1} /> : null}
          </li>
        );
      })}
    </ul>
  );
}

function Origins({of}: {of: ObservationTold}): JSX.Element {
  return <>
    {of.provenance.length === 0 ? <p class="none">{t('rests-on-nothing')}</p> : <Branches of={of} seen={[of.record]} depth={1} />}
    {of.resting_on_it.length ? <p>{t('resting-on-it')}: {of.resting_on_it.map((each) => <RecordLink key={each} record={each} />)}</p> : null}
    {of.beside.length ? <p>{t('beside-it')}: {of.beside.map((each) => <RecordLink key={each} record={each} />)}</p> : null}
    <h3>{t('site-checks')}</h3>
    {of.checks.length === 0 ? <p class="none">{t('checked-by-nobody')}</p> : <ul>{of.checks.map((each) => <li key={each.at + each.operator}><Said>{each.operator}</Said> <Time at={each.at} /> <Said>{each.words}</Said> {each.beside.map((one) => <RecordLink key={one} record={one} />)}</li>)}</ul>}
  </>;
}

function Sent({of}: {of: ObservationTold}): JSX.Element | null {
  if (!of.own) return null;
  return <>
    <h3>{t('told-to')}</h3>
    {of.sent.length === 0 ? <p class="none">{t('told-to-nobody')}</p> : (
      <ul>{of.sent.map((each) => <li key={each.record}><PartyName of={each.recipient} /> <Time at={each.at} /> <Code>{short(each.record)}</Code> {t(each.receipted ? 'stored' : 'no-receipt')}{each.withdrawn_at ? <> · {t('taken-back')} <Time at={each.withdrawn_at} /></> : null}</li>)}</ul>
    )}
  </>;
}

/** The preview, and the release of exactly what it shows: where the node would say anything else by now, nothing goes out. */
function Release({id, of, again}: {id: string; of: ObservationTold; again: () => Promise<unknown>}): JSX.Element {
  const [forms, setForms] = useState<FormTold[] | null>(null);
  const [chosen, setChosen] = useState<string[]>([]);
  const [seen, setSeen] = useState('');
  const [approvedHere, setApprovedHere] = useState<string[]>([]); // the node tells each person of the others' approvals
  const path = halves(id, 'party');
  const query = {exercise: exercise.value};
  const preview = async (): Promise<FormTold[]> => {
    const told = await ask('POST /v1/observations/{party}/{number}/preview', {path, query, body: {to: []}});
    setForms(told);
    setSeen(of.record);
    return told;
  };
  const sent = (recipient: string): boolean => of.sent.some((each) => each.recipient === recipient && each.withdrawn_at === null);
  const ready = (each: FormTold): boolean => !each.why_not && (!each.two_persons || (each.approved_by ?? []).length > 0);
  const release = async (): Promise<void> => {
    const before = forms ?? [];
    const now = await preview();
    const bodyOf = (all: FormTold[], party: string): string => {
      const found = all.find((each) => each.recipient === party);
      return JSON.stringify([found?.body ?? null, found?.labels ?? []]);
    };
    if (chosen.some((each) => bodyOf(before, each) !== bodyOf(now, each))) throw new Error(t('preview-changed'));
    await ask('POST /v1/observations/{party}/{number}/release', {path, query, body: {to: chosen}});
    setChosen([]);
    await again();
  };
  const approve = (each: FormTold) => (): Promise<unknown> => ask('POST /v1/observations/{party}/{number}/approve', {path, query, body: {to: each.recipient, form: each.form ?? ''}}).then(() => {
    setApprovedHere([...approvedHere, each.form ?? '']);
    return preview();
  });
  const current = forms !== null && seen === of.record;
  const fit = chosen.filter((each) => forms?.some((one) => one.recipient === each && ready(one)));
  return (
    <section aria-label={t('release')} class="preview">
      <h3>{t('release')}</h3>
      <p class="hint">{t('release-words')}</p>
      <Actions><Act action="preview" done={t('previewed')} run={preview}>{t('show-preview')}</Act></Actions>
      {current ? forms.map((each) => (
        <fieldset key={each.recipient} class="form-shown"><legend><PartyName of={each.recipient} /></legend>
          {each.why_not ? <p class="none"><b>{t('told-nothing')}</b> <Said>{each.why_not}</Said></p> : <>
            <pre tabIndex={0} aria-label={t('exact-bytes')}><Code>{each.body}</Code></pre>
            <p><small>{t('labels')}: <Said>{(each.labels ?? []).join(', ')}</Said> · {t('form-digest')} <Code>{each.form}</Code></small></p>
            {each.two_persons ? <p>{(each.approved_by ?? []).length ? <>{t('approved-by')} <Said>{(each.approved_by ?? []).join(', ')}</Said></> : approvedHere.includes(each.form ?? '') ? <b class="good-words">{t('approved-by-you')}</b> : <b class="bad-words">{t('needs-second')}</b>}</p> : null}
            {sent(each.recipient) ? <p>{t('told-already')}</p> : null}
            {each.two_persons && mayDo('observation.release') && !approvedHere.includes(each.form ?? '') ? <Act action="approve-form" confirm={t('approve-form-sure')} done={t('approved')} run={approve(each)}>{t('approve')}</Act> : null}
            <label class="check"><input type="checkbox" disabled={!ready(each)} checked={chosen.includes(each.recipient)} onChange={(event) => setChosen(event.currentTarget.checked ? [...chosen, each.recipient] : chosen.filter((one) => one !== each.recipient))} />{t('tell-this-party')}</label>
          </>}
        </fieldset>
      )) : null}
      {current && mayDo('observation.release') ? <Actions><Act action="release" primary disabled={fit.length === 0} confirm={t('release-sure', {n: fit.length})} done={t('released-now')} run={release}>{t('release-to', {n: fit.length})}</Act></Actions> : null}
    </section>
  );
}
