"""Every decoder keeps what `PlotDecoder` promises, for true samples, mutations of them and any bytes."""

import os
import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.feed_mutations import FORMS, bytes_spoilt, spoilt
from tests.feed_promise import kept_promise, pieces_for, read
from tests.feed_samples import SAMPLES, Sample

from comity.feed_formats import DECODERS

EXAMPLES = int(os.environ.get("COMITY_EXAMPLES", "25"))
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
NAMES = sorted(DECODERS)


def whole(sample: Sample) -> list[bytes]:
    return [sample.data]


def test_there_is_a_sample_of_every_format():
    assert sorted(SAMPLES) == NAMES
    assert sorted(FORMS) == NAMES


@pytest.mark.requirement("FEED-001")
@pytest.mark.parametrize("name", NAMES)
def test_a_true_sample_gives_its_plots_however_it_is_cut(name):
    sample = SAMPLES[name]
    plots, counts = read(sample, whole(sample))
    assert len(plots) == sample.plots, counts
    for seed in range(5):
        assert read(sample, pieces_for(sample, sample.data, seed)) == (plots, counts)


@pytest.mark.requirement("FEED-002")
@pytest.mark.parametrize("name", NAMES)
@FUZZ
@given(seed=st.integers(0, 2**32))
def test_a_spoilt_sample_is_counted_and_never_stops_the_feed(name, seed):
    sample = SAMPLES[name]
    kept_promise(sample, bytes_spoilt(sample.data, random.Random(seed)), seed)


@pytest.mark.requirement("FEED-002")
@pytest.mark.parametrize("name", NAMES)
@FUZZ
@given(seed=st.integers(0, 2**32))
def test_a_sample_spoilt_by_who_knows_its_form_is_counted_too(name, seed):
    sample = SAMPLES[name]
    kept_promise(sample, spoilt(name, sample.data, random.Random(seed)), seed)


@pytest.mark.requirement("FEED-002")
@pytest.mark.parametrize("name", NAMES)
@FUZZ
@given(data=st.binary(max_size=400), seed=st.integers(0, 2**32))
def test_any_bytes_at_all_are_counted_and_never_stop_the_feed(name, data, seed):
    kept_promise(SAMPLES[name], data, seed)


@pytest.mark.requirement("FEED-002")
@pytest.mark.parametrize("name", NAMES)
def test_after_noise_and_an_end_the_next_sample_is_read_whole(name):
    sample = SAMPLES[name]
    decoder = sample.decoder()
    for noise in (b"\x00\xff\x1a\xbf" * 40, b"{" * 5_000, b"<a" * 100):
        decoder.feed(noise, sample.received_at)
        decoder.end(sample.received_at)
    plots = [*decoder.feed(sample.data, sample.received_at), *decoder.end(sample.received_at)]
    assert len(plots) == sample.plots


@pytest.mark.requirement("FEED-003")
@pytest.mark.parametrize("name", NAMES)
def test_what_is_held_is_bounded_whatever_comes_in(name):
    """Ten megabytes that begin a message and never end it."""
    sample = SAMPLES[name]
    decoder = sample.decoder()
    start = sample.data[:40]
    decoder.feed(start, sample.received_at)
    for _ in range(160):
        decoder.feed(b"x" * 65_536, sample.received_at)
    held = sum(len(part) for part in held_bytes(decoder, set()))
    is_document = name in {"readsb", "readsb-trace", "opensky", "json-rows"}
    assert held <= (64 << 20 if is_document else 1 << 20)
    decoder.end(sample.received_at)
    assert sum(len(part) for part in held_bytes(decoder, set())) <= 65_536


def held_bytes(thing, seen: set[int]) -> list[bytes]:
    """Byte strings reachable from a decoder through its own attributes."""
    if id(thing) in seen:
        return []
    seen.add(id(thing))
    if isinstance(thing, bytes):
        return [thing]
    if isinstance(thing, (list, tuple)):
        return [part for one in thing for part in held_bytes(one, seen)]
    if not type(thing).__module__.startswith("comity.") or isinstance(thing, type):
        return []
    names = set(getattr(thing, "__dict__", ()))
    for kind in type(thing).__mro__:
        names |= set(getattr(kind, "__slots__", ()))
    values = [getattr(thing, name) for name in names if hasattr(thing, name)]
    return [part for value in values for part in held_bytes(value, seen)]
