"""The movements of one party: its own, and those notified to it.

As the register of sites: state changes by records only, and what recipients are owed is found by asking. A
deviation changes what a recipient may know, and so it is notified again.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from comity.domain.records import Draft, Record
from comity.domain.sites import fields
from comity.domain.sites.coarse import PRECISION_MM_MAX, coarse_form
from comity.domain.sites.deviation import (
    LOST_S,
    Deviation,
    DeviationKind,
    Position,
    Travel,
    deviation_at,
    travelled,
)
from comity.domain.sites.entry import (
    VERSION_MAX,
    WORDS_LENGTH_MAX,
    Contact,
    contact_from_body,
)
from comity.domain.sites.movement import (
    Escort,
    MovementEntry,
    MovementKind,
    Route,
    Vehicles,
    coarse_route,
    entry_from_record,
    escorts_from_body,
    groups_to_body,
    own_movement,
    route_from_body,
    route_to_body,
    vehicles_from_body,
)
from comity.domain.sites.place import ACCURACY_MM_MAX, LATITUDE_E7_MAX, LONGITUDE_E7_MAX, Disc
from comity.kernel.errors import RecordError
from comity.kernel.ids import MOVEMENT_ID, NODE_OPERATOR, MovementId, PartyId, RecordDigest
from comity.kernel.instants import UNIX_MS_MAX, Instant
from comity.kernel.units import E7_PER_DEGREE, MM_PER_METRE

ENTRY: Final = "movement.entry"
ENDING: Final = "movement.ending"
POSITION: Final = "movement.position"
NOTICE: Final = "movement.notice"
WITHDRAWAL: Final = "movement.withdrawal"
PRIVATE_KINDS: Final = frozenset({ENTRY, ENDING, POSITION})
SHARED_KINDS: Final = frozenset({NOTICE, WITHDRAWAL})
KINDS: Final = PRIVATE_KINDS | SHARED_KINDS

MOVEMENTS_MAX: Final = 10_000  # of one register; a large operation has some hundred a day
COARSE_STEP_S: Final = (
    900  # of a delay that is told beside a coarse route: it places the convoy along it
)
POSITION_S_MAX: Final = 3_600.0  # a convoy's position is nobody's business after an hour


@dataclass(frozen=True, slots=True)
class NotifiedMovement:
    """A movement as one recipient may know it.

    Attributes:
        deviation: how it travels other than notified; None: as notified, as far as is known.
        seen: where it was last seen, as finely as the recipient may know; only beside a deviation.
    """

    movement: MovementId
    version: int
    kind: MovementKind
    route: Route
    precision_mm: int
    vehicles: tuple[Vehicles, ...]
    escorts: tuple[Escort, ...]
    contact: Contact | None
    deviation: Deviation | None
    seen: Disc | None

    def to_body(self) -> dict[str, Any]:
        """The record form."""
        return {
            "movement": self.movement,
            "version": self.version,
            "kind": self.kind.value,
            "route": route_to_body(self.route),
            "precision_mm": self.precision_mm,
            **groups_to_body(self.vehicles, self.escorts, self.contact),
            "deviation": _deviation_to_body(self.deviation),
            "seen": _disc_to_body(self.seen),
        }


@dataclass(slots=True)
class OwnMovement:
    """A movement this party speaks for."""

    entry: MovementEntry
    travel: Travel
    record: RecordDigest
    ended: bool = False


@dataclass(frozen=True, slots=True)
class TheirMovement:
    """A movement another party notified."""

    notified: NotifiedMovement
    received_at: Instant
    record: RecordDigest
    withdrawn: bool = False


class MovementRegister:
    """Movements of one world, as one party's records tell them."""

    def __init__(self, party: PartyId, *, exercise: bool = False) -> None:
        self._party = party
        self._exercise = exercise
        self._own: dict[MovementId, OwnMovement] = {}
        self._theirs: dict[MovementId, TheirMovement] = {}
        self._told: dict[tuple[MovementId, PartyId], NotifiedMovement] = {}
        self._passed_over: set[PartyId] = set()
        self._offered: PartyId | None = None
        self._quiet_until: dict[MovementId, Instant] = {}
        self.heard_at: Instant | None = None

    def __len__(self) -> int:
        return len(self._own) + len(self._theirs)

    def own(self, movement: MovementId) -> OwnMovement | None:
        """A movement this party speaks for, or None."""
        return self._own.get(movement)

    def theirs(self, movement: MovementId) -> TheirMovement | None:
        """A movement another party notified, or None; its copy may be withdrawn."""
        return self._theirs.get(movement)

    def movements(self) -> Iterable[MovementId]:
        """All of them, own first."""
        yield from self._own
        yield from self._theirs

    def route_of(self, movement: MovementId) -> Route | None:
        """Where a movement that counts goes, as finely as is known here; None: none such counts."""
        own, theirs = self._own.get(movement), self._theirs.get(movement)
        if own is not None:
            return None if own.ended else own.entry.route
        return None if theirs is None or theirs.withdrawn else theirs.notified.route

    def under_watch(
        self, at: Instant
    ) -> Iterable[tuple[MovementId, MovementKind, Route, int, Deviation | None]]:
        """What counts at an instant: neither ended nor taken back, its route not long over."""
        for movement, own in self._own.items():
            if not own.ended:
                entry = own.entry
                yield (
                    movement,
                    entry.kind,
                    entry.route,
                    0,
                    deviation_at(own.travel, entry.route, at),
                )
        for movement, theirs in self._theirs.items():
            told = theirs.notified
            if not theirs.withdrawn:
                yield movement, told.kind, told.route, told.precision_mm, told.deviation

    def notified(
        self, movement: MovementId, recipient: PartyId, at: Instant
    ) -> NotifiedMovement | None:
        """An own movement as a recipient may know it now; None: nothing of it."""
        own = self._own.get(movement)
        if own is None or own.ended:
            return None
        entry = own.entry
        precision_mm = dict(entry.recipients).get(recipient)
        route: Route | None = entry.route
        if precision_mm:
            route = coarse_route(entry.route, precision_mm)
        if precision_mm is None or route is None:
            return None
        deviation = deviation_at(own.travel, entry.route, at)
        seen = None
        if deviation is not None and own.travel.position is not None:
            seen = _seen(own.travel.position, precision_mm, at)
        contact = entry.contact if at < entry.contact.until else None
        return NotifiedMovement(
            movement, entry.version, entry.kind, route, precision_mm,
            entry.vehicles, entry.escorts, contact, _rounded(deviation, precision_mm), seen,
        )  # fmt: skip

    def refusal(self, draft: Draft, recipient: PartyId, at: Instant) -> str | None:
        """Why a notice may not go to a recipient: it is not, to the letter, what they may know."""
        movement = MovementId(str(draft.body.get("movement")))
        allowed = self.notified(movement, recipient, at)
        if draft.kind != NOTICE or allowed is None:
            return f"its owner has not consented that {recipient} knows of {movement}"
        if allowed.to_body() != draft.body:
            return f"{movement}: not the form that its owner has consented to"
        return None

    def next_owed(self, at: Instant, peers: Collection[PartyId]) -> Draft | None:
        """The next notice or withdrawal this party owes, or None.

        Args:
            at: now.
            peers: the parties this node is paired with; what is owed to others waits for `try_again`.
        """
        for movement, own in self._own.items():
            if at < self._quiet_until.get(movement, at):
                continue
            told = {party for known, party in self._told if known == movement}
            for recipient in sorted(told | {party for party, _ in own.entry.recipients}):
                if recipient in self._passed_over or recipient not in peers:
                    continue
                may_know = self.notified(movement, recipient, at)
                last = self._told.get((movement, recipient))
                self._offered = recipient
                if may_know is None and last is not None:
                    why = "ended" if own.ended else "consent-withdrawn"
                    return self._draft(WITHDRAWAL, recipient, {"movement": movement, "why": why})
                if may_know is not None and may_know != last:
                    return self._draft(NOTICE, recipient, may_know.to_body())
            self._quiet_until[movement] = _changes_at(own, at)
        return None

    def next_due(self) -> Instant | None:
        """When time alone next may give something to tell; None: only records do."""
        waiting = [own for own in self._own if own not in self._quiet_until]
        if waiting:
            return min(self._own[each].entry.route.begins for each in waiting)
        return min(self._quiet_until.values(), default=None)

    def pass_over(self) -> None:
        """Offer nothing more to the recipient offered last; `try_again` does."""
        if self._offered is not None:
            self._passed_over.add(self._offered)

    def try_again(self) -> None:
        """What stood in the way may have gone."""
        self._passed_over.clear()
        self._quiet_until.clear()

    def apply(self, record: Record, received_at: Instant) -> None:
        """Take in one movement record, own or a peer's.

        Raises:
            RecordError: a code of docs/spec/movement.md §6; nothing changed.
        """
        take: Mapping[str, Callable[[Record, Instant], None]] = {
            ENTRY: self._take_entry,
            ENDING: self._take_ending,
            POSITION: self._take_position,
            NOTICE: self._take_notice,
            WITHDRAWAL: self._take_withdrawal,
        }
        take[record.kind](record, received_at)
        self._quiet_until.pop(MovementId(str(record.body["movement"])), None)
        self.heard_at = received_at

    def _take_entry(self, record: Record, at: Instant) -> None:
        del at
        entry = entry_from_record(record)
        held = self._own.get(entry.movement)
        if held is None and self._counting() >= MOVEMENTS_MAX:
            raise RecordError("register-full", f"{MOVEMENTS_MAX} movements, the most")
        if held is not None and held.ended:
            raise RecordError("movement-ended", f"{entry.movement} has ended")
        expected = 1 if held is None else held.entry.version + 1
        if entry.version != expected:
            why = f"{entry.movement}: {entry.version}, next is {expected}"
            raise RecordError("version-order", why)
        position = None if held is None else held.travel.position
        self._own[entry.movement] = OwnMovement(entry, Travel(position), record.digest)
        self._passed_over.clear()

    def _take_ending(self, record: Record, at: Instant) -> None:
        del at
        own = self._known(own_movement(record))
        fields.words(record.body, "words", WORDS_LENGTH_MAX)
        own.ended = True

    def _take_position(self, record: Record, at: Instant) -> None:
        own = self._known(own_movement(record))
        body = record.body
        seen_at, expires_at = fields.instant(body, "seen_at"), fields.instant(body, "expires_at")
        if not 0.0 < expires_at.minus(seen_at) <= POSITION_S_MAX:
            why = f"{expires_at} is not within {POSITION_S_MAX:.0f} s after {seen_at}"
            raise RecordError("position-expiry", why)
        if seen_at > at.plus_s(60.0):
            raise RecordError("position-expiry", f"seen at {seen_at}, it is {at}")
        position = Position(
            fields.integer(body, "latitude_deg_e7", -LATITUDE_E7_MAX, LATITUDE_E7_MAX),
            fields.integer(body, "longitude_deg_e7", -LONGITUDE_E7_MAX, LONGITUDE_E7_MAX),
            fields.integer(body, "accuracy_mm", 0, ACCURACY_MM_MAX),
            seen_at,
            expires_at,
        )
        own.travel = travelled(own.travel, own.entry.route, position)

    def _take_notice(self, record: Record, at: Instant) -> None:
        notified = read_notice(record)
        if record.author == self._party:
            self._told[notified.movement, record.recipients[0]] = notified
            return
        held = self._theirs.get(notified.movement)
        if held is None and self._counting() >= MOVEMENTS_MAX:
            raise RecordError("register-full", f"{MOVEMENTS_MAX} movements, the most")
        self._theirs[notified.movement] = TheirMovement(notified, at, record.digest)

    def _take_withdrawal(self, record: Record, at: Instant) -> None:
        movement = own_movement(record)
        _check_one_recipient(record)
        if fields.required(record.body, "why") not in ("ended", "consent-withdrawn"):
            raise RecordError("field-form", "why: neither ended nor consent-withdrawn")
        if record.author == self._party:
            self._told.pop((movement, record.recipients[0]), None)
            return
        held = self._theirs.get(movement)
        if held is not None:
            self._theirs[movement] = TheirMovement(held.notified, at, held.record, withdrawn=True)

    def _counting(self) -> int:
        """How many are neither ended nor taken back."""
        own = sum(not each.ended for each in self._own.values())
        return own + sum(not each.withdrawn for each in self._theirs.values())

    def _known(self, movement: MovementId) -> OwnMovement:
        own = self._own.get(movement)
        if own is None:
            raise RecordError("unknown-movement", f"{movement} is not in this register")
        if own.ended:
            raise RecordError("movement-ended", f"{movement} has ended")
        return own

    def _draft(self, kind: str, recipient: PartyId, body: dict[str, Any]) -> Draft:
        return Draft(kind, (recipient,), body, NODE_OPERATOR, exercise=self._exercise)


