"""What readsb's fields mean, for snapshots and traces alike.

Source: readsb README-json.md; section numbers in it refer to RTCA DO-260B.
"""

from comity.application.feeds import (
    CONTAINMENT_M_BY_NIC,
    EPU_M_BY_NACP,
    FeedCounts,
    address_of_hex,
    limited,
)
from comity.domain.tracks import Emergency, PlotSource

SOURCES: dict[str, PlotSource] = {
    "adsb_icao": PlotSource.ADS_B,
    "adsb_icao_nt": PlotSource.ADS_B,
    "adsb_other": PlotSource.ADS_B,
    "adsc": PlotSource.ADS_B,
    "adsr_icao": PlotSource.TIS_B,
    "adsr_other": PlotSource.TIS_B,
    "tisb_icao": PlotSource.TIS_B,
    "tisb_other": PlotSource.TIS_B,
    "tisb_trackfile": PlotSource.TIS_B,
    "mlat": PlotSource.MLAT,
    "mode_s": PlotSource.MODE_S,
}
EMERGENCY_WORDS: dict[str, Emergency] = {
    "none": Emergency.NONE,
    "general": Emergency.GENERAL,
    "lifeguard": Emergency.MEDICAL,
    "minfuel": Emergency.MINIMUM_FUEL,
    "nordo": Emergency.NO_COMMUNICATION,
    "unlawful": Emergency.UNLAWFUL_INTERFERENCE,
    "downed": Emergency.DOWNED,
    "reserved": Emergency.RESERVED,
}
GROUND = "ground"


def address_of(text: str | None) -> tuple[int | None, bool]:
    """A 24-bit address and whether it is an ICAO one; a leading `~` says that it is not."""
    if not text:
        return None, False
    address = address_of_hex(text.removeprefix("~"))
    return address, address is not None and not text.startswith("~")


def containment_m(counts: FeedCounts, rc_m: float | None, nic: int | None) -> float | None:
    """Radius of containment; `rc` 0 is readsb's word for unknown."""
    if rc_m:
        return limited(counts, "containment_m", rc_m)
    return CONTAINMENT_M_BY_NIC.get(nic) if nic else None


def accuracy_m(nac_p: int | None) -> float | None:
    """95 % radius of the position."""
    return EPU_M_BY_NACP.get(nac_p) if nac_p else None
