"""The report on an incident: assessment, tracks, times and knowledge as the parts of one document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from comity.adapters.report_pages import (
    Figure,
    Heading,
    Items,
    Paragraph,
    Part,
    ReportDocument,
    ReportWords,
    Table,
    report_words,
)
from comity.adapters.svg_figures import (
    BorderPiece,
    Lane,
    LaneEvent,
    altitude_profile,
    plan_view,
    range_plot,
    timeline,
)
from comity.domain.incidents import (
    AssessedStatement,
    Assessment,
    Claim,
    Mile,
    OfferedTrack,
    Outcome,
    Statement,
)
from comity.domain.incidents.claim import Moment
from comity.domain.incidents.rivals import Relation
from comity.domain.reconstruction import Divergence, Heard, Knowledge, words_of_record
from comity.entrypoints.knowledge_words import knowledge_figure, knowledge_rows
from comity.kernel.instants import Instant

RULES = {
    "K1": "times: the end is not before the start",
    "K2": "speed: length divided by duration, against the speed stated",
    "K3": "speed against what the aircraft can do",
    "K4": "a crossing is at least twice as long as it is deep",
    "K5": "speed needed to reach the depth and return in the time",
    "K6": "distance between the places, against length and speed",
    "K7": "change of height against rate of climb or descent",
    "K8": "turn against rate and acceleration",
    "K9": "height: its datum, and what the aircraft can reach",
    "B1": "the place stated, against the border by each data set",
    "B2": "the tracks at hand, against the border by each data set",
    "S1": "closest approach of the tracks offered",
    "S2": "closest approach by a rival's tracks",
    "N1": "notice: lead time and what else is wrong with it",
}
"""The rules of docs/spec/claim.md §5 in a few words."""
MEANINGS = (
    ("contested", "the accounts, or a finding, stand against it"),
    (
        "confirmed, fair",
        "material at hand, of independent origins, bears it: the page names the table",
    ),
    ("weak", "said, and nothing at hand bears it"),
    ("discounted", "its own figures contradict each other whatever the reading"),
    ("strained", "cannot be so under an assumption that is named, or under one of two readings"),
    ("statute, nautical", "a bare «mile» is computed as both: 1,609.344 m and 1,852 m"),
    ("unknown", "not stated, or no source gives it; it is never taken as kept"),
)


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file that the report was made from."""

    name: str
    what: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ReportInputs:
    """What a report is made from.

    Attributes:
        assessed: the claims, assessed.
        files: claim files and material, by digest.
        tracks: of the material at hand.
        borders: lines for the map, and what they are.
        border_words: whose view the lines are.
        divergences: rival tracks, pair by pair.
        knowledge: answers to who knew what, when.
        records: those that belong to the incident, as this node took them in.
        bundle: what verifying a bundle said, one line each; empty: none was given.
        command: how to make the report again.
    """

    assessed: Assessment
    files: tuple[InputFile, ...]
    tracks: tuple[OfferedTrack, ...] = ()
    borders: tuple[BorderPiece, ...] = ()
    border_words: str = ""
    divergences: tuple[Divergence, ...] = ()
    knowledge: tuple[Knowledge, ...] = ()
    records: tuple[Heard, ...] = ()
    bundle: tuple[str, ...] = ()
    command: str = ""


def incident_report(
    inputs: ReportInputs, language: str, title: str | None, dated: str, made_with: str
) -> ReportDocument:
    """The document.

    Args:
        inputs: what it is made from.
        language: of headings and set words.
        title: of the incident; None: as the first claim has it.
        dated: as its makers state it; may be empty.
        made_with: the program and its version.
    """
    words = report_words(language)
    parts = [
        *_summary(inputs, words),
        *_accounts(inputs.assessed, words),
        *_findings(inputs.assessed, words),
        *_comparisons(inputs.assessed, words),
        *_maps(inputs, words),
        *_timeline(inputs, words),
        *_messages(inputs, words),
        *_unknown(inputs, words),
        *_verify(inputs, words),
        *_sources(inputs.assessed, words),
    ]
    return ReportDocument(
        language,
        title or inputs.assessed.claims[0].title,
        words["subtitle"],
        words["footer"],
        dated,
        made_with,
        tuple(parts),
    )


