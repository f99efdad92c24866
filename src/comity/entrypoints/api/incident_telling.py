"""Incidents and claims in the words of the API. Nothing is decided here."""

from collections.abc import Mapping

from comity.adapters.claim_files import offset_s
from comity.application.node import Node
from comity.domain.incidents import (
    OF_BYTES,
    Counted,
    HeldClaim,
    HeldFile,
    HeldGrade,
    HeldIncident,
    HeldTask,
    IncidentBook,
    Link,
    Linked,
    Made,
    Standing,
    Statement,
    Telling,
    ToldIncident,
    claim_of,
)
from comity.domain.records import Record
from comity.entrypoints.api.assessment_telling import CAVEAT
from comity.entrypoints.api.incident_messages import (
    ClaimTold,
    CountedTold,
    DissentTold,
    FileOfTold,
    GradeTold,
    IncidentActTold,
    IncidentLineTold,
    IncidentRecordsTold,
    IncidentRecordTold,
    IncidentsTold,
    IncidentTold,
    LinkOfTold,
    MovedTold,
    StatementTold,
    TaskOfTold,
    TellingTold,
    TimeTold,
    ToldIncidentTold,
    WithheldTold,
)
from comity.entrypoints.api.telling import tell_record
from comity.kernel.errors import InputError
from comity.kernel.ids import AgreementDigest, IncidentId, PartyId, RecordDigest
from comity.kernel.instants import Instant, StatedTime

SHOWN_MAX = 100  # of what peers told or claim, in a list: no peer fills a screen


def tell_incidents(
    node: Node, at: Instant, *, exercise: bool, open_only: bool = False
) -> IncidentsTold:
    """Everything at a glance: what is owed and overdue first in its own list."""
    book = node.incidents_of(exercise=exercise)
    own = book.incidents()
    totals: dict[str, Counted] = {}
    for each in own:
        for claimant, one in book.count(each).items():
            totals[claimant] = totals.get(claimant, Counted()).plus(one)
    tasks = [task for each in own for task in each.open_tasks()]
    told, unfiled = book.told(), book.unfiled()
    return IncidentsTold(
        incidents=[
            _line(book, each, at, exercise=exercise)
            for each in own
            if not open_only or each.state.value in {"open", "under-review"}
        ],
        told=[_tell_told(node, book, each) for each in told[-SHOWN_MAX:]],
        told_total=len(told),
        unfiled_claims=[tell_claim(node, book, each) for each in unfiled[-SHOWN_MAX:]],
        unfiled_total=len(unfiled),
        tasks=[_task(each, at) for each in sorted(tasks, key=lambda each: each.task.due)],
        counted=_counted(totals),
        as_of=str(at),
    )


def tell_incident(node: Node, incident: IncidentId, at: Instant, *, exercise: bool) -> IncidentTold:
    """One own incident, whole."""
    book = node.incidents_of(exercise=exercise)
    held = book.get(incident)
    opening = held.opening
    return IncidentTold(
        incident=held.id,
        record=held.made.record,
        kind=opening.kind.value,
        title=opening.title,
        words=opening.words,
        state=held.state.value,
        exercise=exercise,
        labels=list(held.made.labels),
        opened_by=held.made.operator,
        because=opening.because.source.value,
        because_record=opening.because.record,
        opened_at=str(held.made.made_at),
        begins=_time(opening.begins),
        ends=_time(opening.ends),
        links=[_link(node, each.link) for each in held.links.values()],
        unlinked=[
            f"{each.link.what} {each.link.digest}: {each.unlinked[0].reason}"
            for each in held.unlinked
            if each.unlinked is not None
        ],
        tasks=[_task(each, at) for each in held.current_tasks()],
        files=[_file(each, held) for each in held.files.values()],
        claims=[tell_claim(node, book, each) for each in book.claims_in(held)],
        grades=_grades(book, held),
        counted=_counted(book.count(held)),
        moves=[
            MovedTold(
                event=move.event.value,
                reason=move.reason,
                operator=made.operator,
                at=str(made.made_at),
                record=made.record,
            )
            for move, made in held.moves
        ],
        told=[tell_telling(node, said, made) for said, made in held.told],
        side_by_side=[_tell_told(node, book, each) for each in book.beside(held)],
        caveat=CAVEAT,
    )


