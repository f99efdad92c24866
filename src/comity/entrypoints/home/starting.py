"""The file that tells the command line that a node starts, since when, and how far it is."""

import os
import time
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from comity.entrypoints.home.layout import HomeLayout
from comity.entrypoints.home.running import process_is_alive, read_running
from comity.kernel.instants import Instant

TOLD_EVERY_S = 0.5  # a start of a second writes it a few times, one of minutes harms no disk


class StartStage(StrEnum):
    """What a start is at."""

    LOADING = "loading the program"
    OPENING = "opening the store"
    VERIFYING = "verifying records"
    LISTENING = "opening its doors"


@dataclass(frozen=True, slots=True)
class StartingNode:
    """A node that does not serve yet.

    Attributes:
        process_id: of the starting process.
        since: when it began.
        stage: what it is at.
        done: how many records it has verified.
        of: how many there are; None while that is not known.
    """

    process_id: int
    since: str
    stage: StartStage
    done: int = 0
    of: int | None = None

    @property
    def words(self) -> str:
        """The whole of it in one line."""
        if self.stage is StartStage.VERIFYING and self.of is not None:
            return f"is starting since {self.since}: {self.done} of {self.of} records verified"
        return f"is starting since {self.since}: {self.stage.value}"


class Start:
    """Tells how far a start is. One that finds the home served, or started by another, tells nothing."""

    def __init__(self, layout: HomeLayout, at: Instant) -> None:
        """Begin to tell."""
        self._layout = layout
        self._since = str(at)
        self._told_s = 0.0
        self._tells = read_running(layout) is None and read_starting(layout) is None
        self.tell(StartStage.LOADING)

    def tell(self, stage: StartStage) -> None:
        """It has come to a stage."""
        self._write(StartingNode(os.getpid(), self._since, stage))

    def verified(self, done: int, of: int) -> None:
        """So many records have been verified; called often, told now and then."""
        if time.monotonic() - self._told_s >= TOLD_EVERY_S:
            self._write(StartingNode(os.getpid(), self._since, StartStage.VERIFYING, done, of))

    def end(self) -> None:
        """It serves, or gave up. May be called again."""
        if self._tells:
            self._tells = False
            self._layout.starting.unlink(missing_ok=True)

    def _write(self, starting: StartingNode) -> None:
        if not self._tells:
            return
        self._told_s = time.monotonic()
        part = self._layout.starting.with_suffix(".part")
        try:
            part.write_bytes(msgspec.json.encode(starting) + b"\n")
            part.replace(self._layout.starting)
        except OSError:
            self._tells = (
                False  # a disk that is full is told by the store; a start needs no word of it
            )


def read_starting(layout: HomeLayout) -> StartingNode | None:
    """How far a node's start is, or None where none is under way.

    A file left behind by a killed process names a process that is gone; what cannot be read says nothing.
    """
    try:
        starting = msgspec.json.decode(layout.starting.read_bytes(), type=StartingNode)
    except (OSError, msgspec.DecodeError):
        return None
    return starting if process_is_alive(starting.process_id) else None
