"""Arithmetic of claims against exact fractions worked out apart, and what must hold of any claims."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.claim_trees import statement, tree

from comity.adapters.claim_files import offset_s, tree_of
from comity.domain.incidents import (
    Assessment,
    Dimension,
    Mile,
    Outcome,
    Relation,
    assess,
    claim_of,
    read_quantity,
)
from comity.kernel.errors import InputError

METRES = {
    "m": Fraction(1),
    "km": Fraction(1000),
    "ft": Fraction(3048, 10_000),
    "NM": Fraction(1852),
    "smi": Fraction(5280 * 3048, 10_000),
}
NUMBERS = st.integers(1, 9_999)
PLACES = st.integers(0, 3)


def decimal_text(number: int, places: int) -> str:
    """As people write it: 1234 with 2 places is 12.34."""
    text = str(number).rjust(places + 1, "0")
    return f"{text[:-places]}.{text[-places:]}" if places else text


def exact_bounds(number: int, places: int) -> tuple[Fraction, Fraction]:
    """Half a step of the last digit that counts, by counting zeros of the number itself."""
    step = Fraction(1, 10**places)
    if places == 0:
        while number % (step * 10) == 0:
            step *= 10
    value = Fraction(number, 10**places)
    return value - step / 2, value + step / 2


@pytest.mark.requirement("INCIDENT-003")
@given(NUMBERS, PLACES, st.sampled_from(sorted(METRES)))
def test_a_span_is_the_exact_one(number: int, places: int, unit: str) -> None:
    text = f"{decimal_text(number, places)} {unit}"
    span = read_quantity(text, Dimension.LENGTH, "length").span(Mile.STATUTE)
    low, high = exact_bounds(number, places)
    assert span.low == pytest.approx(float(low * METRES[unit]), rel=1e-12)
    assert span.high == pytest.approx(float(high * METRES[unit]), rel=1e-12)


@pytest.mark.requirement("INCIDENT-005")
@given(NUMBERS, PLACES, NUMBERS, PLACES, NUMBERS, PLACES)
def test_a_contradiction_is_one_for_every_value_that_the_digits_leave_open(
    length: int, length_places: int, time: int, time_places: int, speed: int, speed_places: int
) -> None:
    """The verdict is that of exact fractions, where those are not within rounding of each other."""
    made = statement(
        length=f"{decimal_text(length, length_places)} m",
        duration=f"{decimal_text(time, time_places)} s",
        speed=f"{decimal_text(speed, speed_places)} m/s",
    )
    lows = exact_bounds(length, length_places)
    times = exact_bounds(time, time_places)
    speeds = exact_bounds(speed, speed_places)
    least, most = lows[0] / times[1], lows[1] / times[0]
    for end, other in ((least, speeds[1]), (most, speeds[0])):
        if abs(end - other) <= other / 10**9:
            return
    agree = least <= speeds[1] and speeds[0] <= most
    findings = assess([claim_of(tree(made))]).statements[0].findings
    (found,) = [each for each in findings if each.rule == "K2"]
    assert (found.outcome is Outcome.CONSISTENT) == agree
    middle = Fraction(length, 10**length_places) / Fraction(time, 10**time_places)
    assert found.figures["computed_mps"] == pytest.approx(float(middle), rel=1e-12)


def statements_of(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    figure = st.none() | st.tuples(NUMBERS, st.sampled_from(["mi", "km", "NM"])).map(
        lambda pair: f"{decimal_text(pair[0], 2)} {pair[1]}"
    )
    return st.builds(
        statement,
        topic=st.sampled_from(names),
        says=st.sampled_from(["yes", "no", "unknown"]),
        length=figure,
        depth=figure,
        duration=st.none() | st.integers(1, 99).map(lambda each: f"{each} s"),
        disputed=st.booleans(),
    )


CLAIMS = st.lists(
    st.lists(statements_of(["a", "b"]), min_size=1, max_size=3), min_size=1, max_size=3
)


def assessed(lists: list[list[dict[str, Any]]]) -> Assessment:
    claims = []
    for place, statements in enumerate(lists):
        named = [each | {"name": f"s-{index}"} for index, each in enumerate(statements)]
        claims.append(claim_of(tree(*named, claimant=f"party {place}")))
    return assess(claims)


@pytest.mark.requirement("INCIDENT-007")
@given(CLAIMS)
def test_whoever_is_excluded_is_never_told_as_borne_out(lists: list[list[dict[str, Any]]]) -> None:
    found = assessed(lists)
    for each in found.comparisons:
        if each.relation is not Relation.EXCLUDES:
            continue
        for side in (each.left, each.right):
            graded = next(one.graded for one in found.statements if one.side == side)
            assert graded.grade in {"contested", "discounted"}


@pytest.mark.requirement("INCIDENT-008")
@given(CLAIMS)
def test_every_grade_has_a_reason_and_no_material_means_no_evidence_but_admission(
    lists: list[list[dict[str, Any]]],
) -> None:
    found = assessed(lists)
    for each in found.statements:
        assert each.graded.reasons
        assert all(each.graded.reasons)
        if each.graded.grade in {"confirmed", "fair"}:
            assert each.graded.rule == "G6"
    claimed, evidenced = found.counts()
    assert claimed == sum(map(len, lists))
    assert evidenced == sum(found.counts(index)[1] for index in range(len(lists)))


EXAMPLE = (Path(__file__).parents[3] / "docs/cases/2015-11-24/turkey.toml").read_bytes()
CUTS = st.tuples(
    st.integers(0, len(EXAMPLE) - 1),
    st.integers(0, 40),
    st.binary(max_size=3)
    | st.sampled_from([b'"', b"\n", b"[[", b"9" * 30, b"mi", b"\xe2\x80\xae"]),
)


@pytest.mark.requirement("INCIDENT-001")
@given(st.lists(CUTS, min_size=1, max_size=4))
def test_a_mutilated_file_is_refused_or_assessed_and_nothing_else(
    cuts: list[tuple[int, int, bytes]],
) -> None:
    made = EXAMPLE
    for start, length, put in cuts:
        made = made[:start] + put + made[start + length :]
    try:
        found = assess([claim_of(tree_of(made, "claim"), offset_s)])
    except InputError:
        return
    assert all(each.graded.grade not in {"confirmed", "fair"} for each in found.statements)
