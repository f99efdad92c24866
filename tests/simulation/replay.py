"""`script/simulate --seed N`: replay one run; `--campaign COUNT`: run many, on every core."""

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import nullcontext

from tests.simulation.planted import PLANTED, planted
from tests.simulation.runs import run_seed


def _one(seed: int) -> tuple[int, str | None, dict[str, int]]:
    try:
        world = run_seed(seed)
    except AssertionError as error:
        return seed, str(error), {}
    return seed, None, world.counts | world.network.counts


def _campaign(count: int) -> int:
    began = time.monotonic()
    totals: dict[str, int] = {}
    failed: list[tuple[int, str]] = []
    with ProcessPoolExecutor() as pool:
        runs = [pool.submit(_one, seed) for seed in range(count)]
        for done, run in enumerate(as_completed(runs), 1):
            seed, why, counts = run.result()
            if why is not None:
                failed.append((seed, why))
                print(f"seed {seed}: {why}", flush=True)
            for name, value in counts.items():
                totals[name] = totals.get(name, 0) + value
            if done % 500 == 0:
                print(f"{done} seeds, {time.monotonic() - began:.0f} s", flush=True)
    print(f"{count} seeds, {len(failed)} failed, {time.monotonic() - began:.0f} s")
    print(", ".join(f"{name} {value}" for name, value in sorted(totals.items())))
    return 1 if failed else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/simulate", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--planted", choices=PLANTED)
    parser.add_argument("--campaign", type=int, metavar="COUNT")
    arguments = parser.parse_args()
    if arguments.campaign:
        return _campaign(arguments.campaign)
    with planted(arguments.planted) if arguments.planted else nullcontext({}) as world_settings:
        try:
            world = run_seed(arguments.seed, **world_settings)
        except AssertionError as error:
            print(f"seed {arguments.seed}: {error}")
            return 1
    print(f"seed {arguments.seed}: safe at every step, agreed after healing")
    for name, value in {**world.counts, **world.network.counts}.items():
        print(f"  {name} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
