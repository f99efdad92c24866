"""`python -m tests.feed_fuzz NAME --seconds N`: one decoder fed with spoilt samples until the time is up.

Checks what `tests.feed_promise` checks, that no input takes long, and that memory does not grow.
`tests.feed_fuzz_guided` does the same led by coverage. Inputs that broke a promise are kept in
campaign-out/fuzz. Ends with 0 where none did; the last line says how many ran.
"""

import argparse
import gzip
import hashlib
import json
import random
import resource
import sys
import time
import traceback
from collections import Counter
from dataclasses import replace
from pathlib import Path

from tests.feed_mutations import spoilt
from tests.feed_promise import kept_promise
from tests.feed_samples import SAMPLES, Sample
from tests.shared_files import SHARED

OUT = Path(__file__).parents[1] / "campaign-out" / "fuzz"
RECORDED = {
    "beast": "beast_sample.bin",
    "pcap": "cat_034_048.pcap",
    "frames": "mode_s_frames.jsonl.gz",
    "readsb-trace": "readsb_trace_full_ac671b.json.gz",
    "json-rows": "rega_sg.json.gz",
}
"""Recordings that serve as samples too, a part of each."""
SECONDS_MAX = 5.0  # for some ten kilobytes; the slowest decoder needs a tenth of a second
PART_BYTES = 6_000
WARM_INPUTS = 2_000  # by then caches are filled
GROWTH_KB_MAX = 65_536  # of the process, from then on


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.feed_fuzz", description=__doc__)
    parser.add_argument("name", choices=sorted(SAMPLES))
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    samples = samples_of(asked.name)
    counts: Counter[str] = Counter()
    began_s = time.monotonic()
    grown_from_kb = 0
    number = 0
    while time.monotonic() - began_s < asked.seconds:
        number += 1
        chance = random.Random(f"{asked.name} {asked.seed} {number}")
        sample = chance.choice(samples)
        _one(sample, spoilt(asked.name, sample.data, chance), number, counts)
        if number == WARM_INPUTS:
            grown_from_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - grown_from_kb
    grew = number > 2 * WARM_INPUTS and grown_kb > GROWTH_KB_MAX
    print(
        f"{asked.name}: {number} of {number} inputs run, {counts['bytes']} bytes, {counts['plots']} plots,"
        f" {counts['refused']} refusals, {counts['broken']} broken, grown by {max(grown_kb, 0)} kB"
        if grown_from_kb
        else f"{asked.name}: {number} of {number} inputs run, {counts['broken']} broken"
    )
    return 1 if counts["broken"] or grew else 0


def _one(sample: Sample, data: bytes, seed: int, counts: Counter[str]) -> None:
    counts["bytes"] += len(data)
    began_s = time.process_time()
    try:
        plots, refused = kept_promise(sample, data, seed)
        took_s = time.process_time() - began_s
        if took_s > SECONDS_MAX:
            raise TimeoutError(f"{len(data)} bytes took {took_s:.1f} s")
    except Exception as error:  # noqa: BLE001  whatever it is, it is kept and told
        counts["broken"] += 1
        _keep(sample.format_name, data, error)
        return
    counts["plots"] += plots
    counts["refused"] += refused


def _keep(name: str, data: bytes, error: Exception) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    path = OUT / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}"
    path.write_bytes(data)
    where = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(where.filename).name}:{where.lineno}"
    print(f"{name}: {type(error).__name__} {str(error)[:200]} at {place}: kept as {path.name}")


def samples_of(name: str) -> list[Sample]:
    """The written sample of a format, and a part of a recording of it."""
    return [SAMPLES[name], *_recorded(name)]


def _recorded(name: str) -> list[Sample]:
    """A part of the recording of this format, where recordings lie beside the project."""
    if name not in RECORDED or not (SHARED / "data/recorded" / RECORDED[name]).exists():
        return []
    path = SHARED / "data/recorded" / RECORDED[name]
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    if name in {"json-rows", "readsb-trace"}:
        content = _shorter(name, content)
    else:
        content = content[:PART_BYTES]
        if name == "frames":
            content = content[: content.rfind(b"\n") + 1]
    return [replace(SAMPLES[name], data=content)]


def _shorter(name: str, content: bytes) -> bytes:
    tree = json.loads(content)
    if name == "readsb-trace":
        return json.dumps(tree | {"trace": tree["trace"][:30]}).encode()
    if isinstance(tree, list):
        return json.dumps(tree[:30]).encode()
    rows = {key: dict(list(column.items())[:30]) for key, column in tree.items()}
    return json.dumps(rows).encode()


if __name__ == "__main__":
    sys.exit(main())
