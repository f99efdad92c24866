"""Incidents, claims and grades in lines for a person."""

import textwrap
from collections.abc import Iterator

from comity.entrypoints.api.incident_messages import (
    ClaimTold,
    CountedTold,
    FileOfTold,
    GradeTold,
    IncidentsTold,
    IncidentTold,
    LinkOfTold,
    TaskOfTold,
    TellingTold,
    TimeTold,
    ToldIncidentTold,
)

WIDTH = 110


def incident_lines(told: IncidentTold) -> Iterator[str]:
    """A whole incident."""
    if told.exercise:
        yield "EXERCISE"
    yield from _head_lines(told)
    for link in told.links:
        yield f"  link {_link(link)}"
    for each in told.unlinked:
        yield from wrapped("unlinked: ", each, 2)
    for task in told.tasks:
        yield f"  {_task(task)}"
    for file in told.files:
        yield f"  {_file(file)}"
    yield from _claim_and_grade_lines(told)
    for move in told.moves:
        yield from wrapped(f"{move.at} {move.event} by {move.operator}: ", move.reason, 0)
    for telling in told.told:
        yield f"TOLD {telling.at} to {', '.join(telling.to)}"
        yield from (f"  {line}" for line in telling_lines(telling))
    if not told.told:
        yield "TOLD to nobody"
    for other in told.side_by_side:
        yield from told_lines(other)
    yield from wrapped("", told.caveat, 0)


def _head_lines(told: IncidentTold) -> Iterator[str]:
    yield f"{told.incident} {told.kind}: {told.title}"
    because = f" by {told.because} {told.because_record}" if told.because_record else ""
    yield f"{told.state}; opened {told.opened_at} by {told.opened_by}{because}"
    yield from _time_lines(told.begins, told.ends)
    if told.words:
        yield from wrapped("words: ", told.words, 2)


def _claim_and_grade_lines(told: IncidentTold) -> Iterator[str]:
    yield "CLAIMS, side by side, never merged"
    for claim in told.claims:
        yield from (f"  {line}" for line in claim_lines(claim))
    yield "GRADES, no finding of fact or law"
    for grade in told.grades:
        yield from grade_lines(grade)
    yield from counted_lines(told.counted)


def list_lines(told: IncidentsTold) -> Iterator[str]:
    """What stands beside the table of own incidents."""
    for task in told.tasks:
        yield _task(task, with_incident=True)
    yield from counted_lines(told.counted)
    if told.told_total > len(told.told):
        yield f"{told.told_total} incidents were told by peers; the newest {len(told.told)}:"
    for other in told.told:
        yield from told_lines(other)
    if told.unfiled_total > len(told.unfiled_claims):
        yield f"{told.unfiled_total} claims are not filed; the newest {len(told.unfiled_claims)}:"
    for claim in told.unfiled_claims:
        yield "CLAIM THAT NOBODY HERE HAS FILED"
        yield from (f"  {line}" for line in claim_lines(claim))


def told_lines(other: ToldIncidentTold) -> Iterator[str]:
    """A peer's incident."""
    beside = f", beside {', '.join(other.beside)}" if other.beside else ""
    yield f"TOLD BY {other.author}, its own record {other.incident}{beside}"
    if other.last is None:
        yield "  nothing but files was received of it"
    else:
        yield from (f"  {line}" for line in _telling_head(other.last))
        yield f"    here, told to {', '.join(other.last.to)}; record {other.last.record}"
    for file in other.files:
        yield f"  file {file.name} {file.size_bytes} bytes, of {file.origin}: {file.sha256}"


def telling_lines(told: TellingTold) -> Iterator[str]:
    """What was told, and what was not, and who has stored it."""
    yield from _telling_head(told)
    for reader in told.to:
        stored = "stored" if reader in told.receipted else "unknown whether it has it"
        yield f"  to {reader}: {stored}" if told.record else f"  would go to {reader}"


def _telling_head(told: TellingTold) -> Iterator[str]:
    yield f"{told.kind}: {told.title} ({told.state}), telling {told.version}"
    yield from _time_lines(told.begins, told.ends)
    if told.words:
        yield from wrapped("words: ", told.words, 2)
    for link in told.links:
        yield f"  {_link(link)}"
    for each in told.withheld:
        yield f"  WITHHELD {each.count} {each.what}: {each.reason}"


