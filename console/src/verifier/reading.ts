import {concat, digest, fromBase64, hex, textOf, utf8} from './bytes';
import {holds} from './ed25519';
import {need} from './refused';

export const PART_BYTES_MAX = 2_097_152;
const PAYLOAD_BYTES_MAX = 1_048_576;
const ENVELOPE_BYTES_MAX = 1_398_616;
const DEPTH_MAX = 32;
const UNIX_S_MAX = 253_402_300_799n;
const PAYLOAD_TYPE = 'application/vnd.comity.record.v1+json';
const FORMS = {
  party: /^[a-z][a-z0-9-]{0,31}\.[a-z2-7]{8}$/,
  operator: /^[a-z0-9][a-z0-9-]{0,31}$/,
  digest: /^[0-9a-f]{64}$/,
  kind: /^(?=.{1,64}$)[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/,
  label: /^[A-Za-z0-9][A-Za-z0-9:+._/-]{0,63}$/,
};
const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.\d{3}Z$/;
const NOT_SHOWN = /[\p{C}\p{Zl}\p{Zp}]/u;
const NOTE_CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

export type Json = null | boolean | number | string | Json[] | {[name: string]: Json};
export type Fields = {[name: string]: Json};
export type KeyOf = (party: string, keyId: string) => Uint8Array | null;

/** Work that ends later: signatures. A bundle holds only when each of them does. */
export type Later = {holds: Promise<boolean>; reason: string; why: string};

/** A value whose only spelling these bytes are (docs/spec/record.md §3). */
export function canonical(bytes: Uint8Array, reason: string, most = PART_BYTES_MAX): Json {
  need(bytes.length <= most, reason, `more than ${most} bytes`);
  const text = textOf(bytes, reason);
  let value: Json;
  let spelt: string;
  try {
    value = JSON.parse(text) as Json;
    spelt = spell(value, 0);
  } catch (error) {
    need(false, reason, `not canonical JSON: ${String(error)}`);
  }
  need(spelt === text, reason, 'not the canonical spelling');
  return value;
}

export function spell(value: Json, depth: number): string {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new Error('a number that is no whole one');
    return Object.is(value, -0) ? '0' : String(value);
  }
  if (typeof value === 'string') return spellText(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (depth === DEPTH_MAX) throw new Error('too deep');
  if (Array.isArray(value)) return `[${value.map((item) => spell(item, depth + 1)).join(',')}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${spellText(name)}:${spell(value[name]!, depth + 1)}`).join(',')}}`;
}

function spellText(text: string): string {
  if (!text.isWellFormed()) throw new Error('half of a surrogate pair');
  return JSON.stringify(text);
}

/** An object of exactly these names. */
export function exactly(value: Json | undefined, names: string[], reason: string, place: string): Fields {
  need(value !== null && typeof value === 'object' && !Array.isArray(value), reason, `${place}: no object`);
  const found = Object.keys(value).sort();
  need(found.join('\n') === [...names].sort().join('\n'), reason, `${place}: other fields`);
  return value;
}

export function list(value: Json | undefined, most: number, reason: string, place: string): Json[] {
  need(Array.isArray(value) && value.length <= most, reason, place);
  return value;
}

export function words(value: Json | undefined, least: number, most: number, reason: string, place: string): string {
  need(typeof value === 'string', reason, place);
  const length = [...value].length;
  need(length >= least && length <= most && !NOT_SHOWN.test(value), reason, place);
  return value;
}

export function whole(value: Json | undefined, least: number, most: number, reason: string, place: string): number {
  need(typeof value === 'number' && value >= least && value <= most, reason, place);
  return value;
}

export function hashes(value: Json | undefined, most: number, reason: string, place: string): Uint8Array[] {
  return list(value, most, reason, place).map((each) => fromBase64(each, 32, reason, place));
}

export function text(value: Json | undefined, reason: string, place: string): string {
  need(typeof value === 'string', reason, place);
  return value;
}

export function fits(value: Json | undefined, form: keyof typeof FORMS): value is string {
  return typeof value === 'string' && FORMS[form].test(value);
}

/** An instant; two are in order as their texts are. */
export function instant(value: Json | undefined, reason: string, place: string): string {
  const match = typeof value === 'string' ? INSTANT.exec(value) : null;
  need(match, reason, place);
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [number, number, number, number, number, number];
  const at = Date.UTC(year, month - 1, day, hour, minute, second);
  need(year >= 1970 && hour < 24 && minute < 60 && second < 60, reason, place);
  const back = new Date(at);
  need(back.getUTCFullYear() === year && back.getUTCMonth() === month - 1 && back.getUTCDate() === day, reason, place);
  return match[0];
}

export interface Opened {
  fields: Fields;
  author: string;
  recipients: string[];
  madeAt: string;
  keyId: string;
  digest: string;
}

/** A record; whether its signature holds is known later (docs/spec/record.md). */
export function openRecord(envelope: Uint8Array, keyOf: KeyOf, later: Later[]): Opened {
  const form = 'envelope-form';
  need(envelope.length <= ENVELOPE_BYTES_MAX, 'envelope-size');
  const outer = exactly(canonical(envelope, form), ['payload', 'payloadType', 'signatures'], form, 'envelope');
  need(outer.payloadType === PAYLOAD_TYPE, 'payload-type');
  need(Array.isArray(outer.signatures), form);
  need(outer.signatures.length === 1, 'signature-count');
  const signed = exactly(outer.signatures[0], ['keyid', 'sig'], form, 'signature');
  const keyId = text(signed.keyid, form, 'keyid');
  need(keyId.startsWith('ed25519:'), 'unknown-algorithm');
  need(fits(keyId.slice(8), 'digest'), form, 'keyid');
  const payload = fromBase64(outer.payload, null, form, 'payload');
  const signature = fromBase64(signed.sig, 64, form, 'sig');
  const fields = checkedFields(canonical(payload, 'not-canonical', PAYLOAD_BYTES_MAX));
  const author = fields.author as string;
  const key = keyOf(author, keyId);
  need(key !== null && `ed25519:${hex(digest(key))}` === keyId, 'unknown-key', author);
  const head = utf8(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `);
  later.push({holds: holds(key, concat(head, payload), signature), reason: 'bad-signature', why: author});
  return {
    fields,
    author,
    recipients: fields.recipients as string[],
    madeAt: fields.made_at as string,
    keyId,
    digest: hex(digest(utf8('comity-record-v1\0'), payload)),
  };
}

