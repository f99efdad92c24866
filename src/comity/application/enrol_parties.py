"""The parties that a journal names, with every key that ever spoke for them."""

from contextlib import suppress

from comity.application.accept_record import CARD_KIND
from comity.application.ports.record_store import JournalEntry, RecordStore
from comity.application.verify_store import readable_journal
from comity.domain.agreement import KEY_KIND, PartyCard, PartyDirectory, decode_card
from comity.domain.records import decode_canonical, open_record, unwrap
from comity.kernel.errors import InputError, RecordError, StoreError


def directory_of(store: RecordStore, card: PartyCard) -> PartyDirectory:
    """The directory of a store, by its party's own card."""
    directory = PartyDirectory(card)
    enrol_from_journal(directory, store)
    return directory


def enrol_from_journal(directory: PartyDirectory, store: RecordStore) -> None:
    """Take in every card and key statement that can be read; what cannot, `verify_store` names."""
    with suppress(StoreError):
        for _, entry in readable_journal(store, lambda _position, _error: None):
            if entry.erased_sha256 is None:  # no card and no key statement is ever erased
                with suppress(RecordError, InputError, KeyError, TypeError):
                    _enrol_from(directory, entry)


def _enrol_from(directory: PartyDirectory, entry: JournalEntry) -> None:
    payload = decode_canonical(unwrap(entry.envelope_bytes).payload_bytes)
    if payload["kind"] == CARD_KIND:
        directory.enrol(decode_card(payload["body"]["card"]))
    elif payload["kind"] == KEY_KIND:
        resolver = directory.resolver_for(entry.envelope_bytes)
        directory.apply(open_record(entry.envelope_bytes, resolver), entry.received_at)
