"""Bytes of a claim file into a tree of tables, lists and texts, within limits."""

import json
import re
import tomllib
from typing import Any

from comity.kernel.errors import InputError

CLAIM_BYTES_MAX = 256 << 10  # 200 statements of a page each are as much as a person can read
DEPTH_MAX = 8  # the format needs 4
_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*"""
_LONG_KEY = re.compile(rf"(?:^|[{{,\[])[ \t]*(?:{_PART}){{32}}", re.MULTILINE)
"""A dotted key of more parts than any depth allowed: `tomllib` takes 85 s for one of 60,000."""


def tree_of(file_bytes: bytes, name: str) -> object:
    """Parse a claim file: JSON where it begins with `{`, else TOML.

    Args:
        file_bytes: the whole file.
        name: of the file, for refusals.

    Raises:
        InputError: too large, not UTF-8, malformed, a key twice, or nested too deep.
    """
    if len(file_bytes) > CLAIM_BYTES_MAX:
        raise InputError(name, f"more than {CLAIM_BYTES_MAX} bytes")
    try:
        text = file_bytes.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(name, f"not UTF-8 at byte {error.start}") from error
    try:
        if text.lstrip().startswith("{"):
            tree = json.loads(
                text,
                object_pairs_hook=_once,
                parse_int=_bare,
                parse_float=_bare,
                parse_constant=_bare,
            )
        elif _LONG_KEY.search(text):
            raise InputError(name, f"nested deeper than {DEPTH_MAX}")
        else:
            tree = tomllib.loads(text)
    except RecursionError as error:
        raise InputError(name, f"nested deeper than {DEPTH_MAX}") from error
    except InputError as error:
        raise error if error.field == name else InputError(name, str(error)) from error
    except ValueError as error:  # both parsers' errors are ValueErrors
        words = str(error)[:300]
        shown = words if words.isprintable() else ascii(words)
        raise InputError(name, f"malformed: {shown}") from error
    if _deeper_than(tree, DEPTH_MAX):
        raise InputError(name, f"nested deeper than {DEPTH_MAX}")
    return tree


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:  # which one a reader takes would differ
            raise InputError(key[:40] if key.isprintable() else ascii(key[:40]), "is there twice")
        found[key] = value
    return found


def _bare(text: str) -> float:
    """A bare number is refused later, by its field: it has no unit."""
    del text
    return 0.0


def _deeper_than(tree: object, depth_max: int) -> bool:
    level: list[object] = [tree]
    for _ in range(depth_max):
        inner: list[object] = []
        for each in level:
            if isinstance(each, dict):
                inner += each.values()
            elif isinstance(each, list):
                inner += each
        if not inner:
            return False
        level = inner
    return any(isinstance(each, dict | list) for each in level)
