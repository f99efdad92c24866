"""Flights of encounters: controls over time into places on geodesics of WGS 84, by PROJ."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from comity.domain.evaluation.flown import Flown, ecef_of
from comity.domain.geometry.ellipsoid import Floats

STEP_S = 0.25
"""Of the integration. A step follows a geodesic in the direction of its middle: against a turn of 3°/s at
250 m/s it errs by 5 mm a step, to the outside and back."""


@dataclass(frozen=True, slots=True, eq=False)
class Controls:
    """How M flights are flown over K steps, row by row; a state is given at step `anchor`.

    Attributes:
        latitude_deg, longitude_deg, track_deg, speed_mps, height_m: (M,) at the anchor.
        anchor: (M,) which step's beginning.
        turn_degps: (M, K) clockwise, in each step.
        acceleration_mps2: (M, K).
        climb_mps: (M, K) vertical rate in each step.
    """

    latitude_deg: Floats
    longitude_deg: Floats
    track_deg: Floats
    speed_mps: Floats
    height_m: Floats
    anchor: NDArray[np.int64]
    turn_degps: Floats
    acceleration_mps2: Floats
    climb_mps: Floats


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """Where M flights are at K + 1 instants, `STEP_S` apart: (M, K + 1) each."""

    latitude_deg: Floats
    longitude_deg: Floats
    track_deg: Floats
    speed_mps: Floats
    height_m: Floats
    climb_mps: Floats


def integrated(controls: Controls) -> States:
    """Fly the controls, from the anchor forwards and backwards."""
    count, steps = controls.turn_degps.shape
    geod = Geod(ellps="WGS84")
    out = {name: np.full((count, steps + 1), np.nan) for name in ("lat", "lon", "track", "speed")}
    rows = np.arange(count)
    for name, values in (
        ("lat", controls.latitude_deg),
        ("lon", controls.longitude_deg),
        ("track", controls.track_deg),
        ("speed", controls.speed_mps),
    ):
        out[name][rows, controls.anchor] = values
    for k in range(steps):
        _step(geod, controls, out, np.flatnonzero(controls.anchor <= k), k, k + 1, 1.0)
    for k in range(steps - 1, -1, -1):
        _step(geod, controls, out, np.flatnonzero(controls.anchor > k), k + 1, k, -1.0)
    rise = np.concatenate(
        [np.zeros((count, 1)), np.cumsum(controls.climb_mps * STEP_S, axis=1)], axis=1
    )
    height = rise - rise[rows, controls.anchor][:, None] + controls.height_m[:, None]
    climb = np.concatenate([controls.climb_mps, controls.climb_mps[:, -1:]], axis=1)
    return States(out["lat"], out["lon"], out["track"] % 360.0, out["speed"], height, climb)


def _step(
    geod: Geod, controls: Controls, out: dict[str, Floats], rows: NDArray[np.intp], start: int, end: int,
    sign: float,
) -> None:  # fmt: skip
    """One step of some flights, on (`sign` 1) or back (-1)."""
    if not len(rows):
        return
    k = min(start, end)
    turn = controls.turn_degps[rows, k] * STEP_S * sign
    gain = controls.acceleration_mps2[rows, k] * STEP_S * sign
    speed = out["speed"][rows, start]
    middle = out["track"][rows, start] + turn / 2.0
    azimuth = middle if sign > 0.0 else middle + 180.0
    lon, lat, back = geod.fwd(
        out["lon"][rows, start], out["lat"][rows, start], azimuth, (speed + gain / 2.0) * STEP_S
    )
    out["lat"][rows, end] = lat
    out["lon"][rows, end] = lon
    out["track"][rows, end] = (back + 180.0 if sign > 0.0 else back) + turn / 2.0
    out["speed"][rows, end] = speed + gain


def flown_states(
    states: States, names: list[str], first_s: Floats, datum_offset_m: Floats
) -> list[Flown]:
    """What was flown, dense: grid of `STEP_S`, heights of both datums.

    Args:
        states: of M flights.
        names: (M,).
        first_s: (M,) seconds since 1970 of the first state; multiples of `STEP_S`.
        datum_offset_m: (M,) ellipsoid height less pressure height.
    """
    return [
        Flown(
            name,
            float(first_s[row]),
            STEP_S,
            ecef_of(states.latitude_deg[row], states.longitude_deg[row]),
            states.height_m[row].copy(),
            states.height_m[row] + datum_offset_m[row],
        )
        for row, name in enumerate(names)
    ]
