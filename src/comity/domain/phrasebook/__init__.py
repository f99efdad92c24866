"""Numbered phrases in several languages: what a message sent by number says to each side."""

from comity.domain.phrasebook.book import (
    Language,
    Meaning,
    Phrase,
    Phrasebook,
    SlotKind,
    phrasebook_digest,
)
from comity.domain.phrasebook.message import PhraseMessage, message_from_body, message_to_body
from comity.domain.phrasebook.parse import MEANINGS_FILE, parse_phrasebook
from comity.domain.phrasebook.render import Rendered, render
from comity.domain.phrasebook.slots import NAME_LENGTH_MAX, NUMBER_MAX, Place, SlotValue, slot_words
from comity.domain.phrasebook.written import PhraseWritten, written_from_body

__all__ = [
    "MEANINGS_FILE",
    "NAME_LENGTH_MAX",
    "NUMBER_MAX",
    "Language",
    "Meaning",
    "Phrase",
    "PhraseMessage",
    "PhraseWritten",
    "Phrasebook",
    "Place",
    "Rendered",
    "SlotKind",
    "SlotValue",
    "message_from_body",
    "message_to_body",
    "parse_phrasebook",
    "phrasebook_digest",
    "render",
    "slot_words",
    "written_from_body",
]
