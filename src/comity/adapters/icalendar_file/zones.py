"""Time zones by their IANA names: local readings of an instant, and instants of local readings."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

_NAME = re.compile(r"(?=.{1,64}\Z)[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=128)
def zone_named(name: str, field: str = "zone") -> ZoneInfo:
    """A time zone.

    Raises:
        InputError: the IANA data here do not know it.
    """
    if _NAME.fullmatch(name) is None:
        raise InputError(field, f"{name[:80]!r} is no name of a time zone such as Europe/Helsinki")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(field, f"{name!r} is not in the IANA time zone data here") from error


def local_reading(at: Instant, zone: str) -> str:
    """An instant as people of a zone read it: `2026-12-01T15:00:00+02:00`.

    Raises:
        InputError: the zone is not known here.
    """
    moment = (_EPOCH + timedelta(milliseconds=at.unix_ms)).astimezone(zone_named(zone))
    return moment.isoformat(timespec="seconds")


def instant_in_zone(local: datetime, zone: ZoneInfo, field: str) -> Instant:
    """The instant of a local reading.

    Raises:
        InputError: there is no such local time (a clock put forward), or there are two (put back).
    """
    first, second = local.replace(tzinfo=zone, fold=0), local.replace(tzinfo=zone, fold=1)
    if first.utcoffset() != second.utcoffset():
        exists = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local
        why = "exists twice" if exists else "does not exist"
        raise InputError(field, f"{local.isoformat()} {why} in {zone.key}; state it in UTC")
    return Instant(round((first - _EPOCH).total_seconds() * 1000))


def check_offset(stated: str, at: Instant, zone: str, field: str) -> None:
    """Check that a stated time agrees with the zone named beside it (L-15).

    Raises:
        InputError: the offset stated is not that of the zone at that instant, or the zone is not known.
    """
    reading = local_reading(at, zone)
    if stated.rstrip()[-1:] in "Zz":
        return
    if stated.rstrip()[-6:] != reading[-6:]:
        why = f"{stated!r} has another offset than {zone} then, {reading[-6:]}"
        raise InputError(field, why)
