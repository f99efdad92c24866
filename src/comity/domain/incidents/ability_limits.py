"""What an aircraft can do, by whom: the source that the claim names, and the limits of its category."""

import math
from dataclasses import dataclass

from comity.domain.incidents.claim import Aircraft
from comity.domain.incidents.quantities import STANDARD_GRAVITY_MPS2, Mile, Span
from comity.domain.incidents.shown import length_words, speed_words
from comity.domain.tracks.plausibility import ABILITIES, ANY_ABILITIES
from comity.kernel.sentences import Number, Sentence, said

ANY_SOURCE = said(
    "limit-of-any",
    "the most that any aircraft has done that flies among others (docs/rooms/tracks.md)",
)


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
    source: str | Sentence
    over_ground: bool

    def words(self) -> Sentence:
        """The limit with its source."""
        middle, source = self.span.mid, self.source
        if self.name == "speed_max":
            form = "the greatest speed of {limit} by {source}"
            return said("limit-speed-max", form, limit=speed_words(middle), source=source)
        if self.name == "speed_min":
            form = "the least speed of {limit} by {source}"
            return said("limit-speed-min", form, limit=speed_words(middle), source=source)
        if self.name == "climb_max":
            form = "the greatest climb of {limit} by {source}"
            return said("limit-climb", form, limit=Number(middle, 1, "m/s"), source=source)
        if self.name == "acceleration_max":
            form = "the greatest acceleration of {limit} by {source}"
            return said("limit-acceleration", form, limit=acceleration_words(middle), source=source)
        form = "the greatest height of {limit} by {source}"
        return said("limit-height", form, limit=length_words(middle), source=source)


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
        source = ANY_SOURCE if able is None else _category_source(aircraft.category)
        able = able or ANY_ABILITIES
        for name, value in (
            ("speed_max", able.speed_mps),
            ("climb_max", able.climb_mps),
            ("acceleration_max", able.turn_mps2),
        ):
            found.append(Ability(name, _exactly(value), source, over_ground=True))
    return found


def acceleration_words(acceleration_mps2: float) -> Sentence:
    """Metres a second squared, with multiples of standard gravity."""
    mps2 = Number(acceleration_mps2, 1, "m/s²")
    g = Number(acceleration_mps2 / STANDARD_GRAVITY_MPS2, 1, "g")
    return said("acceleration", "{mps2} ({g})", mps2=mps2, g=g)


def _category_source(category: str) -> Sentence:
    form = "category {category} (RTCA DO-260B; docs/rooms/tracks.md, wide limits)"
    return said("limit-of-category", form, category=category)


def _exactly(value: float) -> Span:
    if not math.isfinite(value):
        raise ValueError("a limit is a finite number")
    return Span(value, value, value)
