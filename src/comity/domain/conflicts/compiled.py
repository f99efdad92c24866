"""Whether this process has the compiled loops of the index at hand; `warm` loads them all."""

_LOADED: list[bool] = []


def loaded() -> bool:
    """Whether `warm` has run to its end in this process."""
    return bool(_LOADED)


def note_loaded() -> None:
    """`warm` has run to its end."""
    _LOADED[:] = [True]
