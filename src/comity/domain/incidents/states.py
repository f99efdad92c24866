"""How one party's incident stands, and what moves it; docs/rooms/incidents.md is drawn from the table."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class IncidentState(StrEnum):
    """How an incident stands with the party whose record it is."""

    OPEN = "open"
    UNDER_REVIEW = "under-review"
    CLOSED = "closed"
    VOID = "void"
    """Opened in error; kept, as everything is."""


class IncidentEvent(StrEnum):
    """What a person does with it."""

    REVIEW = "review"
    RESUME = "resume"
    CLOSE = "close"
    REOPEN = "reopen"
    VOID = "void"


_S, _E = IncidentState, IncidentEvent

TRANSITIONS: Final[Mapping[tuple[IncidentState, IncidentEvent], IncidentState]] = {
    (_S.OPEN, _E.REVIEW): _S.UNDER_REVIEW,
    (_S.UNDER_REVIEW, _E.RESUME): _S.OPEN,
    (_S.OPEN, _E.CLOSE): _S.CLOSED,
    (_S.UNDER_REVIEW, _E.CLOSE): _S.CLOSED,
    (_S.CLOSED, _E.REOPEN): _S.OPEN,
    (_S.OPEN, _E.VOID): _S.VOID,
    (_S.UNDER_REVIEW, _E.VOID): _S.VOID,
}
"""Every legal move (docs/spec/incident.md §4)."""

WORKED_ON: Final = frozenset({_S.OPEN, _S.UNDER_REVIEW})
"""States in which things may be added."""


def next_state(state: IncidentState, event: IncidentEvent) -> IncidentState | None:
    """The state after an event, or None where the table has no such move."""
    return TRANSITIONS.get((state, event))
