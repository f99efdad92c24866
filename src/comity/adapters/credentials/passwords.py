"""argon2id by argon2-cffi, and the commonest passwords as a packaged list of digests."""

from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from comity.adapters.credentials.common_passwords import CommonPasswords

# RFC 9106 §4, second recommended option: 64 MiB, three passes, four lanes.
TIME_COST, MEMORY_KIB, LANES = 3, 65_536, 4


class Argon2Passwords:
    """`Passwords`; where there is no hash to compare with, one of nothing is compared all the same."""

    def __init__(self, time_cost: int = TIME_COST, memory_kib: int = MEMORY_KIB) -> None:
        self._hasher = PasswordHasher(
            time_cost=time_cost, memory_cost=memory_kib, parallelism=LANES
        )
        self._nobodys: str | None = None

    def hash(self, password: str) -> str:
        """A salted hash."""
        return self._hasher.hash(password)

    def matches(self, kept: str | None, password: str) -> bool:
        """Whether it is the password; the same work where there is none."""
        if self._nobodys is None:
            self._nobodys = self._hasher.hash("nobody's password")
        try:
            self._hasher.verify(self._nobodys if kept is None else kept, password)
        except (Argon2Error, InvalidHashError):
            return False
        return kept is not None

    def is_common(self, password: str) -> bool:
        """Whether it is on the packaged list."""
        return password in self._common

    @cached_property
    def _common(self) -> CommonPasswords:
        return CommonPasswords()
