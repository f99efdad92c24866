"""A day of flights of two invented services between real airports, the same for the same seed."""

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from pyproj import Geod

from comity.adapters.generated_traffic.performance import (
    HELICOPTER,
    JET,
    LIGHT_UAS,
    TURBOPROP,
    Performance,
)
from comity.adapters.generated_traffic.profile import (
    Place,
    PlannedPoint,
    Profile,
    Route,
    fly,
)
from comity.adapters.generated_traffic.region import (
    FAR_AWAY,
    SERVICES,
    Airport,
    Service,
    airport,
)
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant
from comity.kernel.units import metres_from_flight_level

FLIGHTS_MIN, FLIGHTS_MAX = 60, 5_000  # fewer cannot hold what is planted; more fill the airports
SLOT_S = 960.0  # 16 minutes: a movement's first and last leg are over before the next one's
TRIES_MAX = 400  # a full airport is given up and another one taken
FIRST_S, LAST_S = 4 * 3600.0, 21 * 3600.0  # departures from 04:00 to 21:00
PLANTED_COUNT = 8
DELAY_S = 45 * 60.0  # the change of plan
BENT_SHARE = 0.2  # of the flights go by a waypoint beside the direct line
MIX = ((JET, 0.42), (TURBOPROP, 0.30), (HELICOPTER, 0.16), (LIGHT_UAS, 0.12))
UAS_HEIGHT_M = 100.0  # above the airport nearest to it; 120 m is the limit of the open category

_GEOD = Geod(ellps="WGS84")


class Role(StrEnum):
    """Why a flight is in the day."""

    ROUTINE = "routine"
    PATROL = "patrol"
    PLANTED = "planted"
    """Meets the flight `against` at its height and time: not both can be accepted."""
    CHANGED = "changed"
    """Is declared, and later moved to `changed_points`."""
    EMERGENCY = "emergency"
    """Is announced without assent and meets the flight `against`."""
    OUTSIDE = "outside"
    """Flies where no agreement round the Baltic covers it."""
    UNDECIDED = "undecided"
    """Has heights above ground that cannot be compared with those of the flight `against`."""


