"""The signature predicate of docs/spec/record.md §5 in whole numbers, to compare with.

Slow, not constant in time, and only for verification. It follows the algebra of the page
and shares nothing with the library that the project uses.
"""

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1)


def add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    (x1, y1), (x2, y2) = a, b
    product = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, P)
    return x % P, y % P


def multiply(scalar: int, point: tuple[int, int]) -> tuple[int, int]:
    """Scalar multiplication in projective coordinates, one inversion at the end."""
    rx, ry, rz = 0, 1, 1
    qx, qy, qz = point[0], point[1], 1
    while scalar:
        if scalar & 1:
            rx, ry, rz = _add_projective((rx, ry, rz), (qx, qy, qz))
        qx, qy, qz = _add_projective((qx, qy, qz), (qx, qy, qz))
        scalar >>= 1
    inverse = pow(rz, -1, P)
    return rx * inverse % P, ry * inverse % P


def _add_projective(p: tuple[int, int, int], q: tuple[int, int, int]) -> tuple[int, int, int]:
    (x1, y1, z1), (x2, y2, z2) = p, q
    a = z1 * z2 % P
    b = a * a % P
    c = x1 * x2 % P
    d = y1 * y2 % P
    e = D * c * d % P
    f, g = (b - e) % P, (b + e) % P
    x = a * f * ((x1 + y1) * (x2 + y2) - c - d) % P
    y = a * g * (d + c) % P
    return x, y, f * g % P


def encode(point: tuple[int, int]) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def decode(encoded: bytes) -> tuple[int, int] | None:
    """The point with this canonical encoding, or None."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * SQRT_MINUS_1 % P
    if v * x * x % P != u or (x == 0 and sign):
        return None
    return (P - x if x & 1 != sign else x), y


_BASE_Y = 4 * pow(5, -1, P) % P
BASE = decode(_BASE_Y.to_bytes(32, "little")) or NEUTRAL


def holds(public_key: bytes, message: bytes, signature: bytes) -> bool:
    r_bytes, s = signature[:32], int.from_bytes(signature[32:], "little")
    a = decode(public_key)
    if len(signature) != 64 or a is None or a == NEUTRAL or multiply(L, a) != NEUTRAL or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(r_bytes + public_key + message).digest(), "little") % L
    minus_a = (P - a[0]) % P, a[1]
    r = add(multiply(s, BASE), multiply(k, minus_a))
    return r != NEUTRAL and encode(r) == r_bytes
