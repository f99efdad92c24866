"""An operator's token: the secret with which one person acts, in a file that only its owner can read."""

import hashlib
import re
from pathlib import Path

from comity.adapters.file_keys.private_file import read_private
from comity.application.ports.entropy import Entropy
from comity.kernel.errors import InputError, StoreError

_TOKEN_BYTES = 32
_TOKEN = re.compile(r"comity-[0-9a-f]{64}")


def new_token(entropy: Entropy) -> str:
    """A token that nobody can guess: 256 random bits."""
    return f"comity-{entropy.token(_TOKEN_BYTES).hex()}"


def token_digest(token: str) -> str:
    """SHA-256 of a token. It holds 256 random bits, so that a fast hash is no help to a guesser."""
    return hashlib.sha256(token.encode()).hexdigest()


def check_token(stated: str) -> str:
    """A token as a person gave it, without what surrounds it.

    Raises:
        InputError: it has not the form of one; it is not repeated in the message.
    """
    token = stated.strip()
    if _TOKEN.fullmatch(token) is None:
        raise InputError("token", f"not of the form {_TOKEN.pattern}")
    return token


def load_token(path: Path) -> str:
    """Read a token.

    Raises:
        StoreError: those of `read_private`; `token-malformed`.
    """
    try:
        return check_token(read_private(path).decode("ascii", "replace"))
    except InputError as error:
        raise StoreError("token-malformed", f"{path} does not hold a token") from error
