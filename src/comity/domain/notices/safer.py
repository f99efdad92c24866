"""What a notice is held to mean meanwhile: of two statements the one that warns of more (L-23).

Over-approximates: what is not stated is taken as wide as it can be.

Source: docs/spec/notice.md §7.
"""

from collections.abc import Iterable, Sequence

from comity.domain.airspace import Altitude, Datum, HeightBounds, Volume4D, geoid_heights_m
from comity.domain.airspace.altitude import HEIGHT_M_MAX, HEIGHT_M_MIN
from comity.domain.airspace.volume import DURATION_S_MAX
from comity.domain.notices.notice import WINDOW_S_MAX, Notice, NoticeArea
from comity.domain.notices.text_claims import heights_in
from comity.kernel.instants import Instant

LOWEST = Altitude(HEIGHT_M_MIN, Datum.EGM2008)
HIGHEST = Altitude(HEIGHT_M_MAX, Datum.EGM2008)
ROUNDED_M = 31.0  # 100 ft, the step of flight levels


def held_window(notice: Notice, received_at: Instant) -> tuple[Instant, Instant]:
    """From when until when the activity is taken to go on: the earliest and the latest time stated.

    Without a beginning it goes on from when the notice came, without an end for the longest that a
    notice may say.
    """
    starts = [each.instant for each in notice.starts]
    ends = [each.instant for each in notice.ends]
    start = min((*starts, *ends)) if starts else received_at
    if not starts and ends:
        start = min(received_at, *ends)
    end = max((*starts, *ends)) if ends else start.or_last_plus_s(WINDOW_S_MAX)
    return start, max(end, start.or_last_plus_s(0.001))


def held_band(
    area: NoticeArea, bounds: HeightBounds, claimed: Sequence[Altitude] = ()
) -> tuple[Altitude, Altitude]:
    """The heights that an area is taken to have: the lowest and the highest stated.

    Args:
        area: the area.
        bounds: what the agreement takes for granted where two datums meet.
        claimed: heights that the words name and no field does.
    """
    sides: list[Altitude] = []
    for stated, lowest in ((area.lower, True), (area.upper, False)):
        comparable = [
            each for each in claimed if _compares(each, (*area.lower, *area.upper), stated, bounds)
        ]
        if stated:
            sides.append(_outermost((*stated, *comparable), bounds, lowest=lowest))
        else:
            sides.append(LOWEST if lowest else HIGHEST)
    lower, upper = sides
    if lower.datum is upper.datum and lower.height_m > upper.height_m:
        lower, upper = upper, lower
    return lower, upper


def held_volumes(
    notice: Notice, received_at: Instant, bounds: HeightBounds
) -> tuple[Volume4D, ...]:
    """Everywhere that the activity is taken to be; none where no area is stated."""
    start, end = held_window(notice, received_at)
    unstated = unstated_heights(notice)
    return tuple(
        Volume4D(area.shape, *held_band(area, bounds, unstated), *window)
        for area in notice.areas
        for window in _cut(start, end)
    )


def unstated_heights(notice: Notice) -> tuple[Altitude, ...]:
    """Heights with a datum that the words name and that are no limit of any area."""
    limits = {limit for area in notice.areas for limit in (*area.lower, *area.upper)}
    return tuple(
        claim.altitude
        for claim in heights_in(f"{notice.place} {notice.description}")
        if claim.altitude is not None and not _among(claim.altitude, limits)
    )


def _compares(
    claim: Altitude, limits: Sequence[Altitude], side: Sequence[Altitude], bounds: HeightBounds
) -> bool:
    """Whether a height in the words bears on one side: it compares with that side, or with neither."""

    def with_any(some: Sequence[Altitude]) -> bool:
        known = geoid_heights_m(claim, bounds) is not None
        return any(
            each.datum is claim.datum or (known and geoid_heights_m(each, bounds) is not None)
            for each in some
        )

    return with_any(side) or not with_any(limits)


def _among(altitude: Altitude, limits: Iterable[Altitude]) -> bool:
    """Whether a height is one of the limits, within what people round to."""
    return any(
        limit.datum is altitude.datum and abs(limit.height_m - altitude.height_m) <= ROUNDED_M
        for limit in limits
    )


def _outermost(stated: Sequence[Altitude], bounds: HeightBounds, *, lowest: bool) -> Altitude:
    """The lowest or highest of some heights; where their datums do not compare, the least or most there is."""
    if len({each.datum for each in stated}) == 1:
        return (min if lowest else max)(stated, key=lambda each: each.height_m)
    ranges = [geoid_heights_m(each, bounds) for each in stated]
    known = [each for each in ranges if each is not None]
    if len(known) < len(ranges):
        return LOWEST if lowest else HIGHEST
    height_m = min(low for low, _ in known) if lowest else max(high for _, high in known)
    return Altitude(min(max(height_m, HEIGHT_M_MIN), HEIGHT_M_MAX), Datum.EGM2008)


def _cut(start: Instant, end: Instant) -> Iterable[tuple[Instant, Instant]]:
    """A window in pieces that a volume may have; each begins where the one before ends."""
    while end.minus(start) > DURATION_S_MAX:
        yield start, start.plus_s(DURATION_S_MAX)
        start = start.plus_s(DURATION_S_MAX)
    yield start, end
