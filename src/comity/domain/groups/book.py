"""The groups of one world at one node: records in, who is in and what was said out.

The book is a set of records. What it shows is derived from the set, never from the order in which the
records came (docs/spec/group.md §4).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from comity.domain.groups.bodies import (
    ACCEPTANCE,
    CREATION,
    EARLIER,
    INVITATION,
    MATERIAL_KINDS,
    MEMBERS,
    Admission,
    Body,
    Earlier,
    Filed,
    Invitation,
    Members,
    Post,
    Task,
    read_body,
)
from comity.domain.groups.limits import (
    GROUPS_MAX,
    GROUPS_OF_A_PARTY_MAX,
    RECORDS_OF_A_PARTY_MAX,
)
from comity.domain.groups.membership import Membership, Standing, membership_of
from comity.domain.operators import check_operator
from comity.domain.records import Draft, Reason, Record
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import GroupId, PartyId, RecordDigest

OpenEnvelope = Callable[[bytes], Record]
"""Opens an envelope inside a record under the keys that this node has enrolled; RecordError where it cannot."""

Material = Post | Filed | Task

_PASSED_ON = frozenset({CREATION, INVITATION, ACCEPTANCE})  # on what membership rests


@dataclass(frozen=True, slots=True)
class Said:
    """One post, document or version of a task. `record` is without its bytes, and without a document's.

    Attributes:
        carrier: the record of the journal that holds it.
        earlier: it was said before this party joined, and handed on by its author.
    """

    record: Record
    body: Material
    carrier: RecordDigest
    earlier: bool = False


@dataclass(slots=True)
class Group:
    """The records of one group, as a set.

    Attributes:
        first_by: whose record was the first about it here; for limits only.
        handed_on: own records handed to a party that joined later, by its admission.
        told: records of membership that this party has passed on, by whom it told.
    """

    first_by: PartyId
    membership_records: dict[RecordDigest, tuple[Record, Body]] = field(default_factory=dict)
    said: dict[RecordDigest, Said] = field(default_factory=dict)
    handed_on: set[tuple[Admission, RecordDigest]] = field(default_factory=set)
    told: set[tuple[PartyId, RecordDigest]] = field(default_factory=set)
    counts: dict[PartyId, int] = field(default_factory=dict)
    _membership: Membership | None = None

    @property
    def membership(self) -> Membership:
        """Who is in it."""
        if self._membership is None:
            self._membership = membership_of(self.membership_records.values())
        return self._membership

    def file(self, record: Record, body: Body) -> None:
        """Add a record of membership to the set."""
        self.membership_records[record.digest] = record, body
        self._membership = None


@dataclass(slots=True)
class GroupBook:
    """Every group that this party holds a record of, in one world (live or exercise).

    Attributes:
        party: whose book this is.
        open_envelope: for the records that stand inside others.
        revision: grows with each record.
    """

    party: PartyId
    open_envelope: OpenEnvelope
    exercise: bool = False
    revision: int = 0
    _groups: dict[GroupId, Group] = field(default_factory=dict)

    def groups(self) -> Mapping[GroupId, Group]:
        """Every group, in the order in which this node first heard of them."""
        return MappingProxyType(self._groups)

    def get(self, group: GroupId) -> Group:
        """One group.

        Raises:
            InputError: `group`: none such here.
        """
        found = self._groups.get(group)
        if found is None:
            raise InputError("group", f"{group} is not known here")
        return found

    def membership(self, group: GroupId) -> Membership:
        """Who is in a group; nobody is known to be in one that is not known here."""
        found = self._groups.get(group)
        return Membership() if found is None else found.membership

    def apply(self, record: Record) -> None:
        """Take in one record, own or a peer's. Membership never decides whether it is taken in.

        Raises:
            RecordError: a code of docs/spec/group.md §9; nothing changed.
        """
        check_operator(record.kind, record.operator)
        body = read_body(record)
        inside = self._inside(record, body)
        group = self._group_for(body.group, record.author)
        if group.counts.get(record.author, 0) >= RECORDS_OF_A_PARTY_MAX:
            why = f"{RECORDS_OF_A_PARTY_MAX} records of {record.author} in {body.group}, the most"
            raise RecordError("group-limit", why)
        self._groups[body.group] = group
        self.revision += 1
        group.counts[record.author] = group.counts.get(record.author, 0) + 1 + len(inside)
        if isinstance(body, Earlier):
            self._take_earlier(group, record, body, inside)
        elif isinstance(body, Members):
            for inner in inside:
                group.file(*inner)
                if record.author == self.party:
                    group.told.add((body.to, inner[0].digest))
        elif isinstance(body, Post | Filed | Task):
            group.said[record.digest] = _said(record, body, record.digest, earlier=False)
        else:
            group.file(record, body)
            for inner in inside:
                group.file(*inner)

    def ended_here(self, group: GroupId, admission: Admission) -> bool:
        """Whether a record of this party ended an admission: its place in the log says from where on."""
        held = self.get(group)
        ends = held.membership.ended_by.get(admission, ())
        return any(held.membership_records[d][0].author == self.party for d in ends)

    # What the release gate asks (releasability.Circle)

    def denies(self, draft: Draft, recipient: PartyId) -> str | None:
        """Why a draft may not go to a recipient; None where it may."""
        group = draft.body.get("group")
        held = self._groups.get(GroupId(group)) if isinstance(group, str) else None
        if draft.kind == CREATION:
            members = draft.body.get("members")
            named = isinstance(members, list) and recipient in members
            return None if named and held is None else "the creation of a group goes to its members"
        if held is None:
            return f"group {str(group)[:80]!r} is not known here"
        membership = held.membership
        if draft.kind in MATERIAL_KINDS or draft.kind == MEMBERS:
            return self._denies_material(membership, draft, recipient)
        if draft.kind == INVITATION:
            if membership.live(self.party) and recipient == draft.body.get("party"):
                return None
        elif not membership.of(self.party):
            return f"this party has no part in {group}"
        if membership.knows(recipient):
            return None
        return f"{recipient} has no part in {group}"

    def allowed_labels(self, draft: Draft) -> frozenset[str]:
        """The labels that the group lets its material carry."""
        creation = self.membership(GroupId(str(draft.body.get("group")))).creation
        return frozenset() if creation is None else frozenset(creation.labels)

    def legal_basis(self, draft: Draft) -> str:
        """What the group says makes its exchange lawful; empty where that is not known."""
        if draft.kind == CREATION:
            return str(draft.body.get("legal_basis", ""))
        creation = self.membership(GroupId(str(draft.body.get("group")))).creation
        return "" if creation is None else creation.legal_basis

    # Inside

    def _denies_material(
        self, membership: Membership, draft: Draft, recipient: PartyId
    ) -> str | None:
        if not membership.shares(self.party, recipient):
            how = membership.standing_of(recipient)
            return f"{recipient} is {how} in the group, and no member this party shares with"
        if draft.kind == EARLIER:
            joined = Admission(RecordDigest(str(draft.body.get("joined"))), recipient)
            if not membership.opened_to(self.party, joined):
                return f"not every member agreed that {recipient} sees what was before it"
        return None

    def _group_for(self, group: GroupId, author: PartyId) -> Group:
        found = self._groups.get(group)
        if found is not None:
            return found
        of_author = sum(each.first_by == author for each in self._groups.values())
        if of_author >= GROUPS_OF_A_PARTY_MAX or len(self._groups) >= GROUPS_MAX:
            why = f"at most {GROUPS_MAX} groups, {GROUPS_OF_A_PARTY_MAX} that {author} began here"
            raise RecordError("group-limit", why)
        return Group(first_by=author)

    def _inside(self, record: Record, body: Body) -> list[tuple[Record, Body]]:
        """The records that stand inside another, opened and held against it.

        Of those that a member passes on, what is by a party not enrolled here is left out: it stays unknown.
        """
        if isinstance(body, Invitation):
            return [
                self._opened(record, body.group, body.creation_envelope, {CREATION}, "creation")
            ]
        if isinstance(body, Earlier):
            kinds = MATERIAL_KINDS - {EARLIER}
            inner = self._opened(record, body.group, body.envelope, kinds, "envelope")
            if inner[0].author != record.author:
                why = f"envelope: of {inner[0].author}, and {record.author} hands on its own only"
                raise RecordError("group-inside", why)
            return [inner]
        found: list[tuple[Record, Body]] = []
        for envelope in body.envelopes if isinstance(body, Members) else ():
            try:
                found.append(self._opened(record, body.group, envelope, _PASSED_ON, "records"))
            except RecordError as error:
                if error.reason != Reason.UNKNOWN_KEY:
                    raise
        return [each for inner in found for each in (inner, *self._inside(*inner))]

    def _opened(
        self, outer: Record, group: GroupId, envelope: bytes, kinds: Collection[str], field: str
    ) -> tuple[Record, Body]:
        inner = self.open_envelope(envelope)
        if inner.kind not in kinds:
            raise RecordError("group-inside", f"{field}: holds {inner.kind}")
        body = read_body(inner)
        if body.group != group or inner.exercise != outer.exercise:
            raise RecordError("group-inside", f"{field}: the record inside is about {body.group}")
        return inner, body

    def _take_earlier(
        self,
        group: Group,
        record: Record,
        body: Earlier,
        inside: list[tuple[Record, Body]],
    ) -> None:
        [(inner, inner_body)] = inside
        if record.author == self.party:
            group.handed_on.add((body.to, inner.digest))
        elif isinstance(inner_body, Post | Filed | Task):
            said = _said(inner, inner_body, record.digest, earlier=True)
            group.said.setdefault(inner.digest, said)


def standing_of_author(membership: Membership, said: Said) -> Standing:
    """How the admission stands under which something was said. It may have ended after that."""
    admission = Admission(said.body.admission, said.record.author)
    return membership.standing.get(admission, Standing.UNKNOWN)


def heads_of(said: list[Said]) -> list[Said]:
    """The versions of one task that no other version held here takes the place of, by digest.

    More than one: two members changed it at once, and both are shown until a version names both.
    """
    replaced = {d for each in said if isinstance(each.body, Task) for d in each.body.replaces}
    left = [each for each in said if each.record.digest not in replaced]
    return sorted(left or said, key=lambda each: each.record.digest)


def _said(record: Record, body: Material, carrier: RecordDigest, *, earlier: bool) -> Said:
    record = replace(record, envelope_bytes=b"")  # the store has the bytes
    if isinstance(body, Filed):
        light = {k: v for k, v in record.body.items() if k != "content_base64"}
        record = replace(record, body=light)
        body = replace(body, document=replace(body.document, content=b""))
    return Said(record, body, carrier, earlier)
