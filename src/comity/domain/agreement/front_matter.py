"""Reading TOML strictly: every key is known, has its unit in its name, and is within its limits."""

import difflib
import math
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from comity.domain.agreement.limits import (
    FRONT_MATTER_SIZE_BYTES_MAX,
    NAME_LENGTH_MAX,
    NESTING_MAX,
)
from comity.domain.agreement.text import AgreementTextError
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant
from comity.kernel.units import METRES_PER_FOOT, METRES_PER_NAUTICAL_MILE

INTEGER_BITS_MAX = 63  # TOML 1.0.0 «Integer»: 64-bit signed; tomllib reads longer ones
DOTS_MAX = 32  # on a line that is neither one text nor a list of numbers
_PLAIN_LINE = re.compile(r"\s*#.*|\s*[\w-]+\s*=\s*\"[^\"\\\\]*\"\s*(#.*)?")
_NUMBERS_LINE = re.compile(r"(\s*[\w-]+\s*=)?[\d\s.,+\-eE_\[\]]*(#.*)?")
_NUMBER_BETWEEN_DOTS = re.compile(r"\.[\d\s]+\.")
LENGTH_UNITS = {"m": 1.0, "km": 1000.0, "ft": METRES_PER_FOOT, "nm": METRES_PER_NAUTICAL_MILE}
TIME_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0, "days": 86_400.0}


def read_toml(front_matter: str) -> dict[str, Any]:
    """Parse the front matter.

    Raises:
        AgreementTextError: `too-large`, `too-deep` or `not-toml`.
    """
    size_bytes = len(front_matter.encode("utf-8"))
    if size_bytes > FRONT_MATTER_SIZE_BYTES_MAX:
        why = f"{size_bytes} bytes, at most {FRONT_MATTER_SIZE_BYTES_MAX} are allowed"
        raise AgreementTextError("too-large", "front matter", why)
    _check_nesting(front_matter)
    _check_dots(front_matter)
    try:
        return tomllib.loads(front_matter)
    except RecursionError as error:
        raise AgreementTextError("too-deep", "front matter", "nested too deeply") from error
    except ValueError as error:  # TOMLDecodeError, and integers of thousands of digits
        raise AgreementTextError("not-toml", "front matter", str(error)) from error


