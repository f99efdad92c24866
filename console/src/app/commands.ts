/** Everything that can be done by key or by name. The help page and the palette are made from this one list. */

import {allowSound} from './attention';
import {language, LANGUAGES, exercise, singleKeys, soundOn, theme} from './preferences';
import {NAMES, t} from './i18n';
import {RESOURCES} from './store';
import {mayDo, session, signOut} from './session';
import {closeTop, help, openForm, openMap, palette, PANES, select, showList, type Pane} from './view';
import {calls} from './attention';
import {onward, tour, tourIsOffered, tourLeftAt} from './tour';

export interface Command {
  id: string;
  /** As `KeyboardEvent.key` has it; `Ctrl-` before it where that is held. */
  key?: string;
  title: () => string;
  run: () => void;
  /** Whether it is offered now; left out: always. */
  when?: () => boolean;
}

export const PANE_KEYS: Record<Pane, string> = {
  approvals: 'v', observations: 'o', incidents: 'i', replay: 'y', alarms: 'l',
  alerts: '1', messages: '2', plans: '3', notices: '4', matters: '5', health: '6', sites: '7', together: '8', agreements: '9',
};

/** Press the button of the open detail that does this, if there is one. */
function press(action: string): void {
  document.querySelector<HTMLButtonElement>(`[data-action="${action}"]:not([disabled])`)?.click();
}

function focusRow(step: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>('#list .row')];
  if (rows.length === 0) return;
  const at = rows.findIndex((each) => each === document.activeElement);
  const now = at < 0 ? rows.findIndex((each) => each.getAttribute('aria-current') === 'true') : at;
  rows[Math.min(Math.max(now + step, 0), rows.length - 1)]?.focus();
}

export function openPane(which: Pane): void {
  showList(which);
  queueMicrotask(() => document.querySelector<HTMLElement>('#list .row')?.focus());
}

/** Where there is no room for it beside the lists, the map takes their place. */
function goToMap(): void {
  openMap();
  requestAnimationFrame(() => document.querySelector<HTMLElement>('#map canvas')?.focus());
}

export const COMMANDS: Command[] = [
  {id: 'palette', key: 'Ctrl-k', title: () => t('do-palette'), run: () => { palette.value = true; }},
  {id: 'help', key: '?', title: () => t('do-help'), run: () => { help.value = !help.value; }},
  {id: 'close', key: 'Escape', title: () => t('do-close'), run: closeTop},
  {id: 'worst', key: '0', title: () => t('do-worst'), run: () => { if (calls.value[0] !== undefined) select(calls.value[0].ref); }},
  ...PANES.map((each): Command => ({id: `pane-${each}`, key: PANE_KEYS[each], title: () => t('do-show', {pane: t(`pane-${each}`)}), run: () => openPane(each)})),
  {id: 'next', key: 'j', title: () => t('do-next'), run: () => focusRow(1)},
  {id: 'previous', key: 'k', title: () => t('do-previous'), run: () => focusRow(-1)},
  {id: 'filter', key: '/', title: () => t('do-filter'), run: () => document.getElementById('filter')?.focus()},
  {id: 'map', key: 'm', title: () => t('do-map'), run: goToMap},
  {id: 'acknowledge', key: 'a', title: () => t('do-acknowledge'), run: () => press('acknowledge')},
  {id: 'read-back', key: 'r', title: () => t('do-read-back'), run: () => press('read-back')},
  {id: 'concur', key: 'c', title: () => t('do-concur'), run: () => press('concur')},
  {id: 'new-message', key: 'n', title: () => t('do-message'), run: () => openForm('message')},
  {id: 'new-stop', key: 's', title: () => t('do-stop'), run: () => openForm('stop')},
  {id: 'new-plan', key: 'p', title: () => t('do-plan'), run: () => openForm('plan')},
  {id: 'new-notice', key: 'h', title: () => t('do-notice'), run: () => openForm('notice')},
  {id: 'new-site', key: 'e', title: () => t('do-site'), run: () => openForm('site')},
  {id: 'new-incident', title: () => t('do-incident'), run: () => openForm('incident')},
  {id: 'watch', key: 'w', title: () => t('do-watch'), run: () => openForm('watch')},
  {id: 'new-agreement', title: () => t('do-agreement'), run: () => openForm('agreement')},
  {id: 'new-group', title: () => t('do-group'), run: () => openForm('group')},
  {id: 'new-observation', key: 'b', title: () => t('do-observation'), run: () => openForm('observation')},
  {id: 'observation-policy', title: () => t('do-observation-policy'), run: () => openForm('observation-policy')},
  {id: 'observation-consent', title: () => t('do-observation-consent'), run: () => openForm('observation-consent')},
  {id: 'evidence', title: () => t('do-evidence'), run: () => openForm('evidence'), when: () => mayDo('evidence.export')},
  {id: 'key', title: () => t('do-key'), run: () => openForm('key'), when: () => mayDo('key.rotate')},
  {id: 'calendar', title: () => t('do-calendar'), run: () => openForm('calendar')},
  {id: 'new-meeting', title: () => t('do-meeting'), run: () => openForm('meeting')},
  {id: 'theme', key: 't', title: () => t('do-theme'), run: () => { theme.value = theme.value === 'night' ? 'day' : 'night'; }},
  {id: 'sound', title: () => t('do-sound'), run: () => { allowSound(); soundOn.value = !soundOn.value; }},
  {id: 'single-keys', title: () => t('do-single-keys'), run: () => { singleKeys.value = !singleKeys.value; }},
  {id: 'refresh', key: 'u', title: () => t('do-refresh'), run: () => RESOURCES.forEach((each) => void each.refresh())},
  {id: 'exercise', title: () => t(exercise.value ? 'do-live' : 'do-exercise'), run: () => { exercise.value = !exercise.value; }},
  ...LANGUAGES.map((each): Command => ({id: `language-${each}`, title: () => t('do-language', {language: NAMES[each]}), run: () => { language.value = each; }})),
  {id: 'tour', key: 'g', title: () => t(tour.value !== null ? 'tour-next' : tourLeftAt.value > 0 ? 'do-tour-again' : 'tour-start'), run: onward, when: tourIsOffered},
  {id: 'sign-out', title: () => t('do-sign-out'), run: () => void signOut(), when: () => session.value.state === 'in'},
];

const TYPED_IN = new Set(['INPUT', 'TEXTAREA', 'SELECT']);

function onKey(event: KeyboardEvent): void {
  if (event.isComposing || event.altKey) return;
  const held = event.ctrlKey || event.metaKey;
  const at = event.target as HTMLElement | null;
  const typing = at !== null && (TYPED_IN.has(at.tagName) || at.isContentEditable);
  const arrow = event.key === 'ArrowDown' ? 'j' : event.key === 'ArrowUp' ? 'k' : null;
  const onRow = at?.classList.contains('row') ?? false;
  const key = held ? `Ctrl-${event.key.toLowerCase()}` : onRow && arrow !== null ? arrow : event.key;
  const single = !held && key.length === 1;
  if (single && ((typing || palette.value || !singleKeys.value) && !(onRow && arrow !== null))) return;
  const found = COMMANDS.find((each) => each.key === key && (each.when?.() ?? true));
  if (found === undefined) return;
  event.preventDefault();
  found.run();
}

export function startKeys(): void {
  addEventListener('keydown', onKey);
}
