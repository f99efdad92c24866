"""The line in the words of the API. Nothing is decided here; what is missing is told as unknown."""

from collections.abc import Mapping

from comity.adapters.http_peer import LinkState
from comity.adapters.phrase_files import packaged_phrasebook
from comity.application.mark_stopped import notices_of_stop, stopped_intents
from comity.application.node import Node
from comity.domain.line import (
    Answers,
    DenialAnswer,
    Given,
    HeldBack,
    HorizontalDatum,
    Item,
    LineState,
    Matter,
    Particulars,
    PositionSaid,
    ReadBackSeen,
    compare,
    ladder_of,
    matches,
)
from comity.domain.places import PlaceIndex
from comity.entrypoints.api.line_messages import (
    AnswersTold,
    AttachmentTold,
    ConcurrenceTold,
    DenialTold,
    EscalationTold,
    FieldTold,
    GivenTold,
    HandoverTold,
    HeightShown,
    HeldBackTold,
    ItemsTold,
    ItemTold,
    LadderTold,
    LineListTold,
    LineStatusTold,
    LineTold,
    MatterShown,
    MatterTold,
    NumberShown,
    ParticularsShown,
    PositionShown,
    ReadBackCompared,
    ReadBackTold,
    ReferenceTold,
    StopTold,
    TimeShown,
    TranslationTold,
    WatchTold,
)
from comity.entrypoints.api.line_phrases import tell_by_number
from comity.kernel.ids import MatterId, PartyId, RecordDigest
from comity.kernel.instants import Instant
from comity.kernel.units import MM_PER_METRE, degrees_from_e7

HELD_BACK_TOLD_MAX = 100
MATTERS_TOLD_MAX = 1_000
ITEMS_TOLD_MAX = 500  # of one matter, the newest
UNTAKEN_TOLD_MAX = 100
READ_BACK_WORDS = {True: "match", False: "mismatch", None: "unknown"}
DATUM_NOTES = {
    HorizontalDatum.WGS84: "",
    HorizontalDatum.PZ90: "PZ-90.11, not converted: within 1 m of WGS 84",
    HorizontalDatum.SK42: "Pulkovo 1942, not converted: may be 200 m from WGS 84",
    HorizontalDatum.ED50: "European Datum 1950, not converted: may be 200 m from WGS 84",
    HorizontalDatum.UNKNOWN: "datum not known: may be hundreds of metres off",
}
DENIAL_WORDS = {
    DenialAnswer.NONE: "states: none of ours, within this scope and time alone",
    DenialAnswer.UNKNOWN: "states: we do not know, within this scope and time",
}


def tell_item(
    node: Node,
    item: Item,
    at: Instant,
    places: PlaceIndex,
    *,
    exercise: bool,
    with_notices: bool = False,
) -> ItemTold:
    """One thing said, and how it stands.

    A stop is told with the notices it speaks of where `with_notices` asks for it: that takes some 70 us
    for each notice that stands, so that a list of things said is told without.
    """
    said = item.said
    return ItemTold(
        digest=item.digest,
        kind=said.kind,
        matter=said.matter,
        subject=said.subject,
        author=item.author,
        operator=item.operator,
        recipients=list(item.recipients),
        own=item.own,
        exercise=exercise,
        precedence=said.precedence.value,
        language=said.language,
        text=said.text,
        written_at=str(said.written_at),
        made_at=str(item.made_at),
        received_at=str(item.received_at),
        particulars=_particulars(said.particulars, places),
        references=[
            ReferenceTold(kind=each.kind.value, id=each.id, digest=each.digest)
            for each in said.references
        ],
        attachments=[
            AttachmentTold(
                name=each.name,
                media_type=each.media_type,
                size_bytes=each.size_bytes,
                sha256=each.sha256,
            )
            for each in said.attachments
        ],
        translations=[
            TranslationTold(
                by=_given(by),
                party=by.party,
                language=each.language,
                text=each.text,
                made_by=each.by.value,
                engine=each.engine,
            )
            for by, each in item.translations
        ],
        answers=[_answers(node, item, party, each) for party, each in item.answers.items()],
        escalations=_escalations(node, item, exercise=exercise),
        stop=_stop(node, item, at, exercise=exercise, with_notices=with_notices),
        denial=_denial(item),
        closes=said.closes,
        by_number=tell_by_number(said, packaged_phrasebook()),
    )


