"""The crash model of the memory store, and that its planted faults do what they say."""

import hashlib

import pytest

from comity.adapters.memory import MemoryRecordStore, SimulatedCrash
from comity.application.ports.record_store import JournalEntry
from comity.kernel.errors import StoreError
from comity.kernel.ids import RecordDigest
from comity.kernel.instants import Instant


def entry(number: int) -> JournalEntry:
    digest = hashlib.sha256(b"%d" % number).hexdigest()
    return JournalEntry(RecordDigest(digest), b"%d" % number, Instant(number))


def run(store: MemoryRecordStore, commits: int) -> int:
    """Two writes and a commit, again and again; answers how many commits returned."""
    for number in range(commits):
        try:
            store.append_journal(entry(2 * number))
            store.append_journal(entry(2 * number + 1))
            store.commit()
        except SimulatedCrash:
            return number
    return commits


@pytest.mark.requirement("STORE-010")
def test_a_crash_at_every_write_point_keeps_whole_commits_only():
    points = 3 * 4
    held_at_point = []
    for point in range(1, points + 1):
        store = MemoryRecordStore()
        store.crash_at_write(point)
        returned = run(store, 3)
        store.crash()
        held = len(list(store.journal()))
        assert held % 2 == 0
        assert held // 2 - returned in (0, 1)
        held_at_point.append((returned, held // 2))
    # The last point of a commit is after durability: there, one more commit is held than returned.
    assert held_at_point[:4] == [(0, 0), (0, 0), (0, 0), (0, 1)]
    store = MemoryRecordStore()
    assert run(store, 3) == 3
    assert store.write_points == points


@pytest.mark.requirement("STORE-010")
def test_a_dead_store_stays_dead_until_it_is_restarted():
    store = MemoryRecordStore()
    store.crash_at_write(2)
    store.append_journal(entry(0))
    with pytest.raises(SimulatedCrash):
        store.append_journal(entry(1))
    with pytest.raises(SimulatedCrash):
        store.commit()
    with pytest.raises(SimulatedCrash):
        store.read(entry(0).digest)
    store.crash()
    assert list(store.journal()) == []
    assert run(store, 2) == 2


@pytest.mark.requirement("STORE-010")
@pytest.mark.parametrize("unsynced", [1, 2, 5])
def test_an_unsynced_store_loses_the_last_commits_and_no_others(unsynced):
    store = MemoryRecordStore(unsynced_commits=unsynced)
    assert run(store, 4) == 4
    store.append_journal(entry(99))
    store.crash()
    assert len(list(store.journal())) == 2 * max(0, 4 - unsynced)


@pytest.mark.requirement("STORE-010")
def test_a_planted_commit_failure_names_its_reason_once():
    store = MemoryRecordStore()
    store.append_journal(entry(0))
    store.fail_next_commit("read-only")
    with pytest.raises(StoreError) as caught:
        store.commit()
    assert caught.value.reason == "read-only"
    assert list(store.journal()) == []
    assert run(store, 1) == 1
