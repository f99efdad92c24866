"""The node's state in the words of the API. Nothing is decided here."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from comity import __version__
from comity.adapters.http_peer import LinkState
from comity.application.alarm import Alarm
from comity.application.alarm_standing import goes_on
from comity.application.left_open import LeftOpen
from comity.application.node import ALARMS_OF_A_CODE_MAX, Node
from comity.application.plan_flights import Declared
from comity.domain.agreement import Agreement, HistoryEntry
from comity.domain.airspace import Conflict, Undetermined, Verdict
from comity.domain.intents import (
    AnnouncementView,
    AnswerView,
    CheckedPlan,
    IntentView,
    Met,
    NotPossible,
    VersionView,
)
from comity.entrypoints.api.messages import (
    AgreementTold,
    AlarmTold,
    AnnouncementTold,
    AnswerTold,
    DeclaredTold,
    DeliveryTold,
    HistoryTold,
    IntentTold,
    KeyTold,
    MetTold,
    PeerTold,
    RecordTold,
    StatusTold,
    VerdictTold,
    VersionTold,
)
from comity.entrypoints.node_service import AirDesk
from comity.kernel.ids import IntentId, PartyId, RecordDigest
from comity.kernel.instants import Instant

ALARMS_TOLD_MAX = 500
ALARMS_OF_A_KIND_TOLD_MAX = 10  # of one party, so that a party that rings often hides nothing


def tell_verdict(verdict: Verdict) -> VerdictTold:
    """A verdict: where, when and how near; or why it is not known."""
    match verdict:
        case Conflict():
            return VerdictTold(
                verdict="conflict",
                first_time=str(verdict.first_time),
                latitude_deg=round(verdict.latitude_deg, 7),
                longitude_deg=round(verdict.longitude_deg, 7),
                least_horizontal_m=round(verdict.least_horizontal_m, 3),
                least_vertical_m=round(verdict.least_vertical_m, 3),
            )
        case Undetermined():
            return VerdictTold(verdict="undetermined", reason=verdict.reason)
        case _:
            return VerdictTold(verdict="separated")


def tell_checked(
    callsign: str, checked: CheckedPlan | NotPossible, flags: tuple[str, ...]
) -> DeclaredTold:
    """What a check found."""
    if isinstance(checked, NotPossible):
        return _tell_not_possible(callsign, None, checked, flags)
    return DeclaredTold(
        callsign=callsign,
        outcome="possible",
        required=list(checked.proposal.required),
        met=[_tell_met(met) for met in checked.noticed],
        flags=list(flags),
    )


def tell_declared(callsign: str, declared: Declared) -> DeclaredTold:
    """What became of a declaration."""
    if declared.not_possible is not None:
        return _tell_not_possible(callsign, declared.intent, declared.not_possible, declared.flags)
    record = declared.record
    return DeclaredTold(
        callsign=callsign,
        outcome="proposed",
        intent=declared.intent,
        digest=None if record is None else record.digest,
        required=[] if record is None else list(record.recipients),
        flags=list(declared.flags),
    )


def tell_refused(callsign: str, reason: str, detail: str) -> DeclaredTold:
    """A flight of a batch that was refused by itself."""
    return DeclaredTold(
        callsign=callsign, outcome="not-possible", reason=reason, detail={"why": detail}
    )


def tell_intent(
    node: Node,
    view: IntentView,
    stopped: Mapping[IntentId, Sequence[RecordDigest]],
    left_open: LeftOpen,
) -> IntentTold:
    """An intent as this node may show it, what the terms leave open, and the stops that speak of it."""
    return IntentTold(
        intent=view.intent,
        owner=view.owner,
        own=view.owner == node.party,
        callsign=view.current.proposal.callsign,
        current=_tell_version(node, view.current, left_open),
        change=None if view.change is None else _tell_version(node, view.change, left_open),
        version_count=view.version_count,
        stop_requested=list(stopped.get(view.intent, ())),
    )


def tell_announcement(view: AnnouncementView) -> AnnouncementTold:
    """An emergency flight."""
    return AnnouncementTold(
        digest=view.digest,
        intent=view.intent,
        owner=view.owner,
        state=view.state.value,
        label=view.label.value,
        callsign=view.callsign,
        remark=view.remark,
        start=str(view.start),
        end=str(view.end),
    )


def tell_record(node: Node, digest: RecordDigest, kind: str) -> RecordTold:
    """An own record, and where it stands with each recipient."""
    deliveries = [
        DeliveryTold(reader=each.reader, index=each.index, receipted=each.receipted)
        for each in node.deliveries(digest)
    ]
    return RecordTold(digest=digest, kind=kind, deliveries=deliveries)


def tell_agreement(
    node: Node, agreement: Agreement, at: Instant, *, with_text: bool = False
) -> AgreementTold:
    """A text and how it stands."""
    terms = agreement.terms
    status = node.agreements.status_of(agreement.digest, at)
    in_force = node.agreements.in_force(at)
    is_in_force = in_force is not None and in_force.digest == agreement.digest
    return AgreementTold(
        digest=agreement.digest,
        title=terms.title,
        version=terms.version,
        amends=terms.amends,
        state=status.state.value,
        unilateral=status.unilateral,
        by=list(status.by),
        since=None if status.since is None else str(status.since),
        waiting_for=list(status.waiting_for),
        parties=list(terms.party_ids),
        valid_from=str(terms.valid_from),
        valid_until=str(terms.valid_until),
        undefined=list(terms.undefined),
        in_force=is_in_force,
        accepts_new=is_in_force and node.agreements.may_accept_new(at),
        text=agreement.text if with_text else None,
    )


def tell_history(entry: HistoryEntry) -> HistoryTold:
    """One thing a party did about an agreement."""
    return HistoryTold(
        made_at=str(entry.made_at),
        received_at=str(entry.received_at),
        party=entry.party,
        operator=entry.operator,
        agreement=entry.agreement,
        words=entry.words,
        unilateral=entry.unilateral,
        record=entry.record,
    )


def tell_peer(node: Node, peer: PartyId, link: LinkState | None) -> PeerTold:
    """A peer, the way to it, and what is owed."""
    card = node.directory.card(peer)
    clock = node.clocks.get(peer)
    sample = None if clock is None else clock.best()
    own_log = node.own_log(peer)
    removed_at = node.removed.get(peer)
    reach = "not-running" if link is None else link.reach.value
    return PeerTold(
        party=peer,
        name="" if card is None else card.name,
        addresses=[] if card is None else list(card.addresses),
        reach=reach if removed_at is None else "removed",
        since=None if link is None else str(link.since),
        reason=None if link is None else link.reason,
        round_trip_s=None if link is None else link.round_trip_s,
        clock_difference_s=None if sample is None else sample.difference_s,
        clock_delay_s=None if sample is None else sample.delay_s,
        owed=own_log.tree.size - own_log.receipted_size,
        held=node.peer_log(peer).tree.size,
        frozen=node.frozen.get(peer),
        removed_at=None if removed_at is None else str(removed_at),
    )


def tell_status(
    node: Node, name: str, at: Instant, links: Mapping[PartyId, LinkState | None], air: AirDesk
) -> StatusTold:
    """How the node stands."""
    standing = node.agreements.legal_status(at).agreement
    agreement = None if standing is None else node.agreements.agreement(standing)
    counts: dict[str, int] = {}
    context = node.context(at)
    for intent in node.intents.intents():
        view = node.intents.view(intent, at, context)
        if view is not None:
            counts[view.current.state.value] = counts.get(view.current.state.value, 0) + 1
    worked_on = [each for each in node.incidents.incidents() if each.worked_on]
    tasks = [task for each in worked_on for task in each.open_tasks()]
    return StatusTold(
        party=node.party,
        name=name,
        version=__version__,
        at=str(at),
        recovering=node.recovering,
        two_persons=node.two_persons.word,
        proposals_waiting=len(node.two_persons.waiting(at)),
        agreement=None if agreement is None else tell_agreement(node, agreement, at),
        blocked={str(peer): why for peer, why in node.blocked_peers(node.terms(at)).items()},
        peers=[tell_peer(node, peer, links.get(peer)) for peer in node.peers()],
        intents=counts,
        alarms=tell_alarms(node, at),
        nets=air.nets(),
        feeds_up=sum(each.phase == "up" for each in (air.cycle.feeds if air.cycle else ())),
        feeds=len(node.feeds),
        alerts_open=len(alerts := node.alerts.open_alerts()),
        alerts_unacknowledged=sum(each.acknowledged_by is None for each in alerts),
        incidents_open=len(worked_on),
        incident_tasks_owed=len(tasks),
        incident_tasks_overdue=sum(each.overdue(at) for each in tasks),
    )


def tell_keys(node: Node) -> list[KeyTold]:
    """This party's node keys, and the peers that have given no receipt for the statement of each."""
    pending = _pending_by_sequence(node)
    return [
        KeyTold(
            key=statement.key_id,
            sequence=statement.sequence,
            not_before=str(statement.not_before),
            not_after=str(statement.not_after),
            revokes=list(statement.revokes),
            pending=pending.get(statement.sequence, []),
        )
        for statement in node.directory.statements(node.party)
    ]


