"""State vectors: `{"time": s, "states": [[…17 or 18 values…], …]}`, SI units, null for unknown.

Source: OpenSky REST API documentation, "All State Vectors".
"""

from collections.abc import Sequence

import msgspec

from comity.application.feeds import (
    DocumentBuffer,
    FeedCounts,
    LastTold,
    PlotGate,
    Refused,
    address_of_hex,
    limited,
    position_fits,
    printable,
    squawk_of,
)
from comity.domain.tracks import FeedId, Plot, PlotSource
from comity.kernel.instants import UNIX_MS_MAX, Instant
from comity.kernel.units import radians_from_degrees

STATES_BYTES_MAX = 64 << 20  # the whole world is 2 MB
SOURCES = (PlotSource.ADS_B, PlotSource.OTHER, PlotSource.MLAT, PlotSource.OTHER)
"""By `position_source`: ADS-B, ASTERIX (of what kind is not said), MLAT, FLARM."""
CATEGORIES: dict[int, str] = {
    **{number + 1: f"A{number}" for number in range(1, 8)},
    **{8 + number: f"B{number}" for number in (1, 2, 3, 4, 6, 7)},
    **{15 + number: f"C{number}" for number in range(1, 6)},
}
"""By `category`; 0 and 1 say nothing, 13 is reserved."""


class _State(msgspec.Struct, array_like=True, gc=False):
    icao24: str
    callsign: str | None
    origin_country: str | None
    time_position: float | None
    last_contact: float | None
    longitude: float | None
    latitude: float | None
    baro_altitude: float | None
    on_ground: bool | None
    velocity: float | None
    true_track: float | None
    vertical_rate: float | None
    sensors: list[int] | None
    geo_altitude: float | None
    squawk: str | None
    spi: bool | None
    position_source: int | None
    category: int | None = None


class _States(msgspec.Struct, gc=False):
    time: float
    states: list[_State] | None


class _LooseStates(msgspec.Struct, gc=False):
    time: float
    states: list[msgspec.Raw] | None


class StatesDecoder:
    """One document from `feed`s to `end`. A position told before is refused as repeated."""

    def __init__(self, feed: FeedId) -> None:
        self.counts = FeedCounts()
        self._feed = feed
        self._buffer = DocumentBuffer(self.counts, STATES_BYTES_MAX)
        self._gate = PlotGate(self.counts)
        self._told: LastTold[str, float] = LastTold()
        self._whole = msgspec.json.Decoder(_States)
        self._loose = msgspec.json.Decoder(_LooseStates)
        self._row = msgspec.json.Decoder(_State)

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
        plots = []
        for state in self._states(document):
            plot = self._plot(state, received_at)
            if plot is not None:
                plots.append(self._gate.admit(plot))
        return plots

    def _states(self, document: bytes) -> list[_State]:
        try:
            return self._whole.decode(document).states or []
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            pass
        try:
            rows = self._loose.decode(document).states or []
        except RecursionError:
            self.counts.refuse(Refused.TOO_DEEP)
            return []
        except (msgspec.MsgspecError, UnicodeDecodeError):
            self.counts.refuse(Refused.NOT_A_MESSAGE)
            return []
        states = []
        for raw in rows:
            try:
                states.append(self._row.decode(raw))
            except RecursionError:
                self.counts.refuse(Refused.TOO_DEEP)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                self.counts.refuse(Refused.NOT_A_MESSAGE)
        return states

    def _plot(self, state: _State, received_at: Instant | None) -> Plot | None:
        counts = self.counts
        latitude_deg, longitude_deg = state.latitude, state.longitude
        at_s = state.time_position
        if latitude_deg is None or longitude_deg is None or at_s is None:
            latitude_deg = longitude_deg = None
            at_s = state.last_contact
        elif not position_fits(latitude_deg, longitude_deg):
            counts.refuse(Refused.POSITION_OFF_EARTH)
            return None
        if at_s is None:
            counts.refuse(Refused.NO_TIME)
            return None
        if not 0.0 <= at_s * 1000 <= UNIX_MS_MAX:
            counts.refuse(Refused.TIME_OUT_OF_RANGE)
            return None
        if self._told.repeats(state.icao24, at_s):
            counts.refuse(Refused.REPEATED)
            return None
        at = Instant(round(at_s * 1000))
        number = state.position_source
        known = number is not None and 0 <= number < len(SOURCES)
        address = address_of_hex(state.icao24)
        return Plot(
            feed=self._feed,
            source=SOURCES[number] if number is not None and known else PlotSource.OTHER,
            at=at,
            received_at=received_at or at,
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            altitude_pressure_m=limited(counts, "altitude_pressure_m", state.baro_altitude),
            altitude_ellipsoid_m=limited(counts, "altitude_ellipsoid_m", state.geo_altitude),
            on_ground=state.on_ground,
            ground_speed_mps=limited(counts, "ground_speed_mps", state.velocity),
            track_true_rad=None
            if state.true_track is None
            else limited(counts, "track_true_rad", radians_from_degrees(state.true_track)),
            vertical_rate_mps=limited(counts, "vertical_rate_mps", state.vertical_rate),
            address=address,
            address_is_icao=address is not None,
            callsign=printable(counts, state.callsign),
            squawk=squawk_of(counts, state.squawk),
            category=None if state.category is None else CATEGORIES.get(state.category),
            ident=state.spi,
        )
