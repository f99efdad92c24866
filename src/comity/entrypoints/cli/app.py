"""The whole command line, put together."""

import functools
from typing import Any

import typer

from comity.entrypoints.cli import (
    agreement_commands,
    air_commands,
    alert_commands,
    area_commands,
    border_commands,
    echelon_commands,
    evidence_commands,
    feed_commands,
    group_commands,
    home_commands,
    incident_claims,
    incident_commands,
    incident_keeping,
    intent_commands,
    line_commands,
    log_commands,
    meeting_commands,
    movement_commands,
    nets_commands,
    notice_commands,
    observation_commands,
    operator_commands,
    pack_commands,
    party_commands,
    phrase_commands,
    place_commands,
    reconstruction_commands,
    replay_commands,
    report_commands,
    roster_commands,
    site_commands,
    watch_commands,
)
from comity.entrypoints.cli.exit_codes import MEANINGS
from comity.entrypoints.cli.frame import group

_ABOUT = """One sky, no common command: agree, deconflict and prove, between parties that do not trust each other.

A node keeps everything under one home folder (`--home`, or the environment's COMITY_HOME, or ~/.comity).
Start with `comity init "Your party"`, then `comity node run`, then `comity peer invite`.
"""


@functools.cache
def command_line() -> Any:
    """What `run` calls: made once, which takes longer than most commands; it keeps nothing of a call."""
    return typer.main.get_command(create_app())


@functools.cache
def create_app() -> typer.Typer:
    """Every command, by group; put together once, as the groups that are added to are their modules' own."""
    app = group(_ABOUT)
    app.info.epilog = "Exit codes: " + "; ".join(
        f"{code.value} {meaning}" for code, meaning in MEANINGS.items()
    )
    home_commands.add_to(app)
    replay_commands.add_to(app)
    place_commands.add_to(app)
    watch_commands.add_to(app)
    app.add_typer(home_commands.node, name="node")
    app.add_typer(party_commands.peer, name="peer")
    app.add_typer(agreement_commands.agreement, name="agreement")
    app.add_typer(border_commands.border, name="border")
    app.add_typer(intent_commands.intent, name="intent")
    app.add_typer(group_commands.groups, name="group")
    app.add_typer(meeting_commands.meetings, name="meeting")
    app.add_typer(nets_commands.nets, name="nets")
    app.add_typer(site_commands.site, name="site")
    app.add_typer(movement_commands.movement, name="movement")
    roster_commands.add_to(line_commands.line)
    app.add_typer(line_commands.line, name="line")
    app.add_typer(roster_commands.roster, name="roster")
    app.add_typer(feed_commands.feed, name="feed")
    app.add_typer(area_commands.area, name="area")
    app.add_typer(air_commands.air, name="air")
    app.add_typer(alert_commands.alert, name="alert")
    app.add_typer(log_commands.log, name="log")
    app.add_typer(evidence_commands.evidence, name="evidence")
    incident_keeping.add_to(incident_commands.incident)
    incident_claims.add_to(incident_commands.incident)
    reconstruction_commands.add_to(app, incident_commands.incident)
    app.add_typer(incident_commands.incident, name="incident")
    app.add_typer(report_commands.report, name="report")
    app.add_typer(notice_commands.notice, name="notice")
    app.add_typer(echelon_commands.echelon, name="echelon")
    app.add_typer(observation_commands.observation, name="observation")
    app.add_typer(pack_commands.pack, name="pack")
    app.add_typer(phrase_commands.phrase, name="phrase")
    operator_commands.add_to(party_commands.operator)
    app.add_typer(party_commands.operator, name="operator")
    app.add_typer(party_commands.key, name="key")
    return app
