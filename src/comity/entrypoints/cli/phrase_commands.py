# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity phrase`: the phrasebook, phrases filled in, and the card for the day the node is down."""

from pathlib import Path
from typing import Annotated

import typer

from comity.entrypoints.cli.frame import JsonOption, ended_properly, group

phrase = group("Numbered phrases, the same in every language.")

NumberArgument = Annotated[int, typer.Argument(help="The phrase's number.")]
LanguageOption = Annotated[
    list[str] | None,
    typer.Option("--language", "-l", help="Code of a language; repeatable; all if left out."),
]


@phrase.command("list")
@ended_properly
def list_(
    language: LanguageOption = None,
    section: Annotated[
        str | None, typer.Option(help="Only this section, such as warnings.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the phrases. Needs no node.

    Example: `comity phrase list --section warnings --language en`
    """
    from comity.adapters.phrase_files import packaged_phrasebook
    from comity.entrypoints.api.phrases import tell_phrasebook
    from comity.entrypoints.cli.render import print_json, print_line

    told = tell_phrasebook(packaged_phrasebook(), language, section)
    if as_json:
        print_json(told)
        return
    heading = None
    for each in told.phrases:
        if each.section != heading:
            heading = each.section
            print_line(heading.upper())
        for code, words in each.phrases.items():
            print_line(f"  {each.number} {code}  {words.text}")
    print_line(f"{len(told.phrases)} phrases, version {told.version}, digest {told.digest[:12]}")


@phrase.command("show")
@ended_properly
def show(
    number: NumberArgument, language: LanguageOption = None, as_json: JsonOption = False
) -> None:
    """Show one phrase: its meaning, its slots, the answers expected, and how it is said. Needs no node.

    Example: `comity phrase show 408`
    """
    from comity.adapters.phrase_files import packaged_phrasebook
    from comity.entrypoints.api.phrases import tell_meaning
    from comity.entrypoints.cli.render import print_json, print_line

    book = packaged_phrasebook()
    codes = language or list(book.languages)
    told = tell_meaning(book.meaning(number), [book.language(code) for code in codes])
    if as_json:
        print_json(told)
        return
    print_line(f"{told.number} {told.section}: {told.meaning}")
    for name, kind in told.slots.items():
        print_line(f"  slot {name}: {kind}")
    for each in told.responses:
        print_line(f"  answer {each}: {book.meaning(each).meaning}")
    for code, words in told.phrases.items():
        print_line(f"  {code}  {words.text}")
        if words.say is not None:
            print_line(f"      said: {words.say}")
            print_line(f"      word for word: {words.back}")


@phrase.command("render")
@ended_properly
def render(
    number: NumberArgument,
    slots: Annotated[
        list[str] | None, typer.Argument(help="Each slot as name=value, such as height=FL320.")
    ] = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fill in a phrase and show it in each language. Nothing is sent. Needs no node.

    Example: `comity phrase render 109 position="35 20.1N 040 08.5E" height=FL320 time=2026-11-28T14:05:00Z -l ru`

    A position in any form that `comity place` reads; a height with unit and datum, `3000 ft EGM2008`, or a flight
    level; a time with its zone. On a screen each slot is isolated, so that it changes no direction around it.
    """
    from comity.adapters.phrase_files import packaged_phrasebook
    from comity.entrypoints.api.phrases import tell_rendered
    from comity.entrypoints.cli.render import print_json, print_line
    from comity.kernel.errors import InputError

    stated: dict[str, str] = {}
    for slot in slots or []:
        name, equals, value = slot.partition("=")
        if not equals or name in stated:
            raise InputError("slots", f"{slot[:40]!r} is not name=value, each name once")
        stated[name] = value
    told = tell_rendered(packaged_phrasebook(), number, stated, language)
    if as_json:
        print_json(told)
        return
    print_line(f"{told.number}: {told.meaning}")
    for each in told.rendered:
        print_line(f"  {each.language}  {each.display}")
        if each.say is not None:
            print_line(f"      {each.say}")
    for number_, meaning in told.responses.items():
        print_line(f"  answer {number_}: {meaning}")
    for assumed in dict.fromkeys(told.assumed):
        print_line(f"  ASSUMED {assumed}")


@phrase.command("card")
@ended_properly
def card(
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write, HTML.")],
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the phrasebook as a page to print, for the day the node is down. Needs no node.

    Example: `comity phrase card -l en -l ru -o phrases.html`
    """
    from comity.adapters.phrase_files import packaged_phrasebook
    from comity.entrypoints.api.phrases import tell_phrasebook
    from comity.entrypoints.cli.files import write_file
    from comity.entrypoints.cli.phrase_card import phrase_card
    from comity.entrypoints.cli.render import print_line, print_told

    told = tell_phrasebook(packaged_phrasebook(), language)
    write_file(output, phrase_card(told).encode())
    print_told(
        {"file": str(output), "phrases": len(told.phrases), "digest": told.digest},
        lambda _: print_line(f"{output}: {len(told.phrases)} phrases, {', '.join(told.languages)}"),
        as_json=as_json,
    )
