"""What a person does about incidents: open, link, set tasks, file, claim, grade, dissent, move on, tell."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from comity.application.node import Node
from comity.application.work_in_groups import mint_id
from comity.domain.groups import content_of
from comity.domain.incidents import (
    FAMILIES,
    OF_BYTES,
    Assessment,
    ByRule,
    Dissent,
    File,
    Grade,
    HeldClaim,
    HeldIncident,
    IncidentEvent,
    Link,
    Linked,
    LinkKey,
    Links,
    Move,
    OpenedBy,
    Opening,
    Said,
    Signed,
    Standing,
    Task,
    Telling,
    Unlink,
    Version,
    Withdrawal,
    claim_of,
    document_digest,
    incident_body,
    incident_kind_of,
    same_name,
    telling_of,
)
from comity.domain.records import Draft, Record
from comity.kernel.errors import AgreementError, InputError, RecordError
from comity.kernel.ids import (
    DIGEST,
    AgreementDigest,
    ClaimId,
    GroupId,
    IncidentId,
    OperatorId,
    PartyId,
    RecordDigest,
)
from comity.kernel.instants import Instant

_LINKED_BY = {
    OpenedBy.ALERT: Linked.ALERT,
    OpenedBy.MESSAGE: Linked.MESSAGE,
    OpenedBy.CLAIM: Linked.CLAIM,
    OpenedBy.TELLING: Linked.TELLING,
}


_FORMS = frozenset({"field-form", "field-limit", "missing-field", "incident-time", "incident-file"})


class IncidentDesk:
    """What one person does about the incidents of one world; every act is a record of theirs."""

    def __init__(self, node: Node, operator: OperatorId, at: Instant, *, exercise: bool) -> None:
        self._node = node
        self._operator = operator
        self._at = at
        self._exercise = exercise
        self.book = node.incidents_of(exercise=exercise)

    def alert_record(self, stated: str) -> RecordDigest:
        """The record of an alert, by its digest or by the beginning of the alert's id.

        Raises:
            InputError: neither; or more than one alert begins so.
        """
        if DIGEST.fullmatch(stated):
            return RecordDigest(stated)
        return self._node.alerts_of(exercise=self._exercise).raised_by(stated)

    # This party's own record

    def open(self, opening: Opening, labels: Sequence[str] = ()) -> Record:
        """Open an incident; its id is put in. What opened it is linked at once.

        Raises:
            InputError: what opened it is not here, or is of another kind.
        """
        because = opening.because
        links: tuple[Link, ...] = ()
        if because.record is not None:
            links = (Link(_LINKED_BY[because.source], because.record),)
            self._check_there(links[0], "record")
        incident = IncidentId(mint_id(self._node))
        made = self._issue(replace(opening, incident=incident), labels=labels)
        if links:
            self._issue(Links(incident, links))
        return made

    def link(self, incident: IncidentId, links: Sequence[Link]) -> Record:
        """Say that things belong to it.

        Raises:
            InputError: one is not here, or is of another kind.
        """
        self.book.get(incident)
        for each in links:
            self._check_there(each, each.what.value)
        return self._issue(Links(incident, tuple(links)))

    def unlink(self, incident: IncidentId, key: LinkKey, reason: str) -> Record:
        """Say that a link does not belong."""
        self.book.get(incident)
        return self._issue(Unlink(incident, key, reason))

    def set_task(self, wish: Task) -> Record:
        """Set a task, or its next version; an empty id mints one, and the version is put in."""
        held = self.book.get(wish.incident)
        if wish.task and wish.task not in held.tasks:
            raise InputError("task", f"{wish.task} is no task of {wish.incident}")
        if wish.party not in (self._node.party, *self._node.peers()):
            raise InputError("party", f"{wish.party} is neither this party nor a peer")
        version = len(held.tasks.get(wish.task, ())) + 1
        task = wish.task or mint_id(self._node)
        return self._issue(replace(wish, task=task, version=version))

    def move(self, incident: IncidentId, event: IncidentEvent, reason: str) -> Record:
        """Review, close, reopen or void it."""
        self.book.get(incident)
        return self._issue(Move(incident, event, reason))

    def add_file(self, file: File) -> Record:
        """Put a file into it: with its bytes, or by its digest where they are elsewhere."""
        self.book.get(file.incident)
        return self._issue(file)

    # Claims

    def make_claim(
        self,
        incident: IncidentId,
        tree: Mapping[str, object],
        published_as: str | None = None,
        claim: ClaimId | None = None,
    ) -> Record:
        """Make a claim, or its next version; it goes to nobody yet.

        Args:
            incident: this party's own.
            tree: the claim file.
            published_as: where it was published; None for this party's own word.
            claim: which one is amended.

        Raises:
            InputError: `claimant`: an own claim in another's name; or a field of the file.
        """
        held = self.book.get(incident)
        read = claim_of(tree)
        before = None if claim is None else self._own_claim(claim)
        if before is not None and before.id not in held.claims:
            raise InputError("claim", f"{before.id} was made for {before.incident}")
        own_names = {same_name(self._node.card.name), self._node.party}
        if published_as is None and read.party not in own_names:
            why = (
                f"{read.claimant!r} is not {self._node.card.name!r}; what somebody else published "
                "is taken in with its source"
            )
            raise InputError("claimant", why)
        said = Version(
            claim_id=ClaimId(mint_id(self._node)) if before is None else before.id,
            incident=incident,
            version=1 if before is None else before.last.version.version + 1,
            standing=Standing.OWN if published_as is None else Standing.PUBLISHED,
            published_as=published_as,
            document=tree,
            sha256=document_digest(tree),
            claim=read,
        )
        return self._issue(said)

    def give_claim(
        self, claim: ClaimId, recipients: Sequence[PartyId], labels: Sequence[str] = ()
    ) -> Record:
        """Make the last version of an own claim to parties that do not have it.

        Raises:
            InputError: nobody new is named, or the claim was taken back.
            AgreementError: `not-paired`; `not-releasable` with what denies it.
        """
        held = self._own_claim(claim)
        self._check_stands(held)
        to = self._peers(recipients)
        new = tuple(each for each in to if each not in held.last.told_to)
        if not new:
            raise InputError("to", "all of them have this version")
        return self._issue(held.last.version, new, labels)

    def withdraw_claim(self, claim: ClaimId, reason: str) -> Record:
        """Take an own claim back; all to whom any version was made are told."""
        held = self._own_claim(claim)
        to = {party for version in held.versions for party in version.told_to}
        return self._issue(Withdrawal(claim, reason), tuple(sorted(to & {*self._node.peers()})))

    # Grades

    def grade(
        self,
        incident: IncidentId,
        claim: ClaimId,
        statement: str,
        weighed: "Weighed",
        grade: Grade | None = None,
        words: str = "",
    ) -> Record:
        """Sign a grade: the rule's, or another with words.

        Raises:
            InputError: the claim was taken back, or the statement is not among those weighed.
            RecordError: `incident-claim`: the claim changed meanwhile; `incident-reasoned`.
        """
        held = self.book.get(incident)
        self._check_stands(self.book.claim(claim))
        by_rule, version = weighed.rule_for(claim, statement)
        last = held.grades.get((claim, statement))
        signed = Signed(
            incident=incident,
            claim_id=claim,
            version=version.version,
            sha256=version.sha256,
            statement=statement,
            grade=by_rule.grade if grade is None else grade,
            by_rule=by_rule,
            at_hand=weighed.at_hand,
            words=words,
            replaces=None if last is None else last[-1].made.record,
        )
        return self._issue(signed)

    def dissent(
        self, incident: IncidentId, grade: RecordDigest, would_be: Grade, words: str
    ) -> Record:
        """Say as another person that a grade should be otherwise; it stands beside it for good."""
        self.book.get(incident)
        return self._issue(Dissent(incident, grade, would_be, words))

    # Telling

    def tell(
        self,
        incident: IncidentId,
        recipients: Sequence[PartyId],
        words: str,
        *,
        withheld: Mapping[str, str] | None = None,
        group: GroupId | None = None,
        beside: RecordDigest | None = None,
        labels: Sequence[str] | None = None,
    ) -> tuple[Draft, Telling]:
        """What parties would be told, checked by the gate; `issue` sends it. Nothing goes out by this.

        Raises:
            InputError: nobody is named, or a digest withheld is not linked.
            AgreementError: `not-paired`; `not-in-group`; `not-releasable` with what denies it.
        """
        held = self.book.get(incident)
        to = self._peers(self._group_members(group, recipients))
        linked = {key.digest for key in held.links}
        strange = next((each for each in withheld or {} if each not in linked), None)
        if strange is not None:
            raise InputError("withhold", f"{strange[:12]} is not linked in {incident}")
        if beside is not None and self.book.told_by(beside) is None:
            raise InputError("beside", f"{beside[:12]} is no telling of a peer")
        said = telling_of(
            held,
            self.book.claims_in(held),
            to,
            self.holders,
            words,
            withheld=withheld,
            group=group,
            beside=beside,
        )
        draft = self._draft(said, to, held.made.labels if labels is None else labels)
        self._node.check_release(draft, self._at)
        return draft, said

    def issue(self, draft: Draft) -> Record:
        """Send what was drafted."""
        return self._node.issue(draft, self._at)

    def give_file(
        self,
        incident: IncidentId,
        sha256: str,
        recipients: Sequence[PartyId],
        labels: Sequence[str] = (),
    ) -> Record:
        """Give a file of an own incident, its bytes where they are here, to parties.

        Raises:
            InputError: it is not in the incident.
            AgreementError: `not-paired`; `not-releasable`.
        """
        held = self.book.get(incident)
        if sha256 not in held.files:
            raise InputError("file", f"{sha256[:12]} is no file of {incident}")
        body = self._opened(held.files[sha256].made.record).body
        draft = Draft(
            "incident.file", self._peers(recipients), body, self._operator, tuple(labels),
            self._exercise,
        )  # fmt: skip
        return self._node.issue(draft, self._at)

    def holders(self, link: Link) -> Collection[PartyId]:
        """Parties that have what a link is to, as this node's own records show."""
        if link.what in OF_BYTES:
            found: set[PartyId] = set()
            for each in self.book.incidents():
                found |= each.has_file(link.digest)
            return found
        if link.what is Linked.AGREEMENT:
            agreement = self._node.agreements.agreement(AgreementDigest(link.digest))
            return () if agreement is None else agreement.terms.party_ids
        record = self._opened(RecordDigest(link.digest))
        return {record.author, *record.recipients}

    # Inside

    def _check_there(self, link: Link, field: str) -> None:
        if link.what in OF_BYTES:
            return
        short = link.digest[:12]
        if link.what is Linked.AGREEMENT:
            if self._node.agreements.agreement(AgreementDigest(link.digest)) is None:
                raise InputError(field, f"no agreement {short} is here")
            return
        record = self._opened(RecordDigest(link.digest), field)
        if not record.kind.startswith(FAMILIES[link.what]):
            raise InputError(field, f"{short} is a record of kind {record.kind}, no {link.what}")
        if record.exercise is not self._exercise:
            raise InputError(field, f"{short} is of the other world: live and exercise never mix")

    def _opened(self, digest: RecordDigest, field: str = "record") -> Record:
        envelope = self._node.store.read(digest) if self._node.knows(digest) else None
        if envelope is None:
            raise InputError(field, f"no record {digest[:12]} is here")
        return self._node.open_envelope(envelope)

    @staticmethod
    def _check_stands(claim: HeldClaim) -> None:
        if not claim.stands:
            raise InputError("claim", f"{claim.id} was taken back")

    def _own_claim(self, claim: ClaimId) -> HeldClaim:
        held = self.book.claim(claim)
        if held.author != self._node.party:
            raise InputError("claim", f"{claim} is of {held.author}")
        return held

    def _peers(self, recipients: Collection[PartyId]) -> tuple[PartyId, ...]:
        if not recipients:
            raise InputError("to", "name the parties; nothing goes to everybody")
        strangers = sorted(set(recipients) - set(self._node.peers()))
        if strangers:
            raise AgreementError("not-paired", f"pair with {', '.join(strangers)} first")
        return tuple(sorted(set(recipients)))

    def _group_members(
        self, group: GroupId | None, recipients: Sequence[PartyId]
    ) -> Sequence[PartyId]:
        if group is None:
            return recipients
        membership = self._node.groups_of(exercise=self._exercise).membership(group)
        me = self._node.party
        sharing = [each for each in self._node.peers() if membership.shares(me, each)]
        outside = sorted(set(recipients) - set(sharing))
        if outside or not sharing:
            who = ", ".join(outside) or "nobody"
            raise AgreementError("not-in-group", f"this party shares nothing in {group} with {who}")
        return recipients or sharing

    def _issue(
        self, said: Said, recipients: tuple[PartyId, ...] = (), labels: Sequence[str] = ()
    ) -> Record:
        try:
            return self._node.issue(self._draft(said, recipients, labels), self._at)
        except RecordError as error:
            if error.reason not in _FORMS:
                raise
            raise InputError(
                error.field or "incident", error.why
            ) from error  # this person's own words

    def _draft(self, said: Said, recipients: tuple[PartyId, ...], labels: Sequence[str]) -> Draft:
        return Draft(
            incident_kind_of(said),
            recipients,
            incident_body(said),
            self._operator,
            tuple(labels),
            self._exercise,
        )


