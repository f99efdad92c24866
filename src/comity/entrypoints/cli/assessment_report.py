"""An assessment in plain words, and as fields for programs."""

import textwrap
from collections.abc import Iterator
from typing import Any

from comity.domain.incidents import AssessedStatement, Assessment, Claim, Comparison, Says, Side

WIDTH = 110
CAVEAT = (
    "A grade says how far the material given here bears a statement. It is no finding of fact or law, and"
    " figures that agree may both be wrong."
)
_SAYS = {Says.YES: "it happened", Says.NO: "it did not happen", Says.UNKNOWN: "it is not known"}


def assessment_lines(assessed: Assessment) -> Iterator[str]:
    """The whole assessment, for a person."""
    for index, claim in enumerate(assessed.claims):
        yield from _claim_lines(assessed, index, claim)
    yield "SIDE BY SIDE, NEVER MERGED"
    topic = None
    for each in assessed.comparisons:
        if each.topic != topic:
            topic = each.topic
            yield f"  {topic}"
        yield from _wrapped(f"{each.relation} · {each.field}: ", each.words, 4)
    yield ""
    claimed, evidenced = assessed.counts()
    for index, claim in enumerate(assessed.claims):
        own = assessed.counts(index)
        yield f"{claim.claimant}: claimed {own[0]}, evidenced {own[1]}"
    if len(assessed.claims) > 1:
        yield f"All: claimed {claimed}, evidenced {evidenced}"
    yield from _wrapped("", CAVEAT, 0)


def _claim_lines(assessed: Assessment, index: int, claim: Claim) -> Iterator[str]:
    yield f"CLAIM {index + 1} of {claim.claimant}: {claim.title}"
    if claim.note:
        yield from _wrapped("note: ", claim.note, 2)
    for each in assessed.statements:
        if each.side.claim == index:
            yield from _statement_lines(claim, each)
    yield ""


def _statement_lines(claim: Claim, each: AssessedStatement) -> Iterator[str]:
    statement = each.statement
    yield f"  {statement.statement} ({statement.kind}): {_SAYS[statement.says]}"
    yield from _wrapped("says: ", statement.words, 4)
    for name, moment in (("from", statement.starts), ("to", statement.ends)):
        if moment is not None:
            stated = moment.stated
            words = f"{stated.instant}, stated as {stated.as_stated}, {stated.zone}"
            yield from _wrapped(f"{name}: ", f"{words}, within {moment.error_s:g} s", 4)
    if statement.clause is not None:
        clause = statement.clause
        parts = [clause.document, clause.clause, clause.version]
        yield from _wrapped("relies on: ", ", ".join(part for part in parts if part), 4)
    for name in statement.sources:
        source = claim.sources[name]
        yield from _wrapped(f"source ({source.kind}): ", source.reference, 4)
    for name in statement.material:
        offered = claim.material[name]
        digest = offered.sha256 or "not handed over"
        synthetic = "SYNTHETIC, no evidence: " if offered.synthetic else ""
        yield from _wrapped("material: ", f"{synthetic}{offered.description} ({digest})", 4)
    for found in each.findings:
        reading = f" [{found.reading} mile]" if found.reading else ""
        yield from _wrapped(f"{found.rule} {found.outcome}{reading}: ", found.words, 4)
        if found.assumes:
            yield from _wrapped("assuming: ", found.assumes, 8)
    yield from _wrapped(
        f"GRADE {each.graded.grade} ({each.graded.rule}): ", "; ".join(each.graded.reasons), 4
    )


def _wrapped(head: str, words: str, indent: int) -> list[str]:
    pad = " " * indent
    return textwrap.wrap(
        f"{head}{words}",
        WIDTH,
        initial_indent=pad,
        subsequent_indent=f"{pad}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def assessment_fields(assessed: Assessment) -> dict[str, Any]:
    """The same for programs."""
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
