"""Inclusion and consistency proofs. Source: RFC 9162 §2.1.3.2, §2.1.4.2."""

import hashlib

from .reading import need


def leaf_data(salt: bytes, envelope: bytes) -> bytes:
    """The salted commitment to a record (docs/spec/checkpoint.md §2)."""
    inner = hashlib.sha256(envelope).digest()
    return hashlib.sha256(b"comity-leaf-v1\x00" + salt + inner).digest()


def check_inclusion(data: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> None:
    """A leaf stands at an index under a root."""
    reason = "bad-inclusion-proof"
    need(index < size, reason, f"no leaf {index} among {size}")
    place, last, node = index, size - 1, hashlib.sha256(b"\x00" + data).digest()
    for sibling in proof:
        need(last, reason, "too many hashes")
        if place & 1 or place == last:
            node = _parent(sibling, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = _parent(node, sibling)
        place, last = place >> 1, last >> 1
    need(last == 0 and node == root, reason, f"leaf {index} of {size}")


def check_growth(old: tuple[int, bytes] | None, size: int, root: bytes, proof: list[bytes]) -> None:
    """A log has only been added to."""
    reason = "bad-consistency-proof"
    if old is None or old[0] == 0:
        need(not proof, reason, "hashes where none belong")
        return
    old_size, old_root = old
    need(old_size < size, "log-order")
    need(proof, reason, "no hashes")
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    place, last = old_size - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        need(last, reason, "too many hashes")
        if place & 1 or place == last:
            first, second = _parent(sibling, first), _parent(sibling, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = _parent(second, sibling)
        place, last = place >> 1, last >> 1
    need(last == 0 and first == old_root and second == root, reason, f"from {old_size} to {size}")


def _parent(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
