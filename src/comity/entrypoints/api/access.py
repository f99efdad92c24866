"""Who may come in: login, enrolment, step-up, sessions, credentials, tokens of machines, the audit log."""

import asyncio
from dataclasses import replace
from typing import Annotated

from msgspec import Meta

from comity.application.access_errors import AccessError
from comity.application.node import Node
from comity.application.sign_in import Opened, csrf_of
from comity.domain.operators import STEP_UP, Action, Operator, authorise, may
from comity.domain.operators.access import ApiToken, Audited, Link, Session
from comity.domain.operators.two_persons import change_draft
from comity.domain.records import INTEGER_MAX
from comity.entrypoints.api.access_messages import (
    AuditCheckTold,
    AuditLineTold,
    AuditTold,
    ChallengeTold,
    CodeShown,
    CredentialTold,
    DoneTold,
    EnrolledTold,
    EnrolPasskey,
    EnrolPassword,
    EnrolSecret,
    EnrolTold,
    LinkTold,
    NewToken,
    Nothing,
    PasskeyShown,
    PasswordLogin,
    RecoveryCode,
    SessionTold,
    TokenTold,
    WhoseSessions,
    WhoTold,
)
from comity.entrypoints.api.callers import Caller, Reply
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.routing import get, post
from comity.kernel.errors import InputError
from comity.kernel.ids import OperatorId, operator_id
from comity.kernel.instants import Instant

LINES_TOLD_MAX = 1_000
COMPARED_AT_ONCE = 2  # each comparison of a password takes 64 MiB and four threads for some 50 ms
COMPARED_WAITING_MAX = 20
LOGIN_PAGE = "/console/login"
EVERYBODY = "*"


