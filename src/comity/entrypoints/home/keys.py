"""The party's card and node keys in its home, and the root's signature under each."""

from dataclasses import replace
from pathlib import Path

from comity.adapters.file_keys import (
    create_signing_key,
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
    """Make a new node key beside the old one, and the root's statement about it.

    The statement goes into the journal next; then `use_next_key` puts the new key in its place.

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
    layout.next_node_key.unlink(missing_ok=True)
    layout.next_card.unlink(missing_ok=True)
    new = create_signing_key(layout.next_node_key, "node", entropy)
    signed = make_statement(
        card.party,
        new.public_key,
        load_tls_identity(layout.keys).certificate_digest,
        root,
        at,
        last_sequence + 1,
        (old.key_id,) if revoke else (),
    )
    save_card(layout.next_card, replace(load_card(layout.current_card), key=signed))
    return signed


def use_next_key(layout: HomeLayout, key_in_journal: KeyId) -> bool:
    """Put a new node key in its place, if it is the one that the journal names last.

    Called after each renewal and at each start, so that a renewal that was cut short is finished.
    """
    if not layout.next_card.exists():
        return False
    if load_card(layout.next_card).key.statement.key_id != key_in_journal:
        return False
    if layout.next_node_key.exists():
        layout.next_node_key.replace(layout.node_key)
    layout.next_card.replace(layout.current_card)
    return True
