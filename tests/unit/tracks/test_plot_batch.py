import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.domain.tracks import (
    NUMBER_LIMITS,
    Emergency,
    Plot,
    PlotSource,
    batch_of_plots,
    checked_plot,
    feed_id,
    plot_batch,
)
from comity.domain.tracks.plot_batch import MASK_OF, NUMBERS
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

FEED = feed_id("roof")
AT = Instant(1_700_000_000_000)
COLUMNED = [name for name in NUMBERS if name not in {"address", "track_number"}]


def plot(**fields):
    return Plot(feed=FEED, source=PlotSource.ADS_B, at=AT, received_at=AT, **fields)


@pytest.mark.requirement("TRACK-003")
@given(st.lists(st.tuples(st.sampled_from(COLUMNED), st.floats()), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_both_doors_refuse_alike(stated):
    """Each plot states one number; half of a position or velocity is completed with 0."""
    whole = {"has_position": ("latitude_deg", "longitude_deg")}
    whole["has_velocity"] = ("ground_speed_mps", "track_true_rad")
    plots = []
    for name, value in stated:
        others = dict.fromkeys(whole.get(MASK_OF[name], ()), 0.0)
        plots.append(plot(**(others | {name: value})))
    refused = []
    for each in plots:
        try:
            checked_plot(each)
        except InputError as error:
            refused.append(error.field)
    (batch,) = batch_of_plots(plots)
    good, counted = batch.checked()
    assert len(good) == len(plots) - len(refused)
    assert counted == {name: refused.count(name) for name in set(refused)}


@pytest.mark.requirement("TRACK-002")
def test_what_a_feed_lacks_is_masked_out():
    nothing = np.zeros(3, np.int64)
    source = np.zeros(3, np.uint8)
    batch = plot_batch(FEED, source=source, at_ms=nothing, received_at_ms=nothing)
    for mask in set(MASK_OF.values()) | {"has_on_ground"}:
        assert not getattr(batch, mask).any(), mask
    half = plot_batch(
        FEED, source=source, at_ms=nothing, received_at_ms=nothing, latitude_deg=np.ones(3)
    )
    assert not half.has_position.any()


def test_columns_of_other_names_or_lengths_are_a_mistake():
    nothing = np.zeros(3, np.int64)
    source = np.zeros(3, np.uint8)
    for wrong in ({"latitude": np.ones(3)}, {"latitude_deg": np.ones(2)}):
        with pytest.raises(ValueError, match="latitude"):
            plot_batch(FEED, source=source, at_ms=nothing, received_at_ms=nothing, **wrong)


@pytest.mark.requirement("TRACK-003")
def test_plots_become_columns_by_feed():
    full = plot(
        latitude_deg=47.0,
        longitude_deg=8.0,
        altitude_pressure_m=1_000.0,
        ground_speed_mps=80.0,
        track_true_rad=math.pi,
        address=0x4B43AC,
        address_is_icao=True,
        squawk="7000",
        emergency=Emergency.NONE,
        on_ground=False,
    )
    other = Plot(feed=feed_id("radar"), source=PlotSource.RADAR_PRIMARY, at=AT, received_at=AT)
    batches = batch_of_plots([full, other, plot(ground_speed_mps=5.0)])
    assert [(batch.feed, len(batch)) for batch in batches] == [("roof", 2), ("radar", 1)]
    roof = batches[0]
    assert roof.has_position.tolist() == [True, False]
    assert roof.has_velocity.tolist() == [True, False]  # a speed without a direction is none
    assert roof.has_on_ground.tolist() == [True, False]
    assert roof.squawk.tolist() == ["7000", None]
    assert roof.address[0] == 0x4B43AC
    assert not batches[1].has_position.any()
    assert set(NUMBERS) <= set(NUMBER_LIMITS)
