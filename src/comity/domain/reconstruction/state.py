"""What was on record at a moment: as it was known then, and as it is known now.

Two times are kept apart. *At*: when something held, by the clock of whoever said so. *Known by*: when this node
took the record in, by its own clock. As known then is everything that holds at T of what was known by T; as known
now is everything that holds at T of what is known by now.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from comity.domain.reconstruction.heard import Heard
from comity.kernel.errors import InputError
from comity.kernel.ids import PartyId, RecordDigest
from comity.kernel.instants import Instant, instant_from_canonical

ITEM_WORDS_MAX = 400  # characters of one item's words


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
    estimate: tuple[tuple[str, Figure], ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One thing at a moment: the change that stands, and the answers to it.

    Attributes:
        records: what was said of it until then, answers left out; the newest first.
    """

    stands: Change
    answers: tuple[Change, ...]
    holds: tuple[Instant, Instant] | None
    records: tuple[RecordDigest, ...]


@dataclass(frozen=True, slots=True)
class StateThen:
    """What was on record.

    Attributes:
        at: of what moment.
        known_by: what had been taken in by then; None: all that is known now.
        items: in order of family and key.
        later: of as known then only: how many items hold at that moment that became known later, by family.
    """

    at: Instant
    known_by: Instant | None
    items: tuple[Item, ...]
    later: Mapping[str, int]


@dataclass(slots=True)
class _Told:
    """What was told before: the item of each record, its time, the accepted version of each flight, own sites."""

    items: dict[RecordDigest, tuple[str, str]] = field(default_factory=dict)
    holds: dict[RecordDigest, tuple[Instant, Instant] | None] = field(default_factory=dict)
    accepted: dict[str, RecordDigest] = field(default_factory=dict)
    entered: set[str] = field(default_factory=set)  # sites of this party's own register


@dataclass(slots=True)
class History:
    """Every change, by item. Taken in in the order of the journal.

    Attributes:
        size: how many records of the journal were taken in.
    """

    size: int = 0
    _by_item: dict[tuple[str, str], list[Change]] = field(default_factory=dict)
    _told: _Told = field(default_factory=_Told)
    _numbers: dict[RecordDigest, int] = field(default_factory=dict)  # in the journal

    @classmethod
    def of(cls, heard: Iterable[Heard]) -> "History":
        """The history that a journal tells."""
        history = cls()
        for each in heard:
            history.take(each)
        return history

    def take(self, heard: Heard) -> None:
        """One more record; kinds that say nothing of the sky are passed over."""
        self.size += 1
        for change in _changes(heard, self._told):
            self._by_item.setdefault((change.family, change.key), []).append(change)
            self._numbers.setdefault(change.digest, self.size)
            self._told.items[change.digest] = (change.family, change.key)
            self._told.holds[change.digest] = change.holds

    def changes(self, since: Instant, until: Instant) -> list[Change]:
        """Changes that became known within a time, in that order; in one instant, in the journal's."""
        found = [
            each
            for changes in self._by_item.values()
            for each in changes
            if since <= each.known_at < until
        ]
        return sorted(found, key=lambda each: (each.known_at, self._numbers[each.digest], each.key))

    def state(self, at: Instant, known_by: Instant | None, *, exercise: bool = False) -> StateThen:
        """What stood at a moment."""
        items = self._items(at, known_by, exercise=exercise)
        later: dict[str, int] = {}
        if known_by is not None:
            there = {(each.stands.family, each.stands.key) for each in items}
            for each in self._items(at, None, exercise=exercise):
                if (each.stands.family, each.stands.key) not in there:
                    later[each.stands.family] = later.get(each.stands.family, 0) + 1
        return StateThen(at, known_by, items, later)

    def _items(self, at: Instant, known_by: Instant | None, *, exercise: bool) -> tuple[Item, ...]:
        found = []
        for _, changes in sorted(self._by_item.items()):
            item = _item(changes, at, known_by, exercise=exercise)
            if item is not None:
                found.append(item)
        return tuple(found)


def _item(
    changes: Sequence[Change], at: Instant, known_by: Instant | None, *, exercise: bool
) -> Item | None:
    held = [
        each
        for each in changes
        if each.at <= at
        and (known_by is None or each.known_at <= known_by)
        and each.exercise is exercise
    ]
    standing = [each for each in held if not each.aside]
    if not standing:
        return None
    stands = max(standing, key=lambda each: (each.at, standing.index(each)))
    if stands.ends_item:
        return None
    holds = stands.holds or next(
        (each.holds for each in reversed(standing) if each.holds is not None), None
    )
    if holds is not None and holds[1] <= at:
        return None
    by_time = sorted(standing, key=lambda each: each.at)[
        ::-1
    ]  # as `stands`: the later of one instant
    records = tuple(each.digest for each in by_time)
    return Item(stands, tuple(each for each in held if each.aside), holds, records)


# How records of each kind become changes


_Made = Callable[[Heard, _Told], list[Change]]


def _changes(heard: Heard, known: _Told) -> list[Change]:
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


