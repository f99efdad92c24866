"""A footprint disclosed as cells: H3 cell, height band and time slot instead of volumes."""

import math
from dataclasses import dataclass

from comity.domain.airspace.altitude import (
    HEIGHT_M_MAX,
    HEIGHT_M_MIN,
    NO_HEIGHT_BOUNDS,
    Datum,
    HeightBounds,
    geoid_span_m,
)
from comity.domain.airspace.h3_grid import (
    RESOLUTION_MAX,
    cell_centre_deg,
    cell_radius_m,
    check_cell,
    lift_cells,
)
from comity.domain.geometry import RADIUS_M_MAX, Shape, ShapeKind
from comity.kernel.errors import InputError
from comity.kernel.instants import UNIX_MS_MAX, Instant

CELLS_MAX = (
    20_000  # triples; one takes some 36 bytes, so that the most fill 0.7 of a record's 1 MiB
)
SLOT_S_MAX = 86_400
BAND_M_MAX = 10_000.0
RANGE_M = (HEIGHT_M_MIN - 10_000.0, HEIGHT_M_MAX + 10_000.0)  # heights with every bound and buffer

Triple = tuple[int, int, int]
"""H3 cell, height band, time slot."""


@dataclass(frozen=True, slots=True)
class CellCover:
    """Cells that contain every volume of a flight, buffered by half of its greatest minima.

    Attributes:
        cells: (H3 cell, height band, time slot) triples.
        resolution: H3 resolution of the cells.
        band_height_m: height of a band; band 0 starts at 0 of the datum.
        slot_s: duration of a slot; slot 0 starts at 1970-01-01T00:00:00Z.
        datum: what the bands are measured from.
    """

    cells: frozenset[Triple]
    resolution: int
    band_height_m: float
    slot_s: int
    datum: Datum

    def __post_init__(self) -> None:
        if not 1 <= len(self.cells) <= CELLS_MAX:
            raise InputError("cells", f"{len(self.cells)}; 1 to {CELLS_MAX} are allowed")
        if not 0 <= self.resolution <= RESOLUTION_MAX:
            raise InputError("resolution", f"{self.resolution} is outside 0 to {RESOLUTION_MAX}")
        if not 1.0 <= self.band_height_m <= BAND_M_MAX:
            why = f"{self.band_height_m} is outside 1 to {BAND_M_MAX:.0f} m"
            raise InputError("band_height_m", why)
        if not 1 <= self.slot_s <= SLOT_S_MAX:
            raise InputError("slot_s", f"{self.slot_s} is outside 1 to {SLOT_S_MAX} s")
        for cell, band, slot in self.cells:
            check_cell(cell, self.resolution)
            if not RANGE_M[0] <= band * self.band_height_m <= RANGE_M[1]:
                why = f"band {band} of {self.band_height_m:g} m is beyond every height"
                raise InputError("cells", why)
            if not 0 <= slot * self.slot_s * 1000 <= UNIX_MS_MAX:
                raise InputError("cells", f"slot {slot} of {self.slot_s} s is outside 1970 to 9999")

    def window(self) -> tuple[Instant, Instant]:
        """Start of the first slot and end of the last."""
        slots = [slot for _, _, slot in self.cells]
        slot_ms = 1000 * self.slot_s
        return Instant(min(slots) * slot_ms), Instant(min((max(slots) + 1) * slot_ms, UNIX_MS_MAX))


def covers_meet(a: CellCover, b: CellCover, bounds: HeightBounds = NO_HEIGHT_BOUNDS) -> bool:
    """Whether two flights may break the minima, as far as their cells show (warns too often).

    Two flights that break them have a point, a height and an instant in common once each is
    buffered by half of its greatest minima; so their covers have a triple in common on one grid.
    Covers of different grids are lifted to the coarser one in each respect. Covers of different
    datums are compared by what is taken for granted of them, else their heights are left out.

    Args:
        a: the one.
        b: the other.
        bounds: what the agreement takes for granted where two datums meet.

    Source: docs/spec/cells.md §4.
    """
    start_a, end_a = a.window()
    start_b, end_b = b.window()
    if start_a > end_b or start_b > end_a:
        return False
    resolution = min(a.resolution, b.resolution)
    band_m = max(a.band_height_m, b.band_height_m)
    slot_s = max(a.slot_s, b.slot_s)
    spans = _common_datum(a.datum, b.datum, bounds)
    lifted = [
        _lifted(cover, resolution, band_m, slot_s, span)
        for cover, span in zip((a, b), spans, strict=True)
    ]
    return not lifted[0].isdisjoint(lifted[1])


def cell_circles(cover: CellCover) -> list[Shape] | None:
    """One circle around each H3 cell of a cover; None where cells are too large for a shape.

    Over-approximates by about a third of a cell's size.
    """
    radius_m = cell_radius_m(cover.resolution)
    if radius_m > RADIUS_M_MAX:
        return None
    circles = []
    for cell in sorted({cell for cell, _, _ in cover.cells}):
        latitude_deg, longitude_deg = cell_centre_deg(cell)
        circles.append(Shape(ShapeKind.PATH, (latitude_deg,), (longitude_deg,), radius_m))
    return circles


Span = tuple[float, float] | None
"""Added to the limits of a band before they are compared; None leaves heights out."""


def _common_datum(a: Datum, b: Datum, bounds: HeightBounds) -> tuple[Span, Span]:
    if a is b:
        return (0.0, 0.0), (0.0, 0.0)
    span_a, span_b = geoid_span_m(a, bounds), geoid_span_m(b, bounds)
    if span_a is None or span_b is None:
        return None, None
    return span_a, span_b


def _lifted(
    cover: CellCover, resolution: int, band_m: float, slot_s: int, span: Span
) -> set[Triple]:
    """A cover on a coarser grid; a band half open above, [n, n + 1), as the finer ones are."""
    same_grid = (cover.resolution, cover.band_height_m, cover.slot_s) == (
        resolution,
        band_m,
        slot_s,
    )
    if same_grid and span == (0.0, 0.0):
        return set(cover.cells)
    places = {
        cell: [cell] if cover.resolution == resolution else list(lift_cells(cell, resolution))
        for cell in {cell for cell, _, _ in cover.cells}
    }
    found: set[Triple] = set()
    for cell, band, slot in cover.cells:
        bands = [0]
        if span is not None:
            low_m = band * cover.band_height_m + span[0]
            high_m = (band + 1) * cover.band_height_m + span[1]
            bands = list(range(math.floor(low_m / band_m), math.ceil(high_m / band_m)))
        first = slot * cover.slot_s // slot_s
        last = -(-((slot + 1) * cover.slot_s) // slot_s)
        found.update(
            (place, each, when)
            for place in places[cell]
            for each in bands
            for when in range(first, last)
        )
    return found
