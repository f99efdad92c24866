"""What a person does about protected movements: enter one, report where it is, end it."""

from collections.abc import Mapping
from typing import Any, Final

from comity.application.node import Node
from comity.domain.records import Draft, Record
from comity.domain.sites import movements
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import MovementId, OperatorId, movement_id
from comity.kernel.instants import Instant

MOVEMENT_TOKEN_SIZE_BYTES: Final = 8
BLIND_SIZE_BYTES: Final = 16


def enter_movement(
    node: Node,
    wish: Mapping[str, Any],
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> Record:
    """Enter a movement, or a new version of one.

    Args:
        node: this party's.
        wish: as docs/spec/movement.md has an entry, without `version` and `blind`; `movement` is null for a
            new one.
        operator: who enters it.
        at: now.
        exercise: in the exercise, never live.

    Raises:
        InputError: a field is refused; nothing was written.
    """
    stated = wish.get("movement")
    register = node.movements_of(exercise=exercise)
    held = None if stated is None else register.own(movement_id(stated))
    if stated is not None and held is None:
        raise InputError("movement", f"{stated} is not a movement of this party")
    body = {
        **wish,
        "movement": stated or f"{node.party}/{node.entropy.token(MOVEMENT_TOKEN_SIZE_BYTES).hex()}",
        "version": 1 if held is None else held.entry.version + 1,
        "blind": node.entropy.token(BLIND_SIZE_BYTES).hex(),
    }
    try:
        return node.issue(Draft(movements.ENTRY, (), body, operator, exercise=exercise), at)
    except RecordError as error:
        raise InputError(error.field or "movement", error.why) from error


def report_position(
    node: Node,
    movement: MovementId,
    position: Mapping[str, int],
    seen_at: Instant,
    lasts_s: float,
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> Record:
    """Report where a movement was seen; a deviation from its route is then notified again."""
    body = {
        **position,
        "movement": movement,
        "seen_at": str(seen_at),
        "expires_at": str(seen_at.or_last_plus_s(lasts_s)),
    }
    return node.issue(Draft(movements.POSITION, (), body, operator, exercise=exercise), at)


def end_movement(
    node: Node,
    movement: MovementId,
    words: str,
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> Record:
    """Say that a movement has arrived, or will not take place."""
    body = {"movement": movement, "words": words}
    return node.issue(Draft(movements.ENDING, (), body, operator, exercise=exercise), at)
