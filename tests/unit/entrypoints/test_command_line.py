"""The command line: light to start, its exit codes and reference as documented, checks without a node."""

import io
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.node_homes import environment, make_home, plan_file
from tools.cli_reference import reference

from comity import bootstrap
from comity.domain.agreement import DraftParty, draft_agreement
from comity.domain.airspace import EdgeKind, Shape, ShapeKind
from comity.entrypoints.api.messages import StatusTold
from comity.entrypoints.cli import run
from comity.entrypoints.cli.access import NodeClient
from comity.entrypoints.cli.app import create_app
from comity.entrypoints.cli.exit_codes import (
    MEANINGS,
    ExitCode,
    NodeUnreachableError,
    RefusedError,
    exit_code_of,
)
from comity.entrypoints.cli.frame import ended_properly
from comity.entrypoints.home import HomeLayout
from comity.entrypoints.home.keys import load_card
from comity.kernel.errors import (
    AgreementError,
    InputError,
    PeerError,
    RecordError,
    StoreError,
)
from comity.kernel.instants import Instant

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "cli.md"
HEAVY = [
    "apsw",
    "cryptography",
    "httpx",
    "msgspec",
    "nacl",
    "numba",
    "numpy",
    "rich",
    "structlog",
    "uvicorn",
]


class CommandLine:
    """Runs commands in this process and keeps what they print."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        code = run(bootstrap.Composition(), [str(argument) for argument in arguments])
        printed = self._capsys.readouterr()
        return code, printed.out, printed.err


@pytest.fixture
def comity(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> HomeLayout:
    return make_home(tmp_path_factory.mktemp("homes") / "a")


@pytest.mark.requirement("DOORS-040")
def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from comity.bootstrap import Composition\n"
        "from comity.entrypoints.cli import run\n"
        "assert run(Composition(), ['--help']) == 0\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.requirement("DOORS-040")
def test_reading_a_home_without_a_node_loads_no_server(home: HomeLayout) -> None:
    program = (
        "import sys\n"
        "from comity.bootstrap import Composition\n"
        "from comity.entrypoints.cli import run\n"
        f"assert run(Composition(), ['peer', 'list', '--home', {str(home.root)!r}]) == 0\n"
        "print([name for name in ('uvicorn', 'httpx', 'numba') if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.requirement("DOORS-041")
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RefusedError("no"), 1),
        (InputError("field", "why"), 3),
        (NodeUnreachableError("gone"), 4),
        (StoreError("disk-full", ""), 5),
        (PeerError("unreachable", ""), 6),
        (AgreementError("not-a-party", ""), 6),
        (RecordError("bad-signature", ""), 6),
        (ValueError("ours"), 70),
        (BrokenPipeError(), 141),
    ],
)
def test_each_error_has_its_exit_code(error: Exception, code: int) -> None:
    assert exit_code_of(error) == code


@pytest.mark.requirement("DOORS-041")
def test_the_reference_page_is_what_the_program_says() -> None:
    assert reference() == REFERENCE.read_text(), "run: python -m tools.cli_reference"
    assert set(MEANINGS) == set(ExitCode)
    for code, meaning in MEANINGS.items():
        assert f"| {code.value} | {meaning} |" in REFERENCE.read_text()


def test_a_process_that_runs_many_commands_puts_them_together_once(comity: CommandLine) -> None:
    """Groups are their modules' own: what adds to them at each command is there twice, and ever more."""
    for _ in range(2):
        assert comity("place", "N 59 54.0 E 024 30.0")[0] == ExitCode.OK
    groups = {each.name: each.typer_instance for each in create_app().registered_groups}
    for name, inner in groups.items():
        assert inner is not None
        added = [each.callback for each in inner.registered_commands]
        assert len(added) == len(set(added)), name
    assert len(groups) > 20
    assert comity("no-such-command")[0] == ExitCode.USAGE


def commands() -> list[tuple[str, Any]]:
    root: Any = typer.main.get_command(create_app())
    found = []
    for name, command in root.commands.items():
        inner = getattr(command, "commands", None)
        if inner is None:
            found.append((name, command))
        else:
            found += [(f"{name} {each}", inner[each]) for each in inner]
    return found


