"""Time-stamp replies: read within limits, and checked against the roots that a person trusts.

Source: RFC 3161 §2.4.2; docs/spec/bundle.md §3.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from rfc3161_client import (
    TimeStampRequest,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from comity.kernel.errors import InputError, RecordError
from comity.kernel.instants import Instant

REPLY_BYTES_MAX = 64 << 10  # a reply with a chain of three certificates has about 6 KB
ROOTS_BYTES_MAX = 1 << 20
_SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")
_GRANTED = frozenset({0, 1})


@dataclass(frozen=True, slots=True)
class Stamped:
    """What a reply says that its authority saw, and when.

    Attributes:
        at: by the authority's clock.
        serial: of the token, as the authority counts.
    """

    at: Instant
    serial: int


def roots_in(content: bytes) -> list[x509.Certificate]:
    """Certificates of a PEM file, or the one of a DER file.

    Raises:
        InputError: none can be read.
    """
    if len(content) > ROOTS_BYTES_MAX:
        raise InputError("time-stamp-root", f"more than {ROOTS_BYTES_MAX} bytes")
    try:
        if b"-----BEGIN" in content:
            return x509.load_pem_x509_certificates(content)
        return [x509.load_der_x509_certificate(content)]
    except ValueError as error:
        raise InputError("time-stamp-root", "no certificate, PEM or DER, can be read") from error


def read_reply(reply_bytes: bytes, message: bytes) -> tuple[TimeStampResponse, Stamped]:
    """Read a reply that grants a stamp over a message. Who signed it is not looked at.

    Raises:
        RecordError: `time-stamp`: no reply, not granted, or over something else.
    """
    if len(reply_bytes) > REPLY_BYTES_MAX:
        raise RecordError("time-stamp", f"more than {REPLY_BYTES_MAX} bytes")
    try:
        reply = decode_timestamp_response(reply_bytes)
        if reply.status not in _GRANTED:
            raise RecordError("time-stamp", f"not granted: status {reply.status}")
        info = reply.tst_info
        imprint = info.message_imprint
        algorithm, stated = imprint.hash_algorithm, bytes(imprint.message)
        at, serial = Instant(round(info.gen_time.timestamp() * 1000)), int(info.serial_number)
    except (ValueError, TypeError, OverflowError, InputError) as error:
        raise RecordError("time-stamp", f"no reply of RFC 3161: {error}"[:200]) from error
    if algorithm != _SHA256 or stated != hashlib.sha256(message).digest():
        raise RecordError("time-stamp", "it is over something else than the files listed before it")
    return reply, Stamped(at, serial)


def check_stamp(
    reply_bytes: bytes,
    message: bytes,
    roots: Sequence[x509.Certificate],
    request: TimeStampRequest | None = None,
) -> Stamped:
    """Check a reply completely: over this message, signed for time-stamping, under one of these roots.

    Args:
        reply_bytes: the reply, as stored.
        message: what it is to be over; its SHA-256 is compared.
        roots: trusted; certificates must have been valid at the time stamped.
        request: whose nonce it must answer, where it is at hand.

    Raises:
        RecordError: `time-stamp`: it does not hold.
    """
    reply, stamped = read_reply(reply_bytes, message)
    builder = VerifierBuilder(roots=list(roots), nonce=None if request is None else request.nonce)
    try:
        builder.build().verify(reply, hashlib.sha256(message).digest())
    except (VerificationError, ValueError) as error:
        raise RecordError("time-stamp", _in_words(str(error))) from error
    return stamped


def _in_words(told: str) -> str:
    """What the library found, without the stack of OpenSSL that it prints."""
    chain = re.search(r'"Verify error: ?([^"]*)"', told)
    if chain is not None:
        return (
            "no chain that holds leads from its signer to a certificate given with --time-stamp-root"
            f" ({chain.group(1)[:80]})"
        )
    if "ErrorStack" in told:
        return "its signature does not hold: it was not made by the signer's key over this token"
    return f"its signature does not hold: {told}"[:200]
