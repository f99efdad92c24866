"""Footprints as intent records carry them, and the window of time they span.

Source: docs/spec/intent.md §3; volumes as docs/spec/volume.md says.
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from comity.domain.airspace import (
    BAND_M_MAX,
    CELLS_MAX,
    SLOT_S_MAX,
    CellCover,
    Datum,
    Footprint,
    volumes_from_body,
    volumes_to_body,
)
from comity.domain.intents.fields import choice, integer, required_field, text
from comity.kernel.errors import InputError, RecordError
from comity.kernel.instants import Instant
from comity.kernel.units import MM_PER_METRE

RESOLUTION_MAX = 15  # H3's finest
BAND_HEIGHT_MM_MIN = 1_000
BAND_HEIGHT_MM_MAX = round(BAND_M_MAX * MM_PER_METRE)
BAND_ABS_MAX = 100_000
SLOT_MAX = 2**48
FLIGHT_CLASS = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
H3_CELL = re.compile(r"8[0-9a-f]{14}")


def footprint_to_body(footprint: Footprint) -> dict[str, Any]:
    """The record form of a footprint: `volumes` or `cells`, never both."""
    if footprint.cells is None:
        return {
            "flight_class": footprint.flight_class,
            "volumes": volumes_to_body(footprint.volumes),
        }
    return {"flight_class": footprint.flight_class, "cells": _cells_to_body(footprint.cells)}


def footprint_from_body(body: object, name: str = "footprint") -> Footprint:
    """Read a footprint from a record's body.

    Raises:
        RecordError: `missing-field`, `field-form`, `field-limit`, or a code of docs/spec/volume.md.
    """
    if type(body) is not dict:
        raise RecordError("field-form", f"{name}: not an object")
    if ("volumes" in body) == ("cells" in body):
        raise RecordError("field-form", f"{name}: exactly one of volumes and cells")
    flight_class = text(_under(name, body), f"{name}.flight_class", FLIGHT_CLASS)
    if "cells" in body:
        return Footprint((), _cells_from_body(body["cells"], f"{name}.cells"), flight_class)
    volumes = volumes_from_body(body["volumes"], f"{name}.volumes")
    try:
        return Footprint(volumes, None, flight_class)
    except InputError as error:
        raise RecordError("field-limit", f"{name}.{error.field}: {error.why}") from error


def window_of(footprint: Footprint) -> tuple[Instant, Instant]:
    """First and last instant of a footprint; for cells, of their time slots."""
    if footprint.cells is None:
        volumes = footprint.volumes
        return min(each.start for each in volumes), max(each.end for each in volumes)
    return footprint.cells.window()


def parts_of(footprint: Footprint) -> int:
    """How many volumes or cells a footprint has."""
    return len(footprint.volumes) if footprint.cells is None else len(footprint.cells.cells)


def _cells_to_body(cover: CellCover) -> dict[str, Any]:
    return {
        "band_height_mm": round(cover.band_height_m * MM_PER_METRE),
        "cells": [[f"{cell:x}", band, slot] for cell, band, slot in sorted(cover.cells)],
        "datum": cover.datum.value,
        "resolution": cover.resolution,
        "slot_s": cover.slot_s,
    }


def _cells_from_body(body: object, name: str) -> CellCover:
    if type(body) is not dict:
        raise RecordError("field-form", f"{name}: not an object")
    fields = _under(name, body)
    rows = required_field(fields, f"{name}.cells")
    if type(rows) is not list or not rows:
        raise RecordError("field-form", f"{name}.cells: not an array of at least one")
    if len(rows) > CELLS_MAX:
        raise RecordError("field-limit", f"{name}.cells: {len(rows)}, at most {CELLS_MAX}")
    cells = [_cell(row, f"{name}.cells") for row in rows]
    if any(before >= after for before, after in pairwise(cells)):
        raise RecordError("field-form", f"{name}.cells: not ascending, or a cell twice")
    band_mm = integer(fields, f"{name}.band_height_mm", BAND_HEIGHT_MM_MIN, BAND_HEIGHT_MM_MAX)
    resolution = integer(fields, f"{name}.resolution", 0, RESOLUTION_MAX)
    slot_s = integer(fields, f"{name}.slot_s", 1, SLOT_S_MAX)
    datum = choice(fields, f"{name}.datum", Datum)
    try:
        return CellCover(frozenset(cells), resolution, band_mm / MM_PER_METRE, slot_s, datum)
    except InputError as error:
        raise RecordError("field-limit", f"{name}.{error.field}: {error.why}") from error


def _under(name: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The same fields under their full path, which a refusal names."""
    return {f"{name}.{key}": value for key, value in body.items()}


def _cell(row: object, name: str) -> tuple[int, int, int]:
    if type(row) is not list or len(row) != 3:
        raise RecordError("field-form", f"{name}: {str(row)[:80]!r} is not [cell, band, slot]")
    cell, band, slot = row
    if type(cell) is not str or H3_CELL.fullmatch(cell) is None:
        raise RecordError("field-form", f"{name}: {str(cell)[:80]!r} is not an H3 cell")
    if type(band) is not int or abs(band) > BAND_ABS_MAX:
        raise RecordError("field-limit", f"{name}: band {str(band)[:80]!r}, at most {BAND_ABS_MAX}")
    if type(slot) is not int or not 0 <= slot <= SLOT_MAX:
        raise RecordError("field-limit", f"{name}: slot {str(slot)[:80]!r}, at most {SLOT_MAX}")
    return int(cell, 16), band, slot
