"""How often what is touched may be asked before it is sent, or of the register, and when asking is a sweep.

A preview tells what this node may know anyway, and no more: it is computed from the very forms that the owners
consented to, and no owner's node is asked. The limits keep a person from reading a register out by questions;
they look at who asked, when and where alone, never at what was answered, so that a refusal tells nothing.

Source: docs/spec/hazard.md §4.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from typing import Final

from comity.domain.sites import Cell
from comity.kernel.errors import InputError
from comity.kernel.ids import OperatorId, RecordDigest
from comity.kernel.instants import Instant

HOUR_S: Final = 3_600.0
DAY_S: Final = 86_400.0
KEPT_S: Final = 28 * DAY_S

OPERATOR_HOUR_MAX: Final = 20  # one every three minutes: a person who edits a notice
OPERATOR_DAY_MAX: Final = 60
CELL_DAY_MAX: Final = 12  # different questions that meet one cell, of all operators together
CELLS_MAX: Final = 64  # of one preview: an area some 300 km across
HOMING_MAX: Final = 6  # different questions that meet one cell in a day, before owners are told
OPERATOR_CELLS_MAX: Final = 120  # different cells in four weeks, some 180,000 km²
PARTY_CELLS_MAX: Final = 240

Where = tuple[int, int]
"""Row and column of a cell of the coarsest level (docs/spec/site.md §6)."""


class SweepRule(StrEnum):
    """What makes many questions a sweep."""

    HOMING = "homing"
    """Different questions about one cell: halving, again and again, where something is."""
    TILING = "tiling"
    """One operator's questions have covered many cells."""
    TILING_TOGETHER = "tiling-together"
    """All operators' questions together have covered many cells."""
    LIMIT = "limit"
    """An operator has asked as often as is allowed."""
    READING_OUT = "reading-out"
    """An operator has asked for more rows of the register than one has before the eyes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: a preview, or a notice that was sent.

    Attributes:
        question: digest of what was asked about; the same question has the same.
        cells: that it met, buffer included.
        seen: sites and movements that it touched, and how finely they are known.
        sent: a notice that was sent; it is never refused, and counts for sweeps.
        way: `preview`, or `query`: the register was asked.
    """

    record: RecordDigest
    operator: OperatorId
    at: Instant
    question: str
    cells: tuple[Where, ...]
    seen: tuple[tuple[str, int], ...]
    sent: bool = False
    way: str = "preview"


@dataclass(frozen=True, slots=True)
class Sweep:
    """Questions that together sweep an area, or home in on something in it.

    Attributes:
        record: of the question that made it one.
        operator: who asked; None: several together.
        questions: how many.
        cells: where.
        seen: what they touched, by id.
    """

    record: RecordDigest
    rule: SweepRule
    operator: OperatorId | None
    since: Instant
    at: Instant
    questions: int
    cells: tuple[Where, ...]
    seen: tuple[str, ...]


