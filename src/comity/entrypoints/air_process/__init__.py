"""The watch over the air in a process of its own: feeds, tracks and nets, beside the node it works for."""

from comity.entrypoints.air_process.channel import AirChannel, ChannelClosedError
from comity.entrypoints.air_process.messages import (
    Acknowledged,
    AlertNow,
    Begin,
    Briefed,
    Changes,
    CycleTold,
    FeedState,
    FeedsWanted,
    FeedWanted,
    FromAir,
    Kept,
    NetTold,
    OpenAlert,
    ToAir,
    TrackRow,
    TracksAsked,
    TracksTold,
)

__all__ = [
    "Acknowledged",
    "AirChannel",
    "AlertNow",
    "Begin",
    "Briefed",
    "Changes",
    "ChannelClosedError",
    "CycleTold",
    "FeedState",
    "FeedWanted",
    "FeedsWanted",
    "FromAir",
    "Kept",
    "NetTold",
    "OpenAlert",
    "ToAir",
    "TrackRow",
    "TracksAsked",
    "TracksTold",
]
