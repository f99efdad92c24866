"""What a feed told last of each aircraft, so that a position told before is not taken for a new one."""

import operator
from collections.abc import Callable
from typing import Generic, TypeVar

AIRCRAFT_MAX = 200_000  # ten times those aloft in the world; who came first is forgotten first


Aircraft = TypeVar("Aircraft")
Value = TypeVar("Value")


class LastTold(Generic[Aircraft, Value]):
    """The last value by aircraft, at most `AIRCRAFT_MAX` of them."""

    def __init__(self, same: Callable[[Value, Value], bool] = operator.eq) -> None:
        self._same = same
        self._last: dict[Aircraft, Value] = {}

    def repeats(self, aircraft: Aircraft | None, value: Value) -> bool:
        """Whether the value is the aircraft's last one again, else keep it; False of an unknown aircraft."""
        if aircraft is None:
            return False
        last = self._last.get(aircraft)
        if last is not None and self._same(last, value):
            return True
        if last is None and len(self._last) >= AIRCRAFT_MAX:
            del self._last[next(iter(self._last))]
        self._last[aircraft] = value
        return False
