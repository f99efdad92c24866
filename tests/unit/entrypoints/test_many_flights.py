"""Many flights declared at once go out at the pace at which the peers take them."""

import asyncio
from types import SimpleNamespace

import pytest

from comity.entrypoints.api import flights


class Log:
    def __init__(self, sizes):
        self.sizes = list(sizes)  # what is receipted at each look; the last stays
        self.looks = 0

    @property
    def receipted_size(self):
        return self.sizes[min(self.looks, len(self.sizes) - 1)]

    def has_room(self):
        self.looks += 1
        return self.receipted_size >= 50


class Service:
    def __init__(self, **logs):
        self.node = SimpleNamespace(peers=lambda: tuple(logs), own_log=lambda peer: logs[peer])
        self.asked = 0

    async def do(self, work):
        self.asked += 1
        return work(self.node, None)


@pytest.mark.requirement("LINE-010")
def test_the_next_flights_wait_for_a_peer_that_takes_and_not_for_one_that_stands_still(monkeypatch):
    monkeypatch.setattr(flights, "STANDS_STILL_S", 0.05)
    monkeypatch.setattr(flights, "LOOKED_S", 0.001)
    taking, still = Log(range(0, 60, 10)), Log([7])
    service, not_waited_for = Service(taking=taking, still=still), set()
    asyncio.run(flights._taken(service, not_waited_for))
    assert taking.looks >= 5
    assert not_waited_for == {"still"}
    looks = still.looks
    asyncio.run(flights._taken(service, not_waited_for))
    assert still.looks == looks
    quick = Service(quick=Log([50]))
    asyncio.run(flights._taken(quick, set()))
    assert quick.asked == 1
