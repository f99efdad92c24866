"""What a person must be told: things that a peer may not do, and flights no longer deconflicted."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from comity.kernel.ids import PartyId, RecordDigest
from comity.kernel.instants import Instant
from comity.kernel.latest_by_source import LatestBySource

ALARMS_OF_A_KIND_MAX = 1_000  # of one party, for the screen; the records themselves stay for good


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
    """The latest alarms of each kind and party, so that no party's can push out another's or hide an emergency."""

    def __init__(self) -> None:
        self._kept: LatestBySource[Alarm] = LatestBySource(ALARMS_OF_A_KIND_MAX)

    def ring(self, alarm: Alarm) -> None:
        """Keep one alarm; beyond the limit the oldest of its kind and party is dropped from memory."""
        self._kept.add((alarm.kind, alarm.party), alarm)

    @property
    def count(self) -> int:
        """How many there were since the node started."""
        return self._kept.count

    def since(self, index: int) -> Iterator[Alarm]:
        """Those from an index on, as far as they are still kept."""
        return self._kept.since(index)

    def of_each(self, each_max: int) -> Iterator[Alarm]:
        """The latest few of each kind and party."""
        return self._kept.of_each(each_max)
