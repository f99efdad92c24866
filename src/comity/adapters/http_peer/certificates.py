"""A certificate as a pin: its digest, and the check that it is one."""

import hashlib
import ssl

from cryptography import x509
from cryptography.x509.oid import NameOID

from comity.kernel.errors import InputError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant

CERTIFICATE_BYTES_MAX = 4096  # ours are under 500; an RSA-4096 one of another make is under 2,000


def certificate_digest(certificate_der: bytes) -> str:
    """SHA-256 of a certificate, 64 hex digits: the pin."""
    return hashlib.sha256(certificate_der).hexdigest()


def certificate_times(certificate_der: bytes) -> tuple[Instant, Instant]:
    """From when until when a certificate is valid, both included (RFC 5280 §4.1.2.5)."""
    certificate = x509.load_der_x509_certificate(certificate_der)
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return Instant(int(begins.timestamp()) * 1000), Instant(int(ends.timestamp()) * 1000)


def check_certificate(certificate_der: bytes, party: PartyId) -> None:
    """Refuse what the TLS library would choke on later, while somebody is there to read why.

    The subject must have the party's id as its one common name. The library looks for a pinned
    certificate by its subject first: one that bore another party's name would stand in the way of it.

    Raises:
        InputError: too long, not one DER certificate, or of another name.
    """
    if len(certificate_der) > CERTIFICATE_BYTES_MAX:
        why = f"{len(certificate_der)} bytes, at most {CERTIFICATE_BYTES_MAX}"
        raise InputError("certificate", why)
    try:
        certificate = x509.load_der_x509_certificate(certificate_der)
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=certificate_der)
    except (ValueError, ssl.SSLError) as error:
        raise InputError("certificate", f"not a DER certificate: {error}") from error
    if [name.value for name in names] != [party]:
        raise InputError("certificate", f"its subject's common name is not {party}")
