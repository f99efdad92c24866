"""The offline check of a whole store finds what does not hold, and names where."""

import dataclasses

import pytest
from tests.stored_world import START, SeedSigner, World

from comity.adapters.memory import MemoryRecordStore
from comity.adapters.sqlite import SqliteRecordStore
from comity.application.ports.record_store import JournalEntry, LogId, StoredLeaf, StoreFault
from comity.application.verify_store import UNREADABLE_RUN_MAX, verify_store
from comity.domain.records import Draft, seal
from comity.kernel.errors import StoreError
from comity.kernel.ids import RecordDigest

STEPS = 12


@pytest.fixture(scope="module")
def world():
    return World(STEPS)


def filled(world: World, change=None) -> MemoryRecordStore:
    """A store with every step in it, each passed through a change first."""
    store = MemoryRecordStore()
    for step in world.steps:
        entry, log, leaves, checkpoint = step if change is None else change(*step)
        if entry is not None:
            store.append_journal(entry)
        for leaf in leaves:
            store.append_leaf(log, leaf)
        if checkpoint is not None:
            store.put_checkpoint(log, checkpoint)
    store.commit()
    return store


def reasons(report) -> set[str]:
    return {fault.reason for fault in report.faults}


@pytest.mark.requirement("STORE-020")
@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_a_sound_store_is_found_sound_and_counted(world, tmp_path, kind):
    store = (
        MemoryRecordStore() if kind == "memory" else SqliteRecordStore(tmp_path / "s", create=True)
    )
    world.fill(store)
    report = verify_store(store, world)
    store.close()
    assert report.sound, report.faults
    assert (report.records, report.leaves, report.quarantined) == (12, 14, 2)
    assert (report.checkpoints, report.cosignatures) == (12, 6)


@pytest.mark.requirement("STORE-020")
def test_progress_is_told_by_part():
    world = World(4)
    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("comity.application.verify_store.PROGRESS_EVERY", 2)
        verify_store(filled(world), world, lambda part, count: told.append((part, count)))
    ab = f"{world.alpha}->{world.bravo}"
    assert told == [("journal", 2), ("journal", 4), (ab, 2)]


@pytest.mark.requirement("STORE-021")
def test_a_changed_envelope_is_named_in_the_journal(world):
    def change(entry, log, leaves, checkpoint):
        if entry == world.steps[5][0]:
            broken = entry.envelope_bytes.replace(b'"sig":"', b'"sig":"AAAA', 1)
            entry = dataclasses.replace(entry, envelope_bytes=broken)
        return entry, log, leaves, checkpoint

    report = verify_store(filled(world, change), world)
    (fault, broken) = report.faults
    assert (fault.place, fault.reason) == ("journal[5]", "envelope-form")
    assert fault.digest == world.steps[5][0].digest
    assert broken.reason == "sequence-broken"


@pytest.mark.requirement("STORE-021")
def test_a_record_of_a_stranger_is_named(world):
    del_bravo = World(STEPS)
    del del_bravo.signers[world.bravo]
    report = verify_store(filled(world), del_bravo)
    assert reasons(report) == {"unknown-key"}
    assert report.faults[0].place == "journal[2]"
    assert str(report.faults[0]).startswith("journal[2] (record ")


@pytest.mark.requirement("STORE-021")
def test_a_record_filed_under_another_digest_is_named(world):
    other = RecordDigest("ab" * 32)

    def change(entry, log, leaves, checkpoint):
        if entry == world.steps[11][0]:
            entry = dataclasses.replace(entry, digest=other)
            leaves = [dataclasses.replace(leaves[0], digest=other), *leaves[1:]]
        return entry, log, leaves, checkpoint

    report = verify_store(filled(world, change), world)
    assert [(fault.place, fault.reason) for fault in report.faults] == [
        ("journal[11]", "digest-mismatch")
    ]


