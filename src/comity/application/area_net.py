"""The area proximity net over the live loop's view: what it looks at, and what it lacks."""

from collections.abc import Callable
from dataclasses import dataclass, field

from comity.application.watch_air import Found, View
from comity.domain.alerts import AlertKind, AreaKind, BorderPosition, border_position
from comity.domain.alerts.area_proximity import WatchedAreas
from comity.domain.alerts.area_rules import AreaSeverityRule, Undrawn
from comity.domain.alerts.area_severity import area_findings
from comity.domain.alerts.border_position import TWELVE_NM_M
from comity.domain.alerts.life import Finding
from comity.domain.geometry.area_index import Run

Rule = Callable[[], AreaSeverityRule]
"""What is guarded and permitted, by people or the agreement; asked anew each cycle."""


@dataclass(slots=True)
class AreaNet:
    """Area proximity warning.

    Attributes:
        watched: the areas, compiled; another may be put in its place between cycles.
        rule: severity, borders guarded, tracks permitted.
        missing: data sets that ought to be watched and are not, each as it is to be told; the net is
            degraded while there are any.
        aside: what is told beside, and holds up no clearing: of all that is asked for, all is watched.
        undrawn: what is not watched, or not whole, and of which alone nothing is cleared; told beside.
        run: spreads work over threads.
        threads: how many it has.
        permitted: pairs found and left out in the last cycle.
    """

    watched: WatchedAreas | None
    rule: Rule = AreaSeverityRule
    missing: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    undrawn: tuple[Undrawn, ...] = ()
    run: Run = map
    threads: int = 1
    permitted: int = 0

    @property
    def kind(self) -> AlertKind:
        """Which net."""
        return AlertKind.AREA_PROXIMITY

    def look(self, view: View) -> Found:
        """Areas that tracks are in or enter within the look-ahead."""
        aside = (*self.aside, *(f"data-set: {each.why}" for each in self.undrawn))
        if self.watched is None:
            if aside:
                return Found((), 0, self.missing, aside=aside, unsure=self._unsure)
            return Found((), 0, self.missing or ("no areas are loaded",))
        picture = view.seen.picture
        rule = self.rule()
        pairs = self.watched.find(picture, self.run, self.threads, rule.guarded)
        told = area_findings(picture, self.watched, pairs, rule)
        self.permitted = told.permitted
        return Found(
            told.findings, told.undetermined, self.missing, aside=aside, unsure=self._unsure
        )

    def _unsure(self, finding: Finding) -> str:
        """Of what could not be drawn: undetermined, for nobody looked there."""
        for each in self.undrawn:
            if each.concerns(finding):
                return f"not watched: {each.why}"
        return ""


@dataclass(slots=True)
class BorderWatch:
    """Which country each track is over, by each border data set that is watched (L-13).

    Attributes:
        watched: the areas; those of kind country count.
        twelve_nm: whether to derive 12 NM lines.
    """

    watched: WatchedAreas
    twelve_nm: bool = False
    _last: dict[tuple[str, int], tuple[str, ...]] = field(default_factory=dict)

    def positions(self, view: View) -> dict[str, dict[str, BorderPosition]]:
        """By track key, then by name of the data set."""
        picture, watched = view.seen.picture, self.watched
        country = list(AreaKind).index(AreaKind.COUNTRY)
        sets = [
            number
            for number, one in enumerate(watched.sets)
            if any(area.kind is AreaKind.COUNTRY for area in one.areas)
        ]
        errors = [watched.sets[number].error_m or 0.0 for number in sets]
        reach_m = max([TWELVE_NM_M if self.twelve_nm else 0.0, *errors, 1_000.0]) + 1.0
        inside = watched.index.inside(picture.position_ecef_m)
        near = watched.index.near(picture.position_ecef_m, min(reach_m, 40_000.0))
        over: dict[tuple[int, int], list[str]] = {}
        for place, area in zip(inside.place.tolist(), inside.area.tolist(), strict=True):
            if watched.kinds[area] == country:
                over.setdefault((place, watched.set_of[area]), []).append(watched.areas[area].name)
        close: dict[tuple[int, int], list[tuple[str, float]]] = {}
        for place, area, distance_m in zip(
            near.place.tolist(), near.area.tolist(), near.distance_m.tolist(), strict=True
        ):
            if watched.kinds[area] == country:
                known = close.setdefault((place, watched.set_of[area]), [])
                known.append((watched.areas[area].name, distance_m))
        return {
            key: {
                watched.sets[number].name: border_position(
                    over.get((row, number), ()),
                    close.get((row, number), ()),
                    watched.sets[number].error_m,
                    twelve_nm=self.twelve_nm,
                )
                for number in sets
            }
            for row, key in enumerate(picture.keys)
        }

    def changes(self, view: View) -> list[tuple[str, str, BorderPosition]]:
        """Track, data set and position, where the verdict is another than in the cycle before."""
        changed = []
        for key, by_set in self.positions(view).items():
            for number, (name, position) in enumerate(sorted(by_set.items())):
                said = (position.words(),)
                if self._last.get((key, number)) != said:
                    self._last[key, number] = said
                    changed.append((key, name, position))
        if len(self._last) > 4 * max(1_000, len(view.seen.picture)):
            self._last.clear()
        return changed


__all__ = ["AreaNet", "BorderWatch"]