def _proposal(heard: Heard, known: _Told) -> list[Change]:
    """A first version stands as proposed; a further one is beside the one that is accepted until it is itself."""
    body, key = heard.body, str(heard.body.get("intent"))
    words = body.get("callsign") or "without a callsign"
    window = _window(body.get("footprint"))
    if key in known.accepted:
        status = f"version {body.get('version')} proposed"
        return [_change(heard, "flights", key, status, holds=window, words=words, aside=True)]
    status = "proposed, not accepted"
    return [_change(heard, "flights", key, status, holds=window, words=words)]


def _announcement(heard: Heard, known: _Told) -> list[Change]:
    del known
    body, key = heard.body, str(heard.body.get("intent"))
    words = body.get("callsign") or "without a callsign"
    if body.get("ends") is not None:
        return [_change(heard, "flights", key, "ended", ends_item=True, words=words)]
    window, status = _window(body.get("footprint")), "announced, not deconflicted"
    return [_change(heard, "flights", key, status, holds=window, words=words)]


def _acceptance(heard: Heard, known: _Told) -> list[Change]:
    proposal = RecordDigest(str(heard.body.get("proposal")))
    item = known.items.get(proposal)
    if item is None:
        return []
    known.accepted[item[1]] = proposal
    return [_change(heard, *item, "accepted", holds=known.holds.get(proposal))]


def _intent_withdrawal(heard: Heard, known: _Told) -> list[Change]:
    """What is withdrawn ends the flight, unless another version of it is accepted."""
    proposal = RecordDigest(str(heard.body.get("proposal")))
    item = known.items.get(proposal)
    if item is None:
        return []
    aside = known.accepted.get(item[1], proposal) != proposal
    words = heard.body.get("reason", "")
    return [_change(heard, *item, "withdrawn", ends_item=not aside, aside=aside, words=words)]


def _of_proposal(status: str) -> _Made:
    def make(heard: Heard, known: _Told) -> list[Change]:
        item = known.items.get(RecordDigest(str(heard.body.get("proposal"))))
        words = heard.body.get("reason", "")
        return [] if item is None else [_change(heard, *item, status, aside=True, words=words)]

    return make


def _intent_state(heard: Heard, known: _Told) -> list[Change]:
    item = known.items.get(RecordDigest(str(heard.body.get("proposal"))))
    state = str(heard.body.get("state"))
    return [] if item is None else [_change(heard, *item, state, ends_item=state == "ended")]


def _said(heard: Heard, known: _Told) -> list[Change]:
    del known
    what = heard.kind.removeprefix("line.")
    precedence = str(heard.body.get("precedence", ""))
    words = heard.body.get("text") or heard.body.get("words") or ""
    until = _instants(heard.body.get("until"))
    holds = (heard.made_at, max(until)) if until else None
    status = f"{what} {precedence}".strip()
    return [_change(heard, "messages", heard.digest, status, words=words, holds=holds)]


def _answer(status: str, *, ends: bool = False) -> _Made:
    def make(heard: Heard, known: _Told) -> list[Change]:
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


def _alert(heard: Heard, known: _Told) -> list[Change]:
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


def _notice(heard: Heard, known: _Told) -> list[Change]:
    del known
    body = heard.body
    window = _window(body.get("starts"), body.get("ends"))
    words = f"{body.get('activity', '')}: {body.get('description', '')}"
    return [
        _change(heard, "notices", str(body.get("notice")), "notified", holds=window, words=words)
    ]


def _cancelled(heard: Heard, known: _Told) -> list[Change]:
    del known
    key, words = str(heard.body.get("notice")), heard.body.get("reason", "")
    return [_change(heard, "notices", key, "cancelled", ends_item=True, words=words)]


def _sites(status: str, *, ends: bool = False) -> _Made:
    def make(heard: Heard, known: _Told) -> list[Change]:
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
    def make(heard: Heard, known: _Told) -> list[Change]:
        del known
        key = str(heard.body.get(name, ""))
        return [_change(heard, family, key, status, ends_item=ends)]

    return make


def _line_state(heard: Heard, known: _Told) -> list[Change]:
    """How one side says that the line stands; it stands until that side says otherwise."""
    del known
    body, others = heard.body, " ".join(heard.recipients)
    key = f"{heard.author} {others}".strip()
    status = f"line {body.get('state', '')}".strip()
    return [_change(heard, "lines", key, status, words=body.get("why") or "")]


def _watch(heard: Heard, known: _Told) -> list[Change]:
    """Who has the watch at an echelon; nobody ends it."""
    del known
    body = heard.body
    key, officer = f"{heard.author} {body.get('echelon', '')}".strip(), body.get("officer")
    words = f"{officer or ''} {body.get('echelon', '')}".strip()
    return [_change(heard, "watch", key, "on watch", ends_item=officer is None, words=words)]


def _movement(status: str, *, ends: bool = False) -> _Made:
    def make(heard: Heard, known: _Told) -> list[Change]:
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
