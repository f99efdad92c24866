"""Alerts against what was flown: genuine, nuisance, false; warned, overdue, missed.

The categories are those of EUROCONTROL's guidance for short-term conflict alert (GUID-159, part III:
alert necessary, desirable, unnecessary, undesirable, void), with the words of this project's glossary.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from comity.domain.alerts import Severity
from comity.domain.evaluation.labels import Labels, PairLabel, Wanted
from comity.domain.evaluation.losses import Loss, Pair, Separation, Sky, Together

REQUIRED_S = (
    40.0  # of warning, where so much was foreseeable: the warning time of the severity rule
)
LAG_S = 10.0  # two reports of a 5 s feed, or one of an en-route radar, before a track shows it
MATCH_S = 10.0  # an alert that was cleared this long before a loss was still about it
FALSE_HORIZONTAL_M = (
    1_852.0  # the net's distance of a pair is wrong by more: 1 NM, 4 sd of a far radar
)
FALSE_VERTICAL_M = 152.4  # or its difference of heights, 500 ft


class Told(StrEnum):
    """What an alert was."""

    GENUINE = "genuine"
    """A loss that is more than marginal followed, or was there (category 1: necessary)."""
    INDIFFERENT = "indifferent"
    """They came near, or the loss was marginal: a matter of opinion (2: desirable)."""
    UNDERSTANDABLE = "understandable"
    """No loss came, for a flight changed its way or level; the straight line of what was flown led to one
    (3: unnecessary)."""
    UNDESIRABLE = "undesirable"
    """Nothing flown led to a loss (4)."""
    FALSE = "false"
    """The net's picture of the pair was wrong (5: void)."""
    UNDECIDED = "undecided"
    """The data end, or lack a height, before it shows."""


NUISANCE = frozenset({Told.UNDERSTANDABLE, Told.UNDESIRABLE})


@dataclass(frozen=True, slots=True)
class AlertTold:
    """One alert as the net told it.

    Attributes:
        pair: names.
        levels: seconds since 1970 at which each severity was first reached, by severity.
        cleared_s: None where it was open to the end.
        lost_by_s: the latest instant for which it foretold the beginning of a loss.
        determined: whether the data decided it.
        apart_m, above_m: of the pair, in the net's picture when it was raised; None where not known.
    """

    pair: Pair
    levels: Mapping[Severity, float]
    cleared_s: float | None
    lost_by_s: float
    determined: bool
    apart_m: float | None = None
    above_m: float | None = None

    def raised_s(self, least: Severity) -> float | None:
        """When it was first at least this severe; None if it never was."""
        return min((at for level, at in self.levels.items() if level >= least), default=None)


@dataclass(frozen=True, slots=True)
class AlertVerdict:
    """An alert, and what it was."""

    alert: AlertTold
    told: Told
    kind: str = ""


@dataclass(frozen=True, slots=True)
class LossVerdict:
    """A loss, and how each severity warned of it.

    Attributes:
        loss: what happened.
        warning_s: by least severity: time from the first such alert to the start; negative where it
            came after; absent where none came.
        kind: of encounter, where a label says.
        marginal: see `Loss.marginal`.
    """

    loss: Loss
    warning_s: Mapping[Severity, float]
    kind: str
    marginal: bool

    def unseen(self) -> bool:
        """Whether the two appeared in the data too shortly before for any warning."""
        return self.loss.seen_s < LAG_S

    def owed_s(self) -> float:
        """What warning could be asked for."""
        return max(min(REQUIRED_S, self.loss.foreseeable_s, self.loss.seen_s) - LAG_S, 0.0)

    def overdue(self, least: Severity) -> bool:
        """Whether a warning came, and later than could be asked for."""
        warning = self.warning_s.get(least)
        return warning is not None and warning < self.owed_s() - 1e-9 and self.owed_s() > 0.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """All alerts and all losses of a recording, judged.

    Attributes:
        alerts: one verdict an alert.
        losses: one a loss, agreed pairs left out.
        agreed_losses: losses of pairs that fly close by agreement.
    """

    alerts: tuple[AlertVerdict, ...]
    losses: tuple[LossVerdict, ...]
    agreed_losses: int


def judged(
    alerts: Sequence[AlertTold],
    sky: Sky,
    together: Iterable[Together],
    labels: Labels | None = None,
) -> Judgement:
    """Judge what a net told.

    Args:
        alerts: everything it raised.
        sky: what was flown, from the recording.
        together: `sky.together()`, which takes long and serves many nets.
        labels: what people say; it goes before what the recording shows, for the pairs and spans it
            speaks of; a complete one speaks of all.
    """
    book = _Book(sky, together, labels)
    verdicts = tuple(AlertVerdict(alert, book.told(alert), book.kind(alert)) for alert in alerts)
    by_pair: dict[Pair, list[AlertTold]] = {}
    for alert in alerts:
        by_pair.setdefault(alert.pair, []).append(alert)
    losses = [
        LossVerdict(
            loss, _warnings(loss, by_pair.get(loss.pair, ())), kind, loss.marginal(book.separation)
        )
        for loss, kind in book.losses()
    ]
    return Judgement(verdicts, tuple(losses), book.agreed_losses)


