"""Owners are told of packs that other parties make of what they speak for: who, until when, for whom, how finely.

Source: docs/spec/pack.md §2.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from comity.domain.packs.contents import What
from comity.domain.packs.holding import (
    Exported,
    ExportFormat,
    Held,
    MadePack,
    PackBook,
    merge,
    read_rows,
    rows_of,
)
from comity.domain.packs.limits import FORGOTTEN_S, IDS_HELD_MAX, PACKS_HELD_MAX, WORDS_LENGTH_MAX
from comity.domain.packs.reasons import PackReason
from comity.domain.records import Draft, Record
from comity.domain.records.body_fields import choice, digest, instant, text, words
from comity.kernel.errors import RecordError
from comity.kernel.ids import MINTED_ID, OPERATOR_ID, OperatorId, PackId, PartyId, RecordDigest
from comity.kernel.instants import Instant

TOLD: Final = "pack.told"
SHARED_KINDS: Final = frozenset({TOLD})
FORMS_MAX: Final = 100  # of one pack in one word: the newest


@dataclass(frozen=True, slots=True)
class TheirPack:
    """A pack of another party that holds what we speak for, as its node told.

    Attributes:
        record: of the pack's manifest, which stays with its maker.
        by: who made it.
        holder: for whom, in the maker's words.
        held: sites, or movements, of ours.
        forms: in which it was written for other tools since, and for whom; the last `FORMS_MAX`.
    """

    maker: PartyId
    pack: PackId
    record: RecordDigest
    by: OperatorId
    holder: str
    made_at: Instant
    expires_at: Instant
    exercise: bool
    held: tuple[Held, ...]
    forms: tuple[Exported, ...] = ()

    def finest_mm(self, what: What, name: str) -> int | None:
        """How finely it holds a site or movement; None: not at all."""
        found = [each.precision_mm for each in self.held if each.what is what and each.holds(name)]
        return min(found, default=None)


class ToldPacks:
    """What owners are owed of packs made here, and what other parties told of theirs."""

    def __init__(self, me: PartyId, made: PackBook) -> None:
        self._me = me
        self._made = made
        self._told: dict[tuple[PackId, PartyId, What], tuple[Exported, ...]] = {}
        self._to_tell: dict[PackId, None] = {}
        self._theirs: dict[tuple[PackId, What], TheirPack] = {}
        self._ids = 0
        self._passed: set[PartyId] = set()
        self._offered: PartyId | None = None

    def packs(self) -> Iterable[TheirPack]:
        """Packs of others that hold what we speak for; sites and movements apart."""
        return self._theirs.values()

    def holding(self, what: What, name: str) -> Iterator[tuple[TheirPack, int]]:
        """Those that hold a site or movement of ours, and how finely; expired ones too: bytes do not vanish."""
        for each in self._theirs.values():
            finest_mm = each.finest_mm(what, name)
            if finest_mm is not None:
                yield each, finest_mm

    def note_made(self, pack: PackId) -> None:
        """A pack was made here, or written in another form: its owners are owed word of it."""
        self._to_tell[pack] = None

    def apply(self, record: Record) -> None:
        """Take in one word of a pack, own or another party's.

        Raises:
            RecordError: a code of docs/spec/pack.md §8; nothing changed.
        """
        told = read_told(record)
        what = told.held[0].what
        if record.author == self._me:
            self._told[told.pack, record.recipients[0], what] = told.forms
            return
        count = sum(len(each.numbers) for each in told.held)
        self._make_room(count, record.made_at)
        before = self._theirs.pop((told.pack, what), None)
        if before is not None:
            self._ids -= sum(len(each.numbers) for each in before.held)
        self._theirs[told.pack, what] = told
        self._ids += count

    def next_owed(self, peers: tuple[PartyId, ...]) -> Draft | None:
        """The next word owed to an owner, or None; `apply` of it makes it owed no more."""
        for pack in list(self._to_tell):
            made = self._made.get(pack)
            owed = [] if made is None else list(self._owed(made))
            for owner, _, rows in owed:
                if made is not None and owner in peers and owner not in self._passed:
                    self._offered = owner
                    body = _told_body(made, rows)
                    return Draft(TOLD, (owner,), body, exercise=made.exercise)
            if not owed:
                del self._to_tell[pack]
        return None

    def pass_over(self) -> None:
        """Offer nothing more to the owner offered last; `try_again` does."""
        if self._offered is not None:
            self._passed.add(self._offered)

    def try_again(self) -> None:
        """What stood in the way may have gone."""
        self._passed.clear()

    def _owed(self, made: MadePack) -> Iterator[tuple[PartyId, What, list[Held]]]:
        found: dict[tuple[PartyId, What], list[Held]] = {}
        for held in made.held:
            if held.owner != self._me:
                found.setdefault((held.owner, held.what), []).append(held)
        for (owner, what), rows in sorted(found.items()):
            told = self._told.get((made.manifest.pack, owner, what))
            if told is None or not set(_forms(made)) <= set(told):
                yield owner, what, rows

    def _make_room(self, more: int, at: Instant) -> None:
        """Let go of what expired long ago, and of what expired first where there is no room."""
        for key, each in sorted(self._theirs.items(), key=lambda item: item[1].expires_at):
            full = len(self._theirs) >= PACKS_HELD_MAX or self._ids + more > IDS_HELD_MAX
            if each.expires_at > at or not (
                full or each.expires_at.or_last_plus_s(FORGOTTEN_S) <= at
            ):
                break
            del self._theirs[key]
            self._ids -= sum(len(held.numbers) for held in each.held)
        if self._ids + more > IDS_HELD_MAX or len(self._theirs) >= PACKS_HELD_MAX:
            why = f"{len(self._theirs)} packs of others in force; at most {PACKS_HELD_MAX}"
            raise RecordError(PackReason.LIMIT, why)


def read_told(record: Record) -> TheirPack:
    """What a party says of a pack of its own to an owner of what is in it.

    Raises:
        RecordError: `missing-field`, `field-form`, `field-limit`, `one-recipient` or `pack-holding`.
    """
    body = record.body
    if len(record.recipients) != 1:
        why = f"{len(record.recipients)} recipients; it goes to one party"
        raise RecordError("one-recipient", why)
    pack = text(body, "pack", MINTED_ID)
    if not pack.startswith(f"{record.author}/"):
        raise RecordError(PackReason.HOLDING, f"{pack} is no pack of {record.author}")
    what = choice(body, "what", What)
    held = read_rows(body, lambda _row: (what, record.recipients[0]))
    if not any(len(each.numbers) for each in held):
        raise RecordError("field-form", "rows: none")
    return TheirPack(
        record.author,
        PackId(pack),
        RecordDigest(digest(body, "record")),
        OperatorId(text(body, "by", OPERATOR_ID)),
        words(body, "holder", WORDS_LENGTH_MAX),
        instant(body, "made_at"),
        instant(body, "expires_at"),
        record.exercise,
        held,
        _read_forms(body),
    )


def told_to_body(told: TheirPack) -> dict[str, Any]:
    """The record form."""
    forms = [
        {
            "at": str(each.at), "by": each.operator, "format": each.format.value,
            "sha256": each.sha256, "viewer": each.viewer,
        }
        for each in told.forms
    ]  # fmt: skip
    return {
        **({"forms": forms} if forms else {}),
        "by": told.by,
        "expires_at": str(told.expires_at),
        "holder": told.holder,
        "made_at": str(told.made_at),
        "pack": told.pack,
        "record": told.record,
        "rows": rows_of(told.held),
        "what": told.held[0].what.value,
    }


def _told_body(made: MadePack, held: list[Held]) -> Mapping[str, Any]:
    by_precision: dict[int, list[Held]] = {}
    for each in held:
        by_precision.setdefault(each.precision_mm, []).append(each)
    merged = tuple(merge(rows) for _, rows in sorted(by_precision.items()))
    manifest = made.manifest
    told = TheirPack(
        PartyId(manifest.pack.partition("/")[0]),
        manifest.pack,
        made.record,
        made.operator,
        manifest.holder,
        made.made_at,
        made.expires_at,
        made.exercise,
        merged,
        _forms(made),
    )
    return told_to_body(told)


def _forms(made: MadePack) -> tuple[Exported, ...]:
    return tuple(made.exports[-FORMS_MAX:])


def _read_forms(body: Mapping[str, Any]) -> tuple[Exported, ...]:
    """Left out where the pack is in no other form; an older node's word has none."""
    rows = body.get("forms", [])
    if type(rows) is not list or len(rows) > FORMS_MAX:
        raise RecordError("field-form", f"forms: not an array of at most {FORMS_MAX}")
    found = []
    for row in rows:
        if type(row) is not dict:
            raise RecordError("field-form", "forms: not an object")
        found.append(
            Exported(
                instant(row, "at"),
                choice(row, "format", ExportFormat),
                words(row, "viewer", WORDS_LENGTH_MAX),
                digest(row, "sha256"),
                OperatorId(text(row, "by", OPERATOR_ID)),
            )
        )
    return tuple(found)
