"""An incident as a reconstruction needs it: what each side claims, and which records belong to it. Nothing more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from comity.domain.incidents import Claim
from comity.domain.reconstruction.heard import Heard
from comity.domain.reconstruction.knowledge import BEGINNING_MAX, BEGINNING_MIN
from comity.kernel.errors import InputError

RECORDS_MAX = 500  # of one case; a report that lists more is read by nobody


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One incident.

    Attributes:
        title: as whoever opened it says.
        claims: side by side, never merged.
        records: digests, or beginnings that stand for one, of the records that belong to it.
    """

    title: str
    claims: tuple[Claim, ...]
    records: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.records) > RECORDS_MAX:
            raise InputError("record", f"{len(self.records)}, at most {RECORDS_MAX}")
        for each in self.records:
            hexadecimal = set(each) <= set("0123456789abcdef")
            if not BEGINNING_MIN <= len(each) <= BEGINNING_MAX or not hexadecimal:
                why = f"{each[:70]!r} is not {BEGINNING_MIN} to {BEGINNING_MAX} hex digits in small letters"
                raise InputError("record", why)

    def found(self, heard: Iterable[Heard]) -> tuple[Heard, ...]:
        """Its records, in the order in which they were made.

        Raises:
            InputError: one is not in the journal, or several begin so.
        """
        chosen: dict[str, list[Heard]] = {each: [] for each in self.records}
        for record in heard if chosen else ():
            for beginning, records in chosen.items():
                if record.digest.startswith(beginning):
                    records.append(record)
        for beginning, records in chosen.items():
            if len(records) != 1:
                raise InputError(
                    "record", f"{len(records)} records of this journal begin with {beginning}"
                )
        every = {record.digest: record for records in chosen.values() for record in records}
        return tuple(sorted(every.values(), key=lambda each: (each.made_at, each.position)))


def words_of_record(record: Heard, characters_max: int = 600) -> str:
    """What a record says in words, as far as it says anything in words."""
    names: Sequence[str] = ("subject", "text", "description", "remark", "reason", "answer", "state")
    said = [str(record.body[name]) for name in names if record.body.get(name)]
    return "; ".join(said)[:characters_max] or "says nothing in words"
