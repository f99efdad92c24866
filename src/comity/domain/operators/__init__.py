"""Who may do what at one party's node, and which records need a person."""

from comity.domain.operators.kinds import (
    KNOWN_KINDS,
    NODE_KINDS,
    PERSON_KINDS,
    check_operator,
)
from comity.domain.operators.operators import (
    ACTIONS,
    Action,
    Operator,
    OperatorRegister,
    Role,
    authorise,
)

__all__ = [
    "ACTIONS",
    "KNOWN_KINDS",
    "NODE_KINDS",
    "PERSON_KINDS",
    "Action",
    "Operator",
    "OperatorRegister",
    "Role",
    "authorise",
    "check_operator",
]
