/**
 * Who acts. Everything that knows of tokens, cookies and step-up is in this module.
 *
 * A session made at the login page goes by a cookie that this page never sees, with `comity-csrf` on whatever changes something.
 * Where there is none, a token of the home serves; it stays in memory, and a reload asks for it again.
 * Drafts and the last state depend on neither.
 */

import {signal} from '@preact/signals';
import {read} from './reading';

export interface Session {
  /** `expired`: the node took this person before, and does no more. */
  state: 'out' | 'in' | 'expired';
  operator: string;
}

/** What `GET /v1/access/session` and each login tell. */
interface Who {
  operator: string;
  by: string;
  csrf?: string | null;
  may?: string[];
  step_up?: string[];
}

export const session = signal<Session>({state: 'out', operator: ''});
/** What the node tells of who acts; null before it has. */
export const who = signal<Who | null>(null);

/** Whether the person may do an action of the node's table. The node decides; what it has not told is offered. */
export function mayDo(action: string): boolean {
  return who.value?.may?.includes(action) ?? true;
}

/** Somebody has to show once more who they are before the node does something; null: nobody has to. */
export const stepUp = signal<{done: (agreed: boolean) => void} | null>(null);
/** Whether this node has a page to log in at. */
export const loginPage = signal(false);

export const LOGIN = '/console/login';

let token = '';
let csrf = '';

/** Headers of each request to the node; those of a change when it is one. */
export function headers(changes = false): Record<string, string> {
  const {operator} = session.value;
  if (token) return {authorization: `Bearer ${token}`, ...(operator ? {'comity-operator': operator} : {})};
  return changes && csrf ? {'comity-csrf': csrf} : {};
}

export class NotLetIn extends Error {}

async function told(answer: Response): Promise<Who> {
  if (answer.ok) return (await answer.json()) as Who;
  const problem = (await answer.json().catch(() => null)) as {reason?: string; why?: string} | null;
  throw new NotLetIn(`${problem?.reason ?? answer.status}: ${problem?.why ?? ''}`);
}

function enter(told: Who): void {
  csrf = told.csrf ?? '';
  who.value = told;
  session.value = {state: 'in', operator: told.operator};
}

async function askWho(): Promise<Who> {
  return read('GET /v1/access/session', await told(await fetch('/v1/access/session', {headers: headers(), cache: 'no-store', credentials: 'same-origin'}))) as Who;
}

/** Take up the session that this browser has with the node, if it has one. */
export async function resume(): Promise<boolean> {
  try {
    const found = await askWho();
    if (found.by !== 'session') return false;
    enter(found);
    return true;
  } catch {
    return false;
  }
}

/** At opening: a session, or else whether there is a page that makes one. */
export async function startSession(): Promise<void> {
  if (!await resume()) await lookForLogin();
}

async function lookForLogin(): Promise<void> {
  const found = await fetch(LOGIN, {method: 'HEAD', cache: 'no-store'}).catch(() => null);
  loginPage.value = found?.ok ?? false;
}

/** Try a token; nothing changes where the node does not take it. */
export async function signIn(operator: string, offered: string): Promise<void> {
  await told(await fetch('/v1/status', {
    headers: {authorization: `Bearer ${offered}`, 'comity-operator': operator},
    cache: 'no-store',
    credentials: 'same-origin',
  }));
  token = offered;
  session.value = {state: 'in', operator};
  who.value = await askWho().catch(() => null);
}

/** Whether the node heard of the last logout. */
export const logout = signal<'none' | 'done' | 'unknown'>('none');

/** End the session here and at the node. What a token could do it still can: it is no session. */
export async function signOut(): Promise<void> {
  const ends = !token && csrf ? post('/v1/access/logout', {}).then((answer) => answer.ok, () => false) : Promise.resolve(true);
  token = csrf = '';
  who.value = null;
  session.value = {state: 'out', operator: ''};
  logout.value = 'none';
  void lookForLogin();
  logout.value = await ends ? 'done' : 'unknown';
}

/** The node refused whom it took before. */
export function refused(): void {
  if (session.value.state !== 'in') return;
  token = csrf = '';
  session.value = {...session.value, state: 'expired'};
}

/** Ask the person to show once more who they are; whether they did. */
export function askStepUp(): Promise<boolean> {
  return new Promise((done) => {
    stepUp.value = {done: (agreed) => { stepUp.value = null; done(agreed); }};
  });
}

async function post(path: string, body: unknown): Promise<Response> {
  return fetch(path, {method: 'POST', body: JSON.stringify(body), headers: {...headers(true), 'content-type': 'application/json'}, cache: 'no-store', credentials: 'same-origin'});
}

/** By six digits. */
export async function stepUpByCode(code: string): Promise<void> {
  enter(read('POST /v1/access/step-up/code', await told(await post('/v1/access/step-up/code', {code}))) as Who);
}

interface Parsing {
  parseRequestOptionsFromJSON(options: unknown): PublicKeyCredentialRequestOptions;
}

/** By a passkey, where the browser has them. */
export async function stepUpByPasskey(): Promise<void> {
  const begun = await post('/v1/access/step-up/begin', {});
  const {flow, options} = (await told(begun)) as unknown as {flow: string; options: unknown};
  const publicKey = (PublicKeyCredential as unknown as Parsing).parseRequestOptionsFromJSON(options);
  const credential = (await navigator.credentials.get({publicKey})) as (Credential & {toJSON(): unknown}) | null;
  if (credential === null) throw new NotLetIn('no passkey was shown');
  enter(read('POST /v1/access/step-up/passkey', await told(await post('/v1/access/step-up/passkey', {flow, credential: credential.toJSON()}))) as Who);
}
