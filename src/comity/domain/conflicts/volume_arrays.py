"""Volumes in arrays, one row each, as compiled loops take them."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from comity.domain.airspace import Datum, Volume4D
from comity.domain.geometry import PreparedShape, ShapeArrays, pack

Floats = NDArray[np.float64]
Ints8 = NDArray[np.int8]
Ints32 = NDArray[np.int32]
Ints64 = NDArray[np.int64]

Scalar = TypeVar("Scalar", bound=np.generic)

DATUMS = tuple(Datum)
DATUM_NUMBER = {datum: number for number, datum in enumerate(DATUMS)}


class VolumeArrays(NamedTuple):
    """Many 4D volumes in a form that compiled loops take; rows are volumes.

    Attributes:
        shapes: (N,) packed shapes.
        lower_m: (N,) height of the lower limit, in its datum.
        upper_m: (N,) height of the upper limit, in its datum.
        lower_datum: (N,) index in `DATUMS`.
        upper_datum: (N,) index in `DATUMS`.
        start_ms: (N,) since 1970-01-01 UTC.
        end_ms: (N,).
        flight_class: (N,) number of the class.
    """

    shapes: ShapeArrays
    lower_m: Floats
    upper_m: Floats
    lower_datum: Ints8
    upper_datum: Ints8
    start_ms: Ints64
    end_ms: Ints64
    flight_class: Ints32


def volume_arrays(
    volumes: Sequence[Volume4D], shapes: Sequence[PreparedShape], flight_class: int
) -> VolumeArrays:
    """The volumes of one flight, with their shapes as prepared, in order."""
    return VolumeArrays(
        shapes=pack(shapes),
        lower_m=np.array([volume.lower.height_m for volume in volumes], np.float64),
        upper_m=np.array([volume.upper.height_m for volume in volumes], np.float64),
        lower_datum=np.array([DATUM_NUMBER[volume.lower.datum] for volume in volumes], np.int8),
        upper_datum=np.array([DATUM_NUMBER[volume.upper.datum] for volume in volumes], np.int8),
        start_ms=np.array([volume.start.unix_ms for volume in volumes], np.int64),
        end_ms=np.array([volume.end.unix_ms for volume in volumes], np.int64),
        flight_class=np.full(len(volumes), flight_class, np.int32),
    )


def empty_arrays(rows: int, points: int) -> VolumeArrays:
    """Room for so many volumes whose shapes have so many points in all."""
    return VolumeArrays(
        shapes=ShapeArrays(
            points=np.empty((points, 3)),
            first=np.zeros(rows + 1, np.int64),
            ring=np.empty(rows, np.bool_),
            radius_m=np.empty(rows),
            centre=np.empty((rows, 3)),
            reach_m=np.empty(rows),
            piece_m=np.empty(rows),
        ),
        lower_m=np.empty(rows),
        upper_m=np.empty(rows),
        lower_datum=np.empty(rows, np.int8),
        upper_datum=np.empty(rows, np.int8),
        start_ms=np.empty(rows, np.int64),
        end_ms=np.empty(rows, np.int64),
        flight_class=np.empty(rows, np.int32),
    )


def write_rows(target: VolumeArrays, row: int, source: VolumeArrays, count: int) -> None:
    """Copy the first `count` rows of `source` into `target` from `row` on, points included.

    `target.shapes.first[row]` says where its free points begin.
    """
    point = int(target.shapes.first[row])
    points = int(source.shapes.first[count])
    target.shapes.points[point : point + points] = source.shapes.points[:points]
    target.shapes.first[row + 1 : row + count + 1] = source.shapes.first[1 : count + 1] + point
    columns: list[NDArray[Any]] = [*target.shapes[2:], *target[1:]]
    sources: list[NDArray[Any]] = [*source.shapes[2:], *source[1:]]
    for into, out_of in zip(columns, sources, strict=True):
        into[row : row + count] = out_of[:count]


def padded(column: NDArray[Scalar], room: int, value: int) -> NDArray[Scalar]:
    """A copy of a column with room for more rows, filled with a value."""
    free = np.full((room - len(column), *column.shape[1:]), value, column.dtype)
    return np.concatenate([column, free])


def size_bytes(volumes: VolumeArrays) -> int:
    """Memory held, free rows included."""
    return sum(column.nbytes for column in (*volumes.shapes, *volumes[1:]))
