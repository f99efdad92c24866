"""A journalled record as it stands: whole, or what an erasure left of it."""

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from comity.domain.records import ErasedRecord, Record, make_stub, open_record, open_stub
from comity.domain.sites import without_site
from comity.kernel.errors import StoreError
from comity.kernel.ids import RecordDigest, SiteId

if TYPE_CHECKING:
    from comity.application.node import Node


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """A record or its stub, and the SHA-256 that its envelope has or had."""

    record: Record | ErasedRecord
    envelope_sha256: bytes

    def stub_without(self, sites: tuple[SiteId, ...]) -> bytes:
        """What is left of it when it says nothing of these sites."""
        body = self.record.body
        for site in sites:
            body = without_site(body, site)
        return make_stub(self.record, body)


def kept_record(node: "Node", digest: RecordDigest) -> KeptRecord:
    """Read one from the store.

    Raises:
        StoreError: `journal`: it is not there.
    """
    erased = node.store.stub(digest)
    if erased is not None:
        return KeptRecord(open_stub(digest, erased.stub_bytes), erased.envelope_sha256)
    envelope_bytes = node.store.read(digest)
    if envelope_bytes is None:
        raise StoreError("journal", f"record {digest} is not there")
    record = open_record(envelope_bytes, node.directory.resolver_for(envelope_bytes))
    return KeptRecord(record, sha256(envelope_bytes).digest())
