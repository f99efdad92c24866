import {sha256} from '@noble/hashes/sha2.js';
import {type Entry, entriesOf} from './archive';
import {concat, digest, equal, fromBase64, hex, utf8} from './bytes';
import {Keys} from './keys';
import {checkGrowth, checkInclusion, leafData} from './proofs';
import {
  PART_BYTES_MAX, type Fields, type Json, type Later, type Opened, canonical, exactly, fits, hashes, instant, list, openCosignature, openNote,
  openRecord, spell, text, whole, words,
} from './reading';
import {Refused, need} from './refused';
import {REPLY_BYTES_MAX, type Stamp, readStamp} from './stamps';

// A bundle, checked from its bytes alone (docs/spec/bundle.md).

const LEAVES_MAX = 1_000_000;
const ENTRIES_MAX = 4_000;
const STAMP_PREFIX = 'comity-bundle-time-stamp-v1\0';
const MEDIA_TYPE = /^[A-Za-z0-9!#$&^_.+-]+\/[A-Za-z0-9!#$&^_.+-]+$/;

export interface Shown {
  index: number;
  record: Opened;
}

export interface Log {
  file: string;
  owner: string;
  reader: string;
  size: number;
  root: Uint8Array;
  cosignedUnixS: number | null;
  shown: Shown[];
  withheld: {index: number; reason: string}[];
}

export interface Verified {
  manifest: Opened;
  title: string;
  keys: Keys;
  logs: Log[];
  material: Fields[];
  stamp: Stamp | null;
  equivocations: [Opened, Opened][];
}

/** Everything that a bundle shows; `Refused` where anything does not hold. */
export async function verify(file: Blob, roots: Map<string, Uint8Array> = new Map(), progress: (records: number) => void = () => {}): Promise<Verified> {
  const later: Later[] = [];
  try {
    return await verified(file, roots, later, progress);
  } finally {
    // whatever else was refused, no promise is left without somebody who listens
    for (const each of later) each.holds.catch(() => false);
  }
}

async function verified(file: Blob, roots: Map<string, Uint8Array>, later: Later[], progress: (records: number) => void): Promise<Verified> {
  const entries = entriesOf(file);
  const manifestBytes = await part(entries);
  const partiesBytes = await part(entries);
  const keys = await Keys.read(partiesBytes, roots, later);
  const record = openRecord(manifestBytes, keys.keyOf, later);
  keys.checkTime(record);
  need(keys.revokedBy(record) === undefined, 'key-revoked', "the manifest's key");
  const body = manifestBody(record);
  const files = body.files as Fields[];
  checkListed(files[0], 'parties.json', partiesBytes.length, hex(digest(partiesBytes)));
  const logs = new Logs(keys, later, progress);
  const stampName = stampNameOf(body);
  const reply: Uint8Array[] = [];
  let next = 1;
  for await (const entry of entries) {
    const hash = sha256.create();
    async function* hashed(): AsyncGenerator<Uint8Array> {
      for await (const chunk of entry.chunks()) {
        hash.update(chunk);
        if (entry.name === stampName && entry.size <= REPLY_BYTES_MAX) reply.push(chunk);
        yield chunk;
      }
    }
    need(files[next]?.name === entry.name && files[next]?.size_bytes === entry.size, 'file-mismatch', entry.name);
    await logs.take(entry.name, hashed());
    checkListed(files[next], entry.name, entry.size, hex(hash.digest()));
    next += 1;
  }
  need(next === files.length, 'file-mismatch', 'a file is missing');
  await settle(later);
  const stamped = utf8(STAMP_PREFIX + spell({files: files.slice(0, -1)}, 0));
  need(stampName === null || (files.at(-1)!.size_bytes as number) <= REPLY_BYTES_MAX, 'time-stamp', `more than ${REPLY_BYTES_MAX} bytes`);
  return {
    manifest: record,
    title: body.title as string,
    keys,
    logs: logs.found,
    material: body.material as Fields[],
    stamp: stampName === null ? null : readStamp(concat(...reply), stamped),
    equivocations: equivocations(logs.opened.values()),
  };
}

/** The file that is a time-stamp over those before it: the last, by its name and media type (§3). */
function stampNameOf(body: Fields): string | null {
  if ((body.material as Fields[]).at(-1)?.media_type !== 'application/timestamp-reply') return null;
  const name = (body.files as Fields[]).at(-1)!.name as string;
  return name.endsWith('-time-stamp.tsr') ? name : null;
}

async function settle(later: Later[]): Promise<void> {
  for (const each of later) if (!(await each.holds)) throw new Refused(each.reason, each.why);
}

async function part(entries: AsyncGenerator<Entry>): Promise<Uint8Array> {
  const next = await entries.next();
  need(!next.done, 'bundle-form', 'fewer than two entries');
  need(next.value.size <= PART_BYTES_MAX, 'bundle-size', next.value.name);
  const chunks: Uint8Array[] = [];
  for await (const chunk of next.value.chunks()) chunks.push(chunk);
  return concat(...chunks);
}

function checkListed(listed: Fields | undefined, name: string, size: number, sha: string): void {
  need(listed?.name === name && listed.size_bytes === size && listed.sha256 === sha, 'file-mismatch', name);
}

function manifestBody(record: Opened): Fields {
  const reason = 'manifest-form';
  const {fields} = record;
  need(fields.kind === 'evidence.bundle' && fields.kind_version === 1, reason);
  need(record.recipients.length === 0 && fields.operator !== 'node', reason);
  const body = exactly(fields.body, ['custody', 'files', 'material', 'title'], reason, 'manifest');
  words(body.title, 1, 200, reason, 'title');
  const files = list(body.files, ENTRIES_MAX, reason, 'files').map((each) => exactly(each, ['name', 'sha256', 'size_bytes'], reason, 'files'));
  need(files.length > 0, reason, 'files lists nothing');
  for (const each of files) {
    need(typeof each.name === 'string' && fits(each.sha256, 'digest'), reason, 'files');
    whole(each.size_bytes, 0, 2 ** 31 - 1, reason, 'files');
  }
  const names = ['description', 'file', 'media_type', 'obtained_at', 'obtained_from'];
  const material = list(body.material, ENTRIES_MAX, reason, 'material').map((each) => exactly(each, names, reason, 'material'));
  for (const each of material) {
    words(each.description, 0, 500, reason, 'description');
    words(each.obtained_from, 0, 200, reason, 'obtained_from');
    need(MEDIA_TYPE.test(words(each.media_type, 3, 100, reason, 'media_type')), reason, 'media_type');
    if (each.obtained_at !== null) instant(each.obtained_at, reason, 'obtained_at');
  }
  const listed = files.map((each) => each.name as string).filter((name) => name.startsWith('material/'));
  need(material.length === listed.length && material.every((each, at) => each.file === listed[at]), reason, 'material');
  let last = '';
  for (const each of list(body.custody, 200, reason, 'custody')) {
    const step = exactly(each, ['action', 'at', 'operator'], reason, 'custody');
    words(step.action, 1, 200, reason, 'custody');
    need(fits(step.operator, 'operator'), reason, 'custody');
    const at = instant(step.at, reason, 'custody');
    need(at >= last, reason, 'custody: a time goes back');
    last = at;
  }
  return body;
}

class Logs {
  readonly found: Log[] = [];
  readonly opened = new Map<string, Opened>();
  private leaves = 0;

  constructor(
    private readonly keys: Keys,
    private readonly later: Later[],
    private readonly progress: (records: number) => void,
  ) {}

  async take(name: string, chunks: AsyncGenerator<Uint8Array>): Promise<void> {
    if (!name.startsWith('logs/')) {
      for await (const _ of chunks);
      return;
    }
    const reason = 'log-form';
    let log: Log | undefined;
    let last = -1;
    for await (const line of linesOf(chunks)) {
      if (log === undefined) {
        log = this.head(name, line);
        continue;
      }
      last = this.leaf(log, canonical(line, reason), last);
      if (this.leaves % 500 === 0) this.progress(this.leaves);
    }
    need(log, reason, 'empty');
    this.checkRevocations(log.shown);
    this.found.push(log);
  }

  private head(file: string, line: Uint8Array): Log {
    const reason = 'log-form';
    const head = exactly(canonical(line, reason), ['consistency', 'cosignature', 'note', 'owner', 'reader'], reason, file);
    const {owner, reader, cosignature} = head;
    need(fits(owner, 'party') && fits(reader, 'party'), reason, 'parties');
    const consistency = hashes(head.consistency, 64, reason, 'consistency');
    const readers = this.keys.of(reader);
    const note = openNote(text(head.note, reason, 'note'), `comity.invalid/log/${owner}/${reader}`, this.keys.of(owner), this.later);
    let cosignedUnixS: number | null = null;
    if (cosignature !== null) {
      const witness = `comity.invalid/witness/${reader}`;
      cosignedUnixS = openCosignature(text(cosignature, reason, 'cosignature'), note.body, witness, readers, this.later);
    }
    const before = this.found.at(-1);
    let old = null;
    if (before) {
      const order = compare(before.owner, owner) || compare(before.reader, reader) || before.size - note.size;
      if (order === 0) need(equal(before.root, note.root), 'split-view', owner);
      need(order < 0, 'log-order', file);
      if (before.owner === owner && before.reader === reader) old = before;
    }
    checkGrowth(old, note.size, note.root, consistency);
    return {file, owner, reader, size: note.size, root: note.root, cosignedUnixS, shown: [], withheld: []};
  }

  /** One leaf; gives its index. */
  private leaf(log: Log, value: Json, last: number): number {
    const reason = 'log-form';
    const isShown = value !== null && typeof value === 'object' && Object.hasOwn(value, 'envelope');
    const leaf = exactly(value, ['index', 'proof', ...(isShown ? ['envelope', 'salt'] : ['leaf', 'reason'])], reason, 'leaf');
    const index = whole(leaf.index, 0, Number.MAX_SAFE_INTEGER, reason, 'index');
    const proof = hashes(leaf.proof, 63, reason, 'proof');
    this.leaves += 1;
    need(this.leaves <= LEAVES_MAX, 'bundle-size', 'leaves');
    need(index > last, 'leaf-order', `${index} behind ${last}`);
    let data: Uint8Array;
    if (isShown) {
      const envelope = text(leaf.envelope, reason, 'envelope');
      data = leafData(fromBase64(leaf.salt, 32, reason, 'salt'), utf8(envelope));
      log.shown.push({index, record: this.record(envelope, log)});
    } else {
      data = fromBase64(leaf.leaf, 32, reason, 'leaf');
      log.withheld.push({index, reason: words(leaf.reason, 1, 200, reason, 'reason')});
    }
    checkInclusion(data, index, log.size, proof, log.root);
    return index;
  }

  private record(envelope: string, log: Log): Opened {
    let record = this.opened.get(envelope);
    if (record === undefined) {
      record = openRecord(utf8(envelope), this.keys.keyOf, this.later);
      this.keys.checkTime(record);
      this.opened.set(envelope, record);
    }
    const addressed = record.recipients.includes(log.reader) || (record.recipients.length === 0 && log.owner === log.reader);
    need(record.author === log.owner && addressed, 'wrong-log', record.author);
    return record;
  }

  private checkRevocations(shown: Shown[]): void {
    const told = new Map<number, number>();
    for (const {index, record} of shown) {
      if (record.fields.kind !== 'party.key') continue;
      const statement = (record.fields.body as Fields).statement;
      const isObject = statement !== null && typeof statement === 'object' && !Array.isArray(statement);
      const sequence = isObject ? statement.sequence : undefined;
      need(typeof sequence === 'number', 'key-statement');
      if (!told.has(sequence)) told.set(sequence, index);
    }
    for (const {index, record} of shown) {
      const number = this.keys.revokedBy(record);
      need(number === undefined || index <= (told.get(number) ?? -1), 'key-revoked', `leaf ${index}`);
    }
  }
}

async function* linesOf(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let pending = new Uint8Array();
  for await (const chunk of chunks) {
    let whole: Uint8Array = pending.length ? concat(pending, chunk) : chunk;
    for (let end = whole.indexOf(10); end >= 0; end = whole.indexOf(10)) {
      need(end < PART_BYTES_MAX, 'bundle-size', 'a line');
      yield whole.subarray(0, end);
      whole = whole.subarray(end + 1);
    }
    need(whole.length < PART_BYTES_MAX, 'bundle-size', 'a line');
    pending = Uint8Array.from(whole);
  }
  need(pending.length === 0, 'log-form', 'the last line has no newline');
}

function equivocations(records: Iterable<Opened>): [Opened, Opened][] {
  const first = new Map<string, Opened>();
  const found: [Opened, Opened][] = [];
  for (const record of records) {
    const place = JSON.stringify([record.author, record.recipients, record.fields.sequence]);
    const other = first.get(place);
    if (other === undefined) first.set(place, record);
    else if (other.digest !== record.digest) found.push([other, record]);
  }
  return found;
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

export const verdictOf = async (file: Blob): Promise<{reason: string | null; shown: string[]}> => {
  try {
    const found = await verify(file);
    return {
      reason: null,
      shown: found.logs.flatMap((log) => log.shown.map((each) => [log.owner, log.reader, each.index, each.record.digest].join(' '))),
    };
  } catch (error) {
    if (error instanceof Refused) return {reason: error.reason, shown: []};
    throw error;
  }
};

