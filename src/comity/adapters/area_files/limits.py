"""Heights as area files write them: metres and a datum, or a flight level, feet, SFC, UNLIM."""

import re

from comity.domain.airspace import Altitude, Datum
from comity.kernel.errors import InputError
from comity.kernel.units import METRES_PER_FOOT, metres_from_flight_level

_GROUND = frozenset({"GND", "SFC", "GROUND", "SURFACE", "0", "0 FT", "0FT"})
_UNLIMITED = frozenset({"UNL", "UNLIM", "UNLIMITED", "UNLTD"})
_LEVEL = re.compile(r"FL\s*(\d{1,3})")
_HEIGHT = re.compile(
    r"(?P<value>\d{1,6}(\.\d{1,3})?)\s*(?P<unit>FT|F|M)?\s*"
    r"(?P<datum>AMSL|MSL|ALT|AGL|GND|SFC|ASFC|STD)?"
)
_DATUMS = {
    None: Datum.EGM2008, "AMSL": Datum.EGM2008, "MSL": Datum.EGM2008, "ALT": Datum.EGM2008,
    "AGL": Datum.AGL, "GND": Datum.AGL, "SFC": Datum.AGL, "ASFC": Datum.AGL, "STD": Datum.QNE,
}  # fmt: skip


def limit_from_text(text: str, path: str) -> Altitude | None:
    """A limit as aeronautical texts write it; `None`: the ground, or without end.

    Feet unless it says metres; above mean sea level unless it says another datum.

    Raises:
        InputError: not a height.
    """
    spelt = " ".join(text.upper().split())
    if spelt in _GROUND or spelt in _UNLIMITED:
        return None
    level = _LEVEL.fullmatch(spelt)
    if level is not None:
        return Altitude(metres_from_flight_level(float(level[1])), Datum.QNE)
    found = _HEIGHT.fullmatch(spelt)
    if found is None:
        raise InputError(
            path, f"{text[:40]!r} is no height such as FL95, 2500ft AMSL, 300 m AGL, SFC"
        )
    scale = 1.0 if found["unit"] == "M" else METRES_PER_FOOT
    try:
        return Altitude(float(found["value"]) * scale, _DATUMS[found["datum"]])
    except InputError as error:
        raise InputError(path, error.why) from error
