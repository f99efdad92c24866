"""How a track that shows a turn, a changing climb or a set height may go on: other than straight."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.domain.alerts.picture import AirPicture, HeightAxis
from comity.domain.geometry.closest_pairs import INVERSE_SQUARES, FlownPaths, no_paths
from comity.domain.geometry.ellipsoid import CURVATURE_RADIUS_M_MIN, Floats
from comity.kernel.errors import InputError

PIECES_MAX = 240
_SAGITTA = 1.05 / 8.0  # of an arc of up to a quarter turn, as a share of length times angle


@dataclass(frozen=True, slots=True)
class ManoeuvreRule:
    """When a track counts as turning or changing its climb, and how long it is taken to go on.

    Attributes:
        turn_rate_radps_min: slower turns are the noise of a straight flight; 0.5°/s.
        turn_hold_s: for how long the turn may go on before the flight is straight; one path each.
        acceleration_mps2_min: smaller changes of vertical rate are the noise of a filter.
        acceleration_hold_s: for how long the rate goes on changing.
        sigmas_min: a rate counts where it is this many standard deviations from none.
        piece_s_max: paths are cut into equal legs no longer than this.
    """

    turn_rate_radps_min: float = 0.0087
    turn_hold_s: tuple[float, ...] = (20.0, 60.0)
    acceleration_mps2_min: float = 0.15
    acceleration_hold_s: float = 15.0
    sigmas_min: float = 2.0
    piece_s_max: float = 5.0

    def __post_init__(self) -> None:
        for field, value in (
            ("turn_rate_radps_min", self.turn_rate_radps_min),
            ("acceleration_mps2_min", self.acceleration_mps2_min),
            ("piece_s_max", self.piece_s_max),
            *((f"turn_hold_s[{number}]", hold) for number, hold in enumerate(self.turn_hold_s)),
        ):
            if not 0.0 < value < np.inf:
                raise InputError(field, f"{value} is not a finite number above 0")
        if not self.turn_hold_s:
            raise InputError("turn_hold_s", "no hold given; at least 1")


def shows_manoeuvre(
    picture: AirPicture, rule: ManoeuvreRule
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which tracks turn, and which change their climb or are set to level off: two masks (N,)."""
    turns = _significant(
        picture.column("turn_rate_radps"),
        picture.column("turn_rate_accuracy_radps"),
        rule.turn_rate_radps_min,
        rule.sigmas_min,
    )
    bends = _significant(
        picture.column("vertical_acceleration_mps2"),
        picture.column("vertical_acceleration_accuracy_mps2"),
        rule.acceleration_mps2_min,
        rule.sigmas_min,
    )
    left_m = picture.column("selected_height_m") - picture.height_m
    with np.errstate(invalid="ignore"):
        levels = left_m * picture.vertical_rate_mps > 0.0
    return turns, bends | levels


def flown_paths(
    picture: AirPicture, axis: HeightAxis, rule: ManoeuvreRule, look_ahead_s: float
) -> FlownPaths:
    """Paths of the tracks that show a manoeuvre; one for each hold where they turn.

    In the plane that touches the ellipsoid at the track the turn is an arc of a circle followed by
    its tangent; the plane is laid back on the ellipsoid keeping distances from the track.
    """
    turns, bends = shows_manoeuvre(picture, rule)
    chosen = np.flatnonzero(turns | bends)
    if not len(chosen):
        return no_paths()
    pieces = min(PIECES_MAX, int(np.ceil(look_ahead_s / rule.piece_s_max)))
    times_s = np.linspace(0.0, look_ahead_s, pieces + 1)
    rate = np.where(turns, np.nan_to_num(picture.column("turn_rate_radps")), 0.0)
    parts = []
    for number, hold_s in enumerate(rule.turn_hold_s):
        owners = chosen if number == 0 else np.flatnonzero(turns)
        if len(owners):
            nodes, speed = _turned(picture, owners, rate[owners], hold_s, times_s)
            step_s = times_s[1]
            bulge = _SAGITTA * speed * step_s * np.abs(rate[owners]) * step_s
            bulge += (speed * step_s) ** 2 / (8.0 * CURVATURE_RADIUS_M_MIN) + 0.1
            heights = _heights(picture, axis, owners, rule, bends, times_s)
            parts.append(FlownPaths(owners.astype(np.int32), nodes, heights, bulge))
    return FlownPaths._make(np.concatenate(columns) for columns in zip(*parts, strict=True))


