"""What goes into an evidence bundle: records chosen from a store, with the proofs that they stand in the logs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from comity.application.accept_record import CARD_KIND
from comity.application.ports.record_store import (
    LogId,
    RecordStore,
    StoredCheckpoint,
    StoredLeaf,
)
from comity.domain.agreement import (
    KEY_KIND,
    PartyCard,
    SignedKeyStatement,
    decode_card,
    open_key_body,
)
from comity.domain.evidence import BundleParty, LogHead, ShownLeaf, WithheldLeaf
from comity.domain.ledger import MerkleLog
from comity.domain.records import decode_canonical, payload_digest, unwrap
from comity.kernel.errors import InputError, RecordError, StoreError
from comity.kernel.ids import PartyId, RecordDigest
from comity.kernel.instants import Instant, instant_from_canonical

ERASED_WHY = "its bytes were erased; a signed erasure names their hash"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records a bundle is to show. Every condition that is stated must be met.

    Attributes:
        digests: these, whatever else is stated.
        kinds: kinds, or families such as `intent.*`; empty: none are chosen by kind.
        parties: made by one of these; empty: by anybody.
        since: made at or after.
        until: made before.
        mentions: the body holds this text as a whole value, such as an intent's id.
    """

    digests: frozenset[RecordDigest] = frozenset()
    kinds: tuple[str, ...] = ()
    parties: frozenset[PartyId] = frozenset()
    since: Instant | None = None
    until: Instant | None = None
    mentions: str | None = None

    def chosen(self, digest: RecordDigest, payload: Mapping[str, object]) -> bool:
        """Whether a record is to be shown."""
        if digest in self.digests:
            return True
        if not (self.kinds or self.mentions or self.parties or self.since or self.until):
            return False
        kind = str(payload["kind"])
        made_at = instant_from_canonical(str(payload["made_at"]))
        return (
            (not self.kinds or any(_is_of(kind, each) for each in self.kinds))
            and (not self.parties or payload["author"] in self.parties)
            and (self.since is None or made_at >= self.since)
            and (self.until is None or made_at < self.until)
            and (self.mentions is None or _holds(payload["body"], self.mentions))
        )


