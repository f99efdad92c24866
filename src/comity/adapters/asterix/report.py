"""What a record says, whatever its category, and the plot it gives."""

from dataclasses import dataclass

from comity.adapters.asterix.radar_place import RadarPlace
from comity.application.feeds import FeedCounts, PlotGate, Refused, limited, position_fits
from comity.domain.tracks import Emergency, FeedId, Plot, PlotSource
from comity.kernel.instants import UNIX_MS_MAX, Instant

DAY_S = 86_400.0
DAY_MS = 86_400_000


@dataclass(slots=True)
class Report:
    """One record, SI units; None where it does not say.

    Attributes:
        time_of_day_s: since midnight UTC.
        range_m, azimuth_rad: from the radar; slant range, from geographical north.
        refused: why the record shall give no plot: simulated, a test target, a field monitor.
    """

    source: PlotSource = PlotSource.OTHER
    time_of_day_s: float | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    range_m: float | None = None
    azimuth_rad: float | None = None
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
    refused: Refused | None = None


class ReportReader:
    """Reports of one feed into plots.

    Args:
        feed: whose plots these are.
        counts: where records are counted.
        radars: places of radars by (SAC, SIC); of one that is not here, plots have range and azimuth.
    """

    def __init__(
        self, feed: FeedId, counts: FeedCounts, radars: dict[tuple[int, int], RadarPlace]
    ) -> None:
        self._feed = feed
        self._counts = counts
        self._radars = radars
        self._gate = PlotGate(counts)

    def plot(self, report: Report, station: tuple[int, int], received_at: Instant) -> Plot | None:
        """The plot of a report; None, counted, where it gives none."""
        if report.refused is not None:
            self._counts.refuse(report.refused)
            return None
        at = _instant(report.time_of_day_s, received_at)
        if at is None:
            self._counts.refuse(
                Refused.NO_TIME if report.time_of_day_s is None else Refused.TIME_OUT_OF_RANGE
            )
            return None
        radar = self._radars.get(station)
        if radar is not None and report.latitude_deg is None:
            _place(report, radar)
        latitude_deg, longitude_deg = report.latitude_deg, report.longitude_deg
        if latitude_deg is None or longitude_deg is None:
            latitude_deg = longitude_deg = None
        elif not position_fits(latitude_deg, longitude_deg):
            self._counts.refuse(Refused.POSITION_OFF_EARTH)
            return None
        plot = self._plot(report, at, received_at, latitude_deg, longitude_deg)
        return self._gate.admit(plot)

    def _plot(
        self,
        report: Report,
        at: Instant,
        received_at: Instant,
        latitude_deg: float | None,
        longitude_deg: float | None,
    ) -> Plot:
        counts = self._counts
        pressure_m, ellipsoid_m = report.altitude_pressure_m, report.altitude_ellipsoid_m
        accuracy_m, containment_m = report.accuracy_horizontal_m, report.containment_m
        return Plot(
            feed=self._feed,
            source=report.source,
            at=at,
            received_at=received_at,
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            altitude_pressure_m=limited(counts, "altitude_pressure_m", pressure_m),
            altitude_ellipsoid_m=limited(counts, "altitude_ellipsoid_m", ellipsoid_m),
            on_ground=report.on_ground,
            ground_speed_mps=limited(counts, "ground_speed_mps", report.ground_speed_mps),
            track_true_rad=report.track_true_rad,
            vertical_rate_mps=limited(counts, "vertical_rate_mps", report.vertical_rate_mps),
            address=report.address,
            address_is_icao=report.address_is_icao,
            track_number=report.track_number,
            callsign=report.callsign,
            squawk=report.squawk,
            category=report.category,
            accuracy_horizontal_m=limited(counts, "accuracy_horizontal_m", accuracy_m),
            containment_m=limited(counts, "containment_m", containment_m),
            emergency=report.emergency,
            ident=report.ident,
            range_m=limited(counts, "range_m", report.range_m),
            azimuth_rad=report.azimuth_rad,
        )


def _place(report: Report, radar: RadarPlace) -> None:
    """Put a report of range and azimuth on the Earth."""
    if report.range_m is None or report.azimuth_rad is None:
        return
    height_m = report.altitude_ellipsoid_m
    if height_m is None:
        height_m = report.altitude_pressure_m
    found = radar.position(report.range_m, report.azimuth_rad, height_m)
    report.latitude_deg, report.longitude_deg = found.latitude_deg, found.longitude_deg
    report.accuracy_horizontal_m = found.accuracy_m


def _instant(time_of_day_s: float | None, received_at: Instant) -> Instant | None:
    """The instant of that time of day that is nearest to the time of receipt."""
    if time_of_day_s is None or not 0.0 <= time_of_day_s < DAY_S:
        return None
    time_ms = round(time_of_day_s * 1000)
    received_ms = received_at.unix_ms
    midnight_ms = received_ms - received_ms % DAY_MS
    days = round((received_ms - midnight_ms - time_ms) / DAY_MS)
    at_ms = midnight_ms + time_ms + days * DAY_MS
    return Instant(at_ms) if 0 <= at_ms <= UNIX_MS_MAX else None
