"""From volumes to the boxes under which they are held, and under which they are looked up."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.domain.conflicts.flight_classes import FlightClasses, widest_datums
from comity.domain.conflicts.heights import BAND_COUNT, DatumTables
from comity.domain.conflicts.volume_arrays import VolumeArrays
from comity.domain.geometry.box_tree import box_rows

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints32 = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Boxing:
    """How volumes become boxes; a volume across the antimeridian becomes two.

    Boxes over-approximate: by the stretch of longitude that `bounding_boxes` states, float32
    rounding, and classes whose shares add up to more than their minimum.

    Attributes:
        epoch_ms: time 0 of the boxes.
        horizontal_share_m: (C,) by class.
        vertical_share_m: (C,) by class.
        datums: what holds of datums between any two classes, at the widest.
    """

    epoch_ms: int
    horizontal_share_m: Floats
    vertical_share_m: Floats
    datums: DatumTables

    def boxes_held(self, volumes: VolumeArrays) -> tuple[Floats32, Ints32]:
        """Boxes (B, 8) to hold volumes under, and (B,) the volume of each, ascending."""
        from comity.domain.conflicts import height_kernels as kernels  # noqa: PLC0415 (Numba)

        places_deg, rows = self._places(volumes)
        lower = np.empty((len(rows), 4))
        upper = np.empty((len(rows), 4))
        kernels.bounds_held(
            volumes, places_deg, rows, self.vertical_share_m, self.epoch_ms, lower, upper
        )
        return box_rows(lower, upper), rows

    def boxes_asked(self, volumes: VolumeArrays, bands_used: Flags) -> tuple[Floats32, Ints32]:
        """Boxes (B, 8) to look up volumes in the bands used, and (B,) the volume of each."""
        from comity.domain.conflicts import height_kernels as kernels  # noqa: PLC0415 (Numba)

        places_deg, rows = self._places(volumes)
        lower = np.empty((len(rows) * BAND_COUNT, 4))
        upper = np.empty((len(rows) * BAND_COUNT, 4))
        asked_rows = np.empty(len(rows) * BAND_COUNT, np.int32)
        count = kernels.bounds_asked(
            volumes,
            places_deg,
            rows,
            self.vertical_share_m,
            self.datums,
            bands_used,
            self.epoch_ms,
            lower,
            upper,
            asked_rows,
        )
        return box_rows(lower[:count], upper[:count]), asked_rows[:count]

    def _places(self, volumes: VolumeArrays) -> tuple[Floats, Ints32]:
        from comity.domain.conflicts import shape_box_kernels as kernels  # noqa: PLC0415 (Numba)

        count = len(volumes.lower_m)
        boxes_deg = np.empty((kernels.BOXES_MAX * count, 4))
        rows = np.empty(kernels.BOXES_MAX * count, np.int32)
        buffer_m = self.horizontal_share_m[volumes.flight_class]
        found = kernels.shape_boxes(volumes.shapes, buffer_m, boxes_deg, rows)
        return boxes_deg[:found], rows[:found]


def boxing(classes: FlightClasses, epoch_ms: int) -> Boxing:
    """How volumes of the classes met so far become boxes."""
    return Boxing(
        epoch_ms=epoch_ms,
        horizontal_share_m=classes.horizontal_share_m,
        vertical_share_m=classes.vertical_share_m,
        datums=widest_datums(classes.tables),
    )
