"""Live tracks as a stream of binary frames: docs/spec/track-stream.md."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import msgspec
from msgspec import Meta

from comity.domain.operators import Action, Operator, authorise
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.routing import FrameSource, get, post
from comity.entrypoints.track_stream import View
from comity.entrypoints.track_stream.held import TOLERANCE_M_ASSUMED

Sequence = Annotated[int, Meta(ge=0, le=2**32 - 1)]
STREAM_HEADER = b"comity-stream"


class ViewWritten(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a console looks at; over 180 degrees where west is the greater.

    Attributes:
        tolerance_m: how far a track in the box may be from where it is extrapolated to; 0: told anew
            each second.
    """

    south_deg: float
    west_deg: float
    north_deg: float
    east_deg: float
    tolerance_m: float = TOLERANCE_M_ASSUMED


class ReadOn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a console has read of its stream, and what it looks at from now on.

    Attributes:
        read: sequence of the newest frame it has taken in.
        view: left out where it has not changed.
    """

    read: Sequence
    view: ViewWritten | None = None


class ReadTold(msgspec.Struct, kw_only=True):
    """That it was heard."""

    read: int


@get("/v1/air/stream", summary="Live tracks from now on, as binary frames")
async def watch_tracks(
    context: ApiContext,
    operator: Operator,
    south_deg: float = -90.0,
    west_deg: float = -180.0,
    north_deg: float = 90.0,
    east_deg: float = 180.0,
    tolerance_m: float = TOLERANCE_M_ASSUMED,
    resume: Annotated[str, Meta(max_length=64)] | None = None,
    read: Sequence = 0,
    exercise: bool = False,
) -> FrameSource:
    """One frame a second of what changed; the header `comity-stream` names the stream for `resume`."""
    authorise(operator, Action.STATUS_READ)
    view = View(south_deg, west_deg, north_deg, east_deg, tolerance_m)
    streams = context.air.streams
    reader = streams.open(operator.id, view, exercise=exercise, resume=resume, read=read)

    @asynccontextmanager
    async def opened() -> AsyncIterator[AsyncIterator[bytes]]:
        async with streams.follow(reader) as frames:
            yield frames

    return FrameSource(opened, headers=((STREAM_HEADER, reader.stream.encode()),))


@post(
    "/v1/air/stream/{stream}", summary="Say what was read of a stream of tracks, and look elsewhere"
)
async def read_on(context: ApiContext, operator: Operator, stream: str, data: ReadOn) -> ReadTold:
    """A stream of which four frames are not said to be read sends no more until they are."""
    authorise(operator, Action.STATUS_READ)
    asked = data.view
    view = None
    if asked is not None:
        view = View(
            asked.south_deg, asked.west_deg, asked.north_deg, asked.east_deg, asked.tolerance_m
        )
    context.air.streams.look(stream, operator.id, view, data.read)
    return ReadTold(read=data.read)


TRACK_STREAM_ROUTES = (read_on, watch_tracks)
