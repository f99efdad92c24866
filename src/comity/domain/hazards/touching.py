"""A notified activity against protected sites and movements, with the buffers of the agreement.

Sites are on the ground and movements state no height: what is dropped, fired or falls comes down to both, so they are
touched from any height. Over-approximates by that, and as `sites.reached` does: a site is touched wherever its coarse
form or its error touches. Flights and tracks are compared by height in `application/notice_picture.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from comity.domain.agreement import Buffers
from comity.domain.airspace import Shape, Volume4D
from comity.domain.hazards.answers import HazardAnswer, NoticeTouches, Touch
from comity.domain.sites import (
    NEVER_HEARD,
    REGISTER_AGE_S_MAX,
    TOUCHED_TOLD_MAX,
    MovementRegister,
    NothingNotified,
    Question,
    SiteRegister,
    TouchedMovement,
    TouchedSite,
    Undetermined,
    age_words,
    reached,
    register_age_s,
)
from comity.kernel.ids import MovementId, PartyId, SiteId
from comity.kernel.instants import Instant

NO_AREA = "the notice states no area, so that it may be anywhere"


def check_hazard(
    volumes: Sequence[Volume4D],
    activity: str,
    buffers: Buffers,
    register: SiteRegister,
    movements: MovementRegister,
    at: Instant,
    told_max: int = TOUCHED_TOLD_MAX,
) -> HazardAnswer:
    """What an activity touches of what this node may know.

    Args:
        volumes: everywhere that the activity is held to be, with its times (`notices.held_volumes`).
        activity: its class.
        buffers: of the agreement in force, or those assumed.
        register: sites, own and notified to this party.
        movements: likewise.
        at: now.
        told_max: the nearest so many are told.
    """
    if not volumes:
        return Undetermined(NO_AREA, at)
    age_s = register_age_s(register, movements, at)
    if age_s is None:
        return Undetermined(NEVER_HEARD, at)
    touched = touched_by(volumes, activity, buffers, register, movements, at)
    if touched:
        return NoticeTouches(tuple(touched[:told_max]), len(touched), at, age_s)
    if age_s > REGISTER_AGE_S_MAX:
        return Undetermined(f"the register has heard nothing for {age_words(age_s)}", at)
    return NothingNotified(at, age_s)


def touched_by(
    volumes: Sequence[Volume4D],
    activity: str,
    buffers: Buffers,
    register: SiteRegister,
    movements: MovementRegister,
    at: Instant,
) -> list[Touch]:
    """Every site and movement touched, each once, nearest first."""
    found: dict[str, Touch] = {}
    for shape, begins, ends in _parts(volumes):
        question = Question(shape, buffers.greatest_m(activity), begins, ends)
        sites, travelling = reached(
            register, question, at, movements, lambda kind: buffers.around_m(kind, activity)
        )
        found_here: list[TouchedSite | TouchedMovement] = [*sites, *travelling]
        for what in found_here:
            touch = _touch(what, buffers.around_m(what.kind, activity), register, movements)
            held = found.get(touch.id)
            if held is None or touch.what.distance_m < held.what.distance_m:
                found[touch.id] = touch
    return sorted(found.values(), key=lambda each: (each.what.distance_m, each.id))


def of_party(touched: Iterable[Touch], party: PartyId) -> tuple[Touch, ...]:
    """Those that a party speaks for."""
    return tuple(each for each in touched if each.owner == party)


def _parts(volumes: Sequence[Volume4D]) -> list[tuple[Shape, Instant, Instant]]:
    """Each area once, from its first to its last instant."""
    found: dict[Shape, tuple[Instant, Instant]] = {}
    for volume in volumes:
        begins, ends = found.get(volume.shape, (volume.start, volume.end))
        found[volume.shape] = min(begins, volume.start), max(ends, volume.end)
    return [(shape, *window) for shape, window in found.items()]


def _touch(
    what: TouchedSite | TouchedMovement,
    buffer_m: float,
    register: SiteRegister,
    movements: MovementRegister,
) -> Touch:
    rounded = replace(what, distance_m=float(round(what.distance_m)))
    if isinstance(what, TouchedSite):
        return Touch(rounded, _site_version(register, what.site), buffer_m)
    return Touch(rounded, _movement_version(movements, what.movement), buffer_m)


def _site_version(register: SiteRegister, site: SiteId) -> int:
    own, theirs = register.own(site), register.theirs(site)
    if own is not None:
        return own.entry.version
    return 1 if theirs is None else theirs.notified.version


def _movement_version(movements: MovementRegister, movement: MovementId) -> int:
    own, theirs = movements.own(movement), movements.theirs(movement)
    if own is not None:
        return own.entry.version
    return 1 if theirs is None else theirs.notified.version
