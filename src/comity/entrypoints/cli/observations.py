"""Observations as the command line drafts, prints and exports them."""

import json
from collections.abc import Sequence
from typing import Any

from comity.adapters.observation_files import (
    ExportedObservation,
    to_csv,
    to_cursor_on_target,
    to_geojson,
    to_label_xml,
    to_stix,
)
from comity.domain.geometry.nested_cells import Cell
from comity.domain.observations import NATURES, SUBJECT_OF, ObservationKind, SubjectKind
from comity.entrypoints.api.observation_messages import (
    ConsentTold,
    FormTold,
    ObservationsTold,
    ObservationTold,
    PolicyTold,
    ReleasedTold,
    SupportTold,
)
from comity.entrypoints.cli.access import NodeClient
from comity.entrypoints.cli.render import print_line, print_table
from comity.kernel.errors import InputError
from comity.kernel.instants import instant_from_canonical

FORMATS = ("geojson", "csv", "cot")
FOR_A_PARTY = ("stix", "label")
RECORD_SHOWN = 12  # digits of a digest in a line; --json has all
GRADE_WORDS = (
    "source {} (A reliable to E not, F cannot be judged), "
    "information {} (1 confirmed to 5 improbable, 6 cannot be judged)"
)


def drafted(kind: str) -> bytes:
    """An observation to fill in; as it stands it is refused, and the refusal names the field.

    Raises:
        InputError: no such kind.
    """
    if kind not in set(ObservationKind):
        raise InputError("kind", f"{kind[:40]!r} is none of {', '.join(ObservationKind)}")
    known = ObservationKind(kind)
    wanted = SUBJECT_OF[known]
    fields: dict[str, object] = {
        "kind": kind,
        "nature": " | ".join(sorted(NATURES[known])),
        "position": "",
        "within": "1 km",
        "begins": "",
        "ends": "",
        "subject": None,
        "words": "",
        "words_below": "",
        "source": {"kind": "unknown", "reliability": "F", "name": ""},
        "credibility": 6,
        "provenance": [],
        "labels": [],
        "legal_basis": "flight-safety",
        "consent": None,
    }
    if wanted is not None:
        fields["subject"] = {"kind": wanted.value, "id": "", "digest": ""}
    if wanted is SubjectKind.SITE:
        del fields["position"], fields["within"]
    return (json.dumps(fields, indent=2) + "\n").encode()


def print_observation(told: ObservationTold) -> None:
    """One record in full, for a person."""
    if told.exercise:
        print_line("EXERCISE EXERCISE EXERCISE")
    whose = "own entry" if told.own else f"report of {told.author}"
    print_line(f"{told.observation} {told.kind}, {told.nature}: {whose}, {told.state.upper()}")
    if told.withdrawn_because is not None:
        print_line(f"  TAKEN BACK: {told.withdrawn_because or 'no reason given'}")
    if told.circular:
        print_line("  CIRCULAR: it came back to whom it came from; it adds no origin")
    for each in told.in_question:
        print_line(f"  IN QUESTION: rests on {each[:RECORD_SHOWN]}, which was taken back")
    _print_said(told)
    _print_grade(told)
    _print_circulation(told)
    print_line(f"  record {told.record}")


def print_observations(told: ObservationsTold) -> None:
    """Observations in a table, for a person, by when they came."""
    rows = [
        (
            f"EXERCISE {each.observation}" if each.exercise else each.observation,
            each.kind,
            each.nature,
            each.state.upper() + (" CIRCULAR" if each.circular else ""),
            each.begins,
            each.ends,
            ("F" if each.source is None else each.source.reliability) + str(each.credibility),
            ", ".join(each.labels),
        )
        for each in told.observations
    ]
    if rows:
        columns = ("observation", "kind", "nature", "state", "from", "until", "grade", "labels")
        print_table(columns, rows)
    print_line(
        f"{len(told.observations)} of {told.total}, as of {told.as_of}; "
        "what is not listed here may be there all the same"
    )


