"""Costly pure functions of bytes, answered from memory: what one simulated node computed, the next needs not."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from unittest.mock import patch

import nacl.bindings
import nacl.exceptions

from comity.domain.agreement import records as agreement_records
from comity.domain.agreement.parse import parse_agreement

REMEMBERED_MAX = 50_000  # signatures of one seed are a few thousand

_open = nacl.bindings.crypto_sign_open


@lru_cache(REMEMBERED_MAX)
def _opened(signed: bytes, public_key: bytes) -> bytes | None:
    try:
        return bytes(_open(signed, public_key))
    except nacl.exceptions.BadSignatureError:
        return None


def _open_remembered(signed: bytes, public_key: bytes) -> bytes:
    """As libsodium: the same message, or the same exception, for the same bytes."""
    message = _opened(bytes(signed), bytes(public_key))
    if message is None:
        raise nacl.exceptions.BadSignatureError("Signature was forged or corrupt")
    return message


_parsed = lru_cache(256)(parse_agreement)


@contextmanager
def remembering() -> Iterator[None]:
    """Verify each signature and parse each agreement once in this process.

    Both are functions of their bytes alone, so a run is the same with and without.
    """
    patches: list[Any] = [
        patch.object(nacl.bindings, "crypto_sign_open", _open_remembered),
        patch.object(agreement_records, "parse_agreement", _parsed),
    ]
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in patches:
            each.stop()
