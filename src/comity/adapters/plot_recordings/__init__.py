"""Plots kept on disk, bounded and hashed: written beside the watch, read back moment by moment."""

from collections.abc import Sequence

from comity.adapters.plot_recordings.decoder import RecordedPlots
from comity.adapters.plot_recordings.reading import PlotArchive, RecordedStretch, SegmentInfo
from comity.adapters.plot_recordings.writing import PlotRecorder, RecorderLimits

__all__: Sequence[str] = [
    "PlotArchive",
    "PlotRecorder",
    "RecordedPlots",
    "RecordedStretch",
    "RecorderLimits",
    "SegmentInfo",
]
