"""CSV, with or without a row of HXL tags (hxlstandard.org 1.1), and GeoJSON."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from comity.adapters.site_files.rows import (
    ROWS_MAX,
    TEXT_LENGTH_MAX,
    RawRow,
    RefusedRow,
    line_place,
    polygon_place,
)
from comity.domain.records import parse_json_strict
from comity.domain.sites import Place
from comity.kernel.errors import InputError

COLUMNS_MAX = 200
Rows = Iterator[RawRow | RefusedRow]


def read_csv(content: bytes, size_bytes_max: int) -> Rows:
    """Rows of a CSV file in UTF-8, its first row the names of the columns.

    Raises:
        InputError: it is no such table.
    """
    del size_bytes_max
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("file", f"not UTF-8 at byte {error.start}") from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [each.strip().casefold() for each in next(table, [])]
        if not header or len(header) > COLUMNS_MAX:
            raise InputError("file", f"{len(header)} columns, 1 to {COLUMNS_MAX} are read")
        number = 0
        for cells in table:
            if not any(cells):
                continue
            if number == 0 and sum(cell.strip().startswith("#") for cell in cells) * 2 > len(cells):
                header = [cell.strip().casefold().replace(" ", "") for cell in cells]
                continue
            number += 1
            _check_count(number)
            yield _row(number, header, cells)
    except csv.Error as error:
        raise InputError("file", f"line {table.line_num}: {error}") from error


def read_geojson(content: bytes, size_bytes_max: int) -> Rows:
    """Features of one GeoJSON text (RFC 7946).

    Raises:
        InputError: it is no FeatureCollection.
    """
    whole = parse_json_strict(content, "file", unique_names=False, size_bytes_max=size_bytes_max)
    if not isinstance(whole, dict) or whole.get("type") != "FeatureCollection":
        raise InputError("file.type", "not a FeatureCollection")
    features = whole.get("features")
    if not isinstance(features, list):
        raise InputError("file.features", "not a list")
    _check_count(len(features))
    for number, feature in enumerate(features, 1):
        yield _feature(number, feature)


def members_of(properties: dict[str, Any]) -> dict[str, str]:
    """Properties of whatever type as texts, names in lower case.

    Raises:
        InputError: one is too long.
    """
    found = {}
    for name, value in properties.items():
        if value is None or isinstance(value, dict | list):
            continue
        text = str(value).strip()
        if len(text) > TEXT_LENGTH_MAX:
            raise InputError(str(name)[:80], f"{len(text)} characters, at most {TEXT_LENGTH_MAX}")
        found[str(name).strip().casefold()] = text
    return found


def _row(number: int, header: list[str], cells: list[str]) -> RawRow | RefusedRow:
    if len(cells) > len(header):
        return RefusedRow(number, "row", f"{len(cells)} cells under {len(header)} columns")
    try:
        return RawRow(number, members_of(dict(zip(header, cells, strict=False))))
    except InputError as error:
        return RefusedRow(number, error.field, error.why)


def _feature(number: int, feature: object) -> RawRow | RefusedRow:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return RefusedRow(number, "type", "not a Feature")
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        return RefusedRow(number, "properties", "not an object")
    try:
        members = members_of(properties)
        if feature.get("id") is not None:
            members.setdefault("id", str(feature["id"])[:200])
        return RawRow(number, members, _geometry(feature.get("geometry")))
    except InputError as error:
        return RefusedRow(number, error.field, error.why)
    except (TypeError, ValueError, IndexError, KeyError) as error:
        return RefusedRow(number, "geometry", f"not as RFC 7946 has it: {type(error).__name__}")


def _geometry(geometry: object) -> Place | None:
    if geometry is None:
        return None
    if not isinstance(geometry, dict):
        raise InputError("geometry", "not an object")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Point" and isinstance(coordinates, list):
        longitude, latitude = coordinates[:2]
        return line_place([(float(longitude), float(latitude))], "geometry")
    if kind == "LineString" and isinstance(coordinates, list):
        return line_place([(float(x), float(y)) for x, y, *_ in coordinates], "geometry")
    if kind == "Polygon" and isinstance(coordinates, list):
        rings = [[(float(x), float(y)) for x, y, *_ in ring] for ring in coordinates]
        return polygon_place(rings, "geometry")
    raise InputError(
        "geometry.type", f"{str(kind)[:40]!r}: one site is a Point, LineString or Polygon"
    )


def _check_count(count: int) -> None:
    if count > ROWS_MAX:
        raise InputError("file", f"more than {ROWS_MAX} rows; split it")
