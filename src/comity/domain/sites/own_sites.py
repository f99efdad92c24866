"""The sites a party speaks for: first versions at points in columns, everything else as it is.

An object for each of a million sites and for what it is made of takes 1.3 kB; columns take some 280 bytes, with all
that finds them. What a column does not hold, a change, a check, an end, a line or an area, makes a site an `OwnSite`.
"""

from array import array
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from comity.domain.geometry.ellipsoid import Floats
from comity.domain.sites.entry import Origin, OriginKind, SiteEntry, SiteKind
from comity.domain.sites.held import OwnSite
from comity.domain.sites.numbers import SiteNumbers
from comity.domain.sites.place import (
    ACCURACY_UNSTATED_M,
    DATUM_UNSTATED_M,
    PlaceDatum,
    point_place,
)
from comity.domain.sites.plain_entries import ABSENT, PlainEntries, Said, names_of
from comity.domain.sites.states import SiteState
from comity.kernel.ids import OperatorId, PartyId, RecordDigest, SiteId
from comity.kernel.instants import Instant
from comity.kernel.units import E7_PER_DEGREE, MM_PER_METRE

BLIND_SIZE_BYTES: Final = 16
_NOTHING: Final = Said(SiteKind.OTHER, PlaceDatum.UNSTATED, "", Origin("", OriginKind.OWNER), None)


class Source(NamedTuple):
    """The record in which sites were entered."""

    digest: RecordDigest
    at: Instant
    by: tuple[PartyId, OperatorId]


class Discs(NamedTuple):
    """Discs that hold places and their errors, and when they count, as the index takes them.

    Attributes:
        number: (N,) of the sites.
        latitude_deg, longitude_deg: (N,) of the middles.
        reach_m: (N,).
        from_s, until_s: (N,) POSIX seconds, infinite where not limited.
    """

    number: np.ndarray
    latitude_deg: Floats
    longitude_deg: Floats
    reach_m: Floats
    from_s: Floats
    until_s: Floats


