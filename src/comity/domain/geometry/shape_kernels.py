"""Shapes of few corners made ready, compiled: those that are plainly right, and no others.

Whatever is refused, is near a limit or takes more than its corners is left to `prepare_vertices`, which decides
and has the words. So a shape is valid or not whether compiled code is loaded or not, and no message stands twice.

Short names are those of `kernels`: p and q points as unit vectors, e a piece; x and y in the gnomonic plane.
"""

import math

import numpy as np

from comity.domain.geometry.edges import GEODESIC_PIECE_M, VERTEX_GAP_M
from comity.domain.geometry.ellipsoid import SEMI_MAJOR_M, SEMI_MINOR_M, Floats
from comity.domain.geometry.jit import kernel
from comity.domain.geometry.kernels import AA, BB, Vector, cross, dot
from comity.domain.geometry.prepared import BULGE_PER_SQUARE_M, NO_DIRECTION, RING_COSINE_MIN
from comity.domain.geometry.rings import CLEARANCE

RATIO = SEMI_MINOR_M / SEMI_MAJOR_M
MARGIN = 1e-3  # of a limit; both ways of computing agree to some 1e-6 of each of them
CLEARANCE_PLAIN = 8.0 * CLEARANCE  # 5 cm: pieces so near each other are looked at by the full check
TURNED = 1e-3  # cosine: pieces that meet at a right angle or sharper
LEFT = (False, 0.0, 0.0)
"""Not made: for `prepare_vertices`."""


@kernel
def make_plain(
    corners: Floats, ring: bool, points: Floats, centre: Floats
) -> tuple[bool, float, float]:
    """Make a shape with geodesic edges of which each is one piece.

    Args:
        corners: (2V,) latitudes, then longitudes, in degrees; two at least, of a ring three.
        ring: whether the last corner joins the first.
        points: (V + 1, 3) for a ring, else (V, 3); filled as in `PreparedShape`, to the last bit.
        centre: (3,) filled.

    Returns:
        Whether it is made; its `reach_m` and `piece_m`.
    """
    count = len(corners) // 2
    for k in range(count):
        latitude, longitude = corners[k], corners[count + k]
        # NaN makes these false
        if not (abs(latitude) <= 90.0 and abs(longitude) <= 180.0):
            return LEFT
        across = math.cos(math.radians(latitude))
        up = RATIO * math.sin(math.radians(latitude))
        length = math.sqrt(across * across + up * up)
        across /= length
        turn = math.radians(longitude)
        points[k, 0] = across * math.cos(turn)
        points[k, 1] = across * math.sin(turn)
        points[k, 2] = up / length
    if ring:
        points[count] = points[0]
    piece_m, reach_m = measured(points, centre)
    if piece_m < 0.0:
        return LEFT
    if ring and not goes_round(points, centre) and not is_simple(points, centre):
        return LEFT
    return True, reach_m + BULGE_PER_SQUARE_M * piece_m * piece_m, piece_m


@kernel
def straight_m(px: float, py: float, pz: float) -> float:
    """Earth-fixed length of a difference of unit vectors."""
    return math.sqrt(AA * (px * px + py * py) + BB * (pz * pz))


@kernel
def measured(points: Floats, centre: Floats) -> tuple[float, float]:
    """Fill the centre; the longest piece, -1 where one is too short or too long; the farthest end (metres)."""
    longest = 0.0
    for k in range(len(points) - 1):
        length_m = straight_m(
            points[k, 0] - points[k + 1, 0],
            points[k, 1] - points[k + 1, 1],
            points[k, 2] - points[k + 1, 2],
        )
        if not (VERTEX_GAP_M * (1.0 + MARGIN) <= length_m <= GEODESIC_PIECE_M * (1.0 - MARGIN)):
            return -1.0, 0.0
        longest = max(longest, length_m)
    square = 0.0
    for axis in range(3):
        low = high = points[0, axis]
        for k in range(1, len(points)):
            low, high = min(low, points[k, axis]), max(high, points[k, axis])
        centre[axis] = (low + high) / 2.0
        square += centre[axis] * centre[axis]
    length = math.sqrt(square)
    if length <= 1e3 * NO_DIRECTION:
        return -1.0, 0.0
    for axis in range(3):
        centre[axis] /= length
    farthest = 0.0
    for k in range(len(points)):
        reach_m = straight_m(
            points[k, 0] - centre[0], points[k, 1] - centre[1], points[k, 2] - centre[2]
        )
        farthest = max(farthest, reach_m)
    return longest, farthest


@kernel
def plane_of(c: Vector) -> tuple[Vector, Vector]:
    """East and north at the centre, as `rings.gnomonic` has them."""
    if abs(c[2]) < 0.9:
        length = math.sqrt(c[0] * c[0] + c[1] * c[1])
        east = (-c[1] / length, c[0] / length, 0.0)
    else:
        length = math.sqrt(c[1] * c[1] + c[2] * c[2])
        east = (0.0, -c[2] / length, c[1] / length)
    return east, cross(c, east)


