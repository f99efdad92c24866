"""Live traffic made from a seed: where every aircraft is at any second, for as long as it is asked.

A staged flight is laid out in kilometres round a centre, so that one stage serves any region. Between
airports fly others, each again every `PERIOD_S`; they are drawn so that none comes near another or near what is staged.
"""

import itertools
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from comity.adapters.generated_traffic.performance import JET, TURBOPROP
from comity.adapters.generated_traffic.profile import Place, PlannedPoint, Profile, Route, fly
from comity.adapters.generated_traffic.region import airport
from comity.kernel.instants import Instant
from comity.kernel.units import METRES_PER_FOOT, MPS_PER_KNOT, metres_from_flight_level

Floats = NDArray[np.float64]

PERIOD_S = 5_400.0  # every aircraft between airports flies again after it
REST_S = 240.0  # at least so long on the ground between two flights
STEP_S = 10.0  # of the look for pairs that come near
NEAR_M, NEAR_HEIGHT_M = 22_000.0, 500.0  # well over any minima; levels are 300 m apart
AHEAD_S = (0.0, 60.0, 120.0)  # a climb is followed as far as the nets look ahead
LEG_KM_MAX = 20.0  # straight lines in degrees are within 20 m of the geodesic over such a leg
TRIES_EACH = 40
FIRST_ADDRESS = 0x100  # not assigned to anybody; reported as no ICAO address
SPEED_OVER_S = 2.0
KM_M = 1_000.0
DEGREE_M = 111_320.0  # of latitude; to tell near from far

