"""Bodies of the records of a call (docs/spec/meeting.md §6): who is in it, by which key, and who may be recorded."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from comity.domain.meetings.bodies import meeting_named
from comity.domain.meetings.limits import (
    CANDIDATES_MAX,
    NUMBER_MAX,
    PERSON_LENGTH_MAX,
    SDP_LINES_MAX,
    SDP_SIZE_BYTES_MAX,
    STATIONS_MAX,
)
from comity.domain.records import (
    Record,
    body_choice,
    body_field,
    body_integer,
    body_text,
    body_texts,
    body_truth,
    body_words,
)
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import MeetingId

JOIN: Final = "meeting.join"
LEAVE: Final = "meeting.leave"
SIGNAL: Final = "meeting.signal"
CONSENT: Final = "meeting.consent"
RECORDING: Final = "meeting.recording"

CALL_KINDS = frozenset({JOIN, LEAVE, SIGNAL, CONSENT, RECORDING})

STATION = re.compile(r"[0-9a-f]{16}")
FINGERPRINT = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2}){31}")  # SHA-256 as RFC 8122 spells it

_LINE = re.compile(r"[a-z]=[\x20-\x7e]*")
_FINGERPRINT_LINE = re.compile(r"a=fingerprint:(\S+) (\S+)", re.IGNORECASE)


class Step(StrEnum):
    """Of the exchange of session descriptions."""

    OFFER = "offer"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Join:
    """One console is in the call; its DTLS certificate has this fingerprint, and no other is it.

    Attributes:
        station: chosen by the console by chance, for this stay only.
        replaces: stations of the same party that are no more, such as that of a browser that died.
    """

    meeting: MeetingId
    station: str
    fingerprint: str
    name: str
    replaces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leave:
    """A station is no more."""

    meeting: MeetingId
    station: str


@dataclass(frozen=True, slots=True)
class Signal:
    """A session description from one station to another. Its only key is `fingerprint`."""

    meeting: MeetingId
    station: str
    to: str
    step: Step
    number: int
    fingerprint: str
    sdp: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConsentToRecord:
    """Whether the people at a station agree to be recorded; the highest number counts."""

    meeting: MeetingId
    station: str
    recording: bool
    number: int


@dataclass(frozen=True, slots=True)
class Recording:
    """A station begins or ends to record; the highest number counts."""

    meeting: MeetingId
    station: str
    recording: bool
    number: int


CallBody = Join | Leave | Signal | ConsentToRecord | Recording


def read_call(record: Record) -> CallBody:
    """What a record of a call says.

    Raises:
        RecordError: a code of docs/spec/meeting.md §8.
    """
    return _READERS[record.kind](record)


def check_description(sdp: str, fingerprint: str) -> None:
    """Check that a session description is bounded, plain, and bound to one key.

    Raises:
        InputError: `sdp`: too large, of another form, or a fingerprint in it is not the one stated.

    Source: RFC 8866 (form), RFC 8122 §5 (fingerprint); docs/spec/meeting.md [M12].
    """
    if len(sdp) > SDP_SIZE_BYTES_MAX:
        raise InputError("sdp", f"{len(sdp)} characters, at most {SDP_SIZE_BYTES_MAX}")
    lines = sdp.split("\r\n")
    if len(lines) > SDP_LINES_MAX or lines[0] != "v=0" or lines[-1] != "":
        raise InputError("sdp", f"not up to {SDP_LINES_MAX} lines from v=0, each ended by CR LF")
    if any(_LINE.fullmatch(line) is None for line in lines[:-1]):
        raise InputError("sdp", "a line is not a letter, '=' and plain ASCII")
    found = [_FINGERPRINT_LINE.match(each) for each in lines if "fingerprint" in each.lower()]
    if not found or any(
        each is None or (each[1].lower(), each[2].upper()) != ("sha-256", fingerprint)
        for each in found
    ):
        raise InputError("sdp", f"a fingerprint in it is not sha-256 {fingerprint}")
    candidates = sum(line.lower().startswith("a=candidate") for line in lines)
    if candidates > CANDIDATES_MAX:
        raise InputError("sdp", f"{candidates} candidates, at most {CANDIDATES_MAX}")
    if any(line.startswith(("a=crypto:", "a=key-mgmt:")) for line in lines):
        raise InputError("sdp", "keys beside DTLS are not taken")


def _read_join(record: Record) -> Join:
    body = record.body
    station = body_text(body, "station", STATION)
    replaces = body_texts(body, "replaces", STATION, 0, STATIONS_MAX)
    if station in replaces:
        raise RecordError("meeting-contradiction", "replaces: the station itself")
    return Join(
        meeting=meeting_named(body),
        station=station,
        fingerprint=body_text(body, "fingerprint", FINGERPRINT),
        name=body_words(body, "name", PERSON_LENGTH_MAX),
        replaces=replaces,
    )


def _read_leave(record: Record) -> Leave:
    return Leave(meeting_named(record.body), body_text(record.body, "station", STATION))


def _read_signal(record: Record) -> Signal:
    body = record.body
    if len(record.recipients) > 1:  # none: between two stations of one party
        raise RecordError("meeting-recipients", "recipients: a description goes to one party")
    sdp = body_field(body, "sdp")
    fingerprint = body_text(body, "fingerprint", FINGERPRINT)
    if type(sdp) is not str:
        raise RecordError("field-form", "sdp: not a text")
    try:
        check_description(sdp, fingerprint)
    except InputError as error:
        raise RecordError("meeting-description", str(error)) from error
    return Signal(
        meeting=meeting_named(body),
        station=body_text(body, "station", STATION),
        to=body_text(body, "to", STATION),
        step=body_choice(body, "step", Step),
        number=body_integer(body, "number", 0, NUMBER_MAX),
        fingerprint=fingerprint,
        sdp=sdp,
    )


def _read_consent(record: Record) -> ConsentToRecord:
    return ConsentToRecord(*_switch(record))


def _read_recording(record: Record) -> Recording:
    return Recording(*_switch(record))


def _switch(record: Record) -> tuple[MeetingId, str, bool, int]:
    body = record.body
    return (
        meeting_named(body),
        body_text(body, "station", STATION),
        body_truth(body, "recording"),
        body_integer(body, "number", 0, NUMBER_MAX),
    )


_READERS: Mapping[str, Callable[[Record], CallBody]] = {
    JOIN: _read_join,
    LEAVE: _read_leave,
    SIGNAL: _read_signal,
    CONSENT: _read_consent,
    RECORDING: _read_recording,
}
