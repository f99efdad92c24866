"""Notices as the command line checks them without a node, and prints them."""

import json
from pathlib import Path

from comity.adapters.place_names import place_index
from comity.adapters.system_clock import SystemClock
from comity.domain.agreement import parse_agreement
from comity.domain.notices import ACTIVITY
from comity.entrypoints.api.notice_messages import (
    HereTold,
    NoticeCheckedTold,
    NoticesTold,
    NoticeTold,
)
from comity.entrypoints.api.notice_reading import NOTICE_BYTES_MAX, notice_of_file, read_notice
from comity.entrypoints.api.notice_telling import tell_checked_notice
from comity.entrypoints.cli import hazards
from comity.entrypoints.cli.access import Composition, open_node
from comity.entrypoints.cli.files import TEXT_BYTES_MAX, read_file, read_text
from comity.entrypoints.cli.render import print_line, print_table
from comity.kernel.errors import InputError
from comity.kernel.instants import instant_from_rfc3339


def drafted(activity: str) -> bytes:
    """A notice to fill in; as it stands it is incomplete, and a check says so.

    Raises:
        InputError: the activity is not of its form.
    """
    if ACTIVITY.fullmatch(activity) is None:
        raise InputError("activity", f"{activity[:40]!r} is not {ACTIVITY.pattern}")
    fields = {
        "activity": activity,
        "areas": [],
        "starts": [],
        "ends": [],
        "place": "",
        "description": "",
        "contact": "",
    }
    return (json.dumps(fields, indent=2) + "\n").encode()


def check_file(file: Path, agreement: Path | None, received: str | None) -> NoticeCheckedTold:
    """Check the notice of a file, as if it came at a time.

    Raises:
        InputError: the file, the agreement's text or the time is refused.
    """
    written = read_notice(notice_of_file(read_file(file, NOTICE_BYTES_MAX), str(file)), str(file))
    terms = None
    if agreement is not None:
        terms = parse_agreement(read_text(agreement, TEXT_BYTES_MAX)).terms
    at = SystemClock().now() if received is None else instant_from_rfc3339(received, "received")
    return tell_checked_notice(written.notice, at, terms, place_index(), written.assumed)


def check_with_node(
    composition: Composition, home: Path, operator: str | None, file: Path
) -> NoticeCheckedTold:
    """Check the notice of a file by the terms that a node holds."""
    written = notice_of_file(read_file(file, NOTICE_BYTES_MAX), str(file))
    with open_node(composition, home, operator) as client:
        return client.post("/v1/notices/check", written, NoticeCheckedTold)


def print_checked(told: NoticeCheckedTold, indent: str = "") -> None:
    """What a check found, for a person."""
    lead = "not known" if told.lead_s is None else f"{told.lead_s:.0f} s"
    agreed = "none agreed" if told.agreed_lead_s is None else f"{told.agreed_lead_s:.0f} s agreed"
    print_line(
        f"{indent}{told.activity}: held to be in effect {told.effective_from} to {told.effective_until}"
    )
    print_line(f"{indent}received {told.received_at}, lead {lead}, {agreed}")
    for area in told.areas:
        place = f"{area.latitude_deg:.5f} {area.longitude_deg:.5f} WGS 84, MGRS {area.grid}"
        print_line(f"{indent}area: middle {place}, {area.lower} to {area.upper}")
        for words in area.whereabouts:
            print_line(f"{indent}  {words}")
    if not told.areas:
        print_line(f"{indent}NO AREA STATED: it may be anywhere")
    for found in told.findings:
        print_line(f"{indent}{found.code.upper()} [{found.rule}] {found.field}: {found.words}")
    for assumed in told.assumed:
        print_line(f"{indent}ASSUMED {assumed}")


def print_notice(told: NoticeTold) -> None:
    """One revision in full, for a person."""
    if told.exercise:
        print_line("EXERCISE EXERCISE EXERCISE")
    print_line(f"{told.notice} revision {told.revision} of {told.author}, {told.state.upper()}")
    for stop in told.stop_requested:
        print_line(f"  STOP REQUESTED by {stop[:12]}; see comity line show {stop[:12]}")
    if told.cancelled_because is not None:
        print_line(f"  cancelled: {told.cancelled_because}")
    for name in ("place", "description", "contact"):
        if getattr(told, name):
            print_line(f"  {name}: {getattr(told, name)}")
    for word, times in (("begins", told.starts), ("ends", told.ends)):
        for time in times:
            print_line(f"  {word} {time}")
    print_checked(told.checked, "  ")
    for each in told.recipients:
        receipt = {True: "stored there", False: "no receipt", None: ""}[each.receipted]
        who = ", ".join(f"{person.operator} {person.made_at}" for person in each.acknowledged)
        print_line(f"  {each.party}: {each.word.upper()} {who} {receipt}".rstrip())
    hazards.print_protection(told)
    for rival in told.rivals:
        print_line(f"  STANDS BESIDE {rival}")
    if told.inside is not None:
        hazards.print_inside(told.inside)
    print_line(f"  record {told.record}")


def print_notices(told: NoticesTold) -> None:
    """Notices in a table, for a person."""
    rows = [
        (
            f"EXERCISE {each.notice}" if each.exercise else each.notice,
            str(each.revision),
            each.checked.activity,
            each.state.upper() + (", STOP REQUESTED" if each.stop_requested else ""),
            each.checked.effective_from,
            each.checked.effective_until,
            ", ".join(dict.fromkeys(found.code for found in each.checked.findings)),
            ", ".join(f"{one.party.split('.')[0]} {one.word}" for one in each.recipients),
        )
        for each in told.notices
    ]
    if rows:
        columns = ("notice", "rev", "activity", "state", "from", "until", "findings", "recipients")
        print_table(columns, rows)
    print_line(f"{len(told.notices)} of {told.total}, as of {told.as_of}")


def print_here(told: HereTold) -> None:
    """What has been notified at a place, for a person."""
    print_line(f"{told.whereabouts}, MGRS {told.grid}")
    for assumed in told.assumed:
        print_line(f"ASSUMED {assumed}")
    for each in told.notices:
        print_notice(each)
    for each in told.anywhere:
        print_line("MAY MEAN THIS PLACE: it states no area")
        print_notice(each)
    print_line(told.words)
