# ruff: noqa: PLC0415 - adapters are imported where a format needs them, so that commands start at once
"""Which decoder reads what: recordings by their content, live feeds by the name of their format."""

import gzip
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from comity.application.feeds import FeedCounts, PlotDecoder
from comity.domain.tracks import FeedId, Plot
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

if TYPE_CHECKING:
    from comity.adapters.asterix import RadarPlace
    from comity.adapters.gpx_kml import HeightDatum
    from comity.adapters.network_feeds import ByteSource

CHUNK_BYTES = 65_536
HEAD_BYTES = 4_096
POLL_S_MIN = 0.2  # readsb writes once a second, OpenSky answers every 5 or 10 s
UNPACKED_BYTES_MAX = 4 << 30  # a day of a busy receiver; a bomb unpacks a thousandfold
GZIP_MAGIC = b"\x1f\x8b"
ASTERIX_CATEGORIES = {
    bytes([number]) for number in (1, 2, 8, 10, 19, 20, 21, 23, 34, 48, 62, 65, 247)
}
PATTERNS = (
    ("pcap", re.compile(rb"\xd4\xc3\xb2\xa1|\xa1\xb2\xc3\xd4|\x4d\x3c\xb2\xa1|\xa1\xb2\x3c\x4d")),
    ("beast", re.compile(rb"\x1a[1234]")),
    ("cot", re.compile(rb"\xbf")),
    ("plots", re.compile(rb"comity-plots/")),
    ("sbs1", re.compile(rb"\s*(MSG|SEL|ID|AIR|STA|CLK),")),
    ("frames", re.compile(rb"\s*[*@]?[0-9A-Fa-f]{14,40};?\s")),
)
"""How files of the formats begin that are neither JSON, XML nor tables."""


@dataclass(frozen=True, slots=True)
class FormatOptions:
    """What a format cannot say of itself.

    Attributes:
        begins: when a recording without dates begins (Beast: the instant; ASTERIX: any of its day).
        zone_offset_s: of the local time in SBS-1 lines to UTC.
        receiver_deg: latitude and longitude of a Mode S receiver.
        radars: places of radars by (SAC, SIC).
        heights: what the heights of GPX and KML are above.
    """

    begins: Instant | None = None
    zone_offset_s: int | None = None
    receiver_deg: tuple[float, float] | None = None
    radars: "Mapping[tuple[int, int], RadarPlace]" = field(default_factory=dict)
    heights: "HeightDatum | None" = None


Make = Callable[[FeedId, FormatOptions], PlotDecoder]


class Recording:
    """Plots of a file, in its order; counts grow as it is read."""

    def __init__(self, path: Path, format_name: str, decoder: PlotDecoder) -> None:
        self._path = path
        self._decoder = decoder
        self.format_name = format_name

    @property
    def counts(self) -> FeedCounts:
        """What was read so far, and what was wrong with it."""
        return self._decoder.counts

    def __iter__(self) -> Iterator[Plot]:
        """Read the file from its beginning.

        Raises:
            InputError: it cannot be read, does not unpack or unpacks to too much.
        """
        size_bytes = 0
        try:
            with _opened(self._path) as read:
                while chunk := read(CHUNK_BYTES):
                    size_bytes += len(chunk)
                    if size_bytes > UNPACKED_BYTES_MAX:
                        raise InputError("recording", f"over {UNPACKED_BYTES_MAX} bytes unpacked")
                    yield from self._decoder.feed(chunk, None)
        except (OSError, EOFError, zlib.error) as error:
            raise InputError("recording", f"{self._path.name}: {error}") from error
        yield from self._decoder.end(None)


