"""Why a pack is refused. Source: docs/spec/pack.md §8."""

from enum import StrEnum


class PackReason(StrEnum):
    """Codes beside those of the archive, the parties and records."""

    NAME = "pack-name"
    FORM = "pack-form"
    LIMIT = "pack-limit"
    CONTENTS = "pack-contents"
    ORDER = "pack-order"
    COUNT = "pack-count"
    HOLDING = "pack-holding"
    UNKNOWN = "unknown-pack"
