"""Values that a plot may carry; what lies outside is unknown, and counted under the field's name."""

from comity.application.feeds.counts import FeedCounts, Remark
from comity.domain.tracks import NUMBER_LIMITS

TEXT_LENGTH_MAX = 64  # of a plot's callsign and category


def limited(counts: FeedCounts, field: str, value: float | None) -> float | None:
    """The value, or None where it lies outside the field's limits; NaN lies outside."""
    if value is None:
        return None
    least, greatest = NUMBER_LIMITS[field]
    if least <= value <= greatest:
        return value
    counts.remarks[f"{field}: out of limits"] += 1
    return None


def position_fits(latitude_deg: float, longitude_deg: float) -> bool:
    """Whether the position is on the Earth; NaN is not."""
    return -90.0 <= latitude_deg <= 90.0 and -180.0 <= longitude_deg <= 180.0


def printable(counts: FeedCounts, text: object) -> str | None:
    """A name without padding; None where it is empty, too long or does not print."""
    if not isinstance(text, str):
        return None
    stripped = text.strip().strip("@_?\x00").strip()
    if not stripped:
        return None
    if len(stripped) > TEXT_LENGTH_MAX or not stripped.isprintable():
        counts.remarks[Remark.TEXT_REFUSED] += 1
        return None
    return stripped
