"""What notices touch, and who has what was told for protection, printed for a person."""

from collections.abc import Iterable

from comity.entrypoints.api.hazard_messages import (
    EchelonsTold,
    NoticeTouchesTold,
    PreviewsTold,
    ToldForProtectionTold,
    TouchedByNoticeTold,
    TouchesReceivedTold,
    TouchReceivedTold,
)
from comity.entrypoints.api.notice_messages import InsideTold, NoticePreviewTold, NoticeTold
from comity.entrypoints.cli.render import print_line, print_table


def print_preview(told: NoticePreviewTold) -> None:
    """What a notice would touch; nothing of it was sent."""
    if told.exercise:
        print_line("EXERCISE EXERCISE EXERCISE")
    print_line(
        "PREVIEW: nothing is sent; that it was asked is on record and told to owners touched"
    )
    print_touches(told.touches)
    assumed = ", assumed: no agreement in force states one" if told.buffers_assumed else ""
    print_line(f"  buffer around {told.checked.activity}: up to {told.buffer_m:.0f} m{assumed}")
    for border in told.borders:
        error = "not stated" if border.error_m is None else f"{border.error_m:.0f} m"
        print_line(f"  BORDER {border.words} ({border.data_set}, its line may err by {error})")
    print_inside(told.inside)
    for found in told.checked.findings:
        print_line(f"  {found.code.upper()} [{found.rule}] {found.field}: {found.words}")
    for words in told.checked.assumed:
        print_line(f"  ASSUMED {words}")
    print_line(f"  record {told.record}")


def print_touches(told: NoticeTouchesTold, indent: str = "  ") -> None:
    """One of three answers, and what is touched."""
    print_line(f"{indent}{told.words.upper() if told.answer == 'touches' else told.words}")
    for each in told.touched:
        _print_touch(each, indent)
    if told.count > len(told.touched):
        print_line(f"{indent}  and {told.count - len(told.touched)} more, farther away")
    print_line(f"{indent}{told.always}")


def print_protection(told: NoticeTold) -> None:
    """What of protection is told with a notice."""
    if told.touches is not None:
        print_touches(told.touches)
    for owner in told.owners_told:
        said = "NOT TOLD: no peer of this node, or not yet" if owner.told is None else "told"
        print_line(f"  owner {owner.owner}: {said}")
    for each in told.ours_touched or ():
        print_line("  TOUCHES OURS, by our own register:")
        _print_touch(each, "  ")
    if told.touch_received is not None:
        _print_touch_received(told.touch_received, "  ")
    for made in told.objections:
        about = f" about {', '.join(made.ids)}" if made.ids else ""
        print_line(
            f"  OBJECTION of {made.party} ({made.operator}, {made.made_at}){about}: {made.words}"
        )
    for each_told in told.echelons:
        _print_echelons(each_told, "  ")


def print_received(told: TouchesReceivedTold) -> None:
    """What other parties' notices touch of ours."""
    for each in told.touches:
        _print_touch_received(each, "")
    print_line(f"{len(told.touches)} told by other parties, as of {told.as_of}")


def print_previews(told: PreviewsTold) -> None:
    """Who asked how much, and sweeps."""
    for sweep in told.sweeps:
        who = sweep.operator or "operators together"
        what = f"{sweep.questions} questions about {sweep.cells} cells of some 39 km"
        if sweep.rule == "reading-out":
            what = f"{sweep.questions} lists of the register"
        print_line(
            f"SWEEP by {who} of {sweep.party}, {sweep.rule}: {what}, {sweep.since} to {sweep.until}"
        )
        if sweep.ids:
            print_line(f"  touched or shown meanwhile: {', '.join(sweep.ids)}")
    rows = [
        (
            each.at,
            each.operator,
            each.way,
            str(each.cells),
            str(each.rows),
            str(each.touched),
        )
        for each in told.previews
    ]
    if rows:
        print_table(("at", "operator", "what", "cells", "rows", "touched"), rows)
    print_line(f"{len(told.previews)} of {told.total} in four weeks, as of {told.as_of}")


