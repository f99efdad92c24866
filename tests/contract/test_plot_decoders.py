"""Every decoder keeps what `PlotDecoder` promises, for true samples, mutations of them and any bytes."""

import os
import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.feed_samples import SAMPLES, Sample

from comity.domain.tracks import Plot, checked_plot
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


def read(sample: Sample, pieces: list[bytes]) -> tuple[list[Plot], dict]:
    """All plots and counts of a stream that comes in these pieces; what must hold of them holds."""
    decoder = sample.decoder()
    plots: list[Plot] = []
    for piece in pieces:
        plots += decoder.feed(piece, sample.received_at)
        counts = decoder.counts
        assert counts.messages == counts.plots + counts.refused.total()
    plots += decoder.end(sample.received_at)
    counts = decoder.counts
    assert counts.messages == counts.plots + counts.refused.total()
    assert counts.plots == len(plots)
    for plot in plots:
        assert checked_plot(plot) is plot
    return plots, counts.as_fields()


def cut(data: bytes, seed: int) -> list[bytes]:
    """The same bytes in pieces of chance sizes, single bytes among them."""
    chance = random.Random(seed)
    pieces = []
    place = 0
    while place < len(data):
        size = chance.choice((1, 1, 2, 3, 7, 40, 400))
        pieces.append(data[place : place + size])
        place += size
    return pieces


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Bytes changed, dropped, doubled, cut off, or noise put in between."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(out)) if out else 0
        kind = chance.randrange(6)
        if kind == 0 and out:
            out[place] = chance.randrange(256)
        elif kind == 1:
            del out[place : place + chance.randint(1, 20)]
        elif kind == 2:
            out[place:place] = out[place : place + chance.randint(1, 40)]
        elif kind == 3:
            out[place:place] = chance.randbytes(chance.randint(1, 12))
        elif kind == 4:
            del out[place:]
        else:
            out[place : place + 1] = chance.choice(
                (b"9" * 30, b"1e999", b"NaN", b"-", b"null", b'"', b"<", b"\x1a", b"\xff" * 4, b"[")
            )
    return bytes(out)


def whole(sample: Sample) -> list[bytes]:
    return [sample.data]


def pieces_for(sample: Sample, data: bytes, seed: int) -> list[bytes]:
    """Datagrams are whole by their nature; anything else may be cut anywhere."""
    return [data] if sample.format_name == "cot-datagrams" else cut(data, seed)


def test_there_is_a_sample_of_every_format():
    assert sorted(SAMPLES) == NAMES


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
    data = mutated(sample.data, random.Random(seed))
    assert read(sample, [data]) == read(sample, pieces_for(sample, data, seed))


@pytest.mark.requirement("FEED-002")
@pytest.mark.parametrize("name", NAMES)
@FUZZ
@given(data=st.binary(max_size=400), seed=st.integers(0, 2**32))
def test_any_bytes_at_all_are_counted_and_never_stop_the_feed(name, data, seed):
    sample = SAMPLES[name]
    assert read(sample, [data]) == read(sample, pieces_for(sample, data, seed))


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
