"""Rows of a recording: the JSON that pandas writes, by rows or by columns, gzipped or plain.

Times are Unix milliseconds UTC, altitudes feet of pressure height, positions degrees; other columns
are not read. A null is a value nobody received.
"""

import gzip
import io
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from comity.kernel.errors import InputError
from comity.kernel.units import METRES_PER_FOOT

SIZE_BYTES_MAX = 256 << 20  # unpacked; a day over Switzerland at 10 s is 30 MB
GZIP_MAGIC = b"\x1f\x8b"

Floats = NDArray[np.float64]


class _Row(msgspec.Struct):
    timestamp: int | None = None
    icao24: str | None = None
    callsign: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None


@dataclass(frozen=True, slots=True)
class AircraftRows:
    """What one aircraft sent, in the order of the file; NaN where nothing was received.

    Attributes:
        icao24: the aircraft's 24-bit address, lower-case hex.
        callsigns: one a row, empty where unknown.
        unix_ms: (N,) NaN where unknown.
        latitude_deg: (N,).
        longitude_deg: (N,).
        pressure_height_m: (N,).
    """

    icao24: str
    callsigns: tuple[str, ...]
    unix_ms: Floats
    latitude_deg: Floats
    longitude_deg: Floats
    pressure_height_m: Floats


def read_rows(file_bytes: bytes, field: str = "recording") -> tuple[AircraftRows, ...]:
    """Read a recording and sort its rows by aircraft.

    Raises:
        InputError: too large, not gzip that unpacks, not JSON of either layout, or no rows.
    """
    text_bytes = _unpacked(file_bytes, field)
    rows = _decoded(text_bytes, field)
    by_aircraft: dict[str, list[_Row]] = {}
    for row in rows:
        by_aircraft.setdefault((row.icao24 or "").lower(), []).append(row)
    if not rows:
        raise InputError(field, "no rows")
    return tuple(_aircraft(icao24, found) for icao24, found in sorted(by_aircraft.items()))


def _unpacked(file_bytes: bytes, field: str) -> bytes:
    if not file_bytes.startswith(GZIP_MAGIC):
        text_bytes = file_bytes
    else:
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(file_bytes)) as stream:
                text_bytes = stream.read(SIZE_BYTES_MAX + 1)
        except (OSError, EOFError) as error:
            raise InputError(field, f"gzip that does not unpack: {error}") from error
    if len(text_bytes) > SIZE_BYTES_MAX:
        raise InputError(field, f"over {SIZE_BYTES_MAX} bytes unpacked")
    return text_bytes


def _decoded(text_bytes: bytes, field: str) -> list[_Row]:
    try:
        if text_bytes.lstrip()[:1] == b"[":
            return msgspec.json.decode(text_bytes, type=list[_Row])
        columns = msgspec.json.decode(text_bytes, type=dict[str, dict[str, object]])
        return [
            msgspec.convert(
                {
                    name: columns[name].get(key)
                    for name in _Row.__struct_fields__
                    if name in columns
                },
                _Row,
            )
            for key in columns.get("timestamp", {})
        ]
    except msgspec.MsgspecError as error:
        raise InputError(field, str(error)) from error


def _aircraft(icao24: str, rows: Sequence[_Row]) -> AircraftRows:
    def column(values: Sequence[float | None]) -> Floats:
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)

    return AircraftRows(
        icao24,
        tuple((row.callsign or "").strip().upper() for row in rows),
        column([row.timestamp for row in rows]),
        column([row.latitude for row in rows]),
        column([row.longitude for row in rows]),
        column([row.altitude for row in rows]) * METRES_PER_FOOT,
    )
