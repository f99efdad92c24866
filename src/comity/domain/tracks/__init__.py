"""Plots of several feeds, and the tracks made of them: what is where, how well known, from whom.

`TrackTable` and what works on it stand in `comity.domain.tracks.table`, which loads compiled kernels.
"""

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
from comity.domain.tracks.rules import SOURCE_CODE, SOURCES, TrackRules
from comity.domain.tracks.snapshot import TrackSnapshot

__all__ = [
    "NUMBER_LIMITS",
    "SOURCES",
    "SOURCE_CODE",
    "Emergency",
    "FeedId",
    "Plot",
    "PlotBatch",
    "PlotSource",
    "TrackRules",
    "TrackSnapshot",
    "batch_of_plots",
    "checked_plot",
    "feed_id",
    "plot_batch",
]
