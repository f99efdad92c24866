"""Sets of encounters with known truth: the plots a feed would have brought, and labels for each pair."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from pyproj import Geod

from comity.domain.evaluation.encounter_kinds import (
    BEFORE_S,
    KINDS,
    STEPS,
    Drawing,
    Encounter,
    Flight,
)
from comity.domain.evaluation.encounter_motion import (
    STEP_S,
    Controls,
    flown_states,
    integrated,
)
from comity.domain.evaluation.encounter_sensors import SENSORS, Sensor, plots_seen
from comity.domain.evaluation.flown import Flown, name_of
from comity.domain.evaluation.labels import Labels, PairLabel, Wanted
from comity.domain.evaluation.losses import Separation, Sky, Together
from comity.domain.tracks import FeedId, Plot
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

ENCOUNTERS_MAX = 5_000
SLOT_S = 420.0  # encounters of one slot fly at once, those of the next after all of them are gone
PER_SLOT = 60
APART_M = 700_000.0  # between the places of one slot: nobody meets anybody of another encounter
FIRST_ADDRESS = 0xC00001
HEIGHT_M_MIN = 60.0
DRAWS_MAX = 200
PLACES = ((89.7, 20.0), (-89.6, -70.0), (12.0, 180.0), (-41.0, -179.95), (66.0, 179.98), (0.0, 0.0))
"""Of each slot: both poles, the antimeridian, the equator; the rest lie anywhere."""
NEUTRAL_S = 5.0  # of labels, beyond the time in the data


@dataclass(frozen=True, slots=True)
class EncounterSet:
    """A generated recording.

    Attributes:
        plots: in order of time.
        labels: complete.
        encounters: by kind, how many.
        flights: aircraft.
    """

    plots: tuple[Plot, ...]
    labels: Labels
    encounters: dict[str, int]
    flights: int


def encounter_set(
    rng: np.random.Generator,
    count: int,
    separation: Separation,
    feed: FeedId,
    begins: Instant,
    sensors: Sequence[Sensor] = SENSORS,
) -> EncounterSet:
    """Draw a set; the same `rng`, `count` and minima give the same set.

    Truth is measured on what was flown, each quarter of a second, by geodesics. All flights of an
    encounter are seen by one sensor.

    Raises:
        InputError: `count` is out of range.
    """
    if not 1 <= count <= ENCOUNTERS_MAX:
        raise InputError("count", f"{count} is outside 1 to {ENCOUNTERS_MAX}")
    drawing = Drawing(rng, separation.horizontal_m, separation.vertical_m)
    drawn = [_flyable(drawing, number) for number in range(count)]
    flights = [(number, flight) for number, each in enumerate(drawn) for flight in each.flights]
    of = np.array([number for number, _ in flights])
    places = _places(rng, count)
    states = integrated(_controls([flight for _, flight in flights], [places[n] for n in of]))
    first_s = begins.unix_s + (of // PER_SLOT) * SLOT_S
    names = [name_of(FIRST_ADDRESS + row) for row in range(len(flights))]
    offset = rng.uniform(-40.0, 90.0, count)[of]  # of ellipsoid heights: geoid and weather
    flown = flown_states(states, names, first_s, offset)
    seen_by = rng.integers(len(sensors), size=count)
    plots: list[Plot] = []
    for row, number in enumerate(of.tolist()):
        second = row > 0 and of[row - 1] == number
        stated = float(offset[row]) if drawn[number].mixed_datums and second else None
        plots += plots_seen(
            states, row, float(first_s[row]), sensors[int(seen_by[number])], feed,
            FIRST_ADDRESS + row, stated, rng,
        )  # fmt: skip
    plots.sort(key=lambda plot: (plot.at.unix_ms, plot.address))
    labels = Labels(
        separation=separation,
        complete=True,
        pairs=tuple(_labels(drawn, flown, of.tolist(), separation, seen_by, sensors)),
    )
    kinds: dict[str, int] = {}
    for each in drawn:
        kinds[each.kind] = kinds.get(each.kind, 0) + 1
    return EncounterSet(tuple(plots), labels, kinds, len(flights))


def _flyable(drawing: Drawing, number: int) -> Encounter:
    """The next kind, drawn again where a flight would meet the ground or the sky's end."""
    for _ in range(DRAWS_MAX):
        encounter = KINDS[number % len(KINDS)](drawing)
        if all(_stays_up(flight) for flight in encounter.flights):
            return encounter
    raise InputError("count", f"no flyable encounter of kind {number % len(KINDS)} was drawn")


