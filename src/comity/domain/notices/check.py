"""What is wrong with a notice: late, incomplete, vague, contradictory; each with its arithmetic.

Nothing here refuses a notice, and none that has no finding is thereby good: what is not found is not there to be found.

Source: docs/spec/notice.md §5.
"""

from collections.abc import Callable, Iterator

from comity.domain.agreement import Terms, uncovered
from comity.domain.airspace import (
    NO_HEIGHT_BOUNDS,
    Altitude,
    Datum,
    Footprint,
    geoid_heights_m,
)
from comity.domain.geometry import prepare
from comity.domain.notices.against_text import text_findings
from comity.domain.notices.notice import Finding, Notice
from comity.domain.notices.safer import held_band, held_volumes, held_window, unstated_heights
from comity.domain.notices.text_claims import heights_in, vague_words_in
from comity.domain.places import NamedPlace
from comity.kernel.instants import Instant
from comity.kernel.sentences import Part, all_of, said
from comity.kernel.units import feet_from_metres

EXTENT_M_MAX = 200_000.0  # across; 108 NM. A country is no place to keep out of
BAND_M_MAX = 15_000.0  # from the ground to above FL490: everything that flies
WINDOW_S_WIDE = 86_400.0  # a day; what takes minutes is then anywhen

PlacesNamed = Callable[[str], tuple[NamedPlace, ...]]
"""Every place of a name, from the packaged list; none where the list has none."""


def check_notice(
    notice: Notice,
    received_at: Instant,
    terms: Terms | None,
    places_named: PlacesNamed | None = None,
) -> tuple[Finding, ...]:
    """Everything wrong with a notice, by the rules of the page, in their order.

    Args:
        notice: as stated.
        received_at: by this node's clock; at the author's, when it was made.
        terms: the agreement in force then; None where none was.
        places_named: finds places that the words name; None: directions are not tested.
    """
    findings = (
        *_lead(notice, received_at, terms),
        *_incomplete(notice),
        *_vague(notice, received_at),
        *_contradictory(notice, terms),
        *text_findings(notice, places_named),
        *_not_covered(notice, received_at, terms),
    )
    return tuple(sorted(findings, key=lambda each: int(each.rule[1:])))  # stable within a rule


def lead_s(notice: Notice, received_at: Instant) -> float | None:
    """From when the notice came until the earliest beginning stated; None where none is."""
    if not notice.starts:
        return None
    return held_window(notice, received_at)[0].minus(received_at)


def shown(altitude: Altitude) -> str:
    """A height in words: `FL320`, or metres with the datum."""
    feet = feet_from_metres(altitude.height_m)
    if altitude.datum is Datum.QNE and abs(feet / 100.0 - round(feet / 100.0)) < 1e-3 and feet >= 0:
        return f"FL{round(feet / 100.0):03d}"
    return f"{altitude.height_m:g} m {altitude.datum}"


def _lead(notice: Notice, received_at: Instant, terms: Terms | None) -> Iterator[Finding]:
    found_s = lead_s(notice, received_at)
    if found_s is None:
        words = said("N1-no-beginning", "no beginning is stated, so the lead is not known")
        yield Finding("lead-unknown", "N1", "starts", words)
        return
    lead = f"{found_s:.0f} s"
    if terms is None:
        form = "no agreement is in force; it came {lead} before it begins"
        words = said("N1-no-agreement", form, lead=lead)
        yield Finding("lead-unknown", "N1", "activity", words, {"lead_s": found_s})
        return
    agreed_s = terms.notice_s.get(notice.activity)
    if agreed_s is None:
        known = ", ".join(sorted(terms.notice_s))
        words = said(
            "N1-no-lead",
            "no lead is agreed for activity {activity} (agreed for: {known}); it came {lead}"
            " before it begins",
            activity=notice.activity,
            known=known or said("none", "none"),
            lead=lead,
        )
        yield Finding("lead-unknown", "N1", "activity", words, {"lead_s": found_s})
        return
    if found_s >= agreed_s:
        return
    effective_at = held_window(notice, received_at)[0]
    told: dict[str, Part] = {
        "effective": str(effective_at),
        "received": str(received_at),
        "lead": lead,
        "activity": notice.activity,
        "agreed": f"{agreed_s:.0f} s",
        "short": f"{agreed_s - found_s:.0f} s",
    }
    if found_s <= 0:
        words = said(
            "N2-begun",
            "effective {effective}, received {received}: lead {lead} and has begun; agreed for"
            " {activity}: {agreed}; {short} short",
            **told,
        )
    else:
        words = said(
            "N2",
            "effective {effective}, received {received}: lead {lead}; agreed for {activity}:"
            " {agreed}; {short} short",
            **told,
        )
    figures: dict[str, float | str] = {
        "effective_at": str(effective_at),
        "received_at": str(received_at),
        "lead_s": found_s,
        "agreed_s": agreed_s,
        "short_s": agreed_s - found_s,
    }
    yield Finding("late", "N2", "starts", words, figures)


def _incomplete(notice: Notice) -> Iterator[Finding]:
    missing = [
        name for name in ("areas", "starts", "ends", "description", "contact")
        if not getattr(notice, name)
    ]  # fmt: skip
    for index, area in enumerate(notice.areas):
        missing += [
            f"areas[{index}].{side}" for side in ("lower", "upper") if not getattr(area, side)
        ]
    for name in missing:
        words = said("N3", "{field} is mandatory and is not stated", field=name)
        yield Finding("incomplete", "N3", name, words)


