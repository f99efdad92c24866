"""Evidence bundles: records, proofs and keys that verify offline (docs/spec/bundle.md)."""

from comity.domain.evidence.archive import (
    MANIFEST_NAME,
    PARTIES_NAME,
    EntryHead,
    Read,
    write_archive,
)
from comity.domain.evidence.log_file import (
    LogHead,
    ShownLeaf,
    WithheldLeaf,
    encode_leaf,
    encode_log_head,
)
from comity.domain.evidence.manifest import (
    BUNDLE_KIND,
    KINDS,
    STAMP_MEDIA_TYPE,
    STAMP_NAME,
    CustodyStep,
    ListedFile,
    Manifest,
    Material,
    manifest_draft,
    manifest_from_body,
    manifest_to_body,
    read_manifest,
    stamp_message,
    time_stamp_of,
)
from comity.domain.evidence.parties import BundleKeys, BundleParty, decode_parties, encode_parties
from comity.domain.evidence.reasons import BundleReason
from comity.domain.evidence.verify import (
    PlacedRecord,
    VerifiedBundle,
    VerifiedLog,
    WithheldPlace,
    verify_bundle,
)

__all__ = [
    "BUNDLE_KIND",
    "KINDS",
    "MANIFEST_NAME",
    "PARTIES_NAME",
    "STAMP_MEDIA_TYPE",
    "STAMP_NAME",
    "BundleKeys",
    "BundleParty",
    "BundleReason",
    "CustodyStep",
    "EntryHead",
    "ListedFile",
    "LogHead",
    "Manifest",
    "Material",
    "PlacedRecord",
    "Read",
    "ShownLeaf",
    "VerifiedBundle",
    "VerifiedLog",
    "WithheldLeaf",
    "WithheldPlace",
    "decode_parties",
    "encode_leaf",
    "encode_log_head",
    "encode_parties",
    "manifest_draft",
    "manifest_from_body",
    "manifest_to_body",
    "read_manifest",
    "stamp_message",
    "time_stamp_of",
    "verify_bundle",
    "write_archive",
]
