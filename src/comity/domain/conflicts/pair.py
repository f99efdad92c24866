"""The verdict on two volumes, and on two flights, computed in full: the index only chooses pairs.

Two volumes conflict where their times meet, their altitudes are nearer than the vertical minimum
and their shapes nearer than the horizontal minimum, or where both touch. Distances within the
numerical tolerance of the minimum count as nearer (docs/rooms/conflicts.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from comity.domain.airspace import (
    Clear,
    Conflict,
    Footprint,
    Separation,
    Undetermined,
    Verdict,
    Volume4D,
    vertical_gap,
)
from comity.domain.geometry import (
    Measure,
    Nearest,
    PreparedShape,
    degrees_from_unit,
    nearest,
    tolerance_m,
)
from comity.kernel.instants import Instant

CLEAR = Clear()


def pair_verdict(
    volume: Volume4D, other: Volume4D, separation: Separation, measure: Measure = nearest
) -> Verdict:
    """Whether two volumes keep the minima.

    Args:
        volume: the one.
        other: the other.
        separation: minima between the two, and what is taken for granted of their datums.
        measure: `geometry.nearest`, or `geometry.nearest_compiled` where many pairs are asked.
    """
    first = max(volume.start, other.start)
    if first > min(volume.end, other.end):
        return CLEAR
    gap = vertical_gap(volume, other, separation.height_bounds)
    if gap.keeps(separation.vertical_m):
        return CLEAR
    shape, other_shape = volume.shape.prepared, other.shape.prepared
    found = measure(shape, other_shape, core_distance_limit_m(shape, other_shape, separation))
    if found is None:
        return CLEAR
    if not gap.known:
        return Undetermined(_why(volume, other))
    latitude_deg, longitude_deg = place_between(shape, other_shape, found)
    apart_m = found.distance_m - shape.radius_m - other_shape.radius_m
    return Conflict(first, latitude_deg, longitude_deg, max(0.0, apart_m), max(0.0, gap.least_m))


def footprint_verdict(
    footprint: Footprint, other: Footprint, separation: Separation, measure: Measure = nearest
) -> Verdict:
    """Whether two flights disclosed as volumes keep the minima, over all their volumes.

    Raises:
        ValueError: one of them is disclosed as cells.
    """
    if footprint.cells is not None or other.cells is not None:
        raise ValueError("volumes only; cells meet in airspace.cells")
    verdicts = (
        PairVerdict(i, j, pair_verdict(footprint.volumes[i], other.volumes[j], separation, measure))
        for i, j in _pairs_in_time(footprint, other)
    )
    return combined(verdicts)


@dataclass(frozen=True, slots=True)
class PairVerdict:
    """The verdict on one volume of a flight and one of another."""

    volume: int
    other_volume: int
    verdict: Verdict


def combined(verdicts: Iterable[PairVerdict]) -> Verdict:
    """One verdict on two flights from those on their volumes.

    Conflict where any pair conflicts: time and place are those of the earliest (of the first
    volumes, where several begin at once), distances the least of all. Else Undetermined where
    any pair is, with the reason of the first volumes. Else Clear.
    """
    conflicts: list[tuple[Instant, int, int, Conflict]] = []
    doubts: list[tuple[int, int, Undetermined]] = []
    for each in verdicts:
        if isinstance(each.verdict, Conflict):
            conflicts.append(
                (each.verdict.first_time, each.volume, each.other_volume, each.verdict)
            )
        elif isinstance(each.verdict, Undetermined):
            doubts.append((each.volume, each.other_volume, each.verdict))
    if conflicts:
        _, volume, other_volume, first = min(conflicts, key=lambda each: each[:3])
        return Conflict(
            first.first_time,
            first.latitude_deg,
            first.longitude_deg,
            min(each[3].least_horizontal_m for each in conflicts),
            min(each[3].least_vertical_m for each in conflicts),
            volume,
            other_volume,
        )
    if doubts:
        return min(doubts, key=lambda each: each[:2])[2]
    return CLEAR


def core_distance_limit_m(
    shape: PreparedShape, other: PreparedShape, separation: Separation
) -> float:
    """The distance of two shapes without their radii below which they are too near.

    The minimum, both radii, and the tolerance of distances: what is within it is a conflict.
    """
    limit_m = separation.horizontal_m + shape.radius_m + other.radius_m
    return limit_m + tolerance_m(limit_m)


def place_between(
    shape: PreparedShape, other: PreparedShape, found: Nearest
) -> tuple[float, float]:
    """Latitude and longitude (degrees) halfway between two thickened shapes, or in both.

    On the line between the closest points, as far beyond the one radius as before the other.
    """
    share = 0.0
    if found.distance_m > 0.0:
        beyond_m = found.distance_m + shape.radius_m - other.radius_m
        share = min(max(0.5 * beyond_m / found.distance_m, 0.0), 1.0)
    place = found.point + share * (found.other_point - found.point)
    latitude, longitude = degrees_from_unit(place)
    return float(latitude), float(longitude)


def _pairs_in_time(footprint: Footprint, other: Footprint) -> list[tuple[int, int]]:
    """Indices of volumes whose times meet; times are closed, touching counts."""
    start = np.array([volume.start.unix_ms for volume in footprint.volumes])
    end = np.array([volume.end.unix_ms for volume in footprint.volumes])
    other_start = np.array([volume.start.unix_ms for volume in other.volumes])
    other_end = np.array([volume.end.unix_ms for volume in other.volumes])
    meet = (start[:, None] <= other_end) & (other_start <= end[:, None])
    return [(int(i), int(j)) for i, j in np.argwhere(meet)]


def _why(volume: Volume4D, other: Volume4D) -> str:
    altitudes = (volume.lower, volume.upper, other.lower, other.upper)
    datums = sorted({altitude.datum.value for altitude in altitudes})
    return f"heights above {' and '.join(datums)} cannot be compared under these terms"