def _changes_at(own: OwnMovement, at: Instant) -> Instant:
    """When what is told of a movement may change by time alone: contact or position expire, or it is lost."""
    entry, position = own.entry, own.travel.position
    heard = entry.route.begins if position is None else max(position.seen_at, entry.route.begins)
    times = [entry.contact.until, heard.or_last_plus_s(LOST_S + 0.001)]
    times.append(entry.route.ends.or_last_plus_s(entry.route.slack_s + 0.001))
    if position is not None:
        times.append(position.expires_at)
    return (
        Instant(UNIX_MS_MAX)
        if own.ended
        else min((t for t in times if t > at), default=Instant(UNIX_MS_MAX))
    )


def read_notice(record: Record) -> NotifiedMovement:
    """The movement of a notice: its author's own, to one party.

    Raises:
        RecordError: a code of docs/spec/movement.md §6.
    """
    _check_one_recipient(record)
    own_movement(record)
    return notified_from_body(record.body)


def notified_from_body(body: Mapping[str, Any]) -> NotifiedMovement:
    """Read a movement as one recipient may know it.

    Raises:
        RecordError: a code of docs/spec/movement.md §6.
    """
    return NotifiedMovement(
        MovementId(fields.form(body, "movement", MOVEMENT_ID)),
        fields.integer(body, "version", 1, VERSION_MAX),
        fields.choice(body, "kind", MovementKind),
        route_from_body(fields.required(body, "route")),
        fields.integer(body, "precision_mm", 0, PRECISION_MM_MAX),
        vehicles_from_body(body),
        escorts_from_body(body),
        contact_from_body(body),
        _deviation_from_body(fields.required(body, "deviation")),
        _disc_from_body(fields.required(body, "seen")),
    )


