"""Replays a home moment by moment, in words and as fields."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from comity.application.reconstruct import Reconstruction
from comity.domain.reconstruction import Change
from comity.entrypoints.api.history_telling import tell_change, tell_moment
from comity.entrypoints.cli.track_choice import span_of
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant, instant_from_rfc3339

MOMENTS_MAX = 10_000
STEP_S_MIN = 0.1
TRACKS_TOLD_MAX = 5_000
ITEMS_TOLD_MAX = 100_000
WORDS_SHOWN = 90


@dataclass(frozen=True, slots=True)
class ReplayWish:
    """Which moments, and how known.

    Attributes:
        moments: in order.
        whole: tell all that stood at each, not what changed since the one before.
    """

    moments: tuple[Instant, ...]
    whole: bool
    then: bool
    exercise: bool

    @classmethod
    def of(
        cls, at: str | None, since: str | None, until: str | None, step_s: float, known: str,
        *, exercise: bool,
    ) -> "ReplayWish":  # fmt: skip
        """As a person asked for it.

        Raises:
            InputError: names the option and the limit.
        """
        if known not in {"then", "now"}:
            raise InputError("known", f"{known!r} is neither then nor now")
        if at is not None:
            if since is not None or until is not None:
                raise InputError("at", "give either --at, or --from and --to")
            moment = instant_from_rfc3339(at, "at")
            return cls((moment,), whole=True, then=known == "then", exercise=exercise)
        starts, ends = span_of(since, until, float("inf"))
        if not step_s >= STEP_S_MIN:
            raise InputError("step", f"{step_s:g} s is under {STEP_S_MIN:g} s")
        count = int(ends.minus(starts) / step_s) + 1
        if count > MOMENTS_MAX:
            raise InputError("step", f"{count} moments, at most {MOMENTS_MAX}")
        moments = tuple(starts.plus_s(step_s * number) for number in range(count))
        return cls(moments, whole=False, then=known == "then", exercise=exercise)


def replayed(of: Reconstruction, wish: ReplayWish) -> Iterator[dict[str, Any]]:
    """One object a moment."""
    before: Instant | None = None
    for at in wish.moments:
        moment = of.moment(at, at if wish.then else None, exercise=wish.exercise)
        told = tell_moment(moment, None, ITEMS_TOLD_MAX, TRACKS_TOLD_MAX, exercise=wish.exercise)
        fields: dict[str, Any] = msgspec.to_builtins(told)
        changes: list[Change] = []
        if before is not None:
            # what became known after the moment before, up to and with this one
            changes = of.changes(Instant(before.unix_ms + 1), Instant(at.unix_ms + 1))
        fields["became_known"] = [
            msgspec.to_builtins(tell_change(each))
            for each in changes
            if each.exercise is wish.exercise
        ]
        fields["whole"] = wish.whole
        before = at
        yield fields


def replay_lines(told: dict[str, Any]) -> Iterator[str]:
    """One moment in words."""
    counts: dict[str, int] = {}
    for item in told["items"]:
        counts[item["stands"]["family"]] = counts.get(item["stands"]["family"], 0) + 1
    how = "as known now" if told["known_by"] is None else "as known then"
    banner = "EXERCISE " if told["exercise"] else ""
    tracks = len(told["tracks"]) + told["tracks_left_out"]
    parts = [f"{count} {family}" for family, count in sorted(counts.items())]
    parts.append(
        f"{tracks} aircraft by their newest plots"
        if told["plots_kept"]
        else "tracks unknown: no plots were kept"
    )
    yield f"{banner}{told['at']} {how}: {', '.join(parts)}"
    if told["plots_dropped"]:
        yield f"  {told['plots_dropped']} plots of the minute before could not be kept"
    for change in told["became_known"]:
        yield f"  + {_change(change)}"
    if not told["whole"]:
        return
    for item in told["items"]:
        yield f"  {_change(item['stands'])}"
        figures = (f"{name} {_figure(value)}" for name, value in item["stands"]["estimate"].items())
        if words := ", ".join(figures):
            yield f"    the net's own estimate, on filtered tracks that are not kept: {words}"
        for answer in item["answers"]:
            yield f"    {_change(answer)}"
    if told["tracks"]:
        yield "  Plots as they came: the tracks that a screen showed are not kept."
    for track in told["tracks"]:
        yield f"  newest plot {_track(track)}"
    for family, count in sorted(told["later"].items()):
        yield f"  LATER KNOWN {count} more {family} of this moment, not known here then"


def _change(change: dict[str, Any]) -> str:
    words = f": {change['words'][:WORDS_SHOWN]}" if change["words"] else ""
    window = ""
    if change["holds_from"] is not None:
        window = f" [{change['holds_from']} to {change['holds_until']}]"
    return (
        f"{change['family']} {change['key'][:40]} {change['status']}{words}{window} "
        f"({change['author']}, {change['at']}, known {change['known_at']})"
    )


def _figure(value: str | int | bool | None) -> str:
    if value is None:
        return "unknown"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _track(track: dict[str, Any]) -> str:
    height = track["altitude_pressure_m"]
    level = "height unknown" if height is None else f"pressure height {height:,.0f} m"
    stale = ", STALE" if track["stale"] else ""
    name = f" {track['callsign']}" if track["callsign"] else ""
    return (
        f"{track['feed']} {track['identity']}{name} {track['latitude_deg']:.5f} "
        f"{track['longitude_deg']:.5f} {level}, plot of {track['at']}, received {track['received_at']}{stale}"
    )
