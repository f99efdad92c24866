"""A party's own policy of release: what each of its labels lets go to whom, and in what form.

The default is deny: a label without a rule, a recipient or a kind that a rule does not name, no policy at all.
An observation with several labels goes out only where every one of them lets it, in the strictest form of all.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from comity.domain.geometry.nested_cells import CELL_LEVEL_COARSEST
from comity.domain.observations.observation import AREA_LEVEL_MAX, ObservationKind
from comity.domain.records.body_fields import array, choice, flag, integer, mapping, parties, text
from comity.kernel.errors import RecordError
from comity.kernel.ids import PartyId

LABEL = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
POLICY_LABELS_MAX = 64
# Each divides the next, so that windows of one time lie in each other and no intersection narrows them.
TIME_STEPS_S = (60, 600, 3_600, 21_600, 86_400)


class Marking(StrEnum):
    """Traffic Light Protocol 2.0, as labels of records spell it."""

    CLEAR = "tlp:clear"
    GREEN = "tlp:green"
    AMBER = "tlp:amber"
    AMBER_STRICT = "tlp:amber+strict"
    RED = "tlp:red"


class WordsTold(StrEnum):
    """How much of the words goes out."""

    NONE = "none"
    BELOW_TEAR_LINE = "below-tear-line"
    ALL = "all"


class SourceTold(StrEnum):
    """How much of the source goes out; never its name."""

    NOTHING = "nothing"
    RELIABILITY = "reliability"
    KIND = "kind-and-reliability"


_MARKINGS = tuple(Marking)  # least strict first
_WORDS = tuple(WordsTold)  # strictest first
_SOURCES = tuple(SourceTold)
_KEPT_TO_RECIPIENT = frozenset({Marking.AMBER_STRICT, Marking.RED})


@dataclass(frozen=True, slots=True)
class LabelRule:
    """What one label lets out.

    Attributes:
        recipients: to whom; nobody else.
        kinds: which kinds; no other.
        marking: least strict marking that goes with it.
        level_max: finest cell of an area that is told.
        time_step_s: begins and ends are told in steps of it, outwards.
        two_persons: whether another person than the one who releases approves the very form.
        onward: parties to whom a recipient may pass it on.
    """

    recipients: tuple[PartyId, ...]
    kinds: tuple[ObservationKind, ...]
    marking: Marking
    level_max: int
    time_step_s: int
    words: WordsTold
    source: SourceTold
    two_persons: bool
    onward: tuple[PartyId, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Labels with a rule of their own, and labels that are held to another's rule."""

    rules: Mapping[str, LabelRule]
    same_as: Mapping[str, str]

    def rule_of(self, label: str) -> LabelRule | None:
        """The rule that a label is held to; None where there is none."""
        for _ in range(POLICY_LABELS_MAX + 1):
            if label in self.rules:
                return self.rules[label]
            if label not in self.same_as:
                return None
            label = self.same_as[label]
        return None  # a loop, which no policy that was read has

    def strictest(self, labels: Iterable[str]) -> LabelRule | str:
        """What several labels let out together, or why nothing."""
        found = []
        for label in labels:
            rule = self.rule_of(label)
            if rule is None:
                return f"the policy has no rule for the label {label!r}"
            found.append(rule)
        if not found:
            return "it has no label, and nothing goes out without one"
        marking = max((each.marking for each in found), key=_MARKINGS.index)
        onward = set.intersection(*(set(each.onward) for each in found))
        return LabelRule(
            recipients=tuple(sorted(set.intersection(*(set(each.recipients) for each in found)))),
            kinds=tuple(sorted(set.intersection(*(set(each.kinds) for each in found)))),
            marking=marking,
            level_max=min(each.level_max for each in found),
            time_step_s=max(each.time_step_s for each in found),
            words=min((each.words for each in found), key=_WORDS.index),
            source=min((each.source for each in found), key=_SOURCES.index),
            two_persons=any(each.two_persons for each in found),
            onward=() if marking in _KEPT_TO_RECIPIENT else tuple(sorted(onward)),
        )


