"""A few parties, their books and the records between them, without keys, store or network.

Records are made as `seal` makes them but for the signature, which the intent room never looks at.
Places are points on the equator a degree apart: two footprints meet when they share a place during
an overlap of time.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from comity.domain.agreement import Border, Caps, PartyTerm, SeparationTable, Terms
from comity.domain.airspace import (
    NO_HEIGHT_BOUNDS,
    Altitude,
    Conflict,
    Datum,
    EdgeKind,
    Footprint,
    Minima,
    Separation,
    Shape,
    ShapeKind,
    Undetermined,
    Volume4D,
)
from comity.domain.intents import (
    BookContext,
    ConflictFinder,
    Finding,
    IntentBook,
    NotPossible,
    PlannedFlight,
    VersionView,
)
from comity.domain.records import Draft, Record, encode_canonical, payload_digest
from comity.domain.releasability import Disclosure
from comity.kernel.ids import (
    AgreementDigest,
    IntentId,
    KeyId,
    OperatorId,
    PartyId,
    RecordDigest,
)
from comity.kernel.instants import Instant, instant_from_canonical

NOON = instant_from_canonical("2026-11-23T12:00:00.000Z")  # Monday of ISO week 48
DECIDE_WITHIN_S = 60.0
GUARD_BAND_S = 10.0
CLOCK_DIFFERENCE_S_MAX = 5.0
OPERATOR = OperatorId("ada")
ALPHA, BRAVO, CHARLIE = (PartyId(f"{name}.aaaaaaaa") for name in ("alpha", "bravo", "charlie"))
UNDETERMINED_PLACE = 99


def agreement(*parties: PartyId, name: str = "first", **changed: Any) -> Terms:
    """Terms between parties that are asked about everything."""
    terms = Terms(
        digest=AgreementDigest(hashlib.sha256(name.encode()).hexdigest()),
        title=name,
        version=1,
        amends=None,
        parties=tuple(PartyTerm(party, party, bytes(32)) for party in parties),
        area=(),
        band=None,
        valid_from=NOON.plus_s(-30 * 86_400),
        valid_until=NOON.plus_s(300 * 86_400),
        separation=SeparationTable(Separation(1_000.0, 100.0)),
        height_bounds=NO_HEIGHT_BOUNDS,
        notice_s={},
        line_check_interval_s=None,
        clock_difference_s_max=CLOCK_DIFFERENCE_S_MAX,
        guard_band_s=GUARD_BAND_S,
        decide_within_s=DECIDE_WITHIN_S,
        disclosure=Disclosure.FULL,
        assent_by="node",
        on_suspension="keep",
        suspension_notice_s=0.0,
        withdrawal_notice_s=0.0,
        precedence=("medical", "state", "routine"),
        caps=Caps(),
        border=Border("natural-earth", "5.1", "ab" * 32),
        releasability=(),
        legal_basis=(),
        flight_classes=("standard",),
        undefined=(),
    )
    return replace(terms, **changed)


def everyone(terms: Terms, owner: PartyId, footprint: Footprint) -> tuple[PartyId, ...]:
    """Every other party is concerned by every flight."""
    return tuple(party for party in terms.party_ids if party != owner)


def at_places(*places: int, start_s: float = 3600.0, duration_s: float = 600.0) -> Footprint:
    """A flight over some places, from `start_s` after noon."""
    volumes = tuple(
        Volume4D(
            Shape(ShapeKind.PATH, (0.0,), (float(place),), 100.0, EdgeKind.GEODESIC),
            Altitude(1_000.0, Datum.WGS84),
            Altitude(1_100.0, Datum.WGS84),
            NOON.plus_s(start_s),
            NOON.plus_s(start_s + duration_s),
        )
        for place in places
    )
    return Footprint(volumes, None, "standard")


class PlaceFinder:
    """The conflict finder's promises kept by comparing everything with everything.

    With minima wider than 100 km neighbouring places meet too. Place 99 is undetermined with
    itself.
    """

    def __init__(self) -> None:
        self.held: dict[RecordDigest, Footprint] = {}
        self._reach = 0

    def hold(self, key: RecordDigest, footprint: Footprint) -> None:
        self.held[key] = footprint

    def release(self, key: RecordDigest) -> None:
        self.held.pop(key, None)

    def set_minima(self, minima: Minima) -> None:
        self._reach = int(minima("standard", "standard").horizontal_m // 100_000.0)

    def find(
        self, footprint: Footprint, ignoring: Collection[RecordDigest] = ()
    ) -> Sequence[Finding]:
        found = []
        for key in sorted(self.held):
            verdict = None if key in ignoring else self._verdict(footprint, self.held[key])
            if verdict is not None:
                found.append(Finding(key, verdict))
        return found

    def _verdict(self, one: Footprint, other: Footprint) -> Conflict | Undetermined | None:
        if one.cells is not None or other.cells is not None:
            both = one.cells is not None and other.cells is not None
            shared = both and one.cells.cells & other.cells.cells
            return Conflict(NOON, 0.0, 0.0, 0.0, 0.0) if shared else None
        for index, a in enumerate(one.volumes):
            for other_index, b in enumerate(other.volumes):
                apart = abs(a.shape.longitude_deg[0] - b.shape.longitude_deg[0])
                if apart <= self._reach and a.start <= b.end and b.start <= a.end:
                    if a.shape.longitude_deg[0] == UNDETERMINED_PLACE:
                        return Undetermined("heights of two datums")
                    return Conflict(
                        max(a.start, b.start),
                        0.0,
                        a.shape.longitude_deg[0],
                        0.0,
                        0.0,
                        index,
                        other_index,
                    )
        return None


class RecordMaker:
    """Turns drafts into records with a right sequence per audience and a digest of their own."""

    def __init__(self, author: PartyId) -> None:
        self.author = author
        self._last: dict[tuple[PartyId, ...], tuple[int, RecordDigest]] = {}

    def make(self, draft: Draft, made_at: Instant) -> Record:
        recipients = tuple(sorted(draft.recipients))
        last = self._last.get(recipients)
        sequence = 0 if last is None else last[0] + 1
        previous = None if last is None else last[1]
        payload: dict[str, Any] = {
            "author": self.author,
            "body": dict(draft.body),
            "exercise": draft.exercise,
            "expires_at": None,
            "kind": draft.kind,
            "kind_version": draft.kind_version,
            "labels": sorted(draft.labels),
            "made_at": str(made_at),
            "operator": draft.operator,
            "previous": previous,
            "recipients": list(recipients),
            "sequence": sequence,
        }
        payload_bytes = encode_canonical(payload)
        record = Record(
            digest=payload_digest(payload_bytes),
            envelope_bytes=payload_bytes,
            kind=draft.kind,
            kind_version=draft.kind_version,
            author=self.author,
            operator=draft.operator,
            recipients=recipients,
            labels=tuple(sorted(draft.labels)),
            exercise=draft.exercise,
            sequence=sequence,
            previous=previous,
            made_at=made_at,
            expires_at=None,
            body=payload["body"],
            key_id=KeyId("ed25519:" + "0" * 64),
        )
        self._last[recipients] = (sequence, record.digest)
        return record


@dataclass
class Node:
    """A party's book and its journal; what it says waits in `outbox` until somebody delivers it."""

    me: PartyId
    context: BookContext
    book: IntentBook
    maker: RecordMaker
    journal: list[tuple[Record, Instant, Terms | None]] = field(default_factory=list)
    outbox: dict[PartyId, list[Record]] = field(default_factory=dict)

    def take(self, record: Record, at: Instant) -> None:
        """Apply one record and keep it in the journal."""
        self.journal.append((record, at, self.context.terms))
        self.book.apply(record, at, self.context.terms)

    def say(self, draft: Draft, at: Instant) -> Record:
        """Sign a draft, apply it, and leave it for its recipients."""
        record = self.maker.make(draft, at)
        self.take(record, at)
        for party in record.recipients:
            self.outbox.setdefault(party, []).append(record)
        return record

    def settle(self, at: Instant) -> list[Record]:
        """Say everything owed."""
        said = []
        while (draft := self.book.next_owed(at, self.context)) is not None:
            said.append(self.say(draft, at))
            assert len(said) < 1_000, f"{self.me} never stops: {said[-1].body}"
        return said

    def replayed(self, finder: ConflictFinder) -> IntentBook:
        """A book rebuilt from the journal alone."""
        book = IntentBook(self.me, finder)
        for record, at, terms in self.journal:
            book.apply(record, at, terms)
        return book


