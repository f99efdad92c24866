"""What every form shares: which height a file may hold, how numbers are spelt, where a line is broken."""

from collections.abc import Iterator, Sequence

from comity.domain.airspace import Datum
from comity.domain.incidents import OfferedTrack, TrackPoint
from comity.domain.incidents.separation import GAP_S_MAX

TEXT_LENGTH_MAX = 500


def shown(text: str) -> str:
    """Text whose characters show; what does not is written out, and XML never meets what it does not know."""
    kept = "".join(c if c.isprintable() or c == " " else f"<U+{ord(c):04X}>" for c in text)
    return kept[:TEXT_LENGTH_MAX]


def degrees(value: float) -> str:
    """Seven decimals, 1 cm."""
    return f"{value:.7f}"


def ellipsoid_m(point: TrackPoint) -> float | None:
    """The height above the ellipsoid; pressure height is none and is never passed off as one."""
    return next((each.height_m for each in point.altitudes if each.datum is Datum.WGS84), None)


def pressure_m(point: TrackPoint) -> float | None:
    """The pressure height."""
    return next((each.height_m for each in point.altitudes if each.datum is Datum.QNE), None)


def stretches(track: OfferedTrack) -> Iterator[Sequence[TrackPoint]]:
    """Positions without a gap between them: across one no line is drawn."""
    run: list[TrackPoint] = []
    for point in track.points:
        if run and point.at.minus(run[-1].at) > GAP_S_MAX:
            yield run
            run = []
        run.append(point)
    if run:
        yield run


def note(track: OfferedTrack) -> str:
    """What a reader must know of a track."""
    words = ["Times by the source's clock, UTC. Positions WGS 84."]
    if track.synthetic:
        words.insert(0, "SYNTHETIC: made up to illustrate, evidence of nothing.")
    if track.accuracy_assumed:
        words.append("Accuracy assumed where the source states none.")
    words.append(
        f"A gap of over {GAP_S_MAX:g} s breaks the line: what was flown there is not known."
    )
    return " ".join(words)
