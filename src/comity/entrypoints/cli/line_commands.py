# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity line`: what is said on the line, and what is answered."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from comity.entrypoints.cli.frame import (
    HOME_DEFAULT,
    ExerciseOption,
    HomeOption,
    JsonOption,
    OperatorOption,
    composition,
    ended_properly,
    group,
)

if TYPE_CHECKING:
    from comity.entrypoints.cli.access import NodeClient

line = group("The line to the other parties: messages, answers, stops, denials, checks.")

TextArgument = Annotated[
    str, typer.Argument(help="What to say; - reads it from standard input. Not with --phrase.")
]
PhraseOption = Annotated[
    int | None, typer.Option("--phrase", help="A phrase by number, in place of words.")
]
SlotOption = Annotated[
    list[str] | None, typer.Option("--slot", help="Of the phrase, name=value; repeatable.")
]
ItemArgument = Annotated[str, typer.Argument(help="Digest of what was said, or 8 digits of it.")]
ToOption = Annotated[
    list[str] | None, typer.Option("--to", help="A peer, by id or the word before the dot.")
]
MatterOption = Annotated[str | None, typer.Option("--matter", help="An open matter.")]
SubjectOption = Annotated[str | None, typer.Option("--subject", help="Opens a new matter.")]
LanguageOption = Annotated[str, typer.Option("--language", help="Of the text (BCP 47).")]
PositionOption = Annotated[
    str | None, typer.Option("--position", help="'N 59 54.0 E 024 30.0', degrees, or MGRS.")
]
DatumOption = Annotated[
    str | None,
    typer.Option("--datum", help="WGS84, PZ90, SK42, ED50 or UNKNOWN; WGS84 is assumed, and said."),
]
AccuracyOption = Annotated[float | None, typer.Option("--accuracy-m", help="Of the position.")]
HeightOption = Annotated[
    str | None, typer.Option("--height", help="With its datum: '5000 ft EGM2008', 'FL150'.")
]
TimeOption = Annotated[str | None, typer.Option("--time", help="RFC 3339, with its zone.")]
NumberOption = Annotated[str | None, typer.Option("--number", help="'2 aircraft'.")]
AboutOption = Annotated[
    list[str] | None, typer.Option("--about", help="kind:digest or kind:id@digest; repeatable.")
]
AttachOption = Annotated[list[Path] | None, typer.Option("--attach", help="A file; repeatable.")]
RadiusOption = Annotated[float | None, typer.Option("--radius-m", help="Round the position.")]
RemarkOption = Annotated[str, typer.Option("--remark", help="Words that go with it.")]
TEXT_BYTES_MAX = 64 << 10


