"""Two parties' logs as a bundle's maker has them, and bundles made of them: honest, and re-signed after a change."""

import hashlib
import io
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.signing import SeededSigner

from comity.domain.agreement import (
    KeyStatement,
    SignedKeyStatement,
    key_draft,
    sign_key_statement,
)
from comity.domain.evidence import (
    BundleParty,
    EntryHead,
    ListedFile,
    LogHead,
    Manifest,
    Material,
    ShownLeaf,
    WithheldLeaf,
    encode_leaf,
    encode_log_head,
    encode_parties,
    manifest_draft,
    write_archive,
)
from comity.domain.ledger import (
    Checkpoint,
    MerkleLog,
    NoteKey,
    cosign,
    leaf_commitment,
    log_origin,
    sign_checkpoint,
    witness_name,
)
from comity.domain.records import Draft, Record, party_id_of, seal
from comity.kernel.ids import KeyId, OperatorId, PartyId
from comity.kernel.instants import Instant

START = Instant(1_795_000_000_000)
DAY_S = 86_400.0
OFFICER = OperatorId("officer")
Line = ShownLeaf | WithheldLeaf


@dataclass
class Party:
    """A root, node keys one after the other, and what they signed."""

    slug: str
    statements: list[SignedKeyStatement] = field(default_factory=list)
    keys: list[SeededSigner] = field(default_factory=list)
    key_names: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.root = SeededSigner(f"root of {self.slug}")
        self.id = party_id_of(self.slug, self.root.public_key)

    @property
    def signer(self) -> SeededSigner:
        return self.keys[-1]

    def take_key(self, name: str, start: Instant, revokes: Sequence[KeyId] = ()) -> None:
        self.keys.append(SeededSigner(name))
        self.key_names.append(name)
        statement = KeyStatement(
            self.id,
            self.signer.public_key,
            start,
            start.plus_s(80 * DAY_S),
            hashlib.sha256(name.encode()).hexdigest(),
            len(self.statements),
            tuple(sorted(revokes)),
        )
        self.statements.append(sign_key_statement(statement, self.root.sign))

    def shown(self) -> BundleParty:
        return BundleParty(
            self.id, f"Party {self.slug}", self.root.public_key, tuple(self.statements)
        )


@dataclass
class Log:
    """One log and everything in it."""

    owner: Party
    reader: Party
    tree: MerkleLog = field(default_factory=MerkleLog)
    records: list[Record] = field(default_factory=list)

    def say(self, kind: str, body: dict[str, Any], at: Instant, operator: str = "officer") -> None:
        self._append(Draft(kind, self._recipients(), body, OperatorId(operator)), at)

    def tell_key(self, at: Instant) -> None:
        statement = self.owner.statements[-1]
        certificate = self.owner.key_names[-1].encode()  # as the statement of `take_key` names it
        self._append(key_draft(statement, self._recipients(), OFFICER, certificate), at)

    def note(self, size: int) -> bytes:
        checkpoint = self._checkpoint(size)
        return sign_checkpoint(
            checkpoint, self.owner.signer.public_key, self.owner.signer.sign
        ).note_bytes

    def cosignature(self, size: int, at: Instant) -> bytes:
        witness = self.reader.signer
        key = NoteKey(witness_name(self.reader.id), witness.public_key)
        return cosign(self._checkpoint(size), key, at, witness.sign)

    def leaf(self, index: int, size: int, withheld: str | None = None) -> Line:
        proof = self.tree.inclusion_proof(index, size)
        envelope = self.records[index].envelope_bytes
        if withheld is None:
            return ShownLeaf(index, proof, self.salt(index), envelope)
        data = leaf_commitment(self.salt(index), envelope)
        return WithheldLeaf(index, proof, data, withheld)

    def salt(self, index: int) -> bytes:
        return hashlib.sha256(f"salt {index} {self.owner.id} {self.reader.id}".encode()).digest()

    def _append(self, draft: Draft, at: Instant) -> None:
        last = self.records[-1] if self.records else None
        record = seal(
            draft,
            self.owner.id,
            0 if last is None else last.sequence + 1,
            None if last is None else last.digest,
            at,
            self.owner.signer,
        )
        self.records.append(record)
        salt = self.salt(self.tree.size)
        self.tree.append(leaf_commitment(salt, record.envelope_bytes))

    def _recipients(self) -> tuple[PartyId, ...]:
        return () if self.owner is self.reader else (self.reader.id,)

    def _checkpoint(self, size: int) -> Checkpoint:
        return Checkpoint(log_origin(self.owner.id, self.reader.id), size, self.tree.root(size))


@dataclass
class Parts:
    """A bundle taken apart: whatever is changed here is signed anew by the maker."""

    parties: list[BundleParty]
    logs: list[tuple[LogHead, list[Line]]]
    material: list[tuple[str, bytes]]