def open_recording(path: Path, feed: FeedId, options: FormatOptions | None = None) -> Recording:
    """Open a recording, gzipped or plain; what it is shows in its first bytes.

    Raises:
        InputError: it cannot be read, is of no known format, or needs an option that is not given.
    """
    options = options or FormatOptions()
    try:
        with _opened(path) as read:
            head = read(HEAD_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError("recording", f"{path.name}: {error}") from error
    name = format_of(head)
    if name is None:
        raise InputError("recording", f"{path.name} is of no known format: begins {head[:32]!r}")
    if name == "sbs1" and options.zone_offset_s is None:
        raise InputError("zone", "SBS-1 lines have local times without a zone; say which")
    if name in {"beast", "asterix"} and options.begins is None:
        raise InputError("begins", f"{name} recordings have no dates; say when they begin")
    return Recording(path, name, decoder_of(name, feed, options))


def source_of(
    address: str, every_s: float = 1.0, headers: Mapping[str, str] | None = None
) -> "ByteSource":
    """Where a live feed's bytes come from.

    Args:
        address: `tcp://HOST:PORT`, `udp://GROUP-OR-OWN-ADDRESS:PORT`, or an HTTP address to poll.
        every_s: how often an HTTP address is polled.
        headers: sent with each poll.

    Raises:
        InputError: another scheme, no host, no port.
    """
    from comity.adapters.network_feeds import DatagramSource, HttpPollSource, TcpSource

    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise InputError("address", f"{address!r}: {error}") from error
    if host is None or parts.scheme not in {"tcp", "udp", "http", "https"}:
        raise InputError("address", f"{address!r} is not tcp://, udp:// or http(s):// with a host")
    if parts.scheme in {"http", "https"}:
        if not every_s >= POLL_S_MIN:
            raise InputError("every", f"{every_s} s is less than {POLL_S_MIN} s")
        return HttpPollSource(address, every_s, headers)
    if port is None:
        raise InputError("address", f"{address!r} has no port")
    return TcpSource(host, port) if parts.scheme == "tcp" else DatagramSource(host, port)


def decoder_of(name: str, feed: FeedId, options: FormatOptions | None = None) -> PlotDecoder:
    """A new decoder of a format.

    Raises:
        InputError: no format has that name.
    """
    make = DECODERS.get(name)
    if make is None:
        raise InputError("format", f"{name!r} is none of {', '.join(sorted(DECODERS))}")
    return make(feed, options or FormatOptions())


def check_live(name: str, address: str) -> None:
    """Whether a format is read live from such an address.

    Raises:
        InputError: it is no live format, or comes in another way.
    """
    schemes = LIVE.get(name)
    if schemes is None:
        raise InputError("format", f"{name!r} is none of {', '.join(sorted(LIVE))}, read live")
    scheme = address.partition("://")[0]
    if scheme not in schemes:
        raise InputError("address", f"{name} is read from {' or '.join(schemes)}, not {scheme!r}")


def format_of(head: bytes) -> str | None:
    """The format whose files begin so; None for none."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"{", b"[")):
        return _json_format(text)
    if text.startswith(b"<"):
        return _xml_format(text)
    for name, pattern in PATTERNS:
        if pattern.match(head):
            return name
    if _is_table(text):
        return "csv"
    is_block = head[:1] in ASTERIX_CATEGORIES and int.from_bytes(head[1:3], "big") >= 5
    return "asterix" if is_block else None


def _json_format(text: bytes) -> str:
    if re.match(rb'\{\s*"\w+"\s*:\s*\{', text) or text.startswith(b"["):
        return "json-rows"
    first_line = text.partition(b"\n")[0]
    for name, needed in (
        ("frames", (b'"frame"', b'"timestamp"')),
        ("readsb-trace", (b'"icao"', b'"timestamp"')),
        ("opensky", (b'"states"', b'"time"')),
    ):
        if all(word in first_line for word in needed):
            return name
    for name, word in (("readsb-trace", b'"trace"'), ("opensky", b'"states"')):
        if word in text:
            return name
    return "readsb"


def _xml_format(text: bytes) -> str | None:
    for name, word in (("gpx-kml", b"<gpx"), ("gpx-kml", b"<kml"), ("cot", b"<event")):
        if word in text:
            return name
    return None


def _is_table(text: bytes) -> bool:
    from comity.adapters.track_recordings.columns import family_of

    names = text.partition(b"\n")[0].decode("utf-8", "replace").split(",")
    return family_of({name.strip().strip('"') for name in names}) is not None


@contextmanager
def _opened(path: Path) -> Iterator[Callable[[int], bytes]]:
    """How to read so many bytes, unpacked where the file is gzip."""
    with path.open("rb") as stream:
        if stream.read(len(GZIP_MAGIC)) != GZIP_MAGIC:
            stream.seek(0)
            yield stream.read
            return
    with gzip.open(path, "rb") as unpacked:
        yield unpacked.read


def _readsb(feed: FeedId, _: FormatOptions) -> PlotDecoder:
    from comity.adapters.readsb import SnapshotDecoder

    return SnapshotDecoder(feed)


def _readsb_trace(feed: FeedId, _: FormatOptions) -> PlotDecoder:
    from comity.adapters.readsb import TraceDecoder

    return TraceDecoder(feed)


def _opensky(feed: FeedId, _: FormatOptions) -> PlotDecoder:
    from comity.adapters.opensky import StatesDecoder

    return StatesDecoder(feed)


def _sbs1(feed: FeedId, options: FormatOptions) -> PlotDecoder:
    from comity.adapters.sbs1 import BaseStationDecoder

    return BaseStationDecoder(feed, options.zone_offset_s)


def _beast(feed: FeedId, options: FormatOptions) -> PlotDecoder:
    from comity.adapters.mode_s import BeastDecoder

    return BeastDecoder(feed, options.receiver_deg, options.begins)


def _frames(feed: FeedId, options: FormatOptions) -> PlotDecoder:
    from comity.adapters.mode_s import FrameLinesDecoder

    return FrameLinesDecoder(feed, options.receiver_deg)


def _asterix(feed: FeedId, options: FormatOptions) -> PlotDecoder:
    from comity.adapters.asterix import AsterixDecoder

    return AsterixDecoder(feed, options.radars, options.begins)


def _pcap(feed: FeedId, options: FormatOptions) -> PlotDecoder:
    from comity.adapters.asterix import PcapDecoder

    return PcapDecoder(feed, options.radars)


def _cot(feed: FeedId, _: FormatOptions) -> PlotDecoder:
    from comity.adapters.cursor_on_target import CotStreamDecoder

    return CotStreamDecoder(feed)


def _cot_datagrams(feed: FeedId, _: FormatOptions) -> PlotDecoder:
    from comity.adapters.cursor_on_target import CotDatagramDecoder

    return CotDatagramDecoder(feed)


def _json_rows(feed: FeedId, _: FormatOptions) -> PlotDecoder:
    from comity.adapters.track_recordings import JsonRowsDecoder

    return JsonRowsDecoder(feed)


def _csv(feed: FeedId, _: FormatOptions) -> PlotDecoder:
    from comity.adapters.track_recordings import CsvDecoder

    return CsvDecoder(feed)


def _gpx_kml(feed: FeedId, options: FormatOptions) -> PlotDecoder:
    from comity.adapters.gpx_kml import HeightDatum, XmlTracksDecoder

    return XmlTracksDecoder(feed, options.heights or HeightDatum.UNSTATED)


def _plots(feed: FeedId, _: FormatOptions) -> PlotDecoder:
    from comity.adapters.plot_recordings import RecordedPlots

    return RecordedPlots(feed)


DECODERS: dict[str, Make] = {
    "asterix": _asterix,
    "beast": _beast,
    "cot": _cot,
    "cot-datagrams": _cot_datagrams,
    "csv": _csv,
    "frames": _frames,
    "gpx-kml": _gpx_kml,
    "json-rows": _json_rows,
    "opensky": _opensky,
    "pcap": _pcap,
    "plots": _plots,
    "readsb": _readsb,
    "readsb-trace": _readsb_trace,
    "sbs1": _sbs1,
}
"""Formats by name, as `comity feed add` takes them."""

LIVE: dict[str, tuple[str, ...]] = {
    "asterix": ("tcp", "udp"),
    "beast": ("tcp",),
    "cot": ("tcp",),
    "cot-datagrams": ("udp",),
    "frames": ("tcp",),
    "opensky": ("http", "https"),
    "readsb": ("http", "https"),
    "sbs1": ("tcp",),
}
"""Formats that are read live, and from what kind of address."""
