"""Distance between two shapes, compiled. `distance` holds the same measure for small sets.

Short names are those of docs/spec/volume.md, "Distance": p a point, u and u + e the ends of a
piece, w the foot of p on it. Vectors are triples of floats: the compiler keeps them in registers.
"""

import math

from comity.domain.geometry.ellipsoid import SEMI_MAJOR_M, SEMI_MINOR_M, Floats
from comity.domain.geometry.jit import kernel
from comity.domain.geometry.prepared import BULGE_PER_SQUARE_M, ShapeArrays

Vector = tuple[float, float, float]
Found = tuple[float, Vector, Vector]
"""Distance (infinite when not below the cutoff), then the closest points as unit vectors."""

AA = SEMI_MAJOR_M * SEMI_MAJOR_M
BB = SEMI_MINOR_M * SEMI_MINOR_M
Piece = tuple[Vector, Vector, float, bool]
"""Start u, chord e, length of e in metres, whether its end is the end of a path."""

NOWHERE = (math.inf, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))


@kernel
def dot_m2(p: Vector, q: Vector) -> float:
    """Scalar product of two differences of unit vectors, in earth-fixed square metres."""
    return AA * (p[0] * q[0] + p[1] * q[1]) + BB * p[2] * q[2]


@kernel
def dot(p: Vector, q: Vector) -> float:
    """Scalar product."""
    return p[0] * q[0] + p[1] * q[1] + p[2] * q[2]


@kernel
def cross(p: Vector, q: Vector) -> Vector:
    """Vector product."""
    return p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0]


@kernel
def minus(p: Vector, q: Vector) -> Vector:
    """Difference p - q."""
    return p[0] - q[0], p[1] - q[1], p[2] - q[2]


@kernel
def along(u: Vector, share: float, e: Vector) -> Vector:
    """The point u + share·e."""
    return u[0] + share * e[0], u[1] + share * e[1], u[2] + share * e[2]


@kernel
def unit(p: Vector) -> Vector:
    """The direction of p."""
    r = 1.0 / math.sqrt(dot(p, p))
    return p[0] * r, p[1] * r, p[2] * r


@kernel
def surface_m(p: Vector, w: Vector) -> float:
    """Geodesic distance of two points of the ellipsoid, from the straight line between them.

    s = c·(1 + (kc)²/24 + 3(kc)⁴/640), c the straight line, k the curvature of the normal section in
    its direction at the middle; within 0.1 m up to 600 km.

    Source: docs/spec/volume.md, "Distance".
    """
    d = minus(p, w)
    cc = dot_m2(d, d)
    if cc == 0.0:
        return 0.0
    m = along(p, 1.0, w)
    slope = ((m[0] * m[0] + m[1] * m[1]) / AA + m[2] * m[2] / BB) / dot(m, m)
    across = dot(d, d)
    kkcc = across * across / (slope * cc)
    return math.sqrt(cc) * (1.0 + kkcc * (1.0 / 24.0 + kkcc * (3.0 / 640.0)))


@kernel
def foot(p: Vector, u: Vector, e: Vector, share: float) -> Vector:
    """Closest point to p of the piece from u to u + e, given the share of its chord closest to p.

    One Gauss-Newton step along the piece, from the point above that of the chord.
    """
    w = unit(along(u, share, e))
    if share <= 0.0 or share >= 1.0:
        return w
    t = along(e, -dot(e, w), w)
    step = dot_m2(minus(p, w), t) / dot_m2(t, t)
    return unit(along(w, min(max(step, -share), 1.0 - share), t))


@kernel
def point_to_piece(
    p: Vector, u: Vector, e: Vector, ee: float, best_m: float
) -> tuple[float, Vector]:
    """Distance of p from the piece u, u + e, where below the best so far, else that; and the foot.

    The chord, less the piece's bulge above it, bounds the distance from below.
    """
    d = minus(p, u)
    de = dot_m2(d, e)
    share = min(max(de / ee, 0.0), 1.0) if ee > 0.0 else 0.0
    bound = best_m + BULGE_PER_SQUARE_M * ee
    if dot_m2(d, d) - share * (2.0 * de - share * ee) >= bound * bound:
        return best_m, u
    w = foot(p, u, e, share)
    return min(surface_m(p, w), best_m), w


@kernel
def crossing(u: Vector, e: Vector, v: Vector, f: Vector) -> tuple[bool, Vector]:
    """Whether pieces u, u + e and v, v + f cross, and where.

    They do where the ends of each lie on both sides of the other's plane, and not at the antipode.
    """
    d = minus(v, u)
    n = cross(u, e)
    side0 = dot(n, d)
    side1 = side0 + dot(n, f)
    if (side0 > 0.0) == (side1 > 0.0):
        return False, u
    m = cross(v, f)
    side2 = -dot(m, d)
    if (side2 > 0.0) == (side2 + dot(m, e) > 0.0):
        return False, u
    w = unit(along(v, side0 / (side0 - side1), f))
    return dot(w, u) > 0.0, w


