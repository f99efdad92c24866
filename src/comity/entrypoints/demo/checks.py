"""What must hold at the end of the day, checked from both nodes' own views and by brute force."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.adapters.generated_traffic import Role
from comity.domain.airspace import Clear, Footprint, Minima, Separation, Volume4D
from comity.domain.conflicts import footprint_verdict
from comity.entrypoints.demo.outcomes import ACCEPTED, OPEN, FlightOutcome, Outcome

Floats = NDArray[np.float64]
View = Mapping[str, Mapping[str, Any]]
"""One node's intents (`IntentTold`) by intent id."""

EARTH_RADIUS_M_MIN = (
    6_335_439.0  # least radius of curvature of WGS 84: the meridian's, at the equator
)
A_M, E2 = 6_378_137.0, 6.694379990141317e-3  # WGS 84


@dataclass(frozen=True, slots=True)
class Check:
    """One promise: what was looked at, and every breach found."""

    name: str
    looked_at: int
    breaches: tuple[str, ...]

    @property
    def held(self) -> bool:
        """Whether it held; a promise about nothing at all did not."""
        return not self.breaches and self.looked_at > 0


def check_same_verdict(*views: View) -> Check:
    """Every intent that nodes share has one digest and one verdict at each of them."""
    looked_at = 0
    breaches = []
    for first, second in itertools.combinations(views, 2):
        shared = sorted(first.keys() & second.keys())
        looked_at += len(shared)
        for intent in shared:
            a, b = first[intent]["current"], second[intent]["current"]
            if a["digest"] != b["digest"]:
                breaches.append(f"{intent}: version {a['digest'][:12]} and {b['digest'][:12]}")
            elif verdict_of(a) != verdict_of(b):
                breaches.append(f"{intent}: {a['state']} and {b['state']}")
    return Check("all nodes tell the same of every shared flight", looked_at, tuple(breaches))


def check_known_to_all_required(views: Sequence[View], parties: Sequence[str]) -> Check:
    """An intent that a party was asked about is known at that party's node."""
    asked = 0
    breaches = []
    for view in views:
        for intent, told in view.items():
            for answer in told["current"]["answers"]:
                if answer["party"] in parties:
                    asked += 1
                    if intent not in views[parties.index(answer["party"])]:
                        breaches.append(f"{intent}: {answer['party']} does not know of it")
    return Check("whoever must assent knows the flight", asked, tuple(breaches))


def check_assents(views: Sequence[View]) -> Check:
    """At every node, an accepted intent has the assent of every party required."""
    accepted = 0
    breaches = []
    for view in views:
        for intent, told in view.items():
            version = told["current"]
            if version["state"] not in ACCEPTED:
                continue
            accepted += 1
            missing = [a["party"] for a in version["answers"] if a["answer"] != "assent"]
            if missing:
                breaches.append(f"{intent}: accepted without {', '.join(missing)}")
    return Check("accepted only with every assent", accepted, tuple(breaches))


def check_no_conflict(
    accepted: Mapping[str, Footprint],
    minima: Minima,
    tick: Callable[[int, int], None] = lambda _done, _of: None,
) -> Check:
    """No two accepted flights conflict: every pair that comes near is measured again, exactly.

    One flight alone conflicts with none, and counts as looked at.
    """
    pairs = list(pairs_that_come_near(accepted, minima))
    breaches = []
    for number, (one, other) in enumerate(pairs):
        tick(number, len(pairs))
        a, b = accepted[one], accepted[other]
        verdict = footprint_verdict(a, b, minima(a.flight_class, b.flight_class))
        if not isinstance(verdict, Clear):
            breaches.append(f"{one} and {other}: {verdict}")
    return Check("no two accepted flights conflict", len(accepted), tuple(breaches))


def check_planted(outcomes: Mapping[str, FlightOutcome], planted: Mapping[str, str]) -> Check:
    """Of each planted pair at most one is accepted, and what was refused says so.

    Args:
        outcomes: by callsign.
        planted: callsign of each planted flight, and of the flight that it meets.
    """
    breaches = []
    for callsign, against in sorted(planted.items()):
        one, other = outcomes[callsign], outcomes[against]
        decided = sorted((one.outcome, other.outcome))
        if decided.count(Outcome.ACCEPTED) > 1:
            breaches.append(f"{callsign} and {against} are both accepted")
        if Outcome.HELD in decided:
            breaches.append(f"{callsign} and {against} are not decided")
        breaches += [
            f"{each.callsign} is refused without a reason"
            for each in (one, other)
            if each.outcome is Outcome.REFUSED and not each.why
        ]
    return Check("every planted conflict was found", len(planted), tuple(breaches))


def check_roles(
    outcomes: Mapping[str, FlightOutcome], changed: Mapping[str, str], against: Mapping[str, str]
) -> Check:
    """What was put into the day on purpose is seen for what it is.

    Args:
        outcomes: by callsign.
        changed: what became of each flight with a change of plan, by callsign.
        against: callsign of each flight made to meet another, and of that other.
    """
    breaches = []
    told = [each for each in outcomes.values() if each.role in _SEEN]
    for each in told:
        why_not = _SEEN[each.role](each)
        if why_not:
            breaches.append(f"{each.callsign} ({each.role}): {why_not}")
    breaches += [
        f"{callsign} (changed): {what}"
        for callsign, what in changed.items()
        if not what.endswith("accepted")  # the old version stands until the new one is accepted
    ]
    breaches += [
        f"{each.callsign} (emergency): meets {against[each.callsign]}, which was not flagged"
        for each in told
        if each.role == Role.EMERGENCY
        and outcomes[against[each.callsign]].intent not in (None, *each.met)
        and outcomes[against[each.callsign]].outcome is Outcome.ACCEPTED
    ]
    return Check("the special flights are seen for what they are", len(told), tuple(breaches))


