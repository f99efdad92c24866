"""The one spelling of a bundle's archive: a ZIP in which nothing can be changed unseen."""

import re
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from comity.domain.evidence.limits import BUNDLE_SIZE_BYTES_MAX, ENTRIES_MAX
from comity.domain.evidence.reasons import BundleReason
from comity.kernel.errors import InputError, RecordError
from comity.kernel.invariants import invariant

MANIFEST_NAME = "manifest.record"
PARTIES_NAME = "parties.json"
CHUNK_SIZE_BYTES = 1 << 20

Read = Callable[[int], bytes]
"""At most so many bytes from where the last call ended; fewer only at the end, as of a file."""

Write = Callable[[bytes], object]

# PKWARE APPNOTE 6.3: §4.3.7 local header, §4.3.12 central header, §4.3.16 end record
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_LOCAL_SIGNATURE = b"PK\x03\x04"
_CENTRAL_SIGNATURE = b"PK\x01\x02"
_END_SIGNATURE = b"PK\x05\x06"
_VERSION = 20
_FLAGS = 0x0800  # names in UTF-8
_DATE = 0x0021  # 1 January 1980, the first there is: no clock stands in a bundle's frame
_NAME_SIZE_BYTES_MAX = 120

_LOG = re.compile(r"logs/([0-9]{4})\.jsonl")
_MATERIAL = re.compile(r"material/([0-9]{4})-[A-Za-z0-9][A-Za-z0-9_-]{0,63}(\.[A-Za-z0-9]{1,16})?")


@dataclass(frozen=True, slots=True)
class EntryHead:
    """What the archive's frame says of one entry."""

    name: str
    size_bytes: int
    crc32: int

    @property
    def is_log(self) -> bool:
        """Whether it is a file of leaves."""
        return self.name.startswith("logs/")


class Names(Protocol):
    """Which names an archive has, and in which order: of a bundle `NameOrder`; others have their own."""

    def check(self, name: str) -> None:
        """Take the next name.

        Raises:
            RecordError: it does not belong there.
        """
        ...


@dataclass(slots=True)
class NameOrder:
    """Checks that names come as docs/spec/bundle.md [E4] asks."""

    _count: int = 0
    _logs: int = 0
    _material: int = 0

    def check(self, name: str) -> None:
        """Take the next name.

        Raises:
            RecordError: `bundle-name`.
        """
        if self._count < 2:
            fits = name == (MANIFEST_NAME, PARTIES_NAME)[self._count]
        elif (log := _LOG.fullmatch(name)) is not None:
            self._logs += 1
            fits = not self._material and int(log[1]) == self._logs
        elif (material := _MATERIAL.fullmatch(name)) is not None:
            self._material += 1
            fits = int(material[1]) == self._material
        else:
            fits = False
        if not fits:
            why = f"{name[:_NAME_SIZE_BYTES_MAX]!r} as entry {self._count}"
            raise RecordError(BundleReason.BUNDLE_NAME, why)
        self._count += 1


