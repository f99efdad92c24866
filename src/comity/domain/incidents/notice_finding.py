"""A notice that a claim is about, by the rules that both sides check notices with (L-09, L-10, L-23).

Source: docs/spec/claim.md §5, rule N1; docs/spec/notice.md §5.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from comity.domain.agreement import Terms
from comity.domain.incidents.claim import Says, Statement, StatementKind
from comity.domain.incidents.finding import Finding, Outcome
from comity.domain.notices import Notice, PlacesNamed, check_notice
from comity.kernel.sentences import said

ASSUMES = said(
    "N1-assumes", "the notice came at the start stated, by the terms of the agreement given"
)


def notice_findings(
    statement: Statement,
    notices: Sequence[tuple[str, Notice]],
    terms: Terms | None,
    places_named: PlacesNamed | None,
) -> Iterator[Finding]:
    """N1: what is wrong with each notice at hand, as if it came when the statement starts.

    Args:
        statement: asked where its kind is late or missing notice.
        notices: material that was read as a notice, by its name.
        terms: in force then; None: none was given, and the lead agreed is not known.
        places_named: places of a name, for directions in words.
    """
    if statement.kind is not StatementKind.LATE_OR_MISSING_NOTICE:
        return
    if not notices:
        words = said("N1-no-notice", "no notice is at hand to be checked")
        yield Finding("N1", Outcome.UNKNOWN, "material", words)
        return
    if statement.starts is None:
        words = said("N1-no-start", "when the notice came is not stated: `starts` is wanted")
        yield Finding("N1", Outcome.UNKNOWN, "starts", words)
        return
    received_at = statement.starts.stated.instant
    for name, notice in notices:
        named = notice
        if terms is not None and notice.agreement is None:  # a notice in a file names none
            named = replace(notice, agreement=terms.digest)
        found = check_notice(named, received_at, terms, places_named)
        codes = {each.code for each in found}
        for each in found:
            outcome = Outcome.UNKNOWN if each.code == "lead-unknown" else Outcome.COMPUTED
            if each.code == "late" and statement.says is not Says.UNKNOWN:
                agrees = statement.says is Says.YES
                outcome = Outcome.CONSISTENT if agrees else Outcome.STRAINED
            figures = {
                key: float(value)
                for key, value in each.figures.items()
                if isinstance(value, int | float)
            }
            words = said(
                "N1-found",
                "{name}: {code} (notice rule {rule}): {told}",
                name=name,
                code=each.code,
                rule=each.rule,
                told=each.sentence,
            )
            assumption = ASSUMES if each.rule in {"N1", "N2"} else None
            yield Finding("N1", outcome, "material", words, None, assumption, figures)
        if not codes & {"late", "lead-unknown"}:
            outcome = Outcome.STRAINED if statement.says is Says.YES else Outcome.CONSISTENT
            if statement.says is Says.UNKNOWN:
                outcome = Outcome.COMPUTED
            words = said("N1-in-time", "{name}: it came no later than agreed", name=name)
            yield Finding("N1", outcome, "material", words, None, ASSUMES)
