"""The backup card: what an officer needs on paper for the day on which the node is down.

Plain text, and a page without script or outside parts. It says when it was printed, for it grows old.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from comity.application.node import Node
from comity.domain.agreement import Agreement
from comity.domain.line import ladder_of
from comity.domain.phrasebook import Phrasebook
from comity.kernel.instants import Instant

ENGLISH = "en"
WORKING_PAPER = "This card is a copy. What stands in the node and in the agreement goes before it."


@dataclass(frozen=True, slots=True)
class Section:
    """One block of the card: a heading, column names and rows."""

    heading: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Card:
    """A card, to be printed as text or as a page."""

    title: str
    lines: tuple[str, ...]
    sections: tuple[Section, ...]

    def as_text(self) -> str:
        """Plain text with columns that line up."""
        out = [self.title, "=" * len(self.title), *self.lines]
        for section in self.sections:
            out += ["", section.heading, "-" * len(section.heading)]
            rows = [section.columns, *section.rows]
            widths = [max(len(row[i]) for row in rows) for i in range(len(section.columns))]
            out += [
                "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
                for row in rows
            ]
        return "\n".join(out) + "\n"

    def as_html(self) -> str:
        """A page of its own; every word in it is escaped."""
        body = [f"<h1>{escape(self.title)}</h1>"]
        body += [f"<p>{escape(line)}</p>" for line in self.lines]
        for section in self.sections:
            head = "".join(f"<th>{escape(each)}</th>" for each in section.columns)
            rows = "".join(
                "<tr>" + "".join(f'<td dir="auto">{escape(cell)}</td>' for cell in row) + "</tr>"
                for row in section.rows
            )
            body.append(f"<h2>{escape(section.heading)}</h2><table><tr>{head}</tr>{rows}</table>")
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f"<title>{escape(self.title)}</title><style>{_STYLE}</style></head>"
            f"<body>{''.join(body)}</body></html>\n"
        )


_STYLE = (
    "body{font:11pt sans-serif;margin:15mm}table{border-collapse:collapse;width:100%}"
    "td,th{border:1px solid #000;padding:2pt 4pt;text-align:start}h2{font-size:12pt}"
)


def line_card(node: Node, at: Instant, phrases: Phrasebook, *, exercise: bool = False) -> Card:
    """The card of one node now.

    Args:
        node: whose card.
        at: when it is printed.
        phrases: printed in the agreement's languages and English; in every one where none is in force.
        exercise: of the exercise's matters.
    """
    terms, status = node.terms(at), node.agreements.legal_status(at)
    book = node.line_of(exercise=exercise)
    parties = (node.party, *node.peers())
    interval_s = None if terms is None else terms.line_check_interval_s
    lines = [
        *(["EXERCISE EXERCISE EXERCISE"] if exercise else []),
        f"Printed {at}. {WORKING_PAPER}",
        f"Agreement: {status.state.value}"
        + ("" if terms is None else f", {terms.title}, {terms.digest[:16]}"),
        "Line checks: none agreed"
        if interval_s is None
        else f"Line checks: every {interval_s:g} s",
        "Precedence: FLASH before IMMEDIATE before PRIORITY before ROUTINE.",
        "FLASH: say it, have position, datum, time, height and number read back, note who took it.",
        "Nobody takes it: go on with the next step below at its time, without asking anybody.",
        "STOP: pass it on first, ask after.",
    ]
    watch = [
        (given.party, change.echelon, str(change.officer), change.reach, str(given.made_at))
        for given, change in book.watches.on_watch()
    ]
    ladder = [
        (
            step.party,
            str(number),
            step.echelon,
            f"after {step.after_s:g} s",
            step.reach or "not stated",
            step.channel,
        )
        for party in parties
        for number, step in enumerate(ladder_of(terms, party), start=1)
    ]
    names = [
        (
            party,
            "" if card is None else card.name,
            "" if card is None else ", ".join(card.addresses),
        )
        for party in parties
        for card in (node.directory.card(party),)
    ]
    matters = [
        (each.id, each.subject or "(opening record not received)", str(each.last_at))
        for each in book.open_matters()[:40]
    ]
    return Card(
        f"{'EXERCISE ' if exercise else ''}Line backup card of {node.card.name}",
        tuple(lines),
        (
            Section("Parties", ("party", "name", "node"), names),
            Section("Ladder", ("party", "step", "echelon", "when", "reach", "channel"), ladder),
            Section(
                "On watch when printed", ("party", "echelon", "officer", "reach", "since"), watch
            ),
            Section("Open matters when printed", ("matter", "subject", "last"), matters),
            _phrases(phrases, None if terms is None else node.agreements.agreement(terms.digest)),
        ),
    )


def _phrases(book: Phrasebook, agreement: Agreement | None) -> Section:
    """Every phrase, and how it is said, in the languages of both sides."""
    agreed = {*book.languages}
    if agreement is not None:
        agreed = {ENGLISH} | {each.partition("-")[0] for each in agreement.languages}
    chosen = [each for each in book.languages.values() if each.code in agreed]
    columns, rows = ["number"], [[str(number)] for number in book.meanings]
    for language in chosen:
        phrases = [language.phrases[number] for number in book.meanings]
        columns.append(language.name)
        for row, phrase in zip(rows, phrases, strict=True):
            row.append(phrase.text)
        if any(phrase.say is not None for phrase in phrases):
            columns.append(f"said ({language.code})")
            for row, phrase in zip(rows, phrases, strict=True):
                row.append(phrase.say or "")
    heading = f"Phrases, version {book.version}, {book.digest[:16]}"
    return Section(heading, tuple(columns), [tuple(row) for row in rows])