def print_echelons(told: EchelonsTold) -> None:
    """Which echelons have what was told."""
    for each in told.told:
        _print_echelons(each, "")
    print_line(f"{len(told.told)} of {told.total}, as of {told.as_of}")


def print_inside(inside: InsideTold) -> None:
    """Flights and live tracks where something is notified."""
    if inside.no_area:
        print_line("  what flies there: UNKNOWN, no area is stated")
        return
    for word, flights in (("NOW", inside.now), ("WHILE IN EFFECT", inside.in_effect)):
        for each in flights:
            whose = "own flight" if each.own else f"flight of {each.owner}"
            when = each.first_time or f"undetermined: {each.undetermined}"
            print_line(f"  INSIDE {word}: {whose} {each.intent}, {when}")
        if not flights:
            print_line(f"  inside {word.lower()}: no flight held here")
    if inside.tracks is None:
        print_line("  live tracks: UNKNOWN, this node has no picture of the air")
        return
    for track in inside.tracks:
        height = "" if track.height_known else ", height not known"
        stale = ", stale" if track.stale else ""
        place = f"{track.latitude_deg:.5f} {track.longitude_deg:.5f} WGS 84, MGRS {track.grid}"
        print_line(
            f"  INSIDE NOW: track {track.track_id} {track.address or ''} {place}{height}{stale}"
        )
        print_line(f"    {track.whereabouts}")
    count = f"more than {len(inside.tracks)}" if inside.more_tracks else str(len(inside.tracks))
    print_line(f"  {count} live tracks inside as of {inside.tracks_at}")


def _print_touch(each: TouchedByNoticeTold, indent: str) -> None:
    away = (
        "in the area or touching it" if each.how == "within" else f"{each.distance_m:.0f} m from it"
    )
    known = "as entered" if not each.precision_m else f"known to within {each.precision_m:.0f} m"
    names = f" «{' / '.join(each.names)}»" if each.names else ""
    print_line(
        f"{indent}  {each.what} {each.id}{names}: {each.kind}, {each.state}, {away}"
        f" (within {each.buffer_m:.0f} m counts), {known}"
    )


def _print_touch_received(each: TouchReceivedTold, indent: str) -> None:
    print_line(
        f"{indent}{each.author} told: {each.notice} ({each.activity}, {each.standing}, {each.begins} to"
        f" {each.ends}) touches {each.count} of ours"
    )
    for row in each.touched:
        known = "as entered" if not row.precision_m else f"to within {row.precision_m:.0f} m"
        print_line(
            f"{indent}  {row.id} version {row.version}: {row.how}, {row.distance_m:.0f} m, known there {known}"
        )


def _print_echelons(told: ToldForProtectionTold, indent: str) -> None:
    ids = ", ".join(told.ids[:3]) + (f" and {len(told.ids) - 3} more" if len(told.ids) > 3 else "")
    print_line(
        f"{indent}{told.what} {ids} told to {told.party} {told.told_at}, record {told.record[:12]}"
    )
    for each in told.echelons:
        who = (
            f" {each.holder} since {each.had_at}, put down by {each.operator}"
            if each.holder
            else ""
        )
        due = f", due {each.due_at}" if each.due_at and not each.holder else ""
        assumed = ", not named in an agreement" if each.assumed else ""
        print_line(f"{indent}  {each.state.upper()} {each.level} «{each.name}»{who}{due}{assumed}")
    _print_steps(told, indent)


def _print_steps(told: ToldForProtectionTold, indent: str) -> None:
    steps: Iterable[str] = (
        f"step {each.step}, {each.echelon}, by {each.by} {each.made_at}" for each in told.escalated
    )
    for words in steps:
        print_line(f"{indent}  ladder of {told.party}: {words}")