def stricter_marking(markings: Iterable[str]) -> Marking:
    """The strictest of some labels of records; one that is not known counts as red."""
    known = set(_MARKINGS)
    found = [Marking(each) if each in known else Marking.RED for each in markings]
    return max(found, key=_MARKINGS.index, default=Marking.CLEAR)


def policy_to_body(policy: Policy) -> dict[str, Any]:
    """The record form of a policy."""
    labels: dict[str, Any] = {label: {"same_as": other} for label, other in policy.same_as.items()}
    for label, rule in policy.rules.items():
        labels[label] = {
            "kinds": [each.value for each in rule.kinds],
            "level_max": rule.level_max,
            "marking": rule.marking.value,
            "onward": list(rule.onward),
            "recipients": list(rule.recipients),
            "source": rule.source.value,
            "time_step_s": rule.time_step_s,
            "two_persons": rule.two_persons,
            "words": rule.words.value,
        }
    return {"labels": labels}


def policy_from_body(body: Mapping[str, Any]) -> Policy:
    """Read a policy to the letter.

    Raises:
        RecordError: `missing-field`, `field-form`, `field-limit`; `observation-policy` where labels are held
            to each other in a loop or to one that is not there; names the label.
    """
    labels = mapping(body, "labels")
    if not 0 < len(labels) <= POLICY_LABELS_MAX:
        raise RecordError("field-limit", f"labels: {len(labels)}, 1 to {POLICY_LABELS_MAX}")
    rules: dict[str, LabelRule] = {}
    same_as: dict[str, str] = {}
    for label in sorted(labels):
        if LABEL.fullmatch(label) is None:
            raise RecordError("field-form", f"labels: {label[:40]!r} is not {LABEL.pattern}")
        row = mapping(labels, label)
        if "same_as" in row:
            same_as[label] = text(row, "same_as", LABEL)
        else:
            try:
                rules[label] = _read_rule(row)
            except RecordError as error:
                raise RecordError(error.reason, f"labels.{label}.{error.detail}") from error
    _check_chains(rules, same_as)
    return Policy(rules, same_as)


def _read_rule(row: Mapping[str, Any]) -> LabelRule:
    kinds = tuple(
        choice({"kinds": each}, "kinds", ObservationKind)
        for each in array(row, "kinds", len(ObservationKind))
    )
    if any(before >= after for before, after in pairwise(kinds)):
        raise RecordError("field-form", "kinds: not ascending, or one twice")
    step_s = integer(row, "time_step_s", TIME_STEPS_S[0], TIME_STEPS_S[-1])
    if step_s not in TIME_STEPS_S:
        known = ", ".join(map(str, TIME_STEPS_S))
        raise RecordError("field-limit", f"time_step_s: {step_s} is none of {known}")
    marking = choice(row, "marking", Marking)
    onward = parties(row, "onward")
    if onward and marking in _KEPT_TO_RECIPIENT:
        raise RecordError(
            "observation-policy", f"onward: {marking} goes no further than its recipient"
        )
    return LabelRule(
        recipients=parties(row, "recipients"),
        kinds=kinds,
        marking=marking,
        level_max=integer(row, "level_max", CELL_LEVEL_COARSEST, AREA_LEVEL_MAX),
        time_step_s=step_s,
        words=choice(row, "words", WordsTold),
        source=choice(row, "source", SourceTold),
        two_persons=flag(row, "two_persons"),
        onward=onward,
    )


def _check_chains(rules: Mapping[str, LabelRule], same_as: Mapping[str, str]) -> None:
    """Every chain of labels ends at a rule; each label is walked over once."""
    ended = set(rules)
    for label in same_as:
        walked: dict[str, None] = {}
        at = label
        while at not in ended:
            if at in walked:
                raise RecordError(
                    "observation-policy", f"labels: loop {' -> '.join([*walked, at])}"
                )
            walked[at] = None
            if at not in same_as:
                raise RecordError("observation-policy", f"labels: {at!r} is not there")
            at = same_as[at]
        ended.update(walked)
