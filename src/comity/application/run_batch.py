"""Group commit: many pieces of work, one decision round, one durable write, then the answers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from comity.application.alarm import Alarm
from comity.application.exchange_logs import serve_pull
from comity.application.node import Node
from comity.application.take_entries import without_end
from comity.domain.peering import decode_request
from comity.kernel.errors import ComityError, PeerError, StoreError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant
from comity.kernel.invariants import InvariantError

REOPEN_S = 1.0  # between two tries to open a store that refuses: each reads all of it
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
    position: int
    received_at: Instant
    until: Instant


@dataclass(slots=True)
class NodeRunner:
    """Runs one node in batches; opens it anew from its store whenever a batch could not be kept.

    A batch is `work` and then `keep`; nothing that `work` gave may be told before `keep` has
    returned None. `keep` alone waits for the disk and may run in a thread of its own, while nobody
    else touches the node.

    Attributes:
        open_node: opens the node from what is durable.
        node: the node. Not to be looked at while `down` is set: it is ahead of its store.
        waiting: the pulls that wait for news.
        down: why there is no node at present; it is opened anew by a later batch.
    """

    open_node: Callable[[], Node]
    node: Node = field(init=False)
    waiting: dict[PartyId, WaitingPull] = field(init=False, default_factory=dict)
    down: StoreError | None = field(init=False, default=None)
    _fault: StoreError | InvariantError | None = field(init=False, default=None)
    _reopen_at: Instant | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.node = self.open_node()

    @property
    def unkept(self) -> bool:
        """Whether `keep` has anything to do."""
        if self._fault is not None:
            return True
        return self.down is None and self.node.store.staged

    @property
    def more_owed(self) -> bool:
        """Whether the last batch had no time for all that is owed; another one goes on with it."""
        return self.down is None and self.node.more_owed

    def run(
        self, works: Sequence[Work], at: Instant, may_go_on: Callable[[], bool] = without_end
    ) -> list[Outcome]:
        """Do the work, decide what is owed, make it durable, and only then answer.

        A store that fails, or a promise of ours that does not hold, fails the whole batch: the node is
        opened anew from what was durable before, and nobody is told that anything was kept.
        """
        outcomes = self.work(works, at, may_go_on)
        error = self.keep(at)
        return outcomes if error is None else [Outcome(error=error) for _ in works]

    def work(
        self, works: Iterable[Work], at: Instant, may_go_on: Callable[[], bool] = without_end
    ) -> list[Outcome]:
        """Do the work and decide what is owed; no more is taken from `works` after a fault.

        Args:
            works: what to do.
            at: now.
            may_go_on: asked between two decisions; at its no the others wait for the next batch.
        """
        if self.down is not None:
            if self._reopen_at is None or at >= self._reopen_at:
                self._fault = self.down
            return [Outcome(error=self.down) for _ in works]
        outcomes: list[Outcome] = []
        try:
            for work in works:
                outcomes.append(self._one(work, at))  # noqa: PERF401 - kept up to a fault
            self.node.decide(at, may_go_on)
        except (StoreError, InvariantError) as error:
            self._fault = error
        return outcomes

    def keep(self, at: Instant) -> StoreError | InvariantError | None:
        """Make the batch durable, or undo all of it and say why.

        Where the store cannot even be opened anew, `down` says so, and nothing is done or told until
        a later batch has opened it.
        """
        error, self._fault = self._fault, None
        if error is None:
            try:
                self.node.settle()
            except (StoreError, InvariantError) as failure:
                error = failure
            else:
                return None
        try:
            self.node.store.rollback()
            self.node = self.open_node()
        except StoreError as refusal:
            self.down, self._reopen_at = refusal, at.plus_s(REOPEN_S)
            return error
        self.down = None
        self.node.alarm(Alarm(at, "not-kept", f"a batch was undone: {error}"))
        return error

    def pull(self, peer: PartyId, message_bytes: bytes, at: Instant) -> bytes | None:
        """Answer a peer's pull now, or keep it waiting and return None (then see `answer_waiting`).

        What it is told was durable before. A cosignature that it brought is staged for the next
        `keep`: a receipt alone is not worth a flush. Only one pull a peer waits; a newer one takes the
        place of the older.

        Raises:
            PeerError: see docs/spec/peering.md.
            StoreError: there is no node at present.
        """
        if self.down is not None:
            raise self.down
        staged = self.node.store.staged
        try:
            answer = serve_pull(self.node, peer, message_bytes, at)
        except StoreError as error:
            if staged and not self.node.store.staged:
                self._fault = error  # receipts staged before are gone
            raise
        if answer is None:
            request = decode_request(message_bytes)
            until = at.plus_s(min(request.wait_s, WAIT_S_MAX))
            self.waiting[peer] = WaitingPull(peer, message_bytes, request.position, at, until)
        return answer

    def answer_waiting(self, at: Instant) -> list[tuple[WaitingPull, bytes | ComityError]]:
        """Answers for waiting pulls that now have something to carry, or have waited long enough."""
        answered: list[tuple[WaitingPull, bytes | ComityError]] = []
        if self.down is not None:
            answered += [(pull, self.down) for pull in self.waiting.values()]
            self.waiting.clear()
        for pull in list(self.waiting.values()):
            own_log = self.node.own_log(pull.peer)
            paired = pull.peer in self.node.peers()
            if paired and own_log.durable_size <= pull.position and at < pull.until:
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
