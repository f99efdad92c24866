"""Who may do what at one party's node, which records need a person, and which need two."""

from comity.domain.operators.kind_actions import KIND_ACTIONS
from comity.domain.operators.kinds import (
    KNOWN_KINDS,
    NODE_KINDS,
    PERSON_KINDS,
    check_operator,
)
from comity.domain.operators.operators import (
    ACTIONS,
    NEVER_BY_TOKEN,
    STEP_UP,
    Action,
    Operator,
    OperatorRegister,
    Role,
    authorise,
    may,
)
from comity.domain.operators.two_persons import (
    Proposal,
    ProposalState,
    SecondPersonNeededError,
    TwoPersonBook,
)

__all__ = [
    "ACTIONS",
    "KIND_ACTIONS",
    "KNOWN_KINDS",
    "NEVER_BY_TOKEN",
    "NODE_KINDS",
    "PERSON_KINDS",
    "STEP_UP",
    "Action",
    "Operator",
    "OperatorRegister",
    "Proposal",
    "ProposalState",
    "Role",
    "SecondPersonNeededError",
    "TwoPersonBook",
    "authorise",
    "check_operator",
    "may",
]
