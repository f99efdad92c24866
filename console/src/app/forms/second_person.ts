/** What a person asked for waits for another one: the screen shows it where it waits. */

import type {Refusal} from '../api';
import {t} from '../i18n';
import {proposals} from '../store';
import {say, select, showList} from '../view';

/** Go to the proposal that the node made of what it was asked. */
export function awaitSecond(refusal: Refusal): void {
  const made = (refusal.problem as {proposal?: string}).proposal;
  say(t('second-person'));
  void proposals.refresh();
  if (made === undefined) showList('approvals');
  else select({kind: 'proposal', id: made});
}
