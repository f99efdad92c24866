# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity replay`: a recording through tracks and safety nets, with no node."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from comity.entrypoints.cli.area_watch import AreaWatch, area_words, border_line
from comity.entrypoints.cli.frame import JsonOption, composition, ended_properly

if TYPE_CHECKING:
    from comity.application.watch_air import AirWatch, Cycle
    from comity.domain.alerts import Alert, NetRule

FileArgument = Annotated[
    Path,
    typer.Argument(
        help="readsb, OpenSky, SBS-1, Beast, Mode S, ASTERIX, CoT, CSV, JSON, GPX or KML; gzipped too."
    ),
]
SpeedOption = Annotated[
    float,
    typer.Option(
        "--speed", min=0.0, max=1000.0, help="Times as fast as it was; 0: as fast as it goes."
    ),
]
CycleOption = Annotated[
    float, typer.Option("--cycle", min=0.1, max=60.0, help="Seconds of the recording a cycle.")
]
HorizontalOption = Annotated[
    float, typer.Option("--horizontal-m", min=1.0, max=100_000.0, help="Separation, metres.")
]
VerticalOption = Annotated[
    float, typer.Option("--vertical-m", min=1.0, max=10_000.0, help="Separation, metres.")
]
BeginsOption = Annotated[
    str | None,
    typer.Option("--begins", help="When a recording without dates begins, RFC 3339 with zone."),
]

AreasOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--areas",
        exists=True,
        dir_okay=False,
        help="Areas to watch: GeoJSON or OpenAir. May be given again.",
    ),
]
BordersOption = Annotated[
    bool,
    typer.Option(
        "--borders", help="Watch the packaged borders: over which country, crossings ahead."
    ),
]
GuardOption = Annotated[
    list[str] | None,
    typer.Option(
        "--guard",
        metavar="NAME",
        help="A country or FIR whose border is watched as a prohibited area.",
    ),
]

HORIZONTAL_M = 9_260.0  # 5 NM, ICAO Doc 4444 §8.7.3.1
VERTICAL_M = 304.8  # 1000 ft, ICAO Doc 4444 §5.3.2, RVSM


def add_to(app: typer.Typer) -> None:
    """Put the command into the whole."""
    app.command("replay")(replay)


@ended_properly
def replay(
    context: typer.Context,
    file: FileArgument,
    speed: SpeedOption = 0.0,
    cycle: CycleOption = 1.0,
    horizontal_m: HorizontalOption = HORIZONTAL_M,
    vertical_m: VerticalOption = VERTICAL_M,
    begins: BeginsOption = None,
    areas: AreasOption = None,
    borders: BordersOption = False,
    guard: GuardOption = None,
    as_json: JsonOption = False,
) -> None:
    """Play a recording through tracks and safety nets, and tell every alert with the time at which it came.

    Example: `comity replay yesterday.json.gz --cycle 4`

    Needs no node and changes none. An alert says what the data show; its absence says nothing of what they lack.
    """
    import time

    from comity.application.evaluate_net import rule_for
    from comity.application.replay_air import in_order
    from comity.application.replay_air import replay as cycles
    from comity.entrypoints.cli.render import print_json, print_line

    began_s = time.perf_counter()
    recording = composition(context).recording(file, begins)
    plots = in_order(recording.plots())
    if not as_json:
        print_line(
            f"{recording.format_name}: {len(plots)} plots from {plots[0].at} to {plots[-1].at}"
        )
    area_watch = None
    if areas or borders or guard:
        area_watch = AreaWatch(
            composition(context).area_sets(areas or [], borders=borders), guard or []
        )
    watch = _watch_of(horizontal_m, vertical_m, area_watch, rule_for(plots))
    over: list[dict[str, Any]] = []
    told: list[dict[str, Any]] = []
    started_s, first_ms = time.perf_counter(), plots[0].at.unix_ms
    tracks_most = 0
    last = None
    for each in cycles(plots, watch, cycle):
        last, tracks_most = each, max(tracks_most, len(each.snapshot))
        if speed > 0.0:
            due_s = started_s + (each.at.unix_ms - first_ms) / 1000.0 / speed
            time.sleep(max(due_s - time.perf_counter(), 0.0))
        changes = list(area_watch.border_changes(watch)) if area_watch else []
        over += changes
        told += [_as_fields(each, alert) for alert in each.changed]
        if not as_json:
            for line in (
                *(border_line(change) for change in changes),
                *(_as_line(each, alert) for alert in each.changed),
            ):
                print_line(line)
    summary = {
        "format": recording.format_name,
        "plots": len(plots),
        "from": str(plots[0].at),
        "to": str(plots[-1].at),
        "tracks_most": tracks_most,
        "alerts": dict(sorted(watch.counts.items())),
        "nets": {} if last is None else _nets(last),
        "feed": recording.counts(),
        "took_s": round(time.perf_counter() - began_s, 3),
    }
    if area_watch is not None:
        summary["areas"] = area_watch.as_fields()
    if as_json:
        print_json({"summary": summary, "changes": told, "borders": over})
        return
    for line in (*(area_watch.as_lines() if area_watch else ()), *_totals(summary)):
        print_line(line)


