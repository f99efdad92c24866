"""Operators of one party: people and machine accounts, each with a secret and roles."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from comity.kernel.errors import InputError
from comity.kernel.ids import NODE_OPERATOR, OperatorId, operator_id

OPERATORS_MAX = 1000  # of one party; a large centre has some hundred on its roster
NAME_LENGTH_MAX = 100
SECRET_LENGTH_MAX = 256  # a secret is hashed with a slow function; a long one would be a burden

SecretVerifier = Callable[[str, str], bool]
"""(secret hash, secret) -> whether they belong together. The hashing lives in an adapter."""


class Role(StrEnum):
    """What a person is there for. Roles do not contain each other; a person may have several."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


class Action(StrEnum):
    """Everything that a person can make a node do."""

    STATUS_READ = "status.read"
    LOG_READ = "log.read"
    INTENT_CHECK = "intent.check"
    INTENT_DECLARE = "intent.declare"
    INTENT_CHANGE = "intent.change"
    INTENT_WITHDRAW = "intent.withdraw"
    INTENT_ACTIVATE = "intent.activate"
    INTENT_END = "intent.end"
    INTENT_ANNOUNCE = "intent.announce"
    INTENT_ASSENT = "intent.assent"
    INTENT_REFUSE = "intent.refuse"
    AGREEMENT_PROPOSE = "agreement.propose"
    AGREEMENT_SIGN = "agreement.sign"
    AGREEMENT_STATE = "agreement.state"
    PEER_ENROL = "peer.enrol"
    KEY_ROTATE = "key.rotate"
    OPERATOR_MANAGE = "operator.manage"
    BACKUP = "backup"


_EVERYONE = frozenset(Role)
_ON_WATCH = frozenset({Role.OFFICER, Role.SUPERVISOR})
_SUPERVISOR = frozenset({Role.SUPERVISOR})
_ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})

# The whole of the authorisation; docs/rooms/operators.md prints it. What is not here is refused.
ACTIONS: Mapping[Action, frozenset[Role]] = MappingProxyType(
    {
        Action.STATUS_READ: _EVERYONE,
        Action.LOG_READ: _EVERYONE,
        Action.INTENT_CHECK: _ON_WATCH,
        Action.INTENT_DECLARE: _ON_WATCH,
        Action.INTENT_CHANGE: _ON_WATCH,
        Action.INTENT_WITHDRAW: _ON_WATCH,
        Action.INTENT_ACTIVATE: _ON_WATCH,
        Action.INTENT_END: _ON_WATCH,
        Action.INTENT_ANNOUNCE: _ON_WATCH,
        Action.INTENT_ASSENT: _ON_WATCH,
        Action.INTENT_REFUSE: _ON_WATCH,
        Action.AGREEMENT_PROPOSE: _SUPERVISOR,
        Action.AGREEMENT_SIGN: _SUPERVISOR,
        Action.AGREEMENT_STATE: _SUPERVISOR,
        Action.PEER_ENROL: _ADMINISTRATOR,
        Action.KEY_ROTATE: _ADMINISTRATOR,
        Action.OPERATOR_MANAGE: _ADMINISTRATOR,
        Action.BACKUP: _ADMINISTRATOR,
    }
)


@dataclass(frozen=True, slots=True)
class Operator:
    """One person or machine account. The id stands in every record that this person makes."""

    id: OperatorId
    name: str
    roles: frozenset[Role]
    secret_hash: str = field(repr=False)

    def __post_init__(self) -> None:
        operator_id(self.id)
        if self.id == NODE_OPERATOR:
            raise InputError("operator", f"{NODE_OPERATOR!r} is the node itself, never a person")
        if not self.name.strip() or len(self.name) > NAME_LENGTH_MAX:
            raise InputError(
                "name", f"{len(self.name)} characters, 1 to {NAME_LENGTH_MAX} are allowed"
            )
        if not self.roles:
            raise InputError("roles", f"none given; they are {', '.join(Role)}")
        for role in self.roles:
            if role not in _EVERYONE:
                raise InputError("roles", f"{role!r} is none of {', '.join(Role)}")
        if not self.secret_hash:
            raise InputError("secret_hash", "empty; every operator has a secret of their own")


class OperatorRegister:
    """The operators of one party, by id. Each secret belongs to one person."""

    def __init__(self, operators: Iterable[Operator] = ()) -> None:
        self._by_id: dict[OperatorId, Operator] = {}
        for operator in operators:
            self.add(operator)

    def add(self, operator: Operator) -> None:
        """Take in one operator.

        Raises:
            InputError: the id is taken, the secret hash is another's, or the register is full.
        """
        if operator.id in self._by_id:
            raise InputError("operator", f"{operator.id!r} exists already")
        if len(self._by_id) >= OPERATORS_MAX:
            raise InputError("operator", f"at most {OPERATORS_MAX} operators are allowed")
        if any(other.secret_hash == operator.secret_hash for other in self._by_id.values()):
            raise InputError("secret_hash", "is another operator's; secrets are not shared")
        self._by_id[operator.id] = operator

    def __iter__(self) -> Iterator[Operator]:
        return iter(self._by_id.values())

    def get(self, person: OperatorId) -> Operator | None:
        """The operator of that id, or None."""
        return self._by_id.get(person)

    def authenticate(self, person: str, secret: str, verify: SecretVerifier) -> Operator:
        """The operator whose id and secret these are.

        Raises:
            InputError: no such operator or another secret; the two read alike.
        """
        operator = self._by_id.get(OperatorId(person))
        if operator is None or len(secret) > SECRET_LENGTH_MAX:
            raise InputError("operator", "unknown operator or wrong secret")
        if not verify(operator.secret_hash, secret):
            raise InputError("operator", "unknown operator or wrong secret")
        return operator


def authorise(operator: Operator, action: str) -> None:
    """Check that a person may do this.

    Raises:
        InputError: the action is unknown, or none of the person's roles may do it.
    """
    allowed = ACTIONS.get(_action(action), frozenset())
    if not allowed & operator.roles:
        roles = ", ".join(sorted(allowed)) or "nobody"
        raise InputError("operator", f"{operator.id} may not {action}; it takes {roles}")


def _action(text: str) -> Action:
    try:
        return Action(text)
    except ValueError as error:
        raise InputError("action", f"{text!r} is not an action") from error
