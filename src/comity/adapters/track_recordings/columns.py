"""Which column is what, in which unit, for the kinds of tables that are read."""

from dataclasses import dataclass

from comity.application.feeds import (
    FeedCounts,
    LastTold,
    Refused,
    address_of_hex,
    limited,
    position_fits,
    printable,
    squawk_of,
)
from comity.domain.tracks import FeedId, Plot, PlotSource
from comity.kernel.errors import InputError
from comity.kernel.instants import UNIX_MS_MAX, Instant, instant_from_rfc3339
from comity.kernel.units import METRES_PER_FOOT, MPS_PER_KNOT, RADIANS_PER_DEGREE

FEET_PER_MINUTE = METRES_PER_FOOT / 60.0


@dataclass(frozen=True, slots=True)
class Column:
    """Where a column's value goes: a field of the plot, and what it is multiplied by."""

    field: str
    factor: float = 1.0


TIME, ADDRESS, TIME_S = "time", "address", "time_s"
POSITION_TIME, POSITION_TIME_S = "position_time", "position_time_s"
FLAGS = {"on_ground", "ident"}
TEXTS = {"callsign", "squawk", "category"}

TRAFFIC_COLUMNS: dict[str, Column] = {
    "timestamp": Column(TIME),
    "icao24": Column(ADDRESS),
    "callsign": Column("callsign"),
    "latitude": Column("latitude_deg"),
    "longitude": Column("longitude_deg"),
    "altitude": Column("altitude_pressure_m", METRES_PER_FOOT),
    "geoaltitude": Column("altitude_ellipsoid_m", METRES_PER_FOOT),
    "groundspeed": Column("ground_speed_mps", MPS_PER_KNOT),
    "track": Column("track_true_rad", RADIANS_PER_DEGREE),
    "vertical_rate": Column("vertical_rate_mps", FEET_PER_MINUTE),
    "squawk": Column("squawk"),
    "onground": Column("on_ground"),
    "spi": Column("ident"),
    "last_position": Column(POSITION_TIME),
}
"""Tables of the package `traffic`: feet of pressure height, knots, feet a minute, Unix milliseconds."""

OPENSKY_COLUMNS: dict[str, Column] = {
    "time": Column(TIME_S),
    "icao24": Column(ADDRESS),
    "callsign": Column("callsign"),
    "lat": Column("latitude_deg"),
    "lon": Column("longitude_deg"),
    "baroaltitude": Column("altitude_pressure_m"),
    "geoaltitude": Column("altitude_ellipsoid_m"),
    "velocity": Column("ground_speed_mps"),
    "heading": Column("track_true_rad", RADIANS_PER_DEGREE),
    "vertrate": Column("vertical_rate_mps"),
    "squawk": Column("squawk"),
    "onground": Column("on_ground"),
    "spi": Column("ident"),
    "lastposupdate": Column(POSITION_TIME_S),
}
"""State vectors of the OpenSky Network's database: metres, metres a second, Unix seconds."""

OWN_COLUMNS: dict[str, Column] = {
    "at": Column(TIME),
    "address": Column(ADDRESS),
    **{
        name: Column(name)
        for name in (
            "latitude_deg",
            "longitude_deg",
            "altitude_pressure_m",
            "altitude_ellipsoid_m",
            "ground_speed_mps",
            "track_true_rad",
            "vertical_rate_mps",
            "accuracy_horizontal_m",
            "containment_m",
            *sorted(FLAGS | TEXTS),
        )
    },
}
"""Tables of our own: fields of a plot under their own names, RFC 3339 times."""

FAMILIES = (OWN_COLUMNS, TRAFFIC_COLUMNS, OPENSKY_COLUMNS)
Value = str | float | bool | None


def family_of(names: set[str]) -> dict[str, Column] | None:
    """The kind of table that has these columns: the one whose time and position are all there."""
    for family in FAMILIES:
        needed = {
            name
            for name, column in family.items()
            if column.field in {TIME, TIME_S, "latitude_deg", "longitude_deg"}
        }
        if needed <= names:
            return family
    return None


