"""How the state of tracks moves on with time, and how it takes in what was measured; many at once.

Model, horizontal: position on the ellipsoid and velocity in its tangent plane, both earth-fixed, so
that poles and the antimeridian are places like others; a coordinated turn whose rate is estimated and
fades. Errors are kept along the flight (position, velocity) and to its right (position, velocity, turn
rate), the two axes independent. The acceleration not accounted for grows with the innovations met
lately: quiet flight is smoothed, a manoeuvre is followed. Vertical: height and rate, for each datum by
itself.

State of N tracks is (WIDTH, N): a row of it is one quantity. Functions change it in place.

Source: Bar-Shalom, Li, Kirubarajan, Estimation with Applications to Tracking and Navigation (2001):
§6.3.2 (discrete white-noise acceleration), §11.2.2 (adjusting its level by the innovation),
§11.7.1 (coordinated turn), §11.7.2 (its rate as a state). Zhou, Frank, Strong tracking filtering of
nonlinear time-varying stochastic systems (1996): covariance faded by what a surprise shows.
"""

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.ellipsoid import SEMI_MAJOR_M, SEMI_MINOR_M

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

# Rows of the state.
POSITION, VELOCITY = slice(0, 3), slice(3, 6)  # earth-fixed, m and m/s
TURN, UNREST = 6, 7
"""Turn rate, rad/s, clockwise seen from above; squared innovation over its variance, smoothed."""
ALONG = 8  # variances along the flight: of position, with velocity, of velocity
RIGHT = (
    11  # to the right: the same three, then of turn rate with position, with velocity, by itself
)
TURN_VARIANCE = 16
PRESSURE, ELLIPSOID = 17, 23  # height, rate, their three variances, heights refused in a row
REPORTED = 29  # speed and direction last reported, and how often they came unchanged
WIDTH = 32

ACCELERATION_SD_MPS2 = 0.3  # airliner en route between turns: thrust and wind
UNREST_MAX = 400.0  # acceleration up to 6 m/s2, 0.6 g, beyond the turn already followed
UNREST_MEMORY = 0.7
TURN_FADE_S = 90.0  # half a turn at 2 deg/s
TURN_DRIFT_VARIANCE = 4e-6  # (rad/s)2 a second: rolls into 1 deg/s within 10 s, 3 sd
TURN_SD_START_RADPS = 0.02
TURN_VARIANCE_MIN = 1e-10
TURN_RADPS_MAX = 0.5
SPEED_MPS_MIN_TURNING = 10.0  # a helicopter in the hover has no direction
VELOCITY_SD_UNKNOWN_MPS = 300.0  # first plot without a velocity: any jet
VELOCITY_SD_FIRST_MPS = 30.0  # a first reported velocity, until a second plot bears it out
VELOCITY_SD_REPORTED_MPS = 1.5  # NACv 2: 95 % within 3 m/s
TIME_SD_S = 0.2  # ASTERIX and readsb give tenths; ESASSP asks for 0.2 s of time stamps
GATE = 25.0  # squared, two axes: a right plot is outside once in 270,000
GATE_ACCELERATION_MPS2 = 15.0  # 1.5 g begun since the last plot is still this aircraft
GATE_LAG_S = 5.0  # shared receivers stamp positions late by seconds: a name outweighs a lag
SURPRISE_SQUARED = 9.0  # three sd: a position further off shows that the track was wrong (fading)
FULL_WEIGHT_SQUARED = 9.0  # three sd: a velocity further off counts as if it lay there (Huber)
HEIGHT_SD_PRESSURE_M = 8.0  # 25 ft steps and 0.3 s of delay in a climb
HEIGHT_SD_ELLIPSOID_M = 15.0  # GNSS vertical, 95 % 30 m
RATE_SD_REPORTED_MPS = 1.0  # 64 ft/min steps, lagging
RATE_SD_UNKNOWN_MPS = 30.0
VERTICAL_ACCELERATION_SD_MPS2 = 1.0
HEIGHTS_REFUSED_MAX = 3  # in a row, then the height starts anew: it is not a garble

_INVERSE_SQUARES = np.array([[SEMI_MAJOR_M**-2], [SEMI_MAJOR_M**-2], [SEMI_MINOR_M**-2]])


def start(
    count: int, position_ecef_m: Floats, velocity_ecef_mps: Floats, moving: Mask, variance: Floats
) -> Floats:
    """State (WIDTH, count) of tracks at their first position (3, count)."""
    state = np.zeros((WIDTH, count))
    state[POSITION] = position_ecef_m
    state[VELOCITY] = np.where(moving, velocity_ecef_mps, 0.0)
    state[TURN_VARIANCE] = TURN_SD_START_RADPS**2
    state[UNREST] = 1.0
    for axis in (ALONG, RIGHT):
        state[axis] = variance
        state[axis + 2] = np.where(moving, VELOCITY_SD_FIRST_MPS**2, VELOCITY_SD_UNKNOWN_MPS**2)
    return state


