"""The notice book: all notices a node knows of in one world, rebuilt from its journal by `apply` alone."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from comity.domain.agreement import Terms
from comity.domain.airspace import NO_HEIGHT_BOUNDS, Volume4D
from comity.domain.notices.bodies import read_body
from comity.domain.notices.check import PlacesNamed, check_notice, lead_s
from comity.domain.notices.notice import Acknowledgement, Cancellation, Finding, Notice
from comity.domain.notices.safer import held_volumes, held_window
from comity.domain.records import Record
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import NoticeId, OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant
from comity.kernel.sentences import said

HELD_PER_PARTY_MAX = 2_000  # a busy range authority publishes some hundred a day
KEPT_S = (
    7 * 86_400.0
)  # after its end or its cancellation a notice leaves memory; the journal keeps it
TIDY_S = 3_600.0  # between looks for what may leave memory
ACKNOWLEDGEMENTS_MAX = 1_000  # of one revision; as many as a party has operators


class NoticeState(StrEnum):
    """How a revision stands at an instant."""

    TO_COME = "to-come"
    IN_EFFECT = "in-effect"
    OVER = "over"
    CANCELLED = "cancelled"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One person's word that they have a revision."""

    operator: OperatorId
    made_at: Instant
    record: RecordDigest


@dataclass(slots=True)
class Held:
    """One revision as this node took it in. Only the book changes it.

    Attributes:
        terms: in force when it came; by them it is late or not.
        replaced_by: revisions that took its place; more than one contradict each other.
        acknowledged: by party and person.
    """

    record: RecordDigest
    author: PartyId
    recipients: tuple[PartyId, ...]
    operator: OperatorId
    made_at: Instant
    received_at: Instant
    notice: Notice
    terms: Terms | None
    replaced_by: list[RecordDigest] = field(default_factory=list)
    cancelled: Cancellation | None = None
    cancelled_at: Instant | None = None
    acknowledged: dict[tuple[PartyId, OperatorId], Acknowledged] = field(default_factory=dict)
    _findings: dict[bool, tuple[Finding, ...]] = field(default_factory=dict)

    @property
    def window(self) -> tuple[Instant, Instant]:
        """From when until when it is held to be."""
        return held_window(self.notice, self.received_at)

    @property
    def volumes(self) -> tuple[Volume4D, ...]:
        """Everywhere that it is held to be; none where it states no area."""
        bounds = NO_HEIGHT_BOUNDS if self.terms is None else self.terms.height_bounds
        return held_volumes(self.notice, self.received_at, bounds)

    def findings(self, places_named: PlacesNamed | None) -> tuple[Finding, ...]:
        """What is wrong with it; found once, for nothing that it depends on changes."""
        with_places = places_named is not None
        if with_places not in self._findings:
            self._findings[with_places] = check_notice(
                self.notice, self.received_at, self.terms, places_named
            )
        return self._findings[with_places]

    @property
    def stands(self) -> bool:
        """Whether it is neither cancelled nor replaced."""
        return self.cancelled is None and not self.replaced_by


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A revision as this node may truthfully show it. Cheap to make; what takes long is asked for.

    Attributes:
        window: from when until when it is held to be.
        lead_s: from when it came until its beginning; None where none is stated.
        agreed_lead_s: of the agreement then in force; None where it has none for the activity.
        acknowledged: persons by party, for every recipient; empty means unknown, never «seen».
        rivals: other revisions of the same notice that stand beside it.
    """

    held: Held
    own: bool
    state: NoticeState
    window: tuple[Instant, Instant]
    lead_s: float | None
    agreed_lead_s: float | None
    acknowledged: Mapping[PartyId, tuple[Acknowledged, ...]]
    rivals: tuple[RecordDigest, ...]

    def findings(self, places_named: PlacesNamed | None = None) -> tuple[Finding, ...]:
        """What is wrong with it; nothing found says no more than that no rule found anything.

        May be asked in another thread: nothing that it depends on changes. A text made to be slow takes 20 ms.
        """
        found = self.held.findings(places_named)
        if not self.rivals:
            return found
        form = "{count} more revisions of it stand beside this one; all are held to meanwhile"
        words = said("N18", form, count=str(len(self.rivals)))
        return (*found, Finding("contradictory", "N18", "revision", words))


class NoticeBook:
    """One node's notices, own and of others, in one world. Not safe for use by two threads at once."""

    def __init__(self, me: PartyId, *, exercise: bool = False) -> None:
        self._me = me
        self._exercise = exercise
        self._held: dict[RecordDigest, Held] = {}
        self._of: dict[NoticeId, list[RecordDigest]] = {}
        self._counts: Counter[PartyId] = Counter()
        self._tidied_at: Instant | None = None

    def apply(self, record: Record, received_at: Instant, terms: Terms | None) -> None:
        """Take in one record; one of the other world changes nothing.

        Raises:
            RecordError: malformed; `notice-unknown` where it is about a revision that is not here;
                `notice-limit` where its author has too many; nothing changed.
        """
        if record.exercise is not self._exercise:
            return
        body = read_body(record)
        self._forget(received_at)
        match body:
            case Notice():
                self._take(record, body, received_at, terms)
            case Cancellation():
                self._cancel(record, body, received_at)
            case Acknowledgement():
                self._acknowledge(record, body)

    def get(self, record: RecordDigest) -> Held | None:
        """One revision by its record."""
        return self._held.get(record)

    def latest(self, notice: NoticeId) -> tuple[Held, ...]:
        """The revisions of a notice that stand, or its last one where none does.

        Raises:
            InputError: none of that id is in the book.
        """
        known = [self._held[each] for each in self._of.get(notice, ())]
        if not known:
            raise InputError("notice", f"{notice} is not known here")
        standing = [each for each in known if each.stands]
        return tuple(standing) or (known[-1],)

    def held(self) -> Iterator[Held]:
        """Every revision in the book, in the order in which it came."""
        return iter(self._held.values())

    def standing(self, at: Instant) -> Iterator[Held]:
        """Every revision that stands and is not over; what later rooms hold against sites and movements."""
        return (each for each in self._held.values() if each.stands and each.window[1] >= at)

    def view(self, record: RecordDigest, at: Instant) -> NoticeView | None:
        """One revision as this node may show it now; None where it is not here."""
        held = self._held.get(record)
        if held is None:
            return None
        notice, terms = held.notice, held.terms
        rivals = tuple(
            each
            for each in self._of[notice.id]
            if each != record and held.stands and self._held[each].stands
        )
        return NoticeView(
            held=held,
            own=held.author == self._me,
            state=_state(held, at),
            window=held.window,
            lead_s=lead_s(notice, held.received_at),
            agreed_lead_s=None if terms is None else terms.notice_s.get(notice.activity),
            acknowledged={party: _of_party(held, party) for party in held.recipients},
            rivals=rivals,
        )

    def _take(
        self, record: Record, notice: Notice, received_at: Instant, terms: Terms | None
    ) -> None:
        count = self._counts[record.author]
        if count >= HELD_PER_PARTY_MAX:
            raise RecordError(
                "notice-limit", f"{count} of {record.author}, at most {HELD_PER_PARTY_MAX}"
            )
        before = None if notice.replaces is None else self._held.get(notice.replaces)
        if before is not None and before.notice.id != notice.id:
            raise RecordError("notice-revision", f"replaces a revision of {before.notice.id}")
        if before is not None and before.recipients != record.recipients:
            why = f"to {list(record.recipients)}; the one it replaces went to {list(before.recipients)}"
            raise RecordError("notice-recipients", why)
        self._held[record.digest] = Held(
            record=record.digest,
            author=record.author,
            recipients=record.recipients,
            operator=record.operator,
            made_at=record.made_at,
            received_at=received_at,
            notice=notice,
            terms=terms,
        )
        self._counts[record.author] += 1
        self._of.setdefault(notice.id, []).append(record.digest)
        if before is not None:
            before.replaced_by.append(record.digest)

    def _cancel(self, record: Record, body: Cancellation, received_at: Instant) -> None:
        held = self._known(body.record)
        if held.author != record.author or held.notice.id != body.id:
            raise RecordError("notice-owner", f"{body.record[:12]} is no revision of {body.id}")
        if held.cancelled is None:
            held.cancelled, held.cancelled_at = body, received_at

    def _acknowledge(self, record: Record, body: Acknowledgement) -> None:
        held = self._known(body.record)
        if record.author not in held.recipients:
            why = f"{record.author} is no recipient of {body.record[:12]}"
            raise RecordError("notice-acknowledger", why)
        key = record.author, record.operator
        if key in held.acknowledged:
            return  # the first word of a person counts
        if len(held.acknowledged) >= ACKNOWLEDGEMENTS_MAX:
            raise RecordError("notice-limit", f"{ACKNOWLEDGEMENTS_MAX} acknowledgements")
        held.acknowledged[key] = Acknowledged(record.operator, record.made_at, record.digest)

    def _known(self, record: RecordDigest) -> Held:
        held = self._held.get(record)
        if held is None:
            raise RecordError("notice-unknown", f"no revision {record[:12]} is here")
        return held

    def _forget(self, now: Instant) -> None:
        """Let go of what is long over or cancelled; what was replaced goes with what replaced it."""
        if self._tidied_at is not None and now.minus(self._tidied_at) < TIDY_S:
            return
        self._tidied_at = now
        gone = [
            each
            for each in self._held.values()
            if max(each.window[1], each.cancelled_at or each.window[1]).or_last_plus_s(KEPT_S) < now
        ]
        for held in gone:
            del self._held[held.record]
            self._counts[held.author] -= 1
            self._of[held.notice.id].remove(held.record)
            if not self._of[held.notice.id]:
                del self._of[held.notice.id]


def _state(held: Held, at: Instant) -> NoticeState:
    start, end = held.window
    if held.cancelled is not None:
        return NoticeState.CANCELLED
    if held.replaced_by:
        return NoticeState.REPLACED
    if at > end:
        return NoticeState.OVER
    return NoticeState.TO_COME if at < start else NoticeState.IN_EFFECT


def _of_party(held: Held, party: PartyId) -> tuple[Acknowledged, ...]:
    return tuple(each for (who, _), each in held.acknowledged.items() if who == party)
