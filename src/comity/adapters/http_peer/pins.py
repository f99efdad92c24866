"""Who may connect, and as whom: the peers' certificates, swapped while serving, and this node's own."""

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from comity.adapters.http_peer.certificates import (
    certificate_digest,
    certificate_times,
    check_certificate,
)
from comity.kernel.errors import InputError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant

ASKED_DIGITS = 32  # of a certificate's digest in a server name: 128 bits tell any two apart
ASKED_SUFFIX = ".certificate.comity.invalid"  # RFC 2606: nobody's name, so that none is shadowed


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """A certificate that this node can show, and its key: two PEM files."""

    certificate_path: Path
    key_path: Path

    def digest(self) -> str:
        """SHA-256 of the certificate in DER."""
        pem = self.certificate_path.read_text("ascii")
        return certificate_digest(ssl.PEM_cert_to_DER_cert(pem))


class PeerPins:
    """The pinned certificates and the TLS contexts that hold both ends to them.

    TLS 1.3 only, both ends show a certificate, no authority, no names, no session outlives its pin.
    A change holds for the next handshake (`sni_callback`) and, since a connection kept alive
    outlives its pin, for the next request too: the door asks `party_of` each time.

    A party that renews its certificate keeps the older ones for peers that have not heard of it: a
    client that is shown one it does not know asks for the one it pins by a server name (`asked_name`).
    """

    def __init__(self, own: Sequence[OwnCertificate]) -> None:
        """Show these certificates.

        Args:
            own: newest first, at least one; a peer is shown the first unless it asks for another.
        """
        self._own = tuple(own)
        self._own_names = {asked_name(each.digest()): index for index, each in enumerate(own)}
        self._wished: dict[PartyId, tuple[bytes, ...]] = {}
        self._certificates: dict[PartyId, tuple[bytes, ...]] = {}
        self._parties: dict[str, PartyId] = {}
        self._serving: dict[int, ssl.SSLContext] = {}

    @property
    def own_count(self) -> int:
        """How many certificates this node can show."""
        return len(self._own)

    def replace(self, certificates: Mapping[PartyId, Sequence[bytes]]) -> tuple[InputError, ...]:
        """Pin exactly these certificates, DER, a party's newest first, from now on.

        Returns:
            Why some of them are not pinned; the others are.
        """
        wished = {party: tuple(ders) for party, ders in certificates.items()}
        if wished == self._wished:
            return ()
        self._wished = wished
        refused: list[InputError] = []
        self._certificates = {
            party: tuple(der for der in ders if _is_sound(der, party, refused))
            for party, ders in wished.items()
        }
        self._parties = {
            certificate_digest(der): party
            for party, ders in self._certificates.items()
            for der in ders
        }
        self._serving.clear()
        return tuple(refused)

    def party_of(self, digest: str | None) -> PartyId | None:
        """The party whose certificate this is, or None where nobody's pin matches."""
        return None if digest is None else self._parties.get(digest)

    def digests_of(self, party: PartyId) -> tuple[str, ...]:
        """The digests of a party's pinned certificates, newest first; none where it has no pin."""
        return tuple(certificate_digest(der) for der in self._certificates.get(party, ()))

    def times_of(self, party: PartyId) -> tuple[tuple[Instant, Instant], ...]:
        """From when until when each of a party's pinned certificates is valid, newest first."""
        return tuple(certificate_times(der) for der in self._certificates.get(party, ()))

    def server_context(self) -> ssl.SSLContext:
        """A context for the listening side; every handshake on it sees the pins of that moment."""
        context = self._context(ssl.PROTOCOL_TLS_SERVER, self._own[0], ())
        context.sni_callback = self._swap  # called for every handshake, with or without a name
        return context

    def client_context(self, party: PartyId, own_index: int = 0) -> ssl.SSLContext | None:
        """A context that reaches this one party and nobody else; None where it has no pin.

        Args:
            party: the peer.
            own_index: which of this node's own certificates to show, 0 the newest.
        """
        ders = self._certificates.get(party)
        if not ders:
            return None
        return self._context(ssl.PROTOCOL_TLS_CLIENT, self._own[own_index], ders)

    def _swap(self, tls: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
        index = self._own_names.get(name or "", 0)
        if index not in self._serving:
            pinned = tuple(der for ders in self._certificates.values() for der in ders)
            self._serving[index] = self._context(ssl.PROTOCOL_TLS_SERVER, self._own[index], pinned)
        tls.context = self._serving[index]

    def _context(
        self, protocol: int, own: OwnCertificate, pinned_der: tuple[bytes, ...]
    ) -> ssl.SSLContext:
        context = ssl.SSLContext(protocol)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(own.certificate_path, own.key_path)
        context.check_hostname = False  # the pin says who it is, not the name
        context.verify_mode = ssl.CERT_REQUIRED
        if protocol == ssl.PROTOCOL_TLS_SERVER:
            context.num_tickets = 0  # or a removed peer could resume its old session
        for der in pinned_der:
            context.load_verify_locations(cadata=der)
        return context


def asked_name(digest: str) -> str:
    """The server name by which a client asks for one certificate of a server (docs/spec/peering.md)."""
    return digest[:ASKED_DIGITS] + ASKED_SUFFIX


def _is_sound(der: bytes, party: PartyId, refused: list[InputError]) -> bool:
    try:
        check_certificate(der, party)
    except InputError as error:
        refused.append(InputError("certificate", f"of {party}: {error.why}"))
        return False
    return True
