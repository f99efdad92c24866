"""The lines of a pack's files: sites, movements, notices, and what was taken back.

Source: docs/spec/pack.md §4.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from comity.domain.evidence.fields import FieldReader
from comity.domain.evidence.limits import PART_SIZE_BYTES_MAX
from comity.domain.notices import NOTICE, Notice, notice_to_body, read_body
from comity.domain.packs.reasons import PackReason
from comity.domain.records import Record, decode_canonical, encode_canonical
from comity.domain.sites import NotifiedMovement, NotifiedSite
from comity.domain.sites.bodies import notified_from_body as site_from_body
from comity.domain.sites.movements import notified_from_body as movement_from_body
from comity.kernel.errors import RecordError
from comity.kernel.ids import DIGEST, MINTED_ID, NODE_OPERATOR, KeyId, PartyId, RecordDigest
from comity.kernel.instants import Instant

WHY_TAKEN_BACK: Final = frozenset({"consent-withdrawn", "ended", "erased"})


class What(StrEnum):
    """What an id of a pack is of."""

    SITE = "site"
    MOVEMENT = "movement"


_SITE = frozenset({"received_at", "record", "site"})
_MOVEMENT = frozenset({"movement", "received_at"})
_NOTICE = frozenset({"author", "notice", "received_at", "record"})
_TAKEN_BACK = frozenset({"id", "what", "why"})


@dataclass(frozen=True, slots=True)
class PackedSite:
    """A site as the recipient may know it.

    Attributes:
        received_at: when the maker learnt of this version; of its own, when it came into its state.
        record: the notice that told the maker; None: the maker speaks for it.
    """

    notified: NotifiedSite
    received_at: Instant
    record: RecordDigest | None

    @property
    def id(self) -> str:
        """By which lines are ordered."""
        return self.notified.site


@dataclass(frozen=True, slots=True)
class PackedMovement:
    """A movement as the recipient may know it."""

    notified: NotifiedMovement
    received_at: Instant

    @property
    def id(self) -> str:
        """By which lines are ordered."""
        return self.notified.movement


@dataclass(frozen=True, slots=True)
class PackedNotice:
    """A revision of a notice that stands."""

    notice: Notice
    author: PartyId
    record: RecordDigest
    received_at: Instant

    @property
    def id(self) -> str:
        """By which lines are ordered: several revisions of one notice may stand."""
        return self.record


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What an earlier pack for this recipient held and none may hold any more.

    Attributes:
        why: `consent-withdrawn`, `ended` or `erased`.
    """

    what: What
    id: str
    why: str


Packed = TypeVar("Packed", PackedSite, PackedMovement, PackedNotice, TakenBack)


def site_line(site: PackedSite) -> bytes:
    """One line of `sites.jsonl`."""
    return _line({
        "received_at": str(site.received_at), "record": site.record, "site": site.notified.to_body(),
    })  # fmt: skip


def movement_line(movement: PackedMovement) -> bytes:
    """One line of `movements.jsonl`."""
    return _line(
        {"movement": movement.notified.to_body(), "received_at": str(movement.received_at)}
    )


def notice_line(notice: PackedNotice) -> bytes:
    """One line of `notices.jsonl`."""
    return _line({
        "author": notice.author, "notice": notice_to_body(notice.notice),
        "received_at": str(notice.received_at), "record": notice.record,
    })  # fmt: skip


def taken_back_line(taken: TakenBack) -> bytes:
    """One line of `taken-back.jsonl`."""
    return _line({"id": taken.id, "what": taken.what.value, "why": taken.why})


def read_site(value: object, place: str) -> PackedSite:
    """One line of `sites.jsonl`, or raises `pack-contents`."""
    read = FieldReader(value, _SITE, PackReason.CONTENTS, place)
    record = read.optional_text("record")
    if record is not None and DIGEST.fullmatch(record) is None:
        raise read.refused("record is no digest")
    notified = _body(site_from_body, _members(value)["site"], place)
    return PackedSite(
        notified, read.instant("received_at"), None if record is None else RecordDigest(record)
    )


