"""`comity warmup`: load the compiled loops once, so that their cache has them."""

from time import perf_counter

from comity.domain.conflicts.warm import warm
from comity.domain.geometry import area_index, closest_pairs_many
from comity.domain.geometry.point_index import warm as warm_places


def warm_up() -> float:
    """Compile what is not in the cache; gives the seconds it took."""
    start_s = perf_counter()
    warm()
    closest_pairs_many.warm()
    area_index.warm()
    warm_places()
    return perf_counter() - start_s
