import {concat, equal, textOf, utf8} from './bytes';
import {need} from './refused';

// The one spelling of an archive (docs/spec/bundle.md §2).

const BYTES_MAX = 2 ** 31 - 1;
const ENTRIES_MAX = 4_000;
const MATERIAL = /^material\/([0-9]{4})-[A-Za-z0-9][A-Za-z0-9_-]{0,63}(\.[A-Za-z0-9]{1,16})?$/;
const FIXED = [20, 0x0800, 0, 0, 0x0021]; // version needed, flags, method, time, date
const SLICE_BYTES = 1 << 20;
const CRC = Uint32Array.from({length: 256}, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

export interface Entry {
  name: string;
  size: number;
  chunks(): AsyncGenerator<Uint8Array>;
}

/** Each entry in order; its chunks are taken to their end before the next. */
export async function* entriesOf(file: Blob): AsyncGenerator<Entry> {
  need(file.size <= BYTES_MAX, 'bundle-size');
  const rows: Uint8Array[] = [];
  let position = 0;
  let logs = 0;
  let material = 0;

  async function take(size: number): Promise<Uint8Array> {
    need(position + size <= file.size, 'bundle-form', 'ends too early');
    const found = new Uint8Array(await file.slice(position, position + size).arrayBuffer());
    position += size;
    return found;
  }

  for (;;) {
    const offset = position;
    const signature = await take(4);
    if (rows.length > 0 && equal(signature, Uint8Array.of(0x50, 0x4b, 1, 2))) {
      const directory = concat(...rows);
      const end = concat(Uint8Array.of(0x50, 0x4b, 5, 6), words16(0, 0, rows.length, rows.length), words32(directory.length, offset), words16(0));
      const expected = concat(directory, end).subarray(4);
      need(equal(await take(expected.length), expected) && position === file.size, 'bundle-form', 'the central directory');
      return;
    }
    const rest = await take(26);
    const view = new DataView(rest.buffer);
    const crc = view.getUint32(10, true);
    const size = view.getUint32(14, true);
    const nameSize = view.getUint16(22, true);
    need(nameSize <= 120, 'bundle-form');
    const raw = await take(nameSize);
    const fields = concat(words16(...FIXED), words32(crc, size, size), words16(nameSize));
    const expected = concat(Uint8Array.of(0x50, 0x4b, 3, 4), fields, words16(0));
    need(equal(concat(signature, rest), expected), 'bundle-form', 'a header');
    need(raw.every((byte) => byte < 128), 'bundle-name');
    const name = textOf(raw, 'bundle-name');
    if (rows.length < 2) {
      need(name === ['manifest.record', 'parties.json'][rows.length], 'bundle-name', name);
    } else if (material === 0 && name === `logs/${String(logs + 1).padStart(4, '0')}.jsonl`) {
      logs += 1;
    } else {
      const match = MATERIAL.exec(name);
      material += 1;
      need(match && Number(match[1]) === material, 'bundle-name', name);
    }
    need(rows.length < ENTRIES_MAX, 'bundle-size');
    rows.push(concat(Uint8Array.of(0x50, 0x4b, 1, 2), words16(20), fields, words16(0, 0, 0, 0), words32(0, offset), utf8(name)));
    let left = size;
    yield {
      name,
      size,
      async *chunks() {
        let found = 0xffffffff;
        while (left > 0) {
          const chunk = await take(Math.min(left, SLICE_BYTES));
          left -= chunk.length;
          for (const byte of chunk) found = (CRC[(found ^ byte) & 255]! ^ (found >>> 8)) >>> 0;
          need(left > 0 || (found ^ 0xffffffff) >>> 0 === crc, 'bundle-form', 'CRC-32');
          yield chunk;
        }
        need((found ^ 0xffffffff) >>> 0 === crc, 'bundle-form', 'CRC-32');
      },
    };
  }
}

function words16(...values: number[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(2 * values.length));
  values.forEach((value, at) => bytes.setUint16(2 * at, value, true));
  return new Uint8Array(bytes.buffer);
}

function words32(...values: number[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, at) => bytes.setUint32(4 * at, value, true));
  return new Uint8Array(bytes.buffer);
}
