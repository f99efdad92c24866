/** What a person is writing. It outlives an expired session, a reload and a restart of the node. */

import {signal, type Signal} from '@preact/signals';
import {forget, keep, kept, keys} from './keep';
import {exercise} from './preferences';

export interface Draft<T> {
  readonly id: string;
  readonly value: Signal<T>;
  /** Whether there was one from before. */
  readonly restored: Signal<boolean>;
  set(part: Partial<T>): void;
  /** Fill in what it begins with, once it is known whether there was one before; by itself that keeps nothing. */
  begin(first: (before: T) => Partial<T> | null): void;
  discard(): Promise<void>;
}

const open = new Map<string, Draft<unknown>>();
/** Ids of drafts that are not sent. */
export const unsent = signal<string[]>([]);

export async function listDrafts(): Promise<void> {
  unsent.value = (await keys('drafts')).map(String);
}

/** The draft of an id, empty at first; the same one for all who ask. Drafts of the exercise are others. */
export function draftOf<T extends object>(name: string, empty: T): Draft<T> {
  const id = exercise.peek() ? `exercise ${name}` : name;
  const known = open.get(id);
  if (known !== undefined) return known as Draft<T>;
  const value = signal<T>(empty);
  const restored = signal(false);
  let touched = false;
  let writing = false;
  let again = false;
  // At once, for nothing can be written any more while a page goes; what comes meanwhile is written after it.
  const write = async (): Promise<void> => {
    if (writing) {
      again = true;
      return;
    }
    writing = true;
    do {
      again = false;
      await keep('drafts', id, value.peek()).catch(() => undefined);
    } while (again);
    writing = false;
    await listDrafts().catch(() => undefined);
  };
  const looked = kept<T>('drafts', id).then((before) => {
    if (before === undefined || touched) return;
    value.value = {...empty, ...before};
    restored.value = true;
  }).catch(() => undefined);
  const draft: Draft<T> = {
    id,
    value,
    restored,
    set(part) {
      touched = true;
      value.value = {...value.peek(), ...part};
      void write();
    },
    begin(first) {
      void looked.then(() => {
        const part = first(value.peek());
        if (part !== null) value.value = {...value.peek(), ...part};
      });
    },
    async discard() {
      again = false;
      open.delete(id);
      value.value = empty;
      restored.value = false;
      await forget('drafts', id).then(listDrafts).catch(() => undefined);
    },
  };
  open.set(id, draft as Draft<unknown>);
  return draft;
}
