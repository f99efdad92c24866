"""Record bodies of incidents and claims, both ways; each reader names what it refuses.

Source: docs/spec/incident.md §3.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from comity.domain.groups import content_of, document
from comity.domain.incidents.claim import StatementKind
from comity.domain.incidents.claim_reader import claim_of
from comity.domain.incidents.grade import Grade
from comity.domain.incidents.said import (
    Because,
    ByRule,
    Dissent,
    File,
    Link,
    Linked,
    LinkKey,
    Links,
    Move,
    OpenedBy,
    Opening,
    Said,
    Signed,
    Standing,
    Task,
    TaskState,
    Telling,
    Unlink,
    Version,
    Withdrawal,
    Withheld,
)
from comity.domain.incidents.states import IncidentEvent, IncidentState
from comity.domain.operators import check_operator
from comity.domain.records import (
    Record,
    body_choice,
    body_digest,
    body_field,
    body_instant,
    body_integer,
    body_optional,
    body_party,
    body_rows,
    body_text,
    body_texts,
    body_words,
    encode_canonical,
)
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import (
    DIGEST,
    MINTED_ID,
    ClaimId,
    GroupId,
    IncidentId,
)
from comity.kernel.instants import Instant, StatedTime, instant_from_rfc3339

OPENING: Final = "incident.opening"
LINK: Final = "incident.link"
UNLINK: Final = "incident.unlink"
TASK: Final = "incident.task"
STATE: Final = "incident.state"
GRADE: Final = "incident.grade"
DISSENT: Final = "incident.dissent"
FILE: Final = "incident.file"
TELLING: Final = "incident.telling"
VERSION: Final = "claim.version"
WITHDRAWAL: Final = "claim.withdrawal"
PRIVATE_KINDS: Final = frozenset({OPENING, LINK, UNLINK, TASK, STATE, GRADE, DISSENT})
SHARED_KINDS: Final = frozenset({FILE, TELLING, VERSION, WITHDRAWAL})
KINDS: Final = PRIVATE_KINDS | SHARED_KINDS

TITLE_LENGTH_MAX = 200
WORDS_LENGTH_MAX = 2_000
NOTE_LENGTH_MAX = 500
OWNER_LENGTH_MAX = 100
ZONE_LENGTH_MAX = 60
LINKS_OF_RECORD_MAX = 50
LINKS_TOLD_MAX = 200
WITHHELD_MAX = 50
VERSION_MAX = 1_000
REASONS_MAX = 50
AT_HAND_MAX = 200
DOCUMENT_CANONICAL_BYTES_MAX = 256 << 10  # as a claim file
FILE_SIZE_BYTES_MAX = 1 << 40  # of one that is elsewhere; a terabyte of recordings
_STATEMENT = re.compile(r"[a-z0-9][a-z0-9-]{0,47}", re.ASCII)
_RULE = re.compile(r"G[1-9]")

Body = Mapping[str, Any]


def read_body(record: Record) -> Said:
    """What a record says.

    Raises:
        RecordError: by the codes of docs/spec/incident.md §7.
    """
    check_operator(record.kind, record.operator)
    said = _READERS[record.kind](record.body)
    ids: list[str] = [said.claim_id] if isinstance(said, Withdrawal) else [said.incident]
    if isinstance(said, Version):
        ids.append(said.claim_id)
    if isinstance(said, Task):
        ids.append(said.task)
    for each in ids:
        if each.partition("/")[0] != record.author:
            raise RecordError("incident-owner", f"{each} is not of {record.author}")
    if isinstance(said, Telling) and not record.recipients:
        raise RecordError("incident-recipients", "a telling that goes to nobody")
    return said


def to_body(said: Said) -> dict[str, Any]:
    """The record form; its kind is `kind_of`."""
    return _WRITERS[type(said)](said)


def kind_of(said: Said) -> str:
    """The kind of record that says it."""
    return _KIND_OF[type(said)]


def document_digest(tree: Body) -> str:
    """SHA-256 of a claim file's canonical JSON: its name through records and languages.

    Raises:
        InputError: `document`: it has no canonical form, or is too large.
    """
    try:
        content = encode_canonical(dict(tree))
    except InputError as error:
        raise InputError("document", error.why) from error
    if len(content) > DOCUMENT_CANONICAL_BYTES_MAX:
        why = f"{len(content)} bytes of canonical JSON, at most {DOCUMENT_CANONICAL_BYTES_MAX}"
        raise InputError("document", why)
    return hashlib.sha256(content).hexdigest()


# Readers


def _read_opening(body: Body) -> Opening:
    because = body_field(body, "because")
    if type(because) is not dict:
        raise RecordError("field-form", "because: not an object")
    source = body_choice(because, "source", OpenedBy)
    record = body_optional(because, "record", body_digest)
    if (record is None) is not (source is OpenedBy.PERSON):
        raise RecordError("incident-because", f"{source} with record {record}")
    begins, ends = _times(body)
    return Opening(
        incident=_incident(body),
        kind=body_choice(body, "kind", StatementKind),
        title=body_words(body, "title", TITLE_LENGTH_MAX),
        words=body_words(body, "words", WORDS_LENGTH_MAX, empty=True),
        because=Because(source, record),
        begins=begins,
        ends=ends,
    )


def _read_links(body: Body) -> Links:
    return Links(_incident(body), _links(body, 1, LINKS_OF_RECORD_MAX))


def _read_unlink(body: Body) -> Unlink:
    key = LinkKey(body_choice(body, "what", Linked), body_digest(body, "digest"), _part(body))
    return Unlink(_incident(body), key, body_words(body, "reason", WORDS_LENGTH_MAX))


def _read_task(body: Body) -> Task:
    return Task(
        incident=_incident(body),
        task=body_text(body, "task", MINTED_ID),
        version=body_integer(body, "version", 1, VERSION_MAX),
        title=body_words(body, "title", TITLE_LENGTH_MAX),
        owner=body_words(body, "owner", OWNER_LENGTH_MAX),
        party=body_party(body, "party"),
        due=body_instant(body, "due"),
        state=body_choice(body, "state", TaskState),
        words=body_words(body, "words", WORDS_LENGTH_MAX, empty=True),
    )


def _read_state(body: Body) -> Move:
    event = body_choice(body, "event", IncidentEvent)
    return Move(_incident(body), event, body_words(body, "reason", WORDS_LENGTH_MAX))


def _read_file(body: Body) -> File:
    name = body_words(body, "name", 120)
    content = body_optional(body, "content_base64", _any_text)
    media_type = body_optional(body, "media_type", _any_text)
    found = None
    if content is not None:
        try:
            found = document(name, content_of(content))
        except InputError as error:
            raise RecordError("incident-file", f"{error.field}: {error.why}") from error
    sha256 = body_digest(body, "sha256")
    size_bytes = body_integer(body, "size_bytes", 1, FILE_SIZE_BYTES_MAX)
    if found is None and media_type is not None:
        raise RecordError("incident-file", "media_type: of bytes that are not here")
    if found is not None and (sha256, size_bytes, media_type) != (
        found.sha256,
        len(found.content),
        found.media_type.value,
    ):
        why = (
            f"sha256: its bytes are {found.media_type}, {len(found.content)} bytes, {found.sha256}"
        )
        raise RecordError("incident-file", why)
    return File(
        incident=_incident(body),
        name=name,
        sha256=sha256,
        size_bytes=size_bytes,
        media_type=media_type,
        description=body_words(body, "description", NOTE_LENGTH_MAX, empty=True),
        origin=body_words(body, "origin", TITLE_LENGTH_MAX),
        obtained_at=body_optional(body, "obtained_at", body_instant),
        document=found,
    )


def _read_version(body: Body) -> Version:
    standing = body_choice(body, "standing", Standing)
    published_as = body_optional(
        body, "published_as", lambda b, n: body_words(b, n, NOTE_LENGTH_MAX)
    )
    if (published_as is None) is not (standing is Standing.OWN):
        raise RecordError("claim-standing", f"{standing} with published_as {published_as!r:.80}")
    tree = body_field(body, "document")
    if type(tree) is not dict:
        raise RecordError("field-form", "document: not an object")
    try:
        sha256, claim = document_digest(tree), claim_of(tree)
    except InputError as error:
        raise RecordError("claim-document", f"{error.field}: {error.why}") from error
    return Version(
        claim_id=_claim(body),
        incident=_incident(body),
        version=body_integer(body, "version", 1, VERSION_MAX),
        standing=standing,
        published_as=published_as,
        document=tree,
        sha256=sha256,
        claim=claim,
    )


def _read_withdrawal(body: Body) -> Withdrawal:
    return Withdrawal(_claim(body), body_words(body, "reason", WORDS_LENGTH_MAX))


def _read_grade(body: Body) -> Signed:
    stated = body_field(body, "by_rule")
    if type(stated) is not dict:
        raise RecordError("field-form", "by_rule: not an object")
    by_rule = ByRule(
        body_choice(stated, "grade", Grade),
        body_text(stated, "rule", _RULE),
        _reasons(stated),
    )
    grade = body_choice(body, "grade", Grade)
    words = body_words(body, "words", WORDS_LENGTH_MAX, empty=True)
    if grade is not by_rule.grade and not words.strip():
        raise RecordError("incident-reasoned", f"{grade}, by the rule {by_rule.grade}: say why")
    return Signed(
        incident=_incident(body),
        claim_id=_claim(body),
        version=body_integer(body, "version", 1, VERSION_MAX),
        sha256=body_digest(body, "document"),
        statement=body_text(body, "statement", _STATEMENT),
        grade=grade,
        by_rule=by_rule,
        at_hand=body_texts(body, "at_hand", DIGEST, 0, AT_HAND_MAX),
        words=words,
        replaces=body_optional(body, "replaces", body_digest),
    )


def _read_dissent(body: Body) -> Dissent:
    return Dissent(
        _incident(body),
        body_digest(body, "grade"),
        body_choice(body, "would_be", Grade),
        body_words(body, "words", WORDS_LENGTH_MAX),
    )


def _read_telling(body: Body) -> Telling:
    begins, ends = _times(body)
    withheld = body_rows(body, "withheld", _withheld_row, 0, WITHHELD_MAX)
    if len({(each.what, each.reason) for each in withheld}) != len(withheld):
        raise RecordError("incident-link", "withheld: two rows alike")
    group = body_optional(body, "group", lambda b, n: body_text(b, n, MINTED_ID))
    return Telling(
        incident=_incident(body),
        version=body_integer(body, "version", 1, VERSION_MAX),
        kind=body_choice(body, "kind", StatementKind),
        title=body_words(body, "title", TITLE_LENGTH_MAX),
        words=body_words(body, "words", WORDS_LENGTH_MAX, empty=True),
        begins=begins,
        ends=ends,
        state=body_choice(body, "state", IncidentState),
        links=_links(body, 0, LINKS_TOLD_MAX),
        withheld=withheld,
        group=None if group is None else GroupId(group),
        beside=body_optional(body, "beside", body_digest),
    )


_READERS: Mapping[str, Callable[[Body], Said]] = {
    OPENING: _read_opening,
    LINK: _read_links,
    UNLINK: _read_unlink,
    TASK: _read_task,
    STATE: _read_state,
    FILE: _read_file,
    VERSION: _read_version,
    WITHDRAWAL: _read_withdrawal,
    GRADE: _read_grade,
    DISSENT: _read_dissent,
    TELLING: _read_telling,
}
_KIND_OF: Mapping[type, str] = {
    Opening: OPENING,
    Links: LINK,
    Unlink: UNLINK,
    Task: TASK,
    Move: STATE,
    File: FILE,
    Version: VERSION,
    Withdrawal: WITHDRAWAL,
    Signed: GRADE,
    Dissent: DISSENT,
    Telling: TELLING,
}


# Parts


def _incident(body: Body) -> IncidentId:
    return IncidentId(body_text(body, "incident", MINTED_ID))


def _claim(body: Body) -> ClaimId:
    return ClaimId(body_text(body, "claim", MINTED_ID))


def _part(body: Body) -> str | None:
    return body_optional(body, "part", lambda b, n: body_words(b, n, TITLE_LENGTH_MAX))


def _any_text(body: Body, name: str) -> str:
    value = body_field(body, name)
    if type(value) is not str:
        raise RecordError("field-form", f"{name}: not a text")
    return value


def _times(body: Body) -> tuple[StatedTime | None, StatedTime | None]:
    begins, ends = _time(body, "begins"), _time(body, "ends")
    if ends is not None and (begins is None or ends.instant < begins.instant):
        raise RecordError("incident-time", "ends: without a beginning, or before it")
    return begins, ends


def _time(body: Body, name: str) -> StatedTime | None:
    value = body_field(body, name)
    if value is None:
        return None
    if type(value) is not dict:
        raise RecordError("field-form", f"{name}: not an object")
    at: Instant = body_instant(value, "at")
    stated = body_words(value, "stated", 40)
    try:
        meant = instant_from_rfc3339(stated, f"{name}.stated")
    except InputError as error:
        raise RecordError("incident-time", f"{error.field}: {error.why}") from error
    if meant != at:
        raise RecordError("incident-time", f"{name}: {stated!r} means {meant}, not {at}")
    return StatedTime(at, stated, body_words(value, "zone", ZONE_LENGTH_MAX))


def _links(body: Body, least: int, most: int) -> tuple[Link, ...]:
    rows = body_rows(body, "links", _link_of, least, most)
    if len({each.key for each in rows}) != len(rows):
        raise RecordError("incident-link", "links: two rows alike")
    return rows


def _link_of(row: Body) -> Link:
    return Link(
        body_choice(row, "what", Linked),
        body_digest(row, "digest"),
        _part(row),
        body_words(row, "words", NOTE_LENGTH_MAX, empty=True),
    )


def _withheld_row(row: Body) -> Withheld:
    what = _any_text(row, "what")
    if what not in WITHHELD_WHAT:
        raise RecordError("field-form", f"what: {what!r:.80} is none of {', '.join(WITHHELD_WHAT)}")
    return Withheld(what, body_integer(row, "count", 1, 100_000), body_words(row, "reason", 200))


WITHHELD_WHAT = tuple(sorted({each.value for each in Linked} | {"task"}))


def _reasons(body: Body) -> tuple[str, ...]:
    value = body_field(body, "reasons")
    if type(value) is not list:
        raise RecordError("field-form", "reasons: not an array")
    if not 1 <= len(value) <= REASONS_MAX:
        raise RecordError("field-limit", f"reasons: {len(value)}, 1 to {REASONS_MAX}")
    return tuple(
        body_words({f"reasons[{i}]": each}, f"reasons[{i}]", WORDS_LENGTH_MAX)
        for i, each in enumerate(value)
    )


# Writers


def _head(said: Opening | Telling) -> dict[str, Any]:
    return {
        "begins": _time_body(said.begins),
        "ends": _time_body(said.ends),
        "incident": said.incident,
        "kind": said.kind.value,
        "title": said.title,
        "words": said.words,
    }


def _time_body(time: StatedTime | None) -> dict[str, Any] | None:
    if time is None:
        return None
    return {"at": str(time.instant), "stated": time.as_stated, "zone": time.zone}


def _link_row(link: Link) -> dict[str, Any]:
    return {
        "digest": link.digest,
        "part": link.part,
        "what": link.what.value,
        "words": link.words,
    }


def _file_body(said: File) -> dict[str, Any]:
    content = None if said.document is None else said.document.content
    return {
        "content_base64": None if content is None else base64.b64encode(content).decode(),
        "description": said.description,
        "incident": said.incident,
        "media_type": said.media_type,
        "name": said.name,
        "obtained_at": None if said.obtained_at is None else str(said.obtained_at),
        "origin": said.origin,
        "sha256": said.sha256,
        "size_bytes": said.size_bytes,
    }


def _grade_body(said: Signed) -> dict[str, Any]:
    by_rule = said.by_rule
    return {
        "at_hand": list(said.at_hand),
        "by_rule": {
            "grade": by_rule.grade.value,
            "reasons": list(by_rule.reasons),
            "rule": by_rule.rule,
        },
        "claim": said.claim_id,
        "document": said.sha256,
        "grade": said.grade.value,
        "incident": said.incident,
        "replaces": said.replaces,
        "statement": said.statement,
        "version": said.version,
        "words": said.words,
    }


def _opening_body(said: Opening) -> dict[str, Any]:
    source = {"record": said.because.record, "source": said.because.source.value}
    return {"because": source, **_head(said)}


def _links_body(said: Links) -> dict[str, Any]:
    return {"incident": said.incident, "links": [_link_row(each) for each in said.links]}


def _unlink_body(said: Unlink) -> dict[str, Any]:
    key = said.key
    row = {"digest": key.digest, "part": key.part, "what": key.what.value}
    return {"incident": said.incident, "reason": said.reason, **row}


def _task_body(said: Task) -> dict[str, Any]:
    return {
        "due": str(said.due),
        "incident": said.incident,
        "owner": said.owner,
        "party": said.party,
        "state": said.state.value,
        "task": said.task,
        "title": said.title,
        "version": said.version,
        "words": said.words,
    }


def _move_body(said: Move) -> dict[str, Any]:
    return {"event": said.event.value, "incident": said.incident, "reason": said.reason}


def _version_body(said: Version) -> dict[str, Any]:
    return {
        "claim": said.claim_id,
        "document": dict(said.document),
        "incident": said.incident,
        "published_as": said.published_as,
        "standing": said.standing.value,
        "version": said.version,
    }


def _withdrawal_body(said: Withdrawal) -> dict[str, Any]:
    return {"claim": said.claim_id, "reason": said.reason}


def _dissent_body(said: Dissent) -> dict[str, Any]:
    return {
        "grade": said.grade,
        "incident": said.incident,
        "words": said.words,
        "would_be": said.would_be.value,
    }


def _telling_body(said: Telling) -> dict[str, Any]:
    return {
        **_head(said),
        "beside": said.beside,
        "group": said.group,
        "links": [_link_row(each) for each in said.links],
        "state": said.state.value,
        "version": said.version,
        "withheld": [
            {"count": each.count, "reason": each.reason, "what": each.what}
            for each in said.withheld
        ],
    }


_WRITERS: Mapping[type, Callable[[Any], dict[str, Any]]] = {
    Opening: _opening_body,
    Links: _links_body,
    Unlink: _unlink_body,
    Task: _task_body,
    Move: _move_body,
    File: _file_body,
    Version: _version_body,
    Withdrawal: _withdrawal_body,
    Signed: _grade_body,
    Dissent: _dissent_body,
    Telling: _telling_body,
}