class World:
    """Nodes of one agreement, with time and delivery in the test's hands."""

    def __init__(
        self,
        *parties: PartyId,
        terms: Terms | None = None,
        required: Callable[[Terms, PartyId, Footprint], Collection[PartyId]] = everyone,
        finder: Callable[[], ConflictFinder] = PlaceFinder,
    ) -> None:
        self.at = NOON
        self.terms = terms or agreement(*parties)
        self.nodes = {
            party: Node(
                party,
                BookContext(self.terms, required, "test-1"),
                IntentBook(party, finder()),
                RecordMaker(party),
            )
            for party in parties
        }
        self._minted = 0

    def __getitem__(self, party: PartyId) -> Node:
        return self.nodes[party]

    def mint(self, party: PartyId) -> IntentId:
        self._minted += 1
        return IntentId(f"{party}/{self._minted:016x}")

    def plan(self, party: PartyId, footprint: Footprint, **given: Any) -> PlannedFlight:
        chosen = {"priority": "routine", "operator": OPERATOR, **given}
        return PlannedFlight(chosen.pop("intent", None) or self.mint(party), footprint, **chosen)

    def declare(self, party: PartyId, footprint: Footprint, **given: Any) -> Record | NotPossible:
        """Declare a flight; its proposal waits for delivery."""
        node = self.nodes[party]
        draft = node.book.declare(self.plan(party, footprint, **given), self.at, node.context)
        return draft if isinstance(draft, NotPossible) else node.say(draft, self.at)

    def proposed(self, party: PartyId, footprint: Footprint, **given: Any) -> Record:
        """Declare a flight that can be declared."""
        record = self.declare(party, footprint, **given)
        assert isinstance(record, Record), record
        return record

    def deliver(self, sender: PartyId, to: PartyId) -> None:
        """Hand over everything that waits between two parties."""
        waiting, self.nodes[sender].outbox[to] = self.nodes[sender].outbox.get(to, []), []
        for record in waiting:
            self.nodes[to].take(record, self.at)

    def settle(self, away: Collection[PartyId] = ()) -> None:
        """Deliver and answer until nothing moves; parties `away` neither speak nor hear."""
        present = [party for party in self.nodes if party not in away]
        for _ in range(100):
            said = [record for party in present for record in self.nodes[party].settle(self.at)]
            moved = bool(said)
            for sender in present:
                for to in present:
                    if self.nodes[sender].outbox.get(to):
                        self.deliver(sender, to)
                        moved = True
            if not moved:
                return
        raise AssertionError("the nodes never settle")

    def wait(self, seconds: float) -> None:
        self.at = self.at.plus_s(seconds)

    def state(self, party: PartyId, proposal: Record) -> str:
        """Where a proposal stands at a node."""
        self.nodes[party].book.holdings.advance(self.at)
        return self.nodes[party].book.holdings.versions[proposal.digest].state.value

    def view(self, party: PartyId, proposal: Record) -> VersionView:
        """A version as a node would show it now."""
        node = self.nodes[party]
        view = node.book.view_version(proposal.digest, self.at, node.context)
        assert view is not None
        return view

    def change_context(self, party: PartyId, **changed: Any) -> None:
        self.nodes[party].context = replace(self.nodes[party].context, **changed)


def said_kinds(records: Sequence[Record]) -> list[str]:
    """The kinds of some records in order, without the room's name."""
    return [record.kind.removeprefix("intent.") for record in records]


def forged(
    node: Node, kind: str, body: Mapping[str, Any], recipients: Sequence[PartyId], at: Instant
) -> Record:
    """A record that an honest node would not make."""
    return node.maker.make(Draft(kind=kind, recipients=tuple(recipients), body=body), at)


def snapshot(book: IntentBook, at: Instant) -> dict[str, Any]:
    """All of a book that a replay must rebuild, in a form that can be compared."""
    holdings = book.holdings
    holdings.advance(at)
    return {
        "versions": {
            each.digest: replace(each, put_off=None) for each in holdings.versions.values()
        },
        "history": dict(holdings.history),
        "announcements": dict(holdings.announcements),
        "undecided": {each.digest for each in holdings.undecided()},
        "open": {
            party: tally.open_count
            for party, tally in holdings.tallies().items()
            if tally.open_count
        },
    }
