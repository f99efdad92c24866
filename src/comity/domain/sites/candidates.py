"""Rows of other people's lists: what makes a person look at one before it is entered (L-29).

Nothing is decided here. A row without a doubt may be entered, one with a doubt becomes a proposal; none
is merged and none overwrites anything. Distances are of a sphere: good enough to ask a question by.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final, Protocol

from comity.domain.sites.entry import Name, SiteKind
from comity.domain.sites.place import Place
from comity.kernel.ids import SiteId
from comity.kernel.units import E7_PER_DEGREE

SAME_BUILDING_M: Final = 30.0  # two names at one door
SAME_GROUNDS_M: Final = 150.0  # one hospital, drawn at its gate and at its middle
SAME_NAME_M: Final = 2_000.0  # one name in one town
MOVED_M: Final = 500.0  # two accounts of one reference part by more than a position's usual error
NULL_ISLAND_DEG: Final = 0.05
LIKE: Final = 0.6  # share of common words from which two names are taken for one
WORDS_MAX: Final = 16  # of a name that are compared

_CELL_DEG = (
    0.02  # 2.2 km: neighbours of a cell hold all that is within SAME_NAME_M, below 60° anyway
)
_METRES_PER_DEGREE = 111_195.0
_MEDICAL = frozenset({SiteKind.HOSPITAL, SiteKind.CLINIC})
_WORD = re.compile(r"\w+")


class Doubt(StrEnum):
    """Why a person looks at a row."""

    AT_ZERO = "at-zero"
    AXES_SWAPPED = "axes-swapped"
    WRONG_HEMISPHERE = "wrong-hemisphere"
    AT_SEA = "at-sea"
    OTHER_COUNTRY = "other-country"
    DUPLICATE = "duplicate"
    ANOTHER_NAME = "another-name-at-the-place"
    CONTRADICTION = "contradiction"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row of a file, read.

    Attributes:
        number: of the row, as a person counts them.
        reference: the file's own id of it.
        country: as the row states it.
        owner: who runs the place, in words.
    """

    number: int
    reference: str | None
    kind: SiteKind
    names: tuple[Name, ...]
    place: Place
    country: str | None
    owner: str

    @property
    def position_deg(self) -> tuple[float, float]:
        """Latitude and longitude of its first vertex."""
        place = self.place
        return place.latitude_e7[0] / E7_PER_DEGREE, place.longitude_e7[0] / E7_PER_DEGREE


@dataclass(frozen=True, slots=True)
class Doubted:
    """A row, why a person must look at it, and which rows or sites it is about."""

    candidate: Candidate
    doubts: tuple[Doubt, ...]
    rows: tuple[int, ...] = ()
    sites: tuple[SiteId, ...] = ()


class Land(Protocol):
    """Where land is and whose, with the error of the line left out of account: on it counts as within."""

    def code_of(self, country: str) -> str | None:
        """The land's own code of a country as a row states it; None: not known."""
        ...

    def countries_at(self, positions_deg: Sequence[tuple[float, float]]) -> list[frozenset[str]]:
        """Codes of all countries that a position may be in; none: at sea."""
        ...


@dataclass(frozen=True, slots=True)
class HeldNear:
    """A site of the register near a row."""

    site: SiteId
    kind: SiteKind
    names: tuple[Name, ...]
    away_m: float


Nearby = Callable[[Candidate], Iterable[HeldNear]]


def check_candidates(
    candidates: Sequence[Candidate], land: Land, nearby: Nearby = lambda _candidate: ()
) -> tuple[list[Candidate], list[Doubted]]:
    """Rows without a doubt, and the others, each in their order.

    Args:
        candidates: of one file.
        land: where land is.
        nearby: sites of the register within `SAME_NAME_M` of a row.
    """
    positions = [each.position_deg for each in candidates]
    misplaced = _misplaced(candidates, positions, land)
    seen = _Seen()
    sound: list[Candidate] = []
    doubted: list[Doubted] = []
    for candidate, doubts in zip(candidates, misplaced, strict=True):
        found = seen.doubt(candidate)
        sites = same_sites(candidate, nearby(candidate))
        if sites and Doubt.DUPLICATE not in found[0]:
            found = ((*found[0], Doubt.DUPLICATE), found[1])
        whole = (*doubts, *found[0])
        if whole:
            doubted.append(Doubted(candidate, whole, found[1], sites))
            if not doubts:  # a person may enter it: what comes later may be the same as it
                seen.keep(candidate, waits=True)
            continue
        seen.keep(candidate)
        sound.append(candidate)
    return sound, doubted


