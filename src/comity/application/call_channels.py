"""Calls by another channel that a ladder owes, and what became of them, on record."""

from collections.abc import Collection
from dataclasses import dataclass

from comity.application.alarm_standing import is_untaken
from comity.application.node import Node
from comity.application.ports.call_channel import CallNotice
from comity.domain.line import CALL, Call, Called, CallOutcome, call_body
from comity.domain.records import Draft, Record
from comity.kernel.ids import RecordDigest
from comity.kernel.instants import Instant

RETRY_S = 30.0  # between two tries of one call
DETAIL_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class CallOwed:
    """One call that is to be made now."""

    escalation: RecordDigest
    channel: str
    attempt: int
    notice: CallNotice


def calls_owed(node: Node, at: Instant, channels: Collection[str]) -> list[CallOwed]:
    """What is to be called now, live and exercise; asked again, it says the same until it is on record.

    A step of the own ladder whose thing said was acknowledged meanwhile is called all the same: whoever is
    called looks at the node and finds it taken, which is better than a call that was cut off.

    Args:
        node: whose line it is.
        at: now.
        channels: names of those that this node has. A step of the own ladder by another name is owed, to be
            put down as failed. Another party's ladder names that party's channels: where this node, as the
            author's, has one of that name it calls too, while the step tells of something; else nothing is owed.
    """
    owed: list[CallOwed] = []
    if node.recovering:
        return owed
    for exercise in (False, True):
        book = node.line_of(exercise=exercise)
        for called in book.calls_owed(at, RETRY_S):
            step = called.escalation
            if step.party != node.party and not called.calls:
                has_it = step.channel in channels
                if not has_it or not is_untaken(
                    node, step.message, step.party, at, exercise=exercise
                ):
                    continue
            item = book.item(step.message)
            if item is not None:
                owed.append(_owed(called, item.author, item.said.matter, exercise=exercise,
                                  stop=item.said.stop is not None))  # fmt: skip
                continue
            told = node.hazards_of(exercise=exercise).echelons.get(step.message, step.party)
            if told is not None:  # an echelon is silent about what was told for protection
                owed.append(_owed(called, told.author, step.message, exercise=exercise, stop=False))
    return owed


def note_call(
    node: Node, owed: CallOwed, outcome: CallOutcome, detail: str, attempt: int, at: Instant
) -> Record:
    """Keep what became of a call."""
    words = "".join(each for each in detail if each.isprintable())[:DETAIL_LENGTH_MAX]
    body = call_body(Call(owed.escalation, owed.channel, attempt, outcome, words))
    return node.issue(Draft(CALL, (), body, exercise=owed.notice.exercise), at)


def _owed(called: Called, sender: str, matter: str, *, exercise: bool, stop: bool) -> CallOwed:
    step = called.escalation
    return CallOwed(
        escalation=called.digest,
        channel=step.channel,
        attempt=len(called.calls) + 1,
        notice=CallNotice(
            key=called.digest,
            sender=sender,
            party=step.party,
            echelon=step.echelon,
            step=step.step,
            matter=matter,
            message=step.message,
            stop=stop,
            exercise=exercise,
        ),
    )
