"""What a feed brought and what was wrong with it, by reason: nothing goes missing uncounted."""

from collections import Counter
from enum import StrEnum
from typing import Any


class Refused(StrEnum):
    """Why a message gave no plot. Each is described in docs/rooms/feeds.md."""

    NOT_A_MESSAGE = "not-a-message"
    TOO_LONG = "too-long"
    TOO_DEEP = "too-deep"
    UNSAFE_XML = "unsafe-xml"
    BAD_CHECKSUM = "bad-checksum"
    KIND_NOT_READ = "kind-not-read"
    ADDRESS_UNKNOWN = "address-unknown"
    NO_TIME = "no-time"
    TIME_OUT_OF_RANGE = "time-out-of-range"
    POSITION_OFF_EARTH = "position-off-earth"
    POSITION_UNRESOLVED = "position-unresolved"
    NOTHING_REPORTED = "nothing-reported"
    MERGED = "merged"
    REPEATED = "repeated"
    STALE = "stale"
    SIMULATED_OR_TEST = "simulated-or-test"
    FIXED_TRANSPONDER = "fixed-transponder"


class Remark(StrEnum):
    """What is odd about a plot that was kept. `<field>: out of limits` stands beside these."""

    WITHOUT_POSITION = "without-position"
    TIME_BACKWARDS = "time-backwards"
    CLOCK_AHEAD = "clock-ahead"
    LATE = "late"
    POSITION_JUMP = "position-jump"
    HEIGHT_DATUM_UNSTATED = "height-datum-unstated"
    DIRECTION_FROM_GRID_NORTH = "direction-from-grid-north"
    TEXT_REFUSED = "text-refused"
    SQUAWK_REFUSED = "squawk-refused"


class FeedCounts:
    """Counts of one feed; `messages == plots + refused.total()` holds between any two calls.

    Attributes:
        bytes_read: as they came, unpacked.
        bytes_skipped: bytes between messages that belong to none.
        messages: messages, rows or documents begun with, good and bad.
        plots: plots given out.
        refused: messages that gave no plot, by reason.
        remarks: what was odd about plots that were kept, by kind; one plot may have several.
        clock_difference_s: of the last plot: its own time less the time of receipt; None in recordings.
    """

    __slots__ = (
        "bytes_read",
        "bytes_skipped",
        "clock_difference_s",
        "messages",
        "plots",
        "refused",
        "remarks",
    )

    def __init__(self) -> None:
        self.bytes_read = 0
        self.bytes_skipped = 0
        self.messages = 0
        self.plots = 0
        self.refused: Counter[str] = Counter()
        self.remarks: Counter[str] = Counter()
        self.clock_difference_s: float | None = None

    def refuse(self, reason: Refused) -> None:
        """One message gives no plot."""
        self.messages += 1
        self.refused[reason] += 1

    def as_fields(self) -> dict[str, Any]:
        """For screens and JSON: plain values, reasons in the order of their number."""
        return {
            "bytes_read": self.bytes_read,
            "bytes_skipped": self.bytes_skipped,
            "messages": self.messages,
            "plots": self.plots,
            "refused": {str(reason): count for reason, count in self.refused.most_common()},
            "remarks": {str(remark): count for remark, count in self.remarks.most_common()},
            "clock_difference_s": self.clock_difference_s,
        }
