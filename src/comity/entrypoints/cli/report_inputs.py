"""What a report on an incident is made from."""

from dataclasses import dataclass

from comity.adapters.svg_figures import BorderPiece
from comity.domain.incidents import Assessment, OfferedTrack
from comity.domain.reconstruction import Divergence, Heard, Knowledge
from comity.kernel.sentences import Sentence


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file that the report was made from; `what` it is, said by us or as its maker said."""

    name: str
    what: Sentence | str
    sha256: str


@dataclass(frozen=True, slots=True)
class BundleShown:
    """What verifying an evidence bundle said.

    Attributes:
        file: its name.
        sha256: of its bytes.
        title, maker, made_at: as its manifest has them.
        shown, withheld, material: how many records and files.
        roots: each party with the SHA-256 of its root key.
        not_shown: what nobody may read into it (docs/spec/bundle.md §6).
        stamped: whether a time-stamp is in it.
    """

    file: str
    sha256: str
    title: str
    maker: str
    made_at: str
    shown: int
    withheld: int
    material: int
    roots: tuple[str, ...]
    not_shown: tuple[Sentence, ...]
    stamped: bool


@dataclass(frozen=True, slots=True)
class ReportInputs:
    """What a report is made from.

    Attributes:
        assessed: the claims, assessed.
        files: claim files and material, by digest.
        tracks: of the material at hand.
        borders: lines for the map, and what they are.
        border_words: whose view the lines are.
        divergences: rival tracks, pair by pair.
        knowledge: answers to who knew what, when.
        records: those that belong to the incident, as this node took them in.
        bundle: what verifying a bundle said; None: none was given.
        command: how to make the report again.
    """

    assessed: Assessment
    files: tuple[InputFile, ...]
    tracks: tuple[OfferedTrack, ...] = ()
    borders: tuple[BorderPiece, ...] = ()
    border_words: str = ""
    divergences: tuple[Divergence, ...] = ()
    knowledge: tuple[Knowledge, ...] = ()
    records: tuple[Heard, ...] = ()
    bundle: BundleShown | None = None
    command: str = ""
