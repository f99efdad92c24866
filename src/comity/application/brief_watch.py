"""What the watch over the air must know of the agreement in force and of the flights under way."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from comity.application.flights_under_way import FLYING
from comity.application.node import Node
from comity.domain.agreement import Terms, WatchTerms
from comity.domain.airspace import volumes_to_body
from comity.domain.geometry.closest_pairs import MINIMUM_M_MIN
from comity.domain.intents import IntentState, Version
from comity.kernel.instants import Instant

NO_AGREEMENT = "no agreement: 5 NM and 1000 ft"
"""Where the minima come from while no agreement is in force: the defaults of `PairRule`."""


class NetsBrief(msgspec.Struct, frozen=True):
    """Parameters of the nets that the agreement states, as `WatchTerms`; null: the net's own default.

    Attributes:
        class_look_ahead_s: by row of the minima; null: as `look_ahead_s`.
    """

    look_ahead_s: float | None = None
    class_look_ahead_s: list[float | None] = []
    warning_s: float | None = None
    caution_s: float | None = None
    nonconforming_after_s: float | None = None
    at_once_m: float | None = None
    conforming_after_s: float | None = None
    contingent_after_s: float | None = None
    lost_after_s: float | None = None


class MinimaBrief(msgspec.Struct, frozen=True):
    """What the nets take from the agreement; row 0 is for tracks of which no class is known.

    Attributes:
        source: the agreement's digest, or why it is none.
    """

    source: str
    classes: list[str] = []
    horizontal_m: list[list[float]] = []
    vertical_m: list[list[float]] = []
    pressure_error_m: float | None = None
    terrain_m: tuple[float, float] | None = None
    nets: NetsBrief = NetsBrief()


class FlightBrief(msgspec.Struct, frozen=True):
    """A flight under way; its volumes go under the proposal's digest, once."""

    intent: str
    proposal: str
    owner: str
    own: bool
    flying: bool
    overdue: bool
    callsign: str | None
    formation: str | None
    flight_class: str
    start_ms: int
    end_ms: int


class WatchBrief(msgspec.Struct, frozen=True):
    """Everything that the nets take from the node, asked anew each cycle.

    Attributes:
        volumes: of proposals that the watch does not have yet; null: shown in cells only.
    """

    minima: MinimaBrief
    flights: list[FlightBrief]
    volumes: dict[str, Any] = {}


def brief_of(
    node: Node, flights: Sequence[Version], at: Instant, known: Collection[str]
) -> WatchBrief:
    """What the watch must know now.

    Args:
        node: between two batches, or as a piece of its work.
        flights: those under way.
        at: now.
        known: proposals whose volumes the watch has already.
    """
    briefs, volumes = [], {}
    for version in sorted(flights, key=lambda each: each.digest):
        footprint = version.proposal.footprint
        briefs.append(
            FlightBrief(
                intent=version.intent,
                proposal=version.digest,
                owner=version.owner,
                own=version.own,
                flying=version.state in FLYING,
                overdue=version.state is IntentState.EXPIRED,
                callsign=version.proposal.callsign,
                formation=version.proposal.formation,
                flight_class=footprint.flight_class,
                start_ms=version.start.unix_ms,
                end_ms=version.end.unix_ms,
            )
        )
        if version.digest not in known:
            full = footprint.cells is None
            volumes[str(version.digest)] = volumes_to_body(footprint.volumes) if full else None
    return WatchBrief(minima_of(node.terms(at)), briefs, volumes)


def minima_of(terms: Terms | None) -> MinimaBrief:
    """Separation of the agreement in force, by class."""
    if terms is None:
        return MinimaBrief(NO_AGREEMENT)
    table = terms.separation
    named = {name for pair in table.by_pair for name in pair} | set(table.by_class)
    named |= set(terms.watch.look_ahead_s_by_class)
    classes = sorted(named)
    # Row 0 is no class of the table: it has the default with itself and the greater with others.
    rows = ["", *classes]
    minima = [[table.minima(one, other) for other in rows] for one in rows]
    return MinimaBrief(
        source=terms.digest,
        classes=classes,
        horizontal_m=[[max(each.horizontal_m, MINIMUM_M_MIN) for each in row] for row in minima],
        vertical_m=[[max(each.vertical_m, MINIMUM_M_MIN) for each in row] for row in minima],
        pressure_error_m=terms.height_bounds.pressure_error_m,
        terrain_m=terms.height_bounds.terrain_m,
        nets=nets_of(terms.watch, classes),
    )


def nets_of(watch: WatchTerms, classes: Sequence[str] = ()) -> NetsBrief:
    """What an agreement says of the nets.

    Args:
        watch: the terms.
        classes: of the rows of the minima from the second on.
    """
    by_class = [watch.look_ahead_s_by_class.get(name) for name in ("", *classes)]
    return NetsBrief(
        look_ahead_s=watch.look_ahead_s,
        class_look_ahead_s=by_class if watch.look_ahead_s_by_class else [],
        warning_s=watch.warning_s,
        caution_s=watch.caution_s,
        nonconforming_after_s=watch.nonconforming_after_s,
        at_once_m=watch.at_once_m,
        conforming_after_s=watch.conforming_after_s,
        contingent_after_s=watch.contingent_after_s,
        lost_after_s=watch.lost_after_s,
    )
