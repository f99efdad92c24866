"""Operators of one party: people and machine accounts, each with a secret and roles."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from comity.kernel.errors import InputError, NotPermittedError
from comity.kernel.ids import NODE_OPERATOR, OperatorId, operator_id
from comity.kernel.instants import Instant

OPERATORS_MAX = 1000  # of one party; a large centre has some hundred on its roster
NAME_LENGTH_MAX = 100


class Role(StrEnum):
    """What a person is there for. Roles do not contain each other; a person may have several."""

    OFFICER = "officer"
    LIAISON = "liaison"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
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
    NOTICE_SEND = "notice.send"
    NOTICE_ACKNOWLEDGE = "notice.acknowledge"
    NOTICE_CANCEL = "notice.cancel"
    HAZARD_PREVIEW = "hazard.preview"
    HAZARD_READ = "hazard.read"
    HAZARD_REVIEW = "hazard.review"
    HAZARD_OBJECT = "hazard.object"
    ECHELON_RECEIVE = "echelon.receive"
    SITE_READ = "site.read"
    SITE_QUERY = "site.query"
    SITE_ENTER = "site.enter"
    SITE_CHECK = "site.check"
    SITE_CONSENT = "site.consent"
    SITE_ERASE = "site.erase"
    PACK_MAKE = "pack.make"
    LINE_READ = "line.read"
    LINE_SPEAK = "line.speak"
    LINE_STOP = "line.stop"
    WATCH_KEEP = "watch.keep"
    OBSERVATION_READ = "observation.read"
    OBSERVATION_ENTER = "observation.enter"
    OBSERVATION_CHECK = "observation.check"
    OBSERVATION_RELEASE = "observation.release"
    OBSERVATION_POLICY = "observation.policy"
    OBSERVATION_CONSENT = "observation.consent"
    INCIDENT_READ = "incident.read"
    INCIDENT_KEEP = "incident.keep"
    INCIDENT_GRADE = "incident.grade"
    INCIDENT_TELL = "incident.tell"
    AGREEMENT_PROPOSE = "agreement.propose"
    AGREEMENT_SIGN = "agreement.sign"
    AGREEMENT_STATE = "agreement.state"
    GROUP_MANAGE = "group.manage"
    GROUP_WORK = "group.work"
    MEETING_ARRANGE = "meeting.arrange"
    MEETING_CALL = "meeting.call"
    MEETING_SIGN = "meeting.sign"
    ALERT_ACKNOWLEDGE = "alert.acknowledge"
    TRACK_STATE = "track.state"
    FEED_MANAGE = "feed.manage"
    AREA_MANAGE = "area.manage"
    PEER_ENROL = "peer.enrol"
    PEER_UNFREEZE = "peer.unfreeze"
    KEY_ROTATE = "key.rotate"
    OPERATOR_MANAGE = "operator.manage"
    RULE_SET = "rule.set"
    PROPOSAL_DECIDE = "proposal.decide"
    ACCESS_OWN = "access.own"
    AUDIT_READ = "audit.read"
    BACKUP = "backup"
    EVIDENCE_EXPORT = "evidence.export"


_EVERYONE = frozenset(Role)
_ON_WATCH = frozenset({Role.OFFICER, Role.SUPERVISOR})
_SPEAKERS = _ON_WATCH | {Role.LIAISON}  # who speaks with other parties
_READERS = _SPEAKERS | {Role.AUDITOR}
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
        Action.NOTICE_SEND: _ON_WATCH,
        Action.NOTICE_ACKNOWLEDGE: _SPEAKERS,
        Action.NOTICE_CANCEL: _ON_WATCH,
        Action.HAZARD_PREVIEW: _ON_WATCH,
        Action.HAZARD_READ: _READERS,
        Action.HAZARD_REVIEW: _SUPERVISOR,
        Action.HAZARD_OBJECT: _ON_WATCH,
        Action.ECHELON_RECEIVE: _ON_WATCH,
        Action.SITE_READ: _READERS,
        Action.SITE_QUERY: _SPEAKERS,
        Action.SITE_ENTER: _ON_WATCH,
        Action.SITE_CHECK: _ON_WATCH,
        Action.SITE_CONSENT: _SUPERVISOR,
        Action.SITE_ERASE: _SUPERVISOR,
        Action.PACK_MAKE: _SUPERVISOR,
        Action.LINE_READ: _EVERYONE,
        Action.LINE_SPEAK: _SPEAKERS,
        Action.LINE_STOP: _EVERYONE,  # whoever sees the danger; it never waits for another person
        Action.WATCH_KEEP: _SPEAKERS,
        Action.OBSERVATION_READ: _READERS,
        Action.OBSERVATION_ENTER: _ON_WATCH,
        Action.OBSERVATION_CHECK: _ON_WATCH,
        Action.OBSERVATION_RELEASE: _ON_WATCH,
        Action.OBSERVATION_POLICY: _SUPERVISOR,
        Action.OBSERVATION_CONSENT: _SUPERVISOR,
        Action.INCIDENT_READ: _READERS,
        Action.INCIDENT_KEEP: _ON_WATCH,
        Action.INCIDENT_GRADE: _ON_WATCH,
        Action.INCIDENT_TELL: _SUPERVISOR,
        Action.AGREEMENT_PROPOSE: _SUPERVISOR | {Role.LIAISON},
        Action.AGREEMENT_SIGN: _SUPERVISOR,
        Action.AGREEMENT_STATE: _SUPERVISOR,
        Action.GROUP_MANAGE: _SUPERVISOR | {Role.LIAISON},
        Action.GROUP_WORK: _SPEAKERS,
        Action.MEETING_ARRANGE: _SPEAKERS,
        Action.MEETING_CALL: _SPEAKERS,
        Action.MEETING_SIGN: _SUPERVISOR,
        Action.ALERT_ACKNOWLEDGE: _ON_WATCH,
        Action.TRACK_STATE: _ON_WATCH,
        Action.FEED_MANAGE: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
        Action.AREA_MANAGE: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
        Action.PEER_ENROL: _ADMINISTRATOR,
        Action.PEER_UNFREEZE: _SUPERVISOR | _ADMINISTRATOR,
        Action.KEY_ROTATE: _ADMINISTRATOR,
        Action.OPERATOR_MANAGE: _ADMINISTRATOR,
        Action.RULE_SET: _ADMINISTRATOR,
        Action.PROPOSAL_DECIDE: _SUPERVISOR | _ADMINISTRATOR,  # and the action that it is about
        Action.ACCESS_OWN: _EVERYONE,  # one's own sessions, passkeys and tokens
        Action.AUDIT_READ: frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
        Action.BACKUP: _ADMINISTRATOR,
        Action.EVIDENCE_EXPORT: _SUPERVISOR,
    }
)

# A session does these only for 5 minutes after its person has shown themselves anew; a machine's token never does.
STEP_UP: frozenset[Action] = frozenset(
    {
        Action.AGREEMENT_SIGN,
        Action.AGREEMENT_STATE,
        Action.BACKUP,
        Action.EVIDENCE_EXPORT,
        Action.KEY_ROTATE,
        Action.MEETING_SIGN,
        Action.OPERATOR_MANAGE,
        Action.PEER_ENROL,
        Action.PEER_UNFREEZE,
        Action.PROPOSAL_DECIDE,
        Action.RULE_SET,
        Action.SITE_ERASE,  # what is gone cannot be brought back, and it was evidence
    }
)
NEVER_BY_TOKEN: frozenset[Action] = STEP_UP | {Action.ACCESS_OWN, Action.AUDIT_READ}


@dataclass(frozen=True, slots=True)
class Operator:
    """One person or machine account. The id stands in every record that this person makes.

    Attributes:
        secret_hash: of the secret that this person alone has, made by an adapter.
        revoked_at: from when on this person acts no more; None where they may.
        scopes: all that may be done with the credential shown; None where the roles alone decide.
    """

    id: OperatorId
    name: str
    roles: frozenset[Role]
    secret_hash: str = field(repr=False)
    revoked_at: Instant | None = None
    scopes: frozenset[Action] | None = None

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
    """The operators of one party, by id. Each secret belongs to one person.

    Who was revoked stays: the id stands in records, and is never given to another person.
    """

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

    def revoke(self, person: OperatorId, at: Instant) -> Operator:
        """Let an operator act no more.

        Raises:
            InputError: no such operator, revoked before, or the last who may manage operators.
        """
        operator = self._by_id.get(person)
        if operator is None:
            raise InputError("operator", f"{person!r} is no operator of this party")
        if operator.revoked_at is not None:
            raise InputError("operator", f"{person} was revoked at {operator.revoked_at}")
        if self._managers() == {person}:
            why = f"{person} is the last who may {Action.OPERATOR_MANAGE}; add another first"
            raise InputError("operator", why)
        self._by_id[person] = replace(operator, revoked_at=at)
        return self._by_id[person]

    def set_roles(self, person: OperatorId, roles: frozenset[Role]) -> Operator:
        """Give an operator other roles.

        Raises:
            InputError: no such operator, revoked, no role, or the last who may manage operators.
        """
        operator = self._by_id.get(person)
        if operator is None:
            raise InputError("operator", f"{person!r} is no operator of this party")
        if operator.revoked_at is not None:
            raise InputError("operator", f"{person} was revoked at {operator.revoked_at}")
        changed = replace(operator, roles=roles)
        if self._managers() == {person} and not _manages(changed):
            why = f"{person} is the last who may {Action.OPERATOR_MANAGE}; give it to another first"
            raise InputError("roles", why)
        self._by_id[person] = changed
        return changed

    def who_may(self, action: Action) -> frozenset[OperatorId]:
        """Everybody who may do this at present."""
        return frozenset(
            each.id for each in self if each.revoked_at is None and each.roles & ACTIONS[action]
        )

    def _managers(self) -> frozenset[OperatorId]:
        return self.who_may(Action.OPERATOR_MANAGE)

    def __iter__(self) -> Iterator[Operator]:
        return iter(self._by_id.values())

    def get(self, person: OperatorId) -> Operator | None:
        """The operator of that id, or None."""
        return self._by_id.get(person)

    def acting_with(self, secret_hash: str) -> Operator | None:
        """Whose secret has this hash; None where it is nobody's, or of one who was revoked."""
        for operator in self:
            if operator.secret_hash == secret_hash and operator.revoked_at is None:
                return operator
        return None


