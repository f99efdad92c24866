"""The hazard book: what notices touch, who asked before, who was told, who objects; rebuilt from the journal.

What owners are owed is found again by asking: a touch where what their sites and movements are touched by differs
from what they were last told, an exposure for each preview that touched something of theirs, a sweep.

Source: docs/spec/hazard.md.
"""

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from comity.domain import notices, sites
from comity.domain.agreement import Buffers, Terms
from comity.domain.airspace import Shape, Volume4D, shape_to_body
from comity.domain.geometry import unit_from_degrees
from comity.domain.geometry.ellipsoid import SEMI_MINOR_M, Floats
from comity.domain.hazards import bodies
from comity.domain.hazards.answers import HazardAnswer, NoticeTouches, Touch
from comity.domain.hazards.bodies import (
    ROWS_MAX,
    AnswerWord,
    EchelonReceipt,
    Exposure,
    Objection,
    Preview,
    Reading,
    Standing,
    SweepTold,
    TouchedRow,
    TouchTold,
    Way,
    exposure_to_body,
    read_body,
    sweep_to_body,
    touch_to_body,
)
from comity.domain.hazards.echelons import EchelonBook
from comity.domain.hazards.previews import Asked, PreviewLog, Sweep, Where, where
from comity.domain.hazards.readings import Listed, ReadingLog
from comity.domain.hazards.touching import check_hazard, of_party, touched_by
from comity.domain.notices import Held, Notice, NoticeBook
from comity.domain.records import Draft, Record, encode_canonical
from comity.domain.sites import MovementRegister, SiteRegister, cells_around, movements
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import MovementId, OperatorId, PartyId, RecordDigest, SiteId
from comity.kernel.instants import Instant
from comity.kernel.units import MM_PER_METRE

EXPOSURES_MAX: Final = 100_000  # kept in memory; the journal has all
SWEEPS_MAX: Final = 1_000
SENT_CELLS_MAX: Final = 1_000  # of a notice that is sent; a wider one touches every owner anyhow
CHANGED_MAX: Final = (
    5_000  # sites and movements changed in one batch; beyond it all notices are checked
)
OBJECTIONS_MAX: Final = 64  # of one notice: as many parties as an agreement has, four times over
LOOKED_AT_ONCE_MAX: Final = 200  # notices checked in one batch; the rest in the next

FOLLOWED_KINDS: Final = (
    frozenset({notices.NOTICE, notices.CANCELLATION}) | sites.KINDS | movements.KINDS
)
"""Kinds of other rooms that the book has to see: they change what is touched, or who has to have it."""


@dataclass(frozen=True, slots=True)
class HazardContext:
    """What the book may look at when it decides.

    Attributes:
        terms: in force; None where none are.
        peers: parties that this node is paired with: only they can be told.
    """

    terms: Terms | None
    peers: tuple[PartyId, ...]
    notices: NoticeBook
    sites: SiteRegister
    movements: MovementRegister

    @property
    def buffers(self) -> Buffers:
        """Of the agreement in force, or those assumed."""
        return Buffers() if self.terms is None else self.terms.buffers


@dataclass(frozen=True, slots=True)
class ExposureSeen:
    """Another party's person saw one of ours."""

    at: Instant
    party: PartyId
    by: OperatorId
    precision_mm: int
    record: RecordDigest
    way: Way = Way.PREVIEW


@dataclass(frozen=True, slots=True)
class TouchReceived:
    """Another party's node told what of ours its notice touches."""

    author: PartyId
    told: TouchTold
    received_at: Instant
    record: RecordDigest


@dataclass(frozen=True, slots=True)
class ObjectionMade:
    """One owner's word about one revision."""

    party: PartyId
    operator: OperatorId
    objection: Objection
    made_at: Instant
    record: RecordDigest