class _Comparing:
    """Bounds how many passwords are compared and waited for at once."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(COMPARED_AT_ONCE)
        self._waiting = 0

    async def __aenter__(self) -> None:
        if self._waiting >= COMPARED_WAITING_MAX:
            raise AccessError("too-many-attempts", "others are logging in; wait 2 s", 429, 2.0)
        self._waiting += 1
        await self._free.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._free.release()
        self._waiting -= 1


_COMPARING = _Comparing()


@get("/v1/access/session", summary="Who asks, and what they may do")
async def who_am_i(context: ApiContext, caller: Caller) -> WhoTold:
    """With any credential. For a session it tells what a page sends beside its cookie."""
    return await _who(context, caller)


@post("/v1/access/logout", summary="End this session")
async def log_out(data: Nothing, context: ApiContext, caller: Caller, reply: Reply) -> DoneTold:
    """The cookie is worth nothing afterwards, wherever a copy of it lies."""
    del data
    ended = None if caller.session is None else context.access.end(caller.session.handle)
    reply.end_session(caller)
    return DoneTold(done=0 if ended is None else 1)


@post("/v1/access/login/passkey/begin", summary="A challenge for whoever has a passkey")
async def begin_login(data: Nothing, context: ApiContext, caller: Caller) -> ChallengeTold:
    """It names nobody."""
    del data
    at = context.service.now()
    flow, options = context.access.begin_passkey_login(caller.site, at)
    return ChallengeTold(flow=flow, options=options)


@post("/v1/access/login/passkey/finish", summary="Log in by passkey")
async def finish_login(
    data: PasskeyShown, context: ApiContext, caller: Caller, reply: Reply
) -> WhoTold:
    """Refused alike whatever was wrong."""
    opened = context.access.finish_passkey_login(
        caller.site, data.flow, data.credential, caller.address, context.service.now()
    )
    return await _let_in(context, caller, reply, opened)


@post("/v1/access/login/password", summary="Log in by password and code")
async def log_in_by_password(
    data: PasswordLogin, context: ApiContext, caller: Caller, reply: Reply
) -> WhoTold:
    """The same work and the same answer for an unknown person, a wrong password and a wrong code."""
    access = context.access
    async with _COMPARING:
        kept = access.password_of(data.operator, caller.address, context.service.now())
        matched = await asyncio.to_thread(access.means.passwords.matches, kept, data.password)
        opened = access.finish_password_login(
            data.operator, data.code, caller.address, context.service.now(), matched=matched
        )
    return await _let_in(context, caller, reply, opened)


@post("/v1/access/recover", summary="Use up a recovery code for a link of ten minutes")
async def recover(data: RecoveryCode, context: ApiContext, caller: Caller) -> LinkTold:
    """In the place of one lost thing, password or generator; the other is shown. Refused alike, whatever was wrong."""
    access = context.access
    async with _COMPARING:
        kept = access.password_of(data.operator, caller.address, context.service.now())
        matched = await asyncio.to_thread(access.means.passwords.matches, kept, data.password)
        secret, link = access.recover(
            data.operator,
            data.code,
            caller.address,
            context.service.now(),
            matched=matched,
            generator_code=data.generator_code,
        )
    return tell_link(secret, link)


@post("/v1/access/enrol/begin", summary="What to set up with a one-time link")
async def begin_enrolment(data: EnrolSecret, context: ApiContext, caller: Caller) -> EnrolTold:
    """Looking does not use the link up."""
    begun = context.access.begin_enrolment(data.secret, caller.site, context.service.now())
    return EnrolTold(
        operator=begun.operator.id,
        name=begun.operator.name,
        flow=begun.flow,
        options=begun.options,
        totp_secret=begun.code_secret,
        totp_uri=begun.code_uri,
        totp_qr=begun.code_picture,
        asks_current_password=begun.asks_current,
    )


@post("/v1/access/enrol/passkey", summary="Enrol a passkey with a one-time link")
async def enrol_passkey(
    data: EnrolPasskey, context: ApiContext, caller: Caller, reply: Reply
) -> EnrolledTold:
    """The link is used up."""
    opened, codes = context.access.enrol_passkey(
        data.secret,
        data.flow,
        caller.site,
        data.credential,
        data.label,
        caller.address,
        context.service.now(),
    )
    who = await _let_in(context, caller, reply, opened)
    return EnrolledTold(session=who, recovery_codes=codes)


@post("/v1/access/enrol/password", summary="Enrol a password and a code generator")
async def enrol_password(
    data: EnrolPassword, context: ApiContext, caller: Caller, reply: Reply
) -> EnrolledTold:
    """The link is used up. With a link of one's own the password before is shown, where there is one."""
    access = context.access
    access.check_password(data.secret, data.flow, data.password, context.service.now())
    async with _COMPARING:
        named = (data.secret, data.flow, caller.address)
        kept = access.password_to_show(*named, context.service.now())
        matched = kept is not None and await asyncio.to_thread(
            access.means.passwords.matches, kept, data.current_password
        )
        access.check_shown(*named, context.service.now(), matched=matched)
        hashed = await asyncio.to_thread(access.means.passwords.hash, data.password)
    opened, codes = access.enrol_password(
        data.secret, data.flow, hashed, data.code, caller.address, context.service.now()
    )
    who = await _let_in(context, caller, reply, opened)
    return EnrolledTold(session=who, recovery_codes=codes)


@post("/v1/access/step-up/begin", summary="A challenge for a passkey of one's own")
async def begin_step_up(data: Nothing, context: ApiContext, caller: Caller) -> ChallengeTold:
    """Before something is signed."""
    del data
    at = context.service.now()
    flow, options = context.access.begin_step_up(_session(caller), caller.site, at)
    return ChallengeTold(flow=flow, options=options)


@post("/v1/access/step-up/passkey", summary="Five minutes to sign, by passkey")
async def step_up_by_passkey(
    data: PasskeyShown, context: ApiContext, caller: Caller, reply: Reply
) -> WhoTold:
    """The session has another cookie afterwards."""
    opened = context.access.finish_step_up(
        _session(caller), caller.site, data.flow, data.credential, context.service.now()
    )
    return await _let_in(context, caller, reply, opened)


