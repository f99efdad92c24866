"""Where a position is, for the screens and the command line: named places, bearing, grid."""

import asyncio

import msgspec

from comity.adapters.place_names import place_index
from comity.domain.operators import Action, Operator, authorise
from comity.domain.places import (
    DATUM_NAME,
    PlaceIndex,
    PlaceReference,
    StatedPosition,
    bearing,
    difference_words,
    read_position,
)
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.routing import get


class PlaceReferenceTold(msgspec.Struct, frozen=True, kw_only=True):
    """A position told by a named place.

    Attributes:
        words: the whole of it.
        distance_m: from the place, along the ellipsoid.
        azimuth_true_deg: from the place, clockwise from true north.
        names: the place's name by script, `Cyrl` and `Arab`, where the list has one.
        country: code as the list has it; no claim of ours.
    """

    words: str
    distance_m: float
    azimuth_true_deg: float
    compass_point: str
    name: str
    names: dict[str, str]
    country: str
    population: int


class DifferenceTold(msgspec.Struct, frozen=True, kw_only=True):
    """How far what was read back lies from what was notified.

    Attributes:
        resolution_m: the coarser of the steps in which the two were stated.
    """

    words: str
    distance_m: float
    azimuth_true_deg: float
    resolution_m: float


class PositionTold(msgspec.Struct, frozen=True, kw_only=True):
    """A position and where it is.

    Attributes:
        as_stated: the very words read.
        form: which form they were read as.
        resolution_m: the least step that the form and its digits can express.
        assumed: what was not stated and was taken for granted.
        datum: of latitude and longitude.
        grid: grid reference (MGRS).
        nearest: by the nearest place of the list.
        city: by the nearest city of 100,000 people, where that is another place.
        place_list: which list of places, with its digest.
        read_back: how far from it the other position lies, where one was given.
    """

    as_stated: str
    form: str
    latitude_deg: float
    longitude_deg: float
    datum: str
    resolution_m: float
    assumed: list[str]
    grid: str
    nearest: PlaceReferenceTold
    city: PlaceReferenceTold | None
    place_list: str
    place_list_digest: str
    place_list_licence: str
    read_back: DifferenceTold | None = None


@get("/v1/place", summary="Where a position is")
async def show_place(
    context: ApiContext, operator: Operator, position: str, read_back: str | None = None
) -> PositionTold:
    """A position in any form that people use; with `read_back`, how far the two are apart."""
    del context
    authorise(operator, Action.STATUS_READ)
    stated = read_position(position)
    other = None if read_back is None else read_position(read_back, "read_back")
    places = await asyncio.to_thread(place_index)
    return tell_position(places, stated, other)


def tell_position(
    places: PlaceIndex, stated: StatedPosition, read_back: StatedPosition | None = None
) -> PositionTold:
    """A position as the API and the command line tell it."""
    found = places.whereabouts(stated.latitude_deg, stated.longitude_deg)
    return PositionTold(
        as_stated=stated.as_stated,
        form=stated.form,
        latitude_deg=stated.latitude_deg,
        longitude_deg=stated.longitude_deg,
        datum=DATUM_NAME,
        resolution_m=round(stated.resolution_m, 3),
        assumed=list(stated.assumed),
        grid=found.grid,
        nearest=_tell_reference(found.nearest),
        city=None if found.city is None else _tell_reference(found.city),
        place_list=f"{found.data.name} ({found.data.version})",
        place_list_digest=found.data.digest,
        place_list_licence=found.data.licence,
        read_back=None if read_back is None else _tell_difference(stated, read_back),
    )


def _tell_difference(notified: StatedPosition, read_back: StatedPosition) -> DifferenceTold:
    way = bearing(
        notified.latitude_deg,
        notified.longitude_deg,
        read_back.latitude_deg,
        read_back.longitude_deg,
    )
    return DifferenceTold(
        words=difference_words(way),
        distance_m=round(way.distance_m, 3),
        azimuth_true_deg=round(way.azimuth_true_deg, 3),
        resolution_m=round(max(notified.resolution_m, read_back.resolution_m), 3),
    )


def _tell_reference(reference: PlaceReference) -> PlaceReferenceTold:
    return PlaceReferenceTold(
        words=reference.words,
        distance_m=round(reference.bearing.distance_m, 3),
        azimuth_true_deg=round(reference.bearing.azimuth_true_deg, 3),
        compass_point=reference.bearing.compass_point,
        name=reference.place.name,
        names=dict(reference.place.names),
        country=reference.place.country,
        population=reference.place.population,
    )


PLACE_ROUTES = (show_place,)
