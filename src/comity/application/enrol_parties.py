"""The parties that a journal names, with every key that ever spoke for them."""

from comity.application.accept_record import CARD_KIND
from comity.application.ports.record_store import RecordStore
from comity.domain.agreement import KEY_KIND, PartyCard, PartyDirectory, decode_card
from comity.domain.records import decode_canonical, open_record, unwrap
from comity.kernel.errors import InputError, RecordError, StoreError


def directory_of(store: RecordStore, card: PartyCard) -> PartyDirectory:
    """The directory of a store, by its party's own card."""
    directory = PartyDirectory(card)
    enrol_from_journal(directory, store)
    return directory


def enrol_from_journal(directory: PartyDirectory, store: RecordStore) -> None:
    """Take in every card and key statement, as far as the journal can be read; the rest is for the check."""
    try:
        for entry in store.journal():
            if entry.erased_sha256 is not None:
                continue  # no card and no key statement is ever erased
            payload = decode_canonical(unwrap(entry.envelope_bytes).payload_bytes)
            if payload["kind"] == CARD_KIND:
                directory.enrol(decode_card(payload["body"]["card"]))
            elif payload["kind"] == KEY_KIND:
                resolver = directory.resolver_for(entry.envelope_bytes)
                directory.apply(open_record(entry.envelope_bytes, resolver), entry.received_at)
    except (StoreError, RecordError, InputError, KeyError, TypeError):
        return  # whatever cannot be read is what `verify_store` then names
