"""Evidence bundles as files: written from a home's store, and verified with nothing but their bytes."""

import hashlib
import mimetypes
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comity.adapters.sqlite import SqliteRecordStore
from comity.adapters.time_stamps import check_stamp, roots_in
from comity.application.make_bundle import Chosen, LogPart, Wanted, choose
from comity.domain.agreement import decode_card
from comity.domain.evidence import (
    MANIFEST_NAME,
    PARTIES_NAME,
    STAMP_MEDIA_TYPE,
    STAMP_NAME,
    EntryHead,
    ListedFile,
    VerifiedBundle,
    VerifiedLog,
    encode_leaf,
    encode_log_head,
    encode_parties,
    stamp_message,
    time_stamp_of,
    verify_bundle,
    write_archive,
)
from comity.entrypoints.api.messages import (
    BundleSigned,
    BundleToSign,
    FileListed,
    MaterialListed,
)
from comity.entrypoints.cli.exit_codes import RefusedError
from comity.entrypoints.cli.files import read_file
from comity.entrypoints.cli.pairing import card_line
from comity.entrypoints.home import HomeLayout
from comity.entrypoints.home.keys import load_card
from comity.entrypoints.offline_verifier.reading import RefusedError as NotBoundError
from comity.entrypoints.offline_verifier.stamps import read_stamp
from comity.kernel.errors import InputError, RecordError, StoreError
from comity.kernel.ids import PartyId, RecordDigest
from comity.kernel.sentences import Sentence, said

CHUNK_SIZE_BYTES = 1 << 20
STAMP_BYTES_MAX = 64 << 10
STAMP_ROOTS_BYTES_MAX = 1 << 20
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]+")

Sign = Callable[[BundleToSign], BundleSigned]
"""Asks the node for the manifest's record."""

Stamp = Callable[[bytes], bytes]
"""Gives an authority's reply over a message."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file on its way into the archive."""

    name: str
    path: Path
    size_bytes: int
    crc32: int
    sha256: str

    def entry(self) -> tuple[EntryHead, Iterator[bytes]]:
        """As the archive takes it."""
        return EntryHead(self.name, self.size_bytes, self.crc32), chunks_of(self.path)


def chosen_from(home: Path, wanted: Wanted, withheld: Mapping[RecordDigest, str]) -> Chosen:
    """Records and proofs from a home's store; a running node may go on meanwhile.

    Raises:
        InputError: nothing is chosen. StoreError: the store cannot be read.
    """
    layout = HomeLayout(home)
    store = SqliteRecordStore(layout.store, read_only=True)
    try:
        cards = (load_card(layout.card), load_card(layout.current_card))
        return choose(store, cards, wanted, withheld)
    finally:
        store.close()


def write_bundle(
    chosen: Chosen,
    material: Sequence[tuple[Path, str]],
    title: str,
    output: Path,
    sign: Sign,
    stamp: Stamp | None = None,
) -> VerifiedBundle:
    """Write a bundle, and verify what was written.

    Args:
        chosen: records and proofs.
        material: files, each with what is said of it.
        title: what it is about.
        output: the file; it appears whole or not at all.
        sign: the node's signature under the list.
        stamp: gives a time-stamp over the files before it; None: there is none.

    Raises:
        InputError: a file cannot be read or written, or has changed meanwhile; or no stamp is given.
    """
    unfinished = output.with_name(f".{output.name}.part")
    with tempfile.TemporaryDirectory(prefix="comity-bundle-") as folder:
        parts = [_written(Path(folder) / "parties", PARTIES_NAME, [encode_parties(chosen.parties)])]
        for number, part in enumerate(chosen.parts, start=1):
            name = f"logs/{number:04}.jsonl"
            parts.append(_written(Path(folder) / str(number), name, _lines(part)))
        listed = []
        for number, (path, description) in enumerate(material, start=1):
            found = measured(path, f"material/{number:04}-{plain_name(path.name)}")
            parts.append(found)
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            listed.append(MaterialListed(file=found.name, media_type=kind, description=description))
        if stamp is not None:
            listing = [ListedFile(each.name, each.sha256, each.size_bytes) for each in parts]
            name = f"material/{len(listed) + 1:04}-{STAMP_NAME}"
            reply = _written(Path(folder) / "stamp", name, [stamp(stamp_message(listing))])
            parts.append(reply)
            words = "RFC 3161 time-stamp over the files listed before it"
            listed.append(MaterialListed(file=name, media_type=STAMP_MEDIA_TYPE, description=words))
        files = [
            FileListed(name=each.name, sha256=each.sha256, size_bytes=each.size_bytes)
            for each in parts
        ]
        signed = sign(BundleToSign(title=title, files=files, material=listed))
        manifest = _written(Path(folder) / "manifest", MANIFEST_NAME, [signed.envelope.encode()])
        try:
            with unfinished.open("wb") as file:
                write_archive(file.write, (each.entry() for each in (manifest, *parts)))
            with unfinished.open("rb") as file:
                verified = verify_bundle(file.read)
            unfinished.replace(output)
        except OSError as error:
            raise InputError(str(output), error.strerror or "cannot be written") from error
        finally:
            unfinished.unlink(missing_ok=True)
    return verified


