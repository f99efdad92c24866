"""What waits for the loop is bounded, what is left out is counted, and the newest position wins."""

import numpy as np
import pytest

from comity.application.plot_inbox import PlotInbox, newest_rows
from comity.domain.tracks import FeedId, Plot, PlotSource, batch_of_plots
from comity.kernel.instants import Instant

FEED = FeedId("roof")
START = Instant(1_795_000_000_000)


def _plot(address, second, *, latitude_deg=50.0, feed=FEED, **said):
    at = START.plus_s(second)
    place = {} if latitude_deg is None else {"latitude_deg": latitude_deg, "longitude_deg": 8.0}
    return Plot(
        feed=feed, source=PlotSource.ADS_B, at=at, received_at=at,
        address=address, address_is_icao=True, **place, **said,
    )  # fmt: skip


def test_what_fits_is_handed_on_as_it_came():
    inbox = PlotInbox(rows_max=10)
    inbox.put_plots([_plot(1, 0), _plot(1, 1), _plot(2, 1)])
    inbox.put_plots([_plot(1, 2, callsign="RELIEF7")])
    assert len(inbox) == 4
    (batch,) = inbox.drain()
    assert batch.address.tolist() == [1, 1, 2, 1]
    assert batch.callsign is not None
    assert batch.callsign[3] == "RELIEF7"
    assert len(inbox) == 0
    assert inbox.drain() == []
    assert inbox.counts[FEED] == {"received": 4}


@pytest.mark.requirement("NODE-004")
def test_above_the_limit_the_newest_of_each_aircraft_stays_and_the_rest_is_counted():
    inbox = PlotInbox(rows_max=6)
    for second in range(5):
        inbox.put_plots([_plot(1, second), _plot(2, second)])
    waiting = inbox.drain()[0]
    last = dict(zip(waiting.address.tolist(), waiting.at_ms.tolist(), strict=True))
    assert last == {1: START.plus_s(4).unix_ms, 2: START.plus_s(4).unix_ms}
    counts = inbox.counts[FEED]
    assert counts["received"] == 10
    assert counts["superseded"] == 10 - len(waiting)
    assert counts["dropped"] == 0


@pytest.mark.requirement("NODE-004")
def test_more_aircraft_than_may_wait_lose_the_oldest_and_are_counted():
    inbox = PlotInbox(rows_max=100)
    inbox.put_plots([_plot(address, address * 0.001) for address in range(1000)])
    assert len(inbox) <= 100
    kept = inbox.drain()[0].address.tolist()
    assert kept == list(range(1000 - len(kept), 1000))
    counts = inbox.counts[FEED]
    assert counts["dropped"] + len(kept) == 1000


def test_a_plot_without_a_position_does_not_take_the_place_of_one_with():
    batch = batch_of_plots([_plot(1, 0), _plot(1, 1, latitude_deg=None, callsign="A")])[0]
    assert newest_rows(batch).tolist() == [0, 1]


def test_plots_without_any_name_all_stay():
    at = START
    echoes = [
        Plot(feed=FEED, source=PlotSource.RADAR_PRIMARY, at=at, received_at=at,
             latitude_deg=50.0 + k, longitude_deg=8.0)
        for k in range(3)
    ]  # fmt: skip
    assert newest_rows(batch_of_plots(echoes)[0]).tolist() == [0, 1, 2]


def test_an_address_and_a_track_number_of_the_same_digits_are_two_names():
    at = START
    numbered = Plot(feed=FEED, source=PlotSource.RADAR_SECONDARY, at=at, received_at=at,
                    latitude_deg=50.0, longitude_deg=8.0, track_number=2)  # fmt: skip
    batch = batch_of_plots([_plot(1, 1), numbered])[0]
    assert newest_rows(batch).tolist() == [0, 1]


@pytest.mark.parametrize("seed", range(5))
def test_whatever_comes_is_received_or_counted_as_left_out(seed):
    rng = np.random.default_rng(seed)
    inbox = PlotInbox(rows_max=50)
    feeds = [FeedId("one"), FeedId("two")]
    for _ in range(20):
        inbox.put_plots(
            _plot(int(rng.integers(60)), float(rng.integers(100)), feed=feeds[rng.integers(2)])
            for _ in range(rng.integers(1, 30))
        )
        assert len(inbox) <= 50
    left = {batch.feed: len(batch) for batch in inbox.drain()}
    for feed in feeds:
        counts = inbox.counts[feed]
        assert counts["received"] == counts["superseded"] + counts["dropped"] + left.get(feed, 0)
