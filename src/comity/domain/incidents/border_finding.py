"""Is a claimed place, or a track, inside the border that the claim speaks of? By each data set for itself.

A border is itself a claim (L-13): whatever a data set says is told with its name and its error, and what goes
against a statement strains it under that data set; it never contradicts it.

Source: docs/spec/claim.md §5, rules B1 and B2.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from comity.domain.alerts.border_lines import REACHES_M, BorderLines
from comity.domain.alerts.border_position import BorderVerdict, border_position
from comity.domain.incidents.claim import Says, Statement, StatementKind
from comity.domain.incidents.finding import Finding, Outcome
from comity.domain.incidents.offered_track import OfferedTrack
from comity.domain.incidents.shown import length_words

POINTS_MAX = 2_000  # of one track asked of one data set; a crossing takes minutes
_KNOWN_WITHIN_M = REACHES_M[-1]


class BorderAnswer(StrEnum):
    """Where a place is, seen from the border of one country."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    WITHIN_ERROR = "within-error"
    UNDETERMINED_AT_SEA = "undetermined-at-sea"
    ERROR_NOT_STATED = "error-not-stated"
    COUNTRY_NOT_NEAR = "country-not-near"
    """No line of that name is within 500 km: the place is far, or the name is not the set's."""


@dataclass(frozen=True, slots=True)
class BorderAnswered:
    """What one data set says of one place.

    Attributes:
        answer: where it is.
        line_m: to the nearest line of that country; `None` where none is near.
        words: of the data set.
    """

    answer: BorderAnswer
    line_m: float | None
    words: str


def border_answer(
    lines: BorderLines, country: str, lat_deg: float, lon_deg: float, error_m: float
) -> BorderAnswered:
    """Ask one data set about one place, with the place's own error.

    Args:
        lines: of the data set.
        country: as the data set spells it; capitals do not matter.
        lat_deg: WGS 84.
        lon_deg: likewise.
        error_m: how far the place may be off.
    """
    over = tuple(lines.over(lat_deg, lon_deg, None))
    margin_m = (lines.error_m or 0.0) + error_m
    near: list[tuple[str, float]] = []
    for reach_m in (*REACHES_M, margin_m):
        if reach_m < margin_m:
            continue
        near = [(name, edge.distance_m) for name, edge in lines.near(lat_deg, lon_deg, reach_m)]
        if any(name.casefold() == country.casefold() for name, _ in near):
            break
    own_m = [m for name, m in near if name.casefold() == country.casefold()]
    line_m = min(own_m, default=None)
    position = border_position(over, near, lines.error_m)
    inside = any(name.casefold() == country.casefold() for name in over)
    if lines.error_m is None:
        answer = BorderAnswer.ERROR_NOT_STATED
    elif line_m is None and not inside:
        answer = BorderAnswer.COUNTRY_NOT_NEAR
    elif line_m is not None and line_m <= margin_m:
        answer = BorderAnswer.WITHIN_ERROR
    elif inside:
        answer = BorderAnswer.INSIDE
    elif position.verdict is BorderVerdict.UNDETERMINED_AT_SEA or not over:
        answer = BorderAnswer.UNDETERMINED_AT_SEA
    else:
        answer = BorderAnswer.OUTSIDE
    return BorderAnswered(answer, line_m, position.words())


def border_findings(
    statement: Statement, tracks: Sequence[OfferedTrack], data_sets: Sequence[BorderLines]
) -> Iterator[Finding]:
    """B1: the place stated; B2: each track offered; under each data set."""
    if statement.kind is not StatementKind.BORDER_VIOLATION or statement.border_of is None:
        return
    position = None if statement.place is None else statement.place.position
    if position is None and not tracks:
        words = "no position is stated and no track is at hand: no border can be asked"
        yield Finding("B1", Outcome.UNKNOWN, "place", words)
        return
    if not data_sets:
        words = "no border data set was given: not asked where the place is"
        yield Finding("B1", Outcome.UNKNOWN, "place", words)
        return
    for lines in data_sets:
        if position is not None and statement.place is not None:
            error_m = statement.place.error_m or 0.0
            asked = position.latitude_deg, position.longitude_deg
            found = border_answer(lines, statement.border_of, *asked, error_m)
            words = (
                f"{position.as_stated}, within {length_words(error_m)}:"
                f" {_answer_words(found, statement.border_of)}; {_set_words(lines)}"
            )
            outcome = _outcome(statement.says, found.answer)
            yield Finding("B1", outcome, "place", words, assumes=_assumes(outcome, lines))
        for track in tracks:
            yield _of_track(statement, statement.border_of, track, lines)


