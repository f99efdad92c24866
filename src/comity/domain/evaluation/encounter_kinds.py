"""Kinds of encounters: two to four flights each, within what real types of aircraft can fly.

Each kind is drawn by chance within its bounds; whether separation is lost is not said here, it is
measured afterwards on what was flown.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from comity.domain.evaluation.encounter_motion import STEP_S
from comity.domain.geometry.ellipsoid import Floats

BEFORE_S = 240.0  # of flight before the instant the encounter is drawn around
AFTER_S = 120.0
STEPS = round((BEFORE_S + AFTER_S) / STEP_S)
TIMES_S = np.arange(STEPS) * STEP_S - BEFORE_S
GRAVITY_MPS2 = 9.80665
ROLL_S = 4.0  # into a turn and out of it
VERTICAL_CHANGE_MPS2 = 0.5  # 0.05 g, as passengers are flown


@dataclass(frozen=True, slots=True)
class AircraftType:
    """What a type can fly; bounds rounded from public type certificate and performance data.

    Attributes:
        speed_mps: least and greatest over the ground at its heights.
        height_m: least and greatest.
        climb_mps: greatest, and descent.
        bank_deg: in turns.
    """

    name: str
    speed_mps: tuple[float, float]
    height_m: tuple[float, float]
    climb_mps: float
    bank_deg: float


AIRLINER = AircraftType("airliner", (200.0, 255.0), (8_500.0, 11_800.0), 12.0, 25.0)
AIRLINER_LOW = AircraftType(
    "airliner in the terminal area", (105.0, 160.0), (1_500.0, 4_500.0), 13.0, 25.0
)
TURBOPROP = AircraftType("turboprop", (100.0, 145.0), (2_500.0, 7_000.0), 8.0, 27.0)
LIGHT = AircraftType("light aircraft", (40.0, 70.0), (500.0, 2_500.0), 4.0, 30.0)
HELICOPTER = AircraftType("helicopter", (35.0, 70.0), (200.0, 1_800.0), 6.0, 30.0)
FIGHTER = AircraftType("fighter", (200.0, 310.0), (1_500.0, 12_000.0), 60.0, 60.0)
UNCREWED = AircraftType("uncrewed, medium altitude", (55.0, 95.0), (3_000.0, 7_500.0), 5.0, 25.0)
TYPES = (AIRLINER, AIRLINER_LOW, TURBOPROP, LIGHT, HELICOPTER, FIGHTER, UNCREWED)


@dataclass(slots=True)
class Flight:
    """One flight of an encounter, drawn around the meeting at 0 s.

    Attributes:
        kind: type of aircraft.
        north_m, east_m: place at `anchor_s`, from the encounter's place.
        track_deg, speed_mps, height_m: then.
        anchor_s: the instant of the state.
        turn_degps, climb_mps, acceleration_mps2: (STEPS,).
    """

    kind: AircraftType
    north_m: float
    east_m: float
    track_deg: float
    speed_mps: float
    height_m: float
    anchor_s: float = 0.0
    turn_degps: Floats = field(default_factory=lambda: np.zeros(STEPS))
    climb_mps: Floats = field(default_factory=lambda: np.zeros(STEPS))
    acceleration_mps2: Floats = field(default_factory=lambda: np.zeros(STEPS))


@dataclass(slots=True)
class Encounter:
    """Flights that meet.

    Attributes:
        kind: name of the kind.
        flights: two to four.
        agreed: all fly close by agreement.
        mixed_datums: the second states ellipsoid height only.
    """

    kind: str
    flights: list[Flight]
    agreed: bool = False
    mixed_datums: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """What kinds draw with: chance, and the minima that matter."""

    rng: np.random.Generator
    horizontal_m: float
    vertical_m: float

    def between(self, low: float, high: float) -> float:
        """Any value between."""
        return float(self.rng.uniform(low, high))

    def likely(self, share: float) -> bool:
        """True for this share of draws."""
        return bool(self.rng.random() < share)

    def one_of(self, *values: AircraftType) -> AircraftType:
        """One of them."""
        return values[int(self.rng.integers(len(values)))]

    def sign(self) -> float:
        """-1 or 1."""
        return 1.0 if self.likely(0.5) else -1.0


def held(start_s: float, end_s: float, value: float, ramp_s: float) -> Floats:
    """A control that rises to a value, holds and falls again, in ramps."""
    up = np.clip((TIMES_S - start_s) / ramp_s, 0.0, 1.0)
    down = np.clip((end_s - TIMES_S) / ramp_s, 0.0, 1.0)
    shape: Floats = value * np.minimum(up, down)
    return shape


def climbing(start_s: float, end_s: float, rate_mps: float) -> Floats:
    """A climb or descent with the changes of rate that passengers are flown with."""
    return held(start_s, end_s, rate_mps, max(abs(rate_mps) / VERTICAL_CHANGE_MPS2, STEP_S))


def turn_rate_degps(kind: AircraftType, speed_mps: float, share: float = 1.0) -> float:
    """Rate of a turn with a share of the type's bank, no faster than 3°/s (ICAO Doc 8168 rate one)."""
    rate = math.degrees(GRAVITY_MPS2 * math.tan(math.radians(kind.bank_deg * share)) / speed_mps)
    return min(rate, 3.0)


