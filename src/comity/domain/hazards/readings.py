"""What people read of the register: put down for its owners, and how much of it may be read out.

A list and the map are what an officer has before the eyes all day: each person is put down once for what it was shown,
and again when that changes. Who asks for more rows than one has before the eyes reads the register out: that rings,
and ends at a limit. As with previews, what is looked at is who asked, when and for how many rows, never how many there
were. Questions about places are counted with the previews (`PreviewLog`).

Source: docs/spec/hazard.md §4.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from comity.domain.hazards.previews import DAY_S, KEPT_S, Sweep, SweepRule
from comity.kernel.errors import InputError
from comity.kernel.ids import OperatorId, RecordDigest
from comity.kernel.instants import Instant

ROWS_SWEEP: Final = 5_000  # of different lists in a day: as many as the map draws
ROWS_DAY_MAX: Final = (
    20_000  # what one pack holds; more than that is a pack, which a supervisor makes
)

Shown = tuple[str, int, Instant | None]
"""A site or movement of others, how finely it is known, and since when in this form; None: not known."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One list that was asked for: its rows, whether there were as many or not."""

    record: RecordDigest
    operator: OperatorId
    at: Instant
    question: str
    rows: int
    seen: tuple[str, ...]
    way: str


class ReadingLog:
    """Lists that one party's people asked for in one world, as its records tell them."""

    def __init__(self) -> None:
        self._listed: deque[Listed] = deque()
        self._shown: dict[OperatorId, dict[str, tuple[int, Instant]]] = {}
        self._told: dict[OperatorId, Instant] = {}

    def listed(self) -> tuple[Listed, ...]:
        """Those of the last four weeks, oldest first."""
        return tuple(self._listed)

    def check(self, operator: OperatorId, question: str, rows: int, at: Instant) -> bool:
        """Let a list be read, or refuse it by who asks, when and for how much alone.

        Returns:
            Whether the question is new today, and so has to be put on record whatever is found.

        Raises:
            InputError: `limit`: more rows within a day than are read out.
        """
        asked = self._asked(operator, at)
        if not rows or question in asked:
            return False
        total = rows + sum(each.rows for each in asked.values())
        if total > ROWS_DAY_MAX:
            again = min(each.at for each in asked.values()).plus_s(DAY_S)
            why = (
                f"{operator} has asked for {total - rows} rows of different lists within one day; at most"
                f" {ROWS_DAY_MAX}, and these are {rows} more; the first are forgotten at {again}. Own sites alone"
                " are free, the same list again too, and a pack holds as many"
            )
            raise InputError("limit", why)
        return True

    def news(
        self, operator: OperatorId, shown: Iterable[Shown], at: Instant
    ) -> list[tuple[str, int]]:
        """What of all that a person is shown was not put down yet: never, coarser, before it changed, or weeks ago."""
        held = self._shown.get(operator, {})
        found = []
        for name, precision_mm, since in shown:
            before = held.get(name)
            if (
                before is None
                or precision_mm < before[0]
                or (since is not None and since > before[1])
                or at.minus(before[1]) >= KEPT_S
            ):
                found.append((name, precision_mm))
        return found

    def take(self, listed: Listed, seen: Iterable[tuple[str, int]]) -> Sweep | None:
        """Take in one reading; gives the sweep that it makes, told once a day."""
        while self._listed and listed.at.minus(self._listed[0].at) >= KEPT_S:
            self._let_go(self._listed.popleft())
        self._listed.append(listed)
        shown = self._shown.setdefault(listed.operator, {})
        shown.update({name: (precision_mm, listed.at) for name, precision_mm in seen})
        asked = self._asked(listed.operator, listed.at)
        told = self._told.get(listed.operator)
        if not listed.rows or sum(each.rows for each in asked.values()) <= ROWS_SWEEP:
            return None
        if told is not None and listed.at.minus(told) < DAY_S:
            return None
        self._told[listed.operator] = listed.at
        own = [each for each in self._listed if each.operator == listed.operator]
        ids = sorted({name for each in own for name in each.seen})
        since = min(each.at for each in asked.values())
        return Sweep(
            listed.record, SweepRule.READING_OUT, listed.operator, since, listed.at, len(asked),
            (), tuple(ids),
        )  # fmt: skip

    def _asked(self, operator: OperatorId, at: Instant) -> dict[str, Listed]:
        """Different lists with rows that one person asked for within a day."""
        found = {}
        for each in reversed(self._listed):
            if at.minus(each.at) >= DAY_S:
                break
            if each.operator == operator and each.rows:
                found[each.question] = each
        return found

    def _let_go(self, listed: Listed) -> None:
        shown = self._shown.get(listed.operator, {})
        for name in listed.seen:
            if name in shown and shown[name][1] <= listed.at:
                del shown[name]
