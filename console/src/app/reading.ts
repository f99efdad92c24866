/**
 * Holds each answer of the node to the shape that the API's description gives it, before anything is drawn from it.
 *
 * One record of a list that is of another shape is left out, told as unread, and the rest is shown. Whatever else is of another
 * shape makes the whole answer unread: what was told before stays, grey. Nothing is guessed, and nothing is left out unsaid.
 */

import {signal} from '@preact/signals';
import {ANSWERS, SHAPES} from './api_shapes';

/** One piece of an answer that cannot be read. */
export interface Unread {
  /** Where in the answer: `alarms[3].at`. */
  where: string;
  /** Beginning of the piece as it came. */
  told: string;
  /** Whether nothing of the answer could be read. */
  whole: boolean;
}

/** What of the newest answer to each question cannot be read; loud on the screen for as long as that is so. */
export const unread = signal<ReadonlyMap<string, readonly Unread[]>>(new Map());

/** The node answered, and it cannot be told what. */
export class Unreadable extends Error {}

const TOLD_LENGTH = 200;
const WHERE_LENGTH = 120;

type Kind =
  | {is: 's' | 'n' | 'b' | 'z' | 'u'}
  | {is: 'list' | 'any-name'; of: Kind}
  | {is: 'one-of'; of: Kind[]}
  | {is: 'shape'; name: string};

type Field = [name: string, kind: Kind, optional: boolean];

const kinds = new Map<string, Kind>();
const shapes = new Map<string, Field[]>();

function kindOf(text: string): Kind {
  let kind = kinds.get(text);
  if (kind === undefined) {
    const choices = text.split(/\|(?![^[]*\]|[^{]*\})/); // not within brackets
    if (choices.length > 1) kind = {is: 'one-of', of: choices.map(kindOf)};
    else if (text.startsWith('[')) kind = {is: 'list', of: kindOf(text.slice(1, -1))};
    else if (text.startsWith('{')) kind = {is: 'any-name', of: kindOf(text.slice(1, -1))};
    else if (/^[snbzu]$/.test(text)) kind = {is: text as 's'};
    else if (SHAPES[text]?.startsWith('=')) kind = kindOf(SHAPES[text].slice(1));
    else kind = {is: 'shape', name: text};
    kinds.set(text, kind);
  }
  return kind;
}

function fieldsOf(name: string): Field[] {
  let fields = shapes.get(name);
  if (fields === undefined) {
    fields = (SHAPES[name] ?? '').split(' ').filter(Boolean).map((each): Field => {
      const [, key, optional, kind] = /^([^:?]+)(\??):(.*)$/.exec(each)!;
      return [key!, kindOf(kind!), optional === '?'];
    });
    shapes.set(name, fields);
  }
  return fields;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const own = (value: Record<string, unknown>, name: string): unknown => (Object.hasOwn(value, name) ? value[name] : undefined);

/** Where a value is not of its kind; null where it is. */
function fault(kind: Kind, value: unknown, where: string): string | null {
  switch (kind.is) {
    case 'u': return value === undefined ? where : null;
    case 's': return typeof value === 'string' ? null : where;
    case 'n': return Number.isFinite(value) ? null : where; // 1e999 is read as infinite
    case 'b': return typeof value === 'boolean' ? null : where;
    case 'z': return value === null ? null : where;
    case 'list': return Array.isArray(value) ? first(value, (each, index) => fault(kind.of, each, `${where}[${index}]`)) : where;
    case 'any-name': return isObject(value) ? first(Object.entries(value), ([name, each]) => fault(kind.of, each, `${where}.${name}`)) : where;
    case 'one-of': {
      let found: string | null = where;
      for (const each of kind.of) {
        const wrong = fault(each, value, where);
        if (wrong === null) return null;
        if (wrong.length > found.length) found = wrong; // the choice that was meant is the one that fits furthest
      }
      return found;
    }
    case 'shape': return isObject(value) ? first(fieldsOf(kind.name), ([name, of, optional]) => {
      const each = own(value, name);
      return each === undefined && optional ? null : fault(of, each, `${where}.${name}`);
    }) : where;
  }
}

function first<T>(all: readonly T[], look: (each: T, index: number) => string | null): string | null {
  for (let index = 0; index < all.length; index += 1) {
    const found = look(all[index]!, index);
    if (found !== null) return found;
  }
  return null;
}

const begins = (value: unknown): string => {
  try {
    return (JSON.stringify(value) ?? String(value)).slice(0, TOLD_LENGTH);
  } catch {
    return '…';
  }
};

/** The records of a list that are of their kind; the others are told in `lacks`. */
function records(of: Kind, list: unknown[], where: string, lacks: Unread[]): unknown[] {
  return list.filter((each, index) => {
    const wrong = fault(of, each, `${where}[${index}]`);
    if (wrong !== null) lacks.push({where: wrong, told: begins(each), whole: false});
    return wrong === null;
  });
}

const isRecords = (kind: Kind): kind is {is: 'list'; of: Kind} => kind.is === 'list' && kind.of.is === 'shape';

/**
 * An answer as its type says it is.
 *
 * @param inLists of a list, or of the lists that stand in an answer, a record that cannot be read is left out and told in `unread`. Not where
 *   the answer is one thing: a plan without one of its volumes would look smaller than it is.
 * @throws Unreadable what cannot be read is more than records of lists.
 */
export function read(what: string, told: unknown, inLists = false): unknown {
  const lacks: Unread[] = [];
  const answer = held(kindOf(ANSWERS[what] ?? 'u'), told, inLists, lacks);
  const whole = lacks.find((each) => each.whole);
  if (inLists) note(what, lacks);
  if (whole !== undefined) throw unreadable(what, whole.where);
  return answer;
}

/** A refusal, if it is one. */
export const isProblem = (told: unknown): boolean => fault(kindOf('Problem'), told, '') === null;

function held(kind: Kind, told: unknown, inLists: boolean, lacks: Unread[]): unknown {
  try {
    if (inLists && isRecords(kind) && Array.isArray(told)) return records(kind.of, told, '', lacks);
    let rest = told;
    if (inLists && kind.is === 'shape' && isObject(told)) {
      rest = {...told};
      for (const [name, of] of fieldsOf(kind.name)) {
        const list = own(told, name);
        if (isRecords(of) && Array.isArray(list)) (rest as Record<string, unknown>)[name] = records(of.of, list, `.${name}`, lacks);
      }
    }
    const wrong = fault(kind, rest, '');
    if (wrong !== null) lacks.push({where: wrong, told: begins(told), whole: true});
    return rest;
  } catch {
    lacks.push({where: '', told: '', whole: true}); // nested deeper than can be followed
    return told;
  }
}

/** Take note of what cannot be read of the newest answer; of nothing, once all of it can be. */
export function note(what: string, lacks: readonly Unread[]): void {
  const before = unread.peek();
  if (lacks.length === 0 && !before.has(what)) return;
  const now = new Map(before);
  if (lacks.length) now.set(what, lacks);
  else now.delete(what);
  unread.value = now;
}

/** As the node's refusals are spelt: the reason, the field, and what was asked. Whether an act was done, nobody knows then. */
export function unreadable(what: string, where: string): Unreadable {
  return new Unreadable(`${what.startsWith('GET ') ? 'answer-unreadable' : 'act-unreadable'} (${where.replace(/^\./, '').slice(0, WHERE_LENGTH)}): ${what}`);
}

/** Another person or another book: nothing of the one before is shown. */
export function forgetUnread(): void {
  if (unread.peek().size) unread.value = new Map();
}
