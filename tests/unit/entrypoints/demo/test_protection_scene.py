"""What the check of the protection scene sees: it can break in each of its promises."""

from typing import Any

import pytest

from comity.entrypoints.demo.protection_scene import SILENT, TAKEN, check_protection

STATES = {**dict.fromkeys(TAKEN, "acknowledged"), SILENT: "overdue"}


def seen(**changed: Any) -> dict[str, Any]:
    told = {"states": STATES, "steps_by": ["a", "b"]}
    return {
        "site": "a/1",
        "preview": {"touched": [{"id": "a/1", "precision_m": 2000.0, "names": []}]},
        "owner_told": {"touched": ["a/1"]},
        "exposures": ["notice", "preview"],
        "echelons": {"a": told, "b": told},
        "listed": {"a": 1, "b": 1},
    } | changed


@pytest.mark.requirement("DEMO-010")
@pytest.mark.parametrize(
    "changed",
    [
        {"preview": {"touched": []}},
        {"preview": {"touched": [{"id": "a/1", "precision_m": 0.0, "names": []}]}},
        {"preview": {"touched": [{"id": "a/1", "precision_m": 2000.0, "names": ["x"]}]}},
        {"owner_told": {"touched": []}},
        {"exposures": ["notice"]},
        {"echelons": {"a": {"states": STATES | {SILENT: "acknowledged"}, "steps_by": ["a", "b"]}}},
        {"echelons": {"a": {"states": STATES, "steps_by": ["a"]}}},
        {"listed": {"a": 1, "b": 0}},
    ],
)
def test_each_promise_that_is_not_kept_breaks_the_check(changed):
    assert check_protection(seen(), "a").held
    assert len(check_protection(seen(**changed), "a").breaches) >= 1
