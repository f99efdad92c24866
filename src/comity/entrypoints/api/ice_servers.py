"""STUN and TURN servers of this party's choice, with credentials that last an hour."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from comity.kernel.errors import InputError
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant

SERVERS_MAX = 4  # browsers warn above five and slow down
CREDENTIAL_S = 3_600.0  # longer than a console needs to come in; a call goes on beyond it

_ADDRESS = re.compile(
    r"(stun|stuns|turn|turns):([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:\d{1,5})?"
    r"(\?transport=(udp|tcp))?"
)


@dataclass(frozen=True, slots=True)
class IceServer:
    """One server as a browser is told of it."""

    url: str
    username: str | None = None
    credential: str | None = None


def ice_addresses(stated: str) -> tuple[str, ...]:
    """Addresses from one line of settings, with blanks between them.

    Raises:
        InputError: `call_ice_servers`: too many, or one of another form (RFC 7064, RFC 7065).
    """
    addresses = tuple(stated.split())
    if len(addresses) > SERVERS_MAX:
        raise InputError("call_ice_servers", f"{len(addresses)}, at most {SERVERS_MAX}")
    for each in addresses:
        if _ADDRESS.fullmatch(each) is None:
            why = f"{each[:80]!r} is not of the form stun:host:port or turn:host:port?transport=udp"
            raise InputError("call_ice_servers", why)
    return addresses


def ice_servers(
    addresses: tuple[str, ...], secret: bytes | None, operator: OperatorId, at: Instant
) -> list[IceServer]:
    """The servers for one operator now.

    Args:
        addresses: as `ice_addresses` gives them.
        secret: shared with the TURN server; None: it is told without credentials.
        operator: whose console asks.
        at: now.

    Source: coturn's `use-auth-secret` (TURN REST API): user `<expiry>:<name>`, HMAC-SHA1 of it in base64.
    """
    user = f"{int(at.plus_s(CREDENTIAL_S).unix_s)}:{operator}"
    servers: list[IceServer] = []
    for url in addresses:
        if secret is None or not url.startswith("turn"):
            servers.append(IceServer(url))
            continue
        mac = hmac.new(secret, user.encode(), hashlib.sha1).digest()
        servers.append(IceServer(url, user, base64.b64encode(mac).decode()))
    return servers
