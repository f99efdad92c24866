"""The air: feeds, the state of the nets, tracks, alerts."""

from typing import Annotated

from msgspec import Meta

from comity.application.keep_alerts import acknowledge_alert
from comity.application.node import Node
from comity.application.set_up_feeds import add_feed, remove_feed
from comity.domain.alerts import Alert
from comity.domain.operators import Action, Operator, authorise
from comity.domain.tracks import FeedId, FeedSettings
from comity.entrypoints.api.air_messages import (
    AcknowledgeAlert,
    AddFeed,
    AirTold,
    AlertTold,
    FeedTold,
)
from comity.entrypoints.api.air_tracks import TRACK_ROUTES
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.routing import get, post
from comity.entrypoints.node_service import AirDesk
from comity.kernel.errors import InputError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant

ALERTS_TOLD_MAX = 1_000
ALERT_BEGINNING_MIN = 6  # characters of an id that may stand for it, where only one begins so


@get("/v1/air", summary="The air: nets, feeds, open alerts and the last cycle in numbers")
async def show_air(context: ApiContext, operator: Operator) -> AirTold:
    """What the watch tells; a net that nobody watches for is blind."""
    authorise(operator, Action.STATUS_READ)

    def work(node: Node, at: Instant) -> AirTold:
        return tell_air(node, context.air, at)

    return await context.service.do(work)


@get("/v1/feeds", summary="The feeds and how they stand")
async def list_feeds(context: ApiContext, operator: Operator) -> list[FeedTold]:
    """Every feed in use."""
    authorise(operator, Action.STATUS_READ)
    return await context.service.do(lambda node, _at: tell_feeds(node, context.air))


@post("/v1/feeds", summary="Listen to one more feed")
async def start_feed(context: ApiContext, operator: Operator, data: AddFeed) -> FeedTold:
    """On record from now on; the watch connects at once, and again whenever the link is lost."""
    authorise(operator, Action.FEED_MANAGE)
    settings = FeedSettings(
        feed=FeedId(data.feed),
        party=context.service.party if data.party is None else PartyId(data.party),
        format_name=data.format,
        address=data.address,
        every_s=data.every_s,
        zone_offset_s=data.zone_offset_s,
        receiver_deg=_place(data),
        receiver_height_m=data.receiver_height_m,
    )
    context.air.check(settings)

    def work(node: Node, at: Instant) -> FeedTold:
        add_feed(node, settings, operator.id, at)
        return tell_feed(settings, context.air)

    return await context.service.do(work)


@post("/v1/feeds/{feed}/remove", summary="Listen to a feed no more")
async def end_feed(context: ApiContext, operator: Operator, feed: str) -> list[FeedTold]:
    """What it brought stays with the tracks until they end."""
    authorise(operator, Action.FEED_MANAGE)

    def work(node: Node, at: Instant) -> list[FeedTold]:
        remove_feed(node, FeedId(feed), operator.id, at)
        return tell_feeds(node, context.air)

    return await context.service.do(work)


@get("/v1/alerts", summary="Open alerts, worst first")
async def list_alerts(
    context: ApiContext,
    operator: Operator,
    limit: Annotated[int, Meta(ge=1, le=ALERTS_TOLD_MAX)] = ALERTS_TOLD_MAX,
) -> list[AlertTold]:
    """As the records tell them. No alert is no clear sky: see the nets."""
    authorise(operator, Action.STATUS_READ)
    return await context.service.do(lambda node, _at: tell_alerts(node, context.air, limit))


@get("/v1/alerts/{alert}", summary="One alert, open or among those cleared last")
async def show_alert(context: ApiContext, operator: Operator, alert: str) -> AlertTold:
    """By its id, or by six characters and more that only one begins with."""
    authorise(operator, Action.STATUS_READ)
    return await context.service.do(lambda node, _at: tell_alert(named(node, alert), context.air))


@post("/v1/alerts/{alert}/acknowledge", summary="Say that you have seen an alert")
async def acknowledge(
    context: ApiContext, operator: Operator, alert: str, data: AcknowledgeAlert
) -> AlertTold:
    """On record, with the id of who has seen it. It stays open until it is over."""
    authorise(operator, Action.ALERT_ACKNOWLEDGE)

    def work(node: Node, at: Instant) -> AlertTold:
        found = named(node, alert)
        acknowledge_alert(node, found.alert_id, operator.id, at, revision=data.revision)
        return tell_alert(node.alerts.get(found.alert_id) or found, context.air)

    return await context.service.do(work)


