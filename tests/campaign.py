"""`script/campaign [NAME ...]`: the long runs that CI has no time for, in pieces that a stop does not lose.

What is done stands in `campaign-out/NAME.json` under the commit it was done at; the same command goes on from
there. Of another commit nothing counts.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.feed_samples import SAMPLES
from tests.simulation.replay import sharing

ROOT = Path(__file__).parents[1]
OUT = ROOT / "campaign-out"
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rA")
KILLS_A_PIECE = 25
FLIPS_A_PIECE = 10_000
FLIPS = {"store": 200_000, "store-wal": 20_000}  # above the sizes of the files: every byte
EXAMPLES = 160
SCHEMA_EXAMPLES = 40  # of each endpoint
SPIN_NOT_RUN = 3
MUTANTS_A_PIECE = 5_000
ANSWERS = 400
ANSWERS_A_PIECE = 40


@dataclass(frozen=True)
class Piece:
    """One command; it counts as held when it ends with 0."""

    name: str
    command: tuple[str, ...]
    settings: dict[str, str] = field(default_factory=dict)


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/campaign", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=" ".join(CAMPAIGNS))
    parser.add_argument("--seeds", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--mutants", type=int, default=50_000)
    parser.add_argument("--fuzz-s", type=int, default=600, help="seconds a decoder")
    parser.add_argument("--soak-minutes", type=float, default=60.0)
    parser.add_argument("--lock", type=Path, help="hold this file's lock, shared, for each piece")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in CAMPAIGNS]
    if unknown:
        parser.error(f"no {unknown[0]!r} here; there are {', '.join(CAMPAIGNS)}")
    OUT.mkdir(exist_ok=True)
    failed = [name for name in asked.names or CAMPAIGNS if not _run(name, asked)]
    return 1 if failed else 0


def _seeds(asked: argparse.Namespace) -> list[Piece]:
    result = OUT / "seeds-done.json"
    command = (sys.executable, "-m", "tests.simulation.replay", "--campaign", str(asked.seeds))
    lock = () if asked.lock is None else ("--lock", str(asked.lock))
    return [Piece(f"{asked.seeds} seeds", (*command, "--result", str(result), *lock))]


def _kills(asked: argparse.Namespace) -> list[Piece]:
    test = "tests/integration/test_kill_nine.py"
    return [
        Piece(
            f"cycles {start} to {start + KILLS_A_PIECE - 1}",
            (*PYTEST, test),
            {"COMITY_KILLS": str(KILLS_A_PIECE), "COMITY_KILLS_FROM": str(start)},
        )
        for start in range(0, asked.kills, KILLS_A_PIECE)
    ]


def _flips(_asked: argparse.Namespace) -> list[Piece]:
    test = "tests/integration/test_durability_flips.py::test_a_flipped_bit_is_found_or_harmless"
    return [
        Piece(
            f"{name} from byte {start}",
            (*PYTEST, f"{test}[{name}]"),
            {"COMITY_FLIPS": f"{start}:{start + FLIPS_A_PIECE}"},
        )
        for name, size in FLIPS.items()
        for start in range(0, size, FLIPS_A_PIECE)
    ]


def _power(_asked: argparse.Namespace) -> list[Piece]:
    tests = ("power_loss", "faults")
    return [
        Piece(name, (*PYTEST, f"tests/integration/test_durability_{name}.py")) for name in tests
    ]


def _properties(_asked: argparse.Namespace) -> list[Piece]:
    files = sorted((ROOT / "tests/property").rglob("test_*.py"))
    more = {"COMITY_EXAMPLES": str(EXAMPLES)}
    return [
        Piece(str(path), (*PYTEST, str(path)), more)
        for path in (file.relative_to(ROOT) for file in files)
    ]


def _bundles(asked: argparse.Namespace) -> list[Piece]:
    """Each piece: so many changed bundles to the first verifier, and so many to both."""
    return [
        Piece(
            f"mutants from {start}",
            (*PYTEST, "tests/unit/evidence", "-k", "changed"),
            {"COMITY_MUTANTS": str(MUTANTS_A_PIECE), "COMITY_MUTANTS_FROM": str(start)},
        )
        for start in range(0, asked.mutants, MUTANTS_A_PIECE)
    ]


def _circles(_asked: argparse.Namespace) -> list[Piece]:
    """Histories of groups, of meetings and of what is told for protection; calls of many browsers."""
    tests = (
        "tests/simulation/test_protect.py",
        "tests/simulation/test_groups.py",
        "tests/simulation/test_meetings.py",
        "tests/integration/test_call_of_many.py",
    )
    return [Piece(test, (*PYTEST, test)) for test in tests]


def _fuzz(asked: argparse.Namespace) -> list[Piece]:
    """Each decoder by its form, then led by coverage where atheris is installed."""
    seconds = ("--seconds", str(asked.fuzz_s))
    return [
        Piece(f"{name} {way}, {asked.fuzz_s} s", (sys.executable, "-m", module, name, *seconds))
        for name in sorted(SAMPLES)
        for way, module in (("by form", "tests.feed_fuzz"), ("led", "tests.feed_fuzz_guided"))
    ]


def _soak(asked: argparse.Namespace) -> list[Piece]:
    minutes = str(asked.soak_minutes)
    command = (sys.executable, "-m", "bench.air_soak", "--minutes", minutes)
    return [Piece(f"{minutes} minutes", (*command, "--samples", str(OUT / "soak.jsonl")))]


def _largest(_asked: argparse.Namespace) -> list[Piece]:
    return [Piece("steps up, then halves", (sys.executable, "-m", "bench.run", "air_largest"))]


def _spin(_asked: argparse.Namespace) -> list[Piece]:
    return [Piece("every setting and mutant", ("models/run", "--campaign"))]


def _firefox(_asked: argparse.Namespace) -> list[Piece]:
    """The console's and the map's own tests in the Firefox that FIREFOX names; without one, nothing is told as held."""
    if "FIREFOX" not in os.environ:
        sys.exit(
            "campaign firefox: set FIREFOX to the program of a Firefox of version 128 or later"
        )
    tests = ("test_console.py", "test_map.py", "test_map_parts.py")
    return [Piece(test, (*PYTEST, f"tests/browser/{test}")) for test in tests]


def _schema(_asked: argparse.Namespace) -> list[Piece]:
    """Requests from the API's own description, by every role: so many of each endpoint and seed."""
    test = "tests/integration/test_api_by_its_description.py"
    return [
        Piece(f"seed {number}", (*PYTEST, test), {"COMITY_SCHEMA": f"{SCHEMA_EXAMPLES}:{number}"})
        for number in range(10)
    ]


