"""Whom a flight concerns, and what of it the agreement does not cover. Doubt asks and flags."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from comity.domain.agreement.terms import Band, Terms
from comity.domain.airspace import (
    Altitude,
    Footprint,
    Shape,
    ShapeKind,
    Volume4D,
    cell_circles,
    geoid_heights_m,
)
from comity.domain.geometry import PreparedShape, degrees_from_unit, nearest, prepare, tolerance_m
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant
from comity.kernel.sentences import Sentence, said

SPLITS_MAX = 64  # halvings of a flight's line that crosses from one shape of an area into another
SPLIT_M_MIN = 100.0  # shorter stretches are not cut further: such a flight is «not provably inside»
BOUNDARIES_MAX = 1_024  # boundaries remembered; 16 parties of 64 shapes


class Gap(StrEnum):
    """What an agreement does not cover of a flight."""

    AREA = "area"
    TIME = "time"
    HEIGHT = "height"


@dataclass(frozen=True, slots=True)
class Uncovered:
    """One part of a flight that is not covered, or not provably so.

    Attributes:
        gap: in which respect.
        volume: index in the footprint; None for a flight disclosed as cells.
        sentence: for the operator.
    """

    gap: Gap
    volume: int | None
    sentence: Sentence

    @property
    def words(self) -> str:
        """The sentence in English."""
        return str(self.sentence)


def required_parties(footprint: Footprint, owner: PartyId, terms: Terms) -> tuple[PartyId, ...]:
    """Every other party that must assent to a flight, in the order of the text (over-approximates).

    A party must assent where its area of interest meets the flight buffered by the greatest minima
    of its class; and every party must where the buffered flight is not provably inside the owner's
    own area of interest: two flights could else meet where neither owner asks anybody.

    Raises:
        AgreementError: `not-a-party`: the owner is not in the text.

    Source: docs/rooms/agreement.md, «Who must assent»; docs/decisions/0002-who-must-assent.md.
    """
    own = terms.party(owner)
    others = [party for party in terms.parties if party.id != owner]
    shapes = _shapes_of(footprint)
    if shapes is None:
        return tuple(party.id for party in others)
    buffer_m = terms.separation.greatest(footprint.flight_class).horizontal_m
    required = [
        party.id
        for party in others
        if not party.area_of_interest
        or any(
            _may_meet(shape, area, buffer_m) for shape in shapes for area in party.area_of_interest
        )
    ]
    if len(required) == len(others):
        return tuple(required)
    inside = not own.area_of_interest or all(
        _provably_inside(shape, own.area_of_interest, buffer_m) for shape in shapes
    )
    return tuple(required) if inside else tuple(party.id for party in others)


def uncovered(footprint: Footprint, terms: Terms) -> tuple[Uncovered, ...]:
    """What of a flight lies outside the agreement, or cannot be shown to lie inside it (L-01)."""
    if footprint.cells is not None:
        return _uncovered_cells(footprint, terms)
    found: list[Uncovered] = []
    for index, volume in enumerate(footprint.volumes):
        if not _provably_inside(volume.shape, terms.area, 0.0):
            form = "not covered by the agreement's area, or within the tolerance of its edge"
            found.append(Uncovered(Gap.AREA, index, said("uncovered-area", form)))
        found += _uncovered_time(volume.start, volume.end, terms, index)
        if terms.band is not None and not _height_covered(volume, terms.band, terms):
            form = "not shown to lie between {lower} and {upper}"
            lower, upper = _shown(terms.band.lower), _shown(terms.band.upper)
            told = said("uncovered-height", form, lower=lower, upper=upper)
            found.append(Uncovered(Gap.HEIGHT, index, told))
    return tuple(found)


def _shapes_of(footprint: Footprint) -> Sequence[Shape] | None:
    """Shapes that contain the flight; None where its cells are larger than a shape may be."""
    if footprint.cells is None:
        return [volume.shape for volume in footprint.volumes]
    return cell_circles(footprint.cells)


def _may_meet(shape: Shape, area: Shape, buffer_m: float) -> bool:
    reach_m = shape.radius_m + area.radius_m + buffer_m
    return nearest(prepare(shape), prepare(area), reach_m + tolerance_m(reach_m)) is not None


def _provably_inside(shape: Shape, areas: Sequence[Shape], buffer_m: float) -> bool:
    """Whether a shape and everything within the buffer of it lies inside the areas for sure."""
    margin_m = shape.radius_m + buffer_m
    margin_m += tolerance_m(margin_m)
    if any(_holds(area, shape, margin_m) for area in areas):
        return True
    if shape.kind is ShapeKind.RING or len(shape.latitude_deg) == 1:
        return False
    splits_left = SPLITS_MAX
    stretches = list(_stretches(shape))
    if len(stretches) > SPLITS_MAX:
        return False
    while stretches:
        stretch = stretches.pop()
        if any(_holds(area, stretch, margin_m) for area in areas):
            continue
        if splits_left == 0 or prepare(stretch).reach_m < SPLIT_M_MIN:
            return False
        splits_left -= 1
        stretches += _halves(stretch)
    return True


def _holds(area: Shape, shape: Shape, margin_m: float) -> bool:
    """Whether one area holds a shape's line or ring with this margin all around.

    A ring holds what starts inside it and stays off its boundary; what a ring encloses lies inside
    too, for an area is less than half of the earth. An area with a radius holds what is near enough
    to its core; but what a ring encloses only if the area is a disk, for others may have holes.
    """
    core = prepare(shape)
    if area.kind is ShapeKind.RING:
        beyond_m = max(0.0, margin_m - area.radius_m)
        edge = _boundary(prepare(area))
        if (
            nearest(core, edge, beyond_m + tolerance_m(beyond_m)) is None
            and nearest(_first_point(core), prepare(area), 1e-3) is not None
        ):
            return True
    is_disk = area.kind is ShapeKind.PATH and len(area.latitude_deg) == 1
    if shape.kind is ShapeKind.RING and not is_disk:
        return False
    # no point of the core is farther from its centre than its reach in a straight line, and the
    # surface is longer than that by under 0.1 % within the range of radii
    room_m = area.radius_m - margin_m - 1.001 * core.reach_m
    return room_m > 0.0 and nearest(_centre_point(core), prepare(area), room_m) is not None


@lru_cache(maxsize=BOUNDARIES_MAX)
def _boundary(ring: PreparedShape) -> PreparedShape:
    """A ring's line without its inside."""
    return replace(ring, ring=False)


