"""Which of two intents gives way: one total order that every node computes alike."""

from datetime import UTC, datetime

from comity.domain.agreement import Terms
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant

Rank = tuple[int, int, int]
"""Compared lexicographically; the lower rank outranks."""


def rank(terms: Terms, priority: str, owner: PartyId, start: Instant) -> Rank:
    """The rank of an intent. Equal ranks happen only within one party.

    The agreement's precedence table decides first. Within a class the right of way moves on by one
    party a week, so that no party has it for good. Times at which anybody claims to have spoken,
    and digests, which an owner could choose, take no part.

    Args:
        terms: the agreement that both intents name.
        priority: class of the flight.
        owner: a party of the agreement.
        start: first instant of the intent; its ISO 8601 week in UTC counts.

    Raises:
        AgreementError: the terms know no such party or priority class.

    Source: docs/spec/intent.md §4.
    """
    party_index = terms.party_index(owner)
    week = datetime.fromtimestamp(start.unix_s, UTC).isocalendar().week
    turn = (party_index + week) % len(terms.parties)
    return (terms.priority_rank(priority), turn, party_index)
