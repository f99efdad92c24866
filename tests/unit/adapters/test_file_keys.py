"""Keys in files: private, checked, and refused by name when they are not."""

import hashlib
import json
import os
import ssl

import pytest
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from comity.adapters.file_keys import (
    SealCost,
    check_token,
    create_signing_key,
    create_tls_identity,
    load_signing_key,
    load_tls_identity,
    load_token,
    new_token,
    read_private,
    token_digest,
    write_private,
)
from comity.adapters.system_clock import SystemClock, SystemEntropy
from comity.domain.records import key_id_of
from comity.kernel.errors import InputError, StoreError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant
from comity.kernel.invariants import InvariantError

CHEAP = SealCost(passes=1, memory_bytes=8192)
PARTY = PartyId("alpha.aaaaaaaa")
AT = Instant(1_795_000_000_000)


class CountingEntropy:
    """Predictable bytes: the n-th call gives n repeated."""

    def __init__(self) -> None:
        self.calls = 0

    def token(self, size_bytes: int) -> bytes:
        self.calls += 1
        return bytes([self.calls % 256]) * size_bytes


def refused(reason: str):
    return pytest.raises(StoreError, check=lambda error: error.reason == reason)


@pytest.mark.requirement("STORE-030")
def test_a_private_file_is_written_whole_and_for_its_owner_only(tmp_path):
    path = tmp_path / "new folder" / "secret"
    write_private(path, b"one")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0
    assert read_private(path) == b"one"
    with refused("file-exists"):
        write_private(path, b"two")
    assert read_private(path) == b"one"
    write_private(path, b"two", replace=True)
    assert read_private(path) == b"two"
    assert [found.name for found in path.parent.iterdir()] == ["secret"]


@pytest.mark.requirement("STORE-030")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610, 0o777])
def test_a_file_that_others_can_reach_is_refused_with_its_mode(tmp_path, mode):
    path = tmp_path / "secret"
    write_private(path, b"one")
    path.chmod(mode)
    with refused("file-open-to-others") as caught:
        read_private(path)
    assert f"{mode:04o}" in str(caught.value)
    assert "0600" in str(caught.value)


@pytest.mark.requirement("STORE-030")
def test_links_folders_pipes_and_huge_files_are_refused(tmp_path):
    write_private(tmp_path / "secret", b"one")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    with refused("file-read"):
        read_private(tmp_path / "link")
    with refused("file-open-to-others"):
        read_private(tmp_path)
    os.mkfifo(tmp_path / "pipe", 0o600)
    with refused("file-open-to-others"):
        read_private(tmp_path / "pipe")
    with refused("file-missing"):
        read_private(tmp_path / "none")
    write_private(tmp_path / "large", b"x" * 65_537)
    with refused("file-too-large"):
        read_private(tmp_path / "large")


@pytest.mark.requirement("STORE-030")
def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with refused("file-write") as caught:
        write_private(tmp_path / "file" / "secret", b"one")
    assert "secret" in str(caught.value)


@pytest.mark.requirement("STORE-031")
@pytest.mark.parametrize("passphrase", [None, "correct horse", "пароль"])
def test_a_key_signs_the_same_after_it_was_read_back(tmp_path, passphrase):
    made = create_signing_key(tmp_path / "k", "root", CountingEntropy(), passphrase, CHEAP)
    read = load_signing_key(tmp_path / "k", "root", passphrase)
    assert read.public_key == made.public_key
    assert read.key_id == made.key_id == key_id_of(made.public_key)
    signature = read.sign(b"message")
    assert len(signature) == 64
    VerifyKey(made.public_key).verify(b"message", signature)
    with pytest.raises(BadSignatureError):
        VerifyKey(made.public_key).verify(b"another", signature)


@pytest.mark.requirement("STORE-031")
def test_the_secret_is_not_in_the_file_under_a_passphrase_nor_in_the_repr(tmp_path):
    entropy = CountingEntropy()
    seed = (b"\x01" * 32).hex()
    signer = create_signing_key(tmp_path / "clear", "node", entropy)
    assert seed in (tmp_path / "clear").read_text()
    entropy.calls = 0
    create_signing_key(tmp_path / "sealed", "node", entropy, "words", CHEAP)
    assert seed not in (tmp_path / "sealed").read_text()
    assert seed not in repr(signer)


@pytest.mark.requirement("STORE-031")
def test_passphrases_are_asked_for_and_checked(tmp_path):
    create_signing_key(tmp_path / "k", "root", SystemEntropy(), "right", CHEAP)
    with refused("passphrase-needed"):
        load_signing_key(tmp_path / "k", "root")
    with refused("passphrase-wrong"):
        load_signing_key(tmp_path / "k", "root", "wrong")
    with refused("passphrase-empty"):
        create_signing_key(tmp_path / "l", "root", SystemEntropy(), "", CHEAP)
    assert not (tmp_path / "l").exists()


@pytest.mark.requirement("STORE-031")
def test_a_root_key_is_no_node_key_and_is_not_overwritten(tmp_path):
    made = create_signing_key(tmp_path / "k", "root", SystemEntropy())
    with refused("key-wrong-use"):
        load_signing_key(tmp_path / "k", "node")
    with refused("file-exists"):
        create_signing_key(tmp_path / "k", "root", SystemEntropy())
    assert load_signing_key(tmp_path / "k", "root").public_key == made.public_key


