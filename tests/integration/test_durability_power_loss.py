"""The power goes at any write: every commit that returned is there, and nothing half-written."""

import os
import random
from pathlib import Path

import pytest
from tests.faulty_disk import Event, PowerCut, fast_folder, faulty_disk
from tests.stored_world import World, contents

from comity.adapters.memory import MemoryRecordStore
from comity.adapters.sqlite import SqliteRecordStore, record_store
from comity.application.verify_store import verify_store

CAMPAIGN = bool(os.environ.get("COMITY_CAMPAIGN"))
STEPS = 40
POINTS = 12_000 if CAMPAIGN else 250
WAL_FRAMES_MAX = 60  # so that the log is folded into the file, and begun anew, several times


@pytest.fixture(scope="module")
def world():
    return World(STEPS)


@pytest.fixture(scope="module")
def expected(world):
    """The contents after each number of commits, every one of them verified."""
    store = MemoryRecordStore()
    after = [contents(store)]
    for number in range(STEPS):
        world.fill(store, number, number + 1)
        after.append(contents(store))
    assert verify_store(store, world).sound
    return after


@pytest.fixture(scope="module")
def recording(world):
    """Every event of a node's life, and how many of them lay before each commit's return."""
    with pytest.MonkeyPatch.context() as patch, faulty_disk() as (disk, vfs), fast_folder() as root:
        patch.setattr(record_store, "WAL_FRAMES_MAX", WAL_FRAMES_MAX)
        store = SqliteRecordStore(root / "store", create=True, vfs=vfs, exclusive=True)
        returned = []
        for number in range(STEPS):
            world.fill(store, number, number + 1)
            returned.append(len(disk.events))
        store.close()
    return disk.events, returned


def reopened(root: Path, images: dict[str, bytes]) -> object:
    """What a node finds when it starts on these files."""
    for old in root.iterdir():
        old.unlink()
    for name, image in images.items():
        (root / name).write_bytes(image)
    store = SqliteRecordStore(root / "store", create=True)
    try:
        found = contents(store)
        assert list(store.faults()) == []
    finally:
        store.close()
    return found


def lost(expected, returned: list[int], point: int, found: object) -> str | None:
    """What is wrong with contents found after a cut at a point, if anything."""
    commits = sum(1 for events in returned if events <= point)
    if found in expected[commits : commits + 2]:
        return None
    held = expected.index(found) if found in expected else None
    return f"cut after event {point}: {commits} commits had returned, found {held}"


@pytest.mark.requirement("STORE-002")
def test_no_commit_is_lost_when_the_power_goes_at_any_write(world, expected, recording):
    events, returned = recording
    assert (
        sum(event.act == "truncate" for event in events)
        + sum(event.name == "store" and event.act == "write" for event in events)
        > 50
    ), "the log was never folded into the file: the recording is too tame"
    rng = random.Random(20261122)
    cut = PowerCut(events, ("store",))
    points = sorted(rng.choices(range(len(events) + 1), k=POINTS))
    with fast_folder() as root:
        for point in points:
            cut.advance(point)
            assert lost(expected, returned, point, reopened(root, cut.images(rng))) is None


@pytest.mark.requirement("STORE-002")
def test_a_store_that_does_not_flush_is_caught(expected, recording):
    """The same check on a disk that forgets the log's flushes must find lost commits."""
    events, returned = recording
    unsynced = [event for event in events if event.act != "sync" or event.name == "store"]
    before = {id(event): number for number, event in enumerate(events)}
    rng = random.Random(20261122)
    cut = PowerCut(unsynced, ("store",))
    found = []
    with fast_folder() as root:
        for count in range(len(unsynced) // 2, len(unsynced), 40):
            cut.advance(count)
            point = before[id(unsynced[count - 1])] + 1
            try:
                problem = lost(expected, returned, point, reopened(root, cut.images(rng)))
            except Exception as error:  # noqa: BLE001  # refused as damaged: noticed as well
                problem = str(error)
            found.append(problem)
    assert sum(problem is not None for problem in found) > len(found) // 2


def test_the_power_cut_keeps_what_was_flushed_and_loses_some_of_the_rest():
    events = [
        Event("write", "f", 0, b"a" * 1024),
        Event("sync", "f"),
        Event("write", "f", 0, b"b" * 1024),
        Event("delete", "g"),
    ]
    cut = PowerCut(events, ("f", "g"))
    cut.advance(2)
    assert cut.images(random.Random(1)) == {"f": b"a" * 1024, "g": b""}
    cut.advance(4)
    outcomes = {tuple(sorted(cut.images(random.Random(seed)).items())) for seed in range(200)}
    files = {dict(outcome)["f"] for outcome in outcomes}
    assert files == {
        first * 512 + second * 512 for first in (b"a", b"b") for second in (b"a", b"b")
    }
    assert {"g" in dict(outcome) for outcome in outcomes} == {True, False}
