"""What may leave a node at all: kinds, labels, audiences, disclosure levels."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Disclosure(StrEnum):
    """How finely a flight is shown to the other parties of an agreement."""

    FULL = "full"
    """Volumes as planned."""

    CELLS = "cells"
    """Cells, height bands and time slots that contain the flight (docs/spec/cells.md)."""


class Audience(StrEnum):
    """To whom a kind of record may go."""

    NAMED = "named"
    """Any party that the draft names: what parties say before an agreement binds them."""

    CIRCLE = "circle"
    """Parties of the group or the meeting that the draft is about, as the records this node holds say."""

    PARTIES = "parties"
    """Parties of the agreement in force, under the release rule and legal basis that it states."""


@dataclass(frozen=True, slots=True)
class KindRule:
    """What a release of one kind of record takes.

    Attributes:
        audience: who may receive it.
        labels: the labels it may carry; a draft with any other is denied.
        legal_basis: why, where no agreement says so (L-04); empty for audience PARTIES, and where the
            circle names it.
        material: whether the labels of the circle bind it beside the table's.
        footprint: whether the body may show where a flight goes.
        consent: whether it goes out only in the form that the owner of what it tells consented to.
    """

    audience: Audience
    labels: frozenset[str] = frozenset()
    legal_basis: str = ""
    footprint: bool = False
    material: bool = False
    consent: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseRule:
    """One release that the parties agreed to, with the legal basis they named for it (L-04).

    Attributes:
        kinds: kinds of record, `intent.proposal`, or a whole family, `intent.*`.
        labels: labels that a record may carry and still be released.
        legal_basis: id of a legal basis in the agreement.
    """

    kinds: tuple[str, ...]
    labels: frozenset[str]
    legal_basis: str

    def covers(self, kind: str) -> bool:
        """Whether this rule speaks of that kind."""
        family = kind.partition(".")[0] + ".*"
        return kind in self.kinds or family in self.kinds


# Traffic Light Protocol 2.0 (FIRST) in lower case, and what never leaves whatever else is said.
KNOWN_LABELS = frozenset(
    {"tlp:clear", "tlp:green", "tlp:amber", "tlp:amber+strict", "tlp:red", "not-releasable"}
)
_SHARED = frozenset({"tlp:clear", "tlp:green", "tlp:amber", "tlp:amber+strict", "tlp:red"})
_OPEN = frozenset({"tlp:clear", "tlp:green", "tlp:amber"})

_TO_AGREE = "own-word"  # what a party itself says about an agreement, to whom it names
_FLIGHT = KindRule(Audience.PARTIES, _SHARED, footprint=True)
_ANSWER = KindRule(Audience.PARTIES, _SHARED)
_IN_CIRCLE = KindRule(Audience.CIRCLE, _OPEN, _TO_AGREE)  # who is in, and what was answered
_IN_MEETING = KindRule(Audience.CIRCLE, _SHARED, _TO_AGREE)
_MATERIAL = KindRule(Audience.CIRCLE, _SHARED, material=True)
# The line stays open whatever becomes of the agreement (L-02): what is said on it is a party's own word.
_LINE = KindRule(Audience.NAMED, _SHARED, _TO_AGREE)

FOOTPRINT_NAMES = frozenset({"footprint", "off_nominal", "shape", "volumes"})

# At the level «cells» a body of an intent record may hold fields of these names and no others, at
# any depth: a field added later is denied until somebody has judged that it places no flight.
NAMES_AT_CELLS = frozenset(
    {
        # docs/spec/intent.md, bodies
        *("agreement", "announcement", "assents", "because", "border", "callsign", "decide_by"),
        *("detail", "digest", "disclosure", "ends", "footprint", "formation", "intent", "kernel"),
        *("off_nominal", "party", "precedence", "priority", "proposal", "reason", "remark"),
        *("replaces", "required", "state", "version"),
        # docs/spec/intent.md, details of refusals: codes, limits, parties and shared cells
        *("allowed", "also_require", "in_force", "known", "latest", "limit", "most", "not_a_party"),
        *("parties", "start", "valid_from", "valid_until", "value", "why", "with"),
        # docs/spec/cells.md
        *("band_height_mm", "cells", "datum", "flight_class", "resolution", "slot_s"),
    }
)

# A kind that is not here does not leave. docs/rooms/releasability.md prints this table.
RELEASE_TABLE: Mapping[str, KindRule] = MappingProxyType(
    {
        "agreement.proposal": KindRule(Audience.NAMED, _OPEN, _TO_AGREE),
        "agreement.signature": KindRule(Audience.NAMED, _OPEN, _TO_AGREE),
        "agreement.statement": KindRule(Audience.NAMED, _OPEN, _TO_AGREE),
        # A warning waits for no agreement, and outlives its suspension (L-02): a party's own word of its own activity.
        "notice.notice": KindRule(Audience.NAMED, _SHARED, _TO_AGREE, footprint=True),
        "notice.cancellation": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        "notice.acknowledgement": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        # In the form that the party's own policy makes for the one recipient, to the letter.
        "observation.report": KindRule(Audience.PARTIES, _SHARED, consent=True),
        # Ids and words, no place: whoever was told must hear that it is taken back; a consent is its owner's word.
        "observation.withdrawal": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        "observation.consent": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        "observation.consent-withdrawal": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        # A party's own word of what happened, as on the line; the bodies show no flight, and a person names who hears.
        "claim.version": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        "claim.withdrawal": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        "incident.file": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        "incident.telling": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        "party.key": KindRule(Audience.NAMED, _OPEN, _TO_AGREE),
        "intent.proposal": _FLIGHT,
        "intent.announcement": _FLIGHT,
        "intent.state": _FLIGHT,
        "intent.assent": _ANSWER,
        "intent.refusal": _ANSWER,
        "intent.acceptance": _ANSWER,
        # A withdrawal holds no more than a digest and a reason, and whoever holds the proposal must hear of it,
        # whatever has become of the agreement meanwhile.
        "intent.withdrawal": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        "group.acceptance": _IN_CIRCLE,
        "group.consent": _IN_CIRCLE,
        "group.creation": _IN_CIRCLE,
        "group.departure": _IN_CIRCLE,
        "group.effect": _IN_CIRCLE,
        "group.invitation": _IN_CIRCLE,
        "group.members": _IN_CIRCLE,
        "group.opening": _IN_CIRCLE,
        "group.refusal": _IN_CIRCLE,
        "group.removal": _IN_CIRCLE,
        "group.document": _MATERIAL,
        "group.earlier": _MATERIAL,
        "group.post": _MATERIAL,
        "group.task": _MATERIAL,
        "meeting.answer": _IN_MEETING,
        "meeting.attendance": _IN_MEETING,
        "meeting.cancellation": _IN_MEETING,
        "meeting.consent": _IN_MEETING,
        "meeting.join": _IN_MEETING,
        "meeting.leave": _IN_MEETING,
        "meeting.minutes": _IN_MEETING,
        "meeting.proposal": _IN_MEETING,
        "meeting.recording": _IN_MEETING,
        "meeting.signal": _IN_MEETING,
        "meeting.signature": _IN_MEETING,
        # Ids of what its recipient speaks for, distances and words, no place: who may be hurt must hear of it.
        "hazard.exposure": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        "hazard.touch": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        "hazard.sweep": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        "hazard.objection": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        "hazard.receipt": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        "site.notice": KindRule(Audience.PARTIES, _SHARED, consent=True),
        # Ids and words, no place: a finding goes to the site's owner, and whoever was told of a site must hear
        # that it is taken back.
        "site.finding": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        "site.withdrawal": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        "site.erasure-request": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        "site.erasure-answer": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        "movement.notice": KindRule(Audience.PARTIES, _SHARED, consent=True),
        "movement.withdrawal": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        # Ids of what its recipient speaks for, words and times, no place: it is told who carries it about.
        "pack.told": KindRule(Audience.NAMED, _SHARED, _TO_AGREE),
        "line.acknowledgement": _LINE,
        "line.check": _LINE,
        "line.check-answer": _LINE,
        "line.concurrence": _LINE,
        "line.denial": _LINE,
        "line.escalation": _LINE,
        "line.message": _LINE,
        "line.read-back": _LINE,
        "line.status": _LINE,
        "line.stop": _LINE,
        "line.stop-release": _LINE,
        "line.translation": _LINE,
        "line.watch": _LINE,
    }
)
