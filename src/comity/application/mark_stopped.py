"""Which flights and notices a stop speaks of: marked STOP REQUESTED at both nodes, and commanded by neither."""

from collections.abc import Iterator
from dataclasses import dataclass

from comity.application.node import Node
from comity.domain.airspace import (
    Altitude,
    Datum,
    EdgeKind,
    Footprint,
    Shape,
    ShapeKind,
    Volume4D,
)
from comity.domain.airspace.altitude import HEIGHT_M_MAX, HEIGHT_M_MIN
from comity.domain.airspace.volume import DURATION_S_MAX
from comity.domain.geometry import nearest, tolerance_m
from comity.domain.line import HorizontalDatum, Item, ReferenceKind
from comity.domain.notices import Held
from comity.kernel.ids import IntentId, RecordDigest
from comity.kernel.instants import Instant
from comity.kernel.units import MM_PER_METRE, degrees_from_e7

AHEAD_S = 366 * 86_400.0  # the most that an agreement's caps let a flight be planned ahead
AROUND_S = 60.0  # before the instant asked about: what flies now is meant
UNSURE_M = 250.0  # a position on another datum than WGS 84, or on none known, may be so far off
RADIUS_M_MIN = 1.0  # a disc has an area


def stopped_intents(
    node: Node, at: Instant, *, exercise: bool = False
) -> dict[IntentId, tuple[RecordDigest, ...]]:
    """Every flight that a stop in force speaks of, and the digests of those stops.

    A flight is meant where the stop names it, or where its footprint, widened by the minima of the
    finder, meets the circle of the stop at any height and any time until the stop's end. This
    over-approximates by the minima and, for a datum that is not WGS 84, by `UNSURE_M`.
    """
    found: dict[IntentId, list[RecordDigest]] = {}
    holdings = node.book(exercise=exercise).holdings
    for item in node.line_of(exercise=exercise).stops(at):
        meant: set[IntentId] = set()
        for reference in item.said.references:
            if reference.kind is ReferenceKind.INTENT:
                version = holdings.versions.get(reference.digest) if reference.digest else None
                named = None if reference.id is None else IntentId(reference.id)
                meant |= {each for each in (named, version and version.intent) if each}
        for volume in stop_volumes(item, at):
            for finding in holdings.finder.find(Footprint((volume,), None, "general")):
                kept = holdings.kept(finding.key)
                if kept is not None:
                    meant.add(kept.intent)
        for intent in sorted(meant):
            found.setdefault(intent, []).append(item.digest)
    return {intent: tuple(digests) for intent, digests in found.items()}


def stops_on_notice(
    node: Node, held: Held, at: Instant, *, exercise: bool = False
) -> tuple[RecordDigest, ...]:
    """Stops in force that speak of a notice: they name it, or its area and time meet theirs.

    A notice without an area may be anywhere: each stop round a place is told with it, for the data do
    not show that it is not meant.
    """
    if not held.stands:
        return ()
    stops = node.line_of(exercise=exercise).stops(at)
    return tuple(item.digest for item in stops if _speaks_of(item, _reach(item, at), held))


def notices_of_stop(
    node: Node, item: Item, at: Instant, *, exercise: bool = False
) -> tuple[Held, ...]:
    """Every notice that stands and that a stop speaks of, as `stops_on_notice` has it; none once it has ended."""
    if all(each.digest != item.digest for each in node.line_of(exercise=exercise).stops(at)):
        return ()
    reach = _reach(item, at)
    standing = node.notices_of(exercise=exercise).standing(at)
    return tuple(held for held in standing if _speaks_of(item, reach, held))


def _speaks_of(item: Item, reach: "_Reach | None", held: Held) -> bool:
    return _names(item, held) or (reach is not None and _meet(reach, held))


def _names(item: Item, held: Held) -> bool:
    return any(
        each.digest == held.record
        or (each.kind is ReferenceKind.NOTICE and each.id == held.notice.id)
        for each in item.said.references
    )


def _meet(stop: "_Reach", held: Held) -> bool:
    begins, ends = held.window
    if begins > stop.end or ends < stop.start:
        return False
    volumes = held.volumes
    if not volumes:
        return True
    for volume in volumes:
        one, other = stop.disc.prepared, volume.shape.prepared
        reach_m = one.radius_m + other.radius_m
        if nearest(one, other, reach_m + tolerance_m(reach_m)) is not None:
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Reach:
    """Where, from when and until when a stop speaks."""

    disc: Shape
    start: Instant
    end: Instant


def _reach(item: Item, at: Instant) -> _Reach | None:
    """None where it names what it means and no place."""
    stop, position = item.said.stop, item.said.particulars.position
    if stop is None or position is None or stop.radius_mm is None:
        return None
    radius_m = max(stop.radius_mm / MM_PER_METRE, RADIUS_M_MIN)
    radius_m += (position.accuracy_mm or 0) / MM_PER_METRE
    if position.datum is not HorizontalDatum.WGS84:
        radius_m += UNSURE_M
    disc = Shape(
        ShapeKind.PATH,
        latitude_deg=(degrees_from_e7(position.latitude_e7),),
        longitude_deg=(degrees_from_e7(position.longitude_e7),),
        radius_m=radius_m,
        edge=EdgeKind.GEODESIC,
    )
    start = Instant(max(0, at.unix_ms - int(AROUND_S * 1000)))
    end = at.or_last_plus_s(AHEAD_S)
    if stop.until is not None:
        end = min(end, stop.until)
    return _Reach(disc, start, end)


def stop_volumes(item: Item, at: Instant) -> Iterator[Volume4D]:
    """Where and until when a stop speaks; none where it names what it means and no place."""
    reach = _reach(item, at)
    if reach is None:
        return
    start = reach.start
    while start < reach.end:
        until = min(start.or_last_plus_s(DURATION_S_MAX), reach.end)
        yield Volume4D(
            reach.disc,
            Altitude(HEIGHT_M_MIN, Datum.WGS84),
            Altitude(HEIGHT_M_MAX, Datum.WGS84),
            start,
            until,
        )
        start = until
