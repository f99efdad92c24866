"""Claims of files with all that is at hand beside them, assessed: for the command line and for reports."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from comity.adapters.claim_files import CLAIM_BYTES_MAX
from comity.adapters.place_names import place_index
from comity.domain.agreement import parse_agreement
from comity.domain.alerts.border_lines import BorderLines
from comity.domain.incidents import Assessment, AtHand, Claim, OfferedTrack, assess
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
    text = None if agreement is None else read_text(agreement, TEXT_BYTES_MAX)
    assessed, borders = assess_at_hand(made, claims, hand, data_sets, text)
    digests = tuple(hashlib.sha256(read_file(each, CLAIM_BYTES_MAX)).hexdigest() for each in files)
    return AssessedFiles(assessed, hand, borders, digests)


def assess_at_hand(
    made: Composition,
    claims: Sequence[Claim],
    hand: MaterialAtHand,
    data_sets: Sequence[Path],
    agreement: str | None,
) -> tuple[Assessment, list[BorderLines]]:
    """Assess claims with the material at hand beside them; also the borders that were asked.

    Args:
        made: opens border data.
        claims: in the order in which their material is numbered.
        hand: their material.
        data_sets: files of border lines; none: the packaged set.
        agreement: the text in force then, for leads of notices.
    """
    sources: list[Path | None] = [*data_sets] or [None]
    asked = ask_borders(claims, hand.tracks)
    borders = [made.border_lines(each) for each in sources] if asked else []
    terms = None if agreement is None else parse_agreement(agreement).terms
    named = place_index().named if hand.notices else None
    at_hand = AtHand(frozenset(hand.seen), hand.tracks, hand.notices, borders, terms, named)
    return assess(claims, at_hand), borders
