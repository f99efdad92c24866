"""The vectors of docs/spec/checkpoint.md: each case by name, rule and reason."""

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from tests import naive_merkle
from tools.record_vectors import payload, sealed
from tools.vector_cases import ALFA, BRAVO, CHARLIE, Case, Fields, Party, b64

POSIX_S = 1_795_368_590  # the second of the example record's made_at
ORIGIN = f"comity.invalid/log/{ALFA.id}/{BRAVO.id}"
WITNESS = f"comity.invalid/witness/{BRAVO.id}"
SALTS = [hashlib.sha256(b"comity vector salt %d" % index).digest() for index in range(13)]
ENVELOPES = [sealed(payload(body={"text": f"leaf {index}"})) for index in range(13)]


def known_keys() -> Fields:
    """The log, its witness, and their public keys in hex."""
    return {
        "origin": ORIGIN,
        "owner_public_key": ALFA.node_public.hex(),
        "witness": WITNESS,
        "witness_public_key": BRAVO.node_public.hex(),
    }


def cases() -> Iterator[Case]:
    """Every case of the page."""
    yield from notes()
    yield from cosignatures()
    yield from growth()
    yield from forks()
    yield from receipts()


def leaf_data(index: int) -> bytes:
    """The commitment at one leaf."""
    inner = SALTS[index] + hashlib.sha256(ENVELOPES[index]).digest()
    return hashlib.sha256(b"comity-leaf-v1\x00" + inner).digest()


LEAVES = [leaf_data(index) for index in range(13)]
OTHER_LEAVES = [*LEAVES[:5], hashlib.sha256(b"another leaf").digest(), *LEAVES[6:]]


def body_text(size: int, origin: str = ORIGIN, leaves: list[bytes] = LEAVES) -> str:
    """The three lines of a checkpoint."""
    return f"{origin}\n{size}\n{b64(naive_merkle.root(leaves[:size]))}\n"


def signature_line(name: str, kind: int, party: Party, blob: bytes) -> str:
    """One line below a note."""
    key_hash = hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + party.node_public).digest()[
        :4
    ]
    return f"— {name} {b64(key_hash + blob)}\n"


def owner_line(text: str, party: Party = ALFA, name: str = ORIGIN) -> str:
    """The owner's line over a text."""
    return signature_line(name, 1, party, party.node.sign(text.encode()))


def witness_line(text: str, party: Party = BRAVO, name: str = WITNESS, at_s: int = POSIX_S) -> str:
    """The witness's line over a text."""
    signature = party.node.sign(f"cosignature/v1\ntime {at_s}\n{text}".encode())
    return signature_line(name, 4, party, at_s.to_bytes(8, "big") + signature)


def note(text: str, *lines: str) -> bytes:
    """A text with its lines."""
    return (text + "\n" + "".join(lines)).encode()


def signed(text: str) -> bytes:
    """A checkpoint with its owner's line."""
    return note(text, owner_line(text))


def cosigned(text: str) -> bytes:
    """A checkpoint with both lines."""
    return note(text, owner_line(text), witness_line(text))


def receipt(index: int, size: int, **changes: Any) -> bytes:
    """A tlog-proof of one leaf, with some parts changed."""
    hashes = changes.get("hashes", naive_merkle.inclusion(index, LEAVES[:size]))
    extra = changes.get("extra", SALTS[index] + hashlib.sha256(ENVELOPES[index]).digest())
    lines = ["c2sp.org/tlog-proof@v1"]
    lines += [f"extra {b64(extra)}"] if extra is not None else []
    lines += [f"index {changes.get('shown', index)}", *(b64(item) for item in hashes), "", ""]
    note_bytes: bytes = changes.get("note", cosigned(body_text(size)))
    return "\n".join(lines).encode() + note_bytes


