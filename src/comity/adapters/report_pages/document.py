"""The parts of a report, before they are a page or a print."""

from dataclasses import dataclass, field

TEXT_CHARACTERS_MAX = 20_000  # of one cell or paragraph; a claim's words have far fewer
ROWS_MAX = 5_000  # of one table


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a text. `foreign`: not in the language of the report, left to right, and as it was stated."""

    text: str
    foreign: bool = False


Words = str | tuple[Run, ...]
"""A text of one language, or one with pieces of another in it."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is a section, 2 and 3 are below it. `foreign`: in English whatever the language."""

    level: int
    text: str
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph. `foreign`: in English, left to right; `weighty`: set apart, so that nobody misses it."""

    text: Words
    foreign: bool = True
    weighty: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    texts: tuple[Words, ...]
    foreign: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A table. The first column heads its rows. Cells that are words of the language stand in `own_columns`.

    Attributes:
        caption: what it shows.
        columns: heads.
        rows: cells.
        widths: shares of the width, as many as columns.
        own_columns: numbers of columns whose cells are in the language of the report.
        mono_columns: numbers of columns of digests and commands.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Words, ...], ...]
    widths: tuple[int, ...]
    own_columns: frozenset[int] = frozenset()
    mono_columns: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: SVG of `adapters/svg_figures`, what it shows in words of the language, and its caption."""

    svg: str
    alt: str
    caption: Words


Part = Heading | Paragraph | Items | Table | Figure


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """A report.

    Attributes:
        language: of headings, set words and findings; what was claimed stays as it is.
        title: as its makers say.
        subtitle: what kind of report it is.
        footer: on every page.
        dated: as stated by who made it; empty: nothing is stated.
        made_with: the program and its version.
        parts: in order.
    """

    language: str
    title: str
    subtitle: str
    footer: str
    dated: str
    made_with: str
    parts: tuple[Part, ...] = field(default_factory=tuple)
