"""Recordings of tracks as tables: JSON that pandas writes, by rows or by columns, and CSV."""

from comity.adapters.track_recordings.json_rows import RECORDING_BYTES_MAX, JsonRowsDecoder
from comity.adapters.track_recordings.table import CSV_LINE_LENGTH_MAX, CsvDecoder

__all__ = ["CSV_LINE_LENGTH_MAX", "RECORDING_BYTES_MAX", "CsvDecoder", "JsonRowsDecoder"]
