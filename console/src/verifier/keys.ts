import {digest, fromBase64, hex, utf8, equal} from './bytes';
import {holds, isKey} from './ed25519';
import {type Fields, type Json, type Later, type Opened, canonical, exactly, fits, instant, list, spell, text, whole, words} from './reading';
import {need} from './refused';

// The parties of a bundle: their roots, and every key that their roots named (docs/spec/bundle.md §4).

const STATEMENTS_MAX = 1_000;
const DAY_MS = 86_400_000;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

interface Statement {
  key: Uint8Array;
  keyId: string;
  start: string;
  end: string;
  revokes: string[];
  sequence: number;
}

export interface Party {
  party: string;
  name: string;
  root: Uint8Array;
  statements: Statement[];
  revoked: Map<string, number>;
}

export class Keys {
  private constructor(readonly parties: Map<string, Party>) {}

  static async read(content: Uint8Array, roots: Map<string, Uint8Array>, later: Later[]): Promise<Keys> {
    const reason = 'parties-form';
    const rows = list(exactly(canonical(content, reason), ['parties'], reason, 'parties.json').parties, 64, reason, 'parties');
    const parties = new Map<string, Party>();
    let last = '';
    for (const row of rows) {
      const party = await partyOf(row, roots, later);
      need(party.party > last, reason, 'not ascending');
      last = party.party;
      parties.set(party.party, party);
    }
    const owners = new Map<string, string>();
    const unshared = (key: Uint8Array, owner: string): void => {
      const name = hex(key);
      need((owners.get(name) ?? owner) === owner, 'key-shared', owner);
      owners.set(name, owner);
    };
    for (const each of parties.values()) unshared(each.root, `root of ${each.party}`);
    for (const each of parties.values()) for (const one of each.statements) unshared(one.key, each.party);
    return new Keys(parties);
  }

  /** Every node key of a party. */
  of(party: string): Uint8Array[] {
    const known = this.parties.get(party);
    need(known, 'unknown-party', party);
    return [...new Map(known.statements.map((each) => [each.keyId, each.key])).values()];
  }

  keyOf = (party: string, keyId: string): Uint8Array | null =>
    this.parties.get(party)?.statements.find((each) => each.keyId === keyId)?.key ?? null;

  checkTime(record: Opened): void {
    const named = this.parties.get(record.author)!.statements.filter((each) => each.keyId === record.keyId);
    const good = named.some((each) => each.start <= record.madeAt && record.madeAt < each.end);
    need(good, 'key-expired', `${record.author} at ${record.madeAt}`);
  }

  revokedBy(record: Opened): number | undefined {
    return this.parties.get(record.author)!.revoked.get(record.keyId);
  }
}

async function partyOf(value: Json, roots: Map<string, Uint8Array>, later: Later[]): Promise<Party> {
  const reason = 'parties-form';
  const fields = exactly(value, ['name', 'party', 'root_key_base64', 'statements'], reason, 'party');
  const party = fields.party;
  need(fits(party, 'party'), reason, 'party');
  const name = words(fields.name, 1, 100, reason, 'name');
  const root = fromBase64(fields.root_key_base64, 32, reason, 'root_key_base64');
  need(await isKey(root), 'root-key', party);
  need(party.endsWith(`.${base32(digest(root).subarray(0, 5))}`), 'root-key', party);
  const given = roots.get(party);
  need(given === undefined || equal(given, root), 'root-key', `${party}: not the one given`);
  const rows = list(fields.statements, STATEMENTS_MAX, reason, 'statements');
  need(rows.length > 0, reason, 'statements');
  const statements: Statement[] = [];
  const revoked = new Map<string, number>();
  for (const row of rows) {
    const one = await statementOf(row, party, root, later);
    need(one.sequence > (statements.at(-1)?.sequence ?? -1), reason, 'statements: not ascending');
    statements.push(one);
    for (const keyId of one.revokes) if (!revoked.has(keyId)) revoked.set(keyId, one.sequence);
  }
  return {party, name, root, statements, revoked};
}

async function statementOf(value: Json, party: string, root: Uint8Array, later: Later[]): Promise<Statement> {
  const reason = 'parties-form';
  const signed = exactly(value, ['signature_base64', 'statement'], reason, 'statement');
  const names = ['node_key_base64', 'not_after', 'not_before', 'party', 'revokes', 'sequence', 'tls_certificate_sha256'];
  const fields: Fields = exactly(signed.statement, names, reason, 'statement');
  const key = fromBase64(fields.node_key_base64, 32, reason, 'node_key_base64');
  need(await isKey(key), reason, 'node_key_base64');
  const signature = fromBase64(signed.signature_base64, 64, reason, 'signature_base64');
  const start = instant(fields.not_before, reason, 'not_before');
  const end = instant(fields.not_after, reason, 'not_after');
  const span = Date.parse(end) - Date.parse(start);
  need(span > 0 && span <= 90 * DAY_MS, reason, 'not_after');
  need(fits(fields.tls_certificate_sha256, 'digest') && fits(fields.party, 'party'), reason, 'statement');
  const sequence = whole(fields.sequence, 0, STATEMENTS_MAX - 1, reason, 'sequence');
  const revokes = list(fields.revokes, 64, reason, 'revokes').map((each) => text(each, reason, 'revokes'));
  const ids = revokes.every((each, at) => /^ed25519:[0-9a-f]{64}$/.test(each) && (at === 0 || revokes[at - 1]! < each));
  const keyId = `ed25519:${hex(digest(key))}`;
  need(ids && !revokes.includes(keyId), reason, 'revokes');
  need(fields.party === party, 'key-statement', party);
  const message = utf8(`comity-key-statement-v1\0${spell(fields, 0)}`);
  later.push({holds: holds(root, message, signature), reason: 'key-statement', why: party});
  return {key, keyId, start, end, revokes, sequence};
}

function base32(bytes: Uint8Array): string {
  let bits = bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  let found = '';
  for (let at = 0; at < (bytes.length * 8) / 5; at++) {
    found = BASE32[Number(bits & 31n)]! + found;
    bits >>= 5n;
  }
  return found;
}
