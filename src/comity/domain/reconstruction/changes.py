"""How records of each kind become changes of what stands.

A record changes what its author may speak of: of a flight, only its owner says what became of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from comity.domain.reconstruction.heard import Heard
from comity.kernel.errors import InputError
from comity.kernel.ids import PartyId, RecordDigest
from comity.kernel.instants import Instant, instant_from_canonical

ITEM_WORDS_MAX = 400  # characters of one item's words
CELL_FIELDS = 3  # cell, band, slot
OFFERED = "version "  # a further version of a flight, beside the one accepted
PROPOSED, ANNOUNCED = "proposed, not accepted", "announced, not deconflicted"
ACCEPTED, CONTESTED, WITHDRAWN = "accepted", "contested", "withdrawn"


Figure = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing said of one item.

    Attributes:
        family: flights, messages, alerts, notices, sites, movements, areas, feeds, lines, watch.
        key: which item.
        at: from when it holds, by its author.
        known_at: when this node took it in.
        status: a word.
        ends_item: whether the item is over with it.
        holds: the time that the item is about: a flight's volumes, a notice's window; None: none is stated.
        words: what was said, as it was written.
        author: who said it.
        digest: of the record.
        aside: an answer that leaves the item as it is.
        about: of a flight, the proposal or announcement whose volumes it is about; None: of anything else.
        estimate: of an alert raised, the figures that its net had, on filtered tracks that are not kept: whole
            numbers with their unit in the name, words, or None. No plot, and no position of an aircraft.
    """

    family: str
    key: str
    at: Instant
    known_at: Instant
    status: str
    ends_item: bool
    holds: tuple[Instant, Instant] | None
    words: str
    author: PartyId
    digest: RecordDigest
    exercise: bool
    aside: bool = False
    about: RecordDigest | None = None
    estimate: tuple[tuple[str, Figure], ...] = ()


@dataclass(slots=True)
class Offer:
    """One version of a flight: who must assent to it by when, and who has."""

    owner: PartyId
    required: frozenset[str]
    decide_by: Instant | None
    assents: dict[str, RecordDigest] = field(default_factory=dict)


@dataclass(slots=True)
class Told:
    """What was told before: the item of each record, its time, the versions of each flight, own sites.

    Attributes:
        here: whose node it is; None: not known, and its own answers are not asked for.
        accepted, newest: of each flight, the version accepted and the version proposed last.
    """

    here: PartyId | None = None
    items: dict[RecordDigest, tuple[str, str]] = field(default_factory=dict)
    holds: dict[RecordDigest, tuple[Instant, Instant] | None] = field(default_factory=dict)
    offers: dict[RecordDigest, Offer] = field(default_factory=dict)
    accepted: dict[str, RecordDigest] = field(default_factory=dict)
    newest: dict[str, RecordDigest] = field(default_factory=dict)
    entered: set[str] = field(default_factory=set)  # sites of this party's own register


_Made = Callable[[Heard, Told], list[Change]]


def changes_of(heard: Heard, known: Told) -> list[Change]:
    """What one record changes; kinds that say nothing of the sky change nothing."""
    make = _MAKERS.get(heard.kind)
    return [] if make is None else make(heard, known)


def _change(heard: Heard, family: str, key: str, status: str, **more: Any) -> Change:
    fields: dict[str, Any] = {"ends_item": False, "holds": None, "words": ""} | more
    fields["words"] = str(fields["words"])[:ITEM_WORDS_MAX]
    fields.setdefault("at", heard.made_at)
    return Change(
        family=family, key=key, known_at=heard.received_at, status=status, author=heard.author,
        digest=heard.digest, exercise=heard.exercise, **fields,
    )  # fmt: skip


def _instants(value: object) -> list[Instant]:
    """Every instant of a body, at any depth; what is none is passed over."""
    found: list[Instant] = []
    level: list[object] = [value]
    while level:
        item = level.pop()
        if isinstance(item, str):
            try:
                found.append(instant_from_canonical(item))
            except InputError:
                continue
        elif isinstance(item, Mapping):
            level += item.values()
        elif isinstance(item, list | tuple):
            level += item
    return found


