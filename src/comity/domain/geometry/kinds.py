"""How vertices are joined into a shape, and what runs from one to the next."""

from enum import StrEnum


class ShapeKind(StrEnum):
    """How the vertices are joined."""

    RING = "ring"
    """A closed area; the last vertex joins the first, and is not repeated."""

    PATH = "path"
    """A line of one point or more; thickened it is a circle, a corridor or a trajectory leg."""


class EdgeKind(StrEnum):
    """What runs from one vertex to the next."""

    GEODESIC = "geodesic"
    """The shortest line on the ellipsoid."""

    RHUMB = "rhumb"
    """The line of constant azimuth on the ellipsoid, the short way round."""

    CHORD = "chord"
    """Straight in longitude and latitude (RFC 7946 §3.1.1), the short way round."""
