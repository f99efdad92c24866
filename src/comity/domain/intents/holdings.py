"""Everything a node holds about intents; applied records and time passing change it."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from comity.domain.agreement import Terms
from comity.domain.airspace import Footprint
from comity.domain.intents.agenda import Agenda, Moment
from comity.domain.intents.alarms import Alarm, AlarmKind, Alarms
from comity.domain.intents.conflict_finder import ConflictFinder
from comity.domain.intents.finished import ANNOUNCEMENTS_OVER_MAX, FINISHED_KEPT_S, Finished
from comity.domain.intents.footprints import window_of
from comity.domain.intents.states import (
    BLOCKING,
    FINAL,
    HOLDER_TRANSITIONS,
    OWNER_TRANSITIONS,
    IntentEvent,
    IntentState,
    next_state,
)
from comity.domain.intents.versions import Announced, FlagReason, Version
from comity.domain.records import Record
from comity.kernel.ids import AgreementDigest, IntentId, PartyId, RecordDigest
from comity.kernel.instants import Instant
from comity.kernel.invariants import invariant

KEPT = BLOCKING | {IntentState.LAPSED, IntentState.ANNOUNCED}
"""States whose footprint the conflict finder knows."""

HOUR_S = 3600.0
TALLY_MAX = 100_000  # proposals of one party within an hour that are counted one by one

_MOMENT_EVENTS = {
    Moment.DECIDE_BY: IntentEvent.DECIDE_BY,
    Moment.LAPSE: IntentEvent.LAPSE,
    Moment.EXPIRY: IntentEvent.EXPIRY,
}


@dataclass(slots=True)
class Tally:
    """What one party has proposed, for the caps and for noticing probes."""

    open_count: int = 0
    probing: bool = False
    proposed_ms: deque[int] = field(default_factory=lambda: deque(maxlen=TALLY_MAX))
    withdrawn_ms: deque[int] = field(default_factory=lambda: deque(maxlen=TALLY_MAX))

    def count_in_hour(self, times_ms: deque[int], at: Instant) -> int:
        """Drop what is over an hour older than `at`, and count the rest."""
        while times_ms and times_ms[0] <= at.unix_ms - HOUR_S * 1000:
            times_ms.popleft()
        return len(times_ms)


class Holdings:
    """Versions, announcements, flags, and what waits for what.

    Invariants:
      - the conflict finder holds exactly the footprints of versions and announcements in a state of
        `KEPT`, and the off-nominal volumes of those;
      - a version's state changes only along OWNER_TRANSITIONS or HOLDER_TRANSITIONS;
      - a version in a final state has no footprint, flags nobody and is waited for by nobody;
      - a flight all of whose versions are final is forgotten after a while (`finished.py`).
    """

    def __init__(
        self,
        me: PartyId,
        finder: ConflictFinder,
        *,
        exercise: bool = False,
        forgets: bool = True,
    ) -> None:
        self.me = me
        self.exercise = exercise
        self.finder = finder
        self.now = Instant(0)
        self.terms: Terms | None = None
        self.versions: dict[RecordDigest, Version] = {}
        self.history: dict[IntentId, list[RecordDigest]] = {}
        self.announcements: dict[RecordDigest, Announced] = {}
        self.agenda = Agenda()
        self.alarms = Alarms()
        self.finished = Finished()
        self._forgets = forgets
        self._put_off: dict[RecordDigest, None] = {}
        self._open: dict[RecordDigest, None] = {}
        self._kept_by: dict[RecordDigest, RecordDigest] = {}
        self._causes: dict[RecordDigest, FlagReason] = {}
        self._flagged_by: dict[RecordDigest, dict[RecordDigest, None]] = {}
        self._waiting_for: dict[RecordDigest, dict[RecordDigest, None]] = {}
        self.said_early: dict[RecordDigest, list[Record]] = {}  # own, about what is not here again
        self._tallies: dict[PartyId, Tally] = {}

    def advance(self, at: Instant) -> None:
        """Let time pass. A clock that steps back does not bring back what it released."""
        self.now = max(self.now, at)
        while (due := self.agenda.pop_due(self.now)) is not None:
            self._come_due(*due)

    def use_terms(self, terms: Terms | None) -> None:
        """Go by these terms from now on; stricter ones flag what was accepted under milder ones."""
        if terms is None or (self.terms is not None and terms.digest == self.terms.digest):
            return
        first = self.terms is None
        self.terms = terms
        self.finder.set_minima(terms.separation.minima)
        if not first:
            self.recheck()

    def recheck(self) -> None:
        """Flag accepted intents that conflict under the minima in use, and drop none (rule 10)."""
        for version in self.versions.values():
            if not version.agreed or version.footprint is None:
                continue
            for other in self.met_by(version.footprint, version):
                if isinstance(other, Version) and other.agreed:
                    self.flag(version, other.digest, FlagReason.STRICTER_MINIMA)

    def admit(self, version: Version) -> None:
        """Take in a new version, own or of another party."""
        self.finished.is_on_again(version.intent)
        self.finished.note(version.intent, version.digest)
        self.versions[version.digest] = version
        self.history.setdefault(version.intent, []).append(version.digest)
        self._open[version.digest] = None
        tally = self.tally(version.owner)
        tally.open_count += 1
        tally.proposed_ms.append(version.made_at.unix_ms)
        version.open_count = tally.open_count
        version.hour_count = tally.count_in_hour(tally.proposed_ms, version.made_at)
        if version.state in KEPT:
            self._keep(version)
        self.agenda.add(version.digest)
        decide_by = version.proposal.decide_by
        self.agenda.schedule(_after(decide_by), Moment.DECIDE_BY, version.digest)
        self._schedule_expiry(version.digest, version.end)

    def announced_by(self, party: PartyId) -> int:
        """How many emergency flights a party has announced that are not over."""
        return sum(
            1
            for each in self.announcements.values()
            if each.owner == party and each.state is IntentState.ANNOUNCED
        )

    def admit_announcement(self, announced: Announced) -> None:
        """Take in an emergency flight and flag everything it meets."""
        invariant(announced.footprint is not None, "an announcement comes with a footprint")
        self.announcements[announced.digest] = announced
        if announced.footprint is not None:
            self.hold_cause(announced.digest, announced, announced.footprint, FlagReason.ANNOUNCED)
        self._schedule_expiry(announced.digest, announced.end)

    def move(self, version: Version, event: IntentEvent) -> bool:
        """Move a version along its table; False where the table has no such move."""
        table = OWNER_TRANSITIONS if version.own else HOLDER_TRANSITIONS
        after = next_state(table, version.state, event)
        if after is None:
            return False
        before, version.state = version.state, after
        if after is not before:
            self._entered(version, before)
        return True

    def hold_off_nominal(self, version: Version, key: RecordDigest, volume: Footprint) -> None:
        """Keep where a flight that left its volumes may be, and flag everything that meets it."""
        self.drop_off_nominal(version)
        version.off_nominal = (key, window_of(volume)[1])
        self.hold_cause(key, version, volume, FlagReason.OFF_NOMINAL)
        self._schedule_expiry(version.digest, version.last_end)

    def drop_off_nominal(self, version: Version) -> None:
        """Forget where it may be: it is back in its volumes, over, or somewhere newly stated."""
        if version.off_nominal is not None:
            self._drop_cause(version.off_nominal[0])
            version.off_nominal = None

    def met_by(
        self, footprint: Footprint, asking: Version | Announced
    ) -> Iterator[Version | Announced]:
        """What is kept of other intents that a footprint meets or may meet."""
        for finding in self.finder.find(footprint):
            other = self.kept(finding.key)
            if other is not None and other.intent != asking.intent:
                yield other

    def kept(self, key: RecordDigest) -> Version | Announced | None:
        """Whose footprint the conflict finder holds under a key."""
        digest = self._kept_by.get(key)
        if digest is None:
            return None
        return self.versions.get(digest) or self.announcements.get(digest)

    def flag(self, version: Version, cause: RecordDigest, reason: FlagReason) -> None:
        """Take the label `deconflicted` from a version while the cause lasts."""
        if cause in version.flags:
            return
        version.flags[cause] = reason
        self._flagged_by.setdefault(cause, {})[version.digest] = None
        self.alarms.ring(
            Alarm(AlarmKind.NO_LONGER_DECONFLICTED, self.now, version.digest, version.owner, reason)
        )

    def put_off(self, version: Version, why: str) -> None:
        """Leave a version undecided for a reason that views show."""
        version.put_off = why
        self._put_off[version.digest] = None

    def resume(self) -> None:
        """Look again at everything put off: what stood in the way has changed."""
        put_off, self._put_off = self._put_off, {}
        for digest in put_off:
            self.agenda.add(digest)

    def undecided(self) -> Iterator[Version]:
        """Proposals that nobody has decided yet, as far as this node knows."""
        for digest in self._open:
            yield self.versions[digest]

    def wait_for(self, waiting: Version, blocker: RecordDigest) -> None:
        """Look at a version again when another's state changes."""
        self._waiting_for.setdefault(blocker, {})[waiting.digest] = None

    def tally(self, party: PartyId) -> Tally:
        """What a party has proposed."""
        return self._tallies.setdefault(party, Tally())

    def tallies(self) -> dict[PartyId, Tally]:
        """Everybody who proposed anything."""
        return dict(self._tallies)

    def agreed_version(self, intent: IntentId) -> Version | None:
        """The accepted version of an intent, if there is one."""
        for digest in reversed(self.history.get(intent, ())):
            version = self.versions[digest]
            if version.stands:
                return version
        return None

    def guard_band_s(self) -> float:
        """The guard band of the terms last in force; 0 before there were any."""
        return 0.0 if self.terms is None else self.terms.guard_band_s

    def agreement(self) -> AgreementDigest | None:
        """Digest of the terms last in force."""
        return None if self.terms is None else self.terms.digest

    def hold_cause(
        self,
        key: RecordDigest,
        holder: Version | Announced,
        footprint: Footprint,
        reason: FlagReason,
    ) -> None:
        """Keep a footprint that takes the label from everything it meets."""
        self.finder.hold(key, footprint)
        self._kept_by[key] = holder.digest
        self._causes[key] = reason
        for met in list(self.met_by(footprint, holder)):
            if isinstance(met, Version):
                self.flag(met, key, reason)

    def _come_due(self, due: Instant, moment: Moment, digest: RecordDigest) -> None:
        announced = self.announcements.get(digest)
        if announced is not None:
            if announced.state is IntentState.ANNOUNCED:
                self.end_announcement(announced, IntentState.EXPIRED)
            return
        version = self.versions.get(digest)
        if version is None:
            return
        if version.state in FINAL:
            self._come_over(due, moment, version)
            return
        if moment is Moment.EXPIRY and self._expiry(version.last_end) > due:
            self._schedule_expiry(digest, version.last_end)
            return
        if not self.move(version, _MOMENT_EVENTS[moment]):
            self.agenda.add(digest)

    def _schedule_finish(self, version: Version) -> None:
        """When nothing that the protocol allows can refer to a version that is over.

        A proposal about that time is decided or refused by then. Its owner waits for one guard band
        more than the others, so that they have forgotten its number before it may count anew.
        """
        kept_s = self.guard_band_s() * (2 if version.own else 1)
        kept_s += 0.0 if self.terms is None else self.terms.decide_within_s
        since = version.last_end  # and not now, which a replay reaches in longer strides
        if version.state is not IntentState.EXPIRED:
            since = max(since, self.now)
        self.agenda.schedule(_after(since.or_last_plus_s(kept_s)), Moment.FINISHED, version.digest)

    def _come_over(self, due: Instant, moment: Moment, version: Version) -> None:
        """Keep a flight that is over for people only, and in the end forget it."""
        if not self._forgets or moment not in (Moment.FINISHED, Moment.FORGET):
            return
        versions = [self.versions[each] for each in self.history[version.intent]]
        if versions[-1] is not version or any(each.state not in FINAL for each in versions):
            return  # the last version's turn comes, or comes again
        if any(each.notify_replaced for each in versions):
            self._schedule_finish(version)  # a word is still owed
        elif moment is Moment.FINISHED:
            self.finished.is_over(version.intent)
            at = due.or_last_plus_s(FINISHED_KEPT_S)
            self.agenda.schedule(at, Moment.FORGET, version.digest)
            for intent in self.finished.surplus():
                self._forget(intent)
        else:
            self._forget(version.intent)

    def _forget(self, intent: IntentId) -> None:
        digests = self.history.pop(intent)
        for digest in digests:
            del self.versions[digest]
            self._put_off.pop(digest, None)
            self.agenda.done(digest)
        self.finished.leaves(intent, digests)

    def end_announcement(self, announced: Announced, after: IntentState) -> None:
        """An emergency is over: what it flagged gets its label back."""
        announced.state = after
        announced.footprint = None
        self._drop_cause(announced.digest)
        over = [each for each in self.announcements.values() if each.footprint is None]
        if self._forgets and len(over) > ANNOUNCEMENTS_OVER_MAX:
            del self.announcements[over[0].digest]

    def _entered(self, version: Version, before: IntentState) -> None:
        version.put_off = None
        was_open = version.digest in self._open
        if version.state in KEPT and before not in KEPT:
            self._keep(version)
        if version.state not in KEPT and before in KEPT:
            self.drop_off_nominal(version)
            self._drop(version.digest)
        if was_open and version.state not in (IntentState.PENDING, IntentState.HELD):
            del self._open[version.digest]
            self.tally(version.owner).open_count -= 1
        if version.state is IntentState.HELD:
            lapses_at = version.proposal.decide_by.or_last_plus_s(self.guard_band_s())
            self.agenda.schedule(_after(lapses_at), Moment.LAPSE, version.digest)
        if version.state in FINAL:
            version.footprint = None
            self._clear_flags(version)
            self._schedule_finish(version)
        for waiting in self._waiting_for.pop(version.digest, ()):
            self.agenda.add(waiting)

    def _keep(self, version: Version) -> None:
        footprint = version.footprint
        invariant(
            footprint is not None, f"{version.state} version {version.digest} has no footprint"
        )
        if footprint is None:
            return
        self.finder.hold(version.digest, footprint)
        self._kept_by[version.digest] = version.digest
        if not self._causes:
            return
        for finding in self.finder.find(footprint):
            reason = self._causes.get(finding.key)
            holder = self.kept(finding.key)
            if reason is not None and holder is not None and holder.intent != version.intent:
                self.flag(version, finding.key, reason)

    def _drop(self, key: RecordDigest) -> None:
        self.finder.release(key)
        self._kept_by.pop(key, None)
        for digest in self._flagged_by.pop(key, ()):
            self.versions[digest].flags.pop(key, None)

    def _drop_cause(self, key: RecordDigest) -> None:
        self._causes.pop(key, None)
        self._drop(key)

    def _clear_flags(self, version: Version) -> None:
        for cause in version.flags:
            self._flagged_by.get(cause, {}).pop(version.digest, None)
        version.flags.clear()

    def _expiry(self, end: Instant) -> Instant:
        return end.or_last_plus_s(self.guard_band_s())

    def _schedule_expiry(self, digest: RecordDigest, end: Instant) -> None:
        self.agenda.schedule(self._expiry(end), Moment.EXPIRY, digest)


def _after(instant: Instant) -> Instant:
    """The first moment after an instant that is itself still included."""
    return instant.or_last_plus_s(0.001)
