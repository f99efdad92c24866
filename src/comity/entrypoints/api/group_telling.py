"""Working groups in the words of the API. Nothing is decided here."""

import base64
from collections.abc import Iterable

from comity.application.node import Node
from comity.domain.groups import (
    Admission,
    Document,
    Filed,
    Membership,
    Post,
    Said,
    Task,
    TaskState,
    heads_of,
    standing_of_author,
)
from comity.domain.records import Record
from comity.entrypoints.api.group_messages import (
    AdmissionTold,
    DocumentTold,
    GroupActTold,
    GroupLineTold,
    GroupTold,
    PartyInGroup,
    PostTold,
    TaskTold,
    TaskVersionTold,
)
from comity.entrypoints.api.telling import tell_record
from comity.kernel.ids import GroupId
from comity.kernel.instants import Instant

SAID_TOLD_MAX = 500  # of each: the newest posts, documents and tasks


def tell_group(node: Node, group: GroupId, at: Instant, *, exercise: bool) -> GroupTold:
    """One group: who is in, and what was said."""
    held = node.groups_of(exercise=exercise).get(group)
    membership, creation = held.membership, held.membership.creation
    said = sorted(held.said.values(), key=lambda e: (e.record.made_at, e.record.digest))
    return GroupTold(
        group=group,
        owner=membership.owner,
        type=None if creation is None else creation.type.value,
        name=None if creation is None else creation.name,
        terms=None if creation is None else creation.terms,
        legal_basis=None if creation is None else creation.legal_basis,
        labels=[] if creation is None else list(creation.labels),
        contested=membership.contested,
        exercise=exercise,
        standing=membership.standing_of(node.party).value,
        parties=_tell_parties(node, membership),
        admissions=[_tell_admission(node, membership, each) for each in membership.standing],
        posts=[_tell_post(membership, e, e.body) for e in said if isinstance(e.body, Post)][
            -SAID_TOLD_MAX:
        ],
        documents=[
            tell_document(membership, e, e.body.document) for e in said if isinstance(e.body, Filed)
        ][-SAID_TOLD_MAX:],
        tasks=_tell_tasks(said, at)[-SAID_TOLD_MAX:],
        meetings=[
            meeting
            for meeting, each in node.meetings_of(exercise=exercise).meetings().items()
            if each.group == group
        ],
        unmatched=len(membership.unmatched),
    )


def tell_group_line(node: Node, group: GroupId, at: Instant, *, exercise: bool) -> GroupLineTold:
    """One group in a list."""
    held = node.groups_of(exercise=exercise).get(group)
    membership, creation = held.membership, held.membership.creation
    tasks = _tell_tasks(held.said.values(), at)
    return GroupLineTold(
        group=group,
        name=None if creation is None else creation.name,
        type=None if creation is None else creation.type.value,
        standing=membership.standing_of(node.party).value,
        contested=membership.contested,
        exercise=exercise,
        members=list(membership.members()),
        undecided=list(membership.undecided(node.party)),
        overdue_tasks=sum(any(v.overdue for v in each.versions) for each in tasks),
    )


def tell_document(
    membership: Membership, said: Said, document: Document, *, with_content: bool = False
) -> DocumentTold:
    """One document."""
    body, record = said.body, said.record
    size_bytes = record.body["size_bytes"]
    return DocumentTold(
        digest=record.digest,
        author=record.author,
        author_standing=standing_of_author(membership, said).value,
        operator=record.operator,
        at=str(record.made_at),
        matter=body.matter if isinstance(body, Filed) else None,
        name=document.name,
        media_type=document.media_type.value,
        size_bytes=size_bytes,
        sha256=document.sha256,
        recipients=list(record.recipients),
        labels=list(record.labels),
        earlier=said.earlier,
        content_base64=base64.b64encode(document.content).decode() if with_content else None,
    )


def tell_group_act(node: Node, record: Record) -> GroupActTold:
    """What a person's act made."""
    return GroupActTold(
        record=tell_record(node, record.digest, record.kind), group=record.body["group"]
    )


def _tell_parties(node: Node, membership: Membership) -> list[PartyInGroup]:
    return [
        PartyInGroup(
            party=party,
            own=party == node.party,
            standing=membership.standing_of(party).value,
            we_share=membership.shares(node.party, party),
            shares_with_us=membership.shares(party, node.party),
            waiting_for=list(membership.waiting_for(party))
            if party in membership.members()
            else [],
        )
        for party in sorted({each.party for each in membership.standing})
    ]


def _tell_admission(node: Node, membership: Membership, admission: Admission) -> AdmissionTold:
    ends = membership.ended_by.get(admission, ())
    effects = membership.effects.get(admission, {})
    ours = [effects.get(node.party), membership.barred.get(admission, {}).get(node.party), *ends]
    places = [
        each.index
        for digest in ours
        if digest is not None
        for each in node.deliveries(digest)
        if each.reader == admission.party
    ]
    return AdmissionTold(
        admission=admission.digest,
        party=admission.party,
        by=membership.by[admission],
        standing=membership.standing[admission].value,
        consents={p: said.value for p, said in membership.consents.get(admission, {}).items()},
        ended_by=list(ends),
        effects={str(party): str(digest) for party, digest in effects.items()},
        effect_index=min(places, default=None),
        barred_by=sorted(membership.barred.get(admission, {})),
        opened_by=sorted(membership.openings.get(admission, ())),
    )


def _tell_post(membership: Membership, said: Said, body: Post) -> PostTold:
    record = said.record
    return PostTold(
        digest=record.digest,
        author=record.author,
        author_standing=standing_of_author(membership, said).value,
        operator=record.operator,
        at=str(record.made_at),
        matter=body.matter,
        subject=body.subject,
        language=body.language,
        text=body.text,
        recipients=list(record.recipients),
        labels=list(record.labels),
        earlier=said.earlier,
    )


def _tell_tasks(said: Iterable[Said], at: Instant) -> list[TaskTold]:
    by_task: dict[str, list[Said]] = {}
    for each in said:
        if isinstance(each.body, Task):
            by_task.setdefault(each.body.task, []).append(each)
    told: list[TaskTold] = []
    for task, versions in by_task.items():
        heads = heads_of(versions)
        told.append(
            TaskTold(
                task=task,
                rival=len(heads) > 1,
                versions=[
                    _tell_version(each, each.body, at)
                    for each in heads
                    if isinstance(each.body, Task)
                ],
            )
        )
    return told


def _tell_version(said: Said, body: Task, at: Instant) -> TaskVersionTold:
    return TaskVersionTold(
        digest=said.record.digest,
        author=said.record.author,
        operator=said.record.operator,
        at=str(said.record.made_at),
        title=body.title,
        owner=body.owner,
        person=body.person,
        due=str(body.due),
        state=body.state.value,
        overdue=body.state is TaskState.OPEN and body.due < at,
    )
