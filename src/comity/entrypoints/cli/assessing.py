"""Claims of files with all that is at hand beside them, assessed: for the command line and for reports."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from comity.adapters.claim_files import CLAIM_BYTES_MAX
from comity.adapters.place_names import place_index
from comity.domain.agreement import parse_agreement
from comity.domain.alerts.border_lines import BorderLines
from comity.domain.incidents import Assessment, AtHand, OfferedTrack, assess
from comity.entrypoints.api.claim_material import MaterialAtHand, ask_borders
from comity.entrypoints.cli.access import Composition
from comity.entrypoints.cli.claims_at_hand import (
    claims_of_files,
    material_of_files,
)
from comity.entrypoints.cli.files import TEXT_BYTES_MAX, read_file, read_text


@dataclass(frozen=True, slots=True)
class AssessedFiles:
    """An assessment, and what it was made of.

    Attributes:
        data_sets: borders that were asked; none where nothing can be held against one.
        claim_digests: SHA-256 of each claim file, in their order.
    """

    assessed: Assessment
    hand: MaterialAtHand
    data_sets: list[BorderLines]
    claim_digests: tuple[str, ...]

    def tracks(self) -> list[tuple[int, OfferedTrack]]:
        """Every track at hand, named by its claimant, with the place of the claim that offers it."""
        return [
            (
                index,
                replace(
                    track, material=f"{track.material} of {self.assessed.claims[index].claimant}"
                ),
            )
            for (index, _), tracks in sorted(self.hand.tracks.items())
            for track in tracks
        ]


def assess_files(
    made: Composition,
    files: Sequence[Path],
    material: Sequence[Path],
    data_sets: Sequence[Path],
    agreement: Path | None,
) -> AssessedFiles:
    """Assess claim files.

    Raises:
        InputError: a file is refused; names it, the field and the limit.
    """
    claims = claims_of_files(files)
    hand = material_of_files(made, claims, material)
    asked = ask_borders(claims, hand.tracks)
    sources: list[Path | None] = [*data_sets] or [None]
    borders = [made.border_lines(each) for each in sources] if asked else []
    terms = None
    if agreement is not None:
        terms = parse_agreement(read_text(agreement, TEXT_BYTES_MAX)).terms
    named = place_index().named if hand.notices else None
    at_hand = AtHand(frozenset(hand.seen), hand.tracks, hand.notices, borders, terms, named)
    digests = tuple(hashlib.sha256(read_file(each, CLAIM_BYTES_MAX)).hexdigest() for each in files)
    return AssessedFiles(assess(claims, at_hand), hand, borders, digests)
