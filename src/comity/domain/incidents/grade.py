"""How far the evidence bears a statement: one published rule, with its reasons. No legal finding (L-22).

Source: docs/spec/claim.md §7.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from comity.domain.incidents.claim import Claim, Says, SourceKind, Statement, same_name
from comity.domain.incidents.finding import Finding, Outcome
from comity.domain.incidents.quantities import Mile
from comity.domain.incidents.rivals import Comparison, Relation, Side, excluded
from comity.kernel.sentences import Listed, Sentence, Term, said


class Grade(StrEnum):
    """How far the evidence bears a statement; a person may sign another (docs/spec/claim.md §7)."""

    CONFIRMED = "confirmed"
    FAIR = "fair"
    WEAK = "weak"
    CONTESTED = "contested"
    DISCOUNTED = "discounted"


EVIDENCED = frozenset({Grade.CONFIRMED, Grade.FAIR})
"""Grades that count in «claimed n, evidenced m» (L-03)."""


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade by the rule, and why.

    Attributes:
        grade: as the rule has it.
        rule: the line of the table that decided.
        sentences: every reason met, the deciding one first.
    """

    grade: Grade
    rule: str
    sentences: tuple[Sentence, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons in English."""
        return tuple(map(str, self.sentences))


def grade_statement(
    claims: Sequence[Claim],
    side: Side,
    findings: Sequence[Finding],
    comparisons: Sequence[Comparison],
    seen: Collection[tuple[int, str]],
) -> Graded:
    """Grade one statement: the first line of the table that is met decides, the others are told.

    Args:
        claims: all of them.
        side: which statement.
        findings: on it.
        comparisons: of all.
        seen: claims and material whose bytes are at hand; a digest alone is a promise.
    """
    claim = claims[side.claim]
    statement = claim.statements[side.statement]
    origins = _origins(claim, side.claim, statement, seen)
    admitted = _admitted_by(claims, side, comparisons)
    met: list[tuple[Grade, str, Sentence]] = [
        (Grade.DISCOUNTED, "G1", _contradicts(each))
        for each in findings
        if each.outcome is Outcome.CONTRADICTORY
    ]
    if not statement.sources and not admitted:
        met.append((Grade.DISCOUNTED, "G2", said("G2", "it names no source")))
    met += [
        (
            Grade.CONTESTED,
            "G3",
            said("G3", "{field}: {told}", field=Term(each.field), told=each.sentence),
        )
        for each in excluded(comparisons, side)
    ]
    if statement.disputed:
        met.append((Grade.CONTESTED, "G4", said("G4", "it is known to be disputed")))
    met += [
        (Grade.WEAK, "G5", _strained(each)) for each in findings if each.outcome is Outcome.STRAINED
    ]
    if admitted:
        words = said("G6", "{claimant} says the same", claimant=admitted)
        met.append((Grade.CONFIRMED, "G6", words))
    if len(origins) >= 2:
        form = "material of {count} origins, as the claimant states them: {origins}"
        named = Listed(tuple(sorted(origins)), ", ")
        words = said("G7", form, count=str(len(origins)), origins=named)
        met.append((Grade.CONFIRMED, "G7", words))
    if len(origins) == 1:
        words = said("G8", "material of one origin: {origin}", origin=next(iter(origins)))
        met.append((Grade.FAIR, "G8", words))
    met.append((Grade.WEAK, "G9", _nothing_words(claim, statement)))
    grade, rule, _ = met[0]
    reasons = [words for _, of_rule, words in met if of_rule != "G9" or rule == "G9"]
    return Graded(
        grade, rule, tuple(dict.fromkeys(reasons))
    )  # two claims of one rival exclude alike


def _contradicts(found: Finding) -> Sentence:
    form = "it contradicts itself ({rule}): {told}"
    return said("G1", form, rule=found.rule, told=found.sentence)


def _strained(found: Finding) -> Sentence:
    if found.reading is None:
        return said("G5", "{rule} is strained", rule=found.rule)
    if found.reading is Mile.STATUTE:
        return said("G5-statute", "{rule} is strained, statute mile", rule=found.rule)
    return said("G5-nautical", "{rule} is strained, nautical mile", rule=found.rule)


def claimed_and_evidenced(graded: Sequence[Graded]) -> tuple[int, int]:
    """How many statements were made, and how many of them the evidence bears (L-03)."""
    return len(graded), sum(1 for each in graded if each.grade in EVIDENCED)


def _origins(
    claim: Claim, index: int, statement: Statement, seen: Collection[tuple[int, str]]
) -> set[str]:
    """Whose material is at hand; what is synthetic or was never handed over is none."""
    found: dict[str, str] = {}
    for name in statement.material:
        offered = claim.material[name]
        if (index, name) in seen and not offered.synthetic:
            found.setdefault(same_name(offered.origin), offered.origin)
    return set(found.values())


def _admitted_by(
    claims: Sequence[Claim], side: Side, comparisons: Sequence[Comparison]
) -> str | None:
    """Another claimant that says the same of the topic, in a statement that names a source."""
    own = claims[side.claim].party
    for each in comparisons:
        if each.field != "says" or each.relation is not Relation.BOTH or each.right is None:
            continue
        if side not in {each.left, each.right}:
            continue
        other = each.right if each.left == side else each.left
        rival = claims[other.claim]
        if rival.party != own and rival.statements[other.statement].sources:
            return rival.claimant
    return None


def _nothing_words(claim: Claim, statement: Statement) -> Sentence:
    kinds = {claim.sources[name].kind for name in statement.sources}
    if statement.material:
        form = "material is named, and none is at hand that is not synthetic"
        return said("G9-none-at-hand", form)
    if SourceKind.RECORDING in kinds:
        form = "a recording is named as source, and not handed over as material"
        return said("G9-recording", form)
    if statement.says is Says.UNKNOWN:
        return said("G9-unknown", "it says that it is not known")
    return said("G9", "words only: no material")
