"""The words that two people read to each other."""

from mnemonic import Mnemonic

from comity.domain.agreement import decode_card, pairing_words


def words_of(own_card: str, other_card: str) -> tuple[str, list[str]]:
    """The other party's id and the words made of both cards.

    Raises:
        InputError: a card is damaged, or both are of one party.
    """
    other = decode_card(other_card)
    words = pairing_words(decode_card(own_card), other, Mnemonic("english").wordlist)
    return other.party, list(words)