@kernel
def row(shapes: ShapeArrays, k: int) -> Vector:
    """Point k of packed shapes."""
    return shapes.points[k, 0], shapes.points[k, 1], shapes.points[k, 2]


@kernel
def middle(shapes: ShapeArrays, s: int) -> Vector:
    """Centre of shape s."""
    one = shapes.rows[s]
    return one.centre_x, one.centre_y, one.centre_z


@kernel
def inside(shapes: ShapeArrays, s: int, p: Vector) -> bool:
    """Whether p lies inside ring s: `rings.contains`, one point at a time."""
    return winds_round(
        shapes.points, shapes.rows[s].first, shapes.rows[s].count, middle(shapes, s), p
    )


@kernel
def winds_round(points: Floats, first: int, count: int, c: Vector, p: Vector) -> bool:
    """Whether p lies inside the ring of `count` points (V, 3) from `first` on, with centre c."""
    depth = dot(p, c)
    if depth < 0.5:
        return False
    axis = (0.0, 0.0, 1.0) if abs(c[2]) < 0.9 else (1.0, 0.0, 0.0)
    east = unit(cross(axis, c))
    north = cross(c, east)
    x = dot(p, east) / depth
    y = dot(p, north) / depth
    odd = False
    x0 = 0.0
    y0 = 0.0
    for k in range(first, first + count):
        v = (points[k, 0], points[k, 1], points[k, 2])
        r = 1.0 / dot(v, c)
        x1 = dot(v, east) * r - x
        y1 = dot(v, north) * r - y
        straddles = k > first and (y0 > 0.0) != (y1 > 0.0)
        if straddles and x0 - y0 * (x1 - x0) / (y1 - y0) > 0.0:
            odd = not odd
        x0 = x1
        y0 = y1
    return odd


@kernel
def pair_distance(a: ShapeArrays, i: int, b: ShapeArrays, j: int, cutoff_m: float) -> Found:
    """Least geodesic distance between two shapes, their radii left out of account.

    0 where they overlap. Exact within `distance.tolerance_m` up to `distance.RANGE_M_MAX`.

    Args:
        a: arrays that hold shape i.
        i: index of the one shape.
        b: arrays that hold shape j.
        j: index of the other.
        cutoff_m: beyond it only that fact is wanted.

    Returns:
        Distance, or infinity when it is not below the cutoff; then the closest points, i's first.
    """
    d = minus(middle(a, i), middle(b, j))
    far = a.rows[i].reach_m + b.rows[j].reach_m + cutoff_m
    if dot_m2(d, d) > far * far:
        return NOWHERE
    p = row(a, a.rows[i].first)
    q = row(b, b.rows[j].first)
    if a.rows[i].ring and inside(a, i, q):
        return 0.0, q, q
    if b.rows[j].ring and inside(b, j, p):
        return 0.0, p, p
    return lines_distance(a, i, b, j, cutoff_m)


@kernel
def lines_distance(a: ShapeArrays, i: int, b: ShapeArrays, j: int, cutoff_m: float) -> Found:
    """As `pair_distance`, of the lines alone: pieces of i against pieces of j."""
    found = (cutoff_m, NOWHERE[1], NOWHERE[2])
    centre = middle(b, j)
    first = a.rows[i].first
    end = first + a.rows[i].count - 1
    for k in range(first, end):
        u = row(a, k)
        e = minus(row(a, k + 1), u)
        length = math.sqrt(dot_m2(e, e))
        d = minus(u, centre)
        far = length + b.rows[j].reach_m + found[0]
        if dot_m2(d, d) <= far * far:
            last = k == end - 1 and not a.rows[i].ring
            found = piece_distance((u, e, length, last), b, j, found)
    return found if found[0] < cutoff_m else NOWHERE


@kernel
def piece_distance(piece: Piece, b: ShapeArrays, j: int, found: Found) -> Found:
    """The better of `found` and the closest points of one piece and the line of shape j.

    Pieces that do not cross are nearest at an end of one of them; the end of each piece is the
    start of the next, so ends are tried for the last piece of a path only.
    """
    u, e, length, last = piece
    ee = length * length
    first = b.rows[j].first
    end = first + b.rows[j].count - 1
    for k in range(first, end):
        v = row(b, k)
        d = minus(v, u)
        far = length + b.rows[j].piece_m + found[0]
        if dot_m2(d, d) > far * far:
            continue
        f = minus(row(b, k + 1), v)
        ff = dot_m2(f, f)
        crosses, w = crossing(u, e, v, f)
        if crosses:
            return 0.0, w, w
        s, w = point_to_piece(v, u, e, ee, found[0])
        if s < found[0]:
            found = (s, w, v)
        s, w = point_to_piece(u, v, f, ff, found[0])
        if s < found[0]:
            found = (s, u, w)
        if last:
            p = along(u, 1.0, e)
            s, w = point_to_piece(p, v, f, ff, found[0])
            if s < found[0]:
                found = (s, p, w)
        if k == end - 1 and not b.rows[j].ring:
            p = along(v, 1.0, f)
            s, w = point_to_piece(p, u, e, ee, found[0])
            if s < found[0]:
                found = (s, w, p)
    return found
