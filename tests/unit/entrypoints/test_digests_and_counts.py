"""Digests typed by their beginning, refused with how many they fit; and how what was graded is counted in words."""

import pytest

from comity.application.record_places import RecordPlaces
from comity.entrypoints.api.incident_messages import CountedTold
from comity.entrypoints.cli.digests import whole_digest, withheld_typed
from comity.entrypoints.cli.incident_words import counted_lines
from comity.kernel.errors import InputError
from comity.kernel.ids import RecordDigest

ONE, TWO, THREE = "abcdef01" + "2" * 56, "abcdef01" + "3" * 56, "abcdef02" + "2" * 56


@pytest.mark.requirement("INCIDENT-029")
@pytest.mark.parametrize(
    ("stated", "found"),
    [("abcdef012", ONE), ("abcdef02", THREE), (ONE, ONE), ("9" * 64, "9" * 64)],
)
def test_a_beginning_stands_for_the_one_that_it_fits(stated: str, found: str) -> None:
    assert whole_digest(stated, [ONE, TWO, THREE, THREE], "link", "links") == found


@pytest.mark.requirement("INCIDENT-029")
@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ("abcdef01", "fits 2 links"),
        ("9" * 8, "fits 0 links"),
        ("abcdef0", "is not 8 to 64 hex digits"),
        ("ABCDEF02", "is not 8 to 64 hex digits"),
        ("../../etc", "is not 8 to 64 hex digits"),
        ("", "is not 8 to 64 hex digits"),
        ("a" * 65, "is not 8 to 64 hex digits"),
    ],
)
def test_a_refusal_says_how_many_it_fits(stated: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        whole_digest(stated, [ONE, TWO, THREE], "link", "links")
    assert caught.value.field == "link"


@pytest.mark.requirement("INCIDENT-029")
def test_what_is_withheld_has_a_digest_and_a_reason() -> None:
    assert withheld_typed(["ab=c=d"], str.upper) == [("AB", "c=d")]
    for stated in ("ab", "ab=", "ab= "):
        with pytest.raises(InputError, match="DIGEST=REASON"):
            withheld_typed([stated], str)


def test_records_are_found_by_any_number_of_digits() -> None:
    places = RecordPlaces()
    for each in (THREE, TWO, ONE):
        places.add(RecordDigest(each))
    for count in range(65):
        expected = [each for each in (ONE, TWO, THREE) if each.startswith(ONE[:count])]
        assert places.beginning(ONE[:count]) == expected


@pytest.mark.requirement("INCIDENT-009")
def test_what_a_person_alone_graded_is_no_part_of_what_is_evidenced() -> None:
    told = CountedTold(
        claimant="Aurelia",
        claimed=4,
        graded=3,
        evidenced=3,
        by_person_alone=2,
        overtaken=0,
        dissented=0,
    )
    words = "Aurelia: claimed 4, evidenced 1, 2 by a person's grade alone (1 not graded)"
    assert [*counted_lines([told])] == [words]
