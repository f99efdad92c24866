# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity group`: working groups of any parties."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    group,
)
from comity.entrypoints.cli.paths import group_path

if TYPE_CHECKING:
    from comity.entrypoints.api.group_messages import GroupTold

groups = group("Working groups: who is in, and what is said there.")

GroupArgument = Annotated[str, typer.Argument(help="The group's id, party/number.")]
PartyArgument = Annotated[
    str, typer.Argument(help="The party's id; of a peer the word before the dot will do.")
]
MatterOption = Annotated[str | None, typer.Option("--matter", help="The matter's id.")]


@groups.command("create")
@ended_properly
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="One line.")],
    member: Annotated[list[str], typer.Option("--member", help="A peer to ask in; repeatable.")],
    terms: Annotated[str, typer.Option(help="What members hold to, in one paragraph.")],
    legal_basis: Annotated[str, typer.Option(help="What makes its exchange lawful.")],
    kind: Annotated[
        str,
        typer.Option(
            "--type",
            help="flight-safety, border-incidents, humanitarian-access, technical or free.",
        ),
    ] = "free",
    label: Annotated[
        list[str] | None,
        typer.Option("--label", help="A label its material may carry; repeatable."),
    ] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a group and ask its first members in. Nothing goes to them before they accept.

    Example: `comity group create "Night flights" --type flight-safety --member borealis.q3mbt5aa
    --terms "What is said here stays here." --legal-basis "Article 3"`
    """
    body: dict[str, object] = {
        "type": kind,
        "name": name,
        "terms": terms,
        "legal_basis": legal_basis,
        "members": member,
    }
    if label:
        body["labels"] = label
    _act(context, home, operator, "/v1/groups", body, exercise=exercise, as_json=as_json)


@groups.command("invite")
@ended_properly
def invite(
    context: typer.Context,
    group_id: GroupArgument,
    party: PartyArgument,
    words: Annotated[str, typer.Option(help="Words to the invited party.")] = "",
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask another party in. Each other member shares with it only once that member has agreed.

    Example: `comity group invite aurelia.7vrrh7hi/00000000000000a1 cygnus.k2vbt5aa`
    """
    body = {"party": party, "words": words}
    _on(context, home, operator, group_id, "invite", body, exercise=exercise, as_json=as_json)


