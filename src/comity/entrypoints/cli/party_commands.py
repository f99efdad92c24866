# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity peer`, `comity operator`, `comity key`: who the parties are."""

from pathlib import Path
from typing import Annotated

import typer

from comity.entrypoints.cli.frame import (
    HOME_DEFAULT,
    HomeOption,
    JsonOption,
    OperatorOption,
    ReasonOption,
    composition,
    ended_properly,
    group,
)

peer = group("Pair with other parties.")
operator = group("The people and machine accounts of this party.")
key = group("The node's signing key and its root.")


@peer.command("invite")
@ended_properly
def peer_invite(
    context: typer.Context,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print this party's card: one line to give to the other party by any means.

    Example: `comity peer invite > aurelia.card`
    """
    from comity.entrypoints.api.messages import CardTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_line, print_told

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/card", CardTold)
    print_told(told, lambda told: print_line(told.card), as_json=as_json)


@peer.command("accept")
@ended_properly
def peer_accept(
    context: typer.Context,
    card: Annotated[str, typer.Argument(help="The other party's card, or a file that holds it.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="The words were read to each other and are equal.")
    ] = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Pin the other party by its card, after both sides have read the pairing words to each other.

    Example: `comity peer accept borealis.card`

    The words are made of both cards: they are equal on both sides only where nobody stands in between. Read them over
    a line on which you know the other's voice. Without `--yes` the words are shown and you are asked.
    """
    from comity.entrypoints.api.messages import CardTold, PeerTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.exit_codes import RefusedError
    from comity.entrypoints.cli.pairing import card_line, words_of
    from comity.entrypoints.cli.render import print_json, print_line, print_told

    line = card_line(card)
    with open_node(composition(context), home, operator) as client:
        own = client.get("/v1/card", CardTold)
        party, words = words_of(own.card, line)
        if not as_json:
            print_line(f"{party}: read these words to each other:")
            print_line("  " + " ".join(words))
        if not yes and (as_json or not typer.confirm("Are they the same on both sides?")):
            if as_json:
                print_json({"party": party, "words": words, "accepted": False})
            raise RefusedError("not accepted: confirm the words, or give --yes")
        told = client.post("/v1/peers", {"card": line}, PeerTold)
    print_told(
        {"party": told.party, "words": words, "accepted": True},
        lambda _: print_line(f"{told.party} is a peer now"),
        as_json=as_json,
    )


@peer.command("list")
@ended_properly
def peer_list(
    context: typer.Context,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the peers, whether they answer, and what is owed to them.

    Example: `comity peer list --json`
    """
    from comity.entrypoints.api.messages import PeerTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_json, print_table

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/peers", list[PeerTold])
    if as_json:
        print_json(told)
        return
    rows = [
        (
            each.party,
            each.name,
            each.reach,
            each.removed_at or each.since or "",
            "" if each.clock_difference_s is None else f"{each.clock_difference_s:+.3f} s",
            str(each.owed),
            each.frozen or each.reason or "",
        )
        for each in told
    ]
    print_table(("party", "name", "reach", "since", "clock", "owed", "why"), rows)


PeerArgument = Annotated[str, typer.Argument(help="The peer's id, as `peer list` has it.")]


@peer.command("remove")
@ended_properly
def peer_remove(
    context: typer.Context,
    party: PeerArgument,
    reason: ReasonOption,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a pairing, on record: nothing is pulled from the peer or served to it any more. What was said stays.

    Example: `comity peer remove borealis.q3mbt5aa --reason "moved to another node"`

    An agreement is not ended by this: see `comity agreement withdraw`. `peer accept` with its card pairs anew.
    """
    from comity.entrypoints.api.messages import PeerTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_line, print_told
    from comity.kernel.ids import party_id

    path = f"/v1/peers/{party_id(party)}/remove"
    with open_node(composition(context), home, operator) as client:
        told = client.post(path, {"reason": reason}, PeerTold)
    print_told(
        told,
        lambda told: print_line(f"{told.party} is a peer no more, as of {told.removed_at}"),
        as_json=as_json,
    )


@peer.command("unfreeze")
@ended_properly
def peer_unfreeze(
    context: typer.Context,
    party: PeerArgument,
    reason: ReasonOption,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Accept new flights with a peer again that was frozen for a proof of lying; you answer for it, on record.

    Example: `comity peer unfreeze borealis.q3mbt5aa --reason "restored from a backup, explained by telephone"`
    """
    from comity.entrypoints.api.messages import RecordTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_line, print_told
    from comity.kernel.ids import party_id

    path = f"/v1/peers/{party_id(party)}/unfreeze"
    with open_node(composition(context), home, operator) as client:
        told = client.post(path, {"reason": reason}, RecordTold)
    print_told(
        told,
        lambda told: print_line(f"{party} is not frozen any more: {told.digest}"),
        as_json=as_json,
    )


@operator.command("add")
@ended_properly
def operator_add(
    context: typer.Context,
    person: Annotated[str, typer.Argument(help="1 to 32 of a-z, 0-9 and hyphen.")],
    name: Annotated[str, typer.Option(help="The person's name.")],
    role: Annotated[
        list[str], typer.Option(help="officer, supervisor, administrator; repeatable.")
    ],
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in a person or a machine account; its token is written into a file of the home.

    Example: `comity operator add watch-2 --name "Second watch" --role officer`
    """
    from comity.entrypoints.api.messages import OperatorTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_line, print_told
    from comity.entrypoints.home import HomeLayout
    from comity.kernel.ids import OperatorId

    body = {"id": person, "name": name, "roles": role}
    with open_node(composition(context), home, operator) as client:
        told = client.post("/v1/operators", body, OperatorTold)
    told.token_file = str(HomeLayout(home).token(OperatorId(told.id)))
    print_told(
        told,
        lambda told: print_line(
            f"{told.id} ({', '.join(told.roles)}) acts with the token in {told.token_file}"
        ),
        as_json=as_json,
    )


@operator.command("list")
@ended_properly
def operator_list(
    context: typer.Context,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the operators and their roles.

    Example: `comity operator list`
    """
    from comity.entrypoints.api.messages import OperatorTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_json, print_table

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/operators", list[OperatorTold])
    if as_json:
        print_json(told)
    else:
        rows = [(each.id, each.name, ", ".join(each.roles), each.revoked_at or "") for each in told]
        print_table(("id", "name", "roles", "revoked"), rows)


@operator.command("revoke")
@ended_properly
def operator_revoke(
    context: typer.Context,
    person: Annotated[str, typer.Argument(help="The operator's id.")],
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let an operator act no more, from the next request on. The id stays in the records and is never given again.

    Example: `comity operator revoke watch-2`
    """
    from comity.entrypoints.api.messages import OperatorTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_line, print_told
    from comity.kernel.ids import operator_id

    path = f"/v1/operators/{operator_id(person)}/revoke"
    with open_node(composition(context), home, operator) as client:
        told = client.post(path, {}, OperatorTold)
    print_told(
        told,
        lambda told: print_line(f"{told.id} acts no more, as of {told.revoked_at}"),
        as_json=as_json,
    )


@key.command("show")
@ended_properly
def key_show(
    context: typer.Context,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the node's keys, how long each is valid, and which peers have not been told yet.

    Example: `comity key show`
    """
    from comity.entrypoints.api.messages import KeysTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_json, print_table

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/keys", KeysTold)
    if as_json:
        print_json(told)
        return
    rows = [
        (
            str(each.sequence),
            each.key[:20] + "…",
            each.not_before,
            each.not_after,
            str(len(each.revokes)),
            ", ".join(each.pending),
        )
        for each in told.keys
    ]
    print_table(("no.", "key", "from", "until", "revokes", "not yet told"), rows)


RootKeyOption = Annotated[
    Path | None,
    typer.Option("--root-key", help="Where the root key is now; keys/root.key if left out."),
]


@key.command("rotate")
@ended_properly
def key_rotate(
    context: typer.Context,
    root_key: RootKeyOption = None,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new node key, valid for 90 days; the old one stays valid until its end. The node must not be running.

    Example: `comity key rotate --root-key /media/safe/root.key`

    The passphrase of the root key is asked for, or taken from the environment's COMITY_ROOT_PASSPHRASE.
    """
    _renew(context, root_key, home, operator, as_json=as_json, revoke=False)


@key.command("revoke")
@ended_properly
def key_revoke(
    context: typer.Context,
    root_key: RootKeyOption = None,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take the node key in use back, and make a new one. The node must not be running.

    Example: `comity key revoke --root-key /media/safe/root.key`

    Effective with each peer from the place in the log at which it stands there; until then it shows as not yet told.
    """
    _renew(context, root_key, home, operator, as_json=as_json, revoke=True)


@key.command("prepare")
@ended_properly
def key_prepare(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", help="The statement's file.")],
    root_key: RootKeyOption = None,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Take the node key in use back with it.")
    ] = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new node key beside the one in use, to be proposed in the console and approved there by another person.

    Example: `comity key prepare --root-key /media/safe/root.key -o key-change.json`

    The node may run; it goes on with its key until it is started anew after the approval.
    """
    from comity.entrypoints.cli.key_renewal import prepare
    from comity.entrypoints.cli.render import print_line, print_told

    made = prepare(composition(context), home, operator, root_key, output, revoke=revoke)
    print_told(
        {"key": made, "file": str(output)},
        lambda _: print_line(
            f"{output}: new node key {made}; propose it in the console, under keys"
        ),
        as_json=as_json,
    )


def _renew(
    context: typer.Context,
    root_key: Path | None,
    home: Path,
    operator: str | None,
    *,
    as_json: bool,
    revoke: bool,
) -> None:
    from comity.entrypoints.api.messages import KeysTold
    from comity.entrypoints.cli.key_renewal import renew
    from comity.entrypoints.cli.render import print_line, print_told

    told: KeysTold = renew(composition(context), home, operator, root_key, revoke=revoke)
    print_told(
        told,
        lambda told: print_line(
            f"new node key {told.keys[-1].key}, valid until {told.keys[-1].not_after}"
        ),
        as_json=as_json,
    )
