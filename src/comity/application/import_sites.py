"""Take in rows of other people's lists: those without a doubt are entered, the others wait for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from comity.application.keep_sites import RENEW_S_ASSUMED, SITE_TOKEN_SIZE_BYTES, read_wish
from comity.application.node import Node
from comity.domain.records import Draft
from comity.domain.sites import (
    ANSWER,
    ENTRIES,
    PROPOSALS,
    ROWS_MAX,
    Candidate,
    Doubt,
    HeldNear,
    OwnSite,
    Proposal,
    SiteEntry,
    SiteRegister,
    same_sites,
)
from comity.domain.sites.candidates import SAME_NAME_M, apart_m, kinds_agree
from comity.kernel.errors import InputError
from comity.kernel.ids import OperatorId, RecordDigest, SiteId
from comity.kernel.instants import Instant

BLIND_SIZE_BYTES = 16


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of a file, and what its reader doubts of it.

    Attributes:
        entry: as `enter_sites` takes them, without a site.
        rows: earlier rows of the file that it may be the same as.
    """

    number: int
    entry: Mapping[str, Any]
    doubts: tuple[Doubt, ...] = ()
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of rows.

    Attributes:
        known: numbers of rows that are held already, to the letter.
    """

    entered: tuple[SiteId, ...]
    proposed: tuple[int, ...]
    known: tuple[int, ...]


def import_rows(
    node: Node,
    file: str,
    sha256: str,
    rows: Sequence[ImportRow],
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> Imported:
    """Enter rows or propose them; nothing held is changed.

    Raises:
        InputError: a field of a row is refused, by number and name; nothing was written.
    """
    if not 1 <= len(rows) <= ROWS_MAX:
        raise InputError("rows", f"{len(rows)} rows, 1 to {ROWS_MAX} at once")
    register = node.sites_of(exercise=exercise)
    entered: list[dict[str, Any]] = []
    proposed: list[Proposal] = []
    known: list[int] = []
    renew_by = str(at.plus_s(RENEW_S_ASSUMED))
    for index, row in enumerate(rows):
        entry = read_wish(_whole(node, row.entry, renew_by), f"rows[{index}]")
        candidate = Candidate(
            row.number, None, entry.kind, entry.names, entry.place, None, entry.owner
        )
        held = held_near(register, candidate)
        if any(own is not None and _identical(own.entry, candidate) for _, own in held):
            known.append(row.number)
            continue
        near = [each for each, _ in held]
        sites = same_sites(candidate, near)
        doubts = (*row.doubts, *((Doubt.DUPLICATE,) if sites else ()))
        if not doubts:
            entered.append(entry.to_body())
            continue
        proposed.append(Proposal(row.number, tuple(dict.fromkeys(doubts)), row.rows, sites, entry))
    if entered:
        node.issue(Draft(ENTRIES, (), {"entries": entered}, operator, exercise=exercise), at)
    if proposed:
        body = {"file": file, "sha256": sha256, "rows": [each.to_body() for each in proposed]}
        node.issue(Draft(PROPOSALS, (), body, operator, exercise=exercise), at)
    return Imported(
        tuple(SiteId(each["site"]) for each in entered),
        tuple(each.number for each in proposed),
        tuple(known),
    )


def answer_proposal_row(
    node: Node,
    proposals: RecordDigest,
    number: int,
    words: str,
    operator: OperatorId,
    at: Instant,
    *,
    enter: bool,
    exercise: bool = False,
) -> SiteId | None:
    """Enter a row that waited, as a site of its own, or leave it; gives the site.

    Raises:
        InputError: nothing waits there.
    """
    register = node.sites_of(exercise=exercise)
    proposal = register.proposal(proposals, number)
    if proposal is None:
        raise InputError("number", f"nothing waits as row {number} of {proposals[:12]}")
    if enter:
        renewed = {**proposal.entry.to_body(), "renew_by": str(at.plus_s(RENEW_S_ASSUMED))}
        node.issue(Draft(ENTRIES, (), {"entries": [renewed]}, operator, exercise=exercise), at)
    word = "entered" if enter else "left"
    body = {"proposals": proposals, "number": number, "answer": word, "words": words}
    node.issue(Draft(ANSWER, (), body, operator, exercise=exercise), at)
    return proposal.entry.site if enter else None


def held_near(
    register: SiteRegister, candidate: Candidate
) -> list[tuple[HeldNear, OwnSite | None]]:
    """Sites of the register, own and notified, within the distance of one name, that a row may be at all.

    Sites whose kind says that they are another are left out; an own one comes with all that is held of it.
    """
    if not len(register):
        return []
    found: list[tuple[HeldNear, OwnSite | None]] = []
    index, ids = register.index()
    near = index.near_point(*candidate.position_deg, SAME_NAME_M)
    for number, away_m in zip(near.number, near.distance_m, strict=True):
        kind = register.own_kind(number)
        if kind is not None and not kinds_agree(candidate.kind, kind):
            continue
        site = ids[number]
        own, theirs = register.own(site), register.theirs(site)
        if own is not None:
            disc = own.entry.place.disc()
            middle_m = apart_m(candidate.position_deg, (disc.latitude_deg, disc.longitude_deg))
            found.append((HeldNear(site, own.entry.kind, own.entry.names, middle_m), own))
        elif theirs is not None and theirs.notified.precision_mm == 0:
            notified = theirs.notified
            found.append((HeldNear(site, notified.kind, notified.names, away_m), None))
    return found


def _identical(entry: SiteEntry, candidate: Candidate) -> bool:
    return (entry.names, entry.place, entry.kind) == (
        candidate.names,
        candidate.place,
        candidate.kind,
    )


def _whole(node: Node, entry: Mapping[str, Any], renew_by: str) -> dict[str, Any]:
    return {
        **entry,
        "site": f"{node.party}/{node.entropy.token(SITE_TOKEN_SIZE_BYTES).hex()}",
        "version": 1,
        "renew_by": entry.get("renew_by") or renew_by,
        "blind": node.entropy.token(BLIND_SIZE_BYTES).hex(),
    }