def _pending_by_sequence(node: Node) -> dict[int, list[str]]:
    return {
        sequence: [each.reader for each in node.deliveries(digest) if not each.receipted]
        for digest, sequence in node.own_key_records()
    }


def _tell_version(node: Node, view: VersionView, left_open: LeftOpen) -> VersionTold:
    receipts = {each.reader: each.receipted for each in node.deliveries(view.digest)}
    proposal = view.proposal
    points = left_open.points(view)
    return VersionTold(
        digest=view.digest,
        version=proposal.version,
        state=view.state.value,
        label=view.label.value,
        why_not=list(view.why_not),
        answers=[_tell_answer(each, receipts.get(each.party)) for each in view.answers],
        left_open=None if points is None else list(points),
        flags={str(cause): reason.value for cause, reason in view.flags.items()},
        priority=proposal.priority,
        flight_class=proposal.footprint.flight_class,
        disclosure=proposal.disclosure.value,
        start=str(view.start),
        end=str(view.end),
        made_at=str(view.made_at),
        decide_by=str(proposal.decide_by),
        withdrawn_because=view.withdrawn_because,
        put_off=view.put_off,
        withdrawing=list(view.withdrawing),
        overdue=view.overdue,
    )


def _tell_answer(answer: AnswerView, receipted: bool | None) -> AnswerTold:
    return AnswerTold(
        party=answer.party,
        answer=answer.kind.value,
        digest=answer.digest,
        reason=answer.reason,
        detail=None if answer.detail is None else dict(answer.detail),
        receipted=receipted,
    )


