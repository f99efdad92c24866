"""Who may come in, and how: logins, sessions, step-up, links, tokens, and the log of what was tried.

Every method takes the present instant; nothing here waits or asks a clock. The slow hash is the one thing
that a caller runs elsewhere (`password_matches`).
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from comity.application.access_errors import (
    AccessError,
    link_refused,
    login_refused,
    step_up_refused,
)
from comity.application.audit_log import AuditLog
from comity.application.machine_tokens import (
    HANDLE_BYTES,
    SECRET_BYTES,
    MachineTokens,
    hashed,
)
from comity.application.ports.access_store import AccessStore, Kept
from comity.application.ports.credentials import Codes, Passkeys, Passwords, Site
from comity.application.ports.entropy import Entropy
from comity.domain.operators import Operator, OperatorRegister
from comity.domain.operators.access import (
    LABEL_LENGTH_MAX,
    LINK_FIRST_S,
    LINK_RECOVERY_S,
    LINK_S,
    PASSKEYS_OF_ONE_MAX,
    RECOVERY_CODES,
    SESSIONS_MAX,
    SESSIONS_OF_ONE_MAX,
    Link,
    Passkey,
    Password,
    Recovery,
    Session,
)
from comity.domain.operators.passwords import fault_of_password
from comity.domain.operators.throttle import Throttle
from comity.kernel.errors import InputError
from comity.kernel.ids import OperatorId, PartyId
from comity.kernel.instants import Instant

FLOW_S = 5 * 60.0  # to find the key and touch it
FLOWS_MAX = 1_000
KEPT_SEEN_S = 60.0  # a session's last request is written down at most once a minute
LINK_KINDS = {
    "first": LINK_FIRST_S, "administrator": LINK_S, "own": LINK_S, "recovery": LINK_RECOVERY_S
}  # fmt: skip
_CODE = re.compile(r"[0-9]{6}", re.ASCII)
_RECOVERY_BYTES = 15  # 120 bits each: a fast hash is enough (OWASP ASVS 5, 6.5.2)


@dataclass(frozen=True, slots=True)
class Means:
    """What proves who a person is."""

    passkeys: Passkeys
    passwords: Passwords
    codes: Codes


@dataclass(frozen=True, slots=True)
class Opened:
    """A session, and what its cookie holds: told once."""

    session: Session
    secret: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What somebody with a link may set up."""

    operator: Operator
    flow: str
    options: dict[str, Any]
    code_secret: str
    code_uri: str
    code_picture: list[str]
    asks_current: bool


@dataclass(frozen=True, slots=True)
class _Flow:
    purpose: str
    challenge: bytes
    until: Instant
    operator: OperatorId | None = None
    code_secret: str = ""


