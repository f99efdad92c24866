"""The line book: everything said on the line and answered, rebuilt from the journal by `apply` alone.

What is owed by time (escalation, checks, drafts held back) is asked for and never remembered, so that a
node that stopped in the middle of a ladder goes on with it when it starts.

Source: docs/spec/line.md.
"""

import heapq
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import replace

from comity.domain.line import checks as checks_room
from comity.domain.line import watches as watches_room
from comity.domain.line.answering import take_answer
from comity.domain.line.answers import (
    ABOUT_KINDS,
    given,
    read_about,
)
from comity.domain.line.checks import Checks
from comity.domain.line.content import SAID_KINDS, Said, read_said
from comity.domain.line.context import LineContext
from comity.domain.line.items import (
    Answers,
    Called,
    Escalated,
    Item,
    Matter,
    StopState,
)
from comity.domain.line.ladder import ladder_of
from comity.domain.line.limits import (
    ESCALATIONS_KEPT_MAX,
    ITEMS_KEPT_MAX,
    LADDERS_RUNNING_MAX,
    QUEUED_BYTES_MAX,
    QUEUED_MAX,
    SILENCES_KEPT_MAX,
    UNMATCHED_BYTES_MAX,
    UNMATCHED_MAX,
)
from comity.domain.line.outbox import Outbox
from comity.domain.line.upkeep import (
    CALL,
    CALL_TRIES_MAX,
    ESCALATION,
    PRIVATE_KINDS,
    QUEUED,
    CallOutcome,
    Escalation,
    escalation_body,
    read_call,
    read_escalation,
    read_queued,
)
from comity.domain.line.watches import Watches
from comity.domain.records import Draft, Record
from comity.kernel.errors import RecordError
from comity.kernel.ids import MatterId, PartyId, RecordDigest
from comity.kernel.instants import Instant

KINDS = (
    SAID_KINDS | ABOUT_KINDS | checks_room.KINDS | watches_room.KINDS | {QUEUED, ESCALATION, CALL}
)
CHANNEL_OF_WATCH = "watch"  # the step shows on the console; no other channel is called