AIR_ROUTES = (
    acknowledge,
    end_feed,
    list_alerts,
    list_feeds,
    show_air,
    show_alert,
    *TRACK_ROUTES,
    start_feed,
)


def named(node: Node, text: str) -> Alert:
    """The alert of an id, or of its beginning.

    Raises:
        InputError: none, or several, or too little was said.
    """
    if len(text) < ALERT_BEGINNING_MIN:
        raise InputError("alert", f"{text!r} has under {ALERT_BEGINNING_MIN} characters")
    found = node.alerts.beginning(text)
    if len(found) != 1:
        why = f"{len(found)} begin with" if found else "none open or cleared lately begins with"
        raise InputError("alert", f"{why} {text[:32]!r}")
    return found[0]


def _place(data: AddFeed) -> tuple[float, float] | None:
    latitude_deg, longitude_deg = data.receiver_latitude_deg, data.receiver_longitude_deg
    if latitude_deg is None and longitude_deg is None:
        return None
    if latitude_deg is None or longitude_deg is None:
        missing = "receiver_latitude_deg" if latitude_deg is None else "receiver_longitude_deg"
        raise InputError(missing, "is missing beside the other half of the place")
    return latitude_deg, longitude_deg


def tell_air(node: Node, air: AirDesk, at: Instant) -> AirTold:
    """The air as the watch sees it."""
    cycle = air.cycle
    told = AirTold(
        at=str(at if cycle is None else cycle.at),
        cycle=None if cycle is None else cycle.number,
        minima=air.minima,
        nets=air.nets(),
        feeds=tell_feeds(node, air),
        alerts=tell_alerts(node, air, ALERTS_TOLD_MAX),
        alerts_open=len(node.alerts.open_alerts()),
        refused_changes=air.refused_changes,
        restarts=air.restarts,
    )
    if cycle is not None:
        told.tracks, told.plots, told.late_s = cycle.tracks, cycle.plots, cycle.late_s
        told.skipped, told.untold = cycle.skipped, cycle.untold
        told.stage_s, told.changes_waiting = cycle.stage_s, cycle.changes_waiting
        told.unwatched, told.suppressed = cycle.unwatched, cycle.suppressed
        told.memory_bytes = cycle.memory_bytes
    return told


def tell_feeds(node: Node, air: AirDesk) -> list[FeedTold]:
    """Every feed in use and how it stands."""
    return [tell_feed(settings, air) for settings in node.feeds.feeds()]


def tell_feed(settings: FeedSettings, air: AirDesk) -> FeedTold:
    """One feed; what the watch has not told of is unknown."""
    told = FeedTold(
        feed=settings.feed,
        party=settings.party,
        format=settings.format_name,
        address=settings.address,
        phase="unknown",
    )
    states = [] if air.cycle is None else air.cycle.feeds
    for state in states:
        if state.feed == settings.feed:
            told.phase, told.since = state.phase, str(Instant(state.since_ms))
            told.heard_at = None if state.heard_ms is None else str(Instant(state.heard_ms))
            told.retries, told.drops, told.reason = state.retries, state.drops, state.reason
            told.counts, told.waiting, told.tracks = state.counts, state.waiting, state.tracks
    return told


def tell_alerts(node: Node, air: AirDesk, limit: int) -> list[AlertTold]:
    """Open alerts, worst first, then the oldest."""
    worst_first = sorted(
        node.alerts.open_alerts(), key=lambda each: (-each.finding.severity, each.raised_at)
    )
    return [tell_alert(each, air) for each in worst_first[:limit]]


def tell_alert(alert: Alert, air: AirDesk) -> AlertTold:
    """One alert, as it was raised and as it stands."""
    finding, now = alert.finding, air.alert_now(alert.alert_id)
    return AlertTold(
        alert=alert.alert_id,
        net=str(finding.situation.kind),
        severity=finding.severity.name.lower(),
        phase=str(alert.phase),
        revision=alert.revision,
        subjects=list(finding.situation.subjects),
        aspect=finding.situation.aspect,
        determined=finding.determined,
        raised_at=str(alert.raised_at),
        seen_at=str(alert.seen_at),
        basis=dict(finding.basis),
        basis_now=None if now is None else now.basis,
        severity_now=None if now is None else now.severity,
        held=None if now is None else now.held or None,
        acknowledged_by=alert.acknowledged_by,
        acknowledged_at=None if alert.acknowledged_at is None else str(alert.acknowledged_at),
        cleared_at=None if alert.cleared_at is None else str(alert.cleared_at),
    )
