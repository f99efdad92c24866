"""What people type on the line, and how it is shown to them. Nothing is decided here."""

import base64
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from comity.domain.line.attachments import MEDIA_TYPES
from comity.domain.line.limits import ATTACHMENT_BYTES_MAX
from comity.domain.places import position_of_degrees, read_position
from comity.entrypoints.api.line_messages import (
    AnswersTold,
    ByNumberTold,
    ItemTold,
    LineStatusTold,
    MatterTold,
    ParticularsShown,
)
from comity.entrypoints.cli.files import read_file
from comity.entrypoints.cli.render import EXERCISE_BANNER, print_line, print_table
from comity.kernel.errors import InputError
from comity.kernel.units import metres_from_feet, metres_from_flight_level

HEIGHT = re.compile(r"(-?\d+(?:\.\d+)?)\s*(m|ft)\s+(WGS84|EGM2008|QNE|AGL)", re.IGNORECASE)
FLIGHT_LEVEL = re.compile(r"FL\s?(\d{1,3})", re.IGNORECASE)
NUMBER = re.compile(r"(\d{1,10})\s+(\S.*)")
REFERENCE = re.compile(r"([a-z]+):(?:([^@]*)@)?(.*)")
MEDIA_TYPE_OF = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".json": "application/json",
    ".geojson": "application/geo+json",
}


def particulars_typed(
    position: str | None,
    datum: str | None,
    accuracy_m: float | None,
    height: str | None,
    time: str | None,
    number: str | None,
) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """What can be read back, as the API takes it, and what was taken for granted.

    Raises:
        InputError: names the option and what is wrong.
    """
    assumed: tuple[str, ...] = ()
    found: dict[str, Any] = {}
    if position is not None:
        found["position"], assumed = _position(position, datum, accuracy_m)
    elif datum is not None or accuracy_m is not None:
        raise InputError("position", "a datum or an accuracy without a position")
    if height is not None:
        found["height"] = _height(height)
    if time is not None:
        found["time"] = {"at": time}
    if number is not None:
        match = NUMBER.fullmatch(number.strip())
        if match is None:
            raise InputError(
                "number", f"{number!r} is not a number and what of, as in '2 aircraft'"
            )
        found["number"] = {"value": int(match[1]), "of": match[2]}
    return found or None, assumed


def reference_typed(text: str) -> dict[str, Any]:
    """`kind:digest`, `kind:id@digest`; a track or an alert as `track:id@`.

    Raises:
        InputError: another form.
    """
    match = REFERENCE.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        raise InputError("about", f"{text!r} is not kind:digest or kind:id@digest")
    return {"kind": match[1], "id": match[2] or None, "digest": match[3] or None}


def attachment_typed(path: Path) -> dict[str, Any]:
    """A file as the API takes it; its type by its name, and the node looks at the bytes.

    Raises:
        InputError: it cannot be read, is too large, or its name says no type that is taken.
    """
    media_type = MEDIA_TYPE_OF.get(path.suffix.lower())
    if media_type is None:
        raise InputError("attach", f"{path.name}: not one of {', '.join(sorted(MEDIA_TYPES))}")
    content = read_file(path, ATTACHMENT_BYTES_MAX)
    return {
        "name": path.name,
        "media_type": media_type,
        "content_base64": base64.b64encode(content).decode(),
    }


def phrase_typed(number: int | None, slots: Sequence[str], text: str) -> dict[str, Any]:
    """A phrase as the API takes it; nothing where the message is in words.

    Raises:
        InputError: both or neither, or a slot that is not name=value.
    """
    if number is None:
        if slots:
            raise InputError("slot", "goes with --phrase")
        if not text:
            raise InputError("text", "nothing is said: words, or --phrase with a number")
        return {}
    if text:
        raise InputError("text", "--phrase says it; send other words in a message of their own")
    stated: dict[str, str] = {}
    for slot in slots:
        name, equals, value = slot.partition("=")
        if not equals or name in stated:
            raise InputError("slot", f"{slot[:40]!r} is not name=value, each name once")
        stated[name] = value
    return {"phrase": {"number": number, "slots": stated}}


