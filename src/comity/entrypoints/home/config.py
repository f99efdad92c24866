"""A node's settings: one frozen value, read once."""

import ipaddress
import re
import tomllib
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from comity.kernel.errors import InputError
from comity.kernel.ids import PartyId, party_id

CONFIG_BYTES_MAX = 65_536
NAME_CHARS_MAX = 100
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
PLOTS_MIB_MIN = 256  # four segments
PLOTS_MIB_MAX = 4 << 20  # 4 TiB
LOG_LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True)
class Config:
    """What `config.toml` may say. Every key stands in docs/howto/run-a-node.md.

    Attributes:
        party: this party's id; fixed at `comity init`.
        name: this party's name as people read it.
        peer_host: address on which peers are awaited.
        peer_port: its port; 0 takes any free one.
        peer_address_public: `host:port` that peers are told; empty: the one listened on.
        api_host: address of the local API.
        api_port: its port; 0 takes any free one.
        api_beyond_loopback: lets `api_host` be an address that others can reach; only with TLS.
        api_name: the name under which browsers reach the console from elsewhere; passkeys belong to it.
        api_tls_certificate: path of a certificate chain, PEM; empty: no TLS, on loopback only.
        api_tls_key: path of its key, PEM, readable by its owner alone.
        call_ice_servers: STUN and TURN addresses for calls, with blanks between them; empty: none.
        time_stamp_authority: an RFC 3161 authority, `https://host/path`, asked for each bundle; empty: none.
        plots_kept_mib: how much of the plots of the feeds is kept on disk; 0: none, and then no replay shows tracks.
        audit_to: a collector that is given the audit log, `tls://host:port` or `unix:///path`; empty: none.
        audit_ca_file: certificates trusted for it, PEM, instead of the system's; empty for those.
        log_level: least severe lines written to the log.
        demonstration: all that this node holds is invented: the console says so, and offers its tour.
    """

    party: PartyId
    name: str
    peer_host: str = "127.0.0.1"
    peer_port: int = 7443
    peer_address_public: str = ""
    api_host: str = "127.0.0.1"
    api_port: int = 7480
    api_beyond_loopback: bool = False
    api_name: str = ""
    api_tls_certificate: str = ""
    api_tls_key: str = ""
    call_ice_servers: str = ""
    time_stamp_authority: str = ""
    plots_kept_mib: int = 2_048
    audit_to: str = ""
    audit_ca_file: str = ""
    log_level: str = "info"
    demonstration: bool = False

    def __post_init__(self) -> None:
        """Check every value.

        Raises:
            InputError: names the key and the limit.
        """
        party_id(self.party)
        if not 1 <= len(self.name) <= NAME_CHARS_MAX:
            why = f"{len(self.name)} characters, 1 to {NAME_CHARS_MAX} are allowed"
            raise InputError("name", why)
        for key in ("peer_port", "api_port"):
            port = getattr(self, key)
            if not 0 <= port <= 65_535:
                raise InputError(key, f"{port} is outside 0 to 65535")
        if self.plots_kept_mib != 0 and not PLOTS_MIB_MIN <= self.plots_kept_mib <= PLOTS_MIB_MAX:
            why = (
                f"{self.plots_kept_mib} is neither 0 nor within {PLOTS_MIB_MIN} to {PLOTS_MIB_MAX}"
            )
            raise InputError("plots_kept_mib", why)
        if self.peer_address_public:
            split_address(self.peer_address_public, "peer_address_public")
        if self.log_level not in LOG_LEVELS:
            raise InputError("log_level", f"{self.log_level!r} is none of {', '.join(LOG_LEVELS)}")
        if self.audit_to and not self.audit_to.startswith(("tls://", "unix:///")):
            why = f"{self.audit_to[:80]!r} is neither tls://host:port nor unix:///path"
            raise InputError("audit_to", why)
        if not self.api_beyond_loopback and not _is_loopback(self.api_host):
            why = (
                f"{self.api_host!r} is not a loopback address; set api_beyond_loopback to allow it"
            )
            raise InputError("api_host", why)
        if bool(self.api_tls_certificate) != bool(self.api_tls_key):
            raise InputError("api_tls_key", "a certificate and its key are named together")
        if not _is_loopback(self.api_host) and not self.api_tls_certificate:
            why = f"is empty, and {self.api_host!r} is not a loopback address: that takes TLS"
            raise InputError("api_tls_certificate", why)
        if self.api_name and _NAME.fullmatch(self.api_name) is None:
            raise InputError(
                "api_name", f"{self.api_name[:80]!r} is not of the form {_NAME.pattern}"
            )


def load_config(path: Path) -> Config:
    """Read a node's settings.

    Raises:
        InputError: missing, not TOML, an unknown key, a wrong type or a value out of bounds.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), error.strerror or "cannot be read") from error
    if len(content) > CONFIG_BYTES_MAX:
        raise InputError(str(path), f"{len(content)} bytes, at most {CONFIG_BYTES_MAX}")
    try:
        values = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(str(path), f"not TOML: {error}") from error
    return config_from(values)


def config_from(values: dict[str, Any]) -> Config:
    """Settings from a table; keys left out take their default.

    Raises:
        InputError: an unknown or missing key, a wrong type, a value out of bounds.
    """
    known = {key.name: key for key in fields(Config)}
    for name, value in values.items():
        if name not in known:
            raise InputError(name, f"unknown key; the keys are {', '.join(known)}")
        wanted = str if known[name].type is PartyId else known[name].type
        if type(value) is not wanted:
            raise InputError(
                name, f"{value!r} is not of type {getattr(wanted, '__name__', wanted)}"
            )
    for name, key in known.items():
        if key.default is MISSING and name not in values:
            raise InputError(name, "missing")
    return Config(**values)


def config_text(config: Config) -> str:
    """The settings as `config.toml` spells them."""
    lines = [f"{key.name} = {_toml(getattr(config, key.name))}" for key in fields(config)]
    return "\n".join(lines) + "\n"


def split_address(address: str, field: str) -> tuple[str, int]:
    """`host:port` or `[IPv6]:port` taken apart.

    Raises:
        InputError: not of that form, or the port is outside 1 to 65535.
    """
    host, colon, port = address.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    bare = host[1:-1] if bracketed else host
    if not colon or not bare or not port.isascii() or not port.isdigit() or len(port) > 5:
        raise InputError(field, f"{address!r} is not of the form host:port")
    if ":" in bare and not bracketed:
        raise InputError(field, f"{address!r}: write an IPv6 address in brackets, [::1]:7443")
    if not 1 <= int(port) <= 65_535:
        raise InputError(field, f"port {port} is outside 1 to 65535")
    return bare, int(port)


def join_address(host: str, port: int) -> str:
    """`host:port`, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _toml(value: str | int | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
