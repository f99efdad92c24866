"""GPX 1.1 `trkpt`s and KML 2.2 `gx:Track`s: points with times; lines without times give no plots.

Heights of both are above mean sea level by their specifications, and above the ellipsoid in what many
receivers write: they are taken only where the user says which. Source: GPX 1.1 schema, `ele`; OGC
12-007r2 (KML 2.3) §6.2, `gx:Track`.
"""

from collections.abc import Sequence
from enum import StrEnum

from comity.application.feeds import (
    FeedCounts,
    PlotGate,
    Refused,
    Remark,
    SafeXml,
    UnsafeXmlError,
    limited,
    position_fits,
    printable,
)
from comity.application.feeds.xml_events import Attributes
from comity.domain.tracks import FeedId, Plot, PlotSource
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant, instant_from_rfc3339

DOCUMENT_BYTES_MAX = 256 << 20
POINTS_MAX = 1_000_000  # of one gx:Track, whose times stand before its places


class HeightDatum(StrEnum):
    """What the heights of a file are above, if the user knows."""

    UNSTATED = "unstated"
    ELLIPSOID = "ellipsoid"


class XmlTracksDecoder:
    """One document from `feed`s to `end`; points come out as they are read.

    Args:
        feed: whose plots these are.
        heights: what the heights are above. Unstated ones are not taken, and counted.
    """

    def __init__(self, feed: FeedId, heights: HeightDatum = HeightDatum.UNSTATED) -> None:
        self.counts = FeedCounts()
        self._feed = feed
        self._heights = heights
        self._gate = PlotGate(self.counts)
        self._begin()

    def feed(self, chunk: bytes, received_at: Instant | None) -> Sequence[Plot]:
        """Plots of the points that are complete now."""
        return self._read(chunk, received_at, final=False)

    def end(self, received_at: Instant | None) -> Sequence[Plot]:
        """The document is over."""
        plots = self._read(b"", received_at, final=True)
        self._begin()
        return plots

    def _begin(self) -> None:
        self._xml = SafeXml(self._start, self._end_element)
        self._size_bytes = 0
        self._is_refused = False
        self._plots: list[Plot] = []
        self._received_at: Instant | None = None
        self._name: str | None = None
        self._place: tuple[str, str] | None = None
        self._time = self._height = ""
        self._whens: list[str] = []
        self._coordinates: list[str] = []

    def _read(self, chunk: bytes, received_at: Instant | None, *, final: bool) -> list[Plot]:
        self.counts.bytes_read += len(chunk)
        self._size_bytes += len(chunk)
        self._received_at = received_at
        if not self._is_refused and (chunk or self._size_bytes):
            try:
                if self._size_bytes > DOCUMENT_BYTES_MAX:
                    self._refuse(Refused.TOO_LONG)
                else:
                    self._xml.feed(chunk, final=final)
            except UnsafeXmlError:
                self._refuse(Refused.UNSAFE_XML)
            except ValueError:
                self._refuse(Refused.NOT_A_MESSAGE)
        plots, self._plots = self._plots, []
        return plots

    def _refuse(self, reason: Refused) -> None:
        """The rest of the document cannot be read."""
        self._is_refused = True
        self.counts.refuse(reason)

    def _start(self, name: str, attributes: Attributes) -> None:
        if name in {"trkpt", "wpt", "rtept"}:
            self._place = (attributes.get("lat", ""), attributes.get("lon", ""))
            self._time = self._height = ""
        elif name in {"trk", "Placemark"}:
            self._name = None
        elif name == "Track":
            self._whens, self._coordinates = [], []

    def _end_element(self, name: str, text: str) -> None:
        if name == "name":
            self._name = text
        elif name == "time":
            self._time = text
        elif name == "ele":
            self._height = text
        elif name == "trkpt" and self._place is not None:
            self._point(*self._place, self._height, self._time)
            self._place = None
        elif name == "when" and len(self._whens) < POINTS_MAX:
            self._whens.append(text)
        elif name == "coord" and len(self._coordinates) < POINTS_MAX:
            self._coordinates.append(text)
        elif name == "coordinates":
            self.counts.refuse(Refused.NO_TIME)
        elif name == "Track":
            self._track()

    def _track(self) -> None:
        if len(self._whens) != len(self._coordinates):
            self.counts.refuse(Refused.NOT_A_MESSAGE)
            return
        for when, coordinate in zip(self._whens, self._coordinates, strict=True):
            parts = coordinate.split()
            if len(parts) < 2:
                self.counts.refuse(Refused.NOTHING_REPORTED)
                continue
            self._point(parts[1], parts[0], parts[2] if len(parts) > 2 else "", when)
        self._whens, self._coordinates = [], []

    def _point(self, latitude: str, longitude: str, height: str, time: str) -> None:
        counts = self.counts
        try:
            latitude_deg, longitude_deg = float(latitude), float(longitude)
            height_m = float(height) if height else None
        except ValueError:
            counts.refuse(Refused.NOT_A_MESSAGE)
            return
        if not position_fits(latitude_deg, longitude_deg):
            counts.refuse(Refused.POSITION_OFF_EARTH)
            return
        try:
            at = instant_from_rfc3339(time)
        except InputError:
            counts.refuse(Refused.NO_TIME)
            return
        if height_m is not None and self._heights is not HeightDatum.ELLIPSOID:
            counts.remarks[Remark.HEIGHT_DATUM_UNSTATED] += 1
            height_m = None
        plot = Plot(
            feed=self._feed,
            source=PlotSource.RECORDING,
            at=at,
            received_at=self._received_at or at,
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            altitude_ellipsoid_m=limited(counts, "altitude_ellipsoid_m", height_m),
            callsign=printable(counts, self._name),
        )
        self._plots.append(self._gate.admit(plot))
