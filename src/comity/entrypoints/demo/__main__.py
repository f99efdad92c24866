"""`python -m comity.entrypoints.demo`: what `script/demo` runs."""

import contextlib
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from comity.adapters.system_clock import SystemClock
from comity.domain.releasability import Disclosure
from comity.entrypoints.demo.driver import (
    HOMES,
    Demo,
    generated_input,
    make_room,
    recorded_input,
)
from comity.entrypoints.demo.flights import day_after_tomorrow
from comity.entrypoints.demo.nodes import OPERATOR
from comity.entrypoints.demo.screen import Screen
from comity.kernel.errors import ComityError

SAMPLE = "recorded-sample.json.gz"
SEED_DEFAULT = 2026
FLIGHTS_DEFAULT = 360
KEEP_ON_S = 5.0
WIDTH = 110  # of lines in a file or a pipe


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Stop all nodes at the end; exit 0 only if all held.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Another seed makes another day.")] = SEED_DEFAULT,
    flights: Annotated[int, typer.Option(help="How many flights.")] = FLIGHTS_DEFAULT,
    recorded: Annotated[
        bool,
        typer.Option("--recorded", help="Recorded flights in place of generated ones."),
    ] = False,
    cells: Annotated[
        bool,
        typer.Option("--cells", help="Show flights to the other party as cells, not as volumes."),
    ] = False,
    file: Annotated[
        Path | None,
        typer.Argument(help="A recording, with --recorded; the published sample if left out."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Where everything is written.")] = Path("demo-out"),
) -> None:
    """Three parties, three nodes: an agreement, a day of flights, the air now, the line, an incident, the proof."""
    screen = Screen(Console(width=None if sys.stdout.isatty() else WIDTH))
    begins = day_after_tomorrow(SystemClock().now())
    code = 1
    run: Demo | None = None
    stop = _told_to_stop()
    try:
        if file is not None and not recorded:
            raise typer.BadParameter("a FILE goes with --recorded")
        folder = out.absolute()
        make_room(folder, HOMES)
        day = (
            recorded_input(file, folder / SAMPLE, begins)
            if recorded
            else generated_input(seed, flights, begins)
        )
        screen.line("  ".join(f"{name}: {value}" for name, value in day.about.items()))
        run = Demo(folder, screen, begins, day, Disclosure.CELLS if cells else Disclosure.FULL)
        run.run()
        path = run.write_summary()
        code = 0 if run.held else 1
        screen.line(f"\n{'All held' if run.held else 'NOT ALL HELD'}; every flight is in {path}")
        if not once:
            with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how staying ends
                _stay(run, screen, stop)
    except ComityError as error:
        screen.line(f"demo: {error}")
        code = 3
    except KeyboardInterrupt:
        screen.line("demo: stopped")
        code = 130
    finally:
        if run is not None:
            run.stop()
    raise typer.Exit(code)


def _stay(run: Demo, screen: Screen, stop: threading.Event) -> None:
    screen.stage("All nodes run on, and the traffic with them")
    for node in run.nodes:
        told = node.command("operator", "link", OPERATOR)
        screen.line(f"  {node.name}, {node.party}: API {node.running.api_address}")
        screen.line(f"    console: {told['link']}")
        screen.line(f"    comity intent list --home {node.home}")
    screen.line(
        "Each link lets one person in once, within a day: make a passkey, or a password and a code generator."
    )
    screen.line("In the console, g takes the tour. Ctrl-C stops all.")
    while not stop.wait(KEEP_ON_S):
        run.keep_on()


def _told_to_stop() -> threading.Event:
    """Set by SIGTERM and by Ctrl-C, which is ignored otherwise where a shell started this in the background."""
    told = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        told.set()
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    return told


def main() -> None:
    """Run it."""
    typer.run(demo)


if __name__ == "__main__":
    main()
