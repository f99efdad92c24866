"""How good a safety net is: recordings and generated encounters against what was flown."""

from comity.domain.evaluation.figures import Figures, figures_by_kind, figures_of
from comity.domain.evaluation.flown import Flown, flown_of, name_of
from comity.domain.evaluation.judge import AlertTold, Judgement, Told, judged
from comity.domain.evaluation.labels import (
    Labels,
    PairLabel,
    Wanted,
    labels_as_fields,
    labels_from_fields,
    labels_within,
    pair_of,
)
from comity.domain.evaluation.losses import Loss, Pair, Separation, Sky, Together

__all__ = [
    "AlertTold",
    "Figures",
    "Flown",
    "Judgement",
    "Labels",
    "Loss",
    "Pair",
    "PairLabel",
    "Separation",
    "Sky",
    "Together",
    "Told",
    "Wanted",
    "figures_by_kind",
    "figures_of",
    "flown_of",
    "judged",
    "labels_as_fields",
    "labels_from_fields",
    "labels_within",
    "name_of",
    "pair_of",
]
