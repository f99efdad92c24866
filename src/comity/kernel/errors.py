"""Errors, split by who must act on them."""

import re

_FIELD = re.compile(r"[a-z][a-z0-9_]*(\[\d+\]|\.[a-z][a-z0-9_]*)*")


class ComityError(Exception):
    """Root of every error this project raises on purpose."""


class InputError(ComityError):
    """A person's or a program's input is refused; names the field and the limit.

    Attributes:
        field: path of the field refused, such as `volumes[2].ring[0].lat_deg`.
        why: the value met and the limit it broke.
    """

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


class NotPermittedError(InputError):
    """Who asks may not do this; the table of roles says so, or the scopes of a token."""

    reason = "not-permitted"


class RecordError(ComityError):
    """A peer's bytes are refused; trying again will not help.

    Attributes:
        reason: a code listed in docs/spec/record.md, so that two nodes refuse alike.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail

    @property
    def field(self) -> str | None:
        """The field that the detail begins with, as refusals of a form do (`words: empty`); None where none does."""
        name, _, why = self.detail.partition(": ")
        stated = bool(why) or self.reason == "missing-field"
        return name if stated and _FIELD.fullmatch(name) else None

    @property
    def why(self) -> str:
        """The detail without its field; with the reason where it has none."""
        return str(self) if self.field is None else self.detail.partition(": ")[2] or self.reason


class PeerError(ComityError):
    """A peer cannot be reached or broke the protocol; the caller backs off."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class AgreementError(ComityError):
    """Outside the terms in force; the operator or the agreement must change."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class StoreError(ComityError):
    """The store failed (full, read-only, damaged); an operator must act. Nothing was acknowledged."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
