"""Strict readers of single body fields, as this room calls them."""

from comity.domain.records.body_fields import (
    OBJECT,
    choice,
    digest,
    instant,
    integer,
    optional,
    parties,
    required_field,
    text,
)

__all__ = [
    "OBJECT",
    "choice",
    "digest",
    "instant",
    "integer",
    "optional",
    "parties",
    "required_field",
    "text",
]
