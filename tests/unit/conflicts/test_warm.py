"""What `warm` promises: afterwards nothing is compiled, and small indexes use what is loaded."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest
from tests.flights import minima, random_footprint

from comity.domain.conflicts import ConflictIndex, compiled
from comity.kernel.ids import RecordDigest

WORK = textwrap.dedent("""
    import sys
    from concurrent.futures import ThreadPoolExecutor
    import numpy as np
    from numba.core.registry import CPUDispatcher
    from comity.domain.conflicts import ConflictIndex, many_volumes, warm
    from comity.domain.airspace import cover_footprint
    from comity.domain.geometry import box_tree
    from comity.kernel.ids import RecordDigest
    from tests.flights import PLACES, minima, random_footprint, wider_minima

    def signatures():
        return {
            (name, each.__name__): list(each.signatures)
            for name, module in list(sys.modules.items())
            if name.startswith("comity.")
            for each in vars(module).values()
            if isinstance(each, CPUDispatcher)
        }

    warm()
    before = signatures()
    assert len(before) > 30
    many_volumes.ARRIVALS_MAX, many_volumes.ROOM_SPARE, box_tree.SORTED_APART_MIN = 50, 0, 20
    chance = np.random.default_rng(1)
    with ThreadPoolExecutor(2) as pool:
        index = ConflictIndex(minima, in_background=pool.submit)
        for number in range(120):
            flight = random_footprint(chance, sorted(PLACES)[number % 4], 9_000.0)
            key = RecordDigest(f"{number:064x}")
            index.hold(key, flight)
            index.find(flight, (key,))
            if number % 10 == 0:
                index.release(key)
                index.find(cover_footprint(flight, minima("crewed", "crewed")))
            if number == 60:
                index.set_minima(wider_minima)
        assert len(index.all_conflicts(pool.map)) > 100
    assert signatures() == before, {k: v for k, v in signatures().items() if v != before.get(k)}
""")


@pytest.mark.requirement("CONF-031")
def test_a_process_that_is_warm_compiles_nothing_more():
    ended = subprocess.run(
        [sys.executable, "-c", WORK], capture_output=True, text=True, check=False, timeout=300
    )
    assert ended.returncode == 0, ended.stderr


@pytest.mark.requirement("CONF-031")
def test_an_index_goes_over_to_compiled_loops_once_they_are_loaded(monkeypatch):
    monkeypatch.setattr(compiled, "_LOADED", [])
    chance = np.random.default_rng(6)
    flights = [random_footprint(chance, "inland", 9_000.0) for _ in range(8)]
    index, never = ConflictIndex(minima), ConflictIndex(minima, compiled_from=None)
    for number, flight in enumerate(flights):
        for each in (index, never):
            each.hold(RecordDigest(f"{number:064x}"), flight)
    assert index.size_bytes == 0
    compiled.note_loaded()
    index.maintain()
    never.maintain()
    assert index.size_bytes > 0
    assert never.size_bytes == 0
    for flight in flights:
        found, expected = index.find(flight), never.find(flight)
        assert [each.key for each in found] == [each.key for each in expected]
        assert len(found) >= 1