def print_item(told: ItemTold, languages: Sequence[str] | None = None) -> None:
    """One thing said, for a person: the original first, then how it stands with each party.

    Args:
        told: the thing said.
        languages: codes of those to show a phrase in; every one if None.

    Raises:
        InputError: `language`: the phrasebook has none of that code; nothing is printed.
    """
    _check_languages(told.by_number, languages or ())
    if told.exercise:
        print_line(EXERCISE_BANNER)
    word = {"line.stop": "STOP", "line.denial": "DENIAL"}.get(told.kind, told.precedence.upper())
    sender = f"{told.author}, {told.operator}"
    print_line(f"{word} {told.digest[:12]} from {sender} to {', '.join(told.recipients)}")
    print_line(f"  made {told.made_at}, here {told.received_at}, matter {told.matter}")
    if told.subject is not None:
        print_line(f"  subject: {told.subject}")
    for line in told.text.split("\n"):
        print_line(f"  [{told.language}] {line}")
    if told.by_number is not None:
        _print_phrase(told.by_number, languages)
    for each in told.translations:
        by = f"{each.party}, {each.by.operator}" + (f", {each.engine}" if each.engine else "")
        for line in each.text.split("\n"):
            print_line(f"  [{each.language}, {each.made_by}'s translation, {by}] {line}")
    for line in particulars_lines(told.particulars):
        print_line(f"  {line}")
    for reference in told.references:
        print_line(
            f"  about {reference.kind} {reference.id or ''} {reference.digest or ''}".rstrip()
        )
    for file in told.attachments:
        print_line(
            f"  attached {file.name}, {file.media_type}, {file.size_bytes} bytes, {file.sha256}"
        )
    _print_stop_or_denial(told)
    for answers in told.answers:
        _print_answers(answers)
    for step in told.escalations:
        calls = "" if not step.calls else f" [{'; '.join(step.calls)}]"
        print_line(
            f"  ladder of {step.party}, by {step.by}: step {step.step}, {step.echelon}, "
            f"{step.channel}, {step.made_at}{calls}"
        )


def particulars_lines(shown: ParticularsShown) -> list[str]:
    """Position always with datum, grid and place; height always with datum."""
    lines: list[str] = []
    position = shown.position
    if position is not None:
        accuracy = "" if position.accuracy_m is None else f" ±{position.accuracy_m:g} m"
        lines.append(
            f"position {position.latitude_deg:.7f} {position.longitude_deg:.7f} "
            f"{position.datum}{accuracy}"
        )
        if position.grid is not None:
            lines.append(f"  MGRS {position.grid} · {position.place}")
        if position.note:
            lines.append(f"  {position.note}")
    if shown.height is not None:
        lines.append(f"height {shown.height.height_m:g} m {shown.height.datum}")
    if shown.time is not None:
        time = shown.time
        lines.append(f"time {time.at}, stated as {time.as_stated} ({time.zone})")
    if shown.number is not None:
        lines.append(f"number {shown.number.value} {shown.number.of}")
    return lines


def one_line(text: str) -> str:
    """A text in a row of other things: no line of it may pass for one of the program's own."""
    return " / ".join(text.split("\n"))


def print_matters(matters: list[MatterTold]) -> None:
    """Matters in a table."""
    rows = [
        (
            each.matter,
            each.subject or "(opening record not received)",
            str(each.item_count),
            "closed" if each.closed else f"{each.waiting} not acknowledged",
            each.last_at,
        )
        for each in matters
    ]
    if rows:
        print_table(("matter", "subject", "said", "state", "last"), rows)


def print_status(told: LineStatusTold) -> None:
    """The line as a whole, for a person; legal status is told apart."""
    print_line(f"legal status of the agreement: {told.legal_status}")
    for line in told.lines:
        checks = "no checks agreed" if line.checks is None else f"checked every {line.checks:g} s"
        print_line(
            f"line to {line.party}: {line.state.upper()} {line.why} ({checks})".replace("  ", " ")
        )
        if line.reach not in ("reachable", "untried"):
            since = "" if line.reach_since is None else f" since {line.reach_since}"
            print_line(
                f"  {line.reach.upper()} NOW{since}: {line.reach_reason or 'no reason told'}"
            )
        if line.answered_by is not None:
            newest = f"newest check answered by {line.answered_by}"
        else:
            newest = "newest check NOT ANSWERED yet" if line.checks else "no check answered"
        print_line(
            f"  {newest}; last answered one made {line.last_answered_at or 'never'}; "
            f"heard {line.last_heard_at or 'never'}"
        )
        if line.person_asked_at is not None:
            print_line(f"  A PERSON THERE WAS ASKED at {line.person_asked_at}: NO ANSWER")
        if line.answered_by_person is not None:
            print_line(f"  last person who answered a check: {line.answered_by_person}")
        if line.waits_for_person:
            print_line(f"  A PERSON IS ASKED FOR: comity line check {line.party} --answer")
    for watch in told.watch:
        print_line(
            f"on watch: {watch.party} {watch.echelon}: {watch.officer} since {watch.since} {watch.reach}"
        )
    for item in told.stops:
        print_line(f"STOP REQUESTED {item.digest[:12]} by {item.author}: {one_line(item.text)}")
    for item in told.untaken:
        print_line(
            f"NOT TAKEN {item.precedence.upper()} {item.digest[:12]} from {item.author}: {one_line(item.text)}"
        )
    if told.held_back_count:
        print_line(f"{told.held_back_count} held back here, not sent")


