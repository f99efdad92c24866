"""The incident book: own incidents, claims of all sides, and what peers told, rebuilt by `apply` from the journal.

Nothing of a peer's enters an own incident but by a link that a person of this party made.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from comity.domain.incidents.bodies import KINDS, read_body
from comity.domain.incidents.held import (
    Counted,
    HeldClaim,
    HeldFile,
    HeldGrade,
    HeldIncident,
    HeldLink,
    HeldTask,
    HeldVersion,
    Made,
    ToldIncident,
    counted,
)
from comity.domain.incidents.said import (
    Dissent,
    File,
    Linked,
    Links,
    Move,
    Opening,
    Signed,
    Task,
    Telling,
    Unlink,
    Version,
    Withdrawal,
)
from comity.domain.incidents.states import IncidentEvent, next_state
from comity.domain.records import Record
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import ClaimId, IncidentId, PartyId, RecordDigest
from comity.kernel.instants import Instant

HELD_PER_PARTY_MAX = 10_000  # incidents, and claims: three a day for ten years
LINKS_MAX = 500
TASKS_MAX = 200
FILES_MAX = 200
KEPT_BYTES_MAX = 32 << 20  # of one peer: some ten thousand tellings, or claims of three pages
FILE_KEPT_BYTES = 2_048  # what is kept of a file whose bytes stay in the store
FILES_SIZE_BYTES_MAX = 64 << 20  # of one incident; larger material is named by its digest
GRADES_MAX = 5_000
DISSENTS_MAX = 50


class IncidentBook:
    """One node's incidents in one world. Not safe for use by two threads at once."""

    def __init__(self, me: PartyId, *, exercise: bool = False) -> None:
        self.party = me
        self._exercise = exercise
        self._incidents: dict[IncidentId, HeldIncident] = {}
        self._told: dict[IncidentId, ToldIncident] = {}
        self._claims: dict[ClaimId, HeldClaim] = {}
        self._claim_of: dict[RecordDigest, ClaimId] = {}
        self._telling_of: dict[RecordDigest, IncidentId] = {}
        self._counts: Counter[tuple[PartyId, str]] = Counter()
        self._kept: Counter[PartyId] = Counter()
        self._takers: Mapping[type, Callable[[Any, Made], None]] = {
            Opening: self._open,
            Links: self._link,
            Unlink: self._unlink,
            Task: self._set_task,
            Move: self._move,
            File: self._file,
            Version: self._claim,
            Withdrawal: self._withdraw,
            Signed: self._grade,
            Dissent: self._dissent,
            Telling: self._tell,
        }

    # How it changes

    def apply(self, record: Record, received_at: Instant) -> None:
        """Take in one record; one of the other world changes nothing.

        Raises:
            RecordError: by the codes of docs/spec/incident.md §7; nothing changed.
        """
        if record.exercise is not self._exercise:
            return
        if record.kind not in KINDS:
            raise RecordError("unknown-kind", record.kind)
        said = read_body(record)
        kept = FILE_KEPT_BYTES if isinstance(said, File) else len(record.envelope_bytes)
        if record.author != self.party and self._kept[record.author] + kept > KEPT_BYTES_MAX:
            why = f"{self._kept[record.author]} bytes of {record.author}, at most {KEPT_BYTES_MAX}"
            raise RecordError("incident-limit", why)
        made = Made(
            record.digest,
            record.author,
            record.operator,
            record.made_at,
            received_at,
            record.recipients,
            record.labels,
        )
        self._takers[type(said)](said, made)
        self._kept[record.author] += kept

    # What others ask

    def get(self, incident: IncidentId) -> HeldIncident:
        """One own incident.

        Raises:
            InputError: this party has none of that id.
        """
        held = self._incidents.get(incident)
        if held is None:
            raise InputError("incident", f"{incident} is no incident of this party")
        return held

    def incidents(self) -> tuple[HeldIncident, ...]:
        """Own incidents, in the order in which they were opened."""
        return tuple(self._incidents.values())

    def told(self) -> tuple[ToldIncident, ...]:
        """What peers told of theirs."""
        return tuple(self._told.values())

    def told_by(self, telling: str) -> ToldIncident | None:
        """The peer's incident that a telling is of."""
        incident = self._telling_of.get(RecordDigest(telling))
        return None if incident is None else self._told.get(incident)

    def claim(self, claim: ClaimId) -> HeldClaim:
        """One claim, of any side.

        Raises:
            InputError: none of that id is here.
        """
        held = self._claims.get(claim)
        if held is None:
            raise InputError("claim", f"{claim} is not known here")
        return held

    def claims(self) -> tuple[HeldClaim, ...]:
        """Every claim, own and others', in the order in which they came."""
        return tuple(self._claims.values())

    def claim_of(self, record: str) -> HeldClaim | None:
        """The claim that a record is a version of."""
        found = self._claim_of.get(RecordDigest(record))
        return None if found is None else self._claims[found]

    def claims_in(self, incident: HeldIncident) -> tuple[HeldClaim, ...]:
        """Claims of an incident: own ones made for it, and those that a person linked; each once."""
        found = dict.fromkeys(incident.claims)
        for key in incident.links:
            if key.what is Linked.CLAIM and (held := self.claim_of(key.digest)) is not None:
                found[held.id] = None
        return tuple(self._claims[each] for each in found)

    def unfiled(self) -> tuple[HeldClaim, ...]:
        """Claims of others that stand and that no person of this party has put into an incident."""
        filed = {held.id for each in self._incidents.values() for held in self.claims_in(each)}
        return tuple(
            each
            for each in self._claims.values()
            if each.author != self.party and each.stands and each.id not in filed
        )

    def beside(self, incident: HeldIncident) -> tuple[ToldIncident, ...]:
        """Peers' incidents that a person put beside this one."""
        found: dict[IncidentId, ToldIncident] = {}
        for key in incident.links:
            if key.what is Linked.TELLING and (other := self.told_by(key.digest)) is not None:
                found[other.id] = other
        return tuple(found.values())

    def in_use_by(self, claim: ClaimId) -> tuple[HeldIncident, ...]:
        """Own incidents that a claim is in."""
        return tuple(
            each
            for each in self._incidents.values()
            if any(held.id == claim for held in self.claims_in(each))
        )

    def basis(self, incident: HeldIncident) -> frozenset[str]:
        """Claims and files that a grade rests on now, by name: what a later grade may know more of."""
        claims = (
            f"claim {each.id} version {each.last.version.version}"
            + ("" if each.stands else ", taken back")
            for each in self.claims_in(incident)
        )
        return frozenset({*claims, *(f"file {sha256}" for sha256 in incident.files)})

    def since(self, incident: HeldIncident, grade: HeldGrade) -> tuple[str, ...]:
        """What came or went since a grade was made; empty where nothing did."""
        now = self.basis(incident)
        return (
            *(f"came: {each}" for each in sorted(now - grade.basis)),
            *(f"went: {each}" for each in sorted(grade.basis - now)),
        )

    def count(self, incident: HeldIncident) -> Mapping[str, Counted]:
        """«Claimed n, evidenced m» of an incident, by claimant."""
        found: dict[str, Counted] = {}
        for held in self.claims_in(incident):
            if not held.stands:
                continue
            claim = held.last.version.claim
            for statement in claim.statements:
                versions = incident.grades.get((held.id, statement.statement))
                last = None if versions is None else versions[-1]
                overtaken = last is not None and bool(self.since(incident, last))
                offered = (
                    frozenset[str]()
                    if last is None
                    else held.offered(last.signed.version, last.signed.statement)
                )
                one = counted(last, offered, overtaken=overtaken)
                found[claim.claimant] = found.get(claim.claimant, Counted()).plus(one)
        return found

    def records_of(self, incident: HeldIncident) -> Iterator[tuple[str, RecordDigest]]:
        """Every record that an incident is made of, each with what it is; links to others left out."""
        yield from incident.own_records()
        for claim in self.claims_in(incident):
            for each in claim.all_made():
                yield "claim", each.record
        for other in self.beside(incident):
            for _, made in other.tellings:
                yield "telling", made.record
            for file in other.files.values():
                yield "file", file.made.record

    # Inside

    def _own(self, incident: IncidentId) -> HeldIncident:
        held = self._incidents.get(incident)
        if held is None:
            raise RecordError("incident-unknown", f"{incident} is not here")
        return held

    def _worked_on(self, incident: IncidentId) -> HeldIncident:
        held = self._own(incident)
        if not held.worked_on:
            raise RecordError("incident-closed", f"{incident} is {held.state}; reopen it first")
        return held

    def _take_place(self, author: PartyId, what: str) -> None:
        count = self._counts[author, what]
        if count >= HELD_PER_PARTY_MAX:
            raise RecordError("incident-limit", f"{count} {what} of {author}")
        self._counts[author, what] += 1

    def _keep_told(self, other: ToldIncident) -> None:
        if other.id not in self._told:
            self._take_place(other.author, "incidents")
            self._told[other.id] = other

    def _open(self, said: Opening, made: Made) -> None:
        if said.incident in self._incidents:
            raise RecordError("incident-version", f"{said.incident} was opened before")
        self._take_place(made.author, "incidents")
        self._incidents[said.incident] = HeldIncident(said, made)

    def _link(self, said: Links, made: Made) -> None:
        held = self._worked_on(said.incident)
        again = next((each for each in said.links if each.key in held.links), None)
        if again is not None:
            why = f"{again.what} {again.digest[:12]} is linked already"
            raise RecordError("incident-link", why)
        _check_room("links", len(held.links) + len(held.unlinked) + len(said.links), LINKS_MAX)
        for each in said.links:
            held.links[each.key] = HeldLink(each, made)

    def _unlink(self, said: Unlink, made: Made) -> None:
        held = self._worked_on(said.incident)
        before = held.links.get(said.key)
        if before is None:
            why = f"{said.key.what} {said.key.digest[:12]} is not linked"
            raise RecordError("incident-link", why)
        del held.links[said.key]
        held.unlinked.append(replace(before, unlinked=(said, made)))

    def _set_task(self, said: Task, made: Made) -> None:
        held = self._worked_on(said.incident)
        versions = held.tasks.get(said.task, [])
        if said.version != len(versions) + 1:
            why = f"task version {said.version} after {len(versions)}"
            raise RecordError("incident-version", why)
        if not versions:
            _check_room("tasks", len(held.tasks) + 1, TASKS_MAX)
        held.tasks[said.task] = [*versions, HeldTask(said, made)]

    def _move(self, said: Move, made: Made) -> None:
        held = self._own(said.incident)
        after = next_state(held.state, said.event)
        if after is None:
            raise RecordError("incident-state", f"{said.event} of one that is {held.state}")
        if said.event is IncidentEvent.CLOSE and (left := held.open_tasks()):
            titles = "; ".join(each.task.title for each in left[:3])
            raise RecordError("incident-tasks", f"{len(left)} tasks are open: {titles}")
        held.state = after
        held.moves.append((said, made))

    def _file(self, said: File, made: Made) -> None:
        bare = HeldFile(replace(said, document=None), made, stored=said.document is not None)
        if made.author != self.party:
            other = self._told.get(said.incident) or ToldIncident(said.incident, made.author)
            if said.sha256 not in other.files:
                _check_files(other.files, bare)
            self._keep_told(other)
            other.files.setdefault(said.sha256, bare)
            return
        if made.recipients:
            held = self._own(said.incident)
            if said.sha256 not in held.files:
                raise RecordError("incident-unknown", f"file {said.sha256[:12]} is not here")
            held.given.append(bare)
            return
        held = self._worked_on(said.incident)
        before = held.files.get(said.sha256)
        if before is not None and (before.stored or not bare.stored):
            raise RecordError("incident-file", f"sha256: {said.sha256[:12]} is filed already")
        _check_files({k: v for k, v in held.files.items() if k != said.sha256}, bare)
        if before is not None:
            held.named_before.append(before)
        held.files[said.sha256] = bare

    def _claim(self, said: Version, made: Made) -> None:
        own = made.author == self.party
        held = self._claims.get(said.claim_id)
        if own and (held is None or said.version > held.last.version.version):
            self._worked_on(said.incident)
        if held is None:
            if own and said.version != 1:
                raise RecordError("incident-version", f"claim version {said.version} after none")
            self._take_place(made.author, "claims")
            held = HeldClaim(said.claim_id, made.author, said.incident)
        if held.withdrawn is not None:
            raise RecordError("claim-withdrawn", f"{said.claim_id} was taken back")
        if held.incident != said.incident:
            raise RecordError("claim-version", f"{said.claim_id} is of {held.incident}")
        same = next((e for e in held.versions if e.version.version == said.version), None)
        if same is not None:
            if (same.version.sha256, same.version.standing, same.version.published_as) != (
                said.sha256,
                said.standing,
                said.published_as,
            ):
                why = f"version {said.version} of {said.claim_id} says something else elsewhere"
                raise RecordError("claim-version", why)
            same.made.append(made)
        else:
            last = held.last.version.version if held.versions else 0
            if said.version <= last or (own and said.version != last + 1):
                raise RecordError("incident-version", f"claim version {said.version} after {last}")
            held.versions.append(HeldVersion(said, [made]))
        if said.claim_id not in self._claims:
            self._claims[said.claim_id] = held
            if own:
                self._own(said.incident).claims.append(said.claim_id)
        self._claim_of[made.record] = said.claim_id

    def _withdraw(self, said: Withdrawal, made: Made) -> None:
        held = self._claims.get(said.claim_id)
        if held is None:
            raise RecordError("incident-unknown", f"claim {said.claim_id} is not here")
        if held.withdrawn is not None:
            raise RecordError("claim-withdrawn", f"{said.claim_id} was taken back before")
        held.withdrawn = said.reason, made

    def _grade(self, said: Signed, made: Made) -> None:
        held = self._worked_on(said.incident)
        claim = next((e for e in self.claims_in(held) if e.id == said.claim_id), None)
        if claim is None or not claim.stands:
            why = f"{said.claim_id} is not in {said.incident}, or was taken back"
            raise RecordError("incident-claim", why)
        last = claim.last.version
        if (last.version, last.sha256) != (said.version, said.sha256):
            why = f"version {said.version} {said.sha256[:12]}; the last is {last.version} {last.sha256[:12]}"
            raise RecordError("incident-claim", why)
        if all(each.statement != said.statement for each in last.claim.statements):
            raise RecordError("incident-claim", f"no statement {said.statement!r} in {claim.id}")
        key = said.claim_id, said.statement
        before = held.grades.get(key, [])
        expected = before[-1].made.record if before else None
        if said.replaces != expected:
            why = f"replaces {said.replaces}; the last grade is {expected}"
            raise RecordError("incident-regrade", why)
        _check_room("grades", sum(1 for _ in held.all_grades()) + 1, GRADES_MAX)
        held.grades[key] = [*before, HeldGrade(said, made, self.basis(held))]

    def _dissent(self, said: Dissent, made: Made) -> None:
        held = self._own(said.incident)
        grade = next((e for e in held.all_grades() if e.made.record == said.grade), None)
        if grade is None:
            raise RecordError("incident-unknown", f"grade {said.grade[:12]} is not here")
        if made.operator == grade.made.operator:
            why = f"{made.operator} signed the grade; another person dissents, or they regrade"
            raise RecordError("incident-second-person", why)
        if any(made.operator == other.operator for _, other in grade.dissents):
            raise RecordError("incident-second-person", f"{made.operator} has dissented already")
        _check_room("dissents", len(grade.dissents) + 1, DISSENTS_MAX)
        grade.dissents.append((said, made))

    def _tell(self, said: Telling, made: Made) -> None:
        if made.author == self.party:
            held = self._own(said.incident)
            last = held.told[-1][0].version if held.told else 0
            if said.version != last + 1:
                raise RecordError("incident-version", f"telling {said.version} after {last}")
            strange = next((e for e in said.links if e.key not in held.links), None)
            if strange is not None:
                why = f"{strange.what} {strange.digest[:12]} is not linked"
                raise RecordError("incident-link", why)
            held.told.append((said, made))
        else:
            other = self._told.get(said.incident) or ToldIncident(said.incident, made.author)
            last = other.tellings[-1][0].version if other.tellings else 0
            if said.version <= last:
                raise RecordError("incident-version", f"telling {said.version} after {last}")
            self._keep_told(other)
            other.tellings.append((said, made))
        self._telling_of[made.record] = said.incident


def _check_room(what: str, count: int, most: int) -> None:
    if count > most:
        raise RecordError("incident-limit", f"{count} {what}, at most {most}")


def _check_files(files: Mapping[str, HeldFile], more: HeldFile) -> None:
    _check_room("files", len(files) + 1, FILES_MAX)
    stored = [*(each for each in files.values() if each.stored), *([more] if more.stored else [])]
    total = sum(each.file.size_bytes for each in stored)
    if total > FILES_SIZE_BYTES_MAX:
        why = f"{total} bytes of files, at most {FILES_SIZE_BYTES_MAX}"
        raise RecordError("incident-limit", why)