def _summary(inputs: ReportInputs, words: ReportWords) -> Iterator[Part]:
    assessed = inputs.assessed
    yield Heading(1, words["summary"])
    yield Paragraph(words["caveat"], foreign=False, weighty=True)
    names = [claim.claimant for claim in assessed.claims]
    yield Paragraph(
        f"This report sets {len(names)} account{'s' if len(names) > 1 else ''} of one event side by side: "
        f"{', '.join(names)}. They are never merged."
    )
    points = []
    excluded = _topics(assessed, Relation.EXCLUDES)
    if excluded:
        points.append(f"The accounts exclude each other on: {', '.join(excluded)}.")
    shared = _topics(assessed, Relation.BOTH)
    shared = [each for each in shared if each not in excluded]
    if shared:
        points.append(f"They can be taken together on: {', '.join(shared)}.")
    alone = _topics(assessed, Relation.ONE)
    if alone:
        points.append(f"Only one account says anything of: {', '.join(alone)}.")
    for outcome, said in (
        (Outcome.CONTRADICTORY, "cannot be so whatever the reading"),
        (Outcome.STRAINED, "cannot be so under an assumption that is named, or under one reading"),
    ):
        found = [
            f"{assessed.claims[each.side.claim].claimant}, «{each.statement.statement}» (rule {rule})"
            for each in assessed.statements
            for rule in dict.fromkeys(f.rule for f in each.findings if f.outcome is outcome)
        ]
        if found:
            points.append(f"By the figures stated, this {said}: {'; '.join(found)}.")
    claimed, evidenced = assessed.counts()
    points.append(
        f"Of {claimed} statements claimed, {evidenced} are borne by material at hand."
        + ("" if evidenced else " No account is evidenced by what was handed over.")
    )
    if not inputs.tracks:
        points.append(
            "No position was handed over as data: no map can be drawn without inventing one."
        )
    yield Items(tuple(points))
    yield Table(
        f"{words['claimed']} / {words['evidenced']}",
        (words["claimant"], words["claimed"], words["evidenced"]),
        tuple(
            (claim.claimant, str(assessed.counts(i)[0]), str(assessed.counts(i)[1]))
            for i, claim in enumerate(assessed.claims)
        ),
        (4, 1, 1),
    )


def _topics(assessed: Assessment, relation: Relation) -> list[str]:
    return list(
        dict.fromkeys(each.topic for each in assessed.comparisons if each.relation is relation)
    )


def _accounts(assessed: Assessment, words: ReportWords) -> Iterator[Part]:
    yield Heading(1, words["accounts"])
    claims = assessed.claims
    topics: dict[str, dict[int, list[AssessedStatement]]] = {}
    for each in assessed.statements:
        topics.setdefault(each.statement.topic, {}).setdefault(each.side.claim, []).append(each)
    if len(claims) <= SIDE_BY_SIDE_MAX:
        rows = tuple(
            (
                topic,
                *(_cell(said.get(index, []), words) for index in range(len(claims))),
            )
            for topic, said in topics.items()
        )
        yield Table(
            words["accounts"][words["accounts"].find(" ") + 1 :],
            (words["topic"], *(claim.claimant for claim in claims)),
            rows,
            (2, *(4 for _ in claims)),
        )
        return
    rows = tuple(
        (topic, claims[index].claimant, _cell(said, words))
        for topic, by_claim in topics.items()
        for index, said in sorted(by_claim.items())
    )
    heads = (words["topic"], words["claimant"], words["statement"])
    yield Table(words["accounts"], heads, rows, (2, 2, 5))


