"""The commonest passwords that are long enough, as digests.

docs/decisions/0079-common-passwords-as-digests.md says of what they were made.
"""

import hashlib
from importlib import resources

from comity.domain.operators.passwords import folded
from comity.kernel.errors import StoreError

DATA, PIN = "common_passwords.bin", "common_passwords.sha256"
DIGEST_BYTES = 6  # of 9,747: another password is taken for one of them once in 3e10


def digest_of(password: str) -> bytes:
    """What stands in the list for a password, capitals or not."""
    return hashlib.sha256(folded(password).encode()).digest()[:DIGEST_BYTES]


class CommonPasswords:
    """Read once, checked against its pin: a list that was shortened would let through what it should not."""

    def __init__(self) -> None:
        """Read the list.

        Raises:
            StoreError: `damaged`: the file is not the one that was packaged.
        """
        place = resources.files(__package__)
        content = (place / DATA).read_bytes()
        if hashlib.sha256(content).hexdigest() != (place / PIN).read_text().split()[0]:
            raise StoreError("damaged", f"{DATA} is not the packaged list of common passwords")
        self._digests = frozenset(
            content[start : start + DIGEST_BYTES] for start in range(0, len(content), DIGEST_BYTES)
        )

    def __len__(self) -> int:
        return len(self._digests)

    def __contains__(self, password: str) -> bool:
        return digest_of(password) in self._digests
