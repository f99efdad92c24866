"""Between which two aircraft an alert of a moment stood, where both were by the plots kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from comity.domain.reconstruction.tracks_then import TrackThen
from comity.kernel.ids import PartyId

PAIR = "pair-conflict"
TWIN = "+"  # behind an address that is at two places: which of them was meant is not on record


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert of two aircraft, and the plots that tell where they were."""

    alert: str
    severity: str
    acknowledged: bool
    first: TrackThen
    second: TrackThen


def alert_lines(
    raised: Sequence[tuple[Mapping[str, Any], bool]], tracks: Sequence[TrackThen], here: PartyId
) -> tuple[tuple[AlertLine, ...], int]:
    """The lines of the alerts that stood, and how many have none, for it is unknown where an aircraft was.

    Args:
        raised: bodies of `alert.raised` that stand, and whether each was acknowledged.
        tracks: the newest plot of each aircraft of each feed.
        here: whose feeds the plots are of; of an aircraft that another party's feeds told, no plot is kept.
    """
    newest: dict[str, TrackThen] = {}
    for track in tracks:
        before = newest.get(track.identity)
        if not track.stale and (
            before is None or (track.at, track.feed) > (before.at, before.feed)
        ):
            newest[track.identity] = track
    lines, unknown = [], 0
    for body, acknowledged in raised:
        subjects = body.get("subjects")
        if body.get("net") != PAIR or not isinstance(subjects, list | tuple):
            continue
        first, second = (_of(newest, subject, here) for subject in (*subjects, None, None)[:2])
        if first is None or second is None:
            unknown += 1
            continue
        alert, severity = str(body.get("alert")), str(body.get("severity"))
        lines.append(AlertLine(alert, severity, acknowledged, first, second))
    return tuple(lines), unknown


def _of(newest: Mapping[str, TrackThen], subject: object, here: PartyId) -> TrackThen | None:
    """The plot of a track as alerts name it: its party, and its address or a number that no plot has."""
    party, _, name = str(subject).partition("/")
    if party != here or name.startswith("#") or name.endswith(TWIN):
        return None
    return newest.get(name)
