"""Shapes of the local API's bodies and answers about notices."""

from typing import Any

import msgspec

from comity.entrypoints.api.hazard_messages import (
    BorderNearTold,
    NoticeTouchesTold,
    ObjectionTold,
    OwnerToldTold,
    ToldForProtectionTold,
    TouchedByNoticeTold,
    TouchReceivedTold,
)


class _Told(msgspec.Struct, kw_only=True):
    """An answer."""


class _Asked(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A body; a field that is not known is refused by name."""


class CircleWritten(_Asked):
    """Everywhere within a radius of a position.

    Attributes:
        centre: a position in any form that people use.
        radius: with its unit, `5 km`.
    """

    centre: str
    radius: str


class CorridorWritten(_Asked):
    """Everywhere within a half-width of a line, along geodesics.

    Attributes:
        line: positions, two and more.
        half_width: with its unit, `2 NM`.
    """

    line: list[str]
    half_width: str


class AreaWritten(_Asked):
    """One part of where the activity is: exactly one of circle, polygon and corridor.

    Attributes:
        polygon: positions of its corners, joined by geodesics; the last joins the first.
        lower: every lower limit stated, `0 m AGL` or `FL320`; more than one where a source says two.
        upper: likewise.
    """

    circle: CircleWritten | None = None
    polygon: list[str] | None = None
    corridor: CorridorWritten | None = None
    lower: list[str] = []
    upper: list[str] = []


class NoticeWritten(_Asked):
    """A notice as a person writes it; what is left out is told as incomplete, and nothing is made up.

    Attributes:
        activity: class of the agreement's table of leads.
        starts: every beginning stated, RFC 3339 with its zone; more than one where a source says two.
        ends: likewise.
        place: where, in words.
        description: what, in words.
        contact: who can be reached about it, and how.
    """

    activity: str
    areas: list[AreaWritten] = []
    starts: list[str] = []
    ends: list[str] = []
    place: str = ""
    description: str = ""
    contact: str = ""


class SendNotice(_Asked):
    """A notice to send, or to put in the place of one that stands.

    Attributes:
        to: parties; every other party of the agreement in force if left out.
        revises: id of the notice that this revises; a new notice if left out.
        base: digest of the revision that the person had before them; refused where another stands by now.
        labels: of the record.
    """

    notice: NoticeWritten
    to: list[str] | None = None
    revises: str | None = None
    base: str | None = None
    labels: list[str] = []


class PreviewNotice(_Asked):
    """A notice that is about to be sent."""

    notice: NoticeWritten


class CancelNotice(_Asked):
    """Why a notice is taken back."""

    reason: str = ""


class FindingTold(_Told):
    """Something wrong with a notice, by a rule of docs/spec/notice.md.

    Attributes:
        code: `late`, `lead-unknown`, `incomplete`, `vague`, `contradictory` or `not-covered`.
        figures: numbers of the arithmetic by name.
    """

    code: str
    rule: str
    field: str
    words: str
    figures: dict[str, float | str] = {}


class HeldAreaTold(_Told):
    """A part of where it is held to be meanwhile.

    Attributes:
        shape: as a record carries it.
        latitude_deg: of the middle, WGS 84.
        longitude_deg: likewise.
        grid: grid reference (MGRS) of the middle.
        whereabouts: the middle by the nearest place, and by the nearest city where that is another.
        lower: with its datum.
        upper: with its datum.
    """

    shape: dict[str, Any]
    latitude_deg: float
    longitude_deg: float
    grid: str
    whereabouts: list[str]
    lower: str
    upper: str


class AcknowledgedTold(_Told):
    """A person's word that they have it."""

    operator: str
    made_at: str


class RecipientTold(_Told):
    """One recipient of a notice.

    Attributes:
        receipted: whether its node has stored it; null where this node is not the author.
        acknowledged: by these persons; empty means unknown.
        word: `acknowledged` or `unknown`.
    """

    party: str
    receipted: bool | None
    acknowledged: list[AcknowledgedTold]
    word: str


class NoticeCheckedTold(_Told):
    """What a check of a notice found, and what it is held to mean meanwhile.

    Attributes:
        received_at: when it came, or was made.
        effective_from: earliest time stated.
        lead_s: between the two; null where no beginning is stated.
        agreed_lead_s: of the agreement; null where it has none for the activity.
        findings: what is wrong; an empty list says only that no rule found anything.
        assumed: what was not stated of positions and was taken for granted.
    """

    activity: str
    received_at: str
    effective_from: str
    effective_until: str
    lead_s: float | None
    agreed_lead_s: float | None
    findings: list[FindingTold]
    areas: list[HeldAreaTold]
    place_list: str
    place_list_digest: str
    assumed: list[str] = []


class FlightInsideTold(_Told):
    """A flight held here that meets the notified area or comes within the minima of it.

    Attributes:
        first_time: of meeting; null where that is undetermined.
        undetermined: why.
    """

    intent: str
    owner: str
    own: bool
    first_time: str | None
    undetermined: str | None


class TrackInsideTold(_Told):
    """A live track over the notified area.

    Attributes:
        height_known: whether its height is known to lie within the limits.
        address: 24 bits, hexadecimal.
    """

    track_id: int
    latitude_deg: float
    longitude_deg: float
    grid: str
    whereabouts: str
    height_known: bool
    stale: bool
    address: str | None


class InsideTold(_Told):
    """What flies where it is notified.

    Attributes:
        at: asked about.
        no_area: no area is stated, so nothing can be listed.
        now: flights that meet it within the minute.
        in_effect: flights that meet it while it is in effect.
        tracks: live tracks over it; null where this node has no picture of the air: unknown, not none.
        more_tracks: whether there are more than are listed.
    """

    at: str
    no_area: bool
    now: list[FlightInsideTold]
    in_effect: list[FlightInsideTold]
    tracks: list[TrackInsideTold] | None
    tracks_at: str | None
    more_tracks: bool


class NoticeTold(_Told):
    """A revision of a notice as this node may truthfully show it.

    Attributes:
        record: digest of its record; acknowledgements name it.
        state: `to-come`, `in-effect`, `over`, `cancelled` or `replaced`.
        starts: as stated.
        ends: as stated.
        rivals: other revisions that stand beside it.
        inside: what flies there; null in lists.
        stop_requested: digests of the stops in force that speak of it; nobody is commanded by them.
        touches: of an own one, what it touches of what this node may know; null in lists.
        owners_told: of an own one, which owners were told.
        ours_touched: of another's, what it touches of ours by our own register; null in lists.
        touch_received: of another's, what its author told us that it touches of ours.
        objections: of owners, that stand.
        echelons: who of each party that it was told to has it; empty in lists.
    """

    notice: str
    revision: int
    record: str
    author: str
    operator: str
    own: bool
    exercise: bool
    state: str
    made_at: str
    place: str
    description: str
    contact: str
    starts: list[str]
    ends: list[str]
    checked: NoticeCheckedTold
    recipients: list[RecipientTold]
    rivals: list[str]
    cancelled_because: str | None = None
    inside: InsideTold | None = None
    stop_requested: list[str] = []
    touches: NoticeTouchesTold | None = None
    owners_told: list[OwnerToldTold] = []
    ours_touched: list[TouchedByNoticeTold] | None = None
    touch_received: TouchReceivedTold | None = None
    objections: list[ObjectionTold] = []
    echelons: list[ToldForProtectionTold] = []


class NoticePreviewTold(_Told):
    """What a notice would touch if it were sent now. Nothing of it was sent; that it was asked is on record.

    Attributes:
        touches: sites and movements, of what this node may know; one of three answers, and none allows anything.
        buffer_m: the greatest that counts for its activity.
        buffers_assumed: no agreement in force states a default.
        checked: what is wrong with the notice itself.
        inside: flights and live tracks there.
        borders: that its areas reach or may reach.
        record: the private record of the preview.
    """

    touches: NoticeTouchesTold
    buffer_m: float
    buffers_assumed: bool
    checked: NoticeCheckedTold
    inside: InsideTold
    borders: list[BorderNearTold]
    record: str
    exercise: bool


class NoticesTold(_Told):
    """Notices known here.

    Attributes:
        as_of: of this answer.
    """

    notices: list[NoticeTold]
    total: int
    as_of: str


class HereTold(_Told):
    """What has been notified at a place.

    Attributes:
        words: the answer; the strongest is that nothing has been notified as of a time.
        notices: that reach the place, now or later.
        anywhere: notices that state no area.
    """

    as_of: str
    words: str
    whereabouts: str
    grid: str
    notices: list[NoticeTold]
    anywhere: list[NoticeTold]
    assumed: list[str]
