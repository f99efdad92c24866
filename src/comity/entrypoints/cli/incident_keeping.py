# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity incident`: what a person keeps of an incident: open, link, task, file, close, list, show."""

import base64
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from comity.entrypoints.cli.acts import ask_and_tell, record_words
from comity.entrypoints.cli.frame import (
    HOME_DEFAULT,
    ExerciseOption,
    HomeOption,
    JsonOption,
    LabelOption,
    OperatorOption,
    ReasonOption,
    composition,
    ended_properly,
)
from comity.entrypoints.cli.paths import incident_path

if TYPE_CHECKING:
    from comity.entrypoints.cli.access import NodeClient

    Body = Mapping[str, object] | Callable[[NodeClient], Mapping[str, object]]

IncidentArgument = Annotated[str, typer.Argument(help="The incident's id, party/number.")]
ToOption = Annotated[
    list[str], typer.Option("--to", help="A peer, by id or the word before the dot; repeatable.")
]


def add_to(incident: typer.Typer) -> None:
    """Put these commands into the group."""
    commands: dict[str, Callable[..., None]] = {
        "open": open_one,
        "list": list_incidents,
        "show": show,
        "link": link,
        "task": task,
        "file": file,
        "close": close,
        "move": move,
    }
    for name, command in commands.items():
        incident.command(name)(command)


