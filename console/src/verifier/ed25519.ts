import {ed25519} from '@noble/curves/ed25519.js';
import {sha512} from '@noble/hashes/sha2.js';
import {concat, equal, hex, utf8} from './bytes';

// The signature predicate of docs/spec/record.md §5. The curve's arithmetic is @noble/curves'. Where the browser's own
// Ed25519 gives the same answers on the cases that part implementations, it does the bulk of the work.

const {Point} = ed25519;
const L = Point.Fn.ORDER;
const NEUTRAL = Point.ZERO.toBytes();
const KEYS_MAX = 4096;

interface Key {
  point: InstanceType<typeof Point>;
  native: CryptoKey | null;
}

const keys = new Map<string, Key | null>();
let nativeIsStrict: Promise<boolean> | undefined;

/** Which implementation does the bulk: for the page to say, and for tests to choose. */
export const engine = {allowNative: true};

function number(bytes: Uint8Array): bigint {
  let found = 0n;
  for (let at = bytes.length - 1; at >= 0; at--) found = (found << 8n) | BigInt(bytes[at]!);
  return found;
}

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({length: 32}, (_, at) => Number((value >> BigInt(8 * at)) & 255n));
}

/** Rules 1 to 3: 32 bytes, canonical, not neutral, of prime order. */
function pointOf(key: Uint8Array): InstanceType<typeof Point> | null {
  if (key.length !== 32) return null;
  try {
    const point = Point.fromBytes(key, false);
    const good = equal(point.toBytes(), key) && !point.is0() && point.isTorsionFree();
    return good ? point : null;
  } catch {
    return null;
  }
}

async function keyOf(bytes: Uint8Array): Promise<Key | null> {
  const name = hex(bytes);
  const known = keys.get(name);
  if (known !== undefined) return known;
  const point = pointOf(bytes);
  const key = point && {point, native: await imported(bytes)};
  if (keys.size >= KEYS_MAX) keys.clear();
  keys.set(name, key);
  return key;
}

async function imported(bytes: Uint8Array): Promise<CryptoKey | null> {
  try {
    return await crypto.subtle.importKey('raw', bytes as BufferSource, 'Ed25519', false, ['verify']);
  } catch {
    return null;
  }
}

export async function isKey(bytes: Uint8Array): Promise<boolean> {
  return (await keyOf(bytes)) !== null;
}

export async function holds(key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const known = await keyOf(key);
  if (known === null || signature.length !== 64) return false;
  const r = signature.subarray(0, 32);
  if (number(signature.subarray(32)) >= L || equal(r, NEUTRAL)) return false;
  if (known.native && engine.allowNative && (await (nativeIsStrict ??= nativePasses()))) {
    return crypto.subtle.verify('Ed25519', known.native, signature as BufferSource, message as BufferSource);
  }
  return equal(expectedR(known.point, key, message, signature), r);
}

/** The bytes of Q = [S]B - [k]A. */
function expectedR(point: InstanceType<typeof Point>, key: Uint8Array, message: Uint8Array, signature: Uint8Array): Uint8Array {
  const k = number(sha512(concat(signature.subarray(0, 32), key, message))) % L;
  const s = number(signature.subarray(32));
  const sB = s === 0n ? Point.ZERO : Point.BASE.multiplyUnsafe(s);
  const kA = k === 0n ? Point.ZERO : point.multiplyUnsafe(k);
  return sB.subtract(kA).toBytes();
}

/** Whether the browser's Ed25519 compares bytes of R without the cofactor: tried on signatures made for this. */
async function nativePasses(): Promise<boolean> {
  try {
    const secret = 0x1234567890abcdefn;
    const point = Point.BASE.multiply(secret);
    const key = point.toBytes();
    const native = await imported(key);
    if (native === null) return false;
    const message = utf8('comity');
    const sign = (commitment: Uint8Array, nonce: bigint): Uint8Array => {
      const k = number(sha512(concat(commitment, key, message))) % L;
      return concat(commitment, littleEndian((nonce + k * secret) % L));
    };
    const verdict = (signature: Uint8Array): Promise<boolean> =>
      crypto.subtle.verify('Ed25519', native, signature as BufferSource, message as BufferSource);
    const good = sign(Point.BASE.multiply(7n).toBytes(), 7n);
    const low = lowOrderPoint();
    const mixed = sign(Point.BASE.multiply(9n).add(low).toBytes(), 9n);
    const small = sign(low.toBytes(), 0n);
    const stretched = concat(good.subarray(0, 32), littleEndian(number(good.subarray(32)) + L));
    const verdicts = await Promise.all([good, mixed, small, stretched].map(verdict));
    return verdicts[0] === true && verdicts.slice(1).every((each) => !each);
  } catch {
    return false;
  }
}

/** A point of order 8: what is left of some point when L times it is taken. */
function lowOrderPoint(): InstanceType<typeof Point> {
  for (let y = 2; ; y++) {
    const bytes = new Uint8Array(32);
    bytes[0] = y;
    try {
      const point = Point.fromBytes(bytes, false);
      const low = point.multiplyUnsafe(L - 1n).add(point);
      if (!low.double().double().is0()) return low;
    } catch {
      // not on the curve: the next one
    }
  }
}
