"""Offline packs in forms that crews' tools read: KML, GeoJSON, Cursor on Target."""

from comity.adapters.pack_files.cursor_on_target import to_cursor_on_target
from comity.adapters.pack_files.geojson import to_geojson
from comity.adapters.pack_files.kml import to_kml
from comity.domain.packs import ExportFormat, Pack
from comity.kernel.instants import Instant

__all__ = ["export_pack", "to_cursor_on_target", "to_geojson", "to_kml"]

_WRITERS = {
    ExportFormat.KML: to_kml,
    ExportFormat.GEOJSON: to_geojson,
    ExportFormat.COT: to_cursor_on_target,
}


def export_pack(pack: Pack, form: ExportFormat, at: Instant) -> bytes:
    """A pack in another form; with it its age, its expiry, and that areas contain the true place.

    Args:
        pack: opened.
        form: which.
        at: now, by this machine's clock.
    """
    return _WRITERS[form](pack, at)
