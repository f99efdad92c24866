"""How each kind of record changes the holdings.

A peer's record that breaks the protocol changes nothing but the alarms, or makes things safer: a
contested acceptance keeps others out.
"""

from comity.domain.intents.alarms import Alarm, AlarmKind
from comity.domain.intents.answers import RefusalReason
from comity.domain.intents.bodies import (
    Acceptance,
    Announcement,
    Assent,
    Body,
    DeclaredState,
    Doubt,
    Proposal,
    Refusal,
    StateChange,
    Withdrawal,
    read_body,
)
from comity.domain.intents.finished import ANNOUNCEMENTS_OPEN_MAX
from comity.domain.intents.footprints import window_of
from comity.domain.intents.holdings import Holdings
from comity.domain.intents.states import FINAL, IntentEvent, IntentState
from comity.domain.intents.versions import Announced, FlagReason, GivenRefusal, Version
from comity.domain.records import Record
from comity.kernel.ids import RecordDigest
from comity.kernel.instants import Instant
from comity.kernel.invariants import invariant

PROBES_PER_HOUR_MAX = (
    20  # proposals taken back before acceptance; a dispatcher's honest trials are fewer
)
PROBES_SHARE_MAX = (
    0.5  # of the hour's proposals; bulk declarations lose a few, a probe loses nearly all
)
REPLACED = "replaced"  # the reason of a withdrawal that a newer accepted version caused

_STATE_EVENTS = {
    DeclaredState.ACTIVATED: IntentEvent.ACTIVATION,
    DeclaredState.NONCONFORMING: IntentEvent.DEVIATION,
    DeclaredState.CONTINGENT: IntentEvent.CONTINGENCY,
    DeclaredState.ENDED: IntentEvent.END,
}
_IN_THE_AIR = frozenset({IntentState.ACTIVATED, IntentState.NONCONFORMING})
# A record about what is over by now: told too late, by us or by a peer; nothing is wrong with it.
_OVER = frozenset({IntentState.EXPIRED, IntentState.REPLACED, IntentState.ENDED})


def apply_body(holdings: Holdings, record: Record, body: Body) -> None:
    """Change the holdings by one record whose body has been checked."""
    match body:
        case Proposal():
            _proposal(holdings, record, body)
        case Assent():
            _assent(holdings, record, body)
        case Refusal():
            _refusal(holdings, record, body)
        case Acceptance():
            _acceptance(holdings, record, body)
        case Withdrawal():
            _withdrawal(holdings, record, body)
        case StateChange():
            _state(holdings, record, body)
        case Announcement():
            _announcement(holdings, record, body)
        case Doubt():
            _doubt(holdings, record, body)


def _proposal(holdings: Holdings, record: Record, proposal: Proposal) -> None:
    start, end = window_of(proposal.footprint)
    own = record.author == holdings.me
    version = Version(
        digest=record.digest,
        owner=record.author,
        own=own,
        proposal=proposal,
        made_at=record.made_at,
        received_at=holdings.now,
        operator=record.operator,
        start=start,
        end=end,
        state=IntentState.PROPOSED if own else IntentState.PENDING,
        footprint=proposal.footprint,
        fault=_fault_in_history(holdings, proposal),
    )
    holdings.admit(version)
    for early in holdings.said_early.pop(record.digest, ()):
        apply_body(holdings, early, read_body(early))


def _fault_in_history(holdings: Holdings, proposal: Proposal) -> RefusalReason | None:
    """Why a version does not follow from what its owner said before, as far as we know."""
    earlier = [holdings.versions[digest] for digest in holdings.history.get(proposal.intent, ())]
    if earlier and proposal.version <= max(each.proposal.version for each in earlier):
        return RefusalReason.VERSION
    agreed = holdings.agreed_version(proposal.intent)
    if agreed is not None and proposal.replaces != agreed.digest:
        return RefusalReason.VERSION
    if agreed is None and any(each.digest == proposal.replaces for each in earlier):
        return RefusalReason.VERSION
    return None