@post("/v1/access/step-up/code", summary="Five minutes to sign, by code")
async def step_up_by_code(
    data: CodeShown, context: ApiContext, caller: Caller, reply: Reply
) -> WhoTold:
    """A code is good once, for login or for this."""
    opened = context.access.step_up_by_code(_session(caller), data.code, context.service.now())
    return await _let_in(context, caller, reply, opened)


@post("/v1/access/links", summary="A link to enrol another passkey of one's own")
async def own_link(
    data: Nothing, context: ApiContext, caller: Caller, operator: Operator
) -> LinkTold:
    """It lasts a day and is good once."""
    del data
    authorise(operator, Action.ACCESS_OWN)
    _freshly(context, caller)
    secret, link = context.access.make_link(operator.id, "own", context.service.now())
    return tell_link(secret, link)


@get("/v1/access/sessions", summary="Sessions that stand")
async def list_sessions(
    context: ApiContext, caller: Caller, operator: Operator
) -> list[SessionTold]:
    """One's own; everybody's for who may manage operators."""
    at = context.service.now()
    whose = None if Action.OPERATOR_MANAGE in may(operator) else operator.id
    own = None if caller.session is None else caller.session.handle
    return [_tell_session(each, own) for each in context.access.sessions(at, whose)]


@post("/v1/access/sessions/{session}/revoke", summary="End one session")
async def revoke_session(
    context: ApiContext, caller: Caller, operator: Operator, session: str
) -> DoneTold:
    """Open streams of it end within five seconds. Another than the asker's takes a fresh step-up."""
    at = context.service.now()
    found = next((e for e in context.access.sessions(at) if e.handle == session), None)
    if found is None or (
        found.operator != operator.id and Action.OPERATOR_MANAGE not in may(operator)
    ):
        raise InputError("session", f"{session[:20]!r} is no session of yours that stands")
    if caller.session is None or found.handle != caller.session.handle:
        _freshly(context, caller)
    context.access.end(found.handle)
    return DoneTold(done=1)


@post("/v1/access/sessions/revoke-all", summary="End all sessions of a person, or everybody's")
async def revoke_sessions(
    data: WhoseSessions, context: ApiContext, caller: Caller, operator: Operator
) -> DoneTold:
    """One's own where nobody is named; another's, or everybody's by `*`, for who may manage operators.

    What ends the asker's own session with the rest asks for nothing more; whoever stays in shows a factor first.
    """
    if data.operator not in {None, operator.id}:
        authorise(operator, Action.OPERATOR_MANAGE)
    everybody = data.operator == EVERYBODY
    whose = operator.id if everybody or data.operator is None else operator_id(data.operator)
    if caller.session is None or whose != operator.id:
        _freshly(context, caller)
    if everybody:
        return DoneTold(done=context.access.end_all())
    return DoneTold(done=context.access.end_all(whose))


@get("/v1/access/credentials", summary="One's own passkeys and password")
async def list_credentials(context: ApiContext, operator: Operator) -> list[CredentialTold]:
    """What a person could come in by."""
    told = [
        CredentialTold(
            credential=each.id,
            kind="passkey",
            label=each.label,
            made_at=str(each.made_at),
            name=each.rp_id,
            used_at=None if each.used_at is None else str(each.used_at),
        )
        for each in context.access.passkeys_of(operator.id)
    ]
    password = context.access.password_made_at(operator.id)
    if password is not None:
        told.append(
            CredentialTold(credential="password", kind="password", label="", made_at=str(password))
        )
    return told


@post("/v1/access/credentials/{credential}/remove", summary="Forget a passkey or the password")
async def remove_credential(
    context: ApiContext, caller: Caller, operator: Operator, credential: str
) -> DoneTold:
    """Never the last. All other sessions of the person end."""
    _freshly(context, caller)
    change = context.access.remove_credential(operator.id, credential)
    own = None if caller.session is None else caller.session.handle
    for each in context.access.sessions(context.service.now(), operator.id):
        if each.handle != own:
            context.access.end(each.handle)
    await _record(context, operator.id, change, [], operator)
    return DoneTold(done=1)


