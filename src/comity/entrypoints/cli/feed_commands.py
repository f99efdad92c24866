# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity feed`: which live feeds the node listens to, and how they stand."""

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
    from comity.entrypoints.api.air_messages import FeedTold

feed = group("Live feeds of positions: listen, look how they stand, listen no more.")

NameArgument = Annotated[str, typer.Argument(help="Its name at this node: a-z, 0-9 and hyphen.")]


@feed.command("add")
@ended_properly
def add(
    context: typer.Context,
    name: NameArgument,
    address: Annotated[
        str, typer.Argument(help="tcp://HOST:PORT, udp://GROUP:PORT, or http://… to be polled.")
    ],
    format_name: Annotated[
        str,
        typer.Option(
            "--format", help="asterix beast cot cot-datagrams frames opensky readsb sbs1."
        ),
    ],
    party: Annotated[
        str | None, typer.Option(help="Whose feed it is, a peer's id; ours if left out.")
    ] = None,
    every_s: Annotated[float, typer.Option("--every", help="Seconds between two polls.")] = 1.0,
    zone_offset_s: Annotated[
        int | None,
        typer.Option("--zone-offset", help="Of local times in SBS-1 lines to UTC, seconds."),
    ] = None,
    receiver: Annotated[
        str | None,
        typer.Option(help="Where the antenna stands: LATITUDE,LONGITUDE[,HEIGHT], degrees and m."),
    ] = None,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Listen to one more feed, from now on and after every restart. On record, with who added it.

    Example: `comity feed add roof tcp://127.0.0.1:30003 --format sbs1 --receiver 59.9,24.5,30`

    A link that is lost is tried again, after half a second at first and at least every half minute.
    """
    from comity.entrypoints.api.air_messages import AddFeed, FeedTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_line, print_told

    place, height_m = _place(receiver)
    asked = AddFeed(
        feed=name,
        address=address,
        format=format_name,
        party=party,
        every_s=every_s,
        zone_offset_s=zone_offset_s,
        receiver_latitude_deg=None if place is None else place[0],
        receiver_longitude_deg=None if place is None else place[1],
        receiver_height_m=height_m,
    )
    with open_node(composition(context), home, operator) as client:
        told = client.post("/v1/feeds", asked, FeedTold)
    print_told(
        told,
        lambda told: print_line(
            f"{told.feed}: {told.format} from {told.address}, for {told.party}"
        ),
        as_json=as_json,
    )


@feed.command("list")
@ended_properly
def list_feeds(
    context: typer.Context,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the feeds in use and their links. Works without a running node too.

    Example: `comity feed list`
    """
    from comity.entrypoints.cli.render import print_json, print_line, print_table

    told = _told(context, home, operator)
    if as_json:
        print_json(told)
        return
    if not told:
        print_line("no feed is set up: comity feed add")
        return
    rows = [
        (each.feed, each.format, each.address, each.party, each.phase, each.since or "",
         each.reason or "")
        for each in told
    ]  # fmt: skip
    print_table(("feed", "format", "address", "party", "link", "since", "why"), rows)


@feed.command("stats")
@ended_properly
def stats(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="One feed; all if left out.")] = None,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what each feed brought, and what was wrong with it, by reason: nothing is dropped uncounted.

    Example: `comity feed stats roof --json`
    """
    from comity.entrypoints.cli.render import print_json, print_line
    from comity.kernel.errors import InputError

    told = [each for each in _told(context, home, operator) if name in (None, each.feed)]
    if name is not None and not told:
        raise InputError("feed", f"{name} is not in use")
    if as_json:
        print_json(told)
        return
    for each in told:
        reason = f" ({each.reason})" if each.reason else ""
        print_line(f"{each.feed}: {each.phase}{reason} since {each.since or 'unknown'}")
        print_line(f"  last bytes {each.heard_at or 'unknown'}; lost {each.drops} times")
        for heading, counted in (("came", each.counts), ("waiting", each.waiting)):
            for label, count in counted.items():
                if isinstance(count, dict):
                    for reason, number in count.items():
                        print_line(f"  {label}: {reason} {number}")
                else:
                    print_line(f"  {heading}: {label} {'unknown' if count is None else count}")
        for label, number in each.tracks.items():
            if number:
                print_line(f"  tracks: {label} {number}")


@feed.command("remove")
@ended_properly
def remove(
    context: typer.Context,
    name: NameArgument,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Listen to a feed no more. On record; its tracks stay until they are too old.

    Example: `comity feed remove roof`
    """
    from comity.entrypoints.api.air_messages import FeedTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_json, print_line

    with open_node(composition(context), home, operator) as client:
        told = client.post(f"/v1/feeds/{name}/remove", b"", list[FeedTold])
    if as_json:
        print_json(told)
    else:
        left = ", ".join(each.feed for each in told) or "none"
        print_line(f"{name} is removed; feeds left: {left}")


def _told(context: typer.Context, home: Path, operator: str | None) -> "list[FeedTold]":
    from comity.entrypoints.api.air_messages import FeedTold
    from comity.entrypoints.cli.access import open_node

    with open_node(composition(context), home, operator) as client:
        return client.get("/v1/feeds", list[FeedTold])


def _place(text: str | None) -> tuple[tuple[float, float] | None, float | None]:
    from comity.kernel.errors import InputError

    if text is None:
        return None, None
    try:
        numbers = [float(each) for each in text.split(",")]
    except ValueError as error:
        raise InputError("receiver", f"{text!r} is not LATITUDE,LONGITUDE[,HEIGHT]") from error
    if len(numbers) not in {2, 3}:
        raise InputError("receiver", f"{len(numbers)} numbers; LATITUDE,LONGITUDE[,HEIGHT]")
    return (numbers[0], numbers[1]), numbers[2] if len(numbers) == 3 else None
