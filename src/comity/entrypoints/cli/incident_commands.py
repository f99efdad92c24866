# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity incident`: what is claimed to have happened, and what the claims can bear."""

from pathlib import Path
from typing import Annotated

import typer

from comity.entrypoints.cli.frame import (
    HOME_DEFAULT,
    ExerciseOption,
    HomeOption,
    JsonOption,
    OperatorOption,
    composition,
    ended_properly,
    group,
)

incident = group("Incidents: records of what happened, claims side by side, grades.")

FilesArgument = Annotated[
    list[str],
    typer.Argument(help="Claim files, TOML or JSON (docs/spec/claim.md); or one incident's id."),
]


@incident.callback()
def about() -> None:
    """Incidents: what each side says happened, and what this party keeps of it."""


MaterialOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--material",
        exists=True,
        dir_okay=False,
        help="A file that a claim names by its SHA-256; recordings of tracks and notices are read. May be given again.",
    ),
]
DataSetOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--data-set",
        exists=True,
        dir_okay=False,
        help="Other border lines: GeoJSON of countries, instead of the packaged set. May be given again.",
    ),
]
AgreementOption = Annotated[
    Path | None,
    typer.Option(
        exists=True, dir_okay=False, help="The agreement in force then, for leads of notices."
    ),
]


@incident.command("assess")
@ended_properly
def assess(
    context: typer.Context,
    stated: FilesArgument,
    material: MaterialOption = None,
    data_set: DataSetOption = None,
    agreement: AgreementOption = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Assess claims of one incident: arithmetic, borders, rivals, grades. Nothing is signed or sent.

    Example: `comity incident assess docs/cases/2015-11-24/turkey.toml docs/cases/2015-11-24/russia.toml`

    With files no node is needed. With an incident's id its claims that stand, its files and the agreement in force
    then are asked of the node. Every figure is computed from what is stated, under both readings where a mile may be
    statute or nautical. Rival accounts are never merged, and a grade is no legal finding. Exits 0 whatever the grades.
    """
    from comity.entrypoints.api.assessment_telling import assessment_fields
    from comity.entrypoints.cli.assessing import assess_at_hand
    from comity.entrypoints.cli.assessment_report import assessment_lines
    from comity.entrypoints.cli.claims_at_hand import (
        claims_of_files,
        claims_of_papers,
        material_of_files,
        material_of_papers,
        papers_of,
    )
    from comity.entrypoints.cli.files import TEXT_BYTES_MAX, read_text
    from comity.entrypoints.cli.render import print_json, print_line

    made = composition(context)
    papers = papers_of(made, home, operator, stated, exercise=exercise)
    text = None if agreement is None else read_text(agreement, TEXT_BYTES_MAX)
    if papers is None:
        claims = claims_of_files([Path(each) for each in stated])
        hand = material_of_files(made, claims, material or [])
    else:
        claims = claims_of_papers(papers)
        hand = material_of_files(made, claims, material or [])
        material_of_papers(made, hand, claims, papers)
        text = text or papers.agreement
    assessed, _ = assess_at_hand(made, claims, hand, data_set or [], text)
    if as_json:
        print_json(assessment_fields(assessed) | {"material_at_hand": hand.told})
        return
    for each in hand.told:
        print_line(f"AT HAND {each['file']}: {each['words']}")
    for line in assessment_lines(assessed):
        print_line(line)
