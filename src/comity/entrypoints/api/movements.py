"""Protected movements: enter a journey, report where it is, end it."""

import math
from typing import Any

from comity.application.keep_movements import end_movement, enter_movement, report_position
from comity.application.node import Node
from comity.application.read_register import put_down_list
from comity.domain.hazards import Way
from comity.domain.operators import Action, Operator, authorise
from comity.domain.sites import PRECISION_MM_MAX
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.routing import get, post
from comity.entrypoints.api.site_messages import (
    EndSite,
    EnterMovement,
    MovementRecordTold,
    MovementTold,
    ReportPosition,
    record_form,
)
from comity.entrypoints.api.telling_sites import tell_movement
from comity.kernel.errors import InputError
from comity.kernel.ids import movement_id, party_id
from comity.kernel.instants import Instant, instant_from_rfc3339
from comity.kernel.units import MM_PER_METRE, e7_from_degrees


@post("/v1/movements", summary="Enter a movement, or a new version of one")
async def enter(
    data: EnterMovement, context: ApiContext, operator: Operator, exercise: bool = False
) -> MovementRecordTold:
    """Those named as recipients are told, each as finely as stated; nobody else is."""
    authorise(operator, Action.SITE_CONSENT)
    body = _form(data)

    def work(node: Node, at: Instant) -> MovementRecordTold:
        record = enter_movement(node, body, operator.id, at, exercise=exercise)
        return MovementRecordTold(digest=record.digest, movement=record.body["movement"])

    return await context.service.do(work)


@get("/v1/movements", summary="List movements known here")
async def list_movements(
    context: ApiContext, operator: Operator, exercise: bool = False
) -> list[MovementTold]:
    """Own first; ended and withdrawn ones without where they are. Others' are put down for their owners."""
    authorise(operator, Action.SITE_READ)

    def work(node: Node, at: Instant) -> list[MovementTold]:
        register = node.movements_of(exercise=exercise)
        put_down_list(
            node, Way.LIST, ("movements",), 0, register.movements(), operator.id, at,
            exercise=exercise,
        )  # fmt: skip
        return [tell_movement(register, each, at) for each in register.movements()]

    return await context.service.do(work)


@post("/v1/movements/{party}/{number}/position", summary="Report where a movement is")
async def report(
    data: ReportPosition,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> MovementTold:
    """It is compared with the route; a deviation is notified again. The position expires within an hour."""
    authorise(operator, Action.SITE_ENTER)
    movement = movement_id(f"{party}/{number}")
    position = {
        "latitude_deg_e7": _degrees(data.latitude_deg, "latitude_deg", 90.0),
        "longitude_deg_e7": _degrees(data.longitude_deg, "longitude_deg", 180.0),
        "accuracy_mm": _millimetres(data.accuracy_m, "accuracy_m", 100_000.0),
    }
    seen_at = None if data.seen_at is None else instant_from_rfc3339(data.seen_at, "seen_at")
    if not 0.0 < data.lasts_s <= 3_600.0:
        raise InputError("lasts_s", f"{data.lasts_s} is outside 0 to 3600")

    def work(node: Node, at: Instant) -> MovementTold:
        seen = seen_at or at
        report_position(
            node, movement, position, seen, data.lasts_s, operator.id, at, exercise=exercise
        )
        return tell_movement(node.movements_of(exercise=exercise), movement, at)

    return await context.service.do(work)


@post("/v1/movements/{party}/{number}/end", summary="Say that a movement is over")
async def end(
    data: EndSite,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> MovementRecordTold:
    """Whoever was told of it is told that too."""
    authorise(operator, Action.SITE_ENTER)
    movement = movement_id(f"{party}/{number}")

    def work(node: Node, at: Instant) -> MovementRecordTold:
        record = end_movement(node, movement, data.words, operator.id, at, exercise=exercise)
        return MovementRecordTold(digest=record.digest, movement=movement)

    return await context.service.do(work)


def _form(data: EnterMovement) -> dict[str, Any]:
    waypoints = []
    for index, each in enumerate(data.waypoints):
        field = f"waypoints[{index}]"
        waypoints.append({
            "latitude_deg_e7": _degrees(each.latitude_deg, f"{field}.latitude_deg", 90.0),
            "longitude_deg_e7": _degrees(each.longitude_deg, f"{field}.longitude_deg", 180.0),
            "at": str(instant_from_rfc3339(each.at, f"{field}.at")),
        })  # fmt: skip
    if not waypoints:
        raise InputError("waypoints", "none")
    recipients = []
    for index, to in enumerate(data.recipients):
        field = f"recipients[{index}].precision_m"
        precision_mm = _millimetres(to.precision_m, field, PRECISION_MM_MAX / MM_PER_METRE)
        recipients.append({"party": party_id(to.party), "precision_mm": precision_mm})
    until = instant_from_rfc3339(data.contact.until, "contact.until")
    return {
        "movement": data.movement,
        "kind": data.kind,
        "words": data.words,
        "route": {
            "waypoints": waypoints,
            "half_width_mm": _millimetres(data.half_width_m, "half_width_m", 20_000.0),
            "slack_s": data.slack_s,
            "ends": waypoints[-1]["at"],
        },
        "vehicles": record_form(data.vehicles),
        "escorts": record_form(data.escorts),
        "contact": {"words": data.contact.words, "until": str(until)},
        "recipients": recipients,
    }


def _degrees(value: float, field: str, most: float) -> int:
    if not abs(value) <= most:
        raise InputError(field, f"{value} is outside -{most:g} to {most:g}")
    return e7_from_degrees(value)


def _millimetres(metres: float, field: str, most: float) -> int:
    if not 0.0 <= metres <= most:
        raise InputError(field, f"{metres} is outside 0 to {most:g}")
    return math.ceil(metres * MM_PER_METRE)


MOVEMENT_ROUTES = (enter, list_movements, report, end)