def crossing_pair(draw: Drawing, angle_deg: float, *, clear: bool) -> list[Flight]:
    """Two straight level flights whose paths cross at an angle; clear by distance or by height."""
    kind = draw.one_of(*TYPES)
    other = draw.one_of(*[each for each in TYPES if _share_height(kind, each)])
    low = max(kind.height_m[0], other.height_m[0])
    high = min(kind.height_m[1], other.height_m[1])
    height = draw.between(low, high)
    above = draw.between(0.0, 0.7) * draw.vertical_m * draw.sign()
    miss = draw.between(0.0, 0.85) * draw.horizontal_m
    if clear and draw.likely(0.5):
        above = draw.vertical_m * draw.sign() * (1.0 if draw.likely(0.6) else 2.0)
    elif clear:
        miss = draw.between(1.2, 3.0) * draw.horizontal_m
    one = Flight(kind, 0.0, 0.0, draw.between(0.0, 360.0), draw.between(*kind.speed_mps), height)
    two = Flight(
        other, 0.0, 0.0, one.track_deg + angle_deg * draw.sign(), draw.between(*other.speed_mps),
        height + above,
    )  # fmt: skip
    _apart(one, two, miss * draw.sign())
    return [one, two]


def _share_height(one: AircraftType, other: AircraftType) -> bool:
    return max(one.height_m[0], other.height_m[0]) + 600.0 < min(one.height_m[1], other.height_m[1])


def _apart(one: Flight, two: Flight, miss_m: float) -> None:
    """Put the second so that the closest approach, at 0 s, is this far: across the relative motion."""
    north = two.speed_mps * math.cos(math.radians(two.track_deg)) - one.speed_mps * math.cos(
        math.radians(one.track_deg)
    )
    east = two.speed_mps * math.sin(math.radians(two.track_deg)) - one.speed_mps * math.sin(
        math.radians(one.track_deg)
    )
    length = math.hypot(north, east)
    across = (-east / length, north / length) if length > 0.1 else (0.0, 1.0)
    two.north_m, two.east_m = one.north_m + miss_m * across[0], one.east_m + miss_m * across[1]


def _head_on(draw: Drawing) -> Encounter:
    return Encounter(
        "head-on", crossing_pair(draw, draw.between(172.0, 180.0), clear=draw.likely(0.4))
    )


def _crossing(draw: Drawing) -> Encounter:
    return Encounter(
        "crossing", crossing_pair(draw, draw.between(15.0, 172.0), clear=draw.likely(0.4))
    )


def _overtake(draw: Drawing) -> Encounter:
    flights = crossing_pair(draw, draw.between(0.0, 8.0), clear=draw.likely(0.4))
    one, two = flights
    two.kind, two.height_m = one.kind, one.height_m + (two.height_m - one.height_m)
    two.speed_mps = max(one.speed_mps - draw.between(15.0, 60.0), one.kind.speed_mps[0] * 0.8)
    aside = two.north_m, two.east_m
    scale = draw.between(0.0, 0.7) * draw.horizontal_m / max(math.hypot(*aside), 1.0)
    ahead = draw.horizontal_m * draw.between(
        0.75, 1.0
    )  # at 0 s the faster one is about to catch up
    two.north_m = aside[0] * scale + ahead * math.cos(math.radians(one.track_deg))
    two.east_m = aside[1] * scale + ahead * math.sin(math.radians(one.track_deg))
    return Encounter("overtake", flights)


