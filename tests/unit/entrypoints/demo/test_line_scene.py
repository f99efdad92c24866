"""What the checks of the line scene see: each of them can break."""

import pytest

from comity.domain.places import read_position
from comity.entrypoints.demo.agreement_text import ALPS, BALTIC
from comity.entrypoints.demo.line_scene import (
    check_ladder,
    check_line,
    check_notice,
    check_read_backs,
)

pytestmark = pytest.mark.requirement("DEMO-009")


def test_a_notice_that_one_node_takes_for_sound_breaks_the_promise():
    flawed = [{"code": "late"}, {"code": "vague"}]
    assert check_notice({"a": flawed, "b": flawed}).held
    assert check_notice({"a": flawed, "b": flawed[:1]}).breaches == ("b: not told as vague",)
    assert not check_notice({}).held


def test_a_step_that_one_node_lacks_breaks_the_promise():
    steps = [{"step": 1, "by": by} for by in "ab"]
    seen = {
        "receipt": "stored",
        "acknowledged_before": False,
        "expected": [[1, "a"], [1, "b"]],
        "at": {"a": steps, "b": steps},
    }
    assert check_ladder(seen).held
    assert check_ladder(seen | {"at": {"a": steps, "b": steps[:1]}}).breaches == (
        "b: no step 1 by b",
    )
    assert not check_ladder(seen | {"receipt": "unknown"}).held
    assert not check_ladder(seen | {"acknowledged_before": True}).held


def test_a_read_back_shown_for_what_it_is_not_breaks_the_promise():
    wrong, right = (
        {"expected": expected, "shown": shown}
        for expected, shown in ((False, "mismatch"), (True, "match"))
    )
    at = {"a": [False, True], "b": [False, True]}
    seen = {"given": [wrong, right], "at": at, "acknowledged_by": "officer"}
    assert check_read_backs(seen).held
    assert not check_read_backs(seen | {"given": [wrong | {"shown": "match"}, right]}).held
    assert not check_read_backs(seen | {"at": at | {"b": [True, True]}}).held
    assert not check_read_backs(seen | {"at": at | {"b": [False]}}).held
    assert not check_read_backs(seen | {"acknowledged_by": None}).held


def test_a_line_degraded_at_one_end_breaks_the_promise():
    seen = {"state": {"a": "working", "b": "working"}, "answered_by_person": "officer"}
    assert check_line(seen).held
    assert check_line(seen | {"state": {"a": "working", "b": "degraded"}}).breaches == (
        "b: degraded",
    )
    assert not check_line(seen | {"answered_by_person": None}).held


@pytest.mark.parametrize("region", [BALTIC, ALPS])
def test_the_position_that_is_misread_differs_in_one_digit(region):
    right, misread = region.flash_position, region.misread_position
    assert sum(a != b for a, b in zip(right, misread, strict=True)) == 1
    assert read_position(right) != read_position(misread)
