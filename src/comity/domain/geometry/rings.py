"""Rings: whether one is simple, and what is inside it."""

import math

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.ellipsoid import Floats
from comity.kernel.errors import InputError

CLEARANCE = 1e-9  # in units of the earth's radius, 6 mm: closer, a ring counts as touching itself
_FEW_PIECES = 32
_ROWS = 256  # rows of the pair table handled at once: 256 x 16,384 booleans are 4 MB


def gnomonic(points: Floats, centre: Floats) -> Floats:
    """Project (V, 3) unit vectors, all within 90° of the centre: great circles become lines.

    Returns:
        (V, 2) coordinates in the tangent plane at the centre, in earth radii.
    """
    homogeneous = points @ _frame(centre)
    plane: Floats = homogeneous[:, :2] / homogeneous[:, 2:]
    return plane


def _frame(centre: Floats) -> Floats:
    """(3, 3) columns: two unit vectors across the centre's direction, then that direction."""
    x, y, z = centre.tolist()
    if abs(z) < 0.9:  # the pole's axis x centre; `kernels.inside` does the same
        length = math.hypot(x, y)
        east = (-y / length, x / length, 0.0)
    else:
        length = math.hypot(y, z)
        east = (0.0, -z / length, y / length)
    north = (y * east[2] - z * east[1], z * east[0] - x * east[2], x * east[1] - y * east[0])
    return np.array([[east[0], north[0], x], [east[1], north[1], y], [east[2], north[2], z]])


def contains(points: Floats, centre: Floats, place: Floats) -> bool:
    """Whether a place (3,) lies inside a ring of pieces, on the side without the antipode.

    Args:
        points: (P + 1, 3) unit vectors, the last equal to the first, within 60° of the centre.
        centre: (3,) unit vector.
        place: (3,) unit vector.

    Source: crossings of a half line with the ring, in the gnomonic plane (even-odd rule).
    """
    if float(place @ centre) < 0.5:
        return False
    plane = gnomonic(points, centre) - gnomonic(place[None, :], centre)
    x0, y0 = plane[:-1, 0], plane[:-1, 1]
    x1, y1 = plane[1:, 0], plane[1:, 1]
    straddles = (y0 > 0.0) != (y1 > 0.0)
    rise = np.where(straddles, y1 - y0, 1.0)
    right = x0 - y0 * (x1 - x0) / rise > 0.0
    return bool(np.count_nonzero(straddles & right) % 2)


def check_simple(points: Floats, centre: Floats) -> None:
    """Refuse a ring that touches or crosses itself.

    Args:
        points: (P + 1, 3) unit vectors, the last equal to the first.
        centre: (3,) unit vector within 60° of all of them.

    Raises:
        InputError: two pieces that do not follow each other come within 6 mm, or two that do turn
            back on each other.
    """
    plane = gnomonic(points, centre)
    count = len(plane) - 1
    if count <= _FEW_PIECES:
        few = plane.tolist()
        if _turns_one_way(few) or _goes_round_centre(few):
            return
    start, end = plane[:-1], plane[1:]
    _refuse_spikes(start, end)
    low = np.minimum(start, end) - CLEARANCE
    high = np.maximum(start, end) + CLEARANCE
    for row in range(0, count, _ROWS):
        rows = np.arange(row, min(row + _ROWS, count))
        meet = (
            (low[rows, None, 0] <= high[None, :, 0])
            & (high[rows, None, 0] >= low[None, :, 0])
            & (low[rows, None, 1] <= high[None, :, 1])
            & (high[rows, None, 1] >= low[None, :, 1])
        )
        first, second = np.nonzero(meet)
        first = first + row
        apart = second - first
        keep = (apart > 1) & (apart != count - 1)
        first, second = first[keep], second[keep]
        if len(first) == 0:
            continue
        touch = _touch(start[first], end[first], start[second], end[second])
        for index in np.flatnonzero(touch):
            raise InputError(
                "latitude_deg",
                f"the ring touches or crosses itself (pieces {first[index]} and {second[index]}"
                f" of {count})",
            )


