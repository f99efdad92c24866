"""What happens in the node, as a stream for whoever watches."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec

from comity.application.node import Node, TakenIn
from comity.application.ports.record_store import JournalEntry
from comity.domain.records import decode_canonical, payload_of_stub, unwrap
from comity.entrypoints.node_service.service import NodeService
from comity.kernel.errors import StoreError
from comity.kernel.ids import OperatorId, PartyId
from comity.kernel.instants import Instant

EVENTS_BEHIND_MAX = 10_000  # a watcher slower than this is cut off and starts again
WATCHERS_MAX = 64


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened. A record is durable before it is told of.

    Attributes:
        kind: a record's kind, `link` for a change of the way to a peer, or `receipt` where a peer has
            proved to hold more of what this node said to it.
        at: when this node took the record in, or saw the change.
        author: who made the record, or the peer of the link.
        number: the record's place in the journal; None for a link.
        digest: the record's.
        operator: the acting person in the record.
        intent: which intent the record is about.
        proposal: which version of it, by the digest of its proposal.
        agreement: which agreement the record is about.
        group: which working group the record is about.
        meeting: which meeting it is about.
        alert: which alert the record is about.
        severity: of the alert raised.
        text: for a link or a net, its state in words; for a receipt, whose it is of what the log held.
        matter: which matter of the line.
        message: which thing said on the line an answer or a step is about.
        precedence: of a thing said; a stop is `flash`.
        exercise: the record is of the exercise; it wears its banner.
    """

    kind: str
    at: str
    author: str
    number: int | None = None
    digest: str | None = None
    operator: str | None = None
    intent: str | None = None
    proposal: str | None = None
    agreement: str | None = None
    group: str | None = None
    meeting: str | None = None
    alert: str | None = None
    severity: str | None = None
    text: str | None = None
    matter: str | None = None
    message: str | None = None
    precedence: str | None = None
    exercise: bool = False


class EventStream:
    """Tells of each batch once it is durable, while somebody watches."""

    def __init__(self, service: NodeService) -> None:
        self._service = service
        self._watchers: dict[asyncio.Queue[Event | None], OperatorId] = {}
        self._position = 0
        self._receipted: dict[PartyId, int] = {}
        self._closed = False
        service.on_settled(self._read_on)

    def tell(self, event: Event) -> None:
        """Hand one event to every watcher; one that is too far behind is cut off."""
        for watcher in list(self._watchers):
            if watcher.qsize() >= EVENTS_BEHIND_MAX:
                del self._watchers[watcher]
                watcher.put_nowait(None)
            else:
                watcher.put_nowait(event)

    @contextlib.asynccontextmanager
    async def watch(self, operator: OperatorId) -> AsyncIterator[AsyncIterator[Event]]:
        """Everything that happens from now on, as long as the operator may see it.

        Raises:
            StoreError: `too-many-watchers`, or `closing`.
        """
        if self._closed:
            raise StoreError("closing", "this node is shutting down")
        if len(self._watchers) >= WATCHERS_MAX:
            raise StoreError("too-many-watchers", f"{WATCHERS_MAX} watch, the most there may be")
        watcher: asyncio.Queue[Event | None] = asyncio.Queue()

        def join(node: Node, _at: Instant) -> None:
            if not self._watchers:
                self._position = node.journal_size
                self._receipted = _receipted(node)
            self._watchers[watcher] = operator

        try:
            await self._service.do(join)
            yield _events_of(watcher)
        finally:
            self._watchers.pop(watcher, None)

    def end(self, operator: OperatorId) -> None:
        """End the streams of one operator."""
        for watcher in [each for each, whose in self._watchers.items() if whose == operator]:
            del self._watchers[watcher]
            watcher.put_nowait(None)

    def close(self) -> None:
        """End every watcher's stream, and take no more watchers."""
        self._closed = True
        for watcher in self._watchers:
            watcher.put_nowait(None)
        self._watchers.clear()

    def _read_on(self, node: Node) -> None:
        if not self._watchers:
            return
        for taken_in in node.settled:
            if taken_in.number >= self._position:
                self.tell(_event_of_record(taken_in))
        self._position = node.journal_size
        before, self._receipted = self._receipted, _receipted(node)
        at = str(self._service.now())
        for peer, size in self._receipted.items():
            if size > before.get(peer, 0):
                self.tell(Event(kind="receipt", at=at, author=peer, text=f"{size} records"))


def _receipted(node: Node) -> dict[PartyId, int]:
    """How much of each own log its reader has proved to hold."""
    return {log.log.reader: log.receipted_size for log in node.own_logs.values()}


async def _events_of(watcher: asyncio.Queue[Event | None]) -> AsyncIterator[Event]:
    while (event := await watcher.get()) is not None:
        yield event


def event_of(number: int, entry: JournalEntry) -> Event:
    """What one journal entry is told as."""
    if entry.erased_sha256 is None:
        fields = decode_canonical(unwrap(entry.envelope_bytes).payload_bytes)
    else:
        fields = payload_of_stub(entry.envelope_bytes)
    body = fields["body"]
    return Event(
        kind=fields["kind"],
        at=str(entry.received_at),
        author=fields["author"],
        number=number,
        digest=entry.digest,
        operator=fields["operator"],
        intent=body.get("intent"),
        proposal=body.get("proposal"),
        agreement=body.get("agreement"),
        group=body.get("group"),
        meeting=body.get("meeting"),
        alert=body.get("alert"),
        severity=body.get("severity"),
        matter=body.get("matter"),
        message=body.get("message"),
        precedence=_precedence(fields["kind"], body),
        exercise=fields["exercise"],
    )


def _precedence(kind: str, body: Mapping[str, Any]) -> str | None:
    if kind == "line.stop":
        return "flash"
    return body.get("precedence") if kind in {"line.message", "line.denial"} else None


def _event_of_record(taken_in: TakenIn) -> Event:
    record = taken_in.record
    return Event(
        kind=record.kind,
        at=str(taken_in.received_at),
        author=record.author,
        number=taken_in.number,
        digest=record.digest,
        operator=record.operator,
        intent=record.body.get("intent"),
        proposal=record.body.get("proposal"),
        agreement=record.body.get("agreement"),
        group=record.body.get("group"),
        meeting=record.body.get("meeting"),
        alert=record.body.get("alert"),
        severity=record.body.get("severity"),
        matter=record.body.get("matter"),
        message=record.body.get("message"),
        precedence=_precedence(record.kind, record.body),
        exercise=record.exercise,
    )
