"""Who knew what, when: as rows, as a picture, and as fields for programs."""

from typing import Any

from comity.adapters.svg_figures import Lane, LaneEvent, timeline
from comity.domain.reconstruction import Knowledge, Known


def when_words(each: Known) -> str:
    """The time of a statement and its bounds; unknown where there is none."""
    if not each.known:
        return "unknown"
    if each.at is not None:
        return str(each.at)
    if each.not_before is not None:
        return f"after {each.not_before}, not later than {each.not_after}"
    return f"not later than {each.not_after}"


def who_words(each: Known) -> str:
    """Party, person and echelon, as far as known."""
    parts = [str(each.party)]
    if each.person is not None:
        parts.append(str(each.person))
    if each.echelon is not None:
        parts.append(f"at {each.echelon}")
    return ", ".join(parts)


def what_words(each: Known) -> str:
    """The act, the record, and how precise it is."""
    precision = f", {each.precision}" if each.precision else ""
    return f"{each.act} {each.kind} {each.record[:12]}{precision}"


def knowledge_rows(known: Knowledge) -> list[tuple[str, str, str, str]]:
    """When, who, what, and what it rests on."""
    return [
        (
            when_words(each), who_words(each), what_words(each),
            each.words if not each.known else f"{each.basis}: {each.words}",
        )
        for each in known.statements
    ]  # fmt: skip


def knowledge_figure(known: Knowledge) -> str:
    """The timeline: a lane for each party; a bar where only bounds are known."""
    lanes: dict[str, list[LaneEvent]] = {}
    for each in known.statements:
        events = lanes.setdefault(str(each.party), [])
        starts = each.at or each.not_before or each.not_after
        if starts is None:
            continue
        ends = each.not_after if each.at is None and each.not_before is not None else None
        bound = "" if each.at or each.not_before else " (not later than)"
        words = f"{who_words(each).partition(', ')[2]} {what_words(each)}{bound}".strip()
        events.append(LaneEvent(starts, ends, words))
    title = f"Who knew of {known.subject}, and when"
    return timeline(title, [Lane(name, tuple(events)) for name, events in sorted(lanes.items())])


def knowledge_fields(known: Knowledge) -> dict[str, Any]:
    """The same for programs; null is unknown."""
    return {
        "subject": known.subject,
        "here": str(known.here),
        "records": known.records,
        "statements": [
            {
                "act": str(each.act),
                "record": str(each.record),
                "kind": each.kind,
                "party": str(each.party),
                "person": each.person,
                "echelon": each.echelon,
                "at": None if each.at is None else str(each.at),
                "not_before": None if each.not_before is None else str(each.not_before),
                "not_after": None if each.not_after is None else str(each.not_after),
                "precision": each.precision,
                "known": each.known,
                "basis": str(each.basis),
                "words": each.words,
                "rests_on": [str(digest) for digest in each.rests_on],
            }
            for each in known.statements
        ],
        "contradictions": list(known.contradictions),
    }