SIDE_BY_SIDE_MAX = 4  # columns that a page can hold


def _cell(said: Sequence[AssessedStatement], words: ReportWords) -> str:
    if not said:
        return "says nothing of it"
    return " / ".join(
        f"{words.term(str(each.statement.says))}. «{each.statement.words}» "
        f"{words['grade']}: {words.term(str(each.graded.grade))}."
        for each in said
    )


def _findings(assessed: Assessment, words: ReportWords) -> Iterator[Part]:
    yield Heading(1, words["findings"])
    for index, claim in enumerate(assessed.claims):
        yield Heading(2, f"{words['claimant']}: {claim.claimant}")
        if claim.note:
            yield Paragraph(claim.note)
        for each in assessed.statements:
            if each.side.claim == index:
                yield from _statement(claim, each, words)


def _statement(claim: Claim, each: AssessedStatement, words: ReportWords) -> Iterator[Part]:
    statement = each.statement
    yield Heading(3, f"{statement.statement} ({statement.kind})", foreign=True)
    told = [f"As stated: «{statement.words}»"]
    told += [
        f"{name}: {_moment(moment)}"
        for name, moment in (("From", statement.starts), ("To", statement.ends))
        if moment is not None
    ]
    told += [f"{name}: {figure.as_stated}" for name, figure in statement.figures.items()]
    if statement.height is not None:
        datum = statement.height.datum
        told.append(
            f"height: {statement.height.as_stated}, "
            + (f"above {datum}" if datum else "above what was not stated")
        )
    if statement.place is not None:
        told.append(f"place: {statement.place.words or 'by its position'}")
    if statement.clause is not None:
        clause = statement.clause
        stated = [clause.document, clause.clause, clause.version]
        told.append(f"relies on: {', '.join(part for part in stated if part)}")
    if statement.disputed:
        told.append("disputed by somebody outside both accounts")
    told += [
        f"source ({claim.sources[name].kind}): {claim.sources[name].reference}"
        for name in statement.sources
    ]
    yield Items(tuple(told))
    if each.findings:
        yield Table(
            f"{words['findings'][3:]}: {statement.statement}",
            (words["rule"], words["outcome"], words["arithmetic"]),
            tuple(
                (
                    f"{found.rule} · {RULES.get(found.rule, '')}"
                    + (f" [{found.reading} mile]" if found.reading else ""),
                    words.term(str(found.outcome)),
                    found.words + (f" — assuming: {found.assumes}" if found.assumes else ""),
                )
                for found in each.findings
            ),
            (3, 2, 8),
            frozenset({1}),
        )
    yield Paragraph(
        f"Grade by rule {each.graded.rule}: {words.term(str(each.graded.grade))}. "
        f"Because: {'; '.join(each.graded.reasons)}."
    )


def _moment(moment: Moment) -> str:
    stated = moment.stated
    return f"{stated.instant}, stated as {stated.as_stated}, {stated.zone}, within {moment.error_s:g} s"


def _comparisons(assessed: Assessment, words: ReportWords) -> Iterator[Part]:
    yield Heading(1, words["comparisons"])
    if not assessed.comparisons:
        yield Paragraph(words["nothing_here"], foreign=False)
        return
    yield Table(
        words["comparisons"][3:],
        (words["topic"], words["relation"], words["explained"]),
        tuple(
            (f"{each.topic} · {each.field}", words.term(str(each.relation)), each.words)
            for each in assessed.comparisons
        ),
        (3, 2, 6),
        frozenset({1}),
    )


