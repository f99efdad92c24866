"""Rival claims beside each other, never merged, and the grade of each by the published rule."""

from pathlib import Path
from typing import Any

import pytest
from tests.claim_trees import statement, tree

from comity.adapters.claim_files import offset_s, tree_of
from comity.domain.incidents import AtHand, Claim, Grade, Relation, assess, claim_of
from comity.kernel.errors import InputError

CASES = Path(__file__).parents[3] / "docs" / "cases"
MATERIAL = {"name": "radar", "description": "a recording", "origin": "Aurelia", "sha256": "ab" * 32}


def two(mine: dict[str, Any], theirs: dict[str, Any]) -> Any:
    claims = [
        claim_of(tree(statement(**mine))),
        claim_of(tree(statement(**theirs), claimant="Borealis")),
    ]
    return assess(claims)


def relations(mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Relation]:
    return {each.field: each.relation for each in two(mine, theirs).comparisons}


@pytest.mark.requirement("INCIDENT-007")
@pytest.mark.parametrize(
    ("mine", "theirs", "relation"),
    [
        ("yes", "no", Relation.EXCLUDES),
        ("no", "yes", Relation.EXCLUDES),
        ("yes", "yes", Relation.BOTH),
        ("no", "no", Relation.BOTH),
        ("yes", "unknown", Relation.UNKNOWN_TO_ONE),
        ("unknown", "unknown", Relation.UNKNOWN_TO_ONE),
    ],
)
def test_what_two_say_of_one_topic_is_shared_or_excludes_or_is_unknown(mine, theirs, relation):
    assert relations({"says": mine}, {"says": theirs})["says"] is relation


@pytest.mark.requirement("INCIDENT-007")
def test_a_topic_of_one_is_said_by_one():
    assert relations({"topic": "a"}, {"topic": "b"}) == {"says": Relation.ONE}


@pytest.mark.requirement("INCIDENT-007")
@pytest.mark.parametrize(
    ("mine", "theirs", "relation"),
    [
        ({"length": "1.15 smi"}, {"length": "1.85 km"}, Relation.BOTH),
        ({"length": "1.15 NM"}, {"length": "1.85 km"}, Relation.EXCLUDES),
        ({"length": "1.15 mi"}, {"length": "1.85 km"}, Relation.DEPENDS),
        ({"length": "1.15 mi"}, {"length": "9.00 km"}, Relation.EXCLUDES),
        ({"length": "1.15 mi"}, {}, Relation.ONE),
    ],
)
def test_figures_are_compared_under_every_reading(mine, theirs, relation):
    assert relations(mine, theirs)["length"] is relation


@pytest.mark.requirement("INCIDENT-007")
def test_times_places_and_heights_are_compared_with_their_errors():
    def starts(text: str, **more: str) -> dict[str, Any]:
        return {"starts": {"stated": text, **more}}

    noon = starts("2026-11-28T12:00:00Z")
    assert relations(noon, starts("2026-11-28T14:00:01+02:00"))["starts"] is Relation.BOTH
    assert relations(noon, starts("2026-11-28T12:00:02Z"))["starts"] is Relation.EXCLUDES
    roughly = starts("2026-11-28T12:05:00Z", error="5 min")
    assert relations(noon, roughly)["starts"] is Relation.BOTH

    def place(text: str) -> dict[str, Any]:
        return {"place": {"position": text, "error": "1 km ± 0"}}

    here = place("60.0000N 024.0000E")
    assert relations(here, place("60.0100N 024.0000E"))["place"] is Relation.BOTH
    assert relations(here, place("60.0200N 024.0000E"))["place"] is Relation.EXCLUDES
    assert relations(here, place("20.0000S 024.0000E"))["place"] is Relation.EXCLUDES
    said = {"place": {"words": "near the river"}}
    assert relations(here, said)["place"] is Relation.NOT_COMPARED
    assert relations({"height": "FL190"}, {"height": "5791 m AMSL"})["height"] is (
        Relation.NOT_COMPARED
    )
    assert relations({"height": "6000 m AMSL"}, {"height": "FL300"})["height"] is (
        Relation.NOT_COMPARED
    )
    assert relations({"height": "FL190"}, {"height": "FL300"})["height"] is Relation.EXCLUDES


@pytest.mark.requirement("INCIDENT-007")
def test_the_order_of_the_claims_changes_no_relation_and_no_grade():
    mine, theirs = {"length": "1.15 mi"}, {"length": "1.85 km", "depth": "1 km"}
    assert relations(mine, theirs) == relations(theirs, mine)
    there = [each.graded.grade for each in two(mine, theirs).statements]
    back = [each.graded.grade for each in two(theirs, mine).statements]
    assert there == back[::-1]


@pytest.mark.requirement("INCIDENT-007")
def test_a_claim_that_says_yes_and_no_excludes_itself():
    made = tree(statement(), statement(name="other", says="no"))
    assessed = assess([claim_of(made)])
    assert [each.graded.grade for each in assessed.statements] == [Grade.CONTESTED] * 2
    assert "Aurelia (crossing) says that it happened" in assessed.comparisons[-1].words


def all_seen(claims: list[Claim]) -> frozenset[tuple[int, str]]:
    return frozenset(
        (index, name)
        for index, claim in enumerate(claims)
        for name, offered in claim.material.items()
        if offered.sha256 is not None
    )


def graded(made: dict[str, Any], *others: dict[str, Any]) -> tuple[Grade, str]:
    """The first statement, with all material at hand that has a digest."""
    claims = [claim_of(made), *(claim_of(each) for each in others)]
    found = assess(claims, AtHand(all_seen(claims))).statements[0].graded
    return found.grade, found.rule


