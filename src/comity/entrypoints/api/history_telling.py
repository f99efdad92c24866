"""Moments and knowledge, as the API tells them."""

import math

from comity.adapters.svg_figures import range_plot
from comity.application.reconstruct import Moment
from comity.domain.airspace import Datum
from comity.domain.incidents import OfferedTrack
from comity.domain.reconstruction import Change, Divergence, Item, Knowledge, TrackThen
from comity.entrypoints.api.history_messages import (
    AccountTold,
    ApartTold,
    ChangeTold,
    HeldTold,
    KnowledgeTold,
    KnownTold,
    MomentTold,
    RivalsTold,
    TrackThenTold,
)
from comity.kernel.instants import Instant


def tell_moment(
    moment: Moment, after: str | None, limit: int, tracks_limit: int, *, exercise: bool
) -> MomentTold:
    """A page: items behind a cursor, and the tracks with the first of them."""
    items = [each for each in moment.state.items if after is None or _cursor(each) > after]
    page, rest = items[:limit], items[limit:]
    tracks = moment.tracks if after is None else ()
    return MomentTold(
        at=str(moment.state.at),
        known_by=None if moment.state.known_by is None else str(moment.state.known_by),
        exercise=exercise,
        items=[tell_item(each) for each in page],
        more=_cursor(page[-1]) if rest else None,
        later=dict(moment.state.later),
        tracks=[tell_track(each) for each in tracks[:tracks_limit]],
        tracks_left_out=max(0, len(tracks) - tracks_limit),
        plots_kept=moment.plots_kept,
        plots_dropped=moment.dropped,
    )


def tell_item(item: Item) -> HeldTold:
    """One thing and its answers."""
    stands = tell_change(item.stands)
    return HeldTold(stands=stands, answers=[tell_change(each) for each in item.answers])


def tell_change(change: Change) -> ChangeTold:
    """One thing said."""
    starts, ends = (None, None) if change.holds is None else change.holds
    return ChangeTold(
        family=change.family,
        key=change.key,
        status=change.status,
        words=change.words,
        author=change.author,
        digest=change.digest,
        at=str(change.at),
        known_at=str(change.known_at),
        holds_from=_spelt(starts),
        holds_until=_spelt(ends),
        ends=change.ends_item,
        answer=change.aside,
        estimate=dict(change.estimate),
    )


def tell_track(track: TrackThen) -> TrackThenTold:
    """One plot."""
    heights = {each.datum: each.height_m for each in track.altitudes}
    direction = track.track_true_rad
    return TrackThenTold(
        feed=track.feed,
        identity=track.identity,
        callsign=track.callsign,
        at=str(track.at),
        received_at=str(track.received_at),
        latitude_deg=track.latitude_deg,
        longitude_deg=track.longitude_deg,
        accuracy_m=track.accuracy_m,
        accuracy_assumed=track.accuracy_assumed,
        altitude_pressure_m=heights.get(Datum.QNE),
        altitude_ellipsoid_m=heights.get(Datum.WGS84),
        ground_speed_mps=track.ground_speed_mps,
        track_true_deg=None if direction is None else math.degrees(direction),
        on_ground=track.on_ground,
        stale=track.stale,
    )


def tell_knowledge(known: Knowledge) -> KnowledgeTold:
    """Everything of one thing."""
    return KnowledgeTold(
        subject=known.subject,
        here=known.here,
        records=known.records,
        statements=[
            KnownTold(
                act=each.act,
                record=each.record,
                kind=each.kind,
                party=each.party,
                person=each.person,
                echelon=each.echelon,
                at=_spelt(each.at),
                not_before=_spelt(each.not_before),
                not_after=_spelt(each.not_after),
                precision=each.precision,
                known=each.known,
                basis=each.basis,
                words=each.words,
                rests_on=list(each.rests_on),
            )
            for each in known.statements
        ],
        contradictions=[str(each) for each in known.contradictions],
    )


def tell_rivals(first: OfferedTrack, second: OfferedTrack, apart: Divergence) -> RivalsTold:
    """Two accounts, and how far apart they are."""
    return RivalsTold(
        first=_account(first),
        second=_account(second),
        rows=[
            ApartTold(
                at=str(row.at),
                apart_m=row.apart_m,
                apart_m_min=row.apart_m_min,
                apart_m_max=row.apart_m_max,
            )
            for row in apart.rows
        ],
        words=apart.clock_words if apart.rows else apart.unseen_words,
        left_out=apart.left_out,
        svg=range_plot("Distance", apart),
    )


def _account(track: OfferedTrack) -> AccountTold:
    return AccountTold(
        feed=track.material.removeprefix("feed "),
        identity=track.identity,
        words=track.words(),
        starts=str(track.points[0].at),
        ends=str(track.points[-1].at),
        longitude_latitude_deg=[[each.longitude_deg, each.latitude_deg] for each in track.points],
    )


def _cursor(item: Item) -> str:
    return f"{item.stands.family}/{item.stands.key}"


def _spelt(at: Instant | None) -> str | None:
    return None if at is None else str(at)
