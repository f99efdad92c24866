"""Group commit: many pieces of work, one decision round, one durable write, then the answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from comity.application.exchange_logs import serve_pull
from comity.application.node import Node
from comity.domain.peering import decode_request
from comity.kernel.errors import ComityError, PeerError, StoreError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant
from comity.kernel.invariants import InvariantError

WAIT_S_MAX = 25.0  # below the idle limit of common proxies; docs/spec/peering.md

Work = Callable[[Node, Instant], Any]
"""One command or one message: changes the node, or raises a ComityError and changes nothing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one piece of work. Only given out after everything it stands on is durable."""

    value: Any = None
    error: ComityError | InvariantError | None = None

    def result(self) -> Any:
        """The value, or the error raised."""
        if self.error is not None:
            raise self.error
        return self.value


@dataclass(frozen=True, slots=True)
class WaitingPull:
    """A peer's pull that had nothing to carry when it came."""

    peer: PartyId
    message_bytes: bytes
    received_at: Instant
    until: Instant


@dataclass(slots=True)
class NodeRunner:
    """Runs one node in batches; opens it anew from its store whenever a batch could not be kept."""

    open_node: Callable[[], Node]
    node: Node = field(init=False)
    waiting: dict[PartyId, WaitingPull] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.node = self.open_node()

    def run(self, works: Sequence[Work], at: Instant) -> list[Outcome]:
        """Do the work, decide what is owed, make it durable, and only then answer.

        A store that fails, or a promise of ours that does not hold, fails the whole batch: the node is
        opened anew from what was durable before, and nobody is told that anything was kept.
        """
        try:
            outcomes = [self._one(work, at) for work in works]
            self.node.decide(at)
            self.node.settle()
        except (StoreError, InvariantError) as error:
            self.node.store.rollback()
            self.node = self.open_node()
            return [Outcome(error=error) for _ in works]
        return outcomes

    def pull(self, peer: PartyId, message_bytes: bytes, at: Instant) -> bytes | None:
        """Answer a peer's pull now, or keep it waiting and return None (then see `answer_waiting`).

        Only one pull a peer waits; a newer one takes the place of the older.

        Raises:
            PeerError: see docs/spec/peering.md.
        """
        answer = serve_pull(self.node, peer, message_bytes, at)
        if answer is None:
            wait_s = min(decode_request(message_bytes).wait_s, WAIT_S_MAX)
            self.waiting[peer] = WaitingPull(peer, message_bytes, at, at.plus_s(wait_s))
        return answer

    def answer_waiting(self, at: Instant) -> list[tuple[WaitingPull, bytes | PeerError]]:
        """Answers for waiting pulls that now have something to carry, or have waited long enough."""
        answered: list[tuple[WaitingPull, bytes | PeerError]] = []
        for pull in list(self.waiting.values()):
            own_log = self.node.own_log(pull.peer)
            position = decode_request(pull.message_bytes).position
            if own_log.durable_size <= position and at < pull.until:
                continue
            del self.waiting[pull.peer]
            try:
                answer = serve_pull(
                    self.node, pull.peer, pull.message_bytes, at, pull.received_at, waited=True
                )
            except PeerError as error:
                answered.append((pull, error))
                continue
            answered.append((pull, answer or b""))
        return answered

    def _one(self, work: Work, at: Instant) -> Outcome:
        try:
            return Outcome(value=work(self.node, at))
        except StoreError:
            raise
        except ComityError as error:
            return Outcome(error=error)