def _console_answers(_asked: argparse.Namespace) -> list[Piece]:
    """Every list, detail and form of the console with every answer of the node changed, so many seeds a piece."""
    test = "tests/browser/test_console.py"
    return [
        Piece(
            f"answers from {start}",
            (*PYTEST, test, "-k", "no_answer_blanks_the_screen"),
            {"COMITY_ANSWERS": f"{start}:{ANSWERS_A_PIECE}"},
        )
        for start in range(0, ANSWERS, ANSWERS_A_PIECE)
    ]


CAMPAIGNS: dict[str, Callable[[argparse.Namespace], Sequence[Piece]]] = {
    "seeds": _seeds,
    "kills": _kills,
    "flips": _flips,
    "power": _power,
    "properties": _properties,
    "bundles": _bundles,
    "circles": _circles,
    "schema": _schema,
    "console-answers": _console_answers,
    "firefox": _firefox,
    "fuzz": _fuzz,
    "soak": _soak,
    "largest": _largest,
    "spin": _spin,
}


def _run(name: str, asked: argparse.Namespace) -> bool:
    """Every piece that is not done yet; whether all of them held."""
    path = OUT / f"{name}.json"
    done = _done(path)
    pieces = CAMPAIGNS[name](asked)
    for piece in pieces:
        if done["pieces"].get(piece.name, {}).get("held"):
            continue
        with sharing(None if name == "seeds" else asked.lock):
            done["pieces"][piece.name] = _result(name, piece)
        unfinished = path.with_suffix(".part")
        unfinished.write_text(json.dumps(done, indent=1) + "\n")
        unfinished.replace(path)
    results = [done["pieces"][piece.name] for piece in pieces]
    held = sum(result["held"] for result in results)
    spent_s = sum(result["elapsed_s"] for result in results)
    last = results[-1]["said"][-1] if results[-1]["said"] else ""
    print(f"campaign {name}: {held} of {len(pieces)} pieces held, {spent_s:.0f} s; {last}")
    return held == len(pieces)


def _result(name: str, piece: Piece) -> dict[str, Any]:
    began = time.monotonic()
    done = subprocess.run(
        piece.command,
        cwd=ROOT,
        env={**os.environ, "COMITY_CAMPAIGN": "1", **piece.settings},
        capture_output=True,
        text=True,
        check=False,
    )
    elapsed_s = round(time.monotonic() - began, 1)
    said = [line for line in done.stdout.splitlines() if _tells(line)]
    missing = name == "spin" and done.returncode == SPIN_NOT_RUN
    if done.returncode and not missing:
        print(done.stdout[-4000:], done.stderr[-2000:], sep="\n")
    said = said[-12:]
    return {"held": done.returncode == 0 or missing, "elapsed_s": elapsed_s, "said": said}


def _tells(line: str) -> bool:
    """The lines worth keeping: counts, and how it ended."""
    return bool(
        re.search(
            r"\d (passed|failed|of|seeds|bytes|inputs|kills|points|outages)|executed_units|NOT RUN"
            r"|^fuzzed |^FAILED|^SKIPPED|\"held\"",
            line,
        )
    )


def _done(path: Path) -> dict[str, Any]:
    commit = _commit()
    if path.exists():
        done: dict[str, Any] = json.loads(path.read_text())
        if done["commit"] == commit:
            return done
    return {"commit": commit, "pieces": {}}


def _commit() -> str:
    asked = ["git", "rev-parse", "HEAD"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
