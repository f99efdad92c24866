"""What is asked and told about who may come in."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Short = Annotated[str, Meta(max_length=128)]
Person = Annotated[str, Meta(max_length=32)]
Typed = Annotated[str, Meta(max_length=1024)]  # a password, before it is looked at


class _Asked(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a caller sends. A misspelt field is refused."""


class _Told(msgspec.Struct, kw_only=True):
    """What a caller is told."""


class Nothing(_Asked):
    """An empty object."""


class PasskeyShown(_Asked):
    """A passkey's answer to a challenge: `credential.toJSON()` of the browser."""

    flow: Short
    credential: dict[str, Any]


class PasswordLogin(_Asked):
    """A password and the six digits that a code generator shows."""

    operator: Person
    password: Typed
    code: Short


class RecoveryCode(_Asked):
    """One of the codes told at enrolment, and what its owner still has: the password, or the generator of codes.

    Attributes:
        code: the recovery code.
        password: where the generator was lost.
        generator_code: six digits, where the password was lost.
    """

    operator: Person
    code: Short
    password: Typed = ""
    generator_code: Short = ""


class EnrolSecret(_Asked):
    """What stands behind `#enrol=` in a one-time link."""

    secret: Short


class EnrolPasskey(_Asked):
    """A new passkey, `credential.toJSON()`, and what its owner calls it."""

    secret: Short
    flow: Short
    credential: dict[str, Any]
    label: str = ""


class EnrolPassword(_Asked):
    """A new password, and what the code generator shows for the new secret.

    Attributes:
        current_password: the one before, where `asks_current_password` told so.
    """

    secret: Short
    flow: Short
    password: Typed
    code: Short
    current_password: Typed = ""


class CodeShown(_Asked):
    """Six digits."""

    code: Short


class WhoseSessions(_Asked):
    """Whose sessions end; one's own where nobody is named, everybody's for `*`."""

    operator: str | None = None


class GiveRoles(_Asked):
    """All the roles that a person is to have."""

    roles: list[str]


class NewToken(_Asked):
    """A token for a machine."""

    name: str
    scopes: list[str]
    days: int = 90
    operator: str | None = None


class SetRule(_Asked):
    """Whether acts of weight take two persons here, and why."""

    two_persons: Literal["required", "one-person"]
    reason: str


class Approve(_Asked):
    """The digest that the approver has looked at."""

    what: Short


class RefuseProposal(_Asked):
    """Why not."""

    reason: str


class ChallengeTold(_Told):
    """A challenge for a passkey: options as `PublicKeyCredential.parseRequestOptionsFromJSON` takes them."""

    flow: str
    options: dict[str, Any]


class WhoTold(_Told):
    """Who asks, and what they may do now.

    Attributes:
        may: actions of the one table.
        by: what was shown: `session`, `home-token` or `api-token`.
        at: this node's clock.
        csrf: what a page sends as `Comity-Csrf`; None but for a session.
        step_up: by what this person can show themselves anew.
        step_up_actions: actions that need it, of those that the person may do.
        two_persons: `required`, `one-person`, or `not-set` where nobody has said it yet and one person may.
    """

    operator: str
    name: str
    roles: list[str]
    may: list[str]
    by: str
    party: str
    at: str
    two_persons: str
    csrf: str | None = None
    session: str | None = None
    idle_until: str | None = None
    ends_at: str | None = None
    stepped_up_until: str | None = None
    step_up: list[str] = []
    step_up_actions: list[str] = []
    recovery_codes_left: int = 0


class EnrolTold(_Told):
    """What somebody with a link may set up: a passkey, or a password with a code generator.

    Attributes:
        totp_qr: rows of a QR code of `totp_uri`, `1` dark; without a margin.
        asks_current_password: whether a new password takes the one before: with a link of one's own.
    """

    operator: str
    name: str
    flow: str
    options: dict[str, Any]
    totp_secret: str
    totp_uri: str
    totp_qr: list[str]
    asks_current_password: bool = False


class EnrolledTold(_Told):
    """Enrolled and logged in; the recovery codes are told this once."""

    session: WhoTold
    recovery_codes: list[str]


class LinkTold(_Told):
    """A one-time right to enrol; the secret is told this once.

    Attributes:
        path: what to open below this node's address.
    """

    operator: str
    secret: str
    path: str
    expires_at: str


class DoneTold(_Told):
    """How many."""

    done: int


class SessionTold(_Told):
    """One session."""

    session: str
    operator: str
    method: str
    address: str
    made_at: str
    seen_at: str
    idle_until: str
    ends_at: str
    own: bool


class CredentialTold(_Told):
    """A passkey or password of one's own."""

    credential: str
    kind: Literal["passkey", "password"]
    label: str
    made_at: str
    name: str | None = None
    used_at: str | None = None


class TokenTold(_Told):
    """A machine's token. Its secret, `secret`, is told when it is made, and never again."""

    token: str
    operator: str
    name: str
    scopes: list[str]
    made_by: str
    made_at: str
    expires_at: str
    stands: bool
    revoked_at: str | None = None
    secret: str | None = None


class AuditLineTold(_Told):
    """One line of the audit log."""

    number: int
    at: str
    operator: str | None
    by: str
    what: str
    outcome: str
    address: str
    session: str | None
    count: int


class AuditTold(_Told):
    """Lines, the newest first; `before` the last number goes on."""

    lines: list[AuditLineTold]


class AuditCheckTold(_Told):
    """Whether every sealed line of the audit log is the one that was sealed.

    Attributes:
        first: number of the oldest line kept; 0 where there is none.
        sealed_to: number of the last sealed line; a minute is sealed when it is over.
        seal: of that line; kept elsewhere it binds all before it.
        fault: what is wrong; None where every seal holds.
        handed_on_to: number of the last line handed on; None where the log is not handed on.
        hand_on_fault: why nothing goes out now.
    """

    first: int
    sealed_to: int
    seal: str
    fault: str | None
    handed_on_to: int | None
    hand_on_fault: str | None


class RuleTold(_Told):
    """Whether acts of weight take two persons at this node."""

    two_persons: str
    reason: str
    kinds: list[str]
    may_approve: list[str]


class ProposalTold(_Told):
    """What one person wants recorded and another is asked to approve.

    Attributes:
        what: digest of exactly what is to be recorded.
        record: digest of the record that was made of it.
        may_approve: whether the caller could.
    """

    proposal: str
    what: str
    kind: str
    body: dict[str, Any]
    recipients: list[str]
    proposed_by: str
    made_at: str
    expires_at: str
    state: str
    may_approve: bool
    approved_by: str | None = None
    refused: str | None = None
    record: str | None = None


class ProposalsTold(_Told):
    """The latest first."""

    proposals: list[ProposalTold]
