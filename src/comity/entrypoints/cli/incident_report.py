"""The report on an incident: assessment, tracks, times and knowledge as the parts of one document."""

from collections.abc import Iterator, Sequence

from comity.adapters.report_pages import (
    Figure,
    Heading,
    Items,
    Paragraph,
    Part,
    ReportDocument,
    ReportWords,
    Run,
    Table,
    Words,
    report_words,
)
from comity.adapters.svg_figures import (
    FigureWords,
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
    Finding,
    Mile,
    OfferedTrack,
    Outcome,
    Statement,
)
from comity.domain.incidents.claim import Moment
from comity.domain.incidents.rivals import Relation
from comity.domain.reconstruction import Heard, words_of_record
from comity.entrypoints.cli.report_checks import source_parts, unknown_parts, verify_parts
from comity.entrypoints.cli.report_inputs import ReportInputs
from comity.entrypoints.knowledge_words import knowledge_figure, knowledge_parts
from comity.kernel.instants import Instant
from comity.kernel.sentences import Listed, Sentence, Term, said
from comity.kernel.sentences import Part as SentencePart

RULES = {
    "K1": said("rule-K1", "times: the end is not before the start"),
    "K2": said("rule-K2", "speed: length divided by duration, against the speed stated"),
    "K3": said("rule-K3", "speed against what the aircraft can do"),
    "K4": said("rule-K4", "a crossing is at least twice as long as it is deep"),
    "K5": said("rule-K5", "speed needed to reach the depth and return in the time"),
    "K6": said("rule-K6", "distance between the places, against length and speed"),
    "K7": said("rule-K7", "change of height against rate of climb or descent"),
    "K8": said("rule-K8", "turn against rate and acceleration"),
    "K9": said("rule-K9", "height: its datum, and what the aircraft can reach"),
    "B1": said("rule-B1", "the place stated, against the border by each data set"),
    "B2": said("rule-B2", "the tracks at hand, against the border by each data set"),
    "S1": said("rule-S1", "closest approach of the tracks offered"),
    "S2": said("rule-S2", "closest approach by a rival's tracks"),
    "N1": said("rule-N1", "notice: lead time and what else is wrong with it"),
}
"""The rules of docs/spec/claim.md §5 in a few words."""


