"""Our own vectors of streams of tracks: would another implementation agree with us?"""

import json
import re
from pathlib import Path

import pytest
from tests.envelope_vectors import expected_of

from comity.entrypoints.track_stream.follow import Follower
from comity.entrypoints.track_stream.frame import encode_frame, frames_of
from comity.entrypoints.track_stream.picture import DETAILS
from comity.kernel.errors import RecordError

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted(place.parent for place in (ROOT / "vectors" / "track-stream").glob("*/stream.bin"))


def follow(content, *, exercise):
    follower = Follower(exercise=exercise)
    for frame in frames_of(content):
        follower.apply(frame)
    return follower


@pytest.mark.requirement("MAP-001")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_holds_what_the_page_says(case):
    expected = expected_of(case)
    content = (case / "stream.bin").read_bytes()
    if expected["result"] == "reject":
        with pytest.raises(RecordError) as caught:
            follow(content, exercise=expected["exercise"])
        assert caught.value.reason == expected["reason"]
        return
    follower = follow(content, exercise=expected["exercise"])
    assert follower.last is not None
    assert follower.last.sequence == expected["frames"]
    at_ms = follower.last.as_of_ms or 0
    held = {}
    for slot, track in follower.tracks.items():
        latitude, longitude = track.place(at_ms)
        held[str(slot)] = {
            "key": track.named.key,
            "callsign": track.named.callsign,
            "flight": track.named.flight,
            "latitude": latitude,
            "longitude": longitude,
            "flags": track.details["flags"],
        }
    assert held == expected["tracks"]


@pytest.mark.requirement("MAP-001")
@pytest.mark.parametrize(
    "case", [c for c in CASES if not c.name.endswith("_reject")], ids=lambda case: case.name
)
def test_the_writer_spells_what_the_reader_read(case):
    content = (case / "stream.bin").read_bytes()
    assert b"".join(map(encode_frame, frames_of(content))) == content


def test_every_code_of_the_page_has_a_case():
    page = (ROOT / "docs/spec/track-stream.md").read_text(encoding="utf-8")
    codes = set(re.findall(r": `([a-z-]+)`\.", page))
    rejects = [case for case in CASES if case.name.endswith("_reject")]
    assert codes == {expected_of(case)["reason"] for case in rejects}
    assert len(rejects) > len(CASES) - len(rejects)
    assert len(DETAILS) == 8
