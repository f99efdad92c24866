"""Which country a place is over, by one border data set, as far as its own error lets it say."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from comity.kernel.sentences import Sentence, all_of, one_of, said

TWELVE_NM_M = 22_224.0  # UNCLOS art. 3: 12 nautical miles from baselines


class BorderVerdict(StrEnum):
    """What a data set can say of a place."""

    OVER = "over"
    """Over the land that the set gives to the countries named, farther from every line than its error."""

    WITHIN_ERROR = "within-error"
    """Nearer to a line than the set's error: it does not tell on which side."""

    UNDETERMINED_AT_SEA = "undetermined-at-sea"
    """Over no land, and the set has no maritime limits."""

    ERROR_NOT_STATED = "error-not-stated"
    """By its lines it is over the countries named, or over none; how far they err is not stated."""


@dataclass(frozen=True, slots=True)
class BorderPosition:
    """Where a place is by one border data set.

    Attributes:
        verdict: what the set can say.
        over: countries on whose side of the line it lies; several where claims overlap, none at sea.
        near: countries whose line is near, with the distance (metres), nearest first.
        error_m: of the lines; `None`: not stated.
        twelve_nm_of: countries from whose land it lies within 12 NM: a line derived here from a coast
            of that error, no baseline and nobody's claim. `None`: not asked for.
    """

    verdict: BorderVerdict
    over: tuple[str, ...]
    near: tuple[tuple[str, float], ...]
    error_m: float | None
    twelve_nm_of: tuple[str, ...] | None = None

    def words(self) -> str:
        """The verdict in a few words."""
        return str(self.sentence())

    def sentence(self) -> Sentence:
        """The same, with the names apart."""
        if self.verdict is BorderVerdict.WITHIN_ERROR:
            error_m = self.error_m or 0.0
            close = [name for name, distance_m in self.near if distance_m <= error_m]
            sides = list(dict.fromkeys([*self.over, *close]))
            if len(sides) == 1:
                form = "within the border's error: {country} or not {country}"
                return said("border-within-error-one", form, country=sides[0])
            form = "within the border's error: {first} or {other}"
            others = one_of(sides[1:])
            return said("border-within-error", form, first=sides[0], other=others)
        if self.verdict is BorderVerdict.UNDETERMINED_AT_SEA:
            form = "undetermined at sea: the data set has no maritime limits"
            if not self.twelve_nm_of:
                return said("border-at-sea", form)
            form += "; within the derived 12 NM line of {countries}"
            return said("border-at-sea-derived", form, countries=all_of(self.twelve_nm_of))
        if self.verdict is BorderVerdict.ERROR_NOT_STATED:
            if not self.over:
                form = "over none by its lines; their error is not stated"
                return said("border-error-unknown-none", form)
            form = "over {countries} by its lines; their error is not stated"
            return said("border-error-unknown", form, countries=all_of(self.over))
        return said("border-over", "over {countries}", countries=all_of(self.over))


def border_position(
    over: Sequence[str],
    near: Sequence[tuple[str, float]],
    error_m: float | None,
    *,
    twelve_nm: bool = False,
) -> BorderPosition:
    """The verdict, from what the lines say.

    Args:
        over: countries inside whose lines the place lies.
        near: countries whose line is near, with distances (metres); to be complete it must reach as
            far as the error, and as 12 NM where that is asked for.
        error_m: of the lines.
        twelve_nm: whether to derive a 12 NM line.
    """
    ordered = tuple(sorted(near, key=lambda each: (each[1], each[0])))
    derived = None
    if twelve_nm:
        derived = () if over else tuple(name for name, m in ordered if m <= TWELVE_NM_M)
    if error_m is None:
        verdict = BorderVerdict.ERROR_NOT_STATED
    elif any(distance_m <= error_m for _, distance_m in ordered):
        verdict = BorderVerdict.WITHIN_ERROR
    elif over:
        verdict = BorderVerdict.OVER
    else:
        verdict = BorderVerdict.UNDETERMINED_AT_SEA
    return BorderPosition(verdict, tuple(over), ordered, error_m, derived)
