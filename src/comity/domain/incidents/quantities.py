"""Quantities as claims state them, and what their digits and units leave open.

A figure means no more than its digits say: `17 s` is 16.5 to 17.5 s. Zeros at the end of a whole number are
taken as not measured (`19000 ft` is 18,500 to 19,500), for too wide a span accuses nobody wrongly; `±` states
it better. A `mi` may be a statute or a nautical mile: both are computed, and neither is preferred.

Source: docs/spec/claim.md §4.
"""

import math
import re
from dataclasses import dataclass
from enum import StrEnum

from comity.kernel.errors import InputError
from comity.kernel.units import (
    METRES_PER_FOOT,
    METRES_PER_NAUTICAL_MILE,
    MPS_PER_KNOT,
    RADIANS_PER_DEGREE,
)

METRES_PER_STATUTE_MILE = 1609.344  # 5,280 international feet, exact (NIST SP 811, B.6)
TEXT_LENGTH_MAX = 60
DIGITS_MAX = 12  # a float64 tells 15 apart
STANDARD_GRAVITY_MPS2 = 9.80665  # CGPM 1901, exact

_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_UNIT = r"[A-Za-z/°²0-9]"
_ERROR = rf" ?(?:±|\+/-) ?(?P<error>\d+(?:\.\d+)?)(?: ?(?P<error_unit>{_UNIT}+))?"
_FORM = re.compile(rf"(?P<number>{_NUMBER}) ?(?P<unit>{_UNIT}*?)(?:{_ERROR})?", re.ASCII)


class Mile(StrEnum):
    """Which mile a bare `mi` is read as; one reading holds for the whole of a claim."""

    STATUTE = "statute"
    NAUTICAL = "nautical"


class Dimension(StrEnum):
    """What is measured, each in one SI unit."""

    LENGTH = "length"
    DURATION = "duration"
    SPEED = "speed"
    ANGLE = "angle"
    TURN_RATE = "turn rate"
    ACCELERATION = "acceleration"


UNITS: dict[Dimension, dict[str, float]] = {
    Dimension.LENGTH: {
        "m": 1.0,
        "km": 1000.0,
        "ft": METRES_PER_FOOT,
        "NM": METRES_PER_NAUTICAL_MILE,
        "smi": METRES_PER_STATUTE_MILE,
        "mi": math.nan,  # see `Mile`
    },
    Dimension.DURATION: {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0},
    Dimension.SPEED: {
        "m/s": 1.0,
        "km/h": 1.0 / 3.6,
        "kt": MPS_PER_KNOT,
        "mph": METRES_PER_STATUTE_MILE / 3600.0,
        "ft/min": METRES_PER_FOOT / 60.0,
    },
    Dimension.ANGLE: {"deg": RADIANS_PER_DEGREE, "°": RADIANS_PER_DEGREE},
    Dimension.TURN_RATE: {"deg/s": RADIANS_PER_DEGREE, "°/s": RADIANS_PER_DEGREE},
    Dimension.ACCELERATION: {"m/s2": 1.0, "m/s²": 1.0, "g": STANDARD_GRAVITY_MPS2},
}
"""Every unit read, by what it measures; factors to SI."""

