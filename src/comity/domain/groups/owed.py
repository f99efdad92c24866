"""What a node owes a group by itself: where an end took effect, and what was opened to a newcomer."""

from collections.abc import Callable, Collection

from comity.domain.groups.bodies import EARLIER, EFFECT
from comity.domain.groups.book import Group, GroupBook
from comity.domain.groups.membership import Membership
from comity.domain.records import Draft
from comity.kernel.ids import GroupId, PartyId, RecordDigest

EnvelopeOf = Callable[[RecordDigest], bytes | None]


def next_owed(
    book: GroupBook, peers: Collection[PartyId], envelope_of: EnvelopeOf, passed: Collection[Draft]
) -> Draft | None:
    """The next record that this node makes about a group without being asked; None: nothing is owed.

    Args:
        book: the groups of one world.
        peers: the parties this node is paired with; nothing goes to others.
        envelope_of: an own record's bytes.
        passed: drafts that could not go out; they are not given again.
    """
    for group_id, group in book.groups().items():
        membership = group.membership
        if not membership.live(book.party):
            continue
        for draft in (
            *_effects(book, group_id, membership, peers),
            *_handed_on(book, group_id, group, peers, envelope_of),
        ):
            if draft not in passed:
                return draft
    return None


def _effects(
    book: GroupBook, group: GroupId, membership: Membership, peers: Collection[PartyId]
) -> list[Draft]:
    """One for each admission that ended without this party: it says from where in its log on."""
    drafts: list[Draft] = []
    for admission, ends in membership.ended_by.items():
        others = (admission.party, *membership.members())
        recipients = tuple(sorted({*others} & {*peers} - {book.party}))
        if (
            book.party in membership.effects.get(admission, {})
            or admission not in membership.standing
            or admission.party not in recipients
            or book.ended_here(group, admission)
        ):
            continue
        body = {
            "admission": admission.digest,
            "because": ends[0],
            "group": group,
            "party": admission.party,
        }
        drafts.append(Draft(EFFECT, recipients, body, exercise=book.exercise))
    return drafts


def _handed_on(
    book: GroupBook,
    group_id: GroupId,
    group: Group,
    peers: Collection[PartyId],
    envelope_of: EnvelopeOf,
) -> list[Draft]:
    """The first own record that a newcomer may see by now and was not sent."""
    membership = group.membership
    for admission in membership.openings:
        if admission.party == book.party or admission.party not in peers:
            continue
        shares = membership.shares(book.party, admission.party)
        if not shares or not membership.opened_to(book.party, admission):
            continue
        for digest, said in group.said.items():
            ours = said.record.author == book.party and not said.earlier
            if (
                not ours
                or admission.party in said.record.recipients
                or (admission, digest) in group.handed_on
            ):
                continue
            envelope = envelope_of(digest)
            if envelope is None:
                continue
            body = {
                "admission": said.body.admission,
                "envelope": envelope.decode(),
                "group": group_id,
                "joined": admission.digest,
                "party": admission.party,
            }
            labels = said.record.labels
            return [Draft(EARLIER, (admission.party,), body, labels=labels, exercise=book.exercise)]
    return []