def _tell_not_possible(
    callsign: str, intent: str | None, found: NotPossible, flags: tuple[str, ...]
) -> DeclaredTold:
    return DeclaredTold(
        callsign=callsign,
        outcome="not-possible",
        intent=intent,
        reason=found.reason,
        detail=_plain(found.detail),
        met=[_tell_met(met) for met in found.met],
        flags=list(flags),
    )


def _tell_met(met: Met) -> MetTold:
    return MetTold(
        intent=met.intent,
        proposal=met.proposal,
        owner=met.owner,
        state=met.state.value,
        verdict=tell_verdict(met.verdict),
    )


def tell_alarms(node: Node, at: Instant) -> list[AlarmTold]:
    """What goes on, and what has happened; what was taken, answered or closed has left."""
    told = []
    for alarm, on in _latest_standing(node, at):
        told.append(
            AlarmTold(
                at=str(alarm.at),
                code=alarm.code,
                text=alarm.text,
                party=alarm.peer,
                digest=alarm.digest,
                says=alarm.says,
                values=dict(alarm.values),
                goes_on=on,
                about=alarm.about,
                exercise=alarm.exercise,
            )
        )
    for rung in node.intents.alarms.of_each(ALARMS_OF_A_KIND_TOLD_MAX):
        over = node.intents.is_over(rung.about, at)
        if over:
            continue
        told.append(
            AlarmTold(
                at=str(rung.at),
                code=rung.kind.value,
                text=rung.detail,
                party=rung.party,
                digest=rung.about,
                says="",
                values={},
                goes_on=None if over is None else True,
                about=None,
                exercise=False,
            )
        )
    return sorted(told, key=lambda alarm: alarm.at)[-ALARMS_TOLD_MAX:]


def _latest_standing(node: Node, at: Instant) -> Iterator[tuple[Alarm, bool | None]]:
    """The latest few of each kind and party, of those that are not over: what was answered hides nothing."""
    counts: Counter[tuple[str, PartyId | None]] = Counter()
    found = []
    for alarm in reversed(list(node.alarms.of_each(ALARMS_OF_A_CODE_MAX))):
        source = alarm.code, alarm.peer
        if counts[source] >= ALARMS_OF_A_KIND_TOLD_MAX:
            continue
        on = goes_on(node, alarm, at)
        if on is not False:
            counts[source] += 1
            found.append((alarm, on))
    return reversed(found)


def _plain(detail: Mapping[str, Any]) -> dict[str, Any]:
    """JSON has no instants and no tuples; all else is kept."""
    return {
        name: value if isinstance(value, str | int | float | bool | list | dict) else str(value)
        for name, value in detail.items()
    }
