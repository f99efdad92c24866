/** Why a net does not see all, by its codes; the measured value stands beside. */

import type {JSX} from 'preact';
import {has, t, word} from '../i18n';
import {Original} from '../original';
import {Said} from '../text';

const WITH_DETAIL = new Set(['data-set', 'down', 'fault', 'not-kept']); // behind them stands what failed, in the node's words

/** One reason of docs/rooms/alerts.md, "State of a net": `code: what was measured`. */
function Why({of}: {of: string}): JSX.Element {
  const cut = of.indexOf(': ');
  const code = cut < 0 ? of : of.slice(0, cut);
  const detail = cut < 0 ? '' : of.slice(cut + 2);
  const [n = '', all = ''] = detail.match(/\d+(?:\.\d+)?/g) ?? [];
  const id = `netwhy-${code.replace(/[^A-Za-z0-9]+/g, '-')}${code === 'no-data' && n === '' ? '-ever' : ''}`;
  if (!has(id)) return <Original>{of}</Original>;
  return <span>{t(id, {n, all})}{code === 'feed-down' ? <> <Said>{detail}</Said></> : WITH_DETAIL.has(code) ? <> <Original>{detail}</Original></> : null}</span>;
}

export function NetWhy({of}: {of: readonly string[]}): JSX.Element {
  return <>{of.map((each, index) => <span key={each}>{index ? '; ' : ''}<Why of={each} /></span>)}</>;
}

const HELD_BY_NET = 'the net is ';
const NOT_WATCHED = 'not watched: ';

/** Why an alert is kept open though its net does not find it now. */
export function HeldWhy({of}: {of: string}): JSX.Element {
  if (of.startsWith(HELD_BY_NET)) return <span>{t('held-by-net', {health: word('net', of.slice(HELD_BY_NET.length))})}</span>;
  if (of.startsWith(NOT_WATCHED)) return <span>{t('held-not-watched')} <Original>{of.slice(NOT_WATCHED.length)}</Original></span>;
  return <Original>{of}</Original>;
}
