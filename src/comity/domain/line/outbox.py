"""What is held back at its author's node so that a FLASH never waits behind it.

A pair's log is in order, and so is an author's chain to an audience: what is signed and appended cannot
be overtaken. Therefore all but FLASH is appended only while little is under way, the highest precedence
first; the rest waits here, durable, as a private record (docs/decisions/0023).
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

from comity.domain.line.context import LineContext
from comity.domain.line.upkeep import Queued
from comity.domain.records import Draft
from comity.kernel.ids import OperatorId, PartyId, RecordDigest


@dataclass(frozen=True, slots=True)
class HeldBack:
    """One draft that waits."""

    digest: RecordDigest
    operator: OperatorId
    labels: tuple[str, ...]
    queued: Queued
    size_bytes: int


class Outbox:
    """Drafts that wait, by audience; in each the highest precedence first, then the oldest.

    Attributes:
        size_bytes: of all that waits.
    """

    def __init__(self) -> None:
        self._held: dict[RecordDigest, HeldBack] = {}
        self._ways: dict[tuple[PartyId, ...], list[tuple[int, int, RecordDigest]]] = {}
        self._count = 0
        self.size_bytes = 0

    def __len__(self) -> int:
        return len(self._held)

    def held(self) -> tuple[HeldBack, ...]:
        """Everything that waits, as it would leave if all had one way."""
        places = sorted(place for way in self._ways.values() for place in way)
        return tuple(self._held[digest] for _, _, digest in places if digest in self._held)

    def waits_for(self, recipients: tuple[PartyId, ...]) -> bool:
        """Whether anything waits for this way already."""
        return bool(self._ways.get(recipients))

    def add(
        self,
        digest: RecordDigest,
        operator: OperatorId,
        labels: tuple[str, ...],
        queued: Queued,
        size_bytes: int,
    ) -> None:
        """Hold a draft back."""
        self._count += 1
        self.size_bytes += size_bytes
        self._held[digest] = HeldBack(digest, operator, labels, queued, size_bytes)
        way = self._ways.setdefault(queued.recipients, [])
        heapq.heappush(way, (queued.said.precedence.rank, self._count, digest))

    def remove(self, digest: RecordDigest) -> None:
        """It has gone out."""
        held = self._held.pop(digest, None)
        if held is None:
            return
        self.size_bytes -= held.size_bytes
        way = self._ways[held.queued.recipients]
        while way and way[0][2] not in self._held:
            heapq.heappop(way)
        if not way:
            del self._ways[held.queued.recipients]

    def owed(self, context: LineContext, *, exercise: bool) -> Iterator[tuple[str, Draft]]:
        """Drafts for which there is room now. Who takes the first of them looks at no more."""
        open_ways = [way for to, way in self._ways.items() if context.room(to)]
        if not open_ways:
            return
        yield self._owed(min(way[0] for way in open_ways)[2], exercise=exercise)
        for _, _, digest in sorted(place for way in open_ways for place in way):
            if digest in self._held:
                yield self._owed(digest, exercise=exercise)

    def _owed(self, digest: RecordDigest, *, exercise: bool) -> tuple[str, Draft]:
        held = self._held[digest]
        draft = Draft(
            held.queued.kind,
            held.queued.recipients,
            {**held.queued.body, "queued": digest},
            operator=held.operator,
            labels=held.labels,
            exercise=exercise,
        )
        return f"queued {digest}", draft
