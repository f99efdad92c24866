"""Flights as the command line asks for them and prints them."""

from collections.abc import Sequence

from comity.entrypoints.api.messages import (
    CheckReport,
    DeclaredTold,
    IntentsTold,
    IntentTold,
    VerdictTold,
    VersionTold,
)
from comity.entrypoints.cli.render import print_line, print_table


def print_declared(told: Sequence[DeclaredTold]) -> None:
    """What became of each flight, for a person."""
    for each in told:
        if each.outcome == "proposed":
            asked = ", ".join(each.required) or "nobody: no other party is concerned"
            print_line(f"{each.callsign}: proposed as {each.intent}; asked: {asked}")
        elif each.outcome == "possible":
            print_line(
                f"{each.callsign}: possible; would ask {', '.join(each.required) or 'nobody'}"
            )
        else:
            detail = ", ".join(f"{name} {value}" for name, value in each.detail.items())
            print_line(f"{each.callsign}: NOT POSSIBLE: {each.reason} {detail}".rstrip())
        for met in each.met:
            print_line(f"  meets {met.intent} ({met.state}): {_verdict_words(met.verdict)}")
        for flag in each.flags:
            print_line(f"  FLAG {flag}")


def print_intents(told: IntentsTold) -> None:
    """Flights in a table, for a person."""
    rows = [
        (
            each.intent,
            each.callsign or "",
            each.current.state,
            ", ".join(_words_to_act_on(each)),
            each.current.start,
            each.current.end,
            "change under way" if each.change else ", ".join(each.current.why_not),
        )
        for each in told.intents
    ]
    if rows:
        print_table(("intent", "callsign", "state", "label", "start", "end", "why"), rows)
    for each in told.intents:
        for line in _flags(each.current):
            print_line(f"{each.callsign or each.intent}:{line}")
    for announced in told.announcements:
        print_line(
            f"ANNOUNCED {announced.intent} {announced.callsign or ''} {announced.state} "
            f"{announced.start} to {announced.end} {announced.remark}".rstrip()
        )
    print_line(f"{len(told.intents)} of {told.total}")


def _words_to_act_on(told: IntentTold) -> list[str]:
    words = [told.current.label.upper()]
    if told.current.left_open is None or told.current.left_open:
        words.append("FLAGGED")
    return words + (["STOP REQUESTED"] if told.stop_requested else [])


def _flags(version: VersionTold) -> list[str]:
    """What the agreement leaves open; what was not looked at is not passed over either."""
    if version.left_open is None:
        return [" FLAG UNKNOWN whether the agreement covers it: not looked at"]
    return [f" FLAG {words}" for words in version.left_open]


def print_intent(told: IntentTold) -> None:
    """One flight in full, for a person."""
    versions = [("stands", told.current)] + ([("change", told.change)] if told.change else [])
    for word, version in versions:
        print_line(f"{told.intent} {told.callsign or ''} version {version.version} ({word})")
        print_line(f"  {version.state}, {version.label.upper()}")
        for stop in told.stop_requested:
            print_line(f"  STOP REQUESTED by {stop[:12]}; see comity line show {stop[:12]}")
        for why in version.why_not:
            print_line(f"  not deconflicted: {why}")
        print_line(f"  {version.start} to {version.end}, decide by {version.decide_by}")
        print_line(f"  {version.flight_class}, {version.priority}, shown as {version.disclosure}")
        for each in version.answers:
            receipt = {True: "stored there", False: "no receipt", None: ""}[each.receipted]
            print_line(f"  {each.party}: {each.answer} {each.reason or ''} {receipt}".rstrip())
        for line in _flags(version):
            print_line(f" {line}")
        for cause, reason in version.flags.items():
            print_line(f"  FLAG {reason} because of {cause[:12]}")
        print_line(f"  record {version.digest}")


def print_report(report: CheckReport) -> None:
    """The report for a person."""
    for pair in report.found:
        print_line(f"{pair.first} and {pair.second}: {_verdict_words(pair.verdict)}")
    found = f"{report.conflicts} in conflict, {report.undetermined} undetermined"
    print_line(f"{report.flights} flights, {report.pairs} pairs: {found}; minima {report.minima}")


def _verdict_words(verdict: VerdictTold) -> str:
    if verdict.verdict == "conflict":
        place = f"{verdict.latitude_deg:.5f}, {verdict.longitude_deg:.5f}"
        return (
            f"CONFLICT from {verdict.first_time} at {place}; least {verdict.least_horizontal_m:.0f} m "
            f"horizontally, {verdict.least_vertical_m:.0f} m vertically"
        )
    if verdict.verdict == "undetermined":
        return f"UNDETERMINED: {verdict.reason}"
    return "separated"
