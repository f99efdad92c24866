# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""Areas and borders over a recording: the net, what it watches, and over which country each track is."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from comity.application.watch_air import AirWatch
    from comity.domain.alerts import Alert
    from comity.entrypoints.cli.sources import AreaSources


class AreaWatch:
    """The area net of one replay."""

    def __init__(self, sources: "AreaSources", guard: Sequence[str]) -> None:
        """Compile the areas.

        Raises:
            InputError: a name to guard is that of no country or FIR.
        """
        from comity.application.area_net import AreaNet, BorderWatch
        from comity.domain.alerts.area_proximity import WatchedAreas
        from comity.domain.alerts.area_rules import AreaSeverityRule
        from comity.kernel.errors import InputError

        self._sources = sources
        watched = WatchedAreas(sources.sets) if sources.sets else None
        guarded = set()
        for name in guard:
            named = {
                area.area_id
                for number, area in enumerate(watched.areas if watched else ())
                if watched
                and watched.is_border[number]
                and name.casefold() in {area.name.casefold(), area.area_id.casefold()}
            }
            if not named:
                raise InputError(
                    "guard", f"{name!r} is the name of no country or FIR that is watched"
                )
            guarded |= named
        rule = AreaSeverityRule(guarded=frozenset(guarded))
        self.net: AreaNet = AreaNet(watched, lambda: rule, sources.missing)
        self._borders = None if watched is None else BorderWatch(watched)

    def border_changes(self, watch: "AirWatch") -> Iterator[dict[str, Any]]:
        """Tracks that are over another country than before, or came near enough to a line."""
        if self._borders is None:
            return
        view = watch.view
        if view is None:
            return
        for key, data_set, position in self._borders.changes(view):
            yield {
                "at": str(view.at),
                "track": key,
                "data_set": data_set,
                "verdict": str(position.verdict),
                "over": list(position.over),
                "words": position.words(),
            }

    def as_fields(self) -> dict[str, Any]:
        """What is watched."""
        return {
            "sets": [
                {
                    "name": one.name,
                    "version": one.version,
                    "digest": one.digest,
                    "error_m": one.error_m,
                    "view": one.view,
                    "areas": len(one.areas),
                }
                for one in self._sources.sets
            ],
            "left_out": self._sources.left_out,
            "missing": list(self._sources.missing),
        }

    def as_lines(self) -> list[str]:
        """The same for people."""
        lines = []
        for one in self._sources.sets:
            error = "not stated" if one.error_m is None else f"{one.error_m / 1000.0:.1f} km"
            version = f" {one.version}" if one.version else ""
            lines.append(
                f"  areas: {len(one.areas)} of {one.name}{version}, digest {one.digest[:16]},"
                f" error {error}; {one.view.rstrip('.')}"
            )
        lines += [f"  not watched: {reason} {n}" for reason, n in self._sources.left_out.items()]
        lines += [f"  missing: {name}" for name in self._sources.missing]
        return lines


def border_line(change: dict[str, Any]) -> str:
    """Over which country a track is now, in one line."""
    return f"{change['at']}  {change['track'].rpartition('/')[2]}: {change['words']}"


def area_words(alert: "Alert", names: str) -> str:
    """What an area alert says, in one line."""
    basis = alert.finding.basis
    track = names.partition(" and ")[0]
    kind, name = basis["area_kind"], basis["area_name"]
    if basis["inside"]:
        what = f"{track} inside {kind} {name}"
        what += _length(", depth", basis["depth_mm"])
    else:
        seconds = (int(basis["time_in_ms"] or 0)) / 1000
        north = int(basis["entry_latitude_e7"] or 0) / 1e7
        east = int(basis["entry_longitude_e7"] or 0) / 1e7
        how = "enters" if alert.finding.situation.aspect == "" else "crosses into"
        what = f"{track} {how} {kind} {name} in {seconds:.0f} s at {north:.4f}, {east:.4f}"
        what += _length(", now off by", basis["edge_distance_mm"])
    if not alert.finding.determined:
        what += "; undetermined: heights do not compare"
    if basis["within_error"]:
        what += "; within the error of the line"
    return what


def _length(words: str, length_mm: Any) -> str:
    if length_mm is None:
        return ""
    return (
        f"{words} {length_mm / 1e6:.1f} km"
        if length_mm >= 1e6
        else f"{words} {length_mm / 1e3:.0f} m"
    )
