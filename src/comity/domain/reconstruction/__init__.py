"""What was flown, said and known, put together again moment by moment; rival accounts side by side."""

from comity.domain.reconstruction.alert_lines import AlertLine, alert_lines
from comity.domain.reconstruction.case_file import CaseFile, words_of_record
from comity.domain.reconstruction.changes import Change
from comity.domain.reconstruction.divergence import Divergence, DivergenceRow, divergence_of
from comity.domain.reconstruction.heard import Heard, LogView
from comity.domain.reconstruction.knowledge import Act, Basis, Knowledge, Known, who_knew
from comity.domain.reconstruction.state import History, Item, StateThen
from comity.domain.reconstruction.tracks_then import TrackThen, recorded_tracks, tracks_then

__all__ = [
    "Act",
    "AlertLine",
    "Basis",
    "CaseFile",
    "Change",
    "Divergence",
    "DivergenceRow",
    "Heard",
    "History",
    "Item",
    "Knowledge",
    "Known",
    "LogView",
    "StateThen",
    "TrackThen",
    "alert_lines",
    "divergence_of",
    "recorded_tracks",
    "tracks_then",
    "who_knew",
    "words_of_record",
]
