"""The node's TLS key and self-signed certificate. Peers pin it; no authority vouches."""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from comity.adapters.file_keys.private_file import read_private, write_private
from comity.application.ports.entropy import Entropy
from comity.kernel.errors import StoreError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant

IN_USE = "tls"  # of the files tls.key and tls.crt
VALID_DAYS = (
    3650  # it is renewed with each node key, and the root's statement ends its use, not its date
)
_BACKDATED_S = 300.0  # a peer whose clock is behind must still be able to load it
_SEED_BYTES = 32
_SERIAL_BYTES = 16  # RFC 5280 section 4.1.2.2: positive, at most 20 octets


@dataclass(frozen=True, slots=True)
class TlsIdentity:
    """Where the key and certificate lie, and the certificate's bytes for peers to pin."""

    key_path: Path
    certificate_path: Path
    certificate_der: bytes

    @property
    def certificate_digest(self) -> str:
        """SHA-256 of the certificate in DER: 64 lower-case hex digits."""
        return hashlib.sha256(self.certificate_der).hexdigest()


def create_tls_identity(
    folder: Path,
    party: PartyId,
    at: Instant,
    entropy: Entropy,
    *,
    name: str = IN_USE,
    replace: bool = False,
) -> TlsIdentity:
    """Make an Ed25519 key and a certificate that names the party, in two private files.

    Args:
        folder: where.
        party: whose; the certificate's common name.
        at: now.
        entropy: of the key and the serial number.
        name: of both files, before `.key` and `.crt`.
        replace: whether they may take the place of others.

    Raises:
        StoreError: `file-exists`, `file-write`.
    """
    key = Ed25519PrivateKey.from_private_bytes(entropy.token(_SEED_BYTES))
    certificate = _certificate(key, party, at, entropy)
    key_pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_private(folder / f"{name}.key", key_pem, replace=replace)
    write_private(folder / f"{name}.crt", certificate.public_bytes(Encoding.PEM), replace=replace)
    return load_tls_identity(folder, name)


def load_tls_identity(folder: Path, name: str = IN_USE) -> TlsIdentity:
    """Find both files, private and belonging together.

    Raises:
        StoreError: those of `read_private`; `tls-malformed`.
    """
    key_path, certificate_path = folder / f"{name}.key", folder / f"{name}.crt"
    key_pem, certificate_pem = read_private(key_path), read_private(certificate_path)
    try:
        key = load_pem_private_key(key_pem, password=None)
        certificate = x509.load_pem_x509_certificate(certificate_pem)
    except (ValueError, TypeError) as error:
        raise StoreError("tls-malformed", f"{folder}: {error}") from error
    public_key = certificate.public_key()
    if not isinstance(key, Ed25519PrivateKey) or not isinstance(public_key, Ed25519PublicKey):
        raise StoreError("tls-malformed", f"{folder}: the key is not Ed25519")
    if key.public_key() != public_key:
        raise StoreError("tls-malformed", f"{certificate_path} does not belong to {key_path}")
    try:
        public_key.verify(certificate.signature, certificate.tbs_certificate_bytes)
    except InvalidSignature as error:
        raise StoreError("tls-malformed", f"{certificate_path}: its signature is wrong") from error
    return TlsIdentity(key_path, certificate_path, certificate.public_bytes(Encoding.DER))


def _certificate(
    key: Ed25519PrivateKey, party: PartyId, at: Instant, entropy: Entropy
) -> x509.Certificate:
    serial = 1 + int.from_bytes(entropy.token(_SERIAL_BYTES))
    # TLS libraries look a pinned certificate up by its subject: two of one party must differ in it.
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, str(party)),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, f"{serial:x}"),
        ]
    )
    start = datetime.fromtimestamp(int(at.plus_s(-_BACKDATED_S).unix_s), UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, None)
    )
