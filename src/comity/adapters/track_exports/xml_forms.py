"""GPX 1.1 and KML 2.2."""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from comity.adapters.track_exports.points import (
    degrees,
    ellipsoid_m,
    note,
    pressure_m,
    shown,
    stretches,
)
from comity.domain.incidents import OfferedTrack

_NAMES = "http://"  # names of forms; nothing is fetched from there
GPX_SPACE = _NAMES + "www.topografix.com/GPX/1/1"
KML_SPACE = _NAMES + "www.opengis.net/kml/2.2"
KML_TRACK_SPACE = _NAMES + "www.google.com/kml/ext/2.2"


def gpx_of(title: str, tracks: Sequence[OfferedTrack]) -> bytes:
    """GPX 1.1. `ele` is above mean sea level there, and no height here is: heights stand in the comment of a point."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        f'<gpx version="1.1" creator="Comity" xmlns="{GPX_SPACE}">\n',
        f"<metadata><name>{_text(title)}</name></metadata>\n",
    ]
    for track in tracks:
        parts.append(f"<trk><name>{_text(track.words())}</name><desc>{_text(note(track))}</desc>\n")
        for run in stretches(track):
            parts.append("<trkseg>\n")
            for point in run:
                place = f"lat={quoteattr(degrees(point.latitude_deg))} lon={quoteattr(degrees(point.longitude_deg))}"
                heights = [
                    f"{name} {height:.1f} m"
                    for name, height in (
                        ("pressure height", pressure_m(point)),
                        ("ellipsoid height", ellipsoid_m(point)),
                    )
                    if height is not None
                ]
                told = f"<cmt>{_text(', '.join(heights))}</cmt>" if heights else ""
                parts.append(f"<trkpt {place}><time>{point.at}</time>{told}</trkpt>\n")
            parts.append("</trkseg>\n")
        parts.append("</trk>\n")
    parts.append("</gpx>\n")
    return "".join(parts).encode()


def kml_of(title: str, tracks: Sequence[OfferedTrack]) -> bytes:
    """KML 2.2 with gx:MultiTrack, clamped to the ground: KML's heights are above sea level, which none here is."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        f'<kml xmlns="{KML_SPACE}" xmlns:gx="{KML_TRACK_SPACE}">\n',
        f"<Document><name>{_text(title)}</name>\n",
    ]
    for track in tracks:
        parts.append(
            f"<Placemark><name>{_text(track.words())}</name><description>{_text(note(track))}</description>\n"
            "<gx:MultiTrack><gx:interpolate>0</gx:interpolate>\n"
        )
        for run in stretches(track):
            parts.append("<gx:Track><altitudeMode>clampToGround</altitudeMode>\n")
            parts += [f"<when>{point.at}</when>\n" for point in run]
            parts += [
                f"<gx:coord>{degrees(p.longitude_deg)} {degrees(p.latitude_deg)} 0</gx:coord>\n"
                for p in run
            ]
            parts.append("</gx:Track>\n")
        parts.append("</gx:MultiTrack></Placemark>\n")
    parts.append("</Document>\n</kml>\n")
    return "".join(parts).encode()


def _text(text: str) -> str:
    return escape(shown(text))