def _window(*values: object) -> tuple[Instant, Instant] | None:
    found = _instants(list(values))
    return (min(found), max(found)) if len(found) > 1 else None


def _flight_window(footprint: object) -> tuple[Instant, Instant] | None:
    """The time of a flight's volumes, or of the cells that it is shown as; None: it states none."""
    cover = footprint.get("cells") if isinstance(footprint, Mapping) else None
    if not isinstance(cover, Mapping):
        return _window(footprint)
    rows, slot_s = cover.get("cells"), cover.get("slot_s")
    slots = (
        [row[2] for row in rows if isinstance(row, list | tuple) and len(row) == CELL_FIELDS]
        if isinstance(rows, list | tuple)
        else []
    )
    if not slots or not isinstance(slot_s, int) or not all(isinstance(each, int) for each in slots):
        return None
    try:
        return Instant(min(slots) * slot_s * 1000), Instant((max(slots) + 1) * slot_s * 1000)
    except InputError:
        return None


def _proposal(heard: Heard, known: Told) -> list[Change]:
    """A first version stands as proposed; a further one is beside the one that is accepted until it is itself."""
    body, key = heard.body, str(heard.body.get("intent"))
    words = body.get("callsign") or "without a callsign"
    required = body.get("required")
    decide_by = _instants(body.get("decide_by"))
    known.offers[heard.digest] = Offer(
        heard.author,
        frozenset(map(str, required if isinstance(required, list | tuple) else ())),
        decide_by[0] if decide_by else None,
    )
    known.newest[key] = heard.digest
    beside = key in known.accepted
    status = f"{OFFERED}{body.get('version')} proposed" if beside else PROPOSED
    window = _flight_window(body.get("footprint"))
    return [
        _change(heard, "flights", key, status, holds=window, words=words, aside=beside,
                about=heard.digest)
    ]  # fmt: skip


def _announcement(heard: Heard, known: Told) -> list[Change]:
    body, key = heard.body, str(heard.body.get("intent"))
    words = body.get("callsign") or "without a callsign"
    if body.get("ends") is not None:
        begun = known.items.get(RecordDigest(str(body.get("ends"))))
        if begun is None or known.offers[RecordDigest(str(body.get("ends")))].owner != heard.author:
            return []
        return [_change(heard, *begun, "ended", ends_item=True, words=words)]
    known.offers[heard.digest] = Offer(heard.author, frozenset(), None)
    window = _flight_window(body.get("footprint"))
    return [
        _change(heard, "flights", key, ANNOUNCED, holds=window, words=words, about=heard.digest)
    ]


def _offered(heard: Heard, known: Told, *, by_owner: bool = True) -> RecordDigest | None:
    """The version that a record is about; None: no such one is here, or it is another's and not his to speak of."""
    proposal = RecordDigest(str(heard.body.get("proposal")))
    offer = known.offers.get(proposal)
    if offer is None or (by_owner and offer.owner != heard.author):
        return None
    return proposal


def _acceptance(heard: Heard, known: Told) -> list[Change]:
    proposal = _offered(heard, known)
    if proposal is None:
        return []
    item, offer = known.items[proposal], known.offers[proposal]
    known.accepted[item[1]] = proposal
    rows = heard.body.get("assents")
    named = {
        str(row.get("party")): row.get("digest")
        for row in (rows if isinstance(rows, list | tuple) else ())
        if isinstance(row, Mapping)
    }
    whole = (
        named.keys() == offer.required
        and all(
            named.get(each) == digest
            for each, digest in offer.assents.items()
            if each in offer.required
        )
        and (offer.decide_by is None or heard.made_at <= offer.decide_by)
        and (known.here not in offer.required or known.here in offer.assents)
    )
    status = ACCEPTED if whole else CONTESTED
    return [_change(heard, *item, status, holds=known.holds.get(proposal), about=proposal)]


