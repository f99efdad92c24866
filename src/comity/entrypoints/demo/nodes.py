"""The nodes of the demonstration: operating-system processes, started and stopped here."""

import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec

from comity.entrypoints.home.layout import HomeLayout
from comity.entrypoints.home.operators_file import load_operator_token
from comity.entrypoints.home.running import RunningNode, read_running
from comity.kernel.errors import ComityError, InputError
from comity.kernel.ids import OperatorId

START_S_MAX = 60.0  # a cold machine compiles its numeric kernels first
STOP_S_MAX = 20.0
COMMAND_S_MAX = 120.0
ANSWER_S_MAX = 120.0  # a batch of flights on a loaded machine
POLL_S = 0.1
PAGE_SIZE = 1_000  # intents of one answer
OPERATOR = OperatorId("officer")

Say = Callable[[str], None]


class DemoError(ComityError):
    """The demonstration cannot go on; says what was asked and what came back."""


@dataclass
class DemoNode:
    """One party's node.

    Attributes:
        home: its folder: keys, store, settings, log.
        party: its id, once its home is made.
        say: prints a line for the person who watches.
    """

    name: str
    home: Path
    say: Say
    party: str = ""
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _client: httpx.Client | None = field(default=None, repr=False)

    @property
    def running(self) -> RunningNode:
        """The addresses in use.

        Raises:
            DemoError: it does not run.
        """
        found = read_running(HomeLayout(self.home))
        if found is None:
            raise DemoError(f"{self.name}: the node is not running; see {self.log}")
        return found

    @property
    def log(self) -> Path:
        """What the process wrote to standard error."""
        return self.home.parent / f"{self.home.name}.log"

    @property
    def card(self) -> Path:
        """The card that this party gives to the other."""
        return self.home.parent / f"{self.home.name}.card"

    def command(self, *words: str, code: int = 0) -> Any:
        """Run one `comity` command as a person would, and give what it printed as JSON.

        Args:
            words: the command, without `comity`, `--home` and `--json`.
            code: that it must end with.

        Raises:
            DemoError: it ended with another code.
        """
        self._show(*words)
        done = subprocess.run(  # noqa: S603  # our own interpreter and our own words
            [sys.executable, "-m", "comity", *words, "--home", str(self.home), "--json"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=COMMAND_S_MAX,
            check=False,
        )
        if done.returncode != code:
            why = done.stderr.decode(errors="replace").strip() or done.stdout.decode(
                errors="replace"
            )
            raise DemoError(f"comity {' '.join(words[:2])} ended with {done.returncode}: {why}")
        return msgspec.json.decode(done.stdout)

    def start(self) -> None:
        """Start the node and wait until it says where it listens.

        Raises:
            DemoError: it ended, or said nothing in time.
        """
        self._show("node", "run")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and words
                [sys.executable, "-m", "comity", "node", "run", "--home", str(self.home)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches this process only, which then stops both
            )
        stop_s = time.monotonic() + START_S_MAX
        while read_running(HomeLayout(self.home)) is None:
            if self._process.poll() is not None:
                raise DemoError(f"{self.name}: the node ended; see {self.log}")
            if time.monotonic() > stop_s:
                raise DemoError(
                    f"{self.name}: no address after {START_S_MAX:.0f} s; see {self.log}"
                )
            time.sleep(POLL_S)
        token = load_operator_token(HomeLayout(self.home), OPERATOR)
        self._client = httpx.Client(
            base_url=f"http://{self.running.api_address}",
            headers={"authorization": f"Bearer {token}"},
            timeout=ANSWER_S_MAX,
            trust_env=False,
        )

    def stop(self) -> None:
        """Tell the node to end, and wait for it; it finishes what it has begun."""
        if self._client is not None:
            self._client.close()
            self._client = None
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def get(self, path: str, **query: str | int) -> Any:
        """Ask the node's local API for something.

        Raises:
            DemoError: it refused or did not answer.
        """
        return self._asked("GET", path, b"", query)

    def post(self, path: str, body: bytes, **query: str | int) -> Any:
        """Ask the node's local API to do something.

        Raises:
            DemoError: it refused or did not answer.
        """
        return self._asked("POST", path, body, query)

    def intents(self) -> tuple[dict[str, Any], list[Any]]:
        """Every intent this node knows, by id, and every announcement."""
        found: dict[str, Any] = {}
        while True:
            told = self.get("/v1/intents", limit=PAGE_SIZE, offset=len(found))
            found |= {each["intent"]: each for each in told["intents"]}
            if not told["intents"] or len(found) >= told["total"]:
                return found, told["announcements"]

    def _show(self, *words: str) -> None:
        """The command as a person types it beside the folder of the demonstration."""
        beside = f"{self.home.parent.parent}/"
        said = shlex.join([*words, "--home", str(self.home)]).replace(beside, "")
        self.say(f"$ comity {said}")

    def _asked(self, method: str, path: str, body: bytes, query: dict[str, str | int]) -> Any:
        if self._client is None:
            raise DemoError(f"{self.name}: the node is not running")
        try:
            answer = self._client.request(
                method,
                path,
                content=body or None,
                params=query,
                headers={"content-type": "application/json"},
            )
        except httpx.HTTPError as error:
            raise DemoError(f"{self.name}: {method} {path}: {error!r}; see {self.log}") from error
        if answer.status_code >= 400:
            raise DemoError(f"{self.name}: {method} {path}: {answer.status_code} {answer.text}")
        return msgspec.json.decode(answer.content)


def mark_demonstration(home: Path) -> None:
    """Say in a home's settings that what its node holds is invented.

    Raises:
        DemoError: the settings do not have that key.
    """
    file = HomeLayout(home).config
    text = file.read_text(encoding="utf-8")
    if "demonstration = false" not in text:
        raise DemoError(f"{file}: no key demonstration")
    file.write_text(text.replace("demonstration = false", "demonstration = true"), encoding="utf-8")


def wait_for(what: str, holds: Callable[[], bool], seconds_max: float) -> None:
    """Ask again and again until it holds.

    Raises:
        DemoError: it did not hold in time.
    """
    stop_s = time.monotonic() + seconds_max
    while not holds():
        if time.monotonic() > stop_s:
            raise DemoError(f"{what}: not after {seconds_max:.0f} s")
        time.sleep(POLL_S)


def refuse_running(home: Path) -> None:
    """Refuse to touch the home of a node that runs.

    Raises:
        InputError: it runs.
    """
    running = read_running(HomeLayout(home))
    if running is not None:
        why = f"a node runs in {home} (process {running.process_id}); end it or give another --out"
        raise InputError("out", why)
