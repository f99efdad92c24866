"""The append-only Merkle tree of one log, all its past roots and its proofs."""

import hashlib
from collections.abc import Iterable

from comity.kernel.invariants import invariant

HASH_SIZE_BYTES = 32  # SHA-256
EMPTY_ROOT = hashlib.sha256(b"").digest()  # RFC 9162 §2.1.1: the hash of an empty list


def hash_leaf(leaf_data: bytes) -> bytes:
    """The hash of one leaf. Source: RFC 9162 §2.1.1."""
    return hashlib.sha256(b"\x00" + leaf_data).digest()


def hash_children(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node. Source: RFC 9162 §2.1.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class MerkleLog:
    """Every leaf hash of one log, and the hash of every complete subtree.

    `_levels[k]` holds, one after the other, the hashes of the complete subtrees of 2^k leaves.
    A log of n leaves takes 64 bytes a leaf. Appending costs two hashes on average;
    a root or proof of any past size at most 2 log2 n.

    Source: RFC 9162 §2.1.
    """

    __slots__ = ("_levels",)

    def __init__(self, leaf_data: Iterable[bytes] = ()) -> None:
        self._levels: list[bytearray] = [bytearray()]
        for data in leaf_data:
            self.append(data)

    @property
    def size(self) -> int:
        """How many leaves the log has."""
        return len(self._levels[0]) // HASH_SIZE_BYTES

    def append(self, leaf_data: bytes) -> int:
        """Add one leaf at the end.

        Returns:
            The index of the leaf, counted from 0.
        """
        sha256 = hashlib.sha256
        node = sha256(b"\x00" + leaf_data).digest()
        levels = self._levels
        index = place = len(levels[0]) // HASH_SIZE_BYTES
        level = 0
        while place & 1:
            hashes = levels[level]
            left = bytes(hashes[-HASH_SIZE_BYTES:])
            hashes += node
            node = sha256(b"\x01" + left + node).digest()
            place >>= 1
            level += 1
            if level == len(levels):
                levels.append(bytearray())
        levels[level] += node
        return index

    def leaf_hash(self, index: int) -> bytes:
        """The hash of the leaf at an index.

        Raises:
            IndexError: the log has no such leaf.
        """
        if not 0 <= index < self.size:
            raise IndexError(f"leaf {index} of a log of {self.size}")
        return self._node(0, index)

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves, all of them by default.

        Raises:
            IndexError: the log has fewer leaves.
        """
        size = self._checked(size)
        return self._range_root(0, size) if size else EMPTY_ROOT

    def inclusion_proof(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """The hashes that lead from a leaf to the root over the first `size` leaves.

        Raises:
            IndexError: the leaf is not among the first `size`, or the log has fewer leaves.

        Source: RFC 9162 §2.1.3.1.
        """
        size = self._checked(size)
        if not 0 <= index < size:
            raise IndexError(f"leaf {index} of a log of {size}")
        proof: list[bytes] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                proof.append(self._range_root(middle, end))
                end = middle
            else:
                proof.append(self._range_root(start, middle))
                start = middle
        proof.reverse()
        return tuple(proof)

    def consistency_proof(self, old_size: int, size: int | None = None) -> tuple[bytes, ...]:
        """The hashes that show the first `size` leaves to begin with the first `old_size`.

        Empty when the sizes are equal or `old_size` is 0: then there is nothing to show.

        Raises:
            IndexError: `old_size` is negative or above `size`, or the log has fewer leaves.

        Source: RFC 9162 §2.1.4.1.
        """
        size = self._checked(size)
        if not 0 <= old_size <= size:
            raise IndexError(f"size {old_size} of a log of {size}")
        if old_size in (0, size):
            return ()
        proof: list[bytes] = []
        start, end = 0, size
        whole = True  # the old tree's part of this range is the old tree itself
        while old_size != end:
            middle = start + _split(end - start)
            if old_size <= middle:
                proof.append(self._range_root(middle, end))
                end = middle
            else:
                proof.append(self._range_root(start, middle))
                start = middle
                whole = False
        if not whole:
            proof.append(self._range_root(start, end))
        proof.reverse()
        return tuple(proof)

    def compact_range(self, size: int | None = None) -> "CompactRange":
        """The frontier over the first `size` leaves, to try further leaves on."""
        size = self._checked(size)
        return CompactRange(size, self._frontier(0, size))

    def _checked(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise IndexError(f"size {size} of a log of {self.size}")
        return size

    def _node(self, level: int, place: int) -> bytes:
        at = place * HASH_SIZE_BYTES
        return bytes(self._levels[level][at : at + HASH_SIZE_BYTES])

    def _frontier(self, start: int, end: int) -> list[bytes]:
        """Hashes of the largest complete subtrees over [start, end), from the left.

        `start` is a multiple of every subtree's size, as the splits of §2.1.1 make it.
        """
        hashes = []
        while start < end:
            level = (end - start).bit_length() - 1
            hashes.append(self._node(level, start >> level))
            start += 1 << level
        return hashes

    def _range_root(self, start: int, end: int) -> bytes:
        return _fold(self._frontier(start, end))


class CompactRange:
    """The right edge of a tree: enough to append and to know the root, in log2 n hashes.

    A reader tries the leaves it was sent on a `CompactRange`, compares the root with the owner's
    checkpoint, and only then keeps them.
    """

    __slots__ = ("_frontier", "_size")

    def __init__(self, size: int = 0, frontier: Iterable[bytes] = ()) -> None:
        self._size = size
        self._frontier = list(frontier)
        invariant(len(self._frontier) == size.bit_count(), "a frontier has one hash for each bit")

    @property
    def size(self) -> int:
        """How many leaves lie behind this edge."""
        return self._size

    def append(self, leaf_data: bytes) -> int:
        """Add one leaf at the end; returns its index."""
        node = hash_leaf(leaf_data)
        index = place = self._size
        while place & 1:
            node = hash_children(self._frontier.pop(), node)
            place >>= 1
        self._frontier.append(node)
        self._size += 1
        return index

    def root(self) -> bytes:
        """The root over all leaves so far."""
        return _fold(self._frontier) if self._frontier else EMPTY_ROOT


def _split(size: int) -> int:
    """The largest power of two below a size of at least 2. Source: RFC 9162 §2.1.1."""
    return 1 << ((size - 1).bit_length() - 1)


def _fold(frontier: list[bytes]) -> bytes:
    root = frontier[-1]
    for left in reversed(frontier[:-1]):
        root = hash_children(left, root)
    return root
