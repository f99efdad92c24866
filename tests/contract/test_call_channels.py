"""Every call channel keeps the port's promise: it takes the notice or says so, over TLS, and tells no secret."""

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from comity.adapters.call_channels import MailChannel, WebhookChannel, load_channels
from comity.application.ports.call_channel import CallChannel, CallError, CallNotice
from comity.kernel.errors import InputError, StoreError

SECRET = "a-secret-of-the-channel"
NOTICE = CallNotice(
    key="ab" * 32,
    sender="aurelia.q3mbt5aa",
    party="borealis.h7k2pq4z",
    echelon="chief of watch",
    step=2,
    matter="aurelia.q3mbt5aa/00c0ffee00c0ffee",
    message="cd" * 32,
    stop=False,
    exercise=True,
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that only this test trusts, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = dt.datetime.now(dt.UTC)  # noqa: TID251 - a real certificate for a real clock
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    encoded = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + encoded)
    return path


Talk = Callable[[ssl.SSLSocket, list[bytes]], None]


@contextmanager
def served(certificate: Path, talk: Talk) -> Iterator[tuple[int, list[bytes]]]:
    """One connection on loopback, spoken to over TLS; gives its port and what was heard."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)

        def serve() -> None:
            try:
                plain, _ = listening.accept()
                plain.settimeout(10)
                with plain, context.wrap_socket(plain, server_side=True) as connection:
                    talk(connection, heard)
            except (OSError, ssl.SSLError):
                pass

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1], heard
        thread.join(10)


def http(status: int) -> Talk:
    def talk(connection: ssl.SSLSocket, heard: list[bytes]) -> None:
        content = b""
        while b"\r\n\r\n" not in content or not content.endswith(b"}"):
            content += connection.recv(65_536)
        heard.append(content)
        connection.sendall(b"HTTP/1.1 %d x\r\ncontent-length: 0\r\n\r\n" % status)

    return talk


def smtp(last: bytes) -> Talk:
    def talk(connection: ssl.SSLSocket, heard: list[bytes]) -> None:
        file = connection.makefile("rb")
        connection.sendall(b"220 test\r\n")
        while line := file.readline():
            heard.append(line)
            word = line[:4].upper()
            if word == b"EHLO":
                connection.sendall(b"250-test\r\n250 AUTH PLAIN\r\n")
            elif word == b"AUTH":
                connection.sendall(b"235 ok\r\n")
            elif word == b"DATA":
                connection.sendall(b"354 go\r\n")
                while (line := file.readline()) != b".\r\n":
                    heard.append(line)
                connection.sendall(last)
            elif word == b"QUIT":
                connection.sendall(b"221 bye\r\n")
                return
            else:
                connection.sendall(b"250 ok\r\n")

    return talk


def webhook(port: int, ca_file: str) -> CallChannel:
    return WebhookChannel(f"https://127.0.0.1:{port}/{SECRET}", SECRET, ca_file)


def mail(port: int, ca_file: str) -> CallChannel:
    return MailChannel(
        "127.0.0.1", port, "node@a.example", ("duty@a.example",), "node", SECRET, ca_file=ca_file
    )


CHANNELS = pytest.mark.parametrize(
    ("make", "taken", "refused"),
    [(webhook, http(200), http(500)), (mail, smtp(b"250 ok\r\n"), smtp(b"554 no\r\n"))],
    ids=["webhook", "mail"],
)


@CHANNELS
@pytest.mark.requirement("LINE-014")
def test_a_notice_that_is_taken_is_said_to_be(make, taken, refused, certificate):
    with served(certificate, taken) as (port, heard):
        said = make(port, str(certificate)).call(NOTICE)
    assert SECRET not in said
    content = b"".join(heard)
    assert b"EXERCISE EXERCISE EXERCISE FLASH from aurelia" in content
    assert NOTICE.key.encode() in content


@CHANNELS
@pytest.mark.requirement("LINE-014")
def test_a_refusal_and_a_way_that_is_closed_are_errors_without_address_or_secret(
    make, taken, refused, certificate
):
    with served(certificate, refused) as (port, _):
        channel = make(port, str(certificate))
        with pytest.raises(CallError) as first:
            channel.call(NOTICE)
    with pytest.raises(CallError) as second:
        channel.call(NOTICE)
    for caught in (first, second):
        assert SECRET not in str(caught.value)
        assert "127.0.0.1" not in str(caught.value)
    assert SECRET not in repr(channel)


@CHANNELS
@pytest.mark.requirement("LINE-014")
def test_a_server_whose_certificate_nobody_trusts_hears_nothing(make, taken, refused, certificate):
    with served(certificate, taken) as (port, heard), pytest.raises(CallError):
        make(port, "").call(NOTICE)
    assert heard == []


@pytest.mark.requirement("LINE-014")
def test_a_redirect_is_not_followed(certificate):
    with served(certificate, http(302)) as (port, _), pytest.raises(CallError, match="302"):
        webhook(port, str(certificate)).call(NOTICE)


@pytest.mark.parametrize(
    "text",
    [
        '[a]\nkind = "webhook"\nurl = "http://a.example/"',
        '[a]\nkind = "webhook"\nurl = "https://user@a.example/"',
        '[a]\nkind = "webhook"\nurl = "https://a.example/ x"',
        '[a]\nkind = "webhook"\nurl = "https://a.example/"\nhost = "b"',
        '[a]\nkind = "webhook"',
        '[a]\nkind = "pigeon"',
        '[a]\nkind = "mail"\nhost = "m"\nport = 0\nsender = "a@b"\nto = ["c@d"]',
        '[a]\nkind = "mail"\nhost = "m"\nport = 25\nsender = "a@b"\nto = []',
        '[a]\nkind = "mail"\nhost = "m"\nport = 25\nsender = "a@b\\nBcc: x@y"\nto = ["c@d"]',
        "a = 1",
        "[a",
    ],
)
def test_a_channel_out_of_form_is_refused_and_its_values_are_not_repeated(tmp_path, text):
    file = tmp_path / "channels.toml"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(InputError) as caught:
        load_channels(file)
    assert "example" not in str(caught.value).replace(str(tmp_path), "")


def test_channels_are_read_from_a_file_that_nobody_else_can_read(tmp_path):
    file = tmp_path / "channels.toml"
    assert load_channels(file) == {}
    file.write_text('[pager]\nkind = "webhook"\nurl = "https://a.example/x"\ntoken = "t"\n')
    file.chmod(0o644)
    with pytest.raises(StoreError, match="file-open-to-others"):
        load_channels(file)
    file.chmod(0o600)
    assert load_channels(file) == {"pager": WebhookChannel("https://a.example/x", "t")}


def test_what_is_told_by_another_channel_names_the_matter_and_never_what_was_said():
    assert {each.name for each in fields(NOTICE)} == {
        "key", "sender", "party", "echelon", "step", "matter", "message", "stop", "exercise",
    }  # fmt: skip
    assert NOTICE.words.endswith("message cdcdcdcdcdcd. See the node.")