@dataclass(slots=True)
class LogPart:
    """One log file of a bundle, before it is written."""

    head: LogHead
    size: int
    leaves: list[ShownLeaf | WithheldLeaf] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a store gives for a bundle.

    Attributes:
        parts: log files in their order.
        parties: whose keys they need.
        shown: records that are shown.
        without_checkpoint: records wanted that stand under no signed checkpoint yet: nothing can be proved of them.
        missing: digests asked for that the journal does not hold.
    """

    parts: tuple[LogPart, ...]
    parties: tuple[BundleParty, ...]
    shown: frozenset[RecordDigest]
    without_checkpoint: frozenset[RecordDigest]
    missing: frozenset[RecordDigest]


def choose(
    store: RecordStore,
    own_cards: Sequence[PartyCard],
    wanted: Wanted,
    withheld: Mapping[RecordDigest, str] | None = None,
) -> Chosen:
    """Gather records and proofs from a store; nothing is changed.

    Args:
        store: a node's store, opened for reading.
        own_cards: the party's first card and the one with the key in use: no record names the first key.
        wanted: which records to show.
        withheld: records to be named by their place alone, and why.

    Raises:
        StoreError: the store cannot be read, or holds what a node would not have written.
        InputError: nothing is chosen.
    """
    withheld = dict(withheld or {})
    chosen: set[RecordDigest] = set()
    parties = _Parties(own_cards)
    known: set[RecordDigest] = set()
    key_records: set[RecordDigest] = set()  # always shown: they say from which place a key counts
    try:
        for entry in store.journal():
            if entry.erased_sha256 is not None:
                if entry.digest in wanted.digests:  # that it stood in its place can be proved
                    withheld.setdefault(entry.digest, ERASED_WHY)
                    known.add(entry.digest)
                continue
            payload = decode_canonical(unwrap(entry.envelope_bytes).payload_bytes)
            known.add(entry.digest)
            parties.note(payload)
            if payload["kind"] == KEY_KIND:
                key_records.add(entry.digest)
            if entry.digest not in withheld and wanted.chosen(entry.digest, payload):
                chosen.add(entry.digest)
    except (RecordError, InputError, KeyError) as error:
        raise StoreError("journal", f"a record cannot be read: {error}") from error
    missing = (wanted.digests | withheld.keys()) - known
    if not chosen and not withheld:
        raise InputError("records", "none of this store is chosen")
    parts: list[LogPart] = []
    for log in sorted(store.log_ids(), key=lambda each: (each.owner, each.reader)):
        parts += _parts_of(store, log, chosen, withheld, key_records)
    covered = {
        payload_digest(unwrap(leaf.envelope_bytes).payload_bytes)
        for part in parts
        for leaf in part.leaves
        if isinstance(leaf, ShownLeaf)
    }
    needed = {party for part in parts for party in (part.head.owner, part.head.reader)}
    return Chosen(
        tuple(parts),
        parties.of(needed | {own_cards[-1].party}),
        frozenset(covered),
        frozenset(chosen - covered),
        frozenset(missing),
    )


def _parts_of(
    store: RecordStore,
    log: LogId,
    chosen: set[RecordDigest],
    withheld: Mapping[RecordDigest, str],
    key_records: set[RecordDigest],
) -> Iterator[LogPart]:
    """The log files of one log: under its last cosigned checkpoint, and what stands behind that."""
    tree = MerkleLog()
    leaves: list[StoredLeaf] = []
    told_keys: list[StoredLeaf] = []
    for leaf in store.leaves(log):
        tree.append(leaf.commitment)
        if leaf.digest in withheld or (leaf.digest in chosen and leaf.quarantine_reason is None):
            leaves.append(leaf)
        elif leaf.digest in key_records and leaf.quarantine_reason is None:
            told_keys.append(leaf)
    if not leaves:
        return
    leaves = sorted([*leaves, *told_keys], key=lambda leaf: leaf.index)
    cosigned = store.latest_checkpoint(log, cosigned=True)
    newest = store.latest_checkpoint(log)
    begun = 0
    for checkpoint in dict.fromkeys((cosigned, newest)):
        if checkpoint is None or checkpoint.size <= begun:
            continue
        there = [leaf for leaf in leaves if begun <= leaf.index < checkpoint.size]
        if not there:
            continue
        consistency = tree.consistency_proof(begun, checkpoint.size) if begun else ()
        yield _part(tree, log, checkpoint, there, withheld, consistency)
        begun = checkpoint.size


def _part(
    tree: MerkleLog,
    log: LogId,
    checkpoint: StoredCheckpoint,
    leaves: Iterable[StoredLeaf],
    withheld: Mapping[RecordDigest, str],
    consistency: tuple[bytes, ...],
) -> LogPart:
    head = LogHead(
        log.owner, log.reader, checkpoint.note_bytes, checkpoint.cosignature_bytes, consistency
    )
    part = LogPart(head, checkpoint.size)
    for leaf in leaves:
        proof = tree.inclusion_proof(leaf.index, checkpoint.size)
        reason = withheld.get(leaf.digest)
        if reason is None:
            part.leaves.append(ShownLeaf(leaf.index, proof, leaf.salt, leaf.envelope_bytes))
        else:
            data = leaf.commitment
            part.leaves.append(WithheldLeaf(leaf.index, proof, data, reason))
    return part


class _Parties:
    """Names, roots and signed key statements, as the journal tells them."""

    def __init__(self, own_cards: Sequence[PartyCard]) -> None:
        self._cards = {each.party: each for each in own_cards}
        self._signed: dict[tuple[PartyId, int], SignedKeyStatement] = {}
        for each in own_cards:
            self._take(each.key)

    def note(self, payload: Mapping[str, object]) -> None:
        """Take what a record says of a party, if it does."""
        body = payload["body"]
        if payload["kind"] == CARD_KIND and isinstance(body, dict):
            card = decode_card(body["card"])
            self._cards[card.party] = card
            self._take(card.key)
        elif payload["kind"] == KEY_KIND and isinstance(body, dict):
            signed, _ = open_key_body(body, int(str(payload["kind_version"])))
            self._take(signed)

    def of(self, parties: Iterable[PartyId]) -> tuple[BundleParty, ...]:
        """These parties, in order of id."""
        found = []
        for party in sorted(parties):
            card = self._cards.get(party)
            if card is None:
                raise StoreError("journal", f"no card of {party}")
            statements = [each for (of, _), each in sorted(self._signed.items()) if of == party]
            found.append(BundleParty(party, card.name, card.root_key, tuple(statements)))
        return tuple(found)

    def _take(self, signed: SignedKeyStatement) -> None:
        self._signed.setdefault((signed.statement.party, signed.statement.sequence), signed)


def _is_of(kind: str, stated: str) -> bool:
    return kind == stated or (stated.endswith(".*") and kind.startswith(stated[:-1]))


def _holds(value: object, text: str) -> bool:
    level = [value]
    while level:
        item = level.pop()
        if item == text:
            return True
        if isinstance(item, dict):
            level += item.values()
        elif isinstance(item, list):
            level += item
    return False
