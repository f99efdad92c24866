"""Minima, notices, precedence, caps, border and releasability of an agreement's front matter."""

import re
from typing import Literal, cast

from comity.domain.agreement.front_matter import LENGTH_UNITS, TIME_UNITS, Table
from comity.domain.agreement.limits import (
    CLASSES_MAX,
    HORIZONTAL_M_ASSUMED,
    LOOK_AHEAD_S_MAX,
    LOOK_AHEAD_S_MIN,
    VERTICAL_M_ASSUMED,
    WORDS_LENGTH_MAX,
)
from comity.domain.agreement.terms import Border, Caps, LegalBasis, SeparationTable
from comity.domain.agreement.text import AgreementTextError
from comity.domain.airspace import HeightBounds, Separation
from comity.domain.releasability import KNOWN_LABELS, RELEASE_TABLE, Audience, ReleaseRule
from comity.kernel.ids import DIGEST

CLASS = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
KIND_PATTERN = re.compile(r"[a-z][a-z0-9-]*\.([a-z][a-z0-9-]*|\*)")
HORIZONTAL_M_LIMIT = 200_000.0  # airspace.Separation proves distances up to there
VERTICAL_M_LIMIT = 20_000.0
_DAY_S = 86_400.0


def read_separation(
    top: Table, height_bounds: HeightBounds, undefined: list[str]
) -> tuple[SeparationTable, dict[str, float | None]]:
    """Minima: `[separation]`, `[[flight_class]]` for one class, `[[separation_pair]]` for two.

    Returns:
        The table, and the flight classes that the text names, each with its look-ahead if it has one.

    Raises:
        AgreementTextError: `missing-key`, `duplicate`, `unknown-class`, or the form.
    """
    default_row = top.table("separation")
    default = None
    if default_row is not None:
        default = _read_minima(default_row, height_bounds)
        default_row.finish()
    by_class: dict[str, Separation] = {}
    classes: dict[str, float | None] = {}
    for row in top.tables("flight_class", CLASSES_MAX):
        name = row.name("name", CLASS)
        if name in classes:
            raise AgreementTextError("duplicate", row.field("name"), f"{name!r} is listed twice")
        classes[name] = row.measure("look_ahead", TIME_UNITS, LOOK_AHEAD_S_MIN, LOOK_AHEAD_S_MAX)
        minima = _read_minima(row, height_bounds, optional=True)
        row.finish()
        if minima is not None:
            by_class[name] = minima
        elif default is None:
            undefined.append(f"separation: no minima for class {name}; {_assumed()}")
    if default is None:
        undefined.append(f"separation: no minima for flights of other classes; {_assumed()}")
        default = Separation(HORIZONTAL_M_ASSUMED, VERTICAL_M_ASSUMED, height_bounds)
    by_pair: dict[tuple[str, str], Separation] = {}
    for row in top.tables("separation_pair", CLASSES_MAX * CLASSES_MAX):
        pair = _read_pair(row, list(classes))
        if pair in by_pair:
            why = f"the pair {' and '.join(pair)} is listed twice"
            raise AgreementTextError("duplicate", row.field("classes"), why)
        minima = _read_minima(row, height_bounds)
        by_pair[pair] = cast("Separation", minima)
        row.finish()
    return SeparationTable(default, by_class, by_pair), classes


def read_height_bounds(top: Table, undefined: list[str]) -> HeightBounds:
    """What is taken for granted where two datums meet: `[height_bounds]`.

    Raises:
        AgreementTextError: `heights` where the terrain's bounds are reversed, or the form.
    """
    row = top.table("height_bounds")
    pressure_error_m: float | None = None
    terrain_m: tuple[float, float] | None = None
    if row is not None:
        pressure_error_m = row.measure("pressure_error", LENGTH_UNITS, 0.0, 5_000.0)
        lower_m = row.measure("terrain_lower", LENGTH_UNITS, -1_000.0, 9_000.0)
        upper_m = row.measure("terrain_upper", LENGTH_UNITS, -1_000.0, 9_000.0)
        row.finish()
        if (lower_m is None) != (upper_m is None):
            why = "terrain_lower and terrain_upper stand together"
            raise AgreementTextError("heights", "height_bounds", why)
        if lower_m is not None and upper_m is not None:
            if lower_m > upper_m:
                why = f"terrain_lower {lower_m:g} m is above terrain_upper {upper_m:g} m"
                raise AgreementTextError("heights", "height_bounds", why)
            terrain_m = (lower_m, upper_m)
    if pressure_error_m is None:
        undefined.append(
            "height_bounds: no bound between pressure height and height above sea level;"
            " such a pair of flights is undetermined"
        )
    return HeightBounds(pressure_error_m, terrain_m)


