"""What the terms leave open about each flight held here, own and others': told wherever it is shown (L-01)."""

from comity.application.node import Node
from comity.domain.agreement import open_points
from comity.domain.airspace import Footprint
from comity.domain.intents import VersionView
from comity.kernel.ids import RecordDigest

SHAPES_MAX = 400  # looked at anew for one answer: about 40 ms, for a FLASH does not wait for a list
SHAPES_OF_ONE_MAX = 2_000  # where one flight alone is asked for
REMEMBERED_MAX = 20_000  # versions; as many flights as a node keeps at hand


class LeftOpen:
    """One answer's look at flights. What was looked at once is remembered by the node.

    Nothing is refused here: an agreement's area, heights, validity, classes and leads are flagged
    where they do not cover a flight, at its owner's node and at each other that holds it.
    """

    def __init__(self, node: Node, shapes_max: int = SHAPES_MAX) -> None:
        self._node = node
        self._shapes_left = shapes_max

    def points(self, view: VersionView) -> tuple[str, ...] | None:
        """In words; empty where nothing is open, or where the flight is over; None: not looked at yet.

        A lead counts from when this node was told, for what its author claims may be earlier.
        """
        if view.footprint is None:
            return ()
        known = self._node.left_open.get(view.digest)
        if known is not None:
            return known
        agreement = self._node.agreements.agreement(view.proposal.basis.agreement)
        shape_count = _shape_count(view.footprint)
        if agreement is None or shape_count > self._shapes_left:
            return None
        self._shapes_left -= shape_count
        told_at = view.made_at if view.own else max(view.made_at, view.received_at)
        points = open_points(view.footprint, agreement.terms, told_at)
        _remember(self._node.left_open, view.digest, points)
        return points


def _remember(
    known: dict[RecordDigest, tuple[str, ...]], digest: RecordDigest, points: tuple[str, ...]
) -> None:
    if len(known) >= REMEMBERED_MAX:
        del known[next(iter(known))]
    known[digest] = points


def _shape_count(footprint: Footprint) -> int:
    if footprint.cells is None:
        return len(footprint.volumes)
    return len({cell for cell, _band, _slot in footprint.cells.cells})