def advance(state: Floats, elapsed_s: Floats) -> None:
    """Move the horizontal part on by (N,) seconds, none below 0."""
    up = _up(state[POSITION])
    velocity = state[VELOCITY].copy()
    left = _cross(up, velocity)
    speed_squared = _dot(velocity, velocity)
    fade = np.exp(-elapsed_s / TURN_FADE_S)
    angle = -state[TURN] * TURN_FADE_S * (1.0 - fade)  # to the left
    sine, cosine = np.sin(angle), np.cos(angle)
    straight = np.abs(angle) < 1e-6  # then the series to second order is exact in float64
    divisor = np.where(straight, 1.0, angle)
    ahead = np.where(straight, 1.0, sine / divisor) * elapsed_s
    aside = np.where(straight, 0.5 * angle, (1.0 - cosine) / divisor) * elapsed_s
    state[POSITION] += ahead * velocity + aside * left
    state[VELOCITY] = cosine * velocity + sine * left
    _onto_ellipsoid(state, np.sqrt(speed_squared))
    state[TURN] *= fade
    noise = ACCELERATION_SD_MPS2**2 * np.clip(state[UNREST], 1.0, UNREST_MAX)
    _advance_errors(state, elapsed_s, np.sqrt(speed_squared), fade, noise)


def _advance_errors(
    state: Floats, elapsed_s: Floats, speed_mps: Floats, fade: Floats, noise: Floats
) -> None:
    """Covariances moved on: F P F' + Q, written out for the few entries that are not 0."""
    turning = np.where(speed_mps > SPEED_MPS_MIN_TURNING, speed_mps, 0.0)
    into_velocity = turning * elapsed_s
    into_position = 0.5 * into_velocity * elapsed_s
    _, _, _, turn_position, turn_velocity, turn = state[RIGHT : RIGHT + 6].copy()
    square = elapsed_s * elapsed_s
    for axis in (ALONG, RIGHT):
        position, mixed, velocity = state[axis : axis + 3]
        position += 2.0 * elapsed_s * mixed + square * (velocity + 0.25 * square * noise)
        mixed += elapsed_s * (velocity + 0.5 * square * noise)
        velocity += square * noise
    position, mixed, velocity, with_position, with_velocity, variance = state[RIGHT : RIGHT + 6]
    position += into_position * (
        2.0 * turn_position + 2.0 * elapsed_s * turn_velocity + into_position * turn
    )
    mixed += into_position * turn_velocity + into_velocity * (
        turn_position + elapsed_s * turn_velocity + into_position * turn
    )
    velocity += into_velocity * (2.0 * turn_velocity + into_velocity * turn)
    with_position[:] = fade * (turn_position + elapsed_s * turn_velocity + into_position * turn)
    with_velocity[:] = fade * (turn_velocity + into_velocity * turn)
    variance[:] = fade * fade * turn + TURN_DRIFT_VARIANCE * elapsed_s
    excess = np.minimum(TURN_SD_START_RADPS**2 / np.maximum(variance, TURN_VARIANCE_MIN), 1.0)
    variance *= excess
    with_position *= np.sqrt(excess)
    with_velocity *= np.sqrt(excess)


