"""One way in for every format: what the bytes begin with says which it is."""

from collections.abc import Callable
from dataclasses import dataclass

from comity.adapters.site_files.geopackage import read_geopackage
from comity.adapters.site_files.kml import read_kml, read_kmz
from comity.adapters.site_files.rows import RawRow, RefusedRow, candidate_of
from comity.adapters.site_files.tables import Rows, read_csv, read_geojson
from comity.domain.sites import Candidate
from comity.kernel.errors import InputError

FILE_BYTES_MAX = 256 << 20


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file holds: candidates, and rows that are refused by field and limit."""

    format_name: str
    candidates: tuple[Candidate, ...]
    refused: tuple[RefusedRow, ...]


def read_site_file(
    content: bytes, progress: Callable[[int], None] = lambda _count: None
) -> ReadFile:
    """Read every row of a file of sites.

    Args:
        content: the whole file.
        progress: told how many rows were read so far.

    Raises:
        InputError: no known format, unsafe, damaged or too large; nothing of it is read.
    """
    if len(content) > FILE_BYTES_MAX:
        raise InputError("file", f"{len(content)} bytes, at most {FILE_BYTES_MAX}")
    name, read = _format(content)
    candidates: list[Candidate] = []
    refused: list[RefusedRow] = []
    for count, row in enumerate(read(content, FILE_BYTES_MAX), 1):
        if isinstance(row, RawRow):
            try:
                candidates.append(candidate_of(row))
            except InputError as error:
                refused.append(RefusedRow(row.number, error.field, error.why))
        else:
            refused.append(row)
        if count % 1_000 == 0:
            progress(count)
    return ReadFile(name, tuple(candidates), tuple(refused))


def _format(content: bytes) -> tuple[str, Callable[[bytes, int], Rows]]:
    if content.startswith(b"SQLite format 3\x00"):
        return "GeoPackage", read_geopackage
    if content.startswith(b"PK\x03\x04"):
        return "KMZ", read_kmz
    start = content[:4_096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        return "KML", read_kml
    if start.startswith(b"{"):
        return "GeoJSON", read_geojson
    if not start:
        raise InputError("file", "empty")
    return "CSV", read_csv
