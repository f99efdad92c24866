"""Incidents, claims and the nodes that hold them, for the tests of the room and of what leaves a node."""

from collections.abc import Callable
from typing import Any

from tests.claim_trees import statement, tree
from tests.simulation.world import Place, World

from comity.application.keep_incidents import IncidentDesk, Weighed
from comity.domain.incidents import (
    Because,
    IncidentBook,
    OpenedBy,
    Opening,
    StatementKind,
    assess,
)
from comity.domain.records import Record
from comity.kernel.ids import ClaimId, IncidentId, OperatorId

ADA, BEN = OperatorId("ada"), OperatorId("ben")


def opening(**changed: Any) -> Opening:
    """A border crossing, by a person's own initiative, at a time not known."""
    stated: dict[str, Any] = {
        "incident": IncidentId(""),
        "kind": StatementKind.BORDER_VIOLATION,
        "title": "Crossing at the river",
        "words": "SECRETNOTE of the watch.",
        "because": Because(OpenedBy.PERSON, None),
        "begins": None,
        "ends": None,
    }
    return Opening(**{**stated, **changed})


def document(place: Place, **changed: Any) -> dict[str, Any]:
    """A claim file in the name of a node's own party."""
    return tree(statement(**changed), claimant=place.node.card.name)


def act(
    world: World,
    place: Place,
    work: Callable[[IncidentDesk], Any],
    operator: OperatorId = ADA,
    *,
    exercise: bool = False,
) -> Any:
    """One act of a person, in a batch of its own."""
    outcome = world.do(
        place, lambda node, at: work(IncidentDesk(node, operator, at, exercise=exercise))
    )
    assert outcome is not None
    return outcome.result()


def opened(world: World, place: Place, **changed: Any) -> IncidentId:
    """An incident opened; gives its id."""
    record: Record = act(world, place, lambda desk: desk.open(opening(**changed)))
    return IncidentId(str(record.body["incident"]))


def claimed(world: World, place: Place, incident: IncidentId, **changed: Any) -> ClaimId:
    """An own claim made; gives its id."""
    made = act(world, place, lambda desk: desk.make_claim(incident, document(place, **changed)))
    return ClaimId(str(made.body["claim"]))


def weighed(book: IncidentBook, incident: IncidentId) -> Weighed:
    """The claims of an incident, with nothing at hand."""
    held = book.get(incident)
    versions = [(each.id, each.last.version) for each in book.claims_in(held) if each.stands]
    return Weighed(assess([version.claim for _, version in versions]), versions, set())
