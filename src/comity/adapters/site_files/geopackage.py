"""GeoPackage 1.3 (OGC 12-128r17): feature tables of a SQLite file that somebody else made.

Opened from memory, read-only, with no extension, no trusted schema and an authorizer that lets through
plain reads of tables alone: a file whose tables are views or have triggers runs nothing.
"""

import time
from typing import Any

import apsw
import shapely

from comity.adapters.site_files.rows import ROWS_MAX, RawRow, RefusedRow, line_place, polygon_place
from comity.adapters.site_files.tables import Rows, members_of
from comity.domain.sites import Place
from comity.kernel.errors import InputError

APPLICATION_IDS = (0x47504B47, 0x47503130, 0x47503131)  # "GPKG", and "GP10", "GP11" of older ones
WGS84_SRS_ID = 4326
GEOMETRY_BYTES_MAX = 1 << 20
COLUMNS_MAX = 200
READ_S_MAX = 60.0
_STEPS = 10_000  # virtual machine instructions between two looks at the clock
_READING = {apsw.SQLITE_SELECT, apsw.SQLITE_READ}
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)


def read_geopackage(content: bytes, size_bytes_max: int) -> Rows:
    """Features of every feature table in WGS 84.

    Raises:
        InputError: it is no GeoPackage, is damaged, takes too long, or has another reference system.
    """
    del size_bytes_max
    connection = apsw.Connection(":memory:")
    try:
        connection.deserialize("main", content)
        _restrict(connection)
        yield from _tables(connection)
    except apsw.Error as error:
        raise InputError("file", f"not a GeoPackage that can be read: {error}") from error
    finally:
        connection.close()


def _restrict(connection: apsw.Connection) -> None:
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON"):
        connection.execute(f"PRAGMA {pragma}")
    ((application,),) = connection.execute("PRAGMA application_id")
    if application not in APPLICATION_IDS:
        raise InputError(
            "file", f"a SQLite file, but no GeoPackage: application id {application:#x}"
        )
    connection.limit(apsw.SQLITE_LIMIT_LENGTH, 4 * GEOMETRY_BYTES_MAX)
    connection.limit(apsw.SQLITE_LIMIT_VDBE_OP, 100_000)
    until_s = time.monotonic() + READ_S_MAX
    connection.set_progress_handler(lambda: time.monotonic() > until_s, _STEPS)
    connection.authorizer = _only_reads


def _only_reads(
    operation: int, _one: str | None, _two: str | None, _database: str | None, trigger: str | None
) -> int:
    if operation in _READING and trigger is None:  # the last names the view or trigger that asks
        return int(apsw.SQLITE_OK)
    return int(apsw.SQLITE_DENY)


def _tables(connection: apsw.Connection) -> Rows:
    found = list(connection.execute(
        "SELECT g.table_name, g.column_name, g.srs_id FROM gpkg_geometry_columns g, gpkg_contents c, "
        "sqlite_schema s WHERE c.table_name = g.table_name AND c.data_type = 'features' "
        "AND s.name = g.table_name AND s.type = 'table'"
    ))  # fmt: skip
    if not found:
        raise InputError("file", "no feature table")
    number = 0
    for table, column, srs_id in found:
        if srs_id != WGS84_SRS_ID:
            raise InputError(
                "srs_id", f"{srs_id} of {str(table)[:40]!r}; {WGS84_SRS_ID} (WGS 84) is read"
            )
        cursor = connection.execute(f"SELECT * FROM {_quoted(table)}")  # noqa: S608 - quoted
        names: list[str] | None = None
        for row in cursor:
            if names is None:
                names = [each[0] for each in cursor.get_description()]
                if len(names) > COLUMNS_MAX or column not in names:
                    raise InputError(
                        "file", f"{len(names)} columns, or none called {str(column)[:40]!r}"
                    )
            number += 1
            if number > ROWS_MAX:
                raise InputError("file", f"more than {ROWS_MAX} rows; split it")
            yield _row(number, dict(zip(names, row, strict=True)), column)


def _row(number: int, values: dict[str, Any], column: str) -> RawRow | RefusedRow:
    try:
        place = _place(values.pop(column))
        texts = {name: each for name, each in values.items() if not isinstance(each, bytes)}
        return RawRow(number, members_of(texts), place)
    except InputError as error:
        return RefusedRow(number, error.field, error.why)


def _place(blob: object) -> Place | None:
    """GeoPackageBinary (clause 2.1.3): magic, version, flags, reference system, envelope, then WKB."""
    if blob is None:
        return None
    if not isinstance(blob, bytes) or blob[:2] != b"GP" or not 8 <= len(blob) <= GEOMETRY_BYTES_MAX:
        raise InputError("geometry", f"not GeoPackageBinary of at most {GEOMETRY_BYTES_MAX} bytes")
    envelope = blob[3] >> 1 & 7
    if envelope >= len(_ENVELOPE_BYTES):
        raise InputError("geometry", f"envelope {envelope} is not known")
    try:
        geometry = shapely.from_wkb(blob[8 + _ENVELOPE_BYTES[envelope] :])
    except shapely.errors.GEOSException as error:
        raise InputError("geometry", "not WKB") from error
    if isinstance(geometry, shapely.Point) and not geometry.is_empty:
        return line_place([(geometry.x, geometry.y)], "geometry")
    if isinstance(geometry, shapely.LineString) and not geometry.is_empty:
        return line_place([(x, y) for x, y, *_ in geometry.coords], "geometry")
    if isinstance(geometry, shapely.Polygon) and not geometry.is_empty:
        return polygon_place([[(x, y) for x, y, *_ in geometry.exterior.coords]], "geometry")
    raise InputError("geometry", f"{geometry.geom_type}: one site is a point, line or polygon")


def _quoted(name: object) -> str:
    return '"' + str(name).replace('"', '""') + '"'
