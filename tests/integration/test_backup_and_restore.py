"""A backup is one file of one moment; restored, it is the same node, marked until its peers answer."""

import json
import zipfile
from pathlib import Path

import pytest
from tests.stored_world import World, contents

from comity.adapters.backup_file import ZipBackupFiles
from comity.adapters.file_keys import create_signing_key, load_signing_key
from comity.adapters.sqlite import SqliteRecordStore, SqliteStoreCopies
from comity.adapters.system_clock import SystemEntropy
from comity.application.backup_node import BackupRequest, backup_node
from comity.application.node import RESTORED_SETTING
from comity.application.restore_node import restore_node
from comity.application.verify_store import verify_store
from comity.kernel.errors import InputError, StoreError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant

AT = Instant(1_795_000_999_000)
COPIES, ARCHIVES = SqliteStoreCopies(), ZipBackupFiles()


@pytest.fixture(scope="module")
def world():
    return World(12)


@pytest.fixture
def home(tmp_path, world):
    """A node's home with a store in use, a key and a setting file."""
    home = tmp_path / "home"
    create_signing_key(home / "keys" / "node.key", "node", SystemEntropy())
    create_signing_key(home / "keys" / "root.key", "root", SystemEntropy())
    (home / "config.toml").write_text("peer_port = 7101\n")
    store = SqliteRecordStore(home / "store.db", create=True)
    world.fill(store, 0, 10)
    store.close()
    return home


def backed_up(home: Path, world: World, target: Path, *, keys: bool = False):
    request = BackupRequest(
        party=world.alpha,
        store=home / "store.db",
        files={"config.toml": home / "config.toml"},
        keys={"keys/node.key": home / "keys" / "node.key"} if keys else {},
    )
    signer = load_signing_key(home / "keys" / "node.key", "node")
    return backup_node(request, target, signer, AT, COPIES, ARCHIVES)


def rewritten(source: Path, target: Path, change) -> Path:
    """The same archive with its entries changed: name -> bytes."""
    with zipfile.ZipFile(source) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in change(entries).items():
            archive.writestr(name, content)
    return target


