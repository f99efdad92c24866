"""Can the figures of a statement be so? Length, time, speed, depth, climb and turn against each other.

Nothing here says that a claim is true: figures that agree may both be wrong. What was not stated is unknown,
and no limit is assumed that no named source gives.

Source: docs/spec/claim.md §5, rules K1 to K9.
"""

import math
from collections.abc import Iterator

import numpy as np

from comity.domain.geometry import unit_from_degrees
from comity.domain.geometry.distance import RANGE_M_MAX, surface_lengths_m
from comity.domain.incidents.ability_limits import Ability, abilities
from comity.domain.incidents.claim import Aircraft, ClaimedPlace, Statement, StatementKind
from comity.domain.incidents.finding import Finding, Outcome
from comity.domain.incidents.quantities import STANDARD_GRAVITY_MPS2, Mile, Span
from comity.domain.incidents.shown import (
    duration_words,
    length_words,
    speed_words,
    speeds_words,
    stated_words,
)

IN_AND_OUT = (
    "length means the path inside, depth the farthest from the line, and it came in and went out"
    " within the time"
)


class Figures:
    """The figures of one statement under one reading of the mile, as spans in SI units."""

    def __init__(self, statement: Statement, mile: Mile) -> None:
        self.statement = statement
        self.mile = mile
        self._used_mile = False

    def span(self, name: str) -> Span | None:
        """A figure; None where it was not stated."""
        found = self.statement.figures.get(name)
        return None if found is None else found.span(self.mile)

    def words(self, name: str) -> str:
        """As stated, with the reading."""
        return stated_words(self.statement.figures[name], self.mile)

    def reading(self, *names: str) -> Mile | None:
        """The mile, where any of the figures needs one."""
        stated = [self.statement.figures.get(name) for name in names]
        return self.mile if any(each is not None and each.ambiguous for each in stated) else None

    def duration(self) -> tuple[Span, str] | None:
        """How long it took, as stated, or from its beginning and end; and in words."""
        stated = self.span("duration")
        if stated is not None:
            return stated, self.words("duration")
        found = _elapsed(self.statement)
        return None if found is None else (found, f"{duration_words(found.mid)} from start to end")


def kinematic_findings(
    statement: Statement, aircraft: Aircraft | None, mile: Mile
) -> tuple[Finding, ...]:
    """Every rule on one statement, under one reading of the mile."""
    figures = Figures(statement, mile)
    able = abilities(aircraft, mile)
    return (
        *_times(figures),
        *_speed_of_length(figures, able),
        *_depth(figures, able),
        *_stated_speed(figures, able),
        *_places(figures, able),
        *_climb(figures, able),
        *_turn(figures, able),
        *_height(figures, able),
    )


def _times(figures: Figures) -> Iterator[Finding]:
    """K1: the end is not before the start, and the duration is what lies between."""
    statement = figures.statement
    if statement.starts is None or statement.ends is None:
        return
    start, end = statement.starts.stated.instant, statement.ends.stated.instant
    elapsed_s = end.minus(start)
    error_s = statement.starts.error_s + statement.ends.error_s
    shown = {"elapsed_s": elapsed_s, "error_s": error_s}
    if elapsed_s + error_s < 0.0:
        words = f"it ends {end}, {-elapsed_s:,.1f} s before it starts, {start}"
        yield Finding("K1", Outcome.CONTRADICTORY, "ends", words, figures=shown)
        return
    stated = figures.span("duration")
    if stated is None:
        return
    between = Span(max(elapsed_s - error_s, 0.0), max(elapsed_s, 0.0), elapsed_s + error_s)
    agree = stated.meets(between)
    words = (
        f"{end} - {start} = {elapsed_s:,.1f} s, within {error_s:,.1f} s; stated"
        f" {figures.words('duration')}: {'these agree' if agree else 'these differ'}"
    )
    outcome = Outcome.CONSISTENT if agree else Outcome.CONTRADICTORY
    yield Finding("K1", outcome, "duration", words, figures=shown)


