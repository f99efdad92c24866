/** Alarms of the node, each with its age until what it tells of is taken, answered or closed. */

import type {JSX} from 'preact';
import type {AlarmTold} from '../api_types';
import {alarmId, alarms, note, noted, standing} from '../alarms';
import {has, t, word} from '../i18n';
import {Original} from '../original';
import {partyWords} from '../parties';
import {intents, notices, sites, status} from '../store';
import {Age, AsOf, Code, Said, Time} from '../text';
import {phone, select, showList, type Ref} from '../view';
import {siteName} from './sites';
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
  const site = of.says === 'escalation' ? sites.value?.sites.find((each) => each.record === of.about) : undefined;
  const id = site === undefined ? `alarm-${of.says || of.code}` : 'alarm-escalation-site';
  const values = Object.fromEntries(Object.entries(of.values).map(([name, value]) => [name, valueWords(name, value)]));
  const party = of.party === null ? '' : partyWords(of.party);
  const known = has(id);
  return <>
    {of.exercise ? <b class="chip exercise">{t('exercise')}</b> : null}{of.exercise ? ' ' : null}
    <span>{known ? t(id, {party, ...values, site: site === undefined ? '' : siteName(site)}) : <><Code>{of.code}</Code> <Said>{party}</Said></>}</span>
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
    case 'escalation': case 'call-failed': { // of what was said, of a notice, or of a site that was told
      if (of.about === null) return null;
      const notice = notices.value?.notices.find((each) => each.record === of.about);
      const site = sites.value?.sites.find((each) => each.record === of.about);
      return go(notice !== undefined ? {kind: 'notice', id: notice.record} : site !== undefined ? {kind: 'site', id: site.site} : {kind: 'item', id: of.about});
    }
    case 'erasure-asked': case 'erasure-answered': case 'erasure-overdue': return () => showList('sites');
    case 'certificate-not-yet-valid': case 'certificate-expired': case 'line-degraded': case 'frozen': case 'key-ends': return () => showList('health');
    case 'notice-touches': case 'objection': {
      const found = notices.value?.notices.find((each) => each.record === about || each.notice === of.values['notice']);
      return found === undefined ? null : go({kind: 'notice', id: found.record});
    }
    case 'no-longer-deconflicted': case 'emergency': {
      const found = intents.value?.intents.find((each) => each.current.digest === of.digest || each.change?.digest === of.digest);
      return found === undefined ? () => showList('plans') : go({kind: 'intent', id: found.intent}); // an announcement stands at the head of the list
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

function InBar({of}: {of: AlarmTold}): JSX.Element {
  const lead = leadsTo(of);
  return <p class="alarm"><Time at={of.at} /> <Age at={of.at} /> <AlarmWords of={of} /> {lead === null ? null : <button class="small" onClick={(event) => { event.currentTarget.closest('details')?.removeAttribute('open'); lead(); }}>{t('alarm-show')}</button>}{of.goes_on === true ? null : <button class="small" onClick={() => note([of])}>{t('alarm-note')}</button>}</p>;
}

/** In the top bar: the first of them, and how many more the list has. On a phone one line, which opens to all of them. */
export function AlarmBar(): JSX.Element | null {
  const all = standing.value;
  if (all.length === 0) return null;
  if (phone.value) {
    return (
      <details class="alarms-folded">
        <summary><b>{t('pane-alarms')}</b> <b class="count">{all.length}</b> <Age at={all[0]!.at} /> <AlarmWords of={all[0]!} /></summary>
        {all.map((each) => <InBar key={alarmId(each)} of={each} />)}
      </details>
    );
  }
  return <>
    {all.slice(0, IN_BAR_MAX).map((each) => <InBar key={alarmId(each)} of={each} />)}
    {all.length > IN_BAR_MAX ? <p class="alarm more"><button class="small" onClick={() => showList('alarms')}>{t('alarms-more', {n: all.length - IN_BAR_MAX})}</button></p> : null}
  </>;
}