class HazardBook:
    """One party's hazard notices against what is protected, in one world. Not safe for two threads at once."""

    def __init__(self, me: PartyId, *, exercise: bool = False) -> None:
        self._me = me
        self._exercise = exercise
        self.previews = PreviewLog()
        self.readings = ReadingLog()
        self.echelons = EchelonBook()
        self._exposures_owed: deque[tuple[RecordDigest, PartyId, OperatorId, Exposure]] = deque()
        self._sweeps: deque[Sweep] = deque(maxlen=SWEEPS_MAX)
        self._sweeps_told: dict[tuple[RecordDigest, str], set[PartyId]] = {}
        self._sweeps_open: dict[tuple[RecordDigest, str], Sweep] = {}
        self._seen: dict[str, deque[ExposureSeen]] = {}
        self._touch_told: dict[tuple[RecordDigest, PartyId], TouchTold] = {}
        self._touch_received: dict[RecordDigest, TouchReceived] = {}
        self._sweeps_received: deque[tuple[PartyId, SweepTold, Instant]] = deque(maxlen=SWEEPS_MAX)
        self._objections: dict[RecordDigest, dict[PartyId, ObjectionMade]] = {}
        self._found: dict[RecordDigest, tuple[Touch, ...]] = {}
        self._caps: dict[RecordDigest, list[tuple[Floats, float]]] = {}
        self._dirty: dict[RecordDigest, None] = {}
        self._changed: dict[str, None] = {}
        self._to_tell: dict[RecordDigest, None] = {}
        self._all_dirty = True
        self._looked_under: Terms | None = None
        self._passed: set[PartyId] = set()
        self._offered: PartyId | None = None

    # What is known

    def touched(self, record: RecordDigest) -> tuple[Touch, ...]:
        """What a revision touches of what this node may know, as last looked at; nearest first."""
        return self._found.get(record, ())

    def objections(self, record: RecordDigest) -> tuple[ObjectionMade, ...]:
        """Objections to a revision that stand."""
        made = self._objections.get(record, {})
        return tuple(each for each in made.values() if not each.objection.taken_back)

    def told_of(self, record: RecordDigest) -> Mapping[PartyId, TouchTold]:
        """Which owners were told what a revision touches of theirs, as they were last told."""
        return {owner: told for (of, owner), told in self._touch_told.items() if of == record}

    def touches_received(self) -> tuple[TouchReceived, ...]:
        """What other parties' notices touch of ours, as they told us."""
        return tuple(self._touch_received.values())

    def touch_received(self, record: RecordDigest) -> TouchReceived | None:
        """What one revision touches of ours, as its author told us."""
        return self._touch_received.get(record)

    def exposures(self, name: str) -> tuple[ExposureSeen, ...]:
        """Who of others saw one of our sites or movements, oldest first."""
        return tuple(self._seen.get(name, ()))

    def sweeps(self) -> tuple[Sweep, ...]:
        """Sweeps by our own operators."""
        return tuple(self._sweeps)

    def sweeps_received(self) -> tuple[tuple[PartyId, SweepTold, Instant], ...]:
        """Sweeps by other parties' operators over what is ours, as they told us."""
        return tuple(self._sweeps_received)

    # How it changes

    def apply(self, record: Record, received_at: Instant) -> None:
        """Take in one hazard record; one of the other world changes nothing.

        Raises:
            RecordError: a code of docs/spec/hazard.md §7; nothing changed.
        """
        if record.exercise is not self._exercise:
            return
        match read_body(record):
            case Preview() as preview:
                self._take_preview(record, preview)
            case Reading() as reading:
                self._take_reading(record, reading)
            case Exposure() as exposure:
                self._take_exposure(record, exposure)
            case TouchTold() as told:
                self._take_touch(record, told, received_at)
            case SweepTold() as told:
                self._take_sweep(record, told, received_at)
            case Objection() as objection:
                self._take_objection(record, objection)
            case EchelonReceipt() as receipt:
                self.echelons.receive(record, receipt)

    def follow(self, record: Record, received_at: Instant, terms: Terms | None) -> None:
        """See a record of another room that was taken in: notices, sites and movements change what is touched."""
        if record.exercise is not self._exercise:
            return
        self.echelons.follow(record, received_at, terms)
        if record.kind == notices.NOTICE:
            self._dirty[record.digest] = None
            replaces = record.body.get("replaces")
            if replaces is not None:
                self._dirty[RecordDigest(replaces)] = None
            if record.author == self._me:
                self._count_sent(record, terms)
        elif record.kind == notices.CANCELLATION:
            self._dirty[RecordDigest(record.body["record"])] = None
        elif record.kind not in _NO_PLACE and not self._all_dirty:
            self._changed.update(dict.fromkeys(_named(record)))

    def look(self, context: HazardContext, at: Instant) -> list[tuple[RecordDigest, Touch]]:
        """Check notices again where something changed; gives what of ours others' notices newly touch."""
        if context.terms is not self._looked_under:
            self._looked_under, self._all_dirty = context.terms, True
        if self._all_dirty or len(self._changed) > CHANGED_MAX:
            self._dirty.update(dict.fromkeys(self._found))
            self._dirty.update(dict.fromkeys(each.record for each in context.notices.standing(at)))
            self._forget(context.notices)
            self._all_dirty = False
        elif self._changed:
            self._dirty.update(dict.fromkeys(self._near(list(self._changed), context)))
        self._changed.clear()
        news: list[tuple[RecordDigest, Touch]] = []
        for record in list(self._dirty)[:LOOKED_AT_ONCE_MAX]:
            del self._dirty[record]
            held = context.notices.get(record)
            self._to_tell[record] = None
            if held is None or not held.stands or held.window[1] < at:
                self._found.pop(record, None)
                self._caps.pop(record, None)
                continue
            self._caps[record] = _caps(held, context.buffers)
            touched = self._touched_by(held, context, at)
            if held.author != self._me:
                touched = of_party(touched, self._me)
                known = {each.id for each in self._found.get(record, ())}
                news += [(record, each) for each in touched if each.id not in known]
            self._found[record] = touched
        return news

    def next_owed(self, at: Instant, context: HazardContext) -> Draft | None:
        """The next record owed to an owner, or None; `apply` of it makes it owed no more."""
        for kind, owner, body in self._owed(at, context):
            if owner in context.peers and owner not in self._passed:
                self._offered = owner
                return Draft(kind, (owner,), dict(body), exercise=self._exercise)
        return None

    def pass_over(self) -> None:
        """Offer nothing more to the owner offered last; `try_again` does."""
        if self._offered is not None:
            self._passed.add(self._offered)

    def try_again(self) -> None:
        """What stood in the way may have gone."""
        self._passed.clear()

    # Inside

    def _owed(
        self, at: Instant, context: HazardContext
    ) -> Iterator[tuple[str, PartyId, Mapping[str, object]]]:
        for _, owner, _, exposure in self._exposures_owed:
            yield bodies.EXPOSURE, owner, exposure_to_body(exposure)
        for key, sweep in list(self._sweeps_open.items()):
            told = self._sweeps_told.get(key, set())
            owners = _owners_in(sweep, context) & {*context.peers}
            for owner in sorted(owners - told):
                yield bodies.SWEEP, owner, sweep_to_body(_told_to(sweep, owner))
            if owners <= told:
                del self._sweeps_open[key]
        for record in list(self._to_tell):
            held = context.notices.get(record)
            owed = []
            if held is not None and held.author == self._me:
                owed = list(self._touches_owed(held, at))
            yield from owed
            if not owed:
                del self._to_tell[record]

    def _touches_owed(
        self, held: Held, at: Instant
    ) -> Iterator[tuple[str, PartyId, Mapping[str, object]]]:
        if held.window[1] < at:
            return
        touched = self._found.get(held.record, ()) if held.stands else ()
        owners = {each.owner for each in touched}
        owners |= {owner for of, owner in self._touch_told if of == held.record}
        for owner in sorted(owners - {self._me}):
            told = _touch_told(held, of_party(touched, owner))
            if self._touch_told.get((held.record, owner)) != told:
                yield bodies.TOUCH, owner, touch_to_body(told)

    def _touched_by(self, held: Held, context: HazardContext, at: Instant) -> tuple[Touch, ...]:
        return tuple(
            touched_by(
                held.volumes,
                held.notice.activity,
                context.buffers,
                context.sites,
                context.movements,
                at,
            )
        )

    def _near(self, changed: list[str], context: HazardContext) -> Iterator[RecordDigest]:
        """Notices that something which changed may touch, or touched before (over-approximates)."""
        centres, reaches = [], []
        for name in changed:
            disc = context.sites.disc_of(SiteId(name))
            if disc is not None:
                unit = unit_from_degrees(
                    np.array([disc.latitude_deg]), np.array([disc.longitude_deg])
                )
                centres.append(unit[0])
                reaches.append(disc.radius_m)
            route = context.movements.route_of(MovementId(name))
            if route is not None:
                middle = route.shape.prepared
                centres.append(middle.centre)
                reaches.append(middle.reach_m + route.shape.radius_m)
        of, reach = np.array(centres).reshape(-1, 3), np.array(reaches)
        for record, caps in self._caps.items():
            found = any(each.id in self._changed for each in self._found.get(record, ()))
            for centre, cap_m in caps if len(of) else ():
                straight_m = SEMI_MINOR_M * np.sqrt(((of - centre) ** 2).sum(axis=1))
                found = found or bool((straight_m <= reach + cap_m + 1.0).any())
            if found:
                yield record

    def _forget(self, known: NoticeBook) -> None:
        """Let go of what is about notices that have left memory; the journal keeps it."""
        for record in [each for each in self._objections if known.get(each) is None]:
            if record not in self._touch_received:
                del self._objections[record]
        for key in [each for each in self._touch_told if known.get(each[0]) is None]:
            del self._touch_told[key]

    def _take_preview(self, record: Record, preview: Preview) -> None:
        asked = Asked(
            record.digest,
            record.operator,
            record.made_at,
            preview.question,
            preview.cells,
            preview.seen,
        )
        self._owe_exposures(record, preview.seen, Way.PREVIEW)
        self._take_asked(asked)

    def _take_reading(self, record: Record, reading: Reading) -> None:
        self._owe_exposures(record, reading.seen, reading.way)
        if reading.way is Way.QUERY:
            asked = Asked(
                record.digest, record.operator, record.made_at, reading.question, reading.cells,
                reading.seen, way=reading.way.value,
            )  # fmt: skip
            self._take_asked(asked)
            return
        ids = tuple(name for name, _ in reading.seen)
        listed = Listed(
            record.digest, record.operator, record.made_at, reading.question, reading.rows, ids,
            reading.way.value,
        )  # fmt: skip
        sweep = self.readings.take(listed, reading.seen)
        if sweep is not None:
            self._take_sweep_made(sweep)

    def _owe_exposures(self, record: Record, seen: Iterable[tuple[str, int]], way: Way) -> None:
        by_owner: dict[PartyId, list[tuple[str, int]]] = {}
        for name, precision_mm in seen:
            by_owner.setdefault(_owner(name), []).append((name, precision_mm))
        for owner, rows in sorted(by_owner.items()):
            if owner != self._me:
                exposure = Exposure(record.digest, record.operator, tuple(rows), way)
                self._exposures_owed.append((record.digest, owner, record.operator, exposure))

    def _take_asked(self, asked: Asked) -> None:
        for sweep in self.previews.take(asked):
            self._take_sweep_made(sweep)

    def _take_sweep_made(self, sweep: Sweep) -> None:
        self._sweeps.append(sweep)
        self._sweeps_open[sweep.record, sweep.rule.value] = sweep

    def _count_sent(self, record: Record, terms: Terms | None) -> None:
        said = notices.read_body(record)
        if not isinstance(said, Notice):
            return
        buffers = Buffers() if terms is None else terms.buffers
        shapes = [area.shape for area in said.areas]
        try:
            cells = cells_of(shapes, buffers.greatest_m(said.activity), SENT_CELLS_MAX)
        except InputError:
            return  # so wide that its touches tell every owner
        if cells:
            question = question_of(shapes, said.activity, [])
            self._take_asked(
                Asked(
                    record.digest, record.operator, record.made_at, question, cells, (), sent=True
                )
            )

    def _take_exposure(self, record: Record, exposure: Exposure) -> None:
        if record.author == self._me:
            owner = record.recipients[0]
            self._exposures_owed = deque(
                each
                for each in self._exposures_owed
                if (each[0], each[1]) != (exposure.preview, owner)
            )
            return
        for name, precision_mm in exposure.seen:
            seen = self._seen.setdefault(name, deque(maxlen=1_000))
            seen.append(
                ExposureSeen(
                    record.made_at,
                    record.author,
                    exposure.by,
                    precision_mm,
                    record.digest,
                    exposure.way,
                )
            )
        while len(self._seen) > EXPOSURES_MAX:
            self._seen.pop(next(iter(self._seen)))

    def _take_touch(self, record: Record, told: TouchTold, received_at: Instant) -> None:
        if record.author == self._me:
            self._touch_told[told.record, record.recipients[0]] = told
            return
        self._touch_received[told.record] = TouchReceived(
            record.author, told, received_at, record.digest
        )
        while len(self._touch_received) > notices.HELD_PER_PARTY_MAX:
            self._touch_received.pop(next(iter(self._touch_received)))

    def _take_sweep(self, record: Record, told: SweepTold, received_at: Instant) -> None:
        if record.author == self._me:
            key = told.preview, told.rule.value
            self._sweeps_told.setdefault(key, set()).add(record.recipients[0])
            return
        self._sweeps_received.append((record.author, told, received_at))

    def _take_objection(self, record: Record, objection: Objection) -> None:
        by_record = self._objections.get(objection.record, {})
        if record.author not in by_record and len(by_record) >= OBJECTIONS_MAX:
            raise RecordError("hazard-limit", f"{OBJECTIONS_MAX} parties object, the most")
        self._objections.setdefault(objection.record, by_record)[record.author] = ObjectionMade(
            record.author, record.operator, objection, record.made_at, record.digest
        )


