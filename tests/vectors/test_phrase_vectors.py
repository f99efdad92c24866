"""Our own vectors of messages sent by number: would another implementation agree with us?"""

import json
import re
from pathlib import Path

import pytest
from tests.envelope_vectors import expected_of

from comity.adapters.phrase_files import packaged_phrasebook
from comity.domain.phrasebook import message_from_body, message_to_body
from comity.kernel.errors import RecordError

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted(place.parent for place in (ROOT / "vectors" / "phrase").glob("*/body.json"))


@pytest.mark.requirement("PHRASE-006")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_answers_as_the_page_says(case):
    expected = expected_of(case)
    body = json.loads((case / "body.json").read_text(encoding="utf-8"))
    if expected["result"] == "reject":
        with pytest.raises(RecordError) as caught:
            message_from_body(body, packaged_phrasebook())
        assert caught.value.reason == expected["reason"]
        return
    body.pop("tomorrow", None)
    assert message_to_body(message_from_body(body, packaged_phrasebook())) == body


def test_every_code_of_the_page_has_a_case():
    page = (ROOT / "docs/spec/phrase.md").read_text(encoding="utf-8")
    codes = set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE))
    rejects = [case for case in CASES if case.name.endswith("_reject")]
    assert codes == {expected_of(case)["reason"] for case in rejects}
    assert len(rejects) > len(CASES) - len(rejects)
