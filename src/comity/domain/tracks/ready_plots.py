"""A batch made ready for the filter: checked, clocks judged, places and velocities earth-fixed."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.domain.tracks.plot import FeedId
from comity.domain.tracks.plot_batch import TEXTS, PlotBatch
from comity.domain.tracks.rules import RADIUS_95_PER_SD, SOURCES, TrackRules
from comity.domain.tracks.snapshot import level_velocity_ecef_mps, surface_ecef_m

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

ACCURACY_M_MIN = 1.0  # a plot that claims more is not let to pull its track by rounding
KIND_ICAO, KIND_OTHER_ADDRESS, KIND_NUMBER = 1, 2, 3


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ReadyPlots:
    """N plots of one feed as the filter wants them; columns (N,) or (N, 3).

    Attributes:
        key: name under which its track is found; means nothing where `has_key` is False.
        reported: (N, 2) velocity as speed and direction.
        heights: pressure height, ellipsoid height, vertical rate.
    """

    feed: FeedId
    feed_index: int
    party: int
    at_ms: Integers
    received_at_ms: Integers
    source: NDArray[np.uint8]
    position_ecef_m: Floats
    has_position: Mask
    velocity_ecef_mps: Floats
    reported: Floats
    has_velocity: Mask
    position_variance_m2: Floats
    heights: Floats
    has_heights: Mask
    on_ground: Mask
    has_on_ground: Mask
    address: Integers
    has_address: Mask
    address_is_icao: Mask
    key: Integers
    has_key: Mask
    texts: dict[str, NDArray[np.object_]]

    def __len__(self) -> int:
        return len(self.at_ms)


def ready_plots(
    batch: PlotBatch,
    feed_index: int,
    party: int,
    rules: TrackRules,
    drop_s: Floats,
    counts: Counter[str],
) -> ReadyPlots:
    """Check a batch, refuse times that cannot be, and work out what the filter needs.

    Counted: `refused:FIELD`, `clock-ahead`, `clock-behind` (older on arrival than its track would
    live).
    """
    batch, refused = batch.checked()
    for field, count in refused.items():
        counts[f"refused:{field}"] += count
    delay_s = (batch.received_at_ms - batch.at_ms) / 1000.0
    ahead = delay_s < -rules.clock_ahead_s_max
    behind = delay_s > drop_s[batch.source]
    counts["clock-ahead"] += int(np.count_nonzero(ahead))
    counts["clock-behind"] += int(np.count_nonzero(behind))
    if (ahead | behind).any():
        batch = batch.rows(~(ahead | behind))
    assumed = np.array([rules.accuracy_m[source] for source in SOURCES])
    accuracy_m = np.where(
        batch.has_accuracy_horizontal, batch.accuracy_horizontal_m, assumed[batch.source]
    )
    count = len(batch)
    heights, has_heights = np.empty((count, 3)), np.empty((count, 3), np.bool_)
    for place, name in enumerate(("altitude_pressure", "altitude_ellipsoid", "vertical_rate")):
        unit = "mps" if name == "vertical_rate" else "m"
        heights[:, place] = getattr(batch, f"{name}_{unit}")
        has_heights[:, place] = getattr(batch, f"has_{name}")
    key, has_key = _keys(batch, feed_index, party)
    return ReadyPlots(
        feed=batch.feed,
        feed_index=feed_index,
        party=party,
        at_ms=batch.at_ms,
        received_at_ms=batch.received_at_ms,
        source=batch.source,
        position_ecef_m=surface_ecef_m(batch.latitude_deg, batch.longitude_deg),
        has_position=batch.has_position,
        velocity_ecef_mps=level_velocity_ecef_mps(
            batch.latitude_deg, batch.longitude_deg, batch.ground_speed_mps, batch.track_true_rad
        ),
        reported=np.stack([batch.ground_speed_mps, batch.track_true_rad], axis=1),
        has_velocity=batch.has_velocity & batch.has_position,
        position_variance_m2=(np.maximum(accuracy_m, ACCURACY_M_MIN) / RADIUS_95_PER_SD) ** 2,
        heights=heights,
        has_heights=has_heights,
        on_ground=batch.on_ground,
        has_on_ground=batch.has_on_ground,
        address=batch.address,
        has_address=batch.has_address,
        address_is_icao=batch.address_is_icao,
        key=key,
        has_key=has_key,
        texts={name: texts for name in TEXTS if (texts := getattr(batch, name)) is not None},
    )


def _keys(batch: PlotBatch, feed_index: int, party: int) -> tuple[Integers, Mask]:
    """Names of tracks: an ICAO address within a party, any other name within its feed."""
    icao = batch.has_address & batch.address_is_icao
    kind = np.where(icao, KIND_ICAO, np.where(batch.has_address, KIND_OTHER_ADDRESS, KIND_NUMBER))
    scope = np.where(icao, party, feed_index)
    number = np.where(batch.has_address, batch.address, batch.track_number)
    return (kind << 48) | (scope << 32) | number, batch.has_address | batch.has_track_number