const FIELD_NAMES = [
  'author', 'body', 'exercise', 'expires_at', 'kind', 'kind_version', 'labels', 'made_at', 'operator', 'previous', 'recipients', 'sequence',
];

function checkedFields(payload: Json): Fields {
  const reason = 'field-form';
  need(payload !== null && typeof payload === 'object' && !Array.isArray(payload), reason);
  const missing = FIELD_NAMES.filter((name) => !Object.hasOwn(payload, name));
  need(missing.length === 0, 'missing-field', missing.join(', '));
  need(fits(payload.author, 'party'), reason, 'author');
  need(payload.body !== null && typeof payload.body === 'object' && !Array.isArray(payload.body), reason, 'body');
  need(typeof payload.exercise === 'boolean', reason, 'exercise');
  need(fits(payload.operator, 'operator'), reason, 'operator');
  need(fits(payload.kind, 'kind'), reason, 'kind');
  whole(payload.kind_version, 1, 65_535, reason, 'kind_version');
  const sequence = whole(payload.sequence, 0, Number.MAX_SAFE_INTEGER, reason, 'sequence');
  need(payload.previous === null || fits(payload.previous, 'digest'), reason, 'previous');
  need((payload.previous === null) === (sequence === 0), 'chain-form');
  ordered(payload.recipients, 'party', 64, 'recipient-order');
  ordered(payload.labels, 'label', 32, 'label-order');
  need(!(payload.recipients as string[]).includes(payload.author), reason, 'recipients');
  const madeAt = instant(payload.made_at, reason, 'made_at');
  need(payload.expires_at === null || instant(payload.expires_at, reason, 'expires_at') >= madeAt, 'expiry-before-making');
  return payload;
}

