"""Asking the register about a point or an area, at a time: exact, one-sided, never an all-clear."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from comity.domain.geometry import Shape, ShapeKind, nearest
from comity.domain.geometry.point_index import Near, PointIndex
from comity.domain.geometry.point_search import SLACK_SHAPE_M
from comity.domain.sites.answers import (
    REGISTER_AGE_S_MAX,
    NothingNotified,
    SiteAnswer,
    TouchedMovement,
    TouchedSite,
    Touches,
    Undetermined,
    age_words,
)
from comity.domain.sites.bodies import NotifiedSite
from comity.domain.sites.deviation import Deviation
from comity.domain.sites.entry import SiteEntry
from comity.domain.sites.held import OwnSite, TheirSite
from comity.domain.sites.movement import MovementKind, Route
from comity.domain.sites.place import Place
from comity.kernel.errors import InputError
from comity.kernel.ids import MovementId, PartyId, SiteId
from comity.kernel.instants import Instant

RADIUS_M_MAX: Final = 200_000.0  # with a shape's own 200 km, within what distances are proved for
TOUCHED_TOLD_MAX: Final = 1_000
Held = OwnSite | TheirSite
NEVER_HEARD: Final = "no site was ever entered or notified here"
OWN_ALONE: Final = "only what this party speaks for itself was asked about"


class SiteOfNumber(Protocol):
    """Whose number is whose."""

    def __getitem__(self, number: int, /) -> SiteId: ...


class HeldSites(Protocol):
    """Sites that can be asked about: a register, or what is packed of one."""

    @property
    def heard_at(self) -> Instant | None:
        """When anything was last entered or notified."""
        ...

    def index(self) -> tuple[PointIndex, SiteOfNumber]:
        """All sites that count, and whose number is whose."""
        ...

    def own(self, site: SiteId) -> OwnSite | None:
        """A site that the asking party speaks for."""
        ...

    def theirs(self, site: SiteId) -> TheirSite | None:
        """A site that was notified."""
        ...


class HeldMovements(Protocol):
    """Movements that can be asked about."""

    @property
    def heard_at(self) -> Instant | None:
        """When anything was last entered or notified."""
        ...

    def under_watch(
        self, at: Instant
    ) -> Iterable[tuple[MovementId, MovementKind, Route, int, Deviation | None]]:
        """What counts at an instant."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """A shape, how far around it, and from when to when.

    Attributes:
        begins, ends: None: at any time.
    """

    shape: Shape
    radius_m: float
    begins: Instant | None = None
    ends: Instant | None = None

    def __post_init__(self) -> None:
        if not 0.0 <= self.radius_m <= RADIUS_M_MAX:
            raise InputError("radius_m", f"{self.radius_m} is outside 0 to {RADIUS_M_MAX:.0f}")
        if self.begins is not None and self.ends is not None and self.ends < self.begins:
            raise InputError("ends", f"{self.ends} is before {self.begins}")

    @property
    def window_s(self) -> tuple[float, float]:
        """The times as the index takes them."""
        from_s = -math.inf if self.begins is None else self.begins.unix_s
        return from_s, math.inf if self.ends is None else self.ends.unix_s


def point_question(
    latitude_deg: float,
    longitude_deg: float,
    radius_m: float,
    begins: Instant | None = None,
    ends: Instant | None = None,
) -> Question:
    """A question about a point.

    Raises:
        InputError: a value is outside its limits.
    """
    shape = Shape(ShapeKind.PATH, (latitude_deg,), (longitude_deg,))
    return Question(shape, radius_m, begins, ends)


def ask(
    register: HeldSites,
    question: Question,
    at: Instant,
    movements: HeldMovements | None = None,
    owner: PartyId | None = None,
) -> SiteAnswer:
    """What this register can say of a place. Expired and disputed entries touch like any other.

    Where only one owner's are asked about, no answer says that nothing is notified.

    Over-approximates: a site is touched wherever its coarse form, its stated error, or what is taken for
    an error that is not stated, touches; and by up to 0.3 m.
    """
    age_s = register_age_s(register, movements, at)
    if age_s is None:
        return Undetermined(NEVER_HEARD, at)
    touched, travelling = reached(register, question, at, movements)
    if owner is not None:
        touched = [each for each in touched if each.owner == owner]
        travelling = [each for each in travelling if each.owner == owner]
    if not touched and not travelling:
        if owner is not None:
            return Undetermined(OWN_ALONE, at)
        if age_s > REGISTER_AGE_S_MAX:
            return Undetermined(f"the register has heard nothing for {age_words(age_s)}", at)
        return NothingNotified(at, age_s)
    return Touches(
        tuple(touched[:TOUCHED_TOLD_MAX]), len(touched), at, age_s,
        tuple(travelling[:TOUCHED_TOLD_MAX]),
    )  # fmt: skip


def register_age_s(
    register: HeldSites, movements: HeldMovements | None, at: Instant
) -> float | None:
    """How long ago anything was last entered or notified here; None: nothing ever was."""
    heard = [each.heard_at for each in (register, movements) if each is not None]
    times = [each for each in heard if each is not None]
    return max(0.0, at.minus(max(times))) if times else None


def reached(
    register: HeldSites,
    question: Question,
    at: Instant,
    movements: HeldMovements | None = None,
    reach_m: Callable[[str], float] | None = None,
) -> tuple[list[TouchedSite], list[TouchedMovement]]:
    """All that is within reach, nearest first.

    Args:
        register: of sites.
        question: its radius is the farthest that is looked.
        at: now.
        movements: of movements; None leaves them out.
        reach_m: how far each kind of site or movement is looked for; the question's radius if left out.
    """
    slack_m = 0.0 if reach_m is None else SLACK_SHAPE_M
    touched = [
        _touched(held, distance_m, at)
        for held, distance_m in _near(register, question)
        if reach_m is None or distance_m <= reach_m(_entry(held).kind) + slack_m
    ]
    travelling = [
        each
        for each in ([] if movements is None else _travelling(movements, question, at))
        if reach_m is None or each.distance_m <= reach_m(each.kind) + slack_m
    ]
    touched.sort(key=lambda each: (each.distance_m, each.site))
    travelling.sort(key=lambda each: (each.distance_m, each.movement))
    return touched, travelling


def _travelling(movements: HeldMovements, question: Question, at: Instant) -> list[TouchedMovement]:
    """Movements whose corridor is within reach at a time of the question."""
    found = []
    for movement, kind, route, precision_mm, deviation in movements.under_watch(at):
        away_m = _least_m(route, question, whole=deviation is not None)
        if away_m is None:
            continue
        owner = PartyId(movement.partition("/")[0])
        how = None if deviation is None else deviation.kind
        touched = TouchedMovement(
            movement, owner, kind, route.begins, route.ends, how, precision_mm, away_m
        )
        found.append(touched)
    return found


def _least_m(route: Route, question: Question, *, whole: bool) -> float | None:
    """Least distance of the stretches that the movement may be on meanwhile; None: none is in reach."""
    begins_s, ends_s = question.window_s
    last = len(route.waypoints) - 1
    least_m: float | None = None
    for index in range(max(1, last)):
        until = route.ends if index + 1 >= last else route.waypoints[index + 1].at
        early_s = route.waypoints[index].at.unix_s - route.slack_s
        late_s = until.unix_s + route.slack_s
        if whole:
            early_s, late_s = route.begins.unix_s - route.slack_s, math.inf
        if early_s > ends_s or late_s < begins_s:
            continue
        stretch = route.stretch(index, min(index + 1, last))
        around_m = stretch.radius_m + question.shape.radius_m
        cutoff_m = question.radius_m + around_m + SLACK_SHAPE_M
        hit = nearest(stretch.prepared, question.shape.prepared, cutoff_m)
        if hit is not None:
            away_m = max(0.0, hit.distance_m - around_m)
            least_m = away_m if least_m is None else min(least_m, away_m)
    return least_m


def _near(register: HeldSites, question: Question) -> list[tuple[Held, float]]:
    index, ids = register.index()
    shape = question.shape
    near: Near
    if shape.kind is ShapeKind.PATH and len(shape.latitude_deg) == 1 and shape.radius_m == 0.0:
        near = index.near_point(
            shape.latitude_deg[0], shape.longitude_deg[0], question.radius_m, *question.window_s
        )
        around_m = 0.0
    else:
        near = index.near_shape(shape.prepared, question.radius_m, *question.window_s)
        around_m = shape.radius_m
    found = []
    for number, distance_m in zip(near.number, near.distance_m, strict=True):
        held = _held(register, ids[number])
        place = _entry(held).place
        away_m = max(0.0, distance_m - around_m)
        if len(place.latitude_e7) > 1:  # the index knows a ball around it only
            away_m = _away_m(place, question)
            if away_m > question.radius_m + SLACK_SHAPE_M:
                continue
        found.append((held, away_m))
    return found


def _away_m(place: Place, question: Question) -> float:
    """Least distance of a line or area, its error included, from what is asked about."""
    drawn = place.shape
    around_m = drawn.radius_m + place.error_m + question.shape.radius_m
    cutoff_m = question.radius_m + around_m + 1.0
    found = nearest(drawn.prepared, question.shape.prepared, cutoff_m)
    return np.inf if found is None else max(0.0, found.distance_m - around_m)


def _held(register: HeldSites, site: SiteId) -> Held:
    held = register.own(site) or register.theirs(site)
    if held is None:
        raise InputError("site", f"{site} is not in this register")
    return held


def _entry(held: Held) -> SiteEntry | NotifiedSite:
    return held.entry if isinstance(held, OwnSite) else held.notified


def _touched(held: Held, distance_m: float, at: Instant) -> TouchedSite:
    told, precision_mm = _entry(held), 0
    if isinstance(told, NotifiedSite):
        precision_mm = told.precision_mm
    owner = PartyId(told.site.partition("/")[0])
    return TouchedSite(
        told.site, owner, told.kind, told.names, held.state(at), precision_mm, distance_m
    )
