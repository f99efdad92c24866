"""Which items the categories have, in which order, of which structure.

Sources: EUROCONTROL-SPEC-0149-12 (CAT021, editions 2.1 to 2.6), SPEC-0149-4 (CAT048, 1.15 to 1.32),
SPEC-0149-9 (CAT062, 1.10 to 1.21), user application profiles.
"""

from comity.adapters.asterix.structure import (
    Compound,
    Explicit,
    Extended,
    Fixed,
    Profile,
    Repetitive,
    Structure,
)

SPECIAL_PURPOSE, RESERVED_EXPANSION = 901, 900
"""Numbers of our own for the two items that have names only: SP and RE."""


def _profile(*entries: tuple[int, Structure | int] | None) -> Profile:
    """A number of bytes stands for a fixed item."""
    return tuple(
        None
        if entry is None
        else (entry[0], Fixed(entry[1]) if isinstance(entry[1], int) else entry[1])
        for entry in entries
    )


def _compound(*parts: Structure | int | None) -> Compound:
    return Compound(tuple(Fixed(part) if isinstance(part, int) else part for part in parts))


EXTENDED = Extended()
REGISTERS = Repetitive(8)

CATEGORY_021 = _profile(
    (10, 2), (40, EXTENDED), (161, 2), (15, 1), (71, 3), (130, 6), (131, 8),
    (72, 3), (150, 2), (151, 2), (80, 3), (73, 3), (74, 4), (75, 3),
    (76, 4), (140, 2), (90, EXTENDED), (210, 1), (70, 2), (230, 2), (145, 2),
    (152, 2), (200, 1), (155, 2), (157, 2), (160, 4), (165, 2), (77, 3),
    (170, 6), (20, 1), (220, _compound(2, 2, 2, 1)), (146, 2), (148, 2),
    (110, _compound(EXTENDED, Repetitive(15))), (16, 1),
    (8, 1), (271, EXTENDED), (132, 1), (250, REGISTERS), (260, 7), (400, 1),
    (295, _compound(*[1] * 23)),
    None, None, None, None, None, (RESERVED_EXPANSION, Explicit()), (SPECIAL_PURPOSE, Explicit()),
)  # fmt: skip

CATEGORY_048 = _profile(
    (10, 2), (140, 3), (20, EXTENDED), (40, 4), (70, 2), (90, 2), (130, _compound(*[1] * 7)),
    (220, 3), (240, 6), (250, REGISTERS), (161, 2), (42, 4), (200, 4), (170, EXTENDED),
    (210, 4), (30, EXTENDED), (80, 2), (100, 4), (110, 2), (120, _compound(2, Repetitive(6))), (230, 2),
    (260, 7), (55, 1), (50, 2), (65, 1), (60, 2), (SPECIAL_PURPOSE, Explicit()),
    (RESERVED_EXPANSION, Explicit()),
)  # fmt: skip

AIRCRAFT_DERIVED = _compound(
    3, 6, 2, 2, 2, 2, 2,
    EXTENDED, Repetitive(15), 2, 2, 7, 2, 2,
    2, 2, 2, 2, 1, 8, 1,
    6, 2, 1, REGISTERS, 2, 2, 2,
)  # fmt: skip
"""I062/380."""
UPDATE_AGES = _compound(1, 1, 1, 1, 2, 1, 1, 1, 1, 1)
"""I062/290."""
ACCURACIES = _compound(4, 2, 4, 1, 1, 2, 2, 1)
"""I062/500."""
PLAN_DATA = _compound(
    2, 7, 4, 1, 4, 1, 4,
    4, 3, 2, 2, Repetitive(4), 6, 1,
    7, 7, 2, 7,
)  # fmt: skip
"""I062/390."""

CATEGORY_062 = _profile(
    (10, 2), None, (15, 1), (70, 3), (105, 8), (100, 6), (185, 4),
    (210, 2), (60, 2), (245, 7), (380, AIRCRAFT_DERIVED), (40, 2), (80, EXTENDED), (290, UPDATE_AGES),
    (200, 1), (295, _compound(*[1] * 31)), (136, 2), (130, 2), (135, 2), (220, 2), (390, PLAN_DATA),
    (270, EXTENDED), (300, 1), (110, _compound(1, 4, 6, 2, 2, 1, 1)), (120, 2), (510, Extended(3)),
    (500, ACCURACIES), (340, _compound(2, 4, 2, 2, 2, 1)),
    None, None, None, None, None, (RESERVED_EXPANSION, Explicit()), (SPECIAL_PURPOSE, Explicit()),
)  # fmt: skip

PROFILES: dict[int, Profile] = {21: CATEGORY_021, 48: CATEGORY_048, 62: CATEGORY_062}