AMBIGUOUS = "mi"
_MILES = {Mile.STATUTE: METRES_PER_STATUTE_MILE, Mile.NAUTICAL: METRES_PER_NAUTICAL_MILE}
VALUE_MAX: dict[Dimension, float] = {
    Dimension.LENGTH: 2.1e7,  # half round the Earth, and no height is greater
    Dimension.DURATION: 3.2e7,  # a year
    Dimension.SPEED: 12_000.0,  # beyond orbital speed nothing flies
    Dimension.ANGLE: 360.0 * 100 * RADIANS_PER_DEGREE,
    Dimension.TURN_RATE: 360.0 * RADIANS_PER_DEGREE,
    Dimension.ACCELERATION: 1000.0,
}
"""Greatest magnitude, in SI units: beyond it the figure is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Span:
    """A value in SI units and between what it lies, ends included."""

    low: float
    mid: float
    high: float

    def over(self, other: "Span") -> "Span":
        """Quotient of two spans of no negative value; unbounded where the divisor may be 0."""
        return Span(
            self.low / other.high,
            self.mid / other.mid,
            self.high / other.low if other.low > 0.0 else math.inf,
        )

    def times(self, other: "Span") -> "Span":
        """Product of two spans of no negative value."""
        return Span(self.low * other.low, self.mid * other.mid, self.high * other.high)

    def scaled(self, factor: float) -> "Span":
        """Times a positive number."""
        return Span(self.low * factor, self.mid * factor, self.high * factor)

    def difference(self, other: "Span") -> "Span":
        """Magnitude of the difference of two spans."""
        low, high = self.low - other.high, self.high - other.low
        mid = abs(self.mid - other.mid)
        if low <= 0.0 <= high:
            return Span(0.0, mid, max(-low, high))
        return Span(min(abs(low), abs(high)), mid, max(abs(low), abs(high)))

    def meets(self, other: "Span") -> bool:
        """Whether one value can be both; ends that touch, rounding allowed for, are in both."""
        slack = ROUNDING * max(abs(self.mid), abs(other.mid))
        return self.low <= other.high + slack and other.low <= self.high + slack


ROUNDING = 1e-12  # a few operations in float64 round at 1e-15 of the value


@dataclass(frozen=True, slots=True)
class Quantity:
    """One figure of a claim.

    Attributes:
        as_stated: the very words.
        dimension: what it measures.
        number: as written.
        unit: as written.
        error: half of the step that its digits express, or what was stated after `±`, in that unit.
        error_stated: whether it was stated.
    """

    as_stated: str
    dimension: Dimension
    number: float
    unit: str
    error: float
    error_stated: bool

    @property
    def ambiguous(self) -> bool:
        """Whether its unit can be read in two ways."""
        return self.unit == AMBIGUOUS

    def span(self, mile: Mile) -> Span:
        """In SI units, a bare mile read as told; of a value without a sign never below 0."""
        factor = _MILES[mile] if self.ambiguous else UNITS[self.dimension][self.unit]
        low = (self.number - self.error) * factor
        if self.number >= 0.0:
            low = max(low, 0.0)
        return Span(low, self.number * factor, (self.number + self.error) * factor)


def read_quantity(text: str, dimension: Dimension, field: str, *, signed: bool = False) -> Quantity:
    """Read one figure with its unit.

    Args:
        text: such as `1.15 mi`, `17 s`, `980 km/h ± 20`.
        dimension: what it must measure.
        field: names it in a refusal.
        signed: whether it may be 0 or negative.

    Raises:
        InputError: no such form, a unit that does not measure that, out of range, a comma.
    """
    if len(text) > TEXT_LENGTH_MAX:
        raise InputError(field, f"{len(text)} characters, at most {TEXT_LENGTH_MAX}")
    if "," in text:
        raise InputError(
            field, f"{text!r}: a comma may be a decimal sign or not; write 19000 or 1.15"
        )
    match = _FORM.fullmatch(text.strip())
    known = ", ".join(UNITS[dimension])
    if match is None or match["unit"] not in UNITS[dimension]:
        raise InputError(field, f"{text!r} is no {dimension} with a unit of: {known}")
    if match["error_unit"] not in (None, match["unit"]):
        raise InputError(field, f"{text!r}: the error must be in {match['unit']} too")
    written = match["number"]
    if sum(each.isdigit() for each in written) > DIGITS_MAX:
        raise InputError(field, f"{text!r} has more than {DIGITS_MAX} digits")
    stated = match["error"] is not None
    error = float(match["error"]) if stated else _step(written) / 2.0
    found = Quantity(text.strip(), dimension, float(written), match["unit"], error, stated)
    _check_range(found, field, signed=signed)
    return found


def _check_range(quantity: Quantity, field: str, *, signed: bool) -> None:
    if not signed and quantity.number <= 0.0:
        raise InputError(field, f"{quantity.as_stated!r} is not above 0")
    found = quantity.span(Mile.NAUTICAL)
    limit = VALUE_MAX[quantity.dimension]
    if not max(abs(found.low), abs(found.high)) <= limit:
        raise InputError(field, f"{quantity.as_stated!r} is above {limit:g} in SI units")


def _step(written: str) -> float:
    """The step of the last digit that counts; zeros at the end of a whole number do not."""
    whole, _, part = written.lstrip("+-").partition(".")
    if part:
        return 10.0 ** -len(part)
    digits = whole.lstrip("0")
    return 10.0 ** (len(digits) - len(digits.rstrip("0"))) if digits else 1.0
