"""What a person does in a group, as drafts; nothing changes before the record is applied."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from comity.domain.groups.bodies import (
    ACCEPTANCE,
    CONSENT,
    CREATION,
    DEPARTURE,
    DOCUMENT,
    INVITATION,
    OPENING,
    POST,
    REFUSAL,
    REMOVAL,
    TASK,
    Admission,
    Consent,
    GroupType,
    Post,
    Task,
    TaskState,
    admission_row,
    document_body,
)
from comity.domain.groups.book import GroupBook, Said, heads_of
from comity.domain.groups.documents import Document
from comity.domain.groups.limits import REPLACES_MAX
from comity.domain.groups.membership import Membership, Standing
from comity.domain.records import Draft
from comity.kernel.errors import AgreementError, InputError
from comity.kernel.ids import GroupId, OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A group to create."""

    type: GroupType
    name: str
    terms: str
    legal_basis: str
    members: tuple[PartyId, ...]
    labels: tuple[str, ...] = ("tlp:amber", "tlp:clear", "tlp:green")


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task, or the next version of one."""

    title: str
    owner: PartyId
    due: Instant
    person: str | None = None
    state: TaskState = TaskState.OPEN


@dataclass(frozen=True, slots=True)
class GroupDrafts:
    """Drafts of one person's acts.

    Attributes:
        book: the groups of this party.
        peers: the parties it is paired with; who is not paired cannot be told anything.
        operator: the person.
    """

    book: GroupBook
    peers: tuple[PartyId, ...]
    operator: OperatorId

    def create(self, group: GroupId, wish: NewGroup) -> Draft:
        """Make a group and ask its first members in.

        Raises:
            InputError: `members`: none, this party itself, one twice, or no peer.
        """
        members = tuple(sorted(wish.members))
        if not members or len(set(members)) != len(members):
            raise InputError("members", f"{len(members)} named; at least one, each once")
        for party in members:
            self._check_peer(party, "members")
        body = {
            "group": group,
            "labels": sorted(wish.labels),
            "legal_basis": wish.legal_basis,
            "members": list(members),
            "name": wish.name,
            "terms": wish.terms,
            "type": wish.type.value,
        }
        return self._draft(CREATION, members, body)

    def invite(self, group: GroupId, party: PartyId, words: str, creation_envelope: bytes) -> Draft:
        """Ask another party in. Each member shares with it once that member has agreed.

        Raises:
            InputError: it is no peer, or is a member or asked already.
            AgreementError: `group-standing`: this party is no member.
        """
        self._check_peer(party, "party")
        membership = self._as_member(group)
        if party in membership.concerned():
            raise InputError("party", f"{party} is {membership.standing_of(party)} already")
        members = sorted(
            (e for e, how in membership.standing.items() if how is Standing.MEMBER),
            key=lambda each: (each.party, each.digest),
        )
        body = {
            "creation": creation_envelope.decode(),
            "group": group,
            "members": [admission_row(each) for each in members],
            "party": party,
            "words": words,
        }
        return self._draft(INVITATION, self._concerned(membership, party), body)

    def consent(self, group: GroupId, party: PartyId, consent: Consent) -> Draft:
        """Say whether this party shares with one that another member asked in.

        Raises:
            InputError: nobody asked it in, or a yes comes after a no.
            AgreementError: `group-standing`.
        """
        membership = self._as_member(group)
        admission = self._standing_admission(membership, party)
        said = membership.consents.get(admission, {}).get(self.book.party)
        if said is Consent.NO:
            why = f"{party} was refused before; that stands, and another invitation is asked anew"
            raise InputError("consent", why)
        body = {
            "admission": admission.digest,
            "consent": consent.value,
            "group": group,
            "party": party,
        }
        return self._draft(CONSENT, self._concerned(membership, party), body)

    def accept(self, group: GroupId) -> Draft:
        """Enter. It agrees to all whom the creation or the invitation names."""
        membership = self.book.get(group).membership
        admission = self._own(membership, Standing.INVITED, Standing.UNKNOWN)
        body = {"admission": admission.digest, "group": group}
        return self._draft(ACCEPTANCE, self._concerned(membership), body)

    def decline(self, group: GroupId, reason: str) -> Draft:
        """Say no to being asked in."""
        membership = self.book.get(group).membership
        admission = self._own(membership, Standing.INVITED, Standing.UNKNOWN)
        body = {"admission": admission.digest, "group": group, "reason": reason}
        return self._draft(REFUSAL, self._concerned(membership), body)

    def leave(self, group: GroupId, reason: str) -> Draft:
        """Leave. Nothing of the group goes out or is asked for any more; what was said stays."""
        membership = self.book.get(group).membership
        admission = self._own(membership, Standing.MEMBER)
        body = {"admission": admission.digest, "group": group, "reason": reason}
        return self._draft(DEPARTURE, self._concerned(membership), body)

    def remove(self, group: GroupId, party: PartyId, reason: str) -> Draft:
        """As owner: end a party's admission. As another member: share with it no more, for oneself.

        Raises:
            InputError: it is neither a member nor asked, or no peer.
            AgreementError: `group-standing`.
        """
        membership = self._as_member(group)
        self._check_peer(party, "party")
        admission = self._standing_admission(membership, party)
        body = {
            "admission": admission.digest,
            "group": group,
            "party": party,
            "reason": reason,
        }
        return self._draft(REMOVAL, self._concerned(membership, party), body)

    def open_earlier(self, group: GroupId, party: PartyId) -> Draft:
        """Agree that a member sees what was before it; it does once every other member has."""
        membership = self._as_member(group)
        admission = self._standing_admission(membership, party)
        body = {"admission": admission.digest, "group": group, "party": party}
        return self._draft(OPENING, self._concerned(membership, party), body)

    def post(
        self,
        group: GroupId,
        matter: str,
        subject: str | None,
        text: str,
        language: str,
        labels: tuple[str, ...] = (),
    ) -> Draft:
        """Say something in a matter.

        Raises:
            InputError: `matter`: not known here and not opened with a subject.
            AgreementError: `group-standing`, or `group-alone`: there is nobody to share with.
        """
        known = {e.body.matter for e in self._said(group) if isinstance(e.body, Post)}
        if matter not in known and subject is None:
            known_words = f"{len(known)} matters are known here, {matter} is none of them"
            raise InputError("subject", f"a new matter takes one; {known_words}")
        body = {
            "language": language,
            "matter": matter,
            "subject": subject,
            "text": text,
        }
        return self._material(POST, group, body, labels)

    def file(
        self, group: GroupId, filed: Document, matter: str | None, labels: tuple[str, ...] = ()
    ) -> Draft:
        """Give a document to the group."""
        return self._material(DOCUMENT, group, {**document_body(filed), "matter": matter}, labels)

    def set_task(
        self, group: GroupId, task: str, wish: NewTask, labels: tuple[str, ...] = ()
    ) -> Draft:
        """Set a task, or its next version, which takes the place of all versions held here.

        Raises:
            InputError: `owner`: no member of the group; `task`: too many rival versions.
            AgreementError: `group-standing`, `group-alone`.
        """
        membership = self._as_member(group)
        if wish.owner not in membership.members():
            raise InputError("owner", f"{wish.owner} is no member of the group")
        held = [e for e in self._said(group) if isinstance(e.body, Task) and e.body.task == task]
        replaces = [each.record.digest for each in heads_of(held)] if held else []
        if len(replaces) > REPLACES_MAX:
            raise InputError("task", f"{len(replaces)} rival versions, at most {REPLACES_MAX}")
        body = {
            "due": str(wish.due),
            "owner": wish.owner,
            "person": wish.person,
            "replaces": replaces,
            "state": wish.state.value,
            "task": task,
            "title": wish.title,
        }
        return self._material(TASK, group, body, labels)

    # Inside

    def _said(self, group: GroupId) -> Sequence[Said]:
        return list(self.book.get(group).said.values())

    def _material(
        self, kind: str, group: GroupId, body: Mapping[str, Any], labels: tuple[str, ...]
    ) -> Draft:
        membership = self._as_member(group)
        readers = tuple(each for each in self.peers if membership.shares(self.book.party, each))
        if not readers:
            raise AgreementError("group-alone", f"{group} has no member to share with yet")
        own = membership.live(self.book.party)[0]
        full = {**body, "admission": own.digest, "group": group}
        return self._draft(kind, readers, full, labels)

    def _draft(
        self,
        kind: str,
        recipients: tuple[PartyId, ...],
        body: Mapping[str, Any],
        labels: tuple[str, ...] = (),
    ) -> Draft:
        return Draft(
            kind, recipients, body, self.operator, labels=labels, exercise=self.book.exercise
        )

    def _concerned(self, membership: Membership, *also: PartyId) -> tuple[PartyId, ...]:
        listed = membership.listed_with(self.book.party)
        everybody = {*membership.concerned(), *listed, *also} & {*self.peers}
        return tuple(sorted(everybody - {self.book.party}))

    def _as_member(self, group: GroupId) -> Membership:
        membership = self.book.get(group).membership
        if membership.contested:
            why = f"{group} was created twice by its owner; nothing goes out in it"
            raise AgreementError("group-contested", why)
        if not membership.live(self.book.party):
            how = membership.standing_of(self.book.party)
            raise AgreementError("group-standing", f"this party is {how} in {group}, no member")
        return membership

    def _own(self, membership: Membership, *standings: Standing) -> Admission:
        for standing in standings:
            for each in membership.of(self.book.party):
                if membership.standing[each] is standing:
                    return each
        how = membership.standing_of(self.book.party)
        raise AgreementError("group-standing", f"this party is {how}, not {standings[0]}")

    def _standing_admission(self, membership: Membership, party: PartyId) -> Admission:
        """The admission by which a party is in, or is asked in.

        Raises:
            InputError: it is neither.
        """
        for wanted in (Standing.MEMBER, Standing.INVITED):
            for each in membership.of(party):
                if membership.standing[each] is wanted and party != self.book.party:
                    return each
        raise InputError("party", f"{party} is {membership.standing_of(party)} in the group")

    def _check_peer(self, party: PartyId, field: str) -> None:
        if party not in self.peers:
            raise InputError(field, f"{party} is no peer of this node")


def creation_of(membership: Membership) -> RecordDigest:
    """The record that an invitation carries.

    Raises:
        AgreementError: `group-standing`: the creation was not received here.
    """
    if membership.creation_digest is None:
        raise AgreementError("group-standing", "the creation of the group was not received here")
    return membership.creation_digest
