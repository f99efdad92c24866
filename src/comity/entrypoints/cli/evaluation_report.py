"""How `comity nets evaluate` says what it found: figures, tables, charts."""

from collections.abc import Iterator, Sequence
from typing import Any

from comity.application.evaluate_net import evaluated
from comity.application.sensitivity import LINES, Point, points_of, settings_of, swept
from comity.domain.alerts import Severity
from comity.domain.evaluation import (
    Figures,
    Judgement,
    Labels,
    Separation,
    Sky,
    Told,
    figures_by_kind,
    figures_of,
    flown_of,
    judged,
    labels_within,
    name_of,
)
from comity.domain.evaluation.judge import LossVerdict
from comity.domain.tracks import Plot
from comity.entrypoints.cli.charts import Axis, Series, chart
from comity.kernel.instants import Instant

USUAL = "as it runs"
LISTED_MAX = 20
LEASTS = (Severity.ADVISORY, Severity.CAUTION, Severity.WARNING)
NOTE = "each point one setting; the net's other parameters as they run"


class Evaluation:
    """One recording, evaluated."""

    def __init__(
        self,
        plots: list[Plot],
        separation: Separation,
        labels: Labels | None,
        cycle_s: float,
        *,
        sweep: bool,
    ) -> None:
        self._plots = plots
        self._separation = separation
        names = frozenset(
            name_of(plot.address, is_icao=plot.address_is_icao)
            for plot in plots
            if plot.address is not None
        )
        self._absent = 0
        if labels is not None:
            first_s, last_s = plots[0].at.unix_s, plots[-1].at.unix_s
            labels, self._absent = labels_within(labels, names, first_s, last_s)
        self._labels = labels
        usual = settings_of(separation)
        settings = {USUAL: usual} | (swept(separation, usual) if sweep else {})
        agreed = labels.agreed() if labels is not None else frozenset()
        told = evaluated(plots, settings, agreed, cycle_s)
        flown = flown_of(plots)
        self._aircraft = len({stretch.name for stretch in flown})
        self._nameless = sum(plot.address is None for plot in plots)
        sky = Sky(flown, separation)
        together = tuple(sky.together())
        self._judgements = {
            name: judged(alerts, sky, together, labels) for name, alerts in told.items()
        }

    @property
    def judgement(self) -> Judgement:
        """Of the net as it runs."""
        return self._judgements[USUAL]

    def truth(self) -> str:
        """Where the truth comes from."""
        if self._labels is None:
            return "the recording's own future: what came closer than the minima"
        if self._labels.complete:
            return "labels, complete"
        return "labels; of other pairs the recording's own future"

    def points(self, least: Severity) -> Sequence[Point]:
        """Of the sweep; none without one."""
        return points_of(self._judgements, least)

    def as_fields(self) -> dict[str, Any]:
        """For JSON."""
        judgement = self.judgement
        return {
            "plots": len(self._plots),
            "aircraft": self._aircraft,
            "plots_without_address": self._nameless,
            "labels_without_data": self._absent,
            "from": str(self._plots[0].at),
            "to": str(self._plots[-1].at),
            "horizontal_m": self._separation.horizontal_m,
            "vertical_m": self._separation.vertical_m,
            "truth": self.truth(),
            "figures": [figures_of(judgement, least).as_fields() for least in LEASTS],
            "kinds": {
                kind or "unlabelled": figures.as_fields()
                for kind, figures in figures_by_kind(judgement, Severity.ADVISORY).items()
            },
            "agreed_losses": judgement.agreed_losses,
            "losses": [_loss_as_fields(verdict) for verdict in judgement.losses],
            "alerts": [
                {
                    "subjects": list(verdict.alert.pair),
                    "told": str(verdict.told),
                    "kind": verdict.kind,
                    "raised": {
                        level.name.lower(): _time(at_s)
                        for level, at_s in sorted(verdict.alert.levels.items())
                    },
                    "cleared": None
                    if verdict.alert.cleared_s is None
                    else _time(verdict.alert.cleared_s),
                    "determined": verdict.alert.determined,
                }
                for verdict in judgement.alerts
            ],
            "sensitivity": [
                {"parameter": point.line, "value": point.value} | point.figures.as_fields()
                for point in self.points(Severity.ADVISORY)
            ],
        }

    def lines(self) -> Iterator[str]:
        """For people."""
        judgement = self.judgement
        yield (
            f"{len(self._plots)} plots of {self._aircraft} aircraft, {self._plots[0].at} to"
            f" {self._plots[-1].at}"
        )
        yield (
            f"separation {self._separation.horizontal_m:g} m and {self._separation.vertical_m:g} m;"
            f" truth: {self.truth()}"
        )
        if self._nameless:
            yield (
                f"NOT JUDGED: {self._nameless} plots have no address; alerts on their tracks count as"
                " open, and losses among them are not known"
            )
        if self._absent:
            yield f"NOT JUDGED: {self._absent} labelled pairs or losses are not in these data"
        if self._aircraft < 2:
            yield "NOT JUDGED: fewer than two aircraft can be followed; the figures say nothing"
        yield ""
        yield _HEAD
        for least in LEASTS:
            yield _row(f"{least.name.lower()} or worse", figures_of(judgement, least))
        kinds = figures_by_kind(judgement, Severity.ADVISORY)
        if self._labels is not None:
            yield ""
            for kind, figures in kinds.items():
                yield _row(kind or "(no label)", figures)
        yield ""
        first = figures_of(judgement, Severity.ADVISORY)
        yield (
            f"not counted: {first.unseen} losses of flights that appeared as they lost it, {first.marginal}"
            " marginal ones (95 % of the horizontal or 80 % of the vertical minimum kept),"
            f" {judgement.agreed_losses} by agreement"
        )
        missed = [
            v for v in judgement.losses if not v.warning_s and not v.marginal and not v.unseen()
        ]
        for verdict in missed[:LISTED_MAX]:
            loss = verdict.loss
            yield (
                f"  MISSED {' and '.join(loss.pair)} {_time(loss.start_s)} {verdict.kind}:"
                f" {loss.horizontal_m:.0f} m, {loss.vertical_m:.0f} m"
            )
        if len(missed) > LISTED_MAX:
            yield f"  and {len(missed) - LISTED_MAX} more"

    def charts(self) -> dict[str, str]:
        """Two charts: nuisance against what was missed or overdue, and against warning time."""
        points = self.points(Severity.ADVISORY)
        across = Axis("nuisance and false alerts, % of alerts decided")
        missed, warning = [], []
        for line in LINES:
            own = [p for p in points if p.line == line and p.figures.nuisance_share is not None]
            if not own:
                continue
            marks = [f"{p.value:g}" for p in own]
            missed.append(Series(line, [(_nuisance(p), _not_warned(p)) for p in own], marks))
            timed = [p for p in own if p.figures.warning_p10_s is not None]
            if timed:
                warning.append(
                    Series(line, [(_nuisance(p), p.figures.warning_p50_s or 0.0) for p in timed],
                           [f"{p.value:g}" for p in timed])
                )  # fmt: skip
        found = {}
        if missed:
            found["nuisance-against-missed.svg"] = chart(
                "Nuisance against losses missed, late or overdue", across,
                Axis("missed, late or overdue, % of losses"), missed, NOTE,
            )  # fmt: skip
        if warning:
            found["nuisance-against-warning.svg"] = chart(
                "Nuisance against warning time",
                across,
                Axis("warning time, median, s"),
                warning,
                NOTE,
            )
        return found


