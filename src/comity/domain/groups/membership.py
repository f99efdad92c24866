"""Who is in a group: a function of the set of its records, and of nothing else.

No order, no clock and no place takes part, so any two nodes that hold the same records say the same
(docs/spec/group.md §4). What is over stays over: an end beats an acceptance of the same admission, and
whoever comes back comes by another invitation.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from comity.domain.groups.bodies import (
    ACCEPTANCE,
    DEPARTURE,
    REFUSAL,
    REMOVAL,
    Admission,
    Answer,
    Body,
    Consent,
    Creation,
    Effect,
    Invitation,
)
from comity.domain.records import Record
from comity.kernel.ids import PartyId, RecordDigest


class Standing(StrEnum):
    """How one admission, or one party, stands."""

    MEMBER = "member"
    INVITED = "invited"
    """Asked in; no answer was received here."""
    UNKNOWN = "unknown"
    """What it rests on was not received here."""
    DECLINED = "declined"
    LEFT = "left"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Membership:
    """What the records of one group say of who is in it.

    Attributes:
        creation: the creation held; None: not received, and nobody is known to be in.
        creation_digest: of that record.
        contested: its owner made two groups of this id: nothing goes to anybody.
        by: who created or invited, by admission.
        standing: of every admission that a creation or an invitation names.
        ended_by: the records that ended an admission, ascending.
        consents: members' words on an admission; a no beside a yes is a no.
        barred: who said for itself alone that it no longer shares under an admission, by which record.
        listed: the admissions that an inviter named as members, which who accepts agrees to.
        effects: the records by which members said from where on nothing goes to a party.
        openings: who agreed that a member may see what was before it.
        unmatched: records that rest on a creation or an invitation not received here.
    """

    creation: Creation | None = None
    creation_digest: RecordDigest | None = None
    contested: bool = False
    by: Mapping[Admission, PartyId] = field(default_factory=dict)
    standing: Mapping[Admission, Standing] = field(default_factory=dict)
    ended_by: Mapping[Admission, tuple[RecordDigest, ...]] = field(default_factory=dict)
    consents: Mapping[Admission, Mapping[PartyId, Consent]] = field(default_factory=dict)
    barred: Mapping[Admission, Mapping[PartyId, RecordDigest]] = field(default_factory=dict)
    listed: Mapping[RecordDigest, frozenset[Admission]] = field(default_factory=dict)
    effects: Mapping[Admission, Mapping[PartyId, RecordDigest]] = field(default_factory=dict)
    openings: Mapping[Admission, frozenset[PartyId]] = field(default_factory=dict)
    unmatched: tuple[RecordDigest, ...] = ()

    def knows(self, party: PartyId) -> bool:
        """Whether a party is named by a creation, an invitation, or among the members that one lists."""
        return any(each.party == party for each in self.by) or any(
            each.party == party for rows in self.listed.values() for each in rows
        )

    def listed_with(self, party: PartyId) -> set[PartyId]:
        """Whom the invitations of a party name as members."""
        digests = {each.digest for each in self.of(party)}
        return {e.party for d, rows in self.listed.items() if d in digests for e in rows}

    @property
    def owner(self) -> PartyId | None:
        """Who created the group."""
        digest = self.creation_digest
        return next((by for each, by in self.by.items() if each.digest == digest), None)

    def of(self, party: PartyId) -> tuple[Admission, ...]:
        """Every admission of one party, ascending."""
        return tuple(each for each in self.standing if each.party == party)

    def live(self, party: PartyId) -> tuple[Admission, ...]:
        """The admissions by which a party is a member now."""
        return tuple(e for e in self.of(party) if self.standing[e] is Standing.MEMBER)

    def members(self) -> tuple[PartyId, ...]:
        """Every party that is a member now."""
        found = {e.party for e, how in self.standing.items() if how is Standing.MEMBER}
        return tuple(sorted(found))

    def concerned(self) -> tuple[PartyId, ...]:
        """Members, and those who are asked in and have not answered."""
        now = (Standing.MEMBER, Standing.INVITED)
        return tuple(sorted({e.party for e, how in self.standing.items() if how in now}))

    def standing_of(self, party: PartyId) -> Standing:
        """How a party stands, by the best of its admissions."""
        found = {self.standing[each] for each in self.of(party)}
        return next((each for each in Standing if each in found), Standing.UNKNOWN)

    def agrees(self, member: PartyId, admission: Admission) -> bool:
        """Whether a member has agreed to share with whom an admission names.

        It has where it invited, consented, was named in the same creation, or accepted an invitation
        that lists this admission; and has never said no to it.
        """
        said = self.consents.get(admission, {}).get(member)
        if said is Consent.NO or member in self.barred.get(admission, {}):
            return False
        if said is Consent.YES or self.by.get(admission) == member:
            return True
        for own in self.live(member):
            if own.digest == admission.digest == self.creation_digest:
                return True
            if admission in self.listed.get(own.digest, ()):
                return True
        return False

    def shares(self, member: PartyId, reader: PartyId) -> bool:
        """Whether material of `member` may go to `reader`: both are members, and it agreed."""
        if self.contested or member == reader or not self.live(member):
            return False
        return any(self.agrees(member, each) for each in self.live(reader))

    def waiting_for(self, reader: PartyId) -> tuple[PartyId, ...]:
        """Members that do not share with a member: they have said no, or nothing yet."""
        others = [each for each in self.members() if each != reader]
        return tuple(each for each in others if not self.shares(each, reader))

    def undecided(self, member: PartyId) -> tuple[PartyId, ...]:
        """Parties that are in or asked in, and of which a member has said neither yes nor no."""
        if not self.live(member):
            return ()
        now = (Standing.MEMBER, Standing.INVITED)
        found = {
            each.party
            for each, how in self.standing.items()
            if how in now
            and each.party != member
            and not self.agrees(member, each)
            and member not in self.consents.get(each, {})
            and member not in self.barred.get(each, {})
        }
        return tuple(sorted(found))

    def opened_to(self, member: PartyId, admission: Admission) -> bool:
        """Whether every member but the newcomer agreed that it sees what was before it."""
        agreed = self.openings.get(admission, frozenset())
        needed = set(self.members()) - {admission.party} | {member}
        return self.standing.get(admission) is Standing.MEMBER and needed <= agreed


def membership_of(records: Iterable[tuple[Record, Body]]) -> Membership:
    """Derive who is in a group from its records of membership, in whatever order they are given."""
    found = sorted(records, key=lambda each: each[0].digest)
    creations = {r.digest: (r.author, b) for r, b in found if isinstance(b, Creation)}
    invitations = {r.digest: (r.author, b) for r, b in found if isinstance(b, Invitation)}
    by = _admissions(creations, invitations)
    owners = {owner for owner, _ in creations.values()}
    told = _Told()
    for record, body in found:
        told.take(record, body, owners)
    rightful = _rightful(by, creations, told.accepted)
    standing = {each: _stands(each, by, rightful, told) for each in sorted(by)}
    first = min(creations, default=None)
    return Membership(
        creation=None if first is None else creations[first][1],
        creation_digest=first,
        contested=len(creations) > 1,
        by=by,
        standing=standing,
        ended_by={each: tuple(sorted(ends)) for each, ends in told.ends.items()},
        consents=told.consents,
        barred=told.barred,
        listed={digest: frozenset(b.members) for digest, (_, b) in invitations.items()},
        effects=told.effects,
        openings={each: frozenset(whose) for each, whose in told.openings.items()},
        unmatched=tuple(
            r.digest
            for r, b in found
            if isinstance(b, Answer | Effect) and Admission(b.admission, b.party) not in by
        ),
    )


@dataclass(slots=True)
class _Told:
    """What is said of each admission, as sets."""

    accepted: set[Admission] = field(default_factory=set)
    ends: dict[Admission, set[RecordDigest]] = field(default_factory=lambda: defaultdict(set))
    end_kinds: dict[Admission, set[str]] = field(default_factory=lambda: defaultdict(set))
    consents: dict[Admission, dict[PartyId, Consent]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    barred: dict[Admission, dict[PartyId, RecordDigest]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    effects: dict[Admission, dict[PartyId, RecordDigest]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    openings: dict[Admission, set[PartyId]] = field(default_factory=lambda: defaultdict(set))

    def take(self, record: Record, body: Body, owners: set[PartyId]) -> None:
        """One record; they come in ascending order of digest, so the first of two alike stands."""
        if isinstance(body, Effect):
            about = Admission(body.admission, body.party)
            self.effects[about].setdefault(record.author, record.digest)
        if not isinstance(body, Answer):
            return
        about = Admission(body.admission, body.party)
        if body.consent is not None:
            said = self.consents[about].get(record.author)
            self.consents[about][record.author] = Consent.NO if said is Consent.NO else body.consent
        elif record.kind == ACCEPTANCE:
            self.accepted.add(about)
        elif record.kind in (DEPARTURE, REFUSAL):
            self._end(about, record)
        elif record.kind == REMOVAL:
            if record.author in owners:
                self._end(about, record)
            else:
                self.barred[about].setdefault(record.author, record.digest)
        else:
            self.openings[about].add(record.author)

    def _end(self, about: Admission, record: Record) -> None:
        self.ends[about].add(record.digest)
        self.end_kinds[about].add(record.kind)


def _admissions(
    creations: Mapping[RecordDigest, tuple[PartyId, Creation]],
    invitations: Mapping[RecordDigest, tuple[PartyId, Invitation]],
) -> dict[Admission, PartyId]:
    by: dict[Admission, PartyId] = {}
    for digest, (owner, creation) in creations.items():
        for party in (owner, *creation.members):
            by[Admission(digest, party)] = owner
    for digest, (inviter, invitation) in invitations.items():
        by[Admission(digest, invitation.party)] = inviter
    return by


def _rightful(
    by: Mapping[Admission, PartyId],
    creations: Mapping[RecordDigest, object],
    accepted: set[Admission],
) -> set[Admission]:
    """Admissions by the owner's creation, or by a party that was itself a member once: a least fixpoint."""
    rightful = {each for each in by if each.digest in creations}
    while True:
        inside = {e.party for e in rightful if e in accepted or by[e] == e.party}
        more = {each for each in by if by[each] in inside} - rightful
        if not more:
            return rightful
        rightful |= more


def _stands(
    admission: Admission,
    by: Mapping[Admission, PartyId],
    rightful: set[Admission],
    told: _Told,
) -> Standing:
    kinds = told.end_kinds.get(admission, set())
    for kind, standing in (
        (REMOVAL, Standing.REMOVED),
        (DEPARTURE, Standing.LEFT),
        (REFUSAL, Standing.DECLINED),
    ):
        if kind in kinds:
            return standing
    if admission not in rightful:
        return Standing.UNKNOWN
    if admission in told.accepted or by[admission] == admission.party:
        return Standing.MEMBER
    return Standing.INVITED
