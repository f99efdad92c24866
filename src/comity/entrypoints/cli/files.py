"""Files that a person names: read up to a limit, written whole, and refused by their name."""

import os
from pathlib import Path

from comity.kernel.errors import InputError

PLAN_BYTES_MAX = 32 << 20  # as much as a flight plan file may have
TEXT_BYTES_MAX = 1 << 20  # an agreement's text has at most 256 KiB; its reader says so


def read_file(path: Path, size_bytes_max: int) -> bytes:
    """The bytes of a file, or of a pipe.

    Raises:
        InputError: it cannot be read, or is too large.
    """
    try:
        with path.open("rb") as file:  # a pipe has no size before it was read
            content = file.read(size_bytes_max + 1)
    except OSError as error:
        raise InputError(str(path), error.strerror or "cannot be read") from error
    if len(content) > size_bytes_max:
        raise InputError(str(path), f"more than {size_bytes_max} bytes")
    return content


def read_text(path: Path, size_bytes_max: int) -> str:
    """The same, as UTF-8.

    Raises:
        InputError: it cannot be read, is too large, or is not UTF-8.
    """
    try:
        return read_file(path, size_bytes_max).decode()
    except UnicodeDecodeError as error:
        raise InputError(str(path), f"not UTF-8 at byte {error.start}") from error


def write_file(path: Path, content: bytes) -> None:
    """Write a file; it appears whole, in place of an older one.

    Raises:
        InputError: it cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            part.write_bytes(content)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(str(path), error.strerror or "cannot be written") from error


def made_folder(path: Path) -> None:
    """Make a folder, and those above it, where they are not there.

    Raises:
        InputError: it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(str(path), error.strerror or "cannot be made") from error
