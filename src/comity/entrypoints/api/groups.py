"""Working groups: create, ask in, answer, leave, remove; post, file, set tasks."""

from collections.abc import Callable

from comity.application.node import Node
from comity.application.work_in_groups import (
    act_in_group,
    create_group,
    document_of,
    invite_to_group,
    mint_id,
    say_consent,
    set_task,
)
from comity.domain.groups import (
    Consent,
    GroupDrafts,
    GroupType,
    NewGroup,
    NewTask,
    TaskState,
    content_of,
    document,
)
from comity.domain.operators import Action, Operator, authorise
from comity.domain.records import Draft, Record
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.group_messages import (
    AgreeToMember,
    CreateGroup,
    DocumentTold,
    FileInGroup,
    GroupActTold,
    GroupLineTold,
    GroupReason,
    GroupTold,
    InviteToGroup,
    OpenEarlier,
    PostInGroup,
    RemoveFromGroup,
    SetTask,
)
from comity.entrypoints.api.group_telling import (
    tell_document,
    tell_group,
    tell_group_act,
    tell_group_line,
)
from comity.entrypoints.api.routing import get, post
from comity.kernel.ids import GroupId, minted_id, party_id, record_digest
from comity.kernel.instants import Instant, instant_from_rfc3339

Act = Callable[[GroupDrafts], Draft]


@post("/v1/groups", summary="Create a working group")
async def create(
    data: CreateGroup, context: ApiContext, operator: Operator, exercise: bool = False
) -> GroupActTold:
    """Its first members are asked in; nothing goes to them before they accept."""
    authorise(operator, Action.GROUP_MANAGE)
    wish = NewGroup(
        type=GroupType(data.type),
        name=data.name,
        terms=data.terms,
        legal_basis=data.legal_basis,
        members=tuple(party_id(each) for each in data.members),
        labels=tuple(data.labels),
    )
    return await _done(
        context, lambda n, at: create_group(n, wish, operator.id, at, exercise=exercise)
    )


@get("/v1/groups", summary="Working groups known here")
async def list_groups(
    context: ApiContext, operator: Operator, exercise: bool = False
) -> list[GroupLineTold]:
    """Those this party is in, is asked into, or holds any record of."""
    authorise(operator, Action.STATUS_READ)

    def work(node: Node, at: Instant) -> list[GroupLineTold]:
        groups = node.groups_of(exercise=exercise).groups()
        return [tell_group_line(node, group, at, exercise=exercise) for group in groups]

    return await context.service.do(work)


@get("/v1/groups/{owner}/{number}", summary="Show one group")
async def show_group(
    context: ApiContext, operator: Operator, owner: str, number: str, exercise: bool = False
) -> GroupTold:
    """Who is in and by whose word, who shares with whom, and what was said."""
    authorise(operator, Action.STATUS_READ)
    group = _group(owner, number)

    def work(node: Node, at: Instant) -> GroupTold:
        return tell_group(node, group, at, exercise=exercise)

    return await context.service.do(work)


@post("/v1/groups/{owner}/{number}/invite", summary="Ask another party in")
async def invite(
    data: InviteToGroup,
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    exercise: bool = False,
) -> GroupActTold:
    """Each other member shares with it only once that member has agreed."""
    authorise(operator, Action.GROUP_MANAGE)
    group, guest = _group(owner, number), party_id(data.party)

    def work(node: Node, at: Instant) -> Record:
        return invite_to_group(node, group, guest, data.words, operator.id, at, exercise=exercise)

    return await _done(context, work)


@post("/v1/groups/{owner}/{number}/consent", summary="Agree, or not, to whom another asked in")
async def consent(
    data: AgreeToMember,
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    exercise: bool = False,
) -> GroupActTold:
    """A no stands; it can be asked anew by another invitation."""
    act = say_consent(_group(owner, number), party_id(data.party), Consent(data.consent))
    return await _managed(context, operator, act, exercise=exercise)


@post("/v1/groups/{owner}/{number}/accept", summary="Enter a group")
async def accept(
    context: ApiContext, operator: Operator, owner: str, number: str, exercise: bool = False
) -> GroupActTold:
    """This agrees to share with all that the creation or the invitation names."""
    group = _group(owner, number)
    return await _managed(context, operator, lambda d: d.accept(group), exercise=exercise)


@post("/v1/groups/{owner}/{number}/decline", summary="Decline to enter")
async def decline(
    data: GroupReason,
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    exercise: bool = False,
) -> GroupActTold:
    """On record; the inviter can ask again."""
    group = _group(owner, number)
    act: Act = lambda d: d.decline(group, data.reason)  # noqa: E731 - one line says it
    return await _managed(context, operator, act, exercise=exercise)


