# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity observation`: draft, add, list, show, preview, approve, release, withdraw, support, verify, export."""

from pathlib import Path
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
from comity.entrypoints.cli.paths import observation_path

observation = group("Observations: hazards and damage, told by policy, counted by origin.")

ObservationArgument = Annotated[str, typer.Argument(help="Its id, party/number.")]
ToOption = Annotated[list[str] | None, typer.Option("--to", help="A party; repeatable.")]
ReasonOption = Annotated[str, typer.Option(help="In words.")]


@observation.command("draft")
@ended_properly
def draft(
    kind: Annotated[str, typer.Argument(help="hazard-to-flight, airspace-event, site-damage, …")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Print an observation to fill in. Needs no node.

    Example: `comity observation draft hazard-to-flight -o seen.json`
    """
    from comity.entrypoints.cli import observations
    from comity.entrypoints.cli.files import write_file
    from comity.entrypoints.cli.render import print_json, print_line

    content = observations.drafted(kind)
    if output is not None:
        write_file(output, content)
    if as_json and output is not None:
        print_json({"file": str(output)})
    else:
        print_line(content.decode().rstrip() if output is None else str(output))


@observation.command("add")
@ended_properly
def add(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="An observation, JSON; see `observation draft`.")],
    revises: Annotated[str | None, typer.Option(help="Id of the one that this revises.")] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter an observation, or revise one. It goes to nobody; a position is kept as its cell alone.

    Example: `comity observation add seen.json`
    """
    from comity.entrypoints.api.observation_messages import EnterObservation, ObservationTold
    from comity.entrypoints.api.observation_reading import (
        OBSERVATION_BYTES_MAX,
        observation_of_file,
    )
    from comity.entrypoints.cli import observations
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.files import read_file
    from comity.entrypoints.cli.render import print_told

    written = observation_of_file(read_file(file, OBSERVATION_BYTES_MAX), str(file))
    asked = EnterObservation(observation=written, revises=revises)
    with open_node(composition(context), home, operator, running_only=True) as client:
        told = client.post("/v1/observations", asked, ObservationTold, exercise=exercise)
    print_told(told, observations.print_observation, as_json=as_json)


@observation.command("list")
@ended_properly
def list_(
    context: typer.Context,
    state: Annotated[
        str | None, typer.Option(help="unverified, verified, replaced or withdrawn.")
    ] = None,
    author: Annotated[str | None, typer.Option(help="Only of this party.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only of this kind.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 100,
    offset: Annotated[int, typer.Option(help="Leave out the first so many.")] = 0,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List observations known here, own and others', by when they came, newest first.

    Example: `comity observation list --kind hazard-to-flight`
    """
    from comity.entrypoints.api.observation_messages import ObservationsTold
    from comity.entrypoints.cli import observations
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_banner, print_json

    with open_node(composition(context), home, operator) as client:
        told = client.get(
            "/v1/observations",
            ObservationsTold,
            state=state,
            author=author,
            of_kind=kind,
            offset=offset,
            limit=limit,
            exercise=exercise,
        )
    if as_json:
        print_json(told)
    else:
        print_banner(exercise=exercise)
        observations.print_observations(told)


@observation.command("show")
@ended_properly
def show(
    context: typer.Context,
    named: ObservationArgument,
    record: Annotated[str | None, typer.Option(help="Digest of another record of it.")] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show an observation: its grade, origins and provenance, who was told, what rests on it.

    Example: `comity observation show aurelia.q3mbt5aa/00c0ffee00c0ffee`
    """
    from comity.entrypoints.api.observation_messages import ObservationTold
    from comity.entrypoints.cli import observations
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_told

    path = observation_path(named)
    with open_node(composition(context), home, operator) as client:
        told = client.get(path, ObservationTold, record=record, exercise=exercise)
    print_told(told, observations.print_observation, as_json=as_json)


@observation.command("preview")
@ended_properly
def preview(
    context: typer.Context,
    named: ObservationArgument,
    to: ToOption = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the exact bytes that each party would get, every peer if none is named. Nothing goes out.

    Example: `comity observation preview aurelia.q3mbt5aa/00c0ffee00c0ffee`
    """
    from comity.entrypoints.api.observation_messages import FormTold, ReleaseTo
    from comity.entrypoints.cli import observations
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_told

    path = f"{observation_path(named)}/preview"
    with open_node(composition(context), home, operator) as client:
        told = client.post(path, ReleaseTo(to=to or []), list[FormTold], exercise=exercise)
    print_told(told, observations.print_forms, as_json=as_json)


@observation.command("approve")
@ended_properly
def approve(
    context: typer.Context,
    named: ObservationArgument,
    to: Annotated[str, typer.Option("--to", help="The party.")],
    form: Annotated[str, typer.Option(help="Digest of the form in the preview.")],
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Approve, as a second person, the form that somebody else will release.

    Example: `comity observation approve aurelia.q3mbt5aa/00c0ffee00c0ffee --to borealis.q3mbt5aa --form 9f1c…`
    """
    path = f"{observation_path(named)}/approve"
    body: dict[str, object] = {"to": to, "form": form}
    make_record(
        context, home, operator, path, body,
        running_only=True, exercise=exercise, as_json=as_json,
    )  # fmt: skip


@observation.command("release")
@ended_properly
def release(
    context: typer.Context,
    named: ObservationArgument,
    to: ToOption = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell the parties named, each in its own form: all of them, or none where one is denied.

    Example: `comity observation release aurelia.q3mbt5aa/00c0ffee00c0ffee --to borealis.q3mbt5aa`
    """
    from comity.entrypoints.api.observation_messages import ReleasedTold, ReleaseTo
    from comity.entrypoints.cli import observations
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_told

    path = f"{observation_path(named)}/release"
    with open_node(composition(context), home, operator, running_only=True) as client:
        told = client.post(path, ReleaseTo(to=to or []), list[ReleasedTold], exercise=exercise)
    print_told(told, observations.print_released, as_json=as_json)


@observation.command("withdraw")
@ended_properly
def withdraw(
    context: typer.Context,
    named: ObservationArgument,
    reason: ReasonOption = "",
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take an own observation back; each who was told hears so, of its own report alone.

    Example: `comity observation withdraw aurelia.q3mbt5aa/00c0ffee00c0ffee --reason "a faulty receiver"`
    """
    from comity.entrypoints.api.observation_messages import ReleasedTold, TakeBack
    from comity.entrypoints.cli import observations
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_told

    path = f"{observation_path(named)}/withdraw"
    with open_node(composition(context), home, operator, running_only=True) as client:
        told = client.post(path, TakeBack(reason=reason), list[ReleasedTold], exercise=exercise)
    print_told(told, observations.print_released, as_json=as_json)


@observation.command("support")
@ended_properly
def support(
    context: typer.Context,
    named: ObservationArgument,
    beside: Annotated[
        list[str] | None,
        typer.Option(
            help="Digest of another record; repeatable; those that may match if left out."
        ),
    ] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count the origins that bear an observation, not the channels it came by.

    Example: `comity observation support aurelia.q3mbt5aa/00c0ffee00c0ffee`
    """
    from comity.entrypoints.api.observation_messages import SupportTold
    from comity.entrypoints.cli import observations
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_told

    path = f"{observation_path(named)}/support"
    with open_node(composition(context), home, operator) as client:
        told = client.get(path, SupportTold, beside=beside or None, exercise=exercise)
    print_told(told, observations.print_support, as_json=as_json)


@observation.command("verify")
@ended_properly
def verify(
    context: typer.Context,
    named: ObservationArgument,
    beside: Annotated[list[str], typer.Option(help="Digest of a record of another origin.")],
    words: Annotated[str, typer.Option(help="What the check was.")] = "",
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record that you, a second person, checked it against another origin; refused with the count else.

    Example: `comity observation verify aurelia.q3mbt5aa/00c0ffee00c0ffee --beside 9f1c…`
    """
    path = f"{observation_path(named)}/verify"
    body: dict[str, object] = {"beside": beside, "words": words}
    make_record(
        context, home, operator, path, body,
        running_only=True, exercise=exercise, as_json=as_json,
    )  # fmt: skip


@observation.command("export")
@ended_properly
def export(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")],
    form: Annotated[
        str, typer.Option("--format", help="geojson, csv or cot; stix or label with --for.")
    ] = "geojson",
    recipient: Annotated[
        str | None,
        typer.Option("--for", help="Only what the policy lets this party have, in its form."),
    ] = None,
    limit: Annotated[int, typer.Option(help="At most so many, newest first.")] = 1_000,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write what stands here for other tools: areas with their marking, no sources, nothing above the tear line.

    Example: `comity observation export --format cot -o hazards.xml`

    With `--for PARTY` STIX 2.1 (`stix`) or confidentiality labels in the form of STANAG 4774 (`label`): own
    observations in the very form that the policy makes for that party, those of others where their author lets
    them go on to it, and nothing else.
    """
    from comity.entrypoints.api.observation_messages import ObservationsTold
    from comity.entrypoints.cli import observations
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.files import write_file
    from comity.entrypoints.cli.render import print_line, print_told

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/observations", ObservationsTold, limit=limit, exercise=exercise)
        if recipient is not None:
            content, note = observations.exported_for(
                client, told, recipient, form, exercise=exercise
            )
        else:
            content, note = observations.exported(told, form)
    write_file(output, content)
    print_told(
        {"file": str(output), "note": note},
        lambda _: print_line(f"{output}: {note}"),
        as_json=as_json,
    )


@observation.command("policy")
@ended_properly
def policy(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="A policy to put in force, JSON; shown if left out.")
    ] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show this party's policy of release, or put one in force. Without one nothing goes out.

    Example: `comity observation policy release-policy.json`
    """
    from comity.entrypoints.api.observation_messages import PolicyTold
    from comity.entrypoints.api.observation_reading import POLICY_BYTES_MAX, read_policy
    from comity.entrypoints.cli import observations
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.files import read_file
    from comity.entrypoints.cli.render import print_told

    content = None if file is None else read_file(file, POLICY_BYTES_MAX)
    if content is not None:
        read_policy(content)  # a refusal here names the field before a node is asked
    with open_node(
        composition(context), home, operator, running_only=content is not None
    ) as client:
        if content is None:
            told = client.get("/v1/observation-policy", PolicyTold, exercise=exercise)
        else:
            told = client.post("/v1/observation-policy", content, PolicyTold, exercise=exercise)
    print_told(told, observations.print_policy, as_json=as_json)


@observation.command("consent")
@ended_properly
def consent(
    context: typer.Context,
    subject: Annotated[
        str | None,
        typer.Argument(help="Id of an own site or movement; consents are listed if left out."),
    ] = None,
    observer: Annotated[str, typer.Option(help="The party that may tell.")] = "",
    to: ToOption = None,
    kind: Annotated[list[str] | None, typer.Option(help="Of which kind; repeatable.")] = None,
    until: Annotated[str, typer.Option(help="Until when, RFC 3339.")] = "",
    movement: Annotated[bool, typer.Option("--movement", help="It is a movement.")] = False,
    withdraws: Annotated[str | None, typer.Option(help="Digest of a consent to end.")] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a party tell others of an own site or movement, end that, or list consents.

    Example: `comity observation consent aurelia.q3mbt5aa/00000000000000aa --observer borealis.q3mbt5aa
    --to corvus.q3mbt5aa --kind site-damage --until 2026-12-01T00:00:00Z`
    """
    from comity.entrypoints.api.observation_messages import ConsentTold
    from comity.entrypoints.cli import observations
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_told

    body: dict[str, object]
    if withdraws is not None:
        path, body = "/v1/observation-consents/withdraw", {"consent": withdraws}
    elif subject is not None:
        path = "/v1/observation-consents"
        body = {
            "subject_kind": "movement" if movement else "site",
            "subject": subject,
            "observer": observer,
            "to": to or [],
            "kinds": kind or [],
            "until": until,
        }
    else:
        with open_node(composition(context), home, operator) as client:
            told = client.get("/v1/observation-consents", list[ConsentTold], exercise=exercise)
        print_told(told, observations.print_consents, as_json=as_json)
        return
    make_record(
        context, home, operator, path, body,
        running_only=True, exercise=exercise, as_json=as_json,
    )  # fmt: skip