class LineBook:
    """One node's line, in one world (live or exercise). Not safe for use by two threads at once."""

    def __init__(self, me: PartyId, *, exercise: bool = False) -> None:
        self._me = me
        self._exercise = exercise
        self.checks = Checks(me)
        self.watches = Watches()
        self.outbox = Outbox()
        self._items: dict[RecordDigest, Item] = {}
        self._order: dict[PartyId, deque[RecordDigest]] = {}
        self._matters: dict[MatterId, Matter] = {}
        self._stops: dict[RecordDigest, Item] = {}
        self._flash: dict[RecordDigest, Item] = {}
        self._flash_of: dict[PartyId, int] = {}
        self._unmatched: dict[RecordDigest, list[tuple[Record, Instant]]] = {}
        self._unmatched_of: dict[PartyId, int] = {}
        self._calls: dict[RecordDigest, Called] = {}
        self._calls_open: dict[RecordDigest, None] = {}
        self._steps: list[tuple[int, RecordDigest, PartyId]] = []
        self._silent: dict[RecordDigest, list[Escalated]] = {}
        self._silent_steps: dict[tuple[RecordDigest, PartyId], int] = {}
        self._owed_key: str | None = None
        self._passed: set[str] = set()

    # What is known

    def item(self, digest: RecordDigest) -> Item | None:
        """One thing said, by the digest of its record."""
        return self._items.get(digest)

    def items(self) -> Iterator[Item]:
        """Everything said, in the order in which this node took it in."""
        return iter(self._items.values())

    def matter(self, matter: MatterId) -> Matter | None:
        """One thread."""
        return self._matters.get(matter)

    def matters(self) -> Iterator[Matter]:
        """Every thread, in the order in which this node learnt of them."""
        return iter(self._matters.values())

    def open_matters(self) -> tuple[Matter, ...]:
        """Threads that nobody has closed, the newest record first."""
        found = (each for each in self._matters.values() if each.closed_by is None)
        return tuple(sorted(found, key=lambda each: -each.last_at.unix_ms))

    def stops(self, at: Instant) -> tuple[Item, ...]:
        """Stops that are asked for now."""
        return tuple(
            each for each in self._stops.values() if each.stop_state(at) is StopState.REQUESTED
        )

    def untaken(self) -> tuple[Item, ...]:
        """Every FLASH and stop that a receiving party has not acknowledged, the oldest first."""
        return tuple(self._flash.values())

    @property
    def awaits_receipts(self) -> bool:
        """Whether a receipt that comes is news at once: something waits for room, or a FLASH is out."""
        return len(self.outbox) > 0 or self._flash_of.get(self._me, 0) > 0

    def escalations_about(self, record: RecordDigest) -> tuple[Escalated, ...]:
        """Steps of ladders that run because an echelon is silent about a record that is no item of the line."""
        return tuple(self._silent.get(record, ()))

    def calls_owed(self, at: Instant, retry_s: float) -> Iterator[Called]:
        """Own escalations that another channel is still to be called for."""
        for digest in self._calls_open:
            called = self._calls[digest]
            if not called.calls or at.minus(called.calls[-1][0]) >= retry_s:
                yield called

    def calls_of(self, escalation: RecordDigest) -> Called | None:
        """What became of the calls of one own escalation; None where none is owed."""
        return self._calls.get(escalation)

    # How it changes

    def apply(self, record: Record, received_at: Instant) -> None:
        """Take in one record; a record of the other world changes nothing.

        Raises:
            RecordError: a code of docs/spec/line.md §10; nothing changed.
        """
        if record.exercise is not self._exercise:
            return
        kind = record.kind
        if kind in PRIVATE_KINDS and record.recipients:
            raise RecordError("line-audience", f"{kind} is kept by its party alone")
        if kind in SAID_KINDS:
            self._say(record, received_at)
        elif kind in ABOUT_KINDS:
            self._answer(record, received_at)
        elif kind in checks_room.KINDS:
            self.checks.apply(record, received_at)
        elif kind in watches_room.KINDS:
            self.watches.apply(record, received_at)
        elif kind == QUEUED:
            self._hold_back(record)
        elif kind == ESCALATION:
            self._escalate(record, received_at)
        else:
            self._call(record, received_at)

    def next_owed(self, at: Instant, context: LineContext) -> Draft | None:
        """The next record owed, or None; the same draft again until its record is applied."""
        for key, draft in self._owed(at, context):
            if key not in self._passed:
                self._owed_key = key
                return draft
        self._owed_key = None
        return None

    def pass_over(self) -> None:
        """The draft just owed cannot be made; it is not asked for again in this run."""
        if self._owed_key is not None:
            self._passed.add(self._owed_key)

    def _owed(self, at: Instant, context: LineContext) -> Iterator[tuple[str, Draft]]:
        yield from self._escalations_owed(at, context)
        yield from self._silences_owed(at, context)
        if not self._exercise:
            yield from self.checks.owed(at, context)
        yield from self.outbox.owed(context, exercise=self._exercise)

    def _hold_back(self, record: Record) -> None:
        size_bytes = len(record.envelope_bytes)
        full = self.outbox.size_bytes + size_bytes > QUEUED_BYTES_MAX
        if full or len(self.outbox) >= QUEUED_MAX:
            raise RecordError("too-many", f"{len(self.outbox)} drafts are held back, the most")
        queued = read_queued(record)
        self.outbox.add(record.digest, record.operator, record.labels, queued, size_bytes)

    def _say(self, record: Record, received_at: Instant) -> None:
        said = _without_bytes(read_said(record))
        participants = frozenset({record.author, *record.recipients})
        matter = self._matters.get(said.matter)
        _check_matter(matter, said, participants)
        if matter is None:
            matter = Matter(said.matter, None, participants, [], received_at)
            self._matters[said.matter] = matter
        if said.subject is not None:
            matter.subject, matter.parties = said.subject, participants
        elif matter.subject is None:
            matter.parties |= participants
        matter.items.append(record.digest)
        matter.last_at = received_at
        matter.closed_by = given(record, received_at) if said.closes else None
        item = Item(
            digest=record.digest,
            author=record.author,
            operator=record.operator,
            recipients=record.recipients,
            said=said,
            made_at=record.made_at,
            received_at=received_at,
            own=record.author == self._me,
            answers={party: Answers() for party in record.recipients},
        )
        self._items[record.digest] = item
        self._order.setdefault(record.author, deque()).append(record.digest)
        if said.stop is not None:
            self._stops[record.digest] = item
        if item.flash:
            running = self._flash_of.get(item.author, 0)
            self._flash_of[item.author] = running + 1
            self._flash[record.digest] = item
            for party in item.recipients if running < LADDERS_RUNNING_MAX else ():
                if item.own or party == self._me:
                    self._expect_step(item, party, received_at)
        if item.own and said.queued is not None:
            self.outbox.remove(said.queued)
        for about, about_at in self._unmatched.pop(record.digest, ()):
            self._unmatched_of[about.author] -= 1
            try:
                self._answer_item(item, about, about_at)
            except RecordError:
                continue  # refused as it would have been had it come after; the journal has it
        self._forget(record.author, received_at)

    def _forget(self, author: PartyId, at: Instant) -> None:
        """Let go of the oldest of one author's that nothing is owed about; the journal keeps it."""
        order = self._order[author]
        for _ in range(len(order) - ITEMS_KEPT_MAX):
            digest = order.popleft()
            item = self._items[digest]
            if digest in self._flash or item.stop_state(at) is StopState.REQUESTED:
                order.append(digest)
                continue
            del self._items[digest]
            self._stops.pop(digest, None)
            matter = self._matters[item.said.matter]
            matter.items.remove(digest)
            if not matter.items:
                del self._matters[matter.id]

    def _answer(self, record: Record, received_at: Instant) -> None:
        message, _ = read_about(record)
        item = self._items.get(message)
        if item is not None:
            self._answer_item(item, record, received_at)
            return
        if len(record.envelope_bytes) > UNMATCHED_BYTES_MAX:
            raise RecordError(
                "field-limit", f"over {UNMATCHED_BYTES_MAX} bytes about nothing known"
            )
        count = self._unmatched_of.get(record.author, 0)
        if count >= UNMATCHED_MAX:
            raise RecordError("too-many", f"{count} answers of {record.author} to nothing known")
        self._unmatched_of[record.author] = count + 1
        self._unmatched.setdefault(message, []).append((record, received_at))

    def _answer_item(self, item: Item, record: Record, received_at: Instant) -> None:
        take_answer(item, record, received_at)
        if item.digest in self._flash and not item.waiting_for():
            del self._flash[item.digest]
            self._flash_of[item.author] -= 1

    # Ladders

    def _expect_step(self, item: Item, party: PartyId, at: Instant) -> None:
        """Look at this item again for one party at an instant."""
        heapq.heappush(self._steps, (at.unix_ms, item.digest, party))

    def _escalations_owed(self, at: Instant, context: LineContext) -> Iterator[tuple[str, Draft]]:
        """The next step of a ladder that is due: of this party's own, or of whom it said a thing to.

        The time runs from when this node took the item in, by its own clock.
        """
        while self._steps and self._steps[0][0] <= at.unix_ms:
            _, digest, party = self._steps[0]
            item = self._items.get(digest)
            if item is None:  # forgotten, and so nothing is owed about it
                heapq.heappop(self._steps)
                continue
            taken = item.own_steps.get(party, 0)
            steps = ladder_of(context.terms, party)
            if item.answers[party].acknowledged is not None or taken >= len(steps):
                heapq.heappop(self._steps)
                continue
            if item.stop_state(at) in (StopState.RELEASED, StopState.LAPSED):
                heapq.heappop(self._steps)
                continue
            step = steps[taken]
            due_at = item.received_at.or_last_plus_s(step.after_s)
            if due_at > at:
                heapq.heapreplace(self._steps, (due_at.unix_ms, digest, party))
                continue
            key = f"step {digest} {party} {taken}"
            if key in self._passed:
                heapq.heappop(self._steps)
                continue
            body = escalation_body(
                Escalation(digest, party, taken + 1, step.echelon, step.channel, due_at)
            )
            others = tuple(sorted((item.participants & {*context.peers}) - {self._me}))
            yield key, Draft(ESCALATION, others, body, exercise=self._exercise)
            return

    def _silences_owed(self, at: Instant, context: LineContext) -> Iterator[tuple[str, Draft]]:
        """Steps of the ladder of whoever has an echelon that is silent about what was told for protection."""
        running: Counter[PartyId] = Counter()
        for silence in context.silences(at):
            running[silence.author] += 1
            taken = self._silent_steps.get((silence.record, silence.party), 0)
            steps = ladder_of(context.terms, silence.party)
            if running[silence.author] > LADDERS_RUNNING_MAX or taken >= len(steps):
                continue
            step = steps[taken]
            due_at = silence.since.or_last_plus_s(step.after_s)
            if due_at > at:
                continue
            escalation = Escalation(
                silence.record, silence.party, taken + 1, step.echelon, step.channel, due_at
            )
            others = {silence.author, silence.party} & {*context.peers} - {self._me}
            key = f"silence {silence.record} {silence.party} {taken}"
            body = escalation_body(escalation)
            yield key, Draft(ESCALATION, tuple(sorted(others)), body, exercise=self._exercise)

    def _escalate_silence(
        self, record: Record, escalation: Escalation, received_at: Instant
    ) -> None:
        """A step about what is no item of the line: told for protection, or refused here."""
        steps = self._silent.setdefault(escalation.message, [])
        if len(steps) < ESCALATIONS_KEPT_MAX:
            steps.append(Escalated(given(record, received_at), escalation))
        while len(self._silent) > SILENCES_KEPT_MAX:
            del self._silent[next(iter(self._silent))]
        if record.author != self._me:
            return
        key = escalation.message, escalation.party
        self._silent_steps[key] = max(self._silent_steps.get(key, 0), escalation.step)
        self._owe_call(record, escalation, received_at)

    def _owe_call(self, record: Record, escalation: Escalation, received_at: Instant) -> None:
        if escalation.channel != CHANNEL_OF_WATCH:
            self._calls[record.digest] = Called(record.digest, escalation, received_at)
            self._calls_open[record.digest] = None

    def _escalate(self, record: Record, received_at: Instant) -> None:
        escalation = read_escalation(record)
        item = self._items.get(escalation.message)
        if item is None:
            self._escalate_silence(record, escalation, received_at)
            return
        if record.author not in item.participants or escalation.party not in item.answers:
            raise RecordError("not-addressed", f"{record.author} never had it")
        if len(item.escalated) >= ESCALATIONS_KEPT_MAX:
            raise RecordError("too-many", f"{ESCALATIONS_KEPT_MAX} steps, the most")
        item.escalated.append(Escalated(given(record, received_at), escalation))
        if record.author != self._me:
            return
        taken = item.own_steps.get(escalation.party, 0)
        item.own_steps[escalation.party] = max(taken, escalation.step)
        self._owe_call(record, escalation, received_at)

    def _call(self, record: Record, received_at: Instant) -> None:
        call = read_call(record)
        called = self._calls.get(call.escalation)
        if called is None:
            raise RecordError("unknown-escalation", f"{call.escalation[:12]} called nobody")
        called.calls.append((received_at, call))
        if call.outcome is CallOutcome.SENT or call.attempt >= CALL_TRIES_MAX:
            self._calls_open.pop(call.escalation, None)


def _check_matter(matter: Matter | None, said: Said, participants: frozenset[PartyId]) -> None:
    if matter is None or matter.subject is None:
        return
    if said.subject is not None:
        raise RecordError("matter-open", f"{said.matter} is open already")
    if not participants <= matter.parties:
        strangers = ", ".join(sorted(participants - matter.parties))
        raise RecordError("matter-party", f"{strangers} takes no part in {said.matter}")


def _without_bytes(said: Said) -> Said:
    """Of attachments the book keeps what they are; their bytes stay in the store."""
    if not said.attachments:
        return said
    return replace(said, attachments=tuple(replace(a, content=b"") for a in said.attachments))
