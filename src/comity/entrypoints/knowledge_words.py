"""Who knew what, when: as rows, as a picture, and as fields for programs."""

from typing import Any

from comity.adapters.svg_figures import IN_ENGLISH, FigureWords, Lane, LaneEvent, timeline
from comity.domain.reconstruction import Knowledge, Known
from comity.kernel.sentences import Listed, Part, Term, said


def when_words(each: Known) -> Part:
    """The time of a statement and its bounds; unknown where there is none."""
    if not each.known:
        return said("knew-when-unknown", "unknown")
    if each.at is not None:
        return str(each.at)
    last = str(each.not_after)
    if each.not_before is not None:
        form = "after {first}, not later than {last}"
        return said("knew-between", form, first=str(each.not_before), last=last)
    return said("knew-not-later", "not later than {last}", last=last)


def who_words(each: Known) -> Part:
    """Party, person and echelon, as far as known."""
    return Listed((str(each.party), *_person(each)), ", ")


def _person(each: Known) -> list[Part]:
    parts: list[Part] = [] if each.person is None else [str(each.person)]
    if each.echelon is not None:
        parts.append(said("knew-at-echelon", "at {echelon}", echelon=each.echelon))
    return parts


def what_words(each: Known) -> Part:
    """The act, the record, and how precise it is."""
    form = "{act} {kind} {record}"
    act = Term(str(each.act))
    done = said("knew-act", form, act=act, kind=each.kind, record=each.record[:12])
    return done if each.precise is None else Listed((done, each.precise), ", ")


def knowledge_parts(known: Knowledge) -> list[tuple[Part, Part, Part, Part]]:
    """When, who, what, and what it rests on."""
    return [
        (
            when_words(each), who_words(each), what_words(each),
            said("knew-basis", "{basis}: {told}", basis=Term(str(each.basis)), told=each.told)
            if each.known else each.told,
        )
        for each in known.statements
    ]  # fmt: skip


def knowledge_rows(known: Knowledge) -> list[tuple[str, str, str, str]]:
    """The same in English."""
    return [
        (str(when), str(who), str(what), str(rests))
        for when, who, what, rests in knowledge_parts(known)
    ]


def knowledge_figure(known: Knowledge, words: FigureWords = IN_ENGLISH) -> str:
    """The timeline: a lane for each party; a bar where only bounds are known."""
    lanes: dict[str, list[LaneEvent]] = {}
    for each in known.statements:
        events = lanes.setdefault(str(each.party), [])
        starts = each.at or each.not_before or each.not_after
        if starts is None:
            continue
        ends = each.not_after if each.at is None and each.not_before is not None else None
        told: Part = what_words(each)
        person = _person(each)
        if person:
            told = Listed((Listed(tuple(person), ", "), told), " ")
        if not (each.at or each.not_before):
            told = said("knew-bound", "{told} (not later than)", told=told)
        events.append(LaneEvent(starts, ends, told))
    title = said("knew-title", "Who knew of {subject}, and when", subject=known.subject)
    shown = [Lane(name, tuple(events)) for name, events in sorted(lanes.items())]
    return timeline(title, shown, words)


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
        "contradictions": [str(each) for each in known.contradictions],
    }