def same_sites(candidate: Candidate, near: Iterable[HeldNear]) -> tuple[SiteId, ...]:
    """Sites of the register that a row may be the same as, by place, kind and name."""
    return tuple(each.site for each in near if _same(candidate, each))


def names_alike(some: tuple[Name, ...], others: tuple[Name, ...]) -> bool:
    """Whether two places share a name, or most words of one; school 12 is not school 14."""
    for one in some:
        for other in others:
            a, b = _words(one.text), _words(other.text)
            if a and b and len(a & b) >= LIKE * min(len(a), len(b)):
                numbers = {word for word in a ^ b if word.isdecimal()}
                if not (numbers & a and numbers & b and not any(map(str.isdecimal, a & b))):
                    return True
    return False


def kinds_agree(one: SiteKind, other: SiteKind) -> bool:
    """Whether two lists may mean one place by these kinds."""
    return one is other or SiteKind.OTHER in (one, other) or (one in _MEDICAL and other in _MEDICAL)


def apart_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """About how far two positions (degrees) are apart."""
    north = one[0] - other[0]
    east = (one[1] - other[1] + 180.0) % 360.0 - 180.0
    middle = math.radians((one[0] + other[0]) / 2.0)
    return _METRES_PER_DEGREE * math.hypot(north, east * math.cos(middle))


def _misplaced(
    candidates: Sequence[Candidate], positions: list[tuple[float, float]], land: Land
) -> list[tuple[Doubt, ...]]:
    here = land.countries_at(positions)
    usual = _usual(here)
    codes = {each.country: None for each in candidates if each.country}
    known: Mapping[str | None, str | None] = {stated: land.code_of(stated) for stated in codes}
    odd = []
    for index, candidate in enumerate(candidates):
        wanted = known.get(candidate.country) or usual
        at_zero = max(abs(value) for value in positions[index]) < NULL_ISLAND_DEG
        outside = not here[index] or (wanted is not None and wanted not in here[index])
        if at_zero or outside:
            odd.append((index, wanted, at_zero))
    turned = [option for index, _, _ in odd for option in _turned(positions[index])]
    there = iter(land.countries_at(turned))
    found: list[tuple[Doubt, ...]] = [()] * len(candidates)
    for index, wanted, at_zero in odd:
        options = [next(there) for _ in range(_OPTIONS)]
        stated = candidates[index].country is not None
        found[index] = _why(here[index], options, wanted, at_zero=at_zero, stated=stated)
    return found


_OPTIONS = 5  # swapped; each sign, and both, the other way


def _turned(position: tuple[float, float]) -> list[tuple[float, float]]:
    latitude, longitude = position
    swapped = (longitude, latitude) if abs(longitude) <= 90.0 else position
    return [
        swapped, (-latitude, longitude), (latitude, -longitude), (-latitude, -longitude), position,
    ]  # fmt: skip


def _why(
    here: frozenset[str],
    options: list[frozenset[str]],
    wanted: str | None,
    *,
    at_zero: bool,
    stated: bool,
) -> tuple[Doubt, ...]:
    if at_zero:
        return (Doubt.AT_ZERO,)
    swapped, *mirrored = options[:4]
    if wanted is not None and wanted in swapped:
        return (Doubt.AXES_SWAPPED,)
    if wanted is not None and any(wanted in each for each in mirrored):
        return (Doubt.WRONG_HEMISPHERE,)
    if not here:
        return (Doubt.AT_SEA,)
    # a row that states no country may well lie in another one than most rows do
    return (Doubt.OTHER_COUNTRY,) if stated else ()


