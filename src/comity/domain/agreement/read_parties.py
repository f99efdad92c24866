"""Parties, areas and heights of an agreement's front matter."""

import base64
import re

from comity.domain.agreement.front_matter import LENGTH_UNITS, Table
from comity.domain.agreement.limits import PARTIES_MAX, PARTIES_MIN, SHAPES_MAX
from comity.domain.agreement.terms import Band, PartyTerm
from comity.domain.agreement.text import AgreementTextError
from comity.domain.airspace import Altitude, Datum, EdgeKind, Shape, ShapeKind
from comity.domain.geometry import RADIUS_M_MAX, VERTICES_MAX
from comity.domain.records import check_public_key, party_id_of
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import PARTY_ID, PartyId

HEIGHT_M_LIMIT = 100_000.0  # airspace refuses more
FLIGHT_LEVEL_UNITS = {"fl": 100.0 * LENGTH_UNITS["ft"]}
_BASE64 = re.compile(r"[A-Za-z0-9+/]{43}=")


def read_parties(top: Table, undefined: list[str]) -> tuple[PartyTerm, ...]:
    """The parties `[[party]]`, in the order of the text.

    Raises:
        AgreementTextError: `party-count`, `duplicate-party`, `party-key`, `party-id`, or the form.
    """
    rows = top.tables("party", PARTIES_MAX)
    if len(rows) < PARTIES_MIN:
        why = f"{len(rows)} given; an agreement has {PARTIES_MIN} to {PARTIES_MAX} parties"
        raise AgreementTextError("party-count", "party", why)
    parties: list[PartyTerm] = []
    for row in rows:
        party = _read_party(row, undefined)
        for other in parties:
            if party.id == other.id or party.root_key == other.root_key or party.name == other.name:
                why = f"{party.id} ({party.name}) has the id, key or name of {other.id}"
                raise AgreementTextError("duplicate-party", row.field("id"), why)
        parties.append(party)
    return tuple(parties)


def read_area(table: Table, key: str, what: str) -> tuple[Shape, ...]:
    """A list of shapes `[[area]]`; together they are the area.

    Raises:
        AgreementTextError: `missing-key`, `shape` with the geometry's own reason, or the form.
    """
    rows = table.tables(key, SHAPES_MAX)
    if not rows:
        raise AgreementTextError("missing-key", table.field(key), f"no {what} is stated")
    return tuple(_read_shape(row) for row in rows)


def read_band(top: Table, undefined: list[str]) -> Band | None:
    """The heights `[heights]` that the agreement covers, or None (flagged).

    Raises:
        AgreementTextError: `missing-key`, `heights`, or the form.
    """
    row = top.table("heights")
    if row is None:
        undefined.append(
            "heights: no lower and upper height are stated; every height counts as covered"
        )
        return None
    datum = Datum(row.choice("datum", (Datum.WGS84, Datum.EGM2008, Datum.QNE)))
    units = FLIGHT_LEVEL_UNITS | LENGTH_UNITS if datum is Datum.QNE else LENGTH_UNITS
    bounds = [row.measure(stem, units, -1_000.0, HEIGHT_M_LIMIT) for stem in ("lower", "upper")]
    for stem, bound in zip(("lower", "upper"), bounds, strict=True):
        if bound is None:
            known = ", ".join(f"{stem}_{unit}" for unit in units)
            raise AgreementTextError("missing-key", row.field(stem), f"none of {known} is there")
    row.finish()
    lower_m, upper_m = (bound for bound in bounds if bound is not None)
    if lower_m >= upper_m:
        why = f"lower {lower_m:g} m is not below upper {upper_m:g} m"
        raise AgreementTextError("heights", "heights", why)
    return Band(Altitude(lower_m, datum), Altitude(upper_m, datum))


def _read_party(row: Table, undefined: list[str]) -> PartyTerm:
    party = PartyId(row.name("id", PARTY_ID))
    name = row.text("name")
    root_key = base64.b64decode(row.name("root_key_base64", _BASE64))
    try:
        check_public_key(root_key)
    except RecordError as error:
        raise AgreementTextError("party-key", row.field("root_key_base64"), error.detail) from error
    expected = party_id_of(party.partition(".")[0], root_key)
    if party != expected:
        why = f"{party} does not belong to this root key, whose id is {expected}"
        raise AgreementTextError("party-id", row.field("id"), why)
    everywhere = row.has("interest_everywhere") and row.flag("interest_everywhere")
    area: tuple[Shape, ...] = ()
    if row.has("area_of_interest"):
        if everywhere:
            why = "given beside interest_everywhere = true; state one of them"
            raise AgreementTextError("shape", row.field("area_of_interest"), why)
        area = read_area(row, "area_of_interest", "area of interest")
    elif not everywhere:
        undefined.append(f"area_of_interest: none for {party}; it is asked about every flight")
    row.finish()
    return PartyTerm(party, name, root_key, area)


def _read_shape(row: Table) -> Shape:
    ring = row.has("ring_lat_lon_deg")
    path = row.has("path_lat_lon_deg")
    if ring == path:
        why = "give exactly one of ring_lat_lon_deg and path_lat_lon_deg"
        raise AgreementTextError("shape", row.field("ring_lat_lon_deg"), why)
    key = "ring_lat_lon_deg" if ring else "path_lat_lon_deg"
    latitude_deg, longitude_deg = row.positions(key, VERTICES_MAX)
    radius_m = row.measure("radius", LENGTH_UNITS, 0.0, RADIUS_M_MAX)
    edge = EdgeKind.GEODESIC
    if row.has("edge"):
        edge = EdgeKind(row.choice("edge", tuple(EdgeKind)))
    row.finish()
    kind = ShapeKind.RING if ring else ShapeKind.PATH
    if path and not radius_m:
        raise AgreementTextError(
            "shape", row.field("radius_m"), "a path without radius has no area"
        )
    try:
        return Shape(kind, latitude_deg, longitude_deg, radius_m or 0.0, edge)
    except InputError as error:
        raise AgreementTextError("shape", f"{row.field(key)}.{error.field}", error.why) from error
