"""Numeric core: shapes on the WGS 84 ellipsoid, how far apart they are, and trees of boxes.

`kernels` and `jit` hold the compiled side; they load Numba, so import them where needed only.
"""

from comity.domain.geometry.bounds import Box, bounding_boxes
from comity.domain.geometry.distance import (
    RANGE_M_MAX,
    Measure,
    Nearest,
    nearest,
    nearest_compiled,
    tolerance_m,
)
from comity.domain.geometry.edges import EDGE_TOLERANCE_M
from comity.domain.geometry.ellipsoid import degrees_from_unit, unit_from_degrees
from comity.domain.geometry.kinds import EdgeKind, ShapeKind
from comity.domain.geometry.prepared import SHAPE_ROW, PreparedShape, ShapeArrays, pack
from comity.domain.geometry.shape import RADIUS_M_MAX, VERTICES_MAX, Shape, prepare

__all__ = [
    "EDGE_TOLERANCE_M",
    "RADIUS_M_MAX",
    "RANGE_M_MAX",
    "SHAPE_ROW",
    "VERTICES_MAX",
    "Box",
    "EdgeKind",
    "Measure",
    "Nearest",
    "PreparedShape",
    "Shape",
    "ShapeArrays",
    "ShapeKind",
    "bounding_boxes",
    "degrees_from_unit",
    "nearest",
    "nearest_compiled",
    "pack",
    "prepare",
    "tolerance_m",
    "unit_from_degrees",
]
