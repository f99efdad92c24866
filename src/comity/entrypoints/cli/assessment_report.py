"""An assessment in plain words."""

from collections.abc import Iterator

from comity.domain.incidents import AssessedStatement, Assessment, Claim, Says
from comity.entrypoints.api.assessment_telling import CAVEAT
from comity.entrypoints.cli.incident_words import wrapped

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
        yield from wrapped(f"{each.relation} · {each.field}: ", each.words, 4)
    yield ""
    claimed, evidenced = assessed.counts()
    for index, claim in enumerate(assessed.claims):
        own = assessed.counts(index)
        yield f"{claim.claimant}: claimed {own[0]}, evidenced {own[1]}"
    if len(assessed.claims) > 1:
        yield f"All: claimed {claimed}, evidenced {evidenced}"
    yield from wrapped("", CAVEAT, 0)


def _claim_lines(assessed: Assessment, index: int, claim: Claim) -> Iterator[str]:
    yield f"CLAIM {index + 1} of {claim.claimant}: {claim.title}"
    if claim.note:
        yield from wrapped("note: ", claim.note, 2)
    for each in assessed.statements:
        if each.side.claim == index:
            yield from _statement_lines(claim, each)
    yield ""


def _statement_lines(claim: Claim, each: AssessedStatement) -> Iterator[str]:
    statement = each.statement
    yield f"  {statement.statement} ({statement.kind}): {_SAYS[statement.says]}"
    yield from wrapped("says: ", statement.words, 4)
    for name, moment in (("from", statement.starts), ("to", statement.ends)):
        if moment is not None:
            stated = moment.stated
            words = f"{stated.instant}, stated as {stated.as_stated}, {stated.zone}"
            yield from wrapped(f"{name}: ", f"{words}, within {moment.error_s:g} s", 4)
    if statement.clause is not None:
        clause = statement.clause
        parts = [clause.document, clause.clause, clause.version]
        yield from wrapped("relies on: ", ", ".join(part for part in parts if part), 4)
    for name in statement.sources:
        source = claim.sources[name]
        yield from wrapped(f"source ({source.kind}): ", source.reference, 4)
    for name in statement.material:
        offered = claim.material[name]
        digest = offered.sha256 or "not handed over"
        synthetic = "SYNTHETIC, no evidence: " if offered.synthetic else ""
        yield from wrapped("material: ", f"{synthetic}{offered.description} ({digest})", 4)
    for found in each.findings:
        reading = f" [{found.reading} mile]" if found.reading else ""
        yield from wrapped(f"{found.rule} {found.outcome}{reading}: ", found.words, 4)
        if found.assumes:
            yield from wrapped("assuming: ", found.assumes, 8)
    yield from wrapped(
        f"GRADE {each.graded.grade} ({each.graded.rule}): ", "; ".join(each.graded.reasons), 4
    )
