"""The six faces of a cube round the earth, on which every great ellipse is a straight line.

A point of the ellipsoid in unit coordinates (x/a, y/a, z/b) lies on the face of its largest
coordinate and is seen there from the centre (gnomonic projection): no place is singular, and pieces
of edges and of paths cross as line segments of a plane do. Each face is a grid of square cells that
goes on beyond the face, far enough that no short path and no search leaves it.
"""

import numpy as np

from comity.domain.geometry.ellipsoid import Floats

FACES = 6
CELLS_PER_UNIT = 512.0  # a cell is 12.5 km at the middle of a face and 4 km at its corners
HALO_CELLS = 16  # of which a step of `STEP_M_MAX` takes at most 8.3
CELLS = 2 * int(CELLS_PER_UNIT) + 2 * HALO_CELLS
TILE_CELLS = 8  # a side of a tile: 64 cells, a bit each
ORIGIN = 1.0 + HALO_CELLS / CELLS_PER_UNIT
"""A face's grid begins at -ORIGIN in both coordinates."""
STEP_M_MAX = 40_000.0

AXES = np.array([[0, 1, 2], [0, 1, 2], [1, 2, 0], [1, 2, 0], [2, 0, 1], [2, 0, 1]], np.int64)
"""(6, 3) which coordinate looks out of the face, which run across it."""
SIGNS = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])


def on_face(unit: Floats, face: int) -> Floats:
    """(N, 2) coordinates of points (N, 3) on one face; NaN for points behind it."""
    out, across, up = AXES[face]
    depth = unit[:, out] * SIGNS[face]
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(depth > 0.0, SIGNS[face] / depth, np.nan)
        return np.stack([unit[:, across] * scale, unit[:, up] * scale], axis=1)
