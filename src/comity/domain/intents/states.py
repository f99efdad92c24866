"""States of one version of an intent, as its owner and as a holder keep them.

The two tables are the only source of legal moves: the book, the walk of all reachable states in the
tests and the diagrams of docs/rooms/intents.md are all made from them.

Source: docs/spec/intent.md; names of flight states from ASTM F3548-21.
"""

from collections.abc import Mapping
from enum import StrEnum


class IntentState(StrEnum):
    """Where one version of an intent stands, in the eyes of one node."""

    PROPOSED = "proposed"
    PENDING = "pending"
    HELD = "held"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    LAPSED = "lapsed"
    CONTESTED = "contested"
    ACCEPTED = "accepted"
    ACTIVATED = "activated"
    NONCONFORMING = "nonconforming"
    CONTINGENT = "contingent"
    ANNOUNCED = "announced"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    ENDED = "ended"
    EXPIRED = "expired"


class IntentEvent(StrEnum):
    """What moves a version: a record applied, or a time that passed."""

    ASSENT = "assent"
    REFUSAL = "refusal"
    ACCEPTANCE = "acceptance"
    ACCEPTANCE_WITHOUT_ASSENT = "acceptance-without-assent"
    REPLACEMENT = "replacement"
    WITHDRAWAL = "withdrawal"
    ACTIVATION = "activation"
    DEVIATION = "deviation"
    CONTINGENCY = "contingency"
    END = "end"
    DECIDE_BY = "decide-by"
    LAPSE = "lapse"
    DOUBT = "doubt"
    EXPIRY = "expiry"


Transitions = Mapping[tuple[IntentState, IntentEvent], IntentState]

_S, _E = IntentState, IntentEvent

OWNER_TRANSITIONS: Transitions = {
    (_S.PROPOSED, _E.ACCEPTANCE): _S.ACCEPTED,
    (_S.PROPOSED, _E.WITHDRAWAL): _S.WITHDRAWN,
    (_S.PROPOSED, _E.EXPIRY): _S.EXPIRED,
    (_S.ACCEPTED, _E.WITHDRAWAL): _S.WITHDRAWN,
    (_S.ACCEPTED, _E.DOUBT): _S.CONTESTED,
    (_S.ACCEPTED, _E.REPLACEMENT): _S.REPLACED,
    (_S.ACCEPTED, _E.ACTIVATION): _S.ACTIVATED,
    (_S.ACCEPTED, _E.DEVIATION): _S.NONCONFORMING,
    (_S.ACCEPTED, _E.CONTINGENCY): _S.CONTINGENT,
    (_S.ACCEPTED, _E.END): _S.ENDED,
    (_S.ACCEPTED, _E.EXPIRY): _S.EXPIRED,
    (_S.ACTIVATED, _E.DOUBT): _S.CONTESTED,
    (_S.ACTIVATED, _E.REPLACEMENT): _S.REPLACED,
    (_S.ACTIVATED, _E.DEVIATION): _S.NONCONFORMING,
    (_S.ACTIVATED, _E.CONTINGENCY): _S.CONTINGENT,
    (_S.ACTIVATED, _E.END): _S.ENDED,
    (_S.ACTIVATED, _E.EXPIRY): _S.EXPIRED,
    (_S.NONCONFORMING, _E.DOUBT): _S.CONTESTED,
    (_S.NONCONFORMING, _E.REPLACEMENT): _S.REPLACED,
    (_S.NONCONFORMING, _E.ACTIVATION): _S.ACTIVATED,
    (_S.NONCONFORMING, _E.DEVIATION): _S.NONCONFORMING,
    (_S.NONCONFORMING, _E.CONTINGENCY): _S.CONTINGENT,
    (_S.NONCONFORMING, _E.END): _S.ENDED,
    (_S.NONCONFORMING, _E.EXPIRY): _S.EXPIRED,
    (_S.CONTINGENT, _E.DOUBT): _S.CONTESTED,
    (_S.CONTINGENT, _E.CONTINGENCY): _S.CONTINGENT,
    (_S.CONTINGENT, _E.END): _S.ENDED,
    (_S.CONTINGENT, _E.EXPIRY): _S.EXPIRED,
    (_S.CONTESTED, _E.WITHDRAWAL): _S.WITHDRAWN,
    (_S.CONTESTED, _E.REPLACEMENT): _S.REPLACED,
    (_S.CONTESTED, _E.ACTIVATION): _S.CONTESTED,
    (_S.CONTESTED, _E.DEVIATION): _S.CONTESTED,
    (_S.CONTESTED, _E.CONTINGENCY): _S.CONTESTED,
    (_S.CONTESTED, _E.END): _S.ENDED,
    (_S.CONTESTED, _E.EXPIRY): _S.EXPIRED,
    (_S.ANNOUNCED, _E.END): _S.ENDED,
    (_S.ANNOUNCED, _E.EXPIRY): _S.EXPIRED,
}
"""Every legal move of a version at the node that owns it."""

