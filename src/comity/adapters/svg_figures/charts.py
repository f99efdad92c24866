"""Heights against time, and the distance between two tracks against time."""

from collections.abc import Sequence

from comity.adapters.svg_figures.axes import Frame, draw_time_axis, draw_value_axis, spread_ms
from comity.adapters.svg_figures.canvas import (
    COLOURS,
    DASHES,
    IN_ENGLISH,
    Canvas,
    FigureWords,
    Point,
)
from comity.domain.airspace import Datum
from comity.domain.incidents import OfferedTrack
from comity.domain.incidents.separation import GAP_S_MAX
from comity.domain.reconstruction import Divergence
from comity.kernel.sentences import Listed, Number, Part, said

WIDTH, HEIGHT = 760.0, 340.0
LEFT, TOP, RIGHT, BOTTOM = 76.0, 40.0, 24.0, 64.0
DESCRIPTION_MAX = 2_000  # characters
_SAID = {
    Datum.QNE: said("figure-pressure", "pressure height (1013.25 hPa)"),
    Datum.WGS84: said("figure-ellipsoid", "height above the WGS 84 ellipsoid"),
}


def altitude_profile(
    title: Part, tracks: Sequence[OfferedTrack], words: FigureWords = IN_ENGLISH
) -> str:
    """Heights over time, each by its own datum; two datums are never drawn as one line."""
    lines = [
        (track, datum, found)
        for track in tracks
        for datum in (Datum.QNE, Datum.WGS84)
        if (found := _heights(track, datum))
    ]
    if not lines:
        form = "No height was reported: the vertical side is not known."
        return _nothing(title, said("figure-no-height", form), words)
    stretches = [each for _, _, found in lines for stretch in found for each in stretch]
    frame = _frame(stretches, len(lines))
    each_line = Listed(tuple(_height_words(*line) for line in lines))
    told = said("figure-heights", "Heights over time. {lines}.", lines=each_line)
    canvas = Canvas(
        words.told(title), words.told(told, DESCRIPTION_MAX), WIDTH, HEIGHT + 18.0 * len(lines)
    )
    draw_value_axis(canvas, frame, "m", words)
    draw_time_axis(canvas, frame, words)
    for number, (track, datum, found) in enumerate(lines):
        for stretch in found:
            points = [frame.at(ms, height_m) for ms, height_m in stretch]
            canvas.line(points, COLOURS[number % len(COLOURS)], 2.0, DASHES[number % len(DASHES)])
        line = said("figure-line", "{track}: {height}", track=track.sentence(), height=_SAID[datum])
        _legend(canvas, number, words.told(line))
    return canvas.svg()


def _height_words(track: OfferedTrack, datum: Datum, found: list[list[Point]]) -> Part:
    heights = [height_m for stretch in found for _, height_m in stretch]
    form = "{track}: {height}, {low} to {high}"
    return said(
        "figure-height-line", form, track=track.sentence(), height=_SAID[datum],
        low=Number(min(heights)), high=Number(max(heights), 0, "m"),
    )  # fmt: skip


def range_plot(title: Part, divergence: Divergence, words: FigureWords = IN_ENGLISH) -> str:
    """The distance between two tracks over time, with its least and greatest."""
    rows = divergence.rows
    if not rows:
        return _nothing(title, divergence.unseen_sentence(), words)
    every = [(float(r.at.unix_ms), value) for r in rows for value in (0.0, r.apart_m_max)]
    frame = _frame(every, 2)
    far, near = max(rows, key=lambda r: r.apart_m), min(rows, key=lambda r: r.apart_m)
    clocks = divergence.clock_sentence()
    form = (
        "Distance between {first} and {second}: least {least} at {near}, greatest {greatest} at {far}."
        " {clocks}"
    )
    told = said(
        "figure-distance", form, first=divergence.first, second=divergence.second,
        least=Number(near.apart_m, 0, "m"), near=str(near.at),
        greatest=Number(far.apart_m, 0, "m"), far=str(far.at), clocks=clocks,
    )  # fmt: skip
    canvas = Canvas(words.told(title), words.told(told, DESCRIPTION_MAX), WIDTH, HEIGHT + 36.0)
    draw_value_axis(canvas, frame, "m", words)
    draw_time_axis(canvas, frame, words)
    for stretch in divergence.stretches():
        ms = [float(each.at.unix_ms) for each in stretch]
        upper = [frame.at(t, r.apart_m_max) for t, r in zip(ms, stretch, strict=True)]
        lower = [frame.at(t, r.apart_m_min) for t, r in zip(ms, stretch, strict=True)]
        if len(stretch) > 1:
            canvas.area([*upper, *reversed(lower)], COLOURS[0], 0.15)
        canvas.line(
            [frame.at(t, r.apart_m) for t, r in zip(ms, stretch, strict=True)], COLOURS[0], 2.0
        )
    form = "distance on straight lines between positions; the band holds what errors allow"
    _legend(canvas, 0, words.told(said("figure-band", form)))
    canvas.text((LEFT, HEIGHT + 34.0), words.told(clocks), 11.0)
    return canvas.svg()


def _heights(track: OfferedTrack, datum: Datum) -> list[list[Point]]:
    """Stretches without a gap: time (ms) and height (m)."""
    found: list[list[Point]] = []
    last_ms: int | None = None
    for point in track.points:
        height_m = next((a.height_m for a in point.altitudes if a.datum is datum), None)
        if height_m is None:
            continue
        ms = point.at.unix_ms
        if last_ms is None or ms - last_ms > GAP_S_MAX * 1000.0:
            found.append([])
        found[-1].append((float(ms), height_m))
        last_ms = ms
    return found


def _frame(points: Sequence[Point], legends: int) -> Frame:
    del legends
    from_ms, to_ms = spread_ms(min(p[0] for p in points), max(p[0] for p in points))
    low, high = min(p[1] for p in points), max(p[1] for p in points)
    margin = max((high - low) * 0.08, 10.0)
    return Frame(
        LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM, from_ms, to_ms,
        low if low == 0.0 else low - margin, high + margin,
    )  # fmt: skip


def _legend(canvas: Canvas, number: int, words: str) -> None:
    y = HEIGHT + 12.0 + 18.0 * number
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
    canvas.line([(LEFT, y - 4.0), (LEFT + 34.0, y - 4.0)], colour, 2.0, dash)
    canvas.text((LEFT + 42.0, y), words, 11.0)


def _nothing(title: Part, why: Part, words: FigureWords) -> str:
    canvas = Canvas(words.told(title), words.told(why, DESCRIPTION_MAX), WIDTH, 80.0)
    canvas.text((WIDTH / 2, 44.0), words.told(why), 13.0, "middle")
    return canvas.svg()
