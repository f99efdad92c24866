"""What an owner's person answers to a notice, and what a person says of who has what was told for protection."""

from collections.abc import Sequence

from comity.application.node import Node
from comity.domain.agreement import EchelonLevel
from comity.domain.hazards import (
    OBJECTION,
    RECEIPT,
    EchelonReceipt,
    Objection,
    Told,
    objection_to_body,
    receipt_to_body,
)
from comity.domain.records import Draft, Record
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import (
    MovementId,
    NoticeId,
    OperatorId,
    PartyId,
    RecordDigest,
    SiteId,
)
from comity.kernel.instants import Instant


def object_to_notice(
    node: Node,
    notice: NoticeId,
    ids: Sequence[str],
    words: str,
    operator: OperatorId,
    at: Instant,
    *,
    taken_back: bool = False,
    exercise: bool = False,
) -> Record:
    """Object to a notice of another party, or take that back. It commands nobody.

    Raises:
        InputError: no such notice is known here; a site or movement is not ours, or the author was not told of it.
    """
    author = PartyId(notice.partition("/")[0])
    if author == node.party:
        raise InputError("notice", f"{notice} is our own; its owners object to it")
    record = _revision(node, notice, exercise=exercise)
    for index, name in enumerate(ids):
        if not _is_known_to(node, name, author, at, exercise=exercise):
            why = f"{name} is not ours, or {author} may not know of it; object without naming it"
            raise InputError(f"ids[{index}]", why)
    objection = Objection(notice, record, tuple(ids), words, taken_back)
    body = objection_to_body(objection)
    return _issue(node, Draft(OBJECTION, (author,), body, operator, exercise=exercise), at)


def receive_for_echelon(
    node: Node,
    record: RecordDigest,
    level: str,
    name: str,
    holder: str,
    had_at: Instant | None,
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> Record:
    """Say that an echelon of this party has what was told to it: who there, and since when.

    Raises:
        InputError: nothing that stands was told to this party by that record; or a field is refused.
    """
    told = told_to(node, record, exercise=exercise)
    if level not in set(EchelonLevel):
        raise InputError("level", f"{level[:40]!r} is none of {', '.join(EchelonLevel)}")
    named = [each for each in told.expected if (each.level, each.name) == (level, name)]
    if not named:
        known = ", ".join(f"{each.level} {each.name!r}" for each in told.expected)
        raise InputError("name", f"{level} {name[:64]!r} is none of: {known}")
    since = at if had_at is None else had_at
    if since > at:
        raise InputError("had_at", f"{since} is later than now, {at}")
    receipt = EchelonReceipt(record, EchelonLevel(level), name, holder, since)
    body = receipt_to_body(receipt)
    return _issue(node, Draft(RECEIPT, (told.author,), body, operator, exercise=exercise), at)


def told_to(node: Node, record: RecordDigest, *, exercise: bool) -> Told:
    """What was told to this party by a record.

    Raises:
        InputError: nothing that stands was.
    """
    told = node.hazards_of(exercise=exercise).echelons.get(record, node.party)
    if told is None:
        why = f"{record[:12]} tells this party of no notice, site or movement that stands"
        raise InputError("record", why)
    return told


def _revision(node: Node, notice: NoticeId, *, exercise: bool) -> RecordDigest:
    """The newest revision that this node knows of, as a recipient or by a touch."""
    book = node.hazards_of(exercise=exercise)
    try:
        return node.notices_of(exercise=exercise).latest(notice)[-1].record
    except InputError:
        touches = [each for each in book.touches_received() if each.told.notice == notice]
        if not touches:
            raise
        return touches[-1].told.record


def _is_known_to(node: Node, name: str, author: PartyId, at: Instant, *, exercise: bool) -> bool:
    """Whether a site or movement of ours is one that the author of a notice may know of."""
    site = node.sites_of(exercise=exercise).notified(SiteId(name), author, at)
    movement = node.movements_of(exercise=exercise).notified(MovementId(name), author, at)
    return site is not None or movement is not None


def _issue(node: Node, draft: Draft, at: Instant) -> Record:
    try:
        return node.issue(draft, at)
    except RecordError as error:
        raise InputError(error.field or "record", error.why) from error
