"""What transponders say, as several formats carry it."""

import re

from comity.application.feeds.counts import FeedCounts, Remark
from comity.domain.tracks import Emergency
from comity.kernel.units import METRES_PER_NAUTICAL_MILE

SQUAWK = re.compile(r"[0-7]{4}")
ADDRESS = re.compile(r"[0-9A-Fa-f]{6}")

EPU_M_BY_NACP: dict[int, float] = {
    1: 10.0 * METRES_PER_NAUTICAL_MILE,
    2: 4.0 * METRES_PER_NAUTICAL_MILE,
    3: 2.0 * METRES_PER_NAUTICAL_MILE,
    4: 1.0 * METRES_PER_NAUTICAL_MILE,
    5: 0.5 * METRES_PER_NAUTICAL_MILE,
    6: 0.3 * METRES_PER_NAUTICAL_MILE,
    7: 0.1 * METRES_PER_NAUTICAL_MILE,
    8: 0.05 * METRES_PER_NAUTICAL_MILE,
    9: 30.0,
    10: 10.0,
    11: 3.0,
}
"""95 % radius of each NACp; 0 is unknown. Source: RTCA DO-260B table 2-70."""

CONTAINMENT_M_BY_NIC: dict[int, float] = {
    1: 20.0 * METRES_PER_NAUTICAL_MILE,
    2: 8.0 * METRES_PER_NAUTICAL_MILE,
    3: 4.0 * METRES_PER_NAUTICAL_MILE,
    4: 2.0 * METRES_PER_NAUTICAL_MILE,
    5: 1.0 * METRES_PER_NAUTICAL_MILE,
    6: 0.6 * METRES_PER_NAUTICAL_MILE,
    7: 0.2 * METRES_PER_NAUTICAL_MILE,
    8: 0.1 * METRES_PER_NAUTICAL_MILE,
    9: 75.0,
    10: 25.0,
    11: 7.5,
}
"""Radius of containment of each NIC, the widest of its variants. Source: RTCA DO-260B table 2-69."""

EMERGENCIES: tuple[Emergency, ...] = (
    Emergency.NONE,
    Emergency.GENERAL,
    Emergency.MEDICAL,
    Emergency.MINIMUM_FUEL,
    Emergency.NO_COMMUNICATION,
    Emergency.UNLAWFUL_INTERFERENCE,
    Emergency.DOWNED,
    Emergency.RESERVED,
)
"""By number. Source: RTCA DO-260B §2.2.3.2.7.8.1.1; CAT021 I021/200 PS is the same up to 6."""

_CHARACTERS = "#ABCDEFGHIJKLMNOPQRSTUVWXYZ##### ###############0123456789######"
"""ICAO Annex 10 vol. IV table 3-9; `#` is no character of a callsign."""


def callsign_of_codes(codes: int) -> str | None:
    """Eight 6-bit characters, the first highest; None where one is none or all are blank."""
    text = "".join(_CHARACTERS[codes >> shift & 63] for shift in range(42, -6, -6))
    stripped = text.rstrip()
    return None if not stripped or "#" in stripped or stripped != stripped.strip() else stripped


def squawk_of(counts: FeedCounts, text: str | None) -> str | None:
    """A Mode A code; None where it is not four octal digits."""
    if text is None or not text:
        return None
    if SQUAWK.fullmatch(text) is None:
        counts.remarks[Remark.SQUAWK_REFUSED] += 1
        return None
    return text


def address_of_hex(text: str | None) -> int | None:
    """A 24-bit address; None where it is not six hexadecimal digits."""
    return int(text, 16) if text is not None and ADDRESS.fullmatch(text) else None
