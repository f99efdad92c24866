"""The page on which people come in. It is one file with its script in it, named by its digest in the policy."""

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, MutableMapping
from importlib import resources
from typing import Any

LOGIN_PATH = "/console/login"

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_ROOM, _NAME = (
    "comity.entrypoints.offline_verifier",
    "page/login.html",
)  # where single pages are made
_SCRIPT = re.compile(rb'<script type="module">(.*?)</script>', re.DOTALL)
_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)


class LoginPage:
    """Served without a token: it holds no data of the node."""

    def __init__(self) -> None:
        place = resources.files(_ROOM) / _NAME
        self._content = place.read_bytes() if place.is_file() else None

    async def __call__(self, method: str, send: Send) -> None:
        """Answer one request."""
        content = self._content
        status = 404 if content is None else 200 if method in {"GET", "HEAD"} else 405
        body = content if content is not None and status == 200 and method == "GET" else b""
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"content-security-policy", policy_of(content or b"").encode()),
            (
                b"permissions-policy",
                b"publickey-credentials-get=(self), publickey-credentials-create=(self)",
            ),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"referrer-policy", b"no-referrer"),
            (b"x-content-type-options", b"nosniff"),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def policy_of(content: bytes) -> str:
    """Nothing but this very script and style; no text becomes markup; nobody frames it."""
    return (
        f"default-src 'none'; script-src {_hashes(_SCRIPT, content)}; "
        f"style-src {_hashes(_STYLE, content)}; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hashes(form: re.Pattern[bytes], content: bytes) -> str:
    digests = [
        base64.b64encode(hashlib.sha256(each).digest()).decode() for each in form.findall(content)
    ]
    return " ".join(f"'sha256-{each}'" for each in digests) or "'none'"
