/** Who within each party has what was told for protection, echelon by echelon; who was not heard of is not known to have it. */

import type {JSX} from 'preact';
import type {EchelonTold} from '../api_types';
import {ask} from '../api';
import {t, word} from '../i18n';
import {Party} from '../parties';
import {exercise} from '../preferences';
import {mayDo} from '../session';
import {status} from '../store';
import {Chip, Said, Time} from '../text';
import {Act} from '../forms/act';
import {AsOfAsked, useAsked} from './asked';

function Echelon({of, record, own, again}: {of: EchelonTold; record: string; own: boolean; again: () => Promise<void>}): JSX.Element {
  const open = of.state !== 'acknowledged';
  const receive = (holder?: string): Promise<unknown> => ask('POST /v1/echelons/{record}/receive', {
    path: {record}, query: {exercise: exercise.value}, body: {level: of.level, name: of.name, holder: holder ?? ''},
  }).then(again);
  return (
    <li>
      <b><Said>{of.name}</Said></b> {of.level === of.name ? null : <small>{word('echelonlevel', of.level)}</small>} <Chip kind="echelonstate" value={of.state} />
      {open && of.due_at !== null ? <> <small>{t('echelon-due')} <Time at={of.due_at} /></small></> : null}
      {open ? null : <> <small><Said>{of.holder}</Said> <Time at={of.had_at ?? null} /></small></>}
      {open && own && mayDo('echelon.receive') ? <> <Act action="receive" ask={t('echelon-who-has-it')} done={t('echelon-has-it-now')} run={receive}>{t('echelon-has-it')}</Act></> : null}
    </li>
  );
}

export function Echelons({record}: {record: string}): JSX.Element {
  const asked = useAsked('GET /v1/echelons', {}, {record, exercise: exercise.value}, ['hazard', 'notice', 'site']);
  const told = asked.value?.told ?? [];
  return (
    <section class="echelons">
      <h3>{t('echelons')}</h3>
      <AsOfAsked of={asked} />
      {told.map((each) => <div key={each.party}>
        <p><Party of={each.party} /></p>
        <ul>{each.echelons.map((one) => <Echelon key={`${one.level} ${one.name}`} of={one} record={each.record} own={each.party === status.value?.party} again={asked.again} />)}</ul>
      </div>)}
      {asked.value !== null && told.length === 0 ? <p class="none">{t('echelons-none')}</p> : null}
    </section>
  );
}
