"""One picture: elements whose text cannot become markup, under a title and a description."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from comity.kernel.sentences import Part

SVG_SPACE = "http://" + "www.w3.org/2000/svg"  # the name of the form; nothing is fetched from there
FONTS = "Noto Sans, DejaVu Sans, Liberation Sans, Libertinus Serif, Noto Sans Arabic, sans-serif"
INK, FAINT, PAPER = "#1a1a1a", "#c9c9c9", "#ffffff"
COLOURS = ("#0b5394", "#b45309", "#4c1d95", "#0f766e", "#9d174d", "#404040")
"""Told apart by dash and name too, never by colour alone; each over 4.5:1 on white (WCAG 2.2 §1.4.3)."""
DASHES = ("", "8 4", "2 3", "10 3 2 3", "4 4", "1 4")
TEXT_CHARACTERS_MAX = 200  # of one label; the table beside a figure has the whole

Point = tuple[float, float]
Teller = Callable[[Part, int], str]
"""Words a sentence in a language, within so many characters; what does not print is written out by it."""


class Told(str):
    """Text that a teller made fit to be shown, its own marks of direction included."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class FigureWords:
    """In which language the words of a figure are.

    Attributes:
        teller: words them; None: English, as the sentences are.
        right_to_left: whether lines of words begin at the right.
    """

    teller: Teller | None = None
    right_to_left: bool = False

    def told(self, part: Part, characters_max: int = TEXT_CHARACTERS_MAX) -> Told:
        """A sentence as a figure shows it."""
        if self.teller is None:
            return Told(shown_text(str(part), characters_max))
        return Told(self.teller(part, characters_max))


IN_ENGLISH = FigureWords()


def shown_text(text: str, characters_max: int = TEXT_CHARACTERS_MAX) -> str:
    """Text as a picture or a page may hold it: what does not print is written out, and it has an end.

    Controls, marks that turn the direction of what follows and characters that XML does not know would
    otherwise show something else than stands there.
    """
    if isinstance(text, Told):
        return text
    shown = "".join(
        each if each.isprintable() or each == " " else f"⟨U+{ord(each):04X}⟩" for each in text
    )
    return shown if len(shown) <= characters_max else f"{shown[: characters_max - 1]}…"


@dataclass(slots=True)
class Canvas:
    """A picture in the making.

    Attributes:
        title: what it is; read aloud first.
        description: what it shows, in words.
        width, height: units of the picture, as many pixels.
    """

    title: str
    description: str
    width: float
    height: float
    _parts: list[str] = field(default_factory=list)

    def line(
        self, points: Sequence[Point], stroke: str, width: float = 1.5, dash: str = ""
    ) -> None:
        """A broken line through points; fewer than two are a dot."""
        if len(points) < 2:
            for point in points:
                self.dot(point, stroke, 2.0)
            return
        path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<polyline points="{path}" fill="none" stroke="{stroke}" stroke-width="{_n(width)}"'
            f' stroke-linejoin="round"{dashed}/>'
        )

    def area(self, points: Sequence[Point], fill: str, opacity: float) -> None:
        """A filled outline."""
        path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        self._parts.append(
            f'<polygon points="{path}" fill="{fill}" fill-opacity="{_n(opacity)}" stroke="none"/>'
        )

    def dot(self, at: Point, fill: str, radius: float) -> None:
        """A filled circle."""
        self._parts.append(
            f'<circle cx="{_n(at[0])}" cy="{_n(at[1])}" r="{_n(radius)}" fill="{fill}"/>'
        )

    def box(self, x: float, y: float, width: float, height: float, fill: str, stroke: str) -> None:
        """A rectangle."""
        self._parts.append(
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" fill="{fill}"'
            f' stroke="{stroke}" stroke-width="1"/>'
        )

    def text(
        self, at: Point, words: str, size: float = 12.0, anchor: str = "start", fill: str = INK,
        bold: bool = False,
    ) -> None:  # fmt: skip
        """One line of text."""
        weight = ' font-weight="bold"' if bold else ""
        self._parts.append(
            f'<text x="{_n(at[0])}" y="{_n(at[1])}" font-size="{_n(size)}" text-anchor="{anchor}"'
            f' fill="{fill}"{weight}>{escape(shown_text(words))}</text>'
        )

    def svg(self) -> str:
        """The whole picture; the same parts give the same bytes."""
        title, description = shown_text(self.title), shown_text(self.description, 2_000)
        mark = hashlib.sha256("\x00".join([title, description, *self._parts]).encode()).hexdigest()
        names = f"t{mark[:12]} d{mark[:12]}"
        head = (
            f'<svg xmlns="{SVG_SPACE}" viewBox="0 0 {_n(self.width)} {_n(self.height)}"'
            f' width="{_n(self.width)}" height="{_n(self.height)}" role="img"'
            f" aria-labelledby={quoteattr(names)} font-family={quoteattr(FONTS)}>"
        )
        told = (
            f'<title id="t{mark[:12]}">{escape(title)}</title>'
            f'<desc id="d{mark[:12]}">{escape(description)}</desc>'
        )
        ground = f'<rect x="0" y="0" width="{_n(self.width)}" height="{_n(self.height)}" fill="{PAPER}"/>'
        return f"{head}{told}{ground}{''.join(self._parts)}</svg>\n"


def _n(value: float) -> str:
    """A number with one spelling: two decimals, no trailing zeros, no minus zero."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
