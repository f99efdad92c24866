"""The node itself: status, events, deliveries and receipts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import msgspec
from msgspec import Meta

from comity.application.node import Node
from comity.application.ports.record_store import JournalEntry
from comity.application.prove_record import prove_record
from comity.domain.operators import Action, Operator, authorise
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.messages import (
    EntryTold,
    JournalTold,
    ProofTold,
    RecordsBeginningTold,
    RecordTold,
    StatusTold,
)
from comity.entrypoints.api.routing import EventSource, Offset, get
from comity.entrypoints.api.telling import tell_record, tell_status
from comity.entrypoints.node_service import Event, event_of
from comity.kernel.errors import InputError
from comity.kernel.ids import party_id, record_digest
from comity.kernel.instants import Instant

ENTRIES_TOLD_MAX = 1_000
RECORDS_TOLD_MAX = 20
STILL_WATCHING_S = 5.0  # a sign of life of a stream on which nothing happens


@get("/v1/status", summary="How the node stands")
async def show_status(context: ApiContext, operator: Operator) -> StatusTold:
    """Agreement, peers, counts of flights by state, alarms."""
    authorise(operator, Action.STATUS_READ)
    name = context.own_card().name

    def work(node: Node, at: Instant) -> StatusTold:
        links = {peer: context.link_state(peer) for peer in node.peers()}
        told = tell_status(node, name, at, links, context.air)
        told.demonstration = context.demonstration
        return told

    return await context.service.do(work)


@get("/v1/events", summary="What happens from now on, as server-sent events")
async def watch_events(context: ApiContext, operator: Operator) -> EventSource:
    """Each record taken in, own or a peer's, and each change of the way to a peer."""
    authorise(operator, Action.STATUS_READ)

    @asynccontextmanager
    async def opened() -> AsyncIterator[AsyncIterator[bytes]]:
        async with context.events.watch(operator.id) as events:
            yield _spelt(events)

    return EventSource(opened)


@get("/v1/journal", summary="Every record this node took in, in order")
async def show_journal(
    context: ApiContext,
    operator: Operator,
    start: Offset = 0,
    limit: Annotated[int, Meta(ge=1, le=ENTRIES_TOLD_MAX)] = 100,
) -> JournalTold:
    """Own records and peers', as they change the state of the node."""
    authorise(operator, Action.LOG_READ)

    def work(node: Node, _at: Instant) -> JournalTold:
        entries = zip(range(start, start + limit), node.store.journal(start), strict=False)
        return JournalTold(entries=[_tell_entry(number, entry) for number, entry in entries])

    return await context.service.do(work)


@get("/v1/records", summary="Which records have a digest that begins so")
async def find_records(
    context: ApiContext,
    operator: Operator,
    begins: Annotated[str, Meta(pattern="^[0-9a-f]{8,64}$")],
) -> RecordsBeginningTold:
    """People copy the first letters of a digest. How many it fits is told, and at most 20 of them."""
    authorise(operator, Action.LOG_READ)

    def work(node: Node, _at: Instant) -> RecordsBeginningTold:
        found = node.records_beginning(begins)
        return RecordsBeginningTold(count=len(found), digests=list(found[:RECORDS_TOLD_MAX]))

    return await context.service.do(work)


@get("/v1/records/{digest}", summary="Where a record of this node stands with each recipient")
async def show_record(context: ApiContext, operator: Operator, digest: str) -> RecordTold:
    """Not receipted means unknown, never delivered."""
    authorise(operator, Action.LOG_READ)
    named = record_digest(digest)

    def work(node: Node, _at: Instant) -> RecordTold:
        if not node.knows(named):
            raise InputError("digest", f"{named[:12]} is not in the journal")
        return tell_record(node, named, "")

    return await context.service.do(work)


@get("/v1/records/{digest}/proof", summary="The receipt of a record")
async def show_proof(
    context: ApiContext, operator: Operator, digest: str, reader: str | None = None
) -> list[ProofTold]:
    """A tlog-proof for one reader, or for every reader that the record went to."""
    authorise(operator, Action.LOG_READ)
    named = record_digest(digest)
    asked = None if reader is None else party_id(reader)

    def work(node: Node, _at: Instant) -> list[ProofTold]:
        readers = [each.reader for each in node.deliveries(named)] if asked is None else [asked]
        if not readers:
            raise InputError("digest", f"{named[:12]} is no record of this node to anybody")
        return [
            ProofTold(
                digest=proved.digest,
                owner=proved.owner,
                reader=proved.reader,
                proof=proved.proof_bytes.decode(),
                envelope=proved.envelope_bytes.decode(),
            )
            for proved in (prove_record(node, named, each) for each in readers)
        ]

    return await context.service.do(work)


RECORD_ROUTES = (
    find_records,
    show_journal,
    show_proof,
    show_record,
    show_status,
    watch_events,
)


async def _spelt(events: AsyncIterator[Event]) -> AsyncIterator[bytes]:
    """Events as the wire has them, with a comment whenever nothing else was sent for a while.

    Source: WHATWG HTML, section 9.2.5 (server-sent events); docs/spec/events.md.
    """
    yield b": watching\n\n"
    coming = asyncio.ensure_future(anext(events, None))
    try:
        while True:
            done, _ = await asyncio.wait({coming}, timeout=STILL_WATCHING_S)
            if not done:
                yield b": watching\n\n"
                continue
            event = coming.result()
            if event is None:
                return
            number = b"" if event.number is None else b"id: %d\n" % event.number
            content = msgspec.json.encode(event)
            yield b"%sevent: %s\ndata: %s\n\n" % (number, event.kind.encode(), content)
            coming = asyncio.ensure_future(anext(events, None))
    finally:
        coming.cancel()


def _tell_entry(number: int, entry: JournalEntry) -> EntryTold:
    event = event_of(number, entry)
    return EntryTold(
        number=number,
        kind=event.kind,
        at=event.at,
        author=event.author,
        digest=entry.digest,
        operator=event.operator or "",
    )
