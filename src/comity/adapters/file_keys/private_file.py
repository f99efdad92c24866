"""Files for secrets: written whole or not at all, and read only when nobody else could."""

import os
import stat
from pathlib import Path

from comity.kernel.errors import StoreError

PRIVATE_MODE = 0o600
FILE_BYTES_MAX = 65_536  # a key, a certificate or a card; nothing of these is larger


def write_private(path: Path, content: bytes, *, replace: bool = False) -> None:
    """Write a file that only its owner can read, durable before this returns.

    Raises:
        StoreError: `file-exists` where `replace` is false; `file-write` where the disk refuses.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_MODE)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            _give_name(temporary, path, replace)
        finally:
            temporary.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as error:
        raise StoreError("file-write", f"{path}: {error.strerror}") from error


def read_private(path: Path, size_bytes_max: int = FILE_BYTES_MAX) -> bytes:
    """Read a file that must be readable by its owner alone.

    Raises:
        StoreError: `file-missing`, `file-read`, `file-too-large`, or `file-open-to-others` where it
            is not a plain file of this user with mode 0600 or stricter.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise StoreError("file-missing", f"{path} is not there") from error
    except OSError as error:
        raise StoreError("file-read", f"{path}: {error.strerror}") from error
    try:
        _check_private(path, os.fstat(handle))
        content = os.read(handle, size_bytes_max + 1)
    finally:
        os.close(handle)
    if len(content) > size_bytes_max:
        raise StoreError("file-too-large", f"{path} is larger than {size_bytes_max} bytes")
    return content


def _give_name(temporary: Path, path: Path, replace: bool) -> None:
    if replace:
        temporary.replace(path)
        return
    try:
        path.hardlink_to(temporary)  # fails where the name is taken, unlike a rename
    except FileExistsError as error:
        raise StoreError("file-exists", f"{path} is there already and stays as it is") from error


def _check_private(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise StoreError("file-open-to-others", f"{path} is not a plain file")
    if status.st_uid != os.geteuid():
        raise StoreError(
            "file-open-to-others", f"{path} belongs to user {status.st_uid}, not {os.geteuid()}"
        )
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o077:
        raise StoreError(
            "file-open-to-others",
            f"{path} has mode {mode:04o}, which lets others in; it must be {PRIVATE_MODE:04o}",
        )


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
