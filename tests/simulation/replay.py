"""`script/simulate --seed N`: replay one run; `--campaign COUNT`: run many, on where the last run ended."""

import argparse
import fcntl
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from tests.simulation.planted import PLANTED, planted
from tests.simulation.runs import run_seed
from tests.simulation.schedules import SCHEDULES

from comity.kernel.errors import ComityError

CHUNK = 20  # seeds between two looks at the lock and two writes of the result


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/simulate", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--planted", choices=PLANTED, help="with this fault in the node")
    parser.add_argument("--campaign", type=int, metavar="COUNT", help="seeds 0 to COUNT - 1")
    parser.add_argument("--result", type=Path, default=Path("campaign-out/seeds.json"))
    parser.add_argument("--lock", type=Path, help="hold this file's lock, shared, while running")
    arguments = parser.parse_args()
    if arguments.campaign:
        return _campaign(arguments.campaign, arguments.result, arguments.lock)
    return _replay(arguments.seed, arguments.planted)


def _replay(seed: int, fault: str | None) -> int:
    with planted(fault) if fault else nullcontext({}) as settings:
        try:
            world = SCHEDULES[fault]() if fault in SCHEDULES else run_seed(seed, **settings)
        except AssertionError as error:
            print(f"{fault or 'as it is'}: {error}")
            return 1
    print(f"seed {seed}: safe at every step, agreed after healing")
    for name, value in {**world.counts, **world.network.counts}.items():
        print(f"  {name} {value}")
    return 0


def _campaign(count: int, result: Path, lock: Path | None) -> int:
    """Seeds in chunks; what is done stands in the result, so that a campaign can be stopped at any time."""
    done = _done(result)
    while done["seeds"] < count:
        with sharing(lock):
            began = time.process_time()
            for seed in range(done["seeds"], min(done["seeds"] + CHUNK, count)):
                _one(seed, done)
            done["cpu_s"] = round(done["cpu_s"] + time.process_time() - began, 2)
        result.parent.mkdir(parents=True, exist_ok=True)
        unfinished = result.with_suffix(".part")
        unfinished.write_text(json.dumps(done, indent=1) + "\n")
        unfinished.replace(result)
        if done["seeds"] % 500 == 0:
            print(_summary(done), flush=True)
    print(_summary(done))
    return 1 if done["failed"] else 0


def _done(result: Path) -> dict[str, Any]:
    if result.exists():
        done: dict[str, Any] = json.loads(result.read_text())
        return done
    return {"seeds": 0, "cpu_s": 0.0, "failed": {}, "totals": {}}


def _one(seed: int, done: dict[str, Any]) -> None:
    done["seeds"] = seed + 1
    try:
        world = run_seed(seed)
    except (AssertionError, ComityError) as error:
        done["failed"][str(seed)] = str(error)
        print(f"seed {seed}: {error}", flush=True)
        return
    for name, value in {**world.counts, **world.network.counts}.items():
        done["totals"][name] = done["totals"].get(name, 0) + value


def _summary(done: dict[str, Any]) -> str:
    totals = ", ".join(f"{name} {value}" for name, value in sorted(done["totals"].items()))
    return f"{done['seeds']} seeds, {len(done['failed'])} failed, {done['cpu_s']} s: {totals}"


@contextmanager
def sharing(lock: Path | None) -> Iterator[None]:
    """Whoever wants the machine alone takes the lock for itself, and waits for one chunk at most.

    Where a file `gate.lock` stands beside, it is passed first: who waits alone holds it meanwhile, so
    that two who share cannot take turns for ever.
    """
    if lock is None:
        yield
        return
    gate = lock.with_name("gate.lock")
    if gate.exists():
        with gate.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


if __name__ == "__main__":
    sys.exit(main())
