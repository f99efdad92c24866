"""Serves the console's files. They hold no data of the node: what they show they ask the API for, with a token."""

from collections.abc import Awaitable, Callable, MutableMapping
from importlib import resources
from typing import Any

CONSOLE_PATH = "/console/"

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
}

# Nothing but this node's own files runs, is drawn or is asked; nobody frames it; no text becomes markup.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src 'self' blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"permissions-policy", b"camera=(self), microphone=(self), display-capture=(self)"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
)


class ConsoleFiles:
    """A fixed set of files, read once; whatever else is asked for does not exist."""

    def __init__(self) -> None:
        folder = resources.files(__package__) / "static"
        self._files = {
            each.name: each.read_bytes()
            for each in folder.iterdir()
            if each.name.rpartition(".")[2] in _MEDIA_TYPES
        }

    async def __call__(self, method: str, path: str, send: Send) -> None:
        """Answer one request for a path below `CONSOLE_PATH`."""
        name = path[len(CONSOLE_PATH) :]
        content = self._files.get(name)
        if content is None or method not in ("GET", "HEAD"):
            await _answer(send, 404 if content is None else 405, b"", "text/plain; charset=utf-8")
            return
        media_type = _MEDIA_TYPES[name.rpartition(".")[2]]
        await _answer(send, 200, content if method == "GET" else b"", media_type)


async def _answer(send: Send, status: int, content: bytes, media_type: str) -> None:
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(content)).encode()),
        *_HEADERS,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
