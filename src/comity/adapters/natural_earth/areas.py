"""The packaged borders as areas to watch: one de facto view, without maritime limits."""

from comity.adapters.natural_earth.data_set import BorderDataSet, Floats
from comity.domain.alerts.areas import Area, AreaKind, AreaSet
from comity.domain.geometry.area_outlines import outline_of_rings
from comity.domain.geometry.kinds import EdgeKind

SET_ID = "natural-earth"


def border_area_set(data_set: BorderDataSet) -> AreaSet:
    """Every country that has an edge, as published: its rings are not cut at ±180° nor at a pole.

    Edges are straight in longitude and latitude (RFC 7946), as the publisher draws them. A country
    that quantisation folded flat has no area, and is not among them.
    """
    areas = []
    for country in data_set.countries.values():
        rings = country_rings(data_set, country.name)
        outline = outline_of_rings(rings, EdgeKind.CHORD)
        if len(outline.start):
            area_id = f"{SET_ID}:{country.name}"
            areas.append(Area(area_id, country.name, AreaKind.COUNTRY, outline))
    return AreaSet(
        data_set.name,
        data_set.version,
        data_set.digest,
        data_set.error_m,
        data_set.view,
        tuple(areas),
    )


def country_rings(data_set: BorderDataSet, name: str) -> list[tuple[Floats, Floats]]:
    """Latitudes and longitudes of every ring of a country, as published."""
    return [
        (ring[:, 1], ring[:, 0])
        for shape in data_set.countries[name].stitched
        for polygon in shape.polygons
        for ring in polygon
    ]
