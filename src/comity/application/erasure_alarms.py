"""A request to erase rings where it came in; its answer, or that none has come in a day, where it was made."""

from typing import TYPE_CHECKING

from comity.application.alarm import Alarm
from comity.domain.records import Record
from comity.domain.sites import REPLY, REQUEST, ErasureWord
from comity.domain.sites.peer_erasure import ANSWER_S_MAX, Asked
from comity.kernel.ids import RecordDigest
from comity.kernel.instants import Instant

if TYPE_CHECKING:
    from comity.application.node import Node

ASKED, ANSWERED, OVERDUE = "erasure-asked", "erasure-answered", "erasure-overdue"
CODES = (ASKED, ANSWERED, OVERDUE)
HOURS = int(ANSWER_S_MAX // 3_600)


def ring_for_erasure(node: "Node", record: Record, received_at: Instant) -> None:
    """Ring for a request or an answer, once it is applied; again at each replay, like all alarms.

    Nobody's words are in it: whoever may see how the node stands may not all read of sites.
    """
    erasures = node.sites_of(exercise=record.exercise).peer_erasures
    if record.kind == REQUEST:
        asked = erasures.get(record.digest)
        if asked is not None:
            _ring_for_request(node, record, asked, received_at)
    elif record.kind == REPLY and record.author != node.party:
        word = ErasureWord(str(record.body["answer"]))
        about = RecordDigest(str(record.body["request"]))
        answered = erasures.get(about)
        n = 0 if answered is None else len(answered.request.sites)
        said = "erased" if word is ErasureWord.ERASED else "REFUSED to erase"
        text = f"{record.author} says that it {said} what it was told of {n} site(s)"
        values = (("party", str(record.author)), ("n", str(n)))
        says = f"erasure-{word.value}"
        _ring(node, record, ANSWERED, text, says, values, about, received_at)


def erasure_goes_on(node: "Node", alarm: Alarm, at: Instant) -> bool | None:
    """Until it is answered; overdue not before a day has gone by, nor once no answer can come any more."""
    if alarm.code == ANSWERED:
        return None
    book = node.sites_of(exercise=alarm.exercise)
    asked = None if alarm.about is None else book.peer_erasures.get(alarm.about)
    if asked is None:
        return True
    if alarm.code == ASKED:
        return asked.answer is None
    return book.peer_erasures.overdue(asked, at) and asked.holder not in node.removed


def _ring_for_request(node: "Node", record: Record, asked: Asked, received_at: Instant) -> None:
    n = len(asked.request.sites)
    if asked.holder == node.party:
        text = f"{asked.owner} asks us to erase what we were told of {n} site(s): a person answers"
        by = (("party", str(asked.owner)), ("n", str(n)))
        _ring(node, record, ASKED, text, ASKED, by, record.digest, received_at)
        return
    text = f"{asked.holder} has not answered in {HOURS} h a request to erase {n} site(s): not known"
    values = (("party", str(asked.holder)), ("n", str(n)), ("hours", str(HOURS)))
    _ring(node, record, OVERDUE, text, OVERDUE, values, record.digest, asked.due_at)


def _ring(
    node: "Node",
    record: Record,
    code: str,
    text: str,
    says: str,
    values: tuple[tuple[str, str], ...],
    about: RecordDigest,
    at: Instant,
) -> None:
    banner = "EXERCISE " if record.exercise else ""
    peer = record.author if code != OVERDUE else record.recipients[0]
    alarm = Alarm(
        at, code, banner + text, peer, record.digest, says, values, about, record.exercise
    )
    node.alarm(alarm)
