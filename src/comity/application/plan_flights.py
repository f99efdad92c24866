"""What a person asks of an own flight: check, declare, change, withdraw, say what became of it, announce, answer."""

from dataclasses import dataclass

from comity.application.node import Node
from comity.domain.agreement import Terms, open_points
from comity.domain.airspace import Footprint, cover_footprint
from comity.domain.intents import (
    Answered,
    CheckedPlan,
    DeclaredState,
    Move,
    NotPossible,
    PlannedFlight,
)
from comity.domain.records import Draft, Record
from comity.domain.releasability import Disclosure
from comity.kernel.ids import IntentId, OperatorId, RecordDigest
from comity.kernel.instants import Instant

INTENT_TOKEN_SIZE_BYTES = 8  # 16 hex digits after the owner's id


@dataclass(frozen=True, slots=True)
class FlightRequest:
    """A flight as a person or a machine asks for it.

    Attributes:
        footprint: volumes; coarsened here where the terms say cells.
        flags: what the parser wants a person to know.
        intent: the intent to change; None for a new one.
    """

    footprint: Footprint
    priority: str
    operator: OperatorId
    callsign: str | None = None
    formation: str | None = None
    intent: IntentId | None = None
    decide_by: Instant | None = None
    allow_own_conflict: bool = False
    exercise: bool = False
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """What came of a declaration: the proposal, or why nothing was sent.

    Attributes:
        record: the proposal, durable once the batch is settled; None where nothing was sent.
        not_possible: why not.
        flags: what the terms leave open about this flight, in words; never passed over (L-01).
    """

    intent: IntentId
    record: Record | None
    not_possible: NotPossible | None
    flags: tuple[str, ...]


def mint_intent(node: Node) -> IntentId:
    """A new global id, this party's own."""
    return IntentId(f"{node.party}/{node.entropy.token(INTENT_TOKEN_SIZE_BYTES).hex()}")


def check_flight(
    node: Node, request: FlightRequest, at: Instant
) -> tuple[CheckedPlan | NotPossible, tuple[str, ...]]:
    """Check a flight as `declare_flight` would; nothing is sent or held."""
    planned, flags = _planned(node, request, at)
    book = node.book(exercise=request.exercise)
    return book.check(planned, at, node.context(at)), flags


def declare_flight(node: Node, request: FlightRequest, at: Instant) -> Declared:
    """Propose a new intent or a change, or say what stands in the way.

    Raises:
        AgreementError: the release gate denies a recipient, or the node signs nothing for now.
    """
    planned, flags = _planned(node, request, at)
    book = node.book(exercise=request.exercise)
    drafted = book.declare(planned, at, node.context(at))
    if isinstance(drafted, NotPossible):
        return Declared(planned.intent, None, drafted, flags)
    return Declared(planned.intent, node.issue(drafted, at), None, flags)


def withdraw_flight(
    node: Node,
    intent: IntentId,
    operator: OperatorId,
    at: Instant,
    *,
    change_only: bool = False,
    exercise: bool = False,
) -> Record | NotPossible:
    """Take an own intent back, or only the undecided change to it."""
    book = node.book(exercise=exercise)
    return _issued(node, book.withdraw(intent, operator, change_only=change_only), at)


def change_flight_state(
    node: Node,
    intent: IntentId,
    state: DeclaredState,
    operator: OperatorId,
    at: Instant,
    *,
    off_nominal: Footprint | None = None,
    exercise: bool = False,
) -> Record | NotPossible:
    """Say that an own accepted intent is activated, nonconforming, contingent or ended."""
    if off_nominal is not None:
        off_nominal = _disclosed(off_nominal, node.terms(at))
    book = node.book(exercise=exercise)
    return _issued(node, book.change_state(intent, state, operator, off_nominal), at)


def announce_flight(
    node: Node,
    footprint: Footprint,
    operator: OperatorId,
    at: Instant,
    *,
    callsign: str | None = None,
    remark: str = "",
    exercise: bool = False,
) -> tuple[IntentId, Record | NotPossible]:
    """Make an emergency flight known to every party, without asking; it is never deconflicted."""
    intent = mint_intent(node)
    drafted = node.book(exercise=exercise).announce(
        intent,
        _disclosed(footprint, node.terms(at)),
        operator,
        node.context(at),
        callsign=callsign,
        remark=remark,
    )
    return intent, _issued(node, drafted, at)


def end_announcement(
    node: Node,
    announcement: RecordDigest,
    operator: OperatorId,
    at: Instant,
    *,
    remark: str = "",
    exercise: bool = False,
) -> Record | NotPossible:
    """Say that an announced emergency is over."""
    book = node.book(exercise=exercise)
    return _issued(node, book.end_announcement(announcement, operator, remark=remark), at)


def answer_proposal(
    node: Node,
    proposal: RecordDigest,
    move: Move,
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> tuple[Move, tuple[Record, ...]] | NotPossible:
    """A person's answer to a proposal that awaits one; what goes out may be a refusal all the same."""
    book = node.book(exercise=exercise)
    answered = book.answer(proposal, move, operator, at, node.context(at))
    if isinstance(answered, Answered):
        return answered.given, tuple(node.issue(draft, at) for draft in answered.drafts)
    return answered


def _planned(
    node: Node, request: FlightRequest, at: Instant
) -> tuple[PlannedFlight, tuple[str, ...]]:
    terms = node.terms(at)
    flags = () if terms is None else open_points(request.footprint, terms, at)
    footprint = _disclosed(request.footprint, terms)
    in_cells = footprint.cells is not None
    planned = PlannedFlight(
        intent=request.intent or mint_intent(node),
        footprint=footprint,
        priority=request.priority,
        operator=request.operator,
        callsign=request.callsign,
        formation=request.formation,
        disclosure=Disclosure.CELLS if in_cells else Disclosure.FULL,
        decide_by=request.decide_by,
        allow_own_conflict=request.allow_own_conflict,
        labels=request.labels,
    )
    return planned, flags


def _disclosed(footprint: Footprint, terms: Terms | None) -> Footprint:
    """The footprint as finely as the terms allow it to be shown."""
    if terms is None or terms.disclosure is Disclosure.FULL or footprint.cells is not None:
        return footprint
    return cover_footprint(footprint, terms.separation.greatest(footprint.flight_class))


def _issued(node: Node, drafted: Draft | NotPossible, at: Instant) -> Record | NotPossible:
    if isinstance(drafted, NotPossible):
        return drafted
    return node.issue(drafted, at)
