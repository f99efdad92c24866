/** One list: rows that are buttons, a filter, its age, and what it says when there is nothing. */

import {signal} from '@preact/signals';
import type {ComponentChildren, JSX} from 'preact';
import type {Answers} from '../api_types';
import {t} from '../i18n';
import type {Resource} from '../store';
import {AsOf} from '../text';
import {UnreadOf} from './unread';
import {select, selected, type Ref} from '../view';

export const filter = signal('');

const SHOWN_MAX = 300; // rows drawn at once; the filter finds the others

export interface Row {
  ref: Ref;
  /** Class of the row: its colour. */
  look?: string;
  /** What the filter looks in. */
  words: string;
  body: ComponentChildren;
}

interface Properties {
  label: string;
  of: Resource<keyof Answers>;
  rows: Row[];
  /** Said where the list is empty: never that nothing is there. */
  none: string;
  children?: ComponentChildren;
}

export function Rows({label, of, rows, none, children}: Properties): JSX.Element {
  const wanted = filter.value.trim().toLocaleLowerCase();
  const fitting = wanted === '' ? rows : rows.filter((each) => each.words.toLocaleLowerCase().includes(wanted));
  const now = selected.value;
  return (
    <section aria-label={label} class={`rows ${of.standing.value}`}>
      <AsOf of={of} />
      <UnreadOf of={of} />
      {children}
      <ul>
        {fitting.slice(0, SHOWN_MAX).map((each) => {
          const current = now !== null && now.kind === each.ref.kind && now.id === each.ref.id;
          return (
            <li key={`${each.ref.kind} ${each.ref.id}`}>
              <button class={`row ${each.look ?? ''}`} aria-current={current ? 'true' : undefined} onClick={() => select(each.ref)}>{each.body}</button>
            </li>
          );
        })}
      </ul>
      {fitting.length === 0 ? <p class="none">{of.told.value === null ? t('unknown') : none}</p> : null}
      {fitting.length > SHOWN_MAX ? <p class="none">{t('more-rows', {n: fitting.length - SHOWN_MAX})}</p> : null}
    </section>
  );
}
