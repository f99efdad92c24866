"""The tracks of one instant in columns: what every safety net looks at."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from comity.domain.airspace import GEOID_M_MAX, GEOID_M_MIN, Datum, HeightBounds
from comity.domain.geometry import unit_from_degrees
from comity.domain.geometry.ellipsoid import SEMI_MAJOR_M, SEMI_MINOR_M, Floats
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

Codes = NDArray[np.uint8]

TRACKS_MAX = 4_000_000
SPEED_MPS_MAX = 3_500.0  # Mach 10: faster is no aircraft, and is left to the net for integrity
CLIMB_MPS_MAX = 1_000.0  # no aircraft climbs faster; a coded rate beyond it is a fault
HEIGHT_M_MIN = -1_000.0  # as airspace.altitude
HEIGHT_M_MAX = 100_000.0
DATUM_UNKNOWN = 255
DATUM_CODES = {Datum.WGS84: 0, Datum.EGM2008: 1, Datum.QNE: 2, Datum.AGL: 3}
_DATUMS = tuple(DATUM_CODES)


@dataclass(frozen=True, slots=True, eq=False)
class AirPicture:
    """Tracks at one instant; row k of each column is track k. NaN is «not known».

    Positions and velocities are known for every row: a track without a velocity is no row here, it
    is the business of the net's state (`net_state`). Columns left out are not known for any track.

    Attributes:
        at: the instant all rows were brought to.
        keys: (N,) names of the tracks, none twice; alerts name tracks by them.
        position_ecef_m: (N, 3) foot of the track on the WGS 84 ellipsoid.
        velocity_ecef_mps: (N, 3) over the ground; what of it is not level is left out.
        height_m: (N,) above what `datum` says.
        datum: (N,) code of `DATUM_CODES`, or `DATUM_UNKNOWN`.
        vertical_rate_mps: (N,) up; not known counts as level, and the finding says so.
        position_accuracy_m: (N,) 95 % radius.
        velocity_accuracy_mps: (N,) 95 % radius.
        turn_rate_radps: (N,) clockwise seen from above.
        turn_rate_accuracy_radps: (N,) 95 %.
        vertical_acceleration_mps2: (N,) up.
        vertical_acceleration_accuracy_mps2: (N,) 95 %.
        selected_height_m: (N,) at which the crew set the aircraft to level off; datum as `datum`.
        minima_class: (N,) row of the table of minima.
    """

    at: Instant
    keys: tuple[str, ...]
    position_ecef_m: Floats
    velocity_ecef_mps: Floats
    height_m: Floats
    datum: Codes
    vertical_rate_mps: Floats
    position_accuracy_m: Floats | None = None
    velocity_accuracy_mps: Floats | None = None
    turn_rate_radps: Floats | None = None
    turn_rate_accuracy_radps: Floats | None = None
    vertical_acceleration_mps2: Floats | None = None
    vertical_acceleration_accuracy_mps2: Floats | None = None
    selected_height_m: Floats | None = None
    minima_class: Codes | None = None

    def __post_init__(self) -> None:
        count = len(self.keys)
        if count > TRACKS_MAX:
            raise InputError("keys", f"{count} tracks; at most {TRACKS_MAX}")
        for field in fields(self):
            column = getattr(self, field.name)
            if isinstance(column, np.ndarray):
                shape = (count, 3) if field.name.endswith(("ecef_m", "ecef_mps")) else (count,)
                if column.shape != shape:
                    raise InputError(field.name, f"shape {column.shape}, not {shape}")

    def __len__(self) -> int:
        return len(self.keys)

    def column(self, name: str) -> Floats:
        """A column of (N,), NaN throughout where it was left out."""
        found = getattr(self, name)
        column: Floats = np.full(len(self), np.nan) if found is None else found
        return column


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that no net can use: which, and what is wrong with it."""

    row: int
    field: str
    why: str


def ecef_from_degrees(latitude_deg: Floats, longitude_deg: Floats) -> Floats:
    """Feet on the ellipsoid (N, 3), metres, of geodetic positions (N,)."""
    semi_axes_m = np.array([SEMI_MAJOR_M, SEMI_MAJOR_M, SEMI_MINOR_M])
    feet: Floats = unit_from_degrees(latitude_deg, longitude_deg) * semi_axes_m
    return feet


def velocity_from_track(
    latitude_deg: Floats, longitude_deg: Floats, speed_mps: Floats, track_true_rad: Floats
) -> Floats:
    """Level velocities (N, 3), earth-fixed, of ground speeds and true tracks (N,)."""
    north = np.radians(latitude_deg)
    east = np.radians(longitude_deg)
    across, along = speed_mps * np.sin(track_true_rad), speed_mps * np.cos(track_true_rad)
    outward = -np.sin(north) * along
    return np.stack(
        [
            outward * np.cos(east) - np.sin(east) * across,
            outward * np.sin(east) + np.cos(east) * across,
            np.cos(north) * along,
        ],
        axis=-1,
    )