class Weighed:
    """An assessment of the claims of an incident, and which material of its files counted."""

    def __init__(
        self, assessed: Assessment, versions: Sequence[tuple[ClaimId, Version]], at_hand: set[str]
    ) -> None:
        self.assessed = assessed
        self.versions = versions
        self.at_hand = tuple(sorted(at_hand))

    def rule_for(self, claim: ClaimId, statement: str) -> tuple[ByRule, Version]:
        """The rule's grade of one statement, and of which version.

        Raises:
            InputError: it is not among those weighed.
        """
        for each in self.assessed.statements:
            found, version = self.versions[each.side.claim]
            if found == claim and each.statement.statement == statement:
                graded = each.graded
                reasons = tuple(reason[:2_000] for reason in graded.reasons[:50])
                return ByRule(graded.grade, graded.rule, reasons), version
        raise InputError("statement", f"{statement!r} of {claim} is not in this incident")


def contents_of(node: Node, held: HeldIncident) -> dict[str, tuple[str, bytes]]:
    """Files of an incident whose bytes are here: name and bytes by SHA-256."""
    found = {}
    for sha256, each in held.files.items():
        if each.stored:
            found[sha256] = (each.file.name, file_bytes(node, each.made.record))
    return found


def file_bytes(node: Node, record: RecordDigest) -> bytes:
    """The bytes in one record of a file.

    Raises:
        InputError: the record is not here, or holds none.
    """
    envelope = node.store.read(record)
    if envelope is None:
        raise InputError("file", f"no record {record[:12]} is here")
    content = node.open_envelope(envelope).body.get("content_base64")
    if not isinstance(content, str):
        raise InputError("file", f"{record[:12]} names a file by its digest alone")
    return content_of(content)
