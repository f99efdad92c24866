"""What a person does about protected sites: enter, change, renew, end, check, consent, take back, ask."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from comity.application.node import Node
from comity.domain.records import Draft, Record
from comity.domain.sites import (
    CONSENT,
    CONSENT_WITHDRAWAL,
    ENDING,
    ENTRIES,
    EXPOSURE,
    FINDING,
    RENEWAL,
    ROWS_MAX,
    Copy,
    Question,
    SiteAnswer,
    SiteEntry,
    ask,
    entry_from_body,
)
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import OperatorId, PartyId, SiteId, site_id
from comity.kernel.instants import Instant

SITE_TOKEN_SIZE_BYTES: Final = 8  # 16 hex digits after the owner's id
BLIND_SIZE_BYTES: Final = 16
RENEW_S_ASSUMED: Final = 180 * 86_400.0  # half a year, where the owner names no renewal date

_NOBODY: tuple[PartyId, ...] = ()
Body = Mapping[str, Any]


def enter_sites(
    node: Node, wishes: Sequence[Body], operator: OperatorId, at: Instant, *, exercise: bool = False
) -> tuple[Record, tuple[SiteId, ...]]:
    """Enter new sites, or new versions of sites, as one record.

    Args:
        node: this party's.
        wishes: entries as docs/spec/site.md §4 has them, without `version` and `blind`; `site` is left out
            for a new one, `renew_by` for half a year.
        operator: who enters them.
        at: now.
        exercise: in the exercise, never live.

    Raises:
        InputError: a field is refused, by name; nothing was written.
        RecordError: the register does not take it.
    """
    if not 1 <= len(wishes) <= ROWS_MAX:
        raise InputError("sites", f"{len(wishes)} sites, 1 to {ROWS_MAX} at once")
    register = node.sites_of(exercise=exercise)
    rows = []
    for index, wish in enumerate(wishes):
        site = wish.get("site")
        held = None if site is None else register.own(site_id(site))
        if site is not None and held is None:
            raise InputError(f"sites[{index}].site", f"{site} is not a site of this party")
        row = {
            **wish,
            "site": site or f"{node.party}/{node.entropy.token(SITE_TOKEN_SIZE_BYTES).hex()}",
            "version": 1 if held is None else held.entry.version + 1,
            "renew_by": wish.get("renew_by") or str(at.plus_s(RENEW_S_ASSUMED)),
            "blind": node.entropy.token(BLIND_SIZE_BYTES).hex(),
        }
        rows.append(checked_entry(row, f"sites[{index}]"))
    record = _issue(node, ENTRIES, {"entries": rows}, operator, at, exercise=exercise)
    return record, tuple(SiteId(row["site"]) for row in rows)


def checked_entry(row: Body, field: str) -> dict[str, Any]:
    """The very body that an entry is kept as.

    Raises:
        InputError: a field is refused.
    """
    return read_wish(row, field).to_body()


def read_wish(row: Body, field: str) -> SiteEntry:
    """An entry as a person wishes it, whole.

    Raises:
        InputError: a field is refused.
    """
    try:
        return entry_from_body(dict(row), field)
    except RecordError as error:
        name, _, why = error.detail.partition(": ")
        path = name if name.startswith(field) else f"{field}.{name}"
        raise InputError(path, why or error.reason) from error


def renew_site(
    node: Node, site: SiteId, renew_by: Instant, operator: OperatorId, at: Instant,
    *, exercise: bool = False,
) -> Record:  # fmt: skip
    """Say that an entry still holds."""
    body = {"site": site, "renew_by": str(renew_by)}
    return _issue(node, RENEWAL, body, operator, at, exercise=exercise)


def end_site(
    node: Node, site: SiteId, words: str, operator: OperatorId, at: Instant,
    *, exercise: bool = False,
) -> Record:  # fmt: skip
    """Say that there is nothing to protect at a place any more."""
    return _issue(node, ENDING, {"site": site, "words": words}, operator, at, exercise=exercise)


def check_site(
    node: Node, site: SiteId, finding: str, origin: Body, words: str, operator: OperatorId,
    at: Instant, *, exercise: bool = False,
) -> Record:  # fmt: skip
    """Confirm or dispute a site, own or a peer's; of a peer's, its owner is told.

    Raises:
        InputError: no such site is known here.
    """
    register = node.sites_of(exercise=exercise)
    own, theirs = register.own(site), register.theirs(site)
    if own is not None:
        version, recipients = own.entry.version, _NOBODY
    elif theirs is not None and not theirs.withdrawn:
        version, recipients = theirs.notified.version, (PartyId(site.partition("/")[0]),)
    else:
        raise InputError("site", f"{site} is not known here")
    body = {
        "site": site, "version": version, "finding": finding, "origin": dict(origin), "words": words,
    }  # fmt: skip
    draft = Draft(FINDING, recipients, body, operator, exercise=exercise)
    return node.issue(draft, at)


def consent(
    node: Node, said: Body, operator: OperatorId, at: Instant, *, exercise: bool = False
) -> Record:
    """Let a recipient know of sites, as finely as is said; the node then owes it what it may know."""
    _check_owned(node, said.get("sites"), exercise=exercise)
    return _issue(node, CONSENT, said, operator, at, exercise=exercise)


def take_back_consent(
    node: Node,
    recipient: PartyId,
    sites: Sequence[SiteId] | None,
    words: str,
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> tuple[Record, tuple[Copy, ...]]:
    """Take a consent back; gives who was given copies of these sites, in whatever way."""
    _check_owned(node, sites, exercise=exercise)
    body = {"recipient": recipient, "sites": None if sites is None else list(sites), "words": words}
    record = _issue(node, CONSENT_WITHDRAWAL, body, operator, at, exercise=exercise)
    register = node.sites_of(exercise=exercise)
    named = [site for site in register.sites() if register.own(site)] if sites is None else sites
    return record, register.copies(named)


def note_exposure(
    node: Node, said: Body, operator: OperatorId, at: Instant, *, exercise: bool = False
) -> Record:
    """Note that somebody saw sites in a way that the node does not know of: on paper, by telephone."""
    _check_owned(node, said.get("sites"), exercise=exercise)
    return _issue(node, EXPOSURE, said, operator, at, exercise=exercise)


def ask_sites(node: Node, question: Question, at: Instant, *, exercise: bool = False) -> SiteAnswer:
    """What this node can say of a place; never that it is clear (L-19). People ask by `query_register`."""
    movements = node.movements_of(exercise=exercise)
    return ask(node.sites_of(exercise=exercise), question, at, movements)


def _check_owned(node: Node, sites: object, *, exercise: bool) -> None:
    if not isinstance(sites, list | tuple):
        return
    register = node.sites_of(exercise=exercise)
    for index, site in enumerate(sites):
        if register.own(site_id(site)) is None:
            raise InputError(f"sites[{index}]", f"{site} is not a site of this party")


def _issue(
    node: Node, kind: str, body: Body, operator: OperatorId, at: Instant, *, exercise: bool
) -> Record:
    return node.issue(Draft(kind, (), dict(body), operator, exercise=exercise), at)