def unusable_rows(picture: AirPicture) -> tuple[RefusedRow, ...]:
    """Rows that the nets would refuse, each with its first fault; the rest can be kept by `kept`."""
    speed = np.sqrt((picture.velocity_ecef_mps**2).sum(axis=1))
    scaled = picture.position_ecef_m / np.array([SEMI_MAJOR_M, SEMI_MAJOR_M, SEMI_MINOR_M])
    off = np.abs((scaled**2).sum(axis=1) - 1.0)
    height, rate = picture.height_m, picture.vertical_rate_mps
    with np.errstate(invalid="ignore"):
        checks = (
            ("position_ecef_m", off <= 1e-6, "not finite, or off the ellipsoid by over 3 m"),
            ("velocity_ecef_mps", speed <= SPEED_MPS_MAX, f"over {SPEED_MPS_MAX:.0f} m/s, or NaN"),
            (
                "height_m",
                np.isnan(height) | ((height >= HEIGHT_M_MIN) & (height <= HEIGHT_M_MAX)),
                f"outside {HEIGHT_M_MIN:.0f} to {HEIGHT_M_MAX:.0f} m",
            ),
            (
                "vertical_rate_mps",
                np.isnan(rate) | (np.abs(rate) <= CLIMB_MPS_MAX),
                f"over {CLIMB_MPS_MAX:.0f} m/s",
            ),
        )
    found: dict[int, RefusedRow] = {}
    for field, sound, why in checks:
        for row in np.flatnonzero(~sound).tolist():
            found.setdefault(row, RefusedRow(row, field, why))
    return tuple(found[row] for row in sorted(found))


def kept(picture: AirPicture, rows: NDArray[np.intp] | NDArray[np.bool_]) -> AirPicture:
    """The picture of some rows only: their numbers, or a mask (N,)."""
    chosen = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
    columns = {
        field.name: value[chosen]
        for field in fields(picture)
        if isinstance(value := getattr(picture, field.name), np.ndarray)
    }
    keys = tuple(picture.keys[row] for row in chosen.tolist())
    return AirPicture(at=picture.at, keys=keys, **columns)


@dataclass(frozen=True, slots=True, eq=False)
class HeightAxis:
    """Heights of all datums on one axis, the commonest datum's, and how far that may err.

    Attributes:
        height_m: (N,) on the axis; 0 where not known.
        group: (N,) equal where heights compare as they stand; 255 where with none.
        slack_m: (N,) widening against another group; infinite where nothing tells.
    """

    height_m: Floats
    group: Codes
    slack_m: Floats


def height_axis(picture: AirPicture, bounds: HeightBounds) -> HeightAxis:
    """Put heights on one axis; see `airspace.vertical` for what may be compared with what.

    Heights of the commonest datum stay as they are. Another datum's are moved by the middle of what
    the difference can be, and widened by half its range; where nothing tells, without end. Two
    datums that are not the commonest are compared through it: widened more than they need be.
    """
    known = np.isfinite(picture.height_m) & (picture.datum < len(_DATUMS))
    group = np.where(known, picture.datum, DATUM_UNKNOWN).astype(np.uint8)
    height_m = np.where(known, picture.height_m, 0.0)
    slack_m = np.where(known, 0.0, np.inf)
    counts = np.bincount(group[known], minlength=len(_DATUMS))
    common = int(np.argmax(counts))
    for code in np.flatnonzero(counts).tolist():
        if code != common:
            middle_m, half_m = datum_step(_DATUMS[code], _DATUMS[common], bounds)
            height_m[group == code] += middle_m
            slack_m[group == code] = half_m
    return HeightAxis(height_m, group, slack_m)


def datum_step(datum: Datum, onto: Datum, bounds: HeightBounds) -> tuple[float, float]:
    """What to add to a height to read it in another datum, and how far that may err (metres)."""
    if datum is onto and datum is not Datum.AGL:
        return 0.0, 0.0
    low, high = _geoid_range(datum, bounds)
    onto_low, onto_high = _geoid_range(onto, bounds)
    least, most = low - onto_high, high - onto_low
    if not np.isfinite(most - least):
        return 0.0, np.inf
    return (least + most) / 2.0, (most - least) / 2.0


def _geoid_range(datum: Datum, bounds: HeightBounds) -> tuple[float, float]:
    """Least and greatest difference of a height's EGM2008 height from it."""
    match datum:
        case Datum.EGM2008:
            return 0.0, 0.0
        case Datum.WGS84:
            return -GEOID_M_MAX, -GEOID_M_MIN
        case Datum.QNE:
            error_m = bounds.pressure_error_m
            return (-np.inf, np.inf) if error_m is None else (-error_m, error_m)
        case Datum.AGL:
            return (-np.inf, np.inf) if bounds.terrain_m is None else bounds.terrain_m
