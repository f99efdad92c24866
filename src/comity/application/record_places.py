"""Which records the journal holds and where own ones stand in the logs, in few bytes a record."""

from comity.kernel.ids import PartyId, RecordDigest

_INDEX_BITS = 40  # of a leaf in its log: a thousand records a second for 34 years
_DIGEST_DIGITS = 64  # hex, of SHA-256

Places = int | tuple[int, ...]


class RecordPlaces:
    """The digest of every record in the journal, with its places in logs to peers.

    A node never forgets a digest: a record that comes a second time must be known for one. So each takes
    as little as it may: some 100 bytes, and 32 more for one place, where texts and pairs took 500.
    """

    __slots__ = ("_journalled", "_others", "_readers", "_slots")

    def __init__(self) -> None:
        self._journalled: dict[bytes, Places] = {}
        self._others: dict[bytes, Places] = {}  # leaves whose record is in no journal
        self._readers: list[PartyId] = []
        self._slots: dict[PartyId, int] = {}

    def __len__(self) -> int:
        """How many records the journal holds."""
        return len(self._journalled)

    def __contains__(self, digest: RecordDigest) -> bool:
        """Whether the journal holds a record."""
        return bytes.fromhex(digest) in self._journalled

    def beginning(self, start: str) -> list[RecordDigest]:
        """Records of the journal whose digest begins so, lower-case hex digits, in order.

        Looks at every digest where not all digits are given: 45 ms of a processor for a million, for a person who
        typed the first letters. A sorted index would cost each record 8 bytes and a million of them 0.6 s at start.
        """
        if len(start) == _DIGEST_DIGITS:
            whole_digest = RecordDigest(start)
            return [whole_digest] if whole_digest in self else []
        whole, odd = bytes.fromhex(start[: len(start) & ~1]), len(start) & 1
        found = (each.hex() for each in self._journalled if each.startswith(whole))
        return sorted(RecordDigest(each) for each in found if not odd or each.startswith(start))

    def add(self, digest: RecordDigest) -> None:
        """A record came into the journal."""
        key = bytes.fromhex(digest)
        if key not in self._journalled:
            self._journalled[key] = self._others.pop(key, 0)

    def place(self, digest: RecordDigest, reader: PartyId, index: int) -> None:
        """A record stands at an index of the log to a reader."""
        if reader not in self._slots:
            self._slots[reader] = len(self._readers)
            self._readers.append(reader)
        place = (self._slots[reader] + 1) << _INDEX_BITS | index
        key = bytes.fromhex(digest)
        held = self._journalled if key in self._journalled else self._others
        before = held.get(key, 0)
        if not before:
            held[key] = place
        else:
            held[key] = (*(before if isinstance(before, tuple) else (before,)), place)

    def places(self, digest: RecordDigest) -> tuple[tuple[PartyId, int], ...]:
        """Readers and indices, in the order in which they came."""
        key = bytes.fromhex(digest)
        found = self._journalled.get(key) or self._others.get(key, 0)
        each = found if isinstance(found, tuple) else (found,) if found else ()
        mask = (1 << _INDEX_BITS) - 1
        return tuple((self._readers[(one >> _INDEX_BITS) - 1], one & mask) for one in each)
