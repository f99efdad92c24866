"""Protected sites in the words of the API. Nothing is decided here."""

from collections.abc import Iterable

from comity.application.make_pack import StillHeld
from comity.application.node import Node
from comity.domain.packs import Exported, MadePack, TheirPack
from comity.domain.sites import (
    Asked,
    Copy,
    ErasureWord,
    MovementEntry,
    MovementRegister,
    Name,
    NothingNotified,
    NotifiedMovement,
    OwnSite,
    Place,
    Proposal,
    Seen,
    SiteAnswer,
    SiteRegister,
    SiteState,
    TheirSite,
    Touches,
)
from comity.domain.sites.deviation import deviation_at
from comity.entrypoints.api.site_messages import (
    CheckTold,
    CopyTold,
    ErasureTold,
    MovementTold,
    NameTold,
    PackHoldingTold,
    PlaceTold,
    ProposalTold,
    SeenTold,
    SiteAnswerTold,
    SiteTold,
    TouchedMovementTold,
    TouchedTold,
)
from comity.kernel.ids import MovementId, OperatorId, PartyId, RecordDigest, SiteId
from comity.kernel.instants import Instant
from comity.kernel.invariants import InvariantError
from comity.kernel.units import MM_PER_METRE, degrees_from_e7

AS_NOTIFIED = "as-notified"


def tell_site(register: SiteRegister, site: SiteId, at: Instant) -> SiteTold:
    """One site; of a notice that was taken back, nothing but that."""
    own = register.own(site)
    if own is not None:
        return _tell_own(own, at)
    theirs = register.theirs(site)
    if theirs is None:
        raise InvariantError(f"{site} is in no part of the register")
    return _tell_theirs(theirs, at)


def tell_answer(answer: SiteAnswer) -> SiteAnswerTold:
    """One of three answers; none is an all-clear."""
    if isinstance(answer, Touches):
        return SiteAnswerTold(
            answer="touches",
            words=answer.words,
            as_of=str(answer.as_of),
            register_age_s=answer.register_age_s,
            count=answer.count,
            touched=[
                TouchedTold(
                    site=each.site,
                    owner=each.owner,
                    kind=each.kind.value,
                    state=each.state.value,
                    precision_m=each.precision_mm / MM_PER_METRE,
                    distance_m=round(each.distance_m, 1),
                    names=_names(each.names),
                )
                for each in answer.sites
            ],
            movements=[
                TouchedMovementTold(
                    movement=each.movement,
                    owner=each.owner,
                    kind=each.kind.value,
                    state=AS_NOTIFIED if each.deviation is None else each.deviation.value,
                    begins=str(each.begins),
                    ends=str(each.ends),
                    precision_m=each.precision_mm / MM_PER_METRE,
                    distance_m=round(each.distance_m, 1),
                )
                for each in answer.movements
            ],
        )
    if isinstance(answer, NothingNotified):
        return SiteAnswerTold(
            answer="nothing-notified-here",
            words=answer.words,
            as_of=str(answer.as_of),
            register_age_s=answer.register_age_s,
        )
    return SiteAnswerTold(answer="undetermined", words=answer.words, as_of=str(answer.as_of))