def matches(alert: AlertTold, loss: Loss) -> bool:
    """Whether an alert is about a loss: it was open then, or shortly before."""
    raised_s = min(alert.levels.values())
    cleared_s = alert.cleared_s if alert.cleared_s is not None else float("inf")
    return raised_s <= loss.end_s and cleared_s >= loss.start_s - MATCH_S


def _warnings(loss: Loss, alerts: Sequence[AlertTold]) -> dict[Severity, float]:
    """Warning time by least severity."""
    found: dict[Severity, float] = {}
    for least in Severity:
        raised = [
            at
            for alert in alerts
            if matches(alert, loss)
            and (at := alert.raised_s(least)) is not None
            and at <= loss.end_s
        ]
        if raised:
            found[least] = loss.start_s - min(raised)
    return found


class _Book:
    """Losses and labels by pair."""

    def __init__(self, sky: Sky, together: Iterable[Together], labels: Labels | None) -> None:
        self._sky = sky
        self._labels: dict[Pair, list[PairLabel]] = {}
        self._complete = labels is not None and labels.complete
        self.separation: Separation = sky.separation if labels is None else labels.separation
        for label in labels.pairs if labels is not None else ():
            self._labels.setdefault(label.pair, []).append(label)
        self._flown: dict[Pair, list[Together]] = {}
        for each in together:
            self._flown.setdefault(each.pair, []).append(each)
        self.agreed_losses = sum(
            len(label.losses) for each in self._labels.values() for label in each if label.agreed
        )

    def losses(self) -> list[tuple[Loss, str]]:
        """Losses that a warning is owed of, with the kind of encounter."""
        found = [
            (loss, label.kind)
            for each in self._labels.values()
            for label in each
            for loss in label.losses
            if not label.agreed
        ]
        if not self._complete:
            found += [
                (loss, "")
                for pair, each in self._flown.items()
                for stretch in each
                for loss in stretch.losses
                if self._label(pair, loss.start_s) is None
            ]
        return sorted(found, key=lambda each: (each[0].start_s, each[0].pair))

    def kind(self, alert: AlertTold) -> str:
        """Of the encounter that an alert speaks of."""
        label = self._label(alert.pair, min(alert.levels.values()))
        return "" if label is None else label.kind

    def told(self, alert: AlertTold) -> Told:
        """What an alert was."""
        raised_s = min(alert.levels.values())
        label = self._label(alert.pair, raised_s)
        if label is not None:
            met = self._matched(alert, label.losses)
            if met is not None:
                return met
            if label.wanted is Wanted.YES and not label.losses:
                return Told.GENUINE
            if label.wanted is not Wanted.NO:
                return Told.INDIFFERENT
            return self._unwanted(alert, raised_s)
        if self._complete:
            return self._unwanted(alert, raised_s)
        return self._by_flight(alert, raised_s)

    def _by_flight(self, alert: AlertTold, raised_s: float) -> Told:
        """As the recording's own future tells."""
        ends_s = max(alert.lost_by_s, raised_s)
        if alert.pair[0] not in self._sky or alert.pair[1] not in self._sky:
            return Told.UNDECIDED
        for stretch in self._flown.get(alert.pair, ()):
            met = self._matched(alert, stretch.losses)
            if met is not None:
                return met
        for stretch in self._flown.get(alert.pair, ()):
            if any(_meets(span, raised_s - MATCH_S, ends_s + MATCH_S) for span in stretch.near):
                return Told.INDIFFERENT
            if any(_meets(span, raised_s, ends_s) for span in stretch.unknown):
                return Told.UNDECIDED
        now = self._sky.stretches_at(alert.pair, raised_s)
        if now is None or min(stretch.last_s for stretch in now) < ends_s:
            return Told.UNDECIDED
        return self._unwanted(alert, raised_s)

    def _matched(self, alert: AlertTold, losses: Sequence[Loss]) -> Told | None:
        """Genuine where it is about a loss that is more than marginal."""
        about = [loss for loss in losses if matches(alert, loss)]
        if any(not loss.marginal(self.separation) for loss in about):
            return Told.GENUINE
        return Told.INDIFFERENT if about else None

    def _unwanted(self, alert: AlertTold, raised_s: float) -> Told:
        """No loss followed: why was it told?"""
        flown = self._sky.apart_at(alert.pair, raised_s)
        if flown is not None and alert.apart_m is not None:
            if abs(alert.apart_m - flown[0]) > FALSE_HORIZONTAL_M:
                return Told.FALSE
            if alert.above_m is not None and abs(alert.above_m - flown[1]) > FALSE_VERTICAL_M:
                return Told.FALSE
        if self._sky.foreseen_at(alert.pair, raised_s):
            return Told.UNDERSTANDABLE
        return Told.UNDESIRABLE

    def _label(self, pair: Pair, at_s: float) -> PairLabel | None:
        for label in self._labels.get(pair, ()):
            if label.start_s <= at_s <= label.end_s:
                return label
        return None


def _meets(span: tuple[float, float], start_s: float, end_s: float) -> bool:
    return span[0] <= end_s and span[1] >= start_s
