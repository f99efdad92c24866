"""What the API takes and gives of the line (docs/reference/api.md)."""

from typing import Literal

import msgspec

PrecedenceWord = Literal["flash", "immediate", "priority", "routine"]
DatumWord = Literal["WGS84", "PZ90", "SK42", "ED50", "UNKNOWN"]
HeightDatumWord = Literal["WGS84", "EGM2008", "QNE", "AGL"]


class _Asked(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A request: what is not known is refused."""


class _Told(msgspec.Struct, kw_only=True):
    """An answer."""


class PositionAsked(_Asked):
    """A position in degrees; the datum is always stated (L-05)."""

    latitude_deg: float
    longitude_deg: float
    datum: DatumWord
    accuracy_m: float | None = None


class HeightAsked(_Asked):
    """A height and what it is measured from."""

    height_m: float
    datum: HeightDatumWord


class TimeAsked(_Asked):
    """A time with its zone, as RFC 3339; `as_stated` and `zone` as a person said them."""

    at: str
    as_stated: str | None = None
    zone: str | None = None


class NumberAsked(_Asked):
    """How many, and of what."""

    value: int
    of: str


class ParticularsAsked(_Asked):
    """What can be read back."""

    position: PositionAsked | None = None
    height: HeightAsked | None = None
    time: TimeAsked | None = None
    number: NumberAsked | None = None


class ReferenceAsked(_Asked):
    """What it is about; all but tracks and alerts by digest."""

    kind: Literal["intent", "message", "notice", "site", "record", "track", "alert"]
    id: str | None = None
    digest: str | None = None


class AttachmentAsked(_Asked):
    """A file; its bytes must be of the type stated."""

    name: str
    media_type: str
    content_base64: str


class PhraseAsked(_Asked):
    """A phrase by number.

    Attributes:
        slots: each as people write it, as in `POST /v1/phrasebook/render`.
    """

    number: int
    slots: dict[str, str] = {}


class SpokenAsked(_Asked, kw_only=True):
    """What every thing said has, in words or by number.

    Attributes:
        text: left out where `phrase` is stated: it is then the phrase in `language`.
        phrase: whose one position, height and time can be read back.
        to: party ids; left out in a matter that is open: everybody in it.
        matter: an open matter; left out to open one under `subject`.
    """

    text: str = ""
    phrase: PhraseAsked | None = None
    language: str
    to: list[str] = []
    matter: str | None = None
    subject: str | None = None
    particulars: ParticularsAsked | None = None
    references: list[ReferenceAsked] = []
    attachments: list[AttachmentAsked] = []
    closes: bool = False
    labels: list[str] = []


class SendMessage(SpokenAsked, kw_only=True):
    """A message."""

    precedence: PrecedenceWord


class RequestStop(SpokenAsked, kw_only=True):
    """A request to stop: flights named in `references`, or within `radius_m` of the position."""

    radius_m: float | None = None
    until: str | None = None


class Deny(SpokenAsked, kw_only=True):
    """A statement of what is not there, or not known, within a scope and a time."""

    answer: Literal["none", "unknown"]
    scope: str
    begins: str
    ends: str
    radius_m: float | None = None
    precedence: PrecedenceWord = "immediate"


class Acknowledge(_Asked):
    """A person has it; a FLASH is taken so."""

    remark: str = ""


class GiveReadBack(_Asked):
    """A person's own repetition."""

    particulars: ParticularsAsked


class Concur(_Asked):
    """A person agrees, or does not."""

    answer: Literal["concur", "do-not-concur"]
    remark: str = ""


class Translate(_Asked):
    """The text in another language; `engine` names a machine, and is left out for a person."""

    language: str
    text: str
    engine: str | None = None


class ReleaseStop(_Asked):
    """Who asked to stop asks no longer."""

    reason: str


class TakeWatch(_Asked):
    """Put oneself on watch at an echelon; `reach` tells the others how."""

    echelon: str
    reach: str = ""


class LeaveWatch(_Asked):
    """End a watch with nobody after."""

    echelon: str


class HandOver(_Asked):
    """Offer the watch to another officer."""

    echelon: str
    to: str
    remark: str = ""


class AcceptWatch(_Asked):
    """Take the watch that was offered."""

    handover: str
    reach: str = ""


class CheckLine(_Asked):
    """Check a line by hand; `wants` says who is to answer."""

    wants: Literal["node", "person"] = "person"


class PositionShown(_Told):
    """A position, and where that is.

    Attributes:
        grid: MGRS; null where the datum is not WGS 84.
        place: distance and bearing of a named place; null likewise.
        note: what a reader must know of the datum; empty where there is nothing.
    """

    latitude_deg: float
    longitude_deg: float
    datum: str
    accuracy_m: float | None
    grid: str | None
    place: str | None
    place_list: str | None
    note: str


class HeightShown(_Told):
    """A height and what it is measured from."""

    height_m: float
    datum: str


class TimeShown(_Told):
    """An instant, and how it was stated."""

    at: str
    as_stated: str
    zone: str


class NumberShown(_Told):
    """How many, and of what."""

    value: int
    of: str


class ParticularsShown(_Told):
    """What can be read back; null was not stated."""

    position: PositionShown | None
    height: HeightShown | None
    time: TimeShown | None
    number: NumberShown | None


class GivenTold(_Told):
    """Who said it, when, and by which record."""

    operator: str
    made_at: str
    received_at: str
    digest: str


class FieldTold(_Told):
    """One field of a read-back: match, mismatch, missing or extra, with the arithmetic."""

    name: str
    outcome: str
    why: str


class ReadBackCompared(_Told):
    """How a repetition would stand if it were given now; nothing is recorded by asking."""

    matched: bool
    fields: list[FieldTold]


class ItemsTold(_Told):
    """Things said in open matters, the highest precedence first and of one precedence the newest."""

    items: list["ItemTold"]
    total: int
    as_of: str


class ReadBackTold(_Told):
    """One read-back."""

    by: GivenTold
    matched: bool
    fields: list[FieldTold]


class ConcurrenceTold(_Told):
    """Whether a person of that side agrees."""

    by: GivenTold
    answer: str
    remark: str


class AnswersTold(_Told):
    """How a thing said stands with one receiving party. Null is unknown, and never no.

    Attributes:
        party: which.
        receipt: `stored`: its node proved to hold it; `unknown`: not, or not yet; `held-back`: it has
            not left this node; `here`: this node is the party's.
        acknowledged: a person has it.
        read_back: `match`, `mismatch`, or `unknown`.
        escalation_step: how many steps of its ladder were taken.
    """

    party: str
    receipt: str
    acknowledged: GivenTold | None
    read_back: str
    read_backs: list[ReadBackTold]
    concurrence: ConcurrenceTold | None
    escalation_step: int


class TranslationTold(_Told):
    """A translation and who answers for it."""

    by: GivenTold
    party: str
    language: str
    text: str
    made_by: str
    engine: str | None


class ReferenceTold(_Told):
    """What it is about."""

    kind: str
    id: str | None
    digest: str | None


class AttachmentTold(_Told):
    """A file; its bytes come from the path of its own."""

    name: str
    media_type: str
    size_bytes: int
    sha256: str


class StopTold(_Told):
    """A request to stop. The software commands nobody.

    Attributes:
        state: requested, lapsed or released.
        intents: flights that it speaks of now.
        notices: ids of the notices that it speaks of now, those that state no area among them; null in
            lists, where it is not looked for.
    """

    state: str
    radius_m: float | None
    until: str | None
    released: GivenTold | None
    release_reason: str | None
    intents: list[str]
    notices: list[str] | None = None


class DenialTold(_Told):
    """«None of ours», or «we do not know»: two different answers, within this scope and time alone."""

    answer: str
    words: str
    scope: str
    begins: str
    ends: str
    radius_m: float | None


class EscalationTold(_Told):
    """One step of a ladder.

    Attributes:
        calls: outcomes of this node's calls by another channel, in order; null where it calls by none.
    """

    party: str
    by: str
    step: int
    echelon: str
    channel: str
    due_at: str
    made_at: str
    calls: list[str] | None


class PhraseShown(_Told):
    """A phrase in one language.

    Attributes:
        display: with marks of direction, for a screen.
        plain: without.
        say: how to pronounce it, for a reader of English; null in English.
    """

    language: str
    right_to_left: bool
    display: str
    plain: str
    say: str | None


class ByNumberTold(_Told):
    """The phrase that a message says, in every language of this node's phrasebook.

    Attributes:
        number: of the phrase.
        phrasebook: digest of the one it was written with.
        same_phrasebook: whether this node has that very one; wording may differ in another.
        meaning: in English; null where it is not known here.
        why_not: why it cannot be shown in words here; null where it can.
        text_agrees: whether the text is the phrase in its language; null where that cannot be told.
        responses: meanings of the answers expected, by number.
    """

    number: int
    phrasebook: str
    same_phrasebook: bool
    meaning: str | None
    why_not: str | None
    text_agrees: bool | None
    responses: dict[str, str]
    rendered: list[PhraseShown]


class ItemTold(_Told):
    """One thing said, and how it stands.

    Attributes:
        by_number: the phrase that it says; null where it is in words alone.
    """

    digest: str
    kind: str
    matter: str
    subject: str | None
    author: str
    operator: str
    recipients: list[str]
    own: bool
    exercise: bool
    precedence: str
    language: str
    text: str
    written_at: str
    made_at: str
    received_at: str
    particulars: ParticularsShown
    references: list[ReferenceTold]
    attachments: list[AttachmentTold]
    translations: list[TranslationTold]
    answers: list[AnswersTold]
    escalations: list[EscalationTold]
    stop: StopTold | None
    denial: DenialTold | None
    closes: bool
    by_number: ByNumberTold | None = None


class HeldBackTold(_Told):
    """A draft that has not left this node."""

    digest: str
    matter: str
    precedence: str
    recipients: list[str]
    text: str
    written_at: str


class SpokenTold(_Told):
    """What became of what was said: `sent` (signed and on its way) or `held-back`."""

    matter: str
    digest: str
    state: Literal["sent", "held-back"]


class AnsweredTold(_Told):
    """An answer on record, and how the thing said stands now."""

    digest: str
    item: ItemTold


class MatterTold(_Told):
    """One thread.

    Attributes:
        subject: null while the record that opens it has not come.
        waiting: things in it that a receiving party has not acknowledged.
    """

    matter: str
    subject: str | None
    parties: list[str]
    item_count: int
    last_at: str
    last: str
    closed: bool
    waiting: int


class LineListTold(_Told):
    """Matters, the newest first; what is held back; what nobody has taken; stops in force."""

    exercise: bool
    matters: list[MatterTold]
    held_back: list[HeldBackTold]
    held_back_count: int
    untaken: list[str]
    stops: list[str]


class MatterShown(_Told):
    """One thread, the oldest first; of a long one the newest 500."""

    matter: MatterTold
    items: list[ItemTold]
    held_back: list[HeldBackTold]


class LineTold(_Told):
    """The line to one party. It says nothing of the agreement's legal status.

    Attributes:
        state: the worse of both sides' words: working, degraded or unknown.
        why: what is missing.
        here: as this node sees it.
        there: as the other side says it sees it; null: it has said nothing.
        last_answered_at: when the newest check of ours that was answered was made.
        last_heard_at: when the other side's newest check came.
        answered_by: `node` or `person`, of the newest own check; null: not answered.
        answered_by_person: the person there, where one answered.
        waits_for_person: their newest check asks for a person here.
        person_asked_at: when a person there was asked last and nobody has answered yet; null: nobody is asked.
            It does not make the line degraded, for the node there may answer all the while.
        checks: interval in seconds; null: none is agreed.
        reach: of the way to the other node now, as `GET /v1/status` has it; checks are seldom, so a line may be
            working by its last one and not be reached.
        reach_since: since when; null: not known.
        reach_reason: why it is not reached; null where it is.
    """

    party: str
    state: str
    why: str
    here: str
    there: str | None
    last_answered_at: str | None
    last_heard_at: str | None
    answered_by: str | None
    answered_by_person: str | None
    waits_for_person: bool
    person_asked_at: str | None
    checks: float | None
    reach: str
    reach_since: str | None
    reach_reason: str | None


class WatchTold(_Told):
    """Who has the watch at an echelon."""

    party: str
    echelon: str
    officer: str
    since: str
    reach: str


class LadderTold(_Told):
    """One step of a party's ladder."""

    party: str
    step: int
    echelon: str
    after_s: float
    channel: str
    reach: str
    assumed: bool


class LineStatusTold(_Told):
    """The line as a whole. Line status and legal status are two things (L-02)."""

    at: str
    legal_status: str
    lines: list[LineTold]
    watch: list[WatchTold]
    ladder: list[LadderTold]
    untaken: list[ItemTold]
    stops: list[ItemTold]
    held_back_count: int


class HandoverTold(_Told):
    """A hand-over of the watch; both have signed it once `accepted` is there."""

    digest: str
    echelon: str
    given_by: GivenTold
    to: str
    matters: list[MatterTold]
    new_matters: list[MatterTold]
    remark: str
    accepted: GivenTold | None


class CardPrinted(_Told):
    """The backup card, as text and as a page to print."""

    text: str
    html: str


class RecordMade(_Told):
    """A record of this node's own.

    Attributes:
        flags: what a person should know of it, in words.
    """

    digest: str
    kind: str
    flags: list[str] = []
