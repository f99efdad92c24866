"""Reported against recorded: the distance a claim states, and what the tracks at hand can bear (L-16).

Source: docs/spec/claim.md §5, rules S1 and S2.
"""

from collections.abc import Iterator, Sequence

from comity.domain.incidents.claim import Statement, StatementKind
from comity.domain.incidents.finding import Finding, Outcome
from comity.domain.incidents.offered_track import OfferedTrack
from comity.domain.incidents.quantities import Mile, Span
from comity.domain.incidents.separation import (
    CLOCK_S_ASSUMED,
    GAP_S_MAX,
    ClosestApproach,
    closest_approach_of,
)
from comity.domain.incidents.shown import duration_words, nautical_words, stated_words
from comity.kernel.sentences import Listed, Number, Part, Sentence, said

ASSUMES = said(
    "S-assumes",
    "no turn above 1 g between positions, clocks within {clock} s of each other, 95 %"
    " accuracies of positions",
    clock=f"{CLOCK_S_ASSUMED:g}",
)


def separation_findings(
    statement: Statement,
    own: Sequence[OfferedTrack],
    rivals: Sequence[tuple[str, Sequence[OfferedTrack]]],
    mile: Mile,
) -> Iterator[Finding]:
    """S1: by the tracks that the statement offers; S2: by those that a rival offers on the topic.

    Args:
        statement: of any kind; asked where it is about separation or states one.
        own: tracks of its material.
        rivals: claimants and the tracks that their statements on the topic offer.
        mile: how a bare mile is read.
    """
    about = statement.kind is StatementKind.LOSS_OF_SEPARATION
    if not (about or "separation" in statement.figures):
        return
    yield _of_tracks(statement, own, mile)
    for claimant, tracks in rivals:
        if tracks:
            yield _of_rival(statement, claimant, tracks, mile)


def _of_tracks(statement: Statement, tracks: Sequence[OfferedTrack], mile: Mile) -> Finding:
    found = _approach(tracks)
    if isinstance(found, Sentence):
        return Finding("S1", Outcome.UNKNOWN, "separation", found)
    words, fits = _held_against(statement, found, mile)
    outcome = Outcome.COMPUTED if fits is None else Outcome.CONSISTENT if fits else Outcome.STRAINED
    if any(track.synthetic for track in tracks):
        outcome, words = Outcome.COMPUTED, _synthetic(words)
    reading = _reading(statement, mile)
    return Finding("S1", outcome, "separation", words, reading, ASSUMES, _figures(found))


def _of_rival(
    statement: Statement, claimant: str, tracks: Sequence[OfferedTrack], mile: Mile
) -> Finding:
    """Told, and no more: what a rival offers decides nothing about this statement."""
    found = _approach(tracks)
    form = "by {claimant}'s tracks: {told}"
    if isinstance(found, Sentence):
        words = said("S2", form, claimant=claimant, told=found)
        return Finding("S2", Outcome.UNKNOWN, "separation", words)
    told = _held_against(statement, found, mile)[0]
    words = said("S2", form, claimant=claimant, told=told)
    if any(track.synthetic for track in tracks):
        words = _synthetic(words)
    reading = _reading(statement, mile)
    return Finding("S2", Outcome.COMPUTED, "separation", words, reading, ASSUMES, _figures(found))


def _synthetic(words: Sentence) -> Sentence:
    return said("S-synthetic", "SYNTHETIC tracks, no evidence: {told}", told=words)


def _approach(tracks: Sequence[OfferedTrack]) -> ClosestApproach | Sentence:
    if len(tracks) != 2:
        form = "{count} tracks are at hand, two are needed: no closest approach"
        return said("S-not-two", form, count=str(len(tracks)))
    found = closest_approach_of(tracks[0], tracks[1])
    if found is None:
        form = "the two tracks are at no time both seen without a gap above {gap} s"
        return said("S-not-both-seen", form, gap=f"{GAP_S_MAX:g}")
    return found


def _held_against(
    statement: Statement, found: ClosestApproach, mile: Mile
) -> tuple[Sentence, bool | None]:
    """The approach in words, and whether the distance stated can be so; None where none is stated."""
    told = [*_approach_words(found)]
    minimum = statement.figures.get("minimum")
    if minimum is not None:
        told.append(_minimum_words(found, minimum.span(mile), minimum.as_stated))
    stated = statement.figures.get("separation")
    if stated is None:
        told.append(said("S-none-stated", "no distance was stated"))
        return said("S", "{told}", told=Listed(tuple(told))), None
    span = stated.span(mile)
    nearest_m = 0.0 if found.gaps_s > 0.0 else found.horizontal_m_min
    fits = span.high >= nearest_m and span.low <= found.horizontal_m_max
    if fits:
        form = "stated {stated}: it can be so"
        told.append(said("S-can-be", form, stated=stated_words(stated, mile)))
    else:
        form = "stated {stated}: it cannot be so by these tracks"
        told.append(said("S-cannot-be", form, stated=stated_words(stated, mile)))
    return said("S", "{told}", told=Listed(tuple(told))), fits


def _approach_words(found: ClosestApproach) -> Iterator[Part]:
    yield said(
        "S-closest",
        "closest {distance} at {at}, surely no nearer than {least}, and surely as near as {most}",
        distance=nautical_words(found.horizontal_m),
        at=str(found.at),
        least=nautical_words(found.horizontal_m_min),
        most=nautical_words(found.horizontal_m_max),
    )
    if found.vertical_m is None:
        yield said("S-height-unknown", "vertically unknown: no height of one datum")
    else:
        vertical, datum = Number(found.vertical_m, 0, "m"), str(found.vertical_datum)
        form = "{apart} apart in height ({datum})"
        yield said("S-height", form, apart=vertical, datum=datum)
    if found.gaps_s > 0.0:
        form = "not seen for {gaps}, in which it may have been nearer"
        yield said("S-gaps", form, gaps=duration_words(found.gaps_s))


def _minimum_words(found: ClosestApproach, minimum: Span, stated: str) -> Sentence:
    """Horizontally alone: whether heights kept apart is told beside it."""
    if found.horizontal_m_max < minimum.low:
        form = "the minimum of {minimum} was surely not kept horizontally"
        return said("S-minimum-broken", form, minimum=stated)
    if found.horizontal_m_min > minimum.high and found.gaps_s == 0.0:
        form = "the minimum of {minimum} was kept horizontally while both were seen"
        return said("S-minimum-kept", form, minimum=stated)
    form = "the minimum of {minimum} may or may not have been kept horizontally"
    return said("S-minimum-open", form, minimum=stated)


def _reading(statement: Statement, mile: Mile) -> Mile | None:
    figures = [statement.figures.get(name) for name in ("separation", "minimum")]
    return mile if any(each is not None and each.ambiguous for each in figures) else None


def _figures(found: ClosestApproach) -> dict[str, float]:
    figures = {
        "horizontal_m": found.horizontal_m,
        "horizontal_m_min": found.horizontal_m_min,
        "horizontal_m_max": found.horizontal_m_max,
        "seen_s": found.seen_s,
        "gaps_s": found.gaps_s,
    }
    return figures if found.vertical_m is None else {**figures, "vertical_m": found.vertical_m}