def with_material(*materials: dict[str, Any], **fields: Any) -> dict[str, Any]:
    names = [each["name"] for each in materials]
    return tree(statement(material=names, **fields), material=[dict(each) for each in materials])


@pytest.mark.requirement("INCIDENT-008")
def test_each_line_of_the_grade_table_decides_where_it_is_the_first_met():
    denied = tree(statement(says="no"), claimant="Borealis")
    agreed = tree(statement(), claimant="Borealis")
    second = MATERIAL | {"name": "ship", "origin": "a third party"}
    broken = {"length": "9.0 km", "duration": "10.0 s", "speed": "100 m/s"}
    strained = {"length": "1.0 km", "depth": "2.0 km"}
    assert graded(with_material(MATERIAL, **broken), denied) == (Grade.DISCOUNTED, "G1")
    assert graded(tree(statement(sources=None))) == (Grade.DISCOUNTED, "G2")
    assert graded(with_material(MATERIAL, second), denied) == (Grade.CONTESTED, "G3")
    assert graded(with_material(MATERIAL, disputed=True)) == (Grade.CONTESTED, "G4")
    assert graded(with_material(MATERIAL, second, **strained)) == (Grade.WEAK, "G5")
    assert graded(tree(), agreed) == (Grade.CONFIRMED, "G6")
    assert graded(with_material(MATERIAL, second)) == (Grade.CONFIRMED, "G7")
    assert graded(with_material(MATERIAL)) == (Grade.FAIR, "G8")
    assert graded(tree()) == (Grade.WEAK, "G9")


@pytest.mark.requirement("INCIDENT-008")
def test_two_files_of_one_origin_are_one_and_what_is_synthetic_or_withheld_is_none():
    copied = MATERIAL | {"name": "copy", "description": "another channel", "origin": "AURELIA "}
    assert graded(with_material(MATERIAL, copied)) == (Grade.FAIR, "G8")
    withheld = {name: value for name, value in MATERIAL.items() if name != "sha256"}
    assert graded(with_material(withheld)) == (Grade.WEAK, "G9")
    assert graded(with_material(MATERIAL | {"synthetic": True})) == (Grade.WEAK, "G9")


@pytest.mark.requirement("INCIDENT-008")
def test_a_digest_alone_is_a_promise_and_counts_for_nothing():
    second = MATERIAL | {"name": "ship", "origin": "a third party"}
    found = assess([claim_of(with_material(MATERIAL, second))]).statements[0].graded
    assert (found.grade, found.rule) == (Grade.WEAK, "G9")


@pytest.mark.requirement("INCIDENT-008")
def test_the_same_party_under_other_capitals_admits_nothing():
    assert graded(tree(), tree(claimant=" AURELIA")) == (Grade.WEAK, "G9")


@pytest.mark.requirement("INCIDENT-008")
def test_a_claim_repeated_by_its_own_claimant_is_not_admitted_by_the_other():
    assert graded(tree(), tree()) == (Grade.WEAK, "G9")


@pytest.mark.requirement("INCIDENT-008")
def test_an_echo_without_a_source_admits_nothing():
    echo = tree(statement(sources=None), claimant="Borealis")
    assert graded(tree(), echo) == (Grade.WEAK, "G9")


@pytest.mark.requirement("INCIDENT-009")
def test_claimed_and_evidenced_are_counted_of_each_and_of_all():
    many = [statement(name=f"case-{n}", topic=f"case-{n}") for n in range(150)]
    for each in many[:7]:
        each["material"] = ["radar"]
    claims = [claim_of(tree(*many, material=[dict(MATERIAL)])), claim_of(tree())]
    assessed = assess(claims, AtHand(all_seen(claims)))
    assert assessed.counts(0) == (150, 7)
    assert assessed.counts(1) == (1, 0)
    assert assessed.counts() == (151, 7)


@pytest.mark.requirement("INCIDENT-001")
def test_a_set_of_claims_is_bounded():
    with pytest.raises(InputError, match="from 1 to 20"):
        assess([])
    with pytest.raises(InputError, match="from 1 to 20"):
        assess([claim_of(tree())] * 21)
    many = [statement(name=f"case-{n}") for n in range(13)]
    with pytest.raises(InputError, match="at most 12"):
        assess([claim_of(tree(*many))])
    apart = [statement(name=f"case-{n}", topic=f"case-{n}") for n in range(200)]
    with pytest.raises(InputError, match="at most 2000"):
        assess([claim_of(tree(*apart))] * 11)


@pytest.mark.requirement("INCIDENT-010")
def test_the_lead_example_is_contested_on_both_sides_and_nobody_is_found_right():
    files = [CASES / "2015-11-24" / name for name in ("turkey.toml", "russia.toml")]
    claims = [claim_of(tree_of(file.read_bytes(), file.name), offset_s) for file in files]
    assessed = assess(claims)
    crossing = assessed.statements[0]
    start = crossing.statement.starts
    assert start is not None
    assert str(start.stated.instant) == "2015-11-24T07:24:05.000Z"
    speeds = [each.figures["computed_mps"] for each in crossing.findings if each.rule == "K2"]
    assert speeds == pytest.approx([1.15 * 1609.344 / 17, 1.15 * 1852 / 17])
    border = {each.statement.topic: each.graded.grade for each in assessed.statements}
    assert border["border-crossed"] is border["hit-inside-turkey"] is Grade.CONTESTED
    assert assessed.counts() == (6, 0)
    denial = next(e for e in assessed.statements if e.statement.statement == "never-crossed")
    assert denial.graded.grade is Grade.CONTESTED
