"""The node's side of the watch: what the store or a fault refuses is tried again, and stops nothing else."""

import asyncio

import pytest

from comity.adapters.system_clock import SystemEntropy
from comity.application.keep_alerts import AlertChange
from comity.entrypoints.air_process import Changes, Kept
from comity.entrypoints.node_service import AirDesk
from comity.entrypoints.node_service.air_desk import FAULTS_MAX, PIECE
from comity.kernel.errors import AgreementError, RecordError, StoreError
from comity.kernel.instants import Instant
from comity.kernel.invariants import InvariantError


class Refusing:
    """A node service whose works fail as they are told to; what is kept is noted."""

    party = "aurelia.q3mbt5aa"

    def __init__(self, errors=(), poison=None):
        self.errors = list(errors)
        self.poison = poison
        self.kept = []

    def on_settled(self, _notify):
        pass

    def now(self):
        return Instant(0)

    async def do(self, work):
        if self.errors:
            raise self.errors.pop(0)
        (piece,) = [cell.cell_contents for cell in work.__closure__]
        for change in piece:
            if self.poison is not None and change.body["alert"] == self.poison[0]:
                raise self.poison[1]
        self.kept += [change.body["alert"] for change in piece]


class Wire:
    def __init__(self):
        self.sent = []
        self.answered = asyncio.Event()

    def send(self, message):
        self.sent.append(message)
        self.answered.set()


def _kept(service, count):
    """Keep one lot; gives the desk and what was answered."""
    changes = [AlertChange("alert.raised", {"alert": str(number)}) for number in range(count)]

    async def scenario():
        desk = AirDesk(service, None, None, lambda _: None, "r", SystemEntropy(), retry_s=0.0)
        owed, wire = asyncio.Queue(), Wire()
        owed.put_nowait(Changes(number=4, changes=changes))
        task = asyncio.create_task(desk._keep_for_ever(wire, owed))
        await wire.answered.wait()
        task.cancel()
        return desk, wire.sent

    return asyncio.run(scenario())


@pytest.mark.requirement("WATCH-003")
def test_what_the_store_refuses_is_tried_until_it_is_kept():
    errors = [StoreError("full", "disk"), AgreementError("recovering"), StoreError("overloaded")]
    service = Refusing(errors)
    desk, answered = _kept(service, 2 * PIECE + 1)
    assert service.kept == [str(number) for number in range(2 * PIECE + 1)]
    assert answered == [Kept(number=4)]
    assert desk.refused_changes == 0
    assert desk._not_kept == ""


@pytest.mark.requirement("WATCH-003")
@pytest.mark.parametrize("error", [RecordError("alert", "x"), InvariantError("ours")])
def test_one_change_that_is_refused_holds_up_no_other(error):
    service = Refusing(poison=("3", error))
    desk, answered = _kept(service, PIECE + 2)
    assert service.kept == [str(number) for number in range(PIECE + 2) if number != 3]
    assert answered == [Kept(number=4)]
    assert desk.refused_changes == 1


@pytest.mark.requirement("WATCH-003")
def test_a_batch_that_another_undid_is_only_tried_again():
    service = Refusing([InvariantError("another's")] * (FAULTS_MAX - 1))
    desk, _ = _kept(service, 3)
    assert service.kept == ["0", "1", "2"]
    assert desk.refused_changes == 0
