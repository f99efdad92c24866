"""Text as a report may hold it."""

_KEPT = frozenset(
    "\u200c\u200d\u00a0"
)  # joiners: Persian and Arabic need them; a blank within a number
LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"
MARKS = frozenset((LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK))
"""Marks that a report puts in itself; of a claim they are written out."""


def plain(text: str, characters_max: int, kept: frozenset[str] = frozenset()) -> str:
    """Text whose every character shows or is written out, and that has an end.

    Controls, and marks that turn the direction of what follows, would show something else than stands there.
    """
    shown = "".join(
        " "
        if each in "\n\t"
        else each
        if each.isprintable() or each in _KEPT or each in kept
        else f"⟨U+{ord(each):04X}⟩"
        for each in text
    )
    return shown if len(shown) <= characters_max else f"{shown[: characters_max - 1]}…"
