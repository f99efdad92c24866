"""Files of sites that others made: CSV and HXL, GeoJSON, KML and KMZ, GeoPackage."""

from comity.adapters.site_files.read import FILE_BYTES_MAX, ReadFile, read_site_file
from comity.adapters.site_files.rows import ROWS_MAX, RefusedRow

__all__ = ["FILE_BYTES_MAX", "ROWS_MAX", "ReadFile", "RefusedRow", "read_site_file"]
