"""Every promise of the RecordStore port, held against every adapter."""

import dataclasses
import hashlib
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from comity.adapters.memory import MemoryRecordStore
from comity.adapters.sqlite import SqliteRecordStore
from comity.application.ports.record_store import (
    JournalEntry,
    LogId,
    RecordStore,
    StoredCheckpoint,
    StoredLeaf,
    Stub,
)
from comity.kernel.errors import StoreError
from comity.kernel.ids import PartyId, RecordDigest
from comity.kernel.instants import Instant
from comity.kernel.invariants import InvariantError

A, B, C = PartyId("alpha.aaaaaaaa"), PartyId("bravo.bbbbbbbb"), PartyId("coral.cccccccc")
AB, BA, AC = LogId(A, B), LogId(B, A), LogId(A, C)


def digest(number: int) -> RecordDigest:
    return RecordDigest(hashlib.sha256(b"payload %d" % number).hexdigest())


def entry(number: int) -> JournalEntry:
    return JournalEntry(digest(number), b"envelope %d" % number, Instant(1_000_000 + number))


def leaf(index: int, number: int | None = None, reason: str | None = None) -> StoredLeaf:
    number = index if number is None else number
    salt = hashlib.sha256(b"salt %d %d" % (index, number)).digest()
    return StoredLeaf(index, salt, digest(number), b"envelope %d" % number, reason)


def note(size: int, cosigned: bool = False) -> StoredCheckpoint:
    return StoredCheckpoint(size, b"note over %d" % size, b"cosigned" if cosigned else None)


@dataclasses.dataclass
class Bench:
    """One adapter under the contract: a store, and how its process dies and comes back."""

    store: RecordStore
    restart: Callable[[], RecordStore]
    failing_commits: Callable[[], AbstractContextManager[None]]


def memory_bench(_folder: Path) -> Bench:
    store = MemoryRecordStore()

    def restart() -> RecordStore:
        store.crash()
        return store

    @contextmanager
    def failing_commits() -> Iterator[None]:
        store.fail_next_commit("disk-io")
        yield

    return Bench(store, restart, failing_commits)


