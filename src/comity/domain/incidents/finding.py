"""One result of one rule on one statement, with its arithmetic."""

import dataclasses
from dataclasses import dataclass
from enum import StrEnum

from comity.domain.incidents.quantities import Mile
from comity.kernel.sentences import Sentence


class Outcome(StrEnum):
    """What a rule found. None of these says that a claim is true."""

    CONSISTENT = "consistent"
    """The figures can all be so."""
    STRAINED = "strained"
    """They cannot, under an assumption that is named, or under one of two readings."""
    CONTRADICTORY = "contradictory"
    """They cannot, whatever the reading."""
    COMPUTED = "computed"
    """A figure follows, and nothing was stated to hold it against."""
    UNKNOWN = "unknown"
    """What is needed was not stated, or no source gives it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says of one statement.

    Attributes:
        rule: its number (docs/spec/claim.md §5).
        outcome: what it found.
        field: of the statement.
        sentence: for people, with the arithmetic.
        reading: the mile it was computed with; `None`: it needs none, or holds for both.
        assumption: what is taken for granted; `None`: nothing.
        figures: the numbers by name, unit last.
    """

    rule: str
    outcome: Outcome
    field: str
    sentence: Sentence
    reading: Mile | None = None
    assumption: Sentence | None = None
    figures: dict[str, float] = dataclasses.field(default_factory=dict)

    @property
    def words(self) -> str:
        """The sentence in English."""
        return str(self.sentence)

    @property
    def assumes(self) -> str:
        """What is taken for granted, in English; empty: nothing."""
        return "" if self.assumption is None else str(self.assumption)
