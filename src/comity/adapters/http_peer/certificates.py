"""A certificate as a pin: its digest, and the check that it is one."""

import hashlib

from cryptography import x509

from comity.kernel.errors import InputError

CERTIFICATE_BYTES_MAX = 4096  # ours are under 400; an RSA-4096 one of another make is under 2,000


def certificate_digest(certificate_der: bytes) -> str:
    """SHA-256 of a certificate, 64 hex digits: the pin."""
    return hashlib.sha256(certificate_der).hexdigest()


def check_certificate(certificate_der: bytes) -> None:
    """Refuse what the TLS library would choke on later, while a person is there to read why.

    Raises:
        InputError: too long, or not one DER certificate.
    """
    if len(certificate_der) > CERTIFICATE_BYTES_MAX:
        why = f"{len(certificate_der)} bytes, at most {CERTIFICATE_BYTES_MAX}"
        raise InputError("certificate", why)
    try:
        x509.load_der_x509_certificate(certificate_der)
    except ValueError as error:
        raise InputError("certificate", f"not a DER certificate: {error}") from error
