"""Feeds that a node listens to, as its own private records tell them: which data its picture stood on.

docs/rooms/feeds.md, "Records", names the fields.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from comity.domain.airspace.altitude import HEIGHT_M_MAX, HEIGHT_M_MIN
from comity.domain.records import Record
from comity.domain.tracks.plot import FeedId, feed_id
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import PartyId, party_id
from comity.kernel.units import MM_PER_METRE, degrees_from_e7, e7_from_degrees

FEED_ADDED: Final = "feed.added"
FEED_REMOVED: Final = "feed.removed"
FEED_KINDS = frozenset({FEED_ADDED, FEED_REMOVED})

FEEDS_MAX = 64  # as `table.FEEDS_MAX`: each takes 100 bytes a track
FORMAT = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
ADDRESS_LENGTH_MAX = 300
EVERY_S_MIN, EVERY_S_MAX = 0.2, 3_600.0  # readsb writes once a second
ZONE_OFFSET_S_MAX = 14 * 3_600  # UTC+14, Line Islands


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """One live feed: where it comes from, what it speaks, and whose picture it is.

    Attributes:
        party: whose feed it is; tracks of two parties are never merged (L-13).
        format_name: which decoder reads it.
        address: `tcp://HOST:PORT`, `udp://GROUP:PORT` or an HTTP address; never a user or password,
            for it goes into a record.
        every_s: how often an HTTP address is asked.
        zone_offset_s: of local times without a zone to UTC (L-15).
        receiver_deg: latitude and longitude of the antenna.
        receiver_height_m: of the antenna above the ellipsoid.
    """

    feed: FeedId
    party: PartyId
    format_name: str
    address: str
    every_s: float = 1.0
    zone_offset_s: int | None = None
    receiver_deg: tuple[float, float] | None = None
    receiver_height_m: float | None = None

    def __post_init__(self) -> None:
        feed_id(self.feed)
        party_id(self.party)
        if FORMAT.fullmatch(self.format_name) is None:
            raise InputError("format", f"{self.format_name!r} is not of the form {FORMAT.pattern}")
        _check_address(self.address)
        _check_within("every_s", self.every_s, EVERY_S_MIN, EVERY_S_MAX)
        if self.zone_offset_s is not None:
            _check_within(
                "zone_offset_s", self.zone_offset_s, -ZONE_OFFSET_S_MAX, ZONE_OFFSET_S_MAX
            )
        if self.receiver_deg is not None:
            _check_within("receiver latitude", self.receiver_deg[0], -90.0, 90.0)
            _check_within("receiver longitude", self.receiver_deg[1], -180.0, 180.0)
        if self.receiver_height_m is not None:
            if self.receiver_deg is None:
                raise InputError("receiver", "a height without a place")
            _check_within("receiver height", self.receiver_height_m, HEIGHT_M_MIN, HEIGHT_M_MAX)


def _check_address(address: str) -> None:
    if not 1 <= len(address) <= ADDRESS_LENGTH_MAX or not address.isprintable():
        raise InputError("address", f"1 to {ADDRESS_LENGTH_MAX} printable characters are allowed")
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise InputError("address", f"{address!r}: {error}") from error
    if parts.username is not None or parts.password is not None:
        raise InputError("address", "holds a user or a password, and would stand in a record")


def _check_within(name: str, value: float, least: float, greatest: float) -> None:
    if not least <= value <= greatest:  # NaN is within nothing
        raise InputError(name, f"{value} is outside {least:g} to {greatest:g}")


def feed_to_body(settings: FeedSettings) -> dict[str, Any]:
    """The body of a `feed.added` record."""
    place, height_m = settings.receiver_deg, settings.receiver_height_m
    return {
        "feed": settings.feed,
        "party": settings.party,
        "format": settings.format_name,
        "address": settings.address,
        "every_ms": round(settings.every_s * 1000),
        "zone_offset_s": settings.zone_offset_s,
        "receiver_latitude_deg_e7": None if place is None else e7_from_degrees(place[0]),
        "receiver_longitude_deg_e7": None if place is None else e7_from_degrees(place[1]),
        "receiver_height_mm": None if height_m is None else round(height_m * MM_PER_METRE),
    }


def feed_from_body(body: Mapping[str, Any]) -> FeedSettings:
    """Read the body of a `feed.added` record.

    Raises:
        RecordError: `field-form`: a field is missing or of another form; `field-limit`.
    """
    latitude, longitude = (
        _number(body, "receiver_latitude_deg_e7"),
        _number(body, "receiver_longitude_deg_e7"),
    )
    height_mm = _number(body, "receiver_height_mm")
    every_ms = _number(body, "every_ms")
    if (latitude is None) is not (longitude is None) or every_ms is None:
        raise RecordError("field-form", "half a receiver's place, or no every_ms")
    try:
        return FeedSettings(
            feed=FeedId(_text(body, "feed")),
            party=PartyId(_text(body, "party")),
            format_name=_text(body, "format"),
            address=_text(body, "address"),
            every_s=every_ms / 1000,
            zone_offset_s=_number(body, "zone_offset_s"),
            receiver_deg=None
            if latitude is None or longitude is None
            else (degrees_from_e7(latitude), degrees_from_e7(longitude)),
            receiver_height_m=None if height_mm is None else height_mm / MM_PER_METRE,
        )
    except InputError as error:
        raise RecordError("field-limit", str(error)) from error


@dataclass(slots=True)
class FeedRegister:
    """The feeds in use, by name. Replaying the journal rebuilds it."""

    _feeds: dict[FeedId, FeedSettings] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._feeds)

    def feeds(self) -> tuple[FeedSettings, ...]:
        """Every feed in use, in the order of their adding."""
        return tuple(self._feeds.values())

    def get(self, feed: FeedId) -> FeedSettings | None:
        """One feed; None where it is not in use."""
        return self._feeds.get(feed)

    def apply(self, record: Record) -> None:
        """Take in one record.

        Raises:
            RecordError: see `feed_from_body`; `feed` where it is in use already, is not, or there
                are `FEEDS_MAX`. Nothing changed.
        """
        if record.kind == FEED_ADDED:
            settings = feed_from_body(record.body)
            if settings.feed in self._feeds:
                raise RecordError("feed", f"{settings.feed} is in use already")
            if len(self._feeds) >= FEEDS_MAX:
                raise RecordError("feed", f"{FEEDS_MAX} feeds are in use, the most there may be")
            self._feeds[settings.feed] = settings
            return
        feed = FeedId(_text(record.body, "feed"))
        if self._feeds.pop(feed, None) is None:
            raise RecordError("feed", f"{feed} is not in use")


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise RecordError("field-form", f"{name}: not a text")
    return value


def _number(body: Mapping[str, Any], name: str) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise RecordError("field-form", f"{name}: not a whole number")
    return value
