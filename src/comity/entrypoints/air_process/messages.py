"""What a node and its watch over the air say to each other, over a socket of their own.

Both are of one release and one machine: this is no wire format, and nothing of it is kept.
"""

from typing import Any

import msgspec

from comity.application.brief_areas import AreasBrief
from comity.application.brief_watch import MinimaBrief, WatchBrief
from comity.application.keep_alerts import AlertChange
from comity.domain.tracks import FeedSettings

TRACKS_TOLD_MAX = 5_000  # rows of one answer, some 1.5 MB
ALERTS_NOW_MAX = 200  # more than a screen shows; some 60 kB a second
CHANGES_MAX = 256  # of one message; the next goes out once these are durable


class _Said(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """One message."""


class FeedWanted(msgspec.Struct, frozen=True, kw_only=True):
    """A feed to listen to, as `FeedSettings`."""

    feed: str
    party: str
    format_name: str
    address: str
    every_s: float
    zone_offset_s: int | None
    receiver_deg: tuple[float, float] | None
    receiver_height_m: float | None


class OpenAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that is open by the node's records.

    Attributes:
        body: of its newest `alert.raised`.
    """

    body: dict[str, Any]
    severity_worst: int
    acknowledged_by: str | None = None
    acknowledged_ms: int | None = None


class Begin(_Said, frozen=True, kw_only=True):
    """First: whose node this is, and what was open when it began."""

    run: str
    party: str
    alerts: list[OpenAlert]


class FeedsWanted(_Said, frozen=True, kw_only=True):
    """All feeds to listen to from now on; others end."""

    feeds: list[FeedWanted]


class Briefed(_Said, frozen=True, kw_only=True):
    """The agreement's minima and the flights under way, wherever they changed."""

    brief: WatchBrief


class AreasTold(_Said, frozen=True, kw_only=True):
    """The areas to watch from now on, wherever they changed; heights compare as the minima say."""

    areas: AreasBrief
    minima: MinimaBrief


class Kept(_Said, frozen=True, kw_only=True):
    """The changes of the last `Changes` are durable."""

    number: int


class Acknowledged(_Said, frozen=True, kw_only=True):
    """A person has acknowledged an alert, on record."""

    alert: str
    operator: str
    at_ms: int


class TracksAsked(_Said, frozen=True, kw_only=True):
    """Which tracks there are.

    Attributes:
        named: only those of that key, its last part, that callsign or that flight; empty: all.
    """

    number: int
    limit: int
    south_deg: float = -90.0
    west_deg: float = -180.0
    north_deg: float = 90.0
    east_deg: float = 180.0
    named: str = ""


class PicturesWanted(_Said, frozen=True, kw_only=True):
    """Whether somebody follows the picture: each cycle sends one from now on, or none."""

    wanted: bool


ToAir = (
    Begin | FeedsWanted | Briefed | AreasTold | Kept | Acknowledged | TracksAsked | PicturesWanted
)


class NetTold(msgspec.Struct, frozen=True, kw_only=True):
    """What a net says of itself: docs/rooms/alerts.md, "State of a net"."""

    net: str
    health: str
    since: str
    why: list[str]


class FeedState(msgspec.Struct, frozen=True, kw_only=True):
    """How a feed stands, and what came.

    Attributes:
        phase: of its link: connecting, up, down, closed.
        since_ms: when that began.
        heard_ms: when bytes last came.
        retries: attempts in a row that failed.
        drops: how often an established link was lost.
        reason: why it is down.
        counts: messages, plots, refused and remarks by reason (docs/rooms/feeds.md).
        waiting: received, superseded and dropped between feed and cycle.
        tracks: what became of its plots, by name (docs/rooms/tracks.md).
    """

    feed: str
    phase: str
    since_ms: int
    heard_ms: int | None
    retries: int
    drops: int
    reason: str | None
    counts: dict[str, Any]
    waiting: dict[str, int] = {}
    tracks: dict[str, int] = {}

    def with_tracks(self, tracks: dict[str, int]) -> "FeedState":
        """The same, with what became of its plots."""
        return msgspec.structs.replace(self, tracks=tracks)


class AlertNow(msgspec.Struct, frozen=True, kw_only=True):
    """How an open alert stands in this cycle; the records tell how it stood when it was raised.

    Attributes:
        held: why it is kept open though the net does not find it; empty where it does.
    """

    alert: str
    severity: str
    seen_ms: int
    held: str
    basis: dict[str, Any]


class CycleTold(_Said, frozen=True, kw_only=True):
    """One cycle, in numbers.

    Attributes:
        late_s: how long after its second it began.
        skipped: seconds without a cycle since the beginning, for one before took too long.
        untold: cycles that were not told of, for the node had not read the ones before.
        changes: alerts raised and cleared in this cycle.
        changes_waiting: changes that are not durable yet.
        unwatched: flights under way that the conformance net does not watch, and why.
        suppressed: pairs found and left out: accepted, in formation, or one aircraft.
        memory_bytes: of this process, resident.
        now: the worst `ALERTS_NOW_MAX` open alerts as they stand.
    """

    number: int
    at: str
    late_s: float
    tracks: int
    plots: int
    ended: int
    alerts_open: int
    nets: list[NetTold]
    feeds: list[FeedState]
    stage_s: dict[str, float]
    skipped: int
    untold: int
    changes: int
    changes_waiting: int
    unwatched: dict[str, str]
    suppressed: int
    memory_bytes: int
    now: list[AlertNow]


class Changes(_Said, frozen=True, kw_only=True):
    """Alerts raised and cleared, to be made durable; no more come until they are."""

    number: int
    changes: list[AlertChange]


class RadioTold(msgspec.Struct, frozen=True, kw_only=True):
    """That a person called a track by radio.

    Attributes:
        answered: whether it did.
        operator: who says so.
        at: when; what was said long ago says little of now.
    """

    answered: bool
    operator: str
    at: str


class TrackRow(msgspec.Struct, frozen=True, kw_only=True):
    """One track now. What is not known is null.

    Attributes:
        key: as alerts name it.
        flight: the agreed flight that it is taken for.
        track_id: unique in this run of the watch.
        address: 24 bits, six hex digits.
        lacks: what is known to be missing: `transponder`, `plan`, `radio`; no contradiction and no guilt.
        radio: the last that was said of this track by a person.
    """

    key: str
    callsign: str | None
    latitude_deg: float
    longitude_deg: float
    accuracy_m: float
    altitude_pressure_m: float | None
    altitude_ellipsoid_m: float | None
    ground_speed_mps: float | None
    track_true_deg: float | None
    vertical_rate_mps: float | None
    on_ground: bool | None
    age_s: float
    stale: bool
    confirmed: bool
    flight: str | None = None
    track_id: int = 0
    address: str | None = None
    accuracy_pressure_m: float | None = None
    accuracy_ellipsoid_m: float | None = None
    lacks: list[str] = []
    radio: RadioTold | None = None


class TracksTold(_Said, frozen=True, kw_only=True):
    """Tracks of the last cycle, the freshest first where not all are told."""

    number: int
    at: str | None
    total: int
    rows: list[TrackRow]


class PictureTold(_Said, frozen=True, kw_only=True):
    """Every track of a cycle, in columns (`track_stream.picture`).

    Attributes:
        count: tracks in it.
        left_out: tracks that no slot of 16 bits names.
        named: track id, key, callsign and flight, where the node does not have them from this run.
    """

    cycle: int
    at: str
    count: int
    left_out: int
    columns: bytes
    named: list[tuple[int, str, str | None, str | None]]


FromAir = CycleTold | Changes | TracksTold | PictureTold


def wanted_of(settings: FeedSettings) -> FeedWanted:
    """A feed as the watch is told of it."""
    return FeedWanted(
        feed=settings.feed,
        party=settings.party,
        format_name=settings.format_name,
        address=settings.address,
        every_s=settings.every_s,
        zone_offset_s=settings.zone_offset_s,
        receiver_deg=settings.receiver_deg,
        receiver_height_m=settings.receiver_height_m,
    )
