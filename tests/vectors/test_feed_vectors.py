"""Our own vectors of feeds and area files: would another implementation read the same?"""

import json
from pathlib import Path

import pytest
from tests.envelope_vectors import opened_by_operator

from comity.domain.alerts.area_register import AREA_KINDS, AreaFileRegister, area_file_to_body
from comity.domain.operators import check_operator
from comity.domain.records import open_record
from comity.domain.tracks import FeedRegister, feed_to_body
from comity.kernel.errors import RecordError

FOLDER = Path(__file__).resolve().parents[2] / "vectors" / "feed"
CASES = sorted(place.parent for place in FOLDER.glob("*/envelope.json"))


def read(case):
    """What a register with nothing in it holds after the record."""
    record = opened_by_operator(case / "envelope.json")
    if record.kind in AREA_KINDS:
        files = AreaFileRegister()
        files.apply(record)
        return area_file_to_body(files.files()[0])
    feeds = FeedRegister()
    feeds.apply(record)
    return feed_to_body(feeds.feeds()[0])


@pytest.mark.requirement("WATCH-001")
@pytest.mark.requirement("ALERT-062")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_answers_as_the_page_says(case):
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    assert case.name.endswith("_reject") == (expected["result"] == "reject")
    if expected["result"] == "reject":
        with pytest.raises(RecordError) as caught:
            read(case)
        assert caught.value.reason == expected["reason"]
        return
    assert read(case) == expected["read"]


def test_there_are_at_least_as_many_rejects():
    refused = [case for case in CASES if case.name.endswith("_reject")]
    assert len(CASES) >= 40
    assert 2 * len(refused) >= len(CASES)