_NO_PLACE: Final = frozenset({
    sites.EXPOSURE, sites.FINDING, sites.CONSENT, sites.CONSENT_WITHDRAWAL, sites.PROPOSALS,
    sites.ANSWER, sites.RENEWAL,
})  # fmt: skip
"""Records of the rooms of sites that change nowhere where anything is."""


def _named(record: Record) -> Iterator[str]:
    """Ids of the sites or movements that a record of those rooms is about."""
    body = record.body
    for row in body.get("entries", ()):
        yield str(row["site"])
    for row in body.get("sites") or ():
        yield str(row["site"] if isinstance(row, dict) else row)
    for name in ("site", "movement"):
        if name in body:
            yield str(body[name])


def _caps(held: Held, buffers: Buffers) -> list[tuple[Floats, float]]:
    """A ball around each area of a notice and its buffer: centre and reach, straight."""
    around_m = buffers.greatest_m(held.notice.activity)
    return [
        (shape.prepared.centre, shape.prepared.reach_m + shape.radius_m + around_m)
        for shape in {volume.shape for volume in held.volumes}
    ]


def cells_of(shapes: Iterable[Shape], around_m: float, count_max: int) -> tuple[Where, ...]:
    """Cells that some areas meet, the buffer included.

    Raises:
        InputError: `areas`: more than `count_max`.
    """
    found: dict[Where, None] = {}
    for shape in dict.fromkeys(shapes):
        for cell in cells_around(shape, around_m, count_max):
            found[where(cell)] = None
    if len(found) > count_max:
        raise InputError("areas", f"meets {len(found)} cells of some 39 km; at most {count_max}")
    return tuple(sorted(found))


