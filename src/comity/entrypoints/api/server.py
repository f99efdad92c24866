"""Serves the local API: uvicorn on a loopback socket."""

import uvicorn

from comity.adapters.http_peer.server import UnsignalledServer
from comity.entrypoints.api.local_door import AsgiApp

CONNECTIONS_MAX = 512
KEEP_ALIVE_S = 60


def api_server(app: AsgiApp) -> UnsignalledServer:
    """The server of the local API; run it with `serve(sockets=[…])`, end it with `should_exit`."""
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
    return UnsignalledServer(config)
