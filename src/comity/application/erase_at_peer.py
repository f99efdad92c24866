"""An owner asks a party that was told of sites to erase them; a person there does it or says why not.

Nothing is erased at somebody's wish alone: what a party was told is also its evidence. docs/decisions/0063.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from comity.application.kept_record import kept_record
from comity.application.node import Node
from comity.domain.records import Draft, Record
from comity.domain.sites import REPLY, REQUEST, Asked, ErasureWord
from comity.domain.sites.peer_erasure import RECORDS_MAX, SITES_MAX
from comity.kernel.errors import InputError
from comity.kernel.ids import OperatorId, PartyId, RecordDigest, SiteId
from comity.kernel.instants import Instant


@dataclass(frozen=True, slots=True)
class ErasureAnswered:
    """What a holder did.

    Attributes:
        records: notices of which only a stub is left; none where it refused.
    """

    answer: Record
    records: tuple[RecordDigest, ...]


def ask_to_erase(
    node: Node,
    holder: PartyId,
    sites: Sequence[SiteId],
    words: str,
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> tuple[Record, int]:
    """Ask a party to erase all that it was told of own sites; gives the request and how many notices it names.

    Raises:
        InputError: the pairing with that party was ended, so that no answer can come; or a site is not this
            party's, was never told there, was not taken back yet, stands in a notice about which an earlier
            request is not answered, or is erased there already. The very same may be asked again once it is
            overdue: a holder of an earlier version kept the first one unread, for good.
    """
    removed_at = node.removed.get(holder)
    if removed_at is not None:
        why = f"{holder} is a peer no more since {removed_at}: nothing reaches it, and what it holds is not known"
        raise InputError("recipient", why)
    if not 1 <= len(sites) <= SITES_MAX:
        raise InputError("sites", f"{len(sites)} sites, 1 to {SITES_MAX} at once")
    register = node.sites_of(exercise=exercise)
    erasures = register.peer_erasures
    notices: dict[RecordDigest, None] = {}
    for index, site in enumerate(dict.fromkeys(sites)):
        field = f"sites[{index}]"
        if register.own(site) is None:
            raise InputError(field, f"{site} is not a site of this party")
        told = register.told_in(site, holder)
        if not told:
            raise InputError(field, f"{holder} was told nothing of {site}")
        if register.is_told(site, holder):
            why = f"{site} is not taken back at {holder} yet: withdraw the consent or end the site first"
            raise InputError(field, why)
        left = [each for each in told if site not in erasures.gone_from(each, holder)]
        if not left:
            raise InputError(field, f"{holder} has erased {site} already")
        for notice in left:
            _check_not_open(erasures.open_about(notice), sites, field, at)
        notices.update(dict.fromkeys(left))
    if len(notices) > RECORDS_MAX:
        raise InputError("sites", f"{len(notices)} notices told of them, at most {RECORDS_MAX}")
    rows = []
    for digest in notices:
        kept = kept_record(node, digest)
        stub = kept.stub_without((*erasures.gone_from(digest, holder), *sites))
        rows.append({
            "record": digest, "envelope_sha256": kept.envelope_sha256.hex(),
            "stub_sha256": sha256(stub).hexdigest(),
        })  # fmt: skip
    body = {"sites": list(dict.fromkeys(sites)), "words": words, "records": rows}
    record = node.issue(Draft(REQUEST, (holder,), body, operator, exercise=exercise), at)
    return record, len(rows)


def answer_erasure(
    node: Node,
    request: RecordDigest,
    word: ErasureWord,
    words: str,
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> ErasureAnswered:
    """Erase what a request names, or refuse it; the answer and the erasing are one commit.

    Raises:
        InputError: there is no such request or it is answered; an own incident holds a record of it; or what
            would be left is not what the owner has signed.
    """
    asked = node.sites_of(exercise=exercise).peer_erasures.get(request)
    if asked is None or asked.holder != node.party:
        raise InputError("request", f"{request[:12]} is no request to this party")
    if asked.answer is not None:
        raise InputError("request", f"{request[:12]} was answered: {asked.answer.word}")
    stubs = _stubs(node, asked, exercise=exercise) if word is ErasureWord.ERASED else {}
    body = {"request": request, "answer": word.value, "words": words}
    draft = Draft(REPLY, (asked.owner,), body, operator, exercise=exercise)
    answer = node.issue(draft, at)
    for digest, stub in stubs.items():
        node.store.erase(digest, stub)
    return ErasureAnswered(answer, tuple(stubs))


def _check_not_open(asked: Asked | None, sites: Sequence[SiteId], field: str, at: Instant) -> None:
    """Two stubs of one notice would name what neither becomes; the very same again names the same."""
    if asked is None:
        return
    why = f"{asked.holder} has not answered {asked.record[:12]} about the same notice yet"
    if set(asked.request.sites) != set(sites):
        raise InputError(field, why)
    if not asked.overdue(at):
        raise InputError(field, f"{why}; it may be asked again from {asked.due_at}")


def _stubs(node: Node, asked: Asked, *, exercise: bool) -> dict[RecordDigest, bytes]:
    in_use = {
        key.digest: held.opening.incident
        for held in node.incidents_of(exercise=exercise).incidents()
        for key in held.links
    }
    stubs = {}
    for row in asked.request.records:
        if row.record in in_use:
            why = f"incident {in_use[row.record]} rests on {row.record[:12]}: refuse, or unlink it first"
            raise InputError("answer", why)
        kept = kept_record(node, row.record) if node.knows(row.record) else None
        if kept is None or kept.record.author != asked.owner:
            raise InputError("request", f"{row.record[:12]} is no record of {asked.owner} here")
        stub = kept.stub_without(asked.request.sites)
        found = (kept.envelope_sha256.hex(), sha256(stub).hexdigest())
        if found != (row.envelope_sha256, row.stub_sha256):
            why = f"what would be left of {row.record[:12]} is not what {asked.owner} has signed"
            raise InputError("request", why)
        stubs[row.record] = stub
    return stubs
