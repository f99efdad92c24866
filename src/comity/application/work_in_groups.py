"""What a person does in a working group; each gives the record made."""

from collections.abc import Callable, Collection

from comity.application.node import Node
from comity.domain.groups import (
    Body,
    Consent,
    Document,
    Earlier,
    Filed,
    GroupDrafts,
    NewGroup,
    NewTask,
    Task,
    creation_of,
    heads_of,
    read_body,
)
from comity.domain.records import Draft, Record
from comity.kernel.errors import InputError, StoreError
from comity.kernel.ids import GroupId, OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant

ID_TOKEN_SIZE_BYTES = 8  # 16 hex digits


def mint_id(node: Node) -> str:
    """A new id of this party's: of a group, a matter, a task or a meeting (L-26)."""
    return f"{node.party}/{node.entropy.token(ID_TOKEN_SIZE_BYTES).hex()}"


def create_group(
    node: Node, wish: NewGroup, operator: OperatorId, at: Instant, *, exercise: bool = False
) -> Record:
    """Make a group and ask its first members in."""
    drafts = _drafts(node, operator, exercise=exercise)
    return node.issue(drafts.create(GroupId(mint_id(node)), wish), at)


def invite_to_group(
    node: Node,
    group: GroupId,
    party: PartyId,
    words: str,
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> Record:
    """Ask another party in; the invitation carries the creation as its owner signed it."""
    digest = creation_of(node.groups_of(exercise=exercise).get(group).membership)
    envelope = _creation_envelope(node, group, digest, exercise=exercise)
    drafts = _drafts(node, operator, exercise=exercise)
    return node.issue(drafts.invite(group, party, words, envelope), at)


def act_in_group(
    node: Node,
    act: Callable[[GroupDrafts], Draft],
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> Record:
    """Do whatever else a person does in a group, as `GroupDrafts` has it."""
    return node.issue(act(_drafts(node, operator, exercise=exercise)), at)


def say_consent(group: GroupId, party: PartyId, consent: Consent) -> Callable[[GroupDrafts], Draft]:
    """A member's word on a party that another member asked in."""
    return lambda drafts: drafts.consent(group, party, consent)


def set_task(
    node: Node,
    group: GroupId,
    task: str | None,
    wish: NewTask,
    operator: OperatorId,
    at: Instant,
    *,
    base: Collection[str] | None = None,
    exercise: bool = False,
) -> Record:
    """Set a new task (None), or the next version of one.

    Where `base` is given, it names the versions that the writer has seen, by their digests.

    Raises:
        InputError: `task`: not known here. `base`: a version stands that the writer has not seen.
    """
    held = node.groups_of(exercise=exercise).get(group)
    known = {each.record.body["task"] for each in held.said.values() if "task" in each.record.body}
    if task is not None and task not in known:
        raise InputError("task", f"{task} is not known in {group}")
    if base is not None and task is not None:
        versions = [
            each
            for each in held.said.values()
            if isinstance(each.body, Task) and each.body.task == task
        ]
        unseen = [each for each in heads_of(versions) if each.record.digest not in base]
        if unseen:
            last = unseen[-1].record
            why = f"changed since, by {last.operator} of {last.author}: {last.digest[:12]} is not among them"
            raise InputError("base", why)
    chosen = mint_id(node) if task is None else task
    drafts = _drafts(node, operator, exercise=exercise)
    return node.issue(drafts.set_task(group, chosen, wish), at)


def document_of(
    node: Node, group: GroupId, digest: RecordDigest, *, exercise: bool = False
) -> Document:
    """A document with its bytes, as its record in the store has them, checked anew.

    Raises:
        InputError: `digest`: no document of this group.
        StoreError: `journal`: the store lacks what this node took in.
    """
    said = node.groups_of(exercise=exercise).get(group).said.get(digest)
    if said is None or not isinstance(said.body, Filed):
        raise InputError("digest", f"{digest[:12]} is no document of {group}")
    body = _carried(node, said.carrier)
    if isinstance(body, Earlier):
        body = read_body(node.open_envelope(body.envelope))
    if not isinstance(body, Filed):
        raise StoreError("journal", f"{digest} is no document in the store")
    return body.document


def _carried(node: Node, carrier: RecordDigest) -> Body:
    envelope = node.store.read(carrier)
    if envelope is None:
        raise StoreError("journal", f"record {carrier} is missing")
    return read_body(node.open_envelope(envelope))


def _creation_envelope(
    node: Node, group: GroupId, digest: RecordDigest, *, exercise: bool
) -> bytes:
    records = node.groups_of(exercise=exercise).get(group).membership_records
    return records[digest][0].envelope_bytes


def _drafts(node: Node, operator: OperatorId, *, exercise: bool) -> GroupDrafts:
    return GroupDrafts(node.groups_of(exercise=exercise), node.peers(), operator)
