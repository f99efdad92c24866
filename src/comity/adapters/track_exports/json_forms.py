"""GeoJSON (RFC 7946) and CZML 1.0."""

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from comity.adapters.track_exports.points import ellipsoid_m, note, pressure_m, shown, stretches
from comity.domain.incidents import OfferedTrack, TrackPoint

Position = list[float]


def geojson_of(title: str, tracks: Sequence[OfferedTrack]) -> bytes:
    """A collection with a feature for each track; lines are cut at ±180° as RFC 7946 §3.1.9 asks.

    A third coordinate is above the ellipsoid, and stands only where every position of a line has one. Times and
    pressure heights stand in the properties, position by position, `null` where there is none.
    """
    features = []
    for track in tracks:
        lines = [line for run in stretches(track) for line in _cut(run)]
        points = [point for run in stretches(track) for point in run]
        features.append(
            {
                "type": "Feature",
                "geometry": {"type": "MultiLineString", "coordinates": lines} if lines else None,
                "properties": {
                    "name": shown(track.words()),
                    "note": note(track),
                    "synthetic": track.synthetic,
                    "times": [str(point.at) for point in points],
                    "positions_deg": [
                        [round(p.longitude_deg, 7), round(p.latitude_deg, 7)] for p in points
                    ],
                    "accuracy_m": [round(point.accuracy_m, 3) for point in points],
                    "altitude_pressure_m": [_rounded(pressure_m(point)) for point in points],
                    "altitude_ellipsoid_m": [_rounded(ellipsoid_m(point)) for point in points],
                },
            }
        )
    return _encoded({"type": "FeatureCollection", "title": shown(title), "features": features})


def czml_of(title: str, tracks: Sequence[OfferedTrack]) -> bytes:
    """CZML 1.0: one packet a track, with an interval for each stretch, so that no viewer bridges a gap.

    Where a height above the ellipsoid is not known the position is on the ellipsoid, and the description says so.
    """
    every = [point.at for track in tracks for point in track.points]
    head: dict[str, Any] = {"id": "document", "name": shown(title), "version": "1.0"}
    if every:
        interval = f"{min(every)}/{max(every)}"
        head["clock"] = {"interval": interval, "currentTime": str(min(every)), "multiplier": 1}
    packets = [head]
    for number, track in enumerate(tracks):
        runs = [run for run in stretches(track) if len(run) > 1]
        known = all(ellipsoid_m(point) is not None for point in track.points)
        height = (
            ""
            if known
            else " Heights above the ellipsoid are not all known: drawn on the ellipsoid."
        )
        packet: dict[str, Any] = {
            "id": f"track-{number}",
            "name": shown(track.words()),
            "description": _as_text(note(track) + height),
        }
        if runs:
            packet["availability"] = [f"{run[0].at}/{run[-1].at}" for run in runs]
            packet["position"] = [_interval(run, with_height=known) for run in runs]
            packet["point"] = {"pixelSize": 6, "color": {"rgba": [11, 83, 148, 255]}}
            packet["path"] = {"leadTime": 0, "width": 2}
        packets.append(packet)
    return _encoded(packets)


def _interval(run: Sequence[TrackPoint], *, with_height: bool) -> dict[str, Any]:
    values: list[float] = []
    for point in run:
        height_m = (ellipsoid_m(point) or 0.0) if with_height else 0.0
        values += [
            round(point.at.minus(run[0].at), 3), round(point.longitude_deg, 7),
            round(point.latitude_deg, 7), round(height_m, 3),
        ]  # fmt: skip
    return {
        "interval": f"{run[0].at}/{run[-1].at}",
        "epoch": str(run[0].at),
        "interpolationAlgorithm": "LINEAR",
        "interpolationDegree": 1,
        "cartographicDegrees": values,
    }


def _cut(run: Sequence[TrackPoint]) -> list[list[Position]]:
    """Lines of at least two positions, none of which crosses ±180°."""
    known = all(ellipsoid_m(point) is not None for point in run)
    lines: list[list[Position]] = [[_position(run[0], known)]]
    for before, after in pairwise(run):
        step_deg = after.longitude_deg - before.longitude_deg
        if abs(step_deg) > 180.0:
            side = 180.0 if before.longitude_deg > 0 else -180.0
            whole = 360.0 - abs(step_deg)
            share = abs(side - before.longitude_deg) / whole if whole else 0.0
            latitude = before.latitude_deg + share * (after.latitude_deg - before.latitude_deg)
            height: Position = []
            if known:
                low, high = ellipsoid_m(before) or 0.0, ellipsoid_m(after) or 0.0
                height = [round(low + share * (high - low), 3)]
            lines[-1].append([side, round(latitude, 7), *height])
            lines.append([[-side, round(latitude, 7), *height]])
        lines[-1].append(_position(after, known))
    return [line for line in lines if len(line) > 1]


def _position(point: TrackPoint, with_height: bool) -> Position:
    place = [round(point.longitude_deg, 7), round(point.latitude_deg, 7)]
    return [*place, round(ellipsoid_m(point) or 0.0, 3)] if with_height else place


def _as_text(text: str) -> str:
    """Viewers show a description as HTML: what could be markup is written as text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
