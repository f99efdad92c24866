# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity operator`: links, roles, sessions, tokens of machines, the audit log, and what takes a second person."""

from typing import TYPE_CHECKING, Annotated

import typer

from comity.entrypoints.cli.frame import (
    HOME_DEFAULT,
    HomeOption,
    JsonOption,
    OperatorOption,
    composition,
    ended_properly,
)

if TYPE_CHECKING:
    from comity.entrypoints.api.access_messages import AuditCheckTold

AUDIT_SHOWN = 50


def add_to(operator: typer.Typer) -> None:
    """Add the commands to the group that has `add`, `list` and `revoke`."""
    for name, command in (
        ("link", link),
        ("role", role),
        ("sessions", sessions),
        ("end-sessions", end_sessions),
        ("tokens", tokens),
        ("add-token", add_token),
        ("revoke-token", revoke_token),
        ("audit", audit),
        ("rule", rule),
        ("proposals", proposals),
        ("approve", approve),
        ("refuse", refuse),
    ):
        operator.command(name)(command)


PersonArgument = Annotated[str, typer.Argument(help="The operator's id.")]
ProposalArgument = Annotated[str, typer.Argument(help="The proposal's digest, or its first 8.")]


@ended_properly
def link(
    context: typer.Context,
    person: PersonArgument,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a link with which a person enrols a passkey, or a password and a code generator.

    Example: `comity operator link watch-2`

    It is good once and for a day, and takes the place of the person's last. Hand it over where nobody else reads it.
    """
    from comity.entrypoints.api.access_messages import LinkTold, Nothing
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.home_commands import login_link
    from comity.entrypoints.cli.render import print_json, print_line
    from comity.entrypoints.home import HomeLayout, load_config, read_running, split_address
    from comity.kernel.ids import operator_id

    with open_node(composition(context), home, operator) as client:
        told = client.post(f"/v1/operators/{operator_id(person)}/link", Nothing(), LinkTold)
    layout = HomeLayout(home)
    config, running = load_config(layout.config), read_running(layout)
    port = config.api_port
    if running is not None:
        port = split_address(running.api_address, "api_address")[1]
    address = login_link(config, port, told.secret) or told.path
    if as_json:
        print_json({"operator": told.operator, "link": address, "expires_at": told.expires_at})
        return
    print_line(f"{told.operator} enrols once by this link, until {told.expires_at}:")
    print_line(address)


@ended_properly
def role(
    context: typer.Context,
    person: PersonArgument,
    roles: Annotated[list[str], typer.Argument(help="All the roles that the person is to have.")],
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a person other roles; their sessions end.

    Example: `comity operator role watch-2 officer liaison`
    """
    from comity.entrypoints.api.access_messages import GiveRoles
    from comity.entrypoints.api.messages import OperatorTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_line, print_told
    from comity.kernel.ids import operator_id

    path = f"/v1/operators/{operator_id(person)}/roles"
    with open_node(composition(context), home, operator) as client:
        told = client.post(path, GiveRoles(roles=roles), OperatorTold)
    print_told(
        told, lambda told: print_line(f"{told.id}: {', '.join(told.roles)}"), as_json=as_json
    )


@ended_properly
def sessions(
    context: typer.Context,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List who is logged in: one's own sessions; everybody's for who may manage operators.

    Example: `comity operator sessions`
    """
    from comity.entrypoints.api.access_messages import SessionTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_json, print_line, print_table

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/access/sessions", list[SessionTold])
    if as_json:
        print_json(told)
    elif not told:
        print_line("nobody is logged in")
    else:
        rows = [(e.session, e.operator, e.method, e.address, e.seen_at, e.ends_at) for e in told]
        print_table(("session", "operator", "by", "from", "last asked", "ends"), rows)


@ended_properly
def end_sessions(
    context: typer.Context,
    person: Annotated[
        str | None, typer.Argument(help="Whose; one's own if left out, `*` for everybody's.")
    ] = None,
    session: Annotated[str | None, typer.Option(help="This one alone.")] = None,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """End sessions, with their open streams, within five seconds.

    Example: `comity operator end-sessions watch-2`
    """
    from comity.entrypoints.api.access_messages import DoneTold, WhoseSessions
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_line, print_told

    with open_node(composition(context), home, operator) as client:
        if session is not None:
            told = client.post(f"/v1/access/sessions/{session}/revoke", {}, DoneTold)
        else:
            body = WhoseSessions(operator=person)
            told = client.post("/v1/access/sessions/revoke-all", body, DoneTold)
    print_told(told, lambda told: print_line(f"{told.done} ended"), as_json=as_json)


@ended_properly
def tokens(
    context: typer.Context,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the tokens of machines, never their secrets.

    Example: `comity operator tokens`
    """
    from comity.entrypoints.api.access_messages import TokenTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_json, print_line, print_table

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/access/tokens", list[TokenTold])
    if as_json:
        print_json(told)
    elif not told:
        print_line("none")
    else:
        rows = [
            (
                e.token,
                e.operator,
                e.name,
                " ".join(e.scopes),
                e.expires_at,
                "" if e.stands else "ended",
            )
            for e in told
        ]
        print_table(("token", "operator", "name", "scopes", "until", ""), rows)


@ended_properly
def add_token(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What the machine is.")],
    scope: Annotated[list[str], typer.Option(help="An action it needs; may be repeated.")],
    days: Annotated[int, typer.Option(help="How long it lasts, at most 366.")] = 90,
    answers: Annotated[
        str | None, typer.Option(help="Who answers for it; who acts if left out.")
    ] = None,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a token for a machine. It is printed this once.

    Example: `comity operator add-token "wall display" --scope status.read --days 30`
    """
    from comity.entrypoints.api.access_messages import NewToken, TokenTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_json, print_line

    body = NewToken(name=name, scopes=scope, days=days, operator=answers)
    with open_node(composition(context), home, operator) as client:
        told = client.post("/v1/access/tokens", body, TokenTold)
    if as_json:
        print_json(told)
        return
    print_line(f"token {told.token} for {told.name!r}, {told.operator} answers for it")
    print_line(f"may {', '.join(told.scopes)} until {told.expires_at}")
    print_line(str(told.secret))


@ended_properly
def revoke_token(
    context: typer.Context,
    token: Annotated[str, typer.Argument(help="The token's id, from `operator tokens`.")],
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a machine's token be used no more.

    Example: `comity operator revoke-token 0123456789abcdef`
    """
    from comity.entrypoints.api.access_messages import TokenTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_line, print_told

    with open_node(composition(context), home, operator) as client:
        told = client.post(f"/v1/access/tokens/{token}/revoke", {}, TokenTold)
    print_told(
        told,
        lambda told: print_line(f"{told.token} is worth nothing, as of {told.revoked_at}"),
        as_json=as_json,
    )


@ended_properly
def audit(
    context: typer.Context,
    limit: Annotated[int, typer.Option(help="How many lines, at most 1000.")] = AUDIT_SHOWN,
    before: Annotated[int | None, typer.Option(help="Lines before this number.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Whether each line is the one that was sealed.")
    ] = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what people and machines tried, the newest first: logins, changes asked for, refusals.

    Example: `comity operator audit --json`

    A minute is sealed when it is over. Whoever owns the home could seal anew: keep a seal elsewhere, or have the lines
    handed on (`audit_to`). Where `--check` finds a fault the command ends with 1.
    """
    from comity.entrypoints.api.access_messages import AuditCheckTold, AuditTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_json, print_table

    if check:
        with open_node(composition(context), home, operator) as client:
            checked = client.get("/v1/access/audit/check", AuditCheckTold)
        _print_check(checked, as_json=as_json)
        return
    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/access/audit", AuditTold, limit=limit, before=before)
    if as_json:
        print_json(told)
        return
    rows = [
        (
            str(e.number),
            e.at,
            e.operator or "unknown",
            e.by,
            e.what,
            e.outcome,
            str(e.count),
            e.address,
        )
        for e in told.lines
    ]
    print_table(("no.", "at", "who", "by", "what", "outcome", "times", "from"), rows)


def _print_check(checked: "AuditCheckTold", *, as_json: bool) -> None:
    from comity.entrypoints.cli.exit_codes import RefusedError
    from comity.entrypoints.cli.render import print_json, print_line

    if as_json:
        print_json(checked)
    else:
        kept = (
            f"lines {checked.first} to {checked.sealed_to} are sealed, the last by {checked.seal}"
        )
        print_line(kept if checked.sealed_to else "no line is sealed yet")
        print_line(
            f"fault: {checked.fault}" if checked.fault else "each is the one that was sealed"
        )
        if checked.handed_on_to is not None:
            print_line(f"handed on up to {checked.handed_on_to}")
        if checked.hand_on_fault:
            print_line(f"not handed on now: {checked.hand_on_fault}")
    if checked.fault:
        raise RefusedError(checked.fault)


@ended_properly
def rule(
    context: typer.Context,
    wanted: Annotated[
        str | None, typer.Argument(help="two-persons or one-person; shows it if left out.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; it stands on record.")] = "",
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show or set whether acts of weight take two persons at this node.

    Example: `comity operator rule two-persons --reason "the watch is staffed"`
    """
    from comity.entrypoints.api.access_messages import RuleTold, SetRule
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_json, print_line
    from comity.kernel.errors import InputError

    with open_node(composition(context), home, operator) as client:
        match wanted:
            case None:
                told = client.get("/v1/access/rule", RuleTold)
            case "two-persons":
                body = SetRule(two_persons="required", reason=reason)
                told = client.post("/v1/access/rule", body, RuleTold)
            case "one-person":
                body = SetRule(two_persons="one-person", reason=reason)
                told = client.post("/v1/access/rule", body, RuleTold)
            case _:
                raise InputError("wanted", f"{wanted[:40]!r} is neither two-persons nor one-person")
    if as_json:
        print_json(told)
        return
    print_line(f"{', '.join(told.kinds)}: {told.two_persons}")
    if told.reason:
        print_line(f"why: {told.reason}")
    print_line(f"may approve: {', '.join(told.may_approve) or 'nobody'}")


@ended_properly
def proposals(
    context: typer.Context,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what waits for a second person, and what became of it.

    Example: `comity operator proposals`
    """
    from comity.entrypoints.api.access_messages import ProposalsTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_json, print_line, print_table

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/proposals", ProposalsTold)
    if as_json:
        print_json(told)
    elif not told.proposals:
        print_line("none")
    else:
        rows = [
            (
                e.proposal[:12],
                e.kind,
                e.state,
                e.proposed_by,
                e.approved_by or "",
                e.expires_at,
                e.what[:12],
            )
            for e in told.proposals
        ]
        print_table(("proposal", "kind", "state", "by", "approved by", "until", "what"), rows)


@ended_properly
def approve(
    context: typer.Context,
    proposal: ProposalArgument,
    what: Annotated[
        str | None, typer.Option(help="The digest that you looked at, instead of being asked.")
    ] = None,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look at what another person wants recorded, and approve it as the second.

    Example: `comity operator approve 3f2a91c0 --operator supervisor`
    """
    from comity.entrypoints.api.access_messages import Approve, ProposalTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import encoded_json, print_json, print_line
    from comity.kernel.errors import InputError

    with open_node(composition(context), home, operator) as client:
        told = client.get(f"/v1/proposals/{proposal}", ProposalTold)
        if what is None:
            typer.echo(f"{told.proposed_by} wants this recorded, {told.kind}:", err=True)
            typer.echo(encoded_json(told.body).decode(), err=True)
            typer.echo(f"what: {told.what}", err=True)
            typer.confirm("Approve exactly this?", abort=True, err=True)
            what = told.what
        elif len(what) < 8 or not told.what.startswith(what):
            raise InputError("what", f"{what[:12]!r} is not {told.what[:12]}; look at it again")
        body = Approve(what=told.what)
        told = client.post(f"/v1/proposals/{told.proposal}/approve", body, ProposalTold)
    if as_json:
        print_json(told)
    else:
        print_line(f"done: {told.kind} by {told.proposed_by}, approved by {told.approved_by}")
        print_line(f"record {told.record}")


@ended_properly
def refuse(
    context: typer.Context,
    proposal: ProposalArgument,
    reason: Annotated[str, typer.Option(help="Why; it stands on record.")],
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Refuse a proposal, or take back one's own.

    Example: `comity operator refuse 3f2a91c0 --reason "the annex is not the one we agreed"`
    """
    from comity.entrypoints.api.access_messages import ProposalTold, RefuseProposal
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_line, print_told

    with open_node(composition(context), home, operator) as client:
        body = RefuseProposal(reason=reason)
        told = client.post(f"/v1/proposals/{proposal}/refuse", body, ProposalTold)
    print_told(
        told,
        lambda told: print_line(f"refused: {told.kind} by {told.proposed_by}"),
        as_json=as_json,
    )
