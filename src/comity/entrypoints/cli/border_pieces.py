"""Border lines for a map, from the packaged data set."""

from collections.abc import Sequence

import numpy as np

from comity.adapters.svg_figures import BorderPiece
from comity.domain.incidents import OfferedTrack

MARGIN_DEG = 8.0  # round the tracks; a country whose line comes nowhere near is not handed on


def border_pieces(tracks: Sequence[OfferedTrack]) -> tuple[list[BorderPiece], str]:
    """Rings of the countries near some tracks, and whose view they are; none where there are no tracks."""
    from comity.adapters.natural_earth.areas import country_rings  # noqa: PLC0415  half a second
    from comity.adapters.natural_earth.data_set import border_data_set  # noqa: PLC0415

    every = [(each.latitude_deg, each.longitude_deg) for track in tracks for each in track.points]
    if not every:
        return [], ""
    data_set = border_data_set()
    latitude, longitude = np.array(every).T
    found = []
    for name in sorted(data_set.countries):
        for ring_latitude, ring_longitude in country_rings(data_set, name):
            near_latitude = (ring_latitude >= latitude.min() - MARGIN_DEG) & (
                ring_latitude <= latitude.max() + MARGIN_DEG
            )
            # round the antimeridian and the poles a longitude says little: what is near is cut when drawn
            off = np.abs((ring_longitude - np.median(longitude) + 180.0) % 360.0 - 180.0)
            polar = bool(np.abs(latitude).max() > 75.0)
            span = float(np.ptp((longitude - np.median(longitude) + 180.0) % 360.0))
            near = near_latitude & (polar | (off <= span + MARGIN_DEG))
            if near.any():
                found.append(BorderPiece(name, np.stack([ring_latitude, ring_longitude], axis=1)))
    words = (
        f"{data_set.name} {data_set.version}, {data_set.view.rstrip('.')}; good to about {data_set.error_m:,.0f} m, "
        f"SHA-256 {data_set.digest[:16]}"
    )
    return found, words
