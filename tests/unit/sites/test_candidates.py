"""Rows of other people's lists: what was planted is found, nothing is merged, nothing overwritten (L-29)."""

import pytest
from tools.listed_sites import listed_sites

from comity.adapters.natural_earth import NaturalEarthLand
from comity.adapters.site_files import read_site_file
from comity.domain.sites import Doubt, check_candidates


@pytest.fixture(scope="module")
def land():
    return NaturalEarthLand()


@pytest.mark.requirement("SITES-042")
def test_planted_errors_are_found_and_named(land):
    listed = listed_sites(2_000)
    read = read_site_file(listed.content)
    assert {each.number for each in read.refused} == listed.unreadable
    sound, doubted = check_candidates(read.candidates, land)
    told = {each.candidate.number: each.doubts for each in doubted}
    missed = {
        number: doubt
        for number, doubt in listed.planted.items()
        if doubt not in told.get(number, ())
    }
    assert len(missed) <= 1, missed
    assert set(listed.planted.values()) == set(Doubt)
    assert len(told) < 1.05 * len(listed.planted)
    assert len(sound) + len(doubted) == len(read.candidates)


def listed(*rows):
    text = "id,name,amenity,lat,lon,country\n" + "\n".join(rows) + "\n"
    return read_site_file(text.encode()).candidates


@pytest.mark.requirement("SITES-042")
def test_four_hundred_names_of_one_hospital_are_one_site_and_questions(land):
    rows = [f"{n},House {n},hospital,-33.00000{n % 10},-56.0,UY" for n in range(400)]
    sound, doubted = check_candidates(listed(*rows), land)
    assert [each.number for each in sound] == [1]
    assert len(doubted) == 399
    assert {each.rows for each in doubted} == {(1,)}


@pytest.mark.requirement("SITES-042")
@pytest.mark.parametrize(
    ("row", "doubts"),
    [
        ("2,Second,school,0.001,0.001,UY", (Doubt.AT_ZERO,)),
        ("2,Second,school,-56.1,-33.1,UY", (Doubt.AXES_SWAPPED,)),
        ("2,Second,school,33.1,-56.1,UY", (Doubt.WRONG_HEMISPHERE,)),
        ("2,Second,school,-33.1,56.1,UY", (Doubt.WRONG_HEMISPHERE,)),
        ("2,Second,school,-40.1,-45.1,UY", (Doubt.AT_SEA,)),
        ("2,Second,school,-28.1,-62.1,Uruguay", (Doubt.OTHER_COUNTRY,)),
        ("2,Second,school,-33.1,-56.1,AR", (Doubt.OTHER_COUNTRY,)),
        ("1,Elsewhere,hospital,-33.1,-56.1,UY", (Doubt.CONTRADICTION,)),
        ("2,FIRST HOUSE,hospital,-33.001,-56.001,UY", (Doubt.DUPLICATE,)),
        ("2,First house,clinic,-33.01,-56.0,UY", (Doubt.DUPLICATE,)),
        ("2,First house,school,-33.0,-56.0,UY", ()),
        ("2,Second,hospital,-33.1,-56.1,", ()),
        ("2,Second,hospital,-33.1,-56.1,Atlantis", ()),
    ],
)
def test_each_doubt_has_its_row(land, row, doubts):
    _, doubted = check_candidates(listed("1,First house,hospital,-33.0,-56.0,UY", row), land)
    assert tuple(each.doubts for each in doubted) == ((doubts,) if doubts else ())


@pytest.mark.requirement("SITES-042")
def test_a_row_is_compared_with_those_that_wait_too(land):
    """A person may enter the second; the third is the same as it and not as the first."""
    rows = (
        "1,First house,hospital,-33.0,-56.0,UY",
        "2,Invented ward,hospital,-33.0001,-56.0,UY",
        "3,INVENTED WARD,hospital,-33.0011,-56.0,UY",
    )
    sound, doubted = check_candidates(listed(*rows), land)
    assert [each.number for each in sound] == [1]
    assert [(each.doubts, each.rows) for each in doubted] == [
        ((Doubt.ANOTHER_NAME,), (1,)), ((Doubt.DUPLICATE,), (2,)),
    ]  # fmt: skip


@pytest.mark.requirement("SITES-042")
def test_school_12_is_not_school_14_next_door(land):
    rows = (
        "1,Invented school 12,school,-33.0,-56.0,UY",
        "2,Invented school 14,school,-33.0009,-56.0,UY",
        "3,INVENTED SCHOOL 12 (annex),school,-33.0,-56.0009,UY",
    )
    sound, doubted = check_candidates(listed(*rows), land)
    assert [each.number for each in sound] == [1, 2]
    assert [(each.doubts, each.rows) for each in doubted] == [((Doubt.DUPLICATE,), (1,))]
