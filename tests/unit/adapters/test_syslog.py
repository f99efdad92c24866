"""Lines of the audit log reach a collector over TLS and by a local socket, and none is lost while it is away."""

import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from comity.adapters.syslog import SyslogSink
from comity.adapters.syslog import sink as sink_module
from comity.adapters.system_clock import SystemClock
from comity.domain.operators.access import Audited, Sealed
from comity.kernel.errors import InputError
from comity.kernel.ids import OperatorId, PartyId
from comity.kernel.instants import Instant

PARTY = PartyId("aurelia.aaaaaaaa")
AT = Instant(1_800_000_000_000)
LINES = [
    Sealed(
        n,
        Audited(AT, OperatorId("ada"), "session", "POST /v1/line", outcome, "::1", "s1", n),
        f"{n:064x}",
    )
    for n, outcome in ((1, "done"), (2, "not-permitted"))
]
FORM = re.compile(rb"<(\d+)>1 (\S+Z) (\S+) comity - audit - (\{.*\})", re.DOTALL)


def until(true: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 5
    while not true():
        assert time.monotonic() < end_s
        time.sleep(0.01)


def check(messages: list[bytes]) -> None:
    for each, sealed in zip(messages, LINES, strict=True):
        found = FORM.fullmatch(each)
        assert found, each
        assert int(found[1]) == (109 if sealed.line.outcome == "done" else 108)
        assert (found[2].decode(), found[3].decode()) == (str(AT), PARTY)
        said = json.loads(found[4])
        assert (said["number"], said["seal"], said["at"]) == (sealed.number, sealed.seal, str(AT))
        assert (said["operator"], said["count"]) == ("ada", sealed.number)


@pytest.mark.requirement("OPER-019")
def test_a_local_socket_that_comes_late_gets_every_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sink_module, "AGAIN_S", 0.05)
    path = tmp_path / "log"
    sink = SyslogSink(f"unix://{path}", "", PARTY)
    try:
        sink.take(LINES)
        until(lambda: sink.fault is not None)
        assert (sink.handed_on, sink.waiting) == (0, 2)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as collector:
            collector.bind(str(path))
            collector.settimeout(5)
            check([collector.recv(65_536) for _ in LINES])
        until(lambda: sink.handed_on == 2)
        assert (sink.fault, sink.waiting) == (None, 0)
    finally:
        sink.close()


@pytest.mark.requirement("OPER-019")
def test_over_tls_a_collector_gets_counted_frames_and_a_stranger_gets_nothing(
    tmp_path: Path,
) -> None:
    identity = _localhost(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*identity)
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def collect() -> None:
            for _ in range(2):
                plain, _ = server.accept()
                try:
                    with context.wrap_socket(plain, server_side=True) as line:
                        while part := line.recv(65_536):
                            got.append(part)
                except OSError:
                    plain.close()

        thread = threading.Thread(target=collect, daemon=True)
        thread.start()
        stranger = SyslogSink(f"tls://localhost:{port}", "", PARTY)  # the system does not know it
        stranger.take(LINES)
        until(lambda: stranger.fault is not None)
        stranger.close()
        assert "CERTIFICATE_VERIFY_FAILED" in (stranger.fault or "")
        assert (stranger.handed_on, got) == (0, [])
        sink = SyslogSink(f"tls://localhost:{port}", str(identity[0]), PARTY)
        sink.take(LINES)
        until(lambda: sink.handed_on == 2)
        sink.close()
        thread.join(5)
    whole, messages = b"".join(got), []
    while whole:
        size, _, rest = whole.partition(b" ")
        messages.append(rest[: int(size)])
        whole = rest[int(size) :]
    check(messages)


@pytest.mark.parametrize(
    "address",
    ["", "udp://h:1", "tls://h", "tls://h:0x", "tls://h:1/path", "unix://h/p", "unix:", "tls://:5"],
)
def test_another_address_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="audit_to"):
        SyslogSink(address, "", PARTY)
    with pytest.raises(InputError, match="audit_ca_file"):
        SyslogSink("tls://h:6514", "/nowhere/ca.pem", PARTY)


def _localhost(folder: Path) -> tuple[Path, Path]:
    """A certificate for `localhost` of its own making, and its key."""
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415

    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "localhost")])
    now = datetime.fromtimestamp(SystemClock().now().unix_s, UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "c.pem", folder / "k.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, private
