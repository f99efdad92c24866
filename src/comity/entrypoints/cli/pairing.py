"""The words that two people read to each other."""

from pathlib import Path

from mnemonic import Mnemonic

from comity.domain.agreement import decode_card, pairing_words
from comity.entrypoints.cli.files import read_file

CARD_BYTES_MAX = 32_768  # a card has at most 16,384 characters; its reader says so


def words_of(own_card: str, other_card: str) -> tuple[str, list[str]]:
    """The other party's id and the words made of both cards.

    Raises:
        InputError: a card is damaged, or both are of one party.
    """
    other = decode_card(other_card)
    words = pairing_words(decode_card(own_card), other, Mnemonic("english").wordlist)
    return other.party, list(words)


def card_line(stated: str) -> str:
    """A card, given as it is or by the name of its file.

    Raises:
        InputError: the file cannot be read.
    """
    if stated.startswith("comity-card"):
        return stated
    return read_file(Path(stated), CARD_BYTES_MAX).decode("ascii", "replace").strip()