def _check_one_recipient(record: Record) -> None:
    if len(record.recipients) != 1:
        why = f"{len(record.recipients)} recipients; what each may know differs"
        raise RecordError("one-recipient", why)


def _rounded(deviation: Deviation | None, precision_mm: int) -> Deviation | None:
    """How far off and how late, no finer than the recipient may know: rounded down."""
    if deviation is None or not precision_mm:
        return deviation
    step_m = max(1, precision_mm // MM_PER_METRE)
    off_m = deviation.at_least_m // step_m * step_m
    late_s = deviation.at_least_s // COARSE_STEP_S * COARSE_STEP_S
    return Deviation(deviation.kind, deviation.since, off_m, late_s)


def _seen(position: Position, precision_mm: int, at: Instant) -> Disc | None:
    """Where it was last seen, as finely as may be known; None once that has expired."""
    if at >= position.expires_at:
        return None
    latitude_deg = position.latitude_e7 / E7_PER_DEGREE
    longitude_deg = position.longitude_e7 / E7_PER_DEGREE
    disc = Disc(latitude_deg, longitude_deg, position.accuracy_mm / MM_PER_METRE)
    if not precision_mm:
        return disc
    form = coarse_form((disc,), precision_mm)
    return None if form is None else form.disc()


def _deviation_to_body(deviation: Deviation | None) -> dict[str, Any] | None:
    if deviation is None:
        return None
    return {
        "kind": deviation.kind.value,
        "since": str(deviation.since),
        "at_least_m": deviation.at_least_m,
        "at_least_s": deviation.at_least_s,
    }


def _deviation_from_body(value: object) -> Deviation | None:
    if value is None:
        return None
    row = fields.mapping(value, "deviation")
    return Deviation(
        fields.choice(row, "kind", DeviationKind),
        fields.instant(row, "since"),
        fields.integer(row, "at_least_m", 0, 10**8),
        fields.integer(row, "at_least_s", 0, 10**8),
    )


def _disc_to_body(disc: Disc | None) -> dict[str, int] | None:
    if disc is None:
        return None
    return {
        "latitude_deg_e7": round(disc.latitude_deg * E7_PER_DEGREE),
        "longitude_deg_e7": round(disc.longitude_deg * E7_PER_DEGREE),
        "radius_mm": round(disc.radius_m * MM_PER_METRE),
    }


def _disc_from_body(value: object) -> Disc | None:
    if value is None:
        return None
    row = fields.mapping(value, "seen")
    return Disc(
        fields.integer(row, "latitude_deg_e7", -LATITUDE_E7_MAX, LATITUDE_E7_MAX) / E7_PER_DEGREE,
        fields.integer(row, "longitude_deg_e7", -LONGITUDE_E7_MAX, LONGITUDE_E7_MAX)
        / E7_PER_DEGREE,
        fields.integer(row, "radius_mm", 0, 2 * ACCURACY_MM_MAX) / MM_PER_METRE,
    )