@pytest.mark.requirement("STORE-021")
def test_a_missing_record_breaks_the_sequence_and_its_leaf_is_named(world):
    gone = world.steps[6][0]

    def change(entry, log, leaves, checkpoint):
        return (None if entry == gone else entry), log, leaves, checkpoint

    report = verify_store(filled(world, change), world)
    broken, missing = sorted(report.faults, key=lambda fault: fault.reason, reverse=True)
    assert (broken.reason, broken.place) == ("sequence-broken", "journal[6]")
    assert missing.reason == "not-in-journal"
    log = LogId(world.alpha, world.bravo)
    assert (missing.log, missing.digest) == (log, gone.digest)
    assert missing.index == world.steps[6][2][0].index


@pytest.mark.requirement("STORE-021")
def test_a_record_behind_a_refused_one_breaks_no_sequence(world):
    """The refused record was in its log, so the author's count went on."""
    gone = world.steps[6][0]

    def change(entry, log, leaves, checkpoint):
        if entry == gone:
            leaves = [dataclasses.replace(leaves[0], quarantine_reason="unknown-kind"), *leaves[1:]]
            return None, log, leaves, checkpoint
        return entry, log, leaves, checkpoint

    report = verify_store(filled(world, change), world)
    assert report.sound, report.faults
    assert report.quarantined == 3


@pytest.mark.requirement("STORE-022")
def test_a_changed_leaf_breaks_every_root_from_there_on(world):
    at = world.steps[3][2][0].index

    def change(entry, log, leaves, checkpoint):
        if entry == world.steps[3][0]:
            leaves = [dataclasses.replace(leaves[0], salt=b"\0" * 32)]
        return entry, log, leaves, checkpoint

    report = verify_store(filled(world, change), world)
    assert reasons(report) == {"root-mismatch"}
    assert f"leaves {at} to {at}" in report.faults[0].why
    assert len(report.faults) == 6


@pytest.mark.requirement("STORE-022")
def test_salts_of_another_size_are_named(world):
    def change(entry, log, leaves, checkpoint):
        if entry == world.steps[3][0]:
            leaves = [dataclasses.replace(leaves[0], salt=b"short")]
        return entry, log, leaves, checkpoint

    report = verify_store(filled(world, change), world)
    assert report.faults[0].reason == "salt-form"
    assert report.faults[0].index == world.steps[3][2][0].index


@pytest.mark.requirement("STORE-022")
def test_a_leaf_in_the_log_of_others_is_named(world):
    store = filled(world)
    stranger = LogId(world.bravo, world.bravo)
    store.append_leaf(stranger, dataclasses.replace(world.steps[0][2][0], index=0))
    report = verify_store(store, world)
    assert [(fault.reason, fault.log) for fault in report.faults] == [("wrong-log", stranger)]


@pytest.mark.requirement("STORE-022")
def test_a_payload_signed_twice_is_sound_and_a_false_second_envelope_is_not(world):
    first = world.steps[0][0]
    false = first.envelope_bytes.replace(b'"sig":"', b'"sig":"AAAA', 1)
    store = MemoryRecordStore()
    world.put(store, 0)
    leaf = dataclasses.replace(world.steps[0][2][0], index=1, envelope_bytes=false)
    store.append_leaf(world.steps[0][1], leaf)
    report = verify_store(store, world)
    assert [(fault.reason, fault.index) for fault in report.faults] == [("envelope-form", 1)]
    other = world.steps[1][0].envelope_bytes
    store.append_leaf(world.steps[0][1], dataclasses.replace(leaf, index=2, envelope_bytes=other))
    assert reasons(verify_store(store, world)) == {"envelope-form", "digest-mismatch"}


@pytest.mark.requirement("STORE-022")
def test_checkpoints_are_checked_against_owner_witness_and_leaves(world):
    last = world.steps[10][3]
    log = world.steps[10][1]
    assert last.cosignature_bytes is not None
    cases = {
        "bad-note-signature": dataclasses.replace(
            last,
            note_bytes=last.note_bytes.replace(b"\n%d\n" % last.size, b"\n%d\n" % (last.size - 1)),
        ),
        "bad-cosignature": dataclasses.replace(
            last, cosignature_bytes=world.steps[6][3].cosignature_bytes
        ),
        "other-origin": dataclasses.replace(last, note_bytes=world.steps[11][3].note_bytes),
        "checkpoint-size": dataclasses.replace(last, size=last.size + 5),
        "note-form": dataclasses.replace(last, cosignature_bytes=b"no line"),
    }
    for reason, checkpoint in cases.items():
        store = filled(world)
        store.put_checkpoint(log, checkpoint)
        report = verify_store(store, world)
        assert reason in reasons(report), (reason, report.faults)
        assert all(fault.log == log for fault in report.faults)


