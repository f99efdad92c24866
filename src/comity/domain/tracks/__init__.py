"""Plots of several feeds, and the tracks made of them: what is where, how well known, from whom.

`TrackTable` and what works on it stand in `comity.domain.tracks.table`, which loads compiled kernels.
"""

from comity.domain.tracks.feed_register import (
    FEED_ADDED,
    FEED_KINDS,
    FEED_REMOVED,
    FeedRegister,
    FeedSettings,
    feed_to_body,
)
from comity.domain.tracks.plot import (
    NUMBER_LIMITS,
    Emergency,
    FeedId,
    Plot,
    PlotSource,
    checked_plot,
    feed_id,
)
from comity.domain.tracks.plot_batch import PlotBatch, batch_of_plots, plot_batch
from comity.domain.tracks.radio_contact import RADIO_KINDS, RadioRegister, RadioSaid, TrackNamed
from comity.domain.tracks.rules import SOURCE_CODE, SOURCES, TrackRules
from comity.domain.tracks.snapshot import TrackSnapshot

__all__ = [
    "FEED_ADDED",
    "FEED_KINDS",
    "FEED_REMOVED",
    "NUMBER_LIMITS",
    "RADIO_KINDS",
    "SOURCES",
    "SOURCE_CODE",
    "Emergency",
    "FeedId",
    "FeedRegister",
    "FeedSettings",
    "Plot",
    "PlotBatch",
    "PlotSource",
    "RadioRegister",
    "RadioSaid",
    "TrackNamed",
    "TrackRules",
    "TrackSnapshot",
    "batch_of_plots",
    "checked_plot",
    "feed_id",
    "feed_to_body",
    "plot_batch",
]
