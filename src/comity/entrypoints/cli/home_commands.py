# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity init`, `node run`, `status`, `backup`, `restore`, `warmup`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from comity.entrypoints.cli.frame import (
    HOME_DEFAULT,
    HomeOption,
    JsonOption,
    OperatorOption,
    composition,
    ended_properly,
    group,
)

if TYPE_CHECKING:
    from comity.entrypoints.home import Config

node = group("Run the node.")

RULE_PAGE = "docs/rooms/operators.md"

ALARMS_SHOWN_MAX = 30  # the latest; ten of one kind and party at most are told
PASSPHRASE_VARIABLE = "COMITY_ROOT_PASSPHRASE"  # noqa: S105 - the variable's name, not a secret


def add_to(app: typer.Typer) -> None:
    """Add the commands that stand at the top."""
    for command in (init, status, backup, restore, warmup):
        app.command(command.__name__)(command)


@ended_properly
def init(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The party's name as people read it.")],
    slug: Annotated[str | None, typer.Option(help="Readable start of the party's id.")] = None,
    operator: Annotated[str, typer.Option(help="Id of the first operator.")] = "officer",
    operator_name: Annotated[str, typer.Option(help="That person's name.")] = "First officer",
    peer_listen: Annotated[
        str, typer.Option(help="Where peers are awaited, host:port; port 0 takes any.")
    ] = "127.0.0.1:7443",
    peer_address: Annotated[
        str, typer.Option(help="host:port that peers are told, if it is another.")
    ] = "",
    api_port: Annotated[int, typer.Option(help="Port of the local API; 0 takes any.")] = 7480,
    passphrase: Annotated[
        bool, typer.Option("--passphrase", help="Ask for a passphrase for the root key.")
    ] = False,
    home: HomeOption = HOME_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Make a new home: keys, settings, the first operator.

    Example: `comity init "Aurelia" --home ./aurelia`

    The root key in `keys/root.key` signs the node's keys, for 90 days each. **Move it to a place that is not
    connected**; it is needed again for `comity key rotate`. Its passphrase can also come in the environment's
    COMITY_ROOT_PASSPHRASE.
    """
    from comity.entrypoints.cli.render import print_json, print_line
    from comity.entrypoints.home.create import HomeWish
    from comity.kernel.ids import operator_id

    host, port = _listen_address(peer_listen)
    secret = (
        typer.prompt("Passphrase", hide_input=True, confirmation_prompt=True)
        if passphrase
        else None
    )
    wish = HomeWish(
        name=name,
        slug=slug or _slug_of(name),
        operator=operator_id(operator),
        operator_name=operator_name,
        root_passphrase=secret or os.environ.get(PASSPHRASE_VARIABLE),
        settings={
            "peer_host": host,
            "peer_port": port,
            "peer_address_public": peer_address,
            "api_port": api_port,
        },
    )
    made = composition(context).create_home(home, wish)
    told = {
        "party": made.card.party,
        "home": str(home),
        "root_key": str(made.layout.root_key),
        "token_file": str(made.layout.token(wish.operator)),
        "node_key_valid_until": str(made.card.key.statement.not_after),
        "link": login_link(made.config, made.config.api_port, made.link_secret),
        "link_until": str(made.link_until),
    }
    if as_json:
        print_json(told)
        return
    print_line(f"{name} is {told['party']}, at home in {home}")
    print_line(f"Move the root key to a place that is not connected: {told['root_key']}")
    print_line(f"Operator {operator} acts with the token in {told['token_file']}")
    print_line(f"The node key is valid until {told['node_key_valid_until']}")
    if told["link"]:
        print_line(
            f"{operator} logs in to the console once by this link, until {told['link_until']}:"
        )
        print_line(str(told["link"]))
    else:
        print_line(f"For the console, once the node runs: comity operator link {operator}")
    print_line(f"One person may sign here. With a second who may approve, two must: {RULE_PAGE}")
    print_line("Next: comity node run")


@node.command("run")
@ended_properly
def node_run(context: typer.Context, home: HomeOption = HOME_DEFAULT) -> None:
    """Run the node until it is told to end (SIGTERM or Ctrl-C).

    Example: `comity node run --home ./aurelia`

    The log goes to standard error, one JSON object a line. The addresses in use are in `run/node.json` of the home.
    """
    composition(context).serve(home)


@ended_properly
def status(
    context: typer.Context,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how the node stands: agreement, peers, flights, safety nets, alarms. Works without a running node too.

    Example: `comity status --json`
    """
    from comity.entrypoints.api.messages import StatusTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.air_words import net_line
    from comity.entrypoints.cli.render import print_json, print_line, print_table

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/status", StatusTold)
    if as_json:
        print_json(told)
        return
    print_line(f"{told.name} ({told.party}) at {told.at}, version {told.version}")
    if told.recovering:
        print_line(
            "RECOVERING: restored from a backup; signs nothing until every peer has answered"
        )
    agreement = told.agreement
    if agreement is None:
        print_line("agreement: none")
    else:
        by = f" by {', '.join(agreement.by)} alone" if agreement.unilateral else ""
        print_line(f"agreement: {agreement.title} {agreement.digest[:12]}: {agreement.state}{by}")
    waiting = f", {told.proposals_waiting} waiting" if told.proposals_waiting else ""
    print_line(f"two persons: {told.two_persons}{waiting}")
    for peer, why in told.blocked.items():
        print_line(f"nothing new is accepted with {peer}: {why}")
    counts = ", ".join(f"{count} {state}" for state, count in sorted(told.intents.items()))
    print_line(f"flights: {counts or 'none'}")
    if told.peers:
        rows = [(p.party, p.reach, str(p.owed), str(p.held), p.reason or "") for p in told.peers]
        print_table(("peer", "reach", "owed", "held", "why"), rows)
    seen = f", {told.alerts_unacknowledged} that nobody has acknowledged"
    print_line(f"feeds: {told.feeds_up} of {told.feeds} up; alerts open: {told.alerts_open}{seen}")
    late = f", {told.incident_tasks_overdue} OVERDUE" if told.incident_tasks_overdue else ""
    print_line(
        f"incidents open: {told.incidents_open}; tasks owed: {told.incident_tasks_owed}{late}"
    )
    for net in told.nets:
        print_line(net_line(net))
    for alarm in told.alarms[-ALARMS_SHOWN_MAX:]:
        print_line(f"ALARM {alarm.at} {alarm.code} {alarm.party or ''} {alarm.text}")


@ended_properly
def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(help="The file to write; never one that is there.")],
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="Put the node's secret keys and tokens in, too.")
    ] = False,
    home: HomeOption = HOME_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Write the store and the settings into one signed file, while the node runs or not.

    Example: `comity backup /media/safe/aurelia.backup`

    The root key never goes in. Without `--with-keys`, keep the folder `keys` apart: a node cannot be run without it.
    """
    from comity.entrypoints.cli.archiving import KEYS_WARNING, back_up
    from comity.entrypoints.cli.render import print_error, print_line, print_told

    del context
    manifest = back_up(home, target.absolute(), with_keys=with_keys)
    if with_keys:
        print_error(KEYS_WARNING)
    print_told(
        {"file": str(target.absolute()), "files": sorted(manifest.files)},
        lambda _: print_line(f"{target}: {', '.join(sorted(manifest.files))}"),
        as_json=as_json,
    )


@ended_properly
def restore(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="A file that `comity backup` wrote.")],
    secrets: Annotated[
        Path | None,
        typer.Option(help="A folder with `keys` and `tokens`, where the backup has none."),
    ] = None,
    home: HomeOption = HOME_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Lay a backup out as a new home.

    Example: `comity restore /media/safe/aurelia.backup --home ./aurelia --secrets /media/safe`

    The node then signs nothing until every peer has given back what it holds of this node's records, for otherwise an
    honest restore would look like lying.
    """
    from comity.entrypoints.cli.archiving import bring_back
    from comity.entrypoints.cli.render import print_json, print_line

    del context
    manifest = bring_back(source.absolute(), home, secrets)
    if as_json:
        print_json({"home": str(home), "party": manifest.party, "made_at": str(manifest.made_at)})
        return
    print_line(f"{home} is {manifest.party} as it was at {manifest.made_at}")
    print_line("The node signs nothing until every peer has answered: comity node run")


