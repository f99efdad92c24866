"""What of the line rings at once: a FLASH, a stop, a ladder's step, a call that failed, a line that does not work."""

from typing import TYPE_CHECKING

from comity.application.alarm import Alarm
from comity.domain.line import CALL, ESCALATION, STATUS, CallOutcome, LineState
from comity.domain.line.content import SAID_KINDS, STOP, Precedence
from comity.domain.line.upkeep import CALL_TRIES_MAX, read_call, read_escalation
from comity.domain.records import Record
from comity.kernel.ids import RecordDigest
from comity.kernel.instants import Instant

if TYPE_CHECKING:
    from comity.application.node import Node

TEXT_RUNG_MAX = 200  # of a text; the whole of it is a command away


def ring_for(node: "Node", record: Record, received_at: Instant) -> None:
    """Ring for one record of the line, once it is applied; again at each replay, like all alarms."""
    book = node.line_of(exercise=record.exercise)
    banner = "EXERCISE " if record.exercise else ""
    own = record.author == node.party

    def ring(code: str, text: str, about: RecordDigest | None = None, **values: str) -> None:
        node.alarm(
            Alarm(
                received_at, code, banner + text, record.author, record.digest, code,
                tuple(values.items()), about, record.exercise,
            )
        )  # fmt: skip

    if record.kind in SAID_KINDS:
        item = book.item(record.digest)
        if item is None:
            return
        text, language = _one_line(item.said.text), item.said.language
        if record.kind == STOP:
            words = f"STOP REQUESTED by {record.author}: {text}"
            ring("stop-requested", words, party=record.author, said=text, language=language)
        elif item.said.precedence is Precedence.FLASH and not own:
            words = f"FLASH from {record.author}: {text}"
            ring("flash", words, party=record.author, said=text, language=language)
    elif record.kind == ESCALATION:
        _ring_for_step(node, record, received_at)
    elif record.kind == CALL:
        call = read_call(record)
        called = book.calls_of(call.escalation)
        if call.outcome is CallOutcome.SENT or call.attempt < CALL_TRIES_MAX or called is None:
            return
        if called.escalation.party != node.party:
            return  # another party's ladder, which its own node carries as well; channels are its own
        ring(
            "call-failed",
            f"{call.channel} called nobody, and is not tried again: {call.detail}",
            called.escalation.message,
            party=node.party,
            channel=call.channel,
            detail=call.detail,
        )
    elif record.kind == STATUS and record.body["state"] == LineState.DEGRADED:
        others, why = ", ".join(record.recipients), str(record.body["why"])
        words = f"between {record.author} and {others}: {why}"
        ring("line-degraded", words, party=record.author, others=others, why=why)


def _ring_for_step(node: "Node", record: Record, received_at: Instant) -> None:
    """Say who has not taken what: whoever reads it has no time to look it up."""
    step = read_escalation(record)
    values = {"party": str(step.party), "step": str(step.step), "echelon": step.echelon}
    item = node.line_of(exercise=record.exercise).item(step.message)
    held = node.notices_of(exercise=record.exercise).get(step.message)
    says = "escalation"
    what = "it"
    said = ""
    if item is not None:
        said = _one_line(item.said.text)
        values |= {"precedence": item.said.precedence.value, "sender": str(item.author)}
        values |= {"said": said, "language": item.said.language}
        says, what = "escalation-said", f"{item.said.precedence.value.upper()} of {item.author}"
    elif held is not None:
        said = _one_line(held.notice.place or held.notice.description)
        values |= {"sender": str(held.author), "said": said, "language": "und"}
        says, what = "escalation-notice", f"the notice of {held.author}"
    text = f"{step.party} has not taken {what}: step {step.step}, {step.echelon}"
    banner = "EXERCISE " if record.exercise else ""
    node.alarm(
        Alarm(
            received_at, "escalation", f"{banner}{text}{': ' if said else ''}{said}", record.author, record.digest,
            says, tuple(values.items()), step.message, record.exercise,
        )
    )  # fmt: skip


def _one_line(text: str) -> str:
    return " / ".join(text.split("\n"))[:TEXT_RUNG_MAX]