def _stays_up(flight: Flight) -> bool:
    rise = np.cumsum(flight.climb_mps) * STEP_S
    heights = flight.height_m + rise - rise[_step_of(flight.anchor_s)]
    greatest = flight.kind.height_m[1] + 1_500.0
    return bool(heights.min() >= HEIGHT_M_MIN and heights.max() <= greatest)


def _step_of(at_s: float) -> int:
    return min(max(round((at_s + BEFORE_S) / STEP_S), 0), STEPS - 1)


def _places(rng: np.random.Generator, count: int) -> list[tuple[float, float]]:
    """A place for each encounter, far from the others of its slot."""
    geod = Geod(ellps="WGS84")
    found: list[tuple[float, float]] = []
    for start in range(0, count, PER_SLOT):
        slot = list(PLACES)
        while len(slot) < PER_SLOT:
            latitude = math.degrees(math.asin(rng.uniform(-0.998, 0.998)))
            longitude = float(rng.uniform(-180.0, 180.0))
            taken = np.array(slot)
            many = np.full(len(slot), longitude), np.full(len(slot), latitude)
            if geod.inv(*many, taken[:, 1], taken[:, 0])[2].min() > APART_M:
                slot.append((latitude, longitude))
        shift = int(rng.integers(len(KINDS)))
        found += (slot[shift:] + slot[:shift])[: count - start]
    return found


def _controls(flights: Sequence[Flight], places: Sequence[tuple[float, float]]) -> Controls:
    """Flights laid out around their places; tracks are counted from the meridian of the place."""
    geod = Geod(ellps="WGS84")
    far = np.array([math.hypot(flight.north_m, flight.east_m) for flight in flights])
    bearing = np.degrees([math.atan2(flight.east_m, flight.north_m) for flight in flights])
    longitude, latitude, back = geod.fwd(
        np.array([place[1] for place in places]),
        np.array([place[0] for place in places]),
        bearing,
        far,
    )
    turned = np.where(far > 0.0, back + 180.0 - bearing, 0.0)  # how the meridian turned on the way
    return Controls(
        latitude, longitude, np.array([flight.track_deg for flight in flights]) + turned,
        np.array([flight.speed_mps for flight in flights]),
        np.array([flight.height_m for flight in flights]),
        np.array([_step_of(flight.anchor_s) for flight in flights]),
        np.stack([flight.turn_degps for flight in flights]),
        np.stack([flight.acceleration_mps2 for flight in flights]),
        np.stack([flight.climb_mps for flight in flights]),
    )  # fmt: skip


def _labels(
    drawn: Sequence[Encounter],
    flown: Sequence[Flown],
    of: Sequence[int],
    separation: Separation,
    seen_by: np.ndarray[tuple[int], np.dtype[np.int64]],
    sensors: Sequence[Sensor],
) -> Iterator[PairLabel]:
    """What became of every pair of every encounter."""
    for number, group in itertools.groupby(range(len(of)), key=lambda row: of[row]):
        encounter = drawn[number]
        stretches = [flown[row] for row in group]
        met = {each.pair: each for each in Sky(stretches, separation).together()}
        for one, other in itertools.combinations(stretches, 2):
            pair = (min(one.name, other.name), max(one.name, other.name))
            together = met.get(pair)
            yield PairLabel(
                pair,
                _wanted(encounter, together),
                one.first_s - NEUTRAL_S,
                one.last_s + NEUTRAL_S,
                encounter.kind,
                together.losses if together is not None else (),
                encounter.agreed,
                sensors[int(seen_by[number])].name,
            )


def _wanted(encounter: Encounter, together: Together | None) -> Wanted:
    if encounter.agreed or together is None:
        # Heights of two datums cannot be told apart: a warning is right although nothing comes of it.
        return Wanted.EITHER if encounter.mixed_datums else Wanted.NO
    if together.losses:
        return Wanted.YES
    return Wanted.EITHER if together.near or encounter.mixed_datums else Wanted.NO
