"""Live tracks to a browser, once a second: what one reader lacks, in frames (docs/spec/track-stream.md)."""

from comity.entrypoints.track_stream.frame import Frame, FrameKind, decode_frame, encode_frame
from comity.entrypoints.track_stream.held import Held, View
from comity.entrypoints.track_stream.picture import (
    Flag,
    Named,
    TrackPicture,
    pack_columns,
    unpack_columns,
)

__all__ = [
    "Flag",
    "Frame",
    "FrameKind",
    "Held",
    "Named",
    "TrackPicture",
    "View",
    "decode_frame",
    "encode_frame",
    "pack_columns",
    "unpack_columns",
]