function ordered(value: Json | undefined, form: 'party' | 'label', most: number, order: string): void {
  const items = list(value, most, 'field-form', order);
  need(items.every((each) => fits(each, form)), 'field-form', order);
  need(items.every((each, at) => at === 0 || (items[at - 1] as string) < (each as string)), order);
}

/** Key name, key hash and signature of a line of a note, newline included. */
function signatureLine(line: string): {name: string; keyHash: Uint8Array; blob: Uint8Array} {
  const reason = 'note-form';
  need(!NOTE_CONTROL.test(line) && line.startsWith('— ') && line.indexOf('\n') === line.length - 1, reason);
  const inner = line.slice(2, -1);
  const space = inner.lastIndexOf(' ');
  const name = inner.slice(0, space);
  need(space > 0 && !/[\s+\u001c-\u001f\u0085]/u.test(name), reason);
  const blob = fromBase64(inner.slice(space + 1), null, reason, 'signature line');
  need(blob.length > 4, reason);
  return {name, keyHash: blob.subarray(0, 4), blob: blob.subarray(4)};
}

export interface Note {
  size: number;
  root: Uint8Array;
  body: Uint8Array;
}

/** A checkpoint with its owner's signature alone (docs/spec/checkpoint.md §3, §4). */
export function openNote(note: string, origin: string, keys: Uint8Array[], later: Later[]): Note {
  need(utf8(note).length <= 65_536, 'note-size');
  const cut = note.lastIndexOf('\n\n');
  need(cut > 0 && note.endsWith('\n') && !NOTE_CONTROL.test(note), 'note-form');
  const bodyText = note.slice(0, cut + 1);
  const tail = note.slice(cut + 2);
  need(tail.length > 0, 'note-form');
  need(tail.indexOf('\n') === tail.length - 1, 'log-form', 'note: more than one signature line');
  const line = signatureLine(tail);
  const lines = bodyText.split('\n');
  need(lines.length === 4 && lines.slice(0, 3).every(Boolean), 'checkpoint-form');
  const sizeText = lines[1]!;
  need(/^(0|[1-9][0-9]{0,18})$/.test(sizeText) && BigInt(sizeText) < 2n ** 63n, 'checkpoint-form', 'size');
  const root = fromBase64(lines[2], 32, 'checkpoint-form', 'root');
  need(sizeText !== '0' || hex(root) === hex(digest(new Uint8Array())), 'checkpoint-form', 'root of nothing');
  need(lines[0] === origin, 'other-origin', lines[0]);
  const named = keys.filter((key) => line.name === origin && hex(keyHash(origin, 1, key)) === hex(line.keyHash));
  need(named.length > 0, 'unknown-signer', origin);
  const body = utf8(bodyText);
  later.push({holds: anyHolds(named, body, line.blob), reason: 'bad-note-signature', why: origin});
  const size = Number(sizeText);
  need(Number.isSafeInteger(size), 'bundle-size', 'a log larger than this page counts');
  return {size, root, body};
}

/** POSIX seconds of a cosignature (docs/spec/checkpoint.md §5). */
export function openCosignature(line: string, body: Uint8Array, witness: string, keys: Uint8Array[], later: Later[]): number {
  const {name, keyHash: stated, blob} = signatureLine(line);
  const named = keys.filter((key) => name === witness && hex(keyHash(witness, 4, key)) === hex(stated));
  need(named.length > 0, 'unknown-witness', name);
  need(blob.length === 72, 'cosignature-form');
  const unixS = new DataView(blob.buffer, blob.byteOffset, 8).getBigUint64(0);
  need(unixS <= UNIX_S_MAX, 'cosignature-form', 'beyond the year 9999');
  const message = concat(utf8(`cosignature/v1\ntime ${unixS}\n`), body);
  later.push({holds: anyHolds(named, message, blob.subarray(8)), reason: 'bad-cosignature', why: name});
  return Number(unixS);
}

async function anyHolds(keys: Uint8Array[], message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const verdicts = await Promise.all(keys.map((key) => holds(key, message, signature)));
  return verdicts.some(Boolean);
}

function keyHash(name: string, kind: number, key: Uint8Array): Uint8Array {
  return digest(utf8(`${name}\n`), Uint8Array.of(kind), key).subarray(0, 4);
}
