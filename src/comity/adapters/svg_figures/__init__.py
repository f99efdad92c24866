"""Figures of a reconstruction as SVG: plan view, heights, distance of rival tracks, lanes of time.

Each is one picture with a title and a description, drawn by attributes alone: no script, no style sheet, no link,
and no reference to anything outside. Whatever text it is given stays text.
"""

from comity.adapters.svg_figures.canvas import IN_ENGLISH, FigureWords, shown_text
from comity.adapters.svg_figures.charts import altitude_profile, range_plot
from comity.adapters.svg_figures.plan_view import BorderPiece, plan_view
from comity.adapters.svg_figures.timeline import Lane, LaneEvent, timeline

__all__ = [
    "IN_ENGLISH",
    "BorderPiece",
    "FigureWords",
    "Lane",
    "LaneEvent",
    "altitude_profile",
    "plan_view",
    "range_plot",
    "shown_text",
    "timeline",
]
