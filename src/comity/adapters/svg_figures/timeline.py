"""What happened when, a lane for each who did or had it."""

from collections.abc import Sequence
from dataclasses import dataclass

from comity.adapters.svg_figures.axes import Frame, draw_time_axis, spread_ms
from comity.adapters.svg_figures.canvas import COLOURS, FAINT, Canvas
from comity.kernel.instants import Instant

WIDTH, LEFT, TOP, LANE, RIGHT = 760.0, 176.0, 26.0, 26.0, 24.0
EVENTS_MAX = 400  # of one picture; a table has the rest


@dataclass(frozen=True, slots=True)
class LaneEvent:
    """Something at a time, or within bounds: `ends` None is one instant."""

    starts: Instant
    ends: Instant | None
    words: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One row: whose it is, and what happened there; nothing is shown as unknown."""

    name: str
    events: tuple[LaneEvent, ...]


def timeline(title: str, lanes: Sequence[Lane]) -> str:
    """Lanes over one axis of UTC. Each event has a number, told below with its time and words."""
    events = sorted(
        ((each.starts, number, each) for number, lane in enumerate(lanes) for each in lane.events),
        key=lambda row: (row[0], row[1], row[2].words),
    )
    left_out = max(0, len(events) - EVENTS_MAX)
    events = events[:EVENTS_MAX]
    if not events:
        canvas = Canvas(title, "No time is known.", WIDTH, 70.0)
        canvas.text((WIDTH / 2, 40.0), "No time is known.", 13.0, "middle")
        return canvas.svg()
    ends = [each.ends or each.starts for _, _, each in events]
    from_ms, to_ms = spread_ms(
        min(float(at.unix_ms) for at, _, _ in events), max(float(e.unix_ms) for e in ends)
    )
    body = LANE * len(lanes)
    frame = Frame(LEFT, TOP, WIDTH - LEFT - RIGHT, body, from_ms, to_ms)
    below = TOP + body + 52.0
    told = ". ".join(f"{n}: {lanes[lane].name}, {at}, {each.words}"
                     for n, (at, lane, each) in enumerate(events[:40], 1))  # fmt: skip
    height = below + 17.0 * len(events) + (17.0 if left_out else 0.0) + 8.0
    canvas = Canvas(title, f"Timeline. {told}", WIDTH, height)
    draw_time_axis(canvas, frame)
    for number, lane in enumerate(lanes):
        y = TOP + LANE * number
        canvas.line([(LEFT, y + LANE), (WIDTH - RIGHT, y + LANE)], FAINT, 0.7)
        canvas.text(
            (LEFT - 8.0, y + 17.0), lane.name[:26], 11.0, "end", COLOURS[number % len(COLOURS)]
        )
        if not lane.events:
            canvas.text((LEFT + 8.0, y + 17.0), "unknown: nothing says when", 11.0, fill="#555555")
    last_x: dict[int, float] = {}
    for number, (at, lane_number, each) in enumerate(events, 1):
        colour = COLOURS[lane_number % len(COLOURS)]
        y = TOP + LANE * lane_number + LANE / 2
        x = frame.x(float(at.unix_ms))
        if each.ends is not None and each.ends != each.starts:
            canvas.line([(x, y), (frame.x(float(each.ends.unix_ms)), y)], colour, 4.0)
        canvas.dot((x, y), colour, 4.0)
        label_x = max(x + 6.0, last_x.get(lane_number, 0.0) + 9.0 + 6.0 * len(str(number)))
        canvas.text((label_x, y - 2.0), str(number), 10.0)
        last_x[lane_number] = label_x
        when = str(at) if each.ends is None else f"{at} to {each.ends}"
        words = f"{number}. {when} {lanes[lane_number].name}: {each.words}"
        canvas.text((16.0, below + 17.0 * number - 8.0), words[:128], 11.0)
    if left_out:
        canvas.text((16.0, height - 10.0), f"… and {left_out} more, in the table.", 11.0)
    return canvas.svg()
