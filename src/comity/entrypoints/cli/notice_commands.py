# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity notice`: draft, check, preview, send, list, show, ack, object, cancel, here, touches, previews."""

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
from comity.entrypoints.cli.paths import notice_path

notice = group("Notices: own activities that others must know of in time.")

FileArgument = Annotated[Path, typer.Argument(help="A notice, JSON; see `notice draft`.")]
NoticeArgument = Annotated[str, typer.Argument(help="The notice's id, party/number.")]


@notice.command("draft")
@ended_properly
def draft(
    activity: Annotated[str, typer.Argument(help="Class of the agreement's table of leads.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Print a notice to fill in. Needs no node.

    Example: `comity notice draft firing -o notice.json`
    """
    from comity.entrypoints.cli.files import write_file
    from comity.entrypoints.cli.notices import drafted
    from comity.entrypoints.cli.render import print_json, print_line

    content = drafted(activity)
    if output is not None:
        write_file(output, content)
    if as_json and output is not None:
        print_json({"file": str(output)})
    else:
        print_line(content.decode().rstrip() if output is None else str(output))


@notice.command("check")
@ended_properly
def check(
    context: typer.Context,
    file: FileArgument,
    agreement: Annotated[
        Path | None, typer.Option(help="Agreement text: leads, area and heights by it.")
    ] = None,
    received: Annotated[
        str | None, typer.Option(help="As if it came then, RFC 3339; now if left out.")
    ] = None,
    with_node: Annotated[
        bool, typer.Option("--with-node", help="By the terms that the node holds instead.")
    ] = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a notice by the published rules: late, incomplete, vague, contradictory. Needs no node; nothing is sent.

    Example: `comity notice check notice.json --agreement gulf.md`

    Ends with 1 when anything is found. That nothing is found says no more than that.
    """
    from comity.entrypoints.cli import notices
    from comity.entrypoints.cli.exit_codes import RefusedError
    from comity.entrypoints.cli.render import print_told

    if with_node:
        told = notices.check_with_node(composition(context), home, operator, file)
    else:
        told = notices.check_file(file, agreement, received)
    print_told(told, notices.print_checked, as_json=as_json)
    if told.findings:
        raise RefusedError(f"{len(told.findings)} findings")


@notice.command("preview")
@ended_properly
def preview(
    context: typer.Context,
    file: FileArgument,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what a notice would touch before it is sent: protected sites and movements, flights, tracks, borders.

    Example: `comity notice preview notice.json`

    Each preview is on record and told to the owners of what it touches, and previews are limited: an hour, a day and
    an area have so many each. Ends with 1 where it touches something or that cannot be told.
    """
    from comity.entrypoints.api.notice_messages import NoticePreviewTold, PreviewNotice
    from comity.entrypoints.api.notice_reading import NOTICE_BYTES_MAX, notice_of_file
    from comity.entrypoints.cli import hazards
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.exit_codes import RefusedError
    from comity.entrypoints.cli.files import read_file
    from comity.entrypoints.cli.render import print_told

    written = notice_of_file(read_file(file, NOTICE_BYTES_MAX), str(file))
    with open_node(composition(context), home, operator, running_only=True) as client:
        told = client.post(
            "/v1/notices/preview",
            PreviewNotice(notice=written),
            NoticePreviewTold,
            exercise=exercise,
        )
    print_told(told, hazards.print_preview, as_json=as_json)
    if told.touches.answer != "nothing-notified-here":
        raise RefusedError(told.touches.words)


@notice.command("touches")
@ended_properly
def touches(
    context: typer.Context,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what other parties' notices touch of the sites and movements that this party speaks for, as they told.

    Example: `comity notice touches`
    """
    from comity.entrypoints.api.hazard_messages import TouchesReceivedTold
    from comity.entrypoints.cli import hazards
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_told

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/notices/touches", TouchesReceivedTold, exercise=exercise)
    print_told(told, hazards.print_received, as_json=as_json)


@notice.command("previews")
@ended_properly
def previews(
    context: typer.Context,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 100,
    offset: Annotated[int, typer.Option(help="Leave out the first so many.")] = 0,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List who previewed how much, and sweeps, own and of other parties. For supervisors.

    Example: `comity notice previews --operator supervisor`
    """
    from comity.entrypoints.api.hazard_messages import PreviewsTold
    from comity.entrypoints.cli import hazards
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_told

    with open_node(composition(context), home, operator) as client:
        told = client.get(
            "/v1/notices/previews", PreviewsTold, offset=offset, limit=limit, exercise=exercise
        )
    print_told(told, hazards.print_previews, as_json=as_json)


@notice.command("object")
@ended_properly
def object_(
    context: typer.Context,
    notice: NoticeArgument,
    words: Annotated[str, typer.Argument(help="Why, in words; the author reads them.")],
    about: Annotated[
        list[str] | None,
        typer.Option(help="A site or movement of ours that its author may know of; repeatable."),
    ] = None,
    take_back: Annotated[
        bool, typer.Option("--take-back", help="The objection made before no longer stands.")
    ] = False,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Object to a notice of another party, or take that back. It is shown at both sides, and commands nobody.

    Example: `comity notice object borealis.q3mbt5aa/00c0ffee00c0ffee "patients cannot be moved"`
    """
    path = f"{notice_path(notice)}/object"
    body: dict[str, object] = {"words": words, "ids": about or [], "taken_back": take_back}
    make_record(
        context, home, operator, path, body,
        running_only=True, exercise=exercise, as_json=as_json,
    )  # fmt: skip


@notice.command("send")
@ended_properly
def send(
    context: typer.Context,
    file: FileArgument,
    to: Annotated[
        list[str] | None,
        typer.Option(help="A party; repeatable; every other one of the agreement if left out."),
    ] = None,
    revises: Annotated[str | None, typer.Option(help="Id of the notice that this revises.")] = None,
    label: Annotated[list[str] | None, typer.Option("--label", help="Of the record.")] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a notice known, or revise one. What is wrong with it is told to both sides and keeps nothing back.

    Example: `comity notice send notice.json`
    Example: `comity notice send later.json --revises aurelia.q3mbt5aa/00c0ffee00c0ffee`
    """
    from comity.entrypoints.api.notice_messages import NoticeTold, SendNotice
    from comity.entrypoints.api.notice_reading import NOTICE_BYTES_MAX, notice_of_file
    from comity.entrypoints.cli import notices
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.files import read_file
    from comity.entrypoints.cli.render import print_told

    written = notice_of_file(read_file(file, NOTICE_BYTES_MAX), str(file))
    asked = SendNotice(notice=written, to=to, revises=revises, labels=label or [])
    with open_node(composition(context), home, operator, running_only=True) as client:
        told = client.post("/v1/notices", asked, NoticeTold, exercise=exercise)
    print_told(told, notices.print_notice, as_json=as_json)


@notice.command("list")
@ended_properly
def list_(
    context: typer.Context,
    state: Annotated[
        str | None, typer.Option(help="Only in this state; those that stand if left out.")
    ] = None,
    author: Annotated[str | None, typer.Option(help="Only of this party.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 100,
    offset: Annotated[int, typer.Option(help="Leave out the first so many.")] = 0,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List notices known here, own and others', newest first.

    Example: `comity notice list --state in-effect`
    """
    from comity.entrypoints.api.notice_messages import NoticesTold
    from comity.entrypoints.cli import notices
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_banner, print_json

    with open_node(composition(context), home, operator) as client:
        told = client.get(
            "/v1/notices",
            NoticesTold,
            state=state,
            author=author,
            offset=offset,
            limit=limit,
            exercise=exercise,
        )
    if as_json:
        print_json(told)
    else:
        print_banner(exercise=exercise)
        notices.print_notices(told)


@notice.command("show")
@ended_properly
def show(
    context: typer.Context,
    notice: NoticeArgument,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a notice: what is wrong with it, who has it, and what flies there now and while it is in effect.

    Example: `comity notice show aurelia.q3mbt5aa/00c0ffee00c0ffee`
    """
    from comity.entrypoints.api.notice_messages import NoticeTold
    from comity.entrypoints.cli import notices
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_json

    path = notice_path(notice)
    with open_node(composition(context), home, operator) as client:
        told = client.get(path, list[NoticeTold], exercise=exercise)
    if as_json:
        print_json(told)
    else:
        for each in told:
            notices.print_notice(each)


@notice.command("ack")
@ended_properly
def ack(
    context: typer.Context,
    notice: NoticeArgument,
    record: Annotated[
        str | None, typer.Option(help="Digest of the revision, where more than one stand.")
    ] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that you, a person, have a notice of another party. It is no agreement to it.

    Example: `comity notice ack borealis.q3mbt5aa/00c0ffee00c0ffee`
    """
    from comity.entrypoints.api.messages import RecordTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_line, print_told

    path = f"{notice_path(notice)}/acknowledge"
    with open_node(composition(context), home, operator, running_only=True) as client:
        told = client.post(path, {}, RecordTold, record=record, exercise=exercise)
    print_told(
        told, lambda told: print_line(f"acknowledged; record {told.digest}"), as_json=as_json
    )


@notice.command("cancel")
@ended_properly
def cancel(
    context: typer.Context,
    notice: NoticeArgument,
    reason: Annotated[str, typer.Option(help="In words.")] = "",
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take an own notice back. It stands with each recipient until this has been received there.

    Example: `comity notice cancel aurelia.q3mbt5aa/00c0ffee00c0ffee --reason "the range is closed"`
    """
    path = f"{notice_path(notice)}/cancel"
    body: dict[str, object] = {"reason": reason}
    make_record(
        context, home, operator, path, body,
        running_only=True, exercise=exercise, as_json=as_json,
    )  # fmt: skip


@notice.command("here", context_settings={"ignore_unknown_options": True})
@ended_properly
def here(
    context: typer.Context,
    position: Annotated[str, typer.Argument(help="A position in any form `comity place` reads.")],
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what has been notified at a place, now or later. Nothing notified never means that nothing is there.

    Example: `comity notice here "N 59 30.0 E 025 00.0"`
    """
    from comity.entrypoints.api.notice_messages import HereTold
    from comity.entrypoints.cli import notices
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_told

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/notices/here", HereTold, position=position, exercise=exercise)
    print_told(told, notices.print_here, as_json=as_json)
