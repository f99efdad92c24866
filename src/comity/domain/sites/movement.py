"""Protected movements: a route with times, vehicles, declared escorts and a live contact (L-20).

The owner keeps the movement as entered; each recipient gets it as finely as the entry says, with every vertex
of the route replaced by the middle of its cell and the corridor widened by as much.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

import numpy as np

from comity.domain.geometry import Shape, ShapeKind, unit_from_degrees
from comity.domain.geometry.distance import surface_lengths_m
from comity.domain.records import Record
from comity.domain.sites import fields
from comity.domain.sites.coarse import PRECISION_MM_MAX, coarse_form
from comity.domain.sites.entry import (
    BLIND,
    VERSION_MAX,
    WORDS_LENGTH_MAX,
    Contact,
    contact_from_body,
    contact_to_body,
)
from comity.domain.sites.place import LATITUDE_E7_MAX, LONGITUDE_E7_MAX, Disc
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import MOVEMENT_ID, PARTY_ID, MovementId, PartyId
from comity.kernel.instants import Instant
from comity.kernel.units import E7_PER_DEGREE, MM_PER_METRE

WAYPOINTS_MAX: Final = 200
LEG_M_MAX: Final = 200_000.0  # of which coarse forms are proved to hold every point between
DURATION_S_MAX: Final = 14 * 86_400.0
HALF_WIDTH_MM_MAX: Final = 20_000_000
SLACK_S_MAX: Final = 86_400
GROUPS_MAX: Final = 50  # kinds of vehicles, and of escorts, of one movement
COUNT_MAX: Final = 10_000
RECIPIENTS_MAX: Final = 64


class MovementKind(StrEnum):
    """What travels. A closed list, and nothing ranks one above another."""

    RELIEF = "relief-convoy"
    MEDICAL = "medical-evacuation"
    EVACUATION = "evacuation"
    REPATRIATION = "repatriation"
    STAFF = "aid-staff"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Waypoint:
    """Where it is to be, and when."""

    latitude_e7: int
    longitude_e7: int
    at: Instant


@dataclass(frozen=True, slots=True)
class Vehicles:
    """Some vehicles alike, and how one knows them."""

    kind: str
    count: int
    marking: str


@dataclass(frozen=True, slots=True)
class Escort:
    """Guards that travel along: declared, or they will be taken for what they are not (L-20)."""

    kind: str
    count: int
    armed: bool
    words: str


@dataclass(frozen=True)
class Route:
    """A corridor with times.

    Attributes:
        half_width_mm: it is meant to stay within this of the line.
        slack_s: it is meant to be no earlier and no later than this.
        ends: of the last waypoint as entered; later ones may have been merged into one cell.
    """

    waypoints: tuple[Waypoint, ...]
    half_width_mm: int
    slack_s: int
    ends: Instant

    @property
    def begins(self) -> Instant:
        """When it starts."""
        return self.waypoints[0].at

    @cached_property
    def shape(self) -> Shape:
        """The corridor."""
        return self.stretch(0, len(self.waypoints) - 1)

    def stretch(self, first: int, last: int) -> Shape:
        """The corridor from one waypoint to another."""
        part = self.waypoints[first : last + 1]
        return Shape(
            ShapeKind.PATH,
            tuple(each.latitude_e7 / E7_PER_DEGREE for each in part),
            tuple(each.longitude_e7 / E7_PER_DEGREE for each in part),
            self.half_width_mm / MM_PER_METRE,
        )


@dataclass(frozen=True, slots=True)
class MovementEntry:
    """One version of a movement, as its owner's person entered it.

    Attributes:
        escorts: none is a statement too: no guards travel along.
        recipients: who may know, and how finely (0: as entered).
    """

    movement: MovementId
    version: int
    kind: MovementKind
    words: str
    route: Route
    vehicles: tuple[Vehicles, ...]
    escorts: tuple[Escort, ...]
    contact: Contact
    recipients: tuple[tuple[PartyId, int], ...]
    blind: str


def entry_from_record(record: Record) -> MovementEntry:
    """Read a `movement.entry`.

    Raises:
        RecordError: a code of docs/spec/movement.md §6.
    """
    body = record.body
    movement = own_movement(record)
    contact = contact_from_body(body)
    if contact is None:
        raise RecordError("no-contact", "a movement has somebody who can be reached while it lasts")
    route = route_from_body(fields.required(body, "route"))
    if contact.until < route.ends:
        raise RecordError(
            "no-contact", f"the contact is good until {contact.until}, before {route.ends}"
        )
    recipients = []
    for value in fields.rows(body, "recipients", RECIPIENTS_MAX, 0):
        row = fields.mapping(value, "recipients")
        party = PartyId(fields.form(row, "party", PARTY_ID))
        recipients.append((party, fields.integer(row, "precision_mm", 0, PRECISION_MM_MAX)))
    if len({party for party, _ in recipients}) != len(recipients):
        raise RecordError("field-form", "recipients: a party stands twice")
    return MovementEntry(
        movement,
        fields.integer(body, "version", 1, VERSION_MAX),
        fields.choice(body, "kind", MovementKind),
        fields.words(body, "words", WORDS_LENGTH_MAX),
        route,
        vehicles_from_body(body),
        escorts_from_body(body),
        contact,
        tuple(recipients),
        fields.form(body, "blind", BLIND),
    )


def coarse_route(route: Route, precision_mm: int) -> Route | None:
    """A corridor that holds a corridor, made of the cells of its waypoints alone; None: too wide.

    A waypoint moves by at most the radius of its cell's disc. Between two of at most `LEG_M_MAX`, lines whose
    ends part by as much part by at most 1.001 times that: geodesics that start apart come together.
    """
    moved: list[Waypoint] = []
    farthest_mm = 0
    for each in route.waypoints:
        disc = Disc(each.latitude_e7 / E7_PER_DEGREE, each.longitude_e7 / E7_PER_DEGREE, 0.0)
        form = coarse_form((disc,), precision_mm)
        if form is None:
            return None
        farthest_mm = max(farthest_mm, form.radius_mm)
        place = Waypoint(form.latitude_e7[0], form.longitude_e7[0], each.at)
        if not moved or (moved[-1].latitude_e7, moved[-1].longitude_e7) != (
            place.latitude_e7,
            place.longitude_e7,
        ):
            moved.append(place)
    half_width_mm = route.half_width_mm + farthest_mm * 101 // 100 + 1_000
    return replace(route, waypoints=tuple(moved), half_width_mm=half_width_mm)


def route_to_body(route: Route) -> dict[str, Any]:
    """The record form."""
    return {
        "waypoints": [
            {"latitude_deg_e7": each.latitude_e7, "longitude_deg_e7": each.longitude_e7, "at": str(each.at)}
            for each in route.waypoints
        ],
        "half_width_mm": route.half_width_mm,
        "slack_s": route.slack_s,
        "ends": str(route.ends),
    }  # fmt: skip


def route_from_body(body: object) -> Route:
    """Read a route.

    Raises:
        RecordError: `field-form`, `field-limit`, `route-time`, `route-leg` or of volume.md.
    """
    read = fields.mapping(body, "route")
    waypoints = []
    for value in fields.rows(read, "waypoints", WAYPOINTS_MAX):
        row = fields.mapping(value, "route.waypoints")
        waypoints.append(
            Waypoint(
                fields.integer(row, "latitude_deg_e7", -LATITUDE_E7_MAX, LATITUDE_E7_MAX),
                fields.integer(row, "longitude_deg_e7", -LONGITUDE_E7_MAX, LONGITUDE_E7_MAX),
                fields.instant(row, "at"),
            )
        )
    route = Route(
        tuple(waypoints),
        fields.integer(read, "half_width_mm", 1, 2 * HALF_WIDTH_MM_MAX * 5),
        fields.integer(read, "slack_s", 0, SLACK_S_MAX),
        fields.instant(read, "ends"),
    )
    times = [*(each.at for each in route.waypoints), route.ends]
    if any(later < earlier for earlier, later in pairwise(times)):
        raise RecordError("route-time", "route: a waypoint is before the one in front of it")
    if not route.ends.minus(route.begins) <= DURATION_S_MAX:
        raise RecordError("route-time", f"route: longer than {DURATION_S_MAX / 86_400:.0f} days")
    try:
        shape = route.shape
    except InputError as error:
        raise RecordError("volume-invalid", f"route.{error.field}: {error.why}") from error
    _check_legs(shape)
    return route


def vehicles_from_body(body: fields.Body) -> tuple[Vehicles, ...]:
    """What travels."""
    found = []
    for value in fields.rows(body, "vehicles", GROUPS_MAX):
        row = fields.mapping(value, "vehicles")
        kind = fields.words(row, "kind", WORDS_LENGTH_MAX)
        marking = fields.words(row, "marking", WORDS_LENGTH_MAX)
        found.append(Vehicles(kind, fields.integer(row, "count", 1, COUNT_MAX), marking))
    return tuple(found)


def escorts_from_body(body: fields.Body) -> tuple[Escort, ...]:
    """Who guards it; an empty list says that nobody does."""
    found = []
    for value in fields.rows(body, "escorts", GROUPS_MAX, 0):
        row = fields.mapping(value, "escorts")
        kind, words = (fields.words(row, name, WORDS_LENGTH_MAX) for name in ("kind", "words"))
        count = fields.integer(row, "count", 1, COUNT_MAX)
        found.append(Escort(kind, count, fields.flag(row, "armed"), words))
    return tuple(found)


def groups_to_body(
    vehicles: tuple[Vehicles, ...], escorts: tuple[Escort, ...], contact: Contact | None
) -> dict[str, Any]:
    """The record form of what travels, who guards it, and who can be reached."""
    return {
        "vehicles": [
            {"kind": each.kind, "count": each.count, "marking": each.marking} for each in vehicles
        ],
        "escorts": [
            {"kind": each.kind, "count": each.count, "armed": each.armed, "words": each.words}
            for each in escorts
        ],
        "contact": contact_to_body(contact),
    }


def own_movement(record: Record) -> MovementId:
    """The movement a record is about, its author's own.

    Raises:
        RecordError: `not-owner`: nobody else speaks for it.
    """
    movement = MovementId(fields.form(record.body, "movement", MOVEMENT_ID))
    if not movement.startswith(f"{record.author}/"):
        raise RecordError("not-owner", f"{movement} is not of {record.author}")
    return movement


def _check_legs(shape: Shape) -> None:

    unit = unit_from_degrees(np.array(shape.latitude_deg), np.array(shape.longitude_deg))
    if len(unit) < 2:
        return
    longest_m = float(surface_lengths_m(unit[:-1], unit[1:]).max())
    if longest_m > LEG_M_MAX:
        why = f"a leg of {longest_m / 1000:.0f} km; at most {LEG_M_MAX / 1000:.0f} km"
        raise RecordError("route-leg", f"route: {why}")