@kernel
def goes_round(points: Floats, centre: Floats) -> bool:
    """`rings` says why a ring that goes round its centre once is simple; within 60° of it."""
    c = (centre[0], centre[1], centre[2])
    east, north = plane_of(c)
    x0 = y0 = square0 = turned = 0.0
    nearest, narrowest = math.inf, 1.0
    sides = 0
    for k in range(len(points)):
        p = (points[k, 0], points[k, 1], points[k, 2])
        depth = dot(p, c)
        if depth < RING_COSINE_MIN + MARGIN:
            return False
        x1, y1 = dot(p, east) / depth, dot(p, north) / depth
        square1 = x1 * x1 + y1 * y1
        if k > 0:
            area = x0 * y1 - y0 * x1
            if not area * turned >= 0.0 or area == 0.0:
                return False
            turned = area
            along = (x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0)
            nearest = min(nearest, area * area / along)
            narrowest = min(narrowest, area * area / (square0 * square1))
            sides += (y0 > 0.0) != (y1 > 0.0)
        x0, y0, square0 = x1, y1, square1
    return sides == 2 and math.sqrt(nearest * narrowest) > 2.0 * CLEARANCE * (1.0 + MARGIN)


@kernel
def is_simple(points: Floats, centre: Floats) -> bool:
    """Whether no two pieces come near each other, nor turn back: `rings.check_simple`, with margins."""
    c = (centre[0], centre[1], centre[2])
    east, north = plane_of(c)
    plane = np.empty((len(points), 2))
    for k in range(len(points)):
        p = (points[k, 0], points[k, 1], points[k, 2])
        depth = dot(p, c)
        if depth < RING_COSINE_MIN + MARGIN:
            return False
        plane[k, 0], plane[k, 1] = dot(p, east) / depth, dot(p, north) / depth
    count = len(points) - 1
    for k in range(count):
        if turns_back(plane, k, (k + 1) % count):
            return False
        for other in range(k + 2, count - (k == 0)):
            if meet(plane, k, other):
                return False
    return True


@kernel
def turns_back(plane: Floats, k: int, following: int) -> bool:
    """Whether a piece and the one that follows it make a spike."""
    ax, ay = plane[k + 1, 0] - plane[k, 0], plane[k + 1, 1] - plane[k, 1]
    bx = plane[following + 1, 0] - plane[following, 0]
    by = plane[following + 1, 1] - plane[following, 1]
    a, b = math.sqrt(ax * ax + ay * ay), math.sqrt(bx * bx + by * by)
    narrow = abs(ax * by - ay * bx) < CLEARANCE_PLAIN * max(a, b)
    return bool(narrow and ax * bx + ay * by < TURNED * a * b)


@kernel
def meet(plane: Floats, i: int, k: int) -> bool:
    """Whether pieces i and k cross, or come near each other."""
    for axis in range(2):
        a0, a1, b0, b1 = plane[i, axis], plane[i + 1, axis], plane[k, axis], plane[k + 1, axis]
        if min(a0, a1) > max(b0, b1) + CLEARANCE_PLAIN:
            return False
        if min(b0, b1) > max(a0, a1) + CLEARANCE_PLAIN:
            return False
    side0, side1 = side(plane, i, k), side(plane, i, k + 1)
    side2, side3 = side(plane, k, i), side(plane, k, i + 1)
    if (side0 > 0.0) != (side1 > 0.0) and (side2 > 0.0) != (side3 > 0.0):
        return True
    near = min(
        away_square(plane, k, i),
        away_square(plane, k + 1, i),
        away_square(plane, i, k),
        away_square(plane, i + 1, k),
    )
    return near < CLEARANCE_PLAIN * CLEARANCE_PLAIN


@kernel
def side(plane: Floats, i: int, k: int) -> float:
    """On which side of piece i the end k lies."""
    ax, ay = plane[i + 1, 0] - plane[i, 0], plane[i + 1, 1] - plane[i, 1]
    return float(ax * (plane[k, 1] - plane[i, 1]) - ay * (plane[k, 0] - plane[i, 0]))


@kernel
def away_square(plane: Floats, k: int, i: int) -> float:
    """Square of the distance of the end k from piece i."""
    ax, ay = plane[i + 1, 0] - plane[i, 0], plane[i + 1, 1] - plane[i, 1]
    bx, by = plane[k, 0] - plane[i, 0], plane[k, 1] - plane[i, 1]
    share = min(max((ax * bx + ay * by) / (ax * ax + ay * ay), 0.0), 1.0)
    dx, dy = bx - share * ax, by - share * ay
    return float(dx * dx + dy * dy)
