"""One node in one asyncio process: work is done in batches, and answers leave after the commit."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from comity.application.exchange_logs import pull_failed, pull_request, take_pull_response
from comity.application.node import Node
from comity.application.ports.clock import Clock
from comity.application.run_batch import NodeRunner, Outcome, Work
from comity.application.take_entries import go_on_taking
from comity.kernel.errors import ComityError, PeerError, StoreError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant
from comity.kernel.invariants import InvariantError

BATCH_WORKS_MAX = 256  # bounds how long the first of a batch waits for the last
BATCH_S_MAX = 0.02  # likewise, and how long requests stay unread; a longer single work is not cut
SLICE_S_MAX = 0.02  # of taking in one answer: what lies between two looks at requests
DECIDE_S_MAX = 0.05  # likewise of deciding; what 20 ms of honest work brings is decided in less
PAUSE_S = 0.005  # where nobody waits but for the rest: some of the time stays for connections
WORKS_QUEUED_MAX = 4096  # beyond it a caller is told to come back: memory is not the buffer
WORKS_URGENT_MAX = 1024  # beside those, for a FLASH, a stop and what answers them
NOT_KEPT_S = 0.5  # after a batch that was undone: opening the node anew reads its whole store
TICK_S = 0.25  # time itself makes things due: decide-by, expiry, a waiting pull's end

_LOG = structlog.get_logger("comity.node")

Result = TypeVar("Result")


@dataclass(slots=True)
class _Job:
    work: Work
    done: asyncio.Future[Any]


@dataclass(slots=True)
class _Pull:
    peer: PartyId
    message_bytes: bytes
    done: asyncio.Future[bytes]


class NodeService:
    """The only place that touches the node. Everyone else hands it work and awaits the outcome.

    The work of a batch is done on the event loop, for a thread of its own would only contend for the
    interpreter's lock with the reading of requests. The disk is waited for in a worker thread, while
    requests are read and nobody touches the node; there is never more than one batch.
    """

    def __init__(
        self, runner: NodeRunner, clock: Clock, maintain: Callable[[], None] = lambda: None
    ) -> None:
        """Serve one node.

        Args:
            runner: the node, and how it is opened anew.
            clock: the time of day.
            maintain: called after each batch; must be quick.
        """
        self._runner = runner
        self._clock = clock
        self._maintain = maintain
        self._jobs: deque[_Job] = deque()
        self._urgent: deque[_Job] = deque()
        self._pulls: deque[_Pull] = deque()
        self._waiting: dict[PartyId, asyncio.Future[bytes]] = {}
        self._something = asyncio.Event()
        self._keeping = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="comity-node")
        self._settled: list[Callable[[Node], None]] = []
        self._closed: list[Callable[[], None]] = []
        self._heard: list[Callable[[PartyId], None]] = []
        self._party = runner.node.party
        self._closing = False

    @property
    def party(self) -> PartyId:
        """Whose node this is."""
        return self._party

    def now(self) -> Instant:
        """This node's clock."""
        return self._clock.now()

    def on_settled(self, notify: Callable[[Node], None]) -> None:
        """Call `notify` on the event loop after each batch, once it is durable.

        The next batch begins after it returns, so that it may read the node, and must be quick.
        """
        self._settled.append(notify)

    def on_closed(self, notify: Callable[[], None]) -> None:
        """Call `notify` once, when the node is closed."""
        self._closed.append(notify)

    def on_heard_from(self, notify: Callable[[PartyId], None]) -> None:
        """Call `notify` when a peer shows that it is there."""
        self._heard.append(notify)

    async def do(self, work: Callable[[Node, Instant], Result], *, urgent: bool = False) -> Result:
        """Do one piece of work in the next batch; returns after its effects are durable.

        Args:
            work: what to do.
            urgent: before all that is not, and even where too much of that waits.

        Raises:
            ComityError: the work was refused, or the store failed.
            InvariantError: a fault of ours; the node was opened anew from its store.
        """
        queue, most = (self._urgent, WORKS_URGENT_MAX) if urgent else (self._jobs, WORKS_QUEUED_MAX)
        if len(queue) >= most:
            raise StoreError("overloaded", f"{most} requests are waiting, the most")
        job = _Job(work, asyncio.get_running_loop().create_future())
        queue.append(job)
        self._something.set()
        outcome: Outcome = await job.done
        result: Result = outcome.result()
        return result

    async def run(self) -> None:
        """Run batches for ever; end it by cancelling the task, then call `close`."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_S):
                    await self._something.wait()
            self._something.clear()
            if not await self._run_batch():
                await asyncio.sleep(NOT_KEPT_S)

    def release_waiting(self) -> None:
        """Answer the pulls that wait, and every later one, so that their connections can end."""
        self._closing = True
        gone = _closing()
        for future in [*self._waiting.values(), *(pull.done for pull in self._pulls)]:
            _resolve(future, gone)
        self._waiting.clear()
        self._pulls.clear()

    def close(self) -> None:
        """End the worker and let go of the store. Only after `run` has ended."""
        self.release_waiting()
        for job in (*self._urgent, *self._jobs):
            if not job.done.done():
                job.done.set_result(Outcome(error=_closing()))
        self._urgent.clear()
        self._jobs.clear()
        self._thread.shutdown(wait=True)
        self._runner.node.store.close()
        for notify in self._closed:
            notify()
        self._closed.clear()

    # What the peer door asks (PeerExchange)

    async def serve_pull(self, peer: PartyId, request_bytes: bytes) -> bytes:
        """The answer to a peer's pull, once there is news or its wait is over."""
        if self._closing:
            raise _closing()
        pull = _Pull(peer, request_bytes, asyncio.get_running_loop().create_future())
        if self._keeping:
            self._pulls.append(pull)
        else:
            self._answer_pulls([pull])
        return await pull.done

    def heard_from(self, peer: PartyId) -> None:
        """A peer is there."""
        for notify in self._heard:
            notify(peer)

    # What the pull loops ask (PullExchange)

    async def next_request(
        self, peer: PartyId, response_bytes: bytes | None, wait_s: float
    ) -> bytes:
        """Take in a peer's answer, and make the next request over all that is durable with it.

        An answer that is much work is taken in slices, a batch each: what people ask, and the other
        peers, come in between.
        """

        def take_and_ask(node: Node, at: Instant) -> bytes | None:
            nonlocal response_bytes
            may_go_on = _time_of(SLICE_S_MAX)
            if response_bytes is not None:
                message_bytes, response_bytes = response_bytes, None
                take_pull_response(node, peer, message_bytes, at, may_go_on)
            if not go_on_taking(node, peer, at, may_go_on):
                return None
            return pull_request(node, peer, at, wait_s)

        while True:
            request_bytes: bytes | None = await self.do(take_and_ask)
            if request_bytes is not None:
                return request_bytes
            await asyncio.sleep(PAUSE_S)

    def pull_failed(self, peer: PartyId) -> None:
        """The last request to a peer may not have arrived."""
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._jobs.append(_Job(lambda node, _at: pull_failed(node, peer), done))

    # Inside

    async def _run_batch(self) -> bool:
        """One batch; whether the store takes what it is given."""
        at = self._clock.now()
        jobs: list[_Job] = []
        outcomes = self._runner.work(self._works(jobs), at, _time_of(DECIDE_S_MAX))
        error = await self._kept(at)
        if error is not None:
            outcomes = [Outcome(error=error) for _ in jobs]
        for job, outcome in zip(jobs, outcomes, strict=True):
            if not job.done.done():
                job.done.set_result(outcome)
        self._answer_waiting()
        pulls, self._pulls = self._pulls, deque()
        self._answer_pulls(pulls)
        if self._urgent or self._jobs:
            self._something.set()
        await asyncio.sleep(0)  # the answers leave before whoever watches is told
        if self._runner.down is not None:
            return False
        self._maintain()
        for notify in self._settled:
            notify(self._runner.node)
        if self._runner.more_owed:
            self._something.set()
            await asyncio.sleep(0 if self._jobs else PAUSE_S)
        return not isinstance(error, StoreError)

    def _works(self, taken: list[_Job]) -> Iterator[Work]:
        """What waits, as far as one batch goes; each is noted as it is begun."""
        time_s = asyncio.get_running_loop().time
        until_s = time_s() + BATCH_S_MAX
        while len(taken) < BATCH_WORKS_MAX and (not taken or time_s() < until_s):
            queue = self._urgent or self._jobs
            if not queue:
                return
            taken.append(queue.popleft())
            yield _guarded(taken[-1].work)

    async def _kept(self, at: Instant) -> StoreError | InvariantError | None:
        """Wait for the disk, if there is anything to keep."""
        if not self._runner.unkept:
            return None
        loop = asyncio.get_running_loop()
        self._keeping = True
        try:
            error = await loop.run_in_executor(self._thread, self._runner.keep, at)
        finally:
            self._keeping = False
        if error is not None:
            down = self._runner.down
            _LOG.error("not-kept", why=str(error), down=None if down is None else str(down))
        return error

    def _answer_waiting(self) -> None:
        """Answer the pulls for which there is news now, and those that have waited long enough."""
        for waiting, answer in self._runner.answer_waiting(self._clock.now()):
            future = self._waiting.pop(waiting.peer, None)
            if future is not None:
                _resolve(future, answer)

    def _answer_pulls(self, pulls: Iterable[_Pull]) -> None:
        """Answer pulls from what is durable, or let them wait; never while the disk is waited for."""
        for pull in pulls:
            try:
                answer = self._runner.pull(pull.peer, pull.message_bytes, self._clock.now())
                if self._runner.node.awaits_receipts:
                    self._something.set()  # a receipt may have come for which somebody waits
            except (ComityError, InvariantError) as error:
                _resolve(pull.done, _told(error))
                self._something.set()  # it may have told this node something to keep
                continue
            if answer is not None:
                _resolve(pull.done, answer)
                continue
            older = self._waiting.get(pull.peer)
            self._waiting[pull.peer] = pull.done
            if older is not None:
                _resolve(older, PeerError("superseded", "a newer pull came"))


def _time_of(seconds: float) -> Callable[[], bool]:
    """Whether there is time left, of so much from the first question on."""
    until_s: float | None = None

    def may_go_on() -> bool:
        nonlocal until_s
        now_s = asyncio.get_running_loop().time()
        if until_s is None:
            until_s = now_s + seconds
        return now_s < until_s

    return may_go_on


def _closing() -> PeerError:
    return PeerError("closing", "this node is shutting down")


def _guarded(work: Work) -> Work:
    def guarded(node: Node, at: Instant) -> Any:
        try:
            return work(node, at)
        except (ComityError, InvariantError):
            raise
        except Exception as error:
            # Whatever it was, it may have left the node half changed: that ends the batch.
            _LOG.exception("work-failed")
            raise InvariantError(f"{type(error).__name__} where none may be") from error

    return guarded


def _told(error: ComityError | InvariantError) -> ComityError:
    return (
        error if isinstance(error, ComityError) else StoreError("internal", "a fault of this node")
    )


def _resolve(future: asyncio.Future[bytes], answer: bytes | ComityError) -> None:
    if future.done():
        return
    if isinstance(answer, ComityError):
        future.set_exception(answer)
    else:
        future.set_result(answer)
