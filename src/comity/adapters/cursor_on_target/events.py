"""What an event says, whatever it was spelt in, and the plot it gives.

Source: MITRE MTR040035 and the CoT event schema: times are UTC, speed in m/s, course in degrees from
true north, `hae` above the WGS 84 ellipsoid; 9999999 means that a value is not known (L-27).
"""

import re
from dataclasses import dataclass

from comity.application.feeds import (
    FeedCounts,
    PlotGate,
    Refused,
    limited,
    position_fits,
    printable,
)
from comity.domain.tracks import FeedId, Plot, PlotSource
from comity.kernel.instants import UNIX_MS_MAX, Instant
from comity.kernel.units import radians_from_degrees

UNKNOWN = 9_999_999.0
SOURCES_MAX = 200_000
ICAO_UID = re.compile(r"ICAO[-_.]?([0-9A-Fa-f]{6})")


@dataclass(frozen=True, slots=True)
class CotEvent:
    """One event as read.

    Attributes:
        at_ms, stale_ms: Unix milliseconds; None where not stated or not readable.
        circular_error_m: one standard deviation or 95 %, the standard leaves it open: taken as 1 sigma.
    """

    uid: str
    type: str
    at_ms: float | None
    stale_ms: float | None
    latitude_deg: float | None
    longitude_deg: float | None
    height_ellipsoid_m: float | None = None
    circular_error_m: float | None = None
    course_deg: float | None = None
    speed_mps: float | None = None
    callsign: str | None = None


TWO_SIGMA = 2.45  # 95 % radius of a circular normal error, in standard deviations of one axis


class EventReader:
    """Events of one feed into plots."""

    def __init__(self, feed: FeedId, counts: FeedCounts) -> None:
        self._feed = feed
        self._counts = counts
        self._gate = PlotGate(counts)
        self._numbers: dict[str, int] = {}
        self._next_number = 0

    def plot(self, event: CotEvent, received_at: Instant | None) -> Plot | None:
        """The plot of an event; None, counted, where it gives none."""
        counts = self._counts
        if not event.type.startswith("a-") or not event.uid:
            counts.refuse(Refused.KIND_NOT_READ)
            return None
        if event.at_ms is None or event.stale_ms is None:
            counts.refuse(Refused.NO_TIME)
            return None
        if not 0.0 <= event.at_ms <= UNIX_MS_MAX:
            counts.refuse(Refused.TIME_OUT_OF_RANGE)
            return None
        at = Instant(round(event.at_ms))
        received_at = received_at or at
        if not event.stale_ms > received_at.unix_ms:
            counts.refuse(Refused.STALE)
            return None
        latitude_deg, longitude_deg = event.latitude_deg, event.longitude_deg
        if latitude_deg is None or longitude_deg is None:
            counts.refuse(Refused.NOT_A_MESSAGE)
            return None
        if not position_fits(latitude_deg, longitude_deg):
            counts.refuse(Refused.POSITION_OFF_EARTH)
            return None
        error_m = _known(event.circular_error_m)
        if latitude_deg == 0.0 == longitude_deg and error_m is None:
            counts.refuse(Refused.NOTHING_REPORTED)  # how clients without a position say so
            return None
        address = ICAO_UID.fullmatch(event.uid)
        course_deg = _known(event.course_deg)
        return self._gate.admit(
            Plot(
                feed=self._feed,
                source=PlotSource.COT,
                at=at,
                received_at=received_at,
                latitude_deg=latitude_deg,
                longitude_deg=longitude_deg,
                altitude_ellipsoid_m=limited(
                    counts, "altitude_ellipsoid_m", _known(event.height_ellipsoid_m)
                ),
                ground_speed_mps=limited(counts, "ground_speed_mps", _known(event.speed_mps)),
                track_true_rad=None
                if course_deg is None
                else limited(counts, "track_true_rad", radians_from_degrees(course_deg)),
                address=None if address is None else int(address[1], 16),
                address_is_icao=address is not None,
                track_number=self._number(event.uid),
                callsign=printable(counts, event.callsign),
                category=printable(counts, event.type),
                accuracy_horizontal_m=None
                if not error_m
                else limited(counts, "accuracy_horizontal_m", TWO_SIGMA * error_m),
            )
        )

    def _number(self, uid: str) -> int:
        """A number for the event's uid, the same as long as the feed lasts."""
        number = self._numbers.get(uid)
        if number is None:
            if len(self._numbers) >= SOURCES_MAX:
                del self._numbers[next(iter(self._numbers))]
            number = self._numbers[uid] = self._next_number
            self._next_number = (self._next_number + 1) & 0x7FFFFFFF
        return number


def _known(value: float | None) -> float | None:
    """The value, or None for the number that means unknown."""
    return None if value is None or value >= UNKNOWN else value
