"""Flights of a relief service between the fields of one region, the same for the same seed."""

import random
from collections.abc import Sequence

from comity.adapters.generated_traffic.day import GeneratedFlight, Role
from comity.adapters.generated_traffic.performance import HELICOPTER, TURBOPROP
from comity.adapters.generated_traffic.profile import Profile, Route, fly
from comity.adapters.generated_traffic.region import RELIEF, airport
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant
from comity.kernel.units import metres_from_flight_level

RELIEF_SERVICE = 2  # its index among the parties
FIRST_S, LAST_S = 5 * 3600.0, 19 * 3600.0
TRIES_MAX = 400
MEDICAL_EACH = 4  # every fourth flight carries a patient
RELIEF_FIRST = 11  # number of the first flight


def relief_flights(
    seed: int, begins: Instant, fields: Sequence[str], count: int, level_raised: int = 0
) -> list[GeneratedFlight]:
    """Make the relief service's flights of one day, spread over it.

    Args:
        seed: any integer.
        begins: 00:00 of the day.
        fields: ICAO codes of the airports that it serves.
        count: how many flights.
        level_raised: flight levels above those of the class, over mountains.

    Raises:
        InputError: no two of the fields are near enough to each other, or far enough apart.
    """
    chance = random.Random(seed)  # noqa: S311  # repeatable chance, no secret
    flights: list[GeneratedFlight] = []
    for _ in range(TRIES_MAX * count):
        if len(flights) == count:
            break
        origin, destination = (airport(code) for code in chance.sample(list(fields), 2))
        route = Route(
            [
                (origin.latitude_deg, origin.longitude_deg),
                (destination.latitude_deg, destination.longitude_deg),
            ]
        )
        limits = HELICOPTER if route.length_m <= TURBOPROP.range_m[0] else TURBOPROP
        level = chance.choice(limits.cruise_levels[:4]) + level_raised
        cruise_m = metres_from_flight_level(level)
        profile = Profile(
            limits, route.length_m, origin.elevation_m, cruise_m, destination.elevation_m
        )
        if not limits.range_m[0] <= route.length_m <= limits.range_m[1] or not profile.fits:
            continue
        number = len(flights)
        share = (number + chance.random() / 2) / count
        departs_s = FIRST_S + round((LAST_S - FIRST_S) * share / 60) * 60.0
        flights.append(
            GeneratedFlight(
                callsign=f"{RELIEF.prefix}{RELIEF_FIRST + number}",
                service=RELIEF_SERVICE,
                role=Role.ROUTINE,
                priority="medical" if number % MEDICAL_EACH == 0 else "relief",
                performance=limits,
                origin=origin.icao,
                destination=destination.icao,
                datum="QNE",
                points=fly(route, profile, begins.plus_s(departs_s)),
            )
        )
    if len(flights) < count:
        raise InputError("flights", "the fields of the relief service do not fit its aircraft")
    return flights
