"""The latest of many things from several sources, none of which can push out what others said."""

from collections import deque
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")


class LatestBySource(Generic[Item]):
    """Keeps the latest few of each source, and counts all.

    Args:
        each_max: how many of one source are kept; beyond it its oldest is dropped.
    """

    def __init__(self, each_max: int) -> None:
        self._each_max = each_max
        self._kept: dict[Hashable, deque[tuple[int, Item]]] = {}
        self._count = 0

    @property
    def count(self) -> int:
        """How many there were, those that were dropped included."""
        return self._count

    def add(self, source: Hashable, item: Item) -> None:
        """Keep one more."""
        kept = self._kept.get(source)
        if kept is None:
            kept = self._kept[source] = deque(maxlen=self._each_max)
        kept.append((self._count, item))
        self._count += 1

    def latest(self, source: Hashable) -> Item | None:
        """The last one of a source, or None."""
        kept = self._kept.get(source)
        return kept[-1][1] if kept else None

    def since(self, index: int) -> Iterator[Item]:
        """Those from an index on, in order, as far as they are kept; the first one ever has index 0."""
        found = [pair for kept in self._kept.values() for pair in kept if pair[0] >= index]
        return (item for _, item in sorted(found, key=lambda pair: pair[0]))

    def of_each(self, each_max: int) -> Iterator[Item]:
        """The latest few of every source, in order."""
        found = [pair for kept in self._kept.values() for pair in list(kept)[-each_max:]]
        return (item for _, item in sorted(found, key=lambda pair: pair[0]))
