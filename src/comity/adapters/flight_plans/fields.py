"""Reading members of one JSON object strictly, with the path of each in every error."""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from comity.domain.airspace import Altitude, Datum
from comity.kernel.errors import InputError
from comity.kernel.instants import StatedTime, instant_from_rfc3339
from comity.kernel.units import (
    METRES_PER_FOOT,
    METRES_PER_NAUTICAL_MILE,
    metres_from_flight_level,
)

METRES_PER = {"m": 1.0, "km": 1000.0, "ft": METRES_PER_FOOT, "NM": METRES_PER_NAUTICAL_MILE}
FLIGHT_LEVEL = re.compile(r"FL(\d{1,3})")
ZONE = re.compile(r"([Zz]|[+-]\d{2}:\d{2})$")

Made = TypeVar("Made")


class Fields:
    """One object; each member may be asked for, and none may be left unasked.

    A member that nobody knows is refused by name: a misspelt limit must not vanish.
    """

    def __init__(self, value: object, path: str) -> None:
        if not isinstance(value, Mapping):
            raise InputError(path, f"{_short(value)} is not an object")
        self._members: Mapping[str, object] = value
        self._asked: set[str] = set()
        self.path = path

    def at(self, name: str) -> str:
        """The path of a member."""
        return f"{self.path}.{name}"

    def has(self, name: str) -> bool:
        """Whether the member is there and not null."""
        self._asked.add(name)
        return self._members.get(name) is not None

    def value(self, name: str) -> object:
        """A member that must be there.

        Raises:
            InputError: missing or null.
        """
        if not self.has(name):
            raise InputError(self.at(name), "missing")
        return self._members[name]

    def text(self, name: str, form: re.Pattern[str] | None = None, default: str = "") -> str:
        """A string of a given form; the default, if one is given, where it is missing."""
        if default and not self.has(name):
            return default
        value = self.value(name)
        if not isinstance(value, str):
            raise InputError(self.at(name), f"{_short(value)} is not a string")
        if form is not None and form.fullmatch(value) is None:
            raise InputError(self.at(name), f"{_short(value)} is not of the form {form.pattern}")
        return value

    def number(self, name: str, least: float, most: float) -> float:
        """A finite number within limits, both included."""
        return number(self.value(name), self.at(name), least, most)

    def items(self, name: str, least: int, most: int) -> list[object]:
        """A list of so many items."""
        return items(self.value(name), self.at(name), least, most)

    def fields(self, name: str) -> "Fields":
        """An object."""
        return Fields(self.value(name), self.at(name))

    def time(self, name: str) -> StatedTime:
        """An RFC 3339 time with its zone."""
        text = self.text(name)
        instant = instant_from_rfc3339(text, self.at(name))
        match = ZONE.search(text.strip())
        return StatedTime(instant, text, match[0] if match else "Z")

    def length_m(self, name: str, most_m: float) -> float:
        """A length such as `{"value": 5, "unit": "NM"}`, in metres."""
        stated = self.fields(name)
        unit = stated.text("unit")
        if unit not in METRES_PER:
            raise InputError(stated.at("unit"), f"{unit!r} is not one of {', '.join(METRES_PER)}")
        metres_per = METRES_PER[unit]
        metres = stated.number("value", 0.0, most_m / metres_per) * metres_per
        stated.finish()
        return metres

    def altitude(self, name: str) -> Altitude:
        """A height with unit and datum, or a flight level such as `"FL350"`."""
        value, path = self.value(name), self.at(name)
        if isinstance(value, str):
            match = FLIGHT_LEVEL.fullmatch(value)
            if match is None:
                raise InputError(path, f"{_short(value)} is not a flight level such as FL350")
            return checked(
                path, lambda: Altitude(metres_from_flight_level(int(match[1])), Datum.QNE)
            )
        stated = Fields(value, path)
        unit, datum = stated.text("unit"), stated.text("datum")
        if unit not in ("m", "ft"):
            raise InputError(stated.at("unit"), f"{unit!r} is not m or ft")
        if datum not in {known.value for known in Datum}:
            known = ", ".join(known.value for known in Datum)
            raise InputError(stated.at("datum"), f"{datum!r} is not one of {known}")
        height = number(stated.value("value"), stated.at("value"), -1e9, 1e9) * METRES_PER[unit]
        stated.finish()
        return checked(path, lambda: Altitude(height, Datum(datum)))

    def finish(self) -> None:
        """Refuse members that nobody asked for.

        Raises:
            InputError: naming the first unknown member and the known ones.
        """
        unknown = sorted(set(self._members) - self._asked)
        if unknown:
            raise InputError(
                self.at(unknown[0][:40]),
                f"unknown; known here are {', '.join(sorted(self._asked))}",
            )


def number(value: object, path: str, least: float, most: float) -> float:
    """A number within limits, both included; true and false are no numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(path, f"{_short(value)} is not a number")
    if not least <= value <= most:
        raise InputError(path, f"{_short(value)} is outside {least:g} to {most:g}")
    return float(value)


def items(value: object, path: str, least: int, most: int) -> list[object]:
    """A list of so many items."""
    if not isinstance(value, list):
        raise InputError(path, f"{_short(value)} is not a list")
    if not least <= len(value) <= most:
        raise InputError(path, f"{len(value)} items; {least} to {most} are read")
    return value


def checked(path: str, make: Callable[[], Made]) -> Made:
    """Make a value of the domain; its refusal gets the path in front."""
    try:
        return make()
    except InputError as error:
        raise InputError(f"{path}.{error.field}", error.why) from error


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
