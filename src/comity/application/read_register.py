"""What a person reads of the register of others' sites and movements: on record, limited, and told to their owners.

The same rule as for previews of notices (docs/decisions/0047-reading-the-register.md).
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

from comity.application.alarm import Alarm
from comity.application.node import Node
from comity.domain.hazards import (
    CELLS_MAX,
    READING,
    SEEN_MAX,
    Reading,
    Shown,
    Way,
    cells_of,
    question_of,
    reading_to_body,
)
from comity.domain.records import Draft, encode_canonical
from comity.domain.sites import Question, SiteAnswer, Touches, ask
from comity.kernel.errors import InputError
from comity.kernel.ids import MovementId, OperatorId, RecordDigest, SiteId
from comity.kernel.instants import Instant
from comity.kernel.units import MM_PER_METRE

UNRECORDED: Final = "reading-not-recorded"


def query_register(
    node: Node,
    question: Question,
    operator: OperatorId,
    at: Instant,
    *,
    own: bool = False,
    exercise: bool = False,
) -> tuple[SiteAnswer, RecordDigest | None]:
    """What this node can say of a place, and the record that it was asked; never that it is clear (L-19).

    Args:
        node: this party's.
        question: the place and the times.
        operator: who asks.
        at: now.
        own: of what this party speaks for alone, which is free and on no record.
        exercise: of which world.

    Raises:
        InputError: `area` where it is wider than is told at once, `preview` where it was asked too often.
            Both look at what is asked alone: whether anything is there changes nothing in them.
    """
    register, movements = node.sites_of(exercise=exercise), node.movements_of(exercise=exercise)
    if own:
        return ask(register, question, at, movements, node.party), None
    try:
        cells = cells_of([question.shape], question.radius_m, CELLS_MAX)
    except InputError as error:
        raise InputError("area", error.why) from error
    reach_mm = round(question.radius_m * MM_PER_METRE)
    words = f"query {reach_mm} {question.begins} {question.ends}"
    asked = question_of([question.shape], words, [])
    node.hazards_of(exercise=exercise).previews.check(operator, asked, cells, at)
    answer = ask(register, question, at, movements)
    seen: list[tuple[str, int]] = []
    if isinstance(answer, Touches):
        seen += [
            (each.site, each.precision_mm) for each in answer.sites if each.owner != node.party
        ]
        seen += [
            (each.movement, each.precision_mm)
            for each in answer.movements
            if each.owner != node.party
        ]
    reading = Reading(Way.QUERY, asked, cells, 0, tuple(seen[:SEEN_MAX]))
    return answer, _put_down(node, reading, operator, at, exercise=exercise)


def put_down_list(
    node: Node,
    way: Way,
    words: Sequence[str],
    rows: int,
    shown: Iterable[str],
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> tuple[RecordDigest, ...]:
    """Let a person read a list, and put down what of it others speak for.

    Args:
        node: this party's.
        way: `list` or `map`.
        words: what was asked, so that the same list is known again.
        rows: how many rows were asked for; 0: what anybody has before the eyes, which is never refused.
        shown: ids of sites and movements that are told with where they are.
        operator: who reads.
        at: now.
        exercise: of which world.

    Returns:
        The records made; none where all of it is on record already, or while the node signs nothing.

    Raises:
        InputError: `limit`: more rows within a day than are read out, found or not.
    """
    question = hashlib.sha256(
        encode_canonical({"way": way.value, "words": list(words)})
    ).hexdigest()
    log = node.hazards_of(exercise=exercise).readings
    is_new = log.check(operator, question, rows, at)
    if node.recovering:  # it signs nothing, and what is protected must be seen all the same
        if node.alarms.latest((UNRECORDED, None)) is None:
            why = "the register is read while this node recovers and signs nothing: not on record"
            node.alarm(Alarm(at, UNRECORDED, why))
        return ()
    news = log.news(operator, _theirs(node, shown, exercise=exercise), at)
    if not news and not is_new:
        return ()
    made = []
    for start in range(0, max(len(news), 1), SEEN_MAX):
        reading = Reading(
            way, question, (), rows if start == 0 else 0, tuple(news[start : start + SEEN_MAX])
        )
        made.append(_put_down(node, reading, operator, at, exercise=exercise))
    return tuple(made)


def _theirs(node: Node, shown: Iterable[str], *, exercise: bool) -> Iterable[Shown]:
    sites, movements = node.sites_of(exercise=exercise), node.movements_of(exercise=exercise)
    for name in shown:
        site = sites.theirs(SiteId(name))
        if site is not None and not site.withdrawn:
            yield name, site.notified.precision_mm, site.received_at
        movement = movements.theirs(MovementId(name))
        if movement is not None and not movement.withdrawn:
            yield name, movement.notified.precision_mm, None


def _put_down(
    node: Node, reading: Reading, operator: OperatorId, at: Instant, *, exercise: bool
) -> RecordDigest:
    draft = Draft(READING, (), reading_to_body(reading), operator, exercise=exercise)
    return node.issue(draft, at).digest
