"""Unpredictable bytes for salts, ids and keys."""

from typing import Protocol


class Entropy(Protocol):
    """A source of chance; the simulator's is seeded, the real one is the operating system's."""

    def token(self, size_bytes: int) -> bytes:
        """`size_bytes` unpredictable bytes."""
        ...
