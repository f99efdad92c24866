"""Tracks and border lines from above, on a plane that touches the ellipsoid in their middle."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from comity.adapters.svg_figures.axes import round_number, round_step
from comity.adapters.svg_figures.canvas import (
    COLOURS,
    DASHES,
    FAINT,
    IN_ENGLISH,
    INK,
    Canvas,
    FigureWords,
    Point,
)
from comity.domain.geometry import unit_from_degrees
from comity.domain.geometry.ellipsoid import SEMI_MAJOR_M, SEMI_MINOR_M
from comity.domain.incidents import OfferedTrack
from comity.domain.incidents.separation import GAP_S_MAX
from comity.kernel.sentences import Listed, Number, Part, said

WIDTH, HEIGHT, MARGIN = 760.0, 560.0, 46.0
LABEL_HEIGHT = 13.0
SPAN_M_MIN = 200.0  # of a picture of things in one place
SPAN_M_MAX = 2_000_000.0  # beyond, a plane is no picture of the Earth
_SCALE = np.array([SEMI_MAJOR_M, SEMI_MAJOR_M, SEMI_MINOR_M])
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BorderPiece:
    """A line of a border data set: degrees (N, 2), latitude and longitude; and whose line it is."""

    name: str
    points_deg: Floats


def plan_view(
    title: Part, tracks: Sequence[OfferedTrack], borders: Sequence[BorderPiece] = (),
    words: FigureWords = IN_ENGLISH,
) -> str:  # fmt: skip
    """The plan view. A gap longer than `GAP_S_MAX` is left open: what was flown there is not known.

    Args:
        title: of the picture.
        tracks: at least one position among them, or there is nothing to draw and it says so.
        borders: lines to draw beneath, of any length; what lies outside is cut off.
        words: the language of what stands in it.
    """
    shown = [each for each in tracks if each.points]
    if not shown:
        why = words.told(said("figure-no-position", "No position is known: nothing is drawn."))
        empty = Canvas(words.told(title), why, WIDTH, 80.0)
        empty.text((WIDTH / 2, 44.0), why, 14.0, "middle")
        return empty.svg()
    every = np.concatenate([_degrees(each) for each in shown])
    plane = _Plane(every)
    flat = [plane.flat(_degrees(each)) for each in shown]
    low, high = np.concatenate(flat).min(axis=0), np.concatenate(flat).max(axis=0)
    span_m = float(max((high - low).max() * 1.15, SPAN_M_MIN))
    middle = (low + high) / 2.0
    scale = min(WIDTH, HEIGHT - 60.0) - 2 * MARGIN
    form = (
        "Plan view of {tracks}. North is up. {across} across. Dots mark the first position of each"
        " track. Gaps of over {gap} are left open."
    )
    told: Part = said(
        "figure-plan", form, tracks=Listed(tuple(each.sentence() for each in shown), ", "),
        across=Number(span_m / 1000.0, 1, "km"), gap=f"{GAP_S_MAX:g} s",
    )  # fmt: skip
    if span_m > SPAN_M_MAX:
        told = Listed(
            (told, said("figure-distorted", "So large an area is distorted on a plane.")), " "
        )
    canvas = Canvas(words.told(title), words.told(told, 2_000), WIDTH, HEIGHT)

    def place(point: Floats) -> Point:
        east, north = (point - middle) / span_m * scale
        return WIDTH / 2 + float(east), (HEIGHT - 60.0) / 2 + MARGIN / 2 - float(north)

    for piece in borders:
        _draw_border(canvas, plane, piece, place, (middle, span_m))
    labels = _Labels(canvas, words)
    for number, (track, points) in enumerate(zip(shown, flat, strict=True)):
        _draw_track(canvas, number, track, [place(point) for point in points], labels)
    _draw_scale(canvas, span_m, scale, words)
    return canvas.svg()


class _Plane:
    """The plane that touches the ellipsoid at the middle of some positions."""

    def __init__(self, degrees: Floats) -> None:
        feet = unit_from_degrees(degrees[:, 0], degrees[:, 1]) * _SCALE
        self.origin = feet.mean(axis=0)
        up = self.origin / np.linalg.norm(self.origin)
        east = np.cross([0.0, 0.0, 1.0], up)
        if np.linalg.norm(east) < 1e-9:  # at a pole any direction is as good
            east = np.array([0.0, 1.0, 0.0])
        self.east = east / np.linalg.norm(east)
        self.north = np.cross(up, self.east)
        self.up = up

    def flat(self, degrees: Floats) -> Floats:
        """Metres east and north (N, 2)."""
        feet = unit_from_degrees(degrees[:, 0], degrees[:, 1]) * _SCALE - self.origin
        return np.stack([feet @ self.east, feet @ self.north], axis=1)

    def near(self, degrees: Floats, reach_m: float) -> NDArray[np.bool_]:
        """Which positions lie within a distance of the middle, on this side of the Earth."""
        feet = unit_from_degrees(degrees[:, 0], degrees[:, 1]) * _SCALE - self.origin
        found: NDArray[np.bool_] = np.einsum("ij,ij->i", feet, feet) <= reach_m**2
        return found


def _degrees(track: OfferedTrack) -> Floats:
    return np.array([(each.latitude_deg, each.longitude_deg) for each in track.points])


def _draw_border(
    canvas: Canvas, plane: _Plane, piece: BorderPiece, place: Callable[[Floats], Point],
    box: tuple[Floats, float],
) -> None:  # fmt: skip
    middle, span_m = box
    near = plane.near(piece.points_deg, span_m + float(np.abs(middle).max()))
    flat = plane.flat(piece.points_deg)
    run: list[Point] = []
    labelled = False
    for row in range(len(flat)):
        around = near[max(0, row - 1) : row + 2].any()
        inside = around and bool((np.abs(flat[row] - middle) <= span_m * 4).all())
        if inside:
            run.append(place(flat[row]))
        if run and (not inside or row == len(flat) - 1):
            if len(run) > 1:
                canvas.line(run, "#6b6b6b", 1.2, "6 3 1 3")
                inner = [p for p in run if 20 < p[0] < WIDTH - 150 and 20 < p[1] < HEIGHT - 80]
                if inner and not labelled:
                    canvas.text(
                        (inner[0][0] + 4, inner[0][1] - 4), piece.name, 10.0, fill="#555555"
                    )
                    labelled = True
            run = []


def _draw_track(
    canvas: Canvas, number: int, track: OfferedTrack, points: list[Point], labels: "_Labels"
) -> None:
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
    run = [points[0]]
    for (before, after), point in zip(pairwise(track.points), points[1:], strict=True):
        if after.at.minus(before.at) > GAP_S_MAX:
            canvas.line(run, colour, 2.0, dash)
            run = []
        run.append(point)
    canvas.line(run, colour, 2.0, dash)
    canvas.dot(points[0], colour, 4.0)
    begins = f"{str(track.points[0].at)[11:19]}Z"
    label = said("figure-label", "{track}, {begins}", track=track.sentence(), begins=begins)
    labels.put(points[0], label, colour)


class _Labels:
    """Labels of tracks, each above the last where two would lie on each other."""

    def __init__(self, canvas: Canvas, words: FigureWords) -> None:
        self._canvas, self._words = canvas, words
        self._put: list[tuple[bool, Point]] = []

    def put(self, at: Point, label: Part, colour: str) -> None:
        """Beside a point, on the side on which there is room."""
        left = at[0] > WIDTH * 0.6
        x, y = at[0] + (-7.0 if left else 7.0), at[1] - 6.0
        while y > LABEL_HEIGHT and any(
            abs(y - other[1]) < LABEL_HEIGHT and (left is not side or abs(x - other[0]) < WIDTH / 2)
            for side, other in self._put
        ):
            y -= LABEL_HEIGHT
        self._put.append((left, (x, y)))
        self._canvas.text((x, y), self._words.told(label), 11.0, "end" if left else "start", colour)


def _draw_scale(canvas: Canvas, span_m: float, scale: float, words: FigureWords) -> None:
    step_m = round_step(span_m)
    length = step_m / span_m * scale
    y = HEIGHT - 24.0
    canvas.box(0.5, 0.5, WIDTH - 1.0, HEIGHT - 1.0, "none", FAINT)
    canvas.line([(MARGIN, y), (MARGIN + length, y)], INK, 2.0)
    scaled = round_number(step_m / 1000.0, "km") if step_m >= 1000.0 else round_number(step_m, "m")
    canvas.text((MARGIN + length + 8.0, y + 4.0), words.told(scaled), 12.0)
    x = WIDTH - MARGIN
    canvas.line([(x, y + 6.0), (x, y - 22.0)], INK, 1.5)
    canvas.line([(x - 5.0, y - 14.0), (x, y - 22.0), (x + 5.0, y - 14.0)], INK, 1.5)
    canvas.text((x, y - 26.0), words.told(said("figure-north", "N")), 12.0, "middle", bold=True)
