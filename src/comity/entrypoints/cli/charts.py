"""Charts as SVG: lines or points over two axes. No styles from outside, no script, readable in print."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from comity.kernel.errors import InputError

WIDTH, HEIGHT = 720, 440
LEFT, RIGHT, TOP, BOTTOM = 72, 190, 48, 60
COLOURS = ("#0b5cad", "#b3420d", "#1b7f3b", "#7a3fa0", "#8a6d00", "#444444")
MARKS = ("circle", "square", "diamond", "triangle", "circle", "square")
TICKS = 6
LABEL_WIDTH, LABEL_HEIGHT = 24, 12
SVG_NAMESPACE = (
    "http:" + "//www.w3.org/2000/svg"
)  # a name, not a place: nothing is fetched from there
SERIES_MAX = 12
POINTS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart.

    Attributes:
        name: in the key.
        points: (x, y), finite.
        labels: beside each point; empty for none.
    """

    name: str
    points: Sequence[tuple[float, float]]
    labels: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis.

    Attributes:
        name: with its unit.
        logarithmic: decades instead of equal steps; all values above 0.
        from_zero: whether the axis begins at 0.
    """

    name: str
    logarithmic: bool = False
    from_zero: bool = True


def chart(title: str, across: Axis, up: Axis, series: Sequence[Series], note: str = "") -> str:
    """An SVG document.

    Raises:
        InputError: nothing to draw, too much, or a value that the axis cannot show.
    """
    points = [point for each in series for point in each.points]
    if not points or len(series) > SERIES_MAX or len(points) > POINTS_MAX:
        raise InputError("series", f"{len(series)} lines with {len(points)} points cannot be drawn")
    scales = [
        _Scale(axis, [point[number] for point in points], *ends)
        for number, (axis, ends) in enumerate(
            ((across, (LEFT, WIDTH - RIGHT)), (up, (HEIGHT - BOTTOM, TOP)))
        )
    ]
    parts = [
        (
            f'<svg xmlns="{SVG_NAMESPACE}" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
            f' height="{HEIGHT}" font-family="sans-serif" font-size="12">'
        ),
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(LEFT, 24, title, "start", 15),
        *_grid(scales[0], scales[1]),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 18, across.name, "middle"),
        (
            f'<g transform="rotate(-90 16 {(TOP + HEIGHT - BOTTOM) / 2:.0f})">'
            f"{_text(16, (TOP + HEIGHT - BOTTOM) / 2, up.name, 'middle')}</g>"
        ),
    ]
    taken: list[tuple[float, float]] = []
    for number, each in enumerate(series):
        parts += _line(each, number, scales[0], scales[1], taken)
    if note:
        parts.append(_text(LEFT, HEIGHT - 4, note, "start", 10))
    return "\n".join([*parts, "</svg>\n"])


class _Scale:
    """From values to places."""

    def __init__(self, axis: Axis, values: Sequence[float], start: float, end: float) -> None:
        if not all(
            math.isfinite(value) and (value > 0.0 or not axis.logarithmic) for value in values
        ):
            raise InputError("series", f"a value of {axis.name!r} cannot be shown on its axis")
        self._logarithmic = axis.logarithmic
        low, high = min(values), max(values)
        if axis.logarithmic:
            low, high = math.floor(math.log10(low)), math.ceil(math.log10(high))
            high = max(high, low + 1)
            self.ticks = [10.0**power for power in range(int(low), int(high) + 1)]
        else:
            low = min(low, 0.0) if axis.from_zero else low
            step = _step((high - low) or abs(high) or 1.0)
            low = math.floor(low / step) * step
            high = max(math.ceil(high / step - 1e-9) * step, low + step)
            self.ticks = [low + step * k for k in range(round((high - low) / step) + 1)]
        self._low, self._high, self._start, self._end = low, high, start, end

    def place(self, value: float) -> float:
        """Where a value lies, in the document."""
        at = math.log10(value) if self._logarithmic else value
        return self._start + (at - self._low) / (self._high - self._low) * (self._end - self._start)


def _step(span: float) -> float:
    """A round step that parts a span into about `TICKS`."""
    power = 10.0 ** math.floor(math.log10(span / TICKS))
    return next(power * m for m in (1.0, 2.0, 2.5, 5.0, 10.0) if power * m * TICKS >= span)


def _grid(across: _Scale, up: _Scale) -> list[str]:
    parts = []
    for tick in across.ticks:
        x = across.place(tick)
        parts.append(f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#dddddd"/>')
        parts.append(_text(x, HEIGHT - BOTTOM + 18, _spelt(tick), "middle"))
    for tick in up.ticks:
        y = up.place(tick)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#dddddd"/>')
        parts.append(_text(LEFT - 8, y + 4, _spelt(tick), "end"))
    return parts


def _line(
    series: Series, number: int, across: _Scale, up: _Scale, taken: list[tuple[float, float]]
) -> list[str]:
    """A line, its marks, its entry in the key; a label that would lie on one of `taken` is left out."""
    colour = COLOURS[number % len(COLOURS)]
    placed = [(across.place(x), up.place(y)) for x, y in series.points]
    way = "L".join(f"{x:.1f} {y:.1f}" for x, y in placed)
    parts = [f'<path d="M{way}" fill="none" stroke="{colour}" stroke-width="1.5"/>'] if way else []
    parts += [_mark(x, y, number, colour) for x, y in placed]
    for (x, y), label in zip(placed, series.labels, strict=False):
        if not any(abs(x - a) < LABEL_WIDTH and abs(y - b) < LABEL_HEIGHT for a, b in taken):
            taken.append((x, y))
            parts.append(_text(x + 6, y - 6, label, "start", 10))
    y = TOP + 10 + 20 * number
    parts.append(_mark(WIDTH - RIGHT + 20, y, number, colour))
    parts.append(_text(WIDTH - RIGHT + 32, y + 4, series.name, "start"))
    return parts


def _mark(x: float, y: float, number: int, colour: str) -> str:
    shape = MARKS[number % len(MARKS)]
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'
    ways = {
        "square": "m-3-3h6v6h-6z",
        "diamond": "m0-4.5l4.5 4.5l-4.5 4.5l-4.5-4.5z",
        "triangle": "m0-4.5l4.5 8h-9z",
    }
    return f'<path d="M{x:.1f} {y:.1f}{ways[shape]}" fill="{colour}"/>'


def _text(x: float, y: float, text: str, anchor: str, size: int = 12) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"'
        f' fill="#222222">{escape(text)}</text>'
    )


def _spelt(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.4g}"
