"""Whose borders the map shows."""

import msgspec


class BordersNamed(msgspec.Struct, kw_only=True):
    """Whose borders the map shows: one view among others.

    Attributes:
        error_m: how far a line may lie from the line meant.
    """

    name: str
    version: str
    digest: str
    view: str
    error_m: float