@pytest.mark.requirement("STORE-022")
def test_leaves_that_are_gone_are_missed_by_the_checkpoint_over_them(world):
    def change(entry, log, leaves, checkpoint):
        return entry, log, ([] if entry == world.steps[11][0] else leaves), checkpoint

    report = verify_store(filled(world, change), world)
    assert reasons(report) == {"leaves-missing"}


@pytest.mark.requirement("STORE-020")
def test_a_private_log_holds_records_to_nobody(world):
    signer = SeedSigner("alpha")
    record = seal(Draft("peer.card", (), {}), world.alpha, 0, None, START, signer)
    store = filled(world)
    store.append_journal(JournalEntry(record.digest, record.envelope_bytes, START))
    private = LogId(world.alpha, world.alpha)
    leaf = StoredLeaf(0, b"\1" * 32, record.digest, record.envelope_bytes)
    store.append_leaf(private, leaf)
    assert verify_store(store, world).sound
    open_to_bravo = LogId(world.alpha, world.bravo)
    index = store.log_size(open_to_bravo)
    store.append_leaf(open_to_bravo, dataclasses.replace(leaf, index=index))
    assert reasons(verify_store(store, world)) == {"wrong-log"}


class Damaged(MemoryRecordStore):
    """A store whose adapter finds damage and cannot read one row of the journal and no leaf."""

    def faults(self):
        return iter([StoreFault("journal[3]", "its envelope's bytes changed")])

    def journal(self, start=0):
        for position, entry in enumerate(super().journal(start), start):
            if position == 3:
                raise StoreError("damaged", "journal[3]: its envelope's bytes changed")
            yield entry

    def leaves(self, log, start=0, count_max=None):
        raise StoreError("damaged", "leaf gone")


@pytest.mark.requirement("STORE-023")
def test_damage_the_adapter_names_is_reported_and_the_rest_is_still_checked(world):
    store = Damaged()
    world.fill(store)
    report = verify_store(store, world)
    places = [(fault.place, fault.reason) for fault in report.faults]
    assert places[:2] == [("journal[3]", "damaged"), ("journal", "damaged")]
    assert {place for place, _ in places[2:]} == {
        f"{world.alpha}->{world.bravo}",
        f"{world.bravo}->{world.alpha}",
    }
    assert report.records == STEPS - 1, "what stands behind the damaged row is read all the same"


@pytest.mark.requirement("STORE-023")
def test_one_damaged_record_is_named_and_nothing_else_is_blamed(world, tmp_path):
    store = SqliteRecordStore(tmp_path / "s", create=True)
    world.fill(store)
    store.close()
    for step in (0, STEPS // 2, STEPS - 1):
        entry, _, _, _ = world.steps[step]
        content = (tmp_path / "s").read_bytes()
        at = content.index(entry.envelope_bytes) + 20
        flipped = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        (tmp_path / "s").write_bytes(flipped)
        damaged = SqliteRecordStore(tmp_path / "s", read_only=True)
        report = verify_store(damaged, world)
        damaged.close()
        (tmp_path / "s").write_bytes(content)
        assert report.records == STEPS - 1
        assert reasons(report) == {"damaged"}
        assert any(fault.place == f"journal[{step}]" for fault in report.faults)


@pytest.mark.requirement("STORE-023")
def test_a_journal_that_is_gone_ends_the_reading(world):
    class Gone(MemoryRecordStore):
        asked = 0

        def journal(self, start=0):
            self.asked += 1
            raise StoreError("damaged", "no such table")
            yield

    store = Gone()
    world.fill(store)
    report = verify_store(store, world)
    assert store.asked == UNREADABLE_RUN_MAX + 1
    assert report.records == 0
    assert not report.sound
