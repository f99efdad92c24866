"""Notices in the words of the API. Nothing is decided here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from comity.application.mark_stopped import stops_on_notice
from comity.application.node import Node
from comity.application.notice_picture import (
    FlightInside,
    NoticePicture,
    TrackInside,
    TracksThere,
    tracks_there,
)
from comity.application.ports.live_tracks import LivePicture
from comity.application.take_hazard import hazard_context
from comity.domain.agreement import Terms
from comity.domain.airspace import NO_HEIGHT_BOUNDS, Volume4D, shape_to_body
from comity.domain.geometry import degrees_from_unit, prepare
from comity.domain.hazards import (
    HazardAnswer,
    NoticeTouches,
    ObjectionMade,
    Touch,
    TouchReceived,
    answer_of,
    of_party,
)
from comity.domain.notices import (
    Finding,
    Held,
    Notice,
    NoticeView,
    check_notice,
    held_volumes,
    held_window,
    lead_s,
    shown,
)
from comity.domain.places import PlaceIndex
from comity.entrypoints.api.hazard_messages import OwnerToldTold, ToldForProtectionTold
from comity.entrypoints.api.hazard_telling import (
    tell_objections,
    tell_received,
    tell_told,
    tell_touch,
    tell_touches,
)
from comity.entrypoints.api.notice_messages import (
    AcknowledgedTold,
    FindingTold,
    FlightInsideTold,
    HeldAreaTold,
    InsideTold,
    NoticeCheckedTold,
    NoticeTold,
    RecipientTold,
    TrackInsideTold,
)
from comity.kernel.ids import PartyId, RecordDigest
from comity.kernel.instants import Instant, StatedTime


def tell_checked_notice(
    notice: Notice,
    received_at: Instant,
    terms: Terms | None,
    places: PlaceIndex,
    assumed: Sequence[str] = (),
) -> NoticeCheckedTold:
    """What a check of a written notice found, as if it were sent under the terms."""
    if terms is not None:
        notice = replace(notice, agreement=terms.digest)
    bounds = NO_HEIGHT_BOUNDS if terms is None else terms.height_bounds
    return _checked(
        notice,
        received_at,
        held_window(notice, received_at),
        held_volumes(notice, received_at, bounds),
        lead_s(notice, received_at),
        None if terms is None else terms.notice_s.get(notice.activity),
        check_notice(notice, received_at, terms, places.named),
        places,
        assumed,
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """A revision as the node gave it within its batch; the rest is told outside, where nothing waits.

    Attributes:
        receipted: by recipient, of an own one.
        picture: flights there; None in lists.
        stops: stops in force that speak of it.
    """

    view: NoticeView
    receipted: Mapping[PartyId, bool]
    exercise: bool
    picture: NoticePicture | None = None
    stops: tuple[RecordDigest, ...] = ()
    protection: "ProtectionShown | None" = None


@dataclass(frozen=True, slots=True)
class ProtectionShown:
    """What of protection is told with a notice; taken from the node within its batch, told outside.

    Attributes:
        touches: of an own notice.
        ours: of another's, what of ours it touches.
        owners: of an own notice, owners touched, and how much each was told of; None: not told.
    """

    touches: HazardAnswer | None
    ours: tuple[Touch, ...]
    owners: tuple[tuple[PartyId, int | None], ...]
    received: TouchReceived | None
    objections: tuple[ObjectionMade, ...]
    echelons: tuple[ToldForProtectionTold, ...]


def protection_of(node: Node, held: Held, at: Instant, *, exercise: bool) -> ProtectionShown:
    """What a notice touches, who was told, who objects, and which echelons have it."""
    book, line = node.hazards_of(exercise=exercise), node.line_of(exercise=exercise)
    own = held.author == node.party
    context = hazard_context(node, at, exercise=exercise)
    answer = answer_of(held.volumes, held.notice.activity, context, at) if held.stands else None
    touched = answer.touched if isinstance(answer, NoticeTouches) else ()
    told = book.told_of(held.record)
    owners = dict.fromkeys([each.owner for each in touched if each.owner != node.party])
    of_record = (each for each in book.echelons.told() if each.record == held.record)
    return ProtectionShown(
        touches=answer if own else None,
        ours=() if own else of_party(touched, node.party),
        owners=tuple((each, told[each].count if each in told else None) for each in owners)
        if own
        else (),
        received=book.touch_received(held.record),
        objections=book.objections(held.record),
        echelons=tuple(tell_told(each, line, at) for each in of_record),
    )


def shown_by(
    node: Node,
    view: NoticeView,
    at: Instant,
    *,
    exercise: bool,
    picture: NoticePicture | None = None,
) -> Shown:
    """What is taken from the node of one revision."""
    deliveries = node.deliveries(view.held.record)
    receipted = {each.reader: each.receipted for each in deliveries}
    stops = stops_on_notice(node, view.held, at, exercise=exercise)
    protection = None
    if picture is not None:
        protection = protection_of(node, view.held, at, exercise=exercise)
    return Shown(view, receipted, exercise, picture, stops, protection)


def tell_notice(
    each_shown: Shown, places: PlaceIndex, live: LivePicture | None = None
) -> NoticeTold:
    """A revision as this node may show it."""
    told = _told(each_shown, places, live)
    protection = each_shown.protection
    if protection is None:
        return told
    if each_shown.view.own:
        told.touches = None if protection.touches is None else tell_touches(protection.touches)
        told.owners_told = [
            OwnerToldTold(owner=owner, told=count) for owner, count in protection.owners
        ]
    else:
        told.ours_touched = [tell_touch(each) for each in protection.ours]
        if protection.received is not None:
            told.touch_received = tell_received(protection.received)
    told.objections = tell_objections(protection.objections)
    told.echelons = list(protection.echelons)
    return told


def _told(each_shown: Shown, places: PlaceIndex, live: LivePicture | None) -> NoticeTold:
    view, receipted = each_shown.view, each_shown.receipted
    held, notice = view.held, view.held.notice
    return NoticeTold(
        notice=notice.id,
        revision=notice.revision,
        record=held.record,
        author=held.author,
        operator=held.operator,
        own=view.own,
        exercise=each_shown.exercise,
        stop_requested=list(each_shown.stops),
        state=view.state.value,
        made_at=str(held.made_at),
        place=notice.place,
        description=notice.description,
        contact=notice.contact,
        starts=[_stated(each) for each in notice.starts],
        ends=[_stated(each) for each in notice.ends],
        checked=_checked(
            notice,
            held.received_at,
            view.window,
            held.volumes,
            view.lead_s,
            view.agreed_lead_s,
            view.findings(places.named),
            places,
        ),
        recipients=[
            RecipientTold(
                party=party,
                receipted=receipted.get(party) if view.own else None,
                acknowledged=[
                    AcknowledgedTold(operator=each.operator, made_at=str(each.made_at))
                    for each in persons
                ],
                word="acknowledged" if persons else "unknown",
            )
            for party, persons in view.acknowledged.items()
        ],
        rivals=list(view.rivals),
        cancelled_because=None if held.cancelled is None else held.cancelled.reason,
        inside=None
        if each_shown.picture is None
        else tell_inside(each_shown.picture, tracks_there(held, live), places),
    )


def tell_inside(
    picture: NoticePicture, there: TracksThere | None, places: PlaceIndex
) -> InsideTold:
    """What flies where it is notified."""
    return InsideTold(
        at=str(picture.at),
        no_area=picture.no_area,
        now=[_flight(each) for each in picture.now],
        in_effect=[_flight(each) for each in picture.in_effect],
        tracks=None if there is None else [_track(each, places) for each in there.tracks],
        tracks_at=None if there is None else str(there.at),
        more_tracks=there is not None and there.more,
    )


def _checked(
    notice: Notice,
    received_at: Instant,
    window: tuple[Instant, Instant],
    volumes: Sequence[Volume4D],
    found_lead_s: float | None,
    agreed_lead_s: float | None,
    findings: Sequence[Finding],
    places: PlaceIndex,
    assumed: Sequence[str] = (),
) -> NoticeCheckedTold:
    parts = {(each.shape, each.lower, each.upper): each for each in volumes}.values()
    return NoticeCheckedTold(
        activity=notice.activity,
        received_at=str(received_at),
        effective_from=str(window[0]),
        effective_until=str(window[1]),
        lead_s=found_lead_s,
        agreed_lead_s=agreed_lead_s,
        findings=[
            FindingTold(
                code=each.code,
                rule=each.rule,
                field=each.field,
                words=each.words,
                figures=dict(each.figures),
            )
            for each in findings
        ],
        areas=[_area(each, places) for each in parts],
        place_list=f"{places.data.name} ({places.data.version})",
        place_list_digest=places.data.digest,
        assumed=list(assumed),
    )


def _area(volume: Volume4D, places: PlaceIndex) -> HeldAreaTold:
    middle = degrees_from_unit(prepare(volume.shape).centre)
    latitude_deg, longitude_deg = (float(each) for each in middle)
    found = places.whereabouts(latitude_deg, longitude_deg)
    by = [found.nearest] if found.city is None else [found.nearest, found.city]
    return HeldAreaTold(
        shape=shape_to_body(volume.shape),
        latitude_deg=round(latitude_deg, 7),
        longitude_deg=round(longitude_deg, 7),
        grid=found.grid,
        whereabouts=[each.words for each in by],
        lower=shown(volume.lower),
        upper=shown(volume.upper),
    )


def _track(each: TrackInside, places: PlaceIndex) -> TrackInsideTold:
    found = places.whereabouts(each.latitude_deg, each.longitude_deg)
    return TrackInsideTold(
        track_id=each.track_id,
        latitude_deg=round(each.latitude_deg, 7),
        longitude_deg=round(each.longitude_deg, 7),
        grid=found.grid,
        whereabouts=found.nearest.words,
        height_known=each.height_known,
        stale=each.stale,
        address=None if each.address is None else f"{each.address:06x}",
    )


def _flight(each: FlightInside) -> FlightInsideTold:
    return FlightInsideTold(
        intent=each.intent,
        owner=each.owner,
        own=each.own,
        first_time=None if each.first_time is None else str(each.first_time),
        undetermined=each.undetermined,
    )


def _stated(time: StatedTime) -> str:
    return f"{time.instant} (stated as {time.as_stated})"
