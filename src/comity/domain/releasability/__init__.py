"""The one gate before every outbox: who may receive what. The default is deny."""

from comity.domain.releasability.gate import (
    Circle,
    Denied,
    DenyRule,
    Released,
    ReleaseTerms,
    release,
)
from comity.domain.releasability.table import (
    KNOWN_LABELS,
    RELEASE_TABLE,
    Audience,
    Disclosure,
    KindRule,
    ReleaseRule,
)

__all__ = [
    "KNOWN_LABELS",
    "RELEASE_TABLE",
    "Audience",
    "Circle",
    "Denied",
    "DenyRule",
    "Disclosure",
    "KindRule",
    "ReleaseRule",
    "ReleaseTerms",
    "Released",
    "release",
]
