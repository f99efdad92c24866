"""Tracks now, what each is known to lack, and what people said of radio contact with them."""

from typing import Annotated

import msgspec
from msgspec import Meta

from comity.application.node import Node
from comity.application.say_radio import say_radio
from comity.domain.operators import Action, Operator, authorise
from comity.domain.tracks import TrackNamed
from comity.entrypoints.air_process import RadioTold, TrackRow
from comity.entrypoints.air_process.messages import TRACKS_TOLD_MAX
from comity.entrypoints.api.air_messages import AirTracksTold, SayRadio
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.routing import get, post
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

NAME_LENGTH_MAX = 200
NAMED_TOLD_MAX = 4  # keys in a refusal
Latitude = Annotated[float, Meta(ge=-90.0, le=90.0)]
Longitude = Annotated[float, Meta(ge=-180.0, le=180.0)]
TrackName = Annotated[str, Meta(max_length=NAME_LENGTH_MAX)]


@get("/v1/air/tracks", summary="Tracks now, all or within a box")
async def show_tracks(
    context: ApiContext,
    operator: Operator,
    limit: Annotated[int, Meta(ge=1, le=TRACKS_TOLD_MAX)] = 500,
    south_deg: Latitude = -90.0,
    west_deg: Longitude = -180.0,
    north_deg: Latitude = 90.0,
    east_deg: Longitude = 180.0,
    named: TrackName = "",
) -> AirTracksTold:
    """Of the last cycle; a box whose west is east of its east goes over 180 degrees.

    `named`: only those of that key, its last part, that callsign or that flight.
    """
    authorise(operator, Action.STATUS_READ)
    if south_deg > north_deg:
        raise InputError("south_deg", f"{south_deg} is north of north_deg, {north_deg}")
    told = await context.air.tracks(
        limit=limit,
        south_deg=south_deg,
        west_deg=west_deg,
        north_deg=north_deg,
        east_deg=east_deg,
        named=named,
    )
    run = context.air.run_name

    def work(node: Node, at: Instant) -> list[TrackRow]:
        return [with_radio(node, run, row, at) for row in told.rows]

    rows = await context.service.do(work)
    return AirTracksTold(at=told.at, total=told.total, rows=rows)


@post("/v1/air/radio", summary="Say that you called a track by radio, and whether it answered")
async def state_radio(context: ApiContext, operator: Operator, data: SayRadio) -> TrackRow:
    """On record, with your id. It stands by the track until the track ends; it raises nothing."""
    authorise(operator, Action.TRACK_STATE)
    if not data.track.strip():
        raise InputError("track", "is empty; name a key, its last part, or a callsign")
    told = await context.air.tracks(limit=NAMED_TOLD_MAX, named=data.track)
    if told.total != 1:
        keys = ", ".join(row.key for row in told.rows)
        why = f"{told.total} tracks now are named so: {keys}" if told.total else "none now has it"
        raise InputError("track", f"{data.track[:40]!r}: {why}")
    row, run = told.rows[0], context.air.run_name

    def work(node: Node, at: Instant) -> TrackRow:
        track = TrackNamed(run, row.track_id)
        say_radio(node, track, row.key, row.flight, operator.id, at, answered=data.answered)
        return with_radio(node, run, row, at)

    return await context.service.do(work)


def with_radio(node: Node, run: str, row: TrackRow, at: Instant) -> TrackRow:
    """A row with what was said of radio contact with this very track; an old silence is no flag."""
    said = node.radio.of(TrackNamed(run, row.track_id))
    if said is None:
        return row
    told = RadioTold(answered=said.answered, operator=said.operator, at=str(said.at))
    lacks = [*row.lacks, "radio"] if said.is_silence(at) else row.lacks
    return msgspec.structs.replace(row, radio=told, lacks=lacks)


TRACK_ROUTES = (show_tracks, state_radio)
