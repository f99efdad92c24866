"""The closed list of codes of docs/spec/bundle.md."""

from enum import StrEnum


class BundleReason(StrEnum):
    """Why a bundle was refused. Every verifier refuses alike."""

    BUNDLE_SIZE = "bundle-size"
    BUNDLE_FORM = "bundle-form"
    BUNDLE_NAME = "bundle-name"
    MANIFEST_FORM = "manifest-form"
    FILE_MISMATCH = "file-mismatch"
    PARTIES_FORM = "parties-form"
    ROOT_KEY = "root-key"
    KEY_STATEMENT = "key-statement"
    KEY_SHARED = "key-shared"
    UNKNOWN_PARTY = "unknown-party"
    KEY_EXPIRED = "key-expired"
    KEY_REVOKED = "key-revoked"
    LOG_FORM = "log-form"
    LOG_ORDER = "log-order"
    LEAF_ORDER = "leaf-order"
    WRONG_LOG = "wrong-log"
