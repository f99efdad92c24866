"""The 24-bit parity of Mode S. Source: ICAO Annex 10 vol. IV §3.1.2.3.3, generator FFF409."""

GENERATOR = 0xFFF409


def _table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        remainder = byte << 16
        for _ in range(8):
            remainder <<= 1
            if remainder & 0x1000000:
                remainder ^= 0x1000000 | GENERATOR
        table.append(remainder)
    return tuple(table)


_TABLE = _table()


def remainder_of(frame: bytes) -> int:
    """Parity computed, xor parity sent: 0 for a whole DF17; the address where it is overlaid."""
    table = _TABLE
    remainder = 0
    for byte in frame[:-3]:
        remainder = (remainder << 8 & 0xFFFF00) ^ table[remainder >> 16 ^ byte]
    return remainder ^ int.from_bytes(frame[-3:], "big")


def with_parity(body: bytes) -> bytes:
    """The body with its parity behind it: a frame whose remainder is 0."""
    return body + remainder_of(body + b"\0\0\0").to_bytes(3, "big")
