"""Recorded rows taken as planned flights, with what was dropped and why."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from comity.adapters.recorded_traffic.rows import AircraftRows
from comity.adapters.recorded_traffic.simplify import simplify
from comity.kernel.instants import Instant

GAP_S_MAX = 300.0  # longer without a row: another flight, for nobody knows where it went
SPEED_MPS_MAX = 400.0  # 780 kt; a faster jump is a wrong position, not an aircraft
JITTER_M = 500.0  # two positions a second apart may each be stamped a second wrong
HEIGHT_M_MIN, HEIGHT_M_MAX = -500.0, 25_000.0  # outside it a barometric height is a wrong code
SIMPLIFIED_HORIZONTAL_M = 300.0
SIMPLIFIED_VERTICAL_M = 15.0  # half of what Mode C can tell apart
LEG_S_MAX = 60.0  # 14 km of a jet; a longer leg blocks more sky than it uses
POINTS_MAX = 1_001  # of one flight, whose volumes are one fewer
HORIZONTAL_UNCERTAINTY_M = 926.0  # ICAO Doc 9871: NACp 5, the least ADS-B separation asks for
VERTICAL_UNCERTAINTY_M = 30.0  # one step of Mode C; what all altimeters share is in the minima
TIME_UNCERTAINTY_S = 10.0  # the recording's step
CALLSIGN = re.compile(r"[A-Z0-9]{2,8}")
DAY_MS = 86_400_000

_GEOD = Geod(ellps="WGS84")
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RecordedPoint:
    """Where an aircraft was; heights are pressure heights (QNE)."""

    at: Instant
    latitude_deg: float
    longitude_deg: float
    pressure_height_m: float


@dataclass(frozen=True, slots=True)
class RecordedFlight:
    """One aircraft over one stretch without a gap.

    Attributes:
        callsign: as sent, or the address; a number behind it tells repeated ones apart.
        party: 0 or 1, by a digest of the address.
        points: simplified; the error of that is in the uncertainties of the recording.
        row_count: how many rows the points stand for.
    """

    callsign: str
    icao24: str
    party: int
    points: tuple[RecordedPoint, ...]
    row_count: int


@dataclass(frozen=True, slots=True)
class RecordedDay:
    """Every flight of a recording, moved by whole days.

    Attributes:
        moved_days: how many days later than recorded.
        horizontal_uncertainty_m: position error and simplification together.
        vertical_uncertainty_m: height error and simplification together.
        dropped: rows dropped, by reason.
    """

    flights: tuple[RecordedFlight, ...]
    aircraft_count: int
    row_count: int
    moved_days: int
    horizontal_uncertainty_m: float
    vertical_uncertainty_m: float
    time_uncertainty_s: float
    dropped: Mapping[str, int]


def recorded_day(aircraft: Sequence[AircraftRows], begins: Instant) -> RecordedDay:
    """Take recorded rows as the plans of a day.

    Args:
        aircraft: rows by aircraft.
        begins: 00:00 of the day that the recording's first day becomes.
    """
    dropped: Counter[str] = Counter()
    first_ms = min(
        (float(np.nanmin(one.unix_ms)) for one in aircraft if np.isfinite(one.unix_ms).any()),
        default=0.0,
    )
    moved_days = begins.unix_ms // DAY_MS - int(first_ms) // DAY_MS
    moved_ms = moved_days * DAY_MS
    seen: Counter[str] = Counter()
    flights = []
    for one in aircraft:
        party = hashlib.sha256(one.icao24.encode()).digest()[0] % 2
        for stretch in _stretches(one, dropped):
            points = _points(one, stretch, moved_ms)
            flights.append(
                RecordedFlight(
                    _callsign(one, stretch, seen), one.icao24, party, points, len(stretch)
                )
            )
    flights.sort(key=lambda flight: (flight.points[0].at, flight.callsign))
    return RecordedDay(
        tuple(flights),
        len(aircraft),
        sum(len(one.callsigns) for one in aircraft),
        moved_days,
        HORIZONTAL_UNCERTAINTY_M + SIMPLIFIED_HORIZONTAL_M,
        VERTICAL_UNCERTAINTY_M + SIMPLIFIED_VERTICAL_M,
        TIME_UNCERTAINTY_S,
        dict(sorted(dropped.items())),
    )


def _stretches(one: AircraftRows, dropped: Counter[str]) -> Iterator[NDArray[np.int64]]:
    """Indexes of the rows of each stretch without a gap, rising in time."""
    usable = _usable(one, dropped)
    order = usable[np.argsort(one.unix_ms[usable], kind="stable")]
    step_m = _distance_m(one, order[:-1], order[1:])
    stretch: list[int] = []
    for number, index in enumerate(order.tolist()):
        if not stretch:
            stretch = [index]
            continue
        before = stretch[-1]
        elapsed_s = (one.unix_ms[index] - one.unix_ms[before]) / 1000
        moved_m = (
            step_m[number - 1]
            if before == order[number - 1]
            else _distance_m(one, order[number : number + 1], np.array([before]))[0]
        )
        if elapsed_s > GAP_S_MAX:
            yield from _whole(stretch, dropped)
            stretch = [index]
        elif elapsed_s == 0.0:
            dropped["a time that stands twice"] += 1
        elif moved_m > SPEED_MPS_MAX * elapsed_s + JITTER_M:
            dropped[f"a jump faster than {SPEED_MPS_MAX:.0f} m/s"] += 1
        else:
            stretch.append(index)
    yield from _whole(stretch, dropped)


def _whole(stretch: list[int], dropped: Counter[str]) -> Iterator[NDArray[np.int64]]:
    if len(stretch) > 1:
        yield np.array(stretch, dtype=np.int64)
    elif stretch:
        dropped[f"alone within {GAP_S_MAX:.0f} s"] += 1


def _usable(one: AircraftRows, dropped: Counter[str]) -> NDArray[np.int64]:
    """Rows with a time, an address, a position and a height that can be."""
    good = np.ones(len(one.unix_ms), dtype=np.bool_)
    position_deg = np.abs(np.column_stack((one.latitude_deg, one.longitude_deg)))
    height_m = one.pressure_height_m
    for reason, bad in (
        ("no address", np.full(len(good), not one.icao24)),
        ("no time", ~(one.unix_ms >= 0)),
        ("no position", np.isnan(position_deg).any(axis=1)),
        ("a position off the Earth", (position_deg > (90.0, 180.0)).any(axis=1)),
        ("no height", np.isnan(height_m)),
        ("a height out of range", (height_m < HEIGHT_M_MIN) | (height_m > HEIGHT_M_MAX)),
    ):
        count = int((good & bad).sum())
        if count:
            dropped[reason] += count
        good &= ~bad
    return np.flatnonzero(good)


def _distance_m(one: AircraftRows, here: NDArray[np.int64], there: NDArray[np.int64]) -> Floats:
    _, _, distance_m = _GEOD.inv(
        one.longitude_deg[here],
        one.latitude_deg[here],
        one.longitude_deg[there],
        one.latitude_deg[there],
    )
    return np.asarray(distance_m, dtype=np.float64)


def _points(
    one: AircraftRows, stretch: NDArray[np.int64], moved_ms: int
) -> tuple[RecordedPoint, ...]:
    """The simplified stretch; legs grow until the flight has few enough points."""
    leg_s_max = LEG_S_MAX
    while True:
        kept = stretch[
            simplify(
                one.unix_ms[stretch] / 1000,
                one.latitude_deg[stretch],
                one.longitude_deg[stretch],
                one.pressure_height_m[stretch],
                horizontal_m=SIMPLIFIED_HORIZONTAL_M,
                vertical_m=SIMPLIFIED_VERTICAL_M,
                leg_s_max=leg_s_max,
            )
        ]
        if len(kept) <= POINTS_MAX or leg_s_max > GAP_S_MAX:
            break
        leg_s_max *= 2
    return tuple(
        RecordedPoint(
            Instant(int(one.unix_ms[index]) + moved_ms),
            float(one.latitude_deg[index]),
            float(one.longitude_deg[index]),
            float(one.pressure_height_m[index]),
        )
        for index in kept[:POINTS_MAX]
    )


def _callsign(one: AircraftRows, stretch: NDArray[np.int64], seen: Counter[str]) -> str:
    """The callsign sent first, or the address; repeated ones get a number."""
    sent = [one.callsigns[index] for index in stretch if CALLSIGN.fullmatch(one.callsigns[index])]
    callsign = sent[0] if sent else one.icao24.upper()
    seen[callsign] += 1
    return callsign if seen[callsign] == 1 else f"{callsign}-{seen[callsign]}"
