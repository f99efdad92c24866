"""One report of where an aircraft is: what a feed says, in SI units, before anything is made of it."""

import math
import re
from enum import StrEnum
from typing import NewType

import msgspec

from comity.domain.airspace.altitude import HEIGHT_M_MAX, HEIGHT_M_MIN
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

FeedId = NewType("FeedId", str)
"""Names one source of plots at this node: `[a-z0-9][a-z0-9-]{0,31}`, unique there."""

FEED_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
SQUAWK = re.compile(r"[0-7]{4}")  # ICAO Annex 10 vol. IV §3.1.1.6: four digits from 0 to 7
ADDRESS_MAX = 0xFFFFFF  # ICAO Annex 10 vol. III ch. 9: 24 bits
TRACK_NUMBER_MAX = 0x7FFF_FFFF  # CAT048 I048/161 has 12 bits, CAT062 I062/040 16; others more
GROUND_SPEED_MPS_MAX = 3_000.0  # RTCA DO-260B §2.2.3.2.6.2: 4086 kt each way, supersonic
VERTICAL_RATE_MPS_MAX = 1_050.0  # EUROCONTROL CAT062 I062/220: 2^15 x 6.25 ft/min
RANGE_M_MAX = 5_000_000.0  # CAT048 I048/040 ends at 256 NM; radars over the horizon at 4,000 km
ACCURACY_M_MAX = 100_000.0  # DO-260B: NIC 1 and NACp 1 end at 20 NM; above is unknown (L-27)
TEXT_LENGTH_MAX = 64  # a Mode S callsign has 8; Cursor on Target names have no limit
TURN_RAD = 2.0 * math.pi


class PlotSource(StrEnum):
    """How the position of a plot came about."""

    ADS_B = "ads-b"
    """The aircraft says where it is (1090ES, UAT, ADS-C)."""
    MODE_S = "mode-s"
    """Replies of a transponder without a position of its own."""
    MLAT = "mlat"
    """Times of arrival at several receivers: independent of the aircraft's own navigation."""
    TIS_B = "tis-b"
    """A ground station's broadcast of another surveillance source (TIS-B, ADS-R)."""
    RADAR_PRIMARY = "radar-primary"
    """An echo: no identity, no altitude."""
    RADAR_SECONDARY = "radar-secondary"
    """A transponder's answer to a radar's question."""
    COT = "cot"
    """Cursor on Target: a participant's or a system's own report."""
    RECORDING = "recording"
    """Played from a file that does not say how its positions came about."""
    OTHER = "other"


class Emergency(StrEnum):
    """What the transponder states; `None` in a plot: nothing is stated of it.

    Source: RTCA DO-260B §2.2.3.2.7.8.1.1.
    """

    NONE = "none"
    GENERAL = "general"
    MEDICAL = "medical"
    MINIMUM_FUEL = "minimum-fuel"
    NO_COMMUNICATION = "no-communication"
    UNLAWFUL_INTERFERENCE = "unlawful-interference"
    DOWNED = "downed"
    RESERVED = "reserved"


