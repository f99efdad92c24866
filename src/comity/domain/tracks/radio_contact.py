"""Who called a track by radio, and whether it answered: said by a person, on record, and gone with the track.

docs/rooms/tracks.md, "What a track lacks", names the fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from comity.domain.records import Record
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant, instant_from_canonical

RADIO_SAID: Final = "track.radio"
RADIO_KINDS = frozenset({RADIO_SAID})
HOLDS_S = (
    1_800.0  # who was silent half an hour ago may have been called since: it is no flag any more
)
KEPT_MAX = 1_000  # the statements last made; the journal has all
TEXT_LENGTH_MAX = 200


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
            RecordError: `field-form` where a field is missing or of another form. Nothing changed.
        """
        body = record.body
        number, answered, flight = body.get("number"), body.get("answered"), body.get("flight")
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise RecordError("field-form", "number: not a whole number from 0")
        if not isinstance(answered, bool):
            raise RecordError("field-form", "answered: neither true nor false")
        track = TrackNamed(_text(body, "run"), number)
        said = RadioSaid(
            track=track,
            key=_text(body, "track"),
            flight=None if flight is None else _text(body, "flight"),
            answered=answered,
            operator=record.operator,
            at=_instant(body, "said_at"),
        )
        self._said.pop(track, None)
        if len(self._said) >= KEPT_MAX:
            del self._said[next(iter(self._said))]
        self._said[track] = said


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= TEXT_LENGTH_MAX:
        raise RecordError("field-form", f"{name}: not a text of 1 to {TEXT_LENGTH_MAX} characters")
    return value


def _instant(body: Mapping[str, Any], name: str) -> Instant:
    try:
        return instant_from_canonical(_text(body, name))
    except InputError as error:
        raise RecordError("field-form", f"{name}: {error.why}") from error
