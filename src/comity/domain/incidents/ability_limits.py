"""What an aircraft can do, by whom: the source that the claim names, and the limits of its category."""

import math
from dataclasses import dataclass

from comity.domain.incidents.claim import Aircraft
from comity.domain.incidents.quantities import STANDARD_GRAVITY_MPS2, Mile, Span
from comity.domain.incidents.shown import length_words, speed_words
from comity.domain.tracks.plausibility import ABILITIES, ANY_ABILITIES

CATEGORY_SOURCE = "category {category} (RTCA DO-260B; docs/rooms/tracks.md, wide limits)"
ANY_SOURCE = "the most that any aircraft has done that flies among others (docs/rooms/tracks.md)"


@dataclass(frozen=True, slots=True)
class Ability:
    """One limit.

    Attributes:
        name: `speed_max`, `speed_min`, `climb_max`, `acceleration_max`, `height_max`.
        span: in SI units; its ends from the digits of the source.
        source: who says so.
        over_ground: a speed that holds over the ground, with the strongest wind behind.
    """

    name: str
    span: Span
    source: str
    over_ground: bool

    def words(self) -> str:
        """The limit with its source."""
        middle = self.span.mid
        kind, _, side = self.name.partition("_")
        shown = {
            "speed": speed_words(middle),
            "climb": f"{middle:,.1f} m/s",
            "acceleration": f"{middle:,.1f} m/s² ({middle / STANDARD_GRAVITY_MPS2:,.1f} g)",
            "height": length_words(middle),
        }[kind]
        word = "least" if side == "min" else "greatest"
        return f"the {word} {kind} of {shown} by {self.source}"


def abilities(aircraft: Aircraft | None, mile: Mile) -> list[Ability]:
    """Every limit that a named source gives; none is assumed of an aircraft that is not named."""
    if aircraft is None:
        return []
    found = [
        Ability(name, figure.span(mile), aircraft.limits_source, over_ground=False)
        for name, figure in aircraft.limits.items()
    ]
    if aircraft.category is not None:
        able = ABILITIES.get(aircraft.category)
        source = ANY_SOURCE if able is None else CATEGORY_SOURCE.format(category=aircraft.category)
        able = able or ANY_ABILITIES
        for name, value in (
            ("speed_max", able.speed_mps),
            ("climb_max", able.climb_mps),
            ("acceleration_max", able.turn_mps2),
        ):
            found.append(Ability(name, _exactly(value), source, over_ground=True))
    return found


def _exactly(value: float) -> Span:
    if not math.isfinite(value):
        raise ValueError("a limit is a finite number")
    return Span(value, value, value)
