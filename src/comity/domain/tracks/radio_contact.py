"""Who called a track by radio, and whether it answered: said by a person, on record, and gone with the track.

docs/rooms/tracks.md, "What a track lacks", names the fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from comity.domain.records import Record
from comity.domain.records import body_fields as fields
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant

RADIO_SAID: Final = "track.radio"
RADIO_KINDS = frozenset({RADIO_SAID})
HOLDS_S = (
    1_800.0  # who was silent half an hour ago may have been called since: it is no flag any more
)
KEPT_MAX = 1_000  # the statements last made; the journal has all
TEXT_LENGTH_MAX = 200
NUMBER_MAX = (1 << 53) - 1  # as far as JSON's numbers are exact


@dataclass(frozen=True, slots=True)
class TrackNamed:
    """One track in one run of the watch; neither ever names another.

    Attributes:
        run: of the watch.
        number: the track's id in it.
    """

    run: str
    number: int


@dataclass(frozen=True, slots=True)
class RadioSaid:
    """That a track was called, and what came of it.

    Attributes:
        key: how alerts name the track.
        flight: the agreed flight that it was taken for.
        operator: the person who says so.
    """

    track: TrackNamed
    key: str
    flight: str | None
    answered: bool
    operator: OperatorId
    at: Instant

    def is_silence(self, now: Instant) -> bool:
        """Whether radio contact is missing by it: it was silent, and that is not too long ago."""
        return not self.answered and now.minus(self.at) <= HOLDS_S


def radio_body(
    track: TrackNamed, key: str, flight: str | None, at: Instant, *, answered: bool
) -> dict[str, Any]:
    """The body of a `track.radio` record."""
    return {
        "track": key,
        "run": track.run,
        "number": track.number,
        "flight": flight,
        "answered": answered,
        "said_at": str(at),
    }


@dataclass(slots=True)
class RadioRegister:
    """The last statement of each track. Replaying the journal rebuilds it."""

    _said: dict[TrackNamed, RadioSaid] = field(default_factory=dict)

    def of(self, track: TrackNamed) -> RadioSaid | None:
        """The last statement of a track; None where nobody made one."""
        return self._said.get(track)

    def apply(self, record: Record) -> None:
        """Take in one record.

        Raises:
            RecordError: `missing-field`, `field-form` or `field-limit`. Nothing changed.
        """
        body = record.body
        track = TrackNamed(
            fields.words(body, "run", TEXT_LENGTH_MAX),
            fields.integer(body, "number", 0, NUMBER_MAX),
        )
        said = RadioSaid(
            track=track,
            key=fields.words(body, "track", TEXT_LENGTH_MAX),
            flight=fields.optional(body, "flight", _flight),
            answered=fields.flag(body, "answered"),
            operator=record.operator,
            at=fields.instant(body, "said_at"),
        )
        self._said.pop(track, None)
        if len(self._said) >= KEPT_MAX:
            del self._said[next(iter(self._said))]
        self._said[track] = said


def _flight(body: Mapping[str, Any], name: str) -> str:
    return fields.words(body, name, TEXT_LENGTH_MAX)
