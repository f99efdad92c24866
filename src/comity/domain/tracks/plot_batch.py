"""Many plots of one feed as columns: the fast door, checked as `checked_plot` checks one."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.domain.tracks.plot import NUMBER_LIMITS, FeedId, Plot
from comity.domain.tracks.rules import SOURCE_CODE, SOURCES
from comity.kernel.instants import UNIX_MS_MAX, UNIX_MS_MIN

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]
Texts = NDArray[np.object_]

NUMBERS = (
    "latitude_deg",
    "longitude_deg",
    "altitude_pressure_m",
    "altitude_ellipsoid_m",
    "ground_speed_mps",
    "track_true_rad",
    "vertical_rate_mps",
    "accuracy_horizontal_m",
    "address",
    "track_number",
)
"""Numbers that may be missing; each has a mask `has_…` (one for both halves of position and velocity)."""

TEXTS = ("callsign", "squawk", "category", "emergency")
MASK_OF = {name: f"has_{name.removesuffix('_mps').removesuffix('_m')}" for name in NUMBERS} | {
    "latitude_deg": "has_position",
    "longitude_deg": "has_position",
    "ground_speed_mps": "has_velocity",
    "track_true_rad": "has_velocity",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotBatch:
    """N plots of one feed. Where a mask is False the number beside it means nothing.

    Columns are those of `Plot`, (N,) each. A speed without a direction is no velocity. `source` holds
    places in `rules.SOURCES`. Texts are objects, None where not reported; a text column that is None
    altogether reports nothing.
    """

    feed: FeedId
    source: NDArray[np.uint8]
    at_ms: Integers
    received_at_ms: Integers
    latitude_deg: Floats
    longitude_deg: Floats
    has_position: Mask
    altitude_pressure_m: Floats
    has_altitude_pressure: Mask
    altitude_ellipsoid_m: Floats
    has_altitude_ellipsoid: Mask
    on_ground: Mask
    has_on_ground: Mask
    ground_speed_mps: Floats
    track_true_rad: Floats
    has_velocity: Mask
    vertical_rate_mps: Floats
    has_vertical_rate: Mask
    accuracy_horizontal_m: Floats
    has_accuracy_horizontal: Mask
    address: Integers
    has_address: Mask
    address_is_icao: Mask
    track_number: Integers
    has_track_number: Mask
    callsign: Texts | None = None
    squawk: Texts | None = None
    category: Texts | None = None
    emergency: Texts | None = None

    def __len__(self) -> int:
        return len(self.at_ms)

    def rows(self, chosen: NDArray[Any]) -> "PlotBatch":
        """The chosen rows, by mask or by index, in that order."""
        columns: dict[str, Any] = {
            each.name: None if (column := getattr(self, each.name)) is None else column[chosen]
            for each in fields(self)
            if each.name != "feed"
        }
        return PlotBatch(feed=self.feed, **columns)

    def checked(self) -> tuple["PlotBatch", Counter[str]]:
        """Rows that can be true of an aircraft, and how many others were refused for what field."""
        good = np.ones(len(self), np.bool_)
        refused: Counter[str] = Counter()
        for name in ("at_ms", "received_at_ms"):
            column = getattr(self, name)
            bad = good & ((column < UNIX_MS_MIN) | (column > UNIX_MS_MAX))
            _count(refused, name, bad)
            good &= ~bad
        bad = good & (self.source >= len(SOURCES))
        _count(refused, "source", bad)
        good &= ~bad
        for name in NUMBERS:
            least, greatest = NUMBER_LIMITS[name]
            column, mask = getattr(self, name), getattr(self, MASK_OF[name])
            within = (column >= least) & (column <= greatest)  # NaN is within nothing
            bad = good & mask & ~within
            _count(refused, name, bad)
            good &= ~bad
        return (self if good.all() else self.rows(good)), refused


def plot_batch(
    feed: FeedId,
    *,
    source: NDArray[np.uint8],
    at_ms: Integers,
    received_at_ms: Integers,
    **columns: NDArray[Any],
) -> PlotBatch:
    """A batch from the columns that a feed has; what it lacks is masked out.

    A number given without its mask is reported in every row. Half of a position or of a velocity is none.

    Raises:
        ValueError: a column of that name does not exist, or the columns differ in length.
    """
    count = len(at_ms)
    known = {each.name for each in fields(PlotBatch)}
    unknown = sorted(set(columns) - known)
    if unknown:
        raise ValueError(f"no such column: {unknown}")
    whole: dict[str, NDArray[Any]] = {"source": source, "received_at_ms": received_at_ms, **columns}
    differing = {name: len(column) for name, column in whole.items() if len(column) != count}
    if differing:
        raise ValueError(f"columns of other lengths than {count}: {differing}")
    absent = np.zeros(count, np.bool_)
    for mask in set(MASK_OF.values()) | {"has_on_ground"}:
        needed = [name for name, of in MASK_OF.items() if of == mask] or ["on_ground"]
        given = all(name in columns for name in needed)
        whole[mask] = columns.get(mask, ~absent) if given else absent
    whole.setdefault("address_is_icao", absent)
    whole.setdefault("on_ground", absent)
    for name in NUMBERS:
        kind = np.int64 if name in {"address", "track_number"} else np.float64
        whole.setdefault(name, np.zeros(count, kind))
    return PlotBatch(feed=feed, at_ms=at_ms, **whole)


def batch_of_plots(plots: Iterable[Plot]) -> list[PlotBatch]:
    """Plots as columns, one batch a feed, in the order of their coming."""
    by_feed: dict[FeedId, list[Plot]] = {}
    for plot in plots:
        by_feed.setdefault(plot.feed, []).append(plot)
    return [_batch_of_one_feed(feed, of_feed) for feed, of_feed in by_feed.items()]


def _batch_of_one_feed(feed: FeedId, plots: list[Plot]) -> PlotBatch:
    columns: dict[str, NDArray[Any]] = {}
    for name in NUMBERS:
        values = [getattr(plot, name) for plot in plots]
        mask = np.array([value is not None for value in values], np.bool_)
        kind = np.int64 if name in {"address", "track_number"} else np.float64
        columns[name] = np.array([0 if value is None else value for value in values], kind)
        has = MASK_OF[name]
        columns[has] = columns[has] & mask if has in columns else mask
    columns["on_ground"] = np.array([bool(plot.on_ground) for plot in plots], np.bool_)
    columns["has_on_ground"] = np.array([plot.on_ground is not None for plot in plots], np.bool_)
    columns["address_is_icao"] = np.array([plot.address_is_icao for plot in plots], np.bool_)
    for name in TEXTS:
        texts = np.empty(len(plots), np.object_)
        texts[:] = [getattr(plot, name) for plot in plots]
        columns[name] = texts
    return plot_batch(
        feed,
        source=np.array([SOURCE_CODE[plot.source] for plot in plots], np.uint8),
        at_ms=np.array([plot.at.unix_ms for plot in plots], np.int64),
        received_at_ms=np.array([plot.received_at.unix_ms for plot in plots], np.int64),
        **columns,
    )


def _count(refused: Counter[str], name: str, bad: Mask) -> None:
    count = int(np.count_nonzero(bad))
    if count:
        refused[name] += count
