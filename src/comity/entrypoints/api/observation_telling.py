"""Observations in the words of the API. Nothing is decided here."""

from comity.adapters.place_names import place_index
from comity.application.node import Node
from comity.application.observe import Preview
from comity.domain.geometry.nested_cells import Cell, cell_count_within, cell_disc
from comity.domain.observations import (
    AREA_LEVEL_MAX,
    Entry,
    HeldConsent,
    HeldObservation,
    Link,
    ObservationBook,
    Policy,
    Report,
    Support,
    policy_to_body,
)
from comity.domain.records import Record
from comity.entrypoints.api.observation_messages import (
    AreaTold,
    CheckTold,
    ConsentTold,
    FormTold,
    LinkTold,
    ObservationTold,
    PolicyTold,
    ReleasedTold,
    SentTold,
    SourceTold,
    SubjectTold,
    SupportTold,
)
from comity.kernel.ids import RecordDigest
from comity.kernel.instants import Instant


def tell_observation(
    node: Node, held: HeldObservation, at: Instant, *, exercise: bool, full: bool = True
) -> ObservationTold:
    """An own entry or a report of another party, as this node may show it to its own people.

    What takes a look at every other record is left out of lists.
    """
    book, said = node.observations_of(exercise=exercise), held.said
    return ObservationTold(
        observation=held.id,
        record=held.record,
        revision=None if held.entry is None else held.entry.revision,
        author=held.author,
        operator=held.operator,
        own=held.entry is not None,
        exercise=exercise,
        state=book.state(held).value,
        kind=said.kind.value,
        nature=said.nature,
        area=None if said.area is None else tell_area(said.area),
        subject=None
        if said.subject is None
        else SubjectTold(
            kind=said.subject.kind.value, id=said.subject.id, digest=said.subject.digest
        ),
        begins=str(said.begins),
        ends=str(said.ends),
        words=said.words,
        words_below=None if held.entry is None else held.entry.words_below,
        source=_source(said),
        credibility=said.credibility,
        origins=list(book.origins(held.record)),
        provenance=[_link(book, each) for each in said.provenance],
        labels=list(held.labels if held.entry is None else held.entry.labels),
        onward=[] if held.report is None else list(held.report.onward),
        legal_basis=said.legal_basis,
        consent=_consent(node, held, at, exercise=exercise),
        approved_by=None
        if held.report is None or held.report.approval is None
        else held.report.approval.operator,
        made_at=str(held.made_at),
        received_at=str(held.received_at),
        withdrawn_because=held.withdrawn,
        circular=book.circular(held.record),
        in_question=list(book.rests_on_withdrawn(held.record)),
        resting_on_it=list(book.resting_on(held.record)) if full else [],
        beside=list(book.beside(held.record)) if full else [],
        checks=[
            CheckTold(
                operator=each.operator,
                at=str(each.at),
                beside=list(each.verified.beside),
                words=each.verified.words,
            )
            for each in held.checks
        ],
        sent=[] if held.entry is None else _sent(node, held, exercise=exercise),
    )


def tell_area(area: Cell) -> AreaTold:
    """A cell, the disc that stands for it, and a named place by it."""
    disc = cell_disc(area)
    found = place_index().whereabouts(disc.latitude_deg, disc.longitude_deg)
    return AreaTold(
        level=area.level,
        row=area.row,
        column=area.column,
        latitude_deg=disc.latitude_deg,
        longitude_deg=disc.longitude_deg,
        radius_m=round(disc.radius_m, 1),
        k=cell_count_within(area, AREA_LEVEL_MAX),
        whereabouts=found.nearest.words,
    )


def tell_support(
    found: Support, records: tuple[RecordDigest, ...], left_out: tuple[RecordDigest, ...]
) -> SupportTold:
    """The arithmetic, in words and in figures."""
    return SupportTold(
        words=found.words,
        records=list(records),
        left_out=list(left_out),
        reports=found.reports,
        channels=found.channels,
        stated=found.stated,
        counted=found.counted,
        unknown=list(found.unknown),
        circular=list(found.circular),
        classes=[list(each) for each in found.classes],
    )


def tell_preview(preview: Preview) -> FormTold:
    """What one party would be told, to the byte."""
    form = preview.form
    if form is None:
        return FormTold(recipient=preview.recipient, why_not=preview.why)
    return FormTold(
        recipient=preview.recipient,
        body=form.body_bytes.decode(),
        labels=list(form.labels),
        form=form.digest,
        two_persons=form.two_persons,
        approved_by=list(preview.approved_by),
    )


def tell_released(record: Record) -> ReleasedTold:
    """A record that is owed to one party."""
    return ReleasedTold(recipient=record.recipients[0], digest=record.digest, kind=record.kind)


def tell_consent(held: HeldConsent, at: Instant) -> ConsentTold:
    """A consent as it stands here."""
    consent = held.consent
    return ConsentTold(
        consent=held.record,
        owner=held.owner,
        subject_kind=consent.subject_kind.value,
        subject=consent.subject,
        observer=consent.observer,
        to=list(consent.recipients),
        kinds=[each.value for each in consent.kinds],
        until=str(consent.until),
        withdrawn_at=None if held.withdrawn_at is None else str(held.withdrawn_at),
        stands=held.withdrawn_at is None and at < consent.until,
    )


def tell_policy(policy: Policy | None, record: RecordDigest | None) -> PolicyTold:
    """The policy in force, or that there is none."""
    return PolicyTold(record=record, policy=None if policy is None else policy_to_body(policy))


def _source(said: Entry | Report) -> SourceTold | None:
    match said:
        case Entry():
            return SourceTold(
                kind=said.source.kind.value,
                reliability=said.source.reliability.value,
                name=said.source.name or None,
            )
        case Report():
            if said.source is None:
                return None
            kind = said.source.kind
            return SourceTold(
                kind=None if kind is None else kind.value,
                reliability=said.source.reliability.value,
            )


def _link(book: ObservationBook, link: Link) -> LinkTold:
    return LinkTold(
        relation=link.relation.value,
        observation=link.observation,
        record=link.record,
        here=book.observation_of(link.record) is not None,
    )


def _consent(node: Node, held: HeldObservation, at: Instant, *, exercise: bool) -> str:
    if held.report is not None:
        consents = node.observations_of(exercise=exercise).consents
        return consents.word_of(held.author, held.report, node.party, at)
    said = held.said
    if said.subject is None or said.subject.owner == node.party:
        return "not-needed"
    return "named" if said.consent else "none-named"


def _sent(node: Node, held: HeldObservation, *, exercise: bool) -> list[SentTold]:
    return [
        SentTold(
            recipient=each.recipient,
            record=each.record,
            at=str(each.at),
            withdrawn_at=None if each.withdrawn_at is None else str(each.withdrawn_at),
            receipted=any(one.receipted for one in node.deliveries(each.record)),
        )
        for each in node.observations_of(exercise=exercise).sent_of(held.id)
    ]
