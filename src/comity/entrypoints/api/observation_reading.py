"""Observations as people write them, read into what a record can carry; each error names its field."""

from enum import StrEnum
from typing import TypeVar

import msgspec

from comity.application.node import Node
from comity.domain.geometry.nested_cells import CELL_LEVEL_COARSEST, Cell, cell_margin_m, cell_of
from comity.domain.observations import (
    AREA_LEVEL_MAX,
    NATURES,
    SUBJECT_OF,
    Consent,
    Entry,
    Link,
    ObservationKind,
    Policy,
    Relation,
    Reliability,
    Source,
    SourceKind,
    Subject,
    SubjectKind,
    policy_from_body,
    policy_to_body,
)
from comity.domain.places import read_position
from comity.domain.records import encode_canonical, parse_json_strict
from comity.entrypoints.api.observation_messages import (
    GiveConsent,
    LinkWritten,
    ObservationWritten,
)
from comity.entrypoints.api.written import read_length_m, read_time
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import (
    ObservationId,
    RecordDigest,
    observation_id,
    party_id,
    record_digest,
)
from comity.kernel.units import e7_from_degrees

OBSERVATION_BYTES_MAX = 1 << 16
POLICY_BYTES_MAX = 1 << 20

Choice = TypeVar("Choice", bound=StrEnum)


def read_entry(node: Node, written: ObservationWritten, *, exercise: bool) -> Entry:
    """What a person wrote; the position is turned into its cell here and kept nowhere.

    Raises:
        InputError: names the field and the limit.
    """
    kind = _choice(ObservationKind, written.kind, "kind")
    if written.nature not in NATURES[kind]:
        known = ", ".join(sorted(NATURES[kind]))
        raise InputError("nature", f"{written.nature[:40]!r} of {kind} is none of {known}")
    wanted = SUBJECT_OF[kind]
    if (wanted is None) != (written.subject is None):
        raise InputError("subject", f"{kind} has {'none' if wanted is None else 'a ' + wanted}")
    return Entry(
        id=ObservationId(""),
        revision=1,
        replaces=None,
        kind=kind,
        nature=written.nature,
        area=_read_area(kind, written),
        subject=_read_subject(written),
        begins=read_time(written.begins, "begins").instant,
        ends=read_time(written.ends, "ends").instant,
        words=written.words,
        words_below=written.words_below,
        source=Source(
            _choice(SourceKind, written.source.kind, "source.kind"),
            _choice(Reliability, written.source.reliability, "source.reliability"),
            written.source.name,
        ),
        credibility=written.credibility,
        origin=None,
        provenance=_read_provenance(node, written.provenance, exercise=exercise),
        labels=tuple(sorted(set(written.labels))),
        legal_basis=written.legal_basis,
        consent=None if written.consent is None else record_digest(written.consent),
    )


def area_around(position: str, within: str) -> Cell:
    """The finest cell that may be told of everything within a distance of a position.

    Raises:
        InputError: the position or the distance is refused, or too wide for the coarsest cell.
    """
    stated = read_position(position, "position")
    reach_m = read_length_m(within, "within") + stated.resolution_m
    for level in range(AREA_LEVEL_MAX, CELL_LEVEL_COARSEST - 1, -1):
        if reach_m <= cell_margin_m(level):
            return cell_of(
                e7_from_degrees(stated.latitude_deg),
                e7_from_degrees(stated.longitude_deg),
                level,
            )
    most_m = cell_margin_m(CELL_LEVEL_COARSEST)
    raise InputError(
        "within", f"{reach_m:.0f} m with the position's own step; at most {most_m:.0f}"
    )


def observation_of_file(content: bytes, name: str) -> ObservationWritten:
    """A written observation.

    Raises:
        InputError: not JSON, or not an observation; names the field.
    """
    parse_json_strict(content)
    try:
        return msgspec.json.decode(content, type=ObservationWritten)
    except msgspec.DecodeError as error:
        raise InputError(name, str(error)) from error


def read_policy(content: bytes) -> Policy:
    """A policy of release as its file has it, `{"labels": {…}}`.

    Raises:
        InputError: not JSON.
        RecordError: not a policy; `observation-policy` where labels run in a loop.
    """
    body = parse_json_strict(content)
    if type(body) is not dict:
        raise InputError("policy", "not an object with `labels`")
    encode_canonical(body)  # no fractions, no size beyond a record's
    policy = policy_from_body(body)
    if policy_to_body(policy) != body:
        why = "a field that docs/spec/observation.md does not name"
        raise RecordError("observation-field", why)
    return policy


def read_consent(data: GiveConsent) -> Consent:
    """A consent as the owner writes it.

    Raises:
        InputError: names the field.
    """
    kinds = sorted({_choice(ObservationKind, each, "kinds") for each in data.kinds})
    return Consent(
        _choice(SubjectKind, data.subject_kind, "subject_kind"),
        observation_id(data.subject),
        party_id(data.observer),
        tuple(sorted({party_id(each) for each in data.to})),
        tuple(kinds),
        read_time(data.until, "until").instant,
    )


def _read_area(kind: ObservationKind, written: ObservationWritten) -> Cell | None:
    on_site = SUBJECT_OF[kind] is SubjectKind.SITE
    if on_site and written.position is not None:
        raise InputError("position", f"{kind} names the site, and no place")
    if on_site:
        return None
    if written.position is None:
        raise InputError("position", f"{kind} has one")
    return area_around(written.position, written.within)


def _read_subject(written: ObservationWritten) -> Subject | None:
    stated = written.subject
    if stated is None:
        return None
    return Subject(
        _choice(SubjectKind, stated.kind, "subject.kind"),
        observation_id(stated.id),  # every global id has one form
        record_digest(stated.digest),
    )


def _read_provenance(node: Node, written: list[LinkWritten], *, exercise: bool) -> tuple[Link, ...]:
    book = node.observations_of(exercise=exercise)
    found = []
    for index, each in enumerate(written):
        named = RecordDigest(record_digest(each.record))
        known = book.observation_of(named)
        if known is None and each.observation is None:
            why = f"{named[:12]} is not here; name its observation beside it"
            raise InputError(f"provenance[{index}].observation", why)
        stated = None if each.observation is None else observation_id(each.observation)
        if known is not None and stated not in (None, known):
            raise InputError(f"provenance[{index}].observation", f"{named[:12]} is of {known}")
        relation = _choice(Relation, each.relation, f"provenance[{index}].relation")
        found.append(Link(relation, known or ObservationId(str(stated)), named))
    return tuple(sorted(set(found), key=lambda each: (each.relation, each.record)))


def _choice(among: type[Choice], stated: str, field: str) -> Choice:
    try:
        return among(stated)
    except ValueError as error:
        known = ", ".join(among)
        raise InputError(field, f"{stated[:40]!r} is none of {known}") from error
