/** The node's reasons about a flight, by their ids, in the language chosen; one that no locale has is told as the node said it. */

import type {JSX} from 'preact';
import {has, t, word} from '../i18n';
import {Original, Word} from '../original';
import {isParty, Party, partyWords} from '../parties';
import {Code, Said, short, Time} from '../text';

const MM_PER_M = 1_000;
const E7 = 1e7;
const STATE = 'state-';
const NO_ASSENT = 'no-assent-from-';

/** Why a flight is not shown as deconflicted. */
export function WhyNot({why}: {why: string}): JSX.Element {
  if (why.startsWith(STATE)) return <>{t('whynot-state', {state: word('state', why.slice(STATE.length))})}</>;
  if (why.startsWith(NO_ASSENT)) return <bdi>{t('whynot-no-assent', {party: partyWords(why.slice(NO_ASSENT.length))})}</bdi>;
  return <Word kind="whynot" value={why} />;
}

/** Why it was refused, withdrawn or put off: `id`, or `id: words of the node`. */
export function Why({why}: {why: string}): JSX.Element {
  const cut = why.indexOf(': ');
  const id = cut < 0 ? why : why.slice(0, cut);
  if (!has(`intentwhy-${id}`)) return <Original>{why}</Original>;
  return <>{t(`intentwhy-${id}`)}{cut < 0 ? null : <> <Original>{why.slice(cut + 2)}</Original></>}</>;
}

const DIGEST = /^[0-9a-f]{64}$/;
const MOMENT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

function told(name: string, value: unknown): JSX.Element {
  if (value === 'third-party') return <>{t('third-party')}</>;
  if (name === 'cells' && Array.isArray(value)) return <Code>{value.length}</Code>;
  if (Array.isArray(value)) return <Said>{value.map(String).join(', ')}</Said>;
  if (typeof value === 'number') return <Code>{name.endsWith('_mm') ? `${Math.round(value / MM_PER_M)} m` : value}</Code>;
  if (value !== null && typeof value === 'object') return <Code>{JSON.stringify(value)}</Code>;
  const said = String(value);
  if (MOMENT.test(said)) return <Time at={said} />;
  if (isParty(said)) return <Party of={said} />;
  return DIGEST.test(said) ? <Code>{short(said)}</Code> : <Said>{said}</Said>;
}

/** What a refusal adds: positions in degrees, lengths in metres. */
export function RefusalAdds({of}: {of: Record<string, unknown>}): JSX.Element {
  const {lat_e7: lat, lon_e7: lon, ...rest} = of;
  const place = typeof lat === 'number' && typeof lon === 'number' ? `${(lat / E7).toFixed(5)}, ${(lon / E7).toFixed(5)}` : null;
  return <small class="adds">
    {place === null ? null : <> · {t('refusaladds-place')} <Code>{place}</Code></>}
    {Object.entries(rest).map(([name, value]) => <span key={name}> · <Word kind="refusaladds" value={name.replace(/_mm$/, '')} /> {told(name, value)}</span>)}
  </small>;
}