class PreviewLog:
    """Questions of one party's operators in one world, as its records tell them."""

    def __init__(self) -> None:
        self._asked: deque[Asked] = deque()
        self._cells_of: dict[OperatorId | None, Counter[Where]] = {}
        self._told: dict[tuple[SweepRule, str], Instant] = {}

    def asked(self) -> tuple[Asked, ...]:
        """Those of the last four weeks, oldest first."""
        return tuple(self._asked)

    def check(
        self, operator: OperatorId, question: str, cells: Iterable[Where], at: Instant
    ) -> None:
        """Let a question be asked, or refuse it by who asked, when and where alone.

        Raises:
            InputError: `preview`, with the limit and when it may be asked again.
        """
        today = [each for each in self._since(at, DAY_S) if not each.sent]
        own = [each for each in today if each.operator == operator]
        for most, window_s, word in (
            (OPERATOR_HOUR_MAX, HOUR_S, "hour"),
            (OPERATOR_DAY_MAX, DAY_S, "day"),
        ):
            recent = [each for each in own if at.minus(each.at) < window_s]
            if len(recent) >= most:
                again = recent[-most].at.plus_s(window_s)
                why = f"{most} previews and queries of {operator} within one {word}, the most; again at {again}"
                raise InputError("preview", why)
        for cell in cells:
            others = {
                each.question: each.at
                for each in today
                if cell in each.cells and each.question != question
            }
            if len(others) >= CELL_DAY_MAX:
                again = sorted(others.values())[-CELL_DAY_MAX].plus_s(DAY_S)
                why = (
                    f"{CELL_DAY_MAX} different questions of this party about one area within one day,"
                    f" the most; again at {again}"
                )
                raise InputError("preview", why)

    def take(self, asked: Asked) -> tuple[Sweep, ...]:
        """Take in one question; gives the sweeps that it makes, each told once a day, or once an hour."""
        while self._asked and asked.at.minus(self._asked[0].at) >= KEPT_S:
            gone = self._asked.popleft()
            for operator in (gone.operator, None):
                cells = self._cells_of[operator]
                cells.subtract(gone.cells)
                for cell in gone.cells:
                    if not cells[cell]:
                        del cells[cell]
        self._asked.append(asked)
        for operator in (asked.operator, None):
            self._cells_of.setdefault(operator, Counter()).update(asked.cells)
        return tuple(
            sweep
            for subject, window_s, sweep in self._found(asked)
            if self._is_news(sweep, subject, window_s)
        )

    def _found(self, asked: Asked) -> Iterator[tuple[str, float, Sweep]]:
        today = self._since(asked.at, DAY_S)
        for cell in asked.cells:
            of_cell = {each.question: each for each in today if cell in each.cells}
            if len(of_cell) >= HOMING_MAX:
                together = list(of_cell.values())
                by = {each.operator for each in together}
                operator = asked.operator if len(by) == 1 else None
                sweep = _sweep(SweepRule.HOMING, operator, asked, together, (cell,))
                yield str(cell), DAY_S, sweep
        for rule, who, most in (
            (SweepRule.TILING, asked.operator, OPERATOR_CELLS_MAX),
            (SweepRule.TILING_TOGETHER, None, PARTY_CELLS_MAX),
        ):
            if len(self._cells_of[who]) >= most:
                some = [each for each in self._asked if who in (None, each.operator)]
                cells = tuple(sorted(self._cells_of[who]))
                yield str(who), DAY_S, _sweep(rule, who, asked, some, cells)
        own = [each for each in today if each.operator == asked.operator and not each.sent]
        for most, window_s in ((OPERATOR_HOUR_MAX, HOUR_S), (OPERATOR_DAY_MAX, DAY_S)):
            recent = [each for each in own if asked.at.minus(each.at) < window_s]
            if len(recent) >= most:
                cells = tuple(sorted({cell for each in recent for cell in each.cells}))
                sweep = _sweep(SweepRule.LIMIT, asked.operator, asked, recent, cells)
                yield f"{asked.operator} {most}", window_s, sweep

    def _since(self, at: Instant, window_s: float) -> list[Asked]:
        """Those within a window, oldest first."""
        recent = takewhile(lambda each: at.minus(each.at) < window_s, reversed(self._asked))
        return list(recent)[::-1]

    def _is_news(self, sweep: Sweep, subject: str, window_s: float) -> bool:
        told = self._told.get((sweep.rule, subject))
        if told is not None and sweep.at.minus(told) < window_s:
            return False
        self._told[sweep.rule, subject] = sweep.at
        return True


def where(cell: Cell) -> Where:
    """A cell of the coarsest level as records carry it."""
    return cell.row, cell.column


def _sweep(
    rule: SweepRule,
    operator: OperatorId | None,
    asked: Asked,
    together: list[Asked],
    cells: tuple[Where, ...],
) -> Sweep:
    seen = dict.fromkeys(name for each in together for name, _ in each.seen)
    since = min(each.at for each in together)
    return Sweep(
        asked.record, rule, operator, since, asked.at, len(together), cells, tuple(sorted(seen))
    )