def notes() -> Iterator[Case]:
    """Checkpoints and what is not one."""

    def case(
        name: str,
        rule: str,
        why: str,
        note_bytes: bytes,
        reason: str | None = None,
        *,
        size: int = 7,
    ) -> Case:
        root = b64(naive_merkle.root(LEAVES[:size]))
        values = {} if reason else {"origin": ORIGIN, "size": size, "root": root}
        values["function"] = "open-checkpoint"
        suffix = "_reject" if reason else ""
        return Case(name + suffix, rule, why, {"note.txt": note_bytes}, reason, values)

    text = body_text(7)
    line = owner_line(text)
    for size in (0, 1, 7, 8, 13):
        yield case(f"size-{size}", "C5", "signed", signed(body_text(size)), size=size)
    stranger = signature_line("example.com/other", 1, CHARLIE, bytes(64))
    yield case(
        "other-line-before", "C4", "a stranger's line is left alone", note(text, stranger, line)
    )
    yield case("other-line-after", "C4", "likewise", note(text, line, stranger))
    same_name = owner_line(text, CHARLIE)
    yield case("same-name-other-key", "C4", "another key of that name", note(text, same_name, line))
    yield case("sixteen-lines", "C3", "as many as are read", note(text, line, *[stranger] * 15))
    form = "note-form"
    yield case("seventeen-lines", "C3", "one more", note(text, line, *[stranger] * 16), form)
    yield case("no-blank-line", "C3", "no empty line", (text + line).encode(), form)
    yield case("no-last-newline", "C3", "cut", note(text, line)[:-1], form)
    yield case("no-signature", "C3", "no line", note(text), form)
    yield case("trailing-text", "C3", "text after the lines", note(text, line, "more\n"), form)
    yield case("carriage-return", "C3", "CRLF", note(text, line).replace(b"\n", b"\r\n"), form)
    yield case("not-utf8", "C3", "a stray byte", note(text, line) + b"\xff\n", form)
    yield case("hyphen", "C3", "a hyphen for the dash", note(text, "-" + line[1:]), form)
    yield case("name-with-plus", "C3", "a plus", note(text, line, stranger.replace("/", "+")), form)
    yield case("unpadded", "C3", "no padding", note(text, line.replace("=", "")), form)
    yield case(
        "note-too-long", "C3", "65,537 bytes and more", note(text, line) + b"x" * 65536, "note-size"
    )
    checkpoint = "checkpoint-form"
    for name, why, body in (
        ("size-leading-zero", "07", text.replace("\n7\n", "\n07\n")),
        ("size-plus", "+7", text.replace("\n7\n", "\n+7\n")),
        ("size-2-63", "2^63", text.replace("\n7\n", "\n9223372036854775808\n")),
        ("size-digits", "a digit of another script", text.replace("\n7\n", "\n٧\n")),
        ("root-31", "31 bytes", f"{ORIGIN}\n7\n{b64(bytes(31))}\n"),
        ("root-bits", "padding bits", f"{ORIGIN}\n7\n{'A' * 42}B=\n"),
        ("extension", "a fourth line", text + "extra\n"),
        ("two-lines", "no root", f"{ORIGIN}\n7\n"),
        ("empty-with-root", "a root of size 0", text.replace("\n7\n", "\n0\n")),
    ):
        yield case(name, "C5", why, signed(body), checkpoint)
    other = body_text(7, origin=f"comity.invalid/log/{ALFA.id}/{CHARLIE.id}")
    yield case("other-log", "C5", "alfa's log to charlie", signed(other), "other-origin")
    yield case(
        "other-signer", "C6", "charlie's", note(text, owner_line(text, CHARLIE)), "unknown-signer"
    )
    yield case("signed-twice", "C3", "one key twice", note(text, line, line), "unknown-signer")
    as_witness = signature_line(ORIGIN, 4, ALFA, ALFA.node.sign(text.encode()))
    yield case("type-4", "C6", "a cosignature's type", note(text, as_witness), "unknown-signer")
    bad = "bad-note-signature"
    yield case("another-size", "C6", "signed for 8", note(text, owner_line(body_text(8))), bad)
    zero = signature_line(ORIGIN, 1, ALFA, bytes(64))
    yield case("zero-signature", "C6", "64 zero bytes", note(text, zero), bad)
    short = signature_line(ORIGIN, 1, ALFA, bytes(63))
    yield case("short-signature", "C6", "63 bytes", note(text, short), bad)


