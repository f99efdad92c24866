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
    agreement_words,
    digits_words,
    duration_words,
    length_words,
    speed_words,
    speeds_words,
    stated_words,
)
from comity.kernel.sentences import Number, Part, Sentence, said

IN_AND_OUT = said(
    "in-and-out",
    "length means the path inside, depth the farthest from the line, and it came in and went out"
    " within the time",
)
LITTLE_WIND = said("little-wind", "little wind: the limit is one through the air")
ONE_DATUM = said("one-datum", "both from one datum")
CAN_BE = said("can-be", "it can be so")


class Figures:
    """The figures of one statement under one reading of the mile, as spans in SI units."""

    def __init__(self, statement: Statement, mile: Mile) -> None:
        self.statement = statement
        self.mile = mile

    def span(self, name: str) -> Span | None:
        """A figure; None where it was not stated."""
        found = self.statement.figures.get(name)
        return None if found is None else found.span(self.mile)

    def words(self, name: str) -> Part:
        """As stated, with the reading."""
        return stated_words(self.statement.figures[name], self.mile)

    def reading(self, *names: str) -> Mile | None:
        """The mile, where any of the figures needs one."""
        stated = [self.statement.figures.get(name) for name in names]
        return self.mile if any(each is not None and each.ambiguous for each in stated) else None

    def duration(self) -> tuple[Span, Part] | None:
        """How long it took, as stated, or from its beginning and end; and in words."""
        stated = self.span("duration")
        if stated is not None:
            return stated, self.words("duration")
        found = _elapsed(self.statement)
        if found is None:
            return None
        form = "{duration} from start to end"
        return found, said("start-to-end", form, duration=duration_words(found.mid))


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
        form = "it ends {end}, {early} before it starts, {start}"
        early = Number(-elapsed_s, 1, "s")
        words = said("K1-reversed", form, end=str(end), early=early, start=str(start))
        yield Finding("K1", Outcome.CONTRADICTORY, "ends", words, figures=shown)
        return
    stated = figures.span("duration")
    if stated is None:
        return
    between = Span(max(elapsed_s - error_s, 0.0), max(elapsed_s, 0.0), elapsed_s + error_s)
    agree = stated.meets(between)
    words = said(
        "K1",
        "{sum}, within {error}; stated {stated}: {verdict}",
        sum=said(
            "K1-sum",
            "{end} - {start} = {elapsed}",
            end=str(end),
            start=str(start),
            elapsed=Number(elapsed_s, 1, "s"),
        ),
        error=Number(error_s, 1, "s"),
        stated=figures.words("duration"),
        verdict=agreement_words(agree),
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
    sum_words = said(
        "K2-sum",
        "{length} ÷ {lasted} = {computed}",
        length=figures.words("length"),
        lasted=lasted[1],
        computed=speed_words(computed.mid),
    )
    sum_words = said("K2-digits", "{sum}; {digits}", sum=sum_words, digits=digits_words(computed))
    shown = _speed_figures(computed)
    stated = figures.span("speed")
    if stated is None:
        yield Finding(
            "K2", Outcome.COMPUTED, "length", _unstated(sum_words), reading, figures=shown
        )
    else:
        agree = computed.meets(stated)
        words = said(
            "K2",
            "{sum}; stated {stated} = {speed}: {verdict}",
            sum=sum_words,
            stated=figures.words("speed"),
            speed=speed_words(stated.mid),
            verdict=_verdict(agree, computed, stated),
        )
        outcome = Outcome.CONSISTENT if agree else Outcome.CONTRADICTORY
        shown = {**shown, "stated_mps": stated.mid}
        yield Finding("K2", outcome, "speed", words, reading, figures=shown)
    yield from _against_speed(able, computed, "length", reading, computed=True)


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
        short = said("short", "{by} short", by=length_words(least.mid - length.mid))
        words = said(
            "K4",
            "to a depth of {depth} and out again is at least twice that, {least};"
            " the length stated is {length}: {verdict}",
            depth=figures.words("depth"),
            least=length_words(least.mid),
            length=figures.words("length"),
            verdict=CAN_BE if fits else short,
        )
        shown = {"least_m": least.mid, "length_m": length.mid}
        outcome = Outcome.CONSISTENT if fits else Outcome.STRAINED
        yield Finding("K4", outcome, "depth", words, reading, IN_AND_OUT, shown)
    lasted = figures.duration()
    if lasted is None:
        return
    needed = least.over(lasted[0])
    reading = figures.reading("depth")
    sum_words = said(
        "K5-sum",
        "{sum} = at least {needed}",
        sum=said(
            "K5-product",
            "2 × {depth} ÷ {lasted}",
            depth=figures.words("depth"),
            lasted=lasted[1],
        ),
        needed=speeds_words(needed),
    )
    stated = figures.span("speed")
    shown = _speed_figures(needed)
    if stated is None:
        words = _unstated(sum_words)
        yield Finding("K5", Outcome.COMPUTED, "depth", words, reading, IN_AND_OUT, shown)
    else:
        fits = stated.high >= needed.low * (1.0 - 1e-12)
        slow = said("too-slow-for-depth", "too slow for that depth")
        words = _beside(sum_words, figures.words("speed"), CAN_BE if fits else slow)
        outcome = Outcome.CONSISTENT if fits else Outcome.STRAINED
        yield Finding("K5", outcome, "depth", words, reading, IN_AND_OUT, shown)
    for each in able:
        if each.name == "speed_max" and needed.low > each.span.high:
            words = said("that-above", "that is above {limit}", limit=each.words())
            yield Finding("K5", Outcome.STRAINED, "depth", words, reading, IN_AND_OUT)


def _stated_speed(figures: Figures, able: list[Ability]) -> Iterator[Finding]:
    """K3: the speed stated, against what the aircraft can do."""
    stated = figures.span("speed")
    if stated is not None:
        yield from _against_speed(able, stated, "speed", None, computed=False)


def _places(figures: Figures, able: list[Ability]) -> Iterator[Finding]:
    """K6: from the first place to the last, against length and time."""
    apart = _apart_m(figures.statement.place, figures.statement.place_end)
    if apart is None:
        return
    length = figures.span("length")
    error_m = apart.high - apart.mid
    ends = said(
        "K6-apart",
        "the two places are {apart} apart, within {error}",
        apart=length_words(apart.mid),
        error=length_words(error_m),
    )
    if length is not None:
        fits = length.high >= apart.low * (1.0 - 1e-12)
        words = said(
            "K6-length",
            "{ends}; the length stated is {length}: {verdict}",
            ends=ends,
            length=figures.words("length"),
            verdict=CAN_BE if fits else said("too-short", "too short"),
        )
        outcome = Outcome.CONSISTENT if fits else Outcome.CONTRADICTORY
        shown = {"apart_m": apart.mid, "length_m": length.mid}
        yield Finding("K6", outcome, "place_end", words, figures.reading("length"), figures=shown)
    lasted = figures.duration()
    if lasted is None:
        return
    needed = apart.over(lasted[0])
    stated = figures.span("speed")
    sum_words = said(
        "K6-speed",
        "{ends}; {sum} = at least {needed}",
        ends=ends,
        sum=said("K6-divided", "÷ {lasted}", lasted=lasted[1]),
        needed=speeds_words(needed),
    )
    if stated is None:
        shown = _speed_figures(needed)
        yield Finding("K6", Outcome.COMPUTED, "place_end", sum_words, figures=shown)
    else:
        fits = stated.high >= needed.low * (1.0 - 1e-12)
        slow = said("too-slow", "too slow")
        words = _beside(sum_words, figures.words("speed"), CAN_BE if fits else slow)
        outcome = Outcome.CONSISTENT if fits else Outcome.CONTRADICTORY
        yield Finding("K6", outcome, "speed", words, figures=_speed_figures(needed))
    for each in able:
        if each.name == "speed_max" and needed.low > each.span.high:
            words = _least_above(speed_words(needed.low), each)
            yield Finding("K6", Outcome.CONTRADICTORY, "place_end", words)


def _climb(figures: Figures, able: list[Ability]) -> Iterator[Finding]:
    """K7: heights by time, against the rate stated and what the aircraft can do."""
    first, last = figures.statement.height, figures.statement.height_end
    stated = figures.span("climb_rate")
    computed = None
    if first is not None and last is not None:
        if first.datum is None or first.datum is not last.datum:
            words = said(
                "K7-datums",
                "{first} and {last} do not name one datum: not compared",
                first=first.as_stated,
                last=last.as_stated,
            )
            yield Finding("K7", Outcome.UNKNOWN, "height_end", words)
        elif (lasted := figures.duration()) is not None:
            change = last.quantity.span(figures.mile).difference(first.quantity.span(figures.mile))
            computed = change.over(lasted[0])
            words = said(
                "K7",
                "from {first} to {last} in {lasted} = {rate} ({low} to {high})",
                first=first.as_stated,
                last=last.as_stated,
                lasted=lasted[1],
                rate=Number(computed.mid, 1, "m/s"),
                low=Number(computed.low, 1),
                high=Number(computed.high, 1),
            )
            outcome = Outcome.COMPUTED
            if stated is not None:
                size = _magnitude(stated)
                agree = computed.meets(size)
                outcome = Outcome.CONSISTENT if agree else Outcome.CONTRADICTORY
                verdict = _verdict(agree, computed, size)
                words = _beside(words, figures.words("climb_rate"), verdict)
            shown = {"rate_mps": computed.mid}
            yield Finding("K7", outcome, "height_end", words, figures=shown)
    rate = computed if computed is not None else None if stated is None else _magnitude(stated)
    if rate is None:
        return
    for each in able:
        if each.name == "climb_max" and rate.low > each.span.high:
            words = _least_above(Number(rate.low, 1, "m/s"), each)
            yield Finding("K7", Outcome.CONTRADICTORY, "climb_rate", words)


def _turn(figures: Figures, able: list[Ability]) -> Iterator[Finding]:
    """K8: angle by time against the rate stated; speed times rate against what the aircraft bears."""
    turned, stated, lasted = figures.span("turned"), figures.span("turn_rate"), figures.duration()
    rate = None if stated is None else _magnitude(stated)
    if turned is not None and lasted is not None:
        computed = _magnitude(turned).over(lasted[0])
        words = said(
            "K8",
            "{sum} ({low} to {high})",
            sum=said(
                "K8-sum",
                "{turned} ÷ {lasted} = {rate}",
                turned=figures.words("turned"),
                lasted=lasted[1],
                rate=Number(math.degrees(computed.mid), 2, "deg/s"),
            ),
            low=Number(math.degrees(computed.low), 2),
            high=Number(math.degrees(computed.high), 2),
        )
        outcome = Outcome.COMPUTED
        if rate is not None:
            agree = computed.meets(rate)
            outcome = Outcome.CONSISTENT if agree else Outcome.CONTRADICTORY
            words = _beside(words, figures.words("turn_rate"), _verdict(agree, computed, rate))
        shown = {"turn_rate_rad_per_s": computed.mid}
        yield Finding("K8", outcome, "turned", words, figures=shown)
        rate = computed
    speed, reading, length = figures.span("speed"), None, figures.span("length")
    if speed is None and length is not None and lasted is not None:
        speed, reading = length.over(lasted[0]), figures.reading("length")
    if rate is None or speed is None:
        return
    sideways = speed.times(rate)
    words = said(
        "K8-sideways",
        "{sum} sideways ({g})",
        sum=said(
            "K8-product",
            "{speed} × {rate} = {mps2}",
            speed=speed_words(speed.mid),
            rate=Number(math.degrees(rate.mid), 2, "deg/s"),
            mps2=Number(sideways.mid, 1, "m/s²"),
        ),
        g=Number(sideways.mid / STANDARD_GRAVITY_MPS2, 1, "g"),
    )
    shown = {"sideways_mps2": sideways.mid}
    bounds = [each for each in able if each.name == "acceleration_max"]
    if not bounds:
        told = said("K8-no-limit", "{sum}; no source gives what the aircraft bears", sum=words)
        yield Finding("K8", Outcome.UNKNOWN, "turn_rate", told, reading, figures=shown)
    for each in bounds:
        above = sideways.low > each.span.high
        if above:
            told = said("K8-above", "{sum}; above {limit}", sum=words, limit=each.words())
        else:
            told = said("K8-within", "{sum}; within {limit}", sum=words, limit=each.words())
        outcome = Outcome.CONTRADICTORY if above else Outcome.CONSISTENT
        yield Finding("K8", outcome, "turn_rate", told, reading, figures=shown)


def _height(figures: Figures, able: list[Ability]) -> Iterator[Finding]:
    """K9: the height, against the greatest of the aircraft; a height without a datum is told."""
    for name in ("height", "height_end"):
        height = getattr(figures.statement, name)
        if height is None:
            continue
        if height.datum is None:
            form = "{height}: what it is measured from was not stated"
            words = said("K9-no-datum", form, height=height.as_stated)
            yield Finding("K9", Outcome.UNKNOWN, name, words)
        span = height.quantity.span(figures.mile)
        for each in able:
            if each.name == "height_max":
                above = span.low > each.span.high
                words = _against_limit(height.as_stated, each, above)
                # the datums of a height and of a ceiling need not be one
                outcome = Outcome.STRAINED if above else Outcome.CONSISTENT
                yield Finding("K9", outcome, name, words, assumption=ONE_DATUM)


def _against_speed(
    able: list[Ability], speed: Span, field: str, reading: Mile | None, *, computed: bool
) -> Iterator[Finding]:
    """K3: what a speed breaks, keeps, and what nobody gives: of limits from above, each; from below, one."""
    known = [each for each in able if each.name in {"speed_max", "speed_min"}]
    for each in known:
        most = each.name == "speed_max"
        broken = speed.low > each.span.high if most else speed.high < each.span.low
        # a speed over the ground is not one through the air: below a least speed, wind may be why
        outcome = Outcome.CONSISTENT
        if broken:
            outcome = Outcome.CONTRADICTORY if most and each.over_ground else Outcome.STRAINED
        if computed:
            what = said(
                "speed-computed", "the speed computed, {speed},", speed=speed_words(speed.mid)
            )
        else:
            what = said("speed-stated", "the speed stated, {speed},", speed=speed_words(speed.mid))
        words = _against_limit(what, each, broken, most=most)
        assumption = None if each.over_ground else LITTLE_WIND
        yield Finding("K3", outcome, field, words, reading, assumption)
    for name in ("speed_max", "speed_min"):
        if not any(each.name == name for each in known):
            words = _no_limit(computed=computed, most=name == "speed_max")
            yield Finding("K3", Outcome.UNKNOWN, field, words)


def _against_limit(what: Part, limit: Ability, broken: bool, *, most: bool = True) -> Sentence:
    if not broken:
        return said("is-within", "{what} is within {limit}", what=what, limit=limit.words())
    if most:
        return said("is-above", "{what} is above {limit}", what=what, limit=limit.words())
    return said("is-below", "{what} is below {limit}", what=what, limit=limit.words())


def _no_limit(*, computed: bool, most: bool) -> Sentence:
    what = (
        said("whether-computed", "not known whether the speed computed can be flown")
        if computed
        else said("whether-stated", "not known whether the speed stated can be flown")
    )
    if most:
        form = "no source gives a greatest speed of the aircraft: {what}"
        return said("K3-no-greatest", form, what=what)
    return said("K3-no-least", "no source gives a least speed of the aircraft: {what}", what=what)


def _least_above(least: Part, limit: Ability) -> Sentence:
    return said(
        "least-above", "{least} at least is above {limit}", least=least, limit=limit.words()
    )


def _unstated(sum_words: Sentence) -> Sentence:
    return said("none-stated", "{sum}; no speed was stated", sum=sum_words)


def _beside(sum_words: Sentence, stated: Part, verdict: Sentence) -> Sentence:
    """What was computed, what was stated, and whether both can be."""
    form = "{sum}; stated {stated}: {verdict}"
    return said("beside-stated", form, sum=sum_words, stated=stated, verdict=verdict)


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


def _verdict(agree: bool, computed: Span, stated: Span) -> Sentence:
    if agree or stated.mid <= 0.0 or computed.mid <= 0.0:
        return agreement_words(agree)
    larger, smaller = max(computed.mid, stated.mid), min(computed.mid, stated.mid)
    factor = Number(larger / smaller, 2)
    return said("differ-by", "these differ, by a factor of {factor}", factor=factor)


def _magnitude(span: Span) -> Span:
    if span.low >= 0.0:
        return span
    if span.high <= 0.0:
        return Span(-span.high, -span.mid, -span.low)
    return Span(0.0, abs(span.mid), max(-span.low, span.high))


def _speed_figures(speed: Span) -> dict[str, float]:
    found = {"computed_mps": speed.mid, "computed_mps_min": speed.low}
    return found if math.isinf(speed.high) else {**found, "computed_mps_max": speed.high}
