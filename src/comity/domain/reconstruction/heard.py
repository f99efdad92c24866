"""Records as this node took them in, and where they stand in the logs: what a reconstruction rests on."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from comity.domain.ledger import log_origin
from comity.kernel.ids import OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant

VALUE_LENGTH_MAX = 128  # longer texts are prose, no name of anything


@dataclass(frozen=True, slots=True)
class Heard:
    """One record of the journal.

    Attributes:
        position: in the journal, from 0.
        made_at: by the author's clock, as it says.
        received_at: by this node's clock, when it was taken in; of an own record, when it was made.
    """

    position: int
    digest: RecordDigest
    kind: str
    author: PartyId
    operator: OperatorId
    recipients: tuple[PartyId, ...]
    made_at: Instant
    received_at: Instant
    exercise: bool
    body: Mapping[str, Any]

    def mentions(self) -> Iterator[str]:
        """Every whole text value of the body: ids, digests, names."""
        return values_of(self.body)


@dataclass(frozen=True, slots=True)
class LogView:
    """One log as its reader has cosigned it.

    Attributes:
        owner, reader: whose records, for whom.
        places: index by digest.
        sizes: of its checkpoints that carry a cosignature, growing.
        cosigned_at: when the reader cosigned a size, by the reader's clock; None where the signatures over
            it do not hold.
    """

    owner: PartyId
    reader: PartyId
    places: Mapping[RecordDigest, int]
    sizes: tuple[int, ...]
    cosigned_at: Callable[[int], Instant | None]

    @property
    def origin(self) -> str:
        """Its name in checkpoints."""
        return log_origin(self.owner, self.reader)

    def around(self, index: int) -> tuple[tuple[int, Instant] | None, tuple[int, Instant] | None]:
        """The last cosigned size that does not hold a leaf, and the first that does, with their times."""
        before = after = None
        for size in reversed([each for each in self.sizes if each <= index]):
            at = self.cosigned_at(size)
            if at is not None:
                before = size, at
                break
        for size in (each for each in self.sizes if each > index):
            at = self.cosigned_at(size)
            if at is not None:
                after = size, at
                break
        return before, after


def values_of(body: object) -> Iterator[str]:
    """Text values of a body, at any depth."""
    level: list[object] = [body]
    while level:
        item = level.pop()
        if isinstance(item, str):
            if len(item) <= VALUE_LENGTH_MAX:
                yield item
        elif isinstance(item, Mapping):
            level += item.values()
        elif isinstance(item, list | tuple):
            level += item


def holding(body: object, value: str) -> Mapping[str, Any] | None:
    """The innermost object of a body that holds a text value; None where none does."""
    found: Mapping[str, Any] | None = None
    level: list[tuple[object, Mapping[str, Any] | None]] = [(body, None)]
    while level:
        item, around = level.pop()
        if item == value:
            found = around
        elif isinstance(item, Mapping):
            level += [(each, item) for each in item.values()]
        elif isinstance(item, list | tuple):
            level += [(each, around) for each in item]
    return found


def by_value(heard: Iterable[Heard]) -> dict[str, list[int]]:
    """Positions in the sequence given of the records that mention a value."""
    found: dict[str, list[int]] = {}
    for row, each in enumerate(heard):
        for value in set(each.mentions()):
            found.setdefault(value, []).append(row)
    return found
