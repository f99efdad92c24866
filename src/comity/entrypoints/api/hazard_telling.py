"""What notices touch, and who has what was told, in the words of the API. Nothing is decided here."""

from collections.abc import Iterable, Sequence

from comity.adapters.natural_earth import border_data_set
from comity.adapters.natural_earth.lines import PackagedLines
from comity.application.node import Node
from comity.domain.airspace import Shape
from comity.domain.alerts.border_lines import BorderLines, check_border
from comity.domain.geometry import degrees_from_unit
from comity.domain.hazards import (
    HazardAnswer,
    HazardBook,
    NoticeTouches,
    ObjectionMade,
    Received,
    Told,
    Touch,
    TouchReceived,
)
from comity.domain.line import LineBook
from comity.domain.sites import NothingNotified, TouchedSite
from comity.entrypoints.api.hazard_messages import (
    BorderNearTold,
    EchelonTold,
    EscalatedTold,
    NoticeTouchesTold,
    ObjectionTold,
    PreviewAskedTold,
    PreviewsTold,
    SweepTold,
    ToldForProtectionTold,
    TouchedByNoticeTold,
    TouchedIdTold,
    TouchReceivedTold,
)
from comity.kernel.instants import Instant
from comity.kernel.units import MM_PER_METRE

AS_NOTIFIED = "as-notified"
IDS_TOLD_MAX = 1_000
BORDERS_TOLD_MAX = 20  # areas of a notice that are held against borders
_LINES: list[BorderLines] = []  # the packaged ones, read when first asked for


def tell_touches(answer: HazardAnswer) -> NoticeTouchesTold:
    """One of three answers; none is an all-clear."""
    if isinstance(answer, NoticeTouches):
        return NoticeTouchesTold(
            answer="touches",
            words=answer.words,
            as_of=str(answer.as_of),
            register_age_s=answer.register_age_s,
            count=answer.count,
            touched=[tell_touch(each) for each in answer.touched],
        )
    if isinstance(answer, NothingNotified):
        return NoticeTouchesTold(
            answer="nothing-notified-here",
            words=answer.words,
            as_of=str(answer.as_of),
            register_age_s=answer.register_age_s,
        )
    return NoticeTouchesTold(answer="undetermined", words=answer.words, as_of=str(answer.as_of))


def tell_touch(touch: Touch) -> TouchedByNoticeTold:
    """One site or movement that is touched."""
    what = touch.what
    if isinstance(what, TouchedSite):
        state, names = what.state.value, [each.text for each in what.names]
    else:
        state, names = AS_NOTIFIED if what.deviation is None else what.deviation.value, []
    return TouchedByNoticeTold(
        id=touch.id,
        what="site" if isinstance(what, TouchedSite) else "movement",
        owner=touch.owner,
        kind=what.kind.value,
        state=state,
        version=touch.version,
        precision_m=what.precision_mm / MM_PER_METRE,
        how=touch.how.value,
        distance_m=what.distance_m,
        buffer_m=touch.buffer_m,
        names=names,
    )


def tell_borders(shapes: Sequence[Shape]) -> list[BorderNearTold]:
    """Which borders areas reach, or may reach, by the packaged data set. Takes some ms an area.

    Over-approximates: an area is taken as the ball around it, widened by the error of the lines.
    """
    lines = packaged_lines()
    found: dict[str, None] = {}
    for shape in shapes[:BORDERS_TOLD_MAX]:
        latitude, longitude = (float(each) for each in degrees_from_unit(shape.prepared.centre))
        checked = check_border(lines, latitude, longitude)
        words = f"the middle of the area is {checked.position.words()}"
        reach_m = shape.prepared.reach_m + shape.radius_m + (lines.error_m or 0.0)
        if checked.line_m is not None and checked.line_m <= reach_m:
            line = " and ".join(checked.line_of)
            words += f"; it may reach the line of {line}, {checked.line_m / 1_000:.1f} km from its middle"
        found[words] = None
    return [
        BorderNearTold(
            words=words,
            data_set=f"{lines.name} {lines.version}",
            digest=lines.digest,
            error_m=lines.error_m,
        )
        for words in found
    ]


def packaged_lines() -> BorderLines:
    """The packaged border lines, read once."""
    if not _LINES:
        _LINES.append(PackagedLines(border_data_set()))
    return _LINES[0]


