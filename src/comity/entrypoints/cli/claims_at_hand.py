"""Claim files and the material that they name, as a person hands them to the command line."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from comity.adapters.claim_files import CLAIM_BYTES_MAX, offset_s, tree_of
from comity.domain.incidents import Claim, OfferedTrack, claim_of, offered_tracks
from comity.entrypoints.cli.access import Composition
from comity.entrypoints.cli.files import read_file
from comity.kernel.errors import InputError

MATERIAL_BYTES_MAX = 256 << 20  # a day of one receiver; larger recordings are cut before
MATERIAL_FILES_MAX = 20

TracksByMaterial = dict[tuple[int, str], Sequence[OfferedTrack]]


@dataclass(frozen=True, slots=True)
class MaterialAtHand:
    """What was made of the files: tracks by claim and material, and what is told of each file."""

    tracks: TracksByMaterial
    told: list[dict[str, str]]


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


def tracks_of_files(
    made: Composition, claims: Sequence[Claim], files: Sequence[Path]
) -> MaterialAtHand:
    """Files found by their digest in the claims, and read as recordings of tracks where they are.

    Raises:
        InputError: a file is no claim's material, is too large, or holds too much.
    """
    if len(files) > MATERIAL_FILES_MAX:
        raise InputError("material", f"{len(files)} files, at most {MATERIAL_FILES_MAX}")
    tracks: TracksByMaterial = {}
    told = []
    for file in files:
        digest = hashlib.sha256(read_file(file, MATERIAL_BYTES_MAX)).hexdigest()
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
            try:
                recording = made.recording(file, None)
                found = offered_tracks(
                    offered.material, recording.plots(), synthetic=offered.synthetic
                )
            except InputError as error:
                words += f"; not read as tracks: {error}"
            else:
                tracks[index, offered.material] = found
                words += f"; {recording.format_name}, {len(found)} tracks"
                if any(track.accuracy_assumed for track in found):
                    words += ", accuracy of positions assumed where none is stated"
            told.append({"file": file.name, "sha256": digest, "words": words})
    return MaterialAtHand(tracks, told)


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
