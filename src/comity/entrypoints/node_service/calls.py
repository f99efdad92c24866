"""Makes the calls that ladders owe, each in a thread, and puts down what became of it."""

import asyncio
import contextlib
import threading
from collections.abc import Mapping
from concurrent.futures import Future

import structlog

from comity.application.call_channels import CallOwed, calls_owed, note_call
from comity.application.node import Node
from comity.application.ports.call_channel import CallChannel, CallError
from comity.domain.line import CallOutcome
from comity.domain.line.upkeep import CALL_TRIES_MAX
from comity.entrypoints.node_service.service import NodeService
from comity.kernel.errors import ComityError
from comity.kernel.instants import Instant

LOOK_S = 1.0  # between two looks at what is owed
CALLS_AT_ONCE_MAX = 4

_LOG = structlog.get_logger("comity.calls")


class CallLoop:
    """Runs beside the node; a channel that hangs holds up its own thread and nothing else."""

    def __init__(self, service: NodeService, channels: Mapping[str, CallChannel]) -> None:
        self._service = service
        self._channels = channels
        self._under_way: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Look for ever; end it by cancelling the task."""
        try:
            while True:
                await asyncio.sleep(LOOK_S)
                with contextlib.suppress(ComityError):
                    await self.look()
        finally:
            for task in self._tasks:
                task.cancel()

    async def look(self) -> None:
        """Begin what is owed now and not under way."""

        def work(node: Node, at: Instant) -> list[CallOwed]:
            return calls_owed(node, at, self._channels)

        owed = await self._service.do(work)
        for call in owed:
            if call.escalation in self._under_way or len(self._under_way) >= CALLS_AT_ONCE_MAX:
                continue
            self._under_way.add(call.escalation)
            task = asyncio.create_task(self._make(call))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _make(self, call: CallOwed) -> None:
        try:
            outcome, detail, attempt = await self._called(call)

            def work(node: Node, at: Instant) -> None:
                note_call(node, call, outcome, detail, attempt, at)

            await self._service.do(work, urgent=True)
            _LOG.info("call", channel=call.channel, outcome=outcome.value, attempt=attempt)
        except ComityError as error:
            _LOG.error("call-not-kept", channel=call.channel, why=str(error))
        finally:
            self._under_way.discard(call.escalation)

    async def _called(self, call: CallOwed) -> tuple[CallOutcome, str, int]:
        channel = self._channels.get(call.channel)
        if channel is None:
            return CallOutcome.FAILED, "this node has no channel of that name", CALL_TRIES_MAX
        try:
            detail = await _in_thread(channel, call)
        except CallError as error:
            return CallOutcome.FAILED, str(error), call.attempt
        except Exception as error:  # noqa: BLE001 - put down; its words might hold an address
            _LOG.error("call-fault", channel=call.channel, fault=type(error).__name__)
            return CallOutcome.FAILED, f"not made: {type(error).__name__}", call.attempt
        return CallOutcome.SENT, detail, call.attempt


async def _in_thread(channel: CallChannel, call: CallOwed) -> str:
    """In a thread that does not keep the process from ending, however long the channel hangs."""
    made: Future[str] = Future()

    def run() -> None:
        try:
            detail = channel.call(call.notice)
        except BaseException as error:  # noqa: BLE001 - the future carries it
            made.set_exception(error)
        else:
            made.set_result(detail)

    threading.Thread(target=run, name="comity-call", daemon=True).start()
    return await asyncio.wrap_future(made)
