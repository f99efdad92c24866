"""Digests typed by their beginning: found where they fit one thing, refused with how many they fit."""

import pytest

from comity.application.record_places import RecordPlaces
from comity.entrypoints.cli.digests import whole_digest, withheld_typed
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
