"""TopoJSON as `world-atlas` writes it: quantised, delta-coded arcs shared by neighbours.

Source: TopoJSON format specification 1.0, sections 2.1.2 (transform), 2.1.3 (arcs), 2.1.4 (arc
indexes; a negative one is the ones' complement of an arc walked backwards).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from comity.kernel.errors import InputError

Floats = NDArray[np.float64]


class _Transform(msgspec.Struct):
    scale: tuple[float, float]
    translate: tuple[float, float]


class _Polygon(msgspec.Struct, tag="Polygon"):
    arcs: list[list[int]]
    properties: dict[str, str] = {}
    id: str | None = None


class _MultiPolygon(msgspec.Struct, tag="MultiPolygon"):
    arcs: list[list[list[int]]]
    properties: dict[str, str] = {}
    id: str | None = None


class _Collection(msgspec.Struct):
    geometries: list[_Polygon | _MultiPolygon]


class _Topology(msgspec.Struct, tag="Topology"):
    transform: _Transform
    arcs: list[list[tuple[int, int]]]
    objects: dict[str, msgspec.Raw]


@dataclass(frozen=True, slots=True)
class StitchedShape:
    """One feature as published: rings may cross ±180° uncut or run round a pole.

    Attributes:
        name: the feature's name.
        feature_id: the feature's id, or None where the data set gives it none.
        polygons: of each polygon the rings, the exterior first; a ring is (N, 2) longitude and
            latitude in degrees, its last point equal to its first.
    """

    name: str
    feature_id: str | None
    polygons: tuple[tuple[Floats, ...], ...]


@dataclass(frozen=True, slots=True)
class StitchedShapes:
    """Every feature of one object of a topology, and the size of its quantisation cell."""

    shapes: tuple[StitchedShape, ...]
    cell_longitude_deg: float
    cell_latitude_deg: float


def decode_topology(topology_bytes: bytes, object_name: str) -> StitchedShapes:
    """Decode the polygons of one named object.

    Raises:
        InputError: not a quantised topology of polygons, or it has no such object.
    """
    try:
        topology = msgspec.json.decode(topology_bytes, type=_Topology)
        if object_name not in topology.objects:
            raise InputError("objects", f"{sorted(topology.objects)} has no {object_name!r}")
        collection = msgspec.json.decode(topology.objects[object_name], type=_Collection)
    except msgspec.MsgspecError as error:
        raise InputError("topology", str(error)) from error
    scale, translate = topology.transform.scale, topology.transform.translate
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + translate for arc in topology.arcs]
    shapes = []
    for geometry in collection.geometries:
        polygons = [geometry.arcs] if isinstance(geometry, _Polygon) else geometry.arcs
        shapes.append(
            StitchedShape(
                geometry.properties.get("name", ""),
                geometry.id,
                tuple(tuple(_ring(ring, arcs) for ring in polygon) for polygon in polygons),
            )
        )
    return StitchedShapes(tuple(shapes), scale[0], scale[1])


def _ring(indexes: Sequence[int], arcs: Sequence[Floats]) -> Floats:
    parts: list[Floats] = []
    for index in indexes:
        if not -len(arcs) <= index < len(arcs):
            raise InputError("arcs", f"index {index} is outside the {len(arcs)} arcs given")
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        parts.append(arc if not parts else arc[1:])  # the join is in both arcs
    return np.concatenate(parts)
