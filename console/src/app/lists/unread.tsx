/** What the node told and this console cannot read: counted, named and shown as it came; never left out unsaid. */

import type {ComponentChildren, JSX} from 'preact';
import type {Answers} from '../api_types';
import {t} from '../i18n';
import {unread, type Unread} from '../reading';
import type {Resource} from '../store';
import {Code} from '../text';

const SHOWN_MAX = 5;

/** Answers by which alarms, alerts and FLASH come: what of them cannot be read may be one. */
const ALARMING = ['GET /v1/status', 'GET /v1/air', 'GET /v1/line/status', 'GET /v1/line/items'];

/** The list or part of the screen that each answer is shown in. */
const SHOWN_IN: Record<string, string> = {
  'GET /v1/status': 'pane-alarms', 'GET /v1/air': 'pane-alerts', 'GET /v1/line/status': 'pane-messages', 'GET /v1/line/items': 'pane-messages',
  'GET /v1/line': 'pane-matters', 'GET /v1/intents': 'pane-plans', 'GET /v1/notices': 'pane-notices', 'GET /v1/sites': 'pane-sites',
  'GET /v1/sites/erasures': 'pane-sites', 'GET /v1/meetings': 'pane-together', 'GET /v1/groups': 'pane-together', 'GET /v1/incidents': 'pane-incidents',
  'GET /v1/agreements': 'pane-agreements', 'GET /v1/proposals': 'pane-approvals', 'GET /v1/observations': 'pane-observations', 'GET /v1/map': 'map',
  'GET /v1/alerts': 'map', 'GET /v1/map/places': 'map',
};

function Pieces({of, children}: {of: readonly Unread[]; children: ComponentChildren}): JSX.Element {
  return (
    <details>
      <summary>{children} <small>({t('unread-pieces')})</small></summary>
      <ul class="pieces">{of.slice(0, SHOWN_MAX).map((each, index) => <li key={index}><Code>{each.where.replace(/^\./, '') || '—'}</Code> <Code>{each.told}</Code></li>)}</ul>
      {of.length > SHOWN_MAX ? <p>{t('and-more', {n: of.length - SHOWN_MAX})}</p> : null}
    </details>
  );
}

const said = (of: readonly Unread[]): string => (of.some((each) => each.whole) ? t('unread-answer') : t('unread-records', {n: of.length}));

/** At the head of a list. */
export function UnreadOf({of}: {of: Resource<keyof Answers>}): JSX.Element | null {
  const lacks = of.unread.value;
  if (lacks.length === 0) return null;
  return <div class="unread" role="note"><Pieces of={lacks}><strong>{said(lacks)}</strong></Pieces></div>;
}

/** Always seen: of every answer that is asked for again and again. */
export function UnreadBanner(): JSX.Element | null {
  const all = [...unread.value];
  if (all.length === 0) return null;
  const alarming = all.some(([what]) => ALARMING.includes(what));
  return (
    <div class={`unread${alarming ? ' loud' : ''}`} role="alert">
      <strong>{t(alarming ? 'unread-alarms' : 'unread-some')}</strong>
      <ul>{all.map(([what, lacks]) => <li key={what}><Pieces of={lacks}>{SHOWN_IN[what] === undefined ? null : <>{t(SHOWN_IN[what])}: </>}{said(lacks)} <Code>{what}</Code></Pieces></li>)}</ul>
    </div>
  );
}