class Table:
    """One TOML table under reading. `finish` refuses every key that nothing asked for."""

    def __init__(self, values: Mapping[str, Any], path: str = "") -> None:
        self._values = values
        self._path = path
        self._known: set[str] = set()

    def field(self, key: str) -> str:
        """The full path of a key, for messages."""
        return f"{self._path}.{key}" if self._path else key

    def has(self, key: str) -> bool:
        """Whether the key is there; the key counts as known from now on."""
        self._known.add(key)
        return key in self._values

    def finish(self) -> None:
        """Refuse keys that no reader knows.

        Raises:
            AgreementTextError: `unknown-key`, with the nearest known name.
        """
        for key in self._values:
            if key not in self._known:
                near = difflib.get_close_matches(key, sorted(self._known), n=1, cutoff=0.0)
                hint = f"; the nearest known key is {near[0]!r}" if near else ""
                raise AgreementTextError("unknown-key", self.field(key), f"unknown{hint}")

    def text(self, key: str, length_max: int = NAME_LENGTH_MAX) -> str:
        """A text on one line, not blank.

        Raises:
            AgreementTextError: `missing-key`, `wrong-type` or `out-of-range`.
        """
        value = self._required(key)
        if not isinstance(value, str):
            raise self._wrong_type(key, value, "a text")
        if not value.strip() or len(value) > length_max or "\n" in value:
            why = f"a line of {len(value)} characters; 1 to {length_max} are allowed, not all blank"
            raise AgreementTextError("out-of-range", self.field(key), why)
        return value

    def name(self, key: str, form: re.Pattern[str]) -> str:
        """A text of a given form.

        Raises:
            AgreementTextError: `missing-key`, `wrong-type` or `out-of-range`.
        """
        return self._of_form(self.text(key), self.field(key), form)

    def names(self, key: str, form: re.Pattern[str], count_max: int) -> tuple[str, ...]:
        """A list of different texts of a given form; at least one.

        Raises:
            AgreementTextError: `missing-key`, `wrong-type`, `out-of-range` or `duplicate`.
        """
        items = self.items(key, count_max)
        found: list[str] = []
        for index, item in enumerate(items):
            field = f"{self.field(key)}[{index}]"
            if not isinstance(item, str):
                raise AgreementTextError("wrong-type", field, f"{_shown(item)} is not a text")
            if item in found:
                raise AgreementTextError("duplicate", field, f"{item!r} is listed twice")
            found.append(self._of_form(item, field, form))
        return tuple(found)

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        """One of a few words.

        Raises:
            AgreementTextError: `missing-key`, `wrong-type` or `out-of-range`.
        """
        value = self.text(key)
        if value not in choices:
            why = f"{value!r} is none of {', '.join(choices)}"
            raise AgreementTextError("out-of-range", self.field(key), why)
        return value

    def integer(self, key: str, least: int, most: int) -> int:
        """A whole number within limits.

        Raises:
            AgreementTextError: `missing-key`, `wrong-type` or `out-of-range`.
        """
        value = self._required(key)
        if type(value) is not int or value.bit_length() > INTEGER_BITS_MAX:
            raise self._wrong_type(key, value, "a whole number of at most 63 bits")
        self._check_range(key, value, least, most)
        return value

    def number(self, key: str, least: float, most: float) -> float:
        """A finite number within limits.

        Raises:
            AgreementTextError: `missing-key`, `wrong-type`, `not-finite` or `out-of-range`.
        """
        value = self._required(key)
        number = self._finite(self.field(key), value)
        self._check_range(key, number, least, most)
        return number

    def flag(self, key: str) -> bool:
        """True or false.

        Raises:
            AgreementTextError: `missing-key` or `wrong-type`.
        """
        value = self._required(key)
        if type(value) is not bool:
            raise self._wrong_type(key, value, "true or false")
        return value

    def measure(
        self, stem: str, units: Mapping[str, float], least: float, most: float, suffix: str = ""
    ) -> float | None:
        """A quantity whose key ends in its unit, in SI; None where no such key is there.

        Args:
            stem: the key without unit: `horizontal` reads `horizontal_m`, `horizontal_nm`, ….
            units: unit -> how much of the SI unit it is.
            least: smallest value allowed, SI.
            most: largest value allowed, SI.
            suffix: what follows the unit, such as `_max`.

        Raises:
            AgreementTextError: `two-units`, `wrong-type`, `not-finite` or `out-of-range`.
        """
        keys = {f"{stem}_{unit}{suffix}": factor for unit, factor in units.items()}
        found = [key for key in keys if self.has(key)]
        if not found:
            return None
        if len(found) > 1:
            why = f"given beside {found[1]!r}; state it once"
            raise AgreementTextError("two-units", self.field(found[0]), why)
        value = self._finite(self.field(found[0]), self._values[found[0]]) * keys[found[0]]
        self._check_range(found[0], value, least, most)
        return value

    def instant(self, key: str) -> Instant:
        """A time with its zone (L-15).

        Raises:
            AgreementTextError: `missing-key`, `wrong-type`, `naive-time` or `out-of-range`.
        """
        value = self._required(key)
        if isinstance(value, (date, time)) and getattr(value, "tzinfo", None) is None:
            why = f"{value} has no time zone; write a date and time ending in Z or an offset"
            raise AgreementTextError("naive-time", self.field(key), why)
        if not isinstance(value, datetime):
            raise self._wrong_type(key, value, "a date and time such as 2026-11-22T17:00:00Z")
        elapsed = value - datetime.fromisoformat("1970-01-01T00:00:00+00:00")
        try:
            return Instant(elapsed // timedelta(milliseconds=1))
        except InputError as error:
            raise AgreementTextError("out-of-range", self.field(key), error.why) from error

    def table(self, key: str) -> "Table | None":
        """A table inside this one, None where there is none.

        Raises:
            AgreementTextError: `wrong-type`.
        """
        if not self.has(key):
            return None
        value = self._values[key]
        if not isinstance(value, dict):
            raise self._wrong_type(key, value, f"a table [{self.field(key)}]")
        return Table(value, self.field(key))

    def tables(self, key: str, count_max: int) -> tuple["Table", ...]:
        """A list of tables inside this one; empty where there is none.

        Raises:
            AgreementTextError: `wrong-type` or `out-of-range`.
        """
        if not self.has(key):
            return ()
        value = self._values[key]
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self._wrong_type(key, value, f"a list of tables [[{self.field(key)}]]")
        self._check_count(key, len(value), count_max)
        return tuple(Table(item, f"{self.field(key)}[{n}]") for n, item in enumerate(value))

    def items(self, key: str, count_max: int) -> list[Any]:
        """A list, at least one long.

        Raises:
            AgreementTextError: `missing-key`, `wrong-type` or `out-of-range`.
        """
        value = self._required(key)
        if not isinstance(value, list):
            raise self._wrong_type(key, value, "a list")
        if not value:
            raise AgreementTextError("out-of-range", self.field(key), "an empty list")
        self._check_count(key, len(value), count_max)
        return value

    def positions(self, key: str, count_max: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """A list of [latitude, longitude] pairs in degrees.

        Raises:
            AgreementTextError: `missing-key`, `wrong-type`, `not-finite` or `out-of-range`.
        """
        latitudes: list[float] = []
        longitudes: list[float] = []
        for index, item in enumerate(self.items(key, count_max)):
            field = f"{self.field(key)}[{index}]"
            if not isinstance(item, list) or len(item) != 2:
                raise AgreementTextError("wrong-type", field, "not a pair [latitude, longitude]")
            latitudes.append(self._finite(field, item[0]))
            longitudes.append(self._finite(field, item[1]))
        return tuple(latitudes), tuple(longitudes)

    def _required(self, key: str) -> Any:
        if not self.has(key):
            raise AgreementTextError("missing-key", self.field(key), "is not there")
        return self._values[key]

    def _finite(self, field: str, value: Any) -> float:
        if type(value) not in (int, float):
            raise AgreementTextError("wrong-type", field, f"{_shown(value)} is not a number")
        try:
            number = float(value)
        except OverflowError as error:
            raise AgreementTextError("not-finite", field, "beyond every number") from error
        if not math.isfinite(number):
            raise AgreementTextError("not-finite", field, f"{value} is not a finite number")
        return number

    def _check_range(self, key: str, value: float, least: float, most: float) -> None:
        if not least <= value <= most:
            why = f"{value:g} is outside {least:g} to {most:g} (SI units)"
            raise AgreementTextError("out-of-range", self.field(key), why)

    def _check_count(self, key: str, count: int, count_max: int) -> None:
        if count > count_max:
            why = f"{count} entries, at most {count_max} are allowed"
            raise AgreementTextError("out-of-range", self.field(key), why)

    def _of_form(self, value: str, field: str, form: re.Pattern[str]) -> str:
        if form.fullmatch(value) is None:
            why = f"{value[:80]!r} is not of the form {form.pattern}"
            raise AgreementTextError("out-of-range", field, why)
        return value

    def _wrong_type(self, key: str, value: Any, wanted: str) -> AgreementTextError:
        return AgreementTextError("wrong-type", self.field(key), f"{_shown(value)} is not {wanted}")


def _check_nesting(front_matter: str) -> None:
    """Count brackets outside strings, roughly: a bracket in a string only makes it stricter."""
    depth = 0
    for character in front_matter:
        if character in "[{":
            depth += 1
            if depth > NESTING_MAX:
                why = f"more than {NESTING_MAX} brackets within brackets"
                raise AgreementTextError("too-deep", "front matter", why)
        elif character in "]}":
            depth = max(0, depth - 1)


def _check_dots(front_matter: str) -> None:
    """Refuse long dotted keys: reading one takes time in the square of its length.

    A line of many dots is fine as one text, a comment, or a list of numbers, which have a dot each.
    """
    for number, line in enumerate(front_matter.split("\n"), start=1):
        if line.count(".") <= DOTS_MAX or _PLAIN_LINE.fullmatch(line):
            continue
        if not _NUMBERS_LINE.fullmatch(line) or _NUMBER_BETWEEN_DOTS.search(line):
            why = f"line {number}: a key of more than {DOTS_MAX} dotted names, or too many dots"
            raise AgreementTextError("too-deep", "front matter", why)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, int) and value.bit_length() > INTEGER_BITS_MAX:
        return "a number of thousands of digits"
    return repr(value)[:80]
