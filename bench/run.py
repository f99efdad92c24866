"""`script/bench [NAME ...] [--gate]`: ours beside a peer on the same work, in one run.

A module of this folder with `rows()` is a benchmark; without a name they are listed. Each writes
`bench-out/NAME.json` and prints a table. `--gate` runs the `gate()` of every module that has one:
small sizes on one thread, and a least ratio to the peer; no absolute time is judged.
"""

import argparse
import importlib
import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path(__file__).parent
OUT = FOLDER.parent / "bench-out"
PARTS = (
    "apsw",
    "cryptography",
    "numba",
    "numpy",
    "pynacl",
    "pyproj",
    "rfc8785",
    "scipy",
    "shapely",
)
COLUMNS = ("work", "n", "ours_s", "peer", "peer_s", "ratio")


def main(arguments: list[str]) -> int:
    """Run what was asked for; 1 where a gate did not hold, 2 where a name is unknown."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument(
        "--gate", action="store_true", help="the quick check of ratios that CI runs"
    )
    asked = parser.parse_args(arguments)
    known = benchmarks()
    if asked.gate:
        return gate(known)
    if not asked.names:
        print("script/bench NAME, of:")
        for name, module in known.items():
            print(f"  {name:12} {(module.__doc__ or '').splitlines()[0]}")
        return 0
    unknown = sorted(set(asked.names) - set(known))
    if unknown:
        print(f"bench: no {' '.join(unknown)} here ({' '.join(known)})", file=sys.stderr)
        return 2
    for name in asked.names:
        rows = []
        print(name)
        for row in known[name].rows():
            rows.append(row)
            print(line_of(row), flush=True)
        write(name, rows)
    return 0


def benchmarks() -> dict[str, ModuleType]:
    """Modules of this folder that have `rows`, by name."""
    names = sorted(
        path.stem for path in FOLDER.glob("*.py") if path.stem not in {"run", "__init__"}
    )
    modules = {name: importlib.import_module(f"bench.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "rows")}


def gate(known: Mapping[str, ModuleType]) -> int:
    """Every gate's rows, each with its `ratio_min`; 1 where one falls short."""
    short = 0
    for name, module in known.items():
        if not hasattr(module, "gate"):
            continue
        print(name)
        for row in module.gate():
            holds = row["ratio"] >= row["ratio_min"]
            short += not holds
            print(
                f"{line_of(row)}  at least {row['ratio_min']:.1f}: {'holds' if holds else 'SHORT'}"
            )
    return 1 if short else 0


def line_of(row: Mapping[str, Any]) -> str:
    """One row for people."""
    ours = duration(row["ours_s"])
    if row["peer"] is None:
        return f"  {row['work']:66} n {row['n']:>9,}  {ours:>10}"
    peer = f"{duration(row['peer_s']):>10} {row['peer']}"
    return f"  {row['work']:66} n {row['n']:>9,}  {ours:>10}  {row['ratio']:6.1f} x  {peer}"


def duration(seconds: float) -> str:
    """Seconds in the unit that reads best."""
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("us", 1e6)):
        if seconds * scale >= 1.0:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def write(name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write the result of one benchmark."""
    OUT.mkdir(exist_ok=True)
    ordered = [{**{key: row[key] for key in COLUMNS}, **row} for row in rows]
    result = {"machine": machine(), "versions": versions(), "rows": ordered}
    (OUT / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")


def machine() -> dict[str, Any]:
    """What the figures were taken on, with the load others made at the time."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].split(":", 1)[1].strip() if lines else model
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "load_average": [round(load, 2) for load in os.getloadavg()],
    }


def versions() -> dict[str, str]:
    """Python's, and those of the parts that matter for speed."""
    found = {"python": platform.python_version()}
    for part in PARTS:
        try:
            found[part] = version(part)
        except PackageNotFoundError:
            continue
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