def _speed_of_length(figures: Figures, able: list[Ability]) -> Iterator[Finding]:
    """K2: length by time, against the speed stated; K3: against what the aircraft can do."""
    length, lasted = figures.span("length"), figures.duration()
    if length is None or lasted is None:
        return
    computed = length.over(lasted[0])
    reading = figures.reading("length")
    sum_words = f"{figures.words('length')} ÷ {lasted[1]} = {speeds_words(computed)}"
    shown = _speed_figures(computed)
    stated = figures.span("speed")
    if stated is None:
        words = f"{sum_words}; no speed was stated"
        yield Finding("K2", Outcome.COMPUTED, "length", words, reading, figures=shown)
    else:
        agree = computed.meets(stated)
        words = f"{sum_words}; stated {figures.words('speed')} = {speed_words(stated.mid)}: " + (
            "these agree" if agree else _apart(computed, stated)
        )
        outcome = Outcome.CONSISTENT if agree else Outcome.CONTRADICTORY
        shown = {**shown, "stated_mps": stated.mid}
        yield Finding("K2", outcome, "speed", words, reading, figures=shown)
    yield from _against_speed(able, computed, "K3", "length", "the speed computed", reading)


def _depth(figures: Figures, able: list[Ability]) -> Iterator[Finding]:
    """K4: a path in to a depth and out again is at least twice as long; K5: the speed it needs."""
    depth = figures.span("depth")
    if depth is None or figures.statement.kind is not StatementKind.BORDER_VIOLATION:
        return
    least = depth.scaled(2.0)
    length = figures.span("length")
    if length is not None:
        reading = figures.reading("length", "depth")
        fits = length.high >= least.low * (1.0 - 1e-12)
        words = (
            f"to a depth of {figures.words('depth')} and out again is at least twice that,"
            f" {length_words(least.mid)}; the length stated is {figures.words('length')}: "
        ) + ("it can be so" if fits else f"{length_words(least.mid - length.mid)} short")
        shown = {"least_m": least.mid, "length_m": length.mid}
        outcome = Outcome.CONSISTENT if fits else Outcome.STRAINED
        yield Finding("K4", outcome, "depth", words, reading, IN_AND_OUT, shown)
    lasted = figures.duration()
    if lasted is None:
        return
    needed = least.over(lasted[0])
    reading = figures.reading("depth")
    sum_words = f"2 × {figures.words('depth')} ÷ {lasted[1]} = at least {speeds_words(needed)}"
    stated = figures.span("speed")
    shown = _speed_figures(needed)
    if stated is None:
        words = f"{sum_words}; no speed was stated"
        yield Finding("K5", Outcome.COMPUTED, "depth", words, reading, IN_AND_OUT, shown)
    else:
        fits = stated.high >= needed.low * (1.0 - 1e-12)
        words = f"{sum_words}; stated {figures.words('speed')}: " + (
            "it can be so" if fits else "too slow for that depth"
        )
        outcome = Outcome.CONSISTENT if fits else Outcome.STRAINED
        yield Finding("K5", outcome, "depth", words, reading, IN_AND_OUT, shown)
    for each in able:
        if each.name == "speed_max" and needed.low > each.span.high:
            words = f"that is above {each.words()}"
            yield Finding("K5", Outcome.STRAINED, "depth", words, reading, IN_AND_OUT)


def _stated_speed(figures: Figures, able: list[Ability]) -> Iterator[Finding]:
    """K3: the speed stated, against what the aircraft can do."""
    stated = figures.span("speed")
    if stated is not None:
        yield from _against_speed(able, stated, "K3", "speed", "the speed stated", None)


def _places(figures: Figures, able: list[Ability]) -> Iterator[Finding]:
    """K6: from the first place to the last, against length and time."""
    apart = _apart_m(figures.statement.place, figures.statement.place_end)
    if apart is None:
        return
    length = figures.span("length")
    error_m = apart.high - apart.mid
    ends = f"the two places are {length_words(apart.mid)} apart, within {length_words(error_m)}"
    if length is not None:
        fits = length.high >= apart.low * (1.0 - 1e-12)
        words = f"{ends}; the length stated is {figures.words('length')}: " + (
            "it can be so" if fits else "too short"
        )
        outcome = Outcome.CONSISTENT if fits else Outcome.CONTRADICTORY
        shown = {"apart_m": apart.mid, "length_m": length.mid}
        yield Finding("K6", outcome, "place_end", words, figures.reading("length"), figures=shown)
    lasted = figures.duration()
    if lasted is None:
        return
    needed = apart.over(lasted[0])
    stated = figures.span("speed")
    words = f"{ends}; ÷ {lasted[1]} = at least {speeds_words(needed)}"
    if stated is None:
        yield Finding("K6", Outcome.COMPUTED, "place_end", words, figures=_speed_figures(needed))
    else:
        fits = stated.high >= needed.low * (1.0 - 1e-12)
        words += f"; stated {figures.words('speed')}: " + ("it can be so" if fits else "too slow")
        outcome = Outcome.CONSISTENT if fits else Outcome.CONTRADICTORY
        yield Finding("K6", outcome, "speed", words, figures=_speed_figures(needed))
    for each in able:
        if each.name == "speed_max" and needed.low > each.span.high:
            words = f"{speed_words(needed.low)} at least is above {each.words()}"
            yield Finding("K6", Outcome.CONTRADICTORY, "place_end", words)


