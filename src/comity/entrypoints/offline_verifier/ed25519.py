"""The signature predicate of docs/spec/record.md §5, in whole numbers.

Only for verification: nothing here is secret, and nothing takes constant time. Keys are few and
signatures many, so that multiples of each key are tabulated.
"""

import hashlib
from functools import lru_cache

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
_D2 = 2 * D % P
_SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)
_WINDOW_BITS = 8
_WINDOWS = 32  # of 8 bits: scalars are below 2^253
_KEYS_MAX = 64  # tables of 8,160 points each

# A point is (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z (Hisil et al. 2008); a tabulated one is
# (y + x, y - x, 2dxy) with Z = 1.
Point = tuple[int, int, int, int]
Tabulated = tuple[int, int, int]
_NEUTRAL: Point = (0, 1, 1, 0)
_NEUTRAL_BYTES = (1).to_bytes(32, "little")


def holds(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature holds."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    table = _key_table(public_key)
    s = int.from_bytes(signature[32:], "little")
    if table is None or s >= L:
        return False
    r_bytes = signature[:32]
    k = int.from_bytes(hashlib.sha512(r_bytes + public_key + message).digest(), "little") % L
    # [S]B + [L - k]A is [S]B - [k]A, for A has order L
    found = _encode(_sum(_sum(_NEUTRAL, s, _base_table()), L - k, table))
    return found == r_bytes and found != _NEUTRAL_BYTES


def is_key(public_key: bytes) -> bool:
    """Whether a key passes rules 1 to 3: canonical, not neutral, of prime order."""
    return len(public_key) == 32 and _key_table(public_key) is not None


def _sum(point: Point, scalar: int, table: list[list[Tabulated]]) -> Point:
    x1, y1, z1, t1 = point
    for digit, row in zip(scalar.to_bytes(_WINDOWS, "little"), table, strict=True):
        if digit:
            plus, minus, product = row[digit - 1]
            a = (y1 - x1) * minus % P
            b = (y1 + x1) * plus % P
            c = t1 * product % P
            d = 2 * z1
            e, f, g, h = b - a, d - c, d + c, b + a
            x1, y1, z1, t1 = e * f % P, g * h % P, f * g % P, e * h % P
    return x1, y1, z1, t1


def _add(p: Point, q: Point) -> Point:
    x1, y1, z1, t1 = p
    x2, y2, z2, t2 = q
    a = (y1 - x1) * (y2 - x2) % P
    b = (y1 + x1) * (y2 + x2) % P
    c = t1 * _D2 % P * t2 % P
    d = 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _encode(point: Point) -> bytes:
    x, y, z, _ = point
    inverse = pow(z, -1, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _decode(encoded: bytes) -> Point | None:
    """The point of a canonical encoding, or None. Source: RFC 8032 §5.1.3."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * _SQRT_MINUS_1 % P
    if v * x * x % P != u or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


@lru_cache(maxsize=_KEYS_MAX)
def _key_table(public_key: bytes) -> list[list[Tabulated]] | None:
    point = _decode(public_key)
    if point is None or public_key == _NEUTRAL_BYTES:
        return None
    table = _tabulated(point)
    in_group = _encode(_sum(_NEUTRAL, L, table)) == _NEUTRAL_BYTES
    return table if in_group else None


@lru_cache(maxsize=1)
def _base_table() -> list[list[Tabulated]]:
    base = _decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    assert base is not None
    return _tabulated(base)


def _tabulated(point: Point) -> list[list[Tabulated]]:
    """Row w holds [d · 2^(8w)]A for each digit d from 1 to 255."""
    rows: list[list[Point]] = []
    for _ in range(_WINDOWS):
        row = [point]
        while len(row) < (1 << _WINDOW_BITS) - 1:
            row.append(_add(row[-1], point))
        rows.append(row)
        point = _add(row[-1], point)
    flat = [each for row in rows for each in row]
    inverses = _inverted([each[2] for each in flat])
    found: list[Tabulated] = []
    for each, inverse in zip(flat, inverses, strict=True):
        x, y = each[0] * inverse % P, each[1] * inverse % P
        found.append(((y + x) % P, (y - x) % P, _D2 * x * y % P))
    width = (1 << _WINDOW_BITS) - 1
    return [found[at : at + width] for at in range(0, len(found), width)]


def _inverted(values: list[int]) -> list[int]:
    """All inverses by one (Montgomery's trick)."""
    products = [1]
    for value in values:
        products.append(products[-1] * value % P)
    running = pow(products[-1], -1, P)
    found = [0] * len(values)
    for at in range(len(values) - 1, -1, -1):
        found[at] = running * products[at] % P
        running = running * values[at] % P
    return found