def tell_movement(register: MovementRegister, movement: MovementId, at: Instant) -> MovementTold:
    """One movement; of a notice that was taken back, nothing but that."""
    own, theirs = register.own(movement), register.theirs(movement)
    told: MovementEntry | NotifiedMovement
    gone: str | None
    record = None if own is None else own.record
    if own is not None:
        told, precision_mm = own.entry, 0
        deviation = None if own.ended else deviation_at(own.travel, told.route, at)
        gone = "ended" if own.ended else None
    elif theirs is not None:
        told, precision_mm, record = theirs.notified, theirs.notified.precision_mm, theirs.record
        deviation, gone = theirs.notified.deviation, "withdrawn" if theirs.withdrawn else None
    else:
        raise InvariantError(f"{movement} is in no part of the register")
    if gone is not None:
        return MovementTold(
            movement=movement,
            own=own is not None,
            version=told.version,
            kind=told.kind.value,
            state=gone,
        )
    contact = told.contact
    return MovementTold(
        movement=movement,
        own=own is not None,
        version=told.version,
        kind=told.kind.value,
        state=AS_NOTIFIED if deviation is None else deviation.kind.value,
        record=record,
        begins=str(told.route.begins),
        ends=str(told.route.ends),
        since=None if deviation is None else str(deviation.since),
        at_least_m=None if deviation is None else deviation.at_least_m,
        at_least_s=None if deviation is None else deviation.at_least_s,
        half_width_m=told.route.half_width_mm / MM_PER_METRE,
        precision_m=precision_mm / MM_PER_METRE,
        waypoints=[
            [degrees_from_e7(each.latitude_e7), degrees_from_e7(each.longitude_e7)]
            for each in told.route.waypoints
        ],
        vehicles=[f"{each.count} {each.kind}, {each.marking}" for each in told.vehicles],
        escorts=[
            f"{each.count} {each.kind}, {'armed' if each.armed else 'not armed'}: {each.words}"
            for each in told.escorts
        ],
        contact=contact.words if contact is not None and at < contact.until else None,
    )


def tell_seen(seen: Seen) -> SeenTold:
    """One line of the exposure log."""
    return SeenTold(
        at=str(seen.at),
        viewer=seen.viewer,
        precision_m=seen.precision_mm / MM_PER_METRE,
        way=seen.way,
    )


def tell_copy(node: Node, copy: Copy, at: Instant, *, exercise: bool = False) -> CopyTold:
    """A copy that somebody may still hold."""
    party = PartyId(copy.viewer.partition(" ")[0])  # a person of a party stands in brackets
    removed_at = node.removed.get(party)
    stored = None
    if copy.withdrawal is not None:
        sent = node.deliveries(copy.withdrawal)
        stored = any(each.reader == party and each.receipted for each in sent)
    return CopyTold(
        site=copy.site,
        viewer=copy.viewer,
        finest_m=copy.finest_mm / MM_PER_METRE,
        last_at=str(copy.last_at),
        withdrawal=copy.withdrawal,
        withdrawal_stored=stored,
        erasure=None
        if copy.erasure is None
        else tell_erasure(node, copy.erasure, at, exercise=exercise),
        told_since=copy.told_since,
        removed_at=None if removed_at is None else str(removed_at),
    )


def tell_erasure(node: Node, asked: Asked, at: Instant, *, exercise: bool = False) -> ErasureTold:
    """A request to erase, and what came of it."""
    own = asked.owner == node.party
    removed_at = node.removed.get(asked.holder if own else asked.owner)
    told = ErasureTold(
        request=asked.record,
        owner=asked.owner,
        holder=asked.holder,
        sites=list(asked.request.sites),
        words=asked.request.words,
        asked_by=asked.operator,
        asked_at=str(asked.made_at),
        notices=len(asked.request.records),
        state="not-answered",
        due_by=str(asked.due_at),
        overdue=node.sites_of(exercise=exercise).peer_erasures.overdue(asked, at),
        stored=any(each.receipted for each in node.deliveries(asked.record)) if own else None,
        removed_at=None if removed_at is None else str(removed_at),
    )
    if asked.answer is not None:
        told.state = "erased" if asked.answer.word is ErasureWord.ERASED else "refused"
        told.since, told.by = str(asked.answer.made_at), asked.answer.operator
        told.answer_words, told.answer = asked.answer.words, asked.answer.record
    return told


def tell_proposal(
    proposals: RecordDigest, file: str, proposal: Proposal, at: Instant
) -> ProposalTold:
    """A row that waits, as it would be entered."""
    nobody = (PartyId(""), OperatorId(""))
    own = OwnSite(
        proposal.entry, SiteState.SELF_REPORTED, at, nobody, nobody, proposal.entry.renew_by
    )
    told = _tell_own(own, at)
    told.state, told.by, told.since = "proposed", None, None
    return ProposalTold(
        proposals=proposals,
        number=proposal.number,
        file=file,
        doubts=[doubt.value for doubt in proposal.doubts],
        rows=list(proposal.rows),
        sites=list(proposal.sites),
        site=told,
    )


