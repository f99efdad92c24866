"""A plot with a time axis below and a number axis at its left."""

import math
from dataclasses import dataclass

from comity.adapters.svg_figures.canvas import FAINT, INK, Canvas, FigureWords, Point
from comity.kernel.instants import Instant
from comity.kernel.sentences import Number, said

TIME_STEPS_S = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400,
    172_800, 604_800, 2_592_000, 31_536_000,
)  # fmt: skip
TICKS_MAX = 7


@dataclass(frozen=True, slots=True)
class Frame:
    """Where on a canvas a time and a value lie.

    Attributes:
        left, top, width, height: of the plot in units of the canvas.
        from_ms, to_ms: the times at its left and right edge.
        low, high: the values at its lower and upper edge.
    """

    left: float
    top: float
    width: float
    height: float
    from_ms: float
    to_ms: float
    low: float = 0.0
    high: float = 1.0

    def x(self, ms: float) -> float:
        """Across, of a time."""
        return self.left + (ms - self.from_ms) / (self.to_ms - self.from_ms) * self.width

    def y(self, value: float) -> float:
        """Down, of a value."""
        return self.top + (self.high - value) / (self.high - self.low) * self.height

    def at(self, ms: float, value: float) -> Point:
        """The point of a time and a value."""
        return self.x(ms), self.y(value)


def spread_ms(from_ms: float, to_ms: float) -> tuple[float, float]:
    """Times a little wider than those given, and never one instant."""
    margin = max((to_ms - from_ms) * 0.03, 500.0)
    return from_ms - margin, to_ms + margin


def draw_time_axis(canvas: Canvas, frame: Frame, words: FigureWords) -> None:
    """Ticks at round times of UTC."""
    span_s = (frame.to_ms - frame.from_ms) / 1000.0
    step_s = next((s for s in TIME_STEPS_S if span_s / s <= TICKS_MAX), TIME_STEPS_S[-1])
    bottom = frame.top + frame.height
    tick_s = math.ceil(frame.from_ms / 1000.0 / step_s) * step_s
    while tick_s * 1000.0 <= frame.to_ms and tick_s >= 0:
        x = frame.x(tick_s * 1000.0)
        canvas.line([(x, frame.top), (x, bottom)], FAINT, 0.7)
        canvas.text((x, bottom + 16.0), time_label(tick_s, step_s), 11.0, "middle")
        tick_s += step_s
    canvas.line([(frame.left, bottom), (frame.left + frame.width, bottom)], INK, 1.0)
    first = str(Instant(max(0, round(frame.from_ms))))[:10]
    last = str(Instant(max(0, round(frame.to_ms))))[:10]
    form = "UTC, {first} to {last}"
    day = f"UTC, {first}" if first == last else said("figure-days", form, first=first, last=last)
    canvas.text((frame.left + frame.width, bottom + 32.0), words.told(day), 11.0, "end")


def time_label(tick_s: int, step_s: int) -> str:
    """A time of day, or a day where the steps are that long."""
    text = str(Instant(int(tick_s) * 1000))
    if step_s >= 86_400:
        return text[:10]
    return text[11:16] if step_s >= 60 else text[11:19]


def draw_value_axis(canvas: Canvas, frame: Frame, unit: str, words: FigureWords) -> None:
    """Ticks at round values."""
    step = round_step(frame.high - frame.low)
    value = math.ceil(frame.low / step) * step
    while value <= frame.high + step * 1e-9:
        y = frame.y(value)
        canvas.line([(frame.left, y), (frame.left + frame.width, y)], FAINT, 0.7)
        canvas.text((frame.left - 6.0, y + 4.0), words.told(round_number(value)), 11.0, "end")
        value += step
    canvas.line([(frame.left, frame.top), (frame.left, frame.top + frame.height)], INK, 1.0)
    canvas.text((frame.left - 6.0, frame.top - 8.0), unit, 11.0, "end")


def round_number(value: float, unit: str = "") -> Number:
    """A number of a scale, with as many decimals as it has."""
    decimals = f"{value:.10g}".partition(".")[2]
    return Number(value, len(decimals) if "e" not in decimals else 0, unit)


def round_step(span: float) -> float:
    """A step of 1, 2 or 5 times a power of ten that cuts a span into at most `TICKS_MAX` parts."""
    power = 10.0 ** math.floor(math.log10(span / TICKS_MAX))
    return next(power * each for each in (1, 2, 5, 10, 20) if span / (power * each) <= TICKS_MAX)
