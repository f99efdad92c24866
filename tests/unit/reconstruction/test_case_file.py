"""An incident as a set of claims and records."""

import pytest
from tests.unit.reconstruction.test_knowledge import HERE, THERE, Journal

from comity.domain.reconstruction import CaseFile, words_of_record
from comity.kernel.errors import InputError


def test_records_are_found_by_the_beginning_of_their_digest_in_the_order_of_their_making() -> None:
    journal = Journal()
    late = journal.say("late", "line.message", THERE, (HERE,), 60, {"text": "Late."}, received_s=61)
    early = journal.say(
        "early", "line.message", HERE, (THERE,), 10, {"subject": "S", "text": "Early."}
    )
    found = CaseFile("t", (), (late, early[:8])).found(journal.heard)
    assert [each.digest for each in found] == [early, late]
    assert words_of_record(found[0]) == "S; Early."
    assert CaseFile("t", ()).found(journal.heard) == ()
    check = journal.heard[0]
    assert words_of_record(check, 3) == "Lat"


@pytest.mark.parametrize("digest", ["abc", "x" * 64, "a" * 65, "ABCDEF12"])
def test_what_is_no_digest_is_refused_by_name(digest: str) -> None:
    with pytest.raises(InputError, match="record"):
        CaseFile("t", (), (digest,))


def test_a_record_that_is_not_here_is_refused_and_never_left_out() -> None:
    with pytest.raises(InputError, match="0 records of this journal begin with abcdef"):
        CaseFile("t", (), ("abcdef",)).found([])
    with pytest.raises(InputError, match="501, at most 500"):
        CaseFile("t", (), ("abcdef",) * 501)
