"""A person on watch called a track by radio, and says on record whether it answered."""

from comity.application.node import Node
from comity.domain.records import Draft, Record
from comity.domain.tracks.radio_contact import RADIO_SAID, TrackNamed, radio_body
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant


def say_radio(
    node: Node,
    track: TrackNamed,
    key: str,
    flight: str | None,
    operator: OperatorId,
    at: Instant,
    *,
    answered: bool,
) -> Record:
    """Put on record that a track was called; it goes to nobody and raises nothing.

    Args:
        node: whose picture it is.
        track: which, in this run of the watch.
        key: how alerts name it.
        flight: the agreed flight that it is taken for.
        operator: the person who called.
        at: now.
        answered: whether it did.
    """
    body = radio_body(track, key, flight, at, answered=answered)
    return node.issue(Draft(RADIO_SAID, (), body, operator), at)
