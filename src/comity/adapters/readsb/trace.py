"""globe_history traces, `trace_full_*.json`: one aircraft's day, a row a point."""

from collections.abc import Sequence

import msgspec

from comity.adapters.readsb.fields import (
    EMERGENCY_WORDS,
    GROUND,
    SOURCES,
    accuracy_m,
    address_of,
    containment_m,
)
from comity.adapters.readsb.snapshot import FEET_PER_MINUTE, Aircraft
from comity.application.feeds import (
    DocumentBuffer,
    FeedCounts,
    PlotGate,
    Refused,
    limited,
    position_fits,
    printable,
    squawk_of,
)
from comity.domain.tracks import Emergency, FeedId, Plot, PlotSource
from comity.kernel.instants import UNIX_MS_MAX, Instant
from comity.kernel.units import METRES_PER_FOOT, MPS_PER_KNOT, radians_from_degrees

TRACE_BYTES_MAX = 64 << 20  # a day at 1 Hz is about 10 MB
DETAIL_MS_MAX = 60_000  # details come with every fourth point or so, and hold until the next
GEOMETRIC_ALTITUDE = 8  # a bit of the flags


class _Point(msgspec.Struct, array_like=True, gc=False):
    after_s: float
    lat: float | None = None
    lon: float | None = None
    altitude: float | str | None = None
    gs: float | None = None
    track: float | None = None
    flags: int = 0
    rate: float | None = None
    detail: Aircraft | None = None
    type: str | None = None
    alt_geom: float | None = None
    geom_rate: float | None = None


class _Trace(msgspec.Struct, gc=False):
    icao: str
    timestamp: float
    trace: list[msgspec.Raw]


class TraceDecoder:
    """One trace from `feed`s to `end`."""

    def __init__(self, feed: FeedId) -> None:
        self.counts = FeedCounts()
        self._feed = feed
        self._buffer = DocumentBuffer(self.counts, TRACE_BYTES_MAX)
        self._gate = PlotGate(self.counts)
        self._document = msgspec.json.Decoder(_Trace)
        self._point = msgspec.json.Decoder(_Point)

    def feed(self, chunk: bytes, received_at: Instant | None) -> Sequence[Plot]:
        """Keep the next bytes of the document."""
        del received_at
        self._buffer.add(chunk)
        return ()

    def end(self, received_at: Instant | None) -> Sequence[Plot]:
        """The plots of the trace."""
        document = self._buffer.take()
        if document is None:
            return ()
        try:
            trace = self._document.decode(document)
        except RecursionError:
            self.counts.refuse(Refused.TOO_DEEP)
            return ()
        except (msgspec.MsgspecError, UnicodeDecodeError):
            self.counts.refuse(Refused.NOT_A_MESSAGE)
            return ()
        reader = _PointReader(self._feed, trace, self.counts)
        plots = []
        for raw in trace.trace:
            try:
                point = self._point.decode(raw)
            except RecursionError:
                self.counts.refuse(Refused.TOO_DEEP)
                continue
            except (msgspec.MsgspecError, UnicodeDecodeError):
                self.counts.refuse(Refused.NOT_A_MESSAGE)
                continue
            plot = reader.plot(point, received_at)
            if plot is not None:
                plots.append(self._gate.admit(plot))
        return plots


class _PointReader:
    """Turns the points of one trace into plots, carrying details forward for a while."""

    def __init__(self, feed: FeedId, trace: _Trace, counts: FeedCounts) -> None:
        self._feed = feed
        self._counts = counts
        self._address, self._is_icao = address_of(trace.icao)
        self._begins_s = trace.timestamp
        self._detail = Aircraft()
        self._detail_ms = 0

    def plot(self, point: _Point, received_at: Instant | None) -> Plot | None:
        """The plot of a point; None, counted, where it gives none."""
        counts = self._counts
        at_ms_exact = (self._begins_s + point.after_s) * 1000
        if not 0.0 <= at_ms_exact <= UNIX_MS_MAX:
            counts.refuse(Refused.TIME_OUT_OF_RANGE)
            return None
        if point.lat is None or point.lon is None:
            counts.refuse(Refused.NOTHING_REPORTED)
            return None
        if not position_fits(point.lat, point.lon):
            counts.refuse(Refused.POSITION_OFF_EARTH)
            return None
        at = Instant(round(at_ms_exact))
        detail = self._detail_at(point, at.unix_ms)
        on_ground, pressure_m, ellipsoid_m = self._heights(point)
        # On the ground the direction is the heading (README-json.md): not a track.
        track_deg = None if on_ground else point.track
        return Plot(
            feed=self._feed,
            source=SOURCES.get(point.type or detail.type or "", PlotSource.OTHER),
            at=at,
            received_at=received_at or at,
            latitude_deg=point.lat,
            longitude_deg=point.lon,
            altitude_pressure_m=pressure_m,
            altitude_ellipsoid_m=ellipsoid_m,
            on_ground=on_ground,
            ground_speed_mps=None
            if point.gs is None
            else limited(counts, "ground_speed_mps", point.gs * MPS_PER_KNOT),
            track_true_rad=None
            if track_deg is None
            else limited(counts, "track_true_rad", radians_from_degrees(track_deg)),
            vertical_rate_mps=None
            if point.rate is None
            else limited(counts, "vertical_rate_mps", point.rate * FEET_PER_MINUTE),
            address=self._address,
            address_is_icao=self._is_icao,
            callsign=printable(counts, detail.flight),
            squawk=squawk_of(counts, detail.squawk),
            category=printable(counts, detail.category),
            accuracy_horizontal_m=accuracy_m(detail.nac_p),
            containment_m=containment_m(counts, detail.rc, detail.nic),
            emergency=_emergency(detail),
            ident=None if detail.spi is None else bool(detail.spi),
        )

    def _detail_at(self, point: _Point, at_ms: int) -> Aircraft:
        if point.detail is not None:
            self._detail, self._detail_ms = point.detail, at_ms
        elif abs(at_ms - self._detail_ms) > DETAIL_MS_MAX:
            self._detail = Aircraft()
        return self._detail

    def _heights(self, point: _Point) -> tuple[bool | None, float | None, float | None]:
        """On ground or not; pressure altitude; ellipsoidal altitude."""
        geometric_ft = point.alt_geom
        barometric_ft: float | None = None
        on_ground: bool | None = None
        if isinstance(point.altitude, str):
            on_ground = True if point.altitude == GROUND else None
        elif point.altitude is not None:
            on_ground = False
            if point.flags & GEOMETRIC_ALTITUDE:
                geometric_ft = point.altitude
            else:
                barometric_ft = point.altitude
        return (
            on_ground,
            _metres(self._counts, "altitude_pressure_m", barometric_ft),
            _metres(self._counts, "altitude_ellipsoid_m", geometric_ft),
        )


def _metres(counts: FeedCounts, field: str, feet: float | None) -> float | None:
    return None if feet is None else limited(counts, field, feet * METRES_PER_FOOT)


def _emergency(detail: Aircraft) -> Emergency | None:
    return EMERGENCY_WORDS.get(detail.emergency) if detail.emergency else None
