# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity incident`: claims made, taken in, amended, given, withdrawn; grades, dissents; what is told."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
from comity.entrypoints.cli.incident_keeping import (
    IncidentArgument,
    ToOption,
    do,
    send,
)
from comity.entrypoints.cli.paths import claim_path, incident_path
from comity.kernel.ids import minted_id

if TYPE_CHECKING:
    from comity.entrypoints.cli.access import NodeClient

ClaimArgument = Annotated[str, typer.Argument(help="The claim's id, party/number.")]


def add_to(incident: typer.Typer) -> None:
    """Put these commands into the group."""
    commands: dict[str, Callable[..., None]] = {
        "claim": claim,
        "claims": claims,
        "give": give,
        "withdraw": withdraw,
        "give-file": give_file,
        "grade": grade,
        "dissent": dissent,
        "tell": tell,
    }
    for name, command in commands.items():
        incident.command(name)(command)


@ended_properly
def claim(
    context: typer.Context,
    incident_id: IncidentArgument,
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="A claim file, TOML or JSON.")
    ],
    published: Annotated[
        str | None,
        typer.Option(help="Where it was published: a claim of somebody else is taken in with it."),
    ] = None,
    amend: Annotated[
        str | None, typer.Option(help="The claim of which this is the next version.")
    ] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a claim of a claim file, amend one, or take in published facts. It goes to nobody yet.

    Example: `comity incident claim aurelia.7vrrh7hi/00000000000000a1 theirs.toml --published "BBC, 30 Nov 2015"`
    """
    from comity.entrypoints.api.incident_messages import ClaimTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.claims_at_hand import tree_of_file
    from comity.entrypoints.cli.render import print_json, print_line

    body = {"document": tree_of_file(file), "published_as": published, "claim": amend}
    with open_node(composition(context), home, operator) as client:
        path = f"{incident_path(incident_id)}/claims"
        told = client.post(path, body, ClaimTold, exercise=exercise)
    if as_json:
        print_json(told)
        return
    whose = f"published: {told.published_as}" if told.published_as else "this party's own word"
    print_line(
        f"{told.claim}: version {told.version} of {told.claimant}, {len(told.statements)} statements, "
        f"{whose}; record {told.record}"
    )


@ended_properly
def claims(
    context: typer.Context,
    author: Annotated[str | None, typer.Option(help="Only of this party.")] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List claims, own and others', with the incidents that they are in.

    Example: `comity incident claims --author borealis.q3mbt5aa`
    """
    from comity.entrypoints.api.incident_messages import ClaimTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.incident_words import claim_lines
    from comity.entrypoints.cli.render import print_json, print_line

    query = {} if author is None else {"author": author}
    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/claims", list[ClaimTold], exercise=exercise, **query)
    if as_json:
        print_json(told)
        return
    for each in told:
        for line in claim_lines(each):
            print_line(line)