@get("/v1/access/tokens", summary="Tokens of machines")
async def list_tokens(context: ApiContext, operator: Operator) -> list[TokenTold]:
    """One's own; everybody's for who may manage operators. Never their secrets."""
    whose = None if Action.OPERATOR_MANAGE in may(operator) else operator.id
    at = context.service.now()
    return [_tell_token(context, each, at) for each in context.access.machines.all(whose)]


@post("/v1/access/tokens", summary="Make a token for a machine")
async def make_token(
    data: NewToken, context: ApiContext, caller: Caller, operator: Operator
) -> TokenTold:
    """Its secret is told this once. For another operator: who may manage operators."""
    _freshly(context, caller)
    answers = operator
    if data.operator not in {None, operator.id}:
        authorise(operator, Action.OPERATOR_MANAGE)
        found = context.operators.get(operator_id(data.operator or ""))
        if found is None or found.revoked_at is not None:
            raise InputError(
                "operator", f"{(data.operator or '')[:32]!r} does not act at this node"
            )
        answers = found
    unknown = sorted(set(data.scopes) - set(Action))
    if unknown:
        raise InputError("scopes", f"{unknown[0][:40]!r} is not an action")
    scopes = frozenset(Action(each) for each in data.scopes)
    at = context.service.now()
    secret, token = context.access.machines.make(
        answers, data.name, scopes, data.days, operator.id, at
    )
    await _record(context, answers.id, "token", [], operator)
    told = _tell_token(context, token, at)
    told.secret = secret
    return told


@post("/v1/access/tokens/{token}/revoke", summary="Let a machine's token be used no more")
async def revoke_token(context: ApiContext, operator: Operator, token: str) -> TokenTold:
    """Open streams of it end within five seconds."""
    found = next((e for e in context.access.machines.all() if e.id == token), None)
    if found is None or (
        found.operator != operator.id and Action.OPERATOR_MANAGE not in may(operator)
    ):
        raise InputError("token", f"{token[:20]!r} is no token of yours")
    at = context.service.now()
    revoked = context.access.machines.revoke(token, at)
    await _record(context, found.operator, "token-revoked", [], operator)
    return _tell_token(context, revoked, at)


@get("/v1/access/audit", summary="What people and machines tried")
async def read_audit(
    context: ApiContext,
    operator: Operator,
    before: Annotated[int, Meta(ge=1, le=INTEGER_MAX)] | None = None,
    limit: Annotated[int, Meta(ge=1, le=LINES_TOLD_MAX)] = 100,
) -> AuditTold:
    """Every login, every change that was asked for, every refusal; the newest first, no secrets."""
    authorise(operator, Action.AUDIT_READ)
    now = context.service.now()
    lines = await asyncio.to_thread(context.access.log.read, before, limit, now)
    return AuditTold(lines=[_tell_line(number, each) for number, each in lines])


@get("/v1/access/audit/check", summary="Whether the audit log is as it was sealed")
async def check_audit(context: ApiContext, operator: Operator) -> AuditCheckTold:
    """Each seal is computed anew. Whoever owns the home could make all of them anew: a copy elsewhere shows it."""
    authorise(operator, Action.AUDIT_READ)
    log = context.access.log
    found = await asyncio.to_thread(log.check, context.service.now())
    handed_on = None if log.sink is None else await asyncio.to_thread(lambda: log.handed_on)
    return AuditCheckTold(
        first=found.first,
        sealed_to=found.sealed_to,
        seal=found.seal,
        fault=found.fault,
        handed_on_to=handed_on,
        hand_on_fault=None if log.sink is None else log.sink.fault,
    )


ACCESS_ROUTES = (
    begin_enrolment,
    begin_login,
    begin_step_up,
    check_audit,
    enrol_passkey,
    enrol_password,
    finish_login,
    list_credentials,
    list_sessions,
    list_tokens,
    log_in_by_password,
    log_out,
    make_token,
    own_link,
    read_audit,
    recover,
    remove_credential,
    revoke_session,
    revoke_sessions,
    revoke_token,
    step_up_by_code,
    step_up_by_passkey,
    who_am_i,
)


