"""A set of claims, assessed: every statement with what was computed, the rivals, the grades."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from comity.domain.incidents.claim import Claim, Statement
from comity.domain.incidents.finding import Finding, Outcome
from comity.domain.incidents.grade import Graded, claimed_and_evidenced, grade_statement
from comity.domain.incidents.kinematics import kinematic_findings
from comity.domain.incidents.quantities import Mile
from comity.domain.incidents.rivals import Comparison, Side, compare_claims
from comity.kernel.errors import InputError

CLAIMS_MAX = 20
STATEMENTS_OF_TOPIC_MAX = 40  # each is compared with each: 780 comparisons of a topic


@dataclass(frozen=True, slots=True)
class AssessedStatement:
    """One statement, its findings and its grade by the rule."""

    side: Side
    statement: Statement
    findings: tuple[Finding, ...]
    graded: Graded


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything computed of a set of claims. It finds no facts and no law."""

    claims: tuple[Claim, ...]
    statements: tuple[AssessedStatement, ...]
    comparisons: tuple[Comparison, ...]

    def counts(self, claim: int | None = None) -> tuple[int, int]:
        """Claimed and evidenced: of one claim, or of all."""
        return claimed_and_evidenced(
            [each.graded for each in self.statements if claim in {None, each.side.claim}]
        )


def assess(claims: Sequence[Claim]) -> Assessment:
    """Assess claims of one incident beside each other.

    Raises:
        InputError: none, too many, or too many statements on one topic.
    """
    if not 1 <= len(claims) <= CLAIMS_MAX:
        raise InputError("claims", f"{len(claims)}, from 1 to {CLAIMS_MAX}")
    counts: dict[str, int] = {}
    for claim in claims:
        for statement in claim.statements:
            counts[statement.topic] = counts.get(statement.topic, 0) + 1
    for topic, count in counts.items():
        if count > STATEMENTS_OF_TOPIC_MAX:
            why = f"{count} statements, at most {STATEMENTS_OF_TOPIC_MAX}"
            raise InputError(f"topic {topic}", why)
    comparisons = compare_claims(claims)
    assessed = []
    for index, claim in enumerate(claims):
        for place, statement in enumerate(claim.statements):
            side = Side(index, place)
            findings = _findings(claim, statement)
            graded = grade_statement(claims, side, findings, comparisons)
            assessed.append(AssessedStatement(side, statement, findings, graded))
    return Assessment(tuple(claims), tuple(assessed), comparisons)


def _findings(claim: Claim, statement: Statement) -> tuple[Finding, ...]:
    """Under both readings where a mile is open; what breaks under one alone is strained, not broken."""
    aircraft = None if statement.aircraft is None else claim.aircraft[statement.aircraft]
    if not claim.ambiguous:
        return kinematic_findings(statement, aircraft, Mile.STATUTE)
    readings = [kinematic_findings(statement, aircraft, mile) for mile in Mile]
    broken = [
        {(each.rule, each.field) for each in found if each.outcome is Outcome.CONTRADICTORY}
        for found in readings
    ]
    told: list[Finding] = []
    for each in dict.fromkeys(map(_Same, (*readings[0], *readings[1]))):
        found = each.finding
        everywhere = all((found.rule, found.field) in rules for rules in broken)
        if found.reading and found.outcome is Outcome.CONTRADICTORY and not everywhere:
            assumes = f"the mile is {found.reading}"
            found = replace(found, outcome=Outcome.STRAINED, assumes=assumes)
        told.append(found)
    return tuple(sorted(told, key=lambda each: each.rule))


@dataclass(frozen=True, slots=True)
class _Same:
    """A finding, equal to another of the same words: its figures cannot be hashed."""

    finding: Finding

    def __hash__(self) -> int:
        return hash((self.finding.rule, self.finding.words))