def print_forms(told: Sequence[FormTold]) -> None:
    """What each party would be told, byte for byte."""
    for each in told:
        if each.body is None:
            print_line(f"{each.recipient}: NOTHING, {each.why_not}")
            continue
        print_line(f"{each.recipient}: {', '.join(each.labels)}, form {each.form}")
        if each.two_persons:
            by = ", ".join(each.approved_by) or "nobody yet: another person approves it first"
            print_line(f"  two persons: approved by {by}")
        print_line(f"  {each.body}")


def print_released(told: Sequence[ReleasedTold]) -> None:
    """Records that were made."""
    for each in told:
        print_line(f"{each.kind} {each.digest}, owed to {each.recipient}")
    if not told:
        print_line("nobody had been told")


def print_support(told: SupportTold) -> None:
    """The arithmetic in words."""
    print_line(told.words)
    for index, each in enumerate(told.classes, start=1):
        print_line(f"  origin {index}: {' = '.join(each)}")
    for record in told.records:
        marks = [
            word
            for word, some in (
                ("CIRCULAR", told.circular),
                ("ORIGIN NOT KNOWN", told.unknown),
                ("TAKEN BACK, NOT COUNTED", told.left_out),
            )
            if record in some
        ]
        print_line(f"  {record} {' '.join(marks)}".rstrip())


def print_policy(told: PolicyTold) -> None:
    """The policy in force."""
    if told.policy is None:
        print_line("no policy of release: nothing goes out")
        return
    print_line(json.dumps(told.policy, indent=2))
    print_line(f"record {told.record}")


def print_consents(told: Sequence[ConsentTold]) -> None:
    """Consents in lines."""
    for each in told:
        stands = "stands" if each.stands else "HOLDS NO MORE"
        print_line(
            f"{each.owner}: {each.observer} may tell {', '.join(each.to) or 'nobody else'} of "
            f"{each.subject_kind} {each.subject} ({', '.join(each.kinds)}) until {each.until}; {stands}"
        )
        print_line(f"  consent {each.consent}")
    if not told:
        print_line("no consent is here")


def exported(told: ObservationsTold, form: str) -> tuple[bytes, str]:
    """A file of what stands here, and a line about what is not in it.

    Raises:
        InputError: no such form.
    """
    rows = [_exported(each) for each in told.observations]
    left_out = told.total - len(rows)
    note = f"{len(rows)} of {told.total} observations as of {told.as_of}"
    match form:
        case "geojson":
            return to_geojson(rows, told.as_of), note
        case "csv":
            return to_csv(rows), note
        case "cot":
            content, without = to_cursor_on_target(rows, told.as_of)
            return content, f"{note}; {without + left_out} not in it: without an area, or too many"
        case _:
            raise InputError("format", f"{form[:20]!r} is none of {', '.join(FORMATS)}")


def exported_for(
    client: NodeClient, told: ObservationsTold, party: str, form: str, *, exercise: bool
) -> tuple[bytes, str]:
    """A file of what one party may have, in a form that is exchanged; nothing else is in it.

    Own observations go in the form that the policy makes for that party, as `preview` shows it and the gate
    compares with; what another party told only where its author lets it go on to that party.

    Raises:
        InputError: no such form.
    """
    if form not in FOR_A_PARTY:
        raise InputError("format", f"{form[:20]!r} is none of {', '.join(FOR_A_PARTY)}")
    rows: list[ExportedObservation] = []
    held_back = 0
    for each in told.observations:
        row = None
        if each.state == "withdrawn":
            pass
        elif not each.own:
            row = _exported(each) if party in each.onward else None
        else:
            path = f"/v1/observations/{each.observation}/preview"
            (shown,) = client.post(path, {"to": [party]}, list[FormTold], exercise=exercise)
            approved = not shown.two_persons or bool(shown.approved_by)
            if shown.body is not None and shown.why_not is None and approved:
                row = _form(each, json.loads(shown.body), shown.labels)
        held_back += row is None
        rows += [] if row is None else [row]
    write = to_stix if form == "stix" else to_label_xml
    note = (
        f"{len(rows)} observations for {party}, {held_back} held back by policy, as of {told.as_of}"
    )
    return write(rows, told.as_of, party), note


