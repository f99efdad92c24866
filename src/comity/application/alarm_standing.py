"""Whether what an alarm told of goes on: it leaves the screen once it was taken, answered or is over."""

from typing import TYPE_CHECKING

from comity.application.alarm import Alarm
from comity.application.audit_alarm import AUDIT_UNREACHED, collector_unreached
from comity.application.erasure_alarms import CODES as ERASURE_CODES
from comity.application.erasure_alarms import erasure_goes_on
from comity.domain.line import Item, LineBook, LineState, StopState
from comity.kernel.errors import InputError
from comity.kernel.ids import NoticeId, RecordDigest
from comity.kernel.instants import Instant

if TYPE_CHECKING:
    from comity.application.node import Node


def goes_on(node: "Node", alarm: Alarm, at: Instant) -> bool | None:
    """Whether it goes on; None: it tells of something that happened, which has no end.

    What this node cannot see the end of goes on: a thing that it has forgotten is not known to be over.
    """
    match alarm.code:
        case "flash" | "stop-requested":
            return _said_goes_on(node, alarm, at)
        case "escalation" | "call-failed":
            return _step_goes_on(node, alarm, at)
        case "line-degraded":
            return _line_goes_on(node, alarm)
        case "frozen" | "certificate-not-yet-valid" | "certificate-expired":
            return _peer_goes_on(node, alarm)
        case "key-ends" | "audit-not-handed-on" | "reading-not-recorded":
            return _own_goes_on(node, alarm)
        case "notice-touches" | "objection":
            return _notice_goes_on(node, alarm, at)
    return erasure_goes_on(node, alarm, at) if alarm.code in ERASURE_CODES else None


def _said_goes_on(node: "Node", alarm: Alarm, at: Instant) -> bool:
    if alarm.digest is None:
        return True
    book = node.line_of(exercise=alarm.exercise)
    item = book.item(alarm.digest)
    if item is None:  # forgotten by the book long after it was over
        return False
    if _is_closed(book, item, at):
        return False
    if item.own:
        return bool(item.waiting_for())
    mine = item.answers.get(node.party)
    return mine is None or mine.acknowledged is None


def _step_goes_on(node: "Node", alarm: Alarm, at: Instant) -> bool:
    party = dict(alarm.values).get("party")
    if alarm.about is None or party is None:
        return True
    return is_untaken(node, alarm.about, party, at, exercise=alarm.exercise)


def is_untaken(
    node: "Node", about: RecordDigest, party: str, at: Instant, *, exercise: bool
) -> bool:
    """Whether a ladder's step still tells of something.

    Until the party that had not taken it has, its matter is closed, or its stop is over; of what was told
    for protection, until no echelon of the party is silent about it.
    """
    book = node.line_of(exercise=exercise)
    item = book.item(about)
    if item is None:
        silences = node.hazards_of(exercise=exercise).echelons.silences(at)
        return any((each.record, each.party) == (about, party) for each in silences)
    return not _is_closed(book, item, at) and party in item.waiting_for()


def _is_closed(book: LineBook, item: Item, at: Instant) -> bool:
    """A stop ends when it is released or lapses; all else when somebody closes its matter after it was said."""
    if item.said.stop is not None:
        return item.stop_state(at) is not StopState.REQUESTED
    matter = book.matter(item.said.matter)
    closed = None if matter is None else matter.closed_by
    return closed is not None and closed.digest != item.digest


def _own_goes_on(node: "Node", alarm: Alarm) -> bool:
    """What this node says of itself."""
    if alarm.code == "key-ends":
        ends = node.key_ends()
        return ends is None or dict(alarm.values).get("at") == str(ends)
    if alarm.code == AUDIT_UNREACHED:
        return collector_unreached(node, alarm)
    return node.recovering


def _peer_goes_on(node: "Node", alarm: Alarm) -> bool:
    """Until a person unfroze the peer, or its certificate is taken."""
    if alarm.code == "frozen":
        return alarm.peer in node.frozen
    return alarm.peer is not None and node.out_of_time.get(alarm.peer) == alarm.code


def _line_goes_on(node: "Node", alarm: Alarm) -> bool:
    """Until whoever said that the line is degraded says that it works."""
    others = dict(alarm.values).get("others", "")
    own = alarm.peer == node.party
    ends = others.split(", ") if own else [alarm.peer]
    peers = [each for each in node.peers() if each in ends]
    said = [
        line.recorded if own else line.told
        for line in (node.line_of(exercise=False).checks.line(each) for each in peers)
    ]
    return any(each is not None and each.state is LineState.DEGRADED for each in said)


def _notice_goes_on(node: "Node", alarm: Alarm, at: Instant) -> bool:
    """Until a person here has acknowledged the notice, or it is over, taken back or replaced."""
    notice = dict(alarm.values).get("notice")
    if notice is None:
        return True
    book = node.notices_of(exercise=alarm.exercise)
    held = None if alarm.about is None else book.get(RecordDigest(alarm.about))
    if held is None:
        try:
            held = book.latest(NoticeId(notice))[-1]
        except InputError:
            return False
    if not held.stands or held.window[1] <= at:
        return False
    if alarm.code == "objection":
        objections = node.hazards_of(exercise=alarm.exercise).objections(held.record)
        return any(each.party == alarm.peer for each in objections)
    return not any(party == node.party for party, _ in held.acknowledged)
