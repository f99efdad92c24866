"""Party cards: one line that one person gives another, and words to compare by voice."""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from comity.domain.agreement.key_statement import (
    SignedKeyStatement,
    check_fields,
    from_base64,
    signed_from_body,
    signed_to_body,
)
from comity.domain.agreement.limits import (
    ADDRESS_LENGTH_MAX,
    ADDRESSES_MAX,
    CARD_SIZE_BYTES_MAX,
    CERTIFICATE_SIZE_BYTES_MAX,
    NAME_LENGTH_MAX,
)
from comity.domain.records import check_public_key, decode_canonical, encode_canonical, party_id_of
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import PARTY_ID, PartyId

CARD_PREFIX = "comity-card1:"
CARD_VERSION = 1
PAIRING_PREFIX = b"comity-pairing-v1\x00"
WORDLIST_LENGTH = 2_048  # BIP 39 English: 11 bits a word, told apart by their first four letters

# A liar in the middle makes cards of his own until the words of both sides agree: a birthday
# search over 2^(bits/2) cards. 8 words are 88 bits; each of 2^44 tries costs one scrypt of 16 MiB
# and about 50 ms: 20,000 core-years. Six words and a plain hash would be 2^33 hashes: seconds.
PAIRING_WORDS = 8
_SCRYPT_COST = 1 << 14  # RFC 7914 N, with r = 8 and p = 1
_SCRYPT_BLOCK = 8

_ADDRESS = re.compile(
    r"https://(\[[0-9a-f:.]{2,45}\]|[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)(:\d{1,5})?"
)
_FIELDS = {
    *("addresses", "card_version", "name", "party", "root_key_base64", "signature_base64"),
    *("statement", "tls_certificate_base64"),
}


@dataclass(frozen=True, slots=True)
class PartyCard:
    """A party introduces itself. The card certifies itself; whose it is, people confirm by voice.

    Attributes:
        party: slug and fingerprint of the root key.
        name: as people write it.
        root_key: raw Ed25519 public key of the offline root.
        key: the node key now valid, under the root's signature.
        addresses: where the node can be reached, an https scheme, a host and a port; empty if it only pulls.
        tls_certificate: the node's certificate, DER.
    """

    party: PartyId
    name: str
    root_key: bytes
    key: SignedKeyStatement
    addresses: tuple[str, ...]
    tls_certificate: bytes

    def __post_init__(self) -> None:
        _check_card(self)

    @property
    def node_key(self) -> bytes:
        """The raw public key that the node signs with."""
        return self.key.statement.node_key


def encode_card(card: PartyCard) -> str:
    """The card as one line of text.

    Source: docs/spec/agreement.md §6.
    """
    encoded = base64.urlsafe_b64encode(_card_bytes(card)).rstrip(b"=").decode("ascii")
    return CARD_PREFIX + encoded


def decode_card(line: str) -> PartyCard:
    """Read a card and check everything that it says of itself.

    Raises:
        InputError: the prefix, size, spelling, a field, the party id, the certificate's digest or
            the root's signature is wrong.
    """
    line = line.strip()
    if len(line) > CARD_SIZE_BYTES_MAX:
        raise InputError(
            "card", f"{len(line)} characters, at most {CARD_SIZE_BYTES_MAX} are allowed"
        )
    if not line.startswith(CARD_PREFIX):
        raise InputError("card", f"does not start with {CARD_PREFIX}")
    encoded = line.removeprefix(CARD_PREFIX)
    try:
        card_bytes = base64.b64decode(encoded + "=" * (-len(encoded) % 4), b"-_", validate=True)
        fields = decode_canonical(card_bytes)
    except (ValueError, RecordError) as error:
        raise InputError("card", f"damaged, copy it again: {error}") from error
    check_fields(fields, "card", _FIELDS)
    if fields["card_version"] != CARD_VERSION:
        why = f"{fields['card_version']!r}; this version reads {CARD_VERSION}"
        raise InputError("card_version", why)
    for name in ("name", "party"):
        if type(fields[name]) is not str:
            raise InputError(name, "is not a text")
    addresses = fields["addresses"]
    if type(addresses) is not list or any(type(each) is not str for each in addresses):
        raise InputError("addresses", "is not a list of texts")
    body = {name: fields[name] for name in ("signature_base64", "statement")}
    card = PartyCard(
        party=PartyId(fields["party"]),
        name=fields["name"],
        root_key=from_base64(fields["root_key_base64"], "root_key_base64"),
        key=signed_from_body(body),
        addresses=tuple(addresses),
        tls_certificate=from_base64(fields["tls_certificate_base64"], "tls_certificate_base64"),
    )
    if encode_card(card) != line:
        raise InputError("card", "is not the one spelling of what it says")
    return card