@line.command("send")
@ended_properly
def send(
    context: typer.Context,
    text: TextArgument = "",
    to: ToOption = None,
    matter: MatterOption = None,
    subject: SubjectOption = None,
    phrase: PhraseOption = None,
    slot: SlotOption = None,
    precedence: Annotated[
        str, typer.Option("--precedence", "-p", help="flash, immediate, priority or routine.")
    ] = "routine",
    language: LanguageOption = "en",
    position: PositionOption = None,
    datum: DatumOption = None,
    accuracy_m: AccuracyOption = None,
    height: HeightOption = None,
    time: TimeOption = None,
    number: NumberOption = None,
    about: AboutOption = None,
    attach: AttachOption = None,
    close: Annotated[bool, typer.Option("--close", help="Take the matter for closed.")] = False,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a message. Sent does not mean received, and received does not mean that a person has it.

    Example: `comity line send "Two without radio" --to borealis --subject "No contact" -p flash --number "2 aircraft"`
    Example: `comity line send --phrase 401 --slot name=RELIEF12 --slot number=90 --to borealis --subject Heading`
    """
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.line_words import phrase_typed

    with open_node(composition(context), home, operator, running_only=True) as client:
        body = _body(client, text, to, matter, subject, language, about, attach)
        assumed = _add_particulars(body, position, datum, accuracy_m, height, time, number)
        body |= {"precedence": precedence.lower(), "closes": close}
        body |= phrase_typed(phrase, slot or (), text)
        _say(client, "/v1/line/messages", body, assumed, exercise=exercise, as_json=as_json)


@line.command("stop")
@ended_properly
def stop(
    context: typer.Context,
    text: TextArgument = "",
    to: ToOption = None,
    matter: MatterOption = None,
    subject: SubjectOption = None,
    phrase: PhraseOption = None,
    slot: SlotOption = None,
    language: LanguageOption = "en",
    position: PositionOption = None,
    datum: DatumOption = None,
    radius_m: RadiusOption = None,
    until: Annotated[
        str | None, typer.Option("--until", help="RFC 3339; else until released.")
    ] = None,
    about: AboutOption = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask to stop, now. It takes effect there on receipt and waits for no person; nobody is commanded.

    Example: `comity line stop "Our people are there" --to borealis --subject S --position "59.9 24.5" --radius-m 5000`
    """
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.line_words import phrase_typed

    with open_node(composition(context), home, operator, running_only=True) as client:
        body = _body(client, text, to, matter, subject, language, about, None)
        assumed = _add_particulars(body, position, datum, None, None, None, None)
        body |= {"radius_m": radius_m, "until": until}
        body |= phrase_typed(phrase, slot or (), text)
        _say(client, "/v1/line/stops", body, assumed, exercise=exercise, as_json=as_json)


@line.command("deny")
@ended_properly
def deny(
    context: typer.Context,
    answer: Annotated[
        str, typer.Option("--answer", help="none: none of ours; unknown: we do not know.")
    ],
    scope: Annotated[str, typer.Option("--scope", help="What the statement covers, in words.")],
    begins: Annotated[str, typer.Option("--from", help="RFC 3339.")],
    ends: Annotated[str, typer.Option("--until", help="RFC 3339.")],
    text: TextArgument = "",
    to: ToOption = None,
    matter: MatterOption = None,
    subject: SubjectOption = None,
    phrase: PhraseOption = None,
    slot: SlotOption = None,
    language: LanguageOption = "en",
    position: PositionOption = None,
    datum: DatumOption = None,
    radius_m: RadiusOption = None,
    precedence: Annotated[
        str, typer.Option("--precedence", "-p", help="flash, immediate, priority or routine.")
    ] = "immediate",
    about: AboutOption = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """State that there is none of ours, or that we do not know, within a scope and a time.

    Example: `comity line deny "None" --answer none --scope "aircraft, east bank" --from T1 --until T2 --matter M`
    """
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.line_words import phrase_typed

    with open_node(composition(context), home, operator, running_only=True) as client:
        body = _body(client, text, to, matter, subject, language, about, None)
        assumed = _add_particulars(body, position, datum, None, None, None, None)
        body |= {
            "answer": answer,
            "scope": scope,
            "begins": begins,
            "ends": ends,
            "radius_m": radius_m,
            "precedence": precedence.lower(),
        }
        body |= phrase_typed(phrase, slot or (), text)
        _say(client, "/v1/line/denials", body, assumed, exercise=exercise, as_json=as_json)


@line.command("list")
@ended_properly
def list_(
    context: typer.Context,
    closed: Annotated[bool, typer.Option("--closed", help="Closed matters too.")] = False,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List matters, the newest first, and what is held back here.

    Example: `comity line list`
    """
    from comity.entrypoints.api.line_messages import LineListTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.line_words import print_matters
    from comity.entrypoints.cli.render import print_banner, print_json, print_line

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/line", LineListTold, exercise=exercise, closed=closed)
    if as_json:
        print_json(told)
        return
    print_banner(exercise=told.exercise)
    print_matters(told.matters)
    for each in told.held_back:
        words = f"HELD BACK, not sent: {each.precedence} {each.digest[:12]} {each.text[:80]!r}"
        print_line(words)
    for word, digests in (("NOT TAKEN", told.untaken), ("STOP REQUESTED", told.stops)):
        for digest in digests:
            print_line(f"{word} {digest[:12]}")
    print_line(f"{len(told.matters)} matters, {told.held_back_count} held back")


@line.command("show")
@ended_properly
def show(
    context: typer.Context,
    what: Annotated[str, typer.Argument(help="A matter, or the digest of what was said.")],
    language: Annotated[
        list[str] | None,
        typer.Option("--language", help="Of phrases; repeatable; all if left out."),
    ] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a matter or one thing said: text, translations, and every answer. No answer is unknown.

    Example: `comity line show aurelia.q3mbt5aa/00c0ffee00c0ffee`
    """
    from comity.entrypoints.api.line_messages import ItemTold, MatterShown
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.digests import digits
    from comity.entrypoints.cli.line_words import print_item, print_matters
    from comity.entrypoints.cli.render import print_json, print_line, print_told
    from comity.kernel.ids import matter_id

    with open_node(composition(context), home, operator) as client:
        if "/" in what:
            path = f"/v1/line/matters/{matter_id(what)}"
            shown = client.get(path, MatterShown, exercise=exercise)
            if as_json:
                print_json(shown)
                return
            print_matters([shown.matter])
            for each in shown.items:
                print_item(each, language)
            for held in shown.held_back:
                print_line(f"HELD BACK, not sent: {held.precedence} {held.text!r}")
            return
        item = client.get(f"/v1/line/items/{digits(what, 'item')}", ItemTold, exercise=exercise)
    print_told(item, lambda item: print_item(item, language), as_json=as_json)


@line.command("ack")
@ended_properly
def ack(
    context: typer.Context,
    item: ItemArgument,
    remark: RemarkOption = "",
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Acknowledge: a person has it. So any officer on watch takes a FLASH, and its ladder ends.

    Example: `comity line ack 31aac4f8147a`
    """
    body = {"remark": remark}
    _answer(context, item, "acknowledge", body, home, operator, exercise=exercise, as_json=as_json)


@line.command("read-back")
@ended_properly
def read_back(
    context: typer.Context,
    item: ItemArgument,
    position: PositionOption = None,
    datum: DatumOption = None,
    accuracy_m: AccuracyOption = None,
    height: HeightOption = None,
    time: TimeOption = None,
    number: NumberOption = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Repeat what was said in your own words; it is compared field by field, on both sides.

    Example: `comity line read-back 31aac4f8147a --position "N 59 54.0 E 024 30.0" --datum WGS84 --number "2 aircraft"`

    Ends with 1 when it does not match: it is then on record, and not accepted.
    """
    from comity.entrypoints.cli.exit_codes import RefusedError
    from comity.kernel.errors import InputError

    body: dict[str, Any] = {}
    assumed = _add_particulars(body, position, datum, accuracy_m, height, time, number)
    if assumed:
        raise InputError("datum", "is read back too: state it with --datum or in the position")
    body.setdefault("particulars", {})
    told = _answer(
        context, item, "read-back", body, home, operator, exercise=exercise, as_json=as_json
    )
    ours = next(each for each in told.item.answers if each.receipt == "here")
    if ours.read_back != "match":
        wrong = ", ".join(
            f"{field.name} {field.outcome}"
            for field in ours.read_backs[-1].fields
            if field.outcome != "match"
        )
        raise RefusedError(f"the read-back does not match: {wrong}")


@line.command("concur")
@ended_properly
def concur(
    context: typer.Context,
    item: ItemArgument,
    not_: Annotated[bool, typer.Option("--not", help="Do not concur.")] = False,
    remark: RemarkOption = "",
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Concur with what was said, or do not; an acknowledgement says neither.

    Example: `comity line concur 31aac4f8147a --not --remark "not before 19:00"`
    """
    body = {"answer": "do-not-concur" if not_ else "concur", "remark": remark}
    _answer(context, item, "concur", body, home, operator, exercise=exercise, as_json=as_json)


@line.command("translate")
@ended_properly
def translate(
    context: typer.Context,
    item: ItemArgument,
    text: TextArgument,
    language: Annotated[str, typer.Option("--language", help="Of the translation (BCP 47).")],
    engine: Annotated[
        str | None, typer.Option("--engine", help="The machine that made it; else a person did.")
    ] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a translation beside the original, with who made it.

    Example: `comity line translate 31aac4f8147a "Две наших машины без связи" --language ru`
    """
    body = {"language": language, "text": _text(text), "engine": engine}
    _answer(context, item, "translate", body, home, operator, exercise=exercise, as_json=as_json)


@line.command("release")
@ended_properly
def release(
    context: typer.Context,
    item: ItemArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why nothing need stop any more.")],
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Release a stop that this side asked for.

    Example: `comity line release 31aac4f8147a --reason "our people have left"`
    """
    body = {"reason": reason}
    _answer(context, item, "release", body, home, operator, exercise=exercise, as_json=as_json)


def _body(
    client: "NodeClient",
    text: str,
    to: list[str] | None,
    matter: str | None,
    subject: str | None,
    language: str,
    about: list[str] | None,
    attach: list[Path] | None,
) -> dict[str, Any]:
    from comity.entrypoints.cli.line_words import attachment_typed, reference_typed
    from comity.entrypoints.cli.parties import parties_typed

    return {
        "text": _text(text),
        "language": language,
        "to": parties_typed(client, to) if to else [],
        "matter": matter,
        "subject": subject,
        "references": [reference_typed(each) for each in about or ()],
        "attachments": [attachment_typed(each) for each in attach or ()],
    }


def _add_particulars(
    body: dict[str, Any],
    position: str | None,
    datum: str | None,
    accuracy_m: float | None,
    height: str | None,
    time: str | None,
    number: str | None,
) -> tuple[str, ...]:
    from comity.entrypoints.cli.line_words import particulars_typed

    found, assumed = particulars_typed(position, datum, accuracy_m, height, time, number)
    if found is not None:
        body["particulars"] = found
    return assumed


def _say(
    client: "NodeClient",
    path: str,
    body: dict[str, Any],
    assumed: tuple[str, ...],
    *,
    exercise: bool,
    as_json: bool,
) -> None:
    from comity.entrypoints.api.line_messages import SpokenTold
    from comity.entrypoints.cli.render import print_banner, print_json, print_line

    told = client.post(path, body, SpokenTold, exercise=exercise)
    if as_json:
        print_json(told)
        return
    print_banner(exercise=exercise)
    for each in assumed:
        print_line(f"ASSUMED {each}")
    state = "on its way; no receipt yet" if told.state == "sent" else "HELD BACK here, not sent yet"
    print_line(f"{told.digest} in matter {told.matter}: {state}")


def _answer(
    context: typer.Context,
    item: str,
    verb: str,
    body: dict[str, Any],
    home: Path,
    operator: str | None,
    *,
    exercise: bool,
    as_json: bool,
) -> Any:
    from comity.entrypoints.api.line_messages import AnsweredTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.digests import digits
    from comity.entrypoints.cli.line_words import print_item
    from comity.entrypoints.cli.render import print_told

    path = f"/v1/line/items/{digits(item, 'item')}/{verb}"
    with open_node(composition(context), home, operator, running_only=True) as client:
        told = client.post(path, body, AnsweredTold, exercise=exercise)
    print_told(told, lambda told: print_item(told.item), as_json=as_json)
    return told


def _text(stated: str) -> str:
    import sys

    from comity.kernel.errors import InputError

    if stated != "-":
        return stated
    text = sys.stdin.read(TEXT_BYTES_MAX + 1)
    if len(text) > TEXT_BYTES_MAX:
        raise InputError("text", f"more than {TEXT_BYTES_MAX} characters")
    return text.rstrip("\n")