@dataclass(slots=True)
class ArchiveReader:
    """Reads an archive from its beginning to its end, once.

    Attributes:
        read: the bytes.
        order: which names may come next.
        heads: of the entries read so far.
    """

    read: Read
    order: Names = field(default_factory=NameOrder)
    heads: list[EntryHead] = field(default_factory=list)
    _position: int = 0
    _offsets: list[int] = field(default_factory=list)
    _left: int = 0
    _crc32: int = 0

    def entries(self) -> Iterator[tuple[EntryHead, Iterator[bytes]]]:
        """Each entry with its bytes in chunks; the chunks are taken before the next entry.

        Raises:
            RecordError: `bundle-form`, `bundle-size` or `bundle-name`.
        """
        while (head := self._next_head()) is not None:
            self._left, self._crc32 = head.size_bytes, 0
            yield head, self._chunks(head)
            invariant(self._left == 0, f"{head.name} was not read to its end")

    def _next_head(self) -> EntryHead | None:
        offset = self._position
        signature = self._exactly(4)
        if signature == _CENTRAL_SIGNATURE and self.heads:
            self._check_directory(offset)
            return None
        rest = self._exactly(_LOCAL.size - 4)
        _, *fields = _LOCAL.unpack(signature + rest)
        crc32, size_bytes, name_size = fields[5], fields[6], fields[8]
        if name_size > _NAME_SIZE_BYTES_MAX:
            raise _form(f"a name of {name_size} bytes")
        name_bytes = self._exactly(name_size)
        try:
            name = name_bytes.decode("ascii")
        except UnicodeDecodeError as error:
            raise RecordError(BundleReason.BUNDLE_NAME, f"{name_bytes!r}") from error
        head = EntryHead(name, size_bytes, crc32)
        if signature + rest + name_bytes != _local(head):
            raise _form(f"the header of entry {len(self.heads)} is not in the one spelling")
        self.order.check(name)
        if len(self.heads) == ENTRIES_MAX:
            raise RecordError(BundleReason.BUNDLE_SIZE, f"more than {ENTRIES_MAX} entries")
        self.heads.append(head)
        self._offsets.append(offset)
        return head

    def _chunks(self, head: EntryHead) -> Iterator[bytes]:
        while self._left:
            chunk = self._exactly(min(self._left, CHUNK_SIZE_BYTES))
            self._left -= len(chunk)
            self._crc32 = zlib.crc32(chunk, self._crc32)
            if not self._left and self._crc32 != head.crc32:
                raise _form(f"the CRC-32 of {head.name} is {self._crc32:08x}")
            yield chunk
        if not head.size_bytes and head.crc32:
            raise _form(f"the CRC-32 of {head.name}, which is empty, is not 0")

    def _check_directory(self, offset: int) -> None:
        expected = _directory(self.heads, self._offsets, offset)
        if self._exactly(len(expected) - 4) != expected[4:] or self.read(1):
            raise _form("the central directory is not in the one spelling, or something follows it")

    def _exactly(self, size_bytes: int) -> bytes:
        self._position += size_bytes
        if self._position > BUNDLE_SIZE_BYTES_MAX:
            why = f"more than {BUNDLE_SIZE_BYTES_MAX} bytes"
            raise RecordError(BundleReason.BUNDLE_SIZE, why)
        found = self.read(size_bytes)
        if len(found) != size_bytes:
            raise _form(f"ends {size_bytes - len(found)} bytes too early")
        return found


def write_archive(
    write: Write,
    entries: Iterable[tuple[EntryHead, Iterable[bytes]]],
    order: Names | None = None,
) -> int:
    """Write an archive; returns its size in bytes.

    Args:
        write: takes the bytes.
        entries: each with its bytes, of the size and CRC-32 that its head says.
        order: which names may come; those of a bundle if left out.

    Raises:
        InputError: a limit of docs/spec/bundle.md §2 is passed, or bytes are not those announced.
        RecordError: `bundle-name`.
    """
    heads: list[EntryHead] = []
    offsets: list[int] = []
    position = 0
    order = NameOrder() if order is None else order
    for head, chunks in entries:
        order.check(head.name)
        offsets.append(position)
        heads.append(head)
        local = _local(head)
        position += len(local) + head.size_bytes
        if len(heads) > ENTRIES_MAX or position > BUNDLE_SIZE_BYTES_MAX:
            why = f"at most {ENTRIES_MAX} entries and {BUNDLE_SIZE_BYTES_MAX} bytes are allowed"
            raise InputError("bundle", why)
        write(local)
        size_bytes, crc32 = 0, 0
        for chunk in chunks:
            size_bytes += len(chunk)
            crc32 = zlib.crc32(chunk, crc32)
            write(chunk)
        if (size_bytes, crc32) != (head.size_bytes, head.crc32):
            raise InputError(head.name, "has changed while it was written")
    directory = _directory(heads, offsets, position)
    write(directory)
    return position + len(directory)


def _local(head: EntryHead) -> bytes:
    name = head.name.encode("ascii")
    fields = (_VERSION, _FLAGS, 0, 0, _DATE, head.crc32, head.size_bytes, head.size_bytes)
    return _LOCAL.pack(_LOCAL_SIGNATURE, *fields, len(name), 0) + name


def _directory(heads: list[EntryHead], offsets: list[int], offset: int) -> bytes:
    rows = b"".join(
        _CENTRAL.pack(
            _CENTRAL_SIGNATURE, _VERSION, _VERSION, _FLAGS, 0, 0, _DATE,
            head.crc32, head.size_bytes, head.size_bytes, len(head.name), 0, 0, 0, 0, 0, place,
        ) + head.name.encode("ascii")
        for head, place in zip(heads, offsets, strict=True)
    )  # fmt: skip
    end = (0, 0, len(heads), len(heads), len(rows), offset, 0)
    return rows + _END.pack(_END_SIGNATURE, *end)


def _form(why: str) -> RecordError:
    return RecordError(BundleReason.BUNDLE_FORM, why)
