"""What a node owes a group by itself: where an end took effect, and what was opened to a newcomer."""

from collections.abc import Callable, Collection

from comity.domain.groups.bodies import (
    ACCEPTANCE,
    EARLIER,
    EFFECT,
    MEMBERS,
    Admission,
    Answer,
    Invitation,
)
from comity.domain.groups.book import Group, GroupBook
from comity.domain.groups.limits import RECORDS_TOLD_MAX, RECORDS_TOLD_SIZE_BYTES_MAX
from comity.domain.groups.membership import Membership
from comity.domain.records import Draft, Record
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
            *_members(book, group_id, group, peers),
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


def _members(
    book: GroupBook, group_id: GroupId, group: Group, peers: Collection[PartyId]
) -> list[Draft]:
    """To each member that this party shares with, on what the others' membership rests and it may lack.

    A newcomer was not told who had accepted before it came, and two who came at once not of each other.
    """
    membership = group.membership
    rests_on: list[Record] | None = None
    drafts: list[Draft] = []
    for reader in membership.members():
        if reader not in peers or not membership.shares(book.party, reader):
            continue
        rests_on = _rests_on(group) if rests_on is None else rests_on
        rows: list[dict[str, str]] = []
        size_bytes = 0
        for record in rests_on:
            heard = reader == record.author or reader in record.recipients
            if heard or (reader, record.digest) in group.told:
                continue
            size_bytes += len(record.envelope_bytes)
            if rows and size_bytes > RECORDS_TOLD_SIZE_BYTES_MAX:
                break
            rows.append({"envelope": record.envelope_bytes.decode()})
        if rows:
            body = {"group": group_id, "party": reader, "records": rows[:RECORDS_TOLD_MAX]}
            drafts.append(Draft(MEMBERS, (reader,), body, exercise=book.exercise))
    return drafts


def _rests_on(group: Group) -> list[Record]:
    """The acceptances and invitations on which live admissions rest, back to the creation; by digest."""
    membership = group.membership
    accepted: dict[Admission, list[Record]] = {}
    invited: dict[RecordDigest, Record] = {}
    for record, body in group.membership_records.values():
        if record.kind == ACCEPTANCE and isinstance(body, Answer):
            accepted.setdefault(Admission(body.admission, body.party), []).append(record)
        elif isinstance(body, Invitation):
            invited[record.digest] = record
    found: dict[RecordDigest, Record] = {}
    waiting = [e for party in membership.members() for e in membership.live(party)]
    seen: set[Admission] = set()
    while waiting:
        admission = waiting.pop()
        if admission in seen:
            continue
        seen.add(admission)
        for record in accepted.get(admission, []):
            found[record.digest] = record
        if admission.digest in invited:
            found[admission.digest] = invited[admission.digest]
            waiting += membership.of(membership.by[admission])
    return [found[digest] for digest in sorted(found)]
