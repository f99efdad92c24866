"""What each aircraft last said, for formats that say one thing a message; each value with its age."""

from collections.abc import Callable
from typing import Generic, TypeVar

from comity.domain.tracks import Emergency

AIRCRAFT_MAX = 200_000  # ten times those aloft in the world; the longest silent are forgotten
VELOCITY_MS_MAX = 10_000  # sent twice a second; 10 s of a turn at 3 deg/s are 30 degrees
HEIGHT_MS_MAX = 10_000
SQUAWK_MS_MAX = 60_000  # emergency and squawk go out every 5 s, replies as often as asked
NAME_MS_MAX = 300_000  # sent every 5 s in the air, every 10 s on the ground
BARE_PLOT_EVERY_MS = 1_000
"""Without positions an aircraft still gives a plot, this often at most: it is there (L-16)."""
POSITION_MS_MAX = 10_000  # after this long without a position an aircraft counts as having none


Latest = TypeVar("Latest", bound="AircraftLatest")


class AircraftLatest:
    """The last of each thing one aircraft said, SI units; `_ms` is when, Unix milliseconds."""

    __slots__ = (
        "altitude_ellipsoid_m",
        "altitude_ms",
        "altitude_pressure_m",
        "bare_ms",
        "callsign",
        "callsign_ms",
        "category",
        "emergency",
        "ground_ms",
        "ground_speed_mps",
        "height_difference_m",
        "ident",
        "is_icao",
        "nacp",
        "on_ground",
        "position_ms",
        "rate_ms",
        "seen_ms",
        "squawk",
        "squawk_ms",
        "track_true_rad",
        "velocity_ms",
        "vertical_rate_mps",
    )

    def __init__(self) -> None:
        never = -(10**15)
        self.seen_ms = self.position_ms = self.bare_ms = never
        self.velocity_ms = self.rate_ms = self.altitude_ms = never
        self.callsign_ms = self.squawk_ms = self.ground_ms = never
        self.ground_speed_mps: float | None = None
        self.track_true_rad: float | None = None
        self.vertical_rate_mps: float | None = None
        self.height_difference_m: float | None = None
        self.altitude_pressure_m: float | None = None
        self.altitude_ellipsoid_m: float | None = None
        self.callsign: str | None = None
        self.category: str | None = None
        self.squawk: str | None = None
        self.emergency: Emergency | None = None
        self.ident: bool | None = None
        self.on_ground: bool | None = None
        self.nacp = 0
        self.is_icao = True

    def bare_plot_is_due(self, at_ms: int) -> bool:
        """Whether something is to be said of an aircraft that sends no position."""
        if abs(at_ms - self.position_ms) <= POSITION_MS_MAX:
            return False
        if abs(at_ms - self.bare_ms) < BARE_PLOT_EVERY_MS:
            return False
        self.bare_ms = at_ms
        return True

    def velocity_at(self, at_ms: int) -> tuple[float | None, float | None]:
        """Ground speed and true track, if not too old."""
        if abs(at_ms - self.velocity_ms) > VELOCITY_MS_MAX:
            return None, None
        return self.ground_speed_mps, self.track_true_rad

    def vertical_rate_at(self, at_ms: int) -> float | None:
        """Vertical rate, if not too old."""
        return self.vertical_rate_mps if abs(at_ms - self.rate_ms) <= VELOCITY_MS_MAX else None

    def heights_at(self, at_ms: int) -> tuple[float | None, float | None]:
        """Pressure and ellipsoidal altitude, if not too old."""
        if abs(at_ms - self.altitude_ms) > HEIGHT_MS_MAX:
            return None, None
        return self.altitude_pressure_m, self.altitude_ellipsoid_m

    def callsign_at(self, at_ms: int) -> str | None:
        """Callsign, if not too old."""
        return self.callsign if abs(at_ms - self.callsign_ms) <= NAME_MS_MAX else None

    def on_ground_at(self, at_ms: int) -> bool | None:
        """Whether it is on the ground, if not too old."""
        return self.on_ground if abs(at_ms - self.ground_ms) <= HEIGHT_MS_MAX else None

    def squawk_at(self, at_ms: int) -> tuple[str | None, Emergency | None, bool | None]:
        """Squawk, emergency and ident, if not too old."""
        if abs(at_ms - self.squawk_ms) > SQUAWK_MS_MAX:
            return None, None, None
        return self.squawk, self.emergency, self.ident


class LatestTable(Generic[Latest]):
    """Aircraft by address, at most `AIRCRAFT_MAX`; the longest silent go first."""

    __slots__ = ("_aircraft", "_make")

    def __init__(self, make: Callable[[], Latest]) -> None:
        self._make = make
        self._aircraft: dict[int, Latest] = {}

    def __len__(self) -> int:
        return len(self._aircraft)

    def known(self, address: int) -> Latest | None:
        """The aircraft, if it has been heard before."""
        return self._aircraft.get(address)

    def heard(self, address: int, at_ms: int) -> Latest:
        """The aircraft, made where it is new."""
        found = self._aircraft.get(address)
        if found is None:
            if len(self._aircraft) >= AIRCRAFT_MAX:
                self._forget()
            found = self._aircraft[address] = self._make()
        found.seen_ms = at_ms
        return found

    def _forget(self) -> None:
        """Drop the longest silent tenth, so that a flood of made-up addresses costs little each."""
        by_silence = sorted(self._aircraft, key=lambda address: self._aircraft[address].seen_ms)
        for address in by_silence[: AIRCRAFT_MAX // 10]:
            del self._aircraft[address]
