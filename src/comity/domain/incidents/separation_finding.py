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

ASSUMES = (
    f"no turn above 1 g between positions, clocks within {CLOCK_S_ASSUMED:g} s of each other, 95 %"
    " accuracies of positions"
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
    if isinstance(found, str):
        return Finding("S1", Outcome.UNKNOWN, "separation", found)
    words, fits = _held_against(statement, found, mile)
    outcome = Outcome.COMPUTED if fits is None else Outcome.CONSISTENT if fits else Outcome.STRAINED
    if any(track.synthetic for track in tracks):
        outcome, words = Outcome.COMPUTED, f"SYNTHETIC tracks, no evidence: {words}"
    reading = _reading(statement, mile)
    return Finding("S1", outcome, "separation", words, reading, ASSUMES, _figures(found))


def _of_rival(
    statement: Statement, claimant: str, tracks: Sequence[OfferedTrack], mile: Mile
) -> Finding:
    """Told, and no more: what a rival offers decides nothing about this statement."""
    found = _approach(tracks)
    if isinstance(found, str):
        return Finding("S2", Outcome.UNKNOWN, "separation", f"by {claimant}'s tracks: {found}")
    words = f"by {claimant}'s tracks: {_held_against(statement, found, mile)[0]}"
    if any(track.synthetic for track in tracks):
        words = f"SYNTHETIC tracks, no evidence: {words}"
    reading = _reading(statement, mile)
    return Finding("S2", Outcome.COMPUTED, "separation", words, reading, ASSUMES, _figures(found))


def _approach(tracks: Sequence[OfferedTrack]) -> ClosestApproach | str:
    if len(tracks) != 2:
        return f"{len(tracks)} tracks are at hand, two are needed: no closest approach"
    found = closest_approach_of(tracks[0], tracks[1])
    if found is None:
        return f"the two tracks are at no time both seen without a gap above {GAP_S_MAX:g} s"
    return found


def _held_against(
    statement: Statement, found: ClosestApproach, mile: Mile
) -> tuple[str, bool | None]:
    """The approach in words, and whether the distance stated can be so; None where none is stated."""
    words = (
        f"closest {nautical_words(found.horizontal_m)} at {found.at}, surely no nearer than"
        f" {nautical_words(found.horizontal_m_min)}, and surely as near as"
        f" {nautical_words(found.horizontal_m_max)}"
    )
    if found.vertical_m is None:
        words += "; vertically unknown: no height of one datum"
    else:
        words += f"; {found.vertical_m:,.0f} m apart in height ({found.vertical_datum})"
    if found.gaps_s > 0.0:
        words += f"; not seen for {duration_words(found.gaps_s)}, in which it may have been nearer"
    minimum = statement.figures.get("minimum")
    if minimum is not None:
        words += f"; the minimum of {minimum.as_stated} {_minimum_words(found, minimum.span(mile))}"
    stated = statement.figures.get("separation")
    if stated is None:
        return f"{words}; no distance was stated", None
    span = stated.span(mile)
    nearest_m = 0.0 if found.gaps_s > 0.0 else found.horizontal_m_min
    fits = span.high >= nearest_m and span.low <= found.horizontal_m_max
    told = "it can be so" if fits else "it cannot be so by these tracks"
    return f"{words}; stated {stated_words(stated, mile)}: {told}", fits


def _minimum_words(found: ClosestApproach, minimum: Span) -> str:
    """Horizontally alone: whether heights kept apart is told beside it."""
    if found.horizontal_m_max < minimum.low:
        return "was surely not kept horizontally"
    if found.horizontal_m_min > minimum.high and found.gaps_s == 0.0:
        return "was kept horizontally while both were seen"
    return "may or may not have been kept horizontally"


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
