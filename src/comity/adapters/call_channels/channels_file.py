"""The file that names a node's other channels: TOML, readable by its owner alone, for it holds secrets."""

import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from comity.adapters.call_channels.mail import MailChannel
from comity.adapters.call_channels.webhook import WebhookChannel
from comity.application.ports.call_channel import CallChannel
from comity.kernel.errors import InputError, StoreError

FILE_BYTES_MAX = 65_536
CHANNELS_MAX = 16
WEBHOOK_KEYS = {"url": str, "token": str, "ca_file": str}
MAIL_KEYS = {
    "host": str,
    "port": int,
    "sender": str,
    "to": list,
    "user": str,
    "password": str,
    "implicit_tls": bool,
    "ca_file": str,
}


def load_channels(path: Path) -> Mapping[str, CallChannel]:
    """The channels of a node, by the name that agreements call them; none where there is no file.

    Raises:
        StoreError: `file-open-to-others` or `file-read`.
        InputError: not TOML, an unknown or missing key, or a value out of bounds; no value is repeated.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        return {}
    if stat.S_IMODE(status.st_mode) & 0o077 or status.st_uid != os.geteuid():
        raise StoreError("file-open-to-others", f"{path} must be this user's, with mode 0600")
    if status.st_size > FILE_BYTES_MAX:
        raise InputError(str(path), f"{status.st_size} bytes, at most {FILE_BYTES_MAX}")
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise StoreError("file-read", f"{path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(str(path), "not TOML") from error
    if len(tables) > CHANNELS_MAX:
        raise InputError(str(path), f"{len(tables)} channels, at most {CHANNELS_MAX}")
    return {name: _channel(name, table) for name, table in tables.items()}


def _channel(name: str, table: Any) -> CallChannel:
    if not isinstance(table, dict):
        raise InputError(name, "not a table")
    kind = table.pop("kind", None)
    if kind == "webhook":
        return WebhookChannel(**_checked(name, table, WEBHOOK_KEYS, {"url"}))
    if kind == "mail":
        values = _checked(name, table, MAIL_KEYS, {"host", "port", "sender", "to"})
        if not all(isinstance(each, str) for each in values["to"]):
            raise InputError(f"{name}.to", "not a list of addresses")
        return MailChannel(**{**values, "to": tuple(values["to"])})
    raise InputError(f"{name}.kind", "neither 'webhook' nor 'mail'")


def _checked(
    name: str, table: dict[str, Any], keys: Mapping[str, type], required: set[str]
) -> dict[str, Any]:
    for key, value in table.items():
        if key not in keys:
            raise InputError(f"{name}.{key}"[:80], f"unknown key; the keys are {', '.join(keys)}")
        if type(value) is not keys[key]:
            raise InputError(f"{name}.{key}", f"not of type {keys[key].__name__}")
    missing = sorted(required - set(table))
    if missing:
        raise InputError(name, f"{', '.join(missing)} is missing")
    return table
