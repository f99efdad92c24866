# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity watch`: the air as the node sees it, once a second."""

import contextlib
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

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
    from rich.console import RenderableType

    from comity.entrypoints.api.air_messages import AirTold, AirTracksTold
    from comity.entrypoints.cli.access import NodeClient

LOOK_S = 1.0
ALERTS_SHOWN = 20
TRACKS_SHOWN = 12

CyclesOption = Annotated[
    int, typer.Option("--cycles", min=0, help="End after so many; 0: go on until Ctrl-C.")
]


def add_to(app: typer.Typer) -> None:
    """Put the command into the whole."""
    app.command("watch")(watch)


@ended_properly
def watch(
    context: typer.Context,
    cycles: CyclesOption = 0,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Watch the air: nets, feeds, alerts worst first, and the freshest tracks.

    Example: `comity watch` · `comity watch --json | jq .alerts`

    In a terminal a table that is drawn anew each second; in a pipe a line for each cycle and for each
    alert that came or went; with `--json` one JSON object a line, each cycle whole.
    """
    from comity.entrypoints.cli.access import open_node

    with open_node(composition(context), home, operator, running_only=True) as client:
        looks = _looks(client, cycles)
        try:
            if as_json:
                _as_json(looks)
            elif sys.stdout.isatty():
                _as_table(client, looks)
            else:
                _as_lines(looks)
        except KeyboardInterrupt:
            return


def _looks(client: "NodeClient", cycles: int) -> "Iterator[AirTold]":
    """Each cycle once; where no cycle comes, one look a second all the same."""
    import time

    from comity.entrypoints.api.air_messages import AirTold

    count = 0
    while True:
        began_s = time.monotonic()
        yield client.get("/v1/air", AirTold)
        count += 1
        if cycles and count >= cycles:
            return
        time.sleep(max(LOOK_S - (time.monotonic() - began_s), 0.0))


def _as_json(looks: "Iterator[AirTold]") -> None:
    import msgspec

    for told in looks:
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
        sys.stdout.flush()


def _as_lines(looks: "Iterator[AirTold]") -> None:
    """One line a cycle, and one for each change since the last."""
    from comity.entrypoints.cli.air_words import alert_text, net_line
    from comity.entrypoints.cli.render import print_line

    open_before: dict[str, tuple[int, str]] = {}
    nets_before: dict[str, str] = {}
    for told in looks:
        print_line(_summary(told))
        for net in told.nets:
            if nets_before.get(net.net) != net.health:
                print_line(f"  {net_line(net)}")
        nets_before = {net.net: net.health for net in told.nets}
        here = {each.alert: (each.revision, each.phase) for each in told.alerts}
        for each in told.alerts:
            if open_before.get(each.alert) != here[each.alert]:
                by = f" by {each.acknowledged_by}" if each.acknowledged_by else ""
                head = f"  {each.severity.upper()} {each.phase}{by} {each.alert[:8]}"
                print_line(f"{head} {alert_text(each)}")
        if told.alerts_open == len(told.alerts):
            for name in sorted(set(open_before) - set(here)):
                print_line(f"  cleared {name[:8]}")
        open_before = here
        sys.stdout.flush()


def _as_table(client: "NodeClient", looks: "Iterator[AirTold]") -> None:
    from rich.live import Live

    from comity.entrypoints.api.air_messages import AirTracksTold
    from comity.kernel.errors import StoreError

    with Live(auto_refresh=False, screen=True) as live:
        for told in looks:
            tracks: AirTracksTold | None = None
            with contextlib.suppress(StoreError):  # nobody watches: the nets say so
                tracks = client.get("/v1/air/tracks", AirTracksTold, limit=TRACKS_SHOWN)
            live.update(_screen(told, tracks), refresh=True)


def _summary(told: "AirTold") -> str:
    if told.cycle is None:
        return f"{told.at}  NOBODY WATCHES; {told.alerts_open} alerts were open"
    waiting = f", {told.changes_waiting} not on record yet" if told.changes_waiting else ""
    skipped = f", {told.skipped} seconds without a cycle" if told.skipped else ""
    return (
        f"{told.at}  cycle {told.cycle}: {told.tracks} tracks, {told.plots} plots, "
        f"{told.alerts_open} alerts open{waiting}{skipped}"
    )


def _screen(told: "AirTold", tracks: "AirTracksTold | None") -> "RenderableType":
    from rich.console import Group
    from rich.text import Text

    from comity.entrypoints.cli.air_words import alert_row, lacks_text, track_row

    parts: list[RenderableType] = [Text(_summary(told), style="bold"), Text("")]
    nets = [
        (net.net, net.health.upper(), net.since[11:19], "; ".join(net.why)) for net in told.nets
    ]
    styles = {"WORKING": "green", "DEGRADED": "yellow", "BLIND": "bold red"}
    parts += [_table(("net", "state", "since", "why"), nets, styles), Text("")]
    feeds = [
        (feed.feed, feed.phase, str(feed.counts.get("plots", "")), _refused(feed.counts),
         str(sum(feed.waiting.get(name, 0) for name in ("superseded", "dropped"))),
         str(feed.drops), feed.reason or "")
        for feed in told.feeds
    ]  # fmt: skip
    heads = ("feed", "link", "plots", "refused", "left out", "lost", "why")
    parts += [_table(heads, feeds, {"up": "green", "down": "bold red"}), Text("")]
    alerts = [alert_row(each) for each in told.alerts[:ALERTS_SHOWN]]
    severities = {"WARNING": "bold red", "CAUTION": "yellow", "ADVISORY": "cyan"}
    columns = ("alert", "severity", "net", "what", "since", "seen by")
    parts.append(_table(columns, alerts, severities))
    if told.alerts_open > len(alerts):
        parts.append(Text(f"and {told.alerts_open - len(alerts)} more"))
    if tracks is not None:
        rows = [(*track_row(row), lacks_text(row)) for row in tracks.rows]
        names = (
            "track",
            "callsign",
            "latitude",
            "longitude",
            "height m",
            "speed m/s",
            "age s",
            "known to lack",
        )
        parts += [Text(""), _table(names, rows, {})]
        if tracks.total > len(rows):
            parts.append(Text(f"and {tracks.total - len(rows)} more"))
    return Group(*parts)


def _refused(counts: dict[str, Any]) -> str:
    refused = counts.get("refused")
    return str(sum(refused.values())) if isinstance(refused, dict) else ""


def _table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], styles: dict[str, str]
) -> "RenderableType":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell, style=styles.get(cell, "")) for cell in row))
    return table