def tell_claim(
    node: Node, book: IncidentBook, held: HeldClaim, *, with_document: bool = False
) -> ClaimTold:
    """The last version of a claim."""
    last, made = held.last.version, held.last.made[0]
    claim = last.claim
    doubts = []
    try:
        claim_of(dict(last.document), offset_s)
    except InputError as error:
        doubts.append(str(error))
    return ClaimTold(
        claim=held.id,
        record=held.last.made[-1].record,
        author=held.author,
        operator=made.operator,
        own=held.author == node.party and last.standing is Standing.OWN,
        incident=held.incident,
        version=last.version,
        standing=last.standing.value,
        published_as=last.published_as,
        claimant=claim.claimant,
        title=claim.title,
        sha256=last.sha256,
        statements=[_statement(each) for each in claim.statements],
        made_to=list(held.last.told_to),
        withdrawn_because=None if held.withdrawn is None else held.withdrawn[0],
        in_incidents=[each.id for each in book.in_use_by(held.id)],
        received_at=str(made.received_at),
        doubts=doubts,
        document=dict(last.document) if with_document else None,
    )


def tell_telling(node: Node, said: Telling, made: Made | None) -> TellingTold:
    """A telling, own or a peer's; without a record it is a preview."""
    record = None if made is None else made.record
    stored = () if record is None else node.deliveries(record)
    receipts = [str(each.reader) for each in stored if each.receipted]
    return TellingTold(
        incident=said.incident,
        version=said.version,
        author=said.incident.partition("/")[0],
        operator="" if made is None else made.operator,
        kind=said.kind.value,
        title=said.title,
        words=said.words,
        begins=_time(said.begins),
        ends=_time(said.ends),
        state=said.state.value,
        links=[_link(node, each) for each in said.links],
        withheld=[
            WithheldTold(what=each.what, count=each.count, reason=each.reason)
            for each in said.withheld
        ],
        group=said.group,
        beside=said.beside,
        to=[] if made is None else list(made.recipients),
        receipted=receipts,
        at="" if made is None else str(made.made_at),
        record=record,
    )


def tell_act(node: Node, incident: IncidentId, record: Record) -> IncidentActTold:
    """The record that was made, and where it stands."""
    return IncidentActTold(incident=incident, record=tell_record(node, record.digest, record.kind))


def tell_records(node: Node, incident: IncidentId, *, exercise: bool) -> IncidentRecordsTold:
    """Every record of an incident and every one that it links; an agreement by its proposal."""
    book = node.incidents_of(exercise=exercise)
    held = book.get(incident)
    found: dict[str, IncidentRecordTold] = {}

    def take(digest: RecordDigest, what: str, *, linked: bool) -> None:
        envelope = node.store.read(digest) if node.knows(digest) else None
        kind = None if envelope is None else node.open_envelope(envelope).kind
        told = IncidentRecordTold(record=digest, what=what, kind=kind, linked=linked)
        found.setdefault(digest, told)

    for what, digest in book.records_of(held):
        take(digest, what, linked=False)
    not_records = []
    for link in (each.link for each in held.links.values()):
        if link.what in OF_BYTES:
            not_records.append(_link(node, link))
        elif link.what is Linked.AGREEMENT:
            for entry in node.agreements.history():
                if entry.agreement == link.digest:
                    take(entry.record, link.what.value, linked=True)
        else:
            take(RecordDigest(link.digest), link.what.value, linked=True)
    stored = {sha256 for sha256, each in held.files.items() if each.stored}
    named = {*held.files, *(each.digest for each in not_records)}
    return IncidentRecordsTold(
        incident=held.id,
        title=held.opening.title,
        records=list(found.values()),
        not_records=not_records,
        digest_only=sorted(named - stored),
    )


def _line(
    book: IncidentBook, held: HeldIncident, at: Instant, *, exercise: bool
) -> IncidentLineTold:
    total = Counted()
    for each in book.count(held).values():
        total = total.plus(each)
    begins = held.opening.begins
    told_to: set[PartyId] = {party for _, made in held.told for party in made.recipients}
    open_tasks = held.open_tasks()
    return IncidentLineTold(
        incident=held.id,
        kind=held.opening.kind.value,
        title=held.opening.title,
        state=held.state.value,
        exercise=exercise,
        opened_at=str(held.made.made_at),
        opened_by=held.made.operator,
        begins=None if begins is None else str(begins.instant),
        links=len(held.links),
        claims=len(book.claims_in(held)),
        claimed=total.claimed,
        graded=total.graded,
        evidenced=total.evidenced,
        by_person_alone=total.by_person_alone,
        dissented=total.dissented,
        tasks_open=len(open_tasks),
        tasks_overdue=sum(each.overdue(at) for each in open_tasks),
        told_to=sorted(told_to),
    )


