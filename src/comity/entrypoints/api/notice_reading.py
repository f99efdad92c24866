"""Notices as people write them, read into what a record can carry; each error names its field."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from comity.domain.airspace import Altitude, EdgeKind, Shape, ShapeKind
from comity.domain.geometry import RADIUS_M_MAX, VERTICES_MAX
from comity.domain.notices import (
    ACTIVITY,
    AREAS_MAX,
    CONTACT_LENGTH_MAX,
    DESCRIPTION_LENGTH_MAX,
    PLACE_LENGTH_MAX,
    STATEMENTS_MAX,
    Notice,
    NoticeArea,
)
from comity.domain.places import read_position
from comity.domain.records import fault_of_words, parse_json_strict
from comity.entrypoints.api.notice_messages import AreaWritten, NoticeWritten
from comity.entrypoints.api.written import read_height, read_length_m, read_time
from comity.kernel.errors import InputError
from comity.kernel.ids import NoticeId

NOTICE_BYTES_MAX = 1 << 20  # 100 areas of 100 corners take half of it
NOT_YET = NoticeId("")  # a written notice has no id before it is sent

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class WrittenNotice:
    """A notice as read, and what of its positions was taken for granted."""

    notice: Notice
    assumed: tuple[str, ...]


@dataclass(slots=True)
class _Reader:
    assumed: dict[str, None] = field(default_factory=dict)

    def position(self, text: str, path: str) -> tuple[float, float]:
        position = read_position(text, path)
        self.assumed |= dict.fromkeys(position.assumed)
        return position.latitude_deg, position.longitude_deg

    def shape(self, area: AreaWritten, path: str) -> Shape:
        given = [each for each in (area.circle, area.polygon, area.corridor) if each is not None]
        if len(given) != 1:
            raise InputError(path, "exactly one of circle, polygon and corridor is wanted")
        if area.circle is not None:
            centre = self.position(area.circle.centre, f"{path}.circle.centre")
            radius_m = _radius_m(area.circle.radius, f"{path}.circle.radius")
            return _shape(ShapeKind.PATH, [centre], radius_m, f"{path}.circle")
        if area.corridor is not None:
            line = self.positions(area.corridor.line, 2, f"{path}.corridor.line")
            width_m = _radius_m(area.corridor.half_width, f"{path}.corridor.half_width")
            return _shape(ShapeKind.PATH, line, width_m, f"{path}.corridor")
        corners = self.positions(area.polygon or [], 3, f"{path}.polygon")
        if len(corners) > 3 and corners[0] == corners[-1]:
            corners = corners[:-1]
        return _shape(ShapeKind.RING, corners, 0.0, f"{path}.polygon")

    def positions(self, texts: Sequence[str], least: int, path: str) -> list[tuple[float, float]]:
        if not least <= len(texts) <= VERTICES_MAX:
            raise InputError(path, f"{len(texts)} positions; {least} to {VERTICES_MAX} are read")
        return [self.position(text, f"{path}[{index}]") for index, text in enumerate(texts)]


def notice_of_file(content: bytes, path: str = "notice") -> NoticeWritten:
    """A file of one notice, JSON.

    Raises:
        InputError: not JSON, a name twice, an unknown member, or one of another type.
    """
    value = parse_json_strict(content, path, size_bytes_max=NOTICE_BYTES_MAX)
    try:
        return msgspec.convert(value, NoticeWritten)
    except msgspec.ValidationError as error:
        why, at, where = str(error).partition(" - at `$")
        raise InputError(f"{path}{where.removesuffix('`')}" if at else path, why) from error


def read_notice(written: NoticeWritten, path: str = "notice") -> WrittenNotice:
    """What a written notice says; its id, revision and agreement are put in when it is sent.

    Raises:
        InputError: naming the field and the limit.
    """
    if ACTIVITY.fullmatch(written.activity) is None:
        why = f"{written.activity[:40]!r} is not {ACTIVITY.pattern}"
        raise InputError(f"{path}.activity", why)
    for name, most in (
        ("place", PLACE_LENGTH_MAX),
        ("description", DESCRIPTION_LENGTH_MAX),
        ("contact", CONTACT_LENGTH_MAX),
    ):
        fault = fault_of_words(getattr(written, name), most)
        if fault is not None:
            raise InputError(f"{path}.{name}", fault)
    if len(written.areas) > AREAS_MAX:
        raise InputError(f"{path}.areas", f"{len(written.areas)} areas, at most {AREAS_MAX}")
    reader = _Reader()
    areas = tuple(
        NoticeArea(
            reader.shape(area, f"{path}.areas[{index}]"),
            _heights(area.lower, f"{path}.areas[{index}].lower"),
            _heights(area.upper, f"{path}.areas[{index}].upper"),
        )
        for index, area in enumerate(written.areas)
    )
    notice = Notice(
        id=NOT_YET,
        revision=1,
        replaces=None,
        agreement=None,
        activity=written.activity,
        areas=areas,
        starts=_each(read_time, written.starts, f"{path}.starts"),
        ends=_each(read_time, written.ends, f"{path}.ends"),
        place=written.place,
        description=written.description,
        contact=written.contact,
    )
    return WrittenNotice(notice, tuple(reader.assumed))


def _heights(texts: Sequence[str], path: str) -> tuple[Altitude, ...]:
    return _each(read_height, texts, path)


def _each(read: Callable[[str, str], Read], texts: Sequence[str], path: str) -> tuple[Read, ...]:
    if len(texts) > STATEMENTS_MAX:
        raise InputError(path, f"{len(texts)} statements, at most {STATEMENTS_MAX}")
    return tuple(read(text, f"{path}[{index}]") for index, text in enumerate(texts))


def _radius_m(text: str, path: str) -> float:
    radius_m = read_length_m(text, path)
    if not 0.0 < radius_m <= RADIUS_M_MAX:
        raise InputError(path, f"{radius_m:g} m is outside 0 to {RADIUS_M_MAX:.0f} m")
    return radius_m


def _shape(
    kind: ShapeKind, line: Sequence[tuple[float, float]], radius_m: float, path: str
) -> Shape:
    latitude_deg, longitude_deg = zip(*line, strict=True)
    try:
        return Shape(kind, latitude_deg, longitude_deg, radius_m, EdgeKind.GEODESIC)
    except InputError as error:
        raise InputError(f"{path}.{error.field}", error.why) from error
