"""Unpredictable bytes from the operating system."""

import os

from comity.kernel.invariants import invariant


class SystemEntropy:
    """`Entropy` over the kernel's random number generator, getrandom(2)."""

    def token(self, size_bytes: int) -> bytes:
        """`size_bytes` unpredictable bytes."""
        invariant(size_bytes > 0, f"{size_bytes} bytes of entropy were asked for")
        return os.urandom(size_bytes)
