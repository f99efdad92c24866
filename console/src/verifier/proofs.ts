import {digest, equal, utf8} from './bytes';
import {need} from './refused';

// Source: RFC 9162 §2.1.3.2 and §2.1.4.2. Sizes are safe integers; halving is by division, for bit operators keep 32 bits.

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const PREFIX = utf8('comity-leaf-v1\0');
const half = (value: number): number => Math.floor(value / 2);
const odd = (value: number): boolean => value % 2 === 1;
const parent = (left: Uint8Array, right: Uint8Array): Uint8Array => digest(NODE, left, right);

/** The salted commitment to a record (docs/spec/checkpoint.md §2). */
export function leafData(salt: Uint8Array, envelope: Uint8Array): Uint8Array {
  return digest(PREFIX, salt, digest(envelope));
}

export function checkInclusion(data: Uint8Array, index: number, size: number, proof: Uint8Array[], root: Uint8Array): void {
  const reason = 'bad-inclusion-proof';
  need(index < size, reason, `no leaf ${index} among ${size}`);
  let place = index;
  let last = size - 1;
  let node = digest(LEAF, data);
  for (const sibling of proof) {
    need(last > 0, reason, 'too many hashes');
    if (odd(place) || place === last) {
      node = parent(sibling, node);
      while (!odd(place) && place > 0) [place, last] = [half(place), half(last)];
    } else {
      node = parent(node, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  need(last === 0 && equal(node, root), reason, `leaf ${index} of ${size}`);
}

export function checkGrowth(old: {size: number; root: Uint8Array} | null, size: number, root: Uint8Array, proof: Uint8Array[]): void {
  const reason = 'bad-consistency-proof';
  if (old === null || old.size === 0) {
    need(proof.length === 0, reason, 'hashes where none belong');
    return;
  }
  need(proof.length > 0, reason, 'no hashes');
  const path = [...proof];
  if (Number.isInteger(Math.log2(old.size))) path.unshift(old.root);
  let place = old.size - 1;
  let last = size - 1;
  while (odd(place)) [place, last] = [half(place), half(last)];
  let first = path[0]!;
  let second = first;
  for (const sibling of path.slice(1)) {
    need(last > 0, reason, 'too many hashes');
    if (odd(place) || place === last) {
      first = parent(sibling, first);
      second = parent(sibling, second);
      while (!odd(place) && place > 0) [place, last] = [half(place), half(last)];
    } else {
      second = parent(second, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  need(last === 0 && equal(first, old.root) && equal(second, root), reason, `from ${old.size} to ${size}`);
}
