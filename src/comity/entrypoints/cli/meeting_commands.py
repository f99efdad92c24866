# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity meeting`: arrange, minute and sign meetings; the way to their call."""

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
    OperatorOption,
    ReasonOption,
    composition,
    ended_properly,
    group,
)
from comity.entrypoints.cli.paths import meeting_path

if TYPE_CHECKING:
    from comity.entrypoints.api.meeting_messages import MeetingTold

meetings = group("Meetings: when, who, what was decided, and the call.")

MeetingArgument = Annotated[str, typer.Argument(help="The meeting's id, party/number.")]
StartOption = Annotated[str, typer.Option("--start", help="RFC 3339 time with its offset.")]
EndOption = Annotated[str, typer.Option("--end", help="RFC 3339 time with its offset.")]
ZoneOption = Annotated[str, typer.Option("--zone", help="This party's zone, Europe/Helsinki.")]
MeansOption = Annotated[str, typer.Option("--means", help="video, in-person or other.")]
PlaceOption = Annotated[str, typer.Option("--place", help="Where, in words.")]
AgendaOption = Annotated[
    list[str] | None,
    typer.Option("--item", help="A point; `words @party/number` links it to a matter; repeatable."),
]
ProposalOption = Annotated[
    str | None, typer.Option("--proposal", help="By its digest; the current one if left out.")
]


