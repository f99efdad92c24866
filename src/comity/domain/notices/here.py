"""What has been notified at a place. The strongest answer there is says only that nothing has (L-19)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

from comity.domain.airspace import Shape, ShapeKind
from comity.domain.geometry import nearest, prepare, tolerance_m
from comity.domain.notices.book import Held
from comity.kernel.instants import Instant


@dataclass(frozen=True, slots=True)
class NotifiedHere:
    """Notices that stand, reach the place and are not over.

    Attributes:
        as_of: what this node held then.
        notices: in the order in which they came.
        anywhere: notices that state no area, so that they may mean this place too.
    """

    as_of: Instant
    notices: tuple[Held, ...]
    anywhere: tuple[Held, ...]

    def __bool__(self) -> NoReturn:
        raise TypeError("what is notified at a place is no yes or no")


@dataclass(frozen=True, slots=True)
class NothingNotified:
    """No notice held here reaches the place. It says nothing of what is there."""

    as_of: Instant

    @property
    def words(self) -> str:
        """The strongest thing that is ever said of a place."""
        return (
            f"nothing notified here as of {self.as_of}; that does not say that nothing is here,"
            " nor that anything may be done here"
        )

    def __bool__(self) -> NoReturn:
        raise TypeError("that nothing was notified is no yes and no no")


def notified_at(
    standing: Iterable[Held],
    latitude_deg: float,
    longitude_deg: float,
    at: Instant,
    margin_m: float = 0.0,
) -> NotifiedHere | NothingNotified:
    """Notices that reach a place, at any height, now or later.

    Args:
        standing: `NoticeBook.standing` of one world. May be looked through in another thread.
        latitude_deg: of the place, WGS 84.
        longitude_deg: likewise.
        at: now.
        margin_m: around the place, metres; the tolerance of distances is added (over-approximates).

    Raises:
        InputError: no position, or a margin out of range.
    """
    point = prepare(Shape(ShapeKind.PATH, (latitude_deg,), (longitude_deg,), margin_m))
    found: list[Held] = []
    anywhere: list[Held] = []
    for held in standing:
        if not held.notice.areas:
            anywhere.append(held)
        for area in held.notice.areas:
            reach_m = area.shape.radius_m + margin_m
            if nearest(point, prepare(area.shape), reach_m + tolerance_m(reach_m)) is not None:
                found.append(held)
                break
    if not found and not anywhere:
        return NothingNotified(at)
    return NotifiedHere(at, tuple(found), tuple(anywhere))
