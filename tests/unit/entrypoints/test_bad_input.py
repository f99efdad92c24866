"""Bad input by the command line: the field and the limit are named, nothing is half-written, no trace is shown."""

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.node_homes import make_home, plan_file

from comity import bootstrap
from comity.entrypoints.cli import run
from comity.entrypoints.cli.files import PLAN_BYTES_MAX, write_file
from comity.entrypoints.home import HomeLayout
from comity.kernel.errors import InputError

Refused = Callable[..., str]


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> HomeLayout:
    return make_home(tmp_path_factory.mktemp("bad") / "a")


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Refused:
    """A command that is to end with a code, and the one line that says why."""

    def command(code: int, *words: object) -> str:
        ended = run(bootstrap.Composition(), [str(word) for word in words])
        printed = capsys.readouterr()
        assert ended == code, (words, printed)
        assert "Traceback" not in printed.err
        return printed.err.strip().splitlines()[-1]

    return command


def ring(*corners: tuple[float, float]) -> bytes:
    plan = json.loads(plan_file())
    plan["features"][0]["geometry"]["coordinates"] = [[list(each) for each in corners]]
    return json.dumps(plan).encode()


BOW = ring((24.5, 59.9), (24.6, 60), (24.6, 59.9), (24.5, 60), (24.5, 59.9))
ACROSS = ring((179.9, 60), (-179.9, 60), (-179.9, 60.1), (179.9, 60.1), (179.9, 60))
ROUND_POLE = ring((0, 89.9), (90, 89.9), (180, 89.9), (-90, 89.9), (0, 89.9))
PLANS: list[tuple[str, bytes, str]] = [
    ("malformed", b'{"type":', "line 1 column 9"),
    ("no text", b"\x00\x01", "not JSON"),
    ("not UTF-8", b'{"type": "\xff"}', "UTF-8"),
    ("empty", b"", "not JSON"),
    ("deep lists", b"[" * 200_000, "64 levels"),
    ("deep objects", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "64 levels"),
    ("NaN", plan_file().replace(b"24.5", b"NaN"), "NaN is not"),
    ("a huge number", plan_file().replace(b"24.5", b"1e999"), "1e999"),
    ("huge", b" " * (PLAN_BYTES_MAX + 1), f"more than {PLAN_BYTES_MAX} bytes"),
    ("many plans", b'{"type":"FlightPlans","plans":[%s0]}' % (b"0," * 10_000), "10000 are read"),
    ("crosses itself", BOW, "coordinates[0]: not a simple area"),
    ("across the antimeridian", ACROSS, "cut at ±180 degrees"),
    ("round the pole", ROUND_POLE, "cut at ±180 degrees"),
    ("beyond the pole", plan_file(south_deg=90.5), "outside -90 to 90"),
    ("reversed times", plan_file(end="2030-01-02T08:00:00Z"), "properties.end"),
    ("naive time", plan_file(start="2030-01-02T09:00:00"), "properties.start"),
    (
        "unknown datum",
        plan_file(lower={"value": 0, "unit": "m", "datum": "MSL"}),
        "lower.datum: 'MSL' is not one of WGS84, EGM2008",
    ),
    ("unknown kind", b'{"type": "Blimp"}', "type: 'Blimp' is not"),
    ("flight class too long", plan_file(flight_class="x" * 33), "flight_class"),
    ("flight class of another form", plan_file(flight_class="Jet"), "flight_class"),
]


