"""XML read by expat without document types, entities, depth or length that nobody needs."""

from collections.abc import Callable, Mapping
from xml.parsers import expat

DEPTH_MAX = 32  # GPX has 7 levels, Cursor on Target 5, KML folders a few more
TEXT_LENGTH_MAX = 65_536  # of one element; a coordinate list of KML is cut by its own reader
ATTRIBUTES_MAX = 64

Attributes = Mapping[str, str]


class UnsafeXmlError(Exception):
    """The document declares a type or entities, or is deeper or longer than any we read."""


class SafeXml:
    """Calls back for elements as they begin and end; holds one text at a time.

    A document type declaration is refused as a whole, so that neither internal entities (the
    "billion laughs") nor external ones can come in.
    """

    def __init__(
        self,
        on_start: Callable[[str, Attributes], None],
        on_end: Callable[[str, str], None],
    ) -> None:
        self._on_start = on_start
        self._on_end = on_end
        self._depth = 0
        self._text: list[str] = []
        self._text_length = 0
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.EntityDeclHandler = self._refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        self._parser = parser

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        """Parse the next bytes.

        Raises:
            UnsafeXmlError: see the class.
            ValueError: not well-formed XML.
        """
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as error:
            raise ValueError(f"not well-formed: {error}") from error

    def _refuse_doctype(self, *_declared: object) -> None:
        raise UnsafeXmlError("a document type or entity is declared")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise UnsafeXmlError(f"elements nested over {DEPTH_MAX} deep")
        if len(attributes) > ATTRIBUTES_MAX:
            raise UnsafeXmlError(f"an element with over {ATTRIBUTES_MAX} attributes")
        self._text.clear()
        self._text_length = 0
        self._on_start(_local(name), attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        text = "".join(self._text).strip()
        self._text.clear()
        self._text_length = 0
        self._on_end(_local(name), text)

    def _characters(self, text: str) -> None:
        self._text_length += len(text)
        if self._text_length > TEXT_LENGTH_MAX:
            raise UnsafeXmlError(f"an element with over {TEXT_LENGTH_MAX} characters")
        self._text.append(text)


def _local(name: str) -> str:
    """The name without its prefix."""
    return name.rpartition(":")[2]