def read_notice(
    top: Table, flight_classes: tuple[str, ...], undefined: list[str]
) -> dict[str, float]:
    """Lead of notices per class of activity: `[[notice]]` (L-10).

    Raises:
        AgreementTextError: `missing-key`, `duplicate`, or the form.
    """
    notice_s: dict[str, float] = {}
    for row in top.tables("notice", CLASSES_MAX):
        activity = row.name("activity", CLASS)
        if activity in notice_s:
            raise AgreementTextError(
                "duplicate", row.field("activity"), f"{activity!r} stands twice"
            )
        lead_s = row.measure("lead", TIME_UNITS, 0.0, 31 * _DAY_S)
        if lead_s is None:
            raise AgreementTextError("missing-key", row.field("lead_h"), "no lead is there")
        row.finish()
        notice_s[activity] = lead_s
    if not notice_s and not flight_classes:
        undefined.append("notice: no lead is stated for any class of activity")
    undefined += [
        f"notice: no lead is stated for class {name}"
        for name in flight_classes
        if name not in notice_s
    ]
    return notice_s


def read_precedence(top: Table, undefined: list[str]) -> tuple[str, ...]:
    """Priority classes, highest first: `precedence`.

    Raises:
        AgreementTextError: `duplicate` or the form.
    """
    if not top.has("precedence"):
        undefined.append("precedence: no table; every flight ranks alike")
        return ()
    return top.names("precedence", CLASS, CLASSES_MAX)


def read_caps(top: Table, undefined: list[str]) -> Caps:
    """The most that one party may propose: `[caps]`.

    Raises:
        AgreementTextError: the form.
    """
    row = top.table("caps") or Table({}, "caps")
    assumed = Caps()

    def count(key: str, otherwise: int, most: int) -> int:
        if row.has(key):
            return row.integer(key, 1, most)
        undefined.append(f"caps: {key} is not stated; {otherwise} is assumed")
        return otherwise

    def size(stem: str, units: dict[str, float], otherwise: float, most: float) -> float:
        value = row.measure(stem, units, 1.0, most, suffix="_max")
        if value is not None:
            return value
        unit = next(iter(units))
        undefined.append(f"caps: {stem} is not stated; {otherwise:g} {unit} are assumed")
        return otherwise

    caps = Caps(
        count("volumes_per_proposal_max", assumed.volumes_per_proposal_max, 1_000),
        size("horizontal_extent", LENGTH_UNITS, assumed.horizontal_extent_m_max, 20_100_000.0),
        size("duration", TIME_UNITS, assumed.duration_s_max, 7 * _DAY_S),
        size("look_ahead", TIME_UNITS, assumed.look_ahead_s_max, 366 * _DAY_S),
        count("open_proposals_max", assumed.open_proposals_max, 1_000_000),
        count("proposals_per_hour_max", assumed.proposals_per_hour_max, 10_000_000),
    )
    row.finish()
    return caps


def read_border(top: Table, undefined: list[str]) -> Border | None:
    """The border data that the parties use: `[border]` (L-13).

    Raises:
        AgreementTextError: the form.
    """
    row = top.table("border")
    if row is None:
        undefined.append("border: no border data are named; border verdicts are undetermined")
        return None
    at_sea: Literal["undetermined", "derived-12-nm"] = "undetermined"
    if row.has("at_sea"):
        if row.choice("at_sea", ("undetermined", "derived-12-nm")) == "derived-12-nm":
            at_sea = "derived-12-nm"
    else:
        undefined.append("border: nothing is said of the sea; verdicts there are undetermined")
    border = Border(row.text("name"), row.text("version"), row.name("sha256", DIGEST), at_sea)
    row.finish()
    return border