def cosignatures() -> Iterator[Case]:
    """Checkpoints with a witness, and without."""

    def case(name: str, rule: str, why: str, note_bytes: bytes, reason: str | None = None) -> Case:
        values: Fields = {"function": "open-cosigned"}
        if reason is None:
            values |= {"size": 7, "witness": WITNESS, "posix_s": POSIX_S}
        suffix = "_reject" if reason else ""
        return Case(name + suffix, rule, why, {"note.txt": note_bytes}, reason, values)

    text = body_text(7)
    line, witness = owner_line(text), witness_line(text)
    yield case("cosigned", "C7", "owner and witness", note(text, line, witness))
    yield case("cosigned-first", "C7", "the witness's line first", note(text, witness, line))
    yield case("not-cosigned", "C7", "no witness", note(text, line), "unknown-witness")
    stranger = witness_line(text, CHARLIE)
    yield case(
        "other-witness", "C7", "charlie's key", note(text, line, stranger), "unknown-witness"
    )
    twice = note(text, line, witness, witness)
    yield case("cosigned-twice", "C7", "one witness twice", twice, "unknown-witness")
    yield case("only-witness", "C6", "no owner", note(text, witness), "unknown-signer")
    other = witness_line(body_text(8))
    yield case(
        "cosigned-other-size", "C7", "for size 8", note(text, line, other), "bad-cosignature"
    )
    blob = (POSIX_S + 1).to_bytes(8, "big") + base64.b64decode(witness.split(" ")[2])[12:]
    later = signature_line(WITNESS, 4, BRAVO, blob)
    yield case(
        "cosigned-other-time", "C7", "a second later", note(text, line, later), "bad-cosignature"
    )
    far = witness_line(text, at_s=253_402_300_800)
    yield case(
        "cosigned-10000", "C7", "in the year 10000", note(text, line, far), "cosignature-form"
    )
    bare = signature_line(WITNESS, 4, BRAVO, BRAVO.node.sign(text.encode()))
    yield case("cosigned-no-time", "C7", "64 bytes", note(text, line, bare), "cosignature-form")


def growth() -> Iterator[Case]:
    """What follows a checkpoint already held."""

    def case(
        name: str, why: str, old: bytes | None, new: bytes, hashes: list[bytes], reason: str | None
    ) -> Case:
        files = {
            "new.txt": new,
            "proof.json": json.dumps([b64(item) for item in hashes], indent=1).encode() + b"\n",
        }
        if old is not None:
            files["old.txt"] = old
        suffix = "_reject" if reason else ""
        values = {"function": "check-extension"}
        return Case(f"growth-{name}{suffix}", "C9", why, files, reason, values)

    def proof(old_size: int, size: int, leaves: list[bytes] = LEAVES) -> list[bytes]:
        return naive_merkle.consistency(old_size, leaves[:size])

    at = {size: signed(body_text(size)) for size in (0, 4, 7, 13)}
    bad = "bad-consistency-proof"
    forked = signed(body_text(7, leaves=OTHER_LEAVES))
    longer_fork = signed(body_text(13, leaves=OTHER_LEAVES))
    yield case("first", "nothing held", None, at[7], [], None)
    yield case("from-empty", "from size 0", at[0], at[7], [], None)
    yield case("same", "nothing new", at[7], at[7], [], None)
    yield case("4-to-7", "from a complete tree", at[4], at[7], proof(4, 7), None)
    yield case("7-to-13", "from an incomplete tree", at[7], at[13], proof(7, 13), None)
    yield case("first-with-hashes", "hashes where none belong", None, at[7], proof(4, 7), bad)
    yield case("same-with-hashes", "likewise", at[7], at[7], proof(4, 7), bad)
    yield case("no-hashes", "a proof is owed", at[4], at[7], [], bad)
    yield case("too-few", "one hash less", at[7], at[13], proof(7, 13)[:-1], bad)
    yield case("too-many", "one hash more", at[7], at[13], [*proof(7, 13), bytes(32)], bad)
    yield case(
        "rewritten", "leaf 5 was changed", at[7], longer_fork, proof(7, 13, OTHER_LEAVES), bad
    )
    yield case("shrank", "from 13 to 7", at[13], at[7], [], "log-shrank")
    yield case("split-view", "two roots of size 7", at[7], forked, [], "split-view")


