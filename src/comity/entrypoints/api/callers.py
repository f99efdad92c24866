"""Who asks: an operator with a home's token, a person in a browser, or a machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from comity.application.ports.credentials import Site
from comity.domain.operators import Operator
from comity.domain.operators.access import SESSION_S_MAX, Session

By = Literal["home-token", "session", "api-token", "none"]
CSRF_HEADER = "comity-csrf"
SECURE_COOKIE = "__Host-comity-session"
LOOPBACK_COOKIE = "comity-session-"  # and the port: cookies do not know ports
ADDRESS_LENGTH_MAX = 64


@dataclass(frozen=True, slots=True)
class Caller:
    """One request's caller.

    Attributes:
        operator: the person; None before anybody is known.
        by: what was shown.
        session: of a browser.
        secret: what its cookie holds.
        token: id of a machine's token.
        address: where the request comes from.
        site: this node's address as the browser sees it.
        secure: whether the connection has TLS.
    """

    operator: Operator | None
    by: By
    address: str
    site: Site
    secure: bool
    session: Session | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    token: str | None = None

    @property
    def cookie_name(self) -> str:
        """The cookie's name for this address."""
        return cookie_name(self.site, secure=self.secure)


@dataclass(slots=True)
class Reply:
    """What an endpoint adds to its answer.

    Attributes:
        headers: of HTTP.
        became: who the caller is found to be, for the audit log.
    """

    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    became: Caller | None = None

    def keep_session(self, caller: Caller, secret: str) -> None:
        """Have the browser keep a session."""
        self._cookie(caller, secret, round(SESSION_S_MAX))

    def end_session(self, caller: Caller) -> None:
        """Have the browser forget it."""
        self._cookie(caller, "", 0)

    def _cookie(self, caller: Caller, value: str, age_s: int) -> None:
        secure = "; Secure" if caller.secure else ""
        text = (
            f"{caller.cookie_name}={value}; Path=/; Max-Age={age_s}; "
            f"HttpOnly; SameSite=Strict{secure}"
        )
        self.headers.append((b"set-cookie", text.encode()))


def site_of(host: str, *, secure: bool) -> Site:
    """This node's address as a Host header spells it."""
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return Site(name, f"{'https' if secure else 'http'}://{host}")


def cookie_name(site: Site, *, secure: bool) -> str:
    """The cookie's name: `__Host-` where there is TLS; by port on loopback."""
    if secure:
        return SECURE_COOKIE
    port = site.origin.rpartition(":")[2]
    return LOOPBACK_COOKIE + (port if port.isdigit() else "80")


def cookies_of(headers: Mapping[bytes, str]) -> dict[str, str]:
    """What the browser sent; of a name that stands twice the first counts, as RFC 6265 leaves it to us."""
    found: dict[str, str] = {}
    for each in headers.get(b"cookie", "").split(";"):
        name, equals, value = each.strip().partition("=")
        if equals:
            found.setdefault(name, value)
    return found
