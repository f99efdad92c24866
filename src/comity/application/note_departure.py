"""An own flight that leaves its plan: its state goes on record, and so to every party concerned."""

from comity.application.alarm import Alarm
from comity.application.keep_alerts import AlertChange
from comity.application.node import Node
from comity.application.plan_flights import change_flight_state
from comity.domain.alerts import RAISED, AlertKind
from comity.domain.intents import DeclaredState, IntentState
from comity.domain.records import Record
from comity.kernel.errors import AgreementError
from comity.kernel.ids import NODE_OPERATOR, IntentId
from comity.kernel.instants import Instant

LEAVES = {
    DeclaredState.NONCONFORMING: frozenset({IntentState.ACCEPTED, IntentState.ACTIVATED}),
    DeclaredState.CONTINGENT: frozenset(
        {IntentState.ACCEPTED, IntentState.ACTIVATED, IntentState.NONCONFORMING}
    ),
}
"""From which states the node moves a flight by itself. That it is back is for a person to say."""


def note_departure(node: Node, change: AlertChange, at: Instant) -> Record | None:
    """Say that an own flight is nonconforming or contingent, where an alert of conformance shows it.

    Returns:
        The record; None where the alert is another, the flight another party's, or its state says
        so already. What the release gate denies is an alarm.
    """
    if change.kind != RAISED or change.body.get("net") != AlertKind.CONFORMANCE:
        return None
    subjects, basis = change.body["subjects"], change.body["basis"]
    if not isinstance(subjects, list) or not isinstance(basis, dict):
        return None
    try:
        state = DeclaredState(str(basis.get("state")))
    except ValueError:
        return None
    intent = IntentId(subjects[0])
    version = node.intents.holdings.agreed_version(intent)
    if version is None or not version.own or version.state not in LEAVES.get(state, frozenset()):
        return None
    try:
        said = change_flight_state(node, intent, state, NODE_OPERATOR, at)
    except AgreementError as error:
        node.alarm(Alarm(at, error.reason, f"{intent} is {state}, and could not be said: {error}"))
        return None
    return said if isinstance(said, Record) else None
