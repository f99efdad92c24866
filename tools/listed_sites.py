"""A list of sites as volunteers and ministries make them, seeded: all invented, with planted errors and the truth.

    python -m tools.listed_sites 100000        reads such a list and counts what was found and missed

Places are drawn at random within one country, which no list of real places would be; nothing stands at any
of them on purpose.
"""

import csv
import io
import sys
from collections import Counter
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np
import shapely

from comity.adapters.natural_earth import NaturalEarthLand, border_data_set
from comity.adapters.site_files import read_site_file
from comity.domain.sites import Doubt, check_candidates

COUNTRY, CODE = "Uruguay", "UY"
KINDS = ("hospital", "clinic", "school", "place_of_worship", "water_works", "shelter")
COLUMNS = ("id", "name", "name:es", "amenity", "latitude", "longitude", "addr:country")
SHARES = {
    Doubt.AT_ZERO: 0.002, Doubt.AXES_SWAPPED: 0.005, Doubt.WRONG_HEMISPHERE: 0.005, Doubt.AT_SEA: 0.003,
    Doubt.OTHER_COUNTRY: 0.003, Doubt.DUPLICATE: 0.01, Doubt.CONTRADICTION: 0.005,
}  # fmt: skip
NAMES_OF_ONE = 400
REFUSED_SHARE = 0.003


@dataclass
class Listed:
    """A list and what was planted in it, by number of the row."""

    content: bytes
    planted: dict[int, Doubt] = field(default_factory=dict)
    unreadable: set[int] = field(default_factory=set)


def listed_sites(count: int, seed: int = 7) -> Listed:
    """A CSV file of about `count` rows."""
    chance = np.random.default_rng(seed)
    land = border_data_set().country(COUNTRY).geometry
    longitude, latitude = _within(land, count, chance)
    rows = [
        [
            f"n{number}", f"Invented {KINDS[number % len(KINDS)]} {number}", f"Inventado {number}",
            KINDS[number % len(KINDS)], f"{latitude[number]:.6f}", f"{longitude[number]:.6f}", CODE,
        ]
        for number in range(count)
    ]  # fmt: skip
    planted: dict[int, Doubt] = {}
    free = iter(chance.permutation(np.arange(count // 2, count)).tolist())
    for doubt, share in SHARES.items():
        for _ in range(max(3, int(share * count))):
            index = next(free)
            _plant(rows, index, doubt, chance)
            planted[index] = doubt
    home = rows[0]
    many = NAMES_OF_ONE if count > 10 * NAMES_OF_ONE else max(3, count // 50)
    for index in [next(free) for _ in range(many)]:
        rows[index][1:6] = [f"Casa {index}", f"Casa {index}", home[3], *_moved(home, 5.0, chance)]
        planted[index] = Doubt.ANOTHER_NAME
    unreadable = {next(free) for _ in range(max(4, int(REFUSED_SHARE * count)))}
    for place, index in enumerate(sorted(unreadable)):
        column, value = ((1, '=HYPERLINK("x")'), (4, "95.1"), (5, ""), (4, "north"))[place % 4]
        rows[index][column] = value
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows])
    return Listed(
        text.getvalue().encode(),
        {index + 1: doubt for index, doubt in planted.items()},
        {index + 1 for index in unreadable},
    )


def _plant(rows: list[list[str]], index: int, doubt: Doubt, chance: np.random.Generator) -> None:
    row, other = rows[index], rows[int(chance.integers(1, len(rows) // 2))]
    if doubt is Doubt.AT_ZERO:
        row[4:6] = ["0.0000", "0.000"]
    elif doubt is Doubt.AXES_SWAPPED:
        row[4], row[5] = row[5], row[4]
    elif doubt is Doubt.WRONG_HEMISPHERE:
        which = int(chance.integers(0, 3))
        if which != 1:
            row[4] = row[4].lstrip("-")
        if which != 0:
            row[5] = row[5].lstrip("-")
    elif doubt is Doubt.AT_SEA:
        row[4:6] = [f"{chance.uniform(-44, -38):.6f}", f"{chance.uniform(-49, -40):.6f}"]
    elif doubt is Doubt.OTHER_COUNTRY:
        row[4:6] = [f"{chance.uniform(-30, -26):.6f}", f"{chance.uniform(-64, -61):.6f}"]
    elif doubt is Doubt.DUPLICATE:
        row[1:6] = [other[1].upper(), other[2], other[3], *_moved(other, 60.0, chance)]
    else:
        row[0:4] = other[0:4]
        row[4:6] = _moved(other, 9_000.0, chance)


def _moved(row: list[str], metres: float, chance: np.random.Generator) -> list[str]:
    turn = chance.uniform(0, 2 * np.pi)
    north, east = metres * np.cos(turn) / 111_195.0, metres * np.sin(turn) / 93_000.0
    return [f"{float(row[4]) + north:.6f}", f"{float(row[5]) + east:.6f}"]


def _within(
    land: shapely.Geometry, count: int, chance: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    west, south, east, north = land.buffer(-0.15).bounds
    shapely.prepare(inner := land.buffer(-0.15))
    found = np.empty((0, 2))
    while len(found) < count:
        tried = chance.uniform((west, south), (east, north), (2 * count, 2))
        found = np.concatenate([found, tried[shapely.contains_xy(inner, tried[:, 0], tried[:, 1])]])
    return found[:count, 0], found[:count, 1]


def main(count: int) -> int:
    """Read a list as the import does, and print what was found and missed."""
    listed = listed_sites(count)
    start = perf_counter()
    read = read_site_file(listed.content)
    read_s = perf_counter() - start
    land = NaturalEarthLand()
    start = perf_counter()
    sound, doubted = check_candidates(read.candidates, land)
    checked_s = perf_counter() - start
    told = {each.candidate.number: each.doubts for each in doubted}
    print(f"{count:,} rows: read in {read_s:.1f} s, checked in {checked_s:.1f} s")
    print(f"{'planted':28}{'planted':>9}{'found':>9}{'as such':>9}{'missed':>9}")
    for doubt in Doubt:
        rows = [number for number, each in listed.planted.items() if each is doubt]
        found = [number for number in rows if number in told]
        exact = [number for number in found if doubt in told[number]]
        print(f"{doubt:28}{len(rows):9,}{len(found):9,}{len(exact):9,}{len(rows) - len(found):9,}")
    refused = {each.number for each in read.refused}
    missed = len(listed.unreadable - refused)
    print(f"{'unreadable rows':28}{len(listed.unreadable):9,}{len(refused):9,}{'':9}{missed:9,}")
    spurious = Counter(
        each.doubts for each in doubted if each.candidate.number not in listed.planted
    )
    print(f"proposals about rows in which nothing was planted: {sum(spurious.values()):,}")
    for doubts, number in spurious.most_common():
        print(f"  {', '.join(doubts)}: {number:,}")
    print(f"entered without a question: {len(sound):,}")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