def _tell_told(node: Node, book: IncidentBook, held: ToldIncident) -> ToldIncidentTold:
    last = held.tellings[-1] if held.tellings else None
    return ToldIncidentTold(
        incident=held.id,
        author=held.author,
        last=None if last is None else tell_telling(node, *last),
        tellings=len(held.tellings),
        files=[_file(each, None) for each in held.files.values()],
        beside=[each.id for each in book.incidents() if held in book.beside(each)],
    )


def _grades(book: IncidentBook, held: HeldIncident) -> list[GradeTold]:
    return [
        _grade(book, held, each, last=each is versions[-1])
        for versions in held.grades.values()
        for each in versions
    ]


def _grade(book: IncidentBook, held: HeldIncident, each: HeldGrade, *, last: bool) -> GradeTold:
    signed = each.signed
    return GradeTold(
        claim=signed.claim_id,
        version=signed.version,
        statement=signed.statement,
        claimant=book.claim(signed.claim_id).last.version.claim.claimant,
        grade=signed.grade.value,
        by_rule=signed.by_rule.grade.value,
        rule=signed.by_rule.rule,
        reasons=list(signed.by_rule.reasons),
        words=signed.words,
        at_hand=list(signed.at_hand),
        operator=each.made.operator,
        at=str(each.made.made_at),
        record=each.made.record,
        last=last,
        since=list(book.since(held, each)),
        dissents=[
            DissentTold(
                would_be=dissent.would_be.value,
                words=dissent.words,
                operator=made.operator,
                at=str(made.made_at),
                record=made.record,
            )
            for dissent, made in each.dissents
        ],
    )


def _counted(counts: Mapping[str, Counted]) -> list[CountedTold]:
    return [
        CountedTold(
            claimant=claimant,
            claimed=each.claimed,
            graded=each.graded,
            evidenced=each.evidenced,
            by_person_alone=each.by_person_alone,
            overtaken=each.overtaken,
            dissented=each.dissented,
        )
        for claimant, each in sorted(counts.items())
    ]


def _statement(each: Statement) -> StatementTold:
    clause = each.clause
    parts = () if clause is None else (clause.document, clause.clause, clause.version)
    return StatementTold(
        statement=each.statement,
        topic=each.topic,
        kind=each.kind.value,
        says=each.says.value,
        words=each.words,
        starts=None if each.starts is None else str(each.starts.stated.instant),
        clause=", ".join(part for part in parts if part) or None,
    )


def _task(held: HeldTask, at: Instant) -> TaskOfTold:
    task = held.task
    return TaskOfTold(
        incident=task.incident,
        task=task.task,
        version=task.version,
        title=task.title,
        owner=task.owner,
        party=task.party,
        due=str(task.due),
        state=task.state.value,
        overdue=held.overdue(at),
        words=task.words,
        set_by=held.made.operator,
    )


def _file(held: HeldFile, of: HeldIncident | None) -> FileOfTold:
    file = held.file
    given = [] if of is None else sorted(of.has_file(file.sha256))
    return FileOfTold(
        name=file.name,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        media_type=file.media_type,
        stored=held.stored,
        description=file.description,
        origin=file.origin,
        obtained_at=None if file.obtained_at is None else str(file.obtained_at),
        given_to=list(given),
        record=held.made.record,
    )


def _link(node: Node, link: Link) -> LinkOfTold:
    if link.what in OF_BYTES:
        book = (node.incidents, node.exercise_incidents)
        here = any(link.digest in each.files for one in book for each in one.incidents())
    elif link.what is Linked.AGREEMENT:
        here = node.agreements.agreement(AgreementDigest(link.digest)) is not None
    else:
        here = node.knows(RecordDigest(link.digest))
    return LinkOfTold(
        what=link.what.value, digest=link.digest, part=link.part, words=link.words, here=here
    )


def _time(time: StatedTime | None) -> TimeTold | None:
    if time is None:
        return None
    return TimeTold(at=str(time.instant), stated=time.as_stated, zone=time.zone)