def _assent(holdings: Holdings, record: Record, assent: Assent) -> None:
    version = _known(holdings, record, assent.proposal)
    if version is None:
        return
    if record.author == holdings.me:
        version.assents[holdings.me] = record.digest
        _move_own_answer(holdings, version, IntentEvent.ASSENT)
        return
    if not _may_answer(holdings, record, version):
        return
    if assent.basis.agreement != version.proposal.basis.agreement:
        _violation(holdings, record, "the assent names another agreement than the proposal")
        return
    version.assents[record.author] = record.digest
    holdings.agenda.add(version.digest)


def _refusal(holdings: Holdings, record: Record, refusal: Refusal) -> None:
    version = _known(holdings, record, refusal.proposal)
    if version is None:
        return
    given = GivenRefusal(record.digest, refusal.reason, dict(refusal.detail))
    if record.author == holdings.me:
        version.refusals[holdings.me] = given
        _move_own_answer(holdings, version, IntentEvent.REFUSAL)
        return
    if not _may_answer(holdings, record, version):
        return
    version.refusals[record.author] = given
    holdings.agenda.add(version.digest)


def _may_answer(holdings: Holdings, record: Record, version: Version) -> bool:
    if not version.own or record.author not in version.proposal.required:
        _violation(holdings, record, "an answer from a party that was not asked")
        return False
    if record.author in version.assents or record.author in version.refusals:
        _violation(holdings, record, "a second answer to one proposal; the first one stands")
        return False
    return True


def _move_own_answer(holdings: Holdings, version: Version, event: IntentEvent) -> None:
    """Our own answer moves the version; that it may was checked when the answer was made.

    An answer that a peer gave back after a restore may follow what it went before: the order in
    which this node took things in was lost. An assent still holds, whatever time has passed.
    """
    invariant(not version.own, f"answered own proposal {version.digest}")
    moved = holdings.move(version, event)
    settled = version.state in FINAL or version.state is IntentState.CONTESTED
    invariant(moved or settled, f"{event} to {version.digest} in {version.state}")


def _acceptance(holdings: Holdings, record: Record, acceptance: Acceptance) -> None:
    version = _known(holdings, record, acceptance.proposal, of_author=True)
    if version is None:
        return
    why_not = _why_not_complete(holdings, record, version, acceptance)
    if version.own:
        invariant(why_not is None, f"own acceptance of {version.digest}: {why_not}")
        moved = holdings.move(version, IntentEvent.ACCEPTANCE)
        invariant(moved or version.state in _OVER, f"accepted {version.digest} in {version.state}")
        if not moved:  # given back after a restore, when the flight is over
            _replace(holdings, version)  # the others let go of the version before it long ago
            return
        version.assents.update(dict(acceptance.assents))
    else:
        event = IntentEvent.ACCEPTANCE if why_not is None else IntentEvent.ACCEPTANCE_WITHOUT_ASSENT
        was_held = version.state is IntentState.HELD
        if not holdings.move(version, event):
            if version.state is IntentState.EXPIRED:  # told after it was over
                return
            _violation(holdings, record, f"accepted in state {version.state}")
            return
        if why_not is not None:
            _violation(holdings, record, why_not)
        if not was_held or why_not is not None:
            _flag_met(holdings, version)
        version.assents.update(dict(acceptance.assents))
    version.acceptance = record.digest
    _replace(holdings, version)
    holdings.agenda.add(version.digest)


