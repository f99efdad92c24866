"""Servers that a ladder's other channels call in tests: HTTPS and SMTP over TLS, on loopback, in threads."""

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Talk = Callable[[ssl.SSLSocket, list[bytes]], None]
"""What a server says to whoever connects; it notes what it heard."""


def make_certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that only a test trusts, with its key, in one file."""
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
    path = folder / "both.pem"
    encoded = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + encoded)
    return path


@contextmanager
def served(
    certificate: Path, talk: Talk, *, connections: int = 1
) -> Iterator[tuple[int, list[bytes]]]:
    """Serve so many connections one after another; gives the port and what was heard, an entry a read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10 if connections == 1 else None)

        def serve() -> None:
            for _ in range(connections):
                try:
                    plain, _ = listening.accept()
                except OSError:
                    return
                plain.settimeout(10)
                with (
                    contextlib.suppress(OSError, ssl.SSLError),
                    plain,
                    context.wrap_socket(plain, server_side=True) as connection,
                ):
                    talk(connection, heard)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1], heard
        finally:
            if connections > 1:
                with contextlib.suppress(OSError):
                    listening.shutdown(socket.SHUT_RDWR)  # whoever waits in accept is woken
            thread.join(10)


def http(status: int) -> Talk:
    """Answers one request with a status."""

    def talk(connection: ssl.SSLSocket, heard: list[bytes]) -> None:
        content = b""
        while b"\r\n\r\n" not in content or not content.endswith(b"}"):
            content += connection.recv(65_536)
        heard.append(content)
        connection.sendall(b"HTTP/1.1 %d x\r\ncontent-length: 0\r\n\r\n" % status)

    return talk


def smtp(last: bytes) -> Talk:
    """Takes one mail up to its end, and then answers `last` (RFC 5321)."""

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
