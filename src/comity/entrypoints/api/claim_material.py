"""Claims and the material that they name: found by digest, and read as tracks or notices where they are."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from comity.domain.incidents import Claim, OfferedTrack, offered_tracks
from comity.domain.notices import Notice
from comity.domain.tracks import Plot
from comity.entrypoints.api.notice_reading import NOTICE_BYTES_MAX, notice_of_file, read_notice
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


class OpenedRecording(Protocol):
    """A recording of tracks, opened."""

    @property
    def format_name(self) -> str:
        """What it is."""
        ...

    def plots(self) -> Iterator[Plot]:
        """Its plots, in the order of the file."""
        ...


OpenRecording = Callable[[Path, str | None], OpenedRecording]
"""Opens a recording of whatever known format; raises InputError where it is none."""


def named_by(claims: Sequence[Claim], digest: str) -> list[tuple[int, str]]:
    """Where claims offer the bytes of a digest: the claim's place and the material's name."""
    return [
        (index, offered.material)
        for index, claim in enumerate(claims)
        for offered in claim.material.values()
        if offered.sha256 == digest
    ]


def take_material(
    hand: MaterialAtHand,
    opened: OpenRecording,
    claims: Sequence[Claim],
    name: str,
    content: bytes,
    file: Path,
) -> bool:
    """Take one file: found by its digest in the claims, and read as a notice or as tracks where it is.

    Args:
        hand: it is added here.
        opened: opens recordings.
        claims: that may offer it.
        name: of the file, for what is told.
        content: its bytes.
        file: where they lie.

    Returns:
        Whether any claim offers it; where none does, nothing is added.
    """
    digest = hashlib.sha256(content).hexdigest()
    named = named_by(claims, digest)
    for key in named:
        index, material = key
        offered = claims[index].material[material]
        words = f"{material} of {claims[index].claimant}, by its digest"
        hand.seen.add(key)
        notice = _notice_of(content)
        if notice is not None:
            hand.notices[key] = notice
            hand.told.append({"file": name, "sha256": digest, "words": f"{words}; a notice"})
            continue
        try:
            recording = opened(file, None)
            found = offered_tracks(material, recording.plots(), synthetic=offered.synthetic)
        except InputError as error:
            words += f"; not read as tracks: {error}"
        else:
            hand.tracks[key] = found
            words += f"; {recording.format_name}, {len(found)} tracks"
            if any(track.accuracy_assumed for track in found):
                words += ", accuracy of positions assumed where none is stated"
        hand.told.append({"file": name, "sha256": digest, "words": words})
    return bool(named)


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