_HEAD = (
    f"{'':28}{'losses':>7}{'warned':>7}{'late':>6}{'overdue':>8}{'missed':>7}{'p10 s':>7}{'p50 s':>7}"
    f"{'genuine':>9}{'either':>7}{'underst.':>9}{'undesir.':>9}{'false':>6}{'open':>6}{'nuisance':>9}{'undesir.':>9}"
)


def _row(name: str, figures: Figures) -> str:
    told = figures.told
    share = "" if figures.nuisance_share is None else f"{figures.nuisance_share:.1%}"
    void = "" if figures.undesirable_share is None else f"{figures.undesirable_share:.1%}"
    return (
        f"{name:28}{figures.losses:7}{figures.warned:7}{figures.late:6}{figures.overdue:8}"
        f"{figures.missed:7}{_seconds(figures.warning_p10_s):>7}{_seconds(figures.warning_p50_s):>7}"
        f"{told.get(Told.GENUINE, 0):9}{told.get(Told.INDIFFERENT, 0):7}"
        f"{told.get(Told.UNDERSTANDABLE, 0):9}{told.get(Told.UNDESIRABLE, 0):9}"
        f"{told.get(Told.FALSE, 0):6}{told.get(Told.UNDECIDED, 0):6}{share:>9}{void:>9}"
    )


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


def _nuisance(point: Point) -> float:
    return 100.0 * (point.figures.nuisance_share or 0.0)


def _not_warned(point: Point) -> float:
    figures = point.figures
    late = figures.missed + max(figures.overdue, figures.late)
    return 100.0 * late / figures.losses if figures.losses else 0.0


def _loss_as_fields(verdict: LossVerdict) -> dict[str, Any]:
    loss = verdict.loss
    return {
        "subjects": list(loss.pair),
        "kind": verdict.kind,
        "from": _time(loss.start_s),
        "to": _time(loss.end_s),
        "horizontal_m": round(loss.horizontal_m, 1),
        "vertical_m": round(loss.vertical_m, 1),
        "foreseeable_s": loss.foreseeable_s,
        "seen_s": loss.seen_s,
        "marginal": verdict.marginal,
        "unseen": verdict.unseen(),
        "warning_s": {
            least.name.lower(): round(seconds, 1) for least, seconds in verdict.warning_s.items()
        },
    }


def _time(at_s: float) -> str:
    return str(Instant(round(at_s * 1000)))