HOLDER_TRANSITIONS: Transitions = {
    (_S.PENDING, _E.ASSENT): _S.HELD,
    (_S.PENDING, _E.REFUSAL): _S.REFUSED,
    (_S.PENDING, _E.DECIDE_BY): _S.UNANSWERED,
    (_S.PENDING, _E.ACCEPTANCE_WITHOUT_ASSENT): _S.CONTESTED,
    (_S.PENDING, _E.WITHDRAWAL): _S.WITHDRAWN,
    (_S.PENDING, _E.EXPIRY): _S.EXPIRED,
    (_S.HELD, _E.ACCEPTANCE): _S.ACCEPTED,
    (_S.HELD, _E.ACCEPTANCE_WITHOUT_ASSENT): _S.CONTESTED,
    (_S.HELD, _E.LAPSE): _S.LAPSED,
    (_S.HELD, _E.WITHDRAWAL): _S.WITHDRAWN,
    (_S.HELD, _E.EXPIRY): _S.EXPIRED,
    (_S.LAPSED, _E.ACCEPTANCE): _S.ACCEPTED,
    (_S.LAPSED, _E.ACCEPTANCE_WITHOUT_ASSENT): _S.CONTESTED,
    (_S.LAPSED, _E.WITHDRAWAL): _S.WITHDRAWN,
    (_S.LAPSED, _E.EXPIRY): _S.EXPIRED,
    (_S.REFUSED, _E.ACCEPTANCE_WITHOUT_ASSENT): _S.CONTESTED,
    (_S.REFUSED, _E.WITHDRAWAL): _S.WITHDRAWN,
    (_S.REFUSED, _E.EXPIRY): _S.EXPIRED,
    (_S.UNANSWERED, _E.ASSENT): _S.HELD,  # given back after a restore, when its time has passed
    (_S.UNANSWERED, _E.REFUSAL): _S.REFUSED,
    (_S.UNANSWERED, _E.ACCEPTANCE_WITHOUT_ASSENT): _S.CONTESTED,
    (_S.UNANSWERED, _E.WITHDRAWAL): _S.WITHDRAWN,
    (_S.UNANSWERED, _E.EXPIRY): _S.EXPIRED,
    **{move: after for move, after in OWNER_TRANSITIONS.items() if move[0] is not _S.PROPOSED},
}
"""Every legal move of another party's version at a node that was asked about it."""

BLOCKING = frozenset({
    _S.PROPOSED,
    _S.HELD,
    _S.CONTESTED,
    _S.ACCEPTED,
    _S.ACTIVATED,
    _S.NONCONFORMING,
    _S.CONTINGENT,
})  # fmt: skip
"""States in which a version keeps others out."""

FLYING_OR_AGREED = frozenset({_S.ACCEPTED, _S.ACTIVATED, _S.NONCONFORMING, _S.CONTINGENT})
"""States that only an acceptance leads to."""

FINAL = frozenset({_S.WITHDRAWN, _S.REPLACED, _S.ENDED, _S.EXPIRED})
"""States that nothing leaves."""


def next_state(table: Transitions, state: IntentState, event: IntentEvent) -> IntentState | None:
    """The state after an event, or None where the table has no such move."""
    return table.get((state, event))