@ended_properly
def give(
    context: typer.Context,
    claim_id: ClaimArgument,
    to: ToOption,
    label: LabelOption = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the last version of an own claim to parties. What went out stays with them.

    Example: `comity incident give aurelia.7vrrh7hi/00000000000000c1 --to borealis.q3mbt5aa`
    """
    body = {"to": to, "labels": label or []}
    path = f"{claim_path(claim_id)}/give"
    send(context, home, operator, path, body, exercise=exercise, as_json=as_json)


@ended_properly
def withdraw(
    context: typer.Context,
    claim_id: ClaimArgument,
    reason: ReasonOption,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take an own claim back; all to whom it was made are told.

    Example: `comity incident withdraw aurelia.7vrrh7hi/00000000000000c1 --reason "the plot was another's"`
    """
    path = f"{claim_path(claim_id)}/withdraw"
    body = {"reason": reason}
    send(context, home, operator, path, body, exercise=exercise, as_json=as_json)


@ended_properly
def give_file(
    context: typer.Context,
    incident_id: IncidentArgument,
    sha256: Annotated[str, typer.Argument(help="The file's SHA-256, or its beginning.")],
    to: ToOption,
    label: LabelOption = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a file of an incident to parties, its bytes where they are here.

    Example: `comity incident give-file aurelia.7vrrh7hi/00000000000000a1 SHA256 --to borealis.q3mbt5aa`
    """
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.digests import file_typed

    with open_node(composition(context), home, operator) as client:
        whole = file_typed(client, incident_path(incident_id), sha256, "sha256", exercise=exercise)
    body = {"to": to, "labels": label or []}
    act = f"files/{whole}/give"
    do(context, home, operator, incident_id, act, body, exercise=exercise, as_json=as_json)


@ended_properly
def grade(
    context: typer.Context,
    incident_id: IncidentArgument,
    claim_id: ClaimArgument,
    statement: Annotated[str, typer.Argument(help="The statement's name in the claim.")],
    other: Annotated[
        str | None,
        typer.Option(
            "--grade",
            help="confirmed, fair, weak, contested or discounted; the rule's if left out.",
        ),
    ] = None,
    words: Annotated[str, typer.Option(help="Why; wanted where it is not the rule's.")] = "",
    material: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="Material too large to file; repeatable."),
    ] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sign a grade of one statement. The rule's grade stands in the record beside it.

    Example: `comity incident grade aurelia.7vrrh7hi/00000000000000a1 aurelia.7vrrh7hi/00000000000000c1 crossing`

    The node computes the rule's grade itself, by the material at hand. A grade is no finding of fact or law.
    """
    body = {
        "claim": minted_id(claim_id, "claim"),
        "statement": statement,
        "grade": other,
        "words": words,
        "material": [str(each.absolute()) for each in material or ()],
    }
    do(context, home, operator, incident_id, "grades", body, exercise=exercise, as_json=as_json)


@ended_properly
def dissent(
    context: typer.Context,
    incident_id: IncidentArgument,
    record: Annotated[str, typer.Argument(help="The grade's record, or its beginning.")],
    would_be: Annotated[
        str, typer.Argument(help="confirmed, fair, weak, contested or discounted.")
    ],
    words: Annotated[str, typer.Option(help="Why.")],
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Dissent from a grade as another person than signed it. It is shown wherever the grade is.

    Example: `comity incident dissent aurelia.7vrrh7hi/00000000000000a1 RECORD weak --words "one radar, one clock"`
    """
    from comity.entrypoints.cli.digests import grade_typed

    def body(client: "NodeClient") -> dict[str, object]:
        whole = grade_typed(client, incident_path(incident_id), record, exercise=exercise)
        return {"grade": whole, "would_be": would_be, "words": words}

    do(context, home, operator, incident_id, "dissents", body, exercise=exercise, as_json=as_json)


@ended_properly
def tell(
    context: typer.Context,
    incident_id: IncidentArgument,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", help="A peer, by id or the word before the dot; repeatable."),
    ] = None,
    words: Annotated[str, typer.Option(help="Words to them.")] = "",
    group: Annotated[
        str | None,
        typer.Option(
            help="A working group: its members whom this party shares with, or those of --to."
        ),
    ] = None,
    beside: Annotated[
        str | None, typer.Option(help="The record by which they told of theirs.")
    ] = None,
    withhold: Annotated[
        list[str] | None, typer.Option(help="DIGEST=REASON: a link not to tell; repeatable.")
    ] = None,
    label: LabelOption = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Only show what would go out.")
    ] = False,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell parties of an incident: its kind, times, state, and what they hold already. The rest is counted.

    Example: `comity incident tell aurelia.7vrrh7hi/00000000000000a1 --to borealis.q3mbt5aa --preview`
    """
    from functools import partial

    from comity.entrypoints.api.incident_messages import WouldTell
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.digests import linked_typed, record_typed, withheld_typed
    from comity.entrypoints.cli.incident_words import telling_lines
    from comity.entrypoints.cli.parties import with_parties
    from comity.entrypoints.cli.render import print_json, print_line

    path = incident_path(incident_id)
    body: dict[str, object] = {
        "to": to or [],
        "words": words,
        "group": group,
        "labels": label,
        "preview": preview,
    }
    with open_node(composition(context), home, operator) as client:
        whole = partial(linked_typed, client, path, exercise=exercise)
        body["withhold"] = dict(withheld_typed(withhold or (), whole))
        body["beside"] = None if beside is None else record_typed(client, beside, "beside")
        told = client.post(f"{path}/tell", with_parties(client, body), WouldTell, exercise=exercise)
    if as_json:
        print_json(told)
        return
    print_line(
        "PREVIEW, nothing went out" if told.record is None else f"record {told.record.digest}"
    )
    for line in telling_lines(told.telling):
        print_line(line)