def _climb(figures: Figures, able: list[Ability]) -> Iterator[Finding]:
    """K7: heights by time, against the rate stated and what the aircraft can do."""
    first, last = figures.statement.height, figures.statement.height_end
    stated = figures.span("climb_rate")
    computed = None
    if first is not None and last is not None:
        if first.datum is None or first.datum is not last.datum:
            words = f"{first.as_stated} and {last.as_stated} do not name one datum: not compared"
            yield Finding("K7", Outcome.UNKNOWN, "height_end", words)
        elif (lasted := figures.duration()) is not None:
            change = last.quantity.span(figures.mile).difference(first.quantity.span(figures.mile))
            computed = change.over(lasted[0])
            words = (
                f"from {first.as_stated} to {last.as_stated} in {lasted[1]} ="
                f" {computed.mid:,.1f} m/s ({computed.low:,.1f} to {computed.high:,.1f})"
            )
            outcome = Outcome.COMPUTED
            if stated is not None:
                size = _magnitude(stated)
                agree = computed.meets(size)
                outcome = Outcome.CONSISTENT if agree else Outcome.CONTRADICTORY
                words += f"; stated {figures.words('climb_rate')}: " + (
                    "these agree" if agree else _apart(computed, size)
                )
            shown = {"rate_mps": computed.mid}
            yield Finding("K7", outcome, "height_end", words, figures=shown)
    rate = computed if computed is not None else None if stated is None else _magnitude(stated)
    if rate is None:
        return
    for each in able:
        if each.name == "climb_max" and rate.low > each.span.high:
            words = f"{rate.low:,.1f} m/s at least is above {each.words()}"
            yield Finding("K7", Outcome.CONTRADICTORY, "climb_rate", words)


def _turn(figures: Figures, able: list[Ability]) -> Iterator[Finding]:
    """K8: angle by time against the rate stated; speed times rate against what the aircraft bears."""
    turned, stated, lasted = figures.span("turned"), figures.span("turn_rate"), figures.duration()
    rate = None if stated is None else _magnitude(stated)
    if turned is not None and lasted is not None:
        computed = _magnitude(turned).over(lasted[0])
        words = (
            f"{figures.words('turned')} ÷ {lasted[1]} = {math.degrees(computed.mid):,.2f} deg/s"
            f" ({math.degrees(computed.low):,.2f} to {math.degrees(computed.high):,.2f})"
        )
        outcome = Outcome.COMPUTED
        if rate is not None:
            agree = computed.meets(rate)
            outcome = Outcome.CONSISTENT if agree else Outcome.CONTRADICTORY
            words += f"; stated {figures.words('turn_rate')}: " + (
                "these agree" if agree else _apart(computed, rate)
            )
        shown = {"turn_rate_rad_per_s": computed.mid}
        yield Finding("K8", outcome, "turned", words, figures=shown)
        rate = computed
    speed, reading, length = figures.span("speed"), None, figures.span("length")
    if speed is None and length is not None and lasted is not None:
        speed, reading = length.over(lasted[0]), figures.reading("length")
    if rate is None or speed is None:
        return
    sideways = speed.times(rate)
    words = (
        f"{speed_words(speed.mid)} × {math.degrees(rate.mid):,.2f} deg/s ="
        f" {sideways.mid:,.1f} m/s² sideways ({sideways.mid / STANDARD_GRAVITY_MPS2:,.1f} g)"
    )
    shown = {"sideways_mps2": sideways.mid}
    bounds = [each for each in able if each.name == "acceleration_max"]
    if not bounds:
        words += "; no source gives what the aircraft bears"
        yield Finding("K8", Outcome.UNKNOWN, "turn_rate", words, reading, figures=shown)
    for each in bounds:
        above = sideways.low > each.span.high
        told = f"{words}; {'above' if above else 'within'} {each.words()}"
        outcome = Outcome.CONTRADICTORY if above else Outcome.CONSISTENT
        yield Finding("K8", outcome, "turn_rate", told, reading, figures=shown)


