"""The past: what stood at a moment as known then and as known now, what became known when, and who knew what."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import Meta

from comity.application.reconstruct import Reconstruction
from comity.domain.incidents import OfferedTrack
from comity.domain.incidents.separation import CLOCK_S_ASSUMED
from comity.domain.operators import Action, Operator, authorise
from comity.domain.reconstruction import Knowledge, divergence_of, recorded_tracks
from comity.domain.tracks import PlotBatch
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.history_messages import (
    ChangesTold,
    FigureTold,
    KnowledgeTold,
    MomentTold,
    RivalsTold,
    StretchTold,
)
from comity.entrypoints.api.history_telling import (
    tell_change,
    tell_knowledge,
    tell_moment,
    tell_rivals,
)
from comity.entrypoints.api.routing import get
from comity.entrypoints.knowledge_words import knowledge_figure
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant, instant_from_rfc3339

ITEMS_TOLD_MAX = 1_000
TRACKS_TOLD_MAX = 5_000
CHANGES_TOLD_MAX = 1_000
RANGE_S_MAX = 31 * 86_400.0  # a month; a page is bounded anyhow
STRETCHES_TOLD_MAX = 1_000
RIVALS_S_MAX = 7_200.0  # two hours of plots are read for one comparison
CLOCK_S_MAX = 60.0

Feed = Annotated[str, Meta(min_length=1, max_length=64)]
Identity = Annotated[str, Meta(min_length=1, max_length=64)]


@get("/v1/history/state", summary="What stood at a moment, as known then or as known now")
async def show_state(
    context: ApiContext,
    operator: Operator,
    at: str,
    known: Literal["then", "now"] = "then",
    exercise: bool = False,
    after: Annotated[str, Meta(max_length=200)] | None = None,
    limit: Annotated[int, Meta(ge=1, le=ITEMS_TOLD_MAX)] = 200,
    tracks: Annotated[int, Meta(ge=0, le=TRACKS_TOLD_MAX)] = 1_000,
) -> MomentTold:
    """Flights, messages, alerts, notices, sites, areas and feeds by page; the tracks stand on the first page."""
    for action in (Action.LOG_READ, Action.LINE_READ, Action.SITE_READ):
        authorise(operator, action)
    moment = instant_from_rfc3339(at, "at")
    known_by = moment if known == "then" else None
    of = reconstruction_of(context)
    found = await asyncio.to_thread(of.moment, moment, known_by, exercise=exercise)
    return tell_moment(found, after, limit, tracks, exercise=exercise)


@get("/v1/history/changes", summary="What became known to this node within a time, in that order")
async def show_changes(
    context: ApiContext,
    operator: Operator,
    since: str,
    until: str,
    skip: Annotated[int, Meta(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Meta(ge=1, le=CHANGES_TOLD_MAX)] = 200,
) -> ChangesTold:
    """For a replay: each change with when it holds and when it became known."""
    for action in (Action.LOG_READ, Action.LINE_READ, Action.SITE_READ):
        authorise(operator, action)
    starts, ends = _range(since, until)
    found = await asyncio.to_thread(reconstruction_of(context).changes, starts, ends)
    page, rest = found[skip : skip + limit], found[skip + limit :]
    more = str(skip + limit) if rest else None
    return ChangesTold(changes=[tell_change(each) for each in page], more=more)


@get("/v1/history/plots", summary="The times of which plots were kept; all else is unknown")
async def show_plots(context: ApiContext, operator: Operator) -> list[StretchTold]:
    """The newest, where there are very many."""
    authorise(operator, Action.STATUS_READ)
    found = await asyncio.to_thread(reconstruction_of(context).stretches)
    return [
        StretchTold(starts=str(each.starts), ends=str(each.ends))
        for each in found[-STRETCHES_TOLD_MAX:]
    ]


async def _knew(context: ApiContext, operator: Operator, subject: str) -> Knowledge:
    for action in (Action.LOG_READ, Action.LINE_READ, Action.SITE_READ):
        authorise(operator, action)
    return await asyncio.to_thread(reconstruction_of(context).knew, subject)


@get("/v1/history/knew", summary="Who knew of a thing, and when, and what that rests on")
async def show_knew(
    context: ApiContext,
    operator: Operator,
    subject: Annotated[str, Meta(min_length=1, max_length=128)],
) -> KnowledgeTold:
    """Of a record by its digest, or of an intent, a site, a notice, a matter or an alert by its id."""
    return tell_knowledge(await _knew(context, operator, subject))


@get("/v1/history/knew/figure", summary="Who knew of a thing, and when, as a picture")
async def draw_knew(
    context: ApiContext,
    operator: Operator,
    subject: Annotated[str, Meta(min_length=1, max_length=128)],
) -> FigureTold:
    """A lane for each party; a bar where only bounds are known. Unknown is not «did not know»."""
    found = await _knew(context, operator, subject)
    unknown = len(found.unknown())
    words = f"{found.records} records, {len(found.statements)} statements, {unknown} unknown"
    return FigureTold(svg=knowledge_figure(found), words=words)


@get("/v1/history/rivals", summary="Two accounts of one aircraft side by side, and their distance")
async def show_rivals(
    context: ApiContext,
    operator: Operator,
    since: str,
    until: str,
    first_feed: Feed,
    first: Identity,
    second_feed: Feed,
    second: Identity,
    clock_s: Annotated[float, Meta(ge=0.0, le=CLOCK_S_MAX)] = CLOCK_S_ASSUMED,
) -> RivalsTold:
    """Of the plots kept of two feeds, or of one feed under two identities; across a gap nothing is said."""
    authorise(operator, Action.LOG_READ)
    starts, ends = _range(since, until)
    if ends.minus(starts) > RIVALS_S_MAX:
        raise InputError("until", f"{ends} is not within {RIVALS_S_MAX:g} s after since, {starts}")

    def work() -> RivalsTold:
        batches, _ = reconstruction_of(context).plots(starts, ends)
        one = _account(batches, "first", first_feed, first)
        other = _account(batches, "second", second_feed, second)
        return tell_rivals(one, other, divergence_of(one, other, clock_s))

    return await asyncio.to_thread(work)


def _account(batches: Sequence[PlotBatch], name: str, feed: str, identity: str) -> OfferedTrack:
    of = [each for each in batches if each.feed == feed]
    found, _ = recorded_tracks(of, (identity,))
    exact = [each for each in found if each.identity.lower() == identity.lower()] or found
    if not exact:
        raise InputError(name, f"no plot of {identity} by feed {feed} was kept of that time")
    return exact[0]


def _range(since: str, until: str) -> tuple[Instant, Instant]:
    starts, ends = instant_from_rfc3339(since, "since"), instant_from_rfc3339(until, "until")
    if not 0.0 < ends.minus(starts) <= RANGE_S_MAX:
        why = f"{ends} is not within {RANGE_S_MAX:g} s after since, {starts}"
        raise InputError("until", why)
    return starts, ends


def reconstruction_of(context: ApiContext) -> Reconstruction:
    """What is asked of the past; refused where this API serves no store."""
    if context.reconstruction is None:
        raise InputError("history", "this API serves no store")
    return context.reconstruction


HISTORY_ROUTES = (show_state, show_changes, show_plots, show_knew, draw_knew, show_rivals)