@ended_properly
def open_one(
    context: typer.Context,
    kind: Annotated[
        str,
        typer.Argument(
            help="border-violation, loss-of-separation, unsafe-conduct, late-or-missing-notice, "
            "harm-to-protected-site, harm-to-civilians, interference or other."
        ),
    ],
    title: Annotated[str, typer.Argument(help="What it is, in one line.")],
    words: Annotated[str, typer.Option(help="More words; they stay with this party.")] = "",
    alert: Annotated[
        str | None,
        typer.Option(help="Opened by this alert: the beginning of its id, or its record."),
    ] = None,
    message: Annotated[
        str | None, typer.Option(help="Opened by this record of the line: message, stop, denial.")
    ] = None,
    claim: Annotated[str | None, typer.Option(help="Opened by this record of a claim.")] = None,
    telling: Annotated[
        str | None, typer.Option(help="Opened by this record by which a peer told of its own.")
    ] = None,
    begins: Annotated[
        str | None, typer.Option(help="When, RFC 3339 with its offset, as it was stated.")
    ] = None,
    ends: Annotated[str | None, typer.Option(help="Until when.")] = None,
    zone: Annotated[str, typer.Option(help="The zone by name: Europe/Helsinki.")] = "",
    label: LabelOption = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open an incident. It is this party's own, and nobody hears of it before `incident tell`.

    Example: `comity incident open border-violation "Crossing at the river" --begins 2026-11-24T09:24:05+02:00`
    """
    from comity.entrypoints.api.incident_messages import IncidentTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.digests import id_or_record_typed, record_typed
    from comity.entrypoints.cli.render import print_line, print_told
    from comity.kernel.errors import InputError

    causes = {"alert": alert, "message": message, "claim": claim, "telling": telling}
    named = {source: record for source, record in causes.items() if record is not None}
    if len(named) > 1:
        raise InputError("because", f"one thing opens it, not {' and '.join(named)}")
    body: dict[str, Any] = {
        "kind": kind,
        "title": title,
        "words": words,
        "because": None,
        "begins": None if begins is None else {"stated": begins, "zone": zone},
        "ends": None if ends is None else {"stated": ends, "zone": zone},
        "labels": label or [],
    }
    with open_node(composition(context), home, operator) as client:
        for source, stated in named.items():
            whole = id_or_record_typed if source == "alert" else record_typed
            body["because"] = {"source": source, "record": whole(client, stated, source)}
        told = client.post("/v1/incidents", body, IncidentTold, exercise=exercise)
    print_told(
        told,
        lambda told: print_line(f"{told.incident}: opened; nobody is told before `incident tell`"),
        as_json=as_json,
    )


@ended_properly
def list_incidents(
    context: typer.Context,
    open_only: Annotated[
        bool, typer.Option("--open", help="Only those that are not closed or void.")
    ] = False,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List own incidents, tasks owed and overdue, what peers told, and claims that nobody has filed.

    Example: `comity incident list --open --json`
    """
    from comity.entrypoints.api.incident_messages import IncidentsTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.incident_words import list_lines
    from comity.entrypoints.cli.render import print_json, print_line, print_table

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/incidents", IncidentsTold, exercise=exercise, open_only=open_only)
    if as_json:
        print_json(told)
        return
    if exercise:
        print_line("EXERCISE")
    rows = [
        (
            each.incident,
            each.kind,
            each.state,
            each.title,
            f"{each.evidenced - each.by_person_alone} of {each.claimed}"
            + (f", {each.by_person_alone} by a person alone" if each.by_person_alone else ""),
            f"{each.tasks_open}, {each.tasks_overdue} OVERDUE"
            if each.tasks_overdue
            else str(each.tasks_open),
            ", ".join(each.told_to) or "nobody",
        )
        for each in told.incidents
    ]
    names = ("incident", "kind", "state", "title", "evidenced of claimed", "tasks", "told to")
    print_table(names, rows)
    for line in list_lines(told):
        print_line(line)


@ended_properly
def show(
    context: typer.Context,
    incident_id: IncidentArgument,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show an incident with all that is in it, every dissent, and peers' incidents beside it.

    Example: `comity incident show aurelia.7vrrh7hi/00000000000000a1`
    """
    from comity.entrypoints.api.incident_messages import IncidentTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.incident_words import incident_lines
    from comity.entrypoints.cli.render import print_json, print_line

    with open_node(composition(context), home, operator) as client:
        path = incident_path(incident_id)
        told = client.get(path, IncidentTold, exercise=exercise)
    if as_json:
        print_json(told)
        return
    for line in incident_lines(told):
        print_line(line)


@ended_properly
def link(
    context: typer.Context,
    incident_id: IncidentArgument,
    what: Annotated[
        str,
        typer.Argument(
            help="track, file, agreement, intent, alert, message, notice, site, observation, claim, "
            "telling or record."
        ),
    ],
    digest: Annotated[
        str,
        typer.Argument(
            help="Of the record, the agreement or the bytes, or its beginning; of an alert its id will do."
        ),
    ],
    part: Annotated[str | None, typer.Option(help="Which clause, or place within it.")] = None,
    words: Annotated[str, typer.Option(help="Why it belongs; stays with this party.")] = "",
    undo: Annotated[
        str | None, typer.Option("--undo", help="Take the link away, for this reason.")
    ] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Link something to an incident by its digest, or take a link away. A peer's claim joins by this alone.

    Example: `comity incident link aurelia.7vrrh7hi/00000000000000a1 agreement DIGEST --part "Article 4"`
    """
    from comity.entrypoints.cli.digests import linked_typed, to_link_typed

    def body(client: "NodeClient") -> dict[str, object]:
        path = incident_path(incident_id)
        row: dict[str, object] = {"what": what, "part": part}
        if undo is None:
            whole = to_link_typed(client, path, what, digest, exercise=exercise)
            return {"links": [row | {"digest": whole, "words": words}]}
        whole = linked_typed(client, path, digest, what, exercise=exercise)
        return row | {"digest": whole, "reason": undo}

    act = "link" if undo is None else "unlink"
    do(context, home, operator, incident_id, act, body, exercise=exercise, as_json=as_json)


@ended_properly
def task(
    context: typer.Context,
    incident_id: IncidentArgument,
    title: Annotated[str | None, typer.Argument(help="What is to be done; of a new task.")] = None,
    owner: Annotated[str | None, typer.Option(help="Who answers for it.")] = None,
    due: Annotated[str | None, typer.Option(help="RFC 3339 time with its zone.")] = None,
    party: Annotated[
        str | None, typer.Option(help="Which side answers for it; this party if left out.")
    ] = None,
    task_id: Annotated[
        str | None, typer.Option("--task", help="The task to change; a new one if left out.")
    ] = None,
    state: Annotated[str, typer.Option(help="open, done or cancelled.")] = "open",
    words: Annotated[str, typer.Option(help="What was done, or why not.")] = "",
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set a task, or its next version: what is left out stays as it was.

    Example: `comity incident task aurelia.7vrrh7hi/00000000000000a1 "Ask for the recording" --owner ada
    --due 2026-12-01T12:00:00Z`
    """
    body = {
        "task": task_id,
        "title": title,
        "owner": owner,
        "due": due,
        "party": party,
        "state": state,
        "words": words,
    }
    do(context, home, operator, incident_id, "tasks", body, exercise=exercise, as_json=as_json)


@ended_properly
def file(
    context: typer.Context,
    incident_id: IncidentArgument,
    path: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="PDF, PNG, JPEG, JSON or text.")
    ],
    origin: Annotated[str, typer.Option(help="Whose it is: two files of one origin are one.")],
    description: Annotated[str, typer.Option(help="What it is.")] = "",
    obtained_at: Annotated[str | None, typer.Option(help="When; RFC 3339 with its zone.")] = None,
    digest_only: Annotated[
        bool, typer.Option("--digest-only", help="Keep its SHA-256 and size, not its bytes.")
    ] = False,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a file into an incident: its bytes up to 256 KiB, or with --digest-only its digest at any size.

    Example: `comity incident file aurelia.7vrrh7hi/00000000000000a1 radar.csv --origin "Aurelia air command"`

    A file is what its bytes are; one that lies about its type, or would run in a viewer, is refused.
    """
    from comity.domain.groups import DOCUMENT_SIZE_BYTES_MAX
    from comity.entrypoints.cli.bundling import measured
    from comity.entrypoints.cli.files import read_file

    body: dict[str, object] = {
        "name": path.name,
        "origin": origin,
        "description": description,
        "obtained_at": obtained_at,
    }
    if digest_only:
        found = measured(path, path.name)
        body |= {"sha256": found.sha256, "size_bytes": found.size_bytes}
    else:
        content = read_file(path, DOCUMENT_SIZE_BYTES_MAX)
        body["content_base64"] = base64.b64encode(content).decode()
    do(context, home, operator, incident_id, "files", body, exercise=exercise, as_json=as_json)


@ended_properly
def close(
    context: typer.Context,
    incident_id: IncidentArgument,
    reason: ReasonOption,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Close an incident; one with open tasks does not close.

    Example: `comity incident close aurelia.7vrrh7hi/00000000000000a1 --reason "both sides have answered"`
    """
    body = {"event": "close", "reason": reason}
    do(context, home, operator, incident_id, "state", body, exercise=exercise, as_json=as_json)


@ended_properly
def move(
    context: typer.Context,
    incident_id: IncidentArgument,
    event: Annotated[str, typer.Argument(help="review, resume, reopen or void.")],
    reason: ReasonOption,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Review an incident, go back to work on it, open it again, or mark it as opened in error.

    Example: `comity incident move aurelia.7vrrh7hi/00000000000000a1 reopen --reason "a recording came"`
    """
    body = {"event": event, "reason": reason}
    do(context, home, operator, incident_id, "state", body, exercise=exercise, as_json=as_json)


def do(
    context: typer.Context,
    home: Path,
    operator: str | None,
    incident_id: str,
    act: str,
    body: "Body",
    *,
    exercise: bool,
    as_json: bool,
) -> None:
    """One act on an incident, and the record that it made."""
    send(
        context,
        home,
        operator,
        f"{incident_path(incident_id)}/{act}",
        body,
        exercise=exercise,
        as_json=as_json,
    )


def send(
    context: typer.Context,
    home: Path,
    operator: str | None,
    path: str,
    body: "Body",
    *,
    exercise: bool,
    as_json: bool,
) -> None:
    """One request that makes one record."""
    from comity.entrypoints.api.incident_messages import IncidentActTold

    ask_and_tell(
        context, home, operator, path, body, IncidentActTold,
        lambda told: f"{told.incident}: {record_words(told.record)}",
        exercise=exercise, as_json=as_json,
    )  # fmt: skip
