"""What the person who watches sees: stages, progress, a table by reason, the checks."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from comity.entrypoints.demo.checks import Check
from comity.entrypoints.demo.outcomes import FlightOutcome, Outcome, by_reason

BREACHES_SHOWN_MAX = 5
STYLES = {
    Outcome.ACCEPTED.value: "green",
    Outcome.REFUSED.value: "yellow",
    Outcome.HELD.value: "bold red",
    Outcome.ANNOUNCED.value: "magenta",
}


class Screen:
    """Prints to a terminal with progress, and to a file or pipe without."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def line(self, text: str) -> None:
        """One line, read as plain text."""
        self._console.print(Text(text), soft_wrap=True)

    def stage(self, name: str) -> None:
        """A heading."""
        self._console.print()
        self._console.print(Text(name, style="bold"))

    @contextmanager
    def progress(self, total: int) -> Iterator[Callable[[int, int], None]]:
        """A bar of flights declared and decided, redrawn in place."""
        columns = (
            TextColumn("  {task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TimeElapsedColumn(),
        )
        shown = self._console.is_terminal
        with Progress(*columns, console=self._console, disable=not shown, transient=True) as bars:
            declared_bar = bars.add_task("declared", total=total)
            decided_bar = bars.add_task("decided ", total=total)

            def tick(declared: int, decided: int) -> None:
                bars.update(declared_bar, completed=declared)
                if decided:
                    bars.update(decided_bar, completed=decided)

            yield tick

    def outcomes(self, outcomes: Sequence[FlightOutcome], names: Sequence[str]) -> None:
        """How many flights of each party, by outcome and reason; then the flights worth a word."""
        table = Table(box=None, pad_edge=True, header_style="bold")
        table.add_column("outcome")
        table.add_column("why", overflow="fold")
        for name in names:
            table.add_column(name.removesuffix(" (invented)"), justify="right")
        for outcome, why, counts in by_reason(outcomes, len(names)):
            style = STYLES[outcome]
            table.add_row(Text(outcome, style=style), Text(why), *map(str, counts))
        self._console.print(table)
        flagged = [each for each in outcomes if each.flags]
        for each in flagged[:BREACHES_SHOWN_MAX]:
            self.line(f"  {each.callsign} ({each.role}) flagged: {'; '.join(each.flags)}")
        if len(flagged) > BREACHES_SHOWN_MAX:
            self.line(f"  and {len(flagged) - BREACHES_SHOWN_MAX} more flagged")
        for each in outcomes:
            if each.outcome is Outcome.ANNOUNCED:
                met = ", ".join(each.met) or "no flight"
                self.line(f"  {each.callsign} announced, {each.detail}; it meets {met}")

    def check(self, check: Check) -> None:
        """One promise, and the first breaches of it."""
        word, style = ("held", "green") if check.held else ("BROKEN", "bold red")
        self._console.print(
            Text.assemble(
                "  ", (f"{word:6}", style), f" {check.name} ({check.looked_at} looked at)"
            )
        )
        for breach in check.breaches[:BREACHES_SHOWN_MAX]:
            self.line(f"         {breach}")
        if len(check.breaches) > BREACHES_SHOWN_MAX:
            self.line(f"         and {len(check.breaches) - BREACHES_SHOWN_MAX} more")