def _nets(cycle: "Cycle") -> dict[str, Any]:
    return {
        str(kind): {"health": str(state.health), "why": list(state.why)}
        for kind, state in cycle.nets.items()
    }


def _totals(summary: dict[str, Any]) -> list[str]:
    lines = [f"at most {summary['tracks_most']} tracks at once; {summary['took_s']} s"]
    lines += [f"  {name}: {count}" for name, count in summary["alerts"].items()]
    for name in ("refused", "remarks"):
        lines += [f"  {name}: {reason} {n}" for reason, n in summary["feed"][name].items()]
    for name, state in summary["nets"].items():
        if state["health"] != "working":
            lines.append(f"  net {name} ended {state['health']}: {'; '.join(state['why'])}")
    return lines


def _watch_of(
    horizontal_m: float, vertical_m: float, area_watch: "AreaWatch | None", net_rule: "NetRule"
) -> "AirWatch":
    import time

    import numpy as np

    from comity.application.integrity_net import IntegrityNet
    from comity.application.pair_net import PairNet
    from comity.application.watch_air import AirWatch, Net
    from comity.domain.alerts import LevelMinima, PairRule
    from comity.domain.tracks import FeedId
    from comity.domain.tracks.integrity import IntegrityMonitor
    from comity.domain.tracks.table import Feed, TrackTable
    from comity.kernel.ids import PartyId

    minima = LevelMinima(np.array([[horizontal_m]]), np.array([[vertical_m]]))
    table = TrackTable([Feed(FeedId("recording"), PartyId("recording.aaaaaaaa"))])
    nets: tuple[Net, ...] = (
        PairNet(PairRule(minima=minima)),
        IntegrityNet(table, IntegrityMonitor()),
    )
    if area_watch is not None:
        nets += (area_watch.net,)
    return AirWatch(table, nets, time.perf_counter, "replay", net_rule)


def _as_fields(cycle: "Cycle", alert: "Alert") -> dict[str, Any]:
    from comity.domain.alerts import alert_body

    return {"at": str(cycle.at), "phase": str(alert.phase), **alert_body(alert)}


def _as_line(cycle: "Cycle", alert: "Alert") -> str:
    from comity.domain.alerts import AlertKind

    names = " and ".join(subject.rpartition("/")[2] for subject in alert.finding.situation.subjects)
    kind = str(alert.finding.situation.kind)
    if alert.cleared_at is not None:
        return f"{cycle.at}  cleared  {kind}  {names}"
    basis = alert.finding.basis
    if "area_name" in basis:
        return f"{cycle.at}  {alert.finding.severity.name.lower():8} {area_words(alert, names)}"
    if alert.finding.situation.kind is AlertKind.INTEGRITY:
        severity = alert.finding.severity.name.lower()
        return f"{cycle.at}  {severity:8} {kind}  {names}: {basis['reason']}"
    words = [f"{cycle.at}  {alert.finding.severity.name.lower():8} {kind}  {names}:"]
    words.append(_in_words("lost in", basis.get("time_to_loss_ms"), 1000, "s"))
    words.append(_in_words("closest", basis.get("distance_cpa_mm"), 1000, "m"))
    words.append(_in_words("±", basis.get("distance_cpa_error_mm"), 1000, "m"))
    words.append(_in_words("now apart vertically", basis.get("vertical_now_mm"), 1000, "m"))
    return " ".join(words)


def _in_words(name: str, value: Any, scale: int, unit: str) -> str:
    return f"{name} unknown;" if value is None else f"{name} {value / scale:.0f} {unit};"