class Access:
    """One node's sessions, credentials and tokens; in memory, and durable before anything is told."""

    def __init__(
        self,
        store: AccessStore,
        register: OperatorRegister,
        party: PartyId,
        entropy: Entropy,
        make_means: Callable[[], Means],
        behind: Executor | None = None,
    ) -> None:
        self._store = store
        self._register = register
        self._party = party
        self._entropy = entropy
        self._make_means = make_means
        kept = store.load()
        self._sessions = {each.id_hash: each for each in kept.sessions}
        self._passkeys = {each.id: each for each in kept.passkeys}
        self._passwords = {each.operator: each for each in kept.passwords}
        self._recoveries = {each.operator: each for each in kept.recoveries}
        self._links = {each.secret_hash: each for each in kept.links}
        self.machines = MachineTokens(store, register, entropy, kept.tokens)
        self._flows: dict[str, _Flow] = {}
        self._written_at: dict[str, Instant] = {}
        self._guesses = Throttle()
        self.log = AuditLog(store, behind)

    @cached_property
    def means(self) -> Means:
        """Loaded when the first person comes."""
        return self._make_means()

    def close(self, at: Instant) -> None:
        """Write what waits, and let go of the store."""
        self.log.close(at)
        if self.log.sink is not None:
            self.log.sink.close()
        self._store.close()

    # Sessions

    def session_of(self, secret: str, at: Instant) -> Session | None:
        """The session that a cookie belongs to, touched; None where it has ended."""
        found = self._sessions.get(hashed(secret))
        if found is None or not self._holds(found, at):
            return None
        seen = found.seen(at)
        self._sessions[found.id_hash] = seen
        written_at = self._written_at.get(found.handle, found.made_at)
        if at.minus(written_at) >= KEPT_SEEN_S:
            self._written_at[found.handle] = at
            self._store.change([seen])
        return seen

    def session_stands(self, handle: str, at: Instant) -> bool:
        """Whether a session of that name still stands, whatever its cookie holds by now."""
        return any(e.handle == handle and self._holds(e, at) for e in self._sessions.values())

    def sessions(self, at: Instant, operator: OperatorId | None = None) -> list[Session]:
        """Those that stand, of one person or of all, the latest first."""
        found = [
            each
            for each in self._sessions.values()
            if self._holds(each, at) and operator in {None, each.operator}
        ]
        return sorted(found, key=lambda each: each.seen_at, reverse=True)

    def end(self, handle: str) -> Session | None:
        """End one session."""
        found = next((e for e in self._sessions.values() if e.handle == handle), None)
        if found is not None:
            self._drop_sessions([found])
        return found

    def end_all(self, operator: OperatorId | None = None) -> int:
        """End every session of one person, or of everybody."""
        found = [e for e in self._sessions.values() if operator in {None, e.operator}]
        self._drop_sessions(found)
        return len(found)

    def open(
        self,
        operator: OperatorId,
        method: str,
        address: str,
        at: Instant,
        *put: Kept,
        drop: tuple[Kept, ...] = (),
    ) -> Opened:
        """Begin a session; its person has just shown themselves. `put` and `drop` go with it, or nothing does."""
        person = self._acting(operator)
        if person is None:
            raise login_refused()
        self._sweep(at)
        own = sorted(
            (e for e in self._sessions.values() if e.operator == operator),
            key=lambda each: each.seen_at,
        )
        self._drop_sessions(own[: max(0, len(own) - SESSIONS_OF_ONE_MAX + 1)])
        if len(self._sessions) >= SESSIONS_MAX:
            raise AccessError("rate-limited", f"{SESSIONS_MAX} sessions, the most", 429, 60.0)
        secret = self._secret()
        session = Session(
            hashed(secret), self._entropy.token(HANDLE_BYTES).hex(), operator, at, at, at, method,
            person.roles, address,
        )  # fmt: skip
        self._store.change([session, *put], drop)
        self._sessions[session.id_hash] = session
        return Opened(session, secret)

    def step_up(self, session: Session, at: Instant, *put: Kept) -> Opened:
        """The person has shown themselves anew: another cookie, and five minutes to sign."""
        secret = self._secret()
        renewed = replace(session, id_hash=hashed(secret), stepped_up_at=at, seen_at=at)
        self._store.change([renewed, *put])
        self._sessions.pop(session.id_hash, None)
        self._sessions[renewed.id_hash] = renewed
        return Opened(renewed, secret)

    # Passkeys

    def begin_passkey_login(self, site: Site, at: Instant) -> tuple[str, dict[str, Any]]:
        """A challenge for whoever has a passkey for this address; names nobody."""
        flow, challenge = self._begin("login", at)
        return flow, self.means.passkeys.to_show(site, challenge, [])

    def finish_passkey_login(
        self, site: Site, flow: str, credential: dict[str, Any], address: str, at: Instant
    ) -> Opened:
        """Let a person in.

        Raises:
            AccessError: `login-refused`, whatever was wrong.
        """
        try:
            begun = self._take(flow, "login", at)
            used = self._shown(site, begun.challenge, credential, None, at)
        except (InputError, AccessError) as error:
            raise login_refused() from error
        opened = self.open(used.operator, "passkey", address, at, used)
        self._passkeys[used.id] = used
        return opened

    def begin_step_up(
        self, session: Session, site: Site, at: Instant
    ) -> tuple[str, dict[str, Any]]:
        """A challenge for this very person."""
        flow, challenge = self._begin("step-up", at, session.operator)
        known = [e.id for e in self.passkeys_of(session.operator) if e.rp_id == site.rp_id]
        return flow, self.means.passkeys.to_show(site, challenge, known)

    def finish_step_up(
        self, session: Session, site: Site, flow: str, credential: dict[str, Any], at: Instant
    ) -> Opened:
        """Five minutes to sign, by passkey.

        Raises:
            AccessError: `step-up-refused`.
        """
        try:
            begun = self._take(flow, "step-up", at)
            if begun.operator != session.operator:
                raise step_up_refused()
            used = self._shown(site, begun.challenge, credential, session.operator, at)
        except (InputError, AccessError) as error:
            raise step_up_refused() from error
        opened = self.step_up(session, at, used)
        self._passkeys[used.id] = used
        return opened

    def passkeys_of(self, operator: OperatorId) -> list[Passkey]:
        """A person's passkeys, in the order in which they were made."""
        own = (each for each in self._passkeys.values() if each.operator == operator)
        return sorted(own, key=lambda each: each.made_at)

    # Passwords and codes

    def password_of(self, operator: str, address: str, at: Instant) -> str | None:
        """The hash to compare with; None where there is none, and the work is done all the same.

        Raises:
            AccessError: `too-many-attempts`, for a known and an unknown person alike.
        """
        self._must_not_guess((f"who {operator}", f"from {address}"), at)
        found = self._passwords.get(OperatorId(operator))
        return None if found is None else found.hash

    def finish_password_login(
        self, operator: str, code: str, address: str, at: Instant, *, matched: bool
    ) -> Opened:
        """Let a person in whose password was compared.

        Raises:
            AccessError: `login-refused`, whatever was wrong.
        """
        keys = (f"who {operator}", f"from {address}")
        kept = self._passwords.get(OperatorId(operator))
        used = self._code_used(kept, code, at)
        if not matched or used is None or self._acting(used.operator) is None:
            for key in keys:
                self._guesses.failed(key, at)
            raise login_refused()
        opened = self.open(used.operator, "password", address, at, used)
        self._passwords[used.operator] = used
        self._guesses.succeeded(keys[0])
        return opened

    def step_up_by_code(self, session: Session, code: str, at: Instant) -> Opened:
        """Five minutes to sign, by the code of the present half minute; each code is good once.

        Raises:
            AccessError: `step-up-refused`, or `too-many-attempts`.
        """
        key = f"step-up {session.operator}"
        self._must_not_guess((key,), at)
        used = self._code_used(self._passwords.get(session.operator), code, at)
        if used is None:
            self._guesses.failed(key, at)
            raise step_up_refused()
        opened = self.step_up(session, at, used)
        self._passwords[used.operator] = used
        self._guesses.succeeded(key)
        return opened

    def password_made_at(self, operator: OperatorId) -> Instant | None:
        """Since when a person has a password and a code generator; None where they have none."""
        found = self._passwords.get(operator)
        return None if found is None else found.made_at

    def codes_left(self, operator: OperatorId) -> int:
        """How many recovery codes a person has left."""
        found = self._recoveries.get(operator)
        return 0 if found is None else len(found.hashes)

    def recover(
        self,
        operator: str,
        code: str,
        address: str,
        at: Instant,
        *,
        matched: bool,
        generator_code: str = "",
    ) -> tuple[str, Link]:
        """A recovery code in the place of what was lost, used up, gives a link of ten minutes.

        By itself it gives nothing: its person shows the password as well, or a code of the generator. Who has
        neither is let in by an administrator's link.

        Args:
            operator: who says so.
            code: of recovery.
            address: where from.
            at: now.
            matched: whether the password was shown and is right.
            generator_code: six digits, where it was not.

        Raises:
            AccessError: `login-refused`, whatever was wrong, or `too-many-attempts`.

        Source: OWASP ASVS 5.0.0, 6.4.3: no way round a second factor.
        """
        keys = (f"who {operator}", f"from {address}")
        self._must_not_guess(keys, at)
        kept = self._recoveries.get(OperatorId(operator))
        stated = hashed(code.strip().lower().replace("-", ""))
        fits = [e for e in (kept.hashes if kept else ()) if hmac.compare_digest(e, stated)]
        password = self._passwords.get(OperatorId(operator))
        used = self._code_used(password, generator_code, at)
        shown = password is not None and (matched or used is not None)
        if kept is None or not fits or not shown or self._acting(kept.operator) is None:
            for key in keys:
                self._guesses.failed(key, at)
            raise login_refused()
        left = replace(kept, hashes=tuple(each for each in kept.hashes if each not in fits))
        put = (left,) if used is None else (left, used)
        secret, link = self.make_link(kept.operator, "recovery", at, *put)
        self._recoveries[left.operator] = left
        if used is not None:
            self._passwords[used.operator] = used
        return secret, link

    # Links and enrolment

    def make_link(
        self, operator: OperatorId, why: str, at: Instant, *put: Kept
    ) -> tuple[str, Link]:
        """A one-time right to enrol, told once; it takes the place of the person's last.

        Raises:
            InputError: no operator of that id acts here.
        """
        if self._acting(operator) is None:
            raise InputError("operator", f"{operator!r} is no operator who acts at this node")
        secret = self._entropy.token(SECRET_BYTES).hex()
        link = Link(hashed(secret), operator, at.plus_s(LINK_KINDS[why]), why)
        before = [e for e in self._links.values() if e.operator == operator or at >= e.expires_at]
        self._store.change([link, *put], before)
        for each in before:
            del self._links[each.secret_hash]
        self._links[link.secret_hash] = link
        return secret, link

    def begin_enrolment(self, secret: str, site: Site, at: Instant) -> Enrolment:
        """What to set up with a link; it is not used up by looking.

        Raises:
            AccessError: `link-refused`.
        """
        link = self._link(secret, at)
        person = self._acting(link.operator)
        if person is None:
            raise link_refused()
        code_secret = self.means.codes.new_secret()
        flow, challenge = self._begin("enrol", at, link.operator, code_secret)
        handle = hashlib.sha256(f"{self._party} {person.id}".encode()).digest()
        known = [e.id for e in self.passkeys_of(person.id) if e.rp_id == site.rp_id]
        options = self.means.passkeys.to_enrol(site, challenge, handle, person.id, known)
        uri = self.means.codes.uri(code_secret, person.id, f"Comity {self._party}")
        picture = self.means.codes.picture(uri)
        asks = self._password_before(link) is not None
        return Enrolment(person, flow, options, code_secret, uri, picture, asks)

    def enrol_passkey(
        self,
        secret: str,
        flow: str,
        site: Site,
        credential: dict[str, Any],
        label: str,
        address: str,
        at: Instant,
    ) -> tuple[Opened, list[str]]:
        """Take in a passkey, use the link up, and let the person in with new recovery codes.

        Raises:
            AccessError: `link-refused`.
            InputError: the credential does not hold, or the person has too many.
        """
        link, begun = self._enrolling(secret, flow, at)
        if len(self.passkeys_of(link.operator)) >= PASSKEYS_OF_ONE_MAX:
            raise InputError("credential", f"{PASSKEYS_OF_ONE_MAX} passkeys, the most of a person")
        if len(label) > LABEL_LENGTH_MAX or not label.isprintable():
            raise InputError("label", f"at most {LABEL_LENGTH_MAX} characters, none of control")
        made = self.means.passkeys.enrolled(site, begun.challenge, credential)
        if made.id in self._passkeys:
            raise InputError("credential", "is enrolled already")
        passkey = Passkey(
            made.id, link.operator, site.rp_id, made.public_key, made.sign_count, label, at, at
        )
        told = self._enrolled(link, flow, "passkey", address, at, passkey)
        self._passkeys[passkey.id] = passkey
        return told

    def check_password(self, secret: str, flow: str, password: str, at: Instant) -> None:
        """Whether a password may be taken, before the slow hash is made.

        Raises:
            AccessError: `link-refused`.
            InputError: too short, too long, made of little, of the person's own id, or a common one.
        """
        link, _ = self._enrolling(secret, flow, at)
        fault = fault_of_password(password, link.operator)
        if fault is None and self.means.passwords.is_common(password):
            fault = "is one of the commonest; whoever guesses tries it first"
        if fault is not None:
            raise InputError("password", fault)

    def password_to_show(self, secret: str, flow: str, address: str, at: Instant) -> str | None:
        """The hash of the password that is to be shown before a link changes it; None where none is.

        Who changes a password by a link of their own shows the one they have. Who lost it has a recovery code or an
        administrator's link, and neither asks for it.

        Raises:
            AccessError: `link-refused`, or `too-many-attempts`.

        Source: OWASP ASVS 5.0.0, 6.2.3.
        """
        link, _ = self._enrolling(secret, flow, at)
        kept = self._password_before(link)
        if kept is None:
            return None
        self._must_not_guess((f"who {link.operator}", f"from {address}"), at)
        return kept.hash

    def check_shown(
        self, secret: str, flow: str, address: str, at: Instant, *, matched: bool
    ) -> None:
        """Whether the password before was shown where it is asked for; a wrong one counts as a guess.

        Raises:
            AccessError: `link-refused`.
            InputError: it was not, or is not the person's.
        """
        link, _ = self._enrolling(secret, flow, at)
        if matched or self._password_before(link) is None:
            return
        for key in (f"who {link.operator}", f"from {address}"):
            self._guesses.failed(key, at)
        raise InputError("current_password", "is not the one that you have now")

    def _password_before(self, link: Link) -> Password | None:
        return self._passwords.get(link.operator) if link.why == "own" else None

    def enrol_password(
        self, secret: str, flow: str, password_hash: str, code: str, address: str, at: Instant
    ) -> tuple[Opened, list[str]]:
        """Take in a password and a code generator that has just shown a right code.

        Raises:
            AccessError: `link-refused`.
            InputError: the code is not the generator's.
        """
        link, begun = self._enrolling(secret, flow, at)
        step = self._step(begun.code_secret, code, at)
        if step is None:
            raise InputError("code", "is not what the generator shows now; check its clock")
        kept = Password(link.operator, password_hash, begun.code_secret, at, step)
        told = self._enrolled(link, flow, "password", address, at, kept)
        self._passwords[kept.operator] = kept
        return told

    def remove_credential(self, operator: OperatorId, name: str) -> str:
        """Forget one passkey of a person by its id, or `password`; gives what it was.

        Raises:
            InputError: the person has none of that name, or it is the last way in.
        """
        passkeys = self.passkeys_of(operator)
        password = self._passwords.get(operator)
        if len(passkeys) + (password is not None) == 1:
            raise InputError("credential", "is the last; enrol another first")
        if name == "password" and password is not None:
            recovery = Recovery(operator, ())
            self._store.change([recovery], [password])
            del self._passwords[operator]
            self._recoveries[operator] = recovery
            return "password-removed"
        found = next((each for each in passkeys if each.id == name), None)
        if found is None:
            raise InputError("credential", f"{operator} has none of that id")
        self._store.change([], [found])
        del self._passkeys[found.id]
        return "passkey-removed"

    def forget(self, operator: OperatorId) -> None:
        """Forget everything by which a revoked person could come in."""
        gone: list[Kept] = [
            *(e for e in self._sessions.values() if e.operator == operator),
            *(e for e in self._passkeys.values() if e.operator == operator),
            *(e for e in self._links.values() if e.operator == operator),
            *(e for e in (self._passwords.get(operator), self._recoveries.get(operator)) if e),
        ]
        self._store.change([], gone)
        self._sessions = {k: e for k, e in self._sessions.items() if e.operator != operator}
        self._passkeys = {k: e for k, e in self._passkeys.items() if e.operator != operator}
        self._links = {k: e for k, e in self._links.items() if e.operator != operator}
        self._passwords.pop(operator, None)
        self._recoveries.pop(operator, None)

    def operator(self, person: str) -> Operator | None:
        """The operator of that id, acting or not."""
        return self._register.get(OperatorId(person))

    def acting(self, session: Session) -> Operator | None:
        """The person of a session."""
        return self._acting(session.operator)

    # What all of it stands on

    def _acting(self, operator: OperatorId) -> Operator | None:
        found = self._register.get(operator)
        return found if found is not None and found.revoked_at is None else None

    def _holds(self, session: Session, at: Instant) -> bool:
        person = self._acting(session.operator)
        return person is not None and person.roles == session.roles and session.stands(at)

    def _drop_sessions(self, sessions: list[Session]) -> None:
        if sessions:
            self._store.change([], sessions)
        for each in sessions:
            self._sessions.pop(each.id_hash, None)
            self._written_at.pop(each.handle, None)

    def _sweep(self, at: Instant) -> None:
        self._drop_sessions([e for e in self._sessions.values() if not self._holds(e, at)])

    def _secret(self) -> str:
        return self._entropy.token(SECRET_BYTES).hex()

    def _begin(
        self, purpose: str, at: Instant, operator: OperatorId | None = None, code_secret: str = ""
    ) -> tuple[str, bytes]:
        for name in [name for name, each in self._flows.items() if at >= each.until]:
            del self._flows[name]
        while len(self._flows) >= FLOWS_MAX:
            del self._flows[next(iter(self._flows))]
        name, challenge = self._entropy.token(HANDLE_BYTES).hex(), self._entropy.token(SECRET_BYTES)
        self._flows[name] = _Flow(purpose, challenge, at.plus_s(FLOW_S), operator, code_secret)
        return name, challenge

    def _take(self, flow: str, purpose: str, at: Instant) -> _Flow:
        """A challenge, used up by being answered."""
        found = self._flows.pop(flow, None)
        if found is None or found.purpose != purpose or at >= found.until:
            raise login_refused()
        return found

    def _shown(
        self,
        site: Site,
        challenge: bytes,
        credential: dict[str, Any],
        operator: OperatorId | None,
        at: Instant,
    ) -> Passkey:
        passkey = self._passkeys.get(str(credential.get("id")))
        if passkey is None or passkey.rp_id != site.rp_id:
            raise login_refused()
        if operator not in {None, passkey.operator} or self._acting(passkey.operator) is None:
            raise login_refused()
        count = self.means.passkeys.shown(site, challenge, credential, passkey)
        return replace(passkey, sign_count=count, used_at=at)

    def _link(self, secret: str, at: Instant) -> Link:
        found = self._links.get(hashed(secret))
        if found is None or at >= found.expires_at:
            raise link_refused()
        return found

    def _enrolling(self, secret: str, flow: str, at: Instant) -> tuple[Link, _Flow]:
        link = self._link(secret, at)
        begun = self._flows.get(flow)
        if begun is None or begun.purpose != "enrol" or begun.operator != link.operator:
            raise link_refused()
        if at >= begun.until:
            raise link_refused()
        return link, begun

    def _enrolled(
        self, link: Link, flow: str, method: str, address: str, at: Instant, made: Kept
    ) -> tuple[Opened, list[str]]:
        # With a passkey alone a code would be a way round it: what helps there is another passkey, or a link.
        kept = isinstance(made, Password) or link.operator in self._passwords
        count = RECOVERY_CODES if kept else 0
        codes = [self._entropy.token(_RECOVERY_BYTES).hex() for _ in range(count)]
        recovery = Recovery(link.operator, tuple(hashed(each) for each in codes))
        opened = self.open(link.operator, method, address, at, made, recovery, drop=(link,))
        self._links.pop(link.secret_hash, None)
        self._flows.pop(flow, None)
        self._recoveries[link.operator] = recovery
        return opened, ["-".join(re.findall(".{5}", each)) for each in codes]

    def _code_used(self, kept: Password | None, code: str, at: Instant) -> Password | None:
        """The same with its code used up; None for a wrong one, or one that was used before."""
        secret = self._nobodys_secret if kept is None else kept.code_secret
        step = self._step(secret, code, at)
        if kept is None or step is None or step <= kept.code_step_last:
            return None
        return replace(kept, code_step_last=step)

    def _step(self, secret: str, code: str, at: Instant) -> int | None:
        stated = code.replace(" ", "")
        fits = _CODE.fullmatch(stated) is not None
        return self.means.codes.step_of(secret, stated if fits else "------", at.unix_s)

    @cached_property
    def _nobodys_secret(self) -> str:
        return self.means.codes.new_secret()

    def _must_not_guess(self, keys: tuple[str, ...], at: Instant) -> None:
        wait_s = max(self._guesses.wait_s(key, at) for key in keys)
        if wait_s > 0:
            raise AccessError("too-many-attempts", f"wait {wait_s:.0f} s", 429, wait_s)


def csrf_of(secret: str) -> str:
    """What a page sends beside the cookie: known to whoever may read this node's answers, and to no other page."""
    return hashlib.sha256(b"comity csrf v1\n" + secret.encode()).hexdigest()