def question_of(
    shapes: Iterable[Shape], activity: str, times: Iterable[tuple[Instant, Instant]]
) -> str:
    """Digest of what is asked about: areas, class and times."""
    said = {
        "activity": activity,
        "shapes": [shape_to_body(each) for each in shapes],
        "times": [[str(each) for each in window] for window in times],
    }
    return hashlib.sha256(encode_canonical(said)).hexdigest()


def answer_of(
    volumes: tuple[Volume4D, ...], activity: str, context: HazardContext, at: Instant
) -> HazardAnswer:
    """What an activity would touch, told before it is sent."""
    return check_hazard(
        volumes, activity, context.buffers, context.sites, context.movements, at, ROWS_MAX
    )


def answer_word(answer: HazardAnswer) -> AnswerWord:
    """Which of the three answers it is."""
    if isinstance(answer, NoticeTouches):
        return AnswerWord.TOUCHES
    return (
        AnswerWord.NOTHING if isinstance(answer, sites.NothingNotified) else AnswerWord.UNDETERMINED
    )


def _owner(name: str) -> PartyId:
    return PartyId(name.partition("/")[0])


def _touch_told(held: Held, touched: tuple[Touch, ...]) -> TouchTold:
    begins, ends = held.window
    standing = Standing.STANDS
    if not held.stands:
        standing = Standing.REPLACED if held.replaced_by else Standing.CANCELLED
    rows = tuple(
        TouchedRow(
            each.id,
            each.version,
            each.what.precision_mm,
            each.how,
            round(each.what.distance_m * MM_PER_METRE),
            round(each.buffer_m * MM_PER_METRE),
        )
        for each in touched[:ROWS_MAX]
    )
    return TouchTold(
        held.notice.id,
        held.record,
        held.notice.activity,
        begins,
        ends,
        standing,
        len(touched),
        rows,
    )


def _told_to(sweep: Sweep, owner: PartyId) -> SweepTold:
    seen = tuple(each for each in sweep.seen if _owner(each) == owner)[:ROWS_MAX]
    return SweepTold(
        sweep.record,
        sweep.rule,
        sweep.operator,
        sweep.questions,
        len(sweep.cells),
        sweep.since,
        sweep.at,
        seen,
    )


def _owners_in(sweep: Sweep, context: HazardContext) -> set[PartyId]:
    """Whoever has told this node of something that was touched, or that lies where was asked."""
    found = {_owner(each) for each in sweep.seen}
    index, ids = context.sites.index()
    for row, column in sweep.cells:
        disc = sites.cell_disc(row, column)
        near = index.near_point(disc.latitude_deg, disc.longitude_deg, disc.radius_m)
        found |= {_owner(ids[number]) for number in near.number}
    for movement in context.movements.movements():
        theirs = context.movements.theirs(movement)
        if theirs is not None and not theirs.withdrawn:
            found.add(_owner(movement))
    return found
