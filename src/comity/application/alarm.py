"""What a person must see."""

from dataclasses import dataclass

from comity.kernel.ids import PartyId, RecordDigest
from comity.kernel.instants import Instant


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something a person must see. Kept in memory and rebuilt by replay where a record caused it.

    Attributes:
        text: the whole of it in English.
        says: id of the sentence that `text` is the English of; empty: the code is all that another language has.
        values: what stands in that sentence, by name; under `said` the words of a person, as they were written.
        about: the record that it is about, where that is another than the one that caused it.
        exercise: whether it belongs to the exercise.
    """

    at: Instant
    code: str
    text: str
    peer: PartyId | None = None
    digest: RecordDigest | None = None
    says: str = ""
    values: tuple[tuple[str, str], ...] = ()
    about: RecordDigest | None = None
    exercise: bool = False
