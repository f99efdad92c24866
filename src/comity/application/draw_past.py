"""What can be drawn of a past moment beside its tracks, by the records behind what stood."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from comity.application.enrol_parties import directory_of
from comity.application.ports.record_store import RecordStore
from comity.domain.agreement import AgreementBook, LegalStatus, PartyCard, Terms
from comity.domain.airspace import Footprint
from comity.domain.alerts.area_register import AreaFileSettings, area_file_from_body
from comity.domain.intents import IntentState
from comity.domain.intents.bodies import STATE
from comity.domain.intents.footprints import footprint_from_body
from comity.domain.reconstruction import AlertLine, Change, Item
from comity.domain.reconstruction.changes import ACCEPTED, ANNOUNCED, CONTESTED, OFFERED, PROPOSED
from comity.domain.records import Record, open_record, payload_of_kept
from comity.kernel.errors import RecordError, StoreError
from comity.kernel.ids import PartyId, RecordDigest
from comity.kernel.instants import Instant

PLACED = ("notices", "sites")
FLIGHTS, AREAS, ALERTS = "flights", "areas", "alerts"
MS_PER_S = 1000
_SITES_IN = {"site.entries": "entries", "site.notice": "sites"}
_PLACE_KINDS = frozenset({"notice.notice", *_SITES_IN})
_OWN_PLACE = "site.entries"  # this party's own entry is finer than what it tells others
_STATES = {
    PROPOSED: IntentState.PROPOSED,
    ANNOUNCED: IntentState.ANNOUNCED,
    ACCEPTED: IntentState.ACCEPTED,
    CONTESTED: IntentState.CONTESTED,
}  # what stands under another word than its state
_OUTSIDE = frozenset({IntentState.NONCONFORMING, IntentState.CONTINGENT})


@dataclass(frozen=True, slots=True)
class PlacedThen:
    """A notice or a site of a moment, with the record that says where it is.

    Attributes:
        status: the word that stood.
        body: of the record, and of a record of sites the row of this one; of what was erased, what is left.
    """

    family: str
    key: str
    status: str
    kind: str
    author: PartyId
    received_at: Instant
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FlightThen:
    """One version of a flight, with what of its volumes counts at the moment.

    Attributes:
        state: as the records have it. Whether it was shown as deconflicted is not among them.
        change: offered beside the accepted version, and not accepted.
        footprint: what counts at that moment, no more.
        outside: where it may be, stated by its owner when it left its volumes; of that moment alone.
    """

    key: str
    callsign: str | None
    owner: PartyId
    state: IntentState
    change: bool
    footprint: Footprint | None
    outside: Footprint | None


@dataclass(frozen=True, slots=True)
class AgreementThen:
    """The terms that bound at a moment, and how they stood."""

    terms: Terms
    status: LegalStatus


@dataclass(frozen=True, slots=True)
class MapThen:
    """What can be drawn of a moment beside its tracks.

    Attributes:
        flights: those with a volume that counts at that moment.
        flights_not_now: flights that stood and have none: of another time of theirs.
        areas: the files in use.
        agreement: None: none was in force, as far as was known.
        left_out: how many of a family are not told.
        lines: alerts between two aircraft whose plots of that moment are known.
        lines_unknown: such alerts of which it is unknown where an aircraft was.
        unread: records that cannot be read as what they are, and why.
    """

    placed: tuple[PlacedThen, ...]
    flights: tuple[FlightThen, ...]
    flights_not_now: int
    areas: tuple[AreaFileSettings, ...]
    agreement: AgreementThen | None
    left_out: Mapping[str, int]
    lines: tuple[AlertLine, ...]
    lines_unknown: int
    unread: tuple[str, ...]


def map_then_of(
    store: RecordStore, items: Sequence[Item], at: Instant, placed_max: int
) -> tuple[MapThen, list[tuple[Mapping[str, Any], bool]]]:
    """What can be drawn of what stood, without lines and agreement; and the alerts, to be lined.

    Args:
        store: to look only.
        items: what stood.
        at: the moment; of a flight only what counts then is read.
        placed_max: of each family; the rest is counted.

    Raises:
        StoreError: a record is missing.
    """
    gathered = _Gathered(_Bodies(store), at, placed_max)
    for item in items:
        gathered.take(item)
    return gathered.told(), gathered.raised


class _Gathered:
    """What was found so far."""

    def __init__(self, read: "_Bodies", at: Instant, placed_max: int) -> None:
        self._read = read
        self._at = at
        self._placed_max = placed_max
        self._placed: list[PlacedThen] = []
        self._flights: list[FlightThen] = []
        self._areas: list[AreaFileSettings] = []
        self._unread: list[str] = []
        self._counts: dict[str, int] = {}
        self._not_now = 0
        self.raised: list[tuple[Mapping[str, Any], bool]] = []

    def take(self, item: Item) -> None:
        family = item.stands.family
        try:
            if family == FLIGHTS:
                self._flight(item)
            elif family in PLACED:
                place = self._read.place(item) if self._has_room(family) else None
                self._placed += [] if place is None else [place]
            elif family == AREAS:
                self._areas.append(area_file_from_body(self._read.body(item.stands.digest)))
            elif family == ALERTS:
                acknowledged = any(each.status == "acknowledged" for each in item.answers)
                self.raised.append((self._read.body(item.stands.digest), acknowledged))
        except RecordError as error:
            self._unread.append(f"{item.stands.key}: {error}")

    def told(self) -> MapThen:
        left_out = {
            each: count - self._placed_max
            for each, count in self._counts.items()
            if count > self._placed_max
        }
        return MapThen(
            tuple(self._placed), tuple(self._flights), self._not_now, tuple(self._areas), None,
            left_out, (), 0, tuple(self._unread),
        )  # fmt: skip

    def _has_room(self, family: str) -> bool:
        self._counts[family] = self._counts.get(family, 0) + 1
        return self._counts[family] <= self._placed_max

    def _flight(self, item: Item) -> None:
        if item.holds is not None and item.holds[0] > self._at:  # later: not even read
            self._not_now += 1
        elif self._has_room(FLIGHTS):
            found = list(self._read.flights(item, self._at))
            if not found:
                self._counts[FLIGHTS] -= 1
                self._not_now += 1
            self._flights += found


class AgreementsThen:
    """How agreements stood at any moment, by what of their records was here by then."""

    def __init__(self, card: PartyCard) -> None:
        self._card = card
        self._records: list[tuple[Record, Instant]] = []
        self._digests: tuple[RecordDigest, ...] = ()
        self._books: dict[tuple[RecordDigest, ...], AgreementBook] = {}
        self._root_keys: Any = None

    def take(self, store: RecordStore, heard: Sequence[tuple[RecordDigest, Instant]]) -> None:
        """Read the agreement records of the journal anew where there are more.

        Raises:
            StoreError: one is missing, or its signature does not hold.
        """
        digests = tuple(digest for digest, _ in heard)
        if digests == self._digests:
            return
        keys = directory_of(store, self._card)
        self._records = []
        for digest, received_at in heard:
            envelope_bytes = store.read(digest)
            if envelope_bytes is None:
                raise StoreError("journal", f"record {digest} is not in the store")
            try:
                record = open_record(envelope_bytes, keys.public_key_of)
            except RecordError as error:
                raise StoreError("journal", f"record {digest}: {error}") from error
            self._records.append((record, received_at))
        self._root_keys = keys.root_key_of
        self._books.clear()
        self._digests = digests

    def at(self, at: Instant, known_by: Instant | None) -> AgreementThen | None:
        """The terms that bound; None where none did."""
        known = [each for each in self._records if known_by is None or each[1] <= known_by]
        if not known:
            return None
        key = tuple(record.digest for record, _ in known)
        if key not in self._books:
            book = AgreementBook(self._card.party, self._root_keys)
            for record, received_at in known:
                with suppress(RecordError):  # what is refused has no effect
                    book.apply(record, received_at)
            self._books[key] = book
        book = self._books[key]
        terms = book.in_force(at)
        return None if terms is None else AgreementThen(terms, book.legal_status(at))


class _Bodies:
    """Records of a store by digest, each read once: one record may enter a thousand sites."""

    def __init__(self, store: RecordStore) -> None:
        self._store = store
        self._read: dict[RecordDigest, Mapping[str, Any]] = {}
        self._rows: dict[RecordDigest, dict[str, Mapping[str, Any]]] = {}

    def payload(self, digest: RecordDigest) -> Mapping[str, Any]:
        if digest not in self._read:
            kept = self._store.read(digest)
            stub = None if kept is not None else self._store.stub(digest)
            if kept is None and stub is None:
                raise StoreError("journal", f"record {digest} is not in the store")
            kept_bytes = stub.stub_bytes if stub is not None else kept or b""
            self._read[digest] = payload_of_kept(kept_bytes, erased=stub is not None)
        return self._read[digest]

    def body(self, digest: RecordDigest) -> Mapping[str, Any]:
        body = self.payload(digest)["body"]
        return body if isinstance(body, Mapping) else {}

    def row(self, digest: RecordDigest, site: str) -> Mapping[str, Any]:
        if digest not in self._rows:
            rows = self.body(digest).get(_SITES_IN[str(self.payload(digest)["kind"])])
            self._rows[digest] = {
                str(each.get("site")): each
                for each in (rows if isinstance(rows, list | tuple) else ())
                if isinstance(each, Mapping)
            }
        return self._rows[digest].get(site, {})

    def place(self, item: Item) -> PlacedThen | None:
        """The record that says where a thing is: an own entry before what others are told, else the newest."""
        found = [each for each in item.records if self.payload(each)["kind"] in _PLACE_KINDS]
        if not found:
            return None
        own = [each for each in found if self.payload(each)["kind"] == _OWN_PLACE]
        digest = (own or found)[0]
        payload, key = self.payload(digest), item.stands.key
        body = self.row(digest, key) if payload["kind"] in _SITES_IN else self.body(digest)
        return PlacedThen(
            family=item.stands.family, key=key, status=item.stands.status, kind=str(payload["kind"]),
            author=PartyId(str(payload["author"])), received_at=item.stands.known_at, body=body,
        )  # fmt: skip

    def flights(self, item: Item, at: Instant) -> Iterator[FlightThen]:
        """The version that stands and the change offered beside it, as far as volumes of theirs count then."""
        change = item.change_under_way()
        for said in (item.stands, change):
            if said is not None and said.about is not None:
                outside = self._outside(item, at) if said is item.stands else None
                found = self._flight(said, said.about, at, outside)
                if found is not None:
                    yield found

    def _flight(
        self, said: Change, about: RecordDigest, at: Instant, outside: Footprint | None
    ) -> FlightThen | None:
        payload, body = self.payload(about), self.body(about)
        footprint = _counting(body.get("footprint"), at)
        if footprint is None and outside is None:
            return None
        offered = said.status.startswith(OFFERED)
        state = _STATES.get(said.status) or IntentState(
            IntentState.PROPOSED if offered else said.status
        )
        callsign = body.get("callsign")
        return FlightThen(
            key=said.key, callsign=None if callsign is None else str(callsign),
            owner=PartyId(str(payload["author"])), state=state, change=offered, footprint=footprint,
            outside=outside,
        )  # fmt: skip

    def _outside(self, item: Item, at: Instant) -> Footprint | None:
        """Where a flight that left its volumes may be, as its owner stated last."""
        if item.stands.status not in _OUTSIDE:
            return None
        for digest in item.records:
            if self.payload(digest)["kind"] != STATE:
                return None
            body = self.body(digest)
            if body.get("state") not in _OUTSIDE:
                return None
            if body.get("off_nominal") is not None:
                return _counting(body["off_nominal"], at)
        return None


def _counting(body: Any, at: Instant) -> Footprint | None:
    """What of a footprint counts at a moment; None: nothing of it does.

    Raises:
        RecordError: as `footprint_from_body`.
    """
    if not isinstance(body, Mapping):
        return None
    cover, volumes = body.get("cells"), body.get("volumes")
    if isinstance(cover, Mapping):
        slot_ms = cover["slot_s"] * MS_PER_S
        rows = [row for row in cover["cells"] if 0 <= at.unix_ms - row[2] * slot_ms <= slot_ms]
        kept: dict[str, Any] = {"cells": {**cover, "cells": rows}}
    else:
        at_text = str(at)
        rows = [each for each in volumes or () if _counts(each, at_text)]
        kept = {"volumes": rows}
    return footprint_from_body({**body, **kept}) if rows else None


def _counts(volume: Mapping[str, Any], at_text: str) -> bool:
    """Whether a volume counts; canonical instants are of one length, and in order as texts are."""
    return bool(volume["start"] <= at_text <= volume["end"])