def _check_languages(told: ByNumberTold | None, languages: Sequence[str]) -> None:
    known = [] if told is None else [each.language for each in told.rendered]
    for code in languages:
        if known and code not in known:
            raise InputError("language", f"{code[:40]!r} is none of {', '.join(known)}")


def _print_phrase(told: ByNumberTold, languages: Sequence[str] | None) -> None:
    """A phrase in each side's language, and every doubt about it."""
    print_line(f"  PHRASE {told.number}: {told.meaning or 'not known here'}")
    if not told.same_phrasebook:
        print_line(f"  WRITTEN WITH ANOTHER PHRASEBOOK, {told.phrasebook[:12]}")
    if told.why_not is not None:
        print_line(f"  CANNOT BE SHOWN IN WORDS HERE: {told.why_not}")
    if told.text_agrees is False:
        print_line("  THE TEXT IS NOT THE PHRASE: they are two statements; ask which is meant")
    for each in told.rendered:
        if languages is None or each.language in languages:
            print_line(f"    [{each.language}] {each.display}")
            if each.say is not None:
                print_line(f"      said: {each.say}")
    for number, meaning in told.responses.items():
        print_line(f"    answer {number}: {meaning}")


def _print_answers(answers: AnswersTold) -> None:
    taken = answers.acknowledged
    acknowledged = "acknowledgement unknown"
    if taken is not None:
        acknowledged = f"acknowledged by {taken.operator} {taken.made_at}"
    receipt = {"stored": "stored there", "here": "here", "unknown": "RECEIPT UNKNOWN"}
    concurrence = "concurrence unknown"
    if answers.concurrence is not None:
        given = answers.concurrence
        concurrence = f"{given.answer} by {given.by.operator} {given.remark}".rstrip()
    print_line(
        f"  {answers.party}: {receipt[answers.receipt]}, {acknowledged}, "
        f"read-back {answers.read_back}, {concurrence}"
    )
    for number, each in enumerate(answers.read_backs, start=1):
        which = f"READ-BACK {number} of {len(answers.read_backs)} by {each.by.operator}"
        if each.matched:
            print_line(f"    {which} {each.by.made_at}: match")
        for field in each.fields:
            if field.outcome != "match":
                print_line(f"    {which}: {field.outcome.upper()} {field.name}: {field.why}")


def _print_stop_or_denial(told: ItemTold) -> None:
    if told.stop is not None:
        until = f" until {told.stop.until}" if told.stop.until else ""
        radius = "" if told.stop.radius_m is None else f" within {told.stop.radius_m:g} m"
        print_line(f"  STOP {told.stop.state.upper()}{radius}{until}")
        if told.stop.released is not None:
            print_line(f"  released by {told.stop.released.operator}: {told.stop.release_reason}")
        for intent in told.stop.intents:
            print_line(f"  STOP REQUESTED for {intent}")
        for notice in told.stop.notices or ():
            print_line(f"  STOP REQUESTED for notice {notice}")
    if told.denial is not None:
        denial = told.denial
        print_line(f"  {denial.words}")
        print_line(f"  scope: {denial.scope}; {denial.begins} to {denial.ends}")


def _position(
    text: str, datum: str | None, accuracy_m: float | None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    words = text.replace(",", " ").split()
    if len(words) == 2 and not any(each in text.upper() for each in "NSEW"):
        stated = position_of_degrees(*words)
    else:
        stated = read_position(text)
    assumed = () if datum is not None else stated.assumed
    return {
        "latitude_deg": stated.latitude_deg,
        "longitude_deg": stated.longitude_deg,
        "datum": datum or "WGS84",
        "accuracy_m": accuracy_m,
    }, assumed


def _height(text: str) -> dict[str, Any]:
    level = FLIGHT_LEVEL.fullmatch(text.strip())
    if level is not None:
        return {"height_m": metres_from_flight_level(float(level[1])), "datum": "QNE"}
    match = HEIGHT.fullmatch(text.strip())
    if match is None:
        why = f"{text!r} is not a height with unit and datum, as in '5000 ft EGM2008' or 'FL150'"
        raise InputError("height", why)
    value = float(match[1])
    height_m = value if match[2].lower() == "m" else metres_from_feet(value)
    return {"height_m": height_m, "datum": match[3].upper()}
