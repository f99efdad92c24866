"""What the book keeps of everything said: the thing itself, and which answers it has and has not."""

from dataclasses import dataclass, field
from enum import StrEnum

from comity.domain.line.answers import Concurs, Given, Translation
from comity.domain.line.content import Precedence, Said
from comity.domain.line.read_back import FieldCompared, matches
from comity.domain.line.upkeep import Call, Escalation
from comity.kernel.ids import MatterId, OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant


class StopState(StrEnum):
    """Where a stop stands."""

    REQUESTED = "requested"
    LAPSED = "lapsed"
    """Its own end has come."""
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class ReadBackSeen:
    """One read-back and what comparing it found."""

    given: Given
    compared: tuple[FieldCompared, ...]

    @property
    def matched(self) -> bool:
        """Whether it is right."""
        return matches(self.compared)


@dataclass(frozen=True, slots=True)
class Escalated:
    """One step taken, by which party's node."""

    given: Given
    escalation: Escalation


@dataclass(slots=True)
class Answers:
    """What one receiving party has answered. None is «unknown», and never «no»."""

    acknowledged: Given | None = None
    read_backs: list[ReadBackSeen] = field(default_factory=list)
    concurred: tuple[Given, Concurs, str] | None = None

    @property
    def read_back_matched(self) -> bool | None:
        """True once one was right; False while the last was wrong; None where there is none."""
        if not self.read_backs:
            return None
        return any(each.matched for each in self.read_backs)


@dataclass(slots=True)
class Item:
    """One thing said, own or a peer's.

    Attributes:
        own: whether this node's party said it.
        answers: by receiving party; every recipient is there from the beginning.
        released: of a stop.
        escalated: every step taken, own and told by others.
        own_steps: how many steps this node has taken for each party.
    """

    digest: RecordDigest
    author: PartyId
    operator: OperatorId
    recipients: tuple[PartyId, ...]
    said: Said
    made_at: Instant
    received_at: Instant
    own: bool
    answers: dict[PartyId, Answers]
    translations: list[tuple[Given, Translation]] = field(default_factory=list)
    released: tuple[Given, str] | None = None
    escalated: list[Escalated] = field(default_factory=list)
    own_steps: dict[PartyId, int] = field(default_factory=dict)

    @property
    def flash(self) -> bool:
        """Whether it interrupts and escalates."""
        return self.said.precedence is Precedence.FLASH

    @property
    def participants(self) -> frozenset[PartyId]:
        """Everybody who has it or is meant to."""
        return frozenset({self.author, *self.recipients})

    def waiting_for(self) -> tuple[PartyId, ...]:
        """Receiving parties of which no person has acknowledged it."""
        return tuple(p for p, each in self.answers.items() if each.acknowledged is None)

    def stop_state(self, at: Instant) -> StopState | None:
        """Where the stop stands; None where this is none."""
        if self.said.stop is None:
            return None
        if self.released is not None:
            return StopState.RELEASED
        until = self.said.stop.until
        return StopState.LAPSED if until is not None and at >= until else StopState.REQUESTED


@dataclass(slots=True)
class Matter:
    """One thread.

    Attributes:
        id: minted by the party that opened it.
        subject: None while the opening record has not come.
        parties: who takes part; grows only while the opening record has not come.
        items: in the order in which this node took them in.
        last_at: when the newest came.
        closed_by: who said last that it is closed; None while it is open.
    """

    id: MatterId
    subject: str | None
    parties: frozenset[PartyId]
    items: list[RecordDigest]
    last_at: Instant
    closed_by: Given | None = None


@dataclass(slots=True)
class Called:
    """An own escalation by another channel, and what became of its calls."""

    digest: RecordDigest
    escalation: Escalation
    at: Instant
    calls: list[tuple[Instant, Call]] = field(default_factory=list)
