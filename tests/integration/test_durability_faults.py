"""Full disks, failed flushes, killed and second writers: a clear error, and the store goes on."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import apsw
import pytest
from tests.faulty_disk import fast_folder, faulty_disk
from tests.stored_world import World, contents

from comity.adapters.memory import MemoryRecordStore
from comity.adapters.sqlite import SqliteRecordStore, connection, migrations, record_store
from comity.application.verify_store import verify_store
from comity.kernel.errors import StoreError

CAMPAIGN = bool(os.environ.get("COMITY_CAMPAIGN"))
STEPS = 30
KILLS = 500 if CAMPAIGN else 20
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def world():
    return World(STEPS)


@pytest.fixture(scope="module")
def expected(world):
    store = MemoryRecordStore()
    after = [contents(store)]
    for number in range(STEPS):
        world.fill(store, number, number + 1)
        after.append(contents(store))
    return after


@pytest.fixture
def disk():
    with faulty_disk() as (disk, vfs), fast_folder() as root:
        disk.path = root / "store"
        disk.open = lambda **more: SqliteRecordStore(disk.path, vfs=vfs, exclusive=True, **more)
        yield disk


def refused(step) -> str | None:
    """The reason code a step is refused with, or None."""
    try:
        step()
    except StoreError as error:
        return error.reason
    return None


@pytest.mark.requirement("STORE-003")
def test_a_full_disk_refuses_the_commit_and_the_store_goes_on_when_there_is_room(
    world, expected, disk
):
    """The space runs out after every possible amount of one commit's writes."""
    store = disk.open(create=True)
    world.fill(store, 0, 3)
    refusals = 0
    for room in range(0, 80_000, 512):
        disk.bytes_free = room
        reason = refused(lambda: world.fill(store, 3, 4))
        if reason is None:
            break
        assert reason == "disk-full"
        assert contents(store) == expected[3]
        refusals += 1
    assert refusals > 10
    disk.bytes_free = None
    world.fill(store, 4)
    assert contents(store) == expected[STEPS]
    assert verify_store(store, world).sound
    store.close()


@pytest.mark.requirement("STORE-003")
def test_what_a_full_disk_refused_is_not_there_after_a_restart(world, expected, disk):
    store = disk.open(create=True)
    world.fill(store, 0, 3)
    disk.bytes_free = 10_000
    world.put(store, 3)
    with pytest.raises(StoreError):
        store.commit()
    store.close()
    disk.bytes_free = None
    store = disk.open()
    assert contents(store) == expected[3]
    store.close()


@pytest.mark.requirement("STORE-003")
def test_a_large_batch_that_does_not_fit_drops_all_of_it(world, expected, disk):
    store = disk.open(create=True)
    world.fill(store, 0, 1)
    disk.bytes_free = 60_000

    def put_all():
        for number in range(1, STEPS):
            world.put(store, number)
        store.put_setting("large", bytes(20_000_000))
        store.commit()

    assert refused(put_all) == "disk-full"
    assert contents(store) == expected[1]
    disk.bytes_free = None
    world.fill(store, 1)
    assert contents(store) == expected[STEPS]
    store.close()


@pytest.mark.requirement("STORE-003")
def test_a_log_that_cannot_be_folded_for_want_of_room_loses_nothing(
    world, expected, disk, monkeypatch
):
    monkeypatch.setattr(record_store, "WAL_FRAMES_MAX", 20)
    store = disk.open(create=True)
    for number in range(STEPS):
        world.put(store, number)
        disk.bytes_free = None
        if number % 4 == 0:
            # Room for the log's frames of this commit, not for the file to grow as well.
            disk.bytes_free = 4120 * 16
        store.commit()
    disk.bytes_free = None
    assert contents(store) == expected[STEPS]
    store.close()
    store = disk.open()
    assert contents(store) == expected[STEPS]
    store.close()