def _of_track(
    statement: Statement, country: str, track: OfferedTrack, lines: BorderLines
) -> Finding:
    """How long surely inside, how long possibly, and how deep."""
    points = track.points
    if len(points) > POINTS_MAX:
        words = f"{track.words()}: {len(points)} positions, at most {POINTS_MAX} are asked"
        return Finding("B2", Outcome.UNKNOWN, "material", words)
    answers = [
        border_answer(lines, country, each.latitude_deg, each.longitude_deg, each.accuracy_m)
        for each in points
    ]
    inside = [i for i, each in enumerate(answers) if each.answer is BorderAnswer.INSIDE]
    counts = {
        answer: sum(1 for each in answers if each.answer is answer)
        for answer in BorderAnswer
        if any(each.answer is answer for each in answers)
    }
    told = ", ".join(f"{count} {answer}" for answer, count in counts.items())
    words = f"{track.words()}: of {len(points)} positions {told}"
    figures = {f"{answer}_count".replace("-", "_"): float(n) for answer, n in counts.items()}
    if inside:
        first, last = inside[0], inside[-1]
        sure_s = _sure_s(track, inside)
        before = points[first - 1] if first else None
        after = points[last + 1] if last + 1 < len(points) else None
        depth_m = max(answers[i].line_m or 0.0 for i in inside)
        margin_m = (lines.error_m or 0.0) + max(points[i].accuracy_m for i in inside)
        words += (
            f"; inside from {points[first].at} to {points[last].at}, seen inside for"
            f" {sure_s:,.1f} s; last not surely inside before: {before.at if before else 'none'},"
            f" first after: {after.at if after else 'none'}; deepest {length_words(depth_m)} from"
            f" the line, within {length_words(margin_m)}"
        )
        figures |= {"inside_s_min": sure_s, "depth_m": depth_m, "depth_error_m": margin_m}
    if inside:
        outcome = _outcome(statement.says, BorderAnswer.INSIDE)
    elif set(counts) == {BorderAnswer.OUTSIDE}:
        outcome = _outcome(statement.says, BorderAnswer.OUTSIDE)
    else:
        outcome = Outcome.UNKNOWN
    words = f"{words}; {_set_words(lines)}"
    assumes = _assumes(outcome, lines)
    if outcome is Outcome.STRAINED and track.synthetic:
        outcome, assumes = Outcome.COMPUTED, "nothing: the track is synthetic"
    return Finding("B2", outcome, "material", words, assumes=assumes, figures=figures)


def _sure_s(track: OfferedTrack, inside: Sequence[int]) -> float:
    """Seconds between neighbouring positions that are both inside."""
    pairs = pairwise(inside)
    return sum(track.points[b].at.minus(track.points[a].at) for a, b in pairs if b == a + 1)


def _outcome(says: Says, answer: BorderAnswer) -> Outcome:
    if says is Says.UNKNOWN or answer not in {BorderAnswer.INSIDE, BorderAnswer.OUTSIDE}:
        return Outcome.UNKNOWN
    agrees = (answer is BorderAnswer.INSIDE) == (says is Says.YES)
    return Outcome.CONSISTENT if agrees else Outcome.STRAINED


def _assumes(outcome: Outcome, lines: BorderLines) -> str:
    if outcome not in {Outcome.CONSISTENT, Outcome.STRAINED}:
        return ""
    return f"the border is that of {lines.name}"


def _answer_words(found: BorderAnswered, country: str) -> str:
    far = "" if found.line_m is None else f", {length_words(found.line_m)} from its line"
    return f"{found.answer} of {country}{far} ({found.words})"


def _set_words(lines: BorderLines) -> str:
    error = (
        "states no error" if lines.error_m is None else f"may err by {length_words(lines.error_m)}"
    )
    return f"by {lines.name} {lines.version} ({lines.digest[:12]}), which {error}"
