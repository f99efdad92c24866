"""Text as a report may hold it."""

_KEPT = frozenset("\u200c\u200d")  # joiners: Persian and Arabic words need them


def plain(text: str, characters_max: int) -> str:
    """Text whose every character shows or is written out, and that has an end.

    Controls, and marks that turn the direction of what follows, would show something else than stands there.
    """
    shown = "".join(
        " "
        if each in "\n\t"
        else each
        if each.isprintable() or each in _KEPT
        else f"⟨U+{ord(each):04X}⟩"
        for each in text
    )
    return shown if len(shown) <= characters_max else f"{shown[: characters_max - 1]}…"
