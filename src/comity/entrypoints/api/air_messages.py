"""What the local API tells of the air: feeds, nets, tracks and alerts (docs/reference/api.md)."""

from typing import Annotated, Any

import msgspec

from comity.entrypoints.air_process import NetTold, TrackRow


class AddFeed(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A live feed to listen to.

    Attributes:
        feed: its name at this node.
        address: `tcp://HOST:PORT`, `udp://GROUP:PORT`, or an HTTP address that is asked again and again.
        format: which decoder reads it (docs/rooms/feeds.md).
        party: whose feed it is; this party's own if left out.
        every_s: how often an HTTP address is asked.
        zone_offset_s: of local times to UTC, for SBS-1 lines.
        receiver_latitude_deg, receiver_longitude_deg: of the antenna; both or neither.
        receiver_height_m: of the antenna above the ellipsoid.
    """

    feed: str
    address: str
    format: str
    party: str | None = None
    every_s: float = 1.0
    zone_offset_s: int | None = None
    receiver_latitude_deg: float | None = None
    receiver_longitude_deg: float | None = None
    receiver_height_m: float | None = None


class FeedTold(msgspec.Struct, kw_only=True):
    """A feed and how it stands.

    Attributes:
        phase: of its link: connecting, up, down, closed; `unknown` where nobody watches.
        since: when that began.
        heard_at: when bytes last came.
        retries: attempts in a row that failed.
        drops: how often an established link was lost.
        reason: why it is down.
        counts: messages, plots, refused and remarks by reason (docs/rooms/feeds.md).
        waiting: between feed and cycle: received, superseded, dropped.
        tracks: what became of its plots, by name (docs/rooms/tracks.md).
    """

    feed: str
    party: str
    format: str
    address: str
    phase: str
    since: str | None = None
    heard_at: str | None = None
    retries: int = 0
    drops: int = 0
    reason: str | None = None
    counts: dict[str, Any] = {}
    waiting: dict[str, int] = {}
    tracks: dict[str, int] = {}


class AddAreas(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A file of areas to watch, or the borders that the build carries.

    Attributes:
        areas: its name at this node.
        path: absolute, on the node's machine; GeoJSON or OpenAir. Else packaged_borders is true.
        kind: what areas are that do not say so themselves.
        guarded: names of its countries and FIRs whose border is watched as a prohibited area.
    """

    areas: str
    path: str | None = None
    packaged_borders: bool = False
    kind: str | None = None
    guarded: list[str] = []


class AreasListed(msgspec.Struct, kw_only=True):
    """A file of areas in use.

    Attributes:
        digest: SHA-256 of its bytes when it was added.
        count: how many areas it has; null where it was not read for this answer, as are name and version.
    """

    areas: str
    path: str | None
    packaged_borders: bool
    digest: str
    kind: str | None
    guarded: list[str]
    count: int | None = None
    name: str | None = None
    version: str | None = None


class AlertTold(msgspec.Struct, kw_only=True):
    """An alert: what about, how grave, and the data it stands on.

    Attributes:
        phase: raised, acknowledged or cleared.
        revision: one more each time it became worse.
        determined: whether the data decide it.
        basis: when it was raised: integers with their unit in the name; null: not known.
        basis_now: the same as of the last cycle; null where the watch does not tell of it.
        severity_now: likewise; it may have fallen, and the alert is still open.
        held: why it is kept open though its net does not find it now.
    """

    alert: str
    net: str
    severity: str
    phase: str
    revision: int
    subjects: list[str]
    aspect: str
    determined: bool
    raised_at: str
    seen_at: str
    basis: dict[str, Any]
    basis_now: dict[str, Any] | None = None
    severity_now: str | None = None
    held: str | None = None
    acknowledged_by: str | None = None
    acknowledged_at: str | None = None
    cleared_at: str | None = None


class AcknowledgeAlert(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A person has seen an alert.

    Attributes:
        revision: the one that was seen; refused where the alert has become worse since.
    """

    revision: int | None = None


class SayRadio(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A person called a track by radio.

    Attributes:
        track: its key, the last part of it, or its callsign; one track now must have it.
        answered: whether it did.
    """

    track: Annotated[str, msgspec.Meta(max_length=200)]
    answered: bool


class AirTold(msgspec.Struct, kw_only=True):
    """The air as the watch sees it: the last cycle in numbers, the nets, the feeds, the open alerts.

    Attributes:
        cycle: its number; null: nobody watches.
        at: its instant.
        minima: where the separation comes from: an agreement's digest, or that there is none.
        late_s: how long after its second it began.
        skipped: seconds without a cycle.
        untold: cycles that this node was too busy to be told of.
        changes_waiting: alerts raised or cleared that are not durable yet.
        refused_changes: of these, refused by this node: a fault of ours.
        unwatched: flights under way that are not watched for conformance, and why.
        suppressed: pairs found and left out: accepted, in formation, or one aircraft.
        restarts: how often the watch was started again.
        alerts: open, worst first, then the oldest; at most 1,000 are told.
        alerts_open: how many there are.
    """

    at: str
    cycle: int | None
    minima: str | None
    nets: list[NetTold]
    feeds: list[FeedTold]
    alerts: list[AlertTold]
    alerts_open: int
    tracks: int | None = None
    plots: int | None = None
    late_s: float | None = None
    skipped: int = 0
    untold: int = 0
    stage_s: dict[str, float] = {}
    changes_waiting: int = 0
    refused_changes: int = 0
    unwatched: dict[str, str] = {}
    suppressed: int = 0
    memory_bytes: int | None = None
    restarts: int = 0


class AirTracksTold(msgspec.Struct, kw_only=True):
    """Tracks of the last cycle, the freshest where not all are told; no track is no clear sky."""

    at: str | None
    total: int
    rows: list[TrackRow]
