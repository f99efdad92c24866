"""A notice: what a party says of an activity of its own that others must know of in time."""

import dataclasses
from dataclasses import dataclass

from comity.domain.airspace import Altitude, Shape
from comity.kernel.ids import AgreementDigest, NoticeId, RecordDigest
from comity.kernel.instants import StatedTime
from comity.kernel.sentences import Sentence

AREAS_MAX = 100  # a firing range of many parts has tens
STATEMENTS_MAX = 4  # of one limit: fields of a form, a coded line, two in the text
DESCRIPTION_LENGTH_MAX = 1_000
PLACE_LENGTH_MAX = 200
CONTACT_LENGTH_MAX = 200
REASON_LENGTH_MAX = 400
STATED_LENGTH_MAX = 64
WINDOW_S_MAX = 31 * 86_400.0  # what goes on for longer is agreed, not notified
REVISION_MAX = 999


@dataclass(frozen=True, slots=True)
class NoticeArea:
    """One part of where the activity is.

    Attributes:
        shape: on the ground.
        lower: every lower limit that was stated of it; empty: none was. More than one that differ
            contradict each other, and the safer is held to meanwhile (L-23).
        upper: likewise.
    """

    shape: Shape
    lower: tuple[Altitude, ...] = ()
    upper: tuple[Altitude, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """One revision of a notice, as its author states it: what is missing is missing, and is told so.

    Attributes:
        id: minted by the author.
        revision: 1 for the first.
        replaces: record of the revision before; None for the first.
        agreement: the version the author means to keep; None where it knows of none.
        activity: class of the agreement's table of leads.
        areas: where; empty where only `place` says it.
        starts: every beginning that was stated; empty: none was.
        ends: likewise.
        place: where, in words; may be empty.
        description: what, in words; may be empty.
        contact: who can be reached about it, and how; may be empty.
    """

    id: NoticeId
    revision: int
    replaces: RecordDigest | None
    agreement: AgreementDigest | None
    activity: str
    areas: tuple[NoticeArea, ...] = ()
    starts: tuple[StatedTime, ...] = ()
    ends: tuple[StatedTime, ...] = ()
    place: str = ""
    description: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Cancellation:
    """The author takes a notice back; until this is received it stands."""

    id: NoticeId
    record: RecordDigest
    reason: str


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A person has this very revision. It is no agreement to it."""

    record: RecordDigest


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a notice, by a published rule (docs/spec/notice.md §5).

    Attributes:
        code: `late`, `lead-unknown`, `incomplete`, `vague`, `contradictory`, `not-covered`.
        rule: number of the rule.
        field: what of the notice it is about.
        sentence: for people, with the arithmetic.
        figures: the same numbers by name, unit last.
    """

    code: str
    rule: str
    field: str
    sentence: Sentence
    figures: dict[str, float | str] = dataclasses.field(default_factory=dict)

    @property
    def words(self) -> str:
        """The sentence in English."""
        return str(self.sentence)
