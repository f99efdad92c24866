"""Rules by which tracks are made, age and end; an agreement's terms may state others."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from comity.domain.tracks.plot import PlotSource
from comity.kernel.errors import InputError

SOURCES = tuple(PlotSource)
"""A source's place here is its code in columns."""

SOURCE_CODE: Mapping[PlotSource, int] = {source: code for code, source in enumerate(SOURCES)}

RADIUS_95_PER_SD = math.sqrt(-2.0 * math.log(0.05))  # Rayleigh: 95 % of a round normal, 2.448 sd

STALE_S_ASSUMED = 16.0  # two of the 8 s updates of EUROCONTROL-SPEC-147 (ESASSP), 5 NM
DROP_S_ASSUMED = 60.0  # dump1090 and readsb let a position expire after 60 s without another
RADAR_STALE_S_ASSUMED = 24.0  # two turns of a 12 s en-route antenna
COT_STALE_S_ASSUMED = 60.0  # participants report themselves once in 5 to 60 s
COT_DROP_S_ASSUMED = 300.0

CLOCK_AHEAD_S_MAX = 5.0  # ASTM F3548-21 TimeSyncMaxDifferentialSeconds
LATE_S_MAX = 5.0  # the 5 s update of ESASSP 3 NM: older, and the next plot of that feed is here

ACCURACY_M_ASSUMED: Mapping[PlotSource, float] = {
    PlotSource.ADS_B: 92.6,  # NACp 8, what (EU) 1207/2011 asks of ADS-B Out
    PlotSource.MODE_S: 735.0,  # as secondary radar
    PlotSource.MLAT: 367.0,  # ED-142: 150 m rms a coordinate en route
    PlotSource.TIS_B: 735.0,  # carries radar
    PlotSource.RADAR_PRIMARY: 1_224.0,  # ESASSP 5 NM: 500 m rms
    PlotSource.RADAR_SECONDARY: 735.0,  # ESASSP 3 NM: 300 m rms
    PlotSource.COT: 92.6,
    PlotSource.RECORDING: 92.6,
    PlotSource.OTHER: 1_224.0,
}
"""95 % radius where a plot states none; rms errors taken as standard deviations, times 2.448."""


def _stale_assumed() -> dict[PlotSource, float]:
    radars = {PlotSource.RADAR_PRIMARY, PlotSource.RADAR_SECONDARY, PlotSource.MODE_S}
    return {
        source: RADAR_STALE_S_ASSUMED
        if source in radars
        else COT_STALE_S_ASSUMED
        if source is PlotSource.COT
        else STALE_S_ASSUMED
        for source in PlotSource
    }


def _drop_assumed() -> dict[PlotSource, float]:
    return {
        source: COT_DROP_S_ASSUMED if source is PlotSource.COT else DROP_S_ASSUMED
        for source in PlotSource
    }


@dataclass(frozen=True, slots=True)
class TrackRules:
    """When a track is believed, stale, and gone; all of it per source of its last position.

    Attributes:
        stale_s: age from which a track is shown as stale and nets warn that they lack data.
        drop_s: age from which it is no track any more.
        accuracy_m: 95 % radius where a plot states none.
        confirm_count: positions that a track needs to be believed.
        clock_ahead_s_max: a plot from further in the future is refused and counted.
        late_s_max: a plot of another feed older than this against its track is not filtered.
        tracks_max: most tracks held; beyond, unconfirmed ones give way, then newcomers are counted.
    """

    stale_s: Mapping[PlotSource, float] = field(default_factory=_stale_assumed)
    drop_s: Mapping[PlotSource, float] = field(default_factory=_drop_assumed)
    accuracy_m: Mapping[PlotSource, float] = field(default_factory=lambda: dict(ACCURACY_M_ASSUMED))
    confirm_count: int = 2
    clock_ahead_s_max: float = CLOCK_AHEAD_S_MAX
    late_s_max: float = LATE_S_MAX
    tracks_max: int = 1_048_576

    def __post_init__(self) -> None:
        for name in ("stale_s", "drop_s", "accuracy_m"):
            values = getattr(self, name)
            for source in PlotSource:
                value = values.get(source)
                if value is None or not (math.isfinite(value) and value > 0.0):
                    raise InputError(f"{name}.{source}", f"{value} is not a finite number above 0")
        for source in PlotSource:
            if self.drop_s[source] < self.stale_s[source]:
                raise InputError(
                    f"drop_s.{source}",
                    f"{self.drop_s[source]:g} is below stale_s, {self.stale_s[source]:g}",
                )
        if not 1 <= self.confirm_count <= 10:
            raise InputError("confirm_count", f"{self.confirm_count} is not from 1 to 10")
        if self.tracks_max < 1:
            raise InputError("tracks_max", f"{self.tracks_max} is below 1")
        for name in ("clock_ahead_s_max", "late_s_max"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0.0):
                raise InputError(name, f"{value} is not a finite number from 0 on")
