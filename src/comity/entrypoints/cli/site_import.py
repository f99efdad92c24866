"""`comity site import`: a file read and checked here, and handed to the node a thousand rows at a time."""

import hashlib
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from comity.adapters.natural_earth import NaturalEarthLand
from comity.adapters.site_files import FILE_BYTES_MAX, read_site_file
from comity.domain.sites import ROWS_MAX, Candidate, Doubt, check_candidates
from comity.entrypoints.api.site_messages import ImportedTold, ProposalsTold
from comity.entrypoints.cli.access import Composition, open_node
from comity.entrypoints.cli.files import read_file
from comity.entrypoints.cli.render import print_line
from comity.kernel.units import MM_PER_METRE, degrees_from_e7

REFUSED_TOLD_MAX = 20  # for people; all are in the JSON

Row = tuple[Candidate, tuple[Doubt, ...], tuple[int, ...]]


class _Step(Protocol):
    def __call__(self, what: str, done: int, total: int | None) -> None: ...


def import_file(
    composition: Composition,
    home: Path,
    operator: str | None,
    path: Path,
    origin: dict[str, str],
    *,
    dry_run: bool,
    exercise: bool,
) -> dict[str, Any]:
    """Read a file, check it, and take its rows in; gives what became of them.

    Raises:
        InputError: the file cannot be read as any known format.
    """
    content = read_file(path, FILE_BYTES_MAX)
    with _progress() as step:
        read = read_site_file(content, lambda count: step("reading", count, None))
        step("checking", 0, None)
        sound, doubted = check_candidates(read.candidates, NaturalEarthLand())
        rows: list[Row] = [(each, (), ()) for each in sound]
        rows += [(each.candidate, each.doubts, each.rows) for each in doubted]
        rows.sort(key=lambda row: row[0].number)
        report: dict[str, Any] = {
            "format": read.format_name,
            "rows": len(read.candidates) + len(read.refused),
            "refused": [
                {"number": each.number, "field": each.field, "why": each.why}
                for each in read.refused
            ],
            "doubts": dict(Counter(doubt.value for _, doubts, _ in rows for doubt in doubts)),
            "entered": 0,
            "proposed": len(doubted),
            "known": 0,
            "dry_run": dry_run,
        }
        if dry_run:
            report["entered"] = len(sound)
            return report
        report["proposed"] = 0
        sha256 = hashlib.sha256(content).hexdigest()
        with open_node(composition, home, operator) as client:
            for start in range(0, len(rows), ROWS_MAX):
                step("entering", start, len(rows))
                batch = [_asked(row, origin) for row in rows[start : start + ROWS_MAX]]
                body = {"file": path.name, "sha256": sha256, "rows": batch}
                told = client.post("/v1/sites/import", body, ImportedTold, exercise=exercise)
                report["entered"] += len(told.entered)
                report["proposed"] += len(told.proposed)
                report["known"] += len(told.known)
            step("entering", len(rows), len(rows))
    return report


def print_report(report: dict[str, Any]) -> None:
    """What became of a file, for a person."""
    would = "would be " if report["dry_run"] else ""
    print_line(f"{report['format']}: {report['rows']} rows")
    print_line(f"  {report['entered']} {would}entered, self-reported")
    print_line(f"  {report['proposed']} {would}proposed to a person: comity site proposals")
    for doubt, count in sorted(report["doubts"].items()):
        print_line(f"    {doubt}: {count}")
    if report["known"]:
        print_line(f"  {report['known']} held already, to the letter")
    for each in report["refused"][:REFUSED_TOLD_MAX]:
        print_line(f"  row {each['number']} not read: {each['field']}: {each['why']}")
    if len(report["refused"]) > REFUSED_TOLD_MAX:
        print_line(f"  and {len(report['refused']) - REFUSED_TOLD_MAX} more; all with --json")


def print_proposals(told: ProposalsTold) -> None:
    """Rows that wait, for a person."""
    for each in told.proposals:
        name = each.site.names[0].text if each.site.names else ""
        about = [f"row {number}" for number in each.rows] + each.sites
        print_line(
            f"{each.proposals} {each.number}: {each.site.kind} {name}: {', '.join(each.doubts)}"
            + (f" (see {', '.join(about)})" if about else "")
        )
    print_line(f"{len(told.proposals)} of {told.total}")


def _asked(row: Row, origin: dict[str, str]) -> dict[str, Any]:
    candidate, doubts, rows = row
    place = candidate.place
    accuracy_m = None if place.accuracy_mm is None else place.accuracy_mm / MM_PER_METRE
    return {
        "number": candidate.number,
        "doubts": [doubt.value for doubt in doubts],
        "rows": list(rows),
        "site": {
            "kind": candidate.kind.value,
            "names": [
                {"text": name.text, "script": name.script, "language": name.language}
                for name in candidate.names
            ],
            "place": {
                "latitude_deg": [degrees_from_e7(value) for value in place.latitude_e7],
                "longitude_deg": [degrees_from_e7(value) for value in place.longitude_e7],
                "kind": place.kind,
                "edge": place.edge,
                "radius_m": place.radius_mm / MM_PER_METRE,
                "accuracy_m": accuracy_m,
                "datum": place.datum.value,
            },
            "owner": candidate.owner,
            "origin": origin,
        },
    }


@contextmanager
def _progress() -> Iterator[_Step]:
    """A bar on a terminal; nothing elsewhere."""
    columns: Sequence[Any] = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(
        *columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
    ) as bars:
        task = bars.add_task("", total=None)

        def step(what: str, done: int, total: int | None) -> None:
            bars.update(task, description=what, completed=done, total=total)

        yield step