def _significant(rate: Floats, accuracy: Floats, least: float, sigmas: float) -> NDArray[np.bool_]:
    """Rates known, large enough, and beyond their noise; accuracy is of 95 %, two sigmas."""
    noise = np.nan_to_num(accuracy, nan=0.0) / 2.0
    with np.errstate(invalid="ignore"):
        return (np.abs(rate) >= least) & (np.abs(rate) >= sigmas * noise)


def _turned(
    picture: AirPicture,
    owners: NDArray[np.intp],
    rate_radps: Floats,
    hold_s: float,
    times_s: Floats,
) -> tuple[Floats, Floats]:
    """Nodes (M, K + 1, 3) on the ellipsoid, and speeds (M,)."""
    position = picture.position_ecef_m[owners]
    velocity = picture.velocity_ecef_mps[owners]
    normal = position * INVERSE_SQUARES
    normal /= np.sqrt((normal**2).sum(axis=1))[:, None]
    velocity = velocity - normal * (velocity * normal).sum(axis=1)[:, None]
    right = np.cross(velocity, normal)
    turning = np.minimum(times_s, hold_s)[None, :]
    angle = rate_radps[:, None] * turning
    straight = np.maximum(times_s - hold_s, 0.0)[None, :]
    half = angle / 2.0
    chord = np.sinc(half / np.pi) * turning  # seconds of flight from end to end of the arc
    ahead = chord * np.cos(half) + straight * np.cos(angle)
    aside = chord * np.sin(half) + straight * np.sin(angle)
    way = ahead[:, :, None] * velocity[:, None, :] + aside[:, :, None] * right[:, None, :]
    square = (way**2).sum(axis=2)[:, :, None]
    way = way * (1.0 + square / (3.0 * 6.371e6**2))  # tan x is x + x³/3: distances stay true
    place = position[:, None, :] + way
    place = place / np.sqrt((place**2 * INVERSE_SQUARES).sum(axis=2))[:, :, None]
    return place, np.sqrt((velocity**2).sum(axis=1))


def _heights(
    picture: AirPicture,
    axis: HeightAxis,
    owners: NDArray[np.intp],
    rule: ManoeuvreRule,
    bends: NDArray[np.bool_],
    times_s: Floats,
) -> Floats:
    """Heights (M, K + 1): the rate goes on changing for a while, and ends at the height set."""
    climb = np.nan_to_num(picture.vertical_rate_mps[owners])[:, None]
    change = picture.column("vertical_acceleration_mps2")[owners]
    shown = np.abs(np.nan_to_num(change)) >= rule.acceleration_mps2_min
    change = np.where(bends[owners] & shown, np.nan_to_num(change), 0.0)[:, None]
    changing = np.minimum(times_s, rule.acceleration_hold_s)[None, :]
    after = np.maximum(times_s - rule.acceleration_hold_s, 0.0)[None, :]
    rise = climb * times_s[None, :] + change * changing * (0.5 * changing + after)
    selected = picture.column("selected_height_m")[owners]
    left = np.where(np.isnan(selected), np.inf, selected - picture.height_m[owners])[:, None]
    up = (left > 0.0) & (climb > 0.0)
    down = (left < 0.0) & (climb < 0.0)
    rise = np.where(up, np.minimum(rise, left), rise)
    rise = np.where(down, np.maximum(rise, left), rise)
    return axis.height_m[owners][:, None] + rise
