"""Keys and secrets kept in files that only their owner can read."""

from comity.adapters.file_keys.private_file import read_private, write_private
from comity.adapters.file_keys.signing_key import (
    FileSigner,
    SealCost,
    create_signing_key,
    load_signing_key,
)
from comity.adapters.file_keys.tls_identity import (
    TlsIdentity,
    create_tls_identity,
    load_tls_identity,
)
from comity.adapters.file_keys.token_file import check_token, load_token, new_token, token_digest

__all__ = [
    "FileSigner",
    "SealCost",
    "TlsIdentity",
    "check_token",
    "create_signing_key",
    "create_tls_identity",
    "load_signing_key",
    "load_tls_identity",
    "load_token",
    "new_token",
    "read_private",
    "token_digest",
    "write_private",
]
