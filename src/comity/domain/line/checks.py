"""Line checks: both sides ask and both must answer; who does not is shown as a degraded line.

Each party asks each other party once in every slot of the agreed interval; slots are counted from the
agreement's first instant, so that both count alike. One check alone is ever under way to a party.

Source: docs/spec/line.md §9.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from comity.domain.agreement import Terms
from comity.domain.line.answers import Given, given
from comity.domain.line.context import LineContext
from comity.domain.line.limits import CHECK_ANSWER_S_MAX
from comity.domain.line.upkeep import (
    CHECK,
    CHECK_ANSWER,
    STATUS,
    Check,
    CheckWants,
    LineState,
    Status,
    read_check,
    read_check_answer,
    read_status,
)
from comity.domain.records import Draft, Record
from comity.kernel.errors import RecordError
from comity.kernel.ids import NODE_OPERATOR, PartyId, RecordDigest
from comity.kernel.instants import Instant

CHECKS_KEPT_MAX = 64  # of each side; an answer to an older one comes too late to say anything
KINDS = frozenset({CHECK, CHECK_ANSWER, STATUS})


@dataclass(slots=True)
class CheckSeen:
    """One check and its answers."""

    given: Given
    check: Check
    by_node: Given | None = None
    by_person: Given | None = None


@dataclass(slots=True)
class Line:
    """The line to one party.

    Attributes:
        own: this node's checks, the newest last.
        theirs: the party's.
        recorded: how this node said the line stands; None: it has said nothing.
        told: how the party says it stands.
        answered_at: when the newest own check that was answered was made.
        heard_at: when the newest scheduled check of the party's came.
        begun_at: when the first own check was made.
    """

    own: dict[RecordDigest, CheckSeen] = field(default_factory=dict)
    theirs: dict[RecordDigest, CheckSeen] = field(default_factory=dict)
    recorded: Status | None = None
    told: Status | None = None
    answered_at: Instant | None = None
    heard_at: Instant | None = None
    begun_at: Instant | None = None

    @property
    def state(self) -> LineState:
        """The worse of what both sides say; unknown while neither has said anything."""
        said = {each.state for each in (self.recorded, self.told) if each is not None}
        for state in (LineState.DEGRADED, LineState.WORKING):
            if state in said:
                return state
        return LineState.UNKNOWN

    def newest(self, checks: dict[RecordDigest, CheckSeen]) -> CheckSeen | None:
        """The newest scheduled check of one side."""
        return next((c for c in reversed(checks.values()) if c.check.slot is not None), None)


class Checks:
    """Every line of one node. Changed by records alone; asked what is owed."""

    def __init__(self, me: PartyId) -> None:
        self._me = me
        self._lines: dict[PartyId, Line] = {}
        self._interval_s: float | None = None

    def line(self, peer: PartyId) -> Line:
        """The line to a party."""
        return self._lines.setdefault(peer, Line())

    def apply(self, record: Record, received_at: Instant) -> None:
        """Take in a check, an answer to one, or one side's word on how the line stands.

        Raises:
            RecordError: the body is malformed, or an answer comes from the asking side.
        """
        own = record.author == self._me
        if record.kind == CHECK:
            self._check(record, received_at, own=own)
        elif record.kind == CHECK_ANSWER:
            self._answer(record, received_at, own=own)
        else:
            status = read_status(record)
            if own:
                self.line(record.recipients[0]).recorded = status
            else:
                self.line(record.author).told = status

    def owed(self, at: Instant, context: LineContext) -> Iterator[tuple[str, Draft]]:
        """What this node owes for the lines now, each under a key of its own."""
        terms = context.terms
        self._interval_s = None if terms is None else terms.line_check_interval_s
        for peer in context.peers:
            line = self.line(peer)
            yield from self._answers_owed(peer, line)
            if terms is None or self._interval_s is None or peer not in terms.party_ids:
                continue
            slot = _slot(terms, self._interval_s, at)
            if self._may_ask(peer, line, slot, context):
                body: dict[str, Any] = {"slot": str(slot), "wants": CheckWants.NODE.value}
                yield f"check {peer} {slot}", Draft(CHECK, (peer,), body)
            status = self._judged(line, at, self._interval_s)
            if status is not None:
                body = {"state": status.state.value, "why": status.why, "since": str(status.since)}
                yield f"status {peer} {status.state} {at}", Draft(STATUS, (peer,), body)

    def _check(self, record: Record, received_at: Instant, *, own: bool) -> None:
        check = read_check(record)
        line = self.line(record.recipients[0] if own else record.author)
        checks = line.own if own else line.theirs
        checks[record.digest] = CheckSeen(given(record, received_at), check)
        while len(checks) > CHECKS_KEPT_MAX:
            del checks[next(iter(checks))]
        if check.slot is None:
            return
        if own:
            line.begun_at = line.begun_at or received_at
        else:
            line.heard_at = received_at

    def _answer(self, record: Record, received_at: Instant, *, own: bool) -> None:
        named = read_check_answer(record)
        line = self.line(record.recipients[0] if own else record.author)
        if named in (line.theirs if not own else line.own):
            raise RecordError("own-side", f"{record.author} answers its own check")
        check = (line.theirs if own else line.own).get(named)
        if check is None:
            return  # too old to say anything, or of a life before a restore
        answer = given(record, received_at)
        if record.operator == NODE_OPERATOR:
            check.by_node = check.by_node or answer
        else:
            check.by_person = check.by_person or answer
        if not own and check.check.slot is not None:
            line.answered_at = max(line.answered_at or Instant(0), check.given.received_at)

    def _answers_owed(self, peer: PartyId, line: Line) -> Iterator[tuple[str, Draft]]:
        newest = line.newest(line.theirs)
        if newest is None or newest.by_node is not None or newest.check.wants is CheckWants.PERSON:
            return
        digest = newest.given.digest
        yield f"answer {digest}", Draft(CHECK_ANSWER, (peer,), {"check": digest})

    def _may_ask(self, peer: PartyId, line: Line, slot: Instant, context: LineContext) -> bool:
        """Once a slot, and not while the check before is still on its way.

        A line that was down must not be found with a thousand checks before the first FLASH.
        """
        newest = line.newest(line.own)
        if newest is None:
            return True
        asked_before = newest.check.slot is not None and newest.check.slot >= slot
        return not asked_before and context.receipted(newest.given.digest, peer)

    def _judged(self, line: Line, at: Instant, interval_s: float) -> Status | None:
        """How the line stands, where that is news."""
        if line.begun_at is None:
            return None
        patience_s = _patience_s(interval_s)
        early = at.minus(line.begun_at) < patience_s

        def fresh(moment: Instant | None) -> bool | None:
            if moment is not None and at.minus(moment) < interval_s + patience_s:
                return True
            return None if early else False

        answered, heard = fresh(line.answered_at), fresh(line.heard_at)
        if answered is False or heard is False:
            missing = [
                word
                for word, found in (("no answer", answered), ("no check", heard))
                if found is False
            ]
            status = Status(LineState.DEGRADED, " and ".join(missing), at)
        elif answered and heard:
            status = Status(LineState.WORKING, "", at)
        else:
            return None
        recorded = line.recorded
        if recorded is not None and (recorded.state, recorded.why) == (status.state, status.why):
            return None
        return status


def _slot(terms: Terms, interval_s: float, at: Instant) -> Instant:
    count = math.floor(at.minus(terms.valid_from) / interval_s)
    return terms.valid_from.plus_s(count * interval_s)


def _patience_s(interval_s: float) -> float:
    return min(interval_s / 2.0, CHECK_ANSWER_S_MAX)
