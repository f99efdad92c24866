"""What the local API takes and gives about protected sites."""

from typing import Any, Literal

import msgspec

from comity.domain.sites import ALWAYS


class _Asked(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A request: what is not known is refused, for a misspelt limit must not vanish."""


class _Told(msgspec.Struct, kw_only=True):
    """An answer."""


class NameAsked(_Asked):
    """A name: its text, ISO 15924 script and BCP 47 language."""

    text: str
    script: str = "Zyyy"
    language: str = "und"


class ContactAsked(_Asked):
    """Whom to reach, and until when that is good (RFC 3339)."""

    words: str
    until: str


class OriginAsked(_Asked):
    """Where a statement comes from."""

    name: str
    kind: Literal["owner", "visit", "imagery", "register", "report"]


class PlaceAsked(_Asked):
    """A point, line (`path`) or area (`ring`) in degrees, as docs/spec/volume.md has shapes.

    Attributes:
        accuracy_m: 95 % of the source's positions are within it; null: not stated, taken for 1 km.
        datum: of the source's positions.
    """

    latitude_deg: list[float]
    longitude_deg: list[float]
    kind: Literal["path", "ring"] = "path"
    edge: Literal["geodesic", "rhumb", "chord"] = "geodesic"
    radius_m: float = 0.0
    accuracy_m: float | None = None
    datum: Literal["WGS84", "unstated"] = "unstated"


class SiteAsked(_Asked):
    """A site to enter; `site` only for a new version of one."""

    kind: str
    names: list[NameAsked]
    place: PlaceAsked
    owner: str
    origin: OriginAsked
    site: str | None = None
    contact: ContactAsked | None = None
    valid_from: str | None = None
    valid_until: str | None = None
    renew_by: str | None = None


class EnterSites(_Asked):
    """Sites to enter, all or none; at most 1,000."""

    sites: list[SiteAsked]


class RenewSite(_Asked):
    """Until when the entry counts."""

    renew_by: str


class EndSite(_Asked):
    """Why there is nothing to protect there any more."""

    words: str


class EraseSite(_Asked):
    """Erase what was entered of a site that has ended, and why."""

    words: str


class AskErasure(_Asked):
    """Ask a party to erase all that it was told of own sites, up to 100, and why."""

    recipient: str
    sites: list[str]
    words: str


class AnswerErasure(_Asked):
    """Erase what another party asks, or refuse; in words what became of packs and prints, or why not."""

    answer: Literal["erased", "refused"]
    words: str


class CheckSite(_Asked):
    """What a second look found."""

    finding: Literal["confirmed", "disputed"]
    origin: OriginAsked
    words: str


class GiveConsent(_Asked):
    """Who may know of which sites, how finely; `sites` null: all, later ones too."""

    recipient: str
    precision_m: float
    until: str
    words: str
    sites: list[str] | None = None
    names: bool = False
    contact: bool = False


class TakeBackConsent(_Asked):
    """A consent taken back; `sites` null: of all."""

    recipient: str
    words: str
    sites: list[str] | None = None


class NoteExposure(_Asked):
    """Somebody saw sites other than by a notice."""

    sites: list[str]
    viewer: str
    precision_m: float
    way: str


class AskSites(_Asked):
    """A point, line or area in degrees, how far around it, and from when to when.

    Attributes:
        area: the vertices are a ring, and its inside counts.
        begins: RFC 3339; null: at any time.
        ends: the same.
        own: ask of what this party speaks for alone: on no record, and not limited.
    """

    latitude_deg: list[float]
    longitude_deg: list[float]
    radius_m: float
    area: bool = False
    own: bool = False
    edge: Literal["geodesic", "rhumb", "chord"] = "geodesic"
    begins: str | None = None
    ends: str | None = None


class ImportRowAsked(_Asked):
    """A row of a file, and what its reader doubts of it.

    Attributes:
        rows: earlier rows of the file that it may be the same as.
    """

    number: int
    site: SiteAsked
    doubts: list[str] = []
    rows: list[int] = []


class ImportRows(_Asked):
    """Rows of one file; at most 1,000 at once.

    Attributes:
        file: its name, for people.
        sha256: of its bytes.
    """

    file: str
    sha256: str
    rows: list[ImportRowAsked]


class AnswerRow(_Asked):
    """What to do about a row that waits: enter it as a site of its own, or leave it."""

    answer: Literal["enter", "leave"]
    words: str


class ImportedTold(_Told):
    """What became of rows: the sites entered, and numbers of those that wait or are held already."""

    entered: list[str]
    proposed: list[int]
    known: list[int]


class ProposalTold(_Told):
    """A row that waits for a person, and why."""

    proposals: str
    number: int
    file: str
    doubts: list[str]
    rows: list[int]
    sites: list[str]
    site: "SiteTold"


class ProposalsTold(_Told):
    """Some of the rows that wait."""

    proposals: list[ProposalTold]
    total: int


class AnsweredRowTold(_Told):
    """The site entered, or null where the row was left."""

    site: str | None


class EnteredTold(_Told):
    """The record, and the ids of the sites in it."""

    digest: str
    sites: list[str]


class NameTold(_Told):
    """A name."""

    text: str
    script: str
    language: str


class PlaceTold(_Told):
    """Where a site is, or the disc that stands for it.

    Attributes:
        precision_m: 0: as entered; else the site is somewhere in the disc.
        error_m: how far beyond what is drawn it may reach.
    """

    kind: str
    latitude_deg: list[float]
    longitude_deg: list[float]
    radius_m: float
    precision_m: float
    error_m: float


class CheckTold(_Told):
    """What somebody found of the version that stands."""

    finding: str
    party: str
    operator: str
    origin: str
    at: str
    words: str


class SiteTold(_Told):
    """A site, own or notified.

    Attributes:
        state: `self-reported`, `verified`, `disputed`, `expired`, `ended`, `erased`: what was entered is gone, or
            `withdrawn`: its owner took the notice back, and its place is not told any more.
        since: when it came into that state, for an own site.
        by: through whom.
        record: digest of the record that it is known by; an observation about it names that.
    """

    site: str
    own: bool
    version: int
    kind: str
    state: str
    renew_by: str
    names: list[NameTold] = []
    place: PlaceTold | None = None
    owner: str | None = None
    origin: str | None = None
    contact: str | None = None
    since: str | None = None
    by: str | None = None
    record: str | None = None
    received_at: str | None = None
    checks: list[CheckTold] = []


class SitesTold(_Told):
    """Some of the sites known here."""

    sites: list[SiteTold]
    total: int
    always: str = ALWAYS


class SeenTold(_Told):
    """Who saw a site, how finely, when and how."""

    at: str
    viewer: str
    precision_m: float
    way: str


class ErasureTold(_Told):
    """A request to erase copies, and what came of it.

    Attributes:
        owner: who asks. holder: who is asked.
        state: `not-answered`: nothing is known; `refused`; `erased`: by the holder's own signed word.
        by: whose answer it is; `since`: when it was made. Null: none has come.
        words: of the request. `answer_words`: of the answer.
        notices: how many notices it names.
        due_by: a day after it was asked; `overdue`: by then nothing was answered.
        stored: whether the holder's node is known to have stored it; null: it is not ours.
        removed_at: when the pairing with the other party was ended here, so that no answer comes or goes.
    """

    request: str
    owner: str
    holder: str
    sites: list[str]
    words: str
    asked_by: str
    asked_at: str
    notices: int
    state: Literal["not-answered", "refused", "erased"]
    due_by: str
    overdue: bool
    stored: bool | None
    removed_at: str | None
    since: str | None = None
    by: str | None = None
    answer_words: str | None = None
    answer: str | None = None


class ErasureAnsweredTold(_Told):
    """The record of an answer, and the notices of which only a stub is left here."""

    digest: str
    records: list[str]


class CopyTold(_Told):
    """Who was given a site; `withdrawal` null: nothing has taken it back there.

    Attributes:
        withdrawal_stored: whether that party's node is known to have stored the taking back; null: there is none.
        erasure: what that party was asked last to erase of it; null: nothing was asked.
        told_since: it was told again after that request, so that a copy stands there.
        removed_at: when the pairing with that party was ended here: nothing reaches it any more, a taking back neither.
    """

    site: str
    viewer: str
    finest_m: float
    last_at: str
    withdrawal: str | None
    erasure: ErasureTold | None = None
    told_since: bool = False
    removed_at: str | None = None
    withdrawal_stored: bool | None = None


class PackHoldingTold(_Told):
    """A pack that still holds sites that were taken back; `expired`: it answers only what it touches.

    Attributes:
        maker: whose node made it: ours, or the recipient's, which told us.
        forms: in which it was written for other tools, and for whom.
    """

    pack: str
    recipient: str
    holder: str
    maker: str
    by: str
    count: int
    finest_m: float
    made_at: str
    expires_at: str
    expired: bool
    forms: list[str] = []


class TakenBackTold(_Told):
    """The record of it, and who may still hold copies."""

    digest: str
    copies: list[CopyTold]
    packs: list[PackHoldingTold] = []


class HoldersTold(_Told):
    """Who may still hold a site."""

    copies: list[CopyTold]
    packs: list[PackHoldingTold] = []


class SiteErasedTold(_Told):
    """The record of an erasure, the records that lost the site, and who was given it: their copies stay."""

    digest: str
    records: list[str]
    told: list[str]


class TouchedTold(_Told):
    """A site within reach of what was asked."""

    site: str
    owner: str
    kind: str
    state: str
    precision_m: float
    distance_m: float
    names: list[NameTold] = []


class WaypointAsked(_Asked):
    """Where it is to be, and when (RFC 3339)."""

    latitude_deg: float
    longitude_deg: float
    at: str


class VehiclesAsked(_Asked):
    """Some vehicles alike, and how one knows them."""

    kind: str
    count: int
    marking: str


class EscortAsked(_Asked):
    """Guards that travel along."""

    kind: str
    count: int
    armed: bool
    words: str


class MovementRecipient(_Asked):
    """A party that may know, and how finely; 0 m: as entered."""

    party: str
    precision_m: float


class EnterMovement(_Asked):
    """A journey to protect; `movement` only for a new version of one.

    Attributes:
        escorts: must be stated; an empty list says that no guards travel along.
        slack_s: how early or late it may be.
        recipients: who is told; nobody else is.
    """

    kind: str
    words: str
    waypoints: list[WaypointAsked]
    half_width_m: float
    slack_s: int
    vehicles: list[VehiclesAsked]
    escorts: list[EscortAsked]
    contact: ContactAsked
    recipients: list[MovementRecipient]
    movement: str | None = None


class ReportPosition(_Asked):
    """Where a movement was seen; `lasts_s`: the position expires so long after."""

    latitude_deg: float
    longitude_deg: float
    accuracy_m: float
    seen_at: str | None = None
    lasts_s: float = 900.0


class MovementTold(_Told):
    """A movement, own or notified.

    Attributes:
        record: digest of the record that it is known by.
        state: `as-notified`, a deviation, `ended`, or `withdrawn`: not told any more.
    """

    movement: str
    own: bool
    version: int
    kind: str
    state: str
    record: str | None = None
    begins: str | None = None
    ends: str | None = None
    since: str | None = None
    at_least_m: int | None = None
    at_least_s: int | None = None
    half_width_m: float | None = None
    precision_m: float | None = None
    waypoints: list[list[float]] = []
    vehicles: list[str] = []
    escorts: list[str] = []
    contact: str | None = None


class MovementRecordTold(_Told):
    """The record made about a movement."""

    digest: str
    movement: str


class TouchedMovementTold(_Told):
    """A movement within reach of what was asked."""

    movement: str
    owner: str
    kind: str
    state: str
    begins: str
    ends: str
    precision_m: float
    distance_m: float


class SiteAnswerTold(_Told):
    """What can be said of a place. There is no answer that allows anything.

    Attributes:
        answer: one of three; an unlisted place is `nothing-notified-here`, which is no all-clear.
        words: the same in words, to be shown as they are.
        count: of all sites touched; the nearest 1,000 are told.
        record: that it was asked; null where only own sites were asked about, or a pack was.
    """

    answer: Literal["touches", "nothing-notified-here", "undetermined"]
    words: str
    as_of: str
    register_age_s: float | None = None
    count: int = 0
    touched: list[TouchedTold] = []
    movements: list[TouchedMovementTold] = []
    record: str | None = None
    always: str = ALWAYS


def record_form(value: Any) -> Any:
    """A request's part as plain values."""
    return msgspec.to_builtins(value)
