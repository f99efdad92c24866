"""Which format an area file is in, within a limit; its digest goes with the areas."""

import hashlib
from dataclasses import dataclass

from comity.domain.alerts.areas import AreaSet
from comity.kernel.errors import InputError

SIZE_BYTES_MAX = 128 << 20  # a national border line at 1:50,000 takes some 30 MB as GeoJSON


@dataclass(frozen=True, slots=True)
class AreaFile:
    """What a file holds.

    Attributes:
        areas: as a set.
        left_out: how many records were not taken, by reason, such as controlled airspace.
    """

    areas: AreaSet
    left_out: dict[str, int]


def read_area_file(file_bytes: bytes, name: str, kind: str | None = None) -> AreaFile:
    """Read a file of areas; GeoJSON where it begins with a brace, else OpenAir.

    A file is taken whole or not at all: an area that vanishes would read as clear.

    Args:
        file_bytes: the file.
        name: of the file; names the set where the file does not.
        kind: what areas of GeoJSON are that do not say so themselves.

    Raises:
        InputError: too large, of no known format, or an area that cannot be read; names it.
    """
    if len(file_bytes) > SIZE_BYTES_MAX:
        raise InputError("areas", f"{len(file_bytes)} bytes; at most {SIZE_BYTES_MAX}")
    digest = hashlib.sha256(file_bytes).hexdigest()
    if file_bytes.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        from comity.adapters.area_files.geojson import read_geojson_areas  # noqa: PLC0415

        return AreaFile(read_geojson_areas(file_bytes, name, digest, kind), {})
    from comity.adapters.area_files.openair import read_openair  # noqa: PLC0415

    areas, left_out = read_openair(file_bytes, name, digest)
    return AreaFile(areas, left_out)