def _usual(here: list[frozenset[str]]) -> str | None:
    """The country of nine rows in ten, where there is one."""
    counts: dict[str, int] = {}
    for codes in here:
        for code in codes:
            counts[code] = counts.get(code, 0) + 1
    if not counts:
        return None
    code = max(counts, key=lambda each: counts[each])
    return code if counts[code] >= 0.9 * len(here) else None


_ByCell = dict[tuple[int, int], list[tuple[tuple[float, float], Candidate]]]


class _Seen:
    """Rows of the file that came before, by where they are and by reference."""

    def __init__(self) -> None:
        self._sound: _ByCell = {}
        self._waiting: _ByCell = {}
        self._by_reference: dict[str, Candidate] = {}

    def keep(self, candidate: Candidate, *, waits: bool = False) -> None:
        """A row that is where it says; those after it are compared with it."""
        position = candidate.position_deg
        by_cell = self._waiting if waits else self._sound
        by_cell.setdefault(_cell(position), []).append((position, candidate))
        if candidate.reference is not None:
            self._by_reference.setdefault(candidate.reference, candidate)

    def doubt(self, candidate: Candidate) -> tuple[tuple[Doubt, ...], tuple[int, ...]]:
        """What an earlier row has against a row, and its number."""
        twin = self._by_reference.get(candidate.reference) if candidate.reference else None
        if twin is not None:
            moved = apart_m(twin.position_deg, candidate.position_deg) > MOVED_M
            alike = twin.kind is candidate.kind and names_alike(twin.names, candidate.names)
            doubt = Doubt.DUPLICATE if alike and not moved else Doubt.CONTRADICTION
            return (doubt,), (twin.number,)
        # those taken come first: 400 names of one place are about the first of them
        for by_cell in (self._sound, self._waiting):
            for place, other in _around(by_cell, candidate.position_deg):
                away_m = apart_m(candidate.position_deg, place)
                if away_m > SAME_NAME_M:
                    continue
                found = _pair_doubt(candidate, other, away_m)
                if found is not None:
                    return (found,), (other.number,)
        return (), ()


def _around(
    by_cell: _ByCell, position: tuple[float, float]
) -> Iterator[tuple[tuple[float, float], Candidate]]:
    row, column = _cell(position)
    for north in (-1, 0, 1):
        for east in (-1, 0, 1):
            yield from by_cell.get((row + north, column + east), ())


def _pair_doubt(candidate: Candidate, other: Candidate, away_m: float) -> Doubt | None:
    if not kinds_agree(candidate.kind, other.kind):
        return None
    if away_m <= SAME_BUILDING_M:
        alike = names_alike(candidate.names, other.names)
        return Doubt.DUPLICATE if alike else Doubt.ANOTHER_NAME
    if away_m <= SAME_GROUNDS_M and names_alike(candidate.names, other.names):
        return Doubt.DUPLICATE
    same = {_plain(name.text) for name in candidate.names}
    if any(_plain(name.text) in same for name in other.names):
        return Doubt.DUPLICATE
    return None


def _same(candidate: Candidate, held: HeldNear) -> bool:
    if not kinds_agree(candidate.kind, held.kind):
        return False
    if held.away_m <= SAME_BUILDING_M:
        return True
    if held.away_m <= SAME_GROUNDS_M:
        return names_alike(candidate.names, held.names)
    same = {_plain(name.text) for name in candidate.names}
    return any(_plain(name.text) in same for name in held.names)


def _cell(position: tuple[float, float]) -> tuple[int, int]:
    return math.floor(position[0] / _CELL_DEG), math.floor(position[1] / _CELL_DEG)


@lru_cache(maxsize=1 << 17)
def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(_WORD.findall("".join(c for c in folded if not unicodedata.combining(c))))


@lru_cache(maxsize=1 << 17)
def _words(text: str) -> frozenset[str]:
    return frozenset(_plain(text).split()[:WORDS_MAX])
