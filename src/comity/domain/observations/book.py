"""The observation book: what a node knows of observations in one world, rebuilt from its journal by `apply`."""

from collections import Counter
from collections.abc import Iterable, Iterator

from comity.domain.geometry.nested_cells import cells_overlap
from comity.domain.observations.bodies import REPORT, read_body
from comity.domain.observations.consents import ConsentBook
from comity.domain.observations.form import Ancestor, Form, Lineage, Refused, form_for
from comity.domain.observations.held import (
    Check,
    HeldObservation,
    ObservationState,
    Sent,
)
from comity.domain.observations.observation import (
    Approval,
    Approved,
    Consent,
    ConsentWithdrawal,
    Ending,
    Entry,
    Link,
    Report,
    Verified,
    Withdrawal,
)
from comity.domain.observations.policy import Policy
from comity.domain.observations.provenance import (
    ANCESTORS_MAX,
    Support,
    Told,
    ancestors,
    closes_a_loop,
    is_circular,
    origins_of,
    parents_in,
    support,
    two_apart,
)
from comity.domain.records import Draft, Record
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import ObservationId, OriginId, PartyId, RecordDigest
from comity.kernel.instants import Instant

HELD_PER_PARTY_MAX = 5_000
KEPT_S = 90 * 86_400.0  # after its end an observation leaves memory; the journal keeps it
TIDY_S = 3_600.0  # between looks for what may leave memory
CHECKS_MAX = 100  # of one record
APPROVALS_MAX = 1_000  # of one entry
ORIGINS_COUNTED_MIN = 2  # of a check: the thing and something that does not hang together with it


