"""What was flown, as a recording tells afterwards: positions and heights of each aircraft at any instant.

Between two reports a flight is taken along the chord between their normals, its height along a line. Of a
turn of 3°/s with a report each 10 s that cuts the corner by 160 m at 250 m/s, a sixtieth of 5 NM; of
straight flight nothing.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.ellipsoid import SEMI_MAJOR_M, SEMI_MINOR_M, Floats
from comity.domain.tracks import Plot
from comity.kernel.errors import InputError

GAP_S_MAX = 30.0  # a longer silence is not bridged: what was flown in it is not known
GRID_S = 1.0  # the truth is looked at each second, as the nets look
SPEED_MPS_MAX = 700.0  # a report that asks for more than Mach 2 is a fault of the recording
CLIMB_MPS_MAX = 60.0  # and a height that asks for more than 12,000 ft/min for both its neighbours
HEIGHT_JUMP_M = 150.0  # or steps by less, as codes of 100 ft do
FLOWN_MAX = 20_000  # stretches of flight that one evaluation holds

_SECOND_ECCENTRICITY = (SEMI_MAJOR_M / SEMI_MINOR_M) ** 2


@dataclass(frozen=True, slots=True, eq=False)
class Flown:
    """One stretch of one aircraft's flight without a gap, on the grid.

    Attributes:
        name: the address as tracks are named by it, `4ca7f1` or `~4ca7f1`.
        first_s: seconds since 1970 of row 0; row k is k times `grid_s` later.
        grid_s: step.
        place_ecef_m: (K, 3) on the ellipsoid.
        pressure_m: (K,) NaN where not known.
        ellipsoid_m: (K,) likewise.
    """

    name: str
    first_s: float
    grid_s: float
    place_ecef_m: Floats
    pressure_m: Floats
    ellipsoid_m: Floats

    def __len__(self) -> int:
        return len(self.pressure_m)

    @property
    def last_s(self) -> float:
        """Seconds since 1970 of the last row."""
        return self.first_s + self.grid_s * (len(self) - 1)

    def row_at(self, at_s: float) -> int | None:
        """The row nearest an instant; None outside the stretch."""
        row = round((at_s - self.first_s) / self.grid_s)
        return row if 0 <= row < len(self) else None

    def rates(self) -> tuple[Floats, Floats]:
        """Velocities (K, 3) and vertical rates (K,) by differences over two steps each way."""
        return _slope(self.place_ecef_m, self.grid_s), _slope(self.heights(), self.grid_s)

    def heights(self) -> Floats:
        """Pressure height where known, else ellipsoid height; as the nets choose."""
        return np.where(np.isnan(self.pressure_m), self.ellipsoid_m, self.pressure_m)


def flown_of(plots: Iterable[Plot], grid_s: float = GRID_S) -> tuple[Flown, ...]:
    """What was flown, from the plots of a recording in order of time.

    Plots without an address or a position, and those on the ground, tell nothing here.

    Raises:
        InputError: more than `FLOWN_MAX` stretches.
    """
    rows: dict[str, list[tuple[float, float, float, float, float]]] = defaultdict(list)
    for plot in plots:
        if plot.address is None or plot.latitude_deg is None or plot.longitude_deg is None:
            continue
        if plot.on_ground:
            continue
        rows[name_of(plot.address, is_icao=plot.address_is_icao)].append(
            (
                plot.at.unix_s,
                plot.latitude_deg,
                plot.longitude_deg,
                _or_nan(plot.altitude_pressure_m),
                _or_nan(plot.altitude_ellipsoid_m),
            )
        )
    found: list[Flown] = []
    for name in sorted(rows):
        found += _stretches(name, np.array(rows[name]), grid_s)
        if len(found) > FLOWN_MAX:
            raise InputError("recording", f"over {FLOWN_MAX} stretches of flight")
    return tuple(found)


def name_of(address: int, *, is_icao: bool = True) -> str:
    """An aircraft's name in labels and reports: as tracks are named, without party and twin mark."""
    return f"{'' if is_icao else '~'}{address:06x}"


