"""One flipped bit anywhere in the store is found, or provably harmless: all reads the same."""

import collections
import os
import random
from pathlib import Path

import pytest
from tests.faulty_disk import fast_folder
from tests.stored_world import World, contents

from comity.adapters.sqlite import SqliteRecordStore
from comity.adapters.sqlite.write_ahead_log import WalVerdict, inspect_wal
from comity.application.verify_store import verify_store
from comity.kernel.errors import StoreError

EVERY_BYTE = os.environ.get("COMITY_FLIPS")  # "0:10000": a bit of each of these bytes
STEPS = 9
FLIPS = {"store": 250, "store-wal": 80}
SWAP = """UPDATE journal SET position = position + 100 WHERE position = 5;
  UPDATE journal SET position = 5 WHERE position = 6;
  UPDATE journal SET position = 6 WHERE position = 105"""


@pytest.fixture(scope="module")
def world():
    return World(STEPS)


@pytest.fixture
def root():
    with fast_folder() as root:
        yield root


def written(world: World, root: Path, *, folded: bool) -> dict[str, bytes]:
    """The store's files: all in one, or the later steps in its write-ahead log."""
    store = SqliteRecordStore(root / "store", create=True)
    world.fill(store)
    if folded:
        store.close()
        return {"store": (root / "store").read_bytes()}
    files = {name: (root / name).read_bytes() for name in ("store", "store-wal")}
    store.close()
    return files


def laid_out(root: Path, files: dict[str, bytes]) -> Path:
    for old in root.iterdir():
        old.unlink()
    for name, content in files.items():
        (root / name).write_bytes(content)
    return root / "store"


def judged(path: Path, world: World, sound: object) -> str:
    """`refused`, `found` or `harmless`; anything else is what must not happen."""
    try:
        store = SqliteRecordStore(path, read_only=True)
    except StoreError:
        return "refused"
    try:
        report = verify_store(store, world)
        if report.faults:
            return "found"
        return "harmless" if contents(store) == sound else "missed"
    finally:
        store.close()


