"""4D intersection of flights: the verdict on a pair in full, and an index that chooses pairs."""

from comity.domain.conflicts.index import ConflictIndex
from comity.domain.conflicts.pair import (
    PairVerdict,
    combined,
    core_distance_limit_m,
    footprint_verdict,
    pair_verdict,
    place_between,
)
from comity.domain.conflicts.warm import warm

__all__ = [
    "ConflictIndex",
    "PairVerdict",
    "combined",
    "core_distance_limit_m",
    "footprint_verdict",
    "pair_verdict",
    "place_between",
    "warm",
]
