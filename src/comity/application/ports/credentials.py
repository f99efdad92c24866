"""What proves who a person is: passkeys, passwords, codes."""

from dataclasses import dataclass
from typing import Any, Protocol

from comity.domain.operators.access import Passkey


@dataclass(frozen=True, slots=True)
class Site:
    """The node's own address as the browser sees it.

    Attributes:
        rp_id: the name a passkey belongs to.
        origin: scheme, name and port.
    """

    rp_id: str
    origin: str


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What a verified registration gives."""

    id: str
    public_key: str
    sign_count: int


class Passkeys(Protocol):
    """WebAuthn; user verification is always required."""

    def to_enrol(
        self, site: Site, challenge: bytes, handle: bytes, name: str, known: list[str]
    ) -> dict[str, Any]:
        """Options for `navigator.credentials.create`."""
        ...

    def enrolled(self, site: Site, challenge: bytes, credential: dict[str, Any]) -> NewPasskey:
        """Check what the browser brought.

        Raises:
            InputError: it does not hold.
        """
        ...

    def to_show(self, site: Site, challenge: bytes, known: list[str]) -> dict[str, Any]:
        """Options for `navigator.credentials.get`."""
        ...

    def shown(
        self, site: Site, challenge: bytes, credential: dict[str, Any], passkey: Passkey
    ) -> int:
        """Check what the browser brought; gives the new count.

        Raises:
            InputError: it does not hold.
        """
        ...


class Passwords(Protocol):
    """A slow hash. Both take tens of milliseconds and belong in a thread."""

    def hash(self, password: str) -> str:
        """A salted hash."""
        ...

    def matches(self, kept: str | None, password: str) -> bool:
        """Whether it is the password; the same work where there is none."""
        ...

    def is_common(self, password: str) -> bool:
        """Whether it is among the commonest that people choose; capitals make no difference."""
        ...


class Codes(Protocol):
    """Time-based codes of six digits (RFC 6238)."""

    def new_secret(self) -> str:
        """A secret in base32."""
        ...

    def uri(self, secret: str, person: str, issuer: str) -> str:
        """As code generators read it."""
        ...

    def picture(self, uri: str) -> list[str]:
        """As rows of a QR code, `1` dark and `0` light, without a margin."""
        ...

    def step_of(self, secret: str, code: str, unix_s: float) -> int | None:
        """Number of the time step whose code it is, of the present one and its neighbours; None for a wrong one."""
        ...