def read_movement(value: object, place: str) -> PackedMovement:
    """One line of `movements.jsonl`."""
    read = FieldReader(value, _MOVEMENT, PackReason.CONTENTS, place)
    body = _members(value)["movement"]
    if type(body) is not dict:
        raise read.refused("movement is not an object")
    notified = _body(lambda of, _: movement_from_body(of), body, place)
    return PackedMovement(notified, read.instant("received_at"))


def read_notice(value: object, place: str) -> PackedNotice:
    """One line of `notices.jsonl`."""
    read = FieldReader(value, _NOTICE, PackReason.CONTENTS, place)
    body, author = _members(value)["notice"], read.party("author")
    if type(body) is not dict:
        raise read.refused("notice is not an object")
    record = read.text("record")
    if DIGEST.fullmatch(record) is None:
        raise read.refused("record is no digest")
    received_at = read.instant("received_at")
    said = _said(body, author, RecordDigest(record), received_at)
    notice = _body(lambda of, _: read_body(of), said, place)
    if not isinstance(notice, Notice):
        raise read.refused("notice is none")
    return PackedNotice(notice, author, RecordDigest(record), received_at)


def read_taken_back(value: object, place: str) -> TakenBack:
    """One line of `taken-back.jsonl`."""
    read = FieldReader(value, _TAKEN_BACK, PackReason.CONTENTS, place)
    what, name, why = read.text("what"), read.text("id"), read.text("why")
    if what not in tuple(What) or MINTED_ID.fullmatch(name) is None:
        raise read.refused("what or id is not of its form")
    if why not in WHY_TAKEN_BACK:
        raise read.refused(f"why is none of {', '.join(sorted(WHY_TAKEN_BACK))}")
    return TakenBack(What(what), name, why)


def read_lines(
    lines: Iterable[bytes], name: str, read: Callable[[object, str], Packed], count: int
) -> Iterator[Packed]:
    """The lines of one file, ascending by id, as many as the manifest says.

    Raises:
        RecordError: `pack-contents`, `pack-order` or `pack-count`.
    """
    last = ""
    found = 0
    for number, line in enumerate(lines, start=1):
        place = f"{name} line {number}"
        found = number
        if number > count:
            raise RecordError(PackReason.COUNT, f"{place}: the manifest says {count}")
        try:
            value = decode_canonical(line, PART_SIZE_BYTES_MAX)
        except RecordError as error:
            raise RecordError(PackReason.CONTENTS, f"{place}: {error}") from error
        packed = read(value, place)
        if packed.id <= last:
            raise RecordError(PackReason.ORDER, f"{place}: {packed.id} is not behind {last}")
        last = packed.id
        yield packed
    if found != count:
        raise RecordError(PackReason.COUNT, f"{name}: {found} lines; the manifest says {count}")


Read = TypeVar("Read")


def _body(read: Callable[[Any, str], Read], value: object, place: str) -> Read:
    try:
        return read(value, place)
    except RecordError as error:
        raise RecordError(PackReason.CONTENTS, f"{place}: {error}") from error


def _said(body: Mapping[str, Any], author: PartyId, digest: RecordDigest, at: Instant) -> Record:
    """The record that a notice stood in, as far as its reader looks at it: the pack holds no envelope."""
    return Record(
        digest=digest,
        envelope_bytes=b"",
        kind=NOTICE,
        kind_version=1,
        author=author,
        operator=NODE_OPERATOR,
        recipients=(author,),
        labels=(),
        exercise=False,
        sequence=0,
        previous=None,
        made_at=at,
        expires_at=None,
        body=body,
        key_id=KeyId(""),
    )


def _members(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _line(value: Mapping[str, Any]) -> bytes:
    return encode_canonical(dict(value), PART_SIZE_BYTES_MAX) + b"\n"
