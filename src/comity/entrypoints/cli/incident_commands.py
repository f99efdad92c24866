# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity incident`: what is claimed to have happened, and what the claims can bear."""

from pathlib import Path
from typing import Annotated

import typer

from comity.entrypoints.cli.frame import JsonOption, ended_properly, group

incident = group("Incidents: claims of what happened, side by side.")

FilesArgument = Annotated[
    list[Path], typer.Argument(help="Claim files, TOML or JSON; see docs/spec/claim.md.")
]


@incident.callback()
def about() -> None:
    """Incidents: claims of what happened, side by side."""


@incident.command("assess")
@ended_properly
def assess(files: FilesArgument, as_json: JsonOption = False) -> None:
    """Assess claims of one incident: arithmetic, rivals, grades. Needs no node; nothing is sent.

    Example: `comity incident assess docs/cases/2015-11-24/turkey.toml docs/cases/2015-11-24/russia.toml`

    Every figure is computed from what is stated, under both readings where a mile may be statute or nautical. Rival
    accounts are never merged, and a grade is no legal finding. Exits 0 whatever the grades.
    """
    from comity.adapters.claim_files import CLAIM_BYTES_MAX, offset_s, tree_of
    from comity.domain.incidents import assess as assess_claims
    from comity.domain.incidents import claim_of
    from comity.entrypoints.cli.assessment_report import assessment_fields, assessment_lines
    from comity.entrypoints.cli.files import read_file
    from comity.entrypoints.cli.render import print_json, print_line
    from comity.kernel.errors import InputError

    claims = []
    for file in files:
        tree = tree_of(read_file(file, CLAIM_BYTES_MAX), file.name)
        try:
            claims.append(claim_of(tree, offset_s))
        except InputError as error:
            raise InputError(f"{file.name}: {error.field}", error.why) from error
    assessed = assess_claims(claims)
    if as_json:
        print_json(assessment_fields(assessed))
        return
    for line in assessment_lines(assessed):
        print_line(line)
