"""Receipts as files, and checks that need no node: of a receipt, of a whole store."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from comity.adapters.sqlite import SqliteRecordStore
from comity.application.accept_record import CARD_KIND
from comity.application.ports.record_store import JournalEntry, RecordStore
from comity.application.verify_store import readable_journal, verify_store
from comity.domain.agreement import KEY_KIND, PartyCard, PartyDirectory, decode_card
from comity.domain.ledger import NoteKey, log_origin, open_receipt, witness_name
from comity.domain.records import (
    decode_canonical,
    open_record,
    unwrap,
    verify_signature,
)
from comity.entrypoints.api.messages import ProofTold
from comity.entrypoints.cli.exit_codes import RefusedError
from comity.entrypoints.cli.files import read_file
from comity.entrypoints.cli.pairing import card_line
from comity.entrypoints.home import HomeLayout
from comity.entrypoints.home.keys import load_card
from comity.kernel.errors import ComityError, InputError, RecordError, StoreError

PROOF_SUFFIX = ".tlog-proof"
RECORD_SUFFIX = ".record.json"
FILE_BYTES_MAX = 2 << 20  # a record is at most 1 MiB


def write_proofs(told: Sequence[ProofTold], folder: Path) -> list[dict[str, str]]:
    """Write each receipt and its record as files.

    Raises:
        StoreError: the folder cannot be written to.
    """
    files = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for each in told:
            record = folder / f"{each.digest}{RECORD_SUFFIX}"
            proof = folder / f"{each.digest}.{each.reader}{PROOF_SUFFIX}"
            record.write_bytes(each.envelope.encode())
            proof.write_bytes(each.proof.encode())
            files.append({"proof": str(proof), "record": str(record), "reader": each.reader})
    except OSError as error:
        raise StoreError("file-write", f"{folder}: {error.strerror}") from error
    return files


def verify_proof(
    proof: Path, record: Path | None, owner_card: str | None, reader_card: str | None, home: Path
) -> dict[str, str]:
    """Check that a reader had stored a record, from files and the parties' keys alone.

    Raises:
        RefusedError: it does not hold.
        InputError: a file or card cannot be read, or a party is not known.
    """
    record = record or proof.with_name(proof.name.partition(".")[0] + RECORD_SUFFIX)
    proof_bytes, envelope_bytes = (
        read_file(proof, FILE_BYTES_MAX),
        read_file(record, FILE_BYTES_MAX),
    )
    known = _directory_of(home, owner_card, reader_card)
    try:
        opened = open_record(envelope_bytes, known.public_key_of)
    except RecordError as error:
        raise RefusedError(f"the record: {error}") from error
    refusal: ComityError = RefusedError("the reader's key is not known: give its card")
    readers = (
        known.parties() if reader_card is None else (decode_card(card_line(reader_card)).party,)
    )
    for reader in readers:
        for witness in known.public_keys(reader):
            for owner in known.public_keys(opened.author):
                log_key = NoteKey(log_origin(opened.author, reader), owner)
                witness_key = NoteKey(witness_name(reader), witness)
                try:
                    receipt = open_receipt(
                        proof_bytes, envelope_bytes, log_key, witness_key, verify_signature
                    )
                except RecordError as error:
                    refusal = RefusedError(f"the receipt: {error}")
                    continue
                return {
                    "record": opened.digest,
                    "owner": opened.author,
                    "reader": reader,
                    "index": str(receipt.index),
                    "cosigned_at": str(receipt.cosignature.cosigned_at),
                }
    raise refusal


def verify_home(home: Path) -> dict[str, Any]:
    """Check a whole store offline.

    Raises:
        StoreError: the store cannot be opened.
    """
    layout = HomeLayout(home)
    directory = PartyDirectory(load_card(layout.card))
    store = SqliteRecordStore(layout.store, read_only=True)
    try:
        _enrol_from_journal(directory, store)
        report = verify_store(store, directory)
    finally:
        store.close()
    return {
        "records": report.records,
        "leaves": report.leaves,
        "quarantined": report.quarantined,
        "checkpoints": report.checkpoints,
        "cosignatures": report.cosignatures,
        "put_down": report.put_down,
        "faults": [str(fault) for fault in report.faults],
    }


def _directory_of(home: Path, owner_card: str | None, reader_card: str | None) -> PartyDirectory:
    """The parties of the cards given; of the home's journal where one is not given."""
    given = [decode_card(card_line(stated)) for stated in (owner_card, reader_card) if stated]
    if len(given) == 2:
        return _enrolled(given)
    layout = HomeLayout(home)
    if not layout.config.exists():
        raise InputError("home", f"{home} is not a node's home; give both cards instead")
    directory = PartyDirectory(load_card(layout.card))
    store = SqliteRecordStore(layout.store, read_only=True)
    try:
        _enrol_from_journal(directory, store)
    finally:
        store.close()
    for card in given:
        directory.enrol(card)
    return directory


def _enrolled(cards: Iterable[PartyCard]) -> PartyDirectory:
    first, *others = cards
    directory = PartyDirectory(first)
    for card in others:
        directory.enrol(card)
    return directory


def _enrol_from_journal(directory: PartyDirectory, store: RecordStore) -> None:
    """Take in every card and key statement that can be read; what cannot, `verify_store` names."""
    with suppress(StoreError):
        for _, entry in readable_journal(store, lambda _position, _error: None):
            with suppress(RecordError, InputError, KeyError, TypeError):
                _enrol_from(directory, entry)


def _enrol_from(directory: PartyDirectory, entry: JournalEntry) -> None:
    payload = decode_canonical(unwrap(entry.envelope_bytes).payload_bytes)
    if payload["kind"] == CARD_KIND:
        directory.enrol(decode_card(payload["body"]["card"]))
    elif payload["kind"] == KEY_KIND:
        resolver = directory.resolver_for(entry.envelope_bytes)
        directory.apply(open_record(entry.envelope_bytes, resolver), entry.received_at)
