"""What the endpoints of the history tell."""

import msgspec


class ChangeTold(msgspec.Struct, frozen=True, kw_only=True):
    """One thing said of one item.

    Attributes:
        at: from when it holds, by its author.
        known_at: when this node took it in.
        holds_from: the time that it is about; null: none is stated.
        holds_until: its end.
        estimate: of an alert raised, its net's own figures, on filtered tracks that are not kept; else empty.
    """

    family: str
    key: str
    status: str
    words: str
    author: str
    digest: str
    at: str
    known_at: str
    holds_from: str | None
    holds_until: str | None
    ends: bool
    answer: bool
    estimate: dict[str, str | int | bool | None] = {}


class HeldTold(msgspec.Struct, frozen=True, kw_only=True):
    """One thing at a moment, and the answers to it."""

    stands: ChangeTold
    answers: list[ChangeTold]


class TrackThenTold(msgspec.Struct, frozen=True, kw_only=True):
    """The newest plot of one aircraft of one feed; null is not reported."""

    feed: str
    identity: str
    callsign: str | None
    at: str
    received_at: str
    latitude_deg: float
    longitude_deg: float
    accuracy_m: float
    accuracy_assumed: bool
    altitude_pressure_m: float | None
    altitude_ellipsoid_m: float | None
    ground_speed_mps: float | None
    track_true_deg: float | None
    on_ground: bool | None
    stale: bool


class MomentTold(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a moment.

    Attributes:
        known_by: what had been taken in by then; null: all that is known now.
        items: in order of family and key.
        more: the cursor of the next page of items; null: this was the last.
        later: as known then only: items of that moment that became known later, by family.
        plots_kept: False: where aircraft were is unknown, and no track means nothing.
        tracks_left_out: beyond the limit.
    """

    at: str
    known_by: str | None
    exercise: bool
    items: list[HeldTold]
    more: str | None
    later: dict[str, int]
    tracks: list[TrackThenTold]
    tracks_left_out: int
    plots_kept: bool
    plots_dropped: int


class ChangesTold(msgspec.Struct, frozen=True, kw_only=True):
    """A page of what became known; `more` is the time from which to ask on, with how many of it to skip."""

    changes: list[ChangeTold]
    more: str | None


class StretchTold(msgspec.Struct, frozen=True, kw_only=True):
    """A time of which plots were kept."""

    starts: str
    ends: str


class KnownTold(msgspec.Struct, frozen=True, kw_only=True):
    """One statement of who knew what; null is unknown."""

    act: str
    record: str
    kind: str
    party: str
    person: str | None
    echelon: str | None
    at: str | None
    not_before: str | None
    not_after: str | None
    precision: str | None
    known: bool
    basis: str
    words: str
    rests_on: list[str]


class KnowledgeTold(msgspec.Struct, frozen=True, kw_only=True):
    """Everything this node can say of who knew a thing."""

    subject: str
    here: str
    records: int
    statements: list[KnownTold]
    contradictions: list[str]


class FigureTold(msgspec.Struct, frozen=True, kw_only=True):
    """A picture: SVG with a title and a description, without script, style or outside reference."""

    svg: str
    words: str


class AccountTold(msgspec.Struct, frozen=True, kw_only=True):
    """One account of where an aircraft was: the plots of one feed under one identity.

    Attributes:
        longitude_latitude_deg: in order of time, WGS 84; never estimated between plots.
    """

    feed: str
    identity: str
    words: str
    starts: str
    ends: str
    longitude_latitude_deg: list[list[float]]


class ApartTold(msgspec.Struct, frozen=True, kw_only=True):
    """How far apart two accounts are at one time, by the first one's clock, with least and greatest."""

    at: str
    apart_m: float
    apart_m_min: float
    apart_m_max: float


class RivalsTold(msgspec.Struct, frozen=True, kw_only=True):
    """Two accounts side by side; never made one.

    Attributes:
        rows: empty where they were at no time both seen: their distance is unknown.
        words: what is known of the clocks, or why there is nothing to compare.
        left_out: rows thinned away.
    """

    first: AccountTold
    second: AccountTold
    rows: list[ApartTold]
    words: str
    left_out: int
    svg: str
