"""What a judgement comes to, in the figures that evaluations of safety nets are compared by."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from comity.domain.alerts import Severity
from comity.domain.evaluation.judge import NUISANCE, AlertVerdict, Judgement, LossVerdict, Told


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of a net at one least severity; marginal and unseen losses are counted apart.

    Attributes:
        least: alerts count from this severity on, from the instant they reached it.
        losses: that a warning is owed of.
        warned: of these, before they began.
        late: alerted, but after they began.
        overdue: of the losses alerted, how many later than could be asked for; late ones included.
        missed: never alerted.
        unseen, unseen_missed: losses of flights that appeared in the data as they lost it: no warning
            can be asked for, an alert can.
        marginal, marginal_missed: losses that kept nearly all of a minimum (`Loss.marginal`).
        warning_p10_s, warning_p50_s: of the losses alerted; None where there are none.
        told: alerts by what they were.
        nuisance_share: nuisance and false alerts among those that were decided; None without any.
    """

    least: Severity
    losses: int
    warned: int
    late: int
    overdue: int
    missed: int
    unseen: int
    unseen_missed: int
    marginal: int
    marginal_missed: int
    warning_p10_s: float | None
    warning_p50_s: float | None
    told: dict[Told, int]
    nuisance_share: float | None
    undesirable_share: float | None

    def as_fields(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "least_severity": self.least.name.lower(),
            "losses": self.losses,
            "warned": self.warned,
            "late": self.late,
            "overdue": self.overdue,
            "missed": self.missed,
            "unseen_losses": self.unseen,
            "unseen_missed": self.unseen_missed,
            "marginal_losses": self.marginal,
            "marginal_missed": self.marginal_missed,
            "warning_p10_s": self.warning_p10_s,
            "warning_p50_s": self.warning_p50_s,
            "alerts": {str(told): self.told.get(told, 0) for told in Told},
            "nuisance_share": self.nuisance_share,
            "undesirable_share": self.undesirable_share,
        }


def figures_of(judgement: Judgement, least: Severity) -> Figures:
    """The figures at one least severity."""
    return _figures(judgement.alerts, judgement.losses, least)


def figures_by_kind(judgement: Judgement, least: Severity) -> dict[str, Figures]:
    """The same for each kind of encounter that labels name."""
    kinds = {verdict.kind for verdict in judgement.alerts}
    kinds |= {verdict.kind for verdict in judgement.losses}
    return {
        kind: _figures(
            [verdict for verdict in judgement.alerts if verdict.kind == kind],
            [verdict for verdict in judgement.losses if verdict.kind == kind],
            least,
        )
        for kind in sorted(kinds)
    }


def _figures(
    alerts: Sequence[AlertVerdict], losses: Sequence[LossVerdict], least: Severity
) -> Figures:
    marginal = [verdict for verdict in losses if verdict.marginal]
    owed = [verdict for verdict in losses if not verdict.marginal and not verdict.unseen()]
    unseen = [verdict for verdict in losses if not verdict.marginal and verdict.unseen()]
    warnings = [v.warning_s[least] for v in owed if least in v.warning_s]
    told = Counter(v.told for v in alerts if v.alert.raised_s(least) is not None)
    unwanted = sum(told[each] for each in NUISANCE) + told[Told.FALSE]
    decided = unwanted + told[Told.GENUINE] + told[Told.INDIFFERENT]
    void = told[Told.UNDESIRABLE] + told[Told.FALSE]
    return Figures(
        least=least,
        losses=len(owed),
        warned=sum(warning > 0.0 for warning in warnings),
        late=sum(warning <= 0.0 for warning in warnings),
        overdue=sum(verdict.overdue(least) for verdict in owed),
        missed=len(owed) - len(warnings),
        unseen=len(unseen),
        unseen_missed=sum(least not in verdict.warning_s for verdict in unseen),
        marginal=len(marginal),
        marginal_missed=sum(least not in verdict.warning_s for verdict in marginal),
        warning_p10_s=_quantile(warnings, 0.1),
        warning_p50_s=_quantile(warnings, 0.5),
        told=dict(told),
        nuisance_share=round(unwanted / decided, 4) if decided else None,
        undesirable_share=round(void / decided, 4) if decided else None,
    )


def _quantile(values: Sequence[float], share: float) -> float | None:
    return round(float(np.quantile(values, share)), 1) if values else None
