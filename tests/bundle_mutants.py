"""Changed bundles: by anybody who holds the file, and by a maker who lies and signs anew.

The first must all be refused. Of the second, one may be accepted only where all that it shows is true:
a maker may show less than there is, and never more.
"""

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tests.bundle_world import START, BundleWorld, Line, Parts, archive
from tests.signing import SeededSigner

from comity.domain.evidence import (
    BundleReason,
    LogHead,
    ShownLeaf,
    VerifiedBundle,
    WithheldLeaf,
    verify_bundle,
)
from comity.domain.evidence.archive import ArchiveReader
from comity.domain.ledger import LogReason
from comity.domain.records import Reason
from comity.kernel.errors import RecordError

KNOWN_REASONS = {str(each) for group in (BundleReason, LogReason, Reason) for each in group}


@dataclass(frozen=True)
class Mutant:
    """A changed bundle.

    Attributes:
        resigned: the maker signed the list anew.
    """

    name: str
    bundle: bytes
    resigned: bool


@dataclass(frozen=True)
class Outcome:
    """What a verifier said: a reason of refusal, or what it took to be shown."""

    reason: str | None
    shown: frozenset[tuple[str, str, int, str]] = frozenset()


def outcome(bundle: bytes) -> Outcome:
    """What the installed verifier says; whatever else it raises is a fault of ours."""
    try:
        return Outcome(None, shown_by(verify_bundle(io.BytesIO(bundle).read)))
    except RecordError as error:
        return Outcome(error.reason)


def shown_by(verified: VerifiedBundle) -> frozenset[tuple[str, str, int, str]]:
    return frozenset(
        (log.owner, log.reader, each.index, each.record.digest)
        for log in verified.logs
        for each in log.shown
    )


def wrong(world: BundleWorld, mutant: Mutant, found: Outcome) -> str | None:
    """Why a verifier's word on a mutant is wrong, or None."""
    if found.reason is not None:
        return None if found.reason in KNOWN_REASONS else f"{found.reason} is no known reason"
    if not mutant.resigned:
        return "accepted, though the maker did not sign it"
    false = found.shown - world.truth
    return f"shows what is not true: {min(false)}" if false else None


def mutants(world: BundleWorld, other: BundleWorld, chance: random.Random) -> Iterator[Mutant]:
    """Without end; `other` is another case of other parties' keys, to splice from."""
    whole, foreign = world.bundle(), other.bundle()
    files = list(files_in(whole))
    strange = list(files_in(foreign))
    while True:
        form = chance.randrange(4)
        if form == 0:
            yield _flipped(whole, chance)
        elif form == 1:
            yield _framed(whole, files, strange, chance)
        else:
            yield _resigned(world, other, chance)


def files_in(bundle: bytes) -> Iterator[tuple[str, bytes]]:
    for head, chunks in ArchiveReader(io.BytesIO(bundle).read).entries():
        yield head.name, b"".join(chunks)


