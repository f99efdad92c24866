"""From the tree of a claim file to a claim; what is not of the form is refused by its path.

Source: docs/spec/claim.md §3.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from comity.domain.airspace import Datum
from comity.domain.incidents.claim import (
    Aircraft,
    Claim,
    ClaimedPlace,
    Clause,
    Height,
    Material,
    Moment,
    Says,
    Source,
    SourceKind,
    Statement,
    StatementKind,
)
from comity.domain.incidents.fields import WORDS_LENGTH_MAX, Fields
from comity.domain.incidents.quantities import Dimension, Mile, Quantity, read_quantity
from comity.domain.places import read_position
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant, StatedTime, instant_from_rfc3339

FORMAT = "comity-claim/1"
FIGURES: dict[str, Dimension] = {
    "length": Dimension.LENGTH,
    "depth": Dimension.LENGTH,
    "duration": Dimension.DURATION,
    "speed": Dimension.SPEED,
    "climb_rate": Dimension.SPEED,
    "turned": Dimension.ANGLE,
    "turn_rate": Dimension.TURN_RATE,
    "separation": Dimension.LENGTH,
    "minimum": Dimension.LENGTH,
}
"""Figures a statement may have."""
LIMITS: dict[str, Dimension] = {
    "speed_max": Dimension.SPEED,
    "speed_min": Dimension.SPEED,
    "climb_max": Dimension.SPEED,
    "acceleration_max": Dimension.ACCELERATION,
    "height_max": Dimension.LENGTH,
}
"""Limits an aircraft may have."""

_DATUMS = {"AMSL": Datum.EGM2008, "HAE": Datum.WGS84, "AGL": Datum.AGL, "QNE": Datum.QNE}
_FLIGHT_LEVEL = re.compile(r"FL ?(\d{2,3})", re.ASCII)
_CATEGORY = re.compile(r"[A-D][0-7]", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_OFFSET = re.compile(r"([Zz]|[+-]\d{2}:\d{2})$", re.ASCII)
_FRACTION = re.compile(r"\.(\d{1,9})", re.ASCII)
PRINTED_S = 0.5  # a time to the second means any moment of half a second either way

Thing = TypeVar("Thing")
OffsetOf = Callable[[str, Instant], int | None]
"""Seconds that a zone's clocks were ahead of UTC at an instant; `None`: no such zone is known."""


def claim_of(tree: object, offset_of: OffsetOf | None = None) -> Claim:
    """Read a claim.

    Args:
        tree: tables, lists, texts, true and false, as TOML or JSON gave them.
        offset_of: zones by name; `None`: the names are kept and not tested.

    Raises:
        InputError: the first field that is not of the form, by its path.
    """
    fields = Fields(tree, "")
    if (found := fields.words("format")) != FORMAT:
        raise InputError("format", f"{found!r} is not {FORMAT}")
    claimant, title = fields.words("claimant"), fields.words("title")
    note = fields.words("note", WORDS_LENGTH_MAX, needed=False)
    sources = _by_name(((s.source, s) for s in map(_source, fields.tables("sources"))), "sources")
    material = _by_name(
        ((m.material, m) for m in map(_material, fields.tables("material"))), "material"
    )
    aircraft = _by_name(
        ((a.aircraft, a) for a in map(_aircraft, fields.tables("aircraft"))), "aircraft"
    )
    statements = [_statement(each, offset_of) for each in fields.tables("statements")]
    fields.done()
    if not statements:
        raise InputError("statements", "has none")
    _by_name(((each.statement, each) for each in statements), "statements")
    for index, statement in enumerate(statements):
        path = f"statements[{index}]"
        _check_known(statement.sources, sources, f"{path}.sources")
        _check_known(statement.material, material, f"{path}.material")
        if statement.aircraft is not None:
            _check_known((statement.aircraft,), aircraft, f"{path}.aircraft")
    return Claim(claimant, title, note, tuple(statements), sources, material, aircraft)


def _by_name(things: Iterable[tuple[str, Thing]], path: str) -> dict[str, Thing]:
    found: dict[str, Thing] = {}
    for index, (name, thing) in enumerate(things):
        if name in found:
            raise InputError(f"{path}[{index}].name", f"{name!r} is there twice")
        found[name] = thing
    return found


def _check_known(names: tuple[str, ...], known: Mapping[str, object], path: str) -> None:
    for name in names:
        if name not in known:
            raise InputError(path, f"{name!r} is not described in this file")


def _source(fields: Fields) -> Source:
    name, kind = fields.name("name"), fields.choice("kind", SourceKind)
    reference, origin = fields.words("reference", WORDS_LENGTH_MAX), fields.words("origin")
    fields.done()
    return Source(name, kind, reference, origin)


def _material(fields: Fields) -> Material:
    name, words = fields.name("name"), fields.words("description", WORDS_LENGTH_MAX)
    digest = fields.words("sha256", needed=False).lower()
    if digest and _SHA256.fullmatch(digest) is None:
        raise InputError(fields.path("sha256"), "is not 64 hexadecimal digits")
    origin, synthetic = fields.words("origin"), fields.flag("synthetic")
    fields.done()
    return Material(name, words, digest or None, origin, synthetic)


