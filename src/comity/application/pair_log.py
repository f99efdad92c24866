"""One direction of a pair's exchange: its Merkle log, what is durable, what is receipted."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from comity.application.ports.record_store import LogId, StoredCheckpoint
from comity.domain.ledger import (
    MerkleLog,
    SignedCheckpoint,
)
from comity.domain.line import WINDOW_BYTES, WINDOW_RECORDS
from comity.domain.peering import Allowance, Entry, decode_response
from comity.kernel.errors import PeerError, StoreError
from comity.kernel.ids import PartyId

# Of one peer: an honest one of a later version may send kinds that are not known here without end, and
# what is known must not wait behind them: ten of 1.8 kB a second pass. A hostile one fills 1.5 GB of
# disk a day while people look at it.
REFUSED_BYTES_BURST = 256 << 20
REFUSED_BYTES_PER_S = (64 << 20) / 3600


@dataclass(slots=True)
class OwnLog:
    """The log of what this node owes one peer.

    Attributes:
        log: which one.
        tree: its Merkle tree, staged leaves included.
        durable_size: leaves that a commit has made durable; only these are served and signed.
        receipted: the latest checkpoint that carries the peer's cosignature; None: nothing receipted.
        signed: the note signed last; asked for again when its cosignature comes.
    """

    log: LogId
    tree: MerkleLog = field(default_factory=MerkleLog)
    durable_size: int = 0
    receipted: StoredCheckpoint | None = None
    signed: SignedCheckpoint | None = None
    _sizes_bytes: deque[int] = field(default_factory=deque)
    _under_way_bytes: int = 0

    def weigh(self, size_bytes: int) -> None:
        """Note the size of the leaf just appended, until its receipt has come."""
        self._sizes_bytes.append(size_bytes)
        self._under_way_bytes += size_bytes

    def has_room(self) -> bool:
        """Whether so little is under way that a FLASH behind it would hardly wait (spec line.md §7)."""
        under_way = self.tree.size - self.receipted_size
        while len(self._sizes_bytes) > under_way:
            self._under_way_bytes -= self._sizes_bytes.popleft()
        return under_way < WINDOW_RECORDS and self._under_way_bytes < WINDOW_BYTES

    @property
    def receipted_size(self) -> int:
        """How many leaves the peer has proved to hold."""
        return 0 if self.receipted is None else self.receipted.size


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An answer of a peer that is taken in piece by piece, and is durable meanwhile.

    Attributes:
        position: of its first entry.
        entries: all of them; those in the log already are the first.
        checkpoint: the owner's note over all of them, kept when the last is in the log.
    """

    position: int
    entries: tuple[Entry, ...]
    checkpoint: StoredCheckpoint


def unfinished_setting(peer: PartyId) -> str:
    """The name under which a store keeps a peer's unfinished answer; empty when there is none."""
    return f"unfinished_answer {peer}"


def unfinished_in(settings: Mapping[str, bytes], peer: PartyId) -> Unfinished | None:
    """What a store says of a peer's unfinished answer.

    Raises:
        StoreError: it cannot be read.
    """
    message_bytes = settings.get(unfinished_setting(peer))
    if not message_bytes:
        return None
    try:
        response = decode_response(message_bytes)
    except PeerError as error:
        raise StoreError("unfinished-answer", f"of {peer}: {error}") from error
    size = response.position + len(response.entries)
    checkpoint = StoredCheckpoint(size, response.checkpoint, None)
    return Unfinished(response.position, response.entries, checkpoint)


@dataclass(slots=True)
class PeerLog:
    """This node's copy of what one peer owes it.

    Attributes:
        log: which one.
        tree: its Merkle tree, staged leaves included.
        checkpoint: the owner's note over the leaves held; None before the first.
        opened: what that note says, if it was verified in this run.
        cosigned_size: the size this node last gave a cosignature for in this run.
        asked_back: since it was opened, this node has asked the peer how much of *its own* log the peer
            holds; before that nothing of the peer's is taken in, for this store may be an old one.
        suspect: the owner's signed root did not fit; the next pull asks it to prove its position.
        refused: how many bytes of refused records may still come: each is kept, as a leaf of the log.
        asked_unix_ms: when this node last asked, by its own clock; only the answer to that is taken.
        unfinished: the answer that is being taken in; None where all that came is in the log.
        came_back: since then the owner has asked for its own log. It may have lost leaves that are on
            the way here, and may put others in their place: the answer's entries are not taken.
    """

    log: LogId
    tree: MerkleLog = field(default_factory=MerkleLog)
    checkpoint: StoredCheckpoint | None = None
    opened: SignedCheckpoint | None = None
    cosigned_size: int = 0
    asked_back: bool = False
    suspect: bool = False
    refused: Allowance = field(
        default_factory=lambda: Allowance(REFUSED_BYTES_BURST, REFUSED_BYTES_PER_S)
    )
    asked_unix_ms: int | None = None
    came_back: bool = False
    unfinished: Unfinished | None = None

    @property
    def held_size(self) -> int:
        """How many leaves are held durably under the owner's note, in the log or put aside."""
        return self.tree.size if self.unfinished is None else self.unfinished.checkpoint.size


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where one record stands with one recipient. `receipted` False means unknown, never delivered."""

    reader: PartyId
    index: int
    receipted: bool
