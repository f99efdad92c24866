"""What stays of a record whose bytes were erased: a stub, which a signed erasure vouches for.

The stub is the record's payload with what was erased left out. No signature of its own covers it: whoever reads
one compares its SHA-256 with that in the record that erased it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from comity.domain.records.canonical import decode_canonical, encode_canonical
from comity.domain.records.envelope import unwrap
from comity.domain.records.record import Record, fields_of_payload
from comity.kernel.errors import RecordError
from comity.kernel.ids import KeyId, RecordDigest

_STUB: Final = "comity_stub"


@dataclass(frozen=True, slots=True)
class ErasedRecord(Record):
    """A record of which only a stub is left; its envelope is gone."""


def make_stub(record: Record, body: Mapping[str, Any]) -> bytes:
    """The stub of a record, or of what an earlier erasure left of it.

    Args:
        record: as it stands.
        body: its body without what is to go.
    """
    payload = {
        "author": record.author,
        "body": dict(body),
        "exercise": record.exercise,
        "expires_at": None if record.expires_at is None else str(record.expires_at),
        "kind": record.kind,
        "kind_version": record.kind_version,
        "labels": list(record.labels),
        "made_at": str(record.made_at),
        "operator": record.operator,
        "previous": record.previous,
        "recipients": list(record.recipients),
        "sequence": record.sequence,
    }
    return encode_canonical({_STUB: {"key_id": record.key_id, "payload": payload}})


def payload_of_stub(stub_bytes: bytes) -> Mapping[str, Any]:
    """The payload in a stub, as far as it is left; its fields are not checked.

    Raises:
        RecordError: it is none.
    """
    payload: Mapping[str, Any] = _stub(stub_bytes).get("payload") or {}
    return payload


def payload_of_kept(kept_bytes: bytes, *, erased: bool) -> Mapping[str, Any]:
    """The payload of a record as a store keeps it: its envelope, or the stub that is left of it.

    Raises:
        RecordError: it cannot be read.
    """
    if erased:
        return payload_of_stub(kept_bytes)
    payload: Mapping[str, Any] = decode_canonical(unwrap(kept_bytes).payload_bytes)
    return payload


def open_stub(digest: RecordDigest, stub_bytes: bytes) -> ErasedRecord:
    """Read a stub. Nothing vouches for it but the erasure that names its SHA-256.

    Raises:
        RecordError: it is none.
    """
    stub = _stub(stub_bytes)
    fields = fields_of_payload(stub.get("payload"))
    return ErasedRecord(
        digest=digest, envelope_bytes=stub_bytes, key_id=KeyId(stub["key_id"]), **fields
    )


def _stub(stub_bytes: bytes) -> dict[str, Any]:
    value = decode_canonical(stub_bytes)
    stub = value.get(_STUB) if type(value) is dict else None
    if type(stub) is not dict or type(stub.get("key_id")) is not str:
        raise RecordError("not-json", "what is left of an erased record is no stub")
    return stub