def _tell_own(own: OwnSite, at: Instant) -> SiteTold:
    entry = own.entry
    contact = entry.contact
    if own.erased:
        return SiteTold(
            site=entry.site,
            own=True,
            version=entry.version,
            kind="not known any more",
            state="erased",
            renew_by=str(own.renew_by),
            since=str(own.since),
            by="/".join(own.by),
        )
    return SiteTold(
        site=entry.site,
        own=True,
        version=entry.version,
        kind=entry.kind.value,
        state=own.state(at).value,
        renew_by=str(own.renew_by),
        names=_names(entry.names),
        place=_place(entry.place, 0),
        owner=entry.owner,
        origin=f"{entry.origin.name} ({entry.origin.kind})",
        contact=contact.words if contact is not None and at < contact.until else None,
        since=str(own.since),
        by="/".join(own.by),
        record=own.records[-1] if own.records else None,
        checks=[
            CheckTold(
                finding=each.word.value,
                party=each.party,
                operator=each.operator,
                origin=f"{each.origin.name} ({each.origin.kind})",
                at=str(each.at),
                words=each.words,
            )
            for each in own.checks
        ],
    )


def _tell_theirs(theirs: TheirSite, at: Instant) -> SiteTold:
    told = theirs.notified
    if theirs.withdrawn:
        return SiteTold(
            site=told.site,
            own=False,
            version=told.version,
            kind=told.kind.value,
            state="withdrawn",
            renew_by=str(told.renew_by),
            received_at=str(theirs.received_at),
        )
    contact = told.contact
    return SiteTold(
        site=told.site,
        own=False,
        version=told.version,
        kind=told.kind.value,
        state=theirs.state(at).value,
        renew_by=str(told.renew_by),
        names=_names(told.names),
        place=_place(told.place, told.precision_mm),
        contact=contact.words if contact is not None and at < contact.until else None,
        received_at=str(theirs.received_at),
        record=theirs.notice,
    )


def _names(names: Iterable[Name]) -> list[NameTold]:
    return [NameTold(text=each.text, script=each.script, language=each.language) for each in names]


def _place(place: Place, precision_mm: int) -> PlaceTold:
    return PlaceTold(
        kind=place.kind,
        latitude_deg=[degrees_from_e7(value) for value in place.latitude_e7],
        longitude_deg=[degrees_from_e7(value) for value in place.longitude_e7],
        radius_m=place.radius_mm / MM_PER_METRE,
        precision_m=precision_mm / MM_PER_METRE,
        error_m=place.error_m,
    )


def tell_pack_holding(each: StillHeld, at: Instant) -> PackHoldingTold:
    """A pack that still holds what was taken back."""
    return PackHoldingTold(
        pack=each.pack,
        recipient=each.recipient,
        holder=each.holder,
        maker=each.maker,
        by=each.by,
        count=each.count,
        finest_m=each.finest_mm / MM_PER_METRE,
        made_at=str(each.made_at),
        expires_at=str(each.expires_at),
        expired=at >= each.expires_at,
        forms=[f"{form.format.value} for {form.viewer}" for form in each.forms],
    )


def _forms(forms: Iterable[Exported]) -> str:
    return "".join(f", as {each.format.value} for {each.viewer}" for each in forms)


def tell_their_pack(pack: TheirPack, finest_mm: int) -> SeenTold:
    """An own site in a pack that another party made for its people, as a line of the exposure log."""
    return SeenTold(
        at=str(pack.made_at),
        viewer=f"{pack.holder} ({pack.maker})",
        precision_m=finest_mm / MM_PER_METRE,
        way=(
            f"pack {pack.pack} made by {pack.by} of {pack.maker}, expires {pack.expires_at}"
            f"{_forms(pack.forms)}"
        ),
    )


def tell_packed(made: MadePack, finest_mm: int) -> SeenTold:
    """A site in a pack, as a line of the exposure log."""
    manifest = made.manifest
    way = f"pack {manifest.pack}, expires {made.expires_at}{_forms(made.exports)}"
    return SeenTold(
        at=str(made.made_at),
        viewer=f"{manifest.holder} ({manifest.recipient})",
        precision_m=finest_mm / MM_PER_METRE,
        way=way,
    )
