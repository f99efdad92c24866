"""Plots of several feeds, and the tracks made of them: what is where, how well known, from whom."""

from comity.domain.tracks.plot import (
    NUMBER_LIMITS,
    Emergency,
    FeedId,
    Plot,
    PlotSource,
    checked_plot,
    feed_id,
)

__all__ = [
    "NUMBER_LIMITS",
    "Emergency",
    "FeedId",
    "Plot",
    "PlotSource",
    "checked_plot",
    "feed_id",
]