@dataclass(frozen=True, slots=True)
class GeneratedFlight:
    """One flight of one service.

    Attributes:
        service: index into `SERVICES`.
        priority: a class of the precedence table.
        origin: ICAO code of the airport it leaves, or leaves from near.
        destination: ICAO code of the airport it reaches, or ends near.
        datum: of the heights of its points: QNE, EGM2008 or AGL.
        against: callsign of the flight it was made to meet.
        changed_points: the same flight after its change of plan; empty where there is none.
    """

    callsign: str
    service: int
    role: Role
    priority: str
    performance: Performance
    origin: str
    destination: str
    datum: str
    points: tuple[PlannedPoint, ...]
    against: str | None = None
    changed_points: tuple[PlannedPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class GeneratedDay:
    """Flights in the order in which they are declared."""

    seed: int
    begins: Instant
    services: tuple[Service, Service]
    flights: tuple[GeneratedFlight, ...]


def generate_day(seed: int, begins: Instant, flight_count: int = 360) -> GeneratedDay:
    """Make a day. The same arguments give the same day.

    Args:
        seed: any integer.
        begins: 00:00 of the day.
        flight_count: how many flights, planted ones included.

    Raises:
        InputError: too few or too many flights.
    """
    if not FLIGHTS_MIN <= flight_count <= FLIGHTS_MAX:
        raise InputError("flights", f"{flight_count} is outside {FLIGHTS_MIN} to {FLIGHTS_MAX}")
    maker = _Maker(random.Random(seed), begins)  # noqa: S311  # repeatable chance, no secret
    extra_count = PLANTED_COUNT + 3
    flights = [maker.ordinary(number % 2) for number in range(flight_count - extra_count)]
    jets = iter([f for f in flights if f.performance is JET])
    flights += [maker.meeting(jets, Role.PLANTED) for _ in range(PLANTED_COUNT)]
    flights.append(maker.meeting(jets, Role.EMERGENCY))
    flights.append(maker.outside())
    flights.append(maker.undecided(_first(flights, HELICOPTER)))
    changed = _first(jets, JET)
    later = tuple(replace(point, at=point.at.plus_s(DELAY_S)) for point in changed.points)
    flights[flights.index(changed)] = replace(changed, role=Role.CHANGED, changed_points=later)
    return GeneratedDay(seed, begins, SERVICES, tuple(flights))


@dataclass(frozen=True, slots=True)
class _Trip:
    """Who flies what, why, from where to where."""

    service: int
    role: Role
    performance: Performance
    origin: Airport
    destination: Airport


@dataclass
class _Maker:
    """Draws flights one after the other, and remembers every airport's movements."""

    chance: random.Random
    begins: Instant
    movements_s: dict[str, list[float]] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=lambda: [100, 100])

    def ordinary(self, service: int) -> GeneratedFlight:
        """A flight that nobody planned to meet."""
        performance = self._mixed()
        if performance is LIGHT_UAS:
            return self._survey(service)
        if performance is TURBOPROP and self.chance.random() < BENT_SHARE:
            return self._patrol(service)
        for _ in range(TRIES_MAX):
            origin, destination = self._pair(service, performance)
            trip = _Trip(service, Role.ROUTINE, performance, origin, destination)
            made = self._fly(trip, self._bent(trip))
            if made is not None:
                return made
        raise InputError("flights", "the airports are full; ask for fewer flights")

    def meeting(self, candidates: Iterator[GeneratedFlight], role: Role) -> GeneratedFlight:
        """A flight of the other service that meets a candidate at its place, height and time.

        Takes candidates until one can be met; so each is met at most once.
        """
        for met in candidates:
            service = 1 - met.service
            for point in _cruise_points(met):
                for origin, destination in self._pairs(service):
                    trip = _Trip(service, role, JET, origin, destination)
                    made = self._by(trip, met, point)
                    if made is not None:
                        return made
        raise InputError("flights", "too few to plant a meeting among; ask for more flights")

    def outside(self) -> GeneratedFlight:
        """A flight far from the region."""
        trip = _Trip(1, Role.OUTSIDE, JET, airport(FAR_AWAY[0]), airport(FAR_AWAY[1]))
        places = [_place(trip.origin), _place(trip.destination)]
        for _ in range(TRIES_MAX):
            made = self._fly(trip, places)
            if made is not None:
                return made
        raise InputError("flights", "no slot for the flight outside")

    def undecided(self, met: GeneratedFlight) -> GeneratedFlight:
        """A drone under a helicopter's way, its height given above ground only."""
        near = airport(met.origin)
        trip = _Trip(1 - met.service, Role.UNDECIDED, LIGHT_UAS, near, near)
        middle = met.points[len(met.points) // 2]
        start = middle.latitude_deg, middle.longitude_deg
        end = _moved(start, 45.0, 5_000.0)
        route = Route([start, end])
        profile = Profile(LIGHT_UAS, route.length_m, 0.0, UAS_HEIGHT_M, 0.0)
        points = fly(route, profile, middle.at.plus_s(-60.0))
        return self._flight(trip, points, "AGL", met.callsign)

    def _mixed(self) -> Performance:
        drawn, total = self.chance.random(), 0.0
        for performance, share in MIX:
            total += share
            if drawn < total:
                return performance
        return MIX[0][0]

    def _pair(self, service: int, performance: Performance) -> tuple[Airport, Airport]:
        """An airport of the service's own, and one of either; jets use hubs."""
        own, other = SERVICES[service], SERVICES[1 - service]
        small = performance is not JET
        here = own.hubs + own.fields * small
        there = (*here, *other.hubs, *(other.fields * small))
        if performance is HELICOPTER:
            there = here
        ends = [airport(self._one(here)), airport(self._one(there))]
        if self.chance.random() < 0.5:
            ends.reverse()
        return ends[0], ends[1]

    def _pairs(self, service: int) -> Iterator[tuple[Airport, Airport]]:
        """Pairs of hubs in an order drawn anew: the service's own first, then either's."""
        own = SERVICES[service].hubs
        every = (*own, *SERVICES[1 - service].hubs)
        pairs = [(a, b) for a in own for b in every if a != b]
        pairs += [(b, a) for a, b in pairs]
        while pairs:
            origin, destination = pairs.pop(int(self.chance.random() * len(pairs)))
            yield airport(origin), airport(destination)

    def _one(self, names: Sequence[str]) -> str:
        return names[int(self.chance.random() * len(names))]

    def _bent(self, trip: _Trip) -> list[Place]:
        """The direct line, or one by a waypoint beside it."""
        start, end = _place(trip.origin), _place(trip.destination)
        if trip.performance is HELICOPTER or self.chance.random() >= BENT_SHARE or start == end:
            return [start, end]
        azimuth_deg, _, length_m = _GEOD.inv(start[1], start[0], end[1], end[0])
        middle = _moved(start, azimuth_deg, length_m * (0.4 + 0.2 * self.chance.random()))
        side_deg = azimuth_deg + (90.0 if self.chance.random() < 0.5 else -90.0)
        return [start, _moved(middle, side_deg, 0.08 * length_m * self.chance.random()), end]

    def _patrol(self, service: int) -> GeneratedFlight:
        """Out, round three corners of a square, and home."""
        for _ in range(TRIES_MAX):
            home = airport(self._one(SERVICES[service].hubs))
            side_m = 70_000.0 + 60_000.0 * self.chance.random()
            azimuth_deg = 360.0 * self.chance.random()
            places = [_place(home)]
            for turn_deg in (0.0, 90.0, 180.0):
                places.append(_moved(places[-1], azimuth_deg + turn_deg, side_m))
            trip = _Trip(service, Role.PATROL, TURBOPROP, home, home)
            made = self._fly(trip, [*places, places[0]])
            if made is not None:
                return replace(made, priority="state")
        raise InputError("flights", "the airports are full; ask for fewer flights")

    def _survey(self, service: int) -> GeneratedFlight:
        """A drone's line in the country round an airport, clear of the airport itself."""
        own = SERVICES[service]
        near = airport(self._one(own.hubs + own.fields))
        start = _moved(
            _place(near), 360 * self.chance.random(), 20_000 + 30_000 * self.chance.random()
        )
        least_m, most_m = LIGHT_UAS.range_m
        length_m = least_m + (most_m - least_m) * self.chance.random()
        route = Route([start, _moved(start, 360 * self.chance.random(), length_m)])
        ground_m = near.elevation_m
        profile = Profile(LIGHT_UAS, route.length_m, ground_m, ground_m + UAS_HEIGHT_M, ground_m)
        departs = self.begins.plus_s(FIRST_S + (LAST_S - FIRST_S) * self.chance.random())
        trip = _Trip(service, Role.ROUTINE, LIGHT_UAS, near, near)
        return self._flight(trip, fly(route, profile, departs), "EGM2008")

    def _fly(self, trip: _Trip, places: list[Place]) -> GeneratedFlight | None:
        """A flight at some time of the day, or None where it does not fit."""
        route, performance = Route(places), trip.performance
        least_m, most_m = performance.range_m
        if not least_m <= route.length_m <= most_m:
            return None
        levels = _levels(performance, places)
        level = levels[int(self.chance.random() * len(levels))]
        profile = _profile(trip, route, metres_from_flight_level(level))
        departs_s = FIRST_S + round((LAST_S - FIRST_S) * self.chance.random() / 60) * 60.0
        if not (profile.fits and _turns_fit(route, performance)):
            return None
        if not self._take(trip, departs_s, profile):
            return None
        return self._flight(trip, fly(route, profile, self.begins.plus_s(departs_s)), "QNE")

    def _by(self, trip: _Trip, met: GeneratedFlight, point: PlannedPoint) -> GeneratedFlight | None:
        """A jet by `point`, at its height and time, or None where that cannot be flown."""
        places = [
            _place(trip.origin),
            (point.latitude_deg, point.longitude_deg),
            _place(trip.destination),
        ]
        route = Route(places)
        profile = _profile(trip, route, point.pressure_height_m)
        by_m = route.corners_m[0]
        cruises = profile.climb_m <= by_m <= route.length_m - profile.descent_m
        levels = [metres_from_flight_level(level) for level in _levels(JET, places)]
        at_level = any(abs(level_m - point.pressure_height_m) < 1.0 for level_m in levels)
        least_m, most_m = JET.range_m
        if not (cruises and at_level and least_m <= route.length_m <= most_m):
            return None
        departs_s = point.at.minus(self.begins) - profile.time_s(by_m)
        if not (FIRST_S <= departs_s <= LAST_S and profile.fits and _turns_fit(route, JET)):
            return None
        if not self._take(trip, departs_s, profile):
            return None
        points = fly(route, profile, self.begins.plus_s(departs_s))
        made = self._flight(trip, points, "QNE", met.callsign)
        return replace(made, priority="medical") if trip.role is Role.EMERGENCY else made

    def _take(self, trip: _Trip, departs_s: float, profile: Profile) -> bool:
        """Take a slot at both ends, or neither."""
        arrives_s = departs_s + profile.time_s(profile.length_m)
        wanted = ((trip.origin.icao, departs_s), (trip.destination.icao, arrives_s))
        for icao, at_s in wanted:
            if any(abs(at_s - taken_s) < SLOT_S for taken_s in self.movements_s.get(icao, ())):
                return False
        for icao, at_s in wanted:
            self.movements_s.setdefault(icao, []).append(at_s)
        return True

    def _flight(
        self,
        trip: _Trip,
        points: tuple[PlannedPoint, ...],
        datum: str,
        against: str | None = None,
    ) -> GeneratedFlight:
        self.numbers[trip.service] += 1
        return GeneratedFlight(
            callsign=f"{SERVICES[trip.service].prefix}{self.numbers[trip.service]}",
            service=trip.service,
            role=trip.role,
            priority="general",
            performance=trip.performance,
            origin=trip.origin.icao,
            destination=trip.destination.icao,
            datum=datum,
            points=points,
            against=against,
        )


def _first(flights: Iterable[GeneratedFlight], performance: Performance) -> GeneratedFlight:
    for flight in flights:
        if flight.performance is performance:
            return flight
    raise InputError("flights", f"no {performance.flight_class} among them; ask for more flights")


def _place(port: Airport) -> Place:
    return port.latitude_deg, port.longitude_deg


def _moved(place: Place, azimuth_deg: float, distance_m: float) -> Place:
    longitude_deg, latitude_deg, _ = _GEOD.fwd(place[1], place[0], azimuth_deg, distance_m)
    return latitude_deg, longitude_deg


def _levels(performance: Performance, places: Sequence[Place]) -> list[int]:
    """Levels for the direction: odd thousands of feet eastbound, even westbound.

    Source: ICAO Annex 2, appendix 3, with true tracks for magnetic ones.
    """
    start, end = places[0], places[-1]
    if start == end:
        end = places[1]
    azimuth_deg, _, _ = _GEOD.inv(start[1], start[0], end[1], end[0])
    odd = azimuth_deg % 360.0 < 180.0
    return [level for level in performance.cruise_levels if (level // 10 % 2 == 1) is odd]


def _profile(trip: _Trip, route: Route, cruise_m: float) -> Profile:
    return Profile(
        trip.performance,
        route.length_m,
        trip.origin.elevation_m,
        cruise_m,
        trip.destination.elevation_m,
    )


def _turns_fit(route: Route, performance: Performance) -> bool:
    """Each turn is within the class's limit and begins after the last one has ended."""
    ends_m = 0.0
    for corner_m, turn_rad in zip(route.corners_m, route.turns_rad(), strict=True):
        lead_m = performance.turn_radius_m * math.tan(turn_rad / 2)
        if turn_rad > performance.turn_rad_max or corner_m - lead_m < ends_m:
            return False
        ends_m = corner_m + lead_m
    return ends_m <= route.length_m


def _cruise_points(flight: GeneratedFlight) -> list[PlannedPoint]:
    top_m = max(point.pressure_height_m for point in flight.points)
    return [point for point in flight.points if point.pressure_height_m == top_m]
