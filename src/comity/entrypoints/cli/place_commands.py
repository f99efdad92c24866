# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity place`: where a position is, and how far another lies from it."""

from typing import TYPE_CHECKING, Annotated

import typer

from comity.entrypoints.cli.frame import JsonOption, ended_properly

if TYPE_CHECKING:
    from comity.domain.places import StatedPosition
    from comity.entrypoints.api.places import PositionTold

PositionArgument = Annotated[
    list[str],
    typer.Argument(help="Latitude and longitude as two numbers, or the words of a position."),
]
ReadBackOption = Annotated[
    str | None,
    typer.Option("--read-back", help="Another position: how far it lies from the first."),
]


def add_to(app: typer.Typer) -> None:
    """Put the command into the whole."""
    # a negative latitude is no option
    app.command("place", context_settings={"ignore_unknown_options": True})(place)


@ended_properly
def place(
    position: PositionArgument, read_back: ReadBackOption = None, as_json: JsonOption = False
) -> None:
    """Tell a position by the nearest named place and by its grid reference (MGRS). Needs no node.

    Example: `comity place "N 35 20.1 E 040 08.5" --read-back "37S EV 97000 07000"`

    Reads decimal degrees, degrees and minutes, degrees, minutes and seconds, the 11 and 15 characters of ICAO, and
    MGRS. What can be read in two ways is refused. Distances are geodesics of WGS 84; the country is that of the list.
    """
    from comity.adapters.place_names import place_index
    from comity.domain.places import read_position
    from comity.entrypoints.api.places import tell_position
    from comity.entrypoints.cli.render import print_told

    stated = _read(position)
    other = None if read_back is None else read_position(read_back, "read-back")
    told = tell_position(place_index(), stated, other)
    print_told(told, _print, as_json=as_json)


def _read(words: list[str]) -> "StatedPosition":
    from comity.domain.places import position_of_degrees, read_position

    if len(words) == 2 and not any(each in word.upper() for word in words for each in "NSEW"):
        return position_of_degrees(*words)
    return read_position(" ".join(words))


def _print(told: "PositionTold") -> None:
    from comity.entrypoints.cli.render import print_line

    print_line(f"{told.latitude_deg:.6f} {told.longitude_deg:.6f} {told.datum} · MGRS {told.grid}")
    print_line(told.nearest.words + _other_names(told.nearest.names))
    if told.city is not None:
        print_line(told.city.words + _other_names(told.city.names))
    print_line(f"stated to {told.resolution_m:,.0f} m as {told.form}: {told.as_stated}")
    for assumed in told.assumed:
        print_line(f"ASSUMED {assumed}")
    if told.read_back is not None:
        print_line(
            f"READ BACK {told.read_back.words}; stated to {told.read_back.resolution_m:,.0f} m"
        )
    digest = told.place_list_digest[:12]
    print_line(f"places: {told.place_list} {digest}, {told.place_list_licence}")


def _other_names(names: dict[str, str]) -> str:
    return f" [{' · '.join(names.values())}]" if names else ""