def incident_report(
    inputs: ReportInputs, language: str, title: str | None, dated: str, made_with: str
) -> ReportDocument:
    """The document.

    Args:
        inputs: what it is made from.
        language: of headings, set words and findings; what was claimed stays as it was stated.
        title: of the incident; None: as the first claim has it.
        dated: as its makers state it; may be empty.
        made_with: the program and its version.
    """
    words = report_words(language)
    english = _English(language)
    parts = [
        *_summary(inputs, words),
        *_accounts(inputs.assessed, words),
        *_findings(inputs.assessed, words, english),
        *_comparisons(inputs.assessed, words, english),
        *_maps(inputs, words),
        *_timeline(inputs, words),
        *_messages(inputs, words),
        *unknown_parts(inputs, words),
        *verify_parts(inputs, words),
        *source_parts(inputs.assessed, words),
        *english.parts(words),
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


class _English:
    """The English of what was computed: numbered where it stands, listed at the end; an English report needs none."""

    def __init__(self, language: str) -> None:
        self._wanted = language != "en"
        self._rows: list[tuple[str, str]] = []

    def mark(self, text: str) -> str:
        """A number to stand before a sentence, with a blank behind it."""
        if not self._wanted:
            return ""
        self._rows.append((f"({len(self._rows) + 1})", text))
        return f"{self._rows[-1][0]} "

    def parts(self, words: ReportWords) -> Iterator[Part]:
        """The list."""
        if not self._rows:
            return
        title = said("report-english", "The findings in English")
        why = said(
            "report-english-why",
            "What was computed is worded in English first; where the texts differ, that one counts."
            " The numbers are those above.",
        )
        heading = words.text(title)
        yield Heading(1, heading)
        yield Paragraph(words.told(why), foreign=False)
        yield Table(heading, ("№", "English"), tuple(self._rows), (1, 12), frozenset({0}))


def _summary(inputs: ReportInputs, words: ReportWords) -> Iterator[Part]:
    assessed = inputs.assessed
    yield Heading(1, words["summary"])
    yield Paragraph(words["caveat"], foreign=False, weighty=True)
    if words.language != "en":
        numbers = said(
            "report-numbers",
            "In numbers the point is the decimal sign and a blank parts groups of three digits. Units are"
            " international. What was claimed stands in its own words and is not translated; the English"
            " text of each finding stands at the end, under its number.",
        )
        yield Paragraph(words.told(numbers), foreign=False)
    names = Listed(tuple(claim.claimant for claim in assessed.claims), ", ")
    if len(assessed.claims) == 1:
        form = (
            "This report sets 1 account of one event side by side: {names}. They are never merged."
        )
        yield Paragraph(words.told(said("report-one-account", form, names=names)), foreign=False)
    else:
        form = "This report sets {count} accounts of one event side by side: {names}. They are never merged."
        count = str(len(assessed.claims))
        yield Paragraph(
            words.told(said("report-accounts", form, count=count, names=names)), foreign=False
        )
    yield Items(tuple(words.told(each) for each in _points(inputs)), foreign=False)
    yield Table(
        f"{words['claimed']} / {words['evidenced']}",
        (words["claimant"], words["claimed"], words["evidenced"]),
        tuple(
            (claim.claimant, str(assessed.counts(i)[0]), str(assessed.counts(i)[1]))
            for i, claim in enumerate(assessed.claims)
        ),
        (4, 1, 1),
    )


def _points(inputs: ReportInputs) -> Iterator[Sentence]:
    """What a reader must have seen before anything else."""
    assessed = inputs.assessed
    excluded = _topics(assessed, Relation.EXCLUDES)
    if excluded:
        form = "The accounts exclude each other on: {topics}."
        yield said("report-excluded", form, topics=Listed(tuple(excluded), ", "))
    shared = [each for each in _topics(assessed, Relation.BOTH) if each not in excluded]
    if shared:
        form = "They can be taken together on: {topics}."
        yield said("report-together", form, topics=Listed(tuple(shared), ", "))
    alone = _topics(assessed, Relation.ONE)
    if alone:
        form = "Only one account says anything of: {topics}."
        yield said("report-alone", form, topics=Listed(tuple(alone), ", "))
    broken = _found(assessed, Outcome.CONTRADICTORY)
    if broken.parts:
        form = "By the figures stated, this cannot be so whatever the reading: {found}."
        yield said("report-contradictory", form, found=broken)
    strained = _found(assessed, Outcome.STRAINED)
    if strained.parts:
        form = (
            "By the figures stated, this cannot be so under an assumption that is named, or under one"
            " reading: {found}."
        )
        yield said("report-strained", form, found=strained)
    claimed, evidenced = map(str, assessed.counts())
    form = (
        "Of {claimed} statements claimed, {evidenced} are borne by material at hand or by another"
        " claimant who says the same."
    )
    if assessed.counts()[1]:
        yield said("report-borne", form, claimed=claimed, evidenced=evidenced)
    else:
        form += " No account is evidenced by what was handed over."
        yield said("report-borne-none", form, claimed=claimed, evidenced=evidenced)
    if not inputs.tracks:
        form = "No position was handed over as data: no map can be drawn without inventing one."
        yield said("report-no-position", form)


def _found(assessed: Assessment, outcome: Outcome) -> Listed:
    form = "{claimant}, «{statement}» (rule {rule})"
    return Listed(
        tuple(
            said(
                "report-found",
                form,
                claimant=assessed.claims[each.side.claim].claimant,
                statement=each.statement.statement,
                rule=rule,
            )
            for each in assessed.statements
            for rule in dict.fromkeys(f.rule for f in each.findings if f.outcome is outcome)
        )
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
                *(_cell(by_claim.get(index, []), words) for index in range(len(claims))),
            )
            for topic, by_claim in topics.items()
        )
        yield Table(
            words["accounts"][words["accounts"].find(" ") + 1 :],
            (words["topic"], *(claim.claimant for claim in claims)),
            rows,
            (2, *(4 for _ in claims)),
            frozenset(range(1, len(claims) + 1)),
        )
        return
    rows = tuple(
        (topic, claims[index].claimant, _cell(stated, words))
        for topic, by_claim in topics.items()
        for index, stated in sorted(by_claim.items())
    )
    heads = (words["topic"], words["claimant"], words["statement"])
    yield Table(words["accounts"], heads, rows, (2, 2, 5), frozenset({2}))


SIDE_BY_SIDE_MAX = 4  # columns that a page can hold