def authorise(operator: Operator, action: str) -> None:
    """Check that a person may do this.

    Raises:
        NotPermittedError: none of the person's roles may do it, the token's scopes leave it out, or they were revoked.
        InputError: the action is unknown.
    """
    if operator.revoked_at is not None:
        raise NotPermittedError("operator", f"{operator.id} was revoked at {operator.revoked_at}")
    known = _action(action)
    allowed = ACTIONS.get(known, frozenset())
    if not allowed & operator.roles:
        roles = ", ".join(sorted(allowed)) or "nobody"
        raise NotPermittedError("operator", f"{operator.id} may not {action}; it takes {roles}")
    if operator.scopes is not None and (known not in operator.scopes or known in NEVER_BY_TOKEN):
        scopes = ", ".join(sorted(operator.scopes))
        raise NotPermittedError("operator", f"this token may not {action}; its scopes are {scopes}")


def may(operator: Operator) -> frozenset[Action]:
    """Everything that this person may do with the credential shown."""
    found = set()
    for action in Action:
        try:
            authorise(operator, action)
        except NotPermittedError:
            continue
        found.add(action)
    return frozenset(found)


def _manages(operator: Operator) -> bool:
    return bool(operator.roles & ACTIONS[Action.OPERATOR_MANAGE])


def _action(text: str) -> Action:
    try:
        return Action(text)
    except ValueError as error:
        raise InputError("action", f"{text!r} is not an action") from error
