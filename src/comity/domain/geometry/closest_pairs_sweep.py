"""The sweep over moving points in order: who may lose separation with whom, and who does.

Rows lie in bands of latitude, in a band by longitude; both are angles of the row's middle on the unit
sphere, by a polynomial within `ANGLE_ERROR_RAD`. A row looks at rows after it in its own band and in
the bands north of it, so that each pair is met once. What a band and a longitude leave out is farther
than the pair's reach for sure; then sixteen rows at a time are tested in float32 with `LANE_SLACK_M`
to spare, and what is left exactly, in float64. A few rows of far greater reach than the others would
widen everybody's view: they look all round instead, and the others do not look for them.

Each stage works through a chunk of rows before the next one starts: fewer branches at a time.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.closest_pairs import HEIGHT_ROUNDING_M, OWN_GROUP, Ints32
from comity.domain.geometry.closest_pairs_kernels import (
    ANGLE_ERROR_RAD,
    LANES,
    Keys,
    Lanes,
    gather,
    loss,
    make_keys,
    order,
    path_loss,
)
from comity.domain.geometry.ellipsoid import SEMI_MINOR_M, Floats
from comity.domain.geometry.jit import kernel, lane_kernel

LANE_SLACK_M = 4.0  # float32 rounds 6.4e6 m at 0.25 m, three coordinates of two rows: 0.9 m
LANE_SLACK_SHARE = 1e-6  # and squares of distances at 3e-7 of themselves
LANE_SQUARE_SHARE = 1e-6  # of the squares whose difference a closest approach is: 4e-7 in float32
LANE_SPEED_SQUARE_MIN = np.float32(1e-6)  # keeps the quotient finite where two rows do not part
HEIGHT_SLACK_M = 0.1  # float32 rounds 1e5 m at 4 mm
WEIGHTS = (2.0 ** np.arange(LANES)).astype(np.float32)
CHUNK = 256
BLOCKS = 512  # of sixteen rows that have a candidate, at a time
CANDIDATES = 128  # at a time; what is asked of them fills 8 kB
UNSEEN = np.int32(-1)  # in `Air.halves`: not worked out yet

LAST_KEY = np.int32(2**31 - 1)

_HALF_PI = math.pi / 2.0


class Air(NamedTuple):
    """Rows as the sweep reads them.

    Attributes:
        keys: (N + 17,) ascending: band, then longitude; `LAST_KEY` behind the last row.
        ids: (N,) which row stands where.
        starts: (B + 1,) position of the first row of each band or one after it.
        halves: (K, B) half of the longitudes, in units of keys, that a row looks at in the band k north
            of its own, by its own band; `UNSEEN` until somebody asks.
        lanes: (10, N + 16) in order of keys: x, y, z, height, how far from its line a row may be (its
            margin; of a path the reach of its ball), reach of heights, the rates of x, y and z, reach.
        weights: (16,) powers of two.
        line: (N, 8) by row: as `Rows.line`.
        reach: (N, 4) by row: margin, reach of heights, reach, and the code: group of heights times 256,
            and class of minima.
        margin: (N,) by row.
        slack: (N,) of heights, by row.
        owner: (N,) by row; empty where there are no paths.
        path: (N,) likewise.
        horizontal_m: (C, C).
        vertical_m: (C, C).
        node_ecef_m: as `FlownPaths`.
        node_height_m: likewise.
    """

    keys: Keys
    ids: Ints32
    starts: Ints32
    halves: NDArray[np.int32]
    lanes: Lanes
    weights: Lanes
    line: Floats
    reach: Lanes
    margin: Floats
    slack: Floats
    owner: Ints32
    path: Ints32
    horizontal_m: Floats
    vertical_m: Floats
    node_ecef_m: Floats
    node_height_m: Floats


class View(NamedTuple):
    """How far rows look.

    Attributes:
        look_ahead_s: of the search.
        band_rad: height of the bands.
        bits: of longitude in a key.
        cap_m: rows of a greater reach look all round.
        widest_m: greatest horizontal minimum.
        highest_m: greatest vertical minimum.
        reach_max_m: of all rows.
    """

    look_ahead_s: float
    band_rad: float
    bits: int
    cap_m: float
    widest_m: float
    highest_m: float
    reach_max_m: float


@kernel
def first_key(keys: Keys, key: int, low: int, high: int) -> int:
    """Position of the first key not below `key`, in [low, high]."""
    while low < high:
        middle = (low + high) // 2
        if keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def window(band: int, other: int, band_rad: float, reach_m: float) -> float:
    """Half of the longitudes (radians) that rows of another band within reach can differ by; or pi.

    From sin²(a/2) = sin²(b/2) + cos·cos·sin²(l/2), a the angle of reach seen from the centre, b the
    least difference and cos the least cosines of latitude.
    """
    sine = min(1.0, reach_m / (2.0 * SEMI_MINOR_M))
    apart = max(0.0, (abs(other - band) - 1) * band_rad - 4.0 * ANGLE_ERROR_RAD)
    room = sine * sine - math.sin(apart / 2.0) ** 2
    if room <= 0.0:
        return 4.0 * ANGLE_ERROR_RAD
    cosines = 1.0
    for each in (band, other):
        south = each * band_rad - _HALF_PI - 2.0 * ANGLE_ERROR_RAD
        north = (each + 1) * band_rad - _HALF_PI + 2.0 * ANGLE_ERROR_RAD
        cosines *= max(0.0, math.cos(min(_HALF_PI, max(abs(south), abs(north)))))
    if room >= cosines * 0.999999:
        return math.pi
    return 2.0 * math.asin(math.sqrt(room / cosines)) + 4.0 * ANGLE_ERROR_RAD


@kernel
def put(keys: Keys, span: Ints32, at: int, p: int, first: int, top: int) -> int:
    """Write a span, unless it is empty: who looks, from which row, up to which key; how many now."""
    span[at, 0] = p
    span[at, 1] = first
    span[at, 2] = top
    return at + int(keys[first] <= top)


@kernel
def spans(
    keys: Keys, bits: int, band: int, longitude: int, half: int, span: Ints32, at: int, p: int
) -> int:
    """Rows of a band within `half` longitudes of one, for row p: up to two spans; how many now."""
    turn = 1 << bits
    base = band << bits
    count = len(keys) - LANES - 1
    low, high = longitude - half, longitude + half
    if 2 * half + 2 >= turn:
        low, high = 0, turn - 1
    if low < 0:
        start = first_key(keys, base + low + turn, 0, count)
        at = put(keys, span, at, p, start, base + turn - 1)
        low = 0
    if high >= turn:
        start = first_key(keys, base, 0, count)
        at = put(keys, span, at, p, start, base + high - turn)
        high = turn - 1
    start = first_key(keys, base + low, 0, count)
    return put(keys, span, at, p, start, base + high)


@kernel
def look_angle(reach_m: float) -> float:
    """Angle seen from the centre under which two places of the ellipsoid this far apart may lie."""
    return 2.0 * math.asin(min(1.0, reach_m / (2.0 * SEMI_MINOR_M))) + 4.0 * ANGLE_ERROR_RAD


@kernel
def half_window(band: int, k: int, band_rad: float, bits: int, look_m: float) -> int:
    """Half of the longitudes that a row looks at in the band k north of its own, in units of keys."""
    half_rad = window(band, band + k, band_rad, look_m)
    return int(half_rad * (1 << bits) / (2.0 * math.pi)) + 2


@kernel
def band_starts(keys: Keys, bits: int, count: int, starts: Ints32) -> None:
    """Where each band begins among the keys in order: `Air.starts`."""
    band = -1
    for p in range(count):
        own = keys[p] >> bits
        while band < own:
            band += 1
            starts[band] = p
    for later in range(band + 1, len(starts)):
        starts[later] = count


@kernel
def span_starts(
    keys: Keys, north: int, first: int, last: int, start: int, end: int, lows: Ints32
) -> None:
    """For rows start to end, the position in [first, last] of the first key not below theirs plus `north`.

    It moves east with the row. It is followed by steps that each move one of the two on, without a branch:
    which of them, nobody can guess. A step waits for the one before it; so the rows go in two halves at once.
    """
    middle = (start + end) // 2
    west, east = start, middle
    low = first_key(keys, keys[west] + north, first, last)
    high = first_key(keys, keys[east] + north, low, last)
    while west < middle and east < end:
        lows[west - start] = low
        lows[east - start] = high
        behind = int(keys[low] < keys[west] + north)
        low += behind
        west += 1 - behind
        behind = int(keys[high] < keys[east] + north)
        high += behind
        east += 1 - behind
    while west < middle:
        lows[west - start] = low
        behind = int(keys[low] < keys[west] + north)
        low += behind
        west += 1 - behind
    while east < end:
        lows[east - start] = high
        behind = int(keys[high] < keys[east] + north)
        high += behind
        east += 1 - behind


@kernel
def look_ahead(
    air: Air, view: View, k: int, span: Ints32, at: int, p0: int, p1: int, lows: Ints32
) -> int:
    """Spans in the band k north of their own that rows p0 to p1 look at; how many spans now.

    `lows` has room for a chunk.
    """
    keys, bits, reaches, starts = air.keys, view.bits, air.lanes[9], air.starts
    halves, look_m = air.halves[k], view.widest_m + 2.0 * view.cap_m
    turn = 1 << bits
    p = p0
    while p < p1:
        band = keys[p] >> bits
        end = min(p1, starts[band + 1])
        first, last = starts[band + k], starts[band + k + 1]
        if first == last:
            p = end
            continue
        half = int(halves[band])
        if half < 0:
            half = half_window(band, k, view.band_rad, bits, look_m)
            halves[band] = half
        whole = 2 * half + 2 >= turn
        if k > 0:
            span_starts(keys, (k << bits) - half, first, last, p, end, lows[p - p0 :])
        for row in range(p, end):
            if reaches[row] > view.cap_m:
                continue
            key = keys[row]
            longitude = key & (turn - 1)
            beyond = longitude + half >= turn
            if k == 0:
                top = (key | (turn - 1)) if whole or beyond else key + half
                at = put(keys, span, at, row, row + 1, top)
                if beyond and not whole:
                    at = put(keys, span, at, row, first, key + half - turn)
            elif whole or beyond or longitude < half:
                at = spans(keys, bits, band + k, longitude, half, span, at, row)
            else:
                at = put(keys, span, at, row, lows[row - p0], key + (k << bits) + half)
        p = end
    return at


@kernel
def look_around(air: Air, view: View, span: Ints32, p: int) -> int:
    """Spans of all rows that row p, of great reach, may meet; how many."""
    bits = view.bits
    key = air.keys[p]
    band = key >> bits
    own_m = view.widest_m + air.lanes[9, p] + view.reach_max_m
    bands = int(look_angle(own_m) / view.band_rad) + 1
    last = int(math.pi / view.band_rad) + 1
    found = 0
    for other in range(max(0, band - bands), min(last, band + bands) + 1):
        half_rad = window(band, other, view.band_rad, own_m)
        half = int(half_rad * (1 << bits) / (2.0 * math.pi)) + 2
        found = spans(air.keys, bits, other, key & ((1 << bits) - 1), half, span, found, p)
    return found


@lane_kernel
def collect(
    air: Air, view: View, span: Ints32, spanned: int, resume: NDArray[np.int64], near: Ints32
) -> int:
    """Candidates among the rows of spans, until `near` is full: who looks, from which row, mask; how many.

    Lines that come close within the look-ahead, in float32; rows of paths stand still, in a ball.

    Sixteen rows at a time from where a span begins, whether or not it goes on so far: which of them are
    beyond its end is a comparison of keys like the others. Which of sixteen are near is summed up as
    float32, which holds sixteen bits exactly: a sum of floats becomes vector instructions as it stands,
    integers would be widened to 64 bits a lane. A mask is written whether or not it is empty, and counted
    if not: a branch here would be guessed wrongly each tenth time.
    `resume` holds the span and the row to go on with; the span is `spanned` when all is done.
    """
    xs, ys, zs = air.lanes[0], air.lanes[1], air.lanes[2]
    hs, rs, vs = air.lanes[3], air.lanes[4], air.lanes[5]
    us, ws, qs = air.lanes[6], air.lanes[7], air.lanes[8]
    keys = air.keys
    half_s = np.float32(view.look_ahead_s / 2.0)
    share = np.float32(LANE_SQUARE_SHARE)
    weights = air.weights
    found = 0
    room = len(near) - 1
    for s in range(resume[0], spanned):
        p, begin, top = span[s, 0], span[s, 1], span[s, 2]
        if s == resume[0] and resume[1] >= 0:
            begin = resume[1]
        x, y, z, h = xs[p], ys[p], zs[p], hs[p]
        u0, w0, q1 = us[p], ws[p], qs[p]
        far = np.float32((view.widest_m + LANE_SLACK_M + rs[p]) * (1.0 + LANE_SLACK_SHARE))
        tall = np.float32(view.highest_m + vs[p] + HEIGHT_SLACK_M)
        q0 = begin
        while True:
            if found > room:
                resume[0] = s
                resume[1] = q0
                return found
            base = np.uint64(q0)
            bits = np.float32(0.0)
            for u in range(np.uint64(LANES)):
                q = base + u
                dx, dy, dz, r = xs[q] - x, ys[q] - y, zs[q] - z, far + rs[q]
                ux, uy, uz = us[q] - u0, ws[q] - w0, qs[q] - q1
                aa = ux * ux + uy * uy + uz * uz + LANE_SPEED_SQUARE_MIN
                ab = dx * ux + dy * uy + dz * uz
                bb = dx * dx + dy * dy + dz * dz
                t = min(max(-ab / aa, -half_s), half_s)
                close = bb + t * (ab + ab + aa * t) <= r * r + share * bb
                close &= abs(hs[q] - h) <= tall + vs[q]
                close &= keys[q] <= top
                bits += weights[u] if close else np.float32(0.0)
            near[found, 0] = p
            near[found, 1] = q0
            near[found, 2] = np.int32(bits)
            found += int(bits > np.float32(0.0))
            q0 += LANES
            if keys[q0] > top:
                break
    resume[0] = spanned
    resume[1] = -1
    return found


@kernel
def judge(
    air: Air, view: View, near: Ints32, count: int, who: Ints32, between: Floats,
    found_ids: Ints32, found_s: Floats, found: int,
) -> int:  # fmt: skip
    """Which candidates lose separation; how many found until now, written or not.

    What is asked of them is fetched for many at a time, and then judged: their rows lie far apart, and
    so they come while others are on their way.
    """
    ids, reaches = air.ids, air.lanes[9]
    asked = 0
    for c in range(count):
        p, q, mask = near[c, 0], near[c, 1], near[c, 2]
        while mask != 0:
            if mask & 1 != 0 and (reaches[q] <= view.cap_m or (reaches[p] > view.cap_m and q > p)):
                who[asked, 0] = ids[p]
                who[asked, 1] = ids[q]
                asked += 1
                if asked == CANDIDATES:
                    found = judge_some(air, view, who, asked, between, found_ids, found_s, found)
                    asked = 0
            mask >>= 1
            q += 1
    return judge_some(air, view, who, asked, between, found_ids, found_s, found)


@kernel
def judge_some(
    air: Air, view: View, who: Ints32, count: int, between: Floats,
    found_ids: Ints32, found_s: Floats, found: int,
) -> int:  # fmt: skip
    """`judge` for some."""
    line, reach, margin, slack = air.line, air.reach, air.margin, air.slack
    half_s = view.look_ahead_s / 2.0
    paths = len(air.node_height_m) > 0
    for c in range(count):
        i, j = who[c, 0], who[c, 1]
        for k in range(8):
            between[c, k] = line[j, k] - line[i, k]
        one, other = int(reach[i, 3]), int(reach[j, 3])
        between[c, 8] = air.horizontal_m[one & 255, other & 255] + margin[i] + margin[j]
        v = air.vertical_m[one & 255, other & 255] - HEIGHT_ROUNDING_M
        group = one >> 8
        if group != other >> 8 or group == OWN_GROUP:
            v += slack[i] + slack[j]
        between[c, 9] = v
    for c in range(count):
        i, j = who[c, 0], who[c, 1]
        if paths and air.owner[i] == air.owner[j]:
            continue
        h, v = between[c, 8], between[c, 9]
        if paths and (air.path[i] >= 0 or air.path[j] >= 0):
            lost, t0, t1, cpa, square = path_loss(
                line, i, j, air.path[i], air.path[j], air.node_ecef_m, air.node_height_m,
                view.look_ahead_s, h, v,
            )  # fmt: skip
        else:
            ux, uy, uz, climb = between[c, 3], between[c, 4], between[c, 5], between[c, 7]
            lost, t0, t1, cpa, square = loss(
                between[c, 0] - half_s * ux, between[c, 1] - half_s * uy, between[c, 2] - half_s * uz,
                ux, uy, uz, between[c, 6] - half_s * climb, climb, view.look_ahead_s, h, v,
            )  # fmt: skip
        if lost:
            if found < len(found_ids):
                found_ids[found, 0] = i
                found_ids[found, 1] = j
                found_s[found, 0] = t0
                found_s[found, 1] = t1
                found_s[found, 2] = cpa
                found_s[found, 3] = math.sqrt(square)
            found += 1
    return found


@kernel
def sweep(air: Air, view: View, found_ids: Ints32, found_s: Floats, start: int, end: int) -> int:
    """Pairs that lose separation, of rows start to end with those they look at; how many.

    More than there is room for are counted and not written.
    """
    bands = 2 * int(math.pi / view.band_rad) + 8
    ahead = len(air.halves)
    span = np.empty((max(2 * bands, CHUNK * (2 * ahead + 1)), 3), np.int32)
    near = np.empty((BLOCKS, 3), np.int32)
    who = np.empty((CANDIDATES, 2), np.int32)
    between = np.empty((CANDIDATES, 10))
    resume = np.empty(2, np.int64)
    lows = np.empty(CHUNK, np.int32)
    found = 0
    for p0 in range(start, end, CHUNK):
        p1 = min(p0 + CHUNK, end)
        fast = 0
        for p in range(p0, p1):
            fast += air.lanes[9, p] > view.cap_m
        spanned = 0
        for k in range(ahead):
            spanned = look_ahead(air, view, k, span, spanned, p0, p1, lows)
        for turn in range(-1, p1 - p0 if fast > 0 else 0):
            if turn >= 0:
                if air.lanes[9, p0 + turn] <= view.cap_m:
                    continue
                spanned = look_around(air, view, span, p0 + turn)
            resume[0] = 0
            resume[1] = -1
            while resume[0] < spanned:
                count = collect(air, view, span, spanned, resume, near)
                found = judge(air, view, near, count, who, between, found_ids, found_s, found)
    return found


@kernel
def arrange(
    place: Floats, band_rad: float, band_max: int, bits: int, digits: int,
    keys: NDArray[np.int32], ids: NDArray[np.int32], counts: Ints32, starts: Ints32,
    keyed: int,
) -> None:  # fmt: skip
    """Keys in order, with `LANES + 1` more that stand behind them all, whose they are, where bands begin.

    What is in order is in `keys[digits % 2]` and `ids[digits % 2]`. `keyed` is not 0: `keys[0]` is there already.
    """
    count = len(ids[0])
    if keyed == 0:
        make_keys(place, band_rad, band_max, bits, keys[0], 0, count)
    order(keys[0, :count], ids[0], keys[1, :count], ids[1], digits, counts)
    keys[:, count:] = LAST_KEY
    band_starts(keys[digits % 2], bits, count, starts)


@kernel
def search_serially(
    place: Floats, band_max: int, digits: int, keys: NDArray[np.int32], ids: NDArray[np.int32],
    counts: Ints32, air: Air, view: View, found_ids: Ints32, found_s: Floats,
) -> int:  # fmt: skip
    """All that is left to do once rows are made, on one thread; as `sweep`."""
    arrange(place, view.band_rad, band_max, view.bits, digits, keys, ids, counts, air.starts, 0)
    gather(air.ids, air.line, air.reach, air.lanes, 0, len(air.ids))
    return sweep(air, view, found_ids, found_s, 0, len(air.ids))


@kernel
def tell(
    found_ids: Ints32, found_s: Floats, count: int, at: int, air: Air,
    first: Ints32, second: Ints32, along: NDArray[np.bool_], times_s: Floats,
    compared: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Write what was found as `LosingPairs`, from row `at` on."""
    paths = len(air.node_height_m) > 0
    for c in range(count):
        i, j = found_ids[c, 0], found_ids[c, 1]
        group = int(air.reach[i, 3]) >> 8
        compared[at + c] = group == int(air.reach[j, 3]) >> 8 and group != OWN_GROUP
        along[at + c] = False
        if paths:
            along[at + c] = air.path[i] >= 0 or air.path[j] >= 0
            i, j = air.owner[i], air.owner[j]
        first[at + c] = min(i, j)
        second[at + c] = max(i, j)
        for k in range(4):
            times_s[k, at + c] = found_s[c, k]