def sqlite_bench(folder: Path) -> Bench:
    """A process that dies leaves its files as the system's cache has them: the copy is its end."""
    lives = [folder / "life-0"]
    lives[0].mkdir()
    bench = Bench(SqliteRecordStore(lives[0] / "store", create=True), None, None)

    def restart() -> RecordStore:
        lives.append(folder / f"life-{len(lives)}")
        shutil.copytree(lives[-2], lives[-1])
        bench.store.close()
        return SqliteRecordStore(lives[-1] / "store")

    @contextmanager
    def failing_commits() -> Iterator[None]:
        """No file of this process may grow: the kernel refuses the write of the log."""
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        log_bytes = (lives[-1] / "store-wal").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (log_bytes, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    bench.restart, bench.failing_commits = restart, failing_commits
    return bench


BENCHES = {"memory": memory_bench, "sqlite": sqlite_bench}


@pytest.fixture(params=sorted(BENCHES))
def bench(request, tmp_path):
    bench = BENCHES[request.param](tmp_path)
    yield bench
    bench.store.close()


@pytest.fixture
def store(bench):
    return bench.store


def state(store: RecordStore) -> object:
    """All that the port lets one read."""
    return (
        list(store.journal()),
        {
            log: (list(store.leaves(log)), list(store.checkpoints(log)), store.log_size(log))
            for log in store.log_ids()
        },
        dict(store.settings()),
    )


def stage_some(store: RecordStore, start: int = 0) -> None:
    for number in range(start, start + 3):
        store.append_journal(entry(number))
        store.append_leaf(AB, leaf(number))
    store.append_leaf(AC, leaf(store.log_size(AC), start))
    store.append_leaf(BA, leaf(store.log_size(BA), start + 100, "bad-signature"))
    store.put_checkpoint(AB, note(start + 3))
    store.put_setting("colour", b"red %d" % start)
    store.put_setting(f"only {start}", b"")


def test_a_new_store_is_empty(store):
    assert state(store) == ([], {}, {})
    assert store.read(digest(0)) is None
    assert store.log_size(AB) == 0
    assert list(store.leaves(AB)) == []
    assert list(store.checkpoints(AB)) == []
    assert store.latest_checkpoint(AB) is None


@pytest.mark.requirement("STORE-001")
def test_staged_writes_are_visible_before_the_commit(store):
    assert not store.staged
    stage_some(store)
    assert store.staged
    assert [e.digest for e in store.journal()] == [digest(0), digest(1), digest(2)]
    assert store.read(digest(1)) == b"envelope 1"
    assert store.log_size(AB) == 3
    assert store.latest_checkpoint(AB) == note(3)
    assert store.settings() == {"colour": b"red 0", "only 0": b""}


@pytest.mark.requirement("STORE-002")
def test_what_was_committed_survives_a_crash_and_what_was_staged_does_not(bench):
    stage_some(bench.store)
    bench.store.commit()
    assert not bench.store.staged
    committed = state(bench.store)
    stage_some(bench.store, 3)
    bench.store.put_checkpoint(AB, note(3, cosigned=True))
    assert state(bench.store) != committed
    bench.store = bench.restart()
    assert state(bench.store) == committed
    stage_some(bench.store, 3)
    bench.store.commit()
    bench.store = bench.restart()
    assert bench.store.log_size(AB) == 6


@pytest.mark.requirement("STORE-001")
def test_a_rollback_forgets_what_was_staged_and_nothing_else(store):
    stage_some(store)
    store.commit()
    committed = state(store)
    stage_some(store, 3)
    store.put_checkpoint(AB, note(3, cosigned=True))
    store.put_checkpoint(LogId(C, A), note(1))
    store.rollback()
    assert not store.staged
    assert state(store) == committed
    store.rollback()
    store.commit()
    assert state(store) == committed
    stage_some(store, 3)
    store.commit()
    assert [e.digest for e in store.journal(3)] == [digest(3), digest(4), digest(5)]


@pytest.mark.requirement("STORE-003")
def test_a_failed_commit_leaves_the_store_as_it_was_and_usable(bench):
    store = bench.store
    stage_some(store)
    store.commit()
    committed = state(store)
    stage_some(store, 3)
    with bench.failing_commits(), pytest.raises(StoreError) as caught:
        store.commit()
    assert caught.value.reason == "disk-io"
    assert state(store) == committed
    stage_some(store, 3)
    store.commit()
    assert store.log_size(AB) == 6


@pytest.mark.requirement("STORE-004")
def test_a_digest_held_already_is_not_appended_again(store):
    store.append_journal(entry(0))
    store.append_journal(dataclasses.replace(entry(0), received_at=Instant(5)))
    store.commit()
    store.append_journal(dataclasses.replace(entry(0), envelope_bytes=b"signed once more"))
    store.append_journal(entry(1))
    store.commit()
    assert list(store.journal()) == [entry(0), entry(1)]
    assert store.read(digest(0)) == b"envelope 0"


@pytest.mark.requirement("STORE-004")
def test_a_digest_rolled_back_can_be_appended(store):
    store.append_journal(entry(0))
    store.rollback()
    assert store.read(digest(0)) is None
    store.append_journal(entry(0))
    store.commit()
    assert list(store.journal()) == [entry(0)]


@pytest.mark.requirement("STORE-005")
@pytest.mark.parametrize("index", [0, 1, 3, -1])
def test_a_leaf_that_is_not_the_next_is_refused(store, index):
    store.append_leaf(AB, leaf(0))
    store.append_leaf(AB, leaf(1))
    store.commit()
    with pytest.raises(InvariantError):
        store.append_leaf(AB, leaf(index))
    store.append_leaf(AB, leaf(2))
    store.commit()
    assert list(store.leaves(AB)) == [leaf(0), leaf(1), leaf(2)]


@pytest.mark.requirement("STORE-005")
def test_logs_are_apart(store):
    store.append_leaf(AB, leaf(0, 7))
    store.append_leaf(BA, leaf(0, 8))
    store.put_checkpoint(AC, note(4))
    store.commit()
    assert store.log_ids() == (AB, AC, BA)
    assert list(store.leaves(AB)) == [leaf(0, 7)]
    assert list(store.leaves(AC)) == []
    assert list(store.checkpoints(BA)) == []


@pytest.mark.requirement("STORE-006")
def test_bytes_come_back_as_they_went_in(store):
    odd = bytes(range(256)) * 300
    store.append_journal(JournalEntry(digest(0), odd, Instant(0)))
    store.append_journal(JournalEntry(digest(1), b"", Instant(253_402_300_799_999)))
    store.append_leaf(AB, StoredLeaf(0, b"\0" * 32, digest(0), odd, None))
    store.put_checkpoint(AB, StoredCheckpoint(1, odd, b""))
    store.put_setting("", odd)
    store.put_setting("naïve \u2603", b"\0")
    store.commit()
    assert store.read(digest(0)) == odd
    assert store.read(digest(1)) == b""
    assert [e.received_at.unix_ms for e in store.journal()] == [0, 253_402_300_799_999]
    assert next(store.leaves(AB)).envelope_bytes == odd
    assert store.latest_checkpoint(AB, cosigned=True) == StoredCheckpoint(1, odd, b"")
    assert store.settings() == {"": odd, "naïve \u2603": b"\0"}


@pytest.mark.requirement("STORE-006")
def test_a_leaf_keeps_its_own_bytes_beside_another_envelope_of_the_same_digest(bench):
    store = bench.store
    store.append_journal(entry(0))
    other = dataclasses.replace(leaf(0), envelope_bytes=b"the same payload, signed again")
    store.append_leaf(AB, other)
    store.append_leaf(AC, leaf(0))
    store.commit()
    bench.store = store = bench.restart()
    assert store.read(digest(0)) == b"envelope 0"
    assert next(store.leaves(AB)) == other
    assert next(store.leaves(AC)) == leaf(0)


@pytest.mark.requirement("STORE-006")
def test_a_quarantined_leaf_keeps_its_bytes_and_is_not_in_the_journal(bench):
    bench.store.append_leaf(AB, leaf(0, 9, "bad-signature"))
    bench.store.commit()
    bench.store = store = bench.restart()
    assert list(store.leaves(AB)) == [leaf(0, 9, "bad-signature")]
    assert store.read(digest(9)) is None
    assert list(store.journal()) == []
    store.append_journal(entry(9))
    store.commit()
    assert store.read(digest(9)) == b"envelope 9"


@pytest.mark.requirement("STORE-006")
@pytest.mark.parametrize("text", ["", "ab", "A" * 64, "g" * 64, "a" * 65])
def test_a_digest_of_another_form_is_refused(store, text):
    with pytest.raises(InvariantError):
        store.append_journal(dataclasses.replace(entry(0), digest=RecordDigest(text)))
    with pytest.raises(InvariantError):
        store.append_leaf(AB, dataclasses.replace(leaf(0), digest=RecordDigest(text)))
    assert state(store) == ([], {}, {})


@pytest.mark.requirement("STORE-007")
def test_the_journal_and_the_leaves_are_read_from_any_position(store):
    for number in range(600):
        store.append_journal(entry(number))
        store.append_leaf(AB, leaf(number))
    store.commit()
    assert [e.digest for e in store.journal(597)] == [digest(597), digest(598), digest(599)]
    assert list(store.journal(600)) == []
    assert list(store.journal(10_000)) == []
    assert [found.index for found in store.leaves(AB)] == list(range(600))
    assert [found.index for found in store.leaves(AB, 255, 3)] == [255, 256, 257]
    assert [found.index for found in store.leaves(AB, 598, 50)] == [598, 599]
    assert len(list(store.leaves(AB, 0, 512))) == 512
    assert list(store.leaves(AB, 5, 0)) == []


@pytest.mark.requirement("STORE-007")
def test_an_iterator_sees_what_is_appended_while_it_runs(store):
    store.append_journal(entry(0))
    store.append_leaf(AB, leaf(0))
    store.commit()
    journal, leaves = store.journal(), store.leaves(AB)
    assert next(journal) == entry(0)
    assert next(leaves) == leaf(0)
    store.append_journal(entry(1))
    store.append_leaf(AB, leaf(1))
    store.commit()
    assert list(journal) == [entry(1)]
    assert list(leaves) == [leaf(1)]


@pytest.mark.requirement("STORE-008")
def test_checkpoints_are_kept_by_size_and_take_a_cosignature_later(bench):
    store = bench.store
    for size in (5, 2, 9):
        store.put_checkpoint(AB, note(size))
    store.commit()
    store.put_checkpoint(AB, note(5, cosigned=True))
    store.commit()
    bench.store = store = bench.restart()
    assert list(store.checkpoints(AB)) == [note(2), note(5, cosigned=True), note(9)]
    assert store.latest_checkpoint(AB) == note(9)
    assert store.latest_checkpoint(AB, cosigned=True) == note(5, cosigned=True)
    assert store.latest_checkpoint(AC) is None
    assert store.latest_checkpoint(AB, cosigned=False) == note(9)


@pytest.mark.requirement("STORE-008")
def test_the_last_write_of_a_setting_wins(bench):
    bench.store.put_setting("x", b"1")
    bench.store.put_setting("x", b"2")
    bench.store.commit()
    bench.store.put_setting("x", b"3")
    bench.store.rollback()
    bench.store = bench.restart()
    assert bench.store.settings() == {"x": b"2"}


def test_a_settings_view_does_not_write_through(store):
    store.put_setting("x", b"1")
    view = dict(store.settings())
    view["x"] = b"2"
    assert store.settings() == {"x": b"1"}


@pytest.mark.requirement("STORE-009")
def test_a_sound_store_finds_nothing_wrong_with_itself(store):
    stage_some(store)
    store.commit()
    assert list(store.faults()) == []


@pytest.mark.requirement("STORE-001")
def test_a_closed_store_refuses_everything(bench):
    store = bench.store
    stage_some(store)
    store.close()
    store.close()
    for use in (
        lambda: store.append_journal(entry(0)),
        lambda: store.put_setting("x", b""),
        store.commit,
        lambda: store.read(digest(0)),
        lambda: list(store.journal()),
        lambda: list(store.leaves(AB)),
        store.settings,
        store.log_ids,
    ):
        with pytest.raises(StoreError) as caught:
            use()
        assert caught.value.reason == "closed"
    bench.store = bench.restart()
    assert state(bench.store) == ([], {}, {})


@pytest.mark.requirement("STORE-001", "SITES-060")
def test_what_is_erased_is_a_stub_in_journal_and_leaves_with_the_hash_that_it_had(bench):
    store = bench.store
    for number in range(3):
        store.append_journal(entry(number))
        store.append_leaf(AB, leaf(number))
        store.append_leaf(AC, leaf(number))
    store.commit()
    before = [each.commitment for each in store.leaves(AB)]
    store.erase(digest(1), b"what is left")
    assert store.staged
    assert store.read(digest(1)) is None
    store.commit()
    store = bench.restart()
    hashed = hashlib.sha256(b"envelope 1").digest()
    assert store.read(digest(1)) is None
    assert store.stub(digest(1)) == Stub(b"what is left", hashed)
    assert store.stub(digest(0)) is None
    assert store.stub(digest(9)) is None
    assert store.read(digest(2)) == b"envelope 2"
    row = list(store.journal())[1]
    assert (row.envelope_bytes, row.erased_sha256) == (b"what is left", hashed)
    for log in (AB, AC):
        assert [each.commitment for each in store.leaves(log)] == before
    assert list(store.faults()) == []
    store.erase(digest(1), b"still less")
    store.commit()
    assert store.stub(digest(1)) == Stub(b"still less", hashed), "the envelope's own hash stays"


@pytest.mark.requirement("STORE-001")
def test_an_erasure_that_is_not_committed_has_not_happened(bench):
    store = bench.store
    store.append_journal(entry(0))
    store.append_leaf(AB, leaf(0))
    store.commit()
    store.erase(digest(0), b"stub")
    store.rollback()
    assert store.read(digest(0)) == b"envelope 0"
    store.erase(digest(0), b"stub")
    store = bench.restart()
    assert store.read(digest(0)) == b"envelope 0"
    assert [each.erased_sha256 for each in store.leaves(AB)] == [None]
    with pytest.raises(StoreError, match="journal"):
        store.erase(digest(7), b"stub")


@pytest.mark.requirement("STORE-001", "SITES-073")
def test_a_stub_that_a_restored_party_is_given_is_kept_under_the_hash_of_what_it_stands_for(bench):
    store = bench.store
    hashed = hashlib.sha256(b"envelope 0").digest()
    store.append_journal(
        dataclasses.replace(entry(0), envelope_bytes=b"left", erased_sha256=hashed)
    )
    store.append_leaf(
        AB, dataclasses.replace(leaf(0), envelope_bytes=b"left", erased_sha256=hashed)
    )
    store.append_leaf(AC, leaf(0))
    store.commit()
    store = bench.restart()
    assert store.read(digest(0)) is None
    assert store.stub(digest(0)) == Stub(b"left", hashed)
    (kept,) = store.leaves(AB)
    assert (kept.envelope_bytes, kept.commitment) == (b"left", leaf(0).commitment)
    assert next(store.leaves(AC)).commitment == leaf(0).commitment
    assert list(store.faults()) == []
