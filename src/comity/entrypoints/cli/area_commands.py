# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity area`: which files of areas the running node watches."""

from pathlib import Path
from typing import Annotated

import typer

from comity.entrypoints.cli.frame import (
    HOME_DEFAULT,
    HomeOption,
    JsonOption,
    OperatorOption,
    composition,
    ended_properly,
    group,
)

area = group("Areas that the node watches: add a file, list, remove.")

NameArgument = Annotated[str, typer.Argument(help="Its name at this node: a-z, 0-9 and hyphen.")]


@area.command("add")
@ended_properly
def add(
    context: typer.Context,
    name: NameArgument,
    file: Annotated[
        Path | None,
        typer.Argument(help="GeoJSON or OpenAir, on the node's machine.", exists=False),
    ] = None,
    borders: Annotated[
        bool, typer.Option("--borders", help="The packaged borders, in place of a file.")
    ] = False,
    kind: Annotated[
        str | None, typer.Option(help="What areas of GeoJSON are that do not say so themselves.")
    ] = None,
    guard: Annotated[
        list[str] | None,
        typer.Option(
            "--guard",
            metavar="NAME",
            help="A country or FIR whose border is watched as a prohibited area.",
        ),
    ] = None,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Watch the areas of one more file, from now on and after every restart. On record, with its digest.

    Example: `comity area add ranges ranges.geojson --kind danger`

    The file stays where it is: if it is changed or gone, its areas are not watched and the net says so.
    """
    from comity.entrypoints.api.air_messages import AddAreas, AreasListed
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_line, print_told

    asked = AddAreas(
        areas=name,
        path=None if file is None else str(file.absolute()),
        packaged_borders=borders,
        kind=kind,
        guarded=guard or [],
    )
    with open_node(composition(context), home, operator) as client:
        told = client.post("/v1/areas", asked, AreasListed)
    print_told(
        told,
        lambda told: print_line(
            f"{told.areas}: {told.count} areas of {told.name}, digest {told.digest[:16]}"
        ),
        as_json=as_json,
    )


@area.command("list")
@ended_properly
def list_areas(
    context: typer.Context,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the files of areas in use. Hazard notices and protected sites are watched beside them.

    Example: `comity area list`
    """
    from comity.entrypoints.api.air_messages import AreasListed
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_json, print_line, print_table

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/areas", list[AreasListed])
    if as_json:
        print_json(told)
        return
    if not told:
        print_line("no file of areas is in use: comity area add")
        return
    rows = [
        (each.areas, each.path or "packaged borders", each.digest[:16], each.kind or "",
         ", ".join(each.guarded))
        for each in told
    ]  # fmt: skip
    print_table(("areas", "from", "digest", "kind", "guarded"), rows)


@area.command("remove")
@ended_properly
def remove(
    context: typer.Context,
    name: NameArgument,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Watch the areas of a file no more. On record.

    Example: `comity area remove ranges`
    """
    from comity.entrypoints.api.air_messages import AreasListed
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_line, print_told

    with open_node(composition(context), home, operator) as client:
        told: list[AreasListed] = client.post(f"/v1/areas/{name}/remove", b"", list[AreasListed])
    print_told(
        told,
        lambda told: print_line(
            f"{name} is removed; left: {', '.join(each.areas for each in told) or 'none'}"
        ),
        as_json=as_json,
    )
