import {sha256, sha384, sha512} from '@noble/hashes/sha2.js';
import {equal, hex, textOf} from './bytes';
import {instant, words} from './reading';
import {Refused, need} from './refused';

// What a time-stamp reply is over, read strictly; who signed it is not looked at (docs/spec/bundle.md §3, [E17]).
// RFC 3161 §2.4.2, RFC 5652 §5, X.690 §10 (DER). src/comity/entrypoints/offline_verifier/stamps.py is the same, line by line.

export const REPLY_BYTES_MAX = 65_536;
const SERIAL_BYTES_MAX = 40;
const [INTEGER, OCTETS, OID, TIME, SEQUENCE, SET] = [0x02, 0x04, 0x06, 0x18, 0x30, 0x31] as const;
const SIGNED_DATA = '2a864886f70d010702';
const TST_INFO = '2a864886f70d0109100104';
const CONTENT_TYPE = '2a864886f70d010903';
const MESSAGE_DIGEST = '2a864886f70d010904';
type Digest = (bytes: Uint8Array) => Uint8Array;
const DIGESTS = new Map<string, Digest>([['608648016503040201', sha256], ['608648016503040202', sha384], ['608648016503040203', sha512]]);
const TEXTS = [0x0c, 0x13, 0x16]; // UTF8String, PrintableString, IA5String
const MOMENT = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{0,8}[1-9]))?Z$/; // X.690 §11.7: no zero at the end

type Part = {tag: number; content: Uint8Array};

export interface Stamp {
  at: string;
  policy: string;
  serial: string;
  authority: string | null;
}

/** What a reply says, where it grants a token over a message and the token is of one piece. No signature and no certificate is checked. */
export function readStamp(reply: Uint8Array, message: Uint8Array): Stamp {
  must(reply.length <= REPLY_BYTES_MAX, `more than ${REPLY_BYTES_MAX} bytes`);
  const response = partsOf(only(reply, SEQUENCE, 'reply'), 'reply', 1, 2);
  const status = partsOf(part(response, 0, SEQUENCE, 'status'), 'status', 1, 3);
  const granted = whole(part(status, 0, INTEGER, 'status'), 'status');
  must(granted === 0n || granted === 1n, `not granted: status ${granted}`);
  const token = partsOf(part(response, 1, SEQUENCE, 'token'), 'token', 2, 2);
  must(hex(part(token, 0, OID, 'token')) === SIGNED_DATA, 'token: no signed data');
  const signed = partsOf(only(part(token, 1, 0xa0, 'token'), SEQUENCE, 'signed data'), 'signed data', 4, 6);
  part(signed, 0, INTEGER, 'signed data: version');
  part(signed, 1, SET, 'signed data: digests');
  const middle = signed.slice(3, -1).map((each) => each.tag).join(' ');
  must(['', '160', '161', '160 161'].includes(middle), 'signed data: another part');
  const holder = partsOf(part(signed, 2, SEQUENCE, 'content'), 'content', 2, 2);
  must(hex(part(holder, 0, OID, 'content')) === TST_INFO, 'content: no TSTInfo');
  const info = only(part(holder, 1, 0xa0, 'content'), OCTETS, 'content');
  checkSigner(part(signed, signed.length - 1, SET, 'signers'), info);
  return infoOf(info, message);
}

/** There is one signer, and what it signed names the digest of the content. */
function checkSigner(signers: Uint8Array, info: Uint8Array): void {
  const signer = partsOf(only(signers, SEQUENCE, 'one signer'), 'signer', 6, 7);
  part(signer, 0, INTEGER, 'signer: version');
  must(signer[1]!.tag === SEQUENCE || signer[1]!.tag === 0x80, 'signer: whose it is');
  const hash = digestOf(part(signer, 2, SEQUENCE, 'signer: digest'), 'signer: digest');
  const held = new Map<string, Uint8Array>();
  for (const {tag, content} of partsOf(part(signer, 3, 0xa0, 'signed attributes'), 'signed attributes', 2, 64)) {
    must(tag === SEQUENCE, 'signed attributes');
    const attribute = partsOf(content, 'signed attribute', 2, 2);
    const kind = hex(part(attribute, 0, OID, 'signed attribute'));
    must(!held.has(kind), 'a signed attribute stands twice');
    held.set(kind, part(attribute, 1, SET, 'signed attribute'));
  }
  part(signer, 4, SEQUENCE, 'signer: algorithm');
  part(signer, 5, OCTETS, 'signer: signature');
  if (signer.length === 7) part(signer, 6, 0xa1, 'signer: unsigned attributes');
  const kind = only(held.get(CONTENT_TYPE) ?? new Uint8Array(), OID, 'signed content type');
  must(hex(kind) === TST_INFO, 'signed content type: no TSTInfo');
  const digest = only(held.get(MESSAGE_DIGEST) ?? new Uint8Array(), OCTETS, 'signed digest');
  must(equal(digest, hash(info)), "what it says is not what its signer's digest is of");
}

