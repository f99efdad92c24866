"""Recorded aircraft taken as planned flights, with stated uncertainty."""

from comity.adapters.recorded_traffic.flights import (
    RecordedDay,
    RecordedFlight,
    RecordedPoint,
    recorded_day,
)
from comity.adapters.recorded_traffic.rows import AircraftRows, read_rows
from comity.adapters.recorded_traffic.sample import read_sample

__all__ = [
    "AircraftRows",
    "RecordedDay",
    "RecordedFlight",
    "RecordedPoint",
    "read_rows",
    "read_sample",
    "recorded_day",
]