class Plot(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one feed reported of one aircraft at one instant. `None` is "not reported", never 0.

    A `msgspec.Struct` is made in 0.8 us, a frozen dataclass of as many fields in 6 us; plots come by
    tens of thousands a second. Adapters pass what they decoded through `checked_plot`.

    Attributes:
        feed: the feed that brought it.
        source: how the position came about.
        at: time of applicability of the position, by the source's clock.
        received_at: when this node had it, by its own clock.
        latitude_deg, longitude_deg: geodetic, WGS 84; both or neither. Longitude -180 to 180.
        altitude_pressure_m: above the 1013.25 hPa surface (QNE).
        altitude_ellipsoid_m: above the WGS 84 ellipsoid.
        on_ground: whether the source says that it is on the ground.
        ground_speed_mps, track_true_rad: velocity over the ground; direction clockwise from true north.
        vertical_rate_mps: climbing is positive.
        address: 24 bits. `address_is_icao` False: made up by the source (TIS-B, anonymous mode).
        track_number: the source's own number for its track, with no meaning elsewhere.
        callsign: without padding.
        squawk: Mode A code, four octal digits.
        category: emitter category as the source spells it, `A3`; or a type such as `a-f-A-M-F`.
        accuracy_horizontal_m: radius that holds the true position with 95 % (EPU of NACp).
        containment_m: radius outside which the source vouches it is not (Rc of NIC).
        emergency: as stated by the transponder.
        ident: special position identification (the pilot pressed IDENT).
        range_m, azimuth_rad: slant range and true azimuth from a radar whose place is not known here.
    """

    feed: FeedId
    source: PlotSource
    at: Instant
    received_at: Instant
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    altitude_pressure_m: float | None = None
    altitude_ellipsoid_m: float | None = None
    on_ground: bool | None = None
    ground_speed_mps: float | None = None
    track_true_rad: float | None = None
    vertical_rate_mps: float | None = None
    address: int | None = None
    address_is_icao: bool = False
    track_number: int | None = None
    callsign: str | None = None
    squawk: str | None = None
    category: str | None = None
    accuracy_horizontal_m: float | None = None
    containment_m: float | None = None
    emergency: Emergency | None = None
    ident: bool | None = None
    range_m: float | None = None
    azimuth_rad: float | None = None


NUMBER_LIMITS: dict[str, tuple[float, float]] = {
    "latitude_deg": (-90.0, 90.0),
    "longitude_deg": (-180.0, 180.0),
    "altitude_pressure_m": (HEIGHT_M_MIN, HEIGHT_M_MAX),
    "altitude_ellipsoid_m": (HEIGHT_M_MIN, HEIGHT_M_MAX),
    "ground_speed_mps": (0.0, GROUND_SPEED_MPS_MAX),
    "track_true_rad": (0.0, TURN_RAD),
    "vertical_rate_mps": (-VERTICAL_RATE_MPS_MAX, VERTICAL_RATE_MPS_MAX),
    "address": (0, ADDRESS_MAX),
    "track_number": (0, TRACK_NUMBER_MAX),
    "accuracy_horizontal_m": (0.0, ACCURACY_M_MAX),
    "containment_m": (0.0, ACCURACY_M_MAX),
    "range_m": (0.0, RANGE_M_MAX),
    "azimuth_rad": (0.0, TURN_RAD),
}
"""Least and greatest value of each number of a plot, both included. NaN lies in none of them."""


def feed_id(text: object) -> FeedId:
    """Check the form of a feed's name.

    Raises:
        InputError: not 1 to 32 of a-z, 0-9 and hyphen.
    """
    if not isinstance(text, str) or FEED_ID.fullmatch(text) is None:
        raise InputError("feed", f"{text!r} is not of the form {FEED_ID.pattern}")
    return FeedId(text)


def checked_plot(plot: Plot) -> Plot:
    """The plot itself, if all that it states can be true of an aircraft.

    Raises:
        InputError: a number that is not finite or outside its limit (`NUMBER_LIMITS`), half a
            position, a squawk that is not four octal digits, a text that is empty, too long or not
            printable. Names the field, the value and the limit.
    """
    for field, (least, greatest) in NUMBER_LIMITS.items():
        value = getattr(plot, field)
        if value is not None and not _is_number_within(value, least, greatest):
            raise InputError(field, f"{value!r} is not a number from {least:g} to {greatest:g}")
    if (plot.latitude_deg is None) is not (plot.longitude_deg is None):
        missing = "latitude_deg" if plot.latitude_deg is None else "longitude_deg"
        raise InputError(missing, "is missing beside the other half of the position")
    if plot.squawk is not None and SQUAWK.fullmatch(plot.squawk) is None:
        raise InputError("squawk", f"{plot.squawk!r} is not four digits from 0 to 7")
    if plot.callsign is not None:
        _check_text("callsign", plot.callsign)
    if plot.category is not None:
        _check_text("category", plot.category)
    return plot


def _is_number_within(value: object, least: float, greatest: float) -> bool:
    return (
        isinstance(value, float | int)
        and not isinstance(value, bool)
        and least <= value <= greatest
    )


def _check_text(field: str, text: str) -> None:
    if not 1 <= len(text) <= TEXT_LENGTH_MAX:
        raise InputError(field, f"has {len(text)} characters; 1 to {TEXT_LENGTH_MAX} are allowed")
    if not text.isprintable() or text != text.strip():
        raise InputError(field, f"{text!r} has characters that do not print, or padding")
