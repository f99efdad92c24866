"""Mode S: frames of transponders, from Beast streams or lines of hexadecimal digits."""

from comity.adapters.mode_s.beast import BeastDecoder
from comity.adapters.mode_s.frame_lines import FRAME_LINE_LENGTH_MAX, FrameLinesDecoder
from comity.adapters.mode_s.frames import FrameReader

__all__ = ["FRAME_LINE_LENGTH_MAX", "BeastDecoder", "FrameLinesDecoder", "FrameReader"]
