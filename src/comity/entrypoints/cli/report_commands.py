# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity report`: a report that a person reads, as a printed document or a page."""

from pathlib import Path
from typing import Annotated

import typer

from comity.entrypoints.cli.frame import (
    HOME_DEFAULT,
    HomeOption,
    JsonOption,
    composition,
    ended_properly,
    group,
)
from comity.entrypoints.cli.incident_commands import (
    AgreementOption,
    DataSetOption,
    MaterialOption,
)

report = group(
    "Reports for people: accounts side by side, arithmetic, maps, what is unknown, how to verify."
)


@report.callback()
def about() -> None:
    """Reports for people."""


@report.command("incident")
@ended_properly
def incident(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            exists=True, dir_okay=False, help="Claim files, TOML or JSON (docs/spec/claim.md)."
        ),
    ],
    output: Annotated[
        list[Path],
        typer.Option("--output", "-o", help="File to write, .pdf or .html; may be given again."),
    ],
    language: Annotated[
        str, typer.Option(help="Of headings, set words and findings: en, ru, ar or tr.")
    ] = "en",
    title: Annotated[
        str | None, typer.Option(help="Of the incident; as the first claim has it if left out.")
    ] = None,
    dated: Annotated[
        str, typer.Option(help="The date to print, as you state it; none if left out.")
    ] = "",
    material: MaterialOption = None,
    data_set: DataSetOption = None,
    agreement: AgreementOption = None,
    bundle: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="An evidence bundle to verify and refer to."
        ),
    ] = None,
    knew: Annotated[
        list[str] | None,
        typer.Option(
            help="A digest or an id: add who knew of it, and when, by this home. May be given again."
        ),
    ] = None,
    record: Annotated[
        list[str] | None,
        typer.Option(
            help="Digest, or its beginning, of a record of this home that belongs to it. May be given again."
        ),
    ] = None,
    home: HomeOption = HOME_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Write the report on an incident: summary, accounts side by side, findings, maps, timeline, unknowns, sources.

    Example: `comity report incident docs/cases/2015-11-24/turkey.toml docs/cases/2015-11-24/russia.toml -o report.pdf`

    The same files, options and fonts give the same bytes. PDF needs the extra `report` (typst); HTML needs nothing.
    No clock is asked: a date is printed only where one is stated.
    """
    from comity.entrypoints.cli.render import print_json, print_line
    from comity.entrypoints.cli.reporting import ReportWish, write_reports

    wish = ReportWish(
        files, output, language, title, dated, material or [], data_set or [], agreement, bundle,
        knew or [], home, record or [],
    )  # fmt: skip
    written = write_reports(composition(context), wish)
    if as_json:
        print_json(written)
        return
    for each in written:
        print_line(f"{each['file']}: {each['size_bytes']} bytes, SHA-256 {each['sha256']}")
        for font in each["fonts"]:
            print_line(f"  set in {font}")
        for remark in each["remarks"]:
            print_line(f"  NOTE {remark}")
