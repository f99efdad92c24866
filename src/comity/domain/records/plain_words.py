"""Words of one person that another reads on a screen: nothing in them may change what is seen."""

import unicodedata

# control, format (bidi overrides, zero width), private use, unassigned, surrogates, line separators
_NOT_SHOWN = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})


def fault_of_words(words: str, length_max: int) -> str | None:
    """Why words cannot be shown to people as they are, or None.

    Args:
        words: as a record carries them; may be empty.
        length_max: most characters.

    Source: docs/spec/record.md §10.
    """
    if len(words) > length_max:
        return f"{len(words)} characters; at most {length_max} are allowed"
    for character in words:
        if unicodedata.category(character) in _NOT_SHOWN:
            return f"U+{ord(character):04X} is not allowed"
    return None
