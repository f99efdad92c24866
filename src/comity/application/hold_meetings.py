"""What a person does about a meeting and in its call; each gives the record made."""

from collections.abc import Callable

from comity.application.node import Node
from comity.application.work_in_groups import mint_id
from comity.domain.meetings import MeetingDrafts, NewMeeting
from comity.domain.records import Draft, Record
from comity.kernel.ids import MeetingId, OperatorId
from comity.kernel.instants import Instant


def propose_meeting(
    node: Node, wish: NewMeeting, operator: OperatorId, at: Instant, *, exercise: bool = False
) -> Record:
    """Propose a meeting between this party and some of its peers."""
    drafts = _drafts(node, operator, exercise=exercise)
    return node.issue(drafts.propose(MeetingId(mint_id(node)), wish), at)


def act_in_meeting(
    node: Node,
    act: Callable[[MeetingDrafts], Draft],
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> Record:
    """Do whatever else a person does about a meeting, as `MeetingDrafts` has it."""
    return node.issue(act(_drafts(node, operator, exercise=exercise)), at)


def _drafts(node: Node, operator: OperatorId, *, exercise: bool) -> MeetingDrafts:
    return MeetingDrafts(node.meetings_of(exercise=exercise), node.peers(), operator)