def tell_link(secret: str, link: Link) -> LinkTold:
    """A link, told once."""
    return LinkTold(
        operator=link.operator,
        secret=secret,
        path=f"{LOGIN_PAGE}#enrol={secret}",
        expires_at=str(link.expires_at),
    )


async def _record(
    context: ApiContext, person: OperatorId, change: str, roles: list[str], operator: Operator
) -> None:
    draft = change_draft(person, change, roles, operator.id)
    await context.service.do(lambda node, at: node.issue(draft, at))


async def _let_in(context: ApiContext, caller: Caller, reply: Reply, opened: Opened) -> WhoTold:
    reply.keep_session(caller, opened.secret)
    known = replace(
        caller,
        operator=context.access.acting(opened.session),
        by="session",
        session=opened.session,
        secret=opened.secret,
    )
    reply.became = known
    return await _who(context, known)


async def _who(context: ApiContext, caller: Caller) -> WhoTold:
    operator = caller.operator
    if operator is None:
        raise AccessError("token-refused", "nobody is known", 401)
    rule = await context.service.do(_rule)
    allowed = may(operator)
    told = WhoTold(
        operator=operator.id,
        name=operator.name,
        roles=sorted(operator.roles),
        may=sorted(allowed),
        by=caller.by,
        party=context.service.party,
        at=str(context.service.now()),
        two_persons=rule,
    )
    session = caller.session
    if session is None:
        return told
    told.csrf = csrf_of(caller.secret or "")
    told.session = session.handle
    told.idle_until, told.ends_at = str(session.idle_until), str(session.ends_at)
    if session.may_sign(context.service.now()):
        told.stepped_up_until = str(session.stepped_up_until)
    names = {each.rp_id for each in context.access.passkeys_of(operator.id)}
    told.step_up = ["passkey"] if caller.site.rp_id in names else []
    if context.access.password_made_at(operator.id) is not None:
        told.step_up.append("code")
    told.step_up_actions = sorted(STEP_UP & allowed)
    told.recovery_codes_left = context.access.codes_left(operator.id)
    return told


def _rule(node: Node, _at: Instant) -> str:
    return node.two_persons.word


def _session(caller: Caller) -> Session:
    if caller.session is None:
        raise InputError("session", "only a session is stepped up; a token of the home needs none")
    return caller.session


def _freshly(context: ApiContext, caller: Caller) -> None:
    """What changes how a person comes in, or who else is in, takes a fresh step-up; a machine has none to show."""
    session = caller.session
    stepped_up = session is not None and session.may_sign(context.service.now())
    if caller.by != "home-token" and not stepped_up:
        raise AccessError("step-up-required", "show a passkey or code again first", 403)


def _tell_session(session: Session, own: str | None) -> SessionTold:
    return SessionTold(
        session=session.handle,
        operator=session.operator,
        method=session.method,
        address=session.address,
        made_at=str(session.made_at),
        seen_at=str(session.seen_at),
        idle_until=str(session.idle_until),
        ends_at=str(session.ends_at),
        own=session.handle == own,
    )


def _tell_token(context: ApiContext, token: ApiToken, at: Instant) -> TokenTold:
    return TokenTold(
        token=token.id,
        operator=token.operator,
        name=token.name,
        scopes=sorted(token.scopes),
        made_by=token.made_by,
        made_at=str(token.made_at),
        expires_at=str(token.expires_at),
        stands=context.access.machines.stands(token.id, at),
        revoked_at=None if token.revoked_at is None else str(token.revoked_at),
    )


def _tell_line(number: int, line: Audited) -> AuditLineTold:
    return AuditLineTold(
        number=number,
        at=str(line.at),
        operator=line.operator,
        by=line.by,
        what=line.what,
        outcome=line.outcome,
        address=line.address,
        session=line.session,
        count=line.count,
    )