def _intent_withdrawal(heard: Heard, known: Told) -> list[Change]:
    """What is withdrawn ends the flight, unless another version of it stands."""
    proposal = _offered(heard, known)
    if proposal is None:
        return []
    item = known.items[proposal]
    key, words = item[1], heard.body.get("reason", "")
    aside = known.accepted.get(key, known.newest[key]) != proposal
    if not aside:
        known.accepted.pop(key, None)
    return [
        _change(heard, *item, WITHDRAWN, ends_item=not aside, aside=aside, words=words,
                about=proposal)
    ]  # fmt: skip


def _of_proposal(status: str) -> _Made:
    def make(heard: Heard, known: Told) -> list[Change]:
        proposal = _offered(heard, known, by_owner=False)
        if proposal is None:
            return []
        if status == "assent":
            known.offers[proposal].assents.setdefault(heard.author, heard.digest)
        words = heard.body.get("reason", "")
        return [_change(heard, *known.items[proposal], status, aside=True, words=words)]

    return make


def _intent_state(heard: Heard, known: Told) -> list[Change]:
    """What became of a flight; outside its volumes it may be for longer than they last."""
    proposal = _offered(heard, known)
    if proposal is None:
        return []
    item, state = known.items[proposal], str(heard.body.get("state"))
    ended, holds = state == "ended", known.holds.get(proposal)
    outside = _flight_window(heard.body.get("off_nominal"))
    if holds is not None and outside is not None:
        holds = min(holds[0], outside[0]), max(holds[1], outside[1])
    aside = known.accepted.get(item[1], proposal) != proposal
    if ended and not aside:
        known.accepted.pop(item[1], None)
    return [
        _change(heard, *item, state, ends_item=ended and not aside, aside=aside, holds=holds,
                about=proposal)
    ]  # fmt: skip


def _said(heard: Heard, known: Told) -> list[Change]:
    del known
    what = heard.kind.removeprefix("line.")
    precedence = str(heard.body.get("precedence", ""))
    words = heard.body.get("text") or heard.body.get("words") or ""
    until = _instants(heard.body.get("until"))
    holds = (heard.made_at, max(until)) if until else None
    status = f"{what} {precedence}".strip()
    return [_change(heard, "messages", heard.digest, status, words=words, holds=holds)]


def _answer(status: str, *, ends: bool = False) -> _Made:
    def make(heard: Heard, known: Told) -> list[Change]:
        item = known.items.get(
            RecordDigest(str(heard.body.get("message", heard.body.get("record"))))
        )
        if item is None:
            return []
        words = (
            heard.body.get("remark") or heard.body.get("answer") or heard.body.get("echelon") or ""
        )
        return [_change(heard, *item, status, aside=not ends, ends_item=ends, words=words)]

    return make


def _estimate(basis: object) -> tuple[tuple[str, Figure], ...]:
    rows = basis.items() if isinstance(basis, Mapping) else ()
    return tuple((str(name), value) for name, value in rows if isinstance(value, Figure))


def _alert(heard: Heard, known: Told) -> list[Change]:
    del known
    body = heard.body
    name = {"alert.raised": "raised_at", "alert.acknowledged": "acknowledged_at"}.get(heard.kind)
    stated = _instants(body.get(name or "cleared_at"))
    at = stated[0] if stated else heard.made_at
    words = " ".join(str(each) for each in body.get("subjects", ()))
    status = f"{body.get('net', '')} {body.get('severity', '')}".strip()
    key = str(body.get("alert"))
    if heard.kind == "alert.acknowledged":
        return [_change(heard, "alerts", key, "acknowledged", at=at, aside=True)]
    cleared = heard.kind == "alert.cleared"
    return [
        _change(heard, "alerts", key, "cleared" if cleared else status, at=at, ends_item=cleared,
                words=words, estimate=_estimate(body.get("basis")))
    ]  # fmt: skip


def _notice(heard: Heard, known: Told) -> list[Change]:
    del known
    body = heard.body
    window = _window(body.get("starts"), body.get("ends"))
    words = f"{body.get('activity', '')}: {body.get('description', '')}"
    return [
        _change(heard, "notices", str(body.get("notice")), "notified", holds=window, words=words)
    ]


def _cancelled(heard: Heard, known: Told) -> list[Change]:
    del known
    key, words = str(heard.body.get("notice")), heard.body.get("reason", "")
    return [_change(heard, "notices", key, "cancelled", ends_item=True, words=words)]


