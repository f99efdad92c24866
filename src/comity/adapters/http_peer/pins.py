"""Who may connect: the peers' certificates, swapped while serving."""

import ssl
from collections.abc import Mapping
from pathlib import Path

from comity.adapters.http_peer.certificates import certificate_digest, check_certificate
from comity.kernel.ids import PartyId


class PeerPins:
    """The pinned certificates and the TLS contexts that hold both ends to them.

    TLS 1.3 only, both ends show a certificate, no authority, no names, no session outlives its pin.
    A change holds for the next handshake (`sni_callback`) and, since a connection kept alive
    outlives its pin, for the next request too: the door asks `party_of` each time.
    """

    def __init__(self, certificate_path: Path, key_path: Path) -> None:
        self._certificate_path = certificate_path
        self._key_path = key_path
        self._certificates: dict[PartyId, bytes] = {}
        self._parties: dict[str, PartyId] = {}
        self._serving: ssl.SSLContext | None = None

    def replace(self, certificates: Mapping[PartyId, bytes]) -> None:
        """Pin exactly these certificates, DER, from now on.

        Raises:
            InputError: one of them is not a certificate; nothing was changed.
        """
        if dict(certificates) == self._certificates:
            return
        for der in certificates.values():
            check_certificate(der)
        self._certificates = dict(certificates)
        self._parties = {certificate_digest(der): party for party, der in certificates.items()}
        self._serving = None

    def party_of(self, digest: str | None) -> PartyId | None:
        """The party whose certificate this is, or None where nobody's pin matches."""
        return None if digest is None else self._parties.get(digest)

    def digest_of(self, party: PartyId) -> str | None:
        """The digest of a party's pinned certificate, or None where it has no pin."""
        der = self._certificates.get(party)
        return None if der is None else certificate_digest(der)

    def server_context(self) -> ssl.SSLContext:
        """A context for the listening side; every handshake on it sees the pins of that moment."""
        context = self._context(ssl.PROTOCOL_TLS_SERVER, ())
        context.sni_callback = self._swap  # called for every handshake, with or without a name
        return context

    def client_context(self, party: PartyId) -> ssl.SSLContext | None:
        """A context that reaches this one party and nobody else; None where it has no pin."""
        der = self._certificates.get(party)
        return None if der is None else self._context(ssl.PROTOCOL_TLS_CLIENT, (der,))

    def _swap(self, tls: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        if self._serving is None:
            self._serving = self._context(
                ssl.PROTOCOL_TLS_SERVER, tuple(self._certificates.values())
            )
        tls.context = self._serving

    def _context(self, protocol: int, pinned_der: tuple[bytes, ...]) -> ssl.SSLContext:
        context = ssl.SSLContext(protocol)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(self._certificate_path, self._key_path)
        context.check_hostname = False  # the pin says who it is, not the name
        context.verify_mode = ssl.CERT_REQUIRED
        if protocol == ssl.PROTOCOL_TLS_SERVER:
            context.num_tickets = 0  # or a removed peer could resume its old session
        for der in pinned_der:
            context.load_verify_locations(cadata=der)
        return context