def _maps(inputs: ReportInputs, words: ReportWords) -> Iterator[Part]:
    yield Heading(1, words["maps"])
    if not inputs.tracks:
        yield Paragraph(words["nothing_here"], foreign=False)
        yield Paragraph(
            "No track was handed over as data, and no account gives a position that can be placed. "
            "A map would show a place that nobody stated; none is drawn."
        )
        return
    if any(track.synthetic for track in inputs.tracks):
        yield Paragraph(
            "Tracks marked SYNTHETIC were made up to illustrate what an account would mean. They are evidence "
            "of nothing.",
            weighty=True,
        )
    lines = f" Border lines: {inputs.border_words}." if inputs.border_words else ""
    title = "Plan view of the tracks at hand"
    alt = "; ".join(_track_words(track) for track in inputs.tracks)
    yield Figure(
        plan_view(title, inputs.tracks, inputs.borders), f"{title}. {alt}", f"{title}.{lines}"
    )
    title = "Heights of the tracks at hand"
    yield Figure(
        altitude_profile(title, inputs.tracks), f"{title}. {alt}", f"{title}, each by its datum."
    )
    for each in inputs.divergences:
        title = f"Distance between {each.first} and {each.second}"
        caption = f"{title}. {each.clock_words if each.rows else each.unseen_words}"
        yield Figure(range_plot(title, each), caption, caption)


def _track_words(track: OfferedTrack) -> str:
    first, last = track.points[0], track.points[-1]
    return f"{track.words()}: {len(track.points)} positions from {first.at} to {last.at}"


def _timeline(inputs: ReportInputs, words: ReportWords) -> Iterator[Part]:
    yield Heading(1, words["timeline"])
    lanes, rows = [], []
    for claim in inputs.assessed.claims:
        events = []
        for statement in claim.statements:
            times = _times(statement)
            if times is None:
                continue
            starts, ends, told = times
            events.append(LaneEvent(starts, ends, f"{statement.statement}: {told}"))
            rows.append((str(starts), claim.claimant, f"{statement.statement}: {told}"))
        lanes.append(Lane(claim.claimant, tuple(events)))
    if not rows:
        yield Paragraph(words["nothing_here"], foreign=False)
        return
    title = "Times that the accounts state"
    alt = "; ".join(f"{when}: {who}, {what}" for when, who, what in sorted(rows))
    caption = f"{title}. A lane without a mark states no time."
    yield Figure(timeline(title, lanes), f"{title}. {alt}", caption)
    heads = (words["when"], words["who"], words["what"])
    yield Table(title, heads, tuple(sorted(rows)), (3, 2, 6))


def _times(statement: Statement) -> tuple[Instant, Instant | None, str] | None:
    """From when to when, and in words; the end follows from the duration where only that is stated."""
    moment = statement.starts or statement.ends
    if moment is None:
        return None
    starts = moment.stated.instant
    if statement.ends is not None:
        return starts, statement.ends.stated.instant, f"until {_moment(statement.ends)}"
    duration = statement.figures.get("duration")
    if duration is None:
        return starts, None, _moment(moment)
    ends = starts.or_last_plus_s(duration.span(Mile.STATUTE).mid)
    return starts, ends, f"for {duration.as_stated}, from {_moment(moment)}"


def _messages(inputs: ReportInputs, words: ReportWords) -> Iterator[Part]:
    yield Heading(1, words["messages"])
    if inputs.records:
        yield from _records(inputs.records, words)
    if not inputs.knowledge and not inputs.records:
        yield Paragraph(words["nothing_here"], foreign=False)
        yield Paragraph(
            "No record of a message, a plan or a notice was given to this report: who knew what, and when, is "
            "not known from it."
        )
        return
    for each in inputs.knowledge:
        yield Heading(2, each.subject, foreign=True)
        title = f"Who knew of {each.subject}"
        alt = "; ".join(" ".join(row[:3]) for row in knowledge_rows(each))
        yield Figure(knowledge_figure(each), f"{title}. {alt}", f"{title}, by what is on record.")
        yield Table(
            title,
            (words["when"], words["who"], words["what"], words["rests_on"]),
            tuple(knowledge_rows(each)),
            (4, 3, 3, 6),
        )
        if each.contradictions:
            yield Items(each.contradictions)