@pytest.mark.requirement("STORE-011")
def test_after_a_flush_that_failed_nothing_is_written_until_the_store_is_opened_anew(
    world, expected, disk
):
    store = disk.open(create=True)
    world.fill(store, 0, 3)
    world.put(store, 3)
    disk.failing_syncs = True
    with pytest.raises(StoreError) as caught:
        store.commit()
    assert caught.value.reason == "sync-failed"
    disk.failing_syncs = False
    assert contents(store) == expected[3]
    for use in (store.commit, lambda: world.put(store, 3)):
        with pytest.raises(StoreError) as caught:
            use()
        assert caught.value.reason == "sync-failed"
    store.close()
    store = disk.open()
    held = contents(store)
    assert held in (expected[3], expected[4])
    world.fill(store, expected.index(held))
    assert contents(store) == expected[STEPS]
    store.close()


@pytest.mark.requirement("STORE-011")
def test_a_store_that_failed_is_opened_anew_in_place_once_the_disk_flushes(world, expected, disk):
    store = disk.open(create=True)
    world.fill(store, 0, 3)
    store.reopen_if_failed()  # nothing failed, nothing happens
    assert contents(store) == expected[3]
    world.put(store, 3)
    disk.failing_syncs = True
    assert refused(store.commit) == "sync-failed"
    for _ in range(3):
        store.rollback()
        assert refused(store.reopen_if_failed) == "sync-failed"
    disk.failing_syncs = False
    store.reopen_if_failed()
    held = contents(store)
    assert held in (expected[3], expected[4])
    world.fill(store, expected.index(held))
    assert contents(store) == expected[STEPS]
    assert verify_store(store, world).sound
    store.close()


@pytest.mark.requirement("STORE-011")
def test_a_flush_that_fails_while_folding_keeps_the_commit_and_stops_the_next(
    world, expected, disk, monkeypatch
):
    store = disk.open(create=True)
    world.fill(store, 0, 3)
    monkeypatch.setattr(record_store, "WAL_FRAMES_MAX", 1)
    commit_hook_calls = []

    def fail_from_now(*_):
        commit_hook_calls.append(1)
        disk.failing_syncs = True

    fold = store._fold_log
    monkeypatch.setattr(store, "_fold_log", lambda: (fail_from_now(), fold()))
    world.put(store, 3)
    store.commit()
    assert commit_hook_calls == [1]
    disk.failing_syncs = False
    assert contents(store) == expected[4]
    with pytest.raises(StoreError) as caught:
        world.put(store, 4)
    assert caught.value.reason == "sync-failed"
    store.close()
    store = disk.open()
    assert contents(store) == expected[4]
    store.close()


@pytest.mark.requirement("STORE-012")
def test_a_second_writer_is_refused_and_a_reader_is_not(world, expected, tmp_path, monkeypatch):
    monkeypatch.setattr(connection, "_LOCK_TRIES", 1)
    first = SqliteRecordStore(tmp_path / "store", create=True)
    world.fill(first, 0, 2)
    with pytest.raises(StoreError) as caught:
        SqliteRecordStore(tmp_path / "store")
    assert caught.value.reason == "busy"
    assert "another process" in str(caught.value)
    reader = SqliteRecordStore(tmp_path / "store", read_only=True)
    assert contents(reader) == expected[2]
    world.put(first, 2)
    assert contents(reader) == expected[2]
    first.commit()
    assert contents(reader) == expected[3]
    for use in (reader.commit, lambda: reader.put_setting("x", b"")):
        with pytest.raises(StoreError) as caught:
            use()
        assert caught.value.reason == "read-only"
    reader.close()
    first.close()
    SqliteRecordStore(tmp_path / "store").close()


