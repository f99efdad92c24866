"""What may be told of an own incident to some parties, and what is counted as withheld.

Source: docs/spec/incident.md §5, [I18].
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping

from comity.domain.incidents.held import HeldClaim, HeldIncident
from comity.domain.incidents.said import Link, Telling, Withheld
from comity.kernel.ids import GroupId, PartyId, RecordDigest

NOT_WITH_ALL = "not with every party told"
WORK = "this party's own work"
NOT_MADE_TO_ALL = "not made to every party told"

Holders = Callable[[Link], Collection[PartyId]]
"""Parties that hold what a link is to, as this node's own records show."""


def telling_of(
    incident: HeldIncident,
    claims: Collection[HeldClaim],
    recipients: Collection[PartyId],
    holders: Holders,
    words: str,
    *,
    withheld: Mapping[str, str] | None = None,
    group: GroupId | None = None,
    beside: RecordDigest | None = None,
) -> Telling:
    """Make what these parties are told.

    Args:
        incident: this party's own.
        claims: those of it; the ones not made to every recipient are counted.
        recipients: who is told.
        holders: who has what.
        words: to them.
        withheld: digests of links that a person withholds beyond the rule, and why.
        group: the working group in which it is told.
        beside: a telling of theirs that it stands beside.
    """
    withheld = withheld or {}
    told: list[Link] = []
    left: Counter[tuple[str, str]] = Counter()
    for held in incident.links.values():
        link = held.link
        if link.digest in withheld:
            left[link.what.value, withheld[link.digest]] += 1
        elif set(recipients) <= set(holders(link)):
            told.append(Link(link.what, link.digest, link.part))  # its words are this party's notes
        else:
            left[link.what.value, NOT_WITH_ALL] += 1
    for sha256 in incident.files:
        if not set(recipients) <= incident.has_file(sha256):
            left["file", NOT_WITH_ALL] += 1
    for claim in claims:
        if claim.author not in recipients and not set(recipients) <= set(claim.last.told_to):
            left["claim", NOT_MADE_TO_ALL] += 1
    if incident.tasks:
        left["task", WORK] += len(incident.tasks)
    return Telling(
        incident=incident.id,
        version=(incident.told[-1][0].version if incident.told else 0) + 1,
        kind=incident.opening.kind,
        title=incident.opening.title,
        words=words,
        begins=incident.opening.begins,
        ends=incident.opening.ends,
        state=incident.state,
        links=tuple(told),
        withheld=tuple(
            Withheld(what, count, reason) for (what, reason), count in sorted(left.items())
        ),
        group=group,
        beside=beside,
    )
