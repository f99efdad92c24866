/** The node's API. What it refuses names a field; that it is away is another thing. */

import type {Answers, Bodies, Problem} from './api_types';
import {isProblem, note, read, unreadable} from './reading';
import {askStepUp, headers, refused, resume} from './session';

export type Query = Record<string, string | number | boolean | undefined | null>;

interface Options<K extends keyof Answers> {
  path?: Record<string, string>;
  query?: Query;
  body?: K extends keyof Bodies ? Bodies[K] : never;
  /** A body that is sent as it is: a plan file. */
  raw?: string;
  signal?: AbortSignal;
  /** Records of its lists that cannot be read are left out and told as unread; without it, such an answer is refused whole. */
  inLists?: boolean;
}

/** The node answered and does not take it. */
export class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.reason}${problem.field ? ` (${problem.field})` : ''}: ${problem.why ?? ''}`);
  }
}

/** Nobody answered. Whether the node took it is unknown. */
export class Away extends Error {}

const WAITS_MS = 20_000;

export async function ask<K extends keyof Answers>(what: K, options: Options<K> = {}): Promise<Answers[K]> {
  const answered = new Set<string>(); // each thing asked of the person or the session is asked once
  for (;;) {
    try {
      return await once(what, options);
    } catch (error) {
      const reason = error instanceof Refusal ? error.problem.reason : '';
      if (answered.has(reason)) throw error;
      answered.add(reason);
      const again = reason === 'csrf-refused' ? await resume() : reason === 'step-up-required' ? await askStepUp() : false;
      if (!again) throw error;
    }
  }
}

async function once<K extends keyof Answers>(what: K, options: Options<K>): Promise<Answers[K]> {
  const [method, template] = (what as string).split(' ') as [string, string];
  const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  let answer: Response;
  try {
    answer = await fetch(address(template, options.path ?? {}, options.query ?? {}), {
      method,
      headers: {...headers(method !== 'GET'), ...(body === undefined ? {} : {'content-type': 'application/json'})},
      cache: 'no-store',
      credentials: 'same-origin',
      signal: options.signal ?? AbortSignal.timeout(WAITS_MS),
      ...(body === undefined ? {} : {body}),
    });
  } catch (error) {
    throw new Away((error as Error).message);
  }
  let text: string;
  try {
    text = await answer.text();
  } catch (error) {
    throw new Away(`the answer broke off: ${(error as Error).message}`);
  }
  if (answer.status === 401) refused();
  const told = parsed(text);
  if (answer.ok && told === undefined) {
    if (options.inLists) note(what, [{where: '', told: text.slice(0, 200), whole: true}]);
    throw unreadable(what, '');
  }
  if (answer.ok) return read(what, told, options.inLists) as Answers[K];
  throw isProblem(told) ? new Refusal(told as Problem) : unreadable(what, String(answer.status));
}

/** Undefined for what is no JSON, or nested deeper than can be read. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function address(template: string, path: Record<string, string>, query: Query): string {
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.append(name, String(value));
  }
  const text = search.toString();
  return text ? `${filled}?${text}` : filled;
}

/** The two halves of an id, `party/number`, as paths take them. */
export function halves<A extends string>(id: string, first: A): Record<A | 'number', string> {
  const cut = id.indexOf('/');
  return {[first]: id.slice(0, cut), number: id.slice(cut + 1)} as Record<A | 'number', string>;
}
