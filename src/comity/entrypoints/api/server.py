"""Serves the local API: uvicorn on a loopback socket, or with TLS beyond it."""

import ssl
from pathlib import Path

import uvicorn

from comity.adapters.file_keys import read_private
from comity.adapters.http_peer.server import UnsignalledServer
from comity.entrypoints.api.local_door import AsgiApp
from comity.kernel.errors import StoreError

CONNECTIONS_MAX = 512
KEEP_ALIVE_S = 60


def api_server(app: AsgiApp, tls: tuple[Path, Path] | None = None) -> UnsignalledServer:
    """The server of the local API; run it with `serve(sockets=[…])`, end it with `should_exit`.

    Args:
        app: what answers.
        tls: certificate chain and key, PEM; None on loopback.

    Raises:
        StoreError: the key is missing, open to others, or neither holds.
    """
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        limit_concurrency=CONNECTIONS_MAX,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=1,
    )
    if tls is not None:
        config.load()
        config.ssl = _tls(*tls)
    return UnsignalledServer(config)


def _tls(certificate: Path, key: Path) -> ssl.SSLContext:
    read_private(key)  # refuses one that others could read
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise StoreError("api-tls", f"{certificate}, {key}: {error}") from error
    return context