def _first_point(core: PreparedShape) -> PreparedShape:
    return replace(
        core,
        points=core.points[[0, 0]],
        ring=False,
        centre=core.points[0],
        reach_m=0.0,
        piece_m=0.0,
    )


def _centre_point(core: PreparedShape) -> PreparedShape:
    return replace(
        core,
        points=core.centre[None, :].repeat(2, axis=0),
        ring=False,
        reach_m=0.0,
        piece_m=0.0,
    )


def _stretches(shape: Shape) -> Iterator[Shape]:
    """The pieces of a path, each a path of its own."""
    latitude, longitude = degrees_from_unit(prepare(shape).points)
    for index in range(len(latitude) - 1):
        ends = slice(index, index + 2)
        yield Shape(
            ShapeKind.PATH,
            tuple(float(value) for value in latitude[ends]),
            tuple(float(value) for value in longitude[ends]),
        )


def _halves(stretch: Shape) -> Iterator[Shape]:
    points = prepare(stretch).points
    middle = points[0] + points[-1]
    latitude, longitude = degrees_from_unit(middle)
    for end in (0, -1):
        yield Shape(
            ShapeKind.PATH,
            (stretch.latitude_deg[end], float(latitude)),
            (stretch.longitude_deg[end], float(longitude)),
        )


def _uncovered_cells(footprint: Footprint, terms: Terms) -> tuple[Uncovered, ...]:
    cover = footprint.cells
    if cover is None:
        return ()
    found: list[Uncovered] = []
    circles = cell_circles(cover)
    if circles is None or not all(_provably_inside(circle, terms.area, 0.0) for circle in circles):
        form = "not covered by the agreement's area, or its cells reach beyond it"
        found.append(Uncovered(Gap.AREA, None, said("uncovered-cells", form)))
    start, end = cover.window()
    found += _uncovered_time(start, end, terms, None)
    if terms.band is not None:
        told = said("uncovered-cell-heights", "heights are not checked against cells")
        found.append(Uncovered(Gap.HEIGHT, None, told))
    return tuple(found)


def _uncovered_time(
    start: Instant, end: Instant, terms: Terms, index: int | None
) -> Iterator[Uncovered]:
    if start < terms.valid_from:
        form = "begins {start}, before the agreement, {valid}"
        told = said("uncovered-start", form, start=str(start), valid=str(terms.valid_from))
        yield Uncovered(Gap.TIME, index, told)
    if end >= terms.valid_until:
        form = "ends {end}, not before the agreement does, {valid}"
        told = said("uncovered-end", form, end=str(end), valid=str(terms.valid_until))
        yield Uncovered(Gap.TIME, index, told)


def _height_covered(volume: Volume4D, band: Band, terms: Terms) -> bool:
    """Whether a volume's heights lie within a band for sure, through whatever the datums allow."""
    if volume.lower.datum is volume.upper.datum is band.lower.datum:
        below_m = band.lower.height_m - volume.lower.height_m
        above_m = volume.upper.height_m - band.upper.height_m
        return below_m <= 0.0 and above_m <= 0.0
    ranges_m = [
        geoid_heights_m(altitude, terms.height_bounds)
        for altitude in (volume.lower, volume.upper, band.lower, band.upper)
    ]
    lower, upper, band_lower, band_upper = ranges_m
    if lower is None or upper is None or band_lower is None or band_upper is None:
        return False
    return band_lower[1] <= lower[0] and upper[1] <= band_upper[0]


def _shown(altitude: Altitude) -> str:
    return f"{altitude.height_m:g} m {altitude.datum}"