def _cell(stated: Sequence[AssessedStatement], words: ReportWords) -> Words:
    if not stated:
        return words.told(said("report-says-nothing", "says nothing of it"))
    runs: list[Run | SentencePart] = []
    for each in stated:
        runs += [Run(" / ")] if runs else []
        runs += [
            Term(str(each.statement.says)), Run(". «"), Run(each.statement.words, foreign=True),
            Run(f"» {words['grade']}: "), Term(str(each.graded.grade)), Run("."),
        ]  # fmt: skip
    return words.joined(runs)


def _findings(assessed: Assessment, words: ReportWords, english: _English) -> Iterator[Part]:
    yield Heading(1, words["findings"])
    for index, claim in enumerate(assessed.claims):
        yield Heading(2, f"{words['claimant']}: {claim.claimant}")
        if claim.note:
            yield Paragraph(claim.note)
        for each in assessed.statements:
            if each.side.claim == index:
                yield from _statement(claim, each, words, english)


def _statement(
    claim: Claim, each: AssessedStatement, words: ReportWords, english: _English
) -> Iterator[Part]:
    statement = each.statement
    yield Heading(3, f"{statement.statement} ({statement.kind})", foreign=True)
    yield Items(tuple(_stated(claim, statement, words)), foreign=False)
    if each.findings:
        yield Table(
            f"{words['findings'][3:]}: {statement.statement}",
            (words["rule"], words["outcome"], words["arithmetic"]),
            tuple(_finding_row(found, words, english) for found in each.findings),
            (3, 2, 8),
            frozenset({0, 1, 2}),
        )
    reasons = Listed(each.graded.sentences)
    form = "Grade by rule {rule}: {grade}. Because: {reasons}."
    grade = Term(str(each.graded.grade))
    graded = said("report-grade", form, rule=each.graded.rule, grade=grade, reasons=reasons)
    yield Paragraph(words.joined([Run(english.mark(str(graded))), graded]), foreign=False)


def _finding_row(
    found: Finding, words: ReportWords, english: _English
) -> tuple[Words, Words, Words]:
    told = found.sentence
    if found.assumption is not None:
        form = "{told} — assuming: {given}"
        told = said("report-assuming", form, told=told, given=found.assumption)
    rule = RULES.get(found.rule)
    head: list[Run | SentencePart] = [
        Run(f"{english.mark(f'{found.rule}: {told}')}{found.rule} · ")
    ]
    head += [] if rule is None else [rule]
    head += [Run(" ["), Term(f"{found.reading} mile"), Run("]")] if found.reading else []
    return words.joined(head), words.term(str(found.outcome)), words.told(told)


def _stated(claim: Claim, statement: Statement, words: ReportWords) -> Iterator[Words]:
    """What the claimant states, in its own words, each after what it is."""

    def beside(name: str, text: str) -> Words:
        return words.joined([Run(f"{name}: "), Run(text, foreign=True)])

    yield words.joined([Run(f"{words['words']}: «"), Run(statement.words, foreign=True), Run("»")])
    if statement.starts is not None:
        yield words.told(said("report-from", "From: {moment}", moment=_moment(statement.starts)))
    if statement.ends is not None:
        yield words.told(said("report-to", "To: {moment}", moment=_moment(statement.ends)))
    for name, figure in statement.figures.items():
        yield beside(words.term(name), figure.as_stated)
    if statement.height is not None:
        stated = statement.height.as_stated
        if statement.height.datum is None:
            form = "height: {height}, above what was not stated"
            yield words.told(said("report-height-open", form, height=stated))
        else:
            form = "height: {height}, above {datum}"
            datum = str(statement.height.datum)
            yield words.told(said("report-height", form, height=stated, datum=datum))
    if statement.place is not None:
        place = statement.place.words or said("report-by-position", "by its position")
        yield words.told(said("report-place", "place: {place}", place=place))
    if statement.clause is not None:
        clause = statement.clause
        named = [clause.document, clause.clause, clause.version]
        joined = ", ".join(part for part in named if part)
        yield words.told(said("report-relies", "relies on: {clause}", clause=joined))
    if statement.disputed:
        yield words.told(said("report-disputed", "disputed by somebody outside both accounts"))
    for name in statement.sources:
        source = claim.sources[name]
        form = "source ({kind}): {reference}"
        kind, reference = Term(str(source.kind)), source.reference
        yield words.told(said("report-source", form, kind=kind, reference=reference))