def _height(figures: Figures, able: list[Ability]) -> Iterator[Finding]:
    """K9: the height, against the greatest of the aircraft; a height without a datum is told."""
    for name in ("height", "height_end"):
        height = getattr(figures.statement, name)
        if height is None:
            continue
        if height.datum is None:
            words = f"{height.as_stated}: what it is measured from was not stated"
            yield Finding("K9", Outcome.UNKNOWN, name, words)
        span = height.quantity.span(figures.mile)
        for each in able:
            if each.name == "height_max":
                above = span.low > each.span.high
                words = f"{height.as_stated} is {'above' if above else 'within'} {each.words()}"
                # the datums of a height and of a ceiling need not be one
                outcome = Outcome.STRAINED if above else Outcome.CONSISTENT
                yield Finding("K9", outcome, name, words, assumes="both from one datum")


def _against_speed(
    able: list[Ability], speed: Span, rule: str, field: str, what: str, reading: Mile | None
) -> Iterator[Finding]:
    """What a speed breaks, keeps, and what nobody gives: of limits from above, each; from below, one."""
    known = [each for each in able if each.name in {"speed_max", "speed_min"}]
    for each in known:
        most = each.name == "speed_max"
        broken = speed.low > each.span.high if most else speed.high < each.span.low
        side = ("above" if most else "below") if broken else "within"
        words = f"{what}, {speed_words(speed.mid)}, is {side} {each.words()}"
        # a speed over the ground is not one through the air: below a least speed, wind may be why
        outcome = Outcome.CONSISTENT
        if broken:
            outcome = Outcome.CONTRADICTORY if most and each.over_ground else Outcome.STRAINED
        assumes = "" if each.over_ground else "little wind: the limit is one through the air"
        yield Finding(rule, outcome, field, words, reading, assumes)
    for name, word in (("speed_max", "greatest"), ("speed_min", "least")):
        if not any(each.name == name for each in known):
            words = (
                f"no source gives a {word} speed of the aircraft: not known whether {what}"
                " can be flown"
            )
            yield Finding(rule, Outcome.UNKNOWN, field, words)


def _elapsed(statement: Statement) -> Span | None:
    if statement.starts is None or statement.ends is None:
        return None
    elapsed_s = statement.ends.stated.instant.minus(statement.starts.stated.instant)
    error_s = statement.starts.error_s + statement.ends.error_s
    if elapsed_s <= 0.0:
        return None
    return Span(max(elapsed_s - error_s, 0.0), elapsed_s, elapsed_s + error_s)


def _apart_m(first: ClaimedPlace | None, last: ClaimedPlace | None) -> Span | None:
    """Between two places; None where one has no position, or they are too far for a proved figure."""
    if first is None or last is None or first.position is None or last.position is None:
        return None
    apart_m = apart_of(first.position.latitude_deg, first.position.longitude_deg,
                       last.position.latitude_deg, last.position.longitude_deg)  # fmt: skip
    if apart_m is None:
        return None
    error_m = (first.error_m or 0.0) + (last.error_m or 0.0)
    return Span(max(apart_m - error_m, 0.0), apart_m, apart_m + error_m)


def apart_of(lat_deg: float, lon_deg: float, lat2_deg: float, lon2_deg: float) -> float | None:
    """Geodesic between two positions (metres); None beyond `RANGE_M_MAX`."""
    first = unit_from_degrees(np.array([lat_deg]), np.array([lon_deg]))
    last = unit_from_degrees(np.array([lat2_deg]), np.array([lon2_deg]))
    if float(first[0] @ last[0]) < math.cos(RANGE_M_MAX / 6_400_000.0):
        return None
    return float(surface_lengths_m(first, last)[0])


def _apart(computed: Span, stated: Span) -> str:
    if stated.mid <= 0.0 or computed.mid <= 0.0:
        return "these differ"
    larger, smaller = max(computed.mid, stated.mid), min(computed.mid, stated.mid)
    return f"these differ, by a factor of {larger / smaller:.2f}"


def _magnitude(span: Span) -> Span:
    if span.low >= 0.0:
        return span
    if span.high <= 0.0:
        return Span(-span.high, -span.mid, -span.low)
    return Span(0.0, abs(span.mid), max(-span.low, span.high))


def _speed_figures(speed: Span) -> dict[str, float]:
    found = {"computed_mps": speed.mid, "computed_mps_min": speed.low}
    return found if math.isinf(speed.high) else {**found, "computed_mps_max": speed.high}
