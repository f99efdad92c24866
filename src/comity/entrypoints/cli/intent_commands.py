# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity intent`: check, declare, change, list, show, and what becomes of flights."""

from pathlib import Path
from typing import Annotated

import typer

from comity.entrypoints.cli.acts import make_record
from comity.entrypoints.cli.frame import (
    HOME_DEFAULT,
    ExerciseOption,
    HomeOption,
    JsonOption,
    LabelOption,
    OperatorOption,
    composition,
    ended_properly,
    group,
)
from comity.entrypoints.cli.paths import intent_path
from comity.kernel.ids import record_digest

intent = group("Planned flights: operational intents.")

PlanArgument = Annotated[
    Path, typer.Argument(help="A plan file: GeoJSON, Corridor, Trajectory or Flights.")
]
IntentArgument = Annotated[str, typer.Argument(help="The intent's id, party/number.")]
DecideByOption = Annotated[
    str | None,
    typer.Option("--decide-by", help="RFC 3339; all the time the terms give if left out."),
]


@intent.command("check")
@ended_properly
def check(
    context: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(help="Plan files; all flights against each other.")
    ],
    agreement: Annotated[
        Path | None, typer.Option(help="Take the minima of this agreement text.")
    ] = None,
    horizontal_m: Annotated[float, typer.Option(help="Horizontal minimum in metres.")] = 9_260.0,
    vertical_m: Annotated[float, typer.Option(help="Vertical minimum in metres.")] = 304.8,
    with_node: Annotated[
        bool, typer.Option("--with-node", help="Against what the node holds and its terms instead.")
    ] = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check flights in files against each other; needs no node. Nothing is sent or held.

    Example: `comity intent check mine.geojson theirs.json --horizontal-m 9260 --vertical-m 304.8`

    Ends with 1 when any pair is in conflict or undetermined: what is not known is never clear.
    """
    from comity.entrypoints.cli import checking, flights
    from comity.entrypoints.cli.exit_codes import RefusedError
    from comity.entrypoints.cli.render import print_told

    if with_node:
        told = checking.check_with_node(composition(context), home, operator, files)
        print_told(told, flights.print_declared, as_json=as_json)
        if any(each.outcome != "possible" for each in told):
            raise RefusedError("not every flight is possible")
        return
    report = checking.check_files(files, agreement, horizontal_m, vertical_m)
    print_told(report, flights.print_report, as_json=as_json)
    if report.conflicts or report.undetermined:
        found = f"{report.conflicts} in conflict, {report.undetermined} undetermined"
        raise RefusedError(f"{found}, of {report.pairs} pairs")


@intent.command("declare")
@ended_properly
def declare(
    context: typer.Context,
    file: PlanArgument,
    decide_by: DecideByOption = None,
    label: LabelOption = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose every flight of a file to the parties concerned. It is accepted only with their signed answers.

    Example: `comity intent declare today.geojson`

    Ends with 1 when a flight was not proposed. Proposed does not mean accepted: see `intent show`.
    """
    from comity.entrypoints.api.messages import DeclaredTold
    from comity.entrypoints.cli import files, flights
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.exit_codes import RefusedError
    from comity.entrypoints.cli.render import print_banner, print_json

    plan = files.read_file(file, files.PLAN_BYTES_MAX)
    with open_node(composition(context), home, operator, running_only=True) as client:
        told = client.post(
            "/v1/intents/batch",
            plan,
            list[DeclaredTold],
            decide_by=decide_by,
            label=label,
            exercise=exercise,
        )
    if as_json:
        print_json(told)
    else:
        print_banner(exercise=exercise)
        flights.print_declared(told)
    if any(each.outcome != "proposed" for each in told):
        raise RefusedError("not every flight was proposed")


