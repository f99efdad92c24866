"""What a person must see."""

from dataclasses import dataclass

from comity.kernel.ids import PartyId, RecordDigest
from comity.kernel.instants import Instant


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something a person must see. Kept in memory and rebuilt by replay where a record caused it."""

    at: Instant
    code: str
    text: str
    peer: PartyId | None = None
    digest: RecordDigest | None = None