@pytest.mark.requirement("STORE-012")
def test_a_second_process_is_refused(tmp_path, monkeypatch):
    first = SqliteRecordStore(tmp_path / "store", create=True)
    code = (
        "import sys; from pathlib import Path\n"
        "from comity.adapters.sqlite import SqliteRecordStore\n"
        "from comity.kernel.errors import StoreError\n"
        "try: SqliteRecordStore(Path(sys.argv[1]))\n"
        "except StoreError as error: print(error.reason)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "store")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert done.stdout == "busy\n"
    first.close()


WRITER = """
import hashlib
import sys
from pathlib import Path
from comity.adapters.sqlite import SqliteRecordStore
from comity.application.ports.record_store import JournalEntry
from comity.kernel.instants import Instant
store = SqliteRecordStore(Path(sys.argv[1]), create=True)
number = sum(1 for _ in store.journal())
print("ready", flush=True)
while True:
    for _ in range(1 + number % 4):
        envelope = b"record %d " % number * (1 + number % 300)
        digest = hashlib.sha256(envelope).hexdigest()
        store.append_journal(JournalEntry(digest, envelope, Instant(number)))
        number += 1
    store.put_setting("count", b"%d" % number)
    store.commit()
    print(number, flush=True)
"""


@pytest.mark.requirement("STORE-002")
def test_no_commit_is_lost_when_the_writer_is_killed(tmp_path):
    path = tmp_path / "store"
    told = 0
    for cycle in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )
        lines = 3 + cycle * 7 % 23
        for _ in range(lines):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        numbers = process.stdout.read().split()
        process.wait()
        process.stdout.close()
        store = SqliteRecordStore(path)
        held = [entry.received_at.unix_ms for entry in store.journal()]
        count = int(store.settings()["count"])
        assert list(store.faults()) == []
        store.close()
        told = max(told, *(int(number) for number in numbers[:-1] or [b"0"]))
        assert held == list(range(count))
        assert count >= told
        told = count
    assert told > KILLS * 5


@pytest.mark.requirement("STORE-013")
def test_a_missing_store_is_not_taken_for_a_new_one(tmp_path):
    with pytest.raises(StoreError) as caught:
        SqliteRecordStore(tmp_path / "store")
    assert caught.value.reason == "file-missing"
    assert not (tmp_path / "store").exists()
    (tmp_path / "store").touch()
    with pytest.raises(StoreError) as caught:
        SqliteRecordStore(tmp_path / "store")
    assert caught.value.reason == "not-a-store"
    with pytest.raises(StoreError) as caught:
        SqliteRecordStore(tmp_path / "no" / "such" / "folder" / "store", create=True)
    assert caught.value.reason == "cannot-open"


@pytest.mark.requirement("STORE-013")
def test_a_file_that_is_something_else_is_refused_by_name(tmp_path, world):
    (tmp_path / "text").write_text("not a database at all, " * 100)
    other = apsw.Connection(str(tmp_path / "other"))
    other.execute("CREATE TABLE t (x)")
    other.close()
    for name in ("text", "other"):
        for create in (True, False):
            with pytest.raises(StoreError) as caught:
                SqliteRecordStore(tmp_path / name, create=create)
            assert caught.value.reason == "not-a-store", name
    SqliteRecordStore(tmp_path / "store", create=True).close()
    for statement, reason in (
        ("PRAGMA user_version = 99", "newer-version"),
        ("PRAGMA user_version = 0", "damaged"),
        ("PRAGMA application_id = 7", "not-a-store"),
    ):
        changed = apsw.Connection(str(tmp_path / "store"))
        before = changed.execute(statement.split(" =")[0]).get
        changed.execute(statement)
        changed.close()
        with pytest.raises(StoreError) as caught:
            SqliteRecordStore(tmp_path / "store")
        assert caught.value.reason == reason
        changed = apsw.Connection(str(tmp_path / "store"))
        changed.execute(f"{statement.split(' =')[0]} = {before}")
        changed.close()
    SqliteRecordStore(tmp_path / "store").close()


@pytest.mark.requirement("STORE-013")
def test_a_store_with_other_tables_or_migrations_is_refused(tmp_path):
    for statement in (
        "CREATE TABLE surplus (x)",
        "DROP TABLE setting",
        "UPDATE migration SET sha256 = zeroblob(32)",
    ):
        path = tmp_path / str(abs(hash(statement)))
        SqliteRecordStore(path, create=True).close()
        changed = apsw.Connection(str(path))
        changed.execute(statement)
        changed.close()
        with pytest.raises(StoreError) as caught:
            SqliteRecordStore(path)
        assert caught.value.reason == "damaged"


