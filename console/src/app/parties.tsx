/** Parties as people know them: by name, and by id where the name is not enough. */

import {computed} from '@preact/signals';
import type {JSX} from 'preact';
import {status} from './store';
import {Code, Said} from './text';

/** Names by party, our own among them. */
const names = computed<ReadonlyMap<string, string>>(() => new Map([
  ...(status.value === null ? [] : [[status.value.party, status.value.name] as const]),
  ...(status.value?.peers ?? []).map((each) => [each.party, each.name] as const),
]));

const plain = (name: string): string => name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();

/** Names that more than one party bears: a peer chooses its own name, and may choose another's. */
const shared = computed<ReadonlySet<string>>(() => {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const each of names.value.values()) {
    const name = plain(each);
    if (seen.has(name)) twice.add(name);
    seen.add(name);
  }
  return twice;
});

/** The name of a party; its id where none is known. */
export const partyName = (party: string): string => names.value.get(party) || party;

/** A party in few words: its name, its id beside it only where others bear the name too. */
export function partyWords(party: string): string {
  const name = partyName(party);
  return name !== party && shared.value.has(plain(name)) ? `${name} (${party})` : name;
}

/** Whether it is the id of a party that is known here. */
export const isParty = (id: string): boolean => names.value.has(id);

/** A party where there is little room; pointing at it shows its id. */
export function Party({of}: {of: string}): JSX.Element {
  return <bdi dir="auto" class="said" title={of}>{partyWords(of)}</bdi>;
}

/** Parties in a row. */
export function Parties({of}: {of: readonly string[]}): JSX.Element {
  return <>{of.map((each, index) => <span key={each}>{index ? ', ' : ''}<Party of={each} /></span>)}</>;
}

/** A party with its id beside it, where there is room. */
export function PartyName({of}: {of: string}): JSX.Element {
  const name = partyName(of);
  return name === of ? <Said>{of}</Said> : <><Said>{name}</Said> <small><Code>{of}</Code></small></>;
}
