"""Asking a pack about a point, an area or a flight. Source: docs/spec/pack.md §6."""

from collections.abc import Iterable, Sequence

import numpy as np

from comity.domain.airspace import Volume4D
from comity.domain.geometry import (
    Shape,
    ShapeKind,
    degrees_from_unit,
    nearest,
    tolerance_m,
    unit_from_degrees,
)
from comity.domain.geometry.distance import surface_lengths_m
from comity.domain.notices import held_window
from comity.domain.packs.answers import (
    Condition,
    PackAnswer,
    PackNothingNotified,
    PackTouches,
    PackUndetermined,
    TouchedNotice,
)
from comity.domain.packs.manifest import Area
from comity.domain.packs.verify import Pack
from comity.domain.sites import (
    Question,
    TouchedMovement,
    TouchedSite,
    Touches,
    Undetermined,
    age_words,
    ask,
)
from comity.kernel.errors import InputError
from comity.kernel.ids import MovementId, SiteId
from comity.kernel.instants import Instant

STRETCH = 1.0006
"""A surface distance is at most this times the straight line up to 700 km (c²/24R²)."""
STRETCH_REACH_M = 700_000.0


def check_pack(pack: Pack, question: Question, at: Instant) -> PackAnswer:
    """What a pack says of a place. What it touches is told however old the pack is.

    Over-approximates as `sites.ask` does; of notices at every height, and with what their author left out
    taken as wide as it can be.

    Args:
        pack: opened.
        question: a shape, how far around it, from when to when.
        at: now, by this machine's clock.
    """
    age_s = pack.age_s(at)
    asked = ask(pack.sites, question, at, pack.movements)
    notices = tuple(_touched_notices(pack, question))
    touches = asked if isinstance(asked, Touches) else None
    if touches is not None or notices:
        return PackTouches(touches, notices, pack.made_at, age_s)
    why = _why_undetermined(pack, question, at)
    if why is None and isinstance(asked, Undetermined):
        why = asked.reason
    if why is not None:
        return PackUndetermined(why, pack.made_at, age_s)
    return PackNothingNotified(pack.made_at, age_s)


def check_volumes(
    pack: Pack, volumes: Sequence[Volume4D], radius_m: float, at: Instant
) -> PackAnswer:
    """What a pack says of all of a flight's volumes: what any of them touches; else what is undetermined of any.

    Raises:
        InputError: no volume.
    """
    if not volumes:
        raise InputError("volumes", "none; a flight takes up something")
    answers = [
        check_pack(pack, Question(each.shape, radius_m, each.start, each.end), at)
        for each in volumes
    ]
    touching = [each for each in answers if isinstance(each, PackTouches)]
    if touching:
        return _together(touching)
    undetermined = [each for each in answers if isinstance(each, PackUndetermined)]
    return undetermined[0] if undetermined else answers[0]


def _together(touching: Sequence[PackTouches]) -> PackTouches:
    """Each site, movement and notice once, at its least distance."""
    registers = [each.register for each in touching if each.register is not None]
    sites: dict[SiteId, TouchedSite] = {}
    movements: dict[MovementId, TouchedMovement] = {}
    for register in registers:
        for site in register.sites:
            if site.site not in sites or site.distance_m < sites[site.site].distance_m:
                sites[site.site] = site
        for move in register.movements:
            known = movements.get(move.movement)
            if known is None or move.distance_m < known.distance_m:
                movements[move.movement] = move
    notices = {notice.record: notice for each in touching for notice in each.notices}
    together = None
    if registers:
        nearest_first = sorted(sites.values(), key=lambda each: (each.distance_m, each.site))
        moving = sorted(movements.values(), key=lambda each: (each.distance_m, each.movement))
        count = max(len(sites), *(each.count for each in registers))
        first = registers[0]
        together = Touches(
            tuple(nearest_first), count, first.as_of, first.register_age_s, tuple(moving)
        )
    return PackTouches(together, tuple(notices.values()), touching[0].as_of, touching[0].age_s)


def _touched_notices(pack: Pack, question: Question) -> Iterable[TouchedNotice]:
    asked = question.shape.prepared
    for packed in pack.notices:
        notice = packed.notice
        begins, ends = held_window(notice, packed.received_at)
        if question.begins is not None and ends < question.begins:
            continue
        if question.ends is not None and begins > question.ends:
            continue
        near = not notice.areas
        for area in notice.areas:
            reach_m = area.shape.radius_m + question.shape.radius_m + question.radius_m
            if nearest(asked, area.shape.prepared, reach_m + tolerance_m(reach_m)) is not None:
                near = True
                break
        if near:
            yield TouchedNotice(
                notice, packed.author, packed.record, begins, ends, not notice.areas
            )


def _why_undetermined(pack: Pack, question: Question, at: Instant) -> str | None:
    """Why a pack cannot say that nothing was notified; None: it can."""
    condition = pack.condition(at)
    if condition is Condition.AHEAD:
        return (
            f"the pack is from the future: made at {pack.made_at}, this machine's clock says {at}"
        )
    if condition is Condition.EXPIRED:
        return f"the pack expired at {pack.expires_at}, {age_words(at.minus(pack.expires_at))} ago"
    if question.ends is not None and question.ends > pack.expires_at:
        return f"the pack says nothing of times after it expires at {pack.expires_at}"
    area = pack.manifest.area
    if area is not None and not covers(area, question):
        middle = f"{area.latitude_deg:.5f}, {area.longitude_deg:.5f}"
        return f"not all of it is within the {area.radius_m:.0f} m around {middle} that the pack is made for"
    return None


def covers(area: Area, question: Question) -> bool:
    """Whether all that a question asks about is in the area of a pack; errs towards not."""
    prepared = question.shape.prepared
    if prepared.reach_m > STRETCH_REACH_M:
        return False
    latitude_deg, longitude_deg = degrees_from_unit(prepared.centre)
    middle = unit_from_degrees(np.array([area.latitude_deg]), np.array([area.longitude_deg]))
    centre = unit_from_degrees(np.array([float(latitude_deg)]), np.array([float(longitude_deg)]))
    if float(middle[0] @ centre[0]) < 0.9:  # beyond some 2,800 km surface distances are not proved
        return False
    apart_m = float(surface_lengths_m(middle, centre)[0])
    around_m = prepared.reach_m * STRETCH + question.shape.radius_m + question.radius_m
    return apart_m + around_m + 1.0 <= area.radius_m


def meets(area: Area | None, shape: Shape) -> bool:
    """Whether something of a shape, its own radius included, is in an area; errs towards it."""
    if area is None:
        return True
    point = Shape(ShapeKind.PATH, (area.latitude_deg,), (area.longitude_deg,)).prepared
    reach_m = shape.radius_m + area.radius_m
    return nearest(point, shape.prepared, reach_m + tolerance_m(reach_m)) is not None