def tell_objections(made: Iterable[ObjectionMade]) -> list[ObjectionTold]:
    """Objections that stand."""
    return [
        ObjectionTold(
            party=each.party,
            operator=each.operator,
            made_at=str(each.made_at),
            ids=list(each.objection.ids),
            words=each.objection.words,
            record=each.record,
        )
        for each in made
    ]


def tell_told(told: Told, line: LineBook, at: Instant) -> ToldForProtectionTold:
    """Something told to one party, and which echelons of it have it."""
    echelons = []
    for term in told.expected:
        word: Received | None = told.received.get((term.level, term.name))
        due_at = None if term.within_s is None else told.told_at.or_last_plus_s(term.within_s)
        echelons.append(
            EchelonTold(
                level=term.level.value,
                name=term.name,
                state=told.state(term, at).value,
                due_at=None if due_at is None else str(due_at),
                assumed=term.assumed,
                holder=None if word is None else word.receipt.holder,
                operator=None if word is None else word.operator,
                had_at=None if word is None else str(word.receipt.had_at),
            )
        )
    escalated = [
        EscalatedTold(
            by=each.given.party,
            step=each.escalation.step,
            echelon=each.escalation.echelon,
            channel=each.escalation.channel,
            made_at=str(each.given.made_at),
        )
        for each in line.escalations_about(told.record)
        if each.escalation.party == told.party
    ]
    return ToldForProtectionTold(
        record=told.record,
        what=told.sort.value,
        author=told.author,
        party=told.party,
        ids=list(told.ids)[:IDS_TOLD_MAX],
        told_at=str(told.told_at),
        echelons=echelons,
        silent=len(told.silent),
        escalated=escalated,
    )


def tell_received(touch: TouchReceived) -> TouchReceivedTold:
    """What another party's notice touches of ours."""
    told = touch.told
    return TouchReceivedTold(
        notice=told.notice,
        record=told.record,
        author=touch.author,
        activity=told.activity,
        begins=str(told.begins),
        ends=str(told.ends),
        standing=told.standing.value,
        count=told.count,
        touched=[
            TouchedIdTold(
                id=each.id,
                version=each.version,
                precision_m=each.precision_mm / MM_PER_METRE,
                how=each.how.value,
                distance_m=each.distance_mm / MM_PER_METRE,
                buffer_m=each.buffer_mm / MM_PER_METRE,
            )
            for each in told.touched
        ],
        received_at=str(touch.received_at),
    )


def tell_previews(
    node: Node, book: HazardBook, at: Instant, offset: int, limit: int
) -> PreviewsTold:
    """What was asked in four weeks, and sweeps, the newest first."""
    asked = sorted(_asked(book), key=lambda each: each.at, reverse=True)
    sweeps = sorted(_sweeps(node, book), key=lambda each: each.until, reverse=True)
    return PreviewsTold(
        previews=asked[offset : offset + limit], total=len(asked), sweeps=sweeps, as_of=str(at)
    )


def _asked(book: HazardBook) -> list[PreviewAskedTold]:
    """Previews and readings that somebody here asked for."""
    previews = [
        PreviewAskedTold(
            record=each.record,
            operator=each.operator,
            at=str(each.at),
            cells=len(each.cells),
            touched=len(each.seen),
            sent=each.sent,
            way="sent" if each.sent else each.way,
        )
        for each in book.previews.asked()
    ]
    readings = [
        PreviewAskedTold(
            record=each.record,
            operator=each.operator,
            at=str(each.at),
            cells=0,
            touched=len(each.seen),
            sent=False,
            way=each.way,
            rows=each.rows,
        )
        for each in book.readings.listed()
    ]
    return previews + readings


def _sweeps(node: Node, book: HazardBook) -> list[SweepTold]:
    """Sweeps found here, and those that other parties told of."""
    here = [
        SweepTold(
            party=node.party,
            rule=each.rule.value,
            operator=each.operator,
            questions=each.questions,
            cells=len(each.cells),
            since=str(each.since),
            until=str(each.at),
            ids=list(each.seen)[:IDS_TOLD_MAX],
        )
        for each in book.sweeps()
    ]
    there = [
        SweepTold(
            party=party,
            rule=told.rule.value,
            operator=told.by,
            questions=told.questions,
            cells=told.cells,
            since=str(told.since),
            until=str(told.until),
            ids=list(told.seen),
        )
        for party, told, _ in book.sweeps_received()
    ]
    return here + there
