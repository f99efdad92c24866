"""Whether a proposal keeps the terms: asked by its owner first, then by each party it goes to.

Source: docs/spec/intent.md §5 steps 2 to 8, and §6 for the codes.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import h3.api.basic_int as h3

from comity.domain.agreement import Terms
from comity.domain.airspace import Footprint
from comity.domain.intents.answers import RefusalReason
from comity.domain.intents.bodies import Proposal
from comity.domain.intents.context import BookContext
from comity.domain.intents.footprints import parts_of, window_of
from comity.domain.intents.rank import rank
from comity.domain.releasability import Disclosure
from comity.kernel.errors import AgreementError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant

EARTH_RADIUS_M = (
    6_371_008.8  # mean radius of WGS 84 (Moritz 1980); extents are capped, not measured
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a proposal does not keep the terms."""

    reason: RefusalReason
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offer:
    """A proposal and what its owner's other proposals amount to.

    Attributes:
        made_at: when its owner says it was made.
        open_count: undecided proposals of the owner, this one included.
        hour_count: proposals the owner made within an hour up to this one, this one included.
    """

    proposal: Proposal
    owner: PartyId
    made_at: Instant
    open_count: int
    hour_count: int


def fault_of(offer: Offer, terms: Terms, context: BookContext, at: Instant) -> Fault | None:
    """The first thing in which a proposal does not keep the terms in force, or None."""
    return (
        _fault_of_parties(offer, terms)
        or _fault_of_times(offer, terms, at)
        or _fault_of_caps(offer, terms, at)
        or _fault_of_required(offer, terms, context)
    )


def extent_m(footprint: Footprint) -> float:
    """Diameter of a cap around all vertices or cell centres, on a sphere.

    Over-approximates the greatest distance between two of them by a factor of at most 2.
    """
    if footprint.cells is None:
        latitude = [each for volume in footprint.volumes for each in volume.shape.latitude_deg]
        longitude = [each for volume in footprint.volumes for each in volume.shape.longitude_deg]
        radius_m = max(volume.shape.radius_m for volume in footprint.volumes)
    else:
        centres = [h3.cell_to_latlng(cell) for cell in {row[0] for row in footprint.cells.cells}]
        latitude = [each[0] for each in centres]
        longitude = [each[1] for each in centres]
        radius_m = 0.0
    units = [_unit(*each) for each in zip(latitude, longitude, strict=True)]
    middle = [sum(axis) / len(units) for axis in zip(*units, strict=True)]
    length = math.hypot(*middle)
    if length < 0.01:  # spread around the whole Earth: no cap smaller than half of it
        return math.pi * EARTH_RADIUS_M
    least_cosine = (
        min(sum(a * b for a, b in zip(unit, middle, strict=True)) for unit in units) / length
    )
    angle_rad = math.acos(max(-1.0, min(1.0, least_cosine)))
    return 2.0 * (EARTH_RADIUS_M * angle_rad + radius_m)


def _unit(latitude_deg: float, longitude_deg: float) -> tuple[float, float, float]:
    latitude_rad, longitude_rad = math.radians(latitude_deg), math.radians(longitude_deg)
    out = math.cos(latitude_rad)
    return (
        out * math.cos(longitude_rad),
        out * math.sin(longitude_rad),
        math.sin(latitude_rad),
    )


def _fault_of_parties(offer: Offer, terms: Terms) -> Fault | None:
    proposal = offer.proposal
    if proposal.basis.agreement != terms.digest:
        return Fault(RefusalReason.AGREEMENT, {"in_force": terms.digest})
    if offer.owner not in terms.party_ids:
        return Fault(RefusalReason.AGREEMENT, {"not_a_party": offer.owner})
    if terms.disclosure is Disclosure.CELLS and proposal.disclosure is not Disclosure.CELLS:
        return Fault(RefusalReason.DISCLOSURE, {"allowed": terms.disclosure.value})
    try:
        rank(terms, proposal.priority, offer.owner, Instant(0))
    except AgreementError:
        return Fault(RefusalReason.PRIORITY, {"known": list(terms.precedence)})
    return None


def _fault_of_times(offer: Offer, terms: Terms, at: Instant) -> Fault | None:
    proposal = offer.proposal
    latest = min(
        offer.made_at.or_last_plus_s(terms.decide_within_s),
        at.or_last_plus_s(terms.decide_within_s + terms.clock_difference_s_max),
    )
    if not at <= proposal.decide_by <= latest:
        return Fault(RefusalReason.DECIDE_BY, {"latest": str(latest)})
    start, end = window_of(proposal.footprint)
    if start.unix_ms <= at.unix_ms - terms.guard_band_s * 1000:
        return Fault(RefusalReason.STARTED, {"start": str(start)})
    if not (terms.covers_time(start) and terms.covers_time(end)):
        until = {"valid_from": str(terms.valid_from), "valid_until": str(terms.valid_until)}
        return Fault(RefusalReason.OUTSIDE_VALIDITY, until)
    return None


def _fault_of_caps(offer: Offer, terms: Terms, at: Instant) -> Fault | None:
    caps = terms.caps
    footprint = offer.proposal.footprint
    start, end = window_of(footprint)
    most_parts = None if footprint.cells is not None else caps.volumes_per_proposal_max
    measures = (
        ("volumes_per_proposal_max", parts_of(footprint), most_parts),
        ("duration_s_max", math.ceil(end.minus(start)), caps.duration_s_max),
        ("look_ahead_s_max", math.floor(start.minus(at)), caps.look_ahead_s_max),
        ("open_proposals_max", offer.open_count, caps.open_proposals_max),
        ("proposals_per_hour_max", offer.hour_count, caps.proposals_per_hour_max),
        ("horizontal_extent_m_max", math.ceil(extent_m(footprint)), caps.horizontal_extent_m_max),
    )
    for name, value, most in measures:
        if most is not None and value > most:
            return Fault(
                RefusalReason.CAP, {"limit": name, "most": math.floor(most), "value": value}
            )
    return None


def _fault_of_required(offer: Offer, terms: Terms, context: BookContext) -> Fault | None:
    required = set(offer.proposal.required)
    if offer.owner in required or not required <= set(terms.party_ids):
        return Fault(RefusalReason.REQUIRED, {"parties": list(terms.party_ids)})
    computed = context.required_parties(terms, offer.owner, offer.proposal.footprint)
    missing = sorted(set(computed) - required - {offer.owner})
    if missing:
        return Fault(RefusalReason.REQUIRED, {"also_require": missing})
    return None
