# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity air`: tracks now, what each lacks, and whether somebody answered by radio."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from comity.entrypoints.cli.frame import (
    HOME_DEFAULT,
    HomeOption,
    JsonOption,
    OperatorOption,
    composition,
    ended_properly,
    group,
)

if TYPE_CHECKING:
    from comity.entrypoints.air_process import TrackRow

air = group("The air now: tracks, what each is known to lack, and radio contact.")


class Radio(StrEnum):
    """What came of a call."""

    ANSWERED = "answered"
    SILENT = "silent"


NAME_HELP = "Its key, the last part of it (an address), or its callsign."


@air.command("tracks")
@ended_properly
def show_tracks(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help=NAME_HELP)] = "",
    limit: Annotated[int, typer.Option(min=1, max=5_000, help="At most so many, freshest.")] = 100,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show tracks now, and what each is known to lack: transponder, plan, radio contact.

    Example: `comity air tracks` · `comity air tracks 4ca1d3 --json`

    A lack is no contradiction and no guilt; nothing is said where it is not known. No track is no clear sky.
    """
    from comity.entrypoints.api.air_messages import AirTracksTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.air_words import lacks_text, radio_text, track_row
    from comity.entrypoints.cli.render import print_json, print_line, print_table

    with open_node(composition(context), home, operator, running_only=True) as client:
        told = client.get("/v1/air/tracks", AirTracksTold, limit=limit, named=name)
    if as_json:
        print_json(told)
        return
    at = told.at or ""
    columns = ("track", "callsign", "latitude", "longitude", "height m", "speed m/s", "age s")
    rows = [(*track_row(row), lacks_text(row), radio_text(row, at)) for row in told.rows]
    if rows:
        print_table((*columns, "known to lack", "called by radio"), rows)
    if told.total > len(rows):
        print_line(f"and {told.total - len(rows)} more")
    elif not rows:
        print_line("no track" + (f" is named {name}" if name else ""))
    if any(row.lacks for row in told.rows):
        print_line("A lack is no contradiction and no guilt.")


@air.command("radio")
@ended_properly
def state_radio(
    context: typer.Context,
    track: Annotated[str, typer.Argument(help=NAME_HELP)],
    outcome: Annotated[Radio, typer.Argument(help="What came of the call.")],
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say, on record, that you called a track by radio, and whether it answered.

    Example: `comity air radio 4ca1d3 silent --operator ada`

    It goes to nobody and raises nothing. It stands by the track with its age until the track ends; after
    30 minutes a silence is told and is no lack any more.
    """
    from comity.entrypoints.air_process import TrackRow
    from comity.entrypoints.api.air_messages import SayRadio
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_json, print_line

    said = SayRadio(track=track, answered=outcome is Radio.ANSWERED)
    with open_node(composition(context), home, operator, running_only=True) as client:
        told = client.post("/v1/air/radio", said, TrackRow)
    if as_json:
        print_json(told)
        return
    print_line(_said(told))


def _said(row: "TrackRow") -> str:
    radio = row.radio
    if radio is None:
        return f"{row.key}: nothing is on record"
    outcome = "answered" if radio.answered else "did not answer"
    return f"{row.key} {outcome}: said by {radio.operator} at {radio.at}, on record"
