"""Shapes of the local API's bodies and answers about what notices touch, and who has what was told."""

from typing import Literal

import msgspec

from comity.domain.sites import ALWAYS


class _Told(msgspec.Struct, kw_only=True):
    """An answer."""


class _Asked(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A body; a field that is not known is refused by name."""


class ObjectToNotice(_Asked):
    """An owner's objection to a notice, or that it takes one back.

    Attributes:
        ids: sites and movements of ours that it is about, of which the author may know; may be empty.
    """

    words: str
    ids: list[str] = []
    taken_back: bool = False


class ReceiveForEchelon(_Asked):
    """An echelon of this party has what was told to it.

    Attributes:
        level: `headquarters`, `unit` or `operator` (who flies).
        name: as the agreement names it.
        holder: who there.
        had_at: since when, RFC 3339; now if left out.
    """

    level: str
    name: str
    holder: str
    had_at: str | None = None


class TouchedByNoticeTold(_Told):
    """One protected site or movement that an activity touches, as finely as this node may know it.

    Attributes:
        what: `site` or `movement`.
        state: of a site: self-reported, verified, disputed, expired; of a movement: as-notified, or its deviation.
        precision_m: 0: as entered; else it is anywhere in a wider disc.
        how: `within` the area, or `within-buffer`.
        buffer_m: within which it counts.
        names: none where the owner did not consent to them.
    """

    id: str
    what: Literal["site", "movement"]
    owner: str
    kind: str
    state: str
    version: int
    precision_m: float
    how: Literal["within", "within-buffer"]
    distance_m: float
    buffer_m: float
    names: list[str]


class NoticeTouchesTold(_Told):
    """What an activity touches of what this node may know. There is no answer that allows anything.

    Attributes:
        answer: one of three; where nothing was notified, what is there may be protected all the same.
        words: the same in words, to be shown as they are.
        count: of all touched; the nearest 1,000 are told.
    """

    answer: Literal["touches", "nothing-notified-here", "undetermined"]
    words: str
    as_of: str
    register_age_s: float | None = None
    count: int = 0
    touched: list[TouchedByNoticeTold] = []
    always: str = ALWAYS


class BorderNearTold(_Told):
    """A border that an area reaches, or may reach, by one data set; a border is itself a claim (L-13).

    Attributes:
        words: over what its middle lies, and which line it reaches.
    """

    words: str
    data_set: str
    digest: str
    error_m: float | None


class ObjectionTold(_Told):
    """An owner's word against a notice; it commands nobody."""

    party: str
    operator: str
    made_at: str
    ids: list[str]
    words: str
    record: str


class EchelonTold(_Told):
    """One echelon, and whether it has what was told.

    Attributes:
        state: `acknowledged`, `unknown` or `overdue`; what is not acknowledged is never shown as seen.
        due_at: null where no time is agreed.
        assumed: the agreement names no echelon of that party.
        holder: who there has it.
        operator: who put that on record.
    """

    level: str
    name: str
    state: Literal["acknowledged", "unknown", "overdue"]
    due_at: str | None
    assumed: bool
    holder: str | None = None
    operator: str | None = None
    had_at: str | None = None


class EscalatedTold(_Told):
    """A step of the ladder that was taken because an echelon was silent."""

    by: str
    step: int
    echelon: str
    channel: str
    made_at: str


class ToldForProtectionTold(_Told):
    """A notice, site or movement told to one party, and which echelons of it have it.

    Attributes:
        what: `notice`, `site` or `movement`.
        ids: what it tells of, at most 1,000.
        silent: how many echelons have not acknowledged.
        escalated: steps of the ladder, by either node.
    """

    record: str
    what: str
    author: str
    party: str
    ids: list[str]
    told_at: str
    echelons: list[EchelonTold]
    silent: int
    escalated: list[EscalatedTold]


class EchelonsTold(_Told):
    """What was told for protection, the newest first.

    Attributes:
        total: of all that fit the question.
    """

    told: list[ToldForProtectionTold]
    total: int
    as_of: str


class OwnerToldTold(_Told):
    """What one owner was told that a notice touches of its own.

    Attributes:
        told: null where it was not told yet, or cannot be: it is no peer of this node.
    """

    owner: str
    told: int | None


class TouchReceivedTold(_Told):
    """What another party's notice touches of ours, as its node told us.

    Attributes:
        standing: of the notice: `stands`, `replaced` or `cancelled`.
    """

    notice: str
    record: str
    author: str
    activity: str
    begins: str
    ends: str
    standing: str
    count: int
    touched: list["TouchedIdTold"]
    received_at: str


class TouchedIdTold(_Told):
    """One of ours, by id, as the author of a notice knows it."""

    id: str
    version: int
    precision_m: float
    how: str
    distance_m: float
    buffer_m: float


class TouchesReceivedTold(_Told):
    """What other parties' notices touch of ours, the newest first."""

    touches: list[TouchReceivedTold]
    as_of: str


class PreviewAskedTold(_Told):
    """One preview, reading of the register, or notice that was sent, as it counts for sweeps; not what was answered.

    Attributes:
        touched: how many it touched; of a list, how many others' rows were new to the reader.
        way: `preview`, `query`, `list`, `map`, or `sent`.
        rows: how many rows of a list were asked for.
    """

    record: str
    operator: str
    at: str
    cells: int
    touched: int
    sent: bool
    way: str = "preview"
    rows: int = 0


class SweepTold(_Told):
    """Previews that together sweep an area.

    Attributes:
        party: whose operators asked.
        operator: null: several together.
        ids: of ours that were touched meanwhile; of an own sweep, all that were.
    """

    party: str
    rule: str
    operator: str | None
    questions: int
    cells: int
    since: str
    until: str
    ids: list[str]


class PreviewsTold(_Told):
    """What this party's operators asked in four weeks, the newest first, and sweeps, own and of others."""

    previews: list[PreviewAskedTold]
    total: int
    sweeps: list[SweepTold]
    as_of: str