@meetings.command("propose")
@ended_properly
def propose(
    context: typer.Context,
    title: Annotated[str, typer.Argument(help="One line.")],
    party: Annotated[list[str], typer.Option("--party", help="A peer to meet; repeatable.")],
    start: StartOption,
    end: EndOption,
    zone: ZoneOption,
    means: MeansOption = "video",
    place: PlaceOption = "",
    item: AgendaOption = None,
    group_id: Annotated[
        str | None, typer.Option("--group", help="The working group it is of.")
    ] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose a meeting. It is agreed once every party has accepted.

    Example: `comity meeting propose "Follow-up" --party borealis.q3mbt5aa --start 2026-12-01T15:00:00+02:00
    --end 2026-12-01T16:00:00+02:00 --zone Europe/Helsinki`
    """
    body = {
        **_when(title, start, end, zone, means, place, item),
        "parties": party,
        "group": group_id,
    }
    _act(context, home, operator, "/v1/meetings", body, exercise=exercise, as_json=as_json)


@meetings.command("counter")
@ended_properly
def counter(
    context: typer.Context,
    meeting: MeetingArgument,
    title: Annotated[str, typer.Argument(help="One line.")],
    start: StartOption,
    end: EndOption,
    zone: ZoneOption,
    means: MeansOption = "video",
    place: PlaceOption = "",
    item: AgendaOption = None,
    proposal: ProposalOption = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose another time, place or agenda; what was agreed stands until all accept the new one.

    Example: `comity meeting counter aurelia.7vrrh7hi/00000000000000d1 "Follow-up" --start 2026-12-01T17:00:00+03:00
    --end 2026-12-01T18:00:00+03:00 --zone Europe/Istanbul`
    """
    body = {**_when(title, start, end, zone, means, place, item), "replaces": proposal}
    _on(context, home, operator, meeting, "counter", body, exercise=exercise, as_json=as_json)


@meetings.command("accept")
@ended_properly
def accept(
    context: typer.Context,
    meeting: MeetingArgument,
    zone: Annotated[str | None, typer.Option("--zone", help="This party's zone.")] = None,
    words: Annotated[str, typer.Option(help="Words to the others.")] = "",
    proposal: ProposalOption = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Accept a proposal, and say in which zone this side reads it.

    Example: `comity meeting accept aurelia.7vrrh7hi/00000000000000d1 --zone Europe/Istanbul`
    """
    body = {"reply": "accept", "zone": zone, "words": words, "proposal": proposal}
    _on(context, home, operator, meeting, "answer", body, exercise=exercise, as_json=as_json)


@meetings.command("decline")
@ended_properly
def decline(
    context: typer.Context,
    meeting: MeetingArgument,
    words: Annotated[str, typer.Option(help="Why, to the others.")] = "",
    proposal: ProposalOption = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decline a proposal. That stands; another is made with `meeting counter`.

    Example: `comity meeting decline aurelia.7vrrh7hi/00000000000000d1 --words "That night we fly."`
    """
    body = {"reply": "decline", "words": words, "proposal": proposal}
    _on(context, home, operator, meeting, "answer", body, exercise=exercise, as_json=as_json)


@meetings.command("cancel")
@ended_properly
def cancel(
    context: typer.Context,
    meeting: MeetingArgument,
    reason: ReasonOption,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that a meeting is off; shown as this party's alone.

    Example: `comity meeting cancel aurelia.7vrrh7hi/00000000000000d1 --reason "a storm"`
    """
    body = {"reason": reason}
    _on(context, home, operator, meeting, "cancel", body, exercise=exercise, as_json=as_json)


@meetings.command("import")
@ended_properly
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="An iCalendar file with one event.")],
    party: Annotated[list[str], typer.Option("--party", help="A peer to meet; repeatable.")],
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose a meeting from an iCalendar file. Recurrence and times without a zone are refused.

    Example: `comity meeting import invitation.ics --party borealis.q3mbt5aa`
    """
    from comity.entrypoints.cli.files import read_text

    body = {"calendar": read_text(file, CALENDAR_BYTES_MAX), "parties": party}
    _act(context, home, operator, "/v1/meetings/import", body, exercise=exercise, as_json=as_json)


@meetings.command("export")
@ended_properly
def export_file(
    context: typer.Context,
    meeting: MeetingArgument,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write.")] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the current proposal as an iCalendar file.

    Example: `comity meeting export aurelia.7vrrh7hi/00000000000000d1 -o follow-up.ics`
    """
    import sys

    from comity.entrypoints.api.meeting_messages import CalendarTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.files import write_file
    from comity.entrypoints.cli.render import print_json

    with open_node(composition(context), home, operator) as client:
        path = f"{meeting_path(meeting)}/calendar"
        told = client.get(path, CalendarTold, exercise=exercise)
    if as_json:
        print_json(told)
    elif output is None:
        sys.stdout.write(told.calendar)
    else:
        write_file(output, told.calendar.encode())


@meetings.command("attend")
@ended_properly
def attend(
    context: typer.Context,
    meeting: MeetingArgument,
    person: Annotated[
        list[str], typer.Option("--person", help="`name, role`; of this side; repeatable.")
    ],
    since: Annotated[str, typer.Option("--since", help="RFC 3339 time with its offset.")],
    until: Annotated[str | None, typer.Option("--until", help="RFC 3339 time.")] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say who of this side was there.

    Example: `comity meeting attend aurelia.7vrrh7hi/00000000000000d1 --person "Duty officer, chair"
    --since 2026-12-01T13:00:00Z`
    """
    rows = []
    for each in person:
        name, _, role = each.partition(",")
        rows.append({"name": name.strip(), "role": role.strip(), "since": since, "until": until})
    body = {"persons": rows}
    _on(context, home, operator, meeting, "attendance", body, exercise=exercise, as_json=as_json)


@meetings.command("minutes")
@ended_properly
def minutes(
    context: typer.Context,
    meeting: MeetingArgument,
    file: Annotated[
        Path | None, typer.Argument(help="What was said, one paragraph a line, in UTF-8.")
    ] = None,
    decision: Annotated[
        list[str] | None, typer.Option("--decision", help="What was decided; repeatable.")
    ] = None,
    task: Annotated[
        list[str] | None,
        typer.Option("--task", help="`owner due title`, the due time in RFC 3339; repeatable."),
    ] = None,
    disputes: Annotated[
        str | None,
        typer.Option(
            "--disputes", help="The version that this one contests; its beginning will do."
        ),
    ] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose minutes with decisions and tasks, or this side's own version of them.

    Example: `comity meeting minutes aurelia.7vrrh7hi/00000000000000d1 said.txt --decision "Night flights are told a
    day ahead." --task "borealis.q3mbt5aa 2026-12-24T12:00:00Z Write it down"`
    """
    from comity.entrypoints.cli.files import TEXT_BYTES_MAX, read_text
    from comity.kernel.errors import InputError

    said = "" if file is None else read_text(file, TEXT_BYTES_MAX)
    tasks = []
    for each in task or []:
        owner, _, rest = each.strip().partition(" ")
        due, _, title = rest.strip().partition(" ")
        if not title:
            raise InputError("--task", f"{each[:80]!r} is not `owner due title`")
        tasks.append({"owner": owner, "due": due, "title": title.strip()})
    body = {
        "lines": [line.strip() for line in said.splitlines() if line.strip()],
        "decisions": decision or [],
        "tasks": tasks,
        "disputes": None
        if disputes is None
        else _version(context, home, operator, meeting, disputes, exercise=exercise),
    }
    _on(context, home, operator, meeting, "minutes", body, exercise=exercise, as_json=as_json)


@meetings.command("sign")
@ended_properly
def sign(
    context: typer.Context,
    meeting: MeetingArgument,
    digest: Annotated[
        str,
        typer.Argument(help="The version of the minutes, by its digest; its beginning will do."),
    ],
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sign one version of the minutes. They are the minutes once every party signed the same digest.

    Example: `comity meeting sign aurelia.7vrrh7hi/00000000000000d1 3f9a1c02…`
    """
    body = {"minutes": _version(context, home, operator, meeting, digest, exercise=exercise)}
    _on(context, home, operator, meeting, "sign", body, exercise=exercise, as_json=as_json)


@meetings.command("list")
@ended_properly
def list_meetings(
    context: typer.Context,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the meetings known here.

    Example: `comity meeting list --json`
    """
    from comity.entrypoints.api.meeting_messages import MeetingTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_banner, print_json, print_table

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/meetings", list[MeetingTold], exercise=exercise)
    if as_json:
        print_json(told)
        return
    print_banner(exercise=exercise)
    rows = []
    for each in told:
        current = next((p for p in each.proposals if p.digest == each.current), None)
        title = "unknown" if current is None else current.title
        start = "unknown" if current is None else current.start
        owed = ["answer"] if each.answer_owed else []
        owed += [f"sign or dispute minutes {digest[:12]}" for digest in each.unsigned]
        rows.append((each.meeting, title, each.state, start, ", ".join(owed), str(each.in_call)))
    columns = ("meeting", "title", "state", "start", "owed by us", "in the call")
    print_table(columns, rows)


@meetings.command("show")
@ended_properly
def show(
    context: typer.Context,
    meeting: MeetingArgument,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a meeting: the times as each side reads them, answers, attendance, minutes.

    Example: `comity meeting show aurelia.7vrrh7hi/00000000000000d1`
    """
    from comity.entrypoints.api.meeting_messages import MeetingTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_told

    with open_node(composition(context), home, operator) as client:
        path = meeting_path(meeting)
        told = client.get(path, MeetingTold, exercise=exercise)
    print_told(told, _print_meeting, as_json=as_json)


@meetings.command("call")
@ended_properly
def call(
    context: typer.Context,
    meeting: MeetingArgument,
    clear: Annotated[
        str | None, typer.Option("--clear", help="A station of this party's that died.")
    ] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who is in the call, by which keys, and the address of the page for a browser on this machine.

    With --clear, first take a station of this party out that died without leaving.

    Example: `comity meeting call aurelia.7vrrh7hi/00000000000000d1`

    The page asks for the operator's token and keeps it in memory only.
    """
    from comity.entrypoints.api.meeting_messages import CallTold, MeetingActTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_json, print_line, print_table
    from comity.entrypoints.home import HomeLayout, read_running

    with open_node(composition(context), home, operator) as client:
        path = f"{meeting_path(meeting)}/call"
        if clear is not None:
            body = {"station": clear}
            client.post(f"{path}/leave", body, MeetingActTold, exercise=exercise)
        told = client.get(path, CallTold, exercise=exercise)
    if as_json:
        print_json(told)
        return
    running = read_running(HomeLayout(home))
    if running is not None:
        suffix = "&exercise=true" if exercise else ""
        page = f"http://{running.api_address}/console/meeting.html#meeting={meeting}{suffix}"
        print_line(f"page: {page}")
    rows = [
        (
            each.party,
            each.name,
            each.station,
            {None: "unknown", True: "yes", False: "no"}[each.may_be_recorded],
            each.fingerprint,
        )
        for each in told.stations
    ]
    print_table(("party", "name", "station", "may be recorded", "key"), rows)
    for station in told.ambiguous:
        print_line(f"AMBIGUOUS station {station}: claimed with two keys; nobody connects to it")


CALENDAR_BYTES_MAX = 65_536  # as its reader allows


def _print_meeting(told: "MeetingTold") -> None:
    from comity.entrypoints.cli.render import print_line, print_table

    if told.exercise:
        print_line("EXERCISE")
    by = f" by {', '.join(told.cancelled_by)} alone" if told.cancelled_by else ""
    print_line(f"{told.meeting}: {told.state}{by}")
    rows = [
        (each.party, each.zone or "unknown", each.start or "unknown", each.end or "unknown")
        for each in told.times
    ]
    if rows:
        print_table(("party", "zone", "from", "to"), rows)
    for each in told.proposals:
        mark = "CURRENT " if each.digest == told.current else ""
        replies = ", ".join(f"{party} {said}" for party, said in each.replies.items())
        waiting = f"; no answer of {', '.join(each.waiting_for)}" if each.waiting_for else ""
        print_line(f"{mark}{each.digest[:12]} {each.title}: {each.start} to {each.end}")
        print_line(f"  {each.means} {each.place}; {replies}{waiting}")
        for number, point in enumerate(each.agenda, 1):
            print_line(f"  {number}. {point.item}{f' @{point.matter}' if point.matter else ''}")
    for person in told.attendance:
        print_line(f"there for {person.party}: {person.name} {person.role} from {person.since}")
    for version in told.minutes:
        contested = f", contested by {', '.join(d[:12] for d in version.disputed_by)}"
        print_line(
            f"minutes {version.digest} of {version.author}: {version.state.upper()}"
            f"{contested if version.disputed_by else ''}; signed by {', '.join(version.signed_by)}"
        )
        for line in version.lines:
            print_line(f"  {line}")
        for line in version.decisions:
            print_line(f"  decided: {line}")
        for task in version.tasks:
            print_line(
                f"  task: {task.title}: {task.owner} by {task.due}"
                f"{' OVERDUE' if task.overdue else ''}"
            )


def _when(
    title: str, start: str, end: str, zone: str, means: str, place: str, items: list[str] | None
) -> dict[str, object]:
    agenda = []
    for each in items or []:
        words, at, matter = each.rpartition(" @")
        agenda.append({"item": words, "matter": matter} if at else {"item": each, "matter": None})
    return {
        "title": title,
        "start": start,
        "end": end,
        "zone": zone,
        "means": means,
        "place": place,
        "agenda": agenda,
    }


def _on(
    context: typer.Context,
    home: Path,
    operator: str | None,
    meeting: str,
    act: str,
    body: Mapping[str, object],
    *,
    exercise: bool,
    as_json: bool,
) -> None:
    path = f"{meeting_path(meeting)}/{act}"
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
    from comity.entrypoints.api.meeting_messages import MeetingActTold

    ask_and_tell(
        context, home, operator, path, body, MeetingActTold,
        lambda told: f"{told.meeting}: {record_words(told.record)}",
        exercise=exercise, as_json=as_json,
    )  # fmt: skip


def _version(
    context: typer.Context,
    home: Path,
    operator: str | None,
    meeting: str,
    start: str,
    *,
    exercise: bool,
) -> str:
    """The whole digest of a version of the minutes, by its beginning.

    Raises:
        InputError: `digest`: not one version begins so.
    """
    from comity.entrypoints.api.meeting_messages import MeetingTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.digests import whole_digest

    with open_node(composition(context), home, operator) as client:
        told = client.get(meeting_path(meeting), MeetingTold, exercise=exercise)
    known = (each.digest for each in told.minutes)
    return whole_digest(start.lower(), known, "digest", "versions of the minutes")
