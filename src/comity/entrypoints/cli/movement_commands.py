# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity movement`: protected journeys, their positions, and what deviates."""

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
from comity.entrypoints.cli.paths import movement_path

movement = group(
    "Protected movements: journeys with routes, times, declared escorts and a contact."
)

MovementArgument = Annotated[str, typer.Argument(help="The movement's id, party/number.")]
FileArgument = Annotated[
    Path, typer.Argument(help="JSON as POST /v1/movements takes it (docs/reference/api.md).")
]


@movement.command("enter")
@ended_properly
def enter(
    context: typer.Context,
    file: FileArgument,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter a movement. Those it names as recipients are told, each as finely as it says.

    Example: `comity movement enter convoy.json`
    """
    from comity.entrypoints.api.site_messages import MovementRecordTold
    from comity.entrypoints.cli import files
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_line, print_told

    content = files.read_file(file, files.TEXT_BYTES_MAX)
    with open_node(composition(context), home, operator) as client:
        told = client.post("/v1/movements", content, MovementRecordTold, exercise=exercise)
    print_told(
        told,
        lambda told: print_line(f"{told.movement} entered, record {told.digest}"),
        as_json=as_json,
    )


@movement.command("list")
@ended_properly
def list_(
    context: typer.Context,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List movements known here, own and notified, and how each travels.

    Example: `comity movement list`
    """
    from comity.entrypoints.api.site_messages import MovementTold
    from comity.entrypoints.cli import sites
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_banner, print_json

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/movements", list[MovementTold], exercise=exercise)
    if as_json:
        print_json(told)
    else:
        print_banner(exercise=exercise)
        sites.print_movements(told)


@movement.command("position")
@ended_properly
def position(
    context: typer.Context,
    movement: MovementArgument,
    lat: Annotated[float, typer.Option(help="Latitude in degrees.")],
    lon: Annotated[float, typer.Option(help="Longitude in degrees.")],
    accuracy_m: Annotated[float, typer.Option(help="95 % of positions are within it.")],
    seen_at: Annotated[str | None, typer.Option(help="RFC 3339; now if left out.")] = None,
    lasts_s: Annotated[
        float, typer.Option(help="It expires so long after; at most an hour.")
    ] = 900.0,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Report where an own movement is. A deviation from its route or times is notified again.

    Example: `comity movement position aurelia.q3mbt5aa/00c0ffee00c0ffee --lat -10 --lon -150 --accuracy-m 20`
    """
    from comity.entrypoints.api.site_messages import MovementTold
    from comity.entrypoints.cli import sites
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_told

    body = {
        "latitude_deg": lat, "longitude_deg": lon, "accuracy_m": accuracy_m, "seen_at": seen_at,
        "lasts_s": lasts_s,
    }  # fmt: skip
    path = f"{movement_path(movement)}/position"
    with open_node(composition(context), home, operator) as client:
        told = client.post(path, body, MovementTold, exercise=exercise)
    print_told(told, lambda told: sites.print_movements([told]), as_json=as_json)


@movement.command("end")
@ended_properly
def end(
    context: typer.Context,
    movement: MovementArgument,
    words: Annotated[str, typer.Option(help="In words: arrived, called off.")],
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that a movement is over; whoever was told of it is told that too.

    Example: `comity movement end aurelia.q3mbt5aa/00c0ffee00c0ffee --words arrived`
    """
    from comity.entrypoints.api.site_messages import MovementRecordTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_line, print_told

    path = f"{movement_path(movement)}/end"
    with open_node(composition(context), home, operator) as client:
        told = client.post(path, {"words": words}, MovementRecordTold, exercise=exercise)
    print_told(
        told,
        lambda told: print_line(f"{told.movement} ended, record {told.digest}"),
        as_json=as_json,
    )