def _vertical(draw: Drawing) -> Encounter:
    """One goes through the level of the other as their paths cross."""
    flights = crossing_pair(draw, draw.between(15.0, 180.0), clear=False)
    mover = flights[int(draw.rng.integers(2))]
    rate = draw.between(0.4, 1.0) * mover.kind.climb_mps * draw.sign()
    begins_s = -draw.between(40.0, 200.0)
    mover.climb_mps = climbing(begins_s, 100.0, rate)
    return Encounter("climb or descent through", flights)


def _level_off(draw: Drawing) -> Encounter:
    """A climb or descent that ends one minimum short of the other's level, in time: the usual nuisance."""
    flights = crossing_pair(draw, draw.between(15.0, 180.0), clear=False)
    mover, other = flights
    rate = draw.between(0.35, 1.0) * min(mover.kind.climb_mps, 15.0) * draw.sign()
    ends_s = -draw.between(5.0, 70.0)
    mover.climb_mps = climbing(-BEFORE_S - 60.0, ends_s, rate)
    mover.height_m = other.height_m - math.copysign(draw.vertical_m, rate)
    return Encounter("level-off", flights)


def _turn_into(draw: Drawing) -> Encounter:
    """Clear until one turns into the other's way, 30 to 100 s before."""
    flights = crossing_pair(draw, draw.between(20.0, 180.0), clear=False)
    mover = flights[int(draw.rng.integers(2))]
    rate = turn_rate_degps(mover.kind, mover.speed_mps, draw.between(0.5, 1.0)) * draw.sign()
    ends_s = -draw.between(15.0, 80.0)
    length_s = draw.between(20.0, 90.0) / abs(rate)
    mover.turn_degps = held(ends_s - length_s - ROLL_S, ends_s, rate, ROLL_S)
    return Encounter("turn into", flights)


def _turn_away(draw: Drawing) -> Encounter:
    """On the way to a loss until one turns away, as a controller would have it."""
    flights = crossing_pair(draw, draw.between(20.0, 180.0), clear=False)
    mover = flights[int(draw.rng.integers(2))]
    rate = turn_rate_degps(mover.kind, mover.speed_mps, draw.between(0.6, 1.0)) * draw.sign()
    starts_s = -draw.between(40.0, 130.0)
    track = math.radians(mover.track_deg)
    mover.anchor_s = starts_s
    mover.north_m += starts_s * mover.speed_mps * math.cos(track)
    mover.east_m += starts_s * mover.speed_mps * math.sin(track)
    length_s = draw.between(30.0, 110.0) / abs(rate)
    mover.turn_degps = held(starts_s, starts_s + length_s + ROLL_S, rate, ROLL_S)
    return Encounter("turn away", flights)


def _formation(draw: Drawing) -> Encounter:
    kind = draw.one_of(FIGHTER, LIGHT, HELICOPTER)
    lead = Flight(
        kind, 0.0, 0.0, draw.between(0.0, 360.0), draw.between(*kind.speed_mps),
        draw.between(*kind.height_m),
    )  # fmt: skip
    rate = turn_rate_degps(kind, lead.speed_mps, 0.5) * draw.sign()
    lead.turn_degps = held(-60.0, -60.0 + 45.0 / abs(rate), rate, ROLL_S)
    flights = [lead]
    for _ in range(int(draw.rng.integers(1, 4))):
        wing = Flight(
            kind, draw.between(-400.0, 400.0), draw.between(-400.0, 400.0), lead.track_deg,
            lead.speed_mps, lead.height_m + draw.between(-60.0, 60.0),
            turn_degps=lead.turn_degps.copy(),
        )  # fmt: skip
        flights += [wing]
    return Encounter("formation", flights, agreed=True)


