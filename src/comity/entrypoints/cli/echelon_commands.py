# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity echelon`: which echelons have what was told for protection; say that one has it."""

from typing import Annotated

import typer

from comity.entrypoints.cli.acts import make_record
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

echelon = group("Echelons: who of each party, down to who flies, has what was told for protection.")


@echelon.command("list")
@ended_properly
def list_(
    context: typer.Context,
    silent: Annotated[
        bool, typer.Option("--silent", help="Only what some echelon has not acknowledged.")
    ] = False,
    party: Annotated[str | None, typer.Option(help="Only what was told to this party.")] = None,
    record: Annotated[str | None, typer.Option(help="Only what this record told.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 100,
    offset: Annotated[int, typer.Option(help="Leave out the first so many.")] = 0,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List notices, protected sites and movements told to and by this party, and which echelons have them.

    Example: `comity echelon list --silent`

    What is not acknowledged is UNKNOWN, and past its time OVERDUE. Ends with 1 where an echelon is overdue.
    """
    from comity.entrypoints.api.hazard_messages import EchelonsTold
    from comity.entrypoints.cli import hazards
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.exit_codes import RefusedError
    from comity.entrypoints.cli.render import print_banner, print_json

    with open_node(composition(context), home, operator) as client:
        told = client.get(
            "/v1/echelons",
            EchelonsTold,
            silent=silent,
            party=party,
            record=record,
            offset=offset,
            limit=limit,
            exercise=exercise,
        )
    if as_json:
        print_json(told)
    else:
        print_banner(exercise=exercise)
        hazards.print_echelons(told)
    overdue = sum(one.state == "overdue" for each in told.told for one in each.echelons)
    if overdue:
        raise RefusedError(f"{overdue} echelons overdue")


@echelon.command("ack")
@ended_properly
def ack(
    context: typer.Context,
    record: Annotated[str, typer.Argument(help="Digest of the record that told it.")],
    level: Annotated[str, typer.Option(help="headquarters, unit, or operator: who flies.")],
    name: Annotated[str, typer.Option(help="The echelon, as the agreement names it.")],
    holder: Annotated[str, typer.Option(help="Who there has it.")],
    had_at: Annotated[
        str | None, typer.Option("--at", help="Since when, RFC 3339; now if left out.")
    ] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that an echelon of this party has a notice, site or movement. It is no agreement to it.

    Example: `comity echelon ack DIGEST --level operator --name "crews on the ramp" --holder "pilot of the first"`
    """
    from comity.kernel.ids import record_digest

    path = f"/v1/echelons/{record_digest(record)}/receive"
    body: dict[str, object] = {"level": level, "name": name, "holder": holder, "had_at": had_at}
    make_record(
        context, home, operator, path, body,
        running_only=True, exercise=exercise, as_json=as_json,
    )  # fmt: skip
