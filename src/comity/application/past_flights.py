"""Flights that left the book of intents, shown from their records in the store."""

from collections.abc import Collection, Sequence

from comity.application.node import Node
from comity.domain.airspace import Footprint, Minima
from comity.domain.intents import Finding, IntentBook, IntentView, Receipted
from comity.domain.records import open_record
from comity.kernel.errors import RecordError, StoreError
from comity.kernel.ids import IntentId, RecordDigest
from comity.kernel.instants import Instant


class _NothingHeld:
    """A conflict finder for a book that decides nothing."""

    def hold(self, key: RecordDigest, footprint: Footprint) -> None:
        """Keep nothing."""

    def release(self, key: RecordDigest) -> None:
        """Nothing is kept."""

    def find(
        self, footprint: Footprint, ignoring: Collection[RecordDigest] = ()
    ) -> Sequence[Finding]:
        """Meet nothing."""
        del footprint, ignoring
        return ()

    def set_minima(self, minima: Minima) -> None:
        """Use no minima."""


def view_flight(
    node: Node,
    intent: IntentId,
    at: Instant,
    *,
    exercise: bool = False,
    receipted: Receipted | None = None,
) -> IntentView | None:
    """A flight as this node may show it now, or None where it knows of none.

    One that is long over is read from its records; what took its label away then is not told anew.

    Raises:
        StoreError: the store lacks a record of a flight that this node knows.
    """
    book, context = node.book(exercise=exercise), node.context(at)
    view = book.view(intent, at, context, receipted)
    if view is not None:
        return view
    digests = book.records_of(intent)
    past = IntentBook(node.party, _NothingHeld(), exercise=exercise, forgets=False)
    for digest in digests:
        envelope_bytes = node.store.read(digest)
        if envelope_bytes is None:
            raise StoreError("journal", f"record {digest} of {intent} is missing")
        try:
            record = open_record(envelope_bytes, node.directory.public_key_of)
            past.apply(record, record.made_at, node.terms(record.made_at))
        except RecordError as error:
            raise StoreError("journal", f"record {digest}: {error}") from error
    return past.view(intent, at, context, receipted)