def _moment(moment: Moment) -> Sentence:
    stated = moment.stated
    return said(
        "report-moment",
        "{instant}, stated as {stated}, {zone}, within {error} s",
        instant=str(stated.instant),
        stated=stated.as_stated,
        zone=stated.zone,
        error=f"{moment.error_s:g}",
    )


def _comparisons(assessed: Assessment, words: ReportWords, english: _English) -> Iterator[Part]:
    yield Heading(1, words["comparisons"])
    if not assessed.comparisons:
        yield Paragraph(words["nothing_here"], foreign=False)
        return
    yield Table(
        words["comparisons"][3:],
        (words["topic"], words["relation"], words["explained"]),
        tuple(
            (
                words.joined(
                    [
                        Run(english.mark(each.words)),
                        Run(each.topic, foreign=True),
                        Run(f" · {words.term(each.field)}"),
                    ]
                ),
                words.term(str(each.relation)),
                words.told(each.sentence),
            )
            for each in assessed.comparisons
        ),
        (3, 2, 6),
        frozenset({0, 1, 2}),
    )


def _maps(inputs: ReportInputs, words: ReportWords) -> Iterator[Part]:
    yield Heading(1, words["maps"])
    if not inputs.tracks:
        yield Paragraph(words["nothing_here"], foreign=False)
        why = said(
            "report-no-map",
            "No track was handed over as data, and no account gives a position that can be placed. "
            "A map would show a place that nobody stated; none is drawn.",
        )
        yield Paragraph(words.told(why), foreign=False)
        return
    if any(track.synthetic for track in inputs.tracks):
        why = said(
            "report-synthetic",
            "Tracks marked SYNTHETIC were made up to illustrate what an account would mean. They are evidence "
            "of nothing.",
        )
        yield Paragraph(words.told(why), foreign=False, weighty=True)
    plan = said("report-plan", "Plan view of the tracks at hand")
    caption = said(
        "report-lines", "{title}. Border lines: {lines}.", title=plan, lines=inputs.border_words
    )
    tracks = Listed(tuple(_track_words(track) for track in inputs.tracks))
    figure = _figure_words(words)
    yield Figure(
        plan_view(plan, inputs.tracks, inputs.borders, figure), _alt(words, plan, tracks),
        words.told(caption if inputs.border_words else plan),
    )  # fmt: skip
    heights = said("report-heights", "Heights of the tracks at hand, each by its datum.")
    drawn = altitude_profile(heights, inputs.tracks, figure)
    yield Figure(drawn, _alt(words, heights, tracks), words.told(heights))
    for each in inputs.divergences:
        clocks = each.clock_sentence() if each.rows else each.unseen_sentence()
        form = "Distance between {first} and {second}. {clocks}"
        caption = said("report-distance", form, first=each.first, second=each.second, clocks=clocks)
        form = "Distance between {first} and {second}"
        title = said("report-distance-title", form, first=each.first, second=each.second)
        yield Figure(range_plot(title, each, figure), words.text(caption), words.told(caption))


def _figure_words(words: ReportWords) -> FigureWords:
    """The words within figures, in the language of the report."""
    return FigureWords(words.label, words.right_to_left)


def _alt(words: ReportWords, *parts: SentencePart) -> str:
    """What a figure shows, for whoever does not see it."""
    return words.text(Listed(parts, ". "))


def _track_words(track: OfferedTrack) -> Sentence:
    form = "{track}: positions {count}, from {first} to {last}"
    return said(
        "report-track-positions", form, track=track.sentence(), count=str(len(track.points)),
        first=str(track.points[0].at), last=str(track.points[-1].at),
    )  # fmt: skip


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
            events.append(LaneEvent(starts, ends, statement.statement))  # the table has the rest
            rows.append((str(starts), claim.claimant, told))
        lanes.append(Lane(claim.claimant, tuple(events)))
    if not rows:
        yield Paragraph(words["nothing_here"], foreign=False)
        return
    rows.sort(key=lambda row: (row[0], row[1], str(row[2])))
    title = said("report-times", "Times that the accounts state")
    alt = _alt(words, title, Listed(tuple(map(_row_words, rows))))
    caption = said(
        "report-times-caption", "{title}. A lane without a mark states no time.", title=title
    )
    figure = timeline(title, lanes, _figure_words(words))
    yield Figure(figure, alt, words.told(caption))
    heads = (words["when"], words["who"], words["what"])
    table = tuple((when, who, words.told(what)) for when, who, what in rows)
    yield Table(words.text(title), heads, table, (3, 2, 6), frozenset({2}))