def claim_lines(claim: ClaimTold) -> Iterator[str]:
    """The last version of a claim."""
    whose = (
        f"published, {claim.published_as}; taken in by {claim.author}"
        if claim.published_as
        else f"made by {claim.author}"
    )
    yield f"{claim.claim} version {claim.version} of {claim.claimant}: {claim.title}"
    yield from wrapped("", f"{whose}; record {claim.record}", 2)
    if claim.withdrawn_because is not None:
        yield from wrapped("TAKEN BACK: ", claim.withdrawn_because, 2)
    for doubt in claim.doubts:
        yield from wrapped("DOUBT by this machine's time zone data: ", doubt, 2)
    for each in claim.statements:
        says = {"yes": "it happened", "no": "it did not happen"}.get(each.says, "it is not known")
        clause = f" [relies on {each.clause}]" if each.clause else ""
        yield from wrapped(f"{each.statement} ({each.kind}), {says}: ", each.words + clause, 2)


def grade_lines(grade: GradeTold) -> Iterator[str]:
    """A grade with its history and dissents."""
    last = "" if grade.last else "REPLACED "
    by_rule = "as the rule has it" if grade.grade == grade.by_rule else f"the rule: {grade.by_rule}"
    yield from wrapped(
        f"{last}{grade.claimant}, {grade.statement}: {grade.grade} ",
        f"({by_rule}, {grade.rule}) signed by {grade.operator} at {grade.at}, record {grade.record}",
        2,
    )
    if grade.words:
        yield from wrapped("words: ", grade.words, 4)
    yield from wrapped("by the rule: ", "; ".join(grade.reasons), 4)
    for each in grade.since if grade.last else ():
        yield f"    OVERTAKEN, {each}"
    for dissent in grade.dissents:
        yield from wrapped(f"DISSENT of {dissent.operator}: {dissent.would_be}: ", dissent.words, 4)


def counted_lines(counted: list[CountedTold]) -> Iterator[str]:
    """«Claimed n, evidenced m» by signed grades."""
    for each in counted:
        ungraded = each.claimed - each.graded
        more = [f"{ungraded} not graded"] if ungraded else []
        more += [f"{each.overtaken} grades overtaken"] if each.overtaken else []
        more += [f"{each.dissented} with dissent"] if each.dissented else []
        rest = f" ({', '.join(more)})" if more else ""
        borne = each.evidenced - each.by_person_alone
        alone = (
            f", {each.by_person_alone} by a person's grade alone" if each.by_person_alone else ""
        )
        yield f"{each.claimant}: claimed {each.claimed}, evidenced {borne}{alone}{rest}"


def wrapped(head: str, words: str, indent: int) -> list[str]:
    """Lines of a width that fits a screen; no word is broken."""
    pad = " " * indent
    return textwrap.wrap(
        f"{head}{words}",
        WIDTH,
        initial_indent=pad,
        subsequent_indent=f"{pad}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _time_lines(begins: TimeTold | None, ends: TimeTold | None) -> Iterator[str]:
    for name, time in (("from", begins), ("to", ends)):
        if time is not None:
            yield f"  {name} {time.at}, stated as {time.stated}, {time.zone}"
    if begins is None:
        yield "  when: not known"


def _file(file: FileOfTold) -> str:
    where = "here" if file.stored else "BY ITS DIGEST ALONE"
    given = f", given to {', '.join(file.given_to)}" if file.given_to else ""
    size = f"{file.size_bytes} bytes"
    return f"file {file.name} {size}, of {file.origin}, {where}{given}: {file.sha256}"


def _link(link: LinkOfTold) -> str:
    part = f", {link.part}" if link.part else ""
    words = f": {link.words}" if link.words else ""
    return f"{link.what} {link.digest}{part}{'' if link.here else ' (not here)'}{words}"


def _task(task: TaskOfTold, *, with_incident: bool = False) -> str:
    late = "OVERDUE " if task.overdue else ""
    of = f" of {task.incident}" if with_incident else ""
    words = f": {task.words}" if task.words else ""
    who = f"{task.owner} of {task.party}"
    return f"{late}task {task.task}{of} {task.title}: {who} by {task.due}, {task.state}{words}"
