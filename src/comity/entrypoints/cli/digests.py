"""Digests as people type them: whole, or by the beginning where it fits one thing alone."""

import re
from collections.abc import Callable, Iterable

from comity.entrypoints.api.incident_messages import IncidentTold
from comity.entrypoints.api.messages import AgreementsTold, RecordsBeginningTold
from comity.entrypoints.cli.access import NodeClient
from comity.kernel.errors import InputError
from comity.kernel.ids import DIGEST

DIGITS_MIN = 8
"""Characters of a digest's beginning: two things of one node do not share them by chance."""
_BEGINNING = re.compile(rf"[0-9a-f]{{{DIGITS_MIN},64}}")


def digits(stated: str, field: str = "digest") -> str:
    """A digest or its beginning, checked before it becomes part of a path.

    Raises:
        InputError: `field`: not 8 to 64 lower-case hex digits.
    """
    if _BEGINNING.fullmatch(stated) is None:
        why = f"{stated[:80]!r} is not {DIGITS_MIN} to 64 hex digits of a digest"
        raise InputError(field, why)
    return stated


def whole_digest(stated: str, known: Iterable[str], field: str, things: str) -> str:
    """The one digest that begins so; a whole one is given back as it is, known or not.

    Args:
        stated: as typed.
        known: digests among which it is looked for.
        field: under which a refusal stands.
        things: what they are, for the refusal: "files of this incident".

    Raises:
        InputError: `field`: no hex digits, too few of them, or how many things they fit, where it is not one.
    """
    if DIGEST.fullmatch(digits(stated, field)):
        return stated
    return _only(stated, sorted({each for each in known if each.startswith(stated)}), field, things)


def record_typed(client: NodeClient, stated: str, field: str) -> str:
    """The whole digest of a record in the node's journal.

    Raises:
        InputError: as `whole_digest`.
    """
    if DIGEST.fullmatch(digits(stated, field)):
        return stated
    told = client.get("/v1/records", RecordsBeginningTold, begins=stated)
    if told.count > len(told.digests):
        raise InputError(field, f"{stated!r} fits {told.count} records here; give more of it")
    return _only(stated, told.digests, field, "records")


def id_or_record_typed(client: NodeClient, stated: str, field: str) -> str:
    """The whole digest of a record where the beginning fits one; where it fits none as typed, for it may be an id.

    Raises:
        InputError: `field`: it fits more than one record.
    """
    if DIGEST.fullmatch(stated) or _BEGINNING.fullmatch(stated) is None:
        return stated
    told = client.get("/v1/records", RecordsBeginningTold, begins=stated)
    return _only(stated, told.digests, field, "records") if told.count else stated


def agreement_typed(client: NodeClient, stated: str, field: str) -> str:
    """The whole digest of an agreement that the node holds.

    Raises:
        InputError: as `whole_digest`.
    """
    if DIGEST.fullmatch(digits(stated, field)):
        return stated
    told = client.get("/v1/agreements", AgreementsTold)
    return whole_digest(stated, (each.digest for each in told.agreements), field, "agreements")


def withheld_typed(stated: Iterable[str], whole: Callable[[str], str]) -> list[tuple[str, str]]:
    """Digests and reasons of DIGEST=REASON, each digest made whole.

    Raises:
        InputError: `withhold`: not of the form, no reason, or a digest that `whole` refuses.
    """
    found = []
    for each in stated:
        digest, equals, reason = each.partition("=")
        if not equals or not reason.strip():
            raise InputError("withhold", f"{each[:80]!r} is not DIGEST=REASON")
        found.append((whole(digest), reason))
    return found


def _only(stated: str, found: list[str], field: str, things: str) -> str:
    if len(found) == 1:
        return found[0]
    more = "give more of it" if found else "of what is not among them give all 64 digits"
    raise InputError(field, f"{stated!r} fits {len(found)} {things} here; {more}")


def to_link_typed(
    client: NodeClient, incident: str, what: str, stated: str, *, exercise: bool
) -> str:
    """What is to be linked to an incident: an agreement, a file of it, a record; of an alert its id will do.

    Args:
        client: the node.
        incident: its path.
        what: the kind of thing, as `incident link` takes it.
        stated: as typed.
        exercise: in which world.

    Raises:
        InputError: under the kind of thing, as `whole_digest`.
    """
    if what == "agreement":
        return agreement_typed(client, stated, what)
    if what == "alert":
        return id_or_record_typed(client, stated, what)
    if what in {"file", "track"}:
        return file_typed(client, incident, stated, what, exercise=exercise)
    return record_typed(client, stated, what)


def file_typed(
    client: NodeClient, incident: str, stated: str, field: str, *, exercise: bool
) -> str:
    """The whole SHA-256 of a file of an incident.

    Raises:
        InputError: as `whole_digest`.
    """
    if DIGEST.fullmatch(digits(stated, field)):
        return stated
    told = client.get(incident, IncidentTold, exercise=exercise)
    return whole_digest(
        stated, (each.sha256 for each in told.files), field, "files of the incident"
    )


def linked_typed(
    client: NodeClient, incident: str, stated: str, what: str | None = None, *, exercise: bool
) -> str:
    """The whole digest of what is linked in an incident; `what` names the kind, None takes any.

    Raises:
        InputError: as `whole_digest`.
    """
    field = what or "withhold"
    if DIGEST.fullmatch(digits(stated, field)):
        return stated
    told = client.get(incident, IncidentTold, exercise=exercise)
    known = (each.digest for each in told.links if what in {None, each.what})
    return whole_digest(stated, known, field, "links of the incident")


def grade_typed(client: NodeClient, incident: str, stated: str, *, exercise: bool) -> str:
    """The whole digest of the record of a grade in an incident.

    Raises:
        InputError: as `whole_digest`.
    """
    if DIGEST.fullmatch(digits(stated, "grade")):
        return stated
    told = client.get(incident, IncidentTold, exercise=exercise)
    return whole_digest(
        stated, (each.record for each in told.grades), "grade", "grades of the incident"
    )
