"""Our own promises, checked at run time and never stripped by `-O`."""


class InvariantError(AssertionError):
    """The program is wrong. The task that meets one stops and shows as down, never as clear."""


def invariant(condition: bool, why: str) -> None:
    """Stop when a promise of ours does not hold.

    Raises:
        InvariantError: `condition` is false.
    """
    if not condition:
        raise InvariantError(why)