def _turns_one_way(plane: list[list[float]]) -> bool:
    """Whether a ring is plainly convex, and so simple: it turns one way, and round once.

    A narrow turn counts as none, so that a spike is left for the full check.
    """
    left = True
    right = True
    reversals = 0
    x0, y0 = plane[-2]
    x1, y1 = plane[-1]
    before = x1 - x0
    for x2, y2 in plane[1:]:
        ax, ay, bx, by = x1 - x0, y1 - y0, x2 - x1, y2 - y1
        turn = (ax * by - ay * bx) / max(abs(ax), abs(ay), abs(bx), abs(by))
        left = left and turn > 2.0 * CLEARANCE
        right = right and turn < -2.0 * CLEARANCE
        if before * bx < 0.0 or bx == 0.0:
            reversals += 1
        before = bx
        x0, y0, x1, y1 = x1, y1, x2, y2
    return (left or right) and reversals <= 2


def _goes_round_centre(plane: list[list[float]]) -> bool:
    """Whether a ring goes round its centre once without turning back, and so is simple: a star.

    Each piece then has a sector to itself, as seen from the centre. Pieces that do not follow each other
    have a whole sector between them on either side: at the least distance d from the centre, and with s
    the least sine of a sector, they are d·s apart.
    """
    x0, y0 = plane[0]
    length0 = math.hypot(x0, y0)
    turned = 0.0
    sides = 0
    nearest, narrowest = math.inf, 1.0
    for x1, y1 in plane[1:]:
        area = x0 * y1 - y0 * x1
        if not area * turned >= 0.0 or area == 0.0:
            return False
        turned = area
        length1 = math.hypot(x1, y1)
        nearest = min(nearest, abs(area) / math.hypot(x1 - x0, y1 - y0))
        narrowest = min(narrowest, abs(area) / (length0 * length1))
        sides += (y0 > 0.0) != (y1 > 0.0)
        x0, y0, length0 = x1, y1, length1
    return sides == 2 and nearest * narrowest > 2.0 * CLEARANCE


def _refuse_spikes(start: Floats, end: Floats) -> None:
    along = end - start
    length = np.hypot(along[:, 0], along[:, 1])
    following = np.roll(along, -1, axis=0)
    cross = along[:, 0] * following[:, 1] - along[:, 1] * following[:, 0]
    dot = (along * following).sum(axis=1)
    shorter = np.minimum(length, np.roll(length, -1))
    width = np.abs(cross) / np.maximum(length, np.roll(length, -1))
    for index in np.flatnonzero((dot < 0.0) & (width < CLEARANCE) & (shorter > 0.0)):
        raise InputError(
            "latitude_deg", f"the ring turns back on itself at the end of piece {index}"
        )


def _touch(a0: Floats, a1: Floats, b0: Floats, b1: Floats) -> NDArray[np.bool_]:
    """Whether segments (N, 2) cross or come within `CLEARANCE`, row by row."""
    side0 = _cross(a1 - a0, b0 - a0)
    side1 = _cross(a1 - a0, b1 - a0)
    side2 = _cross(b1 - b0, a0 - b0)
    side3 = _cross(b1 - b0, a1 - b0)
    crosses = ((side0 > 0.0) != (side1 > 0.0)) & ((side2 > 0.0) != (side3 > 0.0))
    near = np.minimum.reduce(
        [
            _point_segment(b0, a0, a1),
            _point_segment(b1, a0, a1),
            _point_segment(a0, b0, b1),
            _point_segment(a1, b0, b1),
        ]
    )
    touch: NDArray[np.bool_] = crosses | (near < CLEARANCE)
    return touch


def _cross(a: Floats, b: Floats) -> Floats:
    product: Floats = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return product


def _point_segment(point: Floats, start: Floats, end: Floats) -> Floats:
    along = end - start
    square = np.maximum((along * along).sum(axis=1), 1e-300)  # pieces have length; guards 0/0
    share = np.clip(((point - start) * along).sum(axis=1) / square, 0.0, 1.0)
    away = point - start - share[:, None] * along
    distance: Floats = np.hypot(away[:, 0], away[:, 1])
    return distance
