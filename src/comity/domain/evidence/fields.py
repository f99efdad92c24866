"""Reading fields of a bundle's parts: exact names, exact types, words that people can be shown."""

import base64
import binascii
from typing import Any

from comity.domain.records import fault_of_words
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import PARTY_ID, PartyId
from comity.kernel.instants import Instant, instant_from_canonical


class FieldReader:
    """Reads one object; whatever is wrong is refused with the reason of its part.

    Attributes:
        place: where the object stands, for messages.
    """

    def __init__(self, value: object, names: frozenset[str], reason: str, place: str):
        self._reason = reason
        self.place = place
        if type(value) is not dict:
            raise self.refused("is not an object")
        if value.keys() != names:
            odd = sorted(value.keys() ^ names)
            raise self.refused(f"{odd[0][:80]!r} is missing or unknown")
        self._value: dict[str, Any] = value

    def refused(self, why: str) -> RecordError:
        """The refusal to raise."""
        return RecordError(self._reason, f"{self.place}: {why}")

    def text(self, name: str) -> str:
        """A text."""
        value = self._value[name]
        if type(value) is not str:
            raise self.refused(f"{name} is not a text")
        return value

    def words(self, name: str, length_min: int, length_max: int) -> str:
        """Words of a person (docs/spec/record.md §10)."""
        value = self.text(name)
        fault = fault_of_words(value, length_max)
        if fault is None and len(value) < length_min:
            fault = f"{len(value)} characters; at least {length_min}"
        if fault is not None:
            raise self.refused(f"{name}: {fault}")
        return value

    def integer(self, name: str, least: int, most: int) -> int:
        """A whole number within limits."""
        value = self._value[name]
        if type(value) is not int or not least <= value <= most:
            raise self.refused(f"{name} is not a whole number from {least} to {most}")
        return value

    def items(self, name: str, count_max: int) -> list[Any]:
        """An array."""
        value = self._value[name]
        if type(value) is not list or len(value) > count_max:
            raise self.refused(f"{name} is not an array of at most {count_max}")
        return value

    def party(self, name: str) -> PartyId:
        """A party id."""
        value = self.text(name)
        if PARTY_ID.fullmatch(value) is None:
            raise self.refused(f"{name} is not a party id")
        return PartyId(value)

    def instant(self, name: str) -> Instant:
        """An instant."""
        try:
            return instant_from_canonical(self.text(name))
        except InputError as error:
            raise self.refused(f"{name}: {error.why}") from error

    def optional_instant(self, name: str) -> Instant | None:
        """An instant or null."""
        return None if self._value[name] is None else self.instant(name)

    def optional_text(self, name: str) -> str | None:
        """A text or null."""
        return None if self._value[name] is None else self.text(name)

    def base64(self, name: str, size_bytes: int | None = None) -> bytes:
        """Bytes in the one spelling of base64."""
        return self._decoded(name, self.text(name), size_bytes)

    def hashes(self, name: str, count_max: int) -> tuple[bytes, ...]:
        """Hashes of 32 bytes, each in base64."""
        return tuple(
            self._decoded(f"{name}[{index}]", each, 32)
            for index, each in enumerate(self.items(name, count_max))
        )

    def _decoded(self, name: str, text: object, size_bytes: int | None) -> bytes:
        try:
            if type(text) is not str:
                raise ValueError("not a text")
            decoded = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
            if base64.b64encode(decoded).decode("ascii") != text:
                raise ValueError("not its one spelling")
        except (ValueError, UnicodeEncodeError) as error:
            raise self.refused(f"{name} is not base64: {error}") from error
        if size_bytes is not None and len(decoded) != size_bytes:
            raise self.refused(f"{name} holds {len(decoded)} bytes, not {size_bytes}")
        return decoded


def encoded(data: bytes) -> str:
    """Base64 as every part spells it."""
    return base64.b64encode(data).decode("ascii")
