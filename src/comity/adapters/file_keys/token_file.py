"""The token that lets the owner's programs speak to the owner's node."""

import re
from pathlib import Path

from comity.adapters.file_keys.private_file import read_private, write_private
from comity.application.ports.entropy import Entropy
from comity.kernel.errors import StoreError

_TOKEN_BYTES = 32
_TOKEN = re.compile(rb"comity-[0-9a-f]{64}\n")


def create_token(path: Path, entropy: Entropy) -> str:
    """Make a token and keep it in a private file; an older one stops working.

    Raises:
        StoreError: `file-write`.
    """
    token = f"comity-{entropy.token(_TOKEN_BYTES).hex()}"
    write_private(path, f"{token}\n".encode(), replace=True)
    return token


def load_token(path: Path) -> str:
    """Read the token.

    Raises:
        StoreError: those of `read_private`; `token-malformed`.
    """
    content = read_private(path)
    if _TOKEN.fullmatch(content) is None:
        raise StoreError("token-malformed", f"{path} does not hold a token")
    return content.decode().rstrip("\n")
