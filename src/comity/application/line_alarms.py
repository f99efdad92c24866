"""What of the line rings at once: a FLASH, a stop, a ladder's step, a line that does not work."""

from typing import TYPE_CHECKING

from comity.application.alarm import Alarm
from comity.domain.line import ESCALATION, STATUS, LineState
from comity.domain.line.content import SAID_KINDS, STOP, Precedence
from comity.domain.records import Record
from comity.kernel.instants import Instant

if TYPE_CHECKING:
    from comity.application.node import Node

TEXT_RUNG_MAX = 200  # of a text; the whole of it is a command away


def ring_for(node: "Node", record: Record, received_at: Instant) -> None:
    """Ring for one record of the line, once it is applied; again at each replay, like all alarms."""
    book = node.line_of(exercise=record.exercise)
    banner = "EXERCISE " if record.exercise else ""
    own = record.author == node.party

    def ring(code: str, text: str) -> None:
        node.alarm(Alarm(received_at, code, banner + text, record.author, record.digest))

    if record.kind in SAID_KINDS:
        item = book.item(record.digest)
        if item is None:
            return
        if record.kind == STOP:
            ring(
                "stop-requested", f"STOP REQUESTED by {record.author}: {_one_line(item.said.text)}"
            )
        elif item.said.precedence is Precedence.FLASH and not own:
            ring("flash", f"FLASH from {record.author}: {_one_line(item.said.text)}")
    elif record.kind == ESCALATION:
        body = record.body
        ring(
            "escalation",
            f"{body['party']} has not taken it: step {body['step']}, {body['echelon']}",
        )
    elif record.kind == STATUS and record.body["state"] == LineState.DEGRADED:
        ends = f"{record.author} and {', '.join(record.recipients)}"
        ring("line-degraded", f"between {ends}: {record.body['why']}")


def _one_line(text: str) -> str:
    return " / ".join(text.split("\n"))[:TEXT_RUNG_MAX]
