"""Claim files and material as a person hands them to the command line."""

import base64
import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path

from comity.adapters.claim_files import CLAIM_BYTES_MAX, offset_s, tree_of
from comity.domain.incidents import Claim, claim_of
from comity.entrypoints.api.claim_material import (
    MATERIAL_BYTES_MAX,
    MATERIAL_FILES_MAX,
    MaterialAtHand,
    take_material,
)
from comity.entrypoints.api.incident_messages import PapersTold
from comity.entrypoints.cli.access import Composition, open_node
from comity.entrypoints.cli.files import read_file
from comity.kernel.errors import InputError
from comity.kernel.ids import MINTED_ID


def tree_of_file(file: Path) -> dict[str, object]:
    """A claim file as a tree, read whole: its zones are tested by this machine's time zone data.

    Raises:
        InputError: it cannot be read or is refused; names file and field.
    """
    tree = tree_of(read_file(file, CLAIM_BYTES_MAX), file.name)
    try:
        claim_of(tree, offset_s)
    except InputError as error:
        raise InputError(f"{file.name}: {error.field}", error.why) from error
    if not isinstance(tree, dict):
        raise InputError(file.name, "is not a table of named fields")
    return tree


def claims_of_files(files: Sequence[Path]) -> list[Claim]:
    """The claims of files, in their order.

    Raises:
        InputError: a file cannot be read or is refused; names file and field.
    """
    return [claim_of(tree_of_file(file), offset_s) for file in files]


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
        if not take_material(hand, made.recording, claims, file.name, content, file):
            digest = hashlib.sha256(content).hexdigest()
            raise InputError(str(file), f"SHA-256 {digest} is the material of no claim given here")
    return hand


def papers_of(
    made: Composition, home: Path, operator: str | None, stated: Sequence[str], *, exercise: bool
) -> PapersTold | None:
    """What the node holds of an incident that is named by its id; None where files are named."""
    ids = [each for each in stated if MINTED_ID.fullmatch(each) and not Path(each).exists()]
    if not ids:
        return None
    if len(stated) > 1:
        raise InputError("files", f"one incident alone, or files: {len(stated)} are named")
    with open_node(made, home, operator) as client:
        return client.get(f"/v1/incidents/{ids[0]}/papers", PapersTold, exercise=exercise)


def claims_of_papers(papers: PapersTold) -> list[Claim]:
    """The claims of an incident, in its order; their zones were tested when they came."""
    if not papers.claims:
        raise InputError("incident", "has no claim that stands")
    return [claim_of(each.document) for each in papers.claims]


def material_of_papers(
    made: Composition, hand: MaterialAtHand, claims: Sequence[Claim], papers: PapersTold
) -> None:
    """Take the files of an incident; one that no claim offers is filed for another reason."""
    with tempfile.TemporaryDirectory(prefix="comity-material-") as folder:
        for each in papers.files:
            content = base64.b64decode(each.content_base64)
            file = Path(folder) / f"{each.sha256}{Path(each.name).suffix}"
            file.write_bytes(content)
            take_material(hand, made.recording, claims, each.name, content, file)