def _why_not_complete(
    holdings: Holdings, record: Record, version: Version, acceptance: Acceptance
) -> str | None:
    """What an acceptance lacks to be one, or None."""
    proposal = version.proposal
    if acceptance.agreement != proposal.basis.agreement:
        return "the acceptance names another agreement than the proposal"
    if tuple(party for party, _ in acceptance.assents) != proposal.required:
        return "the acceptance does not name the assent of every required party"
    if record.made_at > proposal.decide_by:
        return f"accepted at {record.made_at}, after its decide-by {proposal.decide_by}"
    named = dict(acceptance.assents)
    if version.own:  # after a restore it may name an assent that nobody could give back
        known = {party: named[party] for party in version.assents if party in named}
        return None if known == version.assents else "the acceptance names other assents"
    if named.get(holdings.me) is None or named[holdings.me] != version.assents.get(holdings.me):
        return "the acceptance does not name our assent"
    return None


def _flag_met(holdings: Holdings, version: Version) -> None:
    """A late or wrong acceptance may stand against what was agreed meanwhile: flag both."""
    if version.footprint is None:
        return
    for met in list(holdings.met_by(version.footprint, version)):
        if isinstance(met, Version) and met.agreed and met.owner != version.owner:
            holdings.flag(met, version.digest, FlagReason.CONFLICT_KNOWN_LATE)
            holdings.flag(version, met.digest, FlagReason.CONFLICT_KNOWN_LATE)


def _replace(holdings: Holdings, version: Version) -> None:
    """The accepted version lets go of the one it changes (rule 9)."""
    replaced = holdings.versions.get(version.proposal.replaces or RecordDigest(""))
    if replaced is None or replaced.intent != version.intent:
        return
    in_the_air = replaced.state in _IN_THE_AIR
    if not holdings.move(replaced, IntentEvent.REPLACEMENT):
        return
    if version.own:
        version.activation_owed = in_the_air
        asked = set(version.proposal.required)
        replaced.notify_replaced = tuple(
            party for party in replaced.proposal.required if party not in asked
        )
        holdings.agenda.add(replaced.digest)


def _withdrawal(holdings: Holdings, record: Record, withdrawal: Withdrawal) -> None:
    version = _known(holdings, record, withdrawal.proposal, of_author=True)
    if version is None:
        return
    if version.own and version.notify_replaced:
        version.notify_replaced = ()
        return
    replaced = withdrawal.reason == REPLACED
    event = IntentEvent.REPLACEMENT if replaced else IntentEvent.WITHDRAWAL
    moved = holdings.move(version, event)
    if not moved:
        if version.state not in _OVER:
            invariant(not version.own, f"withdrew {version.digest} in {version.state}")
            _violation(holdings, record, f"withdrawn in state {version.state}")
        return
    version.withdrawn_because = withdrawal.reason
    version.withdrawal = record.digest
    if version.acceptance is None:
        _count_probe(holdings, record, version)
    _look_at_change(holdings, version)


def _look_at_change(holdings: Holdings, version: Version) -> None:
    """What became of a version bears on the one that would replace it."""
    latest = holdings.history[version.intent][-1]
    if latest != version.digest:
        holdings.agenda.add(latest)


def _count_probe(holdings: Holdings, record: Record, version: Version) -> None:
    tally = holdings.tally(version.owner)
    tally.withdrawn_ms.append(record.made_at.unix_ms)
    withdrawn = tally.count_in_hour(tally.withdrawn_ms, record.made_at)
    proposed = tally.count_in_hour(tally.proposed_ms, record.made_at)
    probing = withdrawn > PROBES_PER_HOUR_MAX and withdrawn > PROBES_SHARE_MAX * proposed
    if probing and not version.own and not tally.probing:
        detail = f"{withdrawn} of {proposed} proposals of an hour taken back before acceptance"
        _ring(holdings, AlarmKind.PROBING, record, detail)
    tally.probing = probing


