"""The claims of an incident, assessed with the material that is filed in it."""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from comity.adapters.place_names import place_index
from comity.application.keep_incidents import Weighed, contents_of
from comity.application.node import Node
from comity.domain.agreement import Terms
from comity.domain.incidents import AtHand, Version, assess
from comity.entrypoints.api.claim_material import (
    MATERIAL_BYTES_MAX,
    MaterialAtHand,
    OpenedRecording,
    ask_borders,
    take_material,
)
from comity.entrypoints.api.context import ApiContext
from comity.kernel.errors import InputError
from comity.kernel.ids import ClaimId, IncidentId
from comity.kernel.instants import Instant

Versions = Sequence[tuple[ClaimId, Version]]
Contents = Mapping[str, tuple[str, bytes]]


async def weigh_incident(
    context: ApiContext, incident: IncidentId, paths: Sequence[str], *, exercise: bool
) -> Weighed:
    """Assess the last versions of the claims in an incident that stand.

    Args:
        context: the node.
        incident: this party's own.
        paths: more material, on the node's machine.
        exercise: in which world.

    Raises:
        InputError: it has no claim, or a file cannot be read or is no claim's material.
    """

    def gather(node: Node, at: Instant) -> tuple[Versions, Contents, Terms | None]:
        book = node.incidents_of(exercise=exercise)
        held = book.get(incident)
        found = [(each.id, each.last.version) for each in book.claims_in(held) if each.stands]
        begins = held.opening.begins
        terms = node.terms(at if begins is None else begins.instant)
        return found, contents_of(node, held), terms

    gathered = await context.service.do(gather)
    versions, contents, terms = gathered
    if not versions:
        raise InputError("incident", f"{incident} has no claim that stands")
    return await asyncio.to_thread(_weigh, context, versions, contents, paths, terms)


def _weigh(
    context: ApiContext,
    versions: Versions,
    contents: Contents,
    paths: Sequence[str],
    terms: Terms | None,
) -> Weighed:
    claims = [version.claim for _, version in versions]
    hand = MaterialAtHand()
    opened = context.recording or _reads_none
    with tempfile.TemporaryDirectory(prefix="comity-material-") as folder:
        for sha256, (name, content) in contents.items():
            file = Path(folder) / f"{sha256}{Path(name).suffix}"
            file.write_bytes(content)
            take_material(hand, opened, claims, name, content, file)
        for path in paths:
            content = _read(Path(path))
            if not take_material(hand, opened, claims, Path(path).name, content, Path(path)):
                raise InputError("material", f"{path} is the material of no claim in it")
    data_sets = []
    if context.border_lines is not None and ask_borders(claims, hand.tracks):
        data_sets = [context.border_lines(None)]
    named = place_index().named if hand.notices else None
    at_hand = AtHand(frozenset(hand.seen), hand.tracks, hand.notices, data_sets, terms, named)
    digests = {claims[index].material[name].sha256 for index, name in hand.seen}
    return Weighed(assess(claims, at_hand), versions, {each for each in digests if each})


def _reads_none(file: Path, begins: str | None) -> OpenedRecording:
    """Where no decoder was handed in: told of each file, as of one that is no recording."""
    del file, begins
    raise InputError("recording", "this process reads none")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MATERIAL_BYTES_MAX + 1)
    except OSError as error:
        raise InputError("material", f"{path}: {error.strerror or 'cannot be read'}") from error
    if len(content) > MATERIAL_BYTES_MAX:
        raise InputError("material", f"{path}: more than {MATERIAL_BYTES_MAX} bytes")
    return content
