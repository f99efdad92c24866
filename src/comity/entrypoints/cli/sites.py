"""Protected sites as the command line asks for them and prints them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from comity.entrypoints.api.site_messages import (
    CopyTold,
    EnteredTold,
    ErasureTold,
    MovementTold,
    PackHoldingTold,
    SeenTold,
    SiteAnswerTold,
    SitesTold,
    SiteTold,
    TakenBackTold,
)
from comity.entrypoints.cli.access import Composition, open_node
from comity.entrypoints.cli.render import print_json, print_line, print_table


def stated_name(text: str) -> dict[str, str]:
    """A name typed as `text` or `text@Script/language`."""
    name, at, rest = text.rpartition("@")
    if not at:
        return {"text": text, "script": "Zyyy", "language": "und"}
    script, _, language = rest.partition("/")
    return {"text": name, "script": script, "language": language or "und"}


def enter(
    composition: Composition,
    home: Path,
    operator: str | None,
    rows: Sequence[dict[str, Any]],
    *,
    exercise: bool,
    as_json: bool,
) -> None:
    """Enter sites and print their ids."""
    with open_node(composition, home, operator) as client:
        told = client.post("/v1/sites", {"sites": rows}, EnteredTold, exercise=exercise)
    if as_json:
        print_json(told)
        return
    for each in told.sites:
        print_line(
            f"{each} self-reported; it takes a second person with a second origin to verify it"
        )


def print_sites(told: SitesTold) -> None:
    """Sites in a table, for a person."""
    rows = [
        (
            each.site,
            each.kind,
            each.state.upper()
            if each.state in ("disputed", "expired", "withdrawn")
            else each.state,
            each.names[0].text if each.names else "",
            _where(each),
            each.renew_by[:10],
        )
        for each in told.sites
    ]
    if rows:
        print_table(("site", "kind", "state", "name", "where", "renew by"), rows)
    print_line(f"{len(told.sites)} of {told.total}")
    print_line(told.always)


def print_site(told: SiteTold) -> None:
    """One site in full, for a person."""
    print_line(f"{told.site} {told.kind}, {told.state}, version {told.version}")
    for name in told.names:
        print_line(f"  {name.text} ({name.script}, {name.language})")
    print_line(f"  {_where(told)}")
    for label, value in (
        ("owner", told.owner), ("origin", told.origin), ("contact", told.contact),
        ("since", told.since), ("by", told.by), ("received", told.received_at),
    ):  # fmt: skip
        if value is not None:
            print_line(f"  {label}: {value}")
    print_line(f"  renew by {told.renew_by}")
    for check in told.checks:
        who = f"{check.operator} of {check.party}"
        print_line(f"  {check.finding} at {check.at} by {who}, from {check.origin}: {check.words}")


def print_answer(told: SiteAnswerTold) -> None:
    """What can be said of a place, for a person."""
    print_line(told.words[0].upper() + told.words[1:] + ".")
    for each in told.touched:
        name = each.names[0].text if each.names else ""
        fine = "as entered" if each.precision_m == 0.0 else f"known to {each.precision_m:.0f} m"
        print_line(
            f"  {each.distance_m:.0f} m: {each.kind} {name} ({each.state}, {fine}) {each.site}".replace(
                "  (", " ("
            )
        )
    for move in told.movements:
        how = "as notified" if move.state == "as-notified" else f"DEVIATING: {move.state}"
        times = f"{move.begins} to {move.ends}"
        print_line(f"  {move.distance_m:.0f} m: {move.kind} ({how}, {times}) {move.movement}")
    if told.count > len(told.touched):
        print_line(f"  and {told.count - len(told.touched)} more")
    if told.record is not None:
        print_line(f"On record as {told.record[:12]}; each other owner of what it touches is told.")
    print_line(told.always)


def print_movements(told: Sequence[MovementTold]) -> None:
    """Movements, and how each travels, for a person."""
    for each in told:
        plain = each.state in ("as-notified", "ended", "withdrawn")
        state = each.state if plain else f"DEVIATING: {each.state}"
        times = f", {each.begins} to {each.ends}" if each.begins else ""
        print_line(f"{each.movement} {each.kind} version {each.version}: {state}{times}")
        if each.since is not None:
            off = f"by at least {each.at_least_m} m, {each.at_least_s} s"
            print_line(f"  since {each.since}, {off}")
        for line in (*each.vehicles, *each.escorts):
            print_line(f"  {line}")
        if each.begins and not each.escorts:
            print_line("  no guards travel along, as declared")
        if each.contact:
            print_line(f"  contact: {each.contact}")
    print_line(f"{len(told)} movement(s)")


def print_taken_back(told: TakenBackTold) -> None:
    """A consent taken back, and who may still hold copies."""
    print_line(f"site.consent-withdrawal {told.digest}")
    print_holders(told.copies, told.packs)


def print_holders(copies: Sequence[CopyTold], packs: Sequence[PackHoldingTold]) -> None:
    """Who may still hold copies, and what each was asked and says."""
    for copy in copies:
        fine = "as entered" if copy.finest_m == 0.0 else f"to {copy.finest_m:.0f} m"
        back = (
            "being taken back"
            if copy.withdrawal is None
            else f"taken back by {copy.withdrawal[:12]}"
        )
        back += ", not known to be stored there" if copy.withdrawal_stored is False else ""
        print_line(f"  {copy.viewer} was given {copy.site} {fine}, last at {copy.last_at}: {back}")
        if copy.erasure is not None:
            print_line(f"    {_erasure_words(copy.erasure)}")
        if copy.removed_at is not None:
            print_line(f"    A PEER NO MORE since {copy.removed_at}: what it holds is not known")
        if copy.told_since:
            print_line("    TOLD AGAIN since: a copy stands there")
    if not copies:
        print_line("  nobody was given copies")
    for pack in packs:
        fine = "as entered" if pack.finest_m == 0.0 else f"to {pack.finest_m:.0f} m"
        until = f"EXPIRED {pack.expires_at}" if pack.expired else f"expires {pack.expires_at}"
        print_line(
            f"  STILL IN PACK {pack.pack} of {pack.holder}, made by {pack.by} of {pack.maker}:"
            f" {pack.count} site(s) {fine}, {until}{''.join(f', also as {each}' for each in pack.forms)}"
        )


def print_erasures(told: Sequence[ErasureTold]) -> None:
    """Requests to erase copies, and what came of each."""
    for each in told:
        print_line(
            f"{each.request} of {each.owner} to {each.holder}, {each.asked_at}: {each.words}"
        )
        print_line(
            f"  {len(each.sites)} site(s) in {each.notices} notice(s): {', '.join(each.sites)}"
        )
        print_line(f"  {_erasure_words(each)}")
    print_line(f"{len(told)} request(s)")


def _erasure_words(told: ErasureTold) -> str:
    if told.state == "not-answered":
        late = f", OVERDUE since {told.due_by}" if told.overdue else f", due by {told.due_by}"
        there = "; not known to be stored there" if told.stored is False else ""
        if told.removed_at is not None:
            late, there = f"; A PEER NO MORE since {told.removed_at}", ""
        return f"asked at {told.asked_at} to erase it: NOT ANSWERED, not known{late}{there}"
    who = f"{told.by} of {told.holder}, {told.since}"
    if told.state == "refused":
        return f"REFUSED to erase it ({who}): {told.answer_words}"
    return f"erased by its own word ({who}): {told.answer_words}"


def print_exposures(told: Sequence[SeenTold]) -> None:
    """The exposure log of one site."""
    for each in told:
        fine = "as entered" if each.precision_m == 0.0 else f"to {each.precision_m:.0f} m"
        print_line(f"{each.at} {each.viewer} {fine}, by {each.way}")
    print_line(f"{len(told)} exposure(s)")


def _where(told: SiteTold) -> str:
    place = told.place
    if place is None:
        return "not told any more"
    if len(place.latitude_deg) > 1:
        return f"{place.kind} of {len(place.latitude_deg)} vertices"
    at = f"{place.latitude_deg[0]:.5f}, {place.longitude_deg[0]:.5f}"
    if place.precision_m:
        return f"somewhere within {place.radius_m:.0f} m of {at}"
    return f"{at} ± {place.error_m:.0f} m"
