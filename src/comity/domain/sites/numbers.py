"""Numbers of sites, in the order in which a register learnt of them: some 25 bytes a site, where texts took 200."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from comity.kernel.ids import PartyId, SiteId
from comity.kernel.invariants import invariant

TOKEN_DIGITS: Final = 16  # hexadecimal, behind the owner's id (kernel.ids.SITE_ID)
NEWEST_MAX: Final = (
    4_096  # kept in a dictionary until there are so many, or an eighth of the others
)
SORTED_SHARE: Final = 8


class SiteNumbers:
    """Whose number is whose. A site keeps its number for good, and none is ever taken out."""

    def __init__(self) -> None:
        self._tokens = array("Q")
        self._owners = array("H")
        self._parties: list[PartyId] = []
        self._slots: dict[PartyId, int] = {}
        self._sorted = array("Q")
        self._number_sorted = array("I")
        self._newest: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return len(self._tokens)

    def __getitem__(self, number: int) -> SiteId:
        """The site of a number."""
        party = self._parties[self._owners[number]]
        return SiteId(f"{party}/{self._tokens[number]:016x}")

    def __iter__(self) -> Iterator[SiteId]:
        return map(self.__getitem__, range(len(self)))

    def find(self, site: str) -> int | None:
        """The number of a site, or None."""
        party, _, digits = site.partition("/")
        slot = self._slots.get(PartyId(party))
        if slot is None or len(digits) != TOKEN_DIGITS:
            return None
        try:
            token = int(digits, 16)
        except ValueError:
            return None
        for number in self._of_token(token):
            if self._owners[number] == slot:
                return number if self[number] == site else None
        return None

    def number(self, site: SiteId) -> int:
        """The number of a site, a new one where it has none."""
        number = self.find(site)
        if number is not None:
            return number
        party, _, digits = site.partition("/")
        return self.add(PartyId(party), [int(digits, 16)])

    def add(self, owner: PartyId, tokens: Sequence[int]) -> int:
        """Number sites of one owner that have none yet, in their order; gives the first one's number."""
        slot = self._slots.get(owner)
        if slot is None:
            slot = self._slots[owner] = len(self._parties)
            self._parties.append(owner)
        first = len(self._tokens)
        self._tokens.extend(tokens)
        self._owners.extend([slot] * len(tokens))
        for number, token in enumerate(tokens, first):
            self._newest.setdefault(token, []).append(number)
        if len(self._newest) > max(NEWEST_MAX, len(self._sorted) // SORTED_SHARE):
            self._sort()
        return first

    def any_held(self, owner: PartyId, tokens: Sequence[int]) -> bool:
        """Whether one of these sites of one owner has a number."""
        slot = self._slots.get(owner)
        if slot is None:
            return False
        suspects: Iterable[int] = [token for token in tokens if token in self._newest]
        if self._sorted:
            held = np.frombuffer(self._sorted, np.uint64)
            wanted = np.array(tokens, np.uint64)
            place = np.minimum(np.searchsorted(held, wanted), len(held) - 1)
            suspects = [*suspects, *wanted[held[place] == wanted].tolist()]
        return any(
            self._owners[number] == slot for token in suspects for number in self._of_token(token)
        )

    def _of_token(self, token: int) -> Iterator[int]:
        yield from self._newest.get(token, ())
        place = bisect_left(self._sorted, token)
        while place < len(self._sorted) and self._sorted[place] == token:
            yield self._number_sorted[place]
            place += 1

    def _sort(self) -> None:
        tokens = np.frombuffer(self._tokens, np.uint64)
        order = np.argsort(tokens, kind="stable")
        ordered, numbers = array("Q"), array("I")
        ordered.frombytes(tokens[order].tobytes())
        numbers.frombytes(order.astype(np.uint32).tobytes())
        self._sorted, self._number_sorted = ordered, numbers
        self._newest = {}
        invariant(len(ordered) == len(self._tokens), "every number is among the sorted")