def check_relief(
    outcomes: Mapping[str, FlightOutcome], relief: Sequence[str], services: Sequence[str]
) -> Check:
    """The relief service's flights are decided with both services: none without the assents of those concerned.

    Args:
        outcomes: by callsign.
        relief: callsigns of the relief service.
        services: the two other parties; each has assented to some of its flights.
    """
    told = [outcomes[callsign] for callsign in relief]
    accepted = [each for each in told if each.outcome is Outcome.ACCEPTED]
    assented = {party for each in accepted for party in each.assents}
    breaches = [
        f"{each.callsign}: refused without a reason"
        for each in told
        if each.outcome is Outcome.REFUSED and not each.why
    ]
    breaches += [f"{party} assented to none of them" for party in services if party not in assented]
    return Check("relief flights are deconflicted with both services", len(told), tuple(breaches))


def check_decided(outcomes: Mapping[str, FlightOutcome]) -> Check:
    """No flight is left without an answer."""
    held = [each.callsign for each in outcomes.values() if each.outcome is Outcome.HELD]
    return Check("every flight is decided", len(outcomes), tuple(f"{c}: held" for c in held))


def _outside_seen(outcome: FlightOutcome) -> str:
    return "" if outcome.flags else "outside the covered area, and not flagged"


def _undecided_seen(outcome: FlightOutcome) -> str:
    refused = outcome.outcome is Outcome.REFUSED and "undetermined" in outcome.why
    return "" if refused else f"{outcome.outcome} ({outcome.why}), though nobody can tell"


def _emergency_seen(outcome: FlightOutcome) -> str:
    return "" if outcome.outcome is Outcome.ANNOUNCED else "not known to both"


_SEEN: Mapping[str, Callable[[FlightOutcome], str]] = {
    Role.OUTSIDE: _outside_seen,
    Role.UNDECIDED: _undecided_seen,
    Role.EMERGENCY: _emergency_seen,
}


def verdict_of(version: Mapping[str, Any]) -> str:
    """A version's state as a verdict: accepted, open, or not accepted."""
    state = version["state"]
    if state in ACCEPTED:
        return "accepted"
    return "open" if state in OPEN else "not accepted"


def pairs_that_come_near(
    footprints: Mapping[str, Footprint], minima: Minima
) -> Iterator[tuple[str, str]]:
    """Pairs of flights with volumes whose times meet and whose bounding balls come near.

    Over-approximates: a ball contains its volume's shape at height 0, geodesic bulge and radius
    included, and straight lines through the Earth are shorter than those along it; so no pair within
    the minima is left out, as long as edges are geodesics. Written apart from the nodes' index, as its check.
    """
    names = list(footprints)
    volumes = [(n, v) for n, name in enumerate(names) for v in footprints[name].volumes]
    owner = np.array([n for n, _ in volumes])
    start = np.array([v.start.unix_ms for _, v in volumes])
    end = np.array([v.end.unix_ms for _, v in volumes])
    balls = np.array([_ball(v) for _, v in volumes])
    order = np.argsort(start, kind="stable")
    owner, start, end, balls = owner[order], start[order], end[order], balls[order]
    reach_m = _greatest_horizontal_m(footprints, minima)
    found: set[tuple[int, int]] = set()
    for row in range(len(owner)):
        stop = int(np.searchsorted(start, end[row], side="right"))
        later = slice(row + 1, stop)
        apart_m = np.linalg.norm(balls[later, :3] - balls[row, :3], axis=1)
        near = apart_m <= balls[later, 3] + balls[row, 3] + reach_m
        found.update(
            (min(int(owner[row]), other), max(int(owner[row]), other))
            for other in owner[later][near].tolist()
            if other != owner[row]
        )
    yield from ((names[a], names[b]) for a, b in sorted(found))


def _ball(volume: Volume4D) -> tuple[float, float, float, float]:
    """Centre and radius of a ball round a volume's shape, on the ellipsoid's surface."""
    latitude_rad = np.radians(volume.shape.latitude_deg)
    longitude_rad = np.radians(volume.shape.longitude_deg)
    curvature_m = A_M / np.sqrt(1 - E2 * np.sin(latitude_rad) ** 2)
    points = np.column_stack(
        (
            curvature_m * np.cos(latitude_rad) * np.cos(longitude_rad),
            curvature_m * np.cos(latitude_rad) * np.sin(longitude_rad),
            curvature_m * (1 - E2) * np.sin(latitude_rad),
        )
    )
    centre = (points.min(axis=0) + points.max(axis=0)) / 2
    span_m = float(np.linalg.norm(points - centre, axis=1).max())
    # An edge bows out of its chord by at most its sagitta; a chord is at most the ball's diameter.
    bow_m = (2 * span_m) ** 2 / (4 * EARTH_RADIUS_M_MIN)
    return (*centre.tolist(), span_m + bow_m + volume.shape.radius_m)


def _greatest_horizontal_m(footprints: Mapping[str, Footprint], minima: Minima) -> float:
    classes = sorted({footprint.flight_class for footprint in footprints.values()})
    found: list[Separation] = [
        minima(a, b) for a, b in itertools.combinations_with_replacement(classes, 2)
    ]
    return max(each.horizontal_m for each in found)
