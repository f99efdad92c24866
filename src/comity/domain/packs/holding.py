"""Which packs a party made, what each holds how finely, and who holds it: the exposure log of packs.

Source: docs/spec/pack.md §2 and §7.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

import numpy as np

from comity.domain.geometry.point_rows import Ints
from comity.domain.packs.answers import Condition, condition_at
from comity.domain.packs.contents import What
from comity.domain.packs.limits import (
    FORGOTTEN_S,
    IDS_HELD_MAX,
    IDS_OF_A_HOLDING_MAX,
    PACKS_HELD_MAX,
    WORDS_LENGTH_MAX,
)
from comity.domain.packs.manifest import PACK, Manifest, read_manifest
from comity.domain.packs.reasons import PackReason
from comity.domain.records import Record
from comity.domain.records.body_fields import array, choice, digest, integer, text, words
from comity.domain.sites import PRECISION_MM_MAX
from comity.kernel.errors import RecordError
from comity.kernel.ids import MINTED_ID, PARTY_ID, OperatorId, PackId, PartyId, RecordDigest
from comity.kernel.instants import Instant

HOLDING: Final = "pack.holding"
EXPORT: Final = "pack.export"
KINDS: Final = frozenset({PACK, HOLDING, EXPORT})

_HEX = re.compile(r"[0-9a-f]{16}")


class ExportFormat(StrEnum):
    """Forms of a pack for tools that crews already carry."""

    KML = "kml"
    GEOJSON = "geojson"
    COT = "cot"


@dataclass(frozen=True, slots=True)
class Held:
    """What one pack holds of one owner at one precision.

    Attributes:
        numbers: the hexadecimal halves of ids, ascending.
    """

    what: What
    owner: PartyId
    precision_mm: int
    numbers: Ints

    def ids(self) -> Iterator[str]:
        """The ids in full."""
        for number in self.numbers.view(np.uint64).tolist():
            yield f"{self.owner}/{number:016x}"

    def holds(self, name: str) -> bool:
        """Whether a site or movement is in it."""
        owner, _, number = name.partition("/")
        return owner == self.owner and _holds(self.numbers, int(number, 16))


@dataclass(frozen=True, slots=True)
class Exported:
    """A pack was written in another form, for tools that people already carry."""

    at: Instant
    format: ExportFormat
    viewer: str
    sha256: str
    operator: OperatorId


@dataclass(slots=True)
class MadePack:
    """One pack that was made, and who holds it.

    Attributes:
        record: of the manifest.
        exports: forms of it that were written since.
    """

    record: RecordDigest
    manifest: Manifest
    made_at: Instant
    expires_at: Instant
    operator: OperatorId
    exercise: bool
    held: tuple[Held, ...]
    exports: list[Exported] = field(default_factory=list)

    def condition(self, at: Instant) -> Condition:
        """How it stands by this node's clock, which may have been set right since it was made."""
        return condition_at(self.made_at, self.manifest.stale_from, self.expires_at, at)

    def finest_mm(self, what: What, name: str) -> int | None:
        """How finely it holds a site or movement; None: not at all."""
        found = [each.precision_mm for each in self.held if each.what == what and each.holds(name)]
        return min(found, default=None)


class PackBook:
    """The packs of one party, rebuilt from its records by `apply` alone."""

    def __init__(self) -> None:
        self._packs: dict[PackId, MadePack] = {}
        self._by_record: dict[RecordDigest, MadePack] = {}
        self._pending: dict[PackId, list[Held]] = {}
        self._ids = 0

    def __len__(self) -> int:
        return len(self._packs)

    def packs(self) -> Iterable[MadePack]:
        """Every pack that is remembered, oldest first."""
        return self._packs.values()

    def of_record(self, record: RecordDigest) -> MadePack | None:
        """The pack whose manifest a record is, or None."""
        return self._by_record.get(record)

    def get(self, pack: PackId) -> MadePack | None:
        """One pack, or None."""
        return self._packs.get(pack)

    def holding(self, what: What, name: str) -> Iterator[tuple[MadePack, int]]:
        """Packs that hold a site or movement, and how finely; expired ones too: bytes do not vanish."""
        for each in self._packs.values():
            finest_mm = each.finest_mm(what, name)
            if finest_mm is not None:
                yield each, finest_mm

    def held_by(self, recipient: PartyId, *, exercise: bool) -> Iterator[tuple[What, str]]:
        """Whatever packs for a recipient hold: what it is, and its id, each once."""
        told: set[tuple[What, str]] = set()
        for each in self._packs.values():
            if each.manifest.recipient != recipient or each.exercise is not exercise:
                continue
            for held in each.held:
                told.update((held.what, name) for name in held.ids())
        yield from sorted(told)

    def apply(self, record: Record) -> None:
        """Take in one record of a pack.

        Raises:
            RecordError: a code of docs/spec/pack.md §8; nothing changed.
        """
        if record.kind == HOLDING:
            pack, held = read_holding(record)
            if pack in self._packs:
                raise RecordError(PackReason.HOLDING, f"{pack} is made already")
            self._make_room(sum(len(each.numbers) for each in held), record.made_at)
            self._pending.setdefault(pack, []).extend(held)
            self._ids += sum(len(each.numbers) for each in held)
        elif record.kind == PACK:
            self._take_pack(record)
        else:
            self._take_export(record)

    def _take_pack(self, record: Record) -> None:
        manifest = read_manifest(record)
        if manifest.pack in self._packs:
            raise RecordError(PackReason.FORM, f"manifest: pack: {manifest.pack} is made already")
        held = self._pending.get(manifest.pack, [])
        for what, name in ((What.SITE, "sites"), (What.MOVEMENT, "movements")):
            found = sum(len(each.numbers) for each in held if each.what == what)
            if found != manifest.counts[name]:
                why = f"{name}: {manifest.counts[name]} in the manifest, {found} in the holdings"
                raise RecordError(PackReason.HOLDING, why)
        made = MadePack(
            record.digest,
            manifest,
            record.made_at,
            record.expires_at or record.made_at,
            record.operator,
            record.exercise,
            tuple(held),
        )
        self._pending.pop(manifest.pack, None)
        self._packs[manifest.pack] = made
        self._by_record[record.digest] = made

    def _take_export(self, record: Record) -> None:
        body = record.body
        made = self._by_record.get(RecordDigest(digest(body, "record")))
        if made is None:
            raise RecordError(PackReason.UNKNOWN, "no such pack was made here")
        exported = Exported(
            record.made_at,
            choice(body, "format", ExportFormat),
            words(body, "viewer", WORDS_LENGTH_MAX),
            digest(body, "sha256"),
            record.operator,
        )
        made.exports.append(exported)

    def _make_room(self, more: int, at: Instant) -> None:
        """Let go of what expired long ago, and of what expired first where there is no room."""
        expired = sorted(
            (each for each in self._packs.values() if each.expires_at <= at),
            key=lambda each: each.expires_at,
        )
        for each in expired:
            full = len(self._packs) >= PACKS_HELD_MAX or self._ids + more > IDS_HELD_MAX
            if not full and each.expires_at.or_last_plus_s(FORGOTTEN_S) > at:
                break
            del self._packs[each.manifest.pack]
            del self._by_record[each.record]
            self._ids -= sum(len(held.numbers) for held in each.held)
        if self._ids + more > IDS_HELD_MAX:
            raise RecordError(
                PackReason.LIMIT, f"packs in force hold {self._ids} ids; at most {IDS_HELD_MAX}"
            )


