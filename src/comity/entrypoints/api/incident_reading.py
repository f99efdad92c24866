"""What a person writes of incidents and claims, into the types of the room."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from comity.adapters.claim_files import offset_s
from comity.domain.groups import content_of, document
from comity.domain.incidents import (
    Because,
    File,
    HeldIncident,
    Link,
    Linked,
    OpenedBy,
    Opening,
    StatementKind,
    Task,
    TaskState,
    check_zone,
    claim_of,
)
from comity.entrypoints.api.incident_messages import (
    FileOf,
    LinkWritten,
    OpenIncident,
    SetTaskOf,
    TimeWritten,
)
from comity.kernel.errors import InputError
from comity.kernel.ids import IncidentId, PartyId, RecordDigest, minted_id, party_id, record_digest
from comity.kernel.instants import StatedTime, instant_from_rfc3339


def read_opening(data: OpenIncident, alert_record: Callable[[str], RecordDigest]) -> Opening:
    """An opening without its id.

    Args:
        data: as written.
        alert_record: an alert's record, by its digest or the beginning of the alert's id.

    Raises:
        InputError: a time without its zone, impossible, or in an offset that was not in force there.
    """
    because = Because(OpenedBy.PERSON, None)
    if data.because is not None:
        source, stated = OpenedBy(data.because.source), data.because.record
        is_alert = source is OpenedBy.ALERT
        because = Because(source, alert_record(stated) if is_alert else record_digest(stated))
    return Opening(
        incident=IncidentId(""),
        kind=StatementKind(data.kind),
        title=data.title,
        words=data.words,
        because=because,
        begins=_time(data.begins, "begins"),
        ends=_time(data.ends, "ends"),
    )


def read_link(data: LinkWritten, alert_record: Callable[[str], RecordDigest]) -> Link:
    """A link; an alert's record may be named by the beginning of the alert's id."""
    what = Linked(data.what)
    digest = alert_record(data.digest) if what is Linked.ALERT else record_digest(data.digest)
    return Link(what, digest, data.part, data.words)


def read_task(held: HeldIncident, data: SetTaskOf, me: PartyId) -> Task:
    """A task, or its next version: what is left out stays as it was.

    Raises:
        InputError: of a new task, `title`, `owner` or `due` is missing.
    """
    task_id = "" if data.task is None else minted_id(data.task, "task")
    due = None if data.due is None else instant_from_rfc3339(data.due, "due")
    if task_id:
        if task_id not in held.tasks:
            raise InputError("task", f"{task_id} is no task of {held.id}")
        latest = held.tasks[task_id][-1]
        before = latest.task
        if data.base is not None and data.base != before.version:
            why = f"version {data.base}; changed since, by {latest.made.operator}: version {before.version} stands"
            raise InputError("base", why)
        return replace(
            before,
            title=before.title if data.title is None else data.title,
            owner=before.owner if data.owner is None else data.owner,
            party=before.party if data.party is None else party_id(data.party),
            due=before.due if due is None else due,
            state=TaskState(data.state),
            words=data.words,
        )
    if data.base is not None:
        raise InputError("base", "a new task has none")
    if data.title is None or data.owner is None or due is None:
        missing = [n for n in ("title", "owner", "due") if getattr(data, n) is None]
        raise InputError(missing[0], "is missing: a new task has a title, an owner and a due time")
    return Task(
        incident=held.id,
        task="",
        version=1,
        title=data.title,
        owner=data.owner,
        party=me if data.party is None else party_id(data.party),
        due=due,
        state=TaskState(data.state),
        words=data.words,
    )


def read_file(incident: IncidentId, data: FileOf) -> File:
    """A file, from its bytes or by its digest and size.

    Raises:
        InputError: as `groups.document`; or neither bytes nor digest and size are stated.
    """
    obtained = (
        None if data.obtained_at is None else instant_from_rfc3339(data.obtained_at, "obtained_at")
    )
    found = None
    if data.content_base64 is not None:
        found = document(data.name, content_of(data.content_base64))
        if data.sha256 not in (None, found.sha256):
            raise InputError("sha256", f"the bytes hash to {found.sha256}")
        sha256, size_bytes = found.sha256, len(found.content)
    elif data.sha256 is None or data.size_bytes is None:
        raise InputError(
            "content_base64", "is missing; without bytes sha256 and size_bytes are wanted"
        )
    else:
        sha256, size_bytes = str(record_digest(data.sha256)), data.size_bytes
    return File(
        incident=incident,
        name=data.name,
        sha256=sha256,
        size_bytes=size_bytes,
        media_type=None if found is None else found.media_type.value,
        description=data.description,
        origin=data.origin,
        obtained_at=obtained,
        document=found,
    )


def read_claim(tree: dict[str, Any]) -> None:
    """Check a claim file, its zones by this machine's time zone data.

    Raises:
        InputError: the first field that is not of the form, by its path.
    """
    claim_of(tree, offset_s)


def _time(data: TimeWritten | None, field: str) -> StatedTime | None:
    if data is None:
        return None
    instant = instant_from_rfc3339(data.stated, f"{field}.stated")
    stated = data.stated.strip()
    offset = "Z" if stated[-1] in "Zz" else stated[-6:]
    if "/" in data.zone:
        check_zone(data.zone, offset_s(data.zone, instant), stated, f"{field}.zone")
    return StatedTime(instant, stated, data.zone or offset)
