"""Write the synthetic tracks of docs/cases/2014-12-12, and their digests into the claim files.

Run from the project's root: `python -m tools.case_tracks`. The tracks are made up: two straight, level flights over
the Baltic Sea that pass each other at a stated distance, one position in ten seconds, for five minutes.
"""

import hashlib
import math
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "cases" / "2014-12-12"
MIDDLE_LATITUDE_DEG, MIDDLE_LONGITUDE_DEG = 55.0, 14.0
PASSING_KM = {"sweden": 2.0, "russia": 71.0}
DEGREES_PER_KM = 1.0 / 111.3  # of latitude there; what comes out is measured, not assumed, by S1
SPEED_KM_S = 0.22
STEP_S, STEPS = 10, 30


def table_of(apart_km: float) -> str:
    """One flight eastward, one westward on a parallel that far to the north."""
    rows = ["at,address,latitude_deg,longitude_deg,altitude_pressure_m,accuracy_horizontal_m"]
    east_deg_km = DEGREES_PER_KM / math.cos(math.radians(MIDDLE_LATITUDE_DEG))
    for step in range(STEPS + 1):
        second = step * STEP_S
        along_km = (second - STEPS * STEP_S / 2) * SPEED_KM_S
        at = f"2014-12-12T13:{second // 60:02}:{second % 60:02}Z"
        for address, north_km, sign in (("f00001", 0.0, 1), ("f00002", apart_km, -1)):
            latitude_deg = MIDDLE_LATITUDE_DEG + north_km * DEGREES_PER_KM
            longitude_deg = MIDDLE_LONGITUDE_DEG + sign * along_km * east_deg_km
            rows.append(f"{at},{address},{latitude_deg:.5f},{longitude_deg:.5f},9000,50")
    return "\n".join([*rows, ""])


def write_all(folder: Path) -> None:
    """Write tracks, and the digests by which the claim files name them."""
    for name, apart_km in PASSING_KM.items():
        content = table_of(apart_km).encode()
        (folder / f"synthetic-{name}.csv").write_bytes(content)
        file = folder / f"{name}.toml"
        text = file.read_text(encoding="utf-8")
        digest = hashlib.sha256(content).hexdigest()
        file.write_text(re.sub(r'sha256 = "[^"]*"', f'sha256 = "{digest}"', text), encoding="utf-8")


if __name__ == "__main__":
    write_all(FOLDER)
