"""What was on record at a moment: as it was known then, and as it is known now.

Two times are kept apart. *At*: when something held, by the clock of whoever said so. *Known by*: when this node
took the record in, by its own clock. As known then is everything that holds at T of what was known by T; as known
now is everything that holds at T of what is known by now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from comity.domain.agreement import KINDS as AGREEMENT_KINDS
from comity.domain.reconstruction.changes import (
    OFFERED,
    WITHDRAWN,
    Change,
    Told,
    changes_of,
)
from comity.domain.reconstruction.heard import Heard
from comity.kernel.ids import PartyId, RecordDigest
from comity.kernel.instants import Instant


@dataclass(frozen=True, slots=True)
class Item:
    """One thing at a moment: the change that stands, and the answers to it.

    Attributes:
        records: what was said of it until then, answers left out; the newest first.
    """

    stands: Change
    answers: tuple[Change, ...]
    holds: tuple[Instant, Instant] | None
    records: tuple[RecordDigest, ...]

    def change_under_way(self) -> Change | None:
        """Of a flight, the version offered last beside the accepted one, neither accepted nor taken back."""
        offered: Change | None = None
        for each in self.answers:
            if each.status.startswith(OFFERED):
                offered = each
            elif each.status == WITHDRAWN and offered is not None and each.about == offered.about:
                offered = None
        return None if offered is None or offered.about == self.stands.about else offered


@dataclass(frozen=True, slots=True)
class StateThen:
    """What was on record.

    Attributes:
        at: of what moment.
        known_by: what had been taken in by then; None: all that is known now.
        items: in order of family and key.
        later: of as known then only: how many items hold at that moment that became known later, by family.
    """

    at: Instant
    known_by: Instant | None
    items: tuple[Item, ...]
    later: Mapping[str, int]


@dataclass(slots=True)
class History:
    """Every change, by item. Taken in in the order of the journal.

    Attributes:
        size: how many records of the journal were taken in.
        agreements: records about agreements, and when each was taken in.
        here: whose node it is: what it assented to is in its own journal.
    """

    size: int = 0
    here: PartyId | None = None
    agreements: list[tuple[RecordDigest, Instant]] = field(default_factory=list)
    _by_item: dict[tuple[str, str], "_Line"] = field(default_factory=dict)
    _told: Told = field(init=False)
    _numbers: dict[RecordDigest, int] = field(default_factory=dict)  # in the journal

    def __post_init__(self) -> None:
        self._told = Told(self.here)

    @classmethod
    def of(cls, heard: Iterable[Heard], here: PartyId | None = None) -> "History":
        """The history that a journal tells, of the node of a party."""
        history = cls(here=here)
        for each in heard:
            history.take(each)
        return history

    def take(self, heard: Heard) -> None:
        """One more record; kinds that say nothing of the sky are passed over."""
        self.size += 1
        if heard.kind in AGREEMENT_KINDS:
            self.agreements.append((heard.digest, heard.received_at))
        for change in changes_of(heard, self._told):
            self._by_item.setdefault((change.family, change.key), _Line()).add(change)
            self._numbers.setdefault(change.digest, self.size)
            self._told.items[change.digest] = (change.family, change.key)
            self._told.holds[change.digest] = change.holds

    def changes(self, since: Instant, until: Instant) -> list[Change]:
        """Changes that became known within a time, in that order; in one instant, in the journal's."""
        found = [
            each
            for line in self._by_item.values()
            for each in line.changes
            if since <= each.known_at < until
        ]
        return sorted(found, key=lambda each: (each.known_at, self._numbers[each.digest], each.key))

    def state(self, at: Instant, known_by: Instant | None, *, exercise: bool = False) -> StateThen:
        """What stood at a moment."""
        items = self._items(at, known_by, exercise=exercise)
        later: dict[str, int] = {}
        if known_by is not None:
            there = {(each.stands.family, each.stands.key) for each in items}
            for each in self._items(at, None, exercise=exercise):
                if (each.stands.family, each.stands.key) not in there:
                    later[each.stands.family] = later.get(each.stands.family, 0) + 1
        return StateThen(at, known_by, items, later)

    def _items(self, at: Instant, known_by: Instant | None, *, exercise: bool) -> tuple[Item, ...]:
        found = {}
        for name, line in self._by_item.items():
            if line.may_stand(at, known_by):
                item = _item(line.changes, at, known_by, exercise=exercise)
                if item is not None:
                    found[name] = item
        return tuple(item for _, item in sorted(found.items()))


@dataclass(slots=True)
class _Line:
    """The changes of one item, and what spares looking at them: most items stand but a short while.

    Attributes:
        first: the earliest moment from which any of them holds.
        last: from then on none of them holds, whatever was known; None: that is not so of one of them.
        closes: the one that stands at last, where it ends the item.
    """

    changes: list[Change] = field(default_factory=list)
    first: Instant | None = None
    last: Instant | None = None
    closes: Change | None = None
    _newest: Change | None = None
    _is_open: bool = False

    def add(self, change: Change) -> None:
        """One more, in the order of the journal."""
        self.changes.append(change)
        if self.first is None or change.at < self.first:
            self.first = change.at
        if change.aside:
            return
        if self._newest is None or change.at >= self._newest.at:
            self._newest = change
            self.closes = change if change.ends_item else None
        if not change.ends_item:
            self._is_open |= change.holds is None
            if change.holds is not None and (self.last is None or change.holds[1] > self.last):
                self.last = change.holds[1]

    def may_stand(self, at: Instant, known_by: Instant | None) -> bool:
        """Whether the item may stand; False is sure."""
        if self.first is None or at < self.first:
            return False
        if not self._is_open and self.last is not None and self.last <= at:
            return False
        end = self.closes
        return end is None or end.at > at or (known_by is not None and end.known_at > known_by)


def _item(
    changes: Sequence[Change], at: Instant, known_by: Instant | None, *, exercise: bool
) -> Item | None:
    held = [
        each
        for each in changes
        if each.at <= at
        and (known_by is None or each.known_at <= known_by)
        and each.exercise is exercise
    ]
    standing = [each for each in held if not each.aside]
    if not standing:
        return None
    stands = max(standing, key=lambda each: (each.at, standing.index(each)))
    if stands.ends_item:
        return None
    holds = stands.holds or next(
        (each.holds for each in reversed(standing) if each.holds is not None), None
    )
    if holds is not None and holds[1] <= at:
        return None
    by_time = sorted(standing, key=lambda each: each.at)[
        ::-1
    ]  # as `stands`: the later of one instant
    records = tuple(each.digest for each in by_time)
    return Item(stands, tuple(each for each in held if each.aside), holds, records)