@pytest.mark.requirement("STORE-040")
def test_a_restored_store_holds_the_same_and_is_marked(home, world, tmp_path):
    store = SqliteRecordStore(home / "store.db", read_only=True)
    before = contents(store)
    store.close()
    made = backed_up(home, world, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").stat().st_mode & 0o777 == 0o600
    found = restore_node(tmp_path / "b.zip", tmp_path / "new", COPIES, ARCHIVES, world.alpha)
    assert found == made
    assert (found.party, found.made_at, found.has_keys) == (world.alpha, AT, False)
    assert [(state.log.owner, state.size) for state in found.logs] == [
        (world.alpha, 8),
        (world.bravo, 3),
    ]
    restored = SqliteRecordStore(tmp_path / "new" / "store.db")
    journal, logs, settings = contents(restored)
    assert (journal, logs) == before[:2]
    assert settings == {**before[2], RESTORED_SETTING: b"1"}
    assert verify_store(restored, world).sound
    world.fill(restored, 10)
    restored.close()
    assert (tmp_path / "new" / "config.toml").read_text() == "peer_port = 7101\n"
    assert not (tmp_path / "new" / "keys").exists()
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


@pytest.mark.requirement("STORE-040")
def test_a_backup_beside_a_running_node_is_of_one_moment_between_commits(home, world, tmp_path):
    running = SqliteRecordStore(home / "store.db")
    world.fill(running, 10, 11)
    world.put(running, 11)
    backed_up(home, world, tmp_path / "b.zip")
    running.commit()
    assert len(list(running.journal())) == 12
    running.close()
    restore_node(tmp_path / "b.zip", tmp_path / "new", COPIES, ARCHIVES)
    restored = SqliteRecordStore(tmp_path / "new" / "store.db", read_only=True)
    assert len(list(restored.journal())) == 11
    restored.close()


@pytest.mark.requirement("STORE-041")
def test_keys_go_in_only_when_asked_and_the_root_key_never(home, world, tmp_path):
    backed_up(home, world, tmp_path / "without.zip")
    made = backed_up(home, world, tmp_path / "with.zip", keys=True)
    assert made.has_keys
    seed = json.loads((home / "keys" / "node.key").read_text())["seed"].encode()
    assert seed not in (tmp_path / "without.zip").read_bytes()
    assert seed in (tmp_path / "with.zip").read_bytes()
    restore_node(tmp_path / "with.zip", tmp_path / "new", COPIES, ARCHIVES)
    kept = load_signing_key(tmp_path / "new" / "keys" / "node.key", "node")
    assert kept.public_key == made.public_key
    signer = load_signing_key(home / "keys" / "node.key", "node")
    for name in ("keys/root.key", "keys/other.key"):
        request = BackupRequest(
            world.alpha, home / "store.db", {}, {name: home / "keys" / "root.key"}
        )
        with pytest.raises(InputError):
            backup_node(request, tmp_path / "root.zip", signer, AT, COPIES, ARCHIVES)
    assert not (tmp_path / "root.zip").exists()


@pytest.mark.requirement("STORE-042")
def test_a_tampered_backup_is_refused_by_name_and_leaves_nothing(home, world, tmp_path):
    source = tmp_path / "b.zip"
    backed_up(home, world, source, keys=True)

    def flip(name):
        def change(entries):
            content = bytearray(entries[name])
            content[len(content) // 2] ^= 1
            return {**entries, name: bytes(content)}

        return change

    def without(name):
        return lambda entries: {key: value for key, value in entries.items() if key != name}

    def other_party(entries):
        changed = entries["manifest.json"].replace(b"alpha.", b"omega.")
        return {**entries, "manifest.json": changed}

    cases = [(flip(name), name) for name in ("store.db", "config.toml", "keys/node.key")]
    cases += [(flip("manifest.json"), "manifest.json"), (flip("manifest.sig"), "manifest.json")]
    cases += [(without(name), name) for name in ("store.db", "config.toml", "manifest.sig")]
    cases += [(other_party, "manifest.json")]
    cases += [(lambda entries: {**entries, "surplus": b"x"}, "surplus")]
    for number, (change, name) in enumerate(cases):
        target = rewritten(source, tmp_path / f"bad-{number}.zip", change)
        with pytest.raises(StoreError) as caught:
            restore_node(target, tmp_path / "new", COPIES, ARCHIVES)
        assert caught.value.reason == "backup-tampered", name
        assert caught.value.detail.startswith(f"{name}:")
        assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob(".new*"))


@pytest.mark.requirement("STORE-042")
def test_a_file_that_is_no_backup_is_refused(home, world, tmp_path):
    source = tmp_path / "b.zip"
    backed_up(home, world, source)
    (tmp_path / "text").write_text("no backup")
    (tmp_path / "cut").write_bytes(source.read_bytes()[:-4000])
    cases = {
        "text": "backup-form",
        "cut": "backup-form",
        "none": "backup-missing",
    }
    for number, name in enumerate(("../outside", "/etc/passwd", "a/../../b", "A")):
        rewritten(
            source, tmp_path / f"name-{number}", lambda entries, at=name: {**entries, at: b"x"}
        )
        cases[f"name-{number}"] = "backup-form"
    with zipfile.ZipFile(tmp_path / "packed", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("store.db", bytes(10_000_000))  # a small file must not fill the disk
    cases["packed"] = "backup-form"
    many = {f"f{number}": b"" for number in range(33)}
    rewritten(source, tmp_path / "many", lambda entries: {**entries, **many})
    cases["many"] = "backup-form"
    for name, reason in cases.items():
        with pytest.raises(StoreError) as caught:
            restore_node(tmp_path / name, tmp_path / "new", COPIES, ARCHIVES)
        assert caught.value.reason == reason, name
        assert not (tmp_path / "new").exists()
    assert not (tmp_path.parent / "outside").exists()


@pytest.mark.requirement("STORE-042")
def test_a_backup_is_restored_into_an_empty_home_of_its_own_party_only(home, world, tmp_path):
    backed_up(home, world, tmp_path / "b.zip")
    with pytest.raises(StoreError) as caught:
        restore_node(tmp_path / "b.zip", home, COPIES, ARCHIVES)
    assert caught.value.reason == "home-not-empty"
    other = PartyId("omega.aaaaaaaa")
    with pytest.raises(StoreError) as caught:
        restore_node(tmp_path / "b.zip", tmp_path / "new", COPIES, ARCHIVES, other)
    assert caught.value.reason == "backup-of-another"
    (tmp_path / "new").mkdir()
    restore_node(tmp_path / "b.zip", tmp_path / "new", COPIES, ARCHIVES, world.alpha)
    assert (tmp_path / "new" / "store.db").exists()


@pytest.mark.requirement("STORE-042")
def test_a_backup_does_not_overwrite_one_nor_copy_damage(home, world, tmp_path):
    (tmp_path / "b.zip").write_bytes(b"older")
    with pytest.raises(StoreError) as caught:
        backed_up(home, world, tmp_path / "b.zip")
    assert caught.value.reason == "file-exists"
    assert (tmp_path / "b.zip").read_bytes() == b"older"
    content = (home / "store.db").read_bytes()
    salt = world.steps[3][2][0].salt
    (home / "store.db").write_bytes(content.replace(salt, salt[:-1] + b"\0"))
    with pytest.raises(StoreError) as caught:
        backed_up(home, world, tmp_path / "c.zip")
    assert caught.value.reason == "damaged"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "home"]