def tell_items(
    node: Node, at: Instant, places: PlaceIndex, limit: int, *, exercise: bool
) -> ItemsTold:
    """Things said in open matters, the highest precedence first and of one precedence the newest."""
    book = node.line_of(exercise=exercise)
    digests = [digest for matter in book.open_matters() for digest in matter.items]
    items = [item for digest in digests if (item := book.item(digest)) is not None]
    items.sort(key=lambda each: (each.said.precedence.rank, -each.received_at.unix_ms))
    told = [tell_item(node, each, at, places, exercise=exercise) for each in items[:limit]]
    return ItemsTold(items=told, total=len(items), as_of=str(at))


def tell_compared(item: Item, repeated: Particulars) -> ReadBackCompared:
    """How a repetition stands to what was said."""
    compared = compare(item.said.particulars, repeated)
    return ReadBackCompared(
        matched=matches(compared),
        fields=[FieldTold(name=c.name, outcome=c.outcome.value, why=c.why) for c in compared],
    )


def tell_matter(node: Node, matter: Matter, *, exercise: bool) -> MatterTold:
    """One thread in a row."""
    book = node.line_of(exercise=exercise)
    items = [item for digest in matter.items if (item := book.item(digest)) is not None]
    return MatterTold(
        matter=matter.id,
        subject=matter.subject,
        parties=sorted(matter.parties),
        item_count=len(items),
        last_at=str(matter.last_at),
        last=matter.items[-1],
        closed=matter.closed_by is not None,
        waiting=sum(bool(each.waiting_for()) for each in items),
    )


def tell_list(node: Node, at: Instant, *, exercise: bool, include_closed: bool) -> LineListTold:
    """Matters, the newest first, and what is held back."""
    book = node.line_of(exercise=exercise)
    matters = list(book.matters()) if include_closed else list(book.open_matters())
    matters.sort(key=lambda each: -each.last_at.unix_ms)
    return LineListTold(
        exercise=exercise,
        matters=[tell_matter(node, m, exercise=exercise) for m in matters[:MATTERS_TOLD_MAX]],
        held_back=[_held_back(each) for each in book.outbox.held()[:HELD_BACK_TOLD_MAX]],
        held_back_count=len(book.outbox),
        untaken=[each.digest for each in book.untaken()],
        stops=[each.digest for each in book.stops(at)],
    )


def show_matter(
    node: Node, matter: Matter, at: Instant, places: PlaceIndex, *, exercise: bool
) -> MatterShown:
    """One thread in full."""
    book = node.line_of(exercise=exercise)
    newest = matter.items[-ITEMS_TOLD_MAX:]
    items = [item for digest in newest if (item := book.item(digest)) is not None]
    held = [each for each in book.outbox.held() if each.queued.said.matter == matter.id]
    return MatterShown(
        matter=tell_matter(node, matter, exercise=exercise),
        items=[tell_item(node, each, at, places, exercise=exercise) for each in items],
        held_back=[_held_back(each) for each in held[:HELD_BACK_TOLD_MAX]],
    )


def tell_line_status(
    node: Node,
    at: Instant,
    places: PlaceIndex,
    links: Mapping[PartyId, LinkState | None],
    *,
    exercise: bool,
) -> LineStatusTold:
    """The line as a whole; `links` is the way to each peer now."""
    book, terms = node.line_of(exercise=exercise), node.terms(at)
    interval_s = None if terms is None else terms.line_check_interval_s
    parties = (node.party, *node.peers())
    return LineStatusTold(
        at=str(at),
        legal_status=node.agreements.legal_status(at).state.value,
        lines=[_line(node, peer, links.get(peer), interval_s) for peer in node.peers()],
        watch=tell_watch(node, exercise=exercise),
        ladder=[
            LadderTold(
                party=step.party,
                step=number,
                echelon=step.echelon,
                after_s=step.after_s,
                channel=step.channel,
                reach=step.reach,
                assumed=step.assumed,
            )
            for party in parties
            for number, step in enumerate(ladder_of(terms, party), start=1)
        ],
        untaken=[
            tell_item(node, each, at, places, exercise=exercise)
            for each in book.untaken()[:UNTAKEN_TOLD_MAX]
        ],
        stops=[
            tell_item(node, each, at, places, exercise=exercise)
            for each in book.stops(at)[:UNTAKEN_TOLD_MAX]
        ],
        held_back_count=len(book.outbox),
    )


