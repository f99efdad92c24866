"""Volumes in arrays, one row each, as compiled loops take them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from comity.domain.airspace import Datum, Volume4D
from comity.domain.geometry import SHAPE_ROW, ShapeArrays, pack

Rows = NDArray[np.void]

DATUMS = tuple(Datum)
DATUM_NUMBER = {datum: number for number, datum in enumerate(DATUMS)}

VOLUME_ROW = np.dtype(
    [
        ("start_ms", np.int64),
        ("end_ms", np.int64),
        ("lower_m", np.float64),
        ("upper_m", np.float64),
        ("index", np.int32),
        ("flight_class", np.int32),
        ("lower_datum", np.int8),
        ("upper_datum", np.int8),
        ("again", np.bool_),
    ],
    align=True,
)
"""One volume but for its shape, 48 bytes side by side: a candidate costs two lines of cache, not ten.

Times since 1970-01-01 UTC; heights in their datum, an index in `DATUMS`; `index` within the
footprint; number of the flight class; `again` in the second row of a volume that has two boxes.
"""


class VolumeArrays(NamedTuple):
    """Many 4D volumes in a form that compiled loops take.

    Attributes:
        rows: (N,) of `VOLUME_ROW`.
        shapes: (N,) the shape of each, in the same order.
    """

    rows: Rows
    shapes: ShapeArrays


def volume_arrays(volumes: Sequence[Volume4D], flight_class: int) -> VolumeArrays:
    """The volumes of one flight, in order."""
    rows = [
        (
            volume.start.unix_ms,
            volume.end.unix_ms,
            volume.lower.height_m,
            volume.upper.height_m,
            index,
            flight_class,
            DATUM_NUMBER[volume.lower.datum],
            DATUM_NUMBER[volume.upper.datum],
            False,
        )
        for index, volume in enumerate(volumes)
    ]
    shapes = pack([volume.shape.prepared for volume in volumes])
    return VolumeArrays(np.array(rows, VOLUME_ROW), shapes)


def empty_arrays(rows: int, points: int) -> VolumeArrays:
    """Room for so many volumes whose shapes have so many points in all."""
    shapes = ShapeArrays(np.empty(rows, SHAPE_ROW), np.empty((points, 3)))
    return VolumeArrays(np.empty(rows, VOLUME_ROW), shapes)


def enlarged(volumes: VolumeArrays, rows: int, points: int) -> VolumeArrays:
    """The same volumes at the same places, with room for more."""
    grown = empty_arrays(rows, points)
    grown.rows[: len(volumes.rows)] = volumes.rows
    grown.shapes.rows[: len(volumes.rows)] = volumes.shapes.rows
    grown.shapes.points[: len(volumes.shapes.points)] = volumes.shapes.points
    return grown


def size_bytes(volumes: VolumeArrays) -> int:
    """Memory held, free rows included."""
    return volumes.rows.nbytes + volumes.shapes.rows.nbytes + volumes.shapes.points.nbytes