@pytest.mark.requirement("DOORS-048")
@pytest.mark.parametrize(
    ("content", "told"), [each[1:] for each in PLANS], ids=[e[0] for e in PLANS]
)
def test_a_bad_plan_is_refused_by_its_file_field_and_limit(
    layout: HomeLayout, refused: Refused, tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(content)
    line = refused(3, "intent", "check", path)
    assert line.startswith(f"comity: {path}"), line
    assert told in line
    line = refused(3, "intent", "check", path, "--with-node", "--home", layout.root)
    assert told in line


@pytest.mark.requirement("DOORS-048")
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("intent", "check", "@ok", "--horizontal-m", "nan"), 3, "horizontal_m: nan"),
        (("intent", "check", "@ok", "--vertical-m", "-1"), 3, "vertical_m: -1.0"),
        (("intent", "check", "@ok", "--agreement", "@binary"), 3, "U+0000"),
        (("intent", "check", "@missing"), 3, "No such file"),
        (("intent", "check", "@"), 3, "Is a directory"),
        (("intent", "show", "../x", "@home"), 3, "intent_id"),
        (("intent", "list", "--limit", "0", "@home"), 3, "limit"),
        (("intent", "declare", "@ok", "@home"), 4, "not running"),
        (("agreement", "propose", "@binary", "@home"), 3, "U+0000"),
        (("agreement", "propose", "@latin", "@home"), 3, "not UTF-8 at byte 1"),
        (("agreement", "propose", "@long", "@home"), 3, "at most 262144"),
        (("agreement", "show", "xyz", "@home"), 3, "digest"),
        (("peer", "accept", "comity-card1:AAAA", "--yes", "@home"), 3, "card: damaged"),
        (("peer", "accept", "@long", "--yes", "@home"), 3, "more than 32768 bytes"),
        (("peer", "remove", "x", "--reason", "y", "@home"), 3, "party: 'x'"),
        (("peer", "remove", "x.aaaaaaaa", "--reason", "y", "@home"), 3, "is no peer"),
        (("operator", "add", "A B", "--name", "x", "--role", "officer", "@home"), 3, "'A B'"),
        (("operator", "revoke", "officer", "@home"), 3, "is the last"),
        (("key", "rotate", "--root-key", "@missing", "@home"), 5, "file-missing"),
        (("log", "verify", "--proof", "@binary"), 3, "binary.record.json"),
        (("log", "prove", "0" * 64, "@home"), 3, "no record of this node"),
        (("backup", "@ok", "@home"), 5, "file-exists"),
        (("restore", "@binary", "--home", "@new"), 5, "backup-form"),
        (("init", "X", "--peer-listen", "x:y", "--home", "@new"), 3, "host:port"),
        (("status", "--home", "@new"), 3, "not a node's home"),
    ],
    ids=lambda each: " ".join(each)[:40] if isinstance(each, tuple) else None,
)  # fmt: skip
def test_bad_words_are_refused_by_name(
    layout: HomeLayout,
    refused: Refused,
    tmp_path: Path,
    words: tuple[str, ...],
    code: int,
    told: str,
) -> None:
    for name, content in (
        ("ok", plan_file()), ("binary", b"\x00\x01"), ("latin", b"x\xff"), ("long", b"x" * 300_000)
    ):  # fmt: skip
        (tmp_path / name).write_bytes(content)
    before = set(tmp_path.rglob("*")) | set(layout.root.rglob("*"))
    given: list[object] = []
    for word in words:
        if word == "@home":
            given += ["--home", layout.root]
        else:
            given.append(tmp_path / word[1:] if word.startswith("@") else word)
    assert told in refused(code, *given)
    after = set(tmp_path.rglob("*")) | set(layout.root.rglob("*"))
    assert {path.name for path in after - before} <= {"store.db-wal", "store.db-shm"}


@pytest.mark.requirement("DOORS-048")
def test_a_pipe_is_read_and_one_without_end_is_refused(refused: Refused, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def feed() -> None:
        with pipe.open("wb") as file:
            file.write(plan_file(flight_class="Jet"))

    writer = threading.Thread(target=feed)
    writer.start()
    assert "flight_class" in refused(3, "intent", "check", pipe)
    writer.join()
    assert f"more than {PLAN_BYTES_MAX}" in refused(3, "intent", "check", "/dev/zero")


@pytest.mark.requirement("DOORS-048")
def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write_file(tmp_path / "text", b"one")
    write_file(tmp_path / "text", b"two")
    with pytest.raises(InputError, match="Is a directory"):
        write_file(tmp_path, b"three")
    assert [path.name for path in tmp_path.iterdir()] == ["text"]
    assert (tmp_path / "text").read_bytes() == b"two"


def test_a_name_with_signs_of_an_address_stays_a_name(refused: Refused, layout: HomeLayout) -> None:
    """A blank is refused by the HTTP client as «does not answer»; what follows a ? was cut off."""
    told = refused(3, "feed", "remove", "a b?c#d%41", "--home", layout.root)
    assert "feed: a b?c#d%41 is not in use" in told
