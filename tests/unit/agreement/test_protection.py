"""Buffers and echelons as an agreement's text states them."""

import pytest
from tests.unit.agreement.test_terms import NORTH, TEXT

from comity.domain.agreement import (
    BUFFER_M_ASSUMED,
    PROTECTED_KINDS,
    AgreementTextError,
    EchelonLevel,
    parse_agreement,
)
from comity.domain.sites import MovementKind, SiteKind

BUFFER = '[[buffer]]\nkind = "hospital"\ndistance_m = 5000\n'
ECHELON = f'[[echelon]]\nparty = "{NORTH.id}"\nlevel = "headquarters"\nname = "headquarters"\nwithin_min = 30\n'


@pytest.mark.requirement("AGREE-031")
def test_the_greatest_buffer_of_kind_activity_and_default_counts():
    buffers = parse_agreement(TEXT).terms.buffers
    assert not buffers.assumed
    assert buffers.around_m("school", "fixed-wing") == 2_000.0
    assert buffers.around_m("hospital", "fixed-wing") == 5_000.0
    assert buffers.around_m("hospital", "live-firing") == 10_000.0
    assert buffers.greatest_m("fixed-wing") == 5_000.0
    smaller = TEXT.replace("distance_m = 5000", "distance_m = 100")
    assert parse_agreement(smaller).terms.buffers.around_m("hospital", "jet") == 2_000.0


@pytest.mark.requirement("AGREE-031")
def test_a_text_without_buffers_is_flagged_and_never_means_zero():
    begin, end = TEXT.index("[buffers]"), TEXT.index("[caps]")
    terms = parse_agreement(TEXT[:begin] + TEXT[end:]).terms
    assert terms.buffers.around_m("hospital", "jet") == BUFFER_M_ASSUMED > 0.0
    assert terms.buffers.assumed
    assert [each for each in terms.undefined if each.startswith("buffers:")]


@pytest.mark.requirement("AGREE-031")
def test_the_kinds_that_a_text_may_name_are_those_of_sites_and_movements():
    assert frozenset({*SiteKind, *MovementKind}) == PROTECTED_KINDS


@pytest.mark.requirement("AGREE-032")
def test_each_party_names_its_echelons_and_their_times():
    terms = parse_agreement(TEXT).terms
    of_north = [each for each in terms.echelons if each.party == NORTH.id]
    assert [each.level for each in of_north] == list(EchelonLevel)
    assert [each.within_s for each in of_north] == [1_800.0, 3_600.0, 7_200.0]
    begin, end = TEXT.index("[[echelon]]"), TEXT.index("[[area]]")
    none = parse_agreement(TEXT[:begin] + TEXT[end:]).terms
    assert none.echelons == ()
    assert len([each for each in none.undefined if each.startswith("echelon:")]) == 2


@pytest.mark.parametrize(
    ("before", "after", "reason", "field"),
    [
        (BUFFER, BUFFER.replace("hospital", "hospitals"), "unknown-kind", "buffer[0].kind"),
        (BUFFER, BUFFER + BUFFER, "duplicate", "buffer[1].kind"),
        (BUFFER, BUFFER.replace("distance_m = 5000\n", ""), "missing-key", "buffer[0].distance_m"),
        (BUFFER, BUFFER.replace("5000", "0"), "out-of-range", "buffer[0]"),
        (BUFFER, BUFFER.replace("5000", "100001"), "out-of-range", "buffer[0]"),
        ("default_m = 2000", "default_m = 0", "out-of-range", "buffers.default_m"),
        (ECHELON, ECHELON.replace(NORTH.id, "west.aaaaaaaa"), "echelon", "echelon[0].party"),
        (ECHELON, ECHELON + ECHELON, "duplicate", "echelon[1].name"),
        (ECHELON, ECHELON.replace("within_min = 30\n", ""), "missing-key", "echelon[0].within_s"),
        (
            ECHELON,
            ECHELON.replace('"headquarters"\nname', '"cook"\nname'),
            "out-of-range",
            "echelon[0].level",
        ),
    ],
)
@pytest.mark.requirement("AGREE-032")
def test_what_is_none_is_refused_by_its_field(before, after, reason, field):
    assert before in TEXT
    with pytest.raises(AgreementTextError) as caught:
        parse_agreement(TEXT.replace(before, after, 1))
    assert caught.value.reason == reason
    assert caught.value.field.startswith(field)
