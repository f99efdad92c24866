"""From what the node says of areas to sets that the area net watches; whatever cannot be is named.

Loads Numba by way of `WatchedAreas`; import it where areas are watched only.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import msgspec

from comity.application.brief_areas import AreaFileBrief, AreasBrief, NoticeBrief, SiteBrief
from comity.domain.airspace import Altitude, Datum, HeightBounds, Shape, volumes_from_body
from comity.domain.alerts.area_proximity import WatchedAreas
from comity.domain.alerts.area_register import guarded_ids
from comity.domain.alerts.area_rules import AreaRule, AreaSeverityRule, Undrawn
from comity.domain.alerts.areas import HOT_TIMES_MAX, Area, AreaKind, AreaSet, HotTime
from comity.domain.geometry.area_outlines import circle_outline
from comity.domain.geometry.shape_outlines import RADIUS_M_MIN, shape_outline
from comity.kernel.errors import ComityError, InputError

NOTICES, SITES = "hazard notices", "protected sites"
OUTLINE_ERROR_M = 0.0  # what is notified is the area; of sites the disc holds its error already

ReadFile = Callable[[AreaFileBrief], AreaSet]
"""Reads a source of areas; a file whose digest is another than was recorded is refused.

Raises:
    ComityError: says why.
"""


@dataclass(frozen=True, slots=True)
class AreasTaken:
    """What the net has from now on.

    Attributes:
        watched: None where there are no areas at all.
        rule: with the borders that are guarded.
        missing: each data set that is not watched, or not whole, and why.
        undrawn: single notices and sites that are not watched, or not whole, and why.
    """

    watched: WatchedAreas | None
    rule: AreaSeverityRule
    missing: tuple[str, ...]
    undrawn: tuple[Undrawn, ...] = ()


def take_areas(brief: AreasBrief, bounds: HeightBounds, read: ReadFile) -> AreasTaken:
    """Compile the areas of a brief; takes seconds where borders are among them.

    A source that cannot be read is left out and named, and so is one that has an area of an id that
    another has: the others are watched. A notice or a site that cannot be drawn is named by itself.
    """
    missing = list(brief.missing)
    sets: list[AreaSet] = []
    guarded: frozenset[str] = frozenset()
    seen: set[str] = set()
    for file in brief.files:
        try:
            areas = read(file)
            _check_ids(areas, seen)
            named = {each.area_id: (str(each.kind), each.name) for each in areas.areas}
            guarded |= guarded_ids(tuple(file.guarded), named)
        except ComityError as error:
            missing.append(f"{file.name}: {error}")
            continue
        seen |= set(named)
        sets.append(areas)
    undrawn: list[Undrawn] = []
    notices = [area for each in brief.notices for area in _notice_areas(each, undrawn)]
    sites = [area for each in brief.sites for area in _site_areas(each, undrawn)]
    for name, made, said, view in (
        (NOTICES, notices, brief.notices, "as notified, each held to be as large as it was stated"),
        (SITES, sites, brief.sites, "discs that hold the site and the error of its position"),
    ):
        if made:
            made_set = AreaSet(name, "", digest_of(said), OUTLINE_ERROR_M, view, tuple(made))
            try:
                _check_ids(made_set, seen)
            except InputError as error:
                missing.append(f"{name}: {error}")
                continue
            seen |= {each.area_id for each in made}
            sets.append(made_set)
    watched = WatchedAreas(sets, AreaRule(height_bounds=bounds)) if sets else None
    rule = AreaSeverityRule(guarded=guarded)
    return AreasTaken(watched, rule, tuple(missing), tuple(undrawn))


def digest_of(said: Sequence[NoticeBrief] | Sequence[SiteBrief]) -> str:
    """SHA-256 of what was said, in this form: names the state of the registers that alerts stood on."""
    return hashlib.sha256(msgspec.json.encode(list(said))).hexdigest()


def _check_ids(areas: AreaSet, seen: set[str]) -> None:
    own: set[str] = set()
    for area in areas.areas:
        if area.area_id in seen or area.area_id in own:
            raise InputError("area_id", f"{area.area_id!r} stands there twice")
        own.add(area.area_id)


def _notice_areas(notice: NoticeBrief, undrawn: list[Undrawn]) -> Iterable[Area]:
    """The areas of a notice: one for each shape and band, hot whenever it is held to be.

    What of it cannot be drawn is told, and the rest is watched.
    """
    held = f" {notice.notice} revision "
    parts: dict[tuple[Shape, Altitude, Altitude], list[HotTime]] = {}
    areas: list[Area] = []
    try:
        for volume in volumes_from_body(notice.volumes):
            hot = parts.setdefault((volume.shape, volume.lower, volume.upper), [])
            hot.append(HotTime(volume.start, volume.end))
    except ComityError as error:
        undrawn.append(Undrawn("", held, f"hazard notice {notice.notice}: {error}"))
        return ()
    for number, ((shape, lower, upper), hot) in enumerate(parts.items()):
        try:
            area = Area(
                area_id=f"{notice.record[:16]}:{number}",
                name=f"{notice.activity}{held}{notice.revision}",
                kind=AreaKind.HAZARD,
                outline=shape_outline(shape),
                lower=None if _is_ground(lower) else lower,
                upper=upper,
                hot=tuple(hot[:HOT_TIMES_MAX]),
            )
        except ComityError as error:
            undrawn.append(Undrawn("", held, f"hazard notice {notice.notice}: {error}"))
            continue
        areas.append(area)
    return areas


def _site_areas(site: SiteBrief, undrawn: list[Undrawn]) -> Iterable[Area]:
    """A site counts at every height: how high something may do harm is not known."""
    try:
        radius_m = max(site.radius_m, RADIUS_M_MIN)
        outline = circle_outline(site.latitude_deg, site.longitude_deg, radius_m)
        name = f"protected site ({site.kind})"
        return (Area(site.site, name, AreaKind.PROTECTED_SITE, outline, buffer_m=radius_m),)
    except ComityError as error:
        undrawn.append(Undrawn(site.site, "", f"protected site {site.site}: {error}"))
        return ()


def _is_ground(altitude: Altitude) -> bool:
    return altitude.datum is Datum.AGL and altitude.height_m <= 0.0