def take_positions(
    state: Floats,
    position_ecef_m: Floats,
    velocity_ecef_mps: Floats,
    reported: Floats,
    moving: Mask,
    variance: Floats,
    elapsed_s: Floats,
) -> tuple[Mask, Floats]:
    """Take one position (and velocity) into each track.

    Args:
        state: (WIDTH, N) at the tracks' own times; changed also where a position is refused.
        position_ecef_m: (3, N).
        velocity_ecef_mps: (3, N), means nothing where not `moving`.
        reported: (2, N) the same as speed and direction.
        moving: (N,) whether a velocity was reported.
        variance: (N,) of the position along one axis.
        elapsed_s: (N,) since the track's time; below 0 for a position from before it.

    Returns:
        within: (N,) inside the gate; the state of others is not to be kept.
        off_m: (N,) distance from where the track was expected.
    """
    lag_s = np.maximum(-elapsed_s, 0.0)
    elapsed_s = np.maximum(elapsed_s, 0.0)
    speed = np.sqrt(_dot(state[VELOCITY], state[VELOCITY]))
    known = state[ALONG + 2] < (0.5 * VELOCITY_SD_UNKNOWN_MPS) ** 2
    advance(state, elapsed_s)
    axes = _axes(state)
    variance = variance + (speed * TIME_SD_S) ** 2 + lag_s**2 * state[ALONG + 2]
    error = _along_axes(axes, position_ecef_m + lag_s * state[VELOCITY] - state[POSITION])
    spread = state[[ALONG, RIGHT]] + variance
    surprise = (error**2 / spread).sum(axis=0)
    off_m = np.sqrt((error**2).sum(axis=0))
    reach = 0.5 * GATE_ACCELERATION_MPS2 * np.maximum(elapsed_s, lag_s) ** 2 + GATE_LAG_S * speed
    within = off_m <= np.sqrt(GATE * spread.max(axis=0)) + reach
    velocity_variance = _velocity_variance(state, reported, moving)
    off = _along_axes(axes, velocity_ecef_mps - state[VELOCITY])
    surprise_velocity = (off**2 / (state[[ALONG + 2, RIGHT + 2]] + velocity_variance)).sum(axis=0)
    unrest = 0.5 * np.where(moving, 0.5 * (surprise + surprise_velocity), surprise)
    smoothed = UNREST_MEMORY * state[UNREST] + (1.0 - UNREST_MEMORY) * unrest
    state[UNREST] = np.where(known, smoothed, state[UNREST])
    forget = surprise > SURPRISE_SQUARED
    if forget.any():
        _fade_confidence(state, np.where(forget, surprise / SURPRISE_SQUARED, 1.0), variance)
    _correct(state, axes, error, state[[ALONG, RIGHT]] + variance, 0, ~np.zeros_like(moving))
    off = _along_axes(axes, velocity_ecef_mps - state[VELOCITY])
    spread = state[[ALONG + 2, RIGHT + 2]] + velocity_variance
    doubt = np.maximum((off**2 / spread).sum(axis=0) / FULL_WEIGHT_SQUARED, 1.0)
    _correct(state, axes, off, spread * doubt, 1, moving)
    np.maximum(state[TURN_VARIANCE], TURN_VARIANCE_MIN, out=state[TURN_VARIANCE])
    np.clip(state[TURN], -TURN_RADPS_MAX, TURN_RADPS_MAX, out=state[TURN])
    _onto_ellipsoid(state, np.sqrt(_dot(state[VELOCITY], state[VELOCITY])))
    return within, off_m


def _fade_confidence(state: Floats, surprise: Floats, variance: Floats) -> None:
    """Raise the track's own variances until a position surprises by three sd and no more."""
    for axis, width in ((ALONG, 3), (RIGHT, 6)):
        wanted = (surprise * (state[axis] + variance) - variance) / state[axis]
        state[axis : axis + width] *= np.maximum(wanted, 1.0)


def _correct(
    state: Floats,
    axes: tuple[Floats, Floats],
    error: Floats,
    spread: Floats,
    measured: int,
    where: Mask,
) -> None:
    """Correct both axes by an error (2, N) of position (`measured` 0) or of velocity (1)."""
    for number, start_row in enumerate((ALONG, RIGHT)):
        position, mixed, velocity = state[start_row : start_row + 3]
        shared = (mixed, velocity) if measured else (position, mixed)
        gain = [np.where(where, row / spread[number], 0.0) for row in shared]
        moved = np.where(where, error[number], 0.0)
        state[POSITION] += gain[0] * moved * axes[number]
        state[VELOCITY] += gain[1] * moved * axes[number]
        if start_row == RIGHT:
            with_turn = state[RIGHT + 3 : RIGHT + 5]
            gain_turn = np.where(where, with_turn[measured] / spread[number], 0.0)
            state[TURN] += gain_turn * moved
            state[TURN_VARIANCE] -= gain_turn * with_turn[measured]
            other = 1 - measured
            with_turn[other] -= gain[other] * with_turn[measured]
            with_turn[measured] *= 1.0 - gain[measured]
        if measured:
            position -= gain[0] * mixed
            mixed *= 1.0 - gain[1]
            velocity *= 1.0 - gain[1]
        else:
            velocity -= gain[1] * mixed
            mixed *= 1.0 - gain[0]
            position *= 1.0 - gain[0]


def _axes(state: Floats) -> tuple[Floats, Floats]:
    """Unit vectors (3, N) along the flight and to its right; for one that hovers, any two."""
    up = _up(state[POSITION])
    velocity = state[VELOCITY]
    square = _dot(velocity, velocity)
    level = _cross(up, np.broadcast_to(np.array([[0.0], [0.0], [1.0]]), up.shape).copy())
    level[0] += np.where(_dot(level, level) < 1e-12, 1.0, 0.0)  # at a pole
    along = np.where(square > 1e-6, velocity, level)
    along = along / np.sqrt(_dot(along, along))
    return along, _cross(along, up)


def _along_axes(axes: tuple[Floats, Floats], vector: Floats) -> Floats:
    """Components (2, N) of vectors (3, N)."""
    return np.stack([_dot(axes[0], vector), _dot(axes[1], vector)])


