"""From volumes to float32 boxes in longitude, latitude, height and time, compiled."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.domain.conflicts.height_kernels import band_of, heights_held, heights_in_band
from comity.domain.conflicts.heights import BAND_COUNT, DatumTables
from comity.domain.conflicts.shape_box_kernels import BOXES_MAX, shape_boxes
from comity.domain.conflicts.volume_arrays import VolumeArrays
from comity.domain.geometry.box_tree_kernels import rounded_down, rounded_up
from comity.domain.geometry.jit import kernel

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints32 = NDArray[np.int32]


@kernel
def boxes_held(
    volumes: VolumeArrays,
    which: Ints32,
    horizontal_share_m: Floats,
    vertical_share_m: Floats,
    epoch_ms: int,
    bands_used: Flags,
    boxes: Floats32,
    box_rows: Ints32,
) -> int:
    """Where volumes are held.

    Args:
        volumes: (N,).
        which: (W,) rows of `volumes`.
        horizontal_share_m: (C,) of the minima, by class.
        vertical_share_m: (C,).
        epoch_ms: time 0.
        bands_used: (bands,) set for the bands of these volumes.
        boxes: (2 W, 8) filled.
        box_rows: (2 W,) filled with the row each box belongs to.

    Returns:
        How many were filled.
    """
    places_deg = np.empty((BOXES_MAX, 4))
    count = 0
    for row in which:
        own = volumes.rows[row].flight_class
        low, high = heights_held(volumes, row, vertical_share_m[own])
        bands_used[band_of(volumes, row)] = True
        for place in range(shape_boxes(volumes.shapes, row, horizontal_share_m[own], places_deg)):
            _write_box(volumes, row, places_deg, place, low, high, epoch_ms, boxes, count)
            box_rows[count] = row
            count += 1
    return count


@kernel
def boxes_asked(
    volumes: VolumeArrays,
    which: Ints32,
    horizontal_share_m: Floats,
    vertical_share_m: Floats,
    datums: DatumTables,
    bands_used: Flags,
    epoch_ms: int,
    boxes: Floats32,
    box_rows: Ints32,
) -> int:
    """Where volumes are looked up: once in every band used that they can reach.

    Args:
        volumes: (N,).
        which: (W,) rows of `volumes`.
        horizontal_share_m: (C,) of the minima, by class.
        vertical_share_m: (C,).
        datums: (D,) each, the widest there is.
        bands_used: (bands,).
        epoch_ms: time 0.
        boxes: (2 W x bands, 8) filled.
        box_rows: (2 W x bands,) filled with the row each box belongs to.

    Returns:
        How many were filled.
    """
    places_deg = np.empty((BOXES_MAX, 4))
    count = 0
    for row in which:
        own = volumes.rows[row].flight_class
        found = shape_boxes(volumes.shapes, row, horizontal_share_m[own], places_deg)
        for band in range(BAND_COUNT):
            if not bands_used[band]:
                continue
            low, high = heights_in_band(volumes, row, vertical_share_m[own], datums, band)
            if low > high:
                continue
            for place in range(found):
                _write_box(volumes, row, places_deg, place, low, high, epoch_ms, boxes, count)
                box_rows[count] = row
                count += 1
    return count


@kernel
def _write_box(
    volumes: VolumeArrays,
    row: int,
    places_deg: Floats,
    place: int,
    low_m: float,
    high_m: float,
    epoch_ms: int,
    boxes: Any,
    box: int,
) -> None:
    boxes[box, 0] = rounded_down(places_deg[place, 0])
    boxes[box, 1] = rounded_down(places_deg[place, 1])
    boxes[box, 2] = rounded_down(low_m)
    boxes[box, 3] = rounded_down((volumes.rows[row].start_ms - epoch_ms) / 1000.0)
    boxes[box, 4] = rounded_up(places_deg[place, 2])
    boxes[box, 5] = rounded_up(places_deg[place, 3])
    boxes[box, 6] = rounded_up(high_m)
    boxes[box, 7] = rounded_up((volumes.rows[row].end_ms - epoch_ms) / 1000.0)
