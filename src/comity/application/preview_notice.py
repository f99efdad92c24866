"""Before a notice is sent: what it would touch. Logged, limited, and told to whom it concerns."""

from dataclasses import dataclass

from comity.application.node import Node
from comity.application.notice_picture import NoticePicture, notice_picture
from comity.application.take_hazard import hazard_context
from comity.domain.hazards import (
    CELLS_MAX,
    PREVIEW,
    AnswerWord,
    HazardAnswer,
    NoticeTouches,
    Preview,
    answer_of,
    answer_word,
    cells_of,
    preview_to_body,
    question_of,
)
from comity.domain.notices import Held, Notice
from comity.domain.records import Draft
from comity.kernel.ids import OperatorId, RecordDigest
from comity.kernel.instants import Instant

NOT_SENT = RecordDigest("0" * 64)


@dataclass(frozen=True, slots=True)
class Previewed:
    """What a notice would touch if it were sent now.

    Attributes:
        held: the notice as it would be held to, in no record.
        record: the private record that this was asked.
        answer: one of three, and none of them an all-clear.
        picture: flights held here.
        buffer_m: the greatest that counts for its activity.
        buffers_assumed: no agreement states a default.
    """

    held: Held
    record: RecordDigest
    answer: HazardAnswer
    picture: NoticePicture
    buffer_m: float
    buffers_assumed: bool


def preview_notice(
    node: Node, notice: Notice, operator: OperatorId, at: Instant, *, exercise: bool = False
) -> Previewed:
    """Tell what a notice would touch. That it was asked, and what was seen, goes on record and to the owners.

    Raises:
        InputError: `areas` where it is wider than is told at once, `preview` where it was asked too often.
            Both look at what is asked alone: whether anything is there changes nothing in them.
    """
    context = hazard_context(node, at, exercise=exercise)
    held = Held(
        record=NOT_SENT,
        author=node.party,
        recipients=(),
        operator=operator,
        made_at=at,
        received_at=at,
        notice=notice,
        terms=context.terms,
    )
    volumes = held.volumes
    shapes = [area.shape for area in notice.areas]
    buffer_m = context.buffers.greatest_m(notice.activity)
    cells = cells_of(shapes, buffer_m, CELLS_MAX)
    question = question_of(shapes, notice.activity, [held.window] if notice.starts else [])
    node.hazards_of(exercise=exercise).previews.check(operator, question, cells, at)
    answer = answer_of(volumes, notice.activity, context, at)
    touched = answer.touched if isinstance(answer, NoticeTouches) else ()
    preview = Preview(
        question,
        cells,
        notice.activity,
        AnswerWord(answer_word(answer)),
        tuple((each.id, each.what.precision_mm) for each in touched),
    )
    record = node.issue(
        Draft(PREVIEW, (), preview_to_body(preview), operator, exercise=exercise), at
    )
    return Previewed(
        held,
        record.digest,
        answer,
        notice_picture(node, held, at, exercise=exercise),
        buffer_m,
        context.buffers.assumed,
    )
