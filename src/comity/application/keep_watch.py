"""What officers on watch do: take the watch, leave it, hand it over, and check the line by hand."""

from comity.application.node import Node
from comity.domain.line import (
    CHECK,
    CHECK_ANSWER,
    HANDOVER,
    HANDOVER_ACCEPTANCE,
    WATCH,
    CheckWants,
    Handover,
    HandoverSeen,
    handover_body,
    ladder_of,
)
from comity.domain.records import Draft, Record
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant


def take_watch(
    node: Node,
    echelon: str,
    operator: OperatorId,
    at: Instant,
    *,
    reach: str = "",
    exercise: bool = False,
) -> Record:
    """Put oneself on watch; the other parties are told who it is and how to reach them.

    Raises:
        InputError: another officer has that watch; they hand it over or leave it.
    """
    watches = node.line_of(exercise=exercise).watches
    present = watches.officer(node.party, echelon)
    if present == operator:
        raise InputError("echelon", f"{operator} has the watch {echelon!r} already")
    if present is not None:
        raise InputError("echelon", f"{present} has the watch {echelon!r}; it is handed over")
    return _watch(node, echelon, operator, operator, at, reach, exercise=exercise)


def echelon_flags(node: Node, echelon: str, at: Instant) -> tuple[str, ...]:
    """That no step of this party's ladder calls an echelon of that name: nothing is carried up to it."""
    called = [step.echelon for step in ladder_of(node.terms(at), node.party)]
    if echelon in called:
        return ()
    return (f"no step of the ladder calls {echelon!r}; it calls {', '.join(map(repr, called))}",)


def leave_watch(
    node: Node, echelon: str, operator: OperatorId, at: Instant, *, exercise: bool = False
) -> Record:
    """End a watch with nobody after; a supervisor may end another's.

    Raises:
        InputError: nobody has that watch.
    """
    if node.line_of(exercise=exercise).watches.officer(node.party, echelon) is None:
        raise InputError("echelon", f"nobody has the watch {echelon!r}")
    return _watch(node, echelon, None, operator, at, "", exercise=exercise)


def hand_over(
    node: Node,
    echelon: str,
    to: OperatorId,
    operator: OperatorId,
    at: Instant,
    *,
    remark: str = "",
    exercise: bool = False,
) -> Record:
    """Offer the watch to another officer, with every open matter and its last record named.

    Raises:
        InputError: the watch is another's, or a limit is broken.
    """
    book = node.line_of(exercise=exercise)
    if book.watches.officer(node.party, echelon) != operator:
        raise InputError("echelon", f"{operator} has not the watch {echelon!r}")
    matters = tuple((each.id, each.items[-1]) for each in book.open_matters())
    body = handover_body(Handover(echelon, to, matters, remark))
    return _issued(node, Draft(HANDOVER, (), body, operator, exercise=exercise), at)


def accept_watch(
    node: Node,
    handover: RecordDigest,
    operator: OperatorId,
    at: Instant,
    *,
    reach: str = "",
    exercise: bool = False,
) -> tuple[Record, Record]:
    """Take the watch that was offered: both officers have then signed the list of open matters.

    Raises:
        InputError: no such hand-over, it is for another, or it was accepted before.
    """
    watches = node.line_of(exercise=exercise).watches
    seen = find_handover(node, handover, exercise=exercise)
    if seen.accepted is not None:
        raise InputError("handover", f"accepted by {seen.accepted.operator} before")
    echelon = seen.handover.echelon
    if watches.officer(node.party, echelon) != seen.given.operator:
        raise InputError(
            "handover", f"{seen.given.operator} has not the watch {echelon!r} any more"
        )
    body = {"handover": seen.given.digest}
    accepted = _issued(node, Draft(HANDOVER_ACCEPTANCE, (), body, operator, exercise=exercise), at)
    return accepted, _watch(node, echelon, operator, operator, at, reach, exercise=exercise)


def find_handover(node: Node, start: str, *, exercise: bool) -> HandoverSeen:
    """The hand-over whose digest begins so.

    Raises:
        InputError: none, or more than one.
    """
    watches = node.line_of(exercise=exercise).watches
    found = [each for each in watches.handovers() if each.given.digest.startswith(start)]
    if len(found) != 1 or not start:
        raise InputError("handover", f"{start!r} fits {len(found)} hand-overs here")
    return found[0]


def check_line(
    node: Node, peer: PartyId, operator: OperatorId, at: Instant, *, wants: CheckWants
) -> Record:
    """Check a line by hand, beside the schedule.

    Raises:
        InputError: no such peer.
    """
    if peer not in node.peers():
        raise InputError("peer", f"{peer} is not a peer of this node")
    body = {"slot": None, "wants": wants.value}
    return _issued(node, Draft(CHECK, (peer,), body, operator), at)


def answer_check(node: Node, peer: PartyId, operator: OperatorId, at: Instant) -> Record:
    """Answer, as a person, the newest check of a peer that no person here has answered.

    Raises:
        InputError: there is none.
    """
    checks = node.line.checks.line(peer).theirs.values()
    newest = next((each for each in reversed(checks) if each.by_person is None), None)
    if newest is None:
        raise InputError("peer", f"no check of {peer} waits for a person")
    return _issued(node, Draft(CHECK_ANSWER, (peer,), {"check": newest.given.digest}, operator), at)


def _watch(
    node: Node,
    echelon: str,
    officer: OperatorId | None,
    operator: OperatorId,
    at: Instant,
    reach: str,
    *,
    exercise: bool,
) -> Record:
    body = {"echelon": echelon, "officer": officer, "reach": reach}
    return _issued(node, Draft(WATCH, node.peers(), body, operator, exercise=exercise), at)


def _issued(node: Node, draft: Draft, at: Instant) -> Record:
    try:
        return node.issue(draft, at)
    except RecordError as error:
        raise InputError(error.detail.partition(":")[0] or "line", str(error)) from error
