import {fromBase64, hex, digest} from './bytes';
import {engine, holds} from './ed25519';
import {Refused} from './refused';
import {readStamp} from './stamps';
import {type Verified, verdictOf, verify} from './verify';

// The page: a bundle is chosen or dropped, and what it shows is written down. All of it is set as text: nothing of a bundle is ever markup.

const at = (id: string): HTMLElement => document.getElementById(id)!;
const input = at('bundle') as HTMLInputElement;
const rootsField = at('roots') as HTMLTextAreaElement;
let chosen: File | undefined;

function line(parent: HTMLElement, tag: string, text: string, className = ''): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  parent.append(element);
  return element;
}

function roots(): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const row of rootsField.value.split('\n').map((each) => each.trim()).filter(Boolean)) {
    const [, party, key] = /^([^=\s]+)\s*[=\s]\s*(\S+)$/.exec(row) ?? [];
    found.set(party ?? '', fromBase64(key, 32, 'root-key', `not PARTY=KEY: ${row}`));
  }
  return found;
}

async function check(): Promise<void> {
  if (!chosen) return;
  const verdict = at('verdict');
  const details = at('details');
  details.replaceChildren();
  verdict.className = 'busy';
  verdict.textContent = `Checking ${chosen.name} …`;
  try {
    const given = roots();
    const began = performance.now();
    const found = await verify(chosen, given, (records) => {
      verdict.textContent = `Checking … ${records} leaves`;
    });
    const seconds = (performance.now() - began) / 1000;
    verdict.className = 'holds';
    verdict.textContent = `HOLDS: ${found.title}`;
    tell(found, given, details, seconds);
  } catch (error) {
    verdict.className = 'refused';
    const why = error instanceof Refused ? error.message : `this page failed: ${String(error)}`;
    verdict.textContent = `DOES NOT HOLD: ${why}`;
    if (!(error instanceof Refused)) throw error;
  }
}

function tell(found: Verified, given: Map<string, Uint8Array>, details: HTMLElement, seconds: number): void {
  const {manifest} = found;
  line(details, 'p', `Listed and signed by ${manifest.author}, operator ${String(manifest.fields.operator)}, ${manifest.madeAt}. Checked in ${seconds.toFixed(2)} s.`);
  line(details, 'h2', 'Root keys');
  for (const each of found.keys.parties.values()) {
    const whose = given.has(each.party) ? 'the one you gave' : 'as the bundle states it: compare it with what the party tells you';
    line(details, 'p', `${each.party}, ${each.name}: ${whose}`);
    line(details, 'p', hex(digest(each.root)).replace(/(.{8})/g, '$1 '), 'fingerprint');
  }
  line(details, 'h2', 'Logs');
  for (const log of found.logs) {
    const stored = log.cosignedUnixS === null ? 'not cosigned' : `stored there by ${new Date(log.cosignedUnixS * 1000).toISOString()}`;
    line(details, 'h3', `${log.owner} → ${log.reader}`);
    const rest = log.size - log.shown.length - log.withheld.length;
    line(details, 'p', `${log.shown.length} shown, ${log.withheld.length} withheld, ${rest} neither, of ${log.size}; ${log.owner === log.reader ? 'its own log' : stored}`);
    const rows = log.shown.map(({index, record}) => [String(index), record.madeAt, String(record.fields.operator), (record.fields.exercise ? 'EXERCISE ' : '') + String(record.fields.kind), JSON.stringify(record.fields.body)]);
    table(details, ['Leaf', 'Made at', 'Operator', 'Kind', 'Body'], [...rows, ...log.withheld.map((each) => [String(each.index), '', '', 'withheld', each.reason])]);
  }
  for (const [one, other] of found.equivocations) {
    line(details, 'p', `TWO THINGS AT ONCE by ${one.author}, at ${String(one.fields.sequence)}: ${one.digest} and ${other.digest}`, 'warning');
  }
  if (found.material.length) {
    line(details, 'h2', 'Material');
    for (const each of found.material) line(details, 'p', `${String(each.file)}: ${String(each.description)} (${String(each.media_type)})`);
  }
  if (found.stamp) {
    const {at, serial, policy, authority} = found.stamp;
    line(details, 'h2', 'Time-stamp token');
    line(details, 'p', 'Bound to this bundle: granted, over the files listed before it, its content as its signer\'s digest has it. WHO SIGNED IT IS NOT CHECKED HERE.', 'warning');
    line(details, 'p', `It says ${at}, serial ${serial}, policy ${policy}, and ${authority === null ? 'names no authority' : `names itself ${authority}`}.`);
  }
  line(details, 'h2', 'Not shown');
  const list = line(details, 'ul', '');
  for (const each of notShown(found)) line(list, 'li', each);
}

function notShown(found: Verified): string[] {
  const maker = found.manifest.author;
  const lines = ['That what the records say is true, that a person has read them, or that a clock was right.'];
  for (const log of found.logs) {
    const name = `${log.owner} → ${log.reader}`;
    const rest = log.size - log.shown.length - log.withheld.length;
    if (rest) lines.push(`What stands at ${rest} other places of ${name}.`);
    if (log.owner === log.reader) lines.push(`That anybody but ${log.owner} has seen ${name}.`);
    else if (log.cosignedUnixS === null && log.reader !== maker) lines.push(`That ${log.reader} has ${name}.`);
    if (log.reader === maker && log.owner !== maker) lines.push(`When ${maker} received ${name}, beyond its own word.`);
  }
  if (found.material.length) lines.push(`Where the material comes from, beyond the word of ${maker}.`);
  if (found.stamp)
    lines.push("When its files were there: who signed the time-stamp token is not checked here, neither its signature nor the signer's certificate, purpose and chain to a root. Whoever made the bundle could have made it; `comity evidence verify BUNDLE --time-stamp-root ROOT.pem` checks them.");
  return lines;
}

const ROWS_MAX = 2_000;

function table(parent: HTMLElement, heads: string[], rows: string[][]): void {
  const frame = line(parent, 'div', '', 'scroll');
  frame.tabIndex = 0;
  const body = line(frame, 'table', '');
  const head = line(line(body, 'thead', ''), 'tr', '');
  for (const each of heads) line(head, 'th', each).setAttribute('scope', 'col');
  const filled = line(body, 'tbody', '');
  for (const row of rows.slice(0, ROWS_MAX)) {
    const tr = line(filled, 'tr', '');
    for (const each of row) line(tr, 'td', each);
  }
  if (rows.length > ROWS_MAX) line(frame, 'p', `${rows.length - ROWS_MAX} more were checked and are not listed here.`);
}

input.addEventListener('change', () => {
  chosen = input.files?.[0];
  void check();
});
at('again').addEventListener('click', () => void check());
document.addEventListener('dragover', (event) => event.preventDefault());
document.addEventListener('drop', (event) => {
  event.preventDefault();
  chosen = event.dataTransfer?.files[0];
  void check();
});

// For programs that drive the page, such as its tests.
Object.assign(globalThis, {comity: {engine, holds, verdictOf, fromBase64, readStamp}});