def pairing_words(
    card_a: PartyCard, card_b: PartyCard, wordlist: Sequence[str], count: int = PAIRING_WORDS
) -> tuple[str, ...]:
    """Words that two people read to each other: equal only where both hold the same two cards.

    Args:
        card_a: either party's card.
        card_b: the other's; the order does not matter.
        wordlist: 2048 different words; the same list on both sides.
        count: how many words.

    Raises:
        InputError: the two cards are of one party, or the word list has another length.

    Source: docs/spec/agreement.md §6.
    """
    if card_a.party == card_b.party or card_a.root_key == card_b.root_key:
        raise InputError("card", f"both cards are of {card_a.party}")
    if len(wordlist) != WORDLIST_LENGTH or len(set(wordlist)) != WORDLIST_LENGTH:
        why = f"{len(wordlist)} words, not {WORDLIST_LENGTH} different ones"
        raise InputError("wordlist", why)
    digests = sorted(hashlib.sha256(_card_bytes(card)).digest() for card in (card_a, card_b))
    size_bytes = (count * 11 + 7) // 8
    stretched = hashlib.scrypt(
        digests[0] + digests[1],
        salt=PAIRING_PREFIX,
        n=_SCRYPT_COST,
        r=_SCRYPT_BLOCK,
        p=1,
        dklen=size_bytes,
    )
    bits = int.from_bytes(stretched, "big") >> (size_bytes * 8 - count * 11)
    places = [(bits >> (11 * (count - 1 - index))) % WORDLIST_LENGTH for index in range(count)]
    return tuple(wordlist[place] for place in places)


def _card_bytes(card: PartyCard) -> bytes:
    return encode_canonical(
        {
            "addresses": list(card.addresses),
            "card_version": CARD_VERSION,
            "name": card.name,
            "party": card.party,
            "root_key_base64": base64.b64encode(card.root_key).decode("ascii"),
            "tls_certificate_base64": base64.b64encode(card.tls_certificate).decode("ascii"),
            **signed_to_body(card.key),
        }
    )


def _check_card(card: PartyCard) -> None:
    if PARTY_ID.fullmatch(card.party) is None:
        raise InputError("party", f"{card.party[:80]!r} is not of the form {PARTY_ID.pattern}")
    if not card.name.strip() or len(card.name) > NAME_LENGTH_MAX or not card.name.isprintable():
        raise InputError("name", f"1 to {NAME_LENGTH_MAX} printable characters, not all blank")
    try:
        check_public_key(card.root_key)
    except RecordError as error:
        raise InputError("root_key", error.detail) from error
    expected = party_id_of(card.party.partition(".")[0], card.root_key)
    if card.party != expected:
        raise InputError("party", f"{card.party} does not belong to this root key: {expected}")
    if card.node_key == card.root_key:
        raise InputError("node_key", "is the root key; the root stays offline")
    if card.key.statement.party != card.party or not card.key.holds_under(card.root_key):
        raise InputError(
            "signature", f"the key statement is not signed by the root of {card.party}"
        )
    if len(card.addresses) > ADDRESSES_MAX or len(set(card.addresses)) != len(card.addresses):
        raise InputError("addresses", f"{len(card.addresses)}; at most {ADDRESSES_MAX}, none twice")
    for index, address in enumerate(card.addresses):
        if len(address) > ADDRESS_LENGTH_MAX or _ADDRESS.fullmatch(address) is None:
            raise InputError(
                f"addresses[{index}]", f"{address[:80]!r} is not an https address of host and port"
            )
    if not 1 <= len(card.tls_certificate) <= CERTIFICATE_SIZE_BYTES_MAX:
        why = f"{len(card.tls_certificate)} bytes, 1 to {CERTIFICATE_SIZE_BYTES_MAX} are allowed"
        raise InputError("tls_certificate", why)
    digest = hashlib.sha256(card.tls_certificate).hexdigest()
    if digest != card.key.statement.tls_certificate_sha256:
        raise InputError("tls_certificate", "is not the one that the root key signed for")