def _vague(notice: Notice, received_at: Instant) -> Iterator[Finding]:
    for field in ("place", "description"):
        for word in vague_words_in(getattr(notice, field)):
            words = said("N4", "«{word}» leaves open where or when", word=word)
            yield Finding("vague", "N4", field, words)
        for claim in heights_in(getattr(notice, field)):
            if claim.altitude is None:
                words = said("N5", "«{text}» says not what it is measured from", text=claim.said)
                yield Finding("vague", "N5", field, words)
    for index, area in enumerate(notice.areas):
        across_m = 2.0 * (prepare(area.shape).reach_m + area.shape.radius_m)
        if across_m > EXTENT_M_MAX:
            words = said(
                "N6",
                "up to {across} across; above {limit} is vague",
                across=f"{across_m / 1000:.0f} km",
                limit=f"{EXTENT_M_MAX / 1000:.0f} km",
            )
            yield Finding("vague", "N6", f"areas[{index}].shape", words, {"across_m": across_m})
        thick_m = _thickness_m(*held_band(area, NO_HEIGHT_BOUNDS))
        if area.lower and area.upper and thick_m is not None and thick_m > BAND_M_MAX:
            words = said(
                "N7",
                "{thick} thick; above {limit} is vague",
                thick=f"{thick_m:.0f} m",
                limit=f"{BAND_M_MAX:.0f} m",
            )
            yield Finding("vague", "N7", f"areas[{index}]", words, {"thick_m": thick_m})
    start, end = held_window(notice, received_at)
    if notice.starts and notice.ends and end.minus(start) > WINDOW_S_WIDE:
        span_s = end.minus(start)
        words = said(
            "N8",
            "{span} from beginning to end; above {limit} is vague",
            span=f"{span_s:.0f} s",
            limit=f"{WINDOW_S_WIDE:.0f} s",
        )
        yield Finding("vague", "N8", "ends", words, {"span_s": span_s})


def _contradictory(notice: Notice, terms: Terms | None) -> Iterator[Finding]:
    bounds = NO_HEIGHT_BOUNDS if terms is None else terms.height_bounds
    claimed = unstated_heights(notice)
    for index, area in enumerate(notice.areas):
        lower, upper = held_band(area, bounds, claimed)
        for side, used in (("lower", lower), ("upper", upper)):
            stated = getattr(area, side)
            if len(set(stated)) > 1:
                both = all_of([shown(each) for each in dict.fromkeys(stated)])
                words = (
                    said(
                        "N9-lower",
                        "lower limit stated as {both}; {used} is used meanwhile",
                        both=both,
                        used=shown(used),
                    )
                    if side == "lower"
                    else said(
                        "N9-upper",
                        "upper limit stated as {both}; {used} is used meanwhile",
                        both=both,
                        used=shown(used),
                    )
                )
                yield Finding("contradictory", "N9", f"areas[{index}].{side}", words)
        if _reversed(area.lower, area.upper):
            words = said(
                "N10",
                "lower {lower} is above upper {upper}; {from_used} to {to_used} is used meanwhile",
                lower=shown(area.lower[0]),
                upper=shown(area.upper[0]),
                from_used=shown(lower),
                to_used=shown(upper),
            )
            yield Finding("contradictory", "N10", f"areas[{index}]", words)
    for name in ("starts", "ends"):
        instants = sorted({each.instant for each in getattr(notice, name)})
        if len(instants) > 1:
            used_at = instants[0] if name == "starts" else instants[-1]
            both = all_of([str(each) for each in instants])
            form = "stated as {both}; {used} is used meanwhile"
            words = said("N9-time", form, both=both, used=str(used_at))
            yield Finding("contradictory", "N9", name, words)
    starts = [each.instant for each in notice.starts]
    ends = [each.instant for each in notice.ends]
    if starts and ends and max(starts) >= min(ends):
        words = said(
            "N11",
            "ends {end}, not after it begins, {start}; {from_used} to {to_used} is used meanwhile",
            end=str(min(ends)),
            start=str(max(starts)),
            from_used=str(min(*starts, *ends)),
            to_used=str(max(*starts, *ends)),
        )
        yield Finding("contradictory", "N11", "ends", words)


def _not_covered(notice: Notice, received_at: Instant, terms: Terms | None) -> Iterator[Finding]:
    if terms is None:
        return
    if notice.agreement != terms.digest:
        named = said("none", "none") if notice.agreement is None else notice.agreement[:12]
        form = "names agreement {named}; {ours} is in force"
        words = said("N16", form, named=named, ours=terms.digest[:12])
        yield Finding("not-covered", "N16", "agreement", words)
    volumes = held_volumes(notice, received_at, terms.height_bounds)
    if not volumes:
        return
    for each in uncovered(Footprint(volumes, None, notice.activity), terms):
        field = (
            "areas"
            if each.volume is None
            else f"areas[{each.volume * len(notice.areas) // len(volumes)}]"
        )
        yield Finding("not-covered", "N17", field, said("N17", "{told}", told=each.sentence))


def _reversed(lower: tuple[Altitude, ...], upper: tuple[Altitude, ...]) -> bool:
    return any(
        low.datum is high.datum and low.height_m > high.height_m for low in lower for high in upper
    )


def _thickness_m(lower: Altitude, upper: Altitude) -> float | None:
    """How thick a band is at the least; None where its datums do not compare."""
    if lower.datum is upper.datum:
        return upper.height_m - lower.height_m
    low, high = (geoid_heights_m(each, NO_HEIGHT_BOUNDS) for each in (lower, upper))
    return None if low is None or high is None else high[0] - low[1]
