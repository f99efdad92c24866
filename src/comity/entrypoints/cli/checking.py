"""`comity intent check`: flights in files against each other, or against what a node holds."""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

from comity.adapters.flight_plans import FlightPlan, read_flight_plans
from comity.domain.agreement import SeparationTable, parse_agreement
from comity.domain.airspace import Separation
from comity.domain.conflicts import ConflictIndex
from comity.entrypoints.api.messages import CheckReport, DeclaredTold, PairTold, VerdictTold
from comity.entrypoints.api.telling import tell_verdict
from comity.entrypoints.cli.access import Composition, open_node
from comity.entrypoints.cli.files import PLAN_BYTES_MAX, TEXT_BYTES_MAX, read_file, read_text
from comity.kernel.errors import InputError
from comity.kernel.ids import RecordDigest

FLIGHTS_MAX = 10_000
SEPARATED_PAIRS_TOLD_MAX = 100  # beyond it, only pairs that are not clear are listed


def check_files(
    files: Sequence[Path], agreement: Path | None, horizontal_m: float, vertical_m: float
) -> CheckReport:
    """Check every flight of the files against every other.

    Raises:
        InputError: a file, a flight or the agreement's text is refused.
    """
    flights: list[tuple[str, FlightPlan]] = []
    for path in files:
        for plan in read_flight_plans(read_file(path, PLAN_BYTES_MAX), str(path)):
            name = plan.callsign if len(files) == 1 else f"{path.name}:{plan.callsign}"
            flights.append((name, plan))
    if len(flights) > FLIGHTS_MAX:
        raise InputError("files", f"{len(flights)} flights, at most {FLIGHTS_MAX} at once")
    table = SeparationTable(Separation(horizontal_m, vertical_m))
    minima = f"{horizontal_m:g} m and {vertical_m:g} m"
    if agreement is not None:
        terms = parse_agreement(read_text(agreement, TEXT_BYTES_MAX)).terms
        table, minima = terms.separation, f"of {terms.title} {terms.digest[:12]}"
    index = ConflictIndex(table.minima)
    verdicts: dict[tuple[int, int], VerdictTold] = {}
    for number, (_, plan) in enumerate(flights):
        for finding in index.find(plan.footprint):
            verdicts[int(finding.key, 16), number] = tell_verdict(finding.verdict)
        index.hold(RecordDigest(f"{number:064x}"), plan.footprint)
    count = len(flights)
    pairs = count * (count - 1) // 2
    listed = (
        combinations(range(count), 2) if pairs <= SEPARATED_PAIRS_TOLD_MAX else sorted(verdicts)
    )
    separated = VerdictTold(verdict="separated")
    kinds = [each.verdict for each in verdicts.values()]
    return CheckReport(
        flights=count,
        pairs=pairs,
        conflicts=kinds.count("conflict"),
        undetermined=kinds.count("undetermined"),
        minima=minima,
        found=[
            PairTold(
                first=flights[a][0], second=flights[b][0], verdict=verdicts.get((a, b), separated)
            )
            for a, b in listed
        ],
    )


def check_with_node(
    composition: Composition, home: Path, operator: str | None, files: Sequence[Path]
) -> list[DeclaredTold]:
    """Check the flights of files against what a node holds, one file after another."""
    told: list[DeclaredTold] = []
    with open_node(composition, home, operator) as client:
        for path in files:
            told += client.post(
                "/v1/intents/check", read_file(path, PLAN_BYTES_MAX), list[DeclaredTold]
            )
    return told