def _records(records: Sequence[Heard], words: ReportWords) -> Iterator[Part]:
    """What was said, as the records of a node have it."""
    rows = tuple(
        (
            str(each.made_at), f"{each.author}, {each.operator}",
            (f"{'EXERCISE ' if each.exercise else ''}{each.kind}: {words_of_record(each)} "
            f"(taken in here {each.received_at})"),
            str(each.digest),
        )
        for each in records
    )  # fmt: skip
    lanes: dict[str, list[LaneEvent]] = {}
    for each in records:
        said = f"{each.kind}: {words_of_record(each, 80)}"
        lanes.setdefault(str(each.author), []).append(LaneEvent(each.made_at, None, said))
    title = "Records of the incident"
    alt = "; ".join(f"{row[0]}: {row[1]}, {row[2]}" for row in rows)
    figure = timeline(title, [Lane(name, tuple(events)) for name, events in lanes.items()])
    yield Figure(figure, f"{title}. {alt}", f"{title}, by the clocks of their authors.")
    heads = (words["when"], words["who"], words["what"], words["rests_on"])
    yield Table(title, heads, rows, (4, 3, 5, 4), mono_columns=frozenset({3}))


def _unknown(inputs: ReportInputs, words: ReportWords) -> Iterator[Part]:
    yield Heading(1, words["unknown"])
    found: list[str] = []
    for each in inputs.assessed.statements:
        claim = inputs.assessed.claims[each.side.claim]
        found += [
            f"{claim.claimant}, «{each.statement.statement}», rule {finding.rule}: {finding.words}"
            for finding in each.findings
            if finding.outcome is Outcome.UNKNOWN
        ]
    for claim in inputs.assessed.claims:
        found += [
            f"{claim.claimant}: «{offered.description}» was named and not handed over"
            for offered in claim.material.values()
            if offered.sha256 is None
        ]
        found += [
            f"{claim.claimant}, «{statement.statement}»: no time is stated"
            for statement in claim.statements
            if statement.starts is None and statement.ends is None
        ]
    for known in inputs.knowledge:
        found += [f"{each.party}: {each.act}: {each.words}" for each in known.unknown()]
    yield (
        Items(tuple(dict.fromkeys(found)))
        if found
        else Paragraph(words["nothing_here"], foreign=False)
    )


def _verify(inputs: ReportInputs, words: ReportWords) -> Iterator[Part]:
    yield Heading(1, words["verify"])
    yield Paragraph(
        "Every figure here is computed from the files below by published rules (docs/spec/claim.md of Comity). "
        "Whoever has the same files gets the same report, byte for byte. Compare the digests first."
    )
    yield Table(
        words["file"],
        (words["file"], words["what"], words["sha256"]),
        tuple((each.name, each.what, each.sha256) for each in inputs.files),
        (3, 3, 5),
        mono_columns=frozenset({2}),
    )
    if inputs.command:
        rows = ((words["verify"][3:], inputs.command),)
        yield Table(
            "Command", (words["what"], "Command"), rows, (2, 7), frozenset({0}), frozenset({1})
        )
    if inputs.bundle:
        yield Items(inputs.bundle)
    else:
        yield Paragraph(
            "No evidence bundle was given. Records with their proofs can be handed over as one "
            "(comity evidence bundle), which anyone verifies offline with one file and trusting neither side."
        )


def _sources(assessed: Assessment, words: ReportWords) -> Iterator[Part]:
    yield Heading(1, words["sources"])
    yield Table(
        words["source"],
        (words["source"], words["claimant"], words["explained"]),
        tuple(
            (
                f"{source.source} ({source.kind})",
                claim.claimant,
                f"{source.reference}. Origin: {source.origin}.",
            )
            for claim in assessed.claims
            for source in claim.sources.values()
        ),
        (2, 2, 6),
    )
    yield Table(words["term"], (words["term"], words["meaning"]), MEANINGS, (2, 7))