class RowReader:
    """Rows of one recording into plots.

    A table of state vectors has a row a second, and a position that is as old as its own time says: that is
    the time of the plot. A row that repeats a position already told has none, and keeps what else it says.
    """

    def __init__(self, feed: FeedId, counts: FeedCounts) -> None:
        self._feed = feed
        self._counts = counts
        self._positions: LastTold[int, Instant] = LastTold()

    def plot(self, values: dict[str, Value], received_at: Instant | None) -> Plot | None:
        """The plot of values in SI units by field; None, counted, where they give none."""
        counts = self._counts
        at = self._at(values)
        if at is None:
            return None
        latitude_deg, longitude_deg = values.get("latitude_deg"), values.get("longitude_deg")
        if not isinstance(latitude_deg, float) or not isinstance(longitude_deg, float):
            latitude_deg = longitude_deg = None
        elif not position_fits(latitude_deg, longitude_deg):
            counts.refuse(Refused.POSITION_OFF_EARTH)
            return None
        stated = values.get(ADDRESS)
        address = address_of_hex(stated) if isinstance(stated, str) else None
        row_at = at
        position_at = None if latitude_deg is None else self._position_at(values, row_at)
        if position_at is not None:
            if self._positions.repeats(address, position_at):
                latitude_deg = longitude_deg = None
            else:
                at = position_at
        return Plot(
            feed=self._feed,
            source=PlotSource.RECORDING,
            at=at,
            received_at=received_at or row_at,
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            altitude_pressure_m=self._number(values, "altitude_pressure_m"),
            altitude_ellipsoid_m=self._number(values, "altitude_ellipsoid_m"),
            on_ground=_flag(values.get("on_ground")),
            ground_speed_mps=self._number(values, "ground_speed_mps"),
            track_true_rad=self._number(values, "track_true_rad"),
            vertical_rate_mps=self._number(values, "vertical_rate_mps"),
            address=address,
            address_is_icao=address is not None,
            callsign=printable(counts, values.get("callsign")),
            squawk=squawk_of(counts, _squawk_text(values.get("squawk"))),
            category=printable(counts, values.get("category")),
            accuracy_horizontal_m=self._number(values, "accuracy_horizontal_m"),
            containment_m=self._number(values, "containment_m"),
            ident=_flag(values.get("ident")),
        )

    def _at(self, values: dict[str, Value]) -> Instant | None:
        stated = values.get(TIME)
        if isinstance(stated, str):
            try:
                return instant_from_rfc3339(stated)
            except InputError:
                self._counts.refuse(Refused.NO_TIME)
                return None
        if stated is None:
            seconds = values.get(TIME_S)
            stated = seconds * 1000 if isinstance(seconds, float) else None
        if stated is None:
            self._counts.refuse(Refused.NO_TIME)
            return None
        if not 0 <= stated <= UNIX_MS_MAX:
            self._counts.refuse(Refused.TIME_OUT_OF_RANGE)
            return None
        return Instant(round(stated))

    def _position_at(self, values: dict[str, Value], row_at: Instant) -> Instant | None:
        """When the row's position was told; None where that is not stated, or is behind the row itself."""
        stated = values.get(POSITION_TIME)
        seconds = values.get(POSITION_TIME_S)
        if stated is None and isinstance(seconds, float):
            stated = seconds * 1000
        if isinstance(stated, str):
            try:
                at = instant_from_rfc3339(stated)
            except InputError:
                return None
        elif stated is None or not 0 <= stated <= UNIX_MS_MAX:
            return None
        else:
            at = Instant(round(stated))
        return at if at <= row_at else None

    def _number(self, values: dict[str, Value], field: str) -> float | None:
        value = values.get(field)
        return limited(self._counts, field, value) if isinstance(value, float) else None


def _squawk_text(value: Value) -> str | None:
    """The digits of a squawk; a table of numbers has lost its leading zeros."""
    if isinstance(value, float) and value.is_integer():
        return f"{int(value):04}"
    return None if value is None else str(value)


def _flag(value: Value) -> bool | None:
    """A flag, or the words and numbers that tables have for one."""
    if isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value.strip().lower())
    if value is None or isinstance(value, bool):
        return value
    return {0.0: False, 1.0: True}.get(value)
