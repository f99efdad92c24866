"""The DSSE envelope around a payload: one spelling, one signature."""

import base64
import binascii
from dataclasses import dataclass

import msgspec

from comity.domain.records.canonical import PAYLOAD_SIZE_BYTES_MAX
from comity.domain.records.reasons import Reason
from comity.domain.records.signatures import SIGNATURE_SIZE_BYTES, RecordSigner, check_key_id
from comity.kernel.errors import RecordError
from comity.kernel.ids import KeyId
from comity.kernel.invariants import invariant

PAYLOAD_TYPE = "application/vnd.comity.record.v1+json"
SIGNATURES_MAX = 1  # one author, one key; ML-DSA-44 beside Ed25519 will need two
ENVELOPE_SIZE_BYTES_MAX = (
    PAYLOAD_SIZE_BYTES_MAX // 3 * 4 + 4 + 512
)  # base64 and 330 bytes around it


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an envelope holds once its form is checked; nothing in it is verified yet."""

    payload_bytes: bytes
    key_id: KeyId
    signature: bytes


class _Signature(msgspec.Struct, forbid_unknown_fields=True):
    keyid: str
    sig: str


class _Envelope(msgspec.Struct, forbid_unknown_fields=True):
    payload: str
    payloadType: str  # noqa: N815  # the name DSSE gives it
    signatures: list[_Signature]


_decoder = msgspec.json.Decoder(_Envelope)


def signed_message(payload_bytes: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """The bytes that are signed: DSSE's pre-authentication encoding (PAE).

    Source: DSSE v1 protocol, «Signature Definition».
    """
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload_bytes), payload_bytes)


def wrap(payload_bytes: bytes, signer: RecordSigner) -> bytes:
    """Sign a payload and write the envelope."""
    signature = signer.sign(signed_message(payload_bytes))
    invariant(len(signature) == SIGNATURE_SIZE_BYTES, "an Ed25519 signature has 64 bytes")
    return _spell(payload_bytes, signer.key_id, signature)


def unwrap(envelope_bytes: bytes) -> Envelope:
    """Read an envelope in its one spelling.

    Raises:
        RecordError: `envelope-size`, `envelope-form`, `payload-type`, `signature-count`,
            `unknown-algorithm` or `payload-size`.

    Source: docs/spec/record.md §4.
    """
    if len(envelope_bytes) > ENVELOPE_SIZE_BYTES_MAX:
        raise RecordError(
            Reason.ENVELOPE_SIZE, f"{len(envelope_bytes)} bytes, at most {ENVELOPE_SIZE_BYTES_MAX}"
        )
    try:
        parts = _decoder.decode(envelope_bytes)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RecordError(Reason.ENVELOPE_FORM, str(error)) from error
    if parts.payloadType != PAYLOAD_TYPE:
        raise RecordError(Reason.PAYLOAD_TYPE, f"{parts.payloadType[:80]!r} is not {PAYLOAD_TYPE}")
    if len(parts.signatures) != SIGNATURES_MAX:
        raise RecordError(
            Reason.SIGNATURE_COUNT, f"{len(parts.signatures)} signatures, not {SIGNATURES_MAX}"
        )
    key_id = check_key_id(parts.signatures[0].keyid)
    try:
        payload_bytes = binascii.a2b_base64(parts.payload.encode("ascii"), strict_mode=True)
        signature = binascii.a2b_base64(parts.signatures[0].sig.encode("ascii"), strict_mode=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise RecordError(Reason.ENVELOPE_FORM, f"base64: {error}") from error
    if len(signature) != SIGNATURE_SIZE_BYTES:
        raise RecordError(
            Reason.ENVELOPE_FORM,
            f"a signature of {len(signature)} bytes, not {SIGNATURE_SIZE_BYTES}",
        )
    if len(payload_bytes) > PAYLOAD_SIZE_BYTES_MAX:
        raise RecordError(
            Reason.PAYLOAD_SIZE, f"{len(payload_bytes)} bytes, at most {PAYLOAD_SIZE_BYTES_MAX}"
        )
    if _spell(payload_bytes, key_id, signature) != envelope_bytes:
        raise RecordError(Reason.ENVELOPE_FORM, "the bytes differ from the one spelling")
    return Envelope(payload_bytes, key_id, signature)


def _spell(payload_bytes: bytes, key_id: KeyId, signature: bytes) -> bytes:
    return b'{"payload":"%b","payloadType":"%b","signatures":[{"keyid":"%b","sig":"%b"}]}' % (
        base64.b64encode(payload_bytes),
        PAYLOAD_TYPE.encode("ascii"),
        key_id.encode("ascii"),
        base64.b64encode(signature),
    )
