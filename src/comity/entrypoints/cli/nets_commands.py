# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity nets …`: what the safety nets are, how good they are, and encounters to measure them by."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from comity.entrypoints.cli.frame import JsonOption, composition, ended_properly, group

if TYPE_CHECKING:
    from comity.domain.evaluation import Labels, Separation
    from comity.domain.tracks import Plot

nets = group("Safety nets: what they are, how good they are.")

LABELS_BYTES_MAX = 64 << 20
FileArgument = Annotated[
    Path, typer.Argument(help="A recording, of any format that `comity replay` reads.")
]
LabelsOption = Annotated[
    Path | None,
    typer.Option("--labels", help="What is known of its pairs (docs/spec/encounter-labels.md)."),
]
HorizontalOption = Annotated[
    float | None,
    typer.Option("--horizontal-m", min=1.0, max=100_000.0, help="Separation, metres; else 5 NM."),
]
VerticalOption = Annotated[
    float | None,
    typer.Option("--vertical-m", min=1.0, max=10_000.0, help="Separation, metres; else 1000 ft."),
]
CycleOption = Annotated[
    float, typer.Option("--cycle", min=0.1, max=60.0, help="Seconds of the recording a cycle.")
]
BeginsOption = Annotated[
    str | None,
    typer.Option("--begins", help="When a recording without dates begins, RFC 3339 with zone."),
]
FromOption = Annotated[
    str | None, typer.Option("--from", help="Leave out what is before, RFC 3339.")
]
ToOption = Annotated[str | None, typer.Option("--to", help="Leave out what is after, RFC 3339.")]
PlotOption = Annotated[
    Path | None,
    typer.Option("--plot", help="A folder for sensitivity plots (SVG); 17 settings more are run."),
]
AgreementOption = Annotated[
    Path | None, typer.Option("--agreement", help="As this agreement text sets them.")
]
CountOption = Annotated[int, typer.Option("--count", min=1, max=5_000, help="Encounters.")]
SeedOption = Annotated[
    int, typer.Option("--seed", min=0, max=2**63 - 1, help="The same set again.")
]
OutOption = Annotated[Path, typer.Option("--out", help="A folder; made if it is not there.")]


@nets.command("list")
@ended_properly
def list_nets(*, agreement: AgreementOption = None, as_json: JsonOption = False) -> None:
    """List the safety nets: what each looks for, its parameters and where they come from, its severity rule.

    Example: `comity nets list --agreement agreement.md`

    Without an agreement, the defaults: what counts while none is in force, and for what its text leaves out.
    """
    from comity.application.list_nets import nets_listed
    from comity.domain.agreement import parse_agreement
    from comity.entrypoints.cli.files import TEXT_BYTES_MAX, read_text
    from comity.entrypoints.cli.render import print_json, print_line

    terms = None
    if agreement is not None:
        terms = parse_agreement(read_text(agreement, TEXT_BYTES_MAX)).terms
    found = nets_listed(terms)
    if as_json:
        print_json({"nets": [net.as_fields() for net in found]})
        return
    for net in found:
        print_line(f"{net.net}: {net.looks_for}")
        print_line(f"  severity: {net.severity}")
        for each in net.parameters:
            value = f"{each.value:g}" if isinstance(each.value, float) else each.value
            print_line(f"  {each.name} = {value}  ({each.origin})")


