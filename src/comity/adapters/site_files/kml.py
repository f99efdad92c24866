"""KML 2.2 placemarks, and KMZ: the same in a zip archive. No document types, no links, no bombs."""

import io
import zipfile

from comity.adapters.site_files.rows import (
    ROWS_MAX,
    TEXT_LENGTH_MAX,
    RawRow,
    RefusedRow,
    line_place,
    polygon_place,
)
from comity.adapters.site_files.tables import Rows
from comity.application.feeds import SafeXml, UnsafeXmlError
from comity.application.feeds.xml_events import Attributes
from comity.domain.sites import Place
from comity.kernel.errors import InputError

ARCHIVE_ENTRIES_MAX = 1_000
RATIO_MAX = 200  # text of coordinates shrinks to a tenth; a bomb to a thousandth
_CHUNK = 1 << 16


def read_kmz(content: bytes, size_bytes_max: int) -> Rows:
    """The first KML file of a KMZ archive.

    Raises:
        InputError: it is no archive, has too many entries, or would grow beyond the limits.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
        if len(entries) > ARCHIVE_ENTRIES_MAX:
            raise InputError("file", f"{len(entries)} entries, at most {ARCHIVE_ENTRIES_MAX}")
        named = [each for each in entries if each.filename.casefold().endswith(".kml")]
        if not named:
            raise InputError("file", "a zip archive without a .kml in it")
        most = min(size_bytes_max, max(len(content), _CHUNK) * RATIO_MAX)
        with archive.open(named[0]) as member:
            text = member.read(most + 1)  # what the archive says of its size is not asked
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise InputError("file", f"not a zip archive that can be read: {error}") from error
    if len(text) > most:
        raise InputError("file", f"grows beyond {most} bytes")
    yield from read_kml(text, size_bytes_max)


def read_kml(content: bytes, size_bytes_max: int) -> Rows:
    """Placemarks of one KML document.

    Raises:
        InputError: unsafe, or not well-formed.
    """
    del size_bytes_max
    reader = _Placemarks()
    for start in range(0, max(1, len(content)), _CHUNK):
        chunk = content[start : start + _CHUNK]
        try:
            reader.xml.feed(chunk, final=start + _CHUNK >= len(content))
        except (UnsafeXmlError, ValueError) as error:
            raise InputError("file", str(error)) from error
        yield from reader.take()


class _Placemarks:
    """Collects placemarks as their elements end."""

    def __init__(self) -> None:
        self.xml = SafeXml(self._start, self._end)
        self._rows: list[RawRow | RefusedRow] = []
        self._number = 0
        self._members: dict[str, str] = {}
        self._places: list[tuple[str, str]] = []
        self._within: list[str] = []
        self._data = ""
        self._fault: tuple[str, str] | None = None

    def take(self) -> list[RawRow | RefusedRow]:
        """What is complete since the last time."""
        rows, self._rows = self._rows, []
        return rows

    def _start(self, name: str, attributes: Attributes) -> None:
        if name == "Placemark":
            self._members, self._places, self._fault = {}, [], None
            if attributes.get("id"):
                self._members["id"] = attributes["id"][:200]
        elif name in ("Data", "SimpleData"):
            self._data = attributes.get("name", "").casefold()
        self._within.append(name)

    def _end(self, name: str, text: str) -> None:
        self._within.pop()
        if "Placemark" not in self._within and name != "Placemark":
            return
        if len(text) > TEXT_LENGTH_MAX and name != "coordinates":
            self._fault = (name, f"{len(text)} characters, at most {TEXT_LENGTH_MAX}")
        elif name == "coordinates":
            self._places.append((self._shape(), text))
        elif name in ("value", "SimpleData") and self._data:
            self._members[self._data] = text
        elif name == "name" and self._within[-1] == "Placemark":
            self._members["name"] = text
        elif name == "Placemark":
            self._finish()

    def _shape(self) -> str:
        for name in reversed(self._within):
            if name in ("Point", "LineString", "outerBoundaryIs", "innerBoundaryIs"):
                return name
        return "other"

    def _finish(self) -> None:
        self._number += 1
        if self._number > ROWS_MAX:
            raise ValueError(f"more than {ROWS_MAX} placemarks; split it")
        try:
            if self._fault is not None:
                raise InputError(*self._fault)
            self._rows.append(RawRow(self._number, self._members, self._place()))
        except InputError as error:
            self._rows.append(RefusedRow(self._number, error.field, error.why))

    def _place(self) -> Place | None:
        drawn = [each for each in self._places if each[0] != "innerBoundaryIs"]
        if not drawn:
            return None
        if len(drawn) > 1:
            raise InputError("coordinates", f"{len(drawn)} shapes; one site is one")
        shape, text = drawn[0]
        vertices = [_vertex(each) for each in text.split()]
        if shape == "outerBoundaryIs":
            return polygon_place([vertices], "coordinates")
        return line_place(vertices, "coordinates")


def _vertex(text: str) -> tuple[float, float]:
    try:
        longitude, latitude = (float(each) for each in text.split(",")[:2])
    except ValueError as error:
        raise InputError("coordinates", f"{text[:40]!r} is not longitude,latitude") from error
    return longitude, latitude
