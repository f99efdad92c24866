"""Ladders: who is called next where nobody takes a FLASH."""

import pytest
from tests.agreement_world import actors, text_between

from comity.domain.agreement import AgreementTextError, parse_agreement

NORTH, SOUTH, EAST = actors("north", "south", "east")
TEXT = text_between(NORTH.draft_party(), SOUTH.draft_party())
FIRST = f'[[ladder]]\nparty = "{NORTH.id}"\nechelon = "officer on watch"\nafter_min = 1\n'


@pytest.mark.requirement("AGREE-030")
def test_each_party_has_its_steps_in_order():
    terms = parse_agreement(TEXT).terms
    for party in terms.party_ids:
        steps = [each for each in terms.ladder if each.party == party]
        assert [each.after_s for each in steps] == [60.0, 180.0, 600.0]
        assert [each.channel for each in steps] == ["watch"] * 3
    assert not any(each.startswith("ladder:") for each in terms.undefined)


@pytest.mark.requirement("AGREE-030")
def test_a_party_without_a_ladder_is_flagged():
    begin, end = TEXT.index("[[ladder]]"), TEXT.index("[[area]]")
    north_only = TEXT[:begin] + FIRST + "\n" + TEXT[end:]
    terms = parse_agreement(north_only).terms
    assert [each.party for each in terms.ladder] == [NORTH.id]
    [flag] = [each for each in terms.undefined if each.startswith("ladder:")]
    assert "South" in flag


@pytest.mark.requirement("AGREE-030")
@pytest.mark.parametrize(
    ("before", "after", "reason", "field"),
    [
        (FIRST, FIRST.replace(NORTH.id, EAST.id), "ladder", "ladder[0].party"),
        (FIRST, FIRST.replace("after_min = 1", "after_min = 4"), "ladder", "ladder[1].after_s"),
        (FIRST, FIRST.replace("after_min = 1\n", ""), "missing-key", "ladder[0].after_s"),
        (FIRST, FIRST.replace("after_min = 1", "after_days = 2"), "out-of-range", "ladder[0]"),
        (FIRST, FIRST + 'channel = "Pager"\n', "out-of-range", "ladder[0].channel"),
        (FIRST, FIRST + 'number = "1"\n', "unknown-key", "ladder[0].number"),
        (FIRST, FIRST.replace("after_min = 1", "after_min = 0") * 17, "ladder", "ladder[16].party"),
    ],
)
def test_a_ladder_out_of_form_is_refused_by_its_field(before, after, reason, field):
    with pytest.raises(AgreementTextError) as caught:
        parse_agreement(TEXT.replace(before, after))
    assert caught.value.reason == reason
    assert caught.value.field.startswith(field)