def ecef_of(latitude_deg: Floats, longitude_deg: Floats) -> Floats:
    """Feet on the ellipsoid (N, 3) of geodetic positions (N,); written apart from the code it judges."""
    north, east = np.radians(latitude_deg), np.radians(longitude_deg)
    normal = np.stack(
        [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=-1
    )
    return _foot(normal)


def degrees_of(place_ecef_m: Floats) -> tuple[Floats, Floats]:
    """Latitude and longitude (N,) of feet on the ellipsoid."""
    across = np.hypot(place_ecef_m[..., 0], place_ecef_m[..., 1])
    latitude: Floats = np.degrees(np.arctan2(place_ecef_m[..., 2] * _SECOND_ECCENTRICITY, across))
    longitude: Floats = np.degrees(np.arctan2(place_ecef_m[..., 1], place_ecef_m[..., 0]))
    return latitude, longitude


def _foot(normal: Floats) -> Floats:
    """The place of the ellipsoid whose outward normal points so."""
    squares = np.array([SEMI_MAJOR_M**2, SEMI_MAJOR_M**2, SEMI_MINOR_M**2])
    scaled = normal * squares
    place: Floats = scaled / np.sqrt((normal * scaled).sum(axis=-1, keepdims=True))
    return place


def _stretches(name: str, table: Floats, grid_s: float) -> list[Flown]:
    """Stretches of one aircraft, from (K, 5) time, latitude, longitude and both heights."""
    table = table[np.argsort(table[:, 0], kind="stable")]
    moved = np.append(True, (np.diff(table[:, 1:3], axis=0) != 0.0).any(axis=1))
    later = np.append(True, np.diff(table[:, 0]) > 0.0)
    table = table[moved & later]  # a position held is a receiver's memory
    table = table[_believable(table)]
    for column in (3, 4):
        table[:, column] = _without_garbles(table[:, 0], table[:, column])
    edges = np.flatnonzero(np.diff(table[:, 0]) > GAP_S_MAX) + 1
    found = []
    for part in np.split(table, edges):
        first = np.ceil(part[0, 0] / grid_s) if len(part) > 1 else np.inf
        count = int(np.floor(part[-1, 0] / grid_s) - first) + 1 if np.isfinite(first) else 0
        if count < 2:
            continue
        times_s = (float(first) + np.arange(count, dtype=np.float64)) * grid_s
        north, east = np.radians(part[:, 1]), np.radians(part[:, 2])
        normal = np.stack(
            [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)]
        )
        between = np.stack([np.interp(times_s, part[:, 0], axis) for axis in normal], axis=-1)
        between /= np.sqrt((between**2).sum(axis=1, keepdims=True))
        found.append(
            Flown(
                name,
                float(times_s[0]),
                grid_s,
                _foot(between),
                _heights_between(times_s, part[:, 0], part[:, 3]),
                _heights_between(times_s, part[:, 0], part[:, 4]),
            )
        )
    return found


def _believable(table: Floats) -> NDArray[np.bool_]:
    """Reports that the last believed one can have come from; the third that disagrees starts anew."""
    places = ecef_of(table[:, 1], table[:, 2])
    keep = np.ones(len(table), np.bool_)
    last, refused = 0, 0
    for row in range(1, len(table)):
        step_s = table[row, 0] - table[last, 0]
        far_m = float(np.sqrt(((places[row] - places[last]) ** 2).sum()))
        if far_m > SPEED_MPS_MAX * step_s + 500.0 and refused < 2:
            keep[row] = False
            refused += 1
        else:
            last, refused = row, 0
    return keep


def _without_garbles(times_s: Floats, height_m: Floats) -> Floats:
    """Heights that neither the one before nor the one after can be had from are not known."""
    known = np.flatnonzero(np.isfinite(height_m))
    if len(known) < 3:
        return height_m
    step = np.abs(np.diff(height_m[known]))
    may = CLIMB_MPS_MAX * np.diff(times_s[known]) + HEIGHT_JUMP_M
    jumps = step > may
    out = height_m.copy()
    out[known[1:-1][jumps[:-1] & jumps[1:]]] = np.nan
    return out


def _heights_between(times_s: Floats, at_s: Floats, height_m: Floats) -> Floats:
    """Heights at other instants; NaN where the nearest known ones are too far apart."""
    known = np.isfinite(height_m)
    if not known.any():
        return np.full(len(times_s), np.nan)
    at_s, height_m = at_s[known], height_m[known]
    between = np.interp(times_s, at_s, height_m)
    after = np.clip(np.searchsorted(at_s, times_s), 0, len(at_s) - 1)
    before = np.maximum(after - 1, 0)
    far = np.maximum(times_s - at_s[before], 0.0) + np.maximum(at_s[after] - times_s, 0.0)
    outside = np.minimum(np.abs(times_s - at_s[0]), np.abs(times_s - at_s[-1]))
    beyond = (times_s < at_s[0]) | (times_s > at_s[-1])
    far = np.where(beyond, 2.0 * outside, far)
    return np.where(far <= GAP_S_MAX, between, np.nan)


def _slope(values: Floats, step_s: float) -> Floats:
    count = len(values)
    after = np.minimum(np.arange(count) + 2, count - 1)
    before = np.maximum(np.arange(count) - 2, 0)
    span = (after - before) * step_s
    rise: Floats = values[after] - values[before]
    return rise / (span[:, None] if values.ndim == 2 else span)


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value