def _flipped(whole: bytes, chance: random.Random) -> Mutant:
    changed = bytearray(whole)
    bit = chance.randrange(8 * len(whole))
    changed[bit // 8] ^= 1 << bit % 8
    return Mutant(f"bit {bit}", bytes(changed), resigned=False)


def _framed(
    whole: bytes,
    files: list[tuple[str, bytes]],
    strange: list[tuple[str, bytes]],
    chance: random.Random,
) -> Mutant:
    """Entries dropped, doubled, swapped, replaced, cut; the frame is right, the list is the old one."""
    changed = list(files)
    at = chance.randrange(len(files))
    kind = chance.choice(
        ("drop", "double", "swap", "splice", "cut", "pad", "rename", "cut-bytes", "append", "line")
    )
    name, content = files[at]
    if kind == "drop":
        del changed[at]
    elif kind == "double":
        changed.insert(at, changed[at])
    elif kind == "swap":
        to = (at + chance.randrange(1, len(files))) % len(files)
        changed[at], changed[to] = (name, files[to][1]), (files[to][0], content)
    elif kind == "splice":
        changed[at] = (name, strange[at][1] or b"spliced")
    elif kind == "cut":
        changed[at] = (name, content[: chance.randrange(len(content))] if content else b"x")
    elif kind == "pad":
        changed[at] = (name, content + bytes([chance.randrange(256)]))
    elif kind == "rename":
        changed[at] = (name[:-1] + chance.choice("abcx/."), content)
    elif kind == "line" and content.count(b"\n") > 1:
        lines = content.splitlines(keepends=True)
        chance.shuffle(lines)
        changed[at] = (name, b"".join(lines[1:]))
    elif kind == "append":
        return Mutant(kind, whole + bytes([chance.randrange(256)]), resigned=False)
    else:
        return Mutant("cut-bytes", whole[: chance.randrange(len(whole))], resigned=False)
    try:
        return Mutant(f"{kind} {name}", archive(changed), resigned=False)
    except RecordError:  # a name that the writer does not write: spell it into the bytes
        where = whole.index(name.encode())
        bad = whole[:where] + b"." + whole[where + 1 :]
        return Mutant(f"{kind} {name}", bad, resigned=False)


Change = Callable[[Parts, BundleWorld, BundleWorld, random.Random], None]


def _resigned(world: BundleWorld, other: BundleWorld, chance: random.Random) -> Mutant:
    """One to three changes in the parts, then the list signed by the maker (or by a key that is not its own)."""
    parts = world.parts()
    changes = [chance.choice(CHANGES) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
    for change in changes:
        change(parts, world, other, chance)
    files = world.files_of(parts)
    signer = SeededSigner("nobody's") if chance.random() < 0.02 else None
    name = " + ".join(change.__name__ for change in changes)
    return Mutant(name, world.sealed(files, signer), resigned=True)


def _log(parts: Parts, chance: random.Random) -> int:
    return chance.randrange(len(parts.logs)) if parts.logs else -1


def _with_leaf(parts: Parts, chance: random.Random, make: Callable[[Line], Line]) -> None:
    at = _log(parts, chance)
    if at >= 0 and parts.logs[at][1]:
        leaves = parts.logs[at][1]
        place = chance.randrange(len(leaves))
        leaves[place] = make(leaves[place])


def _with_head(parts: Parts, chance: random.Random, make: Callable[[LogHead], LogHead]) -> None:
    at = _log(parts, chance)
    if at >= 0:
        head, leaves = parts.logs[at]
        parts.logs[at] = (make(head), leaves)


def drop_leaf(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    at = _log(p, c)
    if at >= 0 and p.logs[at][1]:
        del p.logs[at][1][c.randrange(len(p.logs[at][1]))]


def double_leaf(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    at = _log(p, c)
    if at >= 0 and p.logs[at][1]:
        p.logs[at][1].insert(0, c.choice(p.logs[at][1]))


def shuffle_leaves(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    at = _log(p, c)
    if at >= 0:
        c.shuffle(p.logs[at][1])


def move_leaf(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    _with_leaf(p, c, lambda leaf: replace(leaf, index=c.randrange(w.leaves + 2)))


def cut_proof(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    _with_leaf(p, c, lambda leaf: replace(leaf, proof=leaf.proof[: c.randrange(4)]))


def stretch_proof(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    _with_leaf(p, c, lambda leaf: replace(leaf, proof=(*leaf.proof, c.randbytes(32))))


def swap_proof(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    def swapped(leaf: Line) -> Line:
        hashes = list(leaf.proof)
        c.shuffle(hashes)
        return replace(leaf, proof=tuple(hashes))

    _with_leaf(p, c, swapped)


def change_salt(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    def changed(leaf: Line) -> Line:
        return replace(leaf, salt=c.randbytes(32)) if isinstance(leaf, ShownLeaf) else leaf

    _with_leaf(p, c, changed)


def flip_envelope(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    def flipped(leaf: Line) -> Line:
        if not isinstance(leaf, ShownLeaf):
            return leaf
        data = bytearray(leaf.envelope_bytes)
        data[c.randrange(len(data))] ^= 1 << c.randrange(7)
        return replace(leaf, envelope_bytes=bytes(data))

    _with_leaf(p, c, flipped)


def splice_record(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    source = c.choice((w.out, w.back, w.own, o.out, o.back))
    index = c.randrange(len(source.records))

    def spliced(leaf: Line) -> Line:
        return ShownLeaf(
            leaf.index, leaf.proof, source.salt(index), source.records[index].envelope_bytes
        )

    _with_leaf(p, c, spliced)


def splice_leaf(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    source = c.choice((w.out, w.back, w.own, o.out, o.back))
    index = c.randrange(w.leaves)
    _with_leaf(p, c, lambda _: source.leaf(index, w.leaves))


def forge_withheld(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    _with_leaf(p, c, lambda leaf: WithheldLeaf(leaf.index, leaf.proof, c.randbytes(32), "no"))


def swap_heads(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    if len(p.logs) > 1:
        a, b = c.sample(range(len(p.logs)), 2)
        p.logs[a], p.logs[b] = (p.logs[b][0], p.logs[a][1]), (p.logs[a][0], p.logs[b][1])


def swap_logs(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    c.shuffle(p.logs)


def double_log(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    if p.logs:
        p.logs.insert(0, c.choice(p.logs))


def drop_log(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    if p.logs:
        del p.logs[_log(p, c)]


def other_note(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    log = c.choice((w.out, w.back, w.own, o.out, o.back))
    size = c.randrange(1, w.leaves + 1)
    _with_head(p, c, lambda head: replace(head, note_bytes=log.note(size)))


def other_cosignature(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    log = c.choice((w.out, w.back, o.out))
    size = c.randrange(1, w.leaves + 1)
    line = log.cosignature(size, START.plus_s(c.randrange(100)))
    _with_head(p, c, lambda head: replace(head, cosignature_bytes=line))


def flip_note(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    def flipped(head: LogHead) -> LogHead:
        data = bytearray(head.note_bytes)
        place = c.choice([at for at, byte in enumerate(data) if byte < 128])
        data[place] = c.choice(b"AZaz09+/=\n -")
        return replace(head, note_bytes=bytes(data))

    _with_head(p, c, flipped)


def drop_consistency(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    hashes = tuple(c.randbytes(32) for _ in range(c.randrange(4)))
    _with_head(p, c, lambda head: replace(head, consistency=hashes))


def swap_sides(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    _with_head(p, c, lambda head: replace(head, owner=head.reader, reader=head.owner))


def drop_statement(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    at = c.randrange(len(p.parties))
    party = p.parties[at]
    kept = list(party.statements)
    if len(kept) > 1:
        del kept[c.randrange(len(kept))]
    p.parties[at] = replace(party, statements=tuple(kept))


def forge_statement(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    at = c.randrange(len(p.parties))
    party = p.parties[at]
    foreign = c.choice((*o.alfa.statements, *w.bravo.statements, *w.alfa.statements))
    p.parties[at] = replace(party, statements=(*party.statements, foreign))


def flip_statement(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    at = c.randrange(len(p.parties))
    party = p.parties[at]
    signed = list(party.statements)
    place = c.randrange(len(signed))
    signature = bytearray(signed[place].signature)
    signature[c.randrange(64)] ^= 1 << c.randrange(8)
    signed[place] = replace(signed[place], signature=bytes(signature))
    p.parties[at] = replace(party, statements=tuple(signed))


def other_root(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    at = c.randrange(len(p.parties))
    key = c.choice((c.randbytes(32), SeededSigner("impostor").public_key, w.bravo.root.public_key))
    p.parties[at] = replace(p.parties[at], root_key=key)


def drop_party(p: Parts, w: BundleWorld, o: BundleWorld, c: random.Random) -> None:
    if len(p.parties) > 1:
        del p.parties[c.randrange(len(p.parties))]


CHANGES: tuple[Change, ...] = (
    drop_leaf, double_leaf, shuffle_leaves, move_leaf, cut_proof, stretch_proof, swap_proof,
    change_salt, flip_envelope, splice_record, splice_leaf, forge_withheld, swap_heads, swap_logs,
    double_log, drop_log, other_note, other_cosignature, flip_note, drop_consistency, swap_sides,
    drop_statement, forge_statement, flip_statement, other_root, drop_party,
)  # fmt: skip
