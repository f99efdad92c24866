"""The party's card and node keys in its home, and the root's signature under each."""

from dataclasses import replace
from pathlib import Path

from comity.adapters.file_keys import (
    TlsIdentity,
    create_signing_key,
    create_tls_identity,
    load_signing_key,
    load_tls_identity,
    read_private,
    write_private,
)
from comity.application.ports.entropy import Entropy
from comity.application.ports.signer import Signer
from comity.domain.agreement import (
    KeyStatement,
    PartyCard,
    SignedKeyStatement,
    decode_card,
    encode_card,
    sign_key_statement,
)
from comity.entrypoints.home.layout import HomeLayout
from comity.kernel.errors import InputError, StoreError
from comity.kernel.ids import KeyId, PartyId
from comity.kernel.instants import Instant

OLDER_TLS_KEPT_MAX = 3  # with one renewal each 90 days, a peer may be away for 270 days
NODE_KEY_DAYS = 90  # DESIGN: an offline root signs node keys for at most 90 days
_BACKDATED_S = 300.0  # a peer whose clock is behind must still accept what is signed at once
_DAY_S = 86_400.0


def make_statement(
    party: PartyId,
    node_key: bytes,
    tls_certificate_sha256: str,
    root: Signer,
    at: Instant,
    sequence: int,
    revokes: tuple[KeyId, ...] = (),
) -> SignedKeyStatement:
    """What the root key says of a node key, from a little before now for 90 days."""
    start = at.plus_s(-_BACKDATED_S)
    statement = KeyStatement(
        party=party,
        node_key=node_key,
        not_before=start,
        not_after=start.plus_s(NODE_KEY_DAYS * _DAY_S),
        tls_certificate_sha256=tls_certificate_sha256,
        sequence=sequence,
        revokes=tuple(sorted(revokes)),
    )
    return sign_key_statement(statement, root.sign)


def load_card(path: Path) -> PartyCard:
    """One of this party's own cards, without addresses.

    Raises:
        StoreError: missing, open to others, or damaged.
    """
    try:
        return decode_card(read_private(path).decode("ascii", "replace"))
    except InputError as error:
        raise StoreError("card-malformed", f"{path}: {error}") from error


def save_card(path: Path, card: PartyCard) -> None:
    """Keep one of this party's own cards."""
    write_private(path, f"{encode_card(card)}\n".encode(), replace=True)


def renew_node_key(
    layout: HomeLayout,
    root_key_path: Path,
    passphrase: str | None,
    last_sequence: int,
    at: Instant,
    entropy: Entropy,
    *,
    revoke: bool,
) -> SignedKeyStatement:
    """Make a new node key and TLS certificate beside the old ones, and the root's statement of them.

    The statement goes into the journal next, with the certificate of the card in `layout.next_card`;
    then `use_next_key` puts the new keys in their place.

    Args:
        layout: the home.
        root_key_path: where the root key is at the moment.
        passphrase: of the root key, where it has one.
        last_sequence: number of the party's latest statement.
        at: now.
        entropy: of the new key.
        revoke: whether the key used until now is taken back.

    Raises:
        StoreError: a key file is missing, of the wrong use, or the passphrase is wrong.
        InputError: the root key is not this party's.
    """
    card = load_card(layout.card)
    root = load_signing_key(root_key_path, "root", passphrase)
    if root.public_key != card.root_key:
        raise InputError("root_key", f"{root_key_path} is not the root key of {card.party}")
    old = load_signing_key(layout.node_key, "node")
    layout.next_card.unlink(missing_ok=True)
    for path in (layout.next_node_key, layout.next_tls_key, layout.next_tls_certificate):
        path.unlink(missing_ok=True)
    new = create_signing_key(layout.next_node_key, "node", entropy)
    tls = create_tls_identity(layout.keys, card.party, at, entropy, name="tls.next")
    signed = make_statement(
        card.party,
        new.public_key,
        tls.certificate_digest,
        root,
        at,
        last_sequence + 1,
        (old.key_id,) if revoke else (),
    )
    current = load_card(layout.current_card)
    next_card = replace(current, key=signed, tls_certificate=tls.certificate_der)
    save_card(layout.next_card, next_card)
    return signed


def use_next_key(layout: HomeLayout, key_in_journal: KeyId) -> bool:
    """Put new keys in their place, if they are the ones that the journal names last.

    Called after each renewal and at each start, so that a renewal that was cut short is finished:
    each step may be done again, and the card, by which it is known that one is under way, is last.
    The TLS files until now stay beside, for peers that have not heard of the new ones.
    """
    if not layout.next_card.exists():
        return False
    if load_card(layout.next_card).key.statement.key_id != key_in_journal:
        return False
    if layout.next_node_key.exists():
        layout.next_node_key.replace(layout.node_key)
    if layout.next_tls_key.exists():
        _keep_tls(layout, load_card(layout.current_card).key.statement.sequence)
        layout.next_tls_key.replace(layout.tls_key)
    if layout.next_tls_certificate.exists():
        layout.next_tls_certificate.replace(layout.tls_certificate)
    layout.next_card.replace(layout.current_card)
    return True


def tls_identities(layout: HomeLayout) -> tuple[TlsIdentity, ...]:
    """The TLS certificates that this node can show, newest first.

    Raises:
        StoreError: a file is missing, open to others, or damaged.
    """
    names = layout.older_tls_names()
    older = [load_tls_identity(layout.keys, name) for name in names]
    return (load_tls_identity(layout.keys), *older)


def _keep_tls(layout: HomeLayout, sequence: int) -> None:
    """Keep the TLS files in use under the number of the statement that named them; drop the oldest."""
    name = f"tls.{sequence}"
    for path in (layout.tls_key, layout.tls_certificate):  # the certificate last: it makes the pair
        write_private(layout.keys / f"{name}{path.suffix}", read_private(path), replace=True)
    for dropped in layout.older_tls_names()[OLDER_TLS_KEPT_MAX:]:
        (layout.keys / f"{dropped}.crt").unlink()
        (layout.keys / f"{dropped}.key").unlink(missing_ok=True)
