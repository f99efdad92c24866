"""The groups of one world at one node: records in, who is in and what was said out.

The book is a set of records. What it shows is derived from the set, never from the order in which the
records came (docs/spec/group.md §4).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from comity.domain.groups.bodies import (
    CREATION,
    EARLIER,
    INVITATION,
    MATERIAL_KINDS,
    Admission,
    Body,
    Earlier,
    Filed,
    Invitation,
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
from comity.domain.records import Draft, Record
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import GroupId, PartyId, RecordDigest

OpenEnvelope = Callable[[bytes], Record]
"""Opens an envelope inside a record under the keys that this node has enrolled; RecordError where it cannot."""

Material = Post | Filed | Task


@dataclass(frozen=True, slots=True)
class Said:
    """One post, document or version of a task. A document's bytes are not kept here: `record` is without them.

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
    """

    first_by: PartyId
    membership_records: dict[RecordDigest, tuple[Record, Body]] = field(default_factory=dict)
    said: dict[RecordDigest, Said] = field(default_factory=dict)
    handed_on: set[tuple[Admission, RecordDigest]] = field(default_factory=set)
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
        group.counts[record.author] = group.counts.get(record.author, 0) + 1
        if isinstance(body, Earlier):
            self._take_earlier(group, record, body, inside)
        elif isinstance(body, Post | Filed | Task):
            group.said[record.digest] = _said(record, body, record.digest, earlier=False)
        else:
            group.file(record, body)
            if inside is not None:
                group.file(*inside)

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
        if draft.kind in MATERIAL_KINDS:
            return self._denies_material(membership, draft, recipient)
        if draft.kind == INVITATION:
            if membership.live(self.party) and recipient == draft.body.get("party"):
                return None
        elif not membership.of(self.party):
            return f"this party has no part in {group}"
        if membership.of(recipient):
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

    def _inside(self, record: Record, body: Body) -> tuple[Record, Body] | None:
        """The record that stands inside another, opened and held against it."""
        if isinstance(body, Invitation):
            inner = self.open_envelope(body.creation_envelope)
            if inner.kind != CREATION:
                raise RecordError("group-inside", f"creation: holds {inner.kind}")
        elif isinstance(body, Earlier):
            inner = self.open_envelope(body.envelope)
            if inner.kind not in MATERIAL_KINDS - {EARLIER}:
                raise RecordError("group-inside", f"envelope: holds {inner.kind}")
            if inner.author != record.author:
                why = f"envelope: of {inner.author}, and {record.author} hands on its own only"
                raise RecordError("group-inside", why)
        else:
            return None
        inner_body = read_body(inner)
        if inner_body.group != body.group or inner.exercise != record.exercise:
            raise RecordError("group-inside", f"the record inside is about {inner_body.group}")
        return inner, inner_body

    def _take_earlier(
        self,
        group: Group,
        record: Record,
        body: Earlier,
        inside: tuple[Record, Body] | None,
    ) -> None:
        if inside is None:
            return
        inner, inner_body = inside
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
    if isinstance(body, Filed):
        light = {k: v for k, v in record.body.items() if k != "content_base64"}
        record = replace(record, envelope_bytes=b"", body=light)
        body = replace(body, document=replace(body.document, content=b""))
    return Said(record, body, carrier, earlier)
