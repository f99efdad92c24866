import {sha256} from '@noble/hashes/sha2.js';
import {need} from './refused';

const ENCODER = new TextEncoder();
const HEX = Array.from({length: 256}, (_, byte) => byte.toString(16).padStart(2, '0'));
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export const utf8 = (text: string): Uint8Array => ENCODER.encode(text);

/** UTF-8 as it stands: a byte order mark is a character like others, and a fault is a refusal. */
export function textOf(bytes: Uint8Array, reason: string, why = 'not UTF-8'): string {
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
  } catch {
    need(false, reason, why);
  }
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function equal(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}

export function hex(bytes: Uint8Array): string {
  let found = '';
  for (const byte of bytes) found += HEX[byte];
  return found;
}

export const digest = (...parts: Uint8Array[]): Uint8Array => sha256(concat(...parts));

/** The one spelling of base64: standard, padded, padding bits zero. */
export function fromBase64(text: unknown, size: number | null, reason: string, place: string): Uint8Array {
  need(typeof text === 'string' && BASE64.test(text), reason, place);
  const raw = atob(text);
  need(btoa(raw) === text, reason, `${place}: another spelling`);
  const bytes = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at++) bytes[at] = raw.charCodeAt(at);
  need(size === null || bytes.length === size, reason, `${place}: ${bytes.length} bytes`);
  return bytes;
}
