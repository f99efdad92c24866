"""Areas on the ellipsoid: a ring or a path, thickened by a radius."""

import math
from dataclasses import dataclass
from functools import cached_property

from comity.domain.geometry.kinds import EdgeKind, ShapeKind
from comity.domain.geometry.prepared import PreparedShape, prepare_plainly, prepare_vertices
from comity.kernel.errors import InputError

VERTICES_MAX = 1_000  # ED-269 and F3548 exchange tens; national boundaries at 1:10M, hundreds
RADIUS_M_MAX = (
    200_000.0  # 108 NM; with separation 200 km, within the range distances are proved for
)


@dataclass(frozen=True)
class Shape:
    """A ring or path of WGS 84 vertices, with every point within `radius_m` of it.

    The interior of a ring is the smaller of its two sides, whatever the order of its vertices.
    A shape that exists is valid: it is cut into pieces, and so checked, when it is made.
    """

    kind: ShapeKind
    latitude_deg: tuple[float, ...]
    longitude_deg: tuple[float, ...]
    radius_m: float = 0.0
    edge: EdgeKind = EdgeKind.GEODESIC

    def __post_init__(self) -> None:
        self.__dict__["prepared"] = self._made()  # past `cached_property`, which takes a lock

    def _refuse(self) -> None:
        """What can be said of the corners before edges are cut."""
        count = len(self.latitude_deg)
        if len(self.longitude_deg) != count:
            raise InputError(
                "longitude_deg", f"{len(self.longitude_deg)} values for {count} latitudes"
            )
        least = 3 if self.kind is ShapeKind.RING else 1
        if not least <= count <= VERTICES_MAX:
            raise InputError(
                "latitude_deg", f"{count} vertices; a {self.kind} has {least} to {VERTICES_MAX}"
            )
        for index, (latitude, longitude) in enumerate(
            zip(self.latitude_deg, self.longitude_deg, strict=True)
        ):
            if not abs(latitude) <= 90.0:
                raise InputError(f"latitude_deg[{index}]", f"{latitude} is outside -90 to 90")
            if not abs(longitude) <= 180.0:
                raise InputError(f"longitude_deg[{index}]", f"{longitude} is outside -180 to 180")
        if not (math.isfinite(self.radius_m) and 0.0 <= self.radius_m <= RADIUS_M_MAX):
            raise InputError("radius_m", f"{self.radius_m} is outside 0 to {RADIUS_M_MAX:.0f} m")

    @cached_property
    def prepared(self) -> PreparedShape:
        """The shape as distances and boxes are computed from it."""
        return self._made()

    def _made(self) -> PreparedShape:
        ring = self.kind is ShapeKind.RING
        asked = (self.latitude_deg, self.longitude_deg, self.radius_m, self.edge)
        made = prepare_plainly(*asked, ring=ring) if 0.0 <= self.radius_m <= RADIUS_M_MAX else None
        if made is None:
            self._refuse()
            made = prepare_vertices(*asked, ring=ring)
        return made


def prepare(shape: Shape) -> PreparedShape:
    """The shape as distances and boxes are computed from it."""
    return shape.prepared
