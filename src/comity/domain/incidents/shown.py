"""Figures in words: SI, and the units of the field beside it."""

import math

from comity.domain.incidents.quantities import Mile, Quantity, Span
from comity.kernel.sentences import Number, Part, Sentence, said
from comity.kernel.units import METRES_PER_NAUTICAL_MILE, MPS_PER_KNOT

NO_BOUND = said("no-bound", "no bound")


def length_words(length_m: float) -> Part:
    """Metres below 10 km, then kilometres."""
    if math.isinf(length_m):
        return NO_BOUND
    return Number(length_m, 0, "m") if length_m < 10_000.0 else Number(length_m / 1000.0, 1, "km")


def duration_words(duration_s: float) -> Part:
    """Seconds."""
    return NO_BOUND if math.isinf(duration_s) else Number(duration_s, 1, "s")


def speed_words(speed_mps: float) -> Sentence:
    """Metres a second, with kilometres an hour and knots."""
    if math.isinf(speed_mps):
        return NO_BOUND
    kmh, kt = Number(speed_mps * 3.6, 0, "km/h"), Number(speed_mps / MPS_PER_KNOT, 0, "kt")
    return said("speed", "{mps} ({kmh}, {kt})", mps=Number(speed_mps, 1, "m/s"), kmh=kmh, kt=kt)


def speeds_words(span: Span) -> Sentence:
    """A middle value, and between what it lies by the digits stated."""
    middle = speed_words(span.mid)
    return said("speeds", "{middle}; {digits}", middle=middle, digits=digits_words(span))


def digits_words(span: Span) -> Sentence:
    """Between what a speed lies by the digits stated."""
    low = Number(span.low * 3.6)
    if math.isinf(span.high):
        return said("digits-at-least", "by the digits stated at least {low} km/h", low=low)
    form = "by the digits stated {low} to {high} km/h"
    return said("digits-between", form, low=low, high=Number(span.high * 3.6))


def stated_words(quantity: Quantity, mile: Mile | None) -> Part:
    """As stated; where a mile was read, which one, and what it comes to."""
    if not quantity.ambiguous or mile is None:
        return quantity.as_stated
    middle = length_words(quantity.span(mile).mid)
    if mile is Mile.STATUTE:
        form = "{stated} (statute: {middle})"
        return said("read-as-statute", form, stated=quantity.as_stated, middle=middle)
    form = "{stated} (nautical: {middle})"
    return said("read-as-nautical", form, stated=quantity.as_stated, middle=middle)


def nautical_words(length_m: float) -> Sentence:
    """A length with nautical miles beside it."""
    nm = Number(length_m / METRES_PER_NAUTICAL_MILE, 2, "NM")
    return said("length-nautical", "{length} ({nm})", length=length_words(length_m), nm=nm)


def agreement_words(agree: bool) -> Sentence:
    """Whether two spans meet."""
    return said("agree", "these agree") if agree else said("differ", "these differ")
