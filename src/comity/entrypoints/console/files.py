"""Serves the console's files. They hold no data of the node: what they show they ask the API for, as an operator."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

CONSOLE_PATH = "/console/"
"""Where the console itself is; the page of a call is beside it."""

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json",
}
_APP = "app"  # folder of the bundle: every name in it carries a digest but those of _BY_NAME
_BY_NAME = frozenset({"index.html", "sw.js", "manifest.webmanifest", "icon.svg", "words.js"})
_NOT_SERVED = frozenset({"files.json"})

# Nothing but this node's own files runs, is drawn or is asked; nobody frames it; no text becomes markup.
_SHARED = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
_CALL_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src 'self' blob:; "
    + _SHARED
    + "trusted-types 'none'"
)
# The one policy makes addresses of workers, this node's alone; without one, no worker could be started.
_APP_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob: data:; "
    "font-src 'self'; worker-src 'self'; manifest-src 'self'; " + _SHARED + "trusted-types default"
)
_HEADERS = (
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
_NO_DEVICES = b"camera=(), microphone=(), display-capture=(), geolocation=()"
_CALL_DEVICES = b"camera=(self), microphone=(self), display-capture=(self)"
_KEPT_FOR_EVER = b"public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    media_type: str
    headers: tuple[tuple[bytes, bytes], ...]


_NO_STORE = (b"cache-control", b"no-store")
_NOTHING = _File(
    b"",
    "text/plain; charset=utf-8",
    ((b"content-security-policy", _CALL_POLICY.encode()), _NO_STORE),
)


class ConsoleFiles:
    """A fixed set of files, read once; whatever else is asked for does not exist."""

    def __init__(self) -> None:
        folder = resources.files(__package__) / "static"
        self._files = {each.name: _call_file(each) for each in _served(folder)}
        app = folder / _APP
        if app.is_dir():  # a tree never built has none, and no words for a call
            for each in _served(app):
                self._files[f"{_APP}/{each.name}"] = _app_file(each)
            self._files[""] = self._files.pop(f"{_APP}/index.html")
            self._files["sw.js"] = self._files.pop(f"{_APP}/sw.js")

    async def __call__(self, method: str, path: str, send: Send) -> None:
        """Answer one request for a path below `CONSOLE_PATH`."""
        file = self._files.get(path[len(CONSOLE_PATH) :])
        if file is None or method not in ("GET", "HEAD"):
            status = 404 if file is None else 405
            await _answer(send, status, _NOTHING, 0)
            return
        await _answer(send, 200, file, len(file.content) if method == "GET" else 0)


def _served(folder: Traversable) -> list[Traversable]:
    return [
        each
        for each in folder.iterdir()
        if each.name.rpartition(".")[2] in _MEDIA_TYPES and each.name not in _NOT_SERVED
    ]


def _call_file(file: Traversable) -> _File:
    headers = (
        (b"content-security-policy", _CALL_POLICY.encode()),
        (b"permissions-policy", _CALL_DEVICES),
        _NO_STORE,
    )
    return _File(file.read_bytes(), _media_type(file), headers)


def _app_file(file: Traversable) -> _File:
    kept = b"no-cache" if file.name in _BY_NAME else _KEPT_FOR_EVER
    headers = (
        (b"content-security-policy", _APP_POLICY.encode()),
        (b"permissions-policy", _NO_DEVICES),
        (b"cache-control", kept),
    )
    return _File(file.read_bytes(), _media_type(file), headers)


def _media_type(file: Traversable) -> str:
    return _MEDIA_TYPES[file.name.rpartition(".")[2]]


async def _answer(send: Send, status: int, file: _File, size_bytes: int) -> None:
    headers = [
        (b"content-type", file.media_type.encode()),
        (b"content-length", str(len(file.content)).encode()),
        *_HEADERS,
        *file.headers,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": file.content[:size_bytes]})