class OwnSites:
    """Sites of one party by id, in the order in which they were entered.

    Args:
        numbers: of the register; a row of the columns is a number.
    """

    def __init__(self, numbers: SiteNumbers) -> None:
        self._numbers = numbers
        self._kept: dict[int, OwnSite] = {}
        self._count = 0
        self._source = array("I")  # 0: not in the columns
        self._sources: list[Source] = []
        self._said = array("I")
        self._said_all = [_NOTHING]
        self._said_slots: dict[Said, int] = {}
        self._latitude_e7, self._longitude_e7 = array("i"), array("i")
        self._radius_mm, self._accuracy_mm = array("i"), array("i")
        self._from_ms, self._until_ms, self._renew_ms = array("q"), array("q"), array("q")
        self._blinds = bytearray()
        self._names_end = array("Q")
        self._names = bytearray()

    def __len__(self) -> int:
        return self._count

    def __contains__(self, site: SiteId) -> bool:
        number = self._numbers.find(site)
        return number is not None and self._holds(number)

    def __iter__(self) -> Iterator[SiteId]:
        for number in range(len(self._numbers)):
            if self._holds(number):
                yield self._numbers[number]

    def get(self, site: SiteId) -> OwnSite | None:
        """A site to be read, or None; what is done to it is not kept."""
        number = self._numbers.find(site)
        return None if number is None else self._at(number)

    def opened(self, site: SiteId) -> OwnSite | None:
        """A site to be changed, or None; from now on it is kept as it is, and its columns hold nothing of it."""
        number = self._numbers.find(site)
        if number is None:
            return None
        own = self._at(number)
        if own is not None and number not in self._kept:
            self._kept[number] = own
            self._wipe(number)
        return own

    def put(self, site: SiteId, own: OwnSite) -> None:
        """Keep a site as it is."""
        number = self._numbers.number(site)
        if not self._holds(number):
            self._count += 1
        elif number not in self._kept:
            self._wipe(number)
        self._kept[number] = own

    def take(self, entries: PlainEntries, source: Source) -> int:
        """Keep first versions of sites that have no number yet; gives the first one's number."""
        first = self._numbers.add(entries.owner, entries.tokens)
        self._reach(first)
        count = len(entries)
        self._sources.append(source)
        self._source.extend([len(self._sources)] * count)
        slots = {id(said): self._slot_of(said) for said in set(entries.said)}
        self._said.extend([slots[id(said)] for said in entries.said])
        self._latitude_e7.extend(entries.latitude_e7)
        self._longitude_e7.extend(entries.longitude_e7)
        self._radius_mm.extend(entries.radius_mm)
        self._accuracy_mm.extend(entries.accuracy_mm)
        self._from_ms.extend(entries.valid_from_ms)
        self._until_ms.extend(entries.valid_until_ms)
        self._renew_ms.extend(entries.renew_by_ms)
        self._blinds += entries.blinds
        names = [each.encode() for each in entries.names]
        ends = np.cumsum(list(map(len, names)), dtype=np.uint64) + np.uint64(len(self._names))
        self._names_end.frombytes(ends.tobytes())
        self._names += b"".join(names)
        self._count += count
        return first

    def kind_of(self, number: int) -> SiteKind | None:
        """What the site of a number is, without a look at the rest of it; None: there is none."""
        own = self._kept.get(number)
        if own is not None:
            return own.entry.kind
        return self._said_all[self._said[number]].kind if self._holds(number) else None

    def discs(self, first: int = 0) -> Discs:
        """Of the sites in the columns, from a number on: `Place.disc` of each, and when it counts."""
        source = np.frombuffer(self._source, np.uint32)
        number = first + np.flatnonzero(source[first:])
        if not len(number):
            return Discs(number, *(np.empty(0) for _ in range(5)))
        accuracy_mm = np.frombuffer(self._accuracy_mm, np.int32)[number]
        stated_m = np.where(accuracy_mm == ABSENT, ACCURACY_UNSTATED_M, accuracy_mm / MM_PER_METRE)
        unstated = [each.datum is PlaceDatum.UNSTATED for each in self._said_all]
        datum_m = np.where(unstated, DATUM_UNSTATED_M, 0.0)
        error_m = stated_m + datum_m[np.frombuffer(self._said, np.uint32)[number]]
        from_ms = np.frombuffer(self._from_ms, np.int64)[number]
        until_ms = np.frombuffer(self._until_ms, np.int64)[number]
        return Discs(
            number,
            np.frombuffer(self._latitude_e7, np.int32)[number] / E7_PER_DEGREE,
            np.frombuffer(self._longitude_e7, np.int32)[number] / E7_PER_DEGREE,
            np.frombuffer(self._radius_mm, np.int32)[number] / MM_PER_METRE + error_m,
            np.where(from_ms == ABSENT, -np.inf, from_ms / 1000),
            np.where(until_ms == ABSENT, np.inf, until_ms / 1000),
        )

    def kept(self) -> Iterator[SiteId]:
        """The sites that are not in the columns."""
        return map(self._numbers.__getitem__, self._kept)

    def _holds(self, number: int) -> bool:
        return number in self._kept or (number < len(self._source) and self._source[number] > 0)

    def _at(self, number: int) -> OwnSite | None:
        own = self._kept.get(number)
        if own is not None or not self._holds(number):
            return own
        source = self._sources[self._source[number] - 1]
        said = self._said_all[self._said[number]]
        accuracy_mm = self._accuracy_mm[number]
        renew_by = Instant(self._renew_ms[number])
        names_from = self._names_end[number - 1] if number else 0
        entry = SiteEntry(
            site=self._numbers[number],
            version=1,
            kind=said.kind,
            names=names_of(self._names[names_from : self._names_end[number]].decode()),
            place=point_place(
                self._latitude_e7[number], self._longitude_e7[number],
                None if accuracy_mm == ABSENT else accuracy_mm, said.datum, self._radius_mm[number],
            ),
            owner=said.owner,
            contact=said.contact,
            origin=said.origin,
            valid_from=_instant(self._from_ms[number]),
            valid_until=_instant(self._until_ms[number]),
            renew_by=renew_by,
            blind=self._blinds[BLIND_SIZE_BYTES * number : BLIND_SIZE_BYTES * (number + 1)].hex(),
        )  # fmt: skip
        return OwnSite(
            entry, SiteState.SELF_REPORTED, source.at, source.by, source.by, renew_by, (), (),
            (source.digest,),
        )  # fmt: skip

    def _wipe(self, number: int) -> None:
        """Take a site out of the columns; nothing of what was entered is left there."""
        self._source[number] = 0
        slot = self._said[number]
        self._said[number] = 0
        if slot and slot not in self._said:  # nobody else's: the owner's words, perhaps a person's
            self._said_slots.pop(self._said_all[slot])
            self._said_all[slot] = _NOTHING
        self._latitude_e7[number] = self._longitude_e7[number] = 0
        self._radius_mm[number] = self._accuracy_mm[number] = 0
        self._from_ms[number] = self._until_ms[number] = self._renew_ms[number] = 0
        blind = BLIND_SIZE_BYTES * number
        self._blinds[blind : blind + BLIND_SIZE_BYTES] = bytes(BLIND_SIZE_BYTES)
        first, end = self._names_end[number - 1] if number else 0, self._names_end[number]
        self._names[first:end] = bytes(end - first)

    def _reach(self, first: int) -> None:
        """Rows for the numbers of sites that are not in the columns."""
        missing = first - len(self._source)
        if missing <= 0:
            return
        for column in (
            self._source, self._said, self._latitude_e7, self._longitude_e7, self._radius_mm,
            self._accuracy_mm, self._from_ms, self._until_ms, self._renew_ms,
        ):  # fmt: skip
            column.extend([0] * missing)
        self._blinds += bytes(BLIND_SIZE_BYTES * missing)
        self._names_end.extend([len(self._names)] * missing)

    def _slot_of(self, said: Said) -> int:
        slot = self._said_slots.get(said)
        if slot is None:
            slot = self._said_slots[said] = len(self._said_all)
            self._said_all.append(said)
        return slot


def _instant(unix_ms: int) -> Instant | None:
    return None if unix_ms == ABSENT else Instant(unix_ms)
