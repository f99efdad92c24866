# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity knew` and `comity incident replay/plot/export`: the past, put together again."""

from pathlib import Path
from typing import Annotated

import typer

from comity.entrypoints.cli.frame import (
    HOME_DEFAULT,
    ExerciseOption,
    HomeOption,
    JsonOption,
    composition,
    ended_properly,
)

ClaimsOption = Annotated[
    list[Path] | None,
    typer.Option("--claim", exists=True, dir_okay=False, help="A claim file; may be given again."),
]
ClaimMaterialOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--material",
        exists=True,
        dir_okay=False,
        help="A recording that a claim names; may be given again.",
    ),
]
RecordingOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--recording", exists=True, dir_okay=False,
        help="A recording of tracks, of whatever format is known; may be given again.",
    ),
]  # fmt: skip
SinceOption = Annotated[
    str | None,
    typer.Option("--from", help="The first moment, with its zone: 2026-11-22T12:00:00Z."),
]
UntilOption = Annotated[str | None, typer.Option("--to", help="The last moment, with its zone.")]
TrackOption = Annotated[
    list[str] | None,
    typer.Option("--track", help="Only this address or callsign; may be given again."),
]


def add_to(app: typer.Typer, incident: typer.Typer) -> None:
    """Put the commands into the whole and into its group."""
    app.command("knew")(knew)
    incident.command("replay")(replay)
    incident.command("plot")(plot)
    incident.command("export")(export)


@ended_properly
def knew(
    context: typer.Context,
    subject: Annotated[
        str,
        typer.Argument(
            help="Digest of a record or its beginning; or the id of an intent, site, notice, matter or alert."
        ),
    ],
    svg: Annotated[Path | None, typer.Option(help="Write the timeline as a picture.")] = None,
    home: HomeOption = HOME_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Who knew of a thing, and when: made, sent, received, acknowledged, read back; by whom, and what each rests on.

    Example: `comity knew 3f9a1c --svg knew.svg`

    What has no receipt is unknown, never delivered. Ends with 1 where nothing on record names the thing.
    """
    from comity.entrypoints.cli.exit_codes import ExitCode
    from comity.entrypoints.cli.files import write_file
    from comity.entrypoints.cli.render import print_json, print_line, print_table
    from comity.entrypoints.knowledge_words import (
        knowledge_fields,
        knowledge_figure,
        knowledge_rows,
    )

    found = composition(context).reconstruction(home).knew(subject)
    if svg is not None:
        write_file(svg, knowledge_figure(found).encode())
    if as_json:
        print_json(knowledge_fields(found))
    elif not found.statements:
        print_line(f"Nothing on record here names {subject}: who knew of it is unknown.")
    else:
        print_line(f"{subject}: {found.records} records, as the node of {found.here} has them")
        print_table(("WHEN (UTC)", "WHO", "WHAT", "RESTS ON"), knowledge_rows(found))
        for words in found.contradictions:
            print_line(f"CONTRADICTION {words}")
        unknown = len(found.unknown())
        if unknown:
            print_line(
                f"{unknown} unknown: no receipt or answer is here. Unknown is not «did not know»."
            )
    if not found.statements:
        raise typer.Exit(ExitCode.NO)


@ended_properly
def replay(
    context: typer.Context,
    at: Annotated[
        str | None,
        typer.Option(help="One moment: all that stood then, and what became known later."),
    ] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    step: Annotated[float, typer.Option(help="Seconds from one moment to the next.")] = 60.0,
    known: Annotated[
        str,
        typer.Option(help="then: as this node knew it at each moment; now: as it knows it today."),
    ] = "then",
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Replay what this node had: flights, messages, alerts, notices, sites, areas and tracks, moment by moment.

    Example: `comity incident replay --from 2026-11-22T12:00:00Z --to 2026-11-22T12:10:00Z --step 30`

    Works beside a running node and changes nothing. Where no plots were kept, where aircraft were is unknown.
    """
    from comity.entrypoints.cli.render import print_json, print_line
    from comity.entrypoints.cli.replaying import ReplayWish, replay_lines, replayed

    wish = ReplayWish.of(at, since, until, step, known, exercise=exercise)
    of = composition(context).reconstruction(home)
    for told in replayed(of, wish):
        if as_json:
            print_json(told)
        else:
            for line in replay_lines(told):
                print_line(line)


@ended_properly
def plot(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write into.")],
    claim: ClaimsOption = None,
    material: ClaimMaterialOption = None,
    recording: RecordingOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    track: TrackOption = None,
    clock: Annotated[
        float, typer.Option(help="Seconds by which the clocks of two sources may differ.")
    ] = 1.0,
    borders: Annotated[bool, typer.Option("--borders", help="Draw the packaged borders.")] = False,
    home: HomeOption = HOME_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Draw tracks: plan view, heights, and the distance between rival tracks, as SVG.

    Example: `comity incident plot --recording ours.csv --recording theirs.gpx -o figures`

    Tracks come from claims and their material, from recordings, or with `--from` and `--to` from the plots that this
    home kept. Tracks of two sources are compared each with each.
    """
    from comity.entrypoints.cli.render import print_json, print_line
    from comity.entrypoints.cli.track_choice import TrackWish, chosen_tracks, drawn

    wish = TrackWish(claim or [], material or [], recording or [], since, until, track or [], home)
    tracks = chosen_tracks(composition(context), wish)
    written = drawn(tracks, output, clock, borders=borders)
    if as_json:
        print_json(written)
        return
    for each in written:
        print_line(f"{each['file']}: {each['words']}")


@ended_properly
def export(
    context: typer.Context,
    output: Annotated[
        list[Path],
        typer.Option(
            "--output", "-o", help="File: .gpx, .kml, .czml or .geojson; may be given again."
        ),
    ],
    claim: ClaimsOption = None,
    material: ClaimMaterialOption = None,
    recording: RecordingOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    track: TrackOption = None,
    title: Annotated[str, typer.Option(help="Stands in the file.")] = "Tracks",
    home: HomeOption = HOME_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Write tracks for other programs: GPX, KML, CZML, GeoJSON. Made-up tracks say so in each.

    Example: `comity incident export --recording ours.csv -o ours.gpx -o ours.geojson`

    No form here has pressure heights: they stand in comments and properties, never as a height above the sea.
    """
    from comity.entrypoints.cli.render import print_json, print_line
    from comity.entrypoints.cli.track_choice import TrackWish, chosen_tracks, exported

    wish = TrackWish(claim or [], material or [], recording or [], since, until, track or [], home)
    written = exported(chosen_tracks(composition(context), wish), output, title)
    if as_json:
        print_json(written)
        return
    for each in written:
        print_line(f"{each['file']}: {each['tracks']} tracks, SHA-256 {each['sha256']}")