@pytest.mark.requirement("STORE-014")
def test_an_older_store_is_brought_up_whole_or_not_at_all(tmp_path, world, expected, monkeypatch):
    store = SqliteRecordStore(tmp_path / "store", create=True)
    world.fill(store, 0, 5)
    store.close()
    packaged = migrations.packaged_migrations()
    next_ = len(packaged) + 1
    good = migrations.Migration(next_, "CREATE TABLE later (x INTEGER) STRICT;")
    bad = migrations.Migration(next_ + 1, "CREATE TABLE half (x); INSERT INTO nowhere VALUES (1);")
    monkeypatch.setattr(record_store, "packaged_migrations", lambda: (*packaged, good, bad))
    with pytest.raises(StoreError):
        SqliteRecordStore(tmp_path / "store")
    monkeypatch.setattr(record_store, "packaged_migrations", lambda: packaged)
    store = SqliteRecordStore(tmp_path / "store")
    assert contents(store) == expected[5]
    store.close()
    monkeypatch.setattr(record_store, "packaged_migrations", lambda: (*packaged, good))
    with pytest.raises(StoreError) as caught:
        SqliteRecordStore(tmp_path / "store", read_only=True)
    assert caught.value.reason == "older-version"
    store = SqliteRecordStore(tmp_path / "store")
    assert contents(store) == expected[5]
    assert list(store.faults()) == []
    store.close()
    monkeypatch.setattr(record_store, "packaged_migrations", lambda: packaged)
    with pytest.raises(StoreError) as caught:
        SqliteRecordStore(tmp_path / "store")
    assert caught.value.reason == "newer-version"


@pytest.mark.requirement("STORE-014")
def test_a_store_of_the_first_version_opens_with_all_that_it_held(tmp_path, world, expected):
    store = SqliteRecordStore(tmp_path / "store", create=True)
    world.fill(store, 0, 5)
    store.close()
    as_before = apsw.Connection(str(tmp_path / "store"))  # to the letter: the schema is compared
    as_before.execute(
        "ALTER TABLE envelope DROP COLUMN stub_sha256;"
        "DELETE FROM migration WHERE number = 2; PRAGMA user_version = 1"
    )
    as_before.close()
    store = SqliteRecordStore(tmp_path / "store")
    assert contents(store) == expected[5]
    assert list(store.faults()) == []
    store.close()


@pytest.mark.requirement("STORE-014")
def test_published_migrations_never_change():
    """Stores in the field carry these digests: a new thought is a new file."""
    published = [
        "046b5f1546ee5db0d0ca0f911c8facf818f04cb84ab9fb118e31ad7f3ac32784",
        "94e5db95551c17868e29e04527aa42a200bc65fef2a9a10c51c162a214d636e5",
    ]
    found = [step.sha256.hex() for step in migrations.packaged_migrations()]
    assert found[: len(published)] == published


@pytest.mark.requirement("STORE-015")
@pytest.mark.parametrize("version", ["3.51.2", "3.45.0", "2.8.17"])
def test_a_sqlite_without_the_fix_is_refused(version):
    with pytest.raises(StoreError) as caught:
        connection.check_sqlite_version(version)
    assert caught.value.reason == "sqlite-too-old"
    assert version in str(caught.value)
    connection.check_sqlite_version("3.51.3")
    connection.check_sqlite_version(apsw.sqlite_lib_version())


@pytest.mark.requirement("STORE-002")
def test_the_file_is_opened_for_full_durability_and_for_its_owner(tmp_path):
    store = SqliteRecordStore(tmp_path / "store", create=True)
    ask = lambda name: store._connection.execute(f"PRAGMA {name}").get  # noqa: E731
    assert (ask("journal_mode"), ask("synchronous"), ask("foreign_keys")) == ("wal", 2, 1)
    assert (ask("trusted_schema"), ask("application_id")) == (0, migrations.APPLICATION_ID)
    store.put_setting("x", b"")
    store.commit()
    for name in ("store", "store-wal", "store-shm", "store.lock"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0, name
    store.close()
