"""What happened when, a lane for each who did or had it."""

from collections.abc import Sequence
from dataclasses import dataclass

from comity.adapters.svg_figures.axes import Frame, draw_time_axis, spread_ms
from comity.adapters.svg_figures.canvas import COLOURS, FAINT, IN_ENGLISH, Canvas, FigureWords
from comity.kernel.instants import Instant
from comity.kernel.sentences import Listed, Part, said

WIDTH, LEFT, TOP, LANE, RIGHT = 760.0, 176.0, 26.0, 26.0, 24.0
EVENTS_MAX = 400  # of one picture; a table has the rest
EVENT_CHARACTERS_MAX, LANE_CHARACTERS_MAX = (
    124,
    26,
)  # as many as the width holds; the rest is cut off and marked


@dataclass(frozen=True, slots=True)
class LaneEvent:
    """Something at a time, or within bounds: `ends` None is one instant."""

    starts: Instant
    ends: Instant | None
    words: Part


@dataclass(frozen=True, slots=True)
class Lane:
    """One row: whose it is, and what happened there; nothing is shown as unknown."""

    name: str
    events: tuple[LaneEvent, ...]


def timeline(title: Part, lanes: Sequence[Lane], words: FigureWords = IN_ENGLISH) -> str:
    """Lanes over one axis of UTC. Each event has a number, told below with its time and words."""
    events = sorted(
        ((each.starts, number, each) for number, lane in enumerate(lanes) for each in lane.events),
        key=lambda row: (row[0], row[1], str(row[2].words)),
    )
    left_out = max(0, len(events) - EVENTS_MAX)
    events = events[:EVENTS_MAX]
    if not events:
        why = words.told(said("figure-no-time", "No time is known."))
        canvas = Canvas(words.told(title), why, WIDTH, 70.0)
        canvas.text((WIDTH / 2, 40.0), why, 13.0, "middle")
        return canvas.svg()
    ends = [each.ends or each.starts for _, _, each in events]
    from_ms, to_ms = spread_ms(
        min(float(at.unix_ms) for at, _, _ in events), max(float(e.unix_ms) for e in ends)
    )
    body = LANE * len(lanes)
    frame = Frame(LEFT, TOP, WIDTH - LEFT - RIGHT, body, from_ms, to_ms)
    below = TOP + body + 52.0
    lines = [
        said(
            "figure-event", "{number}. {when} {lane}: {what}", number=str(number),
            when=_when(at, each.ends), lane=lanes[lane].name, what=each.words,
        )
        for number, (at, lane, each) in enumerate(events, 1)
    ]  # fmt: skip
    told = said("figure-timeline", "Timeline. {events}", events=Listed(tuple(lines[:40])))
    height = below + 17.0 * len(events) + (17.0 if left_out else 0.0) + 8.0
    canvas = Canvas(words.told(title), words.told(told, 2_000), WIDTH, height)
    draw_time_axis(canvas, frame, words)
    for number, lane in enumerate(lanes):
        y = TOP + LANE * number
        canvas.line([(LEFT, y + LANE), (WIDTH - RIGHT, y + LANE)], FAINT, 0.7)
        canvas.text(
            (LEFT - 8.0, y + 17.0),
            words.told(lane.name, LANE_CHARACTERS_MAX),
            11.0,
            "end",
            COLOURS[number % len(COLOURS)],
        )
        if not lane.events:
            silent = words.told(said("figure-silent", "unknown: nothing says when"))
            canvas.text((LEFT + 8.0, y + 17.0), silent, 11.0, fill="#555555")
    last_x: dict[int, float] = {}
    edge, anchor = (WIDTH - 16.0, "end") if words.right_to_left else (16.0, "start")
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
        line = words.told(lines[number - 1], EVENT_CHARACTERS_MAX)
        canvas.text((edge, below + 17.0 * number - 8.0), line, 11.0, anchor)
    if left_out:
        more = said("figure-more", "… and {count} more, in the table.", count=str(left_out))
        canvas.text((edge, height - 10.0), words.told(more), 11.0, anchor)
    return canvas.svg()


def _when(starts: Instant, ends: Instant | None) -> Part:
    if ends is None:
        return str(starts)
    return said("figure-until", "{starts} to {ends}", starts=str(starts), ends=str(ends))
