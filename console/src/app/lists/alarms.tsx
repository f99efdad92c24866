/** Alarms of the node, each with its age until what it tells of is taken, answered or closed. */

import type {JSX} from 'preact';
import type {AlarmTold} from '../api_types';
import {alarmId, alarms, note, noted, standing} from '../alarms';
import {has, t, word} from '../i18n';
import {Original} from '../original';
import {partyWords} from '../parties';
import {intents, notices, status} from '../store';
import {Age, AsOf, Code, Said, Time} from '../text';
import {pane, select, type Ref} from '../view';
import {UnreadOf} from './unread';

/** A value of the sentence in words of this screen: parties by name, the node's own words by this language. */
function valueWords(name: string, value: string): string {
  if (name === 'party' || name === 'sender') return partyWords(value);
  if (name === 'others') return value.split(', ').map(partyWords).join(', ');
  if (name === 'why') return word('linewhy', value);
  return name === 'precedence' ? word('precedence', value) : value;
}

/** The alarm as a sentence of this language; what a person wrote stands behind it as it was written. */
export function AlarmWords({of}: {of: AlarmTold}): JSX.Element {
  const id = `alarm-${of.says || of.code}`;
  const values = Object.fromEntries(Object.entries(of.values).map(([name, value]) => [name, valueWords(name, value)]));
  const party = of.party === null ? '' : partyWords(of.party);
  const known = has(id);
  return <>
    {of.exercise ? <b class="chip exercise">{t('exercise')}</b> : null}{of.exercise ? ' ' : null}
    <span>{known ? t(id, {party, ...values}) : <><Code>{of.code}</Code> <Said>{party}</Said></>}</span>
    {of.values['said'] ? <> <q><Original lang={of.values['language']}>{of.values['said']}</Original></q></> : null}
    {of.says === '' || !known ? <> <Original>{of.text}</Original></> : null}
  </>;
}

/** Where what it tells of is shown. */
export function leadsTo(of: AlarmTold): (() => void) | null {
  const go = (ref: Ref) => (): void => select(ref);
  const about = of.about ?? of.digest;
  switch (of.code) {
    case 'flash': case 'stop-requested': return of.digest === null ? null : go({kind: 'item', id: of.digest});
    case 'escalation': case 'call-failed': return of.about === null ? null : go({kind: 'item', id: of.about});
    case 'erasure-asked': case 'erasure-answered': case 'erasure-overdue': return () => { pane.value = 'sites'; };
    case 'certificate-not-yet-valid': case 'certificate-expired': case 'line-degraded': case 'frozen': case 'key-ends': return () => { pane.value = 'health'; };
    case 'notice-touches': case 'objection': {
      const found = notices.value?.notices.find((each) => each.record === about || each.notice === of.values['notice']);
      return found === undefined ? null : go({kind: 'notice', id: found.record});
    }
    case 'no-longer-deconflicted': case 'emergency': {
      const found = intents.value?.intents.find((each) => each.current.digest === of.digest || each.change?.digest === of.digest);
      return found === undefined ? null : go({kind: 'intent', id: found.intent});
    }
    default: return null;
  }
}

function Row({of}: {of: AlarmTold}): JSX.Element {
  const lead = leadsTo(of);
  const seen = of.goes_on !== true && noted.value.includes(alarmId(of));
  return (
    <li class={`card alarm-card${of.goes_on === true ? ' goes-on' : ''}${seen ? ' noted' : ''}`}>
      <span class="line"><span class={`chip ${of.goes_on === true ? 'severity-warning' : ''}`}>{t(of.goes_on === true ? 'alarm-goes-on' : seen ? 'alarm-noted' : 'alarm-happened')}</span> <Time at={of.at} /> <Age at={of.at} /></span>
      <span class="line"><AlarmWords of={of} /></span>
      <span class="actions">
        {lead === null ? null : <button class="small" data-action="alarm-open" onClick={lead}>{t('alarm-show')}</button>}
        {of.goes_on === true || seen ? null : <button class="small" data-action="alarm-note" onClick={() => note([of])}>{t('alarm-note')}</button>}
      </span>
    </li>
  );
}

export function AlarmList(): JSX.Element {
  const all = alarms.value;
  const open = all.filter((each) => each.goes_on !== true && !noted.value.includes(alarmId(each)));
  return (
    <section class="rows alarms" aria-label={t('pane-alarms')}>
      <AsOf of={status} />
      <UnreadOf of={status} />
      <p class="hint">{t('alarm-words')}</p>
      {open.length > 1 ? <p><button data-action="alarm-note-all" onClick={() => note(open)}>{t('alarm-note-all', {n: open.length})}</button></p> : null}
      <ul>{all.map((each) => <Row key={alarmId(each)} of={each} />)}</ul>
      {all.length === 0 ? <p class="none">{status.told.value === null ? t('unknown') : t('no-alarms')}</p> : null}
    </section>
  );
}

const IN_BAR_MAX = 2;
const SMALL = '(max-width: 760px)'; // as style.css has it; there one alarm is enough beside the count

/** In the top bar: the newest, and how many more the list has. */
export function AlarmBar(): JSX.Element | null {
  const all = standing.value;
  if (all.length === 0) return null;
  const shown = matchMedia(SMALL).matches ? 1 : IN_BAR_MAX;
  return <>
    {all.slice(0, shown).map((each) => {
      const lead = leadsTo(each);
      return <p key={alarmId(each)} class="alarm"><Time at={each.at} /> <Age at={each.at} /> <AlarmWords of={each} /> {lead === null ? null : <button class="small" onClick={lead}>{t('alarm-show')}</button>}{each.goes_on === true ? null : <button class="small" onClick={() => note([each])}>{t('alarm-note')}</button>}</p>;
    })}
    {all.length > shown ? <p class="alarm more"><button class="small" onClick={() => { pane.value = 'alarms'; }}>{t('alarms-more', {n: all.length - shown})}</button></p> : null}
  </>;
}
