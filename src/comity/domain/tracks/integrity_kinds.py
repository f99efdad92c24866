"""What may contradict what in a track, how much evidence makes a finding, and how grave it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from comity.kernel.instants import Instant


class IntegrityKind(StrEnum):
    """What contradicts what."""

    IMPOSSIBLE_SPEED = "impossible-speed"
    """Two positions under one address, further apart than the aircraft can have flown."""
    IMPOSSIBLE_CLIMB = "impossible-climb"
    IMPOSSIBLE_TURN = "impossible-turn"
    JUMP = "jump"
    """A position far from where its track was, beyond any lag of a receiver."""
    DUPLICATED_ADDRESS = "duplicated-address"
    """Two places at once, each fed again and again."""
    CONTRADICTS_RADAR = "contradicts-radar"
    """What the aircraft reports and what radar or multilateration measure are two places."""
    BEYOND_HORIZON = "beyond-horizon"
    """A position that the receiver cannot have heard."""
    HEIGHTS_DIVERGE = "heights-diverge"
    """Satellite height and pressure height apart by more than any weather."""
    VELOCITY_CONTRADICTS = "velocity-contradicts"
    """The way flown is not that of the velocity reported."""
    FROZEN_POSITION = "frozen-position"
    """The same position to the last bit, on and on, while the aircraft flies."""
    TOO_SLOW = "too-slow"
    """Reported slower than a wing flies at that height."""


class IntegritySeverity(IntEnum):
    """As the severities of alerts, whose room stands above this one."""

    ADVISORY = 1
    CAUTION = 2
    WARNING = 3


@dataclass(frozen=True, slots=True)
class Weighing:
    """How much evidence makes a finding, and how fast it is forgotten.

    Attributes:
        pieces: plots that contradict, until a finding stands; it falls at half of them.
        fade_s: in this time a piece is forgotten.
        severity: of the finding.
    """

    pieces: float
    fade_s: float
    severity: IntegritySeverity


_S = IntegritySeverity
WEIGHINGS: Mapping[IntegrityKind, Weighing] = {
    IntegrityKind.IMPOSSIBLE_SPEED: Weighing(1.0, 60.0, _S.WARNING),
    IntegrityKind.JUMP: Weighing(1.0, 60.0, _S.CAUTION),
    IntegrityKind.IMPOSSIBLE_CLIMB: Weighing(2.0, 30.0, _S.CAUTION),
    IntegrityKind.IMPOSSIBLE_TURN: Weighing(5.0, 10.0, _S.CAUTION),
    IntegrityKind.DUPLICATED_ADDRESS: Weighing(3.0, 60.0, _S.CAUTION),
    IntegrityKind.CONTRADICTS_RADAR: Weighing(3.0, 60.0, _S.WARNING),
    IntegrityKind.BEYOND_HORIZON: Weighing(3.0, 60.0, _S.CAUTION),
    IntegrityKind.HEIGHTS_DIVERGE: Weighing(5.0, 30.0, _S.WARNING),
    IntegrityKind.VELOCITY_CONTRADICTS: Weighing(12.0, 60.0, _S.CAUTION),
    IntegrityKind.FROZEN_POSITION: Weighing(6.0, 60.0, _S.ADVISORY),
    IntegrityKind.TOO_SLOW: Weighing(5.0, 60.0, _S.WARNING),
}
"""A warning where no fault of a receiver explains it, a caution where a rare one does, else an advisory."""

REASONS: Mapping[IntegrityKind, str] = {
    IntegrityKind.IMPOSSIBLE_SPEED: "two positions further apart than the aircraft can have flown",
    IntegrityKind.JUMP: "a position far from where the track was, beyond any lag of a receiver",
    IntegrityKind.IMPOSSIBLE_CLIMB: "two heights further apart than the aircraft can have climbed",
    IntegrityKind.IMPOSSIBLE_TURN: "a turn that the aircraft's class does not bear",
    IntegrityKind.DUPLICATED_ADDRESS: "one address at two places at once",
    IntegrityKind.CONTRADICTS_RADAR: "reported at one place, measured at another",
    IntegrityKind.BEYOND_HORIZON: "reported where this receiver cannot have heard it",
    IntegrityKind.HEIGHTS_DIVERGE: "satellite and pressure height apart by more than any weather",
    IntegrityKind.VELOCITY_CONTRADICTS: "the way flown is not that of the velocity reported",
    IntegrityKind.FROZEN_POSITION: "the same position again and again while it flies",
    IntegrityKind.TOO_SLOW: "reported slower than a wing flies at that height",
}


@dataclass(frozen=True, slots=True)
class IntegrityFinding:
    """One track, one contradiction, and the data it stood on.

    Attributes:
        track_id: see `TrackSnapshot`.
        since: when the evidence sufficed.
        basis: the last piece of evidence, numbers with their unit in the name.
    """

    track_id: int
    kind: IntegrityKind
    severity: IntegritySeverity
    since: Instant
    reason: str
    basis: Mapping[str, float]