def flips(content: bytes, name: str, rng: random.Random) -> list[tuple[int, int]]:
    """(offset, bit) pairs."""
    count = FLIPS[name]
    if EVERY_BYTE is not None:
        start, stop = map(int, EVERY_BYTE.split(":"))
        chosen = list(range(len(content)))[start:stop]
    else:
        # Bytes that are zero are mostly free room; what is used deserves most of the flips.
        used = [at for at, byte in enumerate(content) if byte]
        chosen = rng.sample(used, count * 4 // 5) + rng.sample(range(len(content)), count // 5)
    return [(at, rng.randrange(8)) for at in chosen]


def flipped(content: bytes, at: int, bit: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]


@pytest.mark.requirement("STORE-009")
@pytest.mark.parametrize("name", ["store", "store-wal"])
def test_a_flipped_bit_is_found_or_harmless(world, root, name, record_property):
    files = written(world, root, folded=name == "store")
    path = laid_out(root, files)
    store = SqliteRecordStore(path, read_only=True)
    sound = contents(store)
    assert verify_store(store, world).sound
    store.close()
    outcomes = collections.Counter()
    for at, bit in flips(files[name], name, random.Random(7)):
        path = laid_out(root, {**files, name: flipped(files[name], at, bit)})
        outcome = judged(path, world, sound)
        assert outcome != "missed", f"byte {at}, bit {bit} of {name}"
        outcomes[outcome] += 1
    record_property("outcomes", dict(outcomes))
    print(f"{name}: {len(files[name])} bytes, {dict(outcomes)}")
    if EVERY_BYTE is not None:  # some stretches are free room, or the file ends before them
        assert outcomes.total() == len(
            range(len(files[name]))[slice(*map(int, EVERY_BYTE.split(":")))]
        )
    elif name == "store-wal":
        assert not outcomes["harmless"]
    else:  # free room, and copies of rows left in it when pages were split, are harmless
        assert outcomes["found"] + outcomes["refused"] > outcomes.total() // 4


@pytest.mark.requirement("STORE-009")
def test_a_flipped_byte_of_a_leaf_names_the_leaf(world, root):
    """Flips in what one leaf alone holds: its salt."""
    files = written(world, root, folded=True)
    for entry, log, leaves, _ in world.steps:
        leaf = leaves[-1]
        at = files["store"].index(leaf.salt) + 5
        path = laid_out(root, {"store": flipped(files["store"], at, 3)})
        store = SqliteRecordStore(path, read_only=True)
        report = verify_store(store, world)
        store.close()
        place = f"leaf {log.owner}->{log.reader}[{leaf.index}]"
        assert place in {fault.place for fault in report.faults}, entry.digest
        assert any(leaf.digest in fault.why for fault in report.faults)


@pytest.mark.requirement("STORE-009")
def test_a_flipped_byte_of_an_envelope_names_the_record_and_its_leaf(world, root):
    files = written(world, root, folded=True)
    for position, (entry, log, leaves, _) in enumerate(world.steps):
        # Copies of it may lie in free room: all are changed, and the live one among them.
        start = entry.envelope_bytes[:200]
        changed = files["store"].replace(start, flipped(start, 40, 0))
        assert changed != files["store"]
        path = laid_out(root, {"store": changed})
        store = SqliteRecordStore(path, read_only=True)
        places = {fault.place for fault in verify_store(store, world).faults}
        store.close()
        assert f"journal[{position}]" in places
        assert f"leaf {log.owner}->{log.reader}[{leaves[0].index}]" in places


@pytest.mark.requirement("STORE-009")
def test_a_flipped_bit_of_a_logs_own_row_is_found(world, root):
    """What says of which type its names are: one bit makes a name nothing, a number or bytes."""
    files = written(world, root, folded=True)
    path = laid_out(root, files)
    store = SqliteRecordStore(path, read_only=True)
    logs, sound = store.log_ids(), contents(store)
    store.close()
    tried = 0
    for log in logs:
        names = f"{log.owner}{log.reader}".encode()
        found = [at for at in range(len(files["store"])) if files["store"].startswith(names, at)]
        for at in found:  # the table's row, and that of the index over the names
            for before in range(1, 5):
                for bit in range(8):
                    path = laid_out(root, {"store": flipped(files["store"], at - before, bit)})
                    assert judged(path, world, sound) != "missed", (log, at - before, bit)
                    tried += 1
    assert tried >= 2 * len(logs) * 32


@pytest.mark.requirement("STORE-016")
def test_a_damaged_log_is_not_opened_for_writing(world, root):
    """SQLite would drop every commit behind the damage without a word."""
    files = written(world, root, folded=False)
    log_bytes = files["store-wal"]
    assert inspect_wal(log_bytes).verdict is WalVerdict.SOUND
    damaged = flipped(log_bytes, 5000, 1)
    assert inspect_wal(damaged).verdict is WalVerdict.DAMAGED
    path = laid_out(root, {**files, "store-wal": damaged})
    with pytest.raises(StoreError) as caught:
        SqliteRecordStore(path)
    assert caught.value.reason == "damaged"
    assert "write-ahead log" in str(caught.value)
    assert (root / "store-wal").read_bytes() == damaged
    for at in (0, 8, 20, 30):
        path = laid_out(root, {**files, "store-wal": flipped(log_bytes, at, 4)})
        with pytest.raises(StoreError):
            SqliteRecordStore(path)


@pytest.mark.requirement("STORE-016")
def test_a_torn_last_commit_is_dropped_and_said(world, root):
    files = written(world, root, folded=False)
    torn = flipped(files["store-wal"], len(files["store-wal"]) - 100, 1)
    assert inspect_wal(torn).verdict is WalVerdict.TORN
    path = laid_out(root, {**files, "store-wal": torn})
    store = SqliteRecordStore(path)
    assert store.recovery is not None
    assert len(list(store.journal())) == STEPS - 1
    assert list(store.faults()) == []
    store.close()
    store = SqliteRecordStore(path)
    assert store.recovery is None
    store.close()


@pytest.mark.requirement("STORE-009")
def test_a_damaged_row_is_never_handed_on(world, root):
    files = written(world, root, folded=True)
    leaf = world.steps[3][2][0]
    at = files["store"].index(leaf.salt)
    path = laid_out(root, {"store": flipped(files["store"], at, 0)})
    store = SqliteRecordStore(path)
    with pytest.raises(StoreError) as caught:
        list(store.leaves(world.steps[3][1]))
    assert caught.value.reason == "damaged"
    assert f"[{leaf.index}]" in str(caught.value)
    store.close()


@pytest.mark.requirement("STORE-009")
def test_a_journal_put_in_another_order_or_time_is_found(world, root):
    """Not a flip but a hand: rows whose own fields are all sound, moved."""
    for statement in (
        "UPDATE journal SET received_ms = received_ms + 1 WHERE position = 4",
        SWAP,
        "DELETE FROM journal WHERE position = 4",
        "UPDATE setting SET value = x'00'",
        "UPDATE leaf SET quarantine_reason = 'x' WHERE position = 1",
        "UPDATE checkpoint SET cosignature = NULL",
        "INSERT INTO envelope (sha256, content) VALUES (randomblob(32), x'00')",
    ):
        path = laid_out(root, written(world, root, folded=True))
        store = SqliteRecordStore(path)
        store._connection.execute(statement)
        assert list(store.faults()), statement
        store.close()
        path.unlink()


@pytest.mark.requirement("STORE-009")
def test_tables_whose_text_is_no_longer_text_are_refused(world, root):
    files = written(world, root, folded=True)
    at = files["store"].index(b"CREATE TABLE setting")
    path = laid_out(root, {"store": flipped(files["store"], at, 7)})
    for read_only in (True, False):
        with pytest.raises(StoreError) as caught:
            SqliteRecordStore(path, read_only=read_only)
        assert caught.value.reason == "damaged"
