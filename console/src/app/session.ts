/**
 * Who acts. Everything that knows of tokens is in this module.
 *
 * The token stays in memory: a reload asks for it again. Drafts and the last state do not depend on it.
 */

import {signal} from '@preact/signals';

export interface Session {
  /** `expired`: the node took this token before, and refuses it now. */
  state: 'out' | 'in' | 'expired';
  operator: string;
}

export const session = signal<Session>({state: 'out', operator: ''});

let token = '';

/** Headers of each request to the node. */
export function headers(): Record<string, string> {
  const {operator} = session.value;
  return token ? {authorization: `Bearer ${token}`, ...(operator ? {'comity-operator': operator} : {})} : {};
}

export class NotLetIn extends Error {}

/** Try a token; nothing changes where the node does not take it. */
export async function signIn(operator: string, offered: string): Promise<void> {
  const answer = await fetch('/v1/status', {
    headers: {authorization: `Bearer ${offered}`, 'comity-operator': operator},
    cache: 'no-store',
    credentials: 'same-origin',
  });
  if (!answer.ok) {
    const told = (await answer.json()) as {reason?: string; why?: string};
    throw new NotLetIn(`${told.reason ?? answer.status}: ${told.why ?? ''}`);
  }
  token = offered;
  session.value = {state: 'in', operator};
}

export function signOut(): void {
  token = '';
  session.value = {state: 'out', operator: ''};
}

/** The node refused the token that it took before. */
export function refused(): void {
  if (session.value.state !== 'in') return;
  token = '';
  session.value = {...session.value, state: 'expired'};
}
