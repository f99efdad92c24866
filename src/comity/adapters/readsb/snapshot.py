"""`aircraft.json`: all aircraft a receiver hears of, written about once a second."""

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
from comity.application.feeds import (
    DocumentBuffer,
    FeedCounts,
    LastTold,
    PlotGate,
    Refused,
    limited,
    position_fits,
    printable,
    squawk_of,
)
from comity.domain.tracks import FeedId, Plot, PlotSource
from comity.kernel.instants import UNIX_MS_MAX, Instant
from comity.kernel.units import METRES_PER_FOOT, MPS_PER_KNOT, radians_from_degrees

SNAPSHOT_BYTES_MAX = 64 << 20  # 20,000 aircraft with every field are about 20 MB
SAME_MS_MAX = 200  # `seen_pos` is rounded to 0.1 s on both sides of the difference
FEET_PER_MINUTE = METRES_PER_FOOT / 60.0


class Aircraft(msgspec.Struct, gc=False):
    """One aircraft as readsb spells it; other fields are not read."""

    hex: str | None = None
    type: str | None = None
    flight: str | None = None
    alt_baro: float | str | None = None
    alt_geom: float | None = None
    gs: float | None = None
    track: float | None = None
    baro_rate: float | None = None
    geom_rate: float | None = None
    squawk: str | None = None
    emergency: str | None = None
    category: str | None = None
    lat: float | None = None
    lon: float | None = None
    nic: int | None = None
    rc: float | None = None
    seen_pos: float | None = None
    seen: float | None = None
    nac_p: int | None = None
    spi: int | None = None


class _Snapshot(msgspec.Struct, gc=False):
    now: float
    aircraft: list[Aircraft]


class _LooseSnapshot(msgspec.Struct, gc=False):
    """For a document with a bad row: the others are still read."""

    now: float
    aircraft: list[msgspec.Raw]


class SnapshotDecoder:
    """One document from `feed`s to `end`. A position told before is refused as repeated."""

    def __init__(self, feed: FeedId) -> None:
        self.counts = FeedCounts()
        self._feed = feed
        self._buffer = DocumentBuffer(self.counts, SNAPSHOT_BYTES_MAX)
        self._gate = PlotGate(self.counts)
        self._told: LastTold[str, _Told] = LastTold(_same)
        self._whole = msgspec.json.Decoder(_Snapshot)
        self._loose = msgspec.json.Decoder(_LooseSnapshot)
        self._row = msgspec.json.Decoder(Aircraft)

    def feed(self, chunk: bytes, received_at: Instant | None) -> Sequence[Plot]:
        """Keep the next bytes of the document."""
        del received_at
        self._buffer.add(chunk)
        return ()

    def end(self, received_at: Instant | None) -> Sequence[Plot]:
        """The plots of the document."""
        document = self._buffer.take()
        if document is None:
            return ()
        now_s, rows = self._rows(document)
        if not 0.0 <= now_s * 1000 <= UNIX_MS_MAX:
            for _ in rows or (None,):
                self.counts.refuse(Refused.TIME_OUT_OF_RANGE)
            return ()
        plots = []
        for row in rows:
            plot = self._plot(row, now_s, received_at)
            if plot is not None:
                plots.append(self._gate.admit(plot))
        return plots

    def _rows(self, document: bytes) -> tuple[float, list[Aircraft]]:
        try:
            snapshot = self._whole.decode(document)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            return self._rows_one_by_one(document)
        return snapshot.now, snapshot.aircraft

    def _rows_one_by_one(self, document: bytes) -> tuple[float, list[Aircraft]]:
        try:
            loose = self._loose.decode(document)
        except RecursionError:
            self.counts.refuse(Refused.TOO_DEEP)
            return 0.0, []
        except (msgspec.MsgspecError, UnicodeDecodeError):
            self.counts.refuse(Refused.NOT_A_MESSAGE)
            return 0.0, []
        rows = []
        for raw in loose.aircraft:
            try:
                rows.append(self._row.decode(raw))
            except RecursionError:
                self.counts.refuse(Refused.TOO_DEEP)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                self.counts.refuse(Refused.NOT_A_MESSAGE)
        return loose.now, rows

    def _plot(self, row: Aircraft, now_s: float, received_at: Instant | None) -> Plot | None:
        counts = self.counts
        latitude_deg, longitude_deg = row.lat, row.lon
        if latitude_deg is None or longitude_deg is None:
            latitude_deg = longitude_deg = None
            age_s = row.seen
        else:
            if not position_fits(latitude_deg, longitude_deg):
                counts.refuse(Refused.POSITION_OFF_EARTH)
                return None
            age_s = row.seen_pos
        if age_s is None:
            counts.refuse(Refused.NO_TIME)
            return None
        at_ms_exact = (now_s - age_s) * 1000
        if not 0.0 <= at_ms_exact <= UNIX_MS_MAX:
            counts.refuse(Refused.TIME_OUT_OF_RANGE)
            return None
        at_ms = round(at_ms_exact)
        if self._told.repeats(row.hex, (at_ms, latitude_deg, longitude_deg)):
            counts.refuse(Refused.REPEATED)
            return None
        at = Instant(at_ms)
        address, is_icao = address_of(row.hex)
        on_ground, pressure_m = self._height(row.alt_baro)
        rate = row.geom_rate if row.baro_rate is None else row.baro_rate
        track_deg = row.track
        return Plot(
            feed=self._feed,
            source=SOURCES.get(row.type or "", PlotSource.OTHER),
            at=at,
            received_at=received_at or at,
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            altitude_pressure_m=pressure_m,
            altitude_ellipsoid_m=_scaled(
                counts, "altitude_ellipsoid_m", row.alt_geom, METRES_PER_FOOT
            ),
            on_ground=on_ground,
            ground_speed_mps=_scaled(counts, "ground_speed_mps", row.gs, MPS_PER_KNOT),
            track_true_rad=None
            if track_deg is None
            else limited(counts, "track_true_rad", radians_from_degrees(track_deg)),
            vertical_rate_mps=_scaled(counts, "vertical_rate_mps", rate, FEET_PER_MINUTE),
            address=address,
            address_is_icao=is_icao,
            callsign=printable(counts, row.flight),
            squawk=squawk_of(counts, row.squawk),
            category=printable(counts, row.category),
            accuracy_horizontal_m=accuracy_m(row.nac_p),
            containment_m=containment_m(counts, row.rc, row.nic),
            emergency=EMERGENCY_WORDS.get(row.emergency) if row.emergency else None,
            ident=None if row.spi is None else bool(row.spi),
        )

    def _height(self, alt_baro: float | str | None) -> tuple[bool | None, float | None]:
        """On ground or not, and pressure altitude; a word other than "ground" says nothing."""
        if alt_baro is None:
            return None, None
        if isinstance(alt_baro, str):
            return (True if alt_baro == GROUND else None), None
        return False, limited(self.counts, "altitude_pressure_m", alt_baro * METRES_PER_FOOT)


_Told = tuple[int, float | None, float | None]  # Unix ms, latitude and longitude in degrees


def _same(last: _Told, told: _Told) -> bool:
    return abs(told[0] - last[0]) <= SAME_MS_MAX and last[1:] == told[1:]


def _scaled(counts: FeedCounts, field: str, value: float | None, factor: float) -> float | None:
    return None if value is None else limited(counts, field, value * factor)
