"""A site is erased: its bytes go from this node's store, their commitments stay, and who did it and why is on record.

docs/decisions/0034: only records to nobody are erased by this; what was told to another party is in its log, and
whoever holds it can be asked to erase it (`erase_at_peer`).
"""

from dataclasses import dataclass
from hashlib import sha256

from comity.application.kept_record import kept_record
from comity.application.node import Node
from comity.domain.records import Draft, Record
from comity.domain.sites import ERASURE, SiteState
from comity.kernel.errors import InputError
from comity.kernel.ids import OperatorId, RecordDigest, SiteId
from comity.kernel.instants import Instant


@dataclass(frozen=True, slots=True)
class SiteErased:
    """What was erased, and what could not be.

    Attributes:
        records: that lost the site; whatever else they say stays.
        told: who was given it in whatever way: their copies are not erased by this.
    """

    erasure: Record
    records: tuple[RecordDigest, ...]
    told: tuple[str, ...]


def erase_site(
    node: Node,
    site: SiteId,
    words: str,
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> SiteErased:
    """Erase an own site that has ended, from every record in which it was entered or proposed.

    The erasure and the erasing are one commit. Freed pages are overwritten (`RecordStore.erase`).

    Raises:
        InputError: no such own site; it has not ended; or it is erased already.
    """
    register = node.sites_of(exercise=exercise)
    own = register.own(site)
    if own is None:
        raise InputError("site", f"{site} is not a site of this party")
    if own.erased:
        raise InputError("site", f"{site} is erased already")
    if own.recorded is not SiteState.ENDED:
        raise InputError(
            "site",
            f"{site} is {own.recorded}: end it first, so that whoever was told is told that too",
        )
    rows, stubs = [], {}
    for digest in register.entered_in(site):
        kept = kept_record(node, digest)
        stub = stubs[digest] = kept.stub_without((site,))
        rows.append({
            "record": digest, "envelope_sha256": kept.envelope_sha256.hex(),
            "stub_sha256": sha256(stub).hexdigest(),
        })  # fmt: skip
    body = {"site": site, "words": words, "records": rows}
    told = sorted({seen.viewer for seen in register.exposures(site)})
    erasure = node.issue(Draft(ERASURE, (), body, operator, exercise=exercise), at)
    for digest, stub in stubs.items():
        node.store.erase(digest, stub)
    return SiteErased(erasure, tuple(stubs), tuple(told))