class BundleWorld:
    """Alfa makes bundles. Bravo changed its key, and revoked the one before, at leaf 9 of its log to alfa."""

    def __init__(self, leaves: int = 16, name: str = "world") -> None:
        self.name = name
        self.alfa, self.bravo = Party("alfa"), Party("bravo")
        self.alfa.take_key(f"{name} alfa 0", START)
        self.bravo.take_key(f"{name} bravo 0", START)
        self.out, self.back = Log(self.alfa, self.bravo), Log(self.bravo, self.alfa)
        self.own = Log(self.alfa, self.alfa)
        for number in range(leaves):
            at = START.plus_s(60.0 * number)
            self.out.say("line.check", {"text": f"{name} {number}"}, at)
            if number == 9:
                self.bravo.take_key(f"{name} bravo 1", at, [self.bravo.keys[0].key_id])
                self.back.tell_key(at)
            else:
                self.back.say("line.check", {"text": f"{name} answer {number}"}, at, "node")
            self.own.say("alert.raised", {"text": f"{name} {number}"}, at, "node")
        self.leaves = leaves
        self.made_at = START.plus_s(60.0 * leaves + 60.0)

    @property
    def truth(self) -> set[tuple[PartyId, PartyId, int, str]]:
        """(owner, reader, index, digest) of every record there is."""
        return {
            (log.owner.id, log.reader.id, index, record.digest)
            for log in (self.out, self.back, self.own)
            for index, record in enumerate(log.records)
        }

    def parts(self) -> Parts:
        """An honest bundle: two files of one log, one with a withheld leaf, one of a private log."""
        n = self.leaves
        small = n // 2
        cosigned_at = self.made_at.plus_s(-30.0)
        first = LogHead(
            self.alfa.id,
            self.bravo.id,
            self.out.note(small),
            self.out.cosignature(small, cosigned_at),
        )
        grown = self.out.tree.consistency_proof(small, n)
        second = LogHead(self.alfa.id, self.bravo.id, self.out.note(n), None, grown)
        back = LogHead(
            self.bravo.id, self.alfa.id, self.back.note(n), self.back.cosignature(n, cosigned_at)
        )
        own = LogHead(self.alfa.id, self.alfa.id, self.own.note(n), None)
        return Parts(
            [self.alfa.shown(), self.bravo.shown()],
            [
                (own, [self.own.leaf(2, n), self.own.leaf(n - 1, n)]),
                (first, [self.out.leaf(i, small) for i in (0, 1, 4)]),
                (second, [self.out.leaf(small, n), self.out.leaf(n - 1, n, "names a person")]),
                (
                    back,
                    [
                        self.back.leaf(3, n),
                        self.back.leaf(5, n, "of a third party"),
                        self.back.leaf(9, n),
                        self.back.leaf(n - 1, n),
                    ],
                ),
            ],
            [
                ("material/0001-radar.csv", f"time,lat,lon\n1,2,3\n{self.name}\n".encode()),
                ("material/0002-empty", b""),
            ],
        )

    def bundle(self, change: Callable[[Parts], None] = lambda _: None) -> bytes:
        """A bundle, listed and signed by alfa after the change."""
        parts = self.parts()
        change(parts)
        return self.sealed(self.files_of(parts))

    def files_of(self, parts: Parts) -> list[tuple[str, bytes]]:
        files = [("parties.json", encode_parties(parts.parties))]
        for number, (head, leaves) in enumerate(parts.logs, start=1):
            content = encode_log_head(head) + b"".join(encode_leaf(each) for each in leaves)
            files.append((f"logs/{number:04}.jsonl", content))
        return files + parts.material

    def sealed(
        self, files: Sequence[tuple[str, bytes]], signer: SeededSigner | None = None
    ) -> bytes:
        """Files under a manifest that lists them."""
        listed = tuple(
            ListedFile(name, hashlib.sha256(content).hexdigest(), len(content))
            for name, content in files
        )
        material = tuple(
            Material(each.name, "as received", "text/csv", START, "bravo, by hand")
            for each in listed
            if each.name.startswith("material/")
        )
        draft = manifest_draft(Manifest("A case", listed, material), OFFICER)
        record = seal(draft, self.alfa.id, 0, None, self.made_at, signer or self.alfa.signer)
        return archive([("manifest.record", record.envelope_bytes), *files])


def archive(files: Sequence[tuple[str, bytes]]) -> bytes:
    """An archive in its one spelling."""
    out = io.BytesIO()
    entries = (
        (EntryHead(name, len(content), zlib.crc32(content)), [content]) for name, content in files
    )
    write_archive(out.write, entries)
    return out.getvalue()
