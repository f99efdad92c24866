"""How far a zone's clocks were ahead of UTC, by the time zone database (L-15)."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from comity.kernel.instants import Instant

_ZONE = re.compile(r"[A-Za-z_]{1,20}(?:/[A-Za-z0-9_+-]{1,30}){1,2}", re.ASCII)


def offset_s(zone: str, instant: Instant) -> int | None:
    """Seconds ahead of UTC then; `None` where the database has no such zone."""
    if _ZONE.fullmatch(zone) is None:  # it becomes the path of a file
        return None
    try:
        ahead = datetime.fromtimestamp(instant.unix_s, UTC).astimezone(ZoneInfo(zone)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return None if ahead is None else round(ahead.total_seconds())