SILENT = {"node run"}  # it prints a log, and that is JSON already


@pytest.mark.requirement("DOORS-042")
def test_every_command_has_an_example_and_prints_json() -> None:
    told = commands()
    assert len(told) > 30
    for name, command in told:
        assert "Example: `comity" in (command.help or ""), name
        options = {option for parameter in command.params for option in parameter.opts}
        assert ("--json" in options) is (name not in SILENT), name
        assert all(getattr(each, "help", None) for each in command.params), name


@pytest.mark.requirement("DOORS-041")
def test_a_question_that_nobody_answers_is_a_no_and_no_fault_of_ours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    @ended_properly
    def ask() -> None:
        typer.confirm("Are they the same on both sides?", abort=True)

    with pytest.raises(typer.Exit) as ended:
        ask()
    assert ended.value.exit_code == ExitCode.NO
    told = capsys.readouterr().err
    assert "comity: a question was not answered; nothing was done" in told
    assert "Traceback" not in told


@pytest.mark.requirement("DOORS-041")
def test_a_reader_that_has_had_enough_is_no_fault_of_ours(home: HomeLayout) -> None:
    program = "from comity.bootstrap import main; main()"
    for arguments in (["phrase", "list"], ["status", "--home", str(home.root)]):
        asked = subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert asked.stdout is not None
        assert asked.stderr is not None
        asked.stdout.close()
        assert (asked.stderr.read().decode(), asked.wait()) == ("", 141)
        asked.stderr.close()


@pytest.mark.requirement("DOORS-041")
def test_a_node_of_another_version_is_named_as_that() -> None:
    class Older:
        def ask(self, *_: Any) -> tuple[int, bytes]:
            return 200, b'{"party": "a"}'

    with pytest.raises(NodeUnreachableError, match="must be of one version"):
        NodeClient(Older(), "token").get("/v1/status", StatusTold)


