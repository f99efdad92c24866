"""`comity key rotate`, `revoke` and `prepare`: a new node key under the root's signature, told to every peer."""

import json
import os
from base64 import b64encode
from getpass import getpass
from pathlib import Path

from comity.adapters.file_keys import load_signing_key
from comity.adapters.system_clock import SystemClock, SystemEntropy
from comity.domain.agreement import SignedKeyStatement, signed_to_body
from comity.entrypoints.api.messages import KeysTold, RecordTold
from comity.entrypoints.cli.access import Composition, open_node, refuse_while_starting
from comity.entrypoints.cli.files import write_file
from comity.entrypoints.cli.home_commands import PASSPHRASE_VARIABLE
from comity.entrypoints.home import HomeLayout, read_running
from comity.entrypoints.home.keys import load_card, renew_node_key, use_next_key
from comity.kernel.errors import InputError, StoreError
from comity.kernel.ids import KeyId


def renew(
    composition: Composition,
    home: Path,
    operator: str | None,
    root_key: Path | None,
    *,
    revoke: bool,
) -> KeysTold:
    """Make a new node key, journal the root's statement about it, and put it in its place.

    Raises:
        InputError: the node is running, or the root key is another's.
        StoreError: a key file cannot be read or written.
    """
    layout = HomeLayout(home)
    if read_running(layout) is not None:
        raise InputError("home", "the node is running; stop it first, it signs with the old key")
    refuse_while_starting(layout)
    path = root_key or layout.root_key
    with open_node(composition, home, operator) as client:
        before = client.get("/v1/keys", KeysTold)
        _, body = _made(layout, path, before, revoke=revoke)
        client.post("/v1/keys", body, RecordTold)
        told = client.get("/v1/keys", KeysTold)
    use_next_key(layout, KeyId(told.keys[-1].key))
    return told


def prepare(
    composition: Composition,
    home: Path,
    operator: str | None,
    root_key: Path | None,
    output: Path,
    *,
    revoke: bool,
) -> KeyId:
    """Make a new node key beside the one in use, and write the root's statement of it; the node may run.

    The statement is proposed in the console, and another person approves it; the node takes the key as it starts next.

    Raises:
        InputError: the root key is another's, or the file cannot be written.
        StoreError: a key file cannot be read or written.
    """
    layout = HomeLayout(home)
    path = root_key or layout.root_key
    with open_node(composition, home, operator) as client:
        before = client.get("/v1/keys", KeysTold)
    signed, body = _made(layout, path, before, revoke=revoke)
    write_file(output, (json.dumps(body, indent=1) + "\n").encode())
    return signed.statement.key_id


def _made(
    layout: HomeLayout, path: Path, before: KeysTold, *, revoke: bool
) -> tuple[SignedKeyStatement, dict[str, object]]:
    signed = renew_node_key(
        layout,
        path,
        _passphrase(path),
        before.keys[-1].sequence,
        SystemClock().now(),
        SystemEntropy(),
        revoke=revoke,
    )
    certificate = load_card(layout.next_card).tls_certificate
    return signed, {
        "statement": signed_to_body(signed),
        "tls_certificate_base64": b64encode(certificate).decode("ascii"),
    }


def _passphrase(path: Path) -> str | None:
    """The root key's passphrase, if it has one."""
    stated = os.environ.get(PASSPHRASE_VARIABLE)
    if stated is not None:
        return stated
    try:
        load_signing_key(path, "root")
    except StoreError as error:
        if error.reason == "passphrase-needed":
            return getpass(f"Passphrase of {path}: ")
        raise
    return None
