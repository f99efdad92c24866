# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity alert`: what the safety nets warn of, and who has seen it."""

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

alert = group("Alerts of the safety nets: look, and say that you have seen one.")

AlertArgument = Annotated[
    str, typer.Argument(help="Its id, or six characters and more that only one begins with.")
]


@alert.command("list")
@ended_properly
def list_alerts(
    context: typer.Context,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List open alerts, worst first. No alert is no clear sky: the nets say how far they see.

    Example: `comity alert list`
    """
    from comity.entrypoints.api.air_messages import AirTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.air_words import alert_row, net_line
    from comity.entrypoints.cli.render import print_json, print_line, print_table

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/air", AirTold)
    if as_json:
        print_json(told.alerts)
        return
    if told.alerts:
        columns = ("alert", "severity", "net", "what", "since", "seen by")
        print_table(columns, [alert_row(each) for each in told.alerts])
    else:
        print_line("no alert is open")
    for net in told.nets:
        if net.health != "working":
            print_line(net_line(net))


@alert.command("show")
@ended_properly
def show(
    context: typer.Context,
    name: AlertArgument,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one alert and the data it stands on; open, or among the thousand cleared last.

    Example: `comity alert show 5e1f0c`
    """
    from comity.entrypoints.api.air_messages import AlertTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.air_words import alert_text
    from comity.entrypoints.cli.render import print_json, print_line

    with open_node(composition(context), home, operator) as client:
        told = client.get(f"/v1/alerts/{name}", AlertTold)
    if as_json:
        print_json(told)
        return
    print_line(f"{told.alert}  {told.severity} {told.phase}, revision {told.revision}")
    print_line(alert_text(told))
    for subject in told.subjects:
        print_line(f"  about {subject}")
    print_line(f"  raised {told.raised_at}")
    if told.acknowledged_by is not None:
        print_line(f"  acknowledged by {told.acknowledged_by} at {told.acknowledged_at}")
    if told.cleared_at is not None:
        print_line(f"  cleared {told.cleared_at}")
    if not told.determined:
        print_line("  the data do not decide it")
    for key, value in told.basis.items():
        print_line(f"  {key} {'unknown' if value is None else value}")


@alert.command("acknowledge")
@ended_properly
def acknowledge(
    context: typer.Context,
    name: AlertArgument,
    revision: Annotated[
        int | None,
        typer.Option(help="The revision you saw; refused where it has become worse since."),
    ] = None,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say, on record, that you have seen an alert. It stays open until it is over.

    Example: `comity alert acknowledge 5e1f0c --operator ada`

    An alert that becomes worse is raised again, unacknowledged.
    """
    from comity.entrypoints.api.air_messages import AcknowledgeAlert, AlertTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.air_words import alert_text
    from comity.entrypoints.cli.render import print_json, print_line

    with open_node(composition(context), home, operator) as client:
        told = client.post(
            f"/v1/alerts/{name}/acknowledge", AcknowledgeAlert(revision=revision), AlertTold
        )
    if as_json:
        print_json(told)
    else:
        print_line(f"acknowledged by {told.acknowledged_by} at {told.acknowledged_at}")
        print_line(alert_text(told))
