"""The private master log: from time to time a node puts down how far each of its pair logs had come.

A pair log proves itself to its two parties only. The master log, which nobody else reads, binds all of
them into one history: which of them had come how far, under whose signatures, before and after what. Its
records are private records of kind `log.checkpoints` (docs/spec/checkpoint.md §10) beside a node's other
private ones, and each ends with a checkpoint of the private log itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from comity.application.ports.record_store import LogId, StoredCheckpoint
from comity.domain.ledger import Checkpoint, log_origin, sign_checkpoint
from comity.domain.records import Draft, Record
from comity.kernel.errors import RecordError
from comity.kernel.ids import PARTY_ID, PartyId
from comity.kernel.instants import Instant

if TYPE_CHECKING:
    from comity.application.node import Node

CHECKPOINTS_KIND = "log.checkpoints"
INTERVAL_S = 60.0  # one small record a minute in which a log grew; none on a quiet day
INTERVAL_S_MIN = 1.0  # however busy
LEAVES_MAX = 4_096  # this many new leaves are put down before the minute is over


@dataclass(frozen=True, slots=True)
class PairCheckpoint:
    """How far one pair log had come: the owner's note, and the witness's line where it came."""

    log: LogId
    size: int
    note_text: str
    cosignature_text: str | None


@dataclass(slots=True)
class MasterLog:
    """How far each pair log had come when it was last put down, and when that was."""

    sizes: dict[LogId, int] = field(default_factory=dict)
    at: Instant = field(default_factory=lambda: Instant(0))

    def take(self, record: Record) -> None:
        """Take in a `log.checkpoints` record.

        Raises:
            RecordError: `missing-field` or `field-form`.
        """
        for each in read_checkpoints(record.body):
            self.sizes[each.log] = each.size
        self.at = record.made_at


def keep_master_log(node: "Node", at: Instant) -> bool:
    """Put down how far the pair logs have come, if it is time; returns whether it was."""
    due = master_due(node)
    if due is None or at < due:
        return False
    moved = sorted(_moved(node), key=lambda each: (each.log.owner, each.log.reader))
    logs = [
        {
            "checkpoint": each.note_text,
            "cosignature": each.cosignature_text,
            "owner": each.log.owner,
            "reader": each.log.reader,
            "size": each.size,
        }
        for each in moved
    ]
    node.issue(Draft(CHECKPOINTS_KIND, (), {"logs": logs}), at)
    own = node.own_log(node.party)
    size = own.tree.size
    checkpoint = Checkpoint(log_origin(node.party, node.party), size, own.tree.root())
    signed = sign_checkpoint(checkpoint, node.signer.public_key, node.signer.sign)
    node.store.put_checkpoint(own.log, StoredCheckpoint(size, signed.note_bytes, None))
    return True


def master_due(node: "Node") -> Instant | None:
    """When the pair logs are to be put down next; None while nothing new is proved by them."""
    new_leaves = sum(size - node.master_log.sizes.get(log, 0) for log, size in _proved_sizes(node))
    if new_leaves == 0:
        return None
    wait_s = INTERVAL_S_MIN if new_leaves >= LEAVES_MAX else INTERVAL_S
    return node.master_log.at.or_last_plus_s(wait_s)


def read_checkpoints(body: Any) -> Iterator[PairCheckpoint]:
    """The pair checkpoints in the body of a `log.checkpoints` record.

    Raises:
        RecordError: `missing-field` or `field-form`.
    """
    rows = _field(body, "logs", list)
    for row in rows:
        if type(row) is not dict:
            raise RecordError("field-form", "logs: not a list of objects")
        parties = [_field(row, name, str) for name in ("owner", "reader")]
        if any(PARTY_ID.fullmatch(party) is None for party in parties):
            raise RecordError("field-form", "logs.owner, logs.reader: not party ids")
        cosignature = row.get("cosignature")
        if cosignature is not None and type(cosignature) is not str:
            raise RecordError("field-form", "logs.cosignature: not a text or null")
        yield PairCheckpoint(
            LogId(PartyId(parties[0]), PartyId(parties[1])),
            _field(row, "size", int),
            _field(row, "checkpoint", str),
            cosignature,
        )


def _proved_sizes(node: "Node") -> Iterator[tuple[LogId, int]]:
    """How far each pair log is proved: own ones by the reader, a peer's by its owner."""
    for own in node.own_logs.values():
        if own.receipted is not None:
            yield own.log, own.receipted.size
    for peer in node.peer_logs.values():
        if peer.checkpoint is not None:
            yield peer.log, peer.checkpoint.size


def _moved(node: "Node") -> Iterator[PairCheckpoint]:
    proofs = [(own.log, own.receipted) for own in node.own_logs.values()]
    proofs += [(peer.log, peer.checkpoint) for peer in node.peer_logs.values()]
    for log, proof in proofs:
        if proof is not None and proof.size > node.master_log.sizes.get(log, 0):
            line = proof.cosignature_bytes
            text = None if line is None else line.decode()
            yield PairCheckpoint(log, proof.size, proof.note_bytes.decode(), text)


def _field(body: Any, name: str, kind: type[Any]) -> Any:
    if name not in body:
        raise RecordError("missing-field", name)
    if type(body[name]) is not kind:
        raise RecordError("field-form", f"{name}: not of type {kind.__name__}")
    return body[name]
