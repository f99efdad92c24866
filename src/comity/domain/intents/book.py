"""The intent book: all a node knows of intents, rebuilt from its journal by `apply` alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from comity.domain.agreement import Terms
from comity.domain.airspace import Footprint
from comity.domain.intents import planning
from comity.domain.intents.alarms import Alarms
from comity.domain.intents.answers import Move, RefusalReason
from comity.domain.intents.applying import apply_body
from comity.domain.intents.bodies import PROPOSAL, Body, DeclaredState, read_body
from comity.domain.intents.conflict_finder import ConflictFinder
from comity.domain.intents.context import BookContext
from comity.domain.intents.decisions import (
    HOLDING,
    NO_AGREEMENT,
    assent_drafts,
    judge,
    owed_about,
    refusal_draft,
    refusal_of,
)
from comity.domain.intents.holdings import Holdings, Tally
from comity.domain.intents.planning import CheckedPlan, NotPossible, PlannedFlight
from comity.domain.intents.states import FINAL, IntentState
from comity.domain.intents.versions import Announced
from comity.domain.intents.views import (
    AnnouncementView,
    IntentView,
    Receipted,
    VersionView,
    view_announcement,
    view_intent,
    view_version,
)
from comity.domain.records import Draft, Record
from comity.kernel.ids import IntentId, OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant

ContextKey = tuple[str | None, str | None, frozenset[tuple[PartyId, str]]]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a person's answer comes to: these records, in this order.

    `given` is what goes out: a refusal where the person assented and the check did not.
    """

    given: Move
    drafts: tuple[Draft, ...]


