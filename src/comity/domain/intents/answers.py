"""How a node answers a proposal, given what it holds that meets it: rules 2 and 5 of the handshake.

Pure and small: the book and the walk of all reachable states in the tests run this function.

Source: docs/spec/intent.md §5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from comity.domain.intents.states import FLYING_OR_AGREED, IntentState
from comity.kernel.ids import RecordDigest


class Move(StrEnum):
    """What a node does next about a proposal it was asked to assent to."""

    ASSENT = "assent"
    REFUSE = "refuse"
    WITHDRAW_OWN = "withdraw-own"
    WAIT = "wait"


class RefusalReason(StrEnum):
    """Why a proposal is refused (docs/spec/intent.md §6)."""

    AGREEMENT = "agreement"
    CAP = "cap"
    REQUIRED = "required"
    DECIDE_BY = "decide-by"
    STARTED = "started"
    OUTSIDE_VALIDITY = "outside-validity"
    DISCLOSURE = "disclosure"
    PRIORITY = "priority"
    VERSION = "version"
    CONFLICT = "conflict"
    OUTRANKED_CONFLICT = "outranked-conflict"
    UNDETERMINED = "undetermined"
    LAPSED_HOLD = "lapsed-hold"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing this node keeps that the proposal meets or may meet.

    Attributes:
        key: the proposal it was made with.
        own: this node owns it; otherwise a third party does.
        state: where it stands at this node.
        gives_way: the proposal asked about outranks it.
        owner_asked: its owner proposes or must assent, so that who knows its true state decides.
        determined: the verdict is Conflict; otherwise Undetermined, which counts as one.
    """

    key: RecordDigest
    own: bool
    state: IntentState
    gives_way: bool
    owner_asked: bool
    determined: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The move, what it is about, and the reason where it is a refusal."""

    move: Move
    blockers: tuple[Blocker, ...] = ()
    reason: RefusalReason | None = None


def answer_to(blockers: Sequence[Blocker]) -> Answer:
    """Refuse where anything stands that will not give way; else wait; else give way; else assent.

    An own proposal that gives way is withdrawn, durably, before the assent is made. A third party's
    proposal that this node assented to cannot be taken back here: its owner is waited for. A lapsed
    hold may have been accepted without our knowing, so it is passed over only where its owner is
    asked too.
    """
    waits: list[Blocker] = []
    own_give_way: list[Blocker] = []
    for blocker in blockers:
        reason = _refusal_for(blocker)
        if reason is not None:
            return Answer(Move.REFUSE, (blocker,), reason)
        if blocker.state is IntentState.PROPOSED:
            own_give_way.append(blocker)
        elif blocker.state is IntentState.HELD:
            waits.append(blocker)
    if waits:
        return Answer(Move.WAIT, tuple(waits))
    if own_give_way:
        return Answer(Move.WITHDRAW_OWN, tuple(own_give_way))
    return Answer(Move.ASSENT)


def _refusal_for(blocker: Blocker) -> RefusalReason | None:
    state = blocker.state
    if state is IntentState.LAPSED:
        return None if blocker.owner_asked else RefusalReason.LAPSED_HOLD
    stands = state in FLYING_OR_AGREED or state is IntentState.CONTESTED
    contends = state in (IntentState.PROPOSED, IntentState.HELD)
    if not stands and not (contends and not blocker.gives_way):
        return None
    if not blocker.determined:
        return RefusalReason.UNDETERMINED
    return RefusalReason.CONFLICT if stands else RefusalReason.OUTRANKED_CONFLICT
