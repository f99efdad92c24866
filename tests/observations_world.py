"""Observations, policies and nodes that hold them, for the tests of the room and of what leaves a node."""

from dataclasses import replace
from typing import Any

from tests.simulation.world import Place, World

from comity.application.node import Node
from comity.application.observe import enter_observation, release_observation, set_policy
from comity.domain.geometry.nested_cells import cell_of
from comity.domain.observations import (
    Entry,
    LabelRule,
    Link,
    Marking,
    ObservationKind,
    Policy,
    Relation,
    Reliability,
    Source,
    SourceKind,
    SourceTold,
    WordsTold,
)
from comity.domain.records import Record
from comity.kernel.ids import ObservationId, OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant

ADA, BEN, EVE = OperatorId("ada"), OperatorId("ben"), OperatorId("eve")
AREA = cell_of(465_000_000, 75_000_000, 14)


def entry(at: Instant, **changed: Any) -> Entry:
    """A hazard to flight, seen by a crew; ids and origin are put in when it is entered."""
    stated = Entry(
        id=ObservationId(""),
        revision=1,
        replaces=None,
        kind=ObservationKind.HAZARD_TO_FLIGHT,
        nature="navigation-interference",
        area=AREA,
        subject=None,
        begins=at.plus_s(-600.0),
        ends=at.plus_s(600.0),
        words="Position lost for two minutes, told by the crew of SECRETWORD.",
        words_below="Position lost.",
        source=Source(SourceKind.CREW, Reliability.B, "Crew SECRETNAME"),
        credibility=3,
        origin=None,
        provenance=(),
        labels=("open",),
        legal_basis="flight-safety",
        consent=None,
    )
    return replace(stated, **changed)


def rule(*recipients: PartyId, **changed: Any) -> LabelRule:
    """All kinds, below the tear line, one step coarser than the finest."""
    stated = LabelRule(
        recipients=tuple(sorted(recipients)),
        kinds=tuple(sorted(ObservationKind)),
        marking=Marking.AMBER,
        level_max=13,
        time_step_s=600,
        words=WordsTold.BELOW_TEAR_LINE,
        source=SourceTold.RELIABILITY,
        two_persons=False,
        onward=(),
    )
    return replace(stated, **changed)


def policy(**rules: LabelRule) -> Policy:
    return Policy(rules, {})


def do(world: World, place: Place, work: Any) -> Any:
    outcome = world.do(place, work)
    assert outcome is not None
    return outcome.result()


def put_policy(world: World, place: Place, **rules: LabelRule) -> None:
    do(world, place, lambda n, at: set_policy(n, policy(**rules), ADA, at))


def enter(world: World, place: Place, operator: OperatorId = ADA, **changed: Any) -> Record:
    def work(node: Node, at: Instant) -> Record:
        return enter_observation(node, entry(at, **changed), operator, at)

    return do(world, place, work)


def release(
    world: World, place: Place, record: Record, *to: Place, operator: OperatorId = ADA
) -> list[Record]:
    observation = ObservationId(record.body["observation"])
    parties = [each.party.id for each in to]

    def work(node: Node, at: Instant) -> list[Record]:
        made = release_observation(node, observation, parties, operator, at)
        return [each.record for each in made]

    found: list[Record] = do(world, place, work)
    world.run(5)
    return found


def rests_on(record: Record, relation: Relation = Relation.DERIVED_FROM) -> tuple[Link, ...]:
    named = ObservationId(record.body["observation"])
    return (Link(relation, named, RecordDigest(record.digest)),)


def passed_on(
    world: World, place: Place, record: Record, relation: Relation = Relation.REPORTED_BY
) -> Record:
    """What another party reported, entered here as its word and no more."""
    source = Source(SourceKind.PARTNER, Reliability.C, "")
    return enter(world, place, provenance=rests_on(record, relation), source=source)
