"""Claim files and the material that they name, as a person hands them to the command line."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from comity.adapters.claim_files import CLAIM_BYTES_MAX, offset_s, tree_of
from comity.domain.incidents import Claim, OfferedTrack, claim_of, offered_tracks
from comity.domain.notices import Notice
from comity.entrypoints.api.notice_reading import NOTICE_BYTES_MAX, notice_of_file, read_notice
from comity.entrypoints.cli.access import Composition
from comity.entrypoints.cli.files import read_file
from comity.kernel.errors import InputError

MATERIAL_BYTES_MAX = 256 << 20  # a day of one receiver; larger recordings are cut before
MATERIAL_FILES_MAX = 20

TracksByMaterial = dict[tuple[int, str], Sequence[OfferedTrack]]


@dataclass(frozen=True, slots=True)
class MaterialAtHand:
    """What was made of the files, by claim and material, and what is told of each file."""

    seen: set[tuple[int, str]] = field(default_factory=set)
    tracks: TracksByMaterial = field(default_factory=dict)
    notices: dict[tuple[int, str], Notice] = field(default_factory=dict)
    told: list[dict[str, str]] = field(default_factory=list)


def claims_of_files(files: Sequence[Path]) -> list[Claim]:
    """The claims of files, in their order.

    Raises:
        InputError: a file cannot be read or is refused; names file and field.
    """
    claims = []
    for file in files:
        tree = tree_of(read_file(file, CLAIM_BYTES_MAX), file.name)
        try:
            claims.append(claim_of(tree, offset_s))
        except InputError as error:
            raise InputError(f"{file.name}: {error.field}", error.why) from error
    return claims


def material_of_files(
    made: Composition, claims: Sequence[Claim], files: Sequence[Path]
) -> MaterialAtHand:
    """Files found by their digest in the claims, and read as notices or as recordings of tracks where they are.

    Raises:
        InputError: a file is no claim's material, is too large, or holds too much.
    """
    if len(files) > MATERIAL_FILES_MAX:
        raise InputError("material", f"{len(files)} files, at most {MATERIAL_FILES_MAX}")
    hand = MaterialAtHand()
    for file in files:
        content = read_file(file, MATERIAL_BYTES_MAX)
        digest = hashlib.sha256(content).hexdigest()
        named = [
            (index, offered)
            for index, claim in enumerate(claims)
            for offered in claim.material.values()
            if offered.sha256 == digest
        ]
        if not named:
            raise InputError(str(file), f"SHA-256 {digest} is the material of no claim given here")
        for index, offered in named:
            words = f"{offered.material} of {claims[index].claimant}, by its digest"
            key = index, offered.material
            hand.seen.add(key)
            notice = _notice_of(content)
            if notice is not None:
                hand.notices[key] = notice
                told = {"file": file.name, "sha256": digest, "words": f"{words}; a notice"}
                hand.told.append(told)
                continue
            try:
                recording = made.recording(file, None)
                found = offered_tracks(
                    offered.material, recording.plots(), synthetic=offered.synthetic
                )
            except InputError as error:
                words += f"; not read as tracks: {error}"
            else:
                hand.tracks[key] = found
                words += f"; {recording.format_name}, {len(found)} tracks"
                if any(track.accuracy_assumed for track in found):
                    words += ", accuracy of positions assumed where none is stated"
            hand.told.append({"file": file.name, "sha256": digest, "words": words})
    return hand


def _notice_of(content: bytes) -> Notice | None:
    """A notice in the form of `comity notice draft`; None where it is something else."""
    if len(content) > NOTICE_BYTES_MAX or not content.lstrip().startswith(b"{"):
        return None
    try:
        return read_notice(notice_of_file(content)).notice
    except InputError:
        return None


def ask_borders(
    claims: Sequence[Claim], tracks: Mapping[tuple[int, str], Sequence[OfferedTrack]]
) -> bool:
    """Whether any statement can be held against a border: to load one takes a moment."""
    return any(
        statement.border_of is not None
        and (
            (statement.place is not None and statement.place.position is not None)
            or any((index, name) in tracks for name in statement.material)
        )
        for index, claim in enumerate(claims)
        for statement in claim.statements
    )
