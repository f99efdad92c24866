"""That a track was called by radio: who said so, when, and of which track; in the end it is forgotten."""

from types import SimpleNamespace

import pytest

from comity.domain.records.canonical import decode_canonical, encode_canonical
from comity.domain.tracks.radio_contact import (
    HOLDS_S,
    KEPT_MAX,
    RadioRegister,
    TrackNamed,
    radio_body,
)
from comity.kernel.errors import RecordError
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant

AT = Instant(1_795_000_000_000)
KEY = "aurelia.q3mbt5aa/4ca001"


def _record(number=7, at=AT, answered=False, **changes):
    body = radio_body(TrackNamed("r1", number), KEY, None, at, answered=answered) | changes
    assert decode_canonical(encode_canonical(body)) == body
    return SimpleNamespace(body=body, operator=OperatorId("ada"))


@pytest.mark.requirement("TRACK-057")
def test_the_last_statement_stands_by_that_track_alone():
    register = RadioRegister()
    register.apply(_record())
    said = register.of(TrackNamed("r1", 7))
    assert (said.key, said.operator, said.at, said.answered) == (KEY, "ada", AT, False)
    assert register.of(TrackNamed("r1", 8)) is None
    assert register.of(TrackNamed("r2", 7)) is None  # another run: another track
    register.apply(_record(at=AT.plus_s(60.0), answered=True))
    assert register.of(TrackNamed("r1", 7)).answered


@pytest.mark.requirement("TRACK-057")
def test_a_silence_fades_and_an_answer_is_none():
    register = RadioRegister()
    register.apply(_record())
    register.apply(_record(8, answered=True))
    silent, answered = (register.of(TrackNamed("r1", number)) for number in (7, 8))
    assert silent.is_silence(AT)
    assert silent.is_silence(AT.plus_s(HOLDS_S))
    assert not silent.is_silence(AT.plus_s(HOLDS_S + 1.0))
    assert not answered.is_silence(AT)


def test_what_is_kept_is_bounded_and_the_newest_stays():
    register = RadioRegister()
    for number in range(KEPT_MAX):
        register.apply(_record(number))
    register.apply(_record(0))  # said again: not the oldest any more
    register.apply(_record(KEPT_MAX))
    assert register.of(TrackNamed("r1", 0)) is not None
    assert register.of(TrackNamed("r1", 1)) is None
    assert register.of(TrackNamed("r1", KEPT_MAX)) is not None


@pytest.mark.parametrize(
    "change",
    [{"track": ""}, {"track": "x" * 201}, {"run": 5}, {"number": -1}, {"number": True},
     {"number": None}, {"answered": 1}, {"flight": 7}, {"said_at": "now"}],
)  # fmt: skip
def test_a_record_of_another_form_is_refused_and_changes_nothing(change):
    register = RadioRegister()
    with pytest.raises(RecordError, match=next(iter(change))):
        register.apply(_record(**change))
    assert register.of(TrackNamed("r1", 7)) is None