def _parallel_runways(draw: Drawing) -> Encounter:
    """Two finals side by side, 3° down, by agreement with whoever runs the airport."""
    track = draw.between(0.0, 360.0)
    spacing = draw.between(1_035.0, 2_500.0)  # ICAO Doc 4444 §6.7.3.2: 1,035 m for independent ones
    flights = []
    for side in (0.0, spacing):
        speed = draw.between(62.0, 80.0)
        behind = draw.between(-2_500.0, 2_500.0)
        north = -math.sin(math.radians(track)) * side + math.cos(math.radians(track)) * behind
        east = math.cos(math.radians(track)) * side + math.sin(math.radians(track)) * behind
        rate = -speed * math.tan(math.radians(3.0))
        flights.append(
            Flight(AIRLINER_LOW, north, east, track, speed, 900.0 + 0.052 * -behind,
                   climb_mps=climbing(-BEFORE_S - 60.0, AFTER_S + 60.0, rate))
        )  # fmt: skip
    return Encounter("parallel runways", flights, agreed=True)


def _in_trail(draw: Drawing) -> Encounter:
    """One behind the other at nearly one speed, outside the minimum."""
    kind = draw.one_of(AIRLINER, AIRLINER_LOW, TURBOPROP)
    track = draw.between(0.0, 360.0)
    speed = draw.between(*kind.speed_mps)
    behind = draw.between(1.15, 1.6) * draw.horizontal_m
    height = draw.between(*kind.height_m)
    lead = Flight(kind, 0.0, 0.0, track, speed, height)
    trail = Flight(
        kind, -behind * math.cos(math.radians(track)), -behind * math.sin(math.radians(track)), track,
        speed + draw.between(-3.0, 3.0), height,
    )  # fmt: skip
    return Encounter("in trail", [lead, trail])


def _holding(draw: Drawing) -> Encounter:
    """A stack: two round one racetrack, one minimum apart in height."""
    kind = draw.one_of(AIRLINER_LOW, TURBOPROP)
    speed = draw.between(kind.speed_mps[0], min(kind.speed_mps[1], 125.0))
    rate = turn_rate_degps(kind, speed) * draw.sign()
    leg_s = 60.0 + 180.0 / abs(rate)  # ICAO Doc 8168: legs of a minute
    flights = []
    height = draw.between(kind.height_m[0], kind.height_m[1] - 400.0)
    track = draw.between(0.0, 360.0)
    for level in range(2):
        shift_s = draw.between(0.0, 60.0)
        turns = np.zeros(STEPS)
        for lap in range(-2, 4):
            begins_s = -BEFORE_S + lap * leg_s + shift_s
            turns += held(begins_s, begins_s + 180.0 / abs(rate) + ROLL_S, rate, ROLL_S)
        flights.append(
            Flight(kind, draw.between(-1_500.0, 1_500.0), draw.between(-1_500.0, 1_500.0), track,
                   speed * draw.between(0.97, 1.03), height + level * draw.vertical_m,
                   turn_degps=turns)
        )  # fmt: skip
    return Encounter("holding", flights)


def _both_turn(draw: Drawing) -> Encounter:
    """Both turn on their way to where they meet."""
    flights = crossing_pair(draw, draw.between(30.0, 180.0), clear=False)
    for flight in flights:
        rate = turn_rate_degps(flight.kind, flight.speed_mps, draw.between(0.4, 0.9)) * draw.sign()
        ends_s = -draw.between(10.0, 90.0)
        length_s = draw.between(20.0, 70.0) / abs(rate)
        flight.turn_degps = held(ends_s - length_s - ROLL_S, ends_s, rate, ROLL_S)
    return Encounter("both turn", flights)


def _mixed_datums(draw: Drawing) -> Encounter:
    flights = crossing_pair(draw, draw.between(20.0, 180.0), clear=draw.likely(0.3))
    return Encounter("heights of two datums", flights, mixed_datums=True)


KINDS: tuple[Callable[[Drawing], Encounter], ...] = (
    _head_on, _crossing, _overtake, _vertical, _level_off, _turn_into, _turn_away, _both_turn,
    _formation, _parallel_runways, _in_trail, _holding, _mixed_datums,
)  # fmt: skip
"""All kinds; a set has as many of each."""
