"""Many flights declared at once go out at the pace at which the peers take them."""

import asyncio
from types import SimpleNamespace

import pytest

from comity.entrypoints.api import flights


class Log:
    """A log of 100 records, of which the peer gives receipts as it is looked at."""

    def __init__(self, sizes):
        self.sizes = list(sizes)  # what is receipted at each look; the last stays
        self.looks = -1

    @property
    def receipted_size(self):
        return self.sizes[min(max(self.looks, 0), len(self.sizes) - 1)]

    def has_room(self):
        return self.receipted_size > 100 - 32


class Service:
    def __init__(self, **logs):
        self.logs = logs
        self.asked = 0
        self.node = SimpleNamespace(peers=lambda: tuple(logs), own_log=lambda peer: logs[peer])

    async def do(self, work):
        self.asked += 1
        for log in self.logs.values():
            log.looks += 1
        return work(self.node, None)


def pace_of(service):
    return flights._Pace(sizes=dict.fromkeys(service.logs, 100))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(flights, "FEW_S", 0.02)
    monkeypatch.setattr(flights, "STANDS_STILL_S", 0.05)
    monkeypatch.setattr(flights, "LOOKED_S", 0.001)


@pytest.mark.requirement("LINE-010")
def test_the_next_flights_wait_for_a_peer_that_takes_and_not_for_one_that_stands_still():
    taking, still = Log(range(0, 60, 10)), Log([7])
    taking.sizes.append(100)
    service = Service(taking=taking, still=still)
    pace = pace_of(service)
    asyncio.run(flights._taken(service, pace))
    assert taking.looks >= 6
    assert pace.not_waited_for == {"still"}
    asked = service.asked
    asyncio.run(flights._taken(service, pace))
    assert service.asked == asked + 1


@pytest.mark.requirement("LINE-010")
def test_hardly_any_flight_is_under_way_as_the_next_ones_go_out(monkeypatch):
    monkeypatch.setattr(flights, "FEW_S", 60.0)  # on a slow machine, too
    service = Service(quick=Log([80, 90, 95, 96]))
    asyncio.run(flights._taken(service, pace_of(service)))
    assert service.asked == 4  # there was room in the window of the line from the first look on


@pytest.mark.requirement("LINE-010")
def test_on_a_slow_way_the_lines_window_is_enough_and_a_peer_that_is_away_is_waited_for_once(
    monkeypatch,
):
    monkeypatch.setattr(flights, "STANDS_STILL_S", 60.0)  # on a slow machine, too
    service = Service(away=Log([80]))
    pace = pace_of(service)
    asyncio.run(flights._taken(service, pace))
    assert (pace.still, pace.not_waited_for) == ({"away"}, set())
    asked = service.asked
    asyncio.run(flights._taken(service, pace))
    assert service.asked == asked + 1


@pytest.mark.requirement("LINE-010")
def test_what_others_put_behind_the_flights_is_not_waited_for():
    service = Service(quick=Log([20]))
    pace = flights._Pace(sizes={"quick": 24})
    asyncio.run(flights._taken(service, pace))
    assert service.asked == 1


@pytest.mark.requirement("LINE-010")
def test_a_peer_that_takes_slowly_all_the_while_does_not_keep_the_answer_for_long(monkeypatch):
    monkeypatch.setattr(flights, "FEW_S", 60.0)
    monkeypatch.setattr(flights, "FEW_IN_ALL_S", 0.05)
    service = Service(slow=Log(range(70, 90)))  # room in the line's window, and more than few
    pace = pace_of(service)
    asyncio.run(flights._taken(service, pace))
    assert pace.waited_s >= 0.05
    assert pace.still == set()
    asked = service.asked
    asyncio.run(flights._taken(service, pace))
    assert service.asked == asked + 1