def forks() -> Iterator[Case]:
    """Proofs of a split view."""

    def case(name: str, why: str, one: bytes, other: bytes, reason: str | None) -> Case:
        suffix = "_reject" if reason else ""
        files = {"first.txt": one, "second.txt": other}
        values: Fields = {"function": "open-fork"}
        if reason is None:
            values |= {"origin": ORIGIN, "size": 7}
        return Case(f"fork-{name}{suffix}", "C10", why, files, reason, values)

    texts = [body_text(7), body_text(7, leaves=OTHER_LEAVES)]
    texts.sort(key=lambda text: base64.b64decode(text.split("\n")[2]))
    one, other = map(signed, texts)
    no = "not-a-fork"
    yield case("proved", "two roots of size 7", one, other, None)
    yield case(
        "proved-cosigned", "a witness's line takes nothing away", cosigned(texts[0]), other, None
    )
    yield case("order", "not in order of roots", other, one, no)
    yield case("same", "one note twice", one, one, no)
    yield case("sizes", "two sizes", signed(body_text(4)), signed(body_text(7)), no)
    unsigned = note(texts[1], owner_line(texts[1], CHARLIE))
    yield case("unsigned", "the second is not the owner's", one, unsigned, "unknown-signer")


def receipts() -> Iterator[Case]:
    """Receipts, and what only looks like one."""

    def case(
        name: str, rule: str, why: str, proof: bytes, reason: str | None = None, *, index: int = 5
    ) -> Case:
        suffix = "_reject" if reason else ""
        files = {"receipt.tlog-proof": proof, "envelope.json": ENVELOPES[index]}
        values: Fields = {"function": "open-receipt"}
        if reason is None:
            values |= {"index": index, "posix_s": POSIX_S}
        return Case(f"receipt-{name}{suffix}", rule, why, files, reason, values)

    good = receipt(5, 13)
    for index, size in ((0, 1), (5, 7), (5, 13), (12, 13)):
        yield case(f"{index}-of-{size}", "C12", "stored", receipt(index, size), index=index)
    form = "proof-form"
    yield case("header", "C11", "another version", good.replace(b"@v1", b"@v2", 1), form)
    yield case("no-note", "C11", "no empty line", good.split(b"\n\n")[0], form)
    yield case("index-zero", "C11", "05", receipt(5, 13, shown="05"), form)
    yield case("index-huge", "C11", "2^63-1", receipt(5, 13, shown=2**63 - 1), form)
    yield case("hash-31", "C11", "31 bytes", receipt(5, 13, hashes=[bytes(31)]), form)
    yield case("hashes-64", "C11", "64 hashes", receipt(5, 13, hashes=[bytes(32)] * 64), form)
    yield case("extra-empty", "C11", "no bytes", receipt(5, 13, extra=b""), form)
    yield case("extra-long", "C11", "4097 bytes", receipt(5, 13, extra=bytes(4097)), form)
    long_note = cosigned(body_text(13)) + b"x" * 90_000
    yield case("too-long", "C11", "over 81,920 bytes", receipt(5, 13, note=long_note), "proof-size")
    mine = "receipt-form"
    yield case("no-extra", "C12", "no salt", receipt(5, 13, extra=None), mine)
    yield case("extra-short", "C12", "63 bytes", receipt(5, 13, extra=bytes(63)), mine)
    yield case("other-record", "C12", "leaf 4's receipt", receipt(4, 13), mine)
    salt = hashlib.sha256(b"another salt").digest() + hashlib.sha256(ENVELOPES[5]).digest()
    bad = "bad-inclusion-proof"
    yield case("other-salt", "C12", "another salt", receipt(5, 13, extra=salt), bad)
    yield case("other-index", "C12", "index 4", receipt(5, 13, shown=4), bad)
    yield case("index-outside", "C12", "index 13 of 13", receipt(5, 13, shown=13), bad)
    fewer = naive_merkle.inclusion(5, LEAVES)[:-1]
    yield case("too-few", "C12", "one hash less", receipt(5, 13, hashes=fewer), bad)
    longer = [*naive_merkle.inclusion(5, LEAVES), bytes(32)]
    yield case("too-many", "C12", "one hash more", receipt(5, 13, hashes=longer), bad)
    uncosigned = receipt(5, 13, note=signed(body_text(13)))
    yield case("not-cosigned", "C12", "no witness", uncosigned, "unknown-witness")
