"""How records are cut into items. Source: EUROCONTROL-SPEC-0149 part 1, ASTERIX, §5."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fixed:
    """So many bytes."""

    size_bytes: int


@dataclass(frozen=True, slots=True)
class Extended:
    """Parts of so many bytes, on and on while the last bit of a part is set."""

    part_bytes: int = 1


@dataclass(frozen=True, slots=True)
class Repetitive:
    """A count, then so many entries."""

    entry_bytes: int


@dataclass(frozen=True, slots=True)
class Explicit:
    """A length that counts itself, then what it says."""


@dataclass(frozen=True, slots=True)
class Compound:
    """Bits that say which of the parts follow; None where a bit has no part."""

    parts: tuple["Structure | None", ...]


Structure = Fixed | Extended | Repetitive | Explicit | Compound
Profile = tuple[tuple[int, Structure] | None, ...]
"""Items in the order of their bits: number of the item and its structure; None for spare bits."""

Items = dict[int, bytes]
PRESENCE_BYTES_MAX = 8  # CAT021 has 7


class CutOffError(Exception):
    """The record ends before its items do, or names an item that the category has not."""


def cut_record(data: bytes, start: int, profile: Profile) -> tuple[Items, int]:
    """The items of the record at `start`, by number, and the place behind the record.

    Raises:
        CutOffError: see the class.
    """
    present, place = _presence(data, start)
    items: Items = {}
    for index in present:
        entry = profile[index] if index < len(profile) else None
        if entry is None:
            raise CutOffError(f"bit {index + 1} names no item")
        number, structure = entry
        end = _end_of(structure, data, place)
        if end > len(data):
            raise CutOffError(f"item {number:03} ends behind the block")
        items[number] = data[place:end]
        place = end
    return items, place


def parts_of(compound: Compound, item: bytes) -> Mapping[int, bytes]:
    """The parts of a compound item, by the number of their bit from 1."""
    present, place = _presence(item, 0)
    parts = {}
    for index in present:
        structure = compound.parts[index] if index < len(compound.parts) else None
        if structure is None:
            raise CutOffError(f"bit {index + 1} names no part")
        end = _end_of(structure, item, place)
        parts[index + 1] = item[place:end]
        place = end
    return parts


def _presence(data: bytes, start: int) -> tuple[list[int], int]:
    """Indices of the bits set in a chain of presence bytes, and the place behind it."""
    present: list[int] = []
    for place in range(start, min(start + PRESENCE_BYTES_MAX, len(data))):
        byte = data[place]
        present += [(place - start) * 7 + index for index in _BITS[byte >> 1]]
        if not byte & 1:
            return present, place + 1
    raise CutOffError("the presence bits do not end")


_BITS = tuple(tuple(index for index in range(7) if bits >> (6 - index) & 1) for bits in range(128))


def _end_of(structure: Structure, data: bytes, place: int) -> int:
    """The place behind an item; may lie behind the data, which the caller checks."""
    if isinstance(structure, Fixed):
        return place + structure.size_bytes
    if place >= len(data):
        raise CutOffError("an item begins behind the block")
    if isinstance(structure, Extended):
        place += structure.part_bytes
        while place <= len(data) and data[place - 1] & 1:
            place += structure.part_bytes
        return place
    if isinstance(structure, Repetitive):
        return place + 1 + data[place] * structure.entry_bytes
    if isinstance(structure, Explicit):
        if not data[place]:
            raise CutOffError("an explicit item has no length")
        return place + data[place]
    present, end = _presence(data, place)
    for index in present:
        part = structure.parts[index] if index < len(structure.parts) else None
        if part is None:
            raise CutOffError(f"bit {index + 1} names no part")
        end = _end_of(part, data, end)
    return end
