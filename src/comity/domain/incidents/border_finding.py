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
from comity.kernel.sentences import Listed, Number, Part, Sentence, said

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
    words: Sentence


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
    return BorderAnswered(answer, line_m, position.sentence())


def border_findings(
    statement: Statement, tracks: Sequence[OfferedTrack], data_sets: Sequence[BorderLines]
) -> Iterator[Finding]:
    """B1: the place stated; B2: each track offered; under each data set."""
    if statement.kind is not StatementKind.BORDER_VIOLATION or statement.border_of is None:
        return
    position = None if statement.place is None else statement.place.position
    if position is None and not tracks:
        form = "no position is stated and no track is at hand: no border can be asked"
        words = said("B1-no-position", form)
        yield Finding("B1", Outcome.UNKNOWN, "place", words)
        return
    if not data_sets:
        form = "no border data set was given: not asked where the place is"
        words = said("B1-no-data-set", form)
        yield Finding("B1", Outcome.UNKNOWN, "place", words)
        return
    for lines in data_sets:
        if position is not None and statement.place is not None:
            error_m = statement.place.error_m or 0.0
            asked = position.latitude_deg, position.longitude_deg
            found = border_answer(lines, statement.border_of, *asked, error_m)
            words = said(
                "B1",
                "{place}, within {error}: {answer}; {lines}",
                place=position.as_stated,
                error=length_words(error_m),
                answer=_answer_words(found, statement.border_of),
                lines=_set_words(lines),
            )
            outcome = _outcome(statement.says, found.answer)
            yield Finding("B1", outcome, "place", words, assumption=_assumes(outcome, lines))
        for track in tracks:
            yield _of_track(statement, statement.border_of, track, lines)


def _of_track(
    statement: Statement, country: str, track: OfferedTrack, lines: BorderLines
) -> Finding:
    """How long surely inside, how long possibly, and how deep."""
    points = track.points
    if len(points) > POINTS_MAX:
        words = said(
            "B2-too-many",
            "{track}: {count} positions, at most {limit} are asked",
            track=track.sentence(),
            count=str(len(points)),
            limit=str(POINTS_MAX),
        )
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
    told = Listed(tuple(_count_words(answer, n) for answer, n in counts.items()), ", ")
    parts: list[Part] = [
        said(
            "B2-positions",
            "{track}: of {count} positions {told}",
            track=track.sentence(),
            count=str(len(points)),
            told=told,
        )
    ]
    figures = {f"{answer}_count".replace("-", "_"): float(n) for answer, n in counts.items()}
    if inside:
        words_inside, figures_inside = _seen_inside(track, answers, inside, lines)
        parts.append(words_inside)
        figures |= figures_inside
    if inside:
        outcome = _outcome(statement.says, BorderAnswer.INSIDE)
    elif set(counts) == {BorderAnswer.OUTSIDE}:
        outcome = _outcome(statement.says, BorderAnswer.OUTSIDE)
    else:
        outcome = Outcome.UNKNOWN
    words = said("B2", "{told}", told=Listed((*parts, _set_words(lines))))
    assumption = _assumes(outcome, lines)
    if outcome is Outcome.STRAINED and track.synthetic:
        outcome = Outcome.COMPUTED
        assumption = said("nothing-synthetic", "nothing: the track is synthetic")
    return Finding("B2", outcome, "material", words, assumption=assumption, figures=figures)


def _seen_inside(
    track: OfferedTrack,
    answers: Sequence[BorderAnswered],
    inside: Sequence[int],
    lines: BorderLines,
) -> tuple[Sentence, dict[str, float]]:
    """From when until when it was surely inside, how deep, and the figures of both.

    Args:
        track: what was asked about.
        answers: of each of its positions.
        inside: which of these are surely inside, at least one, in order of time.
        lines: of the data set that answered.
    """
    points = track.points
    first, last = inside[0], inside[-1]
    sure_s = _sure_s(track, inside)
    before = points[first - 1] if first else None
    after = points[last + 1] if last + 1 < len(points) else None
    depth_m = max(answers[i].line_m or 0.0 for i in inside)
    margin_m = (lines.error_m or 0.0) + max(points[i].accuracy_m for i in inside)
    nowhere = said("none", "none")
    words = said(
        "B2-inside",
        "inside from {start} to {end}, seen inside for {seen}; last not surely inside before:"
        " {before}, first after: {after}; deepest {depth} from the line, within {margin}",
        start=str(points[first].at),
        end=str(points[last].at),
        seen=Number(sure_s, 1, "s"),
        before=str(before.at) if before else nowhere,
        after=str(after.at) if after else nowhere,
        depth=length_words(depth_m),
        margin=length_words(margin_m),
    )
    return words, {"inside_s_min": sure_s, "depth_m": depth_m, "depth_error_m": margin_m}


def _sure_s(track: OfferedTrack, inside: Sequence[int]) -> float:
    """Seconds between neighbouring positions that are both inside."""
    pairs = pairwise(inside)
    return sum(track.points[b].at.minus(track.points[a].at) for a, b in pairs if b == a + 1)


def _outcome(says: Says, answer: BorderAnswer) -> Outcome:
    if says is Says.UNKNOWN or answer not in {BorderAnswer.INSIDE, BorderAnswer.OUTSIDE}:
        return Outcome.UNKNOWN
    agrees = (answer is BorderAnswer.INSIDE) == (says is Says.YES)
    return Outcome.CONSISTENT if agrees else Outcome.STRAINED


def _assumes(outcome: Outcome, lines: BorderLines) -> Sentence | None:
    if outcome not in {Outcome.CONSISTENT, Outcome.STRAINED}:
        return None
    return said("border-is-of", "the border is that of {name}", name=lines.name)


def _answer_words(found: BorderAnswered, country: str) -> Sentence:
    answer = said(f"answer-{found.answer}", str(found.answer))
    if found.line_m is None:
        form = "{answer} of {country} ({set})"
        return said("border-answer", form, answer=answer, country=country, set=found.words)
    return said(
        "border-answer-far",
        "{answer} of {country}, {far} from its line ({set})",
        answer=answer,
        country=country,
        far=length_words(found.line_m),
        set=found.words,
    )


def _count_words(answer: BorderAnswer, count: int) -> Sentence:
    told = said(f"answer-{answer}", str(answer))
    return said("count-of", "{count} {what}", count=str(count), what=told)


def _set_words(lines: BorderLines) -> Sentence:
    name = f"{lines.name} {lines.version} ({lines.digest[:12]})"
    if lines.error_m is None:
        return said("set-without-error", "by {name}, which states no error", name=name)
    form = "by {name}, which may err by {error}"
    return said("set-with-error", form, name=name, error=length_words(lines.error_m))
