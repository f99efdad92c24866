"""The recordings of shared/data as plots, read as their README says: feet, knots, ft/min, UTC."""

import gzip
import json
import math

import numpy as np
from tests.shared_files import shared

from comity.domain.tracks import FeedId, PlotBatch, PlotSource, plot_batch
from comity.domain.tracks.rules import SOURCE_CODE
from comity.kernel.units import METRES_PER_FOOT, MPS_PER_KNOT

SCALES = {
    "altitude": ("altitude_pressure_m", METRES_PER_FOOT),
    "geoaltitude": ("altitude_ellipsoid_m", METRES_PER_FOOT),
    "vertical_rate": ("vertical_rate_mps", METRES_PER_FOOT / 60.0),
    "groundspeed": ("ground_speed_mps", MPS_PER_KNOT),
    "track": ("track_true_rad", math.pi / 180.0),
}


def recorded_plots(name: str, feed: FeedId) -> PlotBatch:
    """One recording as one batch, rows sorted by time; what is null there is masked out."""
    with gzip.open(shared(f"data/recorded/{name}.json.gz")) as file:
        content = json.load(file)
    if isinstance(content, dict):
        columns = {key: list(values.values()) for key, values in content.items()}
    else:
        columns = {key: [row[key] for row in content] for key in content[0]}
    numbers = {
        key: np.array([math.nan if value is None else value for value in values], float)
        for key, values in columns.items()
        if key in {"timestamp", "last_position", "latitude", "longitude", *SCALES}
    }
    order = np.argsort(numbers["timestamp"], kind="stable")
    count = len(order)
    given = {
        "latitude_deg": numbers["latitude"],
        "longitude_deg": numbers["longitude"],
        "has_position": np.isfinite(numbers["latitude"]) & np.isfinite(numbers["longitude"]),
        "address": np.array([int(value, 16) for value in columns["icao24"]]),
        "address_is_icao": np.ones(count, bool),
    }
    for key, (field, scale) in SCALES.items():
        if key in numbers:
            given[field] = numbers[key] * scale
    for mask, fields in {
        "has_altitude_pressure": ["altitude_pressure_m"],
        "has_altitude_ellipsoid": ["altitude_ellipsoid_m"],
        "has_vertical_rate": ["vertical_rate_mps"],
        "has_velocity": ["ground_speed_mps", "track_true_rad"],
    }.items():
        if all(field in given for field in fields):
            given[mask] = np.all([np.isfinite(given[field]) for field in fields], axis=0)
    given["callsign"] = np.array(columns["callsign"], object)
    if "squawk" in columns:
        given["squawk"] = np.array([_squawk(code) for code in columns["squawk"]], object)
    at_ms = _times(numbers, given)
    return plot_batch(
        feed,
        source=np.full(count, SOURCE_CODE[PlotSource.ADS_B], np.uint8),
        at_ms=at_ms,
        received_at_ms=numbers["timestamp"].astype(np.int64),
        **given,
    ).rows(order)


def _times(numbers, given):
    """Where the time of the position is told apart, rows that repeat an older one have none."""
    at = numbers["timestamp"].copy()
    if "last_position" in numbers:
        told = np.isfinite(numbers["last_position"])
        again = np.append(False, numbers["last_position"][1:] == numbers["last_position"][:-1])
        given["has_position"] &= ~(told & again)
        at = np.where(told & given["has_position"], numbers["last_position"], at)
    return at.astype(np.int64)


def _squawk(stated):
    """Codes are spelt as text or as numbers; null and 0 say nothing."""
    if stated is None or not int(stated):
        return None
    return f"{int(stated):04d}"