def _form(
    told: ObservationTold, body: dict[str, Any], labels: Sequence[str]
) -> ExportedObservation:
    area, source, subject = body["area"], body["source"], body["subject"]
    return ExportedObservation(
        observation=body["observation"],
        record=told.record,
        author=told.author,
        exercise=told.exercise,
        state=told.state,
        kind=body["kind"],
        nature=body["nature"],
        area=None if area is None else Cell(area["level"], area["row"], area["column"]),
        subject=None if subject is None else subject["id"],
        begins=instant_from_canonical(body["begins"]),
        ends=instant_from_canonical(body["ends"]),
        words=body["words"],
        reliability="F" if source is None else source["reliability"],
        credibility=body["credibility"],
        circular=told.circular,
        marking=", ".join(labels) or "no label",
        onward=tuple(body["onward"]),
    )


def _exported(told: ObservationTold) -> ExportedObservation:
    area = told.area
    return ExportedObservation(
        observation=told.observation,
        record=told.record,
        author=told.author,
        exercise=told.exercise,
        state=told.state,
        kind=told.kind,
        nature=told.nature,
        area=None if area is None else Cell(area.level, area.row, area.column),
        subject=None if told.subject is None else told.subject.id,
        begins=instant_from_canonical(told.begins),
        ends=instant_from_canonical(told.ends),
        words=(told.words_below or "") if told.own else told.words,
        reliability="F" if told.source is None else told.source.reliability,
        credibility=told.credibility,
        circular=told.circular,
        marking=("own: " if told.own else "") + (", ".join(told.labels) or "no label"),
        onward=tuple(told.onward),
    )


def _print_said(told: ObservationTold) -> None:
    print_line(f"  between {told.begins} and {told.ends}")
    if told.area is not None:
        area = told.area
        print_line(
            f"  somewhere within {area.radius_m / 1000.0:.1f} km of {area.latitude_deg:.4f} "
            f"{area.longitude_deg:.4f} WGS 84 ({area.whereabouts}); "
            f"cell {area.level}/{area.row}/{area.column}, k {area.k}"
        )
    if told.subject is not None:
        print_line(f"  {told.subject.kind} {told.subject.id}, consent: {told.consent}")
    for name, words in (("words", told.words), ("below the tear line", told.words_below)):
        if words:
            print_line(f"  {name}: {words}")


def _print_grade(told: ObservationTold) -> None:
    reliability = "F" if told.source is None else told.source.reliability
    print_line(
        f"  grade {reliability}{told.credibility}: {GRADE_WORDS.format(reliability, told.credibility)}"
    )
    if told.source is not None and told.source.kind is not None:
        print_line(f"  source: {told.source.kind} {told.source.name or ''}".rstrip())
    print_line(f"  origins: {', '.join(told.origins) or 'NOT KNOWN'}")
    for link in told.provenance:
        here = "" if link.here else ", NOT HERE"
        print_line(f"  {link.relation} {link.observation} {link.record[:RECORD_SHOWN]}{here}")


def _print_circulation(told: ObservationTold) -> None:
    labels = ", ".join(told.labels) or "none: it goes nowhere"
    print_line(f"  labels: {labels}; onward: {', '.join(told.onward) or 'nobody'}")
    for check in told.checks:
        print_line(
            f"  checked by {check.operator} {check.at} beside {len(check.beside)}: {check.words}"
        )
    for sent in told.sent:
        back = "" if sent.withdrawn_at is None else f", taken back {sent.withdrawn_at}"
        receipt = "stored there" if sent.receipted else "no receipt"
        print_line(f"  told {sent.recipient} {sent.at}, {receipt}{back}")
    for name, records in (
        ("may tell of the same", told.beside),
        ("rests on it", told.resting_on_it),
    ):
        for each in records:
            print_line(f"  {name}: {each[:RECORD_SHOWN]}")
