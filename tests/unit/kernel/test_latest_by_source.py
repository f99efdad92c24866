"""The latest of several sources: none can push out what another said."""

import pytest

from comity.kernel.latest_by_source import LatestBySource


@pytest.mark.requirement("PEER-013")
def test_who_says_much_pushes_out_only_its_own():
    kept: LatestBySource[str] = LatestBySource(3)
    kept.add("quiet", "fire")
    for number in range(1_000):
        kept.add("loud", f"noise {number}")
    assert kept.count == 1_001
    assert list(kept.since(0)) == ["fire", "noise 997", "noise 998", "noise 999"]
    assert list(kept.since(1)) == ["noise 997", "noise 998", "noise 999"]
    assert list(kept.since(1_001)) == []
    assert list(kept.of_each(1)) == ["fire", "noise 999"]
    assert kept.latest("quiet") == "fire"
    assert kept.latest("nobody") is None
