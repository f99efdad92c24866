"""Generated recordings as a table of our own columns (`track_recordings`)."""

from collections.abc import Sequence

from comity.domain.tracks import Plot
from comity.kernel.instants import Instant

BEGINS = Instant(1_796_083_200_000)  # 2026-12-01T00:00:00Z, of every generated recording
COLUMNS = (
    "at",
    "address",
    "latitude_deg",
    "longitude_deg",
    "altitude_pressure_m",
    "altitude_ellipsoid_m",
    "ground_speed_mps",
    "track_true_rad",
    "vertical_rate_mps",
    "accuracy_horizontal_m",
)
PLACES = {"latitude_deg": 7, "longitude_deg": 7, "track_true_rad": 5}
PLACES_ELSE = 2


def recording_csv(plots: Sequence[Plot]) -> bytes:
    """The table, one line a plot."""
    lines = [",".join(COLUMNS)]
    lines += [",".join(_cell(plot, name) for name in COLUMNS) for plot in plots]
    return ("\n".join(lines) + "\n").encode()


def _cell(plot: Plot, name: str) -> str:
    value = getattr(plot, name)
    if value is None:
        return ""
    if name == "address":
        return f"{value:06x}"
    if isinstance(value, float):
        return f"{value:.{PLACES.get(name, PLACES_ELSE)}f}"
    return str(value)