@pytest.mark.requirement("STORE-031")
@pytest.mark.parametrize(
    ("passphrase", "change"),
    [
        (None, {"format": "comity-key-v2"}),
        (None, {"use": "other"}),
        (None, {"seed": "00" * 31}),
        (None, {"seed": "0" * 63 + "g"}),
        (None, {"seed": "AB" * 32}),
        (None, {"seed": "02" * 32}),
        (None, {"seed": 7}),
        (None, {"seed": None}),
        (None, {"public_key": "00" * 32}),
        (None, {"surplus": 1}),
        ("x", {"seed": "00" * 32}),
        ("x", {"sealed": {"passes": 17}}),
        ("x", {"sealed": {"passes": 0}}),
        ("x", {"sealed": {"memory_bytes": (1 << 30) + 1}}),
        ("x", {"sealed": {"memory_bytes": 1}}),
        ("x", {"sealed": {"kdf": "scrypt"}}),
        ("x", {"sealed": {"salt": "00"}}),
        ("x", {"sealed": {"nonce": "00"}}),
        ("x", {"sealed": {"box": "00"}}),
    ],
)
def test_nothing_in_a_key_file_is_trusted(tmp_path, passphrase, change):
    path = tmp_path / "k"
    create_signing_key(path, "node", CountingEntropy(), passphrase, CHEAP)
    kept = json.loads(path.read_bytes())
    for name, value in change.items():
        kept[name] = {**kept[name], **value} if isinstance(value, dict) else value
    path.write_text(json.dumps(kept))
    with refused("key-malformed"):
        load_signing_key(path, "node", passphrase)


@pytest.mark.requirement("STORE-031")
@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b"null"])
def test_a_file_that_is_no_key_is_refused(tmp_path, content):
    write_private(tmp_path / "k", content)
    with refused("key-malformed"):
        load_signing_key(tmp_path / "k", "node")


@pytest.mark.requirement("STORE-032")
def test_a_tls_identity_loads_into_a_tls_context_and_names_its_party(tmp_path):
    made = create_tls_identity(tmp_path, PARTY, AT, SystemEntropy())
    read = load_tls_identity(tmp_path)
    assert read == made
    assert len(read.certificate_digest) == 64
    assert read.key_path.stat().st_mode & 0o777 == 0o600
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(read.certificate_path, read.key_path)
    assert PARTY.encode() in read.certificate_der
    with refused("file-exists"):
        create_tls_identity(tmp_path, PARTY, AT, SystemEntropy())
    assert create_tls_identity(tmp_path, PARTY, AT, SystemEntropy(), replace=True) != made


@pytest.mark.requirement("STORE-032")
def test_a_tls_key_and_certificate_that_do_not_belong_together_are_refused(tmp_path):
    create_tls_identity(tmp_path / "one", PARTY, AT, SystemEntropy())
    create_tls_identity(tmp_path / "two", PARTY, AT, SystemEntropy())
    (tmp_path / "two" / "tls.key").replace(tmp_path / "one" / "tls.key")
    with refused("tls-malformed"):
        load_tls_identity(tmp_path / "one")
    write_private(tmp_path / "one" / "tls.key", b"no key", replace=True)
    with refused("tls-malformed"):
        load_tls_identity(tmp_path / "one")


@pytest.mark.requirement("STORE-032")
def test_a_certificate_with_a_flipped_bit_is_refused(tmp_path):
    made = create_tls_identity(tmp_path, PARTY, AT, SystemEntropy())
    flipped = bytearray(made.certificate_der)
    flipped[-1] ^= 1
    pem = ssl.DER_cert_to_PEM_cert(bytes(flipped)).encode()
    write_private(made.certificate_path, pem, replace=True)
    with refused("tls-malformed"):
        load_tls_identity(tmp_path)


@pytest.mark.requirement("STORE-033")
def test_a_token_is_read_back_and_only_its_hash_tells_of_it(tmp_path):
    first, second = new_token(SystemEntropy()), new_token(SystemEntropy())
    write_private(tmp_path / "token", f"{first}\n".encode())
    assert load_token(tmp_path / "token") == first
    assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600
    assert first != second
    assert token_digest(first) == hashlib.sha256(first.encode()).hexdigest() != token_digest(second)
    assert check_token(f" {first}\n") == first
    with pytest.raises(InputError) as caught:
        check_token(first[:-1])
    assert first[:-1] not in str(caught.value)


@pytest.mark.requirement("STORE-033")
@pytest.mark.parametrize("content", [b"", b"comity-12\n", b"comity-" + b"a" * 63, b"x" * 72])
def test_a_file_that_is_no_token_is_refused(tmp_path, content):
    write_private(tmp_path / "token", content)
    with refused("token-malformed"):
        load_token(tmp_path / "token")


@pytest.mark.requirement("STORE-034")
def test_the_system_gives_the_time_and_unequal_tokens():
    first, second = SystemClock().now(), SystemClock().now()
    assert Instant(1_600_000_000_000) < first
    assert abs(second.minus(first)) < 60
    entropy = SystemEntropy()
    assert len(entropy.token(32)) == 32
    assert entropy.token(32) != entropy.token(32)
    with pytest.raises(InvariantError):
        entropy.token(0)