def tell_watch(node: Node, *, exercise: bool) -> list[WatchTold]:
    """Who has the watch."""
    return [
        WatchTold(
            party=given.party,
            echelon=change.echelon,
            officer=str(change.officer),
            since=str(given.made_at),
            reach=change.reach,
        )
        for given, change in node.line_of(exercise=exercise).watches.on_watch()
    ]


def tell_handover(node: Node, digest: RecordDigest, *, exercise: bool) -> HandoverTold | None:
    """A hand-over, with the matters that it lists and those that are new since."""
    book = node.line_of(exercise=exercise)
    seen = book.watches.handover(digest)
    if seen is None:
        return None
    listed = dict(seen.handover.matters)

    def told(ids: Mapping[MatterId, RecordDigest]) -> list[MatterTold]:
        found = (book.matter(each) for each in ids)
        return [tell_matter(node, m, exercise=exercise) for m in found if m is not None]

    news = {
        each.id: each.items[-1]
        for each in book.open_matters()
        if listed.get(each.id) != each.items[-1]
    }
    return HandoverTold(
        digest=seen.given.digest,
        echelon=seen.handover.echelon,
        given_by=_given(seen.given),
        to=seen.handover.to,
        matters=told(listed),
        new_matters=[] if seen.accepted is not None else told(news),
        remark=seen.handover.remark,
        accepted=None if seen.accepted is None else _given(seen.accepted),
    )


def show_position(position: PositionSaid, places: PlaceIndex) -> PositionShown:
    """A position with its datum always, and with grid and place where it is on WGS 84."""
    latitude_deg = degrees_from_e7(position.latitude_e7)
    longitude_deg = degrees_from_e7(position.longitude_e7)
    accuracy_mm = position.accuracy_mm
    found = None
    if position.datum is HorizontalDatum.WGS84:
        found = places.whereabouts(latitude_deg, longitude_deg)
    return PositionShown(
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        datum=position.datum.value,
        accuracy_m=None if accuracy_mm is None else accuracy_mm / MM_PER_METRE,
        grid=None if found is None else found.grid,
        place=None if found is None else found.nearest.words,
        place_list=None if found is None else f"{found.data.name} {found.data.digest[:12]}",
        note=DATUM_NOTES[position.datum],
    )


def _particulars(said: Particulars, places: PlaceIndex) -> ParticularsShown:
    height, time, number = said.height, said.time, said.number
    return ParticularsShown(
        position=None if said.position is None else show_position(said.position, places),
        height=None
        if height is None
        else HeightShown(height_m=height.height_mm / MM_PER_METRE, datum=height.datum.value),
        time=None
        if time is None
        else TimeShown(at=str(time.at), as_stated=time.as_stated, zone=time.zone),
        number=None if number is None else NumberShown(value=number.value, of=number.of),
    )


def _answers(node: Node, item: Item, party: PartyId, answers: Answers) -> AnswersTold:
    concurred = answers.concurred
    if party == node.party:
        receipt = "here"
    else:
        delivered = [d for d in node.deliveries(item.digest) if d.reader == party]
        receipt = "stored" if any(each.receipted for each in delivered) else "unknown"
    steps = [each.escalation.step for each in item.escalated if each.escalation.party == party]
    return AnswersTold(
        party=party,
        receipt=receipt,
        acknowledged=None if answers.acknowledged is None else _given(answers.acknowledged),
        read_back=READ_BACK_WORDS[answers.read_back_matched],
        read_backs=[_read_back(each) for each in answers.read_backs],
        concurrence=None
        if concurred is None
        else ConcurrenceTold(
            by=_given(concurred[0]), answer=concurred[1].value, remark=concurred[2]
        ),
        escalation_step=max(steps, default=0),
    )


def _read_back(seen: ReadBackSeen) -> ReadBackTold:
    return ReadBackTold(
        by=_given(seen.given),
        matched=seen.matched,
        fields=[
            FieldTold(name=each.name, outcome=each.outcome.value, why=each.why)
            for each in seen.compared
        ],
    )