class IntentBook:
    """One node's intents, own and of others, in one world (live or exercise).

    The node applies every intent record in journal order, own and received alike; that, and time
    passing, is all that changes the book. After each batch it asks `next_owed`, signs and applies
    the draft, and asks again until nothing is owed.

    Not safe for use by two threads at once.
    """

    def __init__(
        self,
        me: PartyId,
        finder: ConflictFinder,
        *,
        exercise: bool = False,
        forgets: bool = True,
    ) -> None:
        """An empty book.

        Args:
            me: whose node.
            finder: empty; this book alone changes it.
            exercise: which of the two worlds.
            forgets: whether flights long over leave the book (`finished.py`).
        """
        self._holdings = Holdings(me, finder, exercise=exercise, forgets=forgets)
        self._context_key: ContextKey | None = None
        self._declared: tuple[Any, Footprint] | None = None  # spares reading it a second time

    @property
    def holdings(self) -> Holdings:
        """What the book holds, to look at; only `apply` and time change it."""
        return self._holdings

    @property
    def alarms(self) -> Alarms:
        """What a person must be told."""
        return self._holdings.alarms

    def apply(
        self,
        record: Record,
        received_at: Instant,
        terms: Terms | None,
        body: Body | None = None,
    ) -> None:
        """Take in one record; a record of the other world changes nothing.

        Args:
            record: own or a peer's, already verified.
            received_at: as the journal says.
            terms: in force at `received_at`, None where none are.
            body: what `read_body` made of the record, where the caller has it already.

        Raises:
            RecordError: the body is malformed; nothing changed.
            InvariantError: a record of our own breaks the transition table.
        """
        if record.exercise is not self._holdings.exercise:
            return
        checked = body or read_body(record, self._footprint_declared(record))
        self._holdings.advance(received_at)
        self._holdings.use_terms(terms)
        apply_body(self._holdings, record, checked)

    def next_owed(
        self,
        at: Instant,
        context: BookContext,
        may_go_on: Callable[[], bool] = lambda: True,
    ) -> Draft | None:
        """The next record owed, or None; the same draft again until its record is applied.

        Args:
            at: now.
            context: what may be relied on.
            may_go_on: asked after each flight about which nothing is owed; at its no the search ends,
                and `undecided_now` says whether anything is left to look at.
        """
        holdings = self._holdings
        holdings.advance(at)
        self._use_context(context)
        while (digest := holdings.agenda.head()) is not None:
            draft = owed_about(holdings, holdings.versions[digest], context)
            if draft is not None:
                return draft
            holdings.agenda.done(digest)
            if not may_go_on():
                break
        return None

    @property
    def undecided_now(self) -> bool:
        """Whether flights wait to be looked at without anything further having to happen."""
        return self._holdings.agenda.head() is not None

    def pass_over(self) -> None:
        """The draft just owed cannot be made now; look at its flight again when something changes."""
        digest = self._holdings.agenda.head()
        if digest is not None:
            self._holdings.agenda.done(digest)

    def next_due(self) -> Instant | None:
        """When time alone next changes something; till then only records give work."""
        return self._holdings.agenda.next_due()

    def check(
        self, flight: PlannedFlight, at: Instant, context: BookContext
    ) -> CheckedPlan | NotPossible:
        """Check a plan as `declare` would; nothing is sent or held."""
        self._use_context(context)
        return planning.check_plan(self._holdings, flight, at, context)

    def declare(
        self, flight: PlannedFlight, at: Instant, context: BookContext
    ) -> Draft | NotPossible:
        """Propose a new intent, or a change to an accepted one."""
        self._use_context(context)
        checked = planning.check_plan(self._holdings, flight, at, context)
        if isinstance(checked, NotPossible):
            return checked
        draft = planning.proposal_draft(self._holdings, flight, checked)
        self._declared = (draft.body["footprint"], checked.proposal.footprint)
        return draft

    def withdraw(
        self, intent: IntentId, operator: OperatorId, *, change_only: bool = False
    ) -> Draft | NotPossible:
        """Take an own intent back, or only the undecided change to it."""
        return planning.withdraw(self._holdings, intent, operator, change_only=change_only)

    def change_state(
        self,
        intent: IntentId,
        state: DeclaredState,
        operator: OperatorId,
        off_nominal: Footprint | None = None,
    ) -> Draft | NotPossible:
        """Say that an own accepted intent is activated, nonconforming, contingent or ended."""
        return planning.change_state(self._holdings, intent, state, operator, off_nominal)

    def announce(
        self,
        intent: IntentId,
        footprint: Footprint,
        operator: OperatorId,
        context: BookContext,
        *,
        callsign: str | None = None,
        remark: str = "",
    ) -> Draft | NotPossible:
        """Make an emergency flight known to every party, without asking."""
        return planning.announce(
            self._holdings, intent, footprint, operator, context, callsign=callsign, remark=remark
        )

    def end_announcement(
        self, digest: RecordDigest, operator: OperatorId, *, remark: str = ""
    ) -> Draft | NotPossible:
        """Say that an own announced emergency is over."""
        return planning.end_announcement(self._holdings, digest, operator, remark=remark)

    def answer(
        self,
        proposal: RecordDigest,
        move: Move,
        operator: OperatorId,
        at: Instant,
        context: BookContext,
    ) -> Answered | NotPossible:
        """A person's answer to a proposal that awaits one.

        Args:
            proposal: digest of the proposal answered.
            move: ASSENT or REFUSE.
            operator: who answers.
            at: now.
            context: the terms in force and what stands in the way.
        """
        holdings = self._holdings
        holdings.advance(at)
        self._use_context(context)
        version = holdings.versions.get(proposal)
        if version is None or version.own or version.state is not IntentState.PENDING:
            return NotPossible("not-awaiting-an-answer", {"proposal": proposal})
        if move is Move.REFUSE:
            refusal = refusal_draft(
                holdings,
                version,
                RefusalReason.PERSON,
                detail={},
                context=context,
                operator=operator,
            )
            return Answered(Move.REFUSE, (refusal,))
        terms = context.terms
        if terms is None:
            return NotPossible(NO_AGREEMENT)
        why_held = context.why_held((version.owner,))
        if why_held is not None:
            return NotPossible(HOLDING, {"why": why_held})
        judgement = judge(holdings, version, terms, context)
        if judgement.answer.move is Move.REFUSE:
            refusal = refusal_of(holdings, version, judgement, context)
            return Answered(Move.REFUSE, (refusal,))
        if judgement.answer.move is Move.WAIT:
            return NotPossible("waiting-for-another-proposal")
        drafts = assent_drafts(
            holdings, version, judgement, terms=terms, context=context, operator=operator
        )
        return Answered(Move.ASSENT, tuple(drafts))

    def records_of(self, intent: IntentId) -> tuple[RecordDigest, ...]:
        """Digests of the records about an intent, as they were applied, if it is long over too."""
        return self._holdings.finished.records(intent)

    def intents(self) -> Iterator[IntentId]:
        """Every intent in the book, in the order in which this node learnt of them."""
        return iter(self._holdings.history)

    def view(
        self,
        intent: IntentId,
        at: Instant,
        context: BookContext,
        receipted: Receipted | None = None,
    ) -> IntentView | None:
        """An intent as this node may truthfully show it now, or None where it knows of none."""
        self._holdings.advance(at)
        return view_intent(self._holdings, intent, context, receipted)

    def view_version(
        self,
        digest: RecordDigest,
        at: Instant,
        context: BookContext,
        receipted: Receipted | None = None,
    ) -> VersionView | None:
        """One version by the digest of its proposal."""
        self._holdings.advance(at)
        version = self._holdings.versions.get(digest)
        return (
            None if version is None else view_version(self._holdings, version, context, receipted)
        )

    def announcements(self, at: Instant) -> Iterator[AnnouncementView]:
        """Every emergency flight announced, those that are over included."""
        self._holdings.advance(at)
        announced: Iterator[Announced] = iter(self._holdings.announcements.values())
        return (view_announcement(each) for each in announced)

    def is_over(self, about: RecordDigest, at: Instant) -> bool | None:
        """Whether the version or the announcement of a record is over; None: no such one is known."""
        self._holdings.advance(at)
        known = self._holdings.versions.get(about) or self._holdings.announcements.get(about)
        return None if known is None else known.state in FINAL

    def tallies(self) -> dict[PartyId, Tally]:
        """What each party has proposed, for the caps and for noticing probes."""
        return self._holdings.tallies()

    def _footprint_declared(self, record: Record) -> Footprint | None:
        """What an own proposal's footprint reads as, if it is the one declared last."""
        if record.kind != PROPOSAL or record.author != self._holdings.me or self._declared is None:
            return None
        body, footprint = self._declared
        return footprint if record.body.get("footprint") == body else None

    def _use_context(self, context: BookContext) -> None:
        """Look again at all that is undecided when what stood in the way has changed."""
        digest = None if context.terms is None else context.terms.digest
        key = (digest, context.holding, frozenset(context.holding_with.items()))
        self._holdings.use_terms(context.terms)
        if key == self._context_key:
            return
        self._context_key = key
        self._holdings.resume()
        for version in self._holdings.undecided():
            self._holdings.agenda.add(version.digest)
