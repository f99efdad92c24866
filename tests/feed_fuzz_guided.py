"""`python -m tests.feed_fuzz_guided NAME --seconds N`: as `tests.feed_fuzz`, led by the branches reached.

Needs atheris; without it says NOT RUN. libFuzzer ends with an error at the first broken promise, and
keeps the input in campaign-out/fuzz.
"""

import argparse
import atexit
import importlib
import random
import sys
from collections import Counter

try:
    import atheris
except ImportError:
    print("NOT RUN: atheris is not installed")
    sys.exit(0)

ADAPTERS = (
    "asterix", "cursor_on_target", "gpx_kml", "mode_s", "opensky", "readsb", "sbs1",
    "track_recordings",
)  # fmt: skip
with atheris.instrument_imports(include=["comity.adapters", "comity.application.feeds"]):
    for _name in ADAPTERS:
        importlib.import_module(f"comity.adapters.{_name}")

from tests.feed_fuzz import OUT, samples_of  # noqa: E402  the decoders are instrumented before
from tests.feed_mutations import spoilt  # noqa: E402
from tests.feed_promise import kept_promise  # noqa: E402
from tests.feed_samples import SAMPLES  # noqa: E402

INPUT_BYTES_MAX = 20_000
INPUT_S_MAX = 20
RSS_MB_MAX = 2_048
SHARE_UNGUIDED = 0.5  # of the inputs that are spoilt by form, not by libFuzzer


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.feed_fuzz_guided", description=__doc__)
    parser.add_argument("name", choices=sorted(SAMPLES))
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    samples = samples_of(asked.name)
    corpus = OUT / f"corpus-{asked.name}"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, sample in enumerate(samples):
        (corpus / f"sample-{number}").write_bytes(sample.data[:INPUT_BYTES_MAX])
    counts: Counter[str] = Counter()

    def one(data: bytes) -> None:
        counts["run"] += 1
        plots, refused = kept_promise(samples[0], data, len(data))
        counts["plots"] += plots
        counts["refused"] += refused

    def changed(data: bytes, size_max: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < SHARE_UNGUIDED:
            return spoilt(asked.name, data or samples[0].data, chance)[:size_max]
        mutated: bytes = atheris.Mutate(data, size_max)
        return mutated

    def told() -> None:
        print(
            f"{asked.name}: {counts['run']} of {counts['run']} guided inputs run,"
            f" {counts['plots']} plots, {counts['refused']} refusals",
            flush=True,
        )

    atexit.register(told)
    settings = [
        f"-max_total_time={asked.seconds}", f"-seed={asked.seed}", f"-max_len={INPUT_BYTES_MAX}",
        f"-timeout={INPUT_S_MAX}", f"-rss_limit_mb={RSS_MB_MAX}",
        f"-artifact_prefix={OUT}/{asked.name}-", "-verbosity=0", "-print_final_stats=1",
    ]  # fmt: skip
    atheris.Setup(["fuzz", str(corpus), *settings], one, custom_mutator=changed)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
