"""A disk for SQLite that remembers every write, runs full, or fails to flush."""

import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import apsw

SECTOR_BYTES = 512  # what a disk writes whole or not at all


@dataclass(frozen=True, slots=True)
class Event:
    """One thing asked of the disk: `write`, `truncate`, `sync`, `delete` or `sync-folder`."""

    act: str
    name: str
    offset: int = 0
    content: bytes = b""


class FaultyDisk(apsw.VFS):
    """SQLite's own VFS, with a log of events and faults on demand.

    Attributes:
        events: everything asked so far, in order.
        bytes_free: how much files may still grow; None for as much as they like.
        failing_syncs: whether flushes fail.
        failing_syncs_left: how many of the next flushes fail, whatever `failing_syncs` says.
    """

    def __init__(self, name: str) -> None:
        self.events: list[Event] = []
        self.bytes_free: int | None = None
        self.failing_syncs = False
        self.failing_syncs_left = 0
        super().__init__(name, "")

    def xOpen(self, name, flags):
        return _File(self, name, flags)

    def xDelete(self, filename, syncdir):
        super().xDelete(filename, syncdir)
        self.events.append(Event("delete", Path(filename).name))
        if syncdir:
            self.events.append(Event("sync-folder", ""))


class _File(apsw.VFSFile):
    def __init__(self, disk: FaultyDisk, name, flags) -> None:
        self._disk = disk
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._name = Path(path).name if path else "temporary"
        # SQLite's VFS flushes the folder with the first flush of a journal or log it has made.
        self._new = self._name.endswith(("-wal", "-journal")) and not Path(path).exists()
        super().__init__("", name, flags)

    def xWrite(self, data, offset):
        disk = self._disk
        if disk.bytes_free is not None:
            growth = max(0, offset + len(data) - self.xFileSize())
            if growth > disk.bytes_free:
                raise apsw.FullError("the planted disk is full")
            disk.bytes_free -= growth
        super().xWrite(data, offset)
        disk.events.append(Event("write", self._name, offset, bytes(data)))

    def xTruncate(self, newsize):
        super().xTruncate(newsize)
        self._disk.events.append(Event("truncate", self._name, newsize))

    def xSync(self, flags):
        disk = self._disk
        if disk.failing_syncs or disk.failing_syncs_left:
            disk.failing_syncs_left = max(0, disk.failing_syncs_left - 1)
            error = apsw.IOError("the planted disk does not flush")
            error.extendedresult = apsw.SQLITE_IOERR_FSYNC
            raise error
        super().xSync(flags)
        self._disk.events.append(Event("sync", self._name))
        if self._new:
            self._new = False
            self._disk.events.append(Event("sync-folder", ""))


@contextmanager
def faulty_disk() -> Iterator[tuple[FaultyDisk, str]]:
    """A disk registered under a name of its own."""
    name = f"faulty-{random.getrandbits(64):x}"
    disk = FaultyDisk(name)
    try:
        yield disk, name
    finally:
        disk.unregister()


@contextmanager
def fast_folder() -> Iterator[Path]:
    """A folder in memory where there is one: what is tested here is order, not the flush itself."""
    memory = Path("/dev/shm")
    root = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    try:
        yield root
    finally:
        shutil.rmtree(root)


@dataclass(slots=True)
class _Content:
    """One file: what is surely on the disk, and what was asked since the last flush."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[Event] = field(default_factory=list)


class PowerCut:
    """What a disk may hold when the power goes after some of its events.

    Everything flushed is there. Of what was asked since, each write is there, lost, or torn by
    sectors, independently and so in any order; a deletion may have happened or not until its
    folder is flushed.
    """

    def __init__(self, events: list[Event], existing: tuple[str, ...]) -> None:
        self._events = events
        self._files = {name: _Content() for name in existing}
        self._at = 0

    def advance(self, count: int) -> None:
        """Let the disk take in events up to a count."""
        for event in self._events[self._at : count]:
            if event.act == "sync-folder":
                self._sync_folder()
                continue
            content = self._files.setdefault(event.name, _Content())
            if event.act == "sync":
                self._files[event.name] = _Content(_applied(content, None))
            else:
                content.pending.append(event)
        self._at = count

    def _sync_folder(self) -> None:
        for name, content in list(self._files.items()):
            deletions = [at for at, event in enumerate(content.pending) if event.act == "delete"]
            if deletions:
                del self._files[name]
                if rest := content.pending[deletions[-1] + 1 :]:
                    self._files[name] = _Content(pending=rest)

    def images(self, rng: random.Random) -> dict[str, bytes]:
        """One outcome: the bytes of each file that is there."""
        return {
            name: bytes(image)
            for name, content in self._files.items()
            if (image := _applied(content, rng)) is not None
        }


def _applied(content: _Content, rng: random.Random | None) -> bytearray | None:
    """The file after its pending events: all of them, or what chance lets through."""
    image: bytearray | None = bytearray(content.durable)
    for event in content.pending:
        if rng is not None and rng.random() < 0.4:
            continue
        if event.act == "delete":
            image = None
            continue
        image = bytearray() if image is None else image
        if event.act == "truncate":
            del image[event.offset :]
        else:
            _write(image, event, rng if rng is not None and rng.random() < 0.5 else None)
    return image if image is not None or rng is not None else bytearray()


def _write(image: bytearray, event: Event, tearing: random.Random | None) -> None:
    """One write, or only some of its sectors."""
    end = event.offset + len(event.content)
    if len(image) < end and (tearing is None or tearing.random() < 0.5):
        image.extend(bytes(end - len(image)))
    position = event.offset
    while position < end:
        stop = min(end, (position // SECTOR_BYTES + 1) * SECTOR_BYTES)
        if tearing is None or tearing.random() < 0.5:
            if len(image) < stop:
                image.extend(bytes(stop - len(image)))
            image[position:stop] = event.content[position - event.offset : stop - event.offset]
        position = stop