class ObservationBook:
    """One node's observations in one world. Not safe for use by two threads at once."""

    def __init__(self, me: PartyId, *, exercise: bool = False) -> None:
        self._me = me
        self._exercise = exercise
        self._held: dict[RecordDigest, HeldObservation] = {}
        self._of: dict[ObservationId, list[RecordDigest]] = {}
        self._told: dict[RecordDigest, Told] = {}
        self._parents: dict[ObservationId, set[ObservationId]] = {}
        self._sent: dict[RecordDigest, Sent] = {}
        self._origin_of: dict[str, OriginId] = {}
        self._counts: Counter[PartyId] = Counter()
        self._tidied_at: Instant | None = None
        self.consents = ConsentBook(me)
        self.policy: Policy | None = None
        self.policy_record: RecordDigest | None = None

    # How it changes

    def apply(self, record: Record, received_at: Instant) -> None:
        """Take in one record; one of the other world changes nothing.

        Raises:
            RecordError: malformed, or about something that is not here or not its author's; nothing changed.
        """
        if record.exercise is not self._exercise:
            return
        body = read_body(record)
        self._forget(received_at)
        match body:
            case Entry():
                self._take_entry(record, body, received_at)
            case Report():
                self._take_report(record, body, received_at)
            case Approved():
                self._approve(record, body)
            case Verified():
                self._verify(record, body)
            case Ending():
                self._end(body, received_at)
            case Withdrawal():
                self._withdraw(record, body, received_at)
            case Policy():
                self.policy, self.policy_record = body, record.digest
            case Consent():
                self.consents.take(record, body, received_at)
            case ConsentWithdrawal():
                self.consents.withdraw(record, body, received_at)

    # What others ask

    def get(self, record: RecordDigest) -> HeldObservation | None:
        """One record by its digest."""
        return self._held.get(record)

    def observation_of(self, record: RecordDigest) -> ObservationId | None:
        """Of which observation a record here is: an entry, a report that came or one that went out."""
        told = self._told.get(record)
        return None if told is None else told.observation

    def latest(self, observation: ObservationId) -> HeldObservation:
        """The record of an observation that stands, or its last one.

        Raises:
            InputError: none of that id is here.
        """
        known = [self._held[each] for each in self._of.get(observation, ())]
        if not known:
            raise InputError("observation", f"{observation} is not known here")
        return next((each for each in reversed(known) if each.stands), known[-1])

    def held(self) -> Iterator[HeldObservation]:
        """Every record, in the order in which it came."""
        return iter(self._held.values())

    def origin_of_source(self, name: str) -> OriginId | None:
        """What stands for a source that was named before: one source is one origin."""
        return self._origin_of.get(_source_key(name))

    def state(self, held: HeldObservation) -> ObservationState:
        """How a record stands; verified only while what it was checked against stands."""
        if held.withdrawn is not None:
            return ObservationState.WITHDRAWN
        if held.replaced_by is not None:
            return ObservationState.REPLACED
        if any(self._still_verified(each) for each in held.checks):
            return ObservationState.VERIFIED
        return ObservationState.UNVERIFIED

    def circular(self, record: RecordDigest) -> bool:
        """Whether it brings something back to whom it came from."""
        return is_circular(record, self._told, self._me)

    def rests_on_withdrawn(self, record: RecordDigest) -> tuple[RecordDigest, ...]:
        """Records among its ancestors that were taken back."""
        return tuple(
            sorted(
                each
                for each in ancestors(record, self._told)
                if each in self._held and self._held[each].withdrawn is not None
            )
        )

    def resting_on(self, record: RecordDigest) -> tuple[RecordDigest, ...]:
        """Records here that descend from one: what is in question once it is taken back."""
        return tuple(each for each in self._held if record in ancestors(each, self._told))

    def beside(self, record: RecordDigest) -> tuple[RecordDigest, ...]:
        """Records that may tell of the same: of one kind, about one subject or overlapping cells, at one time.

        A proposal for a person, who may name others: two things may happen in one cell at one time.
        """
        one = self._held[record].said
        return tuple(
            each.record
            for each in self._held.values()
            if each.stands and each.record != record and _may_be_same(one, each.said)
        )

    def support(self, records: tuple[RecordDigest, ...]) -> Support:
        """How many origins some records rest on together (docs/spec/observation.md §6).

        What was taken back counts for nothing, and neither does what rests on it.
        """
        counting = [each for each in records if not self._taken_back(each)]
        return support(counting, self._told, self._me)

    def check_apart(self, records: tuple[RecordDigest, ...]) -> None:
        """Asked before a verification is made; one that was made before this was asked is kept, and not shown.

        Raises:
            RecordError: `observation-one-origin`: each of the records shares an origin with each other one.
        """
        found = self.support(records)
        if found.counted >= ORIGINS_COUNTED_MIN and not two_apart(records, self._told):
            why = f"{found.words}; but no two of the records are apart: each rests on an origin of the other"
            raise RecordError("observation-one-origin", why)

    def left_out(self, records: tuple[RecordDigest, ...]) -> tuple[RecordDigest, ...]:
        """Of some records those that count for nothing: taken back, or resting on what was."""
        return tuple(each for each in records if self._taken_back(each))

    def origins(self, record: RecordDigest) -> tuple[OriginId, ...]:
        """Origins that a record here rests on."""
        return origins_of(record, self._told)

    def form(self, held: HeldObservation, recipient: PartyId, at: Instant) -> Form | Refused:
        """What a recipient may be told of an own entry at an instant, or why nothing."""
        if held.entry is None:
            return Refused("it is a report of another party; enter what this party makes of it")
        if not held.stands:
            return Refused("it does not stand: it was replaced or taken back")
        if recipient == self._me:
            return Refused("it is this party's own")
        last = self._last_sent(held.id, recipient)
        return form_for(
            held.entry,
            recipient,
            self.policy,
            self._lineage(held.record),
            me=self._me,
            recipient_has=lambda record: self._has(recipient, record),
            supersedes=None if last is None else last.record,
            consented=lambda entry, to: self.consents.refusal(entry, to, at),
            exercise=self._exercise,
        )

    def approval(self, held: HeldObservation, form: Form) -> list[Approval]:
        """Persons who approved this very form."""
        return held.approvals.get((form.recipient, form.digest), [])

    def refusal(self, draft: Draft, recipient: PartyId, at: Instant) -> str | None:
        """Why the gate must not let a draft of a report go to a recipient; None where it is to the letter."""
        if draft.kind != REPORT or draft.exercise is not self._exercise:
            return f"{draft.kind} is no report of this world"
        known = self._of.get(ObservationId(str(draft.body.get("observation"))), ())
        held = next((self._held[each] for each in reversed(known) if self._held[each].stands), None)
        if held is None or held.author != self._me:
            return "no observation of this party stands under that id"
        form = self.form(held, recipient, at)
        if isinstance(form, Refused):
            return form.why
        if {**draft.body, "approval": None} != form.body or tuple(draft.labels) != form.labels:
            return "it is not to the letter what the policy makes for this recipient"
        approvals = [each for each in self.approval(held, form) if each.operator != draft.operator]
        named = draft.body.get("approval")
        if named is None:
            return "another person has not approved this form" if form.two_persons else None
        if not any(named == {"operator": e.operator, "record": e.record} for e in approvals):
            return "no other person approved this form"
        return None

    def sent_of(self, observation: ObservationId) -> tuple[Sent, ...]:
        """Every report that went out of any revision, oldest first."""
        found = [
            sent
            for each in self._of.get(observation, ())
            for reports in self._held[each].sent.values()
            for sent in reports
        ]
        return tuple(sorted(found, key=lambda each: (each.at, each.record)))

    # Inside

    def _take_entry(self, record: Record, entry: Entry, received_at: Instant) -> None:
        before = None if entry.replaces is None else self._held.get(entry.replaces)
        if entry.replaces is not None:
            if before is None or before.entry is None or before.id != entry.id:
                why = f"replaces {entry.replaces[:12]}, which is no entry of {entry.id}"
                raise RecordError("observation-revision", why)
            if not before.stands:
                raise RecordError("observation-revision", f"{entry.replaces[:12]} does not stand")
        elif entry.id in self._of:
            raise RecordError("observation-revision", f"{entry.id} is taken")
        held = self._file(record, entry.id, entry.provenance, received_at)
        held.entry = entry
        origins = () if entry.origin is None else (entry.origin,)
        self._told[record.digest] = Told(
            record.digest, entry.id, record.author, origins, entry.provenance
        )
        if entry.origin is not None and entry.source.name:
            self._origin_of.setdefault(_source_key(entry.source.name), entry.origin)
        if before is not None:
            before.replaced_by = record.digest

    def _take_report(self, record: Record, report: Report, received_at: Instant) -> None:
        if record.author == self._me:
            self._take_sent(record, report)
            return
        before = None if report.supersedes is None else self._held.get(report.supersedes)
        if before is not None and (before.author, before.id) != (record.author, report.id):
            raise RecordError("observation-revision", f"supersedes a report of {before.id}")
        self.consents.check_report(record, report)
        held = self._file(record, report.id, report.provenance, received_at)
        held.report = report
        self._told[record.digest] = Told(
            record.digest, report.id, record.author, report.origins, report.provenance
        )
        if before is not None:
            before.replaced_by = record.digest

    def _take_sent(self, record: Record, report: Report) -> None:
        known = self._of.get(report.id, ())
        held = next((self._held[each] for each in reversed(known) if self._held[each].stands), None)
        if held is None or held.entry is None:
            raise RecordError("observation-unknown", f"{report.id} does not stand here")
        [recipient] = record.recipients
        sent = Sent(record.digest, recipient, held.record, report, record.made_at)
        held.sent.setdefault(recipient, []).append(sent)
        self._sent[record.digest] = sent
        self._told[record.digest] = Told(
            record.digest, report.id, self._me, report.origins, held.entry.provenance
        )

    def _file(
        self,
        record: Record,
        observation: ObservationId,
        links: tuple[Link, ...],
        received_at: Instant,
    ) -> HeldObservation:
        count = self._counts[record.author]
        if count >= HELD_PER_PARTY_MAX:
            why = f"{count} of {record.author}, at most {HELD_PER_PARTY_MAX}"
            raise RecordError("observation-limit", why)
        if closes_a_loop(observation, links, self._parents):
            raise RecordError("observation-cycle", f"{observation} would rest on itself")
        held = HeldObservation(
            record=record.digest,
            author=record.author,
            operator=record.operator,
            made_at=record.made_at,
            received_at=received_at,
            labels=record.labels,
        )
        self._held[record.digest] = held
        self._counts[record.author] += 1
        self._of.setdefault(observation, []).append(record.digest)
        self._parents.setdefault(observation, set()).update(parents_in(links))
        return held

    def _approve(self, record: Record, body: Approved) -> None:
        held = self._held.get(body.entry)
        if held is None or held.entry is None:
            raise RecordError("observation-unknown", f"no entry {body.entry[:12]} is here")
        if len(held.approvals) >= APPROVALS_MAX:
            raise RecordError("observation-limit", f"{APPROVALS_MAX} approvals of one entry")
        given = held.approvals.setdefault((body.recipient, body.form), [])
        if all(each.operator != record.operator for each in given):
            given.append(Approval(record.operator, record.digest))

    def _verify(self, record: Record, body: Verified) -> None:
        records = (body.record, *body.beside)
        unknown = [each for each in records if each not in self._held]
        if unknown:
            raise RecordError("observation-unknown", f"no record {unknown[0][:12]} is here")
        fallen = [each for each in records if not self._held[each].stands]
        if fallen:
            raise RecordError("observation-revision", f"{fallen[0][:12]} does not stand")
        first = [
            each
            for each in records
            if self._held[each].author == self._me and self._held[each].operator == record.operator
        ]
        if first:
            why = f"{record.operator} entered {first[0][:12]}; a second person checks"
            raise RecordError("observation-second-person", why)
        found = self.support(records)
        if found.counted < ORIGINS_COUNTED_MIN:
            raise RecordError("observation-one-origin", found.words)
        held = self._held[body.record]
        if len(held.checks) >= CHECKS_MAX:
            raise RecordError("observation-limit", f"{CHECKS_MAX} checks of one record")
        held.checks.append(Check(record.operator, record.made_at, body))

    def _end(self, body: Ending, received_at: Instant) -> None:
        held = self._held.get(body.record)
        if held is None or held.entry is None or held.id != body.id:
            raise RecordError("observation-unknown", f"{body.record[:12]} is no entry of {body.id}")
        if held.withdrawn is None:
            held.withdrawn, held.withdrawn_at = body.reason, received_at

    def _withdraw(self, record: Record, body: Withdrawal, received_at: Instant) -> None:
        if record.author == self._me:
            sent = self._sent.get(body.record)
            if sent is None or (sent.recipient,) != record.recipients:
                raise RecordError("observation-unknown", f"no report {body.record[:12]} went there")
            sent.withdrawn_at = received_at
            return
        held = self._held.get(body.record)
        if held is None:
            raise RecordError("observation-unknown", f"no report {body.record[:12]} is here")
        if (held.author, held.id) != (record.author, body.id):
            raise RecordError("observation-owner", f"{body.record[:12]} is not of {body.id}")
        if held.withdrawn is None:
            held.withdrawn, held.withdrawn_at = body.reason, received_at

    def _still_verified(self, check: Check) -> bool:
        records = (check.verified.record, *check.verified.beside)
        standing = all(each in self._held and self._held[each].stands for each in records)
        if not standing or any(self.rests_on_withdrawn(each) for each in records):
            return False
        counted = self.support(records).counted
        return counted >= ORIGINS_COUNTED_MIN and two_apart(records, self._told)

    def _taken_back(self, record: RecordDigest) -> bool:
        held = self._held.get(record)
        if held is not None and held.withdrawn is not None:
            return True
        return record in self._told and bool(self.rests_on_withdrawn(record))

    def _lineage(self, record: RecordDigest) -> Lineage:
        reached = ancestors(record, self._told)
        named = {
            link.record
            for each in (record, *reached)
            if self._told[each].author == self._me
            for link in self._told[each].links
            if parents_in((link,))
        }
        reports = [
            Ancestor(
                held.record,
                held.author,
                held.report.onward,
                held.labels,
                held.withdrawn is not None,
            )
            for held in self._with_successors(sorted(reached))
            if held.report is not None
        ]
        missing = tuple(sorted(named - set(self._told)))
        if len(reached) >= ANCESTORS_MAX:
            missing = (*missing, record)  # not all of it was looked at
        return Lineage(tuple(reports), missing, origins_of(record, self._told))

    def _with_successors(self, records: Iterable[RecordDigest]) -> Iterator[HeldObservation]:
        """Records that are here, and all that took their place: what their author says last counts too."""
        for record in records:
            at: RecordDigest | None = record
            while at is not None and (held := self._held.get(at)) is not None:
                yield held
                at = held.replaced_by

    def _has(self, recipient: PartyId, record: RecordDigest) -> bool:
        sent, held = self._sent.get(record), self._held.get(record)
        if sent is not None:
            return sent.recipient == recipient
        return held is not None and held.author == recipient

    def _last_sent(self, observation: ObservationId, recipient: PartyId) -> Sent | None:
        found = [
            each
            for each in self.sent_of(observation)
            if each.recipient == recipient and each.withdrawn_at is None
        ]
        return found[-1] if found else None

    def _forget(self, now: Instant) -> None:
        """Let go of what is long over, with the reports made of it."""
        if self._tidied_at is not None and now.minus(self._tidied_at) < TIDY_S:
            return
        self._tidied_at = now
        gone = [each for each in self._held.values() if each.said.ends.or_last_plus_s(KEPT_S) < now]
        for held in gone:
            del self._held[held.record], self._told[held.record]
            self._counts[held.author] -= 1
            self._of[held.id].remove(held.record)
            if not self._of[held.id]:
                del self._of[held.id]
                self._parents.pop(held.id, None)
            for sent in (each for reports in held.sent.values() for each in reports):
                self._sent.pop(sent.record, None)
                self._told.pop(sent.record, None)


def _source_key(name: str) -> str:
    return " ".join(name.casefold().split())


def _may_be_same(one: Entry | Report, other: Entry | Report) -> bool:
    if one.kind is not other.kind or one.begins >= other.ends or other.begins >= one.ends:
        return False
    if one.subject is not None or other.subject is not None:
        return (
            one.subject is not None
            and other.subject is not None
            and (one.subject.kind, one.subject.id) == (other.subject.kind, other.subject.id)
        )
    return one.area is not None and other.area is not None and cells_overlap(one.area, other.area)
