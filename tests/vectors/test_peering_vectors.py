"""Our own vectors of peering messages: would another implementation agree with us?"""

import json
from pathlib import Path

import pytest

from comity.domain.peering import decode_request, decode_response
from comity.kernel.errors import PeerError

FOLDER = Path(__file__).resolve().parents[2] / "vectors" / "peering"
CASES = sorted(place.parent for place in FOLDER.glob("*/message.bin"))


@pytest.mark.requirement("PEER-001")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_answers_as_the_page_says(case):
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    message_bytes = (case / "message.bin").read_bytes()
    decode = decode_request if case.name.startswith("request") else decode_response
    assert case.name.endswith("_reject") == (expected["result"] == "reject")
    if expected["result"] == "reject":
        with pytest.raises(PeerError) as caught:
            decode(message_bytes)
        assert caught.value.reason == expected["reason"]
        return
    message = decode(message_bytes)
    for name, value in expected["says"].items():
        if name == "entry_sizes":
            assert [len(entry.envelope) for entry in message.entries] == value
        elif name == "recovered":
            assert (message.recovered and message.recovered.size) == value
        else:
            assert getattr(message, name) == value, name


def test_at_least_as_many_are_refused_as_taken():
    rejects = [case for case in CASES if case.name.endswith("_reject")]
    assert len(rejects) >= len(CASES) - len(rejects) >= 7
