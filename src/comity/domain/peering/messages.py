"""The two messages of peering: a pull request and its response (docs/spec/peering.md)."""

import msgspec

from comity.kernel.errors import PeerError

PROTOCOL_VERSION = 1
ENTRIES_PER_RESPONSE_MAX = 512  # at ~3 kB a record, about 1.5 MB
RESPONSE_SIZE_BYTES_MAX = 16 * 1024 * 1024
REQUEST_SIZE_BYTES_MAX = 64 * 1024
ENTRIES_SIZE_BYTES_MAX = (
    8 * 1024 * 1024
)  # entries stop before this sum; one record is at most 1 MiB
GIVEN_BACK_SIZE_BYTES_MAX = 6 * 1024 * 1024  # beside entries of 8 MiB, in a response of 16 MiB
SALT_SIZE_BYTES = 32
HASH_SIZE_BYTES = 32


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One leaf of a log: the very envelope bytes and the salt of their commitment.

    Attributes:
        erased_sha256: of the envelope, where it was erased; `envelope` is then the stub that is left. Empty else.
    """

    salt: bytes
    envelope: bytes
    erased_sha256: bytes = b""


class PullRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader asks of the owner of a log.

    Attributes:
        protocol: PROTOCOL_VERSION of the sender.
        reader: party id of the sender.
        position: how many leaves of the log owner -> reader the reader holds durably.
        checkpoint: the owner's signed note over `position` leaves as the reader stored it; empty at 0.
        cosignature: the reader's witness cosignature line of that note; empty when nothing new.
        prove_position: asks for a fresh signed note at `position` (after a mismatch).
        recover_from: the reader was restored and holds only so many leaves of its *own* log
            reader -> owner; it asks for the rest. None when nothing is missing.
        wait_s: how long the owner may hold the answer when it has nothing new.
        sent_unix_ms: the reader's clock at sending.
    """

    protocol: int
    reader: str
    position: int
    checkpoint: bytes = b""
    cosignature: bytes = b""
    prove_position: bool = False
    recover_from: int | None = None
    wait_s: float = 0.0
    sent_unix_ms: int = 0


class Recovered(msgspec.Struct, frozen=True):
    """What the owner keeps of the reader's own log, given back after a restore.

    Attributes:
        entries: leaves from `recover_from` on.
        checkpoint: the reader's own signed note over the last of them; empty when there is none.
        size: how many leaves the owner holds of that log.
        lost_until_unix_ms: the owner was restored as well, and what the two told each other before this
            instant of its clock may be lost to both; 0 where it was not.
    """

    entries: tuple[Entry, ...]
    checkpoint: bytes
    size: int
    lost_until_unix_ms: int = 0


class PullResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What the owner answers.

    Attributes:
        protocol: PROTOCOL_VERSION of the sender.
        owner: party id of the sender.
        position: the request's position, given back.
        entries: leaves from `position` on, at most ENTRIES_PER_RESPONSE_MAX.
        checkpoint: signed note over `position + len(entries)` leaves; empty when no entries.
        position_checkpoint: signed note over `position` leaves, when asked for.
        recovered: answer to `recover_from`.
        introduces: the record that names the owner's node key, while the reader may not have it yet:
            the checkpoints are signed with that key. Empty else.
        request_sent_unix_ms: the request's clock, given back.
        received_unix_ms, sent_unix_ms: the owner's clock at receipt and at answering.
    """

    protocol: int
    owner: str
    position: int
    entries: tuple[Entry, ...] = ()
    checkpoint: bytes = b""
    position_checkpoint: bytes = b""
    recovered: Recovered | None = None
    introduces: bytes = b""
    request_sent_unix_ms: int = 0
    received_unix_ms: int = 0
    sent_unix_ms: int = 0


_ENCODER = msgspec.msgpack.Encoder()
_REQUEST_DECODER = msgspec.msgpack.Decoder(PullRequest)
_RESPONSE_DECODER = msgspec.msgpack.Decoder(PullResponse)


def encode_message(message: PullRequest | PullResponse) -> bytes:
    """MessagePack map of the fields above."""
    return _ENCODER.encode(message)


def decode_request(message_bytes: bytes) -> PullRequest:
    """Read a pull request.

    Raises:
        PeerError: `too-large`, `malformed`, `protocol-version`, `position`.
    """
    _check_size(message_bytes, REQUEST_SIZE_BYTES_MAX)
    try:
        request = _REQUEST_DECODER.decode(message_bytes)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PeerError("malformed", str(error)) from error
    _check_protocol(request.protocol)
    if request.position < 0 or (request.recover_from is not None and request.recover_from < 0):
        raise PeerError("position", "a log position is at least 0")
    return request


def decode_response(message_bytes: bytes) -> PullResponse:
    """Read a pull response.

    Raises:
        PeerError: `too-large`, `malformed`, `protocol-version`, `position`.
    """
    _check_size(message_bytes, RESPONSE_SIZE_BYTES_MAX)
    try:
        response = _RESPONSE_DECODER.decode(message_bytes)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PeerError("malformed", str(error)) from error
    _check_protocol(response.protocol)
    if response.position < 0:
        raise PeerError("position", "a log position is at least 0")
    given_back = () if response.recovered is None else response.recovered.entries
    for entries in (response.entries, given_back):
        if len(entries) > ENTRIES_PER_RESPONSE_MAX:
            raise PeerError(
                "too-large", f"{len(entries)} entries, limit {ENTRIES_PER_RESPONSE_MAX}"
            )
        for entry in entries:
            if len(entry.salt) != SALT_SIZE_BYTES:
                raise PeerError(
                    "malformed", f"salt of {len(entry.salt)} bytes, not {SALT_SIZE_BYTES}"
                )
            if len(entry.erased_sha256) not in (0, HASH_SIZE_BYTES):
                size_bytes = len(entry.erased_sha256)
                raise PeerError("malformed", f"a hash of {size_bytes} bytes, not {HASH_SIZE_BYTES}")
    return response


def _check_size(message_bytes: bytes, limit_bytes: int) -> None:
    if len(message_bytes) > limit_bytes:
        raise PeerError("too-large", f"{len(message_bytes)} bytes, limit {limit_bytes}")


def _check_protocol(version: int) -> None:
    if version != PROTOCOL_VERSION:
        raise PeerError("protocol-version", f"peer speaks {version}, this node {PROTOCOL_VERSION}")