def _escalations(node: Node, item: Item, *, exercise: bool) -> list[EscalationTold]:
    book = node.line_of(exercise=exercise)
    told: list[EscalationTold] = []
    for each in item.escalated:
        called = book.calls_of(each.given.digest)
        if each.escalation.party != node.party and called is not None and not called.calls:
            called = None  # its own channel: this node calls only by one it has
        told.append(
            EscalationTold(
                party=each.escalation.party,
                by=each.given.party,
                step=each.escalation.step,
                echelon=each.escalation.echelon,
                channel=each.escalation.channel,
                due_at=str(each.escalation.due_at),
                made_at=str(each.given.made_at),
                calls=None
                if called is None
                else [f"{call.outcome}: {call.detail}" for _, call in called.calls],
            )
        )
    return told


def _stop(
    node: Node, item: Item, at: Instant, *, exercise: bool, with_notices: bool
) -> StopTold | None:
    stop, state = item.said.stop, item.stop_state(at)
    if stop is None or state is None:
        return None
    marked = stopped_intents(node, at, exercise=exercise)
    return StopTold(
        state=state.value,
        radius_m=None if stop.radius_mm is None else stop.radius_mm / MM_PER_METRE,
        until=None if stop.until is None else str(stop.until),
        released=None if item.released is None else _given(item.released[0]),
        release_reason=None if item.released is None else item.released[1],
        intents=sorted(intent for intent, stops in marked.items() if item.digest in stops),
        notices=None if not with_notices else _notices(node, item, at, exercise=exercise),
    )


def _notices(node: Node, item: Item, at: Instant, *, exercise: bool) -> list[str]:
    meant = notices_of_stop(node, item, at, exercise=exercise)
    return sorted({each.notice.id for each in meant})


def _denial(item: Item) -> DenialTold | None:
    denial = item.said.denial
    if denial is None:
        return None
    return DenialTold(
        answer=denial.answer.value,
        words=f"{item.author} {DENIAL_WORDS[denial.answer]}",
        scope=denial.scope,
        begins=str(denial.begins),
        ends=str(denial.ends),
        radius_m=None if denial.radius_mm is None else denial.radius_mm / MM_PER_METRE,
    )


def _line(node: Node, peer: PartyId, link: LinkState | None, interval_s: float | None) -> LineTold:
    line = node.line.checks.line(peer)
    ours, theirs = line.newest(line.own), line.newest(line.theirs)
    by_hand = [each for each in reversed(line.own.values()) if each.by_person is not None]
    asks_person = [
        each
        for each in line.theirs.values()
        if each.check.wants == "person" and each.by_person is None
    ]
    asked = [each for each in line.own.values() if each.check.wants == "person"]
    waiting = asked[-1] if asked and asked[-1].by_person is None else None
    answered_by = None
    if ours is not None and (ours.by_node or ours.by_person) is not None:
        answered_by = "node" if ours.by_person is None else "person"
    recorded, told = line.recorded, line.told
    degraded = [
        f"{whose}: {status.why}"
        for whose, status in (("here", recorded), ("there", told))
        if status is not None and status.state is LineState.DEGRADED
    ]
    person = by_hand[0].by_person if by_hand else None
    return LineTold(
        party=peer,
        state=line.state.value,
        why="; ".join(degraded),
        here=(LineState.UNKNOWN if recorded is None else recorded.state).value,
        there=None if told is None else told.state.value,
        last_answered_at=None if line.answered_at is None else str(line.answered_at),
        last_heard_at=None if theirs is None else str(theirs.given.received_at),
        answered_by=answered_by,
        answered_by_person=None if person is None else person.operator,
        waits_for_person=bool(asks_person),
        person_asked_at=None if waiting is None else str(waiting.given.made_at),
        checks=interval_s,
        reach="not-running" if link is None else link.reach.value,
        reach_since=None if link is None else str(link.since),
        reach_reason=None if link is None else link.reason,
    )


def _held_back(held: HeldBack) -> HeldBackTold:
    said = held.queued.said
    return HeldBackTold(
        digest=held.digest,
        matter=said.matter,
        precedence=said.precedence.value,
        recipients=list(held.queued.recipients),
        text=said.text,
        written_at=str(said.written_at),
    )


def _given(given: Given) -> GivenTold:
    return GivenTold(
        operator=given.operator,
        made_at=str(given.made_at),
        received_at=str(given.received_at),
        digest=given.digest,
    )