def _velocity_variance(state: Floats, reported: Floats, moving: Mask) -> Floats:
    """Of a reported velocity; one that repeats to the last bit tells less each time."""
    last, repeats = state[REPORTED : REPORTED + 2], REPORTED + 2
    again = (last == reported).all(axis=0)
    state[repeats] = np.where(moving, np.where(again, state[repeats] + 1.0, 0.0), state[repeats])
    state[REPORTED : REPORTED + 2] = np.where(moving, reported, last)
    variance: Floats = (VELOCITY_SD_REPORTED_MPS * (1.0 + state[repeats])) ** 2
    return variance


def advance_heights(part: Floats, elapsed_s: Floats) -> None:
    """Move (6, N) heights of one datum on by (N,) seconds, none below 0."""
    noise = VERTICAL_ACCELERATION_SD_MPS2**2
    square = elapsed_s * elapsed_s
    part[0] += elapsed_s * part[1]
    part[2] += 2.0 * elapsed_s * part[3] + square * (part[4] + 0.25 * square * noise)
    part[3] += elapsed_s * (part[4] + 0.5 * square * noise)
    part[4] += square * noise


def take_heights(
    part: Floats,
    height_m: Floats,
    height_sd_m: float,
    rate_mps: Floats,
    rated: Mask,
    elapsed_s: Floats,
    fresh: Mask,
) -> Mask:
    """Take a height (and rate) of one datum into each track.

    Args:
        part: (6, N) rows of that datum, changed in place.
        height_m: (N,).
        height_sd_m: of all of them.
        rate_mps: (N,), means nothing where not `rated`.
        rated: (N,).
        elapsed_s: (N,) since the last height, none below 0.
        fresh: (N,) whether there was none before.

    Returns:
        refused: (N,) heights too far from what was expected; the third in a row starts anew.
    """
    before = part.copy()
    advance_heights(part, elapsed_s)
    error = height_m - part[0]
    spread = part[2] + height_sd_m**2
    reach = np.sqrt(GATE * spread) + 0.5 * GATE_ACCELERATION_MPS2 * elapsed_s**2
    far = ~fresh & (np.abs(error) > reach)
    misses = np.where(far, before[5] + 1.0, 0.0)
    refused: Mask = far & (misses < HEIGHTS_REFUSED_MAX)
    gain_height, gain_rate = part[2] / spread, part[3] / spread
    part[0] += gain_height * error
    part[1] += gain_rate * error
    part[4] -= gain_rate * part[3]
    part[3] *= 1.0 - gain_height
    part[2] *= 1.0 - gain_height
    spread = part[4] + RATE_SD_REPORTED_MPS**2
    error = rate_mps - part[1]
    gain_height = np.where(rated, part[3] / spread, 0.0)
    gain_rate = np.where(rated, part[4] / spread, 0.0)
    part[0] += gain_height * error
    part[1] += gain_rate * error
    part[2] -= gain_height * part[3]
    part[3] *= 1.0 - gain_rate
    part[4] *= 1.0 - gain_rate
    anew = fresh | (far & ~refused)
    zero = np.zeros_like(height_m)
    rate_variance = np.where(rated, RATE_SD_REPORTED_MPS**2, RATE_SD_UNKNOWN_MPS**2)
    first = (height_m, np.where(rated, rate_mps, 0.0), zero + height_sd_m**2, zero, rate_variance)
    for row, value in enumerate(first):
        part[row] = np.where(refused, before[row], np.where(anew, value, part[row]))
    part[5] = np.where(refused, misses, 0.0)
    return refused


def _up(position_ecef_m: Floats) -> Floats:
    """Unit normals (3, N) of the ellipsoid."""
    normal: Floats = position_ecef_m * _INVERSE_SQUARES
    normal /= np.sqrt(_dot(normal, normal))
    return normal


def _onto_ellipsoid(state: Floats, speed_mps: Floats) -> None:
    """Bring positions back to the surface, and velocities of that speed into its tangent plane."""
    position = state[POSITION]
    position /= np.sqrt(_dot(position, position * _INVERSE_SQUARES))
    up = _up(position)
    velocity = state[VELOCITY]
    velocity -= _dot(velocity, up) * up
    length = np.sqrt(_dot(velocity, velocity))
    velocity *= speed_mps / np.where(length > 0.0, length, 1.0)


def _dot(a: Floats, b: Floats) -> Floats:
    product: Floats = a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    return product


def _cross(a: Floats, b: Floats) -> Floats:
    product: Floats = np.empty_like(b)
    product[0] = a[1] * b[2] - a[2] * b[1]
    product[1] = a[2] * b[0] - a[0] * b[2]
    product[2] = a[0] * b[1] - a[1] * b[0]
    return product