@nets.command("encounters")
@ended_properly
def encounters(
    out: OutOption, seed: SeedOption = 1, count: CountOption = 520, as_json: JsonOption = False
) -> None:
    """Write a recording of generated encounters, and labels that say what became of each pair.

    Example: `comity nets encounters --seed 7 --out ./encounters`

    Head-on, crossing, overtaking, vertical, level-off, turning, formation, parallel runways, in trail, holding,
    at poles and the antimeridian, seen by six kinds of sensor. The truth is measured on what was flown.
    """
    import numpy as np

    from comity.application.evaluate_net import FEED
    from comity.domain.evaluation import Separation, labels_as_fields
    from comity.domain.evaluation.encounters import encounter_set
    from comity.entrypoints.cli.encounter_files import BEGINS, recording_csv
    from comity.entrypoints.cli.files import made_folder, write_file
    from comity.entrypoints.cli.render import encoded_json, print_json, print_line

    made = encounter_set(np.random.default_rng(seed), count, Separation(), FEED, BEGINS)
    made_folder(out)
    recording, labels = out / "encounters.csv", out / "labels.json"
    write_file(recording, recording_csv(made.plots))
    write_file(labels, encoded_json(labels_as_fields(made.labels)))
    summary = {
        "seed": seed,
        "recording": str(recording),
        "labels": str(labels),
        "plots": len(made.plots),
        "flights": made.flights,
        "encounters": made.encounters,
        "losses": sum(len(label.losses) for label in made.labels.pairs if not label.agreed),
    }
    if as_json:
        print_json(summary)
        return
    print_line(f"{recording}: {len(made.plots)} plots of {made.flights} flights")
    print_line(
        f"{labels}: {len(made.labels.pairs)} pairs, {summary['losses']} losses of separation"
    )
    for kind, number in sorted(made.encounters.items()):
        print_line(f"  {number:4} {kind}")


@nets.command("evaluate")
@ended_properly
def evaluate(
    context: typer.Context,
    file: FileArgument,
    labels: LabelsOption = None,
    horizontal_m: HorizontalOption = None,
    vertical_m: VerticalOption = None,
    cycle: CycleOption = 1.0,
    begins: BeginsOption = None,
    start: FromOption = None,
    end: ToOption = None,
    plot: PlotOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a recording through the pair conflict net as a node does, and say how good the net was.

    Example: `comity nets evaluate ./encounters/encounters.csv --labels ./encounters/labels.json`

    Without labels the recording's own future is the truth: what came closer than the minima. A pair that somebody
    parted in time then counts as a nuisance, although the alert was right.
    """
    from comity.entrypoints.cli.evaluation_report import Evaluation
    from comity.entrypoints.cli.files import made_folder, write_file
    from comity.entrypoints.cli.render import print_json, print_line

    said = None if labels is None else _labels(labels)
    separation = _separation(said, horizontal_m, vertical_m)
    recording = composition(context).recording(file, begins)
    plots = _cut(recording.plots(), start, end)
    report = Evaluation(plots, separation, said, cycle, sweep=plot is not None)
    charts = report.charts() if plot is not None else {}
    if plot is not None:
        made_folder(plot)
        for name, drawn in charts.items():
            write_file(plot / name, drawn.encode())
    fields = report.as_fields() | {"format": recording.format_name, "feed": recording.counts()}
    if as_json:
        print_json(fields | {"plots_drawn": sorted(charts)})
        return
    for line in report.lines():
        print_line(line)
    for name in sorted(charts):
        print_line(f"written: {plot}/{name}")


def _labels(path: Path) -> "Labels":
    import msgspec

    from comity.domain.evaluation import labels_from_fields
    from comity.entrypoints.cli.files import read_file
    from comity.kernel.errors import InputError

    try:
        content = msgspec.json.decode(read_file(path, LABELS_BYTES_MAX))
    except msgspec.DecodeError as error:
        raise InputError(str(path), f"not JSON: {error}") from error
    return labels_from_fields(content)


def _separation(
    said: "Labels | None", horizontal_m: float | None, vertical_m: float | None
) -> "Separation":
    """Of the labels, or as asked; both only if they agree."""
    from comity.domain.evaluation import Separation
    from comity.kernel.errors import InputError

    usual = Separation() if said is None else said.separation
    asked = Separation(
        usual.horizontal_m if horizontal_m is None else horizontal_m,
        usual.vertical_m if vertical_m is None else vertical_m,
        usual.look_ahead_s,
    )
    if said is not None and asked != usual:
        raise InputError(
            "horizontal-m", f"the labels speak of {usual.horizontal_m:g} and {usual.vertical_m:g} m"
        )
    return asked


def _cut(plots: Any, start: str | None, end: str | None) -> list["Plot"]:
    """In order of time, from start to end."""
    from comity.application.replay_air import in_order
    from comity.kernel.instants import instant_from_rfc3339

    since = None if start is None else instant_from_rfc3339(start, "from")
    until = None if end is None else instant_from_rfc3339(end, "to")
    return in_order(
        plot
        for plot in plots
        if (since is None or plot.at >= since) and (until is None or plot.at <= until)
    )
