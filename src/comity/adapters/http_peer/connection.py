"""One kept-alive HTTP/1.1 connection to one pinned peer, over asyncio streams."""

import asyncio
import json
import ssl
from collections.abc import Collection
from dataclasses import dataclass

import h11

from comity.adapters.http_peer.certificates import certificate_digest
from comity.adapters.http_peer.wire import HEADER_BYTES_MAX, RESPONSE_BODY_BYTES_MAX
from comity.kernel.errors import PeerError

UNREACHABLE = "unreachable"  # the reason of a PeerError that time may heal
WRONG_CERTIFICATE = "wrong-certificate"
NOT_YET_VALID = "certificate-not-yet-valid"  # the pinned one, before its time by our clock
EXPIRED = "certificate-expired"  # the pinned one, after its time by our clock
OUT_OF_TIME = frozenset({NOT_YET_VALID, EXPIRED})
NOT_TAKEN = OUT_OF_TIME | {WRONG_CERTIFICATE}  # the other end may have another certificate to show
CONNECT_S_MAX = 10.0
_READ_BYTES = 256 << 10
_WORDS_OF_CODE = {  # X509_V_ERR_* of OpenSSL's x509_vfy.h, which looks at the time of a trusted one only
    9: (NOT_YET_VALID, "the pinned certificate, which is not yet valid by our clock"),
    10: (EXPIRED, "the pinned certificate, which is not valid any more by our clock"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer answered."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class PeerAddress:
    """Where a peer listens."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class PeerConnection:
    """Asks one thing at a time; any failure leaves it unusable and raises PeerError."""

    def __init__(
        self,
        address: PeerAddress,
        certificate: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._address = address
        self._certificate = certificate
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEADER_BYTES_MAX)

    @property
    def certificate(self) -> str:
        """The digest of the certificate that the other end showed."""
        return self._certificate

    @classmethod
    async def open(
        cls,
        address: PeerAddress,
        context: ssl.SSLContext,
        pinned: Collection[str],
        server_name: str | None = None,
    ) -> "PeerConnection":
        """Connect and see that the other end is the pinned one.

        Args:
            address: where.
            context: of this peer (`PeerPins.client_context`).
            pinned: digests of the certificates that the peer may show.
            server_name: asks for one of them (`pins.asked_name`); None: the address's own name.

        Raises:
            PeerError: `unreachable`; `wrong-certificate`; or, where it is the pinned one and our clock
                is outside its time, `certificate-not-yet-valid` or `certificate-expired`.
        """
        try:
            async with asyncio.timeout(CONNECT_S_MAX):
                reader, writer = await asyncio.open_connection(
                    address.host,
                    address.port,
                    ssl=context,
                    server_hostname=server_name,
                    limit=_READ_BYTES,
                )
        except ssl.SSLCertVerificationError as error:
            raise _not_taken(address, error.verify_code) from error
        except TimeoutError as error:
            why = f"{address} did not answer within {CONNECT_S_MAX:g} s"
            raise PeerError(UNREACHABLE, why) from error
        except OSError as error:
            raise PeerError(UNREACHABLE, f"{address}: {error}") from error
        der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        shown = "" if der is None else certificate_digest(der)
        if shown not in pinned:
            writer.close()
            raise _not_taken(address)
        return cls(address, shown, reader, writer)

    async def ask(
        self, method: str, target: str, body: bytes, media_type: str, within_s: float
    ) -> Answer:
        """Send one request and read its whole answer.

        Raises:
            PeerError: `unreachable` where the connection failed or fell silent, `not-http` where
                it spoke something else, `too-large`, or the peer's own reason for a refusal.
        """
        try:
            async with asyncio.timeout(within_s):
                answer = await self._ask(method, target, body, media_type)
        except TimeoutError as error:
            self.close()
            why = f"{self._address} did not answer within {within_s:g} s"
            raise PeerError(UNREACHABLE, why) from error
        except (OSError, EOFError) as error:
            self.close()
            raise PeerError(UNREACHABLE, f"{self._address}: {error}") from error
        except h11.RemoteProtocolError as error:
            self.close()
            raise PeerError("not-http", f"{self._address}: {error}") from error
        if answer.status not in (200, 204):
            self.close()
            raise _refusal(self._address, answer)
        return answer

    def close(self) -> None:
        """Let go of the connection."""
        self._writer.close()

    async def _ask(self, method: str, target: str, body: bytes, media_type: str) -> Answer:
        headers = [
            ("host", str(self._address)),
            ("content-type", media_type),
            ("content-length", str(len(body))),
        ]
        send = self._http.send
        head = send(h11.Request(method=method, target=target, headers=headers)) or b""
        data = (send(h11.Data(data=body)) or b"") if body else b""
        self._writer.write(head + data + (send(h11.EndOfMessage()) or b""))
        await self._writer.drain()
        answer = await self._read_answer()
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        return answer

    async def _read_answer(self) -> Answer:
        status = 0
        chunks: list[bytes] = []
        size_bytes = 0
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                received = await self._reader.read(_READ_BYTES)
                if not received and not self._http.trailing_data[0]:
                    self._http.receive_data(b"")
                    if status == 0:
                        raise EOFError("the peer closed the connection")
                else:
                    self._http.receive_data(received)
            elif isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                size_bytes += len(event.data)
                if size_bytes > RESPONSE_BODY_BYTES_MAX:
                    self.close()
                    why = f"{self._address} answered more than {RESPONSE_BODY_BYTES_MAX} bytes"
                    raise PeerError("too-large", why)
                chunks.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                return Answer(status, b"".join(chunks))
            elif isinstance(event, h11.ConnectionClosed):
                raise EOFError("the peer closed the connection")


def _not_taken(address: PeerAddress, verify_code: int = 0) -> PeerError:
    """Why the certificate shown is not taken, by OpenSSL's code for it; 0: only the pin says no."""
    another = WRONG_CERTIFICATE, "a certificate that is not the pinned one"
    reason, what = _WORDS_OF_CODE.get(verify_code, another)
    return PeerError(reason, f"{address} showed {what}")


def _refusal(address: PeerAddress, answer: Answer) -> PeerError:
    try:
        problem = json.loads(answer.body)
        reason, detail = str(problem["reason"])[:60], str(problem["detail"])[:300]
    except (ValueError, KeyError, TypeError):
        reason, detail = "refused", answer.body[:120].decode("utf-8", "replace")
    return PeerError(reason, f"{address} answered {answer.status}: {detail}")
