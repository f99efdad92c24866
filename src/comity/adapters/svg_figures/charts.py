"""Heights against time, and the distance between two tracks against time."""

from collections.abc import Sequence

from comity.adapters.svg_figures.axes import Frame, draw_time_axis, draw_value_axis, spread_ms
from comity.adapters.svg_figures.canvas import COLOURS, DASHES, Canvas, Point
from comity.domain.airspace import Datum
from comity.domain.incidents import OfferedTrack
from comity.domain.incidents.separation import GAP_S_MAX
from comity.domain.reconstruction import Divergence

WIDTH, HEIGHT = 760.0, 340.0
LEFT, TOP, RIGHT, BOTTOM = 76.0, 40.0, 24.0, 64.0
_SAID = {
    Datum.QNE: "pressure height (1013.25 hPa)",
    Datum.WGS84: "height above the WGS 84 ellipsoid",
}


def altitude_profile(title: str, tracks: Sequence[OfferedTrack]) -> str:
    """Heights over time, each by its own datum; two datums are never drawn as one line."""
    lines = [
        (track, datum, found)
        for track in tracks
        for datum in (Datum.QNE, Datum.WGS84)
        if (found := _heights(track, datum))
    ]
    if not lines:
        return _nothing(title, "No height was reported: the vertical side is not known.")
    stretches = [each for _, _, found in lines for stretch in found for each in stretch]
    frame = _frame(stretches, len(lines))
    told = "; ".join(
        f"{track.words()}: {_SAID[datum]}, {min(h for s in found for _, h in s):,.0f} to "
        f"{max(h for s in found for _, h in s):,.0f} m"
        for track, datum, found in lines
    )
    canvas = Canvas(title, f"Heights over time. {told}.", WIDTH, HEIGHT + 18.0 * len(lines))
    draw_value_axis(canvas, frame, "m")
    draw_time_axis(canvas, frame)
    for number, (track, datum, found) in enumerate(lines):
        for stretch in found:
            points = [frame.at(ms, height_m) for ms, height_m in stretch]
            canvas.line(points, COLOURS[number % len(COLOURS)], 2.0, DASHES[number % len(DASHES)])
        _legend(canvas, number, f"{track.words()}: {_SAID[datum]}")
    return canvas.svg()


def range_plot(title: str, divergence: Divergence) -> str:
    """The distance between two tracks over time, with its least and greatest."""
    rows = divergence.rows
    if not rows:
        return _nothing(title, divergence.unseen_words)
    every = [(float(r.at.unix_ms), value) for r in rows for value in (0.0, r.apart_m_max)]
    frame = _frame(every, 2)
    far, near = max(rows, key=lambda r: r.apart_m), min(rows, key=lambda r: r.apart_m)
    told = (
        f"Distance between {divergence.first} and {divergence.second}: least {near.apart_m:,.0f} m at "
        f"{near.at}, greatest {far.apart_m:,.0f} m at {far.at}. {divergence.clock_words}"
    )
    canvas = Canvas(title, told, WIDTH, HEIGHT + 36.0)
    draw_value_axis(canvas, frame, "m")
    draw_time_axis(canvas, frame)
    for stretch in divergence.stretches():
        ms = [float(each.at.unix_ms) for each in stretch]
        upper = [frame.at(t, r.apart_m_max) for t, r in zip(ms, stretch, strict=True)]
        lower = [frame.at(t, r.apart_m_min) for t, r in zip(ms, stretch, strict=True)]
        if len(stretch) > 1:
            canvas.area([*upper, *reversed(lower)], COLOURS[0], 0.15)
        canvas.line(
            [frame.at(t, r.apart_m) for t, r in zip(ms, stretch, strict=True)], COLOURS[0], 2.0
        )
    _legend(
        canvas, 0, "distance on straight lines between positions; the band holds what errors allow"
    )
    canvas.text((LEFT, HEIGHT + 34.0), divergence.clock_words, 11.0)
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


def _nothing(title: str, words: str) -> str:
    canvas = Canvas(title, words, WIDTH, 80.0)
    canvas.text((WIDTH / 2, 44.0), words, 13.0, "middle")
    return canvas.svg()
