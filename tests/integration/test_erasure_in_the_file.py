"""An erased record in a real store: no byte of it in any file, and the power may go at any write."""

import random
from hashlib import sha256
from pathlib import Path

import pytest
from tests.faulty_disk import PowerCut, fast_folder, faulty_disk
from tests.stored_world import World, contents

from comity.adapters.sqlite import SqliteRecordStore

STEPS, ERASED = 12, 4
STUB = b'{"stub":"what is left"}'
POINTS = 150


@pytest.fixture(scope="module")
def world():
    return World(STEPS)


def bytes_of(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in folder.iterdir() if each.is_file())


@pytest.mark.requirement("SITES-060")
def test_no_byte_of_it_is_in_the_file_its_log_or_a_copy(world, tmp_path):
    live, copies = tmp_path / "live", tmp_path / "copy"
    live.mkdir()
    copies.mkdir()
    store = SqliteRecordStore(live / "store", create=True)
    world.fill(store)
    gone = world.steps[ERASED][0]
    piece = gone.envelope_bytes[60:400]
    assert len(piece) > 200
    assert piece in bytes_of(live)
    store.erase(gone.digest, STUB)
    store.commit()
    assert piece not in bytes_of(live), "while the node goes on, write-ahead log included"
    assert list(store.faults()) == []
    store.write_copy(copies / "store")
    store.close()
    assert piece not in bytes_of(live)
    assert piece not in bytes_of(copies)
    copied = SqliteRecordStore(copies / "store")
    left = copied.stub(gone.digest)
    assert (left.stub_bytes, left.envelope_sha256) == (STUB, sha256(gone.envelope_bytes).digest())
    assert list(copied.faults()) == []
    copied.close()


@pytest.mark.requirement("SITES-062")
def test_the_power_may_go_at_any_write_of_an_erasure(world):
    gone = world.steps[ERASED][0]
    with faulty_disk() as (disk, vfs), fast_folder() as root:
        store = SqliteRecordStore(root / "store", create=True, vfs=vfs, exclusive=True)
        world.fill(store)
        before, begun = contents(store), len(disk.events)
        store.put_setting("last step", b"erased")
        store.erase(gone.digest, STUB)
        store.commit()
        after, returned = contents(store), len(disk.events)
        store.close()
    assert before != after
    rng = random.Random(7)
    cut = PowerCut(disk.events, ("store",))
    seen = set()
    with fast_folder() as root:
        for point in sorted({*rng.choices(range(begun, len(disk.events) + 1), k=POINTS)}):
            cut.advance(point)
            for old in root.iterdir():
                old.unlink()
            for name, image in cut.images(rng).items():
                (root / name).write_bytes(image)
            again = SqliteRecordStore(root / "store", create=True)
            found = contents(again)
            assert list(again.faults()) == []
            again.close()
            assert found == after or (found == before and point < returned), point
            seen.add(found == after)
    assert seen == {True, False} or returned - begun < 3


@pytest.mark.requirement("STORE-002")
def test_a_flipped_byte_of_a_stub_is_found(world, tmp_path):
    store = SqliteRecordStore(tmp_path / "store", create=True)
    world.fill(store)
    store.erase(world.steps[ERASED][0].digest, STUB)
    store.commit()
    store.close()
    whole = (tmp_path / "store").read_bytes()
    place = whole.index(STUB)
    (tmp_path / "store").write_bytes(
        whole[: place + 3] + bytes([whole[place + 3] ^ 1]) + whole[place + 4 :]
    )
    again = SqliteRecordStore(tmp_path / "store")
    assert any("envelope's bytes changed" in each.why for each in again.faults())
    again.close()
