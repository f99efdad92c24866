# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity border check`: which country a place is over, by which data set, and how sure that is."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from comity.entrypoints.cli.frame import JsonOption, composition, ended_properly, group

if TYPE_CHECKING:
    from comity.domain.alerts.border_lines import BorderCheck, BorderLines

border = group("Borders: which country a place is over, by whose lines.")

LatitudeArgument = Annotated[
    str, typer.Argument(metavar="LAT", help="Degrees: 51.95, -33.9, or 33.9S.")
]
LongitudeArgument = Annotated[
    str, typer.Argument(metavar="LON", help="Degrees: 4.05, -70.7, or 70.7W.")
]
AltitudeArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[ALT]",
        help="FL95, 2500ft AMSL, 300 m AGL; matters where areas of --data-set have heights.",
    ),
]
DataSetOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--data-set",
        exists=True,
        dir_okay=False,
        help="Other lines: GeoJSON of countries. May be given again; each answers for itself.",
    ),
]
TwelveOption = Annotated[
    bool,
    typer.Option("--twelve-nm", help="Derive a line 12 NM from the coast; it is nobody's claim."),
]
METRES_PER_NM = 1852.0


def check(
    context: typer.Context,
    latitude: LatitudeArgument,
    longitude: LongitudeArgument,
    altitude: AltitudeArgument = None,
    data_set: DataSetOption = None,
    twelve_nm: TwelveOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say which country a place is over, by which data set, and the nearest line.

    Example: `comity border check 36.0 36.0 FL190`

    Needs no node. The packaged data set is one de facto view; its own error is part of the answer, and at sea
    it cannot tell.
    """
    from comity.domain.alerts.border_lines import check_border
    from comity.entrypoints.cli.render import print_json, print_line

    place = _degrees(latitude, "lat", "NS"), _degrees(longitude, "lon", "EW")
    made = composition(context)
    height = None if altitude is None else made.altitude(altitude)
    answers = []
    sources: list[Path | None] = [*(data_set or [])] or [None]
    for file in sources:
        lines = made.border_lines(file)
        found = check_border(lines, *place, height, twelve_nm=twelve_nm)
        answers.append((lines, found))
    if as_json:
        print_json([_as_fields(place, lines, found) for lines, found in answers])
        return
    for lines, found in answers:
        for line in _as_lines(lines, found, altitude):
            print_line(line)


border.command("check", context_settings={"ignore_unknown_options": True})(ended_properly(check))


def _degrees(text: str, field: str, letters: str) -> float:
    """Degrees with a sign, or with the letter of a hemisphere behind."""
    from comity.kernel.errors import InputError

    spelt, sign = text.strip(), 1.0
    if spelt[-1:].upper() in letters:
        sign = 1.0 if spelt[-1].upper() == letters[0] else -1.0
        spelt = spelt[:-1]
        if spelt.startswith(("-", "+")):
            raise InputError(field, f"{text!r} has a sign and a letter")
    try:
        return sign * float(spelt)
    except ValueError as error:
        raise InputError(field, f"{text!r} is not a number of degrees") from error


def _as_lines(lines: "BorderLines", found: "BorderCheck", altitude: str | None) -> list[str]:
    words = found.position.words()
    error = "the set does not state how far it may err"
    if lines.error_m is not None:
        error = f"the line may err by {_length(lines.error_m)}"
    told = [f"{words[0].upper()}{words[1:]}."]
    if found.line_m is None:
        told.append("  No line within 500 km.")
    else:
        kind = "border of" if len(found.line_of) > 1 else "line of"
        told.append(
            f"  Nearest: {kind} {' and '.join(found.line_of)}, {_length(found.line_m)},"
            f" bearing {found.bearing_deg:03.0f}°; {error}."
        )
    version = f", {lines.version}" if lines.version else ""
    told.append(f"  By {lines.name}{version}; digest {lines.digest[:16]}.")
    view = lines.view.rstrip(".")
    told.append(f"  {view[:1].upper()}{view[1:]}.")
    if found.position.twelve_nm_of is not None:
        told.append(
            "  12 NM lines are derived here from that coast; they are no baseline and nobody's claim."
        )
    if altitude is not None:
        told.append(f"  {altitude}: heights count only where an area has a band.")
    return told


def _length(length_m: float) -> str:
    if length_m < 1_000.0:
        return f"{length_m:.0f} m"
    return f"{length_m / 1000.0:.1f} km ({length_m / METRES_PER_NM:.1f} NM)"


def _as_fields(
    place: tuple[float, float], lines: "BorderLines", found: "BorderCheck"
) -> dict[str, Any]:
    position = found.position
    return {
        "latitude_deg": place[0],
        "longitude_deg": place[1],
        "verdict": str(position.verdict),
        "words": position.words(),
        "over": list(position.over),
        "near": [{"name": name, "distance_m": round(m, 1)} for name, m in position.near],
        "twelve_nm_of_derived": None
        if position.twelve_nm_of is None
        else list(position.twelve_nm_of),
        "line": {
            "of": list(found.line_of),
            "distance_m": _rounded(found.line_m, 1),
            "bearing_deg": _rounded(found.bearing_deg, 1),
            "latitude_deg": _rounded(found.line_latitude_deg, 7),
            "longitude_deg": _rounded(found.line_longitude_deg, 7),
        },
        "data_set": {
            "name": lines.name,
            "version": lines.version,
            "digest": lines.digest,
            "error_m": _rounded(lines.error_m, 1),
            "view": lines.view,
        },
    }


def _rounded(value: float | None, places: int) -> float | None:
    return None if value is None else round(value, places)