_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the staged scene is laid out: kilometres east and north of a centre, times a scale."""

    centre_deg: Place
    scale: float
    level_raised: int

    def place(self, east_km: float, north_km: float) -> Place:
        """Latitude and longitude in degrees."""
        azimuth_deg = math.degrees(math.atan2(east_km, north_km))
        away_m = math.hypot(east_km, north_km) * self.scale * KM_M
        longitude_deg, latitude_deg, _ = _GEOD.fwd(
            self.centre_deg[1], self.centre_deg[0], azimuth_deg, away_m
        )
        return round(latitude_deg, 6), round(longitude_deg, 6)

    def height_m(self, level: int) -> float:
        """Pressure height of a flight level of the stage."""
        return metres_from_flight_level(level + self.level_raised)


@dataclass(frozen=True, slots=True)
class Flown:
    """One aircraft's way: where it is at each of some instants, straight lines in between.

    Attributes:
        address: 24 bits; that of the first flight where it flies again.
        callsign: with `{}` for the number of the flight where it flies again.
        time_s: (N,) since the traffic began, ascending.
        latitude_deg: (N,).
        longitude_deg: (N,).
        height_m: (N,) pressure heights.
        period_s: it flies again after so long; None: once.
    """

    address: int
    callsign: str
    time_s: Floats
    latitude_deg: Floats
    longitude_deg: Floats
    height_m: Floats
    period_s: float | None = None

    def at(self, since_s: float) -> tuple[float, float, float, int] | None:
        """Latitude, longitude, pressure height and the number of the flight; None where it does not fly."""
        number, within_s = 0, since_s
        if self.period_s is not None:
            number = math.floor((since_s - self.time_s[0]) / self.period_s)
            within_s = since_s - number * self.period_s
        if not self.time_s[0] <= within_s <= self.time_s[-1]:
            return None
        place = (self.latitude_deg, self.longitude_deg, self.height_m)
        latitude, longitude, height = (
            float(np.interp(within_s, self.time_s, each)) for each in place
        )
        return latitude, longitude, height, number

    def report(self, since_s: float, off_deg: float = 0.0) -> dict[str, object] | None:
        """What an antenna hears of it, as `aircraft.json` spells it; None where it does not fly.

        Args:
            since_s: since the traffic began.
            off_deg: how far the position told lies north of the aircraft.
        """
        here = self.at(since_s)
        if here is None:
            return None
        latitude, longitude, height_m, number = here
        told: dict[str, object] = {
            "hex": f"~{self.address + max(number, 0):06x}",
            "type": "adsb_other",
            "flight": self.callsign.format(number % 90 + 10),
            "lat": round(latitude + off_deg, 6),
            "lon": round(longitude, 6),
            "alt_baro": round(height_m / METRES_PER_FOOT / 25) * 25,
            "nic": 8,
            "nac_p": 9,
            "seen_pos": 0.0,
            "seen": 0.0,
        }
        first, second = self.at(since_s - SPEED_OVER_S), here
        if first is None or first[3] != number:
            first, after = here, self.at(since_s + SPEED_OVER_S)
            if after is None:
                return told
            second = after
        (lat_a, lon_a, height_a, _), (lat_b, lon_b, height_b, _) = first, second
        azimuth_deg, _, moved_m = _GEOD.inv(lon_a, lat_a, lon_b, lat_b)
        return told | {
            "gs": round(moved_m / SPEED_OVER_S / MPS_PER_KNOT, 1),
            "track": round(azimuth_deg % 360.0, 2),
            "baro_rate": round((height_b - height_a) / SPEED_OVER_S / METRES_PER_FOOT * 60 / 64)
            * 64,
        }


def snapshot(flown: Sequence[Flown], now: Instant, since_s: float, seed: int) -> dict[str, object]:
    """All aircraft in the air, as one antenna with errors of its own hears them."""
    chance = random.Random(f"{seed} {int(since_s)}")  # noqa: S311  # repeatable chance, no secret
    heard = [each.report(since_s, chance.gauss(0.0, 5.0) / DEGREE_M) for each in flown]
    return {
        "now": round(now.unix_ms / 1_000, 1),
        "aircraft": [each for each in heard if each is not None],
    }


def staged(
    stage: Stage,
    callsign: str,
    address: int,
    way: Sequence[tuple[float, float, float, int]],
) -> Flown:
    """A flight of the scene.

    Args:
        stage: where.
        callsign: as it is sent.
        address: 24 bits.
        way: (seconds since the traffic began, kilometres east, kilometres north, flight level).
    """
    points = [way[0]]
    for (t0, e0, n0, level0), (t1, e1, n1, level1) in itertools.pairwise(way):
        parts = max(1, math.ceil(math.hypot(e1 - e0, n1 - n0) / LEG_KM_MAX))
        for part in range(1, parts + 1):
            share = part / parts
            level = level0 + (level1 - level0) * share
            points.append(
                (
                    t0 + (t1 - t0) * share,
                    e0 + (e1 - e0) * share,
                    n0 + (n1 - n0) * share,
                    round(level),
                )
            )
    places = np.array([stage.place(east, north) for _, east, north, _ in points])
    return Flown(
        address,
        callsign,
        np.array([each[0] for each in points], dtype=float),
        places[:, 0],
        places[:, 1],
        np.array([stage.height_m(each[3]) for each in points]),
    )


def planned_points(flown: Flown, begins: Instant) -> tuple[PlannedPoint, ...]:
    """The way as a plan; `begins` is when the traffic began."""
    return tuple(
        PlannedPoint(begins.plus_s(float(time)), float(lat), float(lon), round(float(height), 1))
        for time, lat, lon, height in zip(
            flown.time_s, flown.latitude_deg, flown.longitude_deg, flown.height_m, strict=True
        )
    )


def between_airports(
    seed: int,
    airports: Sequence[str],
    count: int,
    avoided: Sequence[Flown],
    avoided_places: Mapping[Place, float],
    callsign: str = "CIV{}",
) -> list[Flown]:
    """Aircraft between airports, each again every period; none comes near another or what is avoided.

    Args:
        seed: any integer; the same arguments give the same traffic.
        airports: ICAO codes.
        count: at most so many; fewer where no more have room.
        avoided: flights of the scene; their ways are kept clear of at all times.
        avoided_places: places that no way comes near, and how near in metres.
        callsign: the first letters.
    """
    chance = random.Random(seed)  # noqa: S311  # repeatable chance, no secret
    found: list[Flown] = []
    kept: list[_Samples] = []
    ways = [_Samples.of(each) for each in avoided]
    for tried in range(count * TRIES_EACH):
        if len(found) == count:
            break
        drawn = _drawn(chance, airports, tried)
        if drawn is None or _comes_near(drawn, avoided_places):
            continue
        samples = _Samples.of(drawn)
        if any(samples.crosses(way) for way in ways) or any(map(samples.near, kept)):
            continue
        kept.append(samples)
        number = len(found)
        address = FIRST_ADDRESS + (number << 8)
        found.append(
            Flown(
                address,
                callsign.format(f"{number + 1}{{}}"),
                *(drawn.time_s, drawn.latitude_deg, drawn.longitude_deg, drawn.height_m),
                PERIOD_S,
            )
        )
    return found


def _drawn(chance: random.Random, airports: Sequence[str], address: int) -> Flown | None:
    """A flight from one airport to another at some time of the period; None where it is no flight."""
    origin, destination = (airport(code) for code in chance.sample(list(airports), 2))
    limits = JET if chance.random() < 0.55 else TURBOPROP
    route = Route(
        [
            (origin.latitude_deg, origin.longitude_deg),
            (destination.latitude_deg, destination.longitude_deg),
        ]
    )
    level = chance.choice(limits.cruise_levels)
    profile = Profile(
        *(limits, route.length_m, origin.elevation_m),
        *(metres_from_flight_level(level), destination.elevation_m),
    )
    starts_s = -chance.random() * PERIOD_S
    if not profile.fits or profile.time_s(route.length_m) > PERIOD_S - REST_S:
        return None
    began = Instant(0)
    points = fly(route, profile, began)
    return Flown(
        address,
        "",
        np.array([starts_s + point.at.minus(began) for point in points]),
        np.array([point.latitude_deg for point in points]),
        np.array([point.longitude_deg for point in points]),
        np.array([point.pressure_height_m for point in points]),
        PERIOD_S,
    )


def _comes_near(flown: Flown, places: Mapping[Place, float]) -> bool:
    for here, there in itertools.pairwise(
        zip(flown.latitude_deg, flown.longitude_deg, strict=True)
    ):
        for share in np.linspace(0.0, 1.0, 12):
            lat = here[0] + (there[0] - here[0]) * share
            lon = here[1] + (there[1] - here[1]) * share
            for place, away_m in places.items():
                if _GEOD.inv(lon, lat, place[1], place[0])[2] < away_m:
                    return True
    return False


@dataclass(frozen=True, slots=True)
class _Samples:
    """Where one is at each step of the period, in metres on a local plane; NaN where it does not fly."""

    east_m: Floats
    north_m: Floats
    height_m: Floats
    rate_mps: Floats

    @classmethod
    def of(cls, flown: Flown) -> "_Samples":
        steps = np.arange(0.0, PERIOD_S, STEP_S)
        within = steps
        if flown.period_s is not None:
            within = (steps - flown.time_s[0]) % flown.period_s + flown.time_s[0]
        flies = (within >= flown.time_s[0]) & (within <= flown.time_s[-1])
        lat, lon, height = (
            np.where(flies, np.interp(within, flown.time_s, each), math.nan)
            for each in (flown.latitude_deg, flown.longitude_deg, flown.height_m)
        )
        north = lat * DEGREE_M
        east = lon * DEGREE_M * math.cos(math.radians(float(np.mean(flown.latitude_deg))))
        rate = np.gradient(height, STEP_S)
        return cls(east, north, height, rate)

    def crosses(self, way: "_Samples") -> bool:
        """Whether it is ever near the other's way, whenever the other flies it."""
        flown = np.isfinite(way.east_m)
        away_m = np.hypot(
            self.east_m[:, None] - way.east_m[None, flown],
            self.north_m[:, None] - way.north_m[None, flown],
        )
        apart_m = np.abs(self.height_m[:, None] - way.height_m[None, flown])
        climbs_m = np.abs(self.rate_mps[:, None]) * AHEAD_S[-1]
        return bool(np.any((away_m < NEAR_M) & (apart_m < NEAR_HEIGHT_M + climbs_m)))

    def near(self, other: "_Samples") -> bool:
        away_m = np.hypot(self.east_m - other.east_m, self.north_m - other.north_m)
        close = away_m < NEAR_M  # NaN is not
        for ahead_s in AHEAD_S:
            apart_m = self.height_m - other.height_m + ahead_s * (self.rate_mps - other.rate_mps)
            if bool(np.any(close & ~(np.abs(apart_m) >= NEAR_HEIGHT_M))):
                return True
        return False
