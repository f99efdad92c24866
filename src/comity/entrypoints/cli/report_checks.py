"""The last parts of a report on an incident: what is not known, how to verify it, sources and terms."""

from collections.abc import Iterator

from comity.adapters.report_pages import (
    Heading,
    Items,
    Paragraph,
    Part,
    ReportWords,
    Table,
    Words,
)
from comity.domain.incidents import Assessment, Outcome
from comity.entrypoints.cli.report_inputs import BundleShown, ReportInputs
from comity.kernel.sentences import Listed, Sentence, Term, said

MEANINGS = (
    (
        ("contested",),
        said("meaning-contested", "the accounts, or a finding, stand against it"),
    ),
    (
        ("confirmed", "fair"),
        said(
            "meaning-confirmed",
            "material at hand, of independent origins, bears it: the page names the table",
        ),
    ),
    (("weak",), said("meaning-weak", "said, and nothing at hand bears it")),
    (
        ("discounted",),
        said("meaning-discounted", "its own figures contradict each other whatever the reading"),
    ),
    (
        ("strained",),
        said(
            "meaning-strained",
            "cannot be so under an assumption that is named, or under one of two readings",
        ),
    ),
    (
        ("statute", "nautical"),
        said("meaning-mile", "a bare «mile» is computed as both: 1,609.344 m and 1,852 m"),
    ),
    (
        ("unknown",),
        said("meaning-unknown", "not stated, or no source gives it; it is never taken as kept"),
    ),
)


def unknown_parts(inputs: ReportInputs, words: ReportWords) -> Iterator[Part]:
    """What is not known, each where it was found."""
    yield Heading(1, words["unknown"])
    found: list[Words] = []
    for each in inputs.assessed.statements:
        claimant = inputs.assessed.claims[each.side.claim].claimant
        form = "{claimant}, «{statement}», rule {rule}: {told}"
        found += [
            words.told(
                said(
                    "report-unknown-finding", form, claimant=claimant,
                    statement=each.statement.statement, rule=finding.rule, told=finding.sentence,
                )
            )
            for finding in each.findings
            if finding.outcome is Outcome.UNKNOWN
        ]  # fmt: skip
    for claim in inputs.assessed.claims:
        form = "{claimant}: «{material}» was named and not handed over"
        found += [
            words.told(
                said(
                    "report-not-handed", form, claimant=claim.claimant, material=offered.description
                )
            )
            for offered in claim.material.values()
            if offered.sha256 is None
        ]
        form = "{claimant}, «{statement}»: no time is stated"
        found += [
            words.told(
                said("report-no-time", form, claimant=claim.claimant, statement=statement.statement)
            )
            for statement in claim.statements
            if statement.starts is None and statement.ends is None
        ]
    for known in inputs.knowledge:
        found += [
            words.told(
                said(
                    "report-unknown-known",
                    "{party}: {act}: {told}",
                    party=str(each.party),
                    act=Term(str(each.act)),
                    told=each.told,
                )
            )
            for each in known.unknown()
        ]
    yield (
        Items(tuple(dict.fromkeys(found)), foreign=False)
        if found
        else Paragraph(words["nothing_here"], foreign=False)
    )


def verify_parts(inputs: ReportInputs, words: ReportWords) -> Iterator[Part]:
    """How to verify the report, and the bundle that it refers to."""
    yield Heading(1, words["verify"])
    how = said(
        "report-check",
        "Every figure here is computed from the files below by published rules (docs/spec/claim.md of Comity). "
        "Whoever has the same files gets the same report, byte for byte. Compare the digests first.",
    )
    yield Paragraph(words.told(how), foreign=False)
    yield Table(
        words["file"],
        (words["file"], words["what"], words["sha256"]),
        tuple((each.name, words.told(each.what), each.sha256) for each in inputs.files),
        (3, 3, 5),
        frozenset({1}),
        mono_columns=frozenset({2}),
    )
    if inputs.command:
        command = words.text(said("report-command", "Command"))
        rows = ((words["verify"][3:], inputs.command),)
        heads = (words["what"], command)
        yield Table(command, heads, rows, (2, 7), frozenset({0}), frozenset({1}))
    if inputs.bundle is not None:
        told = tuple(words.told(each) for each in _bundle_sentences(inputs.bundle))
        yield Items(told, foreign=False)
        return
    none = said(
        "report-no-bundle",
        "No evidence bundle was given. Records with their proofs can be handed over as one "
        "(comity evidence bundle), which anyone verifies offline with one file and trusting neither side.",
    )
    yield Paragraph(words.told(none), foreign=False)


def _bundle_sentences(bundle: BundleShown) -> Iterator[Sentence]:
    """Which bundle, what was found in it, how to check it again, and what it does not show."""
    yield said(
        "report-bundle",
        "The evidence bundle {file} was verified when this report was made: its SHA-256 is {sha256}, its"
        " title «{title}», made by {maker} at {made}.",
        file=bundle.file,
        sha256=bundle.sha256,
        title=bundle.title,
        maker=bundle.maker,
        made=bundle.made_at,
    )
    yield said(
        "report-bundle-holds",
        "Records shown: {shown}, withheld: {withheld}; files of material: {material}.",
        shown=str(bundle.shown),
        withheld=str(bundle.withheld),
        material=str(bundle.material),
    )
    form = "Compare the fingerprints of the parties' root keys with those that you know: {roots}."
    yield said("report-bundle-roots", form, roots=Listed(bundle.roots))
    if bundle.stamped:
        yield said(
            "report-bundle-stamp",
            "A time-stamp (RFC 3161) is in it, not checked here: comity evidence verify {file}"
            " --time-stamp-root ROOT.pem.",
            file=bundle.file,
        )
    yield said(
        "report-bundle-how",
        "Verify it yourself: compare the file's SHA-256, then {command}; or the single-file verifier, or the"
        " page for a browser (comity evidence verifier), which need neither a node nor a network.",
        command=f"comity evidence verify {bundle.file}",
    )
    for each in bundle.not_shown:
        yield said("report-bundle-not", "The bundle does not show: {told}", told=each)


def source_parts(assessed: Assessment, words: ReportWords) -> Iterator[Part]:
    """The claims' sources, and the terms of the rules."""
    yield Heading(1, words["sources"])
    form = "{reference}. Origin: {origin}."
    yield Table(
        words["source"],
        (words["source"], words["claimant"], words["explained"]),
        tuple(
            (
                f"{source.source} ({words.term(str(source.kind))})",
                claim.claimant,
                words.told(
                    said("report-origin", form, reference=source.reference, origin=source.origin)
                ),
            )
            for claim in assessed.claims
            for source in claim.sources.values()
        ),
        (2, 2, 6),
        frozenset({2}),
    )
    rows = tuple(
        (words.told(Listed(tuple(map(Term, names)), ", ")), words.told(meaning))
        for names, meaning in MEANINGS
    )
    yield Table(words["term"], (words["term"], words["meaning"]), rows, (2, 7), frozenset({0, 1}))
