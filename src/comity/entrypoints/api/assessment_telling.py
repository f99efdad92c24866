"""An assessment as fields for programs."""

from typing import Any

from comity.domain.incidents import AssessedStatement, Assessment, Comparison, Side

CAVEAT = (
    "A grade says how far the material given here bears a statement. It is no finding of fact or law, and"
    " figures that agree may both be wrong."
)


def assessment_fields(assessed: Assessment) -> dict[str, Any]:
    """Everything that was computed."""
    claimed, evidenced = assessed.counts()
    return {
        "claims": [
            {
                "claimant": claim.claimant,
                "title": claim.title,
                "claimed": assessed.counts(index)[0],
                "evidenced": assessed.counts(index)[1],
                "statements": [
                    _statement_fields(each)
                    for each in assessed.statements
                    if each.side.claim == index
                ],
            }
            for index, claim in enumerate(assessed.claims)
        ],
        "comparisons": [_comparison_fields(assessed, each) for each in assessed.comparisons],
        "claimed": claimed,
        "evidenced": evidenced,
        "caveat": CAVEAT,
    }


def _statement_fields(each: AssessedStatement) -> dict[str, Any]:
    statement = each.statement
    return {
        "statement": statement.statement,
        "topic": statement.topic,
        "kind": str(statement.kind),
        "says": str(statement.says),
        "starts": None if statement.starts is None else str(statement.starts.stated.instant),
        "ends": None if statement.ends is None else str(statement.ends.stated.instant),
        "figures": {name: figure.as_stated for name, figure in statement.figures.items()},
        "findings": [
            {
                "rule": found.rule,
                "outcome": str(found.outcome),
                "field": found.field,
                "words": found.words,
                "reading": None if found.reading is None else str(found.reading),
                "assumes": found.assumes,
                "figures": found.figures,
            }
            for found in each.findings
        ],
        "grade": str(each.graded.grade),
        "grade_rule": each.graded.rule,
        "reasons": list(each.graded.reasons),
    }


def _comparison_fields(assessed: Assessment, each: Comparison) -> dict[str, Any]:
    return {
        "topic": each.topic,
        "field": each.field,
        "relation": str(each.relation),
        "left": _side_fields(assessed, each.left),
        "right": None if each.right is None else _side_fields(assessed, each.right),
        "words": each.words,
    }


def _side_fields(assessed: Assessment, side: Side) -> dict[str, str]:
    claim = assessed.claims[side.claim]
    return {
        "claimant": claim.claimant,
        "statement": claim.statements[side.statement].statement,
    }