def holding_bodies(
    pack: PackId, held: Mapping[tuple[What, PartyId, int], list[str]]
) -> Iterator[dict[str, Any]]:
    """The bodies of the records that say what a pack holds.

    Args:
        pack: whose.
        held: by what it is, its owner and precision: the hexadecimal halves of ids.
    """
    rows: list[dict[str, Any]] = []
    room = IDS_OF_A_HOLDING_MAX
    for (what, owner, precision_mm), numbers in sorted(held.items()):
        waiting = sorted(numbers)
        while waiting:
            taken, waiting = waiting[:room], waiting[room:]
            rows.append(
                {"numbers": taken, "owner": owner, "precision_mm": precision_mm, "what": what.value}
            )
            room -= len(taken)
            if not room:
                yield {"pack": pack, "rows": rows}
                rows, room = [], IDS_OF_A_HOLDING_MAX
    if rows:
        yield {"pack": pack, "rows": rows}


def read_holding(record: Record) -> tuple[PackId, tuple[Held, ...]]:
    """What a pack holds, as one record of it says.

    Raises:
        RecordError: `missing-field`, `field-form`, `field-limit` or `pack-holding`.
    """
    pack = text(record.body, "pack", MINTED_ID)
    if not pack.startswith(f"{record.author}/"):
        raise RecordError(PackReason.HOLDING, f"{pack} is no pack of {record.author}")
    return PackId(pack), read_rows(
        record.body,
        lambda row: (choice(row, "what", What), PartyId(text(row, "owner", PARTY_ID))),
    )


def merge(held: Sequence[Held]) -> Held:
    """Several of one owner at one precision as one."""
    first = held[0]
    if len(held) == 1:
        return first
    numbers = np.sort(np.concatenate([each.numbers.view(np.uint64) for each in held]))
    return Held(first.what, first.owner, first.precision_mm, numbers.view(np.int64))


def rows_of(held: Iterable[Held]) -> list[dict[str, Any]]:
    """What is held as rows that name neither what it is nor whose."""
    return [
        {
            "numbers": [f"{number:016x}" for number in each.numbers.view(np.uint64).tolist()],
            "precision_mm": each.precision_mm,
        }
        for each in held
    ]


def read_rows(
    body: Mapping[str, Any], of: Callable[[Mapping[str, Any]], tuple[What, PartyId]]
) -> tuple[Held, ...]:
    """Rows of ids by precision, checked to the letter.

    Args:
        body: with `rows`.
        of: what the ids of a row are, and whose.

    Raises:
        RecordError: `missing-field`, `field-form` or `field-limit`.
    """
    found = []
    for place, row in enumerate(array(body, "rows", IDS_OF_A_HOLDING_MAX)):
        if type(row) is not dict:
            raise RecordError("field-form", f"rows[{place}]: not an object")
        numbers = array(row, "numbers", IDS_OF_A_HOLDING_MAX)
        if not all(type(each) is str and _HEX.fullmatch(each) for each in numbers):
            raise RecordError("field-form", f"rows[{place}].numbers: not all of 16 hex digits")
        if any(one >= other for one, other in pairwise(numbers)):
            raise RecordError("field-form", f"rows[{place}].numbers: not ascending")
        found.append(
            Held(
                *of(row),
                integer(row, "precision_mm", 0, PRECISION_MM_MAX),
                np.array([int(each, 16) for each in numbers], np.uint64).view(np.int64),
            )
        )
    return tuple(found)


def _holds(numbers: Ints, number: int) -> bool:
    unsigned = numbers.view(np.uint64)
    place = int(np.searchsorted(unsigned, np.uint64(number)))
    return place < len(unsigned) and int(unsigned[place]) == number
