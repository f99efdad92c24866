"""What is held of a site: reported, verified, disputed, expired, ended; and what moves it.

The table is the only source of legal moves; docs/rooms/sites.md is drawn from it. Expiry is time alone
and is judged on reading, so an expired site needs no record to be one (L-27).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class SiteState(StrEnum):
    """How far an entry has been checked (L-17)."""

    SELF_REPORTED = "self-reported"
    VERIFIED = "verified"
    DISPUTED = "disputed"
    EXPIRED = "expired"
    ENDED = "ended"


class SiteEvent(StrEnum):
    """A record applied, or a time that passed."""

    CONFIRMATION = "confirmation"
    DISPUTE = "dispute"
    CHANGE = "change"
    RENEWAL = "renewal"
    EXPIRY = "expiry"
    END = "end"


_S, _E = SiteState, SiteEvent
_CHECKED = (_S.SELF_REPORTED, _S.VERIFIED, _S.DISPUTED)

TRANSITIONS: Final[Mapping[tuple[SiteState, SiteEvent], SiteState]] = {
    (_S.SELF_REPORTED, _E.CONFIRMATION): _S.VERIFIED,
    (_S.DISPUTED, _E.CONFIRMATION): _S.VERIFIED,
    (_S.VERIFIED, _E.CONFIRMATION): _S.VERIFIED,
    **{(state, _E.DISPUTE): _S.DISPUTED for state in _CHECKED},
    **{(state, _E.CHANGE): _S.SELF_REPORTED for state in (*_CHECKED, _S.EXPIRED)},
    **{(state, _E.RENEWAL): state for state in _CHECKED},
    (_S.EXPIRED, _E.RENEWAL): _S.SELF_REPORTED,
    **{(state, _E.EXPIRY): _S.EXPIRED for state in _CHECKED},
    **{(state, _E.END): _S.ENDED for state in (*_CHECKED, _S.EXPIRED)},
}
"""Every legal move. A change of the entry, or a renewal that comes late, has to be verified anew."""


def next_state(state: SiteState, event: SiteEvent) -> SiteState | None:
    """The state after an event, or None where the table has no such move."""
    return TRANSITIONS.get((state, event))
