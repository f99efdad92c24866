// The login page: a passkey, or password and code, or a one-time link. It decides nothing; the node does.
import {original, refusal, startWords, t, tell} from '../app/page_words';
import {makePasskey, showPasskey, type Json} from './webauthn';

interface Enrolment { operator: string; name: string; flow: string; options: Json; totp_secret: string; totp_qr: string[]; asks_current_password: boolean }
interface Enrolled { recovery_codes: string[] }

const ACCESS = '/v1/access';
const HOME = '/console/';
// What stands behind # names neither the person nor the node to anybody on the way, and is taken out of the address at once.
const stated = new URLSearchParams(location.hash.slice(1));
history.replaceState(null, '', location.pathname);

function at<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

function value(id: string): string {
  return at<HTMLInputElement>(id).value;
}

type Words = () => (string | Node)[];

function say(words: Words): void {
  tell(at('said'), words);
}

function show(id: string): void {
  for (const each of ['inside', 'login', 'enrol', 'done']) at(each).hidden = each !== id;
}

class Refused extends Error {
  constructor(readonly reason: string, readonly field: string, why: string) {
    super(why);
  }
}

async function ask<T>(path: string, body: Json): Promise<T> {
  const answer = await fetch(ACCESS + path, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify(body),
    credentials: 'same-origin',
    cache: 'no-store',
  });
  const told = await answer.json() as Json;
  if (!answer.ok) throw new Refused(String(told['reason']), String(told['field'] ?? ''), String(told['why'] ?? ''));
  return told as T;
}

/** Only a page of this very console; an address brought along must not lead elsewhere. */
function next(): string {
  const wanted = stated.get('next') ?? HOME;
  const url = new URL(wanted, location.origin);
  return url.origin === location.origin && url.pathname.startsWith(HOME) && !url.pathname.startsWith(`${HOME}login`) ? url.pathname + url.search + url.hash : HOME;
}

/** One thing at a time, and what was wrong in words. */
function doing(work: () => Promise<void>): void {
  const buttons = [...document.querySelectorAll('button')];
  for (const each of buttons) each.disabled = true;
  say(() => []);
  work().catch((fault: unknown) => {
    if (fault instanceof Refused) say(() => words(fault));
    else if (fault instanceof DOMException) say(() => [t('login-no-passkey'), ' ', original(fault.name, 'en')]);
    else say(() => [t('login-away')]);
  }).finally(() => {
    for (const each of buttons) each.disabled = false;
  });
}

const FIELDS: Record<string, string> = {password: 'login-password-refused', code: 'login-code-refused', current_password: 'login-current-refused'};

function words(fault: Refused): (string | Node)[] {
  if (fault.reason === 'login-refused') return [t('login-not-in')];
  if (fault.reason === 'link-refused') return [t('login-link-used')];
  const id = fault.reason === 'input-refused' ? FIELDS[fault.field] : undefined;
  return id === undefined ? refusal(fault.reason, fault.message) : [t(id), ' ', original(fault.message, 'en')];
}

function loggedIn(): void {
  document.body.dataset['state'] = 'in';
  location.replace(next());
}

async function beginEnrolment(secret: string): Promise<void> {
  const begun = await ask<Enrolment>('/enrol/begin', {secret});
  tell(at('enrol-who'), () => [t('login-enrol', {who: `${begun.name} (${begun.operator})`})]);
  at('secret').textContent = begun.totp_secret.replace(/(.{4})(?=.)/g, '$1 ');
  at('qr').replaceChildren(picture(begun.totp_qr));
  at('asks-current').hidden = !begun.asks_current_password;
  at<HTMLInputElement>('current-password').required = begun.asks_current_password;
  at('enrol-passkey').onclick = () => doing(async () => {
    const credential = await makePasskey(begun.options);
    enrolled(await ask<Enrolled>('/enrol/passkey', {secret, flow: begun.flow, credential, label: value('label')}));
  });
  at<HTMLFormElement>('enrol-password').onsubmit = (event) => {
    event.preventDefault();
    doing(async () => {
      const body = {secret, flow: begun.flow, password: value('new-password'), code: value('new-code'), current_password: value('current-password')};
      enrolled(await ask<Enrolled>('/enrol/password', body));
    });
  };
  show('enrol');
}

function enrolled(told: Enrolled): void {
  at('codes').replaceChildren(...told.recovery_codes.map((code) => {
    const line = document.createElement('li');
    line.textContent = code;
    return line;
  }));
  at('codes-words').hidden = told.recovery_codes.length === 0;
  at('codes-none').hidden = told.recovery_codes.length > 0;
  at('go').onclick = loggedIn;
  show('done');
  at('go').focus();
}

/** A QR code with the margin of four that readers want (ISO/IEC 18004). */
function picture(rows: string[]): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  made.setAttribute('viewBox', `-4 -4 ${rows.length + 8} ${rows.length + 8}`);
  made.setAttribute('role', 'img');
  made.setAttribute('data-label', 'login-picture');
  made.setAttribute('aria-label', t('login-picture'));
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', rows.flatMap((row, y) => [...row].map((dark, x) => dark === '1' ? `M${x} ${y}h1v1h-1z` : '')).join(''));
  made.append(path);
  return made;
}

at('passkey').onclick = () => doing(async () => {
  const begun = await ask<{flow: string; options: Json}>('/login/passkey/begin', {});
  const credential = await showPasskey(begun.options);
  await ask('/login/passkey/finish', {flow: begun.flow, credential});
  loggedIn();
});
at<HTMLFormElement>('by-password').onsubmit = (event) => {
  event.preventDefault();
  doing(async () => {
    await ask('/login/password', {operator: value('who'), password: value('password'), code: value('code')});
    loggedIn();
  });
};
at<HTMLFormElement>('by-recovery').onsubmit = (event) => {
  event.preventDefault();
  doing(async () => {
    const told = await ask<{secret: string}>('/recover', {
      operator: value('lost-who'), code: value('lost-code'), password: value('lost-password'), generator_code: value('lost-digits'),
    });
    await beginEnrolment(told.secret);
  });
};

/** Whoever is logged in already may go on or log out; a link or a login of another then begins anew. */
async function tellInside(): Promise<void> {
  const answer = await fetch(`${ACCESS}/session`, {credentials: 'same-origin', cache: 'no-store'}).catch(() => null);
  if (!answer?.ok) return;
  const told = await answer.json() as {operator: string; by: string; csrf?: string};
  if (told.by !== 'session' || at('login').hidden) return;
  tell(at('inside-who'), () => [t('login-inside', {who: told.operator})]);
  at('inside-go').onclick = loggedIn;
  at('log-out').onclick = () => doing(async () => {
    const left = await fetch(`${ACCESS}/logout`, {
      method: 'POST', headers: {'content-type': 'application/json', 'comity-csrf': told.csrf ?? ''}, body: '{}', credentials: 'same-origin', cache: 'no-store',
    }).catch(() => null);
    if (!left?.ok) {
      say(() => [t('login-out-unknown')]);
      return;
    }
    say(() => [t('login-out')]);
    show('login');
  });
  show('inside');
}

startWords();
if (/^[\d.]+$|^\[/.test(location.hostname)) {
  say(() => [t('login-needs-name', {address: `${location.protocol}//localhost:${location.port}${location.pathname}`})]);
}
// A link opened where this page stands already is no navigation to a browser.
window.addEventListener('hashchange', () => location.reload());
show('login');
const link = stated.get('enrol');
if (link !== null) doing(() => beginEnrolment(link));
else void tellInside();