def roots_of(cards: Iterable[str]) -> dict[PartyId, bytes]:
    """The root keys on cards, each a line or a file.

    Raises:
        InputError: a card is none.
    """
    found = [decode_card(card_line(stated)) for stated in cards]
    return {card.party: card.root_key for card in found}


def verify_file(path: Path, roots: Mapping[PartyId, bytes]) -> VerifiedBundle:
    """Check a bundle; of the parties named in `roots` no other root key is taken.

    Raises:
        RefusedError: it does not hold; says why.
        InputError: it cannot be read, or a root is of a party that is not in it.
    """
    try:
        with path.open("rb") as file:
            verified = verify_bundle(file.read, roots)
    except OSError as error:
        raise InputError(str(path), error.strerror or "cannot be read") from error
    except RecordError as error:
        raise RefusedError(f"{path.name} does not hold: {error}") from error
    strangers = roots.keys() - {each.party for each in verified.parties}
    if strangers:
        raise InputError("root", f"{min(strangers)} is not a party of this bundle")
    return verified


def stamp_in(path: Path, verified: VerifiedBundle, roots: Path | None) -> dict[str, Any] | None:
    """The time-stamp of a verified bundle, bound to it, and checked where a root is given; None: it has none.

    Raises:
        RefusedError: the stamp is not over this bundle; or a root is given, and it does not hold or there is none.
        InputError: the root cannot be read.
    """
    found = time_stamp_of(verified.manifest)
    if found is None:
        if roots is not None:
            raise RefusedError(f"{path.name} has no time-stamp to be checked")
        return None
    trusted = None if roots is None else roots_in(read_file(roots, STAMP_ROOTS_BYTES_MAX))
    message = stamp_message(verified.manifest.files[:-1])
    try:
        with zipfile.ZipFile(path) as archive, archive.open(found.name) as file:
            reply = file.read(STAMP_BYTES_MAX + 1)
        # the same reader as the two verifiers that take no root
        stated = read_stamp(reply, message)
        if trusted is not None:
            check_stamp(reply, message, trusted)  # its own reader leaves out parts of a second
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        raise InputError(str(path), "cannot be read again") from error
    except (RecordError, NotBoundError) as error:
        raise RefusedError(f"{path.name} does not hold: {error}") from error
    at = None if trusted is None else stated["at"]
    return {"file": found.name, "checked": trusted is not None, "at": at, "stated": stated}