def _aircraft(fields: Fields) -> Aircraft:
    name, type_name = fields.name("name"), fields.words("type", needed=False)
    category = fields.words("category", needed=False)
    if category and _CATEGORY.fullmatch(category) is None:
        raise InputError(fields.path("category"), f"{category!r} is none of A0 to D7")
    limits = {
        each: read_quantity(fields.words(each), dimension, fields.path(each))
        for each, dimension in LIMITS.items()
        if fields.has(each)
    }
    for each in LIMITS:
        fields.words(each, needed=False)
    source = fields.words("limits_source", WORDS_LENGTH_MAX, needed=False)
    if limits and not source:
        raise InputError(fields.path("limits_source"), "is missing: limits need a named source")
    fields.done()
    return Aircraft(name, type_name, category or None, limits, source)


def _statement(fields: Fields, offset_of: OffsetOf | None) -> Statement:
    figures = {}
    for name, dimension in FIGURES.items():
        text = fields.words(name, needed=False)
        if text or fields.has(name):
            signed = name in {"turned", "turn_rate", "climb_rate"}
            figures[name] = read_quantity(text, dimension, fields.path(name), signed=signed)
    found = Statement(
        statement=fields.name("name"),
        topic=fields.name("topic"),
        kind=fields.choice("kind", StatementKind),
        says=fields.choice("says", Says),
        words=fields.words("words", WORDS_LENGTH_MAX),
        starts=_moment(fields.table("starts"), offset_of),
        ends=_moment(fields.table("ends"), offset_of),
        place=_place(fields.table("place")),
        place_end=_place(fields.table("place_end")),
        figures=figures,
        height=_height(fields, "height"),
        height_end=_height(fields, "height_end"),
        border_of=fields.words("border_of", needed=False) or None,
        aircraft=fields.words("aircraft", needed=False) or None,
        clause=_clause(fields.table("clause")),
        sources=fields.names("sources"),
        material=fields.names("material"),
        disputed=fields.flag("disputed"),
    )
    fields.done()
    return found


def _moment(fields: Fields | None, offset_of: OffsetOf | None) -> Moment | None:
    if fields is None:
        return None
    stated = fields.words("stated")
    instant = instant_from_rfc3339(stated, fields.path("stated"))
    offset = _OFFSET.search(stated)
    zone = fields.words("zone", needed=False)
    if zone and offset_of is not None and "/" in zone:
        check_zone(zone, offset_of(zone, instant), stated, fields.path("zone"))
    error = fields.words("error", needed=False)
    fraction = _FRACTION.search(stated)
    error_s = PRINTED_S if fraction is None else 0.5 * 10.0 ** -len(fraction[1])
    if error:
        error_s = (
            read_quantity(error, Dimension.DURATION, fields.path("error")).span(Mile.STATUTE).mid
        )
    fields.done()
    return Moment(StatedTime(instant, stated, zone or (offset[1] if offset else "")), error_s)


def check_zone(zone: str, known_s: int | None, stated: str, path: str) -> None:
    """L-15: a zone's offset changes; one stated must be the one in force on that day."""
    if known_s is None:
        raise InputError(path, f"{zone!r} is no zone of the time zone database")
    sign, hours, minutes = ("+", 0, 0)
    match = _OFFSET.search(stated)
    if match is not None and match[1] not in "Zz":
        sign, hours, minutes = match[1][0], int(match[1][1:3]), int(match[1][4:6])
        stated_s = (hours * 3600 + minutes * 60) * (1 if sign == "+" else -1)
        if stated_s != known_s:
            why = f"{zone} was {_offset_words(known_s)} then; {stated!r} says {match[1]}"
            raise InputError(path, why)


def _offset_words(offset_s: int) -> str:
    minutes = abs(offset_s) // 60
    return f"{'-' if offset_s < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


def _place(fields: Fields | None) -> ClaimedPlace | None:
    if fields is None:
        return None
    words = fields.words("words", needed=False)
    text = fields.words("position", needed=False)
    position = read_position(text, fields.path("position")) if text else None
    error = fields.words("error", needed=False)
    if position is None and (error or not words):
        raise InputError(fields.path("position"), "is missing: words or a position are wanted")
    error_m = None if position is None else position.resolution_m
    if error:
        stated = read_quantity(error, Dimension.LENGTH, fields.path("error"))
        error_m = stated.span(Mile.NAUTICAL).mid  # the wider of two miles
    fields.done()
    return ClaimedPlace(words, position, error_m)


def _height(fields: Fields, name: str) -> Height | None:
    text = fields.words(name, needed=False)
    if not text:
        return None
    level = _FLIGHT_LEVEL.fullmatch(text)
    if level is not None:
        figure = Quantity(
            text, Dimension.LENGTH, int(level[1]) * 100.0, "ft", 50.0, error_stated=False
        )
        return Height(figure, Datum.QNE, text)
    bare, datum = text, None
    for letters, known in _DATUMS.items():
        if text.endswith(f" {letters}"):
            bare, datum = text[: -len(letters) - 1], known
    return Height(read_quantity(bare, Dimension.LENGTH, fields.path(name)), datum, text)


def _clause(fields: Fields | None) -> Clause | None:
    if fields is None:
        return None
    found = Clause(
        fields.words("document"),
        fields.words("clause", needed=False),
        fields.words("version", needed=False),
    )
    fields.done()
    return found
