"""What a person must be told: things that a peer may not do, and flights no longer deconflicted."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from comity.kernel.ids import PartyId, RecordDigest
from comity.kernel.instants import Instant

ALARMS_MAX = 10_000  # kept for the screen; the records themselves stay for good


class AlarmKind(StrEnum):
    """What the alarm is about (docs/rooms/intents.md)."""

    PROTOCOL_VIOLATION = "protocol-violation"
    NO_LONGER_DECONFLICTED = "no-longer-deconflicted"
    EMERGENCY = "emergency"
    PROBING = "probing"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that happened, when this node learnt of it, and about which record and party."""

    kind: AlarmKind
    at: Instant
    about: RecordDigest
    party: PartyId
    detail: str


class Alarms:
    """The latest alarms, counted from the first one ever."""

    def __init__(self) -> None:
        self._kept: deque[Alarm] = deque(maxlen=ALARMS_MAX)
        self._count = 0

    def ring(self, alarm: Alarm) -> None:
        """Keep one alarm; beyond the limit the oldest is dropped from memory."""
        self._kept.append(alarm)
        self._count += 1

    @property
    def count(self) -> int:
        """How many there were since the node started."""
        return self._count

    def since(self, index: int) -> Iterator[Alarm]:
        """Those from an index on, as far as they are still kept."""
        first = self._count - len(self._kept)
        yield from list(self._kept)[max(0, index - first) :]
