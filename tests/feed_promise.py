"""What `PlotDecoder` promises, checked on bytes that come in pieces: for the suite and for fuzzing."""

import random

from tests.feed_samples import Sample

from comity.domain.tracks import Plot, checked_plot

FORMATS_OF_DATAGRAMS = frozenset({"cot-datagrams"})


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
    sizes = (1, 1, 2, 3, 7, 40, 400) if len(data) < 20_000 else (1, 40, 400, 4_000, 4_000)
    pieces = []
    place = 0
    while place < len(data):
        size = chance.choice(sizes)
        pieces.append(data[place : place + size])
        place += size
    return pieces


def pieces_for(sample: Sample, data: bytes, seed: int) -> list[bytes]:
    """Datagrams are whole by their nature; anything else may be cut anywhere."""
    return [data] if sample.format_name in FORMATS_OF_DATAGRAMS else cut(data, seed)


def kept_promise(sample: Sample, data: bytes, seed: int) -> tuple[int, int]:
    """Read the bytes whole and in pieces, and compare; gives plots and refusals.

    Raises:
        AssertionError: a promise is broken.
    """
    whole = read(sample, [data])
    assert whole == read(sample, pieces_for(sample, data, seed)), "the cut changes what is read"
    return len(whole[0]), sum(whole[1]["refused"].values())