def _state(holdings: Holdings, record: Record, change: StateChange) -> None:
    version = _known(holdings, record, change.proposal, of_author=True)
    if version is None:
        return
    moved = holdings.move(version, _STATE_EVENTS[change.state])
    if not moved:
        if version.state not in _OVER:
            invariant(not version.own, f"{change.state} of {version.digest} in {version.state}")
            _violation(holdings, record, f"{change.state} in state {version.state}")
        return
    if version.own:
        version.activation_owed = False
    if change.off_nominal is not None:
        holdings.hold_off_nominal(version, record.digest, change.off_nominal)
    elif change.state is DeclaredState.ACTIVATED:
        holdings.drop_off_nominal(version)
    if change.state is DeclaredState.CONTINGENT:
        _ring(holdings, AlarmKind.EMERGENCY, record, "contingent")
    _look_at_change(holdings, version)


def _announcement(holdings: Holdings, record: Record, announcement: Announcement) -> None:
    if announcement.ends is not None:
        announced = holdings.announcements.get(announcement.ends)
        if announced is None or announced.owner != record.author:
            _violation(holdings, record, "ends an announcement that this party did not make")
        elif announced.state is IntentState.ANNOUNCED:
            holdings.end_announcement(announced, IntentState.ENDED)
        return
    footprint = announcement.footprint
    if footprint is None:
        return
    own = record.author == holdings.me
    if not own and holdings.announced_by(record.author) >= ANNOUNCEMENTS_OPEN_MAX:
        _violation(
            holdings, record, f"announces more than {ANNOUNCEMENTS_OPEN_MAX} flights at once"
        )
        return
    start, end = window_of(footprint)
    holdings.admit_announcement(
        Announced(
            digest=record.digest,
            owner=record.author,
            own=own,
            intent=announcement.intent,
            callsign=announcement.callsign,
            remark=announcement.remark,
            start=start,
            end=end,
            state=IntentState.ANNOUNCED,
            footprint=footprint,
            recipients=record.recipients,
        )
    )
    _ring(holdings, AlarmKind.EMERGENCY, record, announcement.remark)


def _doubt(holdings: Holdings, record: Record, doubt: Doubt) -> None:
    """What was agreed with a peer that was restored with us keeps its place, and is agreed no longer.

    It may have been withdrawn or replaced in what both have lost, and the place have been given to
    another. An undecided one of our own is taken back: it may have been taken back before.
    """
    until = doubt.until.or_last_plus_s(holdings.guard_band_s())
    for version in list(holdings.versions.values()):
        told = version.owner == doubt.peer or doubt.peer in version.proposal.required
        if version.state in FINAL or not told or version.made_at > until:
            continue
        if version.own and version.state is IntentState.PROPOSED:
            version.doubted = True
            holdings.agenda.add(version.digest)
        elif holdings.move(version, IntentEvent.DOUBT):
            _ring(holdings, AlarmKind.NO_LONGER_DECONFLICTED, record, version.intent)


def _known(
    holdings: Holdings, record: Record, proposal: RecordDigest, *, of_author: bool = False
) -> Version | None:
    """The version a record is about; an alarm where this node was never told of it."""
    version = holdings.versions.get(proposal)
    if version is None and holdings.finished.was_proposed(proposal):
        return None  # about what is long over; told too late, and nothing is wrong with it
    if version is None and record.author == holdings.me:
        holdings.said_early.setdefault(proposal, []).append(record)
        return None  # given back after a restore; what it is about may have been lost by all
    if version is None:
        _violation(holdings, record, f"{record.kind} about {proposal}, which was not sent here")
        return None
    if of_author and version.owner != record.author:
        _violation(holdings, record, f"{record.kind} about an intent of {version.owner}")
        return None
    holdings.finished.note(version.intent, record.digest)
    return version


def _violation(holdings: Holdings, record: Record, detail: str) -> None:
    invariant(record.author != holdings.me, f"own record {record.digest}: {detail}")
    _ring(holdings, AlarmKind.PROTOCOL_VIOLATION, record, detail)


def _ring(holdings: Holdings, kind: AlarmKind, record: Record, detail: str) -> None:
    at: Instant = holdings.now
    holdings.alarms.ring(Alarm(kind, at, record.digest, record.author, detail))