def told(
    verified: VerifiedBundle,
    roots: Iterable[PartyId] = (),
    time_stamp: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What a bundle shows, and what it does not (docs/spec/bundle.md §6).

    Args:
        verified: the bundle.
        roots: parties whose root keys the verifier knew by other means.
        time_stamp: as `stamp_in` found it.
    """
    given = frozenset(roots)
    record = verified.manifest_record
    return {
        "holds": True,
        "title": verified.manifest.title,
        "maker": record.author,
        "operator": record.operator,
        "made_at": str(record.made_at),
        "manifest": record.digest,
        "parties": [
            {
                "party": each.party,
                "name": each.name,
                "root_key_sha256": hashlib.sha256(each.root_key).hexdigest(),
                "root_key_given": each.party in given,
                "keys": len(each.statements),
            }
            for each in verified.parties
        ],
        "logs": [_told_log(each) for each in verified.logs],
        "material": [
            {"file": each.file, "description": each.description, "media_type": each.media_type}
            for each in verified.manifest.material
        ],
        "equivocations": [
            {"author": one.author, "sequence": one.sequence, "digests": [one.digest, other.digest]}
            for one, other in verified.equivocations
        ],
        "time_stamp": time_stamp,
        "not_shown": not_shown(verified, time_stamp),
    }


def not_shown(verified: VerifiedBundle, time_stamp: Mapping[str, Any] | None = None) -> list[str]:
    """What nobody may read into the bundle."""
    return [str(each) for each in not_shown_sentences(verified, time_stamp)]


def not_shown_sentences(
    verified: VerifiedBundle, time_stamp: Mapping[str, Any] | None = None
) -> Iterator[Sentence]:
    """The same as sentences by id, for a report in another language."""
    maker = str(verified.manifest_record.author)
    yield said(
        "bundle-truth",
        "That what the records say is true, that a person has read them, or that a clock was right.",
    )
    for log in verified.logs:
        name, owner, reader = _name(log), str(log.owner), str(log.reader)
        if log.not_shown_count:
            form = "What stands at {count} other places of {log}: the bundle neither shows nor names it."
            yield said("bundle-others", form, count=str(log.not_shown_count), log=name)
        if log.owner == log.reader:
            form = "That anybody but {owner} has seen {log}: it is its own."
            yield said("bundle-own", form, owner=owner, log=name)
        elif log.cosignature is None and reader != maker:
            form = "That {reader} has {log}: it has not cosigned this checkpoint."
            yield said("bundle-not-cosigned", form, reader=reader, log=name)
        if reader == maker and owner != maker:
            form = "When {maker} received {log}, beyond its own word."
            yield said("bundle-received", form, maker=maker, log=name)
    if verified.manifest.material:
        form = "Where the material comes from, beyond the word of {maker}."
        yield said("bundle-material", form, maker=maker)
    if time_stamp_of(verified.manifest) and not (time_stamp and time_stamp["checked"]):
        form = "When its files were there: a time-stamp token is present, not checked here."
        yield said("bundle-stamp", form)


def chunks_of(path: Path) -> Iterator[bytes]:
    """The bytes of a file.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_SIZE_BYTES):
                yield chunk
    except OSError as error:
        raise InputError(str(path), error.strerror or "cannot be read") from error


def measured(path: Path, name: str) -> Part:
    """Size and digests of a file."""
    size_bytes, crc32, sha256 = 0, 0, hashlib.sha256()
    for chunk in chunks_of(path):
        size_bytes += len(chunk)
        crc32 = zlib.crc32(chunk, crc32)
        sha256.update(chunk)
    return Part(name, path, size_bytes, crc32, sha256.hexdigest())


def plain_name(name: str) -> str:
    """A file's name as a bundle takes it: at most 64 letters, digits, hyphens and underscores, and an ending."""
    stem, dot, ending = name.rpartition(".")
    if not dot or not re.fullmatch(r"[A-Za-z0-9]{1,16}", ending):
        stem, ending = name, ""
    stem = _NOT_IN_A_NAME.sub("-", stem).strip("-_")[:64] or "file"
    return f"{stem}.{ending}" if ending else stem


def _written(path: Path, name: str, chunks: Iterable[bytes]) -> Part:
    try:
        with path.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
    except OSError as error:
        raise StoreError("file-write", f"{path}: {error.strerror}") from error
    return measured(path, name)


def _lines(part: LogPart) -> Iterator[bytes]:
    yield encode_log_head(part.head)
    for leaf in part.leaves:
        yield encode_leaf(leaf)


def _name(log: VerifiedLog) -> str:
    return f"{log.owner} -> {log.reader}"


def _told_log(log: VerifiedLog) -> dict[str, Any]:
    return {
        "file": log.file,
        "owner": log.owner,
        "reader": log.reader,
        "size": log.checkpoint.size,
        "cosigned_at": None if log.cosignature is None else str(log.cosignature.cosigned_at),
        "shown": [
            {
                "index": each.index,
                "digest": each.record.digest,
                "kind": each.record.kind,
                "operator": each.record.operator,
                "made_at": str(each.record.made_at),
                "exercise": each.record.exercise,
            }
            for each in log.shown
        ],
        "withheld": [{"index": each.index, "reason": each.reason} for each in log.withheld],
        "not_shown": log.not_shown_count,
    }
