"""The file that tells the command line where a running node listens."""

import os
from dataclasses import dataclass

import msgspec

from comity.adapters.file_keys import write_private
from comity.entrypoints.home.layout import HomeLayout
from comity.kernel.errors import StoreError


@dataclass(frozen=True, slots=True)
class RunningNode:
    """A node that serves.

    Attributes:
        process_id: of the serving process.
        api_address: `host:port` of the local API.
        peer_address: `host:port` on which peers are awaited.
        peer_address_public: `host:port` as peers are told.
        api_certificate: path of the certificate that the local API shows; None where it has no TLS.
    """

    process_id: int
    api_address: str
    peer_address: str
    peer_address_public: str
    api_certificate: str | None = None


def write_running(layout: HomeLayout, running: RunningNode) -> None:
    """Say where the node listens; the file appears whole, for its owner alone."""
    write_private(layout.running, msgspec.json.encode(running) + b"\n", replace=True)


def read_running(layout: HomeLayout) -> RunningNode | None:
    """Where the node listens, or None where it does not run.

    A file left behind by a killed process names a process that is gone.

    Raises:
        StoreError: `running-malformed`.
    """
    try:
        content = layout.running.read_bytes()
    except FileNotFoundError:
        return None
    try:
        running = msgspec.json.decode(content, type=RunningNode)
    except msgspec.DecodeError as error:
        raise StoreError("running-malformed", f"{layout.running}: {error}") from error
    return running if process_is_alive(running.process_id) else None


def remove_running(layout: HomeLayout) -> None:
    """The node does not serve any more."""
    layout.running.unlink(missing_ok=True)


def process_is_alive(process_id: int) -> bool:
    """Whether there is a process of that number."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