@ended_properly
def warmup(as_json: JsonOption = False) -> None:
    """Compile the numeric kernels once, so that no later command waits for it (20 to 40 s).

    Example: `comity warmup`
    """
    from comity.entrypoints.cli.render import print_line, print_told
    from comity.entrypoints.cli.warming import warm_up

    elapsed_s = warm_up()
    print_told(
        {"elapsed_s": round(elapsed_s, 3)},
        lambda _: print_line(f"compiled in {elapsed_s:.1f} s"),
        as_json=as_json,
    )


def login_link(config: "Config", port: int, secret: str) -> str | None:
    """Where a person enrols with a one-time secret; None where the port is not known yet."""
    if port == 0:
        return None
    scheme = "https" if config.api_tls_certificate else "http"
    return f"{scheme}://{config.api_name or 'localhost'}:{port}/console/login#enrol={secret}"


def _listen_address(stated: str) -> tuple[str, int]:
    from comity.entrypoints.home import split_address
    from comity.kernel.errors import InputError

    if stated.endswith(":0"):
        host = stated.removesuffix(":0").strip("[]")
        if host:
            return host, 0
    try:
        return split_address(stated, "peer_listen")
    except InputError as error:
        raise InputError("--peer-listen", error.why) from error


def _slug_of(name: str) -> str:
    words = "".join(each if each.isascii() and each.isalnum() else "-" for each in name.lower())
    slug = "-".join(word for word in words.split("-") if word)[:32].strip("-")
    return slug if slug[:1].isalpha() else f"party-{slug}"[:32].strip("-")
