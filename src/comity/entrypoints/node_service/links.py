"""The ways to the peers: who is pinned, and one pull loop for each, as the node's pairings change."""

import asyncio
import contextlib
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog

from comity.adapters.http_peer import LinkState, PeerAddress, PeerPins, PullLoop, Reach
from comity.application.clock_alarms import note_out_of_time
from comity.application.node import Node
from comity.application.ports.entropy import Entropy
from comity.domain.agreement import PartyCard
from comity.entrypoints.node_service.events import Event, EventStream
from comity.entrypoints.node_service.service import NodeService
from comity.kernel.errors import ComityError, PeerError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant
from comity.kernel.invariants import InvariantError

HTTPS_PORT = 443  # of an address that names none

_LOG = structlog.get_logger("comity.peers")


@dataclass(slots=True)
class _Way:
    card: PartyCard
    loop: PullLoop
    task: asyncio.Task[None]


class PeerLinks:
    """Follows the node's pairings. To the pull loops it is the node (PullExchange)."""

    def __init__(
        self, service: NodeService, pins: PeerPins, events: EventStream, entropy: Entropy
    ) -> None:
        self._service = service
        self._pins = pins
        self._events = events
        self._entropy = entropy
        self._cards: dict[PartyId, tuple[PartyCard, tuple[bytes, ...]]] = {}
        self._ways: dict[PartyId, _Way] = {}
        self._states: dict[PartyId, LinkState] = {}
        self._telling: asyncio.Task[None] | None = None
        service.on_settled(self.follow)
        service.on_heard_from(self._wake)

    def state(self, peer: PartyId) -> LinkState | None:
        """What is known of the way to a peer; None where none is being looked for."""
        return self._states.get(peer)

    def now(self) -> Instant:
        """This node's clock."""
        return self._service.now()

    async def next_request(
        self, peer: PartyId, response_bytes: bytes | None, wait_s: float
    ) -> bytes:
        """What the node wants to know next."""
        return await self._service.next_request(peer, response_bytes, wait_s)

    def pull_failed(self, peer: PartyId) -> None:
        """A request may not have arrived."""
        self._service.pull_failed(peer)

    def link_changed(self, peer: PartyId, state: LinkState) -> None:
        """Note how the way to a peer is, and tell whoever watches when that changed."""
        before = self._states.get(peer)
        self._states[peer] = state
        if before is not None and before.reach is state.reach:
            return
        _LOG.info("link", peer=peer, reach=state.reach.value, reason=state.reason)
        text = state.reach.value if state.reason is None else f"{state.reach}: {state.reason}"
        self._events.tell(Event(kind="link", at=str(state.since), author=peer, text=text))

    def follow(self, node: Node) -> None:
        """Pin whom the node is paired with and pull from them; leave the others."""
        self._tell_out_of_time(node)
        usable = _usable(node, self.now())
        if usable == self._cards:
            return
        self._cards = usable
        for refused in self._pins.replace({peer: ders for peer, (_, ders) in usable.items()}):
            _LOG.warning("certificate-not-pinned", why=str(refused))
        cards = {peer: card for peer, (card, _) in usable.items()}
        for peer in [*self._ways]:
            if cards.get(peer) != self._ways[peer].card:
                self._ways.pop(peer).task.cancel()
                self._states.pop(peer, None)
        for peer, card in cards.items():
            if peer not in self._ways and card.addresses:
                self._ways[peer] = self._look_for(peer, card)

    async def close(self) -> None:
        """Stop pulling."""
        tasks = [way.task for way in self._ways.values()]
        if self._telling is not None:
            tasks.append(self._telling)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._ways.clear()

    def _tell_out_of_time(self, node: Node) -> None:
        """Let the node know for which peers the clocks cannot both be right, where it does not yet."""
        found = {
            peer: refusal
            for peer, state in self._states.items()
            if (refusal := state.out_of_time) is not None
        }
        known = {peer: refusal.reason for peer, refusal in found.items()} == node.out_of_time
        if not known and (self._telling is None or self._telling.done()):
            self._telling = asyncio.create_task(self._told(found), name="tell out-of-time")

    async def _told(self, found: dict[PartyId, PeerError]) -> None:
        with contextlib.suppress(ComityError):  # asked again after the next batch
            await self._service.do(lambda node, at: note_out_of_time(node, found, at))

    def _look_for(self, peer: PartyId, card: PartyCard) -> _Way:
        url = urlsplit(card.addresses[0])
        address = PeerAddress(url.hostname or "", url.port or HTTPS_PORT)
        loop = PullLoop(peer, address, self._pins, self, self._entropy)
        task = asyncio.create_task(self._pull(peer, loop), name=f"pull {peer}")
        return _Way(card, loop, task)

    async def _pull(self, peer: PartyId, loop: PullLoop) -> None:
        try:
            await loop.run()
        except InvariantError as error:
            # Ours to mend, not the peer's: it shows as stopped until somebody has looked.
            _LOG.exception("pull-stopped", peer=peer)
            self.link_changed(peer, LinkState(Reach.STOPPED, self.now(), str(error)))

    def _wake(self, peer: PartyId) -> None:
        way = self._ways.get(peer)
        if way is not None:
            way.loop.wake()


def _usable(node: Node, at: Instant) -> dict[PartyId, tuple[PartyCard, tuple[bytes, ...]]]:
    """The peers with a certificate that no statement of their root has taken back, and those."""
    usable = {}
    for peer in node.peers():
        card, certificates = node.directory.card(peer), node.directory.certificates(peer, at)
        if card is not None and certificates:
            usable[peer] = card, certificates
    return usable
