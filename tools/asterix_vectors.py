# ruff: noqa: PLC0415 - libasterix takes 14 s to import
"""Writes vectors/asterix: random records cut and read by the package libasterix.

Not part of `vectorgen.py`: importing libasterix takes 14 s of processor time and 500 MB. Run it by hand:
`python tools/asterix_vectors.py`; `tests/vectors/test_asterix_vectors.py` reads what it wrote.
"""

import json
import random
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "vectors" / "asterix"
EDITIONS = {"Cat_021_2_6": 21, "Cat_048_1_32": 48, "Cat_062_1_21": 62}
RECORDS_EACH = 25
TAIL_BYTES = 1_024
QUANTITIES: dict[int, dict[str, tuple[str, str | None, str | None]]] = {
    21: {
        "latitude_deg": ("131", "LAT", "°"),
        "longitude_deg": ("131", "LON", "°"),
        "time_of_day_s": ("071", None, "s"),
        "flight_level": ("145", None, "FL"),
        "height_ft": ("140", None, "ft"),
        "ground_speed_nmps": ("160", "GS", "NM/s"),
        "track_deg": ("160", "TA", "°"),
        "vertical_rate_fpm": ("155", "BVR", "ft/min"),
        "callsign": ("170", None, None),
        "squawk": ("070", "MODE3A", None),
    },
    48: {
        "time_of_day_s": ("140", None, "s"),
        "range_nm": ("040", "RHO", "NM"),
        "azimuth_deg": ("040", "THETA", "°"),
        "flight_level": ("090", "FL", "FL"),
        "ground_speed_nmps": ("200", "GSP", "NM/s"),
        "track_deg": ("200", "HDG", "°"),
        "callsign": ("240", None, None),
        "squawk": ("070", "MODE3A", None),
    },
    62: {
        "latitude_deg": ("105", "LAT", "°"),
        "longitude_deg": ("105", "LON", "°"),
        "time_of_day_s": ("070", None, "s"),
        "flight_level": ("136", None, "FL"),
        "height_ft": ("130", None, "ft"),
        "vertical_rate_fpm": ("220", None, "ft/min"),
        "east_mps": ("185", "VX", "m/s"),
        "north_mps": ("185", "VY", "m/s"),
        "callsign": ("245", "CHR", None),
        "squawk": ("060", "MODE3A", None),
    },
}
"""What is read of each category: item, part of it, unit; no unit is text."""


def random_record(specification: Any, chance: random.Random) -> tuple[Any, bytes]:
    """A record that libasterix reads out of random bytes, and its bytes."""
    from asterix.base import Bits, ParsingMode

    while True:
        presence = bytearray()
        for number in range(chance.randint(2, 5)):
            presence.append(chance.getrandbits(8) | 1)
            if number == 0:
                presence[0] |= 0x80
        presence[-1] &= 0xFE
        if not presence[-1]:
            continue
        data = bytes(presence) + chance.randbytes(TAIL_BYTES)
        read = specification.cv_record.parse(ParsingMode.StrictParsing, Bits.from_bytes(data))
        if isinstance(read, ValueError):
            continue
        record, rest = read
        used = len(data) - len(rest) // 8
        return record, data[:used]


def items_of(record: Any) -> dict[str, str]:
    """Bytes of each item by its name."""
    return {name: item.unparse().to_bytes().hex() for name, item in record.items_regular.items()}


def values_of(record: Any, category: int) -> dict[str, Any]:
    """What libasterix makes of the items that are read."""
    values = {}
    for name, (item_name, part_name, unit) in QUANTITIES[category].items():
        item = record.get_item(item_name)
        if item is None:
            continue
        if part_name is not None:
            item = item.variation.get_item(part_name)
        content = item.variation.content
        values[name] = content.as_quantity(unit) if unit else content.as_string()
    return values


def main() -> None:
    """Write `records.json`."""
    import asterix.generated

    chance = random.Random(20_261_122)
    cases = []
    for edition, category in EDITIONS.items():
        specification = getattr(asterix.generated, edition)
        for _ in range(RECORDS_EACH):
            record, record_bytes = random_record(specification, chance)
            cases.append(
                {
                    "category": category,
                    "edition": edition,
                    "record": record_bytes.hex(),
                    "items": items_of(record),
                    "values": values_of(record, category),
                }
            )
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = json.dumps(cases, indent=1, ensure_ascii=False) + "\n"
    (FOLDER / "records.json").write_text(text)


if __name__ == "__main__":
    main()