def _row_words(row: tuple[str, str, SentencePart]) -> Sentence:
    when, who, what = row
    return said("report-row", "{when}: {who}, {what}", when=when, who=who, what=what)


def _times(statement: Statement) -> tuple[Instant, Instant | None, Sentence] | None:
    """From when to when, and in words; the end follows from the duration where only that is stated."""
    moment = statement.starts or statement.ends
    if moment is None:
        return None
    starts, name = moment.stated.instant, statement.statement
    if statement.ends is not None:
        form = "{statement}: until {moment}"
        told = said("report-until", form, statement=name, moment=_moment(statement.ends))
        return starts, statement.ends.stated.instant, told
    duration = statement.figures.get("duration")
    if duration is None:
        told = said("report-at", "{statement}: {moment}", statement=name, moment=_moment(moment))
        return starts, None, told
    ends = starts.or_last_plus_s(duration.span(Mile.STATUTE).mid)
    form = "{statement}: for {duration}, from {moment}"
    lasted = duration.as_stated
    return starts, ends, said(
        "report-for", form, statement=name, duration=lasted, moment=_moment(moment)
    )  # fmt: skip


def _messages(inputs: ReportInputs, words: ReportWords) -> Iterator[Part]:
    yield Heading(1, words["messages"])
    if inputs.records:
        yield from _records(inputs.records, words)
    if not inputs.knowledge and not inputs.records:
        yield Paragraph(words["nothing_here"], foreign=False)
        why = said(
            "report-no-records",
            "No record of a message, a plan or a notice was given to this report: who knew what, and when, is "
            "not known from it.",
        )
        yield Paragraph(words.told(why), foreign=False)
        return
    for each in inputs.knowledge:
        yield Heading(2, each.subject, foreign=True)
        title = said("report-knew", "Who knew of {subject}", subject=each.subject)
        form = "Who knew of {subject}, by what is on record."
        caption = said("report-knew-caption", form, subject=each.subject)
        rows = knowledge_parts(each)
        alt = _alt(words, title, Listed(tuple(Listed(row[:3], " ") for row in rows)))
        yield Figure(knowledge_figure(each, _figure_words(words)), alt, words.told(caption))
        yield Table(
            words.text(title),
            (words["when"], words["who"], words["what"], words["rests_on"]),
            tuple(tuple(map(words.told, row)) for row in rows),
            (4, 3, 3, 6),
            frozenset(range(4)),
        )
        if each.contradictions:
            yield Items(tuple(map(words.told, each.contradictions)), foreign=False)


def _records(records: Sequence[Heard], words: ReportWords) -> Iterator[Part]:
    """What was said, as the records of a node have it."""
    rows = tuple(
        (
            str(each.made_at),
            f"{each.author}, {each.operator}",
            _record_words(each),
            str(each.digest),
        )
        for each in records
    )
    lanes: dict[str, list[LaneEvent]] = {}
    for each in records:
        told = f"{each.kind}: {words_of_record(each, 80)}"
        lanes.setdefault(str(each.author), []).append(LaneEvent(each.made_at, None, told))
    title = said("report-records", "Records of the incident")
    caption = said(
        "report-records-caption", "Records of the incident, by the clocks of their authors."
    )
    alt = _alt(words, title, Listed(tuple(_row_words(row[:3]) for row in rows)))
    every = [Lane(name, tuple(events)) for name, events in lanes.items()]
    yield Figure(timeline(title, every, _figure_words(words)), alt, words.told(caption))
    heads = (words["when"], words["who"], words["what"], words["rests_on"])
    table = tuple((when, who, words.told(what), digest) for when, who, what, digest in rows)
    yield Table(
        words.text(title), heads, table, (4, 3, 5, 4), frozenset({2}), mono_columns=frozenset({3})
    )


def _record_words(each: Heard) -> Sentence:
    """What a record says, as it says it, and when it came."""
    form = "{record} (taken in here {at})"
    record = f"{'EXERCISE ' if each.exercise else ''}{each.kind}: {words_of_record(each)}"
    return said("report-record", form, record=record, at=str(each.received_at))
