"""Sessions, passkeys, passwords, links and tokens as values: what they are, and when they end."""

from dataclasses import dataclass, field, replace

from comity.domain.operators.operators import Action, Role
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant

SESSION_IDLE_S = 30 * 60.0  # an officer who left the desk; a watch asks at least once a minute
SESSION_S_MAX = 12 * 3600.0  # the longest watch
STEP_UP_S = 5 * 60.0  # issue F: a passkey or code used at most so long ago
SESSIONS_OF_ONE_MAX = 10  # a person has a desk, a phone and a spare; the oldest goes
SESSIONS_MAX = 5_000
LINK_S = 24 * 3600.0
LINK_FIRST_S = 72 * 3600.0  # of `comity init`: the machine may be set up before a weekend
LINK_RECOVERY_S = 10 * 60.0
PASSKEYS_OF_ONE_MAX = 10
RECOVERY_CODES = 10
TOKEN_DAYS_MAX = 366
TOKENS_MAX = 500
TOKEN_NAME_LENGTH_MAX = 64
PASSWORD_LENGTH_MIN = (
    15  # longer than any of the passwords that lists of the commonest hold in number
)
PASSWORD_LENGTH_MAX = 128
LABEL_LENGTH_MAX = 64
CODE_STEP_S = 30  # RFC 6238 §4.1
AUDIT_ROWS_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Session:
    """One person in one browser.

    Attributes:
        id_hash: SHA-256 of what the cookie holds.
        handle: names it in lists; says nothing of the cookie.
        seen_at: of its last request.
        stepped_up_at: when its person last showed themselves; None where only at login long ago.
        method: `passkey` or `password`.
        roles: of the person when it began; other roles end it.
        address: where from, as the server saw it.
    """

    id_hash: str = field(repr=False)
    handle: str
    operator: OperatorId
    made_at: Instant
    seen_at: Instant
    stepped_up_at: Instant | None
    method: str
    roles: frozenset[Role]
    address: str = ""

    @property
    def idle_until(self) -> Instant:
        """When it ends if nothing is asked."""
        return min(self.seen_at.plus_s(SESSION_IDLE_S), self.ends_at)

    @property
    def ends_at(self) -> Instant:
        """When it ends in any case."""
        return self.made_at.plus_s(SESSION_S_MAX)

    @property
    def stepped_up_until(self) -> Instant | None:
        """Until when it may sign."""
        return None if self.stepped_up_at is None else self.stepped_up_at.plus_s(STEP_UP_S)

    def stands(self, at: Instant) -> bool:
        """Whether it has not ended; a clock that went back more than the idle time ends it too."""
        return self.made_at.plus_s(-SESSION_IDLE_S) <= at < self.idle_until

    def may_sign(self, at: Instant) -> bool:
        """Whether its person has just shown themselves."""
        return self.stepped_up_at is not None and 0 <= at.minus(self.stepped_up_at) < STEP_UP_S

    def seen(self, at: Instant) -> "Session":
        """The same after a request."""
        return replace(self, seen_at=max(self.seen_at, at))


@dataclass(frozen=True, slots=True)
class Passkey:
    """One public key of WebAuthn that a person showed.

    Attributes:
        id: the credential's id, base64url.
        rp_id: the name that it belongs to.
        sign_count: of the last use; 0 where the authenticator does not count.
    """

    id: str
    operator: OperatorId
    rp_id: str
    public_key: str
    sign_count: int
    label: str
    made_at: Instant
    used_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Password:
    """A password and the secret of a code generator: both are needed.

    Attributes:
        code_step_last: number of the time step whose code was used last; it and all before are used up.
        recovery: SHA-256 of each recovery code that is left.
    """

    operator: OperatorId
    hash: str = field(repr=False)
    code_secret: str = field(repr=False)
    made_at: Instant
    code_step_last: int = 0


@dataclass(frozen=True, slots=True)
class Recovery:
    """What is left of a person's recovery codes, each as its SHA-256."""

    operator: OperatorId
    hashes: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time right to enrol a passkey or a password.

    Attributes:
        secret_hash: SHA-256 of what stands in the link.
        why: `first`, `administrator`, `own` or `recovery`.
    """

    secret_hash: str = field(repr=False)
    operator: OperatorId
    expires_at: Instant
    why: str


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A machine's right to some actions; an operator answers for what it does."""

    id: str
    secret_hash: str = field(repr=False)
    operator: OperatorId
    name: str
    scopes: frozenset[Action]
    made_by: OperatorId
    made_at: Instant
    expires_at: Instant
    revoked_at: Instant | None = None

    def stands(self, at: Instant) -> bool:
        """Whether it may be used."""
        return self.revoked_at is None and self.made_at.plus_s(-60.0) <= at < self.expires_at


@dataclass(frozen=True, slots=True)
class Audited:
    """One line of the audit log. It never holds a secret, nor anything that was typed into a login.

    Attributes:
        operator: who, where it is known to be a person of this node; None where not.
        by: `session`, `api-token`, `home-token`, or `none`.
        what: the request's method and path template, or what happened.
        outcome: `done`, or the code of the refusal.
        count: how often in that minute.
    """

    at: Instant
    operator: OperatorId | None
    by: str
    what: str
    outcome: str
    address: str
    session: str | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Sealed:
    """A line of the audit log that is not changed any more.

    Attributes:
        seal: SHA-256 over the seal before, the number and the line, 64 hex digits.
    """

    number: int
    line: Audited
    seal: str


@dataclass(frozen=True, slots=True)
class AuditChecked:
    """What a check of the whole log found.

    Attributes:
        first: number of the oldest line kept; 0 where there is none.
        sealed_to: number of the last sealed one.
        seal: its seal; a copy of it kept elsewhere binds every line before.
        fault: what is wrong, in words; None where every seal holds.
    """

    first: int
    sealed_to: int
    seal: str
    fault: str | None