@pytest.mark.requirement("DOORS-041")
@pytest.mark.parametrize(
    ("arguments", "code", "names"),
    [
        (["fly"], 2, "No such command"),
        (["intent", "show"], 2, "Missing argument"),
        (["intent", "list", "--limit", "many"], 2, "limit"),
        (["status", "--home", "{none}"], 3, "is not a node's home"),
        (["intent", "show", "--home", "{home}", "not-an-id"], 3, "intent_id"),
        (["intent", "declare", "--home", "{home}", "{none}"], 3, "No such file"),
        (["intent", "declare", "--home", "{home}", "{plan}"], 4, "not running"),
        (["status", "--home", "{home}", "--operator", "nobody"], 5, "file-missing"),
        (["peer", "accept", "--home", "{home}", "comity-card1:AAAA"], 3, "card"),
        (["agreement", "sign", "--home", "{home}", "abc"], 3, "digest"),
        (["agreement", "propose", "--home", "{home}", "{none}"], 3, "none"),
        (
            [
                "agreement",
                "draft",
                "--home",
                "{home}",
                "--title",
                "T",
                "--area=1,nan,2,3",
                "--from",
                "2026-01-01T00:00:00Z",
                "--until",
                "2027-01-01T00:00:00Z",
            ],
            3,
            "'1,nan,2,3' is not south,west,north,east in degrees",
        ),
        (["log", "prove", "--home", "{home}", "0" * 64], 3, "digest"),
        (["restore", "--home", "{home}", "{none}"], 5, "backup-missing"),
        (["init", "Aurelia", "--home", "{home}"], 3, "in use"),
        (["init", "Aurelia", "--home", "{none}", "--peer-listen", "x"], 3, "--peer-listen"),
    ],
)
def test_what_is_refused_names_why(
    comity: CommandLine,
    home: HomeLayout,
    tmp_path: Path,
    arguments: Sequence[str],
    code: int,
    names: str,
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_bytes(plan_file())
    words = {"{home}": str(home.root), "{none}": str(tmp_path / "none"), "{plan}": str(plan)}
    told = comity(*(words.get(argument, argument) for argument in arguments))
    assert told[0] == code, told
    assert names in told[2], told
    assert not (tmp_path / "none").exists()


@pytest.mark.requirement("DOORS-043")
def test_flights_in_files_are_checked_without_a_node(comity: CommandLine, tmp_path: Path) -> None:
    files = {
        "mine": plan_file("MINE"),
        "same": plan_file("SAME"),
        "later": plan_file("LATER", day="2030-01-05"),
        "unknown": plan_file(
            "UNKNOWN",
            lower={"value": 0, "unit": "m", "datum": "AGL"},
            upper={"value": 100, "unit": "m", "datum": "AGL"},
        ),
        "bad": plan_file("BAD", start="2030-01-02T09:00:00"),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    code, out, _ = comity("intent", "check", tmp_path / "mine", tmp_path / "later")
    assert code == 0
    assert ": separated" in out
    assert "clear" not in out
    code, out, err = comity("intent", "check", tmp_path / "mine", tmp_path / "same", "--json")
    report = json.loads(out)
    assert (code, report["conflicts"], report["undetermined"]) == (1, 1, 0)
    verdict = report["found"][0]["verdict"]
    assert verdict["verdict"] == "conflict"
    assert verdict["first_time"] == "2030-01-02T09:00:00.000Z"
    assert verdict["least_horizontal_m"] == 0
    assert "1 in conflict" in err
    code, out, _ = comity("intent", "check", tmp_path / "mine", tmp_path / "unknown")
    assert code == 1
    assert "UNDETERMINED" in out
    code, _, err = comity("intent", "check", tmp_path / "bad")
    assert code == 3
    assert "properties.start" in err


@pytest.mark.requirement("DOORS-043")
def test_a_check_takes_the_minima_of_an_agreement(
    comity: CommandLine, home: HomeLayout, tmp_path: Path
) -> None:
    card = load_card(home.card)
    other = load_card(make_home(tmp_path / "b", "Borealis").card)
    box = json.loads(plan_file())["features"][0]["geometry"]["coordinates"][0]
    area = Shape(
        ShapeKind.RING,
        latitude_deg=tuple(point[1] for point in box[:-1]),
        longitude_deg=tuple(point[0] for point in box[:-1]),
        radius_m=0.0,
        edge=EdgeKind.CHORD,
    )
    text = draft_agreement(
        title="Gulf",
        parties=[DraftParty(each.party, each.name, each.root_key) for each in (card, other)],
        area=(area,),
        valid_from=Instant(1_800_000_000_000),
        valid_until=Instant(1_900_000_000_000),
        horizontal_m=100.0,
        vertical_m=30.0,
    )
    (tmp_path / "gulf.md").write_text(text)
    (tmp_path / "near").write_bytes(plan_file("NEAR", west_deg=24.62))  # 1.1 km east of the other
    (tmp_path / "mine").write_bytes(plan_file("MINE"))
    files = (tmp_path / "mine", tmp_path / "near")
    assert comity("intent", "check", *files)[0] == 1
    code, out, _ = comity("intent", "check", *files, "--agreement", tmp_path / "gulf.md")
    assert code == 0
    assert "Gulf" in out


@pytest.mark.requirement("DOORS-044")
def test_a_node_that_does_not_run_answers_from_its_home(
    comity: CommandLine, tmp_path: Path
) -> None:
    mine, other = tmp_path / "a", make_home(tmp_path / "b", "Borealis")
    code, out, _ = comity(
        "init", "Aurelia", "--home", mine, "--peer-listen", "127.0.0.1:7999", "--json"
    )
    party = json.loads(out)["party"]
    assert code == 0
    card = other.card.read_text().strip()
    code, out, _ = comity("peer", "accept", card, "--home", mine, "--json")
    asked = json.loads(out)
    assert (code, asked["accepted"], len(asked["words"])) == (1, False, 8)
    code, out, _ = comity("peer", "accept", other.card, "--home", mine, "--json", "--yes")
    assert (code, json.loads(out)) == (0, {**asked, "accepted": True})
    code, out, _ = comity("peer", "list", "--home", mine, "--json")
    assert [(peer["name"], peer["reach"]) for peer in json.loads(out)] == [
        ("Borealis", "not-running")
    ]
    code, out, _ = comity("peer", "invite", "--home", mine)
    code, back, _ = comity("peer", "accept", out.strip(), "--home", other.root, "--yes", "--json")
    assert json.loads(back)["party"] == party
    code, out, _ = comity("status", "--home", mine, "--json")
    assert (code, json.loads(out)["party"]) == (0, party)
    code, out, _ = comity("log", "show", "--home", mine, "--json")
    assert [entry["kind"] for entry in json.loads(out)["entries"]] == ["peer.card"]
    code, out, _ = comity("log", "verify", "--home", mine, "--json")
    assert (code, json.loads(out)["faults"]) == (0, [])


@pytest.mark.requirement("DOORS-045")
def test_keys_are_rotated_and_revoked_with_the_root_key(
    comity: CommandLine, tmp_path: Path
) -> None:
    layout = make_home(tmp_path / "a")
    other = make_home(tmp_path / "b", "Borealis")
    comity("peer", "accept", other.card, "--home", layout.root, "--yes")
    away = tmp_path / "safe"
    layout.root_key.rename(away)
    code, _, err = comity("key", "rotate", "--home", layout.root)
    assert (code, "file-missing" in err) == (5, True)
    for number, verb in ((1, "rotate"), (2, "revoke")):
        code, out, err = comity("key", verb, "--home", layout.root, "--root-key", away, "--json")
        keys = json.loads(out)["keys"]
        assert (code, [key["sequence"] for key in keys]) == (0, list(range(number + 1))), err
        assert keys[-1]["pending"] == [load_card(other.card).party]
    assert keys[2]["revokes"] == [keys[1]["key"]]
    code, out, _ = comity("key", "show", "--home", layout.root, "--json")
    assert [key["key"] for key in json.loads(out)["keys"]] == [key["key"] for key in keys]
    code, out, _ = comity("log", "verify", "--home", layout.root, "--json")
    assert (code, json.loads(out)["faults"]) == (0, [])
    code, out, _ = comity(
        "operator", "add", "watch-2", "--name", "W", "--role", "officer", "--home", layout.root
    )
    assert code == 0
    code, _, err = comity("operator", "list", "--home", layout.root)
    assert (code, "officer, watch-2" in err) == (3, True)
    code, out, _ = comity(
        "operator", "list", "--home", layout.root, "--operator", "watch-2", "--json"
    )
    assert [each["id"] for each in json.loads(out)] == ["officer", "watch-2"]


@pytest.mark.requirement("DOORS-044")
def test_a_backup_becomes_a_home_again(comity: CommandLine, tmp_path: Path) -> None:
    layout = make_home(tmp_path / "a")
    other = make_home(tmp_path / "b", "Borealis")
    comity("peer", "accept", other.card, "--home", layout.root, "--yes")
    code, out, err = comity("backup", tmp_path / "a.backup", "--home", layout.root, "--json")
    assert code == 0, err
    assert not [name for name in json.loads(out)["files"] if "key" in name or "token" in name]
    code, out, err = comity(
        "restore", tmp_path / "a.backup", "--home", tmp_path / "c", "--secrets", layout.root
    )
    assert code == 0, err
    code, out, err = comity("status", "--home", tmp_path / "c", "--json")
    told = json.loads(out)
    assert (code, told["party"], told["recovering"]) == (0, load_card(layout.card).party, True)
    code, _, err = comity("backup", tmp_path / "a.backup", "--home", layout.root)
    assert (code, "file-exists" in err) == (5, True)


@pytest.mark.requirement("DOORS-049")
@pytest.mark.parametrize(
    "room", ["echelon", "group", "intent", "meeting", "movement", "notice", "observation", "site"]
)
def test_a_list_of_the_exercise_wears_the_banner_and_one_that_is_live_does_not(
    comity: CommandLine, home: HomeLayout, room: str
) -> None:
    code, exercise, _ = comity(room, "list", "--exercise", "--home", home.root)
    assert (code, exercise.partition("\n")[0]) == (0, "*** EXERCISE EXERCISE EXERCISE ***")
    code, live, _ = comity(room, "list", "--home", home.root)
    assert (code, "EXERCISE" in live) == (0, False)