@post("/v1/groups/{owner}/{number}/leave", summary="Leave a group")
async def leave(
    data: GroupReason,
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    exercise: bool = False,
) -> GroupActTold:
    """Nothing of it goes out any more; what was said stays."""
    group = _group(owner, number)
    act: Act = lambda d: d.leave(group, data.reason)  # noqa: E731 - one line says it
    return await _managed(context, operator, act, exercise=exercise)


@post("/v1/groups/{owner}/{number}/remove", summary="Remove a party")
async def remove(
    data: RemoveFromGroup,
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    exercise: bool = False,
) -> GroupActTold:
    """As the owner: its membership is over. As another member: this party shares with it no more."""
    group, party = _group(owner, number), party_id(data.party)
    act: Act = lambda d: d.remove(group, party, data.reason)  # noqa: E731 - one line says it
    return await _managed(context, operator, act, exercise=exercise)


@post("/v1/groups/{owner}/{number}/open", summary="Agree that a later member sees what was before")
async def open_earlier(
    data: OpenEarlier,
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    exercise: bool = False,
) -> GroupActTold:
    """Handed on by each author once every other member has agreed."""
    group, party = _group(owner, number), party_id(data.party)
    act: Act = lambda d: d.open_earlier(group, party)  # noqa: E731 - one line says it
    return await _managed(context, operator, act, exercise=exercise)


@post("/v1/groups/{owner}/{number}/posts", summary="Say something in a matter")
async def say(
    data: PostInGroup,
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    exercise: bool = False,
) -> GroupActTold:
    """It goes to the members that this party shares with, and to nobody else."""
    authorise(operator, Action.GROUP_WORK)
    group = _group(owner, number)
    stated = None if data.matter is None else minted_id(data.matter, "matter")

    def work(node: Node, at: Instant) -> Record:
        matter = stated or mint_id(node)
        return act_in_group(
            node,
            lambda d: d.post(
                group, matter, data.subject, data.text, data.language, tuple(data.labels)
            ),
            operator.id,
            at,
            exercise=exercise,
        )

    return await _done(context, work)


@post("/v1/groups/{owner}/{number}/documents", summary="Give a document to a group")
async def file(
    data: FileInGroup,
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    exercise: bool = False,
) -> GroupActTold:
    """PDF, PNG, JPEG, JSON or plain text, by its bytes; at most 256 KiB."""
    authorise(operator, Action.GROUP_WORK)
    group = _group(owner, number)
    filed = document(data.name, content_of(data.content_base64))
    matter = None if data.matter is None else minted_id(data.matter, "matter")

    def work(node: Node, at: Instant) -> Record:
        return act_in_group(
            node,
            lambda d: d.file(group, filed, matter, tuple(data.labels)),
            operator.id,
            at,
            exercise=exercise,
        )

    return await _done(context, work)


@get("/v1/groups/{owner}/{number}/documents/{digest}", summary="One document, with its bytes")
async def show_document(
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    digest: str,
    exercise: bool = False,
) -> DocumentTold:
    """Read from the store and checked anew. They are another party's bytes: open them with care."""
    authorise(operator, Action.STATUS_READ)
    group, named = _group(owner, number), record_digest(digest)

    def work(node: Node, _at: Instant) -> DocumentTold:
        held = node.groups_of(exercise=exercise).get(group)
        found = document_of(node, group, named, exercise=exercise)
        return tell_document(held.membership, held.said[named], found, with_content=True)

    return await context.service.do(work)


@post("/v1/groups/{owner}/{number}/tasks", summary="Set a task, or its next version")
async def undertake(
    data: SetTask,
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    exercise: bool = False,
) -> GroupActTold:
    """The next version takes the place of every version held here."""
    authorise(operator, Action.GROUP_WORK)
    group = _group(owner, number)
    wish = NewTask(
        title=data.title,
        owner=party_id(data.owner),
        due=instant_from_rfc3339(data.due, "due"),
        person=data.person,
        state=TaskState(data.state),
    )
    task = None if data.task is None else minted_id(data.task, "task")

    def work(node: Node, at: Instant) -> Record:
        return set_task(node, group, task, wish, operator.id, at, base=data.base, exercise=exercise)

    return await _done(context, work)


GROUP_ROUTES = (
    accept,
    consent,
    create,
    decline,
    file,
    invite,
    leave,
    list_groups,
    open_earlier,
    remove,
    say,
    show_document,
    show_group,
    undertake,
)


def _group(owner: str, number: str) -> GroupId:
    return GroupId(minted_id(f"{owner}/{number}", "group"))


async def _managed(
    context: ApiContext, operator: Operator, act: Act, *, exercise: bool
) -> GroupActTold:
    authorise(operator, Action.GROUP_MANAGE)
    return await _done(
        context, lambda n, at: act_in_group(n, act, operator.id, at, exercise=exercise)
    )


async def _done(context: ApiContext, work: Callable[[Node, Instant], Record]) -> GroupActTold:
    def told(node: Node, at: Instant) -> GroupActTold:
        return tell_group_act(node, work(node, at))

    return await context.service.do(told)