def _sites(status: str, *, ends: bool = False) -> _Made:
    def make(heard: Heard, known: Told) -> list[Change]:
        rows = heard.body.get("sites") or heard.body.get("entries") or [heard.body]
        found = []
        for row in rows if isinstance(rows, list | tuple) else ():
            site = row.get("site") if isinstance(row, Mapping) else row
            words = str(row.get("kind", "")) if isinstance(row, Mapping) else ""
            if not isinstance(site, str):
                continue
            if heard.kind == "site.entries":
                known.entered.add(site)
            # what is taken back from one party alone stays in the register of whoever entered it
            aside = heard.kind == "site.withdrawal" and site in known.entered
            more = {"ends_item": ends and not aside, "aside": aside, "words": words}
            found.append(_change(heard, "sites", site, status, **more))
        return found

    return make


def _file(family: str, name: str, status: str, *, ends: bool = False) -> _Made:
    def make(heard: Heard, known: Told) -> list[Change]:
        del known
        key = str(heard.body.get(name, ""))
        return [_change(heard, family, key, status, ends_item=ends)]

    return make


def _line_state(heard: Heard, known: Told) -> list[Change]:
    """How one side says that the line stands; it stands until that side says otherwise."""
    del known
    body, others = heard.body, " ".join(heard.recipients)
    key = f"{heard.author} {others}".strip()
    status = f"line {body.get('state', '')}".strip()
    return [_change(heard, "lines", key, status, words=body.get("why") or "")]


def _watch(heard: Heard, known: Told) -> list[Change]:
    """Who has the watch at an echelon; nobody ends it."""
    del known
    body = heard.body
    key, officer = f"{heard.author} {body.get('echelon', '')}".strip(), body.get("officer")
    words = f"{officer or ''} {body.get('echelon', '')}".strip()
    return [_change(heard, "watch", key, "on watch", ends_item=officer is None, words=words)]


def _movement(status: str, *, ends: bool = False) -> _Made:
    def make(heard: Heard, known: Told) -> list[Change]:
        del known
        body, key = heard.body, str(heard.body.get("movement"))
        route = body.get("route")
        window = _window(route) if isinstance(route, Mapping) else None
        words = str(body.get("kind", ""))
        return [_change(heard, "movements", key, status, ends_item=ends, holds=window, words=words)]

    return make


_MAKERS: Mapping[str, _Made] = {
    "intent.proposal": _proposal,
    "intent.announcement": _announcement,
    "intent.acceptance": _acceptance,
    "intent.withdrawal": _intent_withdrawal,
    "intent.assent": _of_proposal("assent"),
    "intent.refusal": _of_proposal("refusal"),
    "intent.state": _intent_state,
    "line.message": _said,
    "line.stop": _said,
    "line.denial": _said,
    "line.acknowledgement": _answer("acknowledged"),
    "line.read-back": _answer("read back"),
    "line.concurrence": _answer("concurrence"),
    "line.escalation": _answer("escalated"),
    "line.stop-release": _answer("released", ends=True),
    "line.status": _line_state,
    "line.watch": _watch,
    "movement.entry": _movement("entered"),
    "movement.notice": _movement("notified"),
    "movement.ending": _movement("ended", ends=True),
    "movement.withdrawal": _movement("withdrawn", ends=True),
    "alert.raised": _alert,
    "alert.acknowledged": _alert,
    "alert.cleared": _alert,
    "notice.notice": _notice,
    "notice.cancellation": _cancelled,
    "notice.acknowledgement": _answer("acknowledged"),
    "site.entries": _sites("entered"),
    "site.notice": _sites("notified"),
    "site.ending": _sites("ended", ends=True),
    "site.withdrawal": _sites("withdrawn", ends=True),
    "area.added": _file("areas", "areas", "in use"),
    "area.removed": _file("areas", "areas", "removed", ends=True),
    "feed.added": _file("feeds", "feed", "in use"),
    "feed.removed": _file("feeds", "feed", "removed", ends=True),
}