@intent.command("change")
@ended_properly
def change(
    context: typer.Context,
    intent: IntentArgument,
    file: PlanArgument,
    decide_by: DecideByOption = None,
    label: LabelOption = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose a change. The version accepted before stands until the new one is accepted.

    Example: `comity intent change aurelia.q3mbt5aa/00c0ffee00c0ffee later.geojson`
    """
    from comity.entrypoints.api.messages import DeclaredTold
    from comity.entrypoints.cli import files, flights
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.exit_codes import RefusedError
    from comity.entrypoints.cli.render import print_banner, print_json

    plan = files.read_file(file, files.PLAN_BYTES_MAX)
    path = f"{intent_path(intent)}/change"
    with open_node(composition(context), home, operator, running_only=True) as client:
        told = client.post(
            path, plan, DeclaredTold, decide_by=decide_by, label=label, exercise=exercise
        )
    if as_json:
        print_json(told)
    else:
        print_banner(exercise=exercise)
        flights.print_declared([told])
    if told.outcome != "proposed":
        raise RefusedError("the change was not proposed")


@intent.command("list")
@ended_properly
def list_(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help="Only in this state.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only of this party.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 100,
    offset: Annotated[int, typer.Option(help="Leave out the first so many.")] = 0,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List flights known here, own and others', with the one word that a person acts on.

    Example: `comity intent list --state accepted`
    """
    from comity.entrypoints.api.messages import IntentsTold
    from comity.entrypoints.cli import flights
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_banner, print_json

    with open_node(composition(context), home, operator) as client:
        told = client.get(
            "/v1/intents",
            IntentsTold,
            state=state,
            owner=owner,
            limit=limit,
            offset=offset,
            exercise=exercise,
        )
    if as_json:
        print_json(told)
    else:
        print_banner(exercise=exercise)
        flights.print_intents(told)


@intent.command("show")
@ended_properly
def show(
    context: typer.Context,
    intent: IntentArgument,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one flight: its state, each party's answer, and why it may not be shown as deconflicted.

    Example: `comity intent show aurelia.q3mbt5aa/00c0ffee00c0ffee`
    """
    from comity.entrypoints.api.messages import IntentTold
    from comity.entrypoints.cli import flights
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_banner, print_json

    path = intent_path(intent)
    with open_node(composition(context), home, operator) as client:
        told = client.get(path, IntentTold, exercise=exercise)
    if as_json:
        print_json(told)
    else:
        print_banner(exercise=exercise)
        flights.print_intent(told)


@intent.command("withdraw")
@ended_properly
def withdraw(
    context: typer.Context,
    intent: IntentArgument,
    change_only: Annotated[
        bool, typer.Option("--change-only", help="Only the change that is under way.")
    ] = False,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a flight back, or only the change to it that is under way.

    Example: `comity intent withdraw aurelia.q3mbt5aa/00c0ffee00c0ffee`
    """
    path = f"{intent_path(intent)}/withdraw"
    make_record(
        context, home, operator, path, {"change_only": change_only},
        running_only=True, exercise=exercise, as_json=as_json,
    )  # fmt: skip


@intent.command("activate")
@ended_properly
def activate(
    context: typer.Context,
    intent: IntentArgument,
    state: Annotated[
        str, typer.Option(help="activated, or nonconforming or contingent if it goes wrong.")
    ] = "activated",
    off_nominal: Annotated[
        Path | None, typer.Option(help="A plan file of where it may be outside its volumes.")
    ] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that an accepted flight is flying, or has left its volumes.

    Example: `comity intent activate aurelia.q3mbt5aa/00c0ffee00c0ffee`
    """
    from comity.entrypoints.cli import files

    volumes = None if off_nominal is None else files.read_text(off_nominal, files.PLAN_BYTES_MAX)
    path = f"{intent_path(intent)}/state"
    body: dict[str, object] = {"state": state, "off_nominal": volumes}
    make_record(
        context, home, operator, path, body,
        running_only=True, exercise=exercise, as_json=as_json,
    )  # fmt: skip


@intent.command("end")
@ended_properly
def end(
    context: typer.Context,
    intent: Annotated[str, typer.Argument(help="The intent's id, or an announcement's digest.")],
    remark: Annotated[str, typer.Option(help="Words with the end of an announcement.")] = "",
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that a flight is over; its volumes are free again. With a digest: an announced emergency is over.

    Example: `comity intent end aurelia.q3mbt5aa/00c0ffee00c0ffee`
    """
    if "/" in intent:
        path = f"{intent_path(intent)}/state"
        body: dict[str, object] = {"state": "ended"}
    else:
        path = f"/v1/intents/announcements/{record_digest(intent)}/end"
        body = {"remark": remark}
    make_record(
        context, home, operator, path, body,
        running_only=True, exercise=exercise, as_json=as_json,
    )  # fmt: skip


@intent.command("announce")
@ended_properly
def announce(
    context: typer.Context,
    file: PlanArgument,
    remark: Annotated[str, typer.Option(help="What everybody should know.")] = "",
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an emergency flight known to every party, asking nobody. It is never shown as deconflicted.

    Example: `comity intent announce medevac.json --remark "one casualty"`
    """
    from comity.entrypoints.api.messages import AnnouncedTold
    from comity.entrypoints.cli import files
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_banner, print_json, print_line

    plan = files.read_file(file, files.PLAN_BYTES_MAX)
    with open_node(composition(context), home, operator, running_only=True) as client:
        told = client.post(
            "/v1/intents/announce", plan, AnnouncedTold, remark=remark, exercise=exercise
        )
    if as_json:
        print_json(told)
    else:
        print_banner(exercise=exercise)
        print_line(f"announced {told.intent} (end it with {told.record.digest}); NOT deconflicted")


@intent.command("answer")
@ended_properly
def answer(
    context: typer.Context,
    proposal: Annotated[str, typer.Argument(help="Digest of the proposal that awaits a person.")],
    assent: Annotated[bool, typer.Option("--assent/--refuse", help="The answer.")],
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a proposal, where the agreement asks for a person's assent.

    Example: `comity intent answer 5e1f… --assent`

    Ends with 1 when you assented and the check did not allow it: a refusal went out.
    """
    from comity.entrypoints.api.messages import AnsweredTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.exit_codes import RefusedError
    from comity.entrypoints.cli.render import print_banner, print_json, print_line

    word = "assent" if assent else "refuse"
    path = f"/v1/intents/proposals/{proposal}/answer"
    with open_node(composition(context), home, operator, running_only=True) as client:
        told = client.post(path, {"answer": word}, AnsweredTold, exercise=exercise)
    if as_json:
        print_json(told)
    else:
        print_banner(exercise=exercise)
        print_line(f"{told.given}: {', '.join(each.digest[:12] for each in told.records)}")
    if told.given != word:
        raise RefusedError("a refusal went out: the check does not allow an assent")
