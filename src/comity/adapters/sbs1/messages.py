"""`MSG` lines: each says one thing of an aircraft, and is joined with what it said before.

A position line (`MSG,2`, `MSG,3`) gives a plot with the velocity, callsign and squawk heard last, each
up to its age. An aircraft without positions gives a plot a second at most.

Source: "Socket Data and BST Files" of the BaseStation project: 22 fields, feet, knots, feet a minute.
Stated times are the receiver's local ones without a zone (L-15): they are used only where the
zone is told to us; a live feed without one is stamped by our own clock.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import TypeVar

from comity.application.feeds import (
    AircraftLatest,
    FeedCounts,
    LatestTable,
    LineSplitter,
    PlotGate,
    Refused,
    address_of_hex,
    limited,
    position_fits,
    printable,
    squawk_of,
)
from comity.domain.tracks import Emergency, FeedId, Plot, PlotSource
from comity.kernel.instants import UNIX_MS_MAX, Instant
from comity.kernel.units import METRES_PER_FOOT, MPS_PER_KNOT, radians_from_degrees

LINE_LENGTH_MAX = 512  # a full line has about 130 characters
FIELDS = 22
KINDS = {"1", "2", "3", "4", "5", "6", "7", "8"}
FEET_PER_MINUTE = METRES_PER_FOOT / 60.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BaseStationDecoder:
    """A stream of lines.

    Args:
        feed: whose plots these are.
        zone_offset_s: of the receiver's local time to UTC; None where it is not known.
    """

    def __init__(self, feed: FeedId, zone_offset_s: int | None = None) -> None:
        self.counts = FeedCounts()
        self._feed = feed
        self._zone = None if zone_offset_s is None else timezone(timedelta(seconds=zone_offset_s))
        self._lines = LineSplitter(self.counts, LINE_LENGTH_MAX)
        self._gate = PlotGate(self.counts)
        self._table: LatestTable[AircraftLatest] = LatestTable(AircraftLatest)

    def feed(self, chunk: bytes, received_at: Instant | None) -> Sequence[Plot]:
        """Plots of the lines that are complete now."""
        return self._plots(self._lines.lines(chunk), received_at)

    def end(self, received_at: Instant | None) -> Sequence[Plot]:
        """The plot of a last line without an end."""
        return self._plots(self._lines.last(), received_at)

    def _plots(self, lines: Iterable[bytes], received_at: Instant | None) -> list[Plot]:
        plots = []
        for line in lines:
            plot = self._plot(line, received_at)
            if plot is not None:
                plots.append(self._gate.admit(plot))
        return plots

    def _plot(self, line: bytes, received_at: Instant | None) -> Plot | None:
        counts = self.counts
        fields = line.decode("latin-1").split(",")
        if fields[0] != "MSG":
            other = fields[0].strip() in {"SEL", "ID", "AIR", "STA", "CLK"}
            counts.refuse(Refused.KIND_NOT_READ if other else Refused.NOT_A_MESSAGE)
            return None
        address = address_of_hex(fields[4]) if len(fields) >= FIELDS else None
        if address is None or fields[1] not in KINDS:
            counts.refuse(Refused.NOT_A_MESSAGE)
            return None
        try:
            at = self._at(fields, received_at)
            said = _numbers(fields)
        except (ValueError, OverflowError):
            counts.refuse(Refused.NOT_A_MESSAGE)
            return None
        if at is None:
            counts.refuse(Refused.NO_TIME)
            return None
        latest = self._table.heard(address, at.unix_ms)
        self._note(latest, fields, said, at.unix_ms)
        latitude_deg, longitude_deg = said[3], said[4]
        if latitude_deg is None or longitude_deg is None:
            if not latest.bare_plot_is_due(at.unix_ms):
                counts.refuse(Refused.MERGED)
                return None
            return self._joined(address, latest, at, received_at, None)
        if not position_fits(latitude_deg, longitude_deg):
            counts.refuse(Refused.POSITION_OFF_EARTH)
            return None
        latest.position_ms = at.unix_ms
        return self._joined(address, latest, at, received_at, (latitude_deg, longitude_deg))

    def _at(self, fields: list[str], received_at: Instant | None) -> Instant | None:
        """When the message was received by the receiver."""
        if self._zone is None:
            return received_at
        stated = datetime.fromisoformat(f"{fields[6].replace('/', '-')}T{fields[7][:12]}")
        elapsed = stated.replace(tzinfo=self._zone) - _EPOCH
        at_ms = elapsed // timedelta(milliseconds=1)
        if not 0 <= at_ms <= UNIX_MS_MAX:
            raise ValueError(f"{at_ms} ms is outside 1970 to 9999")
        return Instant(at_ms)

    def _note(
        self,
        latest: AircraftLatest,
        fields: list[str],
        said: tuple[float | None, ...],
        at_ms: int,
    ) -> None:
        counts = self.counts
        altitude_ft, speed_kt, track_deg, _, _, rate_fpm = said
        if altitude_ft is not None:
            latest.altitude_pressure_m = limited(
                counts, "altitude_pressure_m", altitude_ft * METRES_PER_FOOT
            )
            latest.altitude_ms = at_ms
        if speed_kt is not None:
            latest.ground_speed_mps = limited(counts, "ground_speed_mps", speed_kt * MPS_PER_KNOT)
            latest.track_true_rad = (
                None
                if track_deg is None
                else limited(counts, "track_true_rad", radians_from_degrees(track_deg))
            )
            latest.velocity_ms = at_ms
        if rate_fpm is not None:
            latest.vertical_rate_mps = limited(
                counts, "vertical_rate_mps", rate_fpm * FEET_PER_MINUTE
            )
            latest.rate_ms = at_ms
        callsign = printable(counts, fields[10])
        if callsign is not None:
            latest.callsign, latest.callsign_ms = callsign, at_ms
        squawk = squawk_of(counts, fields[17].strip())
        if squawk is not None:
            latest.squawk, latest.squawk_ms = squawk, at_ms
            latest.emergency = _stated(fields[19], Emergency.GENERAL, Emergency.NONE)
            latest.ident = _stated(fields[20], true=True, false=False)
        on_ground = _stated(fields[21], true=True, false=False)
        if on_ground is not None:
            latest.on_ground, latest.ground_ms = on_ground, at_ms

    def _joined(
        self,
        address: int,
        latest: AircraftLatest,
        at: Instant,
        received_at: Instant | None,
        position_deg: tuple[float, float] | None,
    ) -> Plot:
        at_ms = at.unix_ms
        speed_mps, track_rad = latest.velocity_at(at_ms)
        squawk, emergency, ident = latest.squawk_at(at_ms)
        return Plot(
            feed=self._feed,
            # The lines do not say whether a position was sent or computed by the receiver.
            source=PlotSource.MODE_S if position_deg is None else PlotSource.OTHER,
            at=at,
            received_at=received_at or at,
            latitude_deg=None if position_deg is None else position_deg[0],
            longitude_deg=None if position_deg is None else position_deg[1],
            altitude_pressure_m=latest.heights_at(at_ms)[0],
            on_ground=latest.on_ground_at(at_ms),
            ground_speed_mps=speed_mps,
            track_true_rad=track_rad,
            vertical_rate_mps=latest.vertical_rate_at(at_ms),
            address=address,
            address_is_icao=True,
            callsign=latest.callsign_at(at_ms),
            squawk=squawk,
            emergency=emergency,
            ident=ident,
        )


def _numbers(fields: list[str]) -> tuple[float | None, ...]:
    """Altitude, speed, track, latitude, longitude, vertical rate; None where empty.

    Raises:
        ValueError: something else than a plain number.
    """
    return tuple([_number(text) if text else None for text in fields[11:17]])


def _number(text: str) -> float:
    if text.strip("+-.0123456789 "):
        raise ValueError(f"{text!r} is not a plain number")
    return float(text)


Said = TypeVar("Said")


def _stated(text: str, true: Said, false: Said) -> Said | None:
    """What a flag says: `-1` or `1` is set, `0` is not, empty says nothing."""
    return {"-1": true, "1": true, "0": false}.get(text.strip())
