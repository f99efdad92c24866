"""RFC 3161 time-stamps: asked of an authority over HTTP, and checked offline against its root."""

from comity.adapters.time_stamps.ask import ask_for_stamp
from comity.adapters.time_stamps.tokens import Stamped, check_stamp, roots_in

__all__ = ["Stamped", "ask_for_stamp", "check_stamp", "roots_in"]