/** The fields of a TSTInfo over a message. */
function infoOf(content: Uint8Array, message: Uint8Array): Stamp {
  const info = partsOf(only(content, SEQUENCE, 'TSTInfo'), 'TSTInfo', 5, 10);
  const version = whole(part(info, 0, INTEGER, 'TSTInfo: version'), 'TSTInfo: version');
  must(version === 1n, `TSTInfo: version ${version}`);
  const policy = dotted(part(info, 1, OID, 'TSTInfo: policy'));
  const imprint = partsOf(part(info, 2, SEQUENCE, 'TSTInfo: imprint'), 'TSTInfo: imprint', 2, 2);
  const hash = digestOf(part(imprint, 0, SEQUENCE, 'TSTInfo: imprint'), 'TSTInfo: imprint');
  const stated = part(imprint, 1, OCTETS, 'TSTInfo: imprint');
  must(hash === sha256 && equal(stated, sha256(message)), 'it is over something else than the files listed before it');
  const serial = part(info, 3, INTEGER, 'TSTInfo: serial');
  must(serial.length <= SERIAL_BYTES_MAX, `TSTInfo: serial of more than ${SERIAL_BYTES_MAX} bytes`);
  const at = moment(part(info, 4, TIME, 'TSTInfo: time'));
  const rest = info.slice(5).map((each) => each.tag);
  const order = [0x30, 0x01, 0x02, 0xa0, 0xa1].filter((tag) => rest.includes(tag));
  must(rest.join(' ') === order.join(' '), 'TSTInfo: another field'); // accuracy, ordering, nonce, tsa, extensions
  const named = info.slice(5).find((each) => each.tag === 0xa0);
  return {at, policy, serial: String(whole(serial, 'TSTInfo: serial')), authority: named ? nameOf(named.content) : null};
}

/** Values one after the other in DER, none entered: definite and shortest lengths, tags of one byte. */
function partsOf(content: Uint8Array, place: string, least: number, most: number): Part[] {
  const found: Part[] = [];
  let position = 0;
  while (position < content.length) {
    must(found.length < most, `${place}: more than ${most} parts`);
    must(position + 2 <= content.length, `${place}: ends too early`);
    const tag = content[position]!;
    let size = content[position + 1]!;
    must((tag & 0x1f) !== 0x1f, `${place}: a long tag`);
    position += 2;
    if (size >= 0x80) {
      const count = size - 0x80;
      must(count >= 1 && count <= 3 && position + count <= content.length, `${place}: a length`);
      size = content.subarray(position, position + count).reduce((value, byte) => value * 256 + byte, 0);
      must(size >= 0x80 && size >> (8 * count - 8), `${place}: a length not the shortest`);
      position += count;
    }
    must(position + size <= content.length, `${place}: ends too early`);
    found.push({tag, content: content.subarray(position, position + size)});
    position += size;
  }
  must(found.length >= least, `${place}: fewer than ${least} parts`);
  return found;
}

function part(parts: Part[], index: number, tag: number, place: string): Uint8Array {
  const found = parts[index];
  must(found, `${place}: missing`);
  must(found.tag === tag, `${place}: another type`);
  return found.content;
}

const only = (content: Uint8Array, tag: number, place: string): Uint8Array => part(partsOf(content, place, 1, 1), 0, tag, place);

/** An INTEGER that is not below zero, in its shortest spelling. */
function whole(content: Uint8Array, place: string): bigint {
  const shortest = content.length === 1 || (content.length > 1 && (content[0]! > 0 || content[1]! >= 0x80));
  must(shortest && content[0]! < 0x80, `${place}: not a whole number from 0`);
  return BigInt(`0x${hex(content)}`);
}

function digestOf(content: Uint8Array, place: string): Digest {
  const parts = partsOf(content, place, 1, 2);
  const found = DIGESTS.get(hex(part(parts, 0, OID, place)));
  must(parts.length === 1 || (parts[1]!.tag === 0x05 && parts[1]!.content.length === 0), `${place}: parameters`);
  must(found, `${place}: none of SHA-256, SHA-384, SHA-512`);
  return found;
}

/** An object identifier of at most 32 bytes, in figures and points. */
function dotted(content: Uint8Array): string {
  const place = 'TSTInfo: policy';
  must(content.length > 0 && content.length <= 32 && content.at(-1)! < 0x80, place);
  const arcs: bigint[] = [];
  let value = 0n;
  let begins = true;
  for (const each of content) {
    must(!begins || each !== 0x80, place);
    value = (value << 7n) | BigInt(each & 0x7f);
    begins = each < 0x80;
    if (begins) {
      arcs.push(value);
      value = 0n;
    }
  }
  const first = arcs[0]! < 80n ? arcs[0]! / 40n : 2n;
  return [first, arcs[0]! - 40n * first, ...arcs.slice(1)].join('.');
}

function moment(content: Uint8Array): string {
  const match = MOMENT.exec(String.fromCharCode(...content.subarray(0, 40)));
  must(match && content.length <= 40, 'TSTInfo: time');
  const [, year, month, day, hour, minute, second, part = ''] = match;
  return instant(`${year}-${month}-${day}T${hour}:${minute}:${second}.${part.slice(0, 3).padEnd(3, '0')}Z`, 'time-stamp', 'TSTInfo: time');
}

/** The words of a directory name, null where it is another name or cannot be shown. */
function nameOf(content: Uint8Array): string | null {
  try {
    const names = partsOf(only(only(content, 0xa4, 'name'), SEQUENCE, 'name'), 'name', 1, 16);
    const found = names.map((_, index) => {
      const pair = partsOf(only(part(names, index, SET, 'name'), SEQUENCE, 'name'), 'name', 2, 2);
      must(TEXTS.includes(pair[1]!.tag), 'name');
      return textOf(pair[1]!.content, 'time-stamp');
    });
    return words(found.join(', '), 1, 200, 'time-stamp', 'name');
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

function must(condition: unknown, why: string): asserts condition {
  need(condition, 'time-stamp', why);
}
