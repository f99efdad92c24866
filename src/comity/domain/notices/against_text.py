"""The words of a notice held against its fields: heights, times, positions, directions.

Source: docs/spec/notice.md §6.
"""

from collections.abc import Callable, Iterator

from comity.domain.airspace import Shape, ShapeKind
from comity.domain.geometry import degrees_from_unit, nearest, prepare, tolerance_m
from comity.domain.notices.notice import Finding, Notice
from comity.domain.notices.safer import ROUNDED_M
from comity.domain.notices.text_claims import (
    DirectionClaim,
    clocks_in,
    directions_in,
    heights_in,
    positions_in,
)
from comity.domain.places import Bearing, NamedPlace, bearing, distance_words
from comity.kernel.sentences import said

DIRECTION_DEG_MAX = 67.5  # «north» is said of everything from WNW to ENE; beyond, it is wrong
NAME_WORDS_MAX = 4  # of a place, tried from the longest on
NEAR_M_MAX = 500_000.0  # a place farther from every area is another one of that name
MINUTES_PER_DAY = 1_440


def text_findings(
    notice: Notice, places_named: Callable[[str], tuple[NamedPlace, ...]] | None
) -> Iterator[Finding]:
    """Where the words of a notice contradict its fields."""
    for field in ("place", "description"):
        text = getattr(notice, field)
        yield from _heights(notice, text, field)
        yield from _clocks(notice, text, field)
        yield from _positions(notice, text, field)
        for claim in directions_in(text):
            yield from _direction(notice, claim, places_named, field)


def _heights(notice: Notice, text: str, field: str) -> Iterator[Finding]:
    limits = [limit for area in notice.areas for limit in (*area.lower, *area.upper)]
    for claim in heights_in(text):
        altitude = claim.altitude
        if altitude is None or not limits:
            continue
        if any(
            each.datum is altitude.datum and abs(each.height_m - altitude.height_m) <= ROUNDED_M
            for each in limits
        ):
            continue
        form = "the words say «{text}», and no limit is that; the outermost is used meanwhile"
        words = said("N12", form, text=claim.said)
        yield Finding("contradictory", "N12", field, words)


def _clocks(notice: Notice, text: str, field: str) -> Iterator[Finding]:
    times = [each.instant for each in (*notice.starts, *notice.ends)]
    minutes = {each.unix_ms // 60_000 % MINUTES_PER_DAY for each in times}
    for clock, minute in clocks_in(text):
        if minutes and minute not in minutes:
            form = "the words say «{text}», and neither beginning nor end is that"
            words = said("N13", form, text=clock)
            yield Finding("contradictory", "N13", field, words)


def _positions(notice: Notice, text: str, field: str) -> Iterator[Finding]:
    for position in positions_in(text):
        if not notice.areas:
            continue
        point = Shape(ShapeKind.PATH, (position.latitude_deg,), (position.longitude_deg,))
        reach_m = position.resolution_m
        if any(_reaches(point, area.shape, reach_m) for area in notice.areas):
            continue
        way = min(
            (
                _way_to(position.latitude_deg, position.longitude_deg, area.shape)
                for area in notice.areas
            ),
            key=lambda each: each.distance_m,
        )
        words = said(
            "N14",
            "the words say «{text}», outside every area; the nearest has its middle {far} {point} of it",
            text=position.as_stated,
            far=distance_words(way.distance_m),
            point=way.compass_point,
        )
        figures: dict[str, float | str] = {
            "distance_m": way.distance_m,
            "azimuth_true_deg": way.azimuth_true_deg,
        }
        yield Finding("contradictory", "N14", field, words, figures)


def _direction(
    notice: Notice,
    claim: DirectionClaim,
    places_named: Callable[[str], tuple[NamedPlace, ...]] | None,
    field: str,
) -> Iterator[Finding]:
    """«North of Town» where the area lies west of it (L-09)."""
    form = "«{text}» gives a direction and no distance"
    yield Finding("vague", "N4", field, said("N4-direction", form, text=claim.said))
    if places_named is None:
        return
    place, way = _nearest_named(notice, claim, places_named)
    if place is None or way is None:
        return
    apart_deg = abs((way.azimuth_true_deg - claim.azimuth_deg + 180.0) % 360.0 - 180.0)
    if apart_deg <= DIRECTION_DEG_MAX:
        return
    words = said(
        "N15",
        "the words say «{text}», and the area lies {far} {point} ({azimuth}° true) of {place}, {off}° off",
        text=claim.said,
        far=distance_words(way.distance_m),
        point=way.compass_point,
        azimuth=f"{way.azimuth_true_deg:03.0f}",
        place=place.name,
        off=f"{apart_deg:.0f}",
    )
    figures: dict[str, float | str] = {
        "stated_deg": claim.azimuth_deg,
        "azimuth_true_deg": way.azimuth_true_deg,
        "apart_deg": apart_deg,
    }
    yield Finding("contradictory", "N15", field, words, figures)


def _nearest_named(
    notice: Notice,
    claim: DirectionClaim,
    places_named: Callable[[str], tuple[NamedPlace, ...]],
) -> tuple[NamedPlace | None, Bearing | None]:
    """The place meant, nearest to an area of those of that name, and the way from it to the area's middle.

    None where no such place lies near, or it lies within the area, so that no direction is wrong.
    """
    tokens = claim.place_words.split()[:NAME_WORDS_MAX]
    for count in range(len(tokens), 0, -1):
        found = [
            (place, _way_to(place.latitude_deg, place.longitude_deg, area.shape), area)
            for place in places_named(" ".join(tokens[:count]))
            for area in notice.areas
        ]
        near = [each for each in found if each[1].distance_m <= NEAR_M_MAX]
        if near:
            place, way, area = min(near, key=lambda each: each[1].distance_m)
            point = Shape(ShapeKind.PATH, (place.latitude_deg,), (place.longitude_deg,))
            return (None, None) if _reaches(point, area.shape, 0.0) else (place, way)
    return None, None


def _way_to(latitude_deg: float, longitude_deg: float, shape: Shape) -> Bearing:
    """From a position to the middle of a shape."""
    middle_latitude, middle_longitude = degrees_from_unit(prepare(shape).centre)
    return bearing(latitude_deg, longitude_deg, float(middle_latitude), float(middle_longitude))


def _reaches(point: Shape, shape: Shape, margin_m: float) -> bool:
    reach_m = shape.radius_m + margin_m
    return nearest(prepare(point), prepare(shape), reach_m + tolerance_m(reach_m)) is not None
