"""Sealed lines of the audit log as syslog messages, sent by a thread of their own.

Source: RFC 5424 (the message), RFC 5425 (TLS, octet counting). The message is JSON with the line's number and seal: a
collector sees a line that is missing by its number, and one that was changed later by its seal.
"""

import select
import socket
import ssl
import threading
from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec

from comity.domain.operators.access import Sealed
from comity.kernel.errors import InputError
from comity.kernel.ids import PartyId

SEND_S_MAX = 10.0
AGAIN_S, AGAIN_S_MAX = 1.0, 60.0
_AUDIT = 13 * 8  # facility "log audit", RFC 5424 table 1
_NOTICE, _WARNING = 5, 4


def message(party: PartyId, sealed: Sealed) -> bytes:
    """One line as RFC 5424 has it."""
    line = sealed.line
    severity = _NOTICE if line.outcome == "done" else _WARNING
    said = msgspec.json.encode(
        {
            "number": sealed.number,
            **msgspec.to_builtins(line),
            "at": str(line.at),
            "seal": sealed.seal,
        }
    )
    return f"<{_AUDIT + severity}>1 {line.at} {party} comity - audit - ".encode() + said


def checked_address(address: str) -> tuple[str, str, int]:
    """`tls://host:port` or `unix:///path` as scheme, host or path, and port (0 for a path).

    Raises:
        InputError: `audit_to`: neither.
    """
    try:
        place = urlsplit(address)
        port = place.port or 0
    except ValueError:
        place, port = urlsplit(""), 0
    if place.scheme == "tls" and place.hostname and port and not place.path:
        return "tls", place.hostname, port
    if place.scheme == "unix" and not place.netloc and place.path.startswith("/"):
        return "unix", place.path, 0
    raise InputError("audit_to", f"{address[:80]!r} is neither tls://host:port nor unix:///path")


class SyslogSink:
    """`AuditSink` to one collector."""

    def __init__(self, address: str, ca_file: str, party: PartyId) -> None:
        """Begin; the first connection is made with the first lines.

        Args:
            address: `tls://host:port`, or `unix:///path` of a datagram socket.
            ca_file: certificates that are trusted instead of the system's; empty for those.
            party: stands as the host's name.

        Raises:
            InputError: `audit_to` or `audit_ca_file`.
        """
        self._scheme, self._place, self._port = checked_address(address)
        self._context = None
        if self._scheme == "tls":
            try:
                self._context = ssl.create_default_context(cafile=ca_file or None)
            except OSError as error:
                raise InputError("audit_ca_file", type(error).__name__) from error
            self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._party = party
        self._lines: list[Sealed] = []
        self._handed_on = 0
        self._fault: str | None = None
        self._given, self._closed = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="audit-sink", daemon=True)
        self._thread.start()

    @property
    def handed_on(self) -> int:
        """Number of the last line that went out; 0 before the first."""
        return self._handed_on

    @property
    def waiting(self) -> int:
        """How many lines were taken and are not out."""
        return len(self._lines)

    @property
    def fault(self) -> str | None:
        """Why nothing goes out now."""
        return self._fault

    def take(self, lines: Sequence[Sealed]) -> None:
        """Send these when it can; only when nothing waits."""
        self._lines = list(lines)
        self._given.set()

    def close(self) -> None:
        """Stop; what was not sent is sent after the next start."""
        self._closed.set()
        self._given.set()
        self._thread.join(timeout=SEND_S_MAX)

    def _run(self) -> None:
        line: socket.socket | None = None
        wait_s = AGAIN_S
        while True:
            self._given.wait()
            if self._closed.is_set():
                break
            try:
                line = self._open(line)
                self._send(line)
            except OSError as error:  # ssl.SSLError is one
                self._fault = f"{type(error).__name__}: {error}"[:200]
                if line is not None:
                    line.close()
                line = None
                self._closed.wait(wait_s)
                wait_s = min(AGAIN_S_MAX, wait_s * 2)
                continue
            self._fault, wait_s = None, AGAIN_S
            self._given.clear()
            self._handed_on = self._lines[-1].number
            self._lines = []
        if line is not None:
            line.close()

    def _open(self, before: socket.socket | None) -> socket.socket:
        if before is not None and not _hung_up(before):
            return before
        if before is not None:
            before.close()
        if self._context is None:
            found = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            found.settimeout(SEND_S_MAX)
            try:
                found.connect(self._place)
            except OSError:
                found.close()
                raise
            return found
        plain = socket.create_connection((self._place, self._port), timeout=SEND_S_MAX)
        try:
            return self._context.wrap_socket(plain, server_hostname=self._place)
        except OSError:
            plain.close()
            raise

    def _send(self, line: socket.socket) -> None:
        for each in self._lines:
            said = message(self._party, each)
            line.sendall(said if self._context is None else b"%d %b" % (len(said), said))


def _hung_up(line: socket.socket) -> bool:
    """A collector sends nothing: what can be read is the end, or a line that is out of order."""
    if line.type == socket.SOCK_DGRAM:
        return False
    readable, _, _ = select.select([line], [], [], 0)
    return bool(readable)
