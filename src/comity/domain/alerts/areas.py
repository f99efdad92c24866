"""Areas that tracks are watched against: what each is, when and between which heights it counts."""

import math
import re
from dataclasses import dataclass
from enum import StrEnum

from comity.domain.airspace import Altitude
from comity.domain.geometry.area_outlines import AreaOutline
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

HOT_TIMES_MAX = 1_000  # three a day for a year
AREAS_MAX = 100_000
NAME = re.compile(r"[^\x00-\x1f\x7f]{1,120}")
DIGEST = re.compile(r"[0-9a-f]{64}")


class AreaKind(StrEnum):
    """What an area is; the rule of severity goes by it."""

    COUNTRY = "country"
    FIR = "fir"
    PROHIBITED = "prohibited"
    RESTRICTED = "restricted"
    DANGER = "danger"
    HAZARD = "hazard-notice"
    PROTECTED_SITE = "protected-site"
    AGREED = "agreed-area"


BORDERS = frozenset({AreaKind.COUNTRY, AreaKind.FIR})
"""Kinds that an aircraft may be in; what is told of them is the crossing."""


@dataclass(frozen=True, slots=True)
class HotTime:
    """A time in which an area is active, both ends included."""

    start: Instant
    end: Instant

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise InputError("end", f"{self.end} is not after start, {self.start}")


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """One area.

    Attributes:
        area_id: names it in alerts; none twice among the sets of one net.
        name: for people.
        kind: what it is.
        outline: its edge, buffer included.
        lower: `None`: from the ground up.
        upper: `None`: without end.
        hot: when it counts; `None`: always. What is not known to be cold counts as hot.
        buffer_m: how much of the outline is a buffer round what is meant.
    """

    area_id: str
    name: str
    kind: AreaKind
    outline: AreaOutline
    lower: Altitude | None = None
    upper: Altitude | None = None
    hot: tuple[HotTime, ...] | None = None
    buffer_m: float = 0.0

    def __post_init__(self) -> None:
        for field, text in (("area_id", self.area_id), ("name", self.name)):
            if NAME.fullmatch(text) is None:
                raise InputError(field, f"{text[:40]!r} is not 1 to 120 printable characters")
        low, high = self.lower, self.upper
        if low and high and low.datum is high.datum and low.height_m > high.height_m:
            raise InputError("lower", f"{low.height_m} m is above upper, {high.height_m} m")
        if self.hot is not None and not 1 <= len(self.hot) <= HOT_TIMES_MAX:
            raise InputError("hot", f"{len(self.hot)} times are outside 1 to {HOT_TIMES_MAX}")


@dataclass(frozen=True, slots=True, eq=False)
class AreaSet:
    """Areas of one source. A border is itself a claim (L-13): the set says whose, and how exact.

    Attributes:
        name: whose areas.
        version: of which publication; empty where it says none.
        digest: SHA-256 of the bytes it was read from, hex.
        error_m: how far a line here may lie from the line meant; `None`: not stated.
        view: what kind of statement the areas are.
        areas: its areas.
    """

    name: str
    version: str
    digest: str
    error_m: float | None
    view: str
    areas: tuple[Area, ...]

    def __post_init__(self) -> None:
        if NAME.fullmatch(self.name) is None:
            raise InputError("name", f"{self.name[:40]!r} is not 1 to 120 printable characters")
        if DIGEST.fullmatch(self.digest) is None:
            raise InputError("digest", f"{self.digest[:80]!r} is not 64 hex digits")
        if self.error_m is not None and not (math.isfinite(self.error_m) and self.error_m >= 0.0):
            raise InputError("error_m", f"{self.error_m} is not a finite number from 0 on")
        if len(self.areas) > AREAS_MAX:
            raise InputError("areas", f"{len(self.areas)} areas; at most {AREAS_MAX}")