@groups.command("consent")
@ended_properly
def consent(
    context: typer.Context,
    group_id: GroupArgument,
    party: PartyArgument,
    refuse: Annotated[
        bool, typer.Option("--refuse", help="Do not share with it; a no stands.")
    ] = False,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Agree to share with a party that another member asked in, or refuse to.

    Example: `comity group consent aurelia.7vrrh7hi/00000000000000a1 cygnus.k2vbt5aa`
    """
    body = {"party": party, "consent": "no" if refuse else "yes"}
    _on(context, home, operator, group_id, "consent", body, exercise=exercise, as_json=as_json)


@groups.command("accept")
@ended_properly
def accept(
    context: typer.Context,
    group_id: GroupArgument,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter a group. This agrees to share with all that the creation or the invitation names.

    Example: `comity group accept aurelia.7vrrh7hi/00000000000000a1`
    """
    _on(context, home, operator, group_id, "accept", {}, exercise=exercise, as_json=as_json)


@groups.command("decline")
@ended_properly
def decline(
    context: typer.Context,
    group_id: GroupArgument,
    reason: ReasonOption = "",
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say no to being asked in.

    Example: `comity group decline aurelia.7vrrh7hi/00000000000000a1 --reason "no mandate"`
    """
    body = {"reason": reason}
    _on(context, home, operator, group_id, "decline", body, exercise=exercise, as_json=as_json)


@groups.command("leave")
@ended_properly
def leave(
    context: typer.Context,
    group_id: GroupArgument,
    reason: ReasonOption = "",
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Leave a group. Nothing of it goes out any more; what was said stays.

    Example: `comity group leave aurelia.7vrrh7hi/00000000000000a1`
    """
    body = {"reason": reason}
    _on(context, home, operator, group_id, "leave", body, exercise=exercise, as_json=as_json)


@groups.command("remove")
@ended_properly
def remove(
    context: typer.Context,
    group_id: GroupArgument,
    party: PartyArgument,
    reason: ReasonOption,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """As the owner, end a party's membership; as another member, share with it no more.

    Example: `comity group remove aurelia.7vrrh7hi/00000000000000a1 cygnus.k2vbt5aa --reason "left the area"`
    """
    body = {"party": party, "reason": reason}
    _on(context, home, operator, group_id, "remove", body, exercise=exercise, as_json=as_json)


@groups.command("open")
@ended_properly
def open_earlier(
    context: typer.Context,
    group_id: GroupArgument,
    party: PartyArgument,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Agree that a later member sees what was before it; it does once every other member agreed.

    Example: `comity group open aurelia.7vrrh7hi/00000000000000a1 cygnus.k2vbt5aa`
    """
    body = {"party": party}
    _on(context, home, operator, group_id, "open", body, exercise=exercise, as_json=as_json)


@groups.command("post")
@ended_properly
def post(
    context: typer.Context,
    group_id: GroupArgument,
    text: Annotated[str, typer.Argument(help="What to say.")],
    subject: Annotated[str | None, typer.Option(help="Opens a matter of this subject.")] = None,
    matter: MatterOption = None,
    language: Annotated[str, typer.Option(help="Of the words, as BCP 47 has it.")] = "en",
    label: LabelOption = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say something to the members that this party shares with.

    Example: `comity group post aurelia.7vrrh7hi/00000000000000a1 "We fly at nine." --subject Tonight`
    """
    body = {
        "text": text,
        "subject": subject,
        "matter": matter,
        "language": language,
        "labels": label or [],
    }
    _on(context, home, operator, group_id, "posts", body, exercise=exercise, as_json=as_json)


@groups.command("document")
@ended_properly
def document(
    context: typer.Context,
    group_id: GroupArgument,
    file: Annotated[
        Path | None, typer.Argument(help="The file to give: PDF, PNG, JPEG, JSON or text.")
    ] = None,
    fetch: Annotated[
        str | None, typer.Option("--get", help="Write the document of this digest instead.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write.")] = None,
    matter: MatterOption = None,
    label: LabelOption = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a document to the group, or write one of its documents to a file.

    Example: `comity group document aurelia.7vrrh7hi/00000000000000a1 rules.pdf`
    """
    import base64

    from comity.domain.groups import DOCUMENT_SIZE_BYTES_MAX
    from comity.entrypoints.api.group_messages import DocumentTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.files import read_file, write_file
    from comity.entrypoints.cli.render import print_json, print_line
    from comity.kernel.errors import InputError

    if (file is None) == (fetch is None):
        raise InputError("file", "give a file, or --get with a digest and --output")
    if file is not None:
        body: dict[str, object] = {
            "name": file.name,
            "content_base64": base64.b64encode(read_file(file, DOCUMENT_SIZE_BYTES_MAX)).decode(),
            "matter": matter,
            "labels": label or [],
        }
        _on(
            context, home, operator, group_id, "documents", body, exercise=exercise, as_json=as_json
        )
        return
    with open_node(composition(context), home, operator) as client:
        path = f"{group_path(group_id)}/documents/{fetch}"
        told = client.get(path, DocumentTold, exercise=exercise)
    if as_json:
        print_json(told)
        return
    if output is None:
        raise InputError("output", "name a file to write with --output, or ask for --json")
    write_file(output, base64.b64decode(told.content_base64 or ""))
    print_line(
        f"{output}: {told.name}, {told.media_type}, {told.size_bytes} bytes of {told.author}"
    )


@groups.command("task")
@ended_properly
def task(
    context: typer.Context,
    group_id: GroupArgument,
    title: Annotated[str, typer.Argument(help="What is to be done.")],
    owner: Annotated[str, typer.Option("--owner", help="The party that answers for it.")],
    due: Annotated[str, typer.Option("--due", help="RFC 3339 time with its zone.")],
    person: Annotated[str | None, typer.Option(help="Who, in words.")] = None,
    state: Annotated[str, typer.Option(help="open, done or cancelled.")] = "open",
    task_id: Annotated[
        str | None, typer.Option("--task", help="The task to change; a new one if left out.")
    ] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set a task, or its next version.

    Example: `comity group task aurelia.7vrrh7hi/00000000000000a1 "Write the rules" --owner borealis.q3mbt5aa
    --due 2026-12-24T12:00:00+02:00`
    """
    body = {
        "title": title,
        "owner": owner,
        "due": due,
        "person": person,
        "state": state,
        "task": task_id,
    }
    _on(context, home, operator, group_id, "tasks", body, exercise=exercise, as_json=as_json)


@groups.command("list")
@ended_properly
def list_groups(
    context: typer.Context,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the groups known here, and how this party stands in each.

    Example: `comity group list --json`
    """
    from comity.entrypoints.api.group_messages import GroupLineTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_banner, print_json, print_table

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/groups", list[GroupLineTold], exercise=exercise)
    if as_json:
        print_json(told)
        return
    print_banner(exercise=exercise)
    rows = [
        (
            each.group,
            each.name or "unknown",
            each.type or "unknown",
            "CONTESTED" if each.contested else each.standing,
            str(len(each.members)),
            "answer the invitation"
            if each.standing == "invited"
            else ", ".join(f"consent to {party}" for party in each.undecided),
            str(each.overdue_tasks),
        )
        for each in told
    ]
    print_table(("group", "name", "type", "we are", "members", "owed by us", "overdue"), rows)


@groups.command("show")
@ended_properly
def show(
    context: typer.Context,
    group_id: GroupArgument,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who is in, who shares with whom, and what was said.

    Example: `comity group show aurelia.7vrrh7hi/00000000000000a1`
    """
    from comity.entrypoints.api.group_messages import GroupTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_told

    with open_node(composition(context), home, operator) as client:
        path = group_path(group_id)
        told = client.get(path, GroupTold, exercise=exercise)
    print_told(told, _print_group, as_json=as_json)


def _print_group(told: "GroupTold") -> None:
    from comity.entrypoints.cli.render import print_line, print_table

    if told.exercise:
        print_line("EXERCISE")
    if told.contested:
        print_line("CONTESTED: its owner created it twice; nothing goes out in it")
    print_line(f"{told.group} {told.name or 'unknown'} ({told.type or 'unknown'})")
    print_line(f"terms: {told.terms or 'unknown'}")
    print_line(f"legal basis: {told.legal_basis or 'unknown'}; we are: {told.standing}")
    if told.unmatched:
        print_line(f"{told.unmatched} records rest on what was not received here")
    rows = [
        (
            each.party,
            each.standing,
            *(
                ("we", "we")
                if each.own
                else ("yes" if shared else "no" for shared in (each.we_share, each.shares_with_us))
            ),
            ", ".join(each.waiting_for),
        )
        for each in told.parties
    ]
    print_table(("party", "standing", "we share", "shares with us", "do not share with it"), rows)
    ends = [
        (e.party, e.standing, "unknown" if e.effect_index is None else str(e.effect_index))
        for e in told.admissions
        if e.ended_by or e.barred_by
    ]
    if ends:
        print_table(("ended", "how", "nothing goes there from our log's place"), ends)
    for post in told.posts:
        late = " (before we joined)" if post.earlier else ""
        print_line(f"{post.at} {post.author}/{post.operator}, {post.author_standing}{late}")
        print_line(f"  [{post.matter}] {post.subject or ''}")
        print_line(f"  {post.text}")
    for each in told.documents:
        print_line(f"{each.at} {each.author} {each.name} {each.media_type} {each.digest}")
    for meeting in told.meetings:
        print_line(f"meeting {meeting}")
    for task_told in told.tasks:
        for version in task_told.versions:
            rival = "RIVAL " if task_told.rival else ""
            overdue = " OVERDUE" if version.overdue else ""
            print_line(
                f"{rival}task {task_told.task} {version.title}: {version.owner}"
                f" by {version.due}, {version.state}{overdue}"
            )


def _on(
    context: typer.Context,
    home: Path,
    operator: str | None,
    group_id: str,
    act: str,
    body: Mapping[str, object],
    *,
    exercise: bool,
    as_json: bool,
) -> None:
    path = f"{group_path(group_id)}/{act}"
    _act(context, home, operator, path, body, exercise=exercise, as_json=as_json)


def _act(
    context: typer.Context,
    home: Path,
    operator: str | None,
    path: str,
    body: Mapping[str, object],
    *,
    exercise: bool,
    as_json: bool,
) -> None:
    from comity.entrypoints.api.group_messages import GroupActTold

    ask_and_tell(
        context, home, operator, path, body, GroupActTold,
        lambda told: f"{told.group}: {record_words(told.record)}",
        exercise=exercise, as_json=as_json,
    )  # fmt: skip
