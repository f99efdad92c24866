"""Tracks of different parties that may show the same event: linked, shown side by side, never merged.

Two parties may report one aircraft at two places, or two aircraft as one (L-13, L-16). Which of them is
right is not decided here; a link says only that both may speak of the same thing, and how far apart.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.domain.tracks.association import near_pairs
from comity.domain.tracks.rules import RADIUS_95_PER_SD
from comity.domain.tracks.snapshot import TrackSnapshot

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

NEAR_M_MAX = (
    18_520.0  # 10 NM: what rival accounts of one event have differed by is larger only in words
)


@dataclass(frozen=True, slots=True, eq=False)
class SameEventPairs:
    """Pairs of rows of one snapshot, (F,) columns.

    Attributes:
        first, second: rows; the first has the lower track id.
        distance_m: between the two positions, straight through the Earth.
        consistent: whether the stated errors can explain the distance (95 % radii together).
        same_address: both state one ICAO address; such pairs are here at any distance.
        other_address: both state an ICAO address and they differ.
    """

    first: Integers
    second: Integers
    distance_m: Floats
    consistent: Mask
    same_address: Mask
    other_address: Mask

    def __len__(self) -> int:
        return len(self.first)


def same_event_pairs(snapshot: TrackSnapshot, near_m: float = NEAR_M_MAX) -> SameEventPairs:
    """Tracks of different parties that are near each other or state the same ICAO address."""
    one, other = _near(snapshot, near_m)
    same_one, same_other = _same_address(snapshot)
    one, other = np.concatenate([one, same_one]), np.concatenate([other, same_other])
    swapped = snapshot.track_id[one] > snapshot.track_id[other]
    one, other = np.where(swapped, other, one), np.where(swapped, one, other)
    pairs = np.unique(np.stack([one, other], axis=1), axis=0).reshape(-1, 2)
    one, other = pairs[:, 0], pairs[:, 1]
    apart = snapshot.position_ecef_m[one] - snapshot.position_ecef_m[other]
    distance_m = np.sqrt(np.einsum("ij,ij->i", apart, apart))
    icao = snapshot.has_address & snapshot.address_is_icao
    both = icao[one] & icao[other]
    same = snapshot.address[one] == snapshot.address[other]
    sd = snapshot.accuracy_horizontal_m / RADIUS_95_PER_SD
    explained_m = RADIUS_95_PER_SD * np.hypot(sd[one], sd[other])
    return SameEventPairs(
        one, other, distance_m, distance_m <= explained_m, both & same, both & ~same
    )


def _near(snapshot: TrackSnapshot, near_m: float) -> tuple[Integers, Integers]:
    ones, others = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for party in range(len(snapshot.parties)):
        own = np.flatnonzero(snapshot.party == party)
        later = np.flatnonzero(snapshot.party > party)
        first, second, _ = near_pairs(
            snapshot.position_ecef_m[own], snapshot.position_ecef_m[later], near_m
        )
        ones.append(own[first])
        others.append(later[second])
    return np.concatenate(ones), np.concatenate(others)


def _same_address(snapshot: TrackSnapshot) -> tuple[Integers, Integers]:
    """Pairs of rows with one ICAO address and two parties."""
    named = np.flatnonzero(snapshot.has_address & snapshot.address_is_icao)
    order = named[np.lexsort((snapshot.party[named], snapshot.address[named]))]
    ones, others = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for step in range(1, len(order)):
        first, second = order[:-step], order[step:]
        same = snapshot.address[first] == snapshot.address[second]
        if not same.any():
            break
        rivals = same & (snapshot.party[first] != snapshot.party[second])
        ones.append(first[rivals])
        others.append(second[rivals])
    return np.concatenate(ones), np.concatenate(others)
