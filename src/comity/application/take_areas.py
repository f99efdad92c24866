"""From what the node says of areas to sets that the area net watches; whatever cannot be is named.

Loads Numba by way of `WatchedAreas`; import it where areas are watched only.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec

from comity.application.brief_areas import AreaFileBrief, AreasBrief, NoticeBrief, SiteBrief
from comity.application.take_brief import area_rule_of, area_severity_of
from comity.domain.airspace import Altitude, Datum, HeightBounds, Shape, volumes_from_body
from comity.domain.alerts.area_proximity import WatchedAreas
from comity.domain.alerts.area_register import guarded_ids
from comity.domain.alerts.area_rules import AreaSeverityRule, Undrawn, notice_name
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
        missing: what is wrong with the areas altogether, so that nothing is cleared; as a rule nothing.
        undrawn: sources, notices and sites that are not watched, or not whole, and why: their own
            alerts alone are held.
    """

    watched: WatchedAreas | None
    rule: AreaSeverityRule
    missing: tuple[str, ...]
    undrawn: tuple[Undrawn, ...] = ()


def take_areas(brief: AreasBrief, bounds: HeightBounds, read: ReadFile) -> AreasTaken:
    """Compile the areas of a brief; takes seconds where borders are among them.

    A source that cannot be read is left out and named, and so is one that has an area of an id that
    another has: the others are watched. A notice or a site that cannot be drawn is named by itself,
    and so are those that are too many.
    """
    undrawn = [Undrawn("", "", why) for why in brief.missing]
    if brief.notices_left_out or brief.sites_left_out:
        undrawn[0] = replace(
            undrawn[0],
            area_ids=frozenset(brief.sites_left_out),
            notices=frozenset(brief.notices_left_out),
        )
    sets: list[AreaSet] = []
    guarded: frozenset[str] = frozenset()
    seen: set[str] = set()
    for file in brief.files:
        try:
            areas = read(file)
            _check_ids(areas, seen)
        except ComityError as error:
            undrawn.append(Undrawn("", "", f"{file.name}: {error}", data_set_digest=file.digest))
            continue
        named = {each.area_id: (str(each.kind), each.name) for each in areas.areas}
        for border in file.guarded:
            try:
                guarded |= guarded_ids((border,), named)
            except ComityError as error:
                undrawn.append(Undrawn("", "", f"{file.name}: {error}; it is not guarded"))
        seen |= set(named)
        sets.append(areas)
    notices = [area for each in brief.notices for area in _notice_areas(each, undrawn)]
    sites = [area for each in brief.sites for area in _site_areas(each, undrawn)]
    for name, made, said, view in (
        (NOTICES, notices, brief.notices, "as notified, each held to be as large as it was stated"),
        (SITES, sites, brief.sites, "discs that hold the site and the error of its position"),
    ):
        if made:
            alone = []
            for area in made:
                if area.area_id in seen:
                    why = f"{name}: area_id: {area.area_id!r} stands there twice"
                    undrawn.append(Undrawn(area.area_id, "", why))
                    continue
                seen.add(area.area_id)
                alone.append(area)
            if alone:
                digest = digest_of(said)
                sets.append(AreaSet(name, "", digest, OUTLINE_ERROR_M, view, tuple(alone)))
    watched = WatchedAreas(sets, area_rule_of(brief.nets, bounds)) if sets else None
    rule = area_severity_of(brief.nets, guarded)
    return AreasTaken(watched, rule, (), tuple(undrawn))


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
                name=notice_name(notice.activity, notice.notice, notice.revision),
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
    """A site counts at every height, unless the agreement says up to which: how high harm is done is not known."""
    try:
        radius_m = max(site.radius_m + site.buffer_m, RADIUS_M_MIN)
        outline = circle_outline(site.latitude_deg, site.longitude_deg, radius_m)
        name = f"protected site ({site.kind})"
        upper = None
        if site.upper_m is not None and site.upper_datum is not None:
            upper = Altitude(site.upper_m, Datum(site.upper_datum))
        kind = AreaKind.PROTECTED_SITE
        return (Area(site.site, name, kind, outline, upper=upper, buffer_m=radius_m),)
    except ComityError as error:
        undrawn.append(Undrawn(site.site, "", f"protected site {site.site}: {error}"))
        return ()


def _is_ground(altitude: Altitude) -> bool:
    return altitude.datum is Datum.AGL and altitude.height_m <= 0.0
