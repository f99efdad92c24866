"""From volumes to the boxes under which they are held, and under which they are looked up."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from comity.domain.conflicts.flight_classes import FlightClasses, widest_datums
from comity.domain.conflicts.heights import BAND_COUNT, DatumTables
from comity.domain.conflicts.volume_arrays import VolumeArrays
from comity.domain.geometry.box_tree import BOX_SIZE

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints32 = NDArray[np.int32]

BOXES_MAX = 2  # of one volume, across the antimeridian


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

    @property
    def shares_m(self) -> Floats:
        """(C, 2) horizontal and vertical, by class."""
        return np.stack([self.horizontal_share_m, self.vertical_share_m], axis=1)

    def wider(self, extra_m: Floats) -> "Boxing":
        """The same with (2,) more horizontally and vertically for every class."""
        return replace(
            self,
            horizontal_share_m=self.horizontal_share_m + extra_m[0],
            vertical_share_m=self.vertical_share_m + extra_m[1],
        )

    def boxes_held(
        self, volumes: VolumeArrays, which: Ints32, bands_used: Flags
    ) -> tuple[Floats32, Ints32]:
        """Boxes (B, 8) to hold the given rows under, and (B,) the row of each, in their order.

        Args:
            volumes: (N,).
            which: (W,) rows of `volumes`.
            bands_used: (bands,) set for the bands of these rows.
        """
        from comity.domain.conflicts import box_kernels as kernels  # noqa: PLC0415 (Numba)

        boxes = np.empty((BOXES_MAX * len(which), BOX_SIZE), np.float32)
        rows = np.empty(len(boxes), np.int32)
        count = kernels.boxes_held(
            volumes,
            which,
            self.horizontal_share_m,
            self.vertical_share_m,
            self.epoch_ms,
            bands_used,
            boxes,
            rows,
        )
        return boxes[:count], rows[:count]

    def boxes_asked(
        self, volumes: VolumeArrays, which: Ints32, bands_used: Flags
    ) -> tuple[Floats32, Ints32]:
        """Boxes (B, 8) to look the given rows up by in the bands used, and (B,) the row of each."""
        from comity.domain.conflicts import box_kernels as kernels  # noqa: PLC0415 (Numba)

        boxes = np.empty((BOXES_MAX * BAND_COUNT * len(which), BOX_SIZE), np.float32)
        rows = np.empty(len(boxes), np.int32)
        count = kernels.boxes_asked(
            volumes,
            which,
            self.horizontal_share_m,
            self.vertical_share_m,
            self.datums,
            bands_used,
            self.epoch_ms,
            boxes,
            rows,
        )
        return boxes[:count], rows[:count]


def boxing(classes: FlightClasses, epoch_ms: int) -> Boxing:
    """How volumes of the classes met so far become boxes."""
    return Boxing(
        epoch_ms=epoch_ms,
        horizontal_share_m=classes.horizontal_share_m,
        vertical_share_m=classes.vertical_share_m,
        datums=widest_datums(classes.tables),
    )