def read_legal_basis(top: Table, undefined: list[str]) -> tuple[LegalBasis, ...]:
    """Legal bases that rules of release cite: `[[legal_basis]]` (L-04).

    Raises:
        AgreementTextError: `duplicate` or the form.
    """
    found: list[LegalBasis] = []
    for row in top.tables("legal_basis", CLASSES_MAX):
        basis = LegalBasis(row.name("id", CLASS), row.text("text", WORDS_LENGTH_MAX))
        row.finish()
        if any(basis.id == other.id for other in found):
            raise AgreementTextError("duplicate", row.field("id"), f"{basis.id!r} stands twice")
        found.append(basis)
    if not found:
        undefined.append("legal_basis: none is stated; nothing is releasable under this text")
    return tuple(found)


def read_releasability(
    top: Table, legal_basis: tuple[LegalBasis, ...], undefined: list[str]
) -> tuple[ReleaseRule, ...]:
    """What may be released and why: `[[releasability]]` (L-04).

    Raises:
        AgreementTextError: `unknown-label`, `unknown-legal-basis` or the form.
    """
    known = {basis.id for basis in legal_basis}
    rules: list[ReleaseRule] = []
    for row in top.tables("releasability", CLASSES_MAX):
        kinds = row.names("kinds", KIND_PATTERN, CLASSES_MAX)
        labels: tuple[str, ...] = ()
        if row.has("labels"):
            labels = row.names("labels", re.compile(r".{1,64}"), CLASSES_MAX)
        for label in labels:
            if label not in KNOWN_LABELS:
                why = f"{label!r} is none of {', '.join(sorted(KNOWN_LABELS))}"
                raise AgreementTextError("unknown-label", row.field("labels"), why)
        basis = row.name("legal_basis", CLASS)
        if basis not in known:
            why = f"{basis!r} is none of {', '.join(sorted(known)) or 'the bases stated (none)'}"
            raise AgreementTextError("unknown-legal-basis", row.field("legal_basis"), why)
        row.finish()
        rules.append(ReleaseRule(kinds, frozenset(labels), basis))
    undefined += [
        f"releasability: no rule for {kind}; it is not released"
        for kind, rule in sorted(RELEASE_TABLE.items())
        if rule.audience is Audience.PARTIES and not any(each.covers(kind) for each in rules)
    ]
    return tuple(rules)


def _read_minima(
    row: Table, height_bounds: HeightBounds, *, optional: bool = False
) -> Separation | None:
    horizontal_m = row.measure("horizontal", LENGTH_UNITS, 1.0, HORIZONTAL_M_LIMIT)
    vertical_m = row.measure("vertical", LENGTH_UNITS, 1.0, VERTICAL_M_LIMIT)
    if horizontal_m is None and vertical_m is None and optional:
        return None
    if horizontal_m is None:
        raise AgreementTextError("missing-key", row.field("horizontal_m"), "no horizontal minimum")
    if vertical_m is None:
        raise AgreementTextError("missing-key", row.field("vertical_m"), "no vertical minimum")
    return Separation(horizontal_m, vertical_m, height_bounds)


def _read_pair(row: Table, classes: list[str]) -> tuple[str, str]:
    items = row.items("classes", 2)
    if len(items) != 2 or not all(isinstance(item, str) for item in items):
        raise AgreementTextError("wrong-type", row.field("classes"), "not two names of classes")
    for item in items:
        if item not in classes:
            why = f"{item!r} is none of {', '.join(classes) or 'the classes named (none)'}"
            raise AgreementTextError("unknown-class", row.field("classes"), why)
    first, second = sorted(items)
    return first, second


def _assumed() -> str:
    return f"{HORIZONTAL_M_ASSUMED:g} m and {VERTICAL_M_ASSUMED:g} m are assumed"
