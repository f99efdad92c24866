"""RFC 3161 replies for the vectors, the same bytes each time: DER by hand, ECDSA by OpenSSL with the nonce of RFC 6979.

Keys are made from names and belong to nobody. Nothing here imports comity.
"""

import hashlib
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

BEGINS, ENDS = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
AT = "20261122173000Z"
_ORDER = (
    0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256, SEC 2 §2.4.2
)
_SHA256 = "2.16.840.1.101.3.4.2.1"
_ECDSA_SHA256 = "1.2.840.10045.4.3.2"


class Authority:
    """A root, and a signer under it whose certificate is for time-stamping alone."""

    def __init__(self, name: str) -> None:
        self._name = name
        root_key, self._key = _key(f"{name} root"), _key(f"{name} signer")
        issuer = _named(f"Invented root {name}")
        self.root = _certificate(issuer, issuer, root_key, root_key, ca=True)
        self._signer = _certificate(
            _named(f"Invented {name}"), issuer, self._key, root_key, ca=False
        )

    def root_pem(self) -> bytes:
        """The root's certificate."""
        return self.root.public_bytes(Encoding.PEM)

    def reply(self, message: bytes) -> bytes:
        """A reply that grants a token over a message, at `AT`."""
        imprint = _sequence(_algorithm(_SHA256), _octets(hashlib.sha256(message).digest()))
        info = _sequence(
            _integer(1), _oid("1.2.3.4.1"), imprint, _integer(7), _der(0x18, AT.encode())
        )
        granted = _sequence(_integer(0))
        signed = _sequence(_oid("1.2.840.113549.1.7.2"), _der(0xA0, self._signed_data(info)))
        return _sequence(granted, signed)

    def _signed_data(self, info: bytes) -> bytes:
        certificate = self._signer.public_bytes(Encoding.DER)
        stamp_type = _oid("1.2.840.113549.1.9.16.1.4")
        named = _sequence(_sequence(_sequence(_octets(hashlib.sha256(certificate).digest()))))
        attributes = b"".join(
            sorted(
                (
                    _attribute("1.2.840.113549.1.9.3", stamp_type),
                    _attribute("1.2.840.113549.1.9.4", _octets(hashlib.sha256(info).digest())),
                    _attribute("1.2.840.113549.1.9.16.2.47", named),
                )
            )
        )
        over = _der(0x31, attributes)
        signature = self._key.sign(over, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        issuer = self._signer.issuer.public_bytes()
        signer = _sequence(
            _integer(1),
            _sequence(issuer, _integer(self._signer.serial_number)),
            _algorithm(_SHA256),
            _der(0xA0, attributes),
            _sequence(_oid(_ECDSA_SHA256)),
            _octets(signature),
        )
        return _sequence(
            _integer(3),
            _der(0x31, _algorithm(_SHA256)),
            _sequence(stamp_type, _der(0xA0, _octets(info))),
            _der(0xA0, certificate),
            _der(0x31, signer),
        )


def _key(name: str) -> ec.EllipticCurvePrivateKey:
    seed = int.from_bytes(
        hashlib.sha256(f"comity vector authority {name}".encode()).digest(), "big"
    )
    return ec.derive_private_key(1 + seed % (_ORDER - 1), ec.SECP256R1())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    by: ec.EllipticCurvePrivateKey,
    *,
    ca: bool,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(1 if ca else 7)
        .not_valid_before(BEGINS)
        .not_valid_after(ENDS)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        use = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(use, critical=True)
    return builder.sign(by, hashes.SHA256(), ecdsa_deterministic=True)


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _sequence(*parts: bytes) -> bytes:
    return _der(0x30, b"".join(parts))


def _octets(content: bytes) -> bytes:
    return _der(0x04, content)


def _integer(value: int) -> bytes:
    return _der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    content = b""
    for arc in (40 * first + second, *rest):
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.append(0x80 | arc & 0x7F)
        content += bytes(reversed(digits))
    return _der(0x06, content)


def _algorithm(dotted: str) -> bytes:
    return _sequence(_oid(dotted), _der(0x05, b""))


def _attribute(dotted: str, value: bytes) -> bytes:
    return _sequence(_oid(dotted), _der(0x31, value))
