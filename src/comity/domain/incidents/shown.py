"""Figures in words: SI, and the units of the field beside it."""

import math

from comity.domain.incidents.quantities import Mile, Quantity, Span
from comity.kernel.units import METRES_PER_NAUTICAL_MILE, MPS_PER_KNOT

_READ_AS = {Mile.STATUTE: "statute", Mile.NAUTICAL: "nautical"}


def length_words(length_m: float) -> str:
    """Metres below 10 km, then kilometres."""
    if math.isinf(length_m):
        return "no bound"
    return f"{length_m:,.0f} m" if length_m < 10_000.0 else f"{length_m / 1000.0:,.1f} km"


def duration_words(duration_s: float) -> str:
    """Seconds."""
    return "no bound" if math.isinf(duration_s) else f"{duration_s:,.1f} s"


def speed_words(speed_mps: float) -> str:
    """Metres a second, with kilometres an hour and knots."""
    if math.isinf(speed_mps):
        return "no bound"
    return f"{speed_mps:,.1f} m/s ({speed_mps * 3.6:,.0f} km/h, {speed_mps / MPS_PER_KNOT:,.0f} kt)"


def speeds_words(span: Span) -> str:
    """A middle value, and between what it lies by the digits stated."""
    low, high = f"{span.low * 3.6:,.0f}", f"{span.high * 3.6:,.0f}"
    if math.isinf(span.high):
        return f"{speed_words(span.mid)}; by the digits stated at least {low} km/h"
    return f"{speed_words(span.mid)}; by the digits stated {low} to {high} km/h"


def stated_words(quantity: Quantity, mile: Mile | None) -> str:
    """As stated; where a mile was read, which one, and what it comes to."""
    if not quantity.ambiguous or mile is None:
        return quantity.as_stated
    middle_m = quantity.span(mile).mid
    return f"{quantity.as_stated} ({_READ_AS[mile]}: {length_words(middle_m)})"


def nautical_words(length_m: float) -> str:
    """A length with nautical miles beside it."""
    return f"{length_words(length_m)} ({length_m / METRES_PER_NAUTICAL_MILE:,.2f} NM)"
